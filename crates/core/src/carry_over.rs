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
