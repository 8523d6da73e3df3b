use crate::div_ceil::div_ceil_wide;

/// What becomes of the rest when a limiter's numbers change. What was earned until then was earned at the old rate in any case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CarryOver {
    /// Nothing: the limiter is new.
    Reset,
    /// The same share of the burst: half a bucket stays half a bucket.
    Proportional,
    /// The same number, as far as the new burst holds it: what remains remains, and a debt is still owed.
    AsIs,
}

impl CarryOver {
    /// What counts as taken from `new_burst` where `taken` was from `burst`: rounded up, so that nothing is given away.
    pub(crate) fn taken(self, taken: u64, burst: u32, new_burst: u32) -> u64 {
        let (burst, new_burst) = (u64::from(burst), u64::from(new_burst));
        match self {
            Self::Reset => 0,
            Self::Proportional => {
                let scaled = u128::from(taken).saturating_mul(new_burst.into());
                u64::try_from(div_ceil_wide(scaled, burst.into())).unwrap_or(u64::MAX)
            }
            Self::AsIs => taken.saturating_add(new_burst).saturating_sub(burst),
        }
    }
}
