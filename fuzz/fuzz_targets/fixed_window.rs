//! Sequences of calls on fixed windows, with the exact counters beside them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| paceline_tests::fixed_window::fuzz(bytes));
