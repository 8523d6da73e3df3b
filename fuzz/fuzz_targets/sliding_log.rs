//! Sequences of calls on the lock-free log, with its definition beside it.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| paceline_tests::sliding_log::fuzz(bytes));
