#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| paceline_tests::headers::fuzzing::planted_secret(data));
