//! Sequences of calls on the log of any cost, with its definition beside it.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| paceline_tests::cost_log::fuzz(bytes));
