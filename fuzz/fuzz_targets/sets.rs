//! Sets with reservations, refunds and other numbers, with the ledger of their calls beside them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| paceline_tests::sets::fuzz(bytes));
