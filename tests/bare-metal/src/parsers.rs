use core::time::Duration;

use paceline_core::{Cause, Evidence, Remedies, Response, classify, classify_429, headers::Headers};

/// Both sides of a header, as C hands them over.
type Field<'a> = (&'a str, &'a str);

#[unsafe(no_mangle)]
extern "C" fn paceline_classify_429<'a>(body: &'a [u8]) -> Cause<'a> {
    classify_429(body)
}

#[unsafe(no_mangle)]
extern "C" fn paceline_headers<'a>(fields: &'a [Field<'a>]) -> Headers<'a> {
    Headers::read(fields.iter().map(|(name, value)| (*name, *value)))
}

#[unsafe(no_mangle)]
extern "C" fn paceline_classify<'a>(response: &Response<'a>) -> Cause<'a> {
    classify(response)
}

#[unsafe(no_mangle)]
extern "C" fn paceline_retry_after(cause: &Cause<'_>) -> Option<Duration> {
    cause.retry_after()
}

#[unsafe(no_mangle)]
extern "C" fn paceline_remedies<'a>(cause: &Cause<'a>, evidence: &Evidence<'_>) -> Remedies<'a> {
    cause.remedies(evidence)
}
