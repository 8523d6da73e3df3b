//! Sequences of calls on the two-counter window, with the exact limiter beside it.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| paceline_tests::sliding_window::fuzz(bytes));
