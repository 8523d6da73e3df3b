//! Sequences of calls on token buckets, with the exact bucket beside them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| paceline_tests::token_bucket::fuzz(bytes));
