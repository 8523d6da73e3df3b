//! Sequences of calls on two limits in one word, with the exact limiters beside them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| paceline_tests::pair::fuzz(bytes));
