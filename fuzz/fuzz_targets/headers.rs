//! Any bytes as header lines.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| paceline_tests::fuzz::headers(bytes));
