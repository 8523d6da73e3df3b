//! The bodies of the fuzz targets: plain functions, so that a test runs them over fixed seeds too.

use core::fmt::Write;

use paceline_core::headers::{Bucket, Dialect, Headers, MOST_BUCKETS};
use paceline_core::{Evidence, Language, Response, SupportReport, classify};
use serde_json::json;

/// Any bytes as header lines: nothing panics, the case of names changes nothing, and what is read can be written.
///
/// # Panics
/// If one of that does not hold.
pub fn any_bytes(bytes: &[u8]) {
    let upper = recased(bytes, u8::to_ascii_uppercase);
    let lower = recased(bytes, u8::to_ascii_lowercase);
    for dialect in DIALECTS {
        let read = Headers::read_as(dialect, lines(&lower));
        let shouted = Headers::read_as(dialect, lines(&upper));
        assert!(read.buckets().len() <= MOST_BUCKETS);
        assert_eq!(read.retry_after(), shouted.retry_after());
        let nameless = |headers: &Headers<'_>| headers.buckets().iter().map(numbers).collect::<Vec<_>>();
        assert_eq!(nameless(&read), nameless(&shouted));
    }
    all_that_follows(&lower, bytes);
}

/// Any bytes around a key or a prompt, as message, body, code and header lines: no part of it comes out of the report.
/// The first byte says where it stands, the second in which form.
///
/// # Panics
/// If a part of it comes out.
pub fn planted_secret(bytes: &[u8]) {
    let (place, text) = bytes.split_first().unwrap_or((&0, &[]));
    let (form, text) = text.split_first().unwrap_or((&0, &[]));
    let text = String::from_utf8_lossy(text);
    if pieces(PART / 2).any(|piece| text.contains(piece)) {
        return; // A part that comes out might be the text's.
    }
    let (before, behind) = text.split_at(text.ceil_char_boundary(usize::from(*place)));
    let form = FORMS[usize::from(*form) % FORMS.len()].replace('@', SECRET).replace('§', PROMPT);
    let form = form.replace('½', &SECRET[..SECRET.len() / 2]).replace('¾', &SECRET[SECRET.len() / 2..]).replace('¢', "@");
    let message = format!("{before} {form}{behind}");
    let coded = json!({ "error": { "code": message, "type": message, "model": message, "message": message } }).to_string();
    let identified = format!("x-request-id:{message}\nx-ratelimit-limit-{message}:1\n{message}");
    for body in [message.as_bytes(), coded.as_bytes()] {
        let headers = Headers::read(lines(identified.as_bytes()));
        let cause = classify(&Response { status: Some(429), headers: headers.clone(), body });
        let mut report = SupportReport::new(cause, Some(429), headers);
        report.message = Some(&message);
        let report = report.to_string();
        for part in pieces(PART) {
            assert!(!report.contains(part), "{part} of {message:?} in {report}");
        }
    }
}

/// All parts of the secrets that are this long.
fn pieces(len: usize) -> impl Iterator<Item = &'static str> {
    [SECRET, PROMPT].into_iter().flat_map(move |planted| (0..=planted.len() - len).map(move |start| &planted[start..start + len]))
}

fn all_that_follows(lower: &[u8], body: &[u8]) {
    for status in [None, Some(200), Some(401), Some(403), Some(429), Some(503)] {
        let headers = Headers::read(lines(lower));
        let cause = classify(&Response { status, headers: headers.clone(), body });
        let mut out = String::new();
        for remedy in cause.remedies(&Evidence { usage: Some(1), needed: Some(u64::MAX), ..Evidence::default() }).iter() {
            let _ = write!(out, "{}{}", remedy.text(Language::English), remedy.text(Language::Korean));
        }
        let _ = write!(out, "{}", SupportReport::new(cause, status, headers));
    }
}

/// Names and values, split at the first colon of a line.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    bytes.split(|byte| *byte == b'\n').map(|line| {
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (name, value) = line.split_at(colon);
        (name, value.get(1..).unwrap_or_default())
    })
}

/// The bytes with another case before the first colon of each line.
fn recased(bytes: &[u8], case: fn(&u8) -> u8) -> Vec<u8> {
    let mut in_name = true;
    bytes
        .iter()
        .map(|byte| {
            in_name = *byte == b'\n' || (in_name && *byte != b':');
            if in_name { case(byte) } else { *byte }
        })
        .collect()
}

fn numbers(bucket: &Bucket<'_>) -> impl PartialEq + core::fmt::Debug + use<> {
    (bucket.resource, bucket.limit, bucket.remaining, bucket.reset_after, bucket.window)
}

const DIALECTS: [Dialect; 5] = [Dialect::Auto, Dialect::Seconds, Dialect::Milliseconds, Dialect::UnixSeconds, Dialect::UnixMilliseconds];

/// The key and the prompt that must not come out, nor any part of them this long.
const SECRET: &str = "Zq7Xw2Vn9Kt4Jb6Hg1Rm8Yd3Lc5Pf0Ws";
const PROMPT: &str = "zebra wombat quokka gibbon marmot";
const PART: usize = 8;

/// `@` is the key, `½` and `¾` its halves, `§` the prompt, `¢` an at sign. (No straight quotation marks: among others nothing tells which
/// of them open.)
const FORMS: &[&str] = &[
    "sk-proj-@",
    "SK-PROJ-@",
    "org-sk-proj-@",
    "x%3Dsk-proj-@",
    "a\\nsk-proj-@",
    "sk-proj-½\n¾",
    "key=½\\n¾",
    "key：@",
    "key＝@",
    "key -> @",
    "key was @",
    "key%3D@",
    "<apiKey>@</apiKey>",
    "API 키: @",
    "비밀번호: @",
    "비밀번호는 @입니다",
    "密钥 @",
    "令牌：@",
    "pwd=@",
    "pass: @",
    "sig=@",
    "X-Amz-Credential=@",
    "session_id=@",
    "Authorization: ApiKey @",
    "admin:½/¾¢host",
    "prompt: §",
    "Input=§",
    "Your input was: §",
    "프롬프트: §",
    "输入内容：§",
    "<prompt>§</prompt>",
    "‘§’",
    "«§»",
    "「§」",
    "『§』は",
];
