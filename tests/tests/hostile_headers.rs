//! Headers that no service sends.

use core::time::Duration;
use std::time::Instant;

use paceline_core::headers::Headers;
use paceline_tests::headers::fuzzing;
use proptest::prelude::*;

proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        fuzzing::any_bytes(&bytes);
    }

    /// Words of real names and pieces of real values, thrown together.
    /// Tried: `limit - used` for the saturating form; comparing parts of names by case.
    #[test]
    fn shuffled_pieces(
        lines in proptest::collection::vec((pieces(NAMES, "-"), pieces(VALUES, "")), 0..20),
    ) {
        let lines: Vec<_> = lines.iter().map(|(name, value)| format!("{name}:{value}")).collect();
        fuzzing::any_bytes(lines.join("\n").as_bytes());
    }
}

/// Tried: counting the items of the list anew for each of them.
#[test]
fn takes_linear_time() {
    for piece in ["\"", ",", ";", "1,", "1;w=1,", "a=1,", "1s", "9", " ", "é", "\\", ":", "x-ratelimit-"] {
        let small = fastest(&piece.repeat(LENGTH / piece.len()));
        let large = fastest(&piece.repeat(8 * LENGTH / piece.len()));
        assert!(large < 8 * 3 * small + Duration::from_millis(2), "{piece:?}: {small:?}, then {large:?}");
    }
}

fn fastest(text: &str) -> Duration {
    let once = || {
        let start = Instant::now();
        let sets = [("x-ratelimit-limit", text), ("ratelimit-policy", text), ("x-ratelimit-reset", text), (text, "1")];
        assert_eq!(Headers::read(sets).retry_after(), None);
        start.elapsed()
    };
    (0..3).map(|_| once()).min().unwrap_or_default()
}

fn pieces(from: &'static [&'static str], glue: &'static str) -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(from), 0..6).prop_map(move |pieces| pieces.join(glue))
}

const LENGTH: usize = 2_000;

const NAMES: &[&str] = &[
    "x",
    "ratelimit",
    "rate",
    "limit",
    "remaining",
    "reset",
    "after",
    "used",
    "policy",
    "tokens",
    "requests",
    "input",
    "day",
    "10",
    "second",
    "24hour",
    "1m",
    "window",
    "ms",
    "seconds",
    "retry",
    "date",
    "time",
    "media",
    "class",
    "info",
    "99999999999h",
    "ü",
];

const VALUES: &[&str] = &[
    "1",
    "0",
    "-1",
    "18446744073709551615",
    "99999999999999999999",
    "0.5",
    ".",
    ":",
    ";",
    ",",
    "=",
    "/",
    "\"",
    "\\",
    "q=",
    "r=",
    "t=",
    "w=",
    "qu=",
    "limit=",
    "9/5",
    "ms",
    "s",
    "h",
    "9999999999999s",
    "Tue, 01 Jan 2030 00:00:00 GMT",
    "9999-12-31T23:59:59Z",
    "2030-01-01T00:00:00",
    "+23:59",
    "default",
    "é",
    " ",
];
