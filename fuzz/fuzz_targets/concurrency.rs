//! Limits on calls in flight, with a list of those calls beside them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| paceline_tests::concurrency::fuzz(bytes));
