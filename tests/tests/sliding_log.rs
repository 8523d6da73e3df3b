//! The lock-free log against its definition: never more than N in any window, and no less.

use core::time::Duration;

use paceline_core::{Decision, Drain, Horizon, Limit, Nanos, Quota, QuotaError, Set, SlidingLog};
use paceline_tests::sliding_log::{check_on_32_bits, check_on_64_bits, fuzz, ops, windows};
use proptest::prelude::*;

proptest! {
    #[test]
    fn never_more_than_n_in_any_window_and_no_less(window in windows(), ops in ops()) {
        check_on_64_bits::<1>(window, &ops);
        check_on_64_bits::<4>(window, &ops);
    }

    #[test]
    fn nor_on_32_bits(window in windows(), ops in ops()) {
        check_on_32_bits::<1>(window, &ops);
        check_on_32_bits::<4>(window, &ops);
    }

    /// What the fuzz target does, on stable Rust.
    #[test]
    fn nor_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 8..512)) {
        fuzz(&bytes);
    }
}
