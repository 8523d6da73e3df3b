use core::{fmt::Write, time::Duration};

use paceline_core::{Cause, Evidence, Remedies, Response, SupportReport, classify, classify_429, headers::Headers};

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

/// Where a text goes, byte by byte: a line of a serial port.
struct Port(extern "C" fn(u8));

impl Write for Port {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        text.bytes().for_each(|byte| (self.0)(byte));
        Ok(())
    }
}

#[unsafe(no_mangle)]
extern "C" fn paceline_support_report(report: &SupportReport<'_>, put: extern "C" fn(u8)) -> bool {
    write!(Port(put), "{report}").is_ok()
}
