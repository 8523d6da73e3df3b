//! A report for support holds what support asks for, and no key, whatever the service wrote.

use paceline_core::headers::Headers;
use paceline_core::{SupportReport, classify_429};
use proptest::prelude::*;

proptest! {
    /// Tried: cutting a long message inside a word, which leaves the beginning of a key without its prefix's length.
    #[test]
    fn prints_no_key(
        before in "[a-zA-Z ,.:'\"가-힣]{0,320}",
        shape in proptest::sample::select(SHAPES),
        secret in "[A-Za-z0-9]{12}[0-9][A-Za-z0-9]{25}",
        after in "[a-zA-Z ,.:'\"]{0,40}",
    ) {
        let message = format!("{before} {} {after}", shape.replace('@', &secret));
        let body = format!(r#"{{"error":{{"code":"{}","message":"no"}}}}"#, shape.replace('@', &secret));
        let mut report = SupportReport::new(classify_429(body.as_bytes()), Some(401), Headers::default());
        report.message = Some(&message);
        let report = report.to_string();
        for part in secret.as_bytes().windows(6) {
            let part = core::str::from_utf8(part).expect("ASCII");
            prop_assert!(!report.contains(part), "{} in {}", part, report);
        }
    }
}

#[test]
fn keeps_what_support_needs() {
    let mut report = SupportReport::new(classify_429(b""), None, Headers::default());
    let message = "Rate limit for gpt-4o-2024-11-20 in organization org-mXkjnaJsEmbLFMXgajneavJ0 (request ID \
                   0123456789abcdef0123456789abcdef, 6f0b1e2c-0000-4000-8000-1234567890ab)";
    report.message = Some(message);
    assert!(report.to_string().contains(message), "{report}");
}

const SHAPES: &[&str] = &[
    "sk-@",
    "sk-proj-@",
    "sk-ant-api03-@",
    "Bearer @",
    "Authorization: Bearer @",
    "api_key=@",
    "x-api-key: @",
    "key @",
    "gsk_@",
    "hf_@",
    "AIza@",
    "xai-@",
    "provided: @",
    "@",
];
