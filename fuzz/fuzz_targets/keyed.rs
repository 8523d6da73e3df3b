//! Sequences of calls on a keyed table, with a limiter of its own for each key beside it.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| paceline_tests::keyed::fuzz(bytes));
