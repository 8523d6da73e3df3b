//! Sequences of calls on GCRA, with the exact limiter beside it.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| paceline_tests::gcra_verbs::fuzz(bytes));
