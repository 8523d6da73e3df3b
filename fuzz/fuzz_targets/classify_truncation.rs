#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| paceline_tests::refusals::fuzzing::truncation(data));
