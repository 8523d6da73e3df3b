//! A limit behind a gate that is closed, latched and opened, with its definition beside it.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| paceline_tests::gates::fuzz(bytes));
