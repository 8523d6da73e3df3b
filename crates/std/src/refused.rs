use crate::Nanos;

/// Why a wait in line ended without an admission. Nothing has been taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    /// The cost is larger than the burst, and no wait helps.
    #[error("the cost is larger than {most}, the most that this limit ever admits at once: split the request")]
    Impossible {
        /// The largest cost that can be admitted.
        most: u32,
    },
    /// The patience does not suffice: told at the door, or in line where the wait has grown since.
    #[error("the wait would be {wait}, longer than the patience: come back later or be more patient")]
    TooLate {
        /// The wait that would have been needed from now.
        wait: Nanos,
    },
}
