//! A report for support holds what support asks for, and no key, whatever the service wrote.

use paceline_core::headers::Headers;
use paceline_core::{SupportReport, classify_429};
use paceline_tests::headers::fuzzing;
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

proptest! {
    /// Tried: masking behind a name only what has digits; ending a secret at a slash; forgetting the name at the end of
    /// a quotation that is hidden.
    #[test]
    fn prints_nothing_that_has_a_name(
        before in "[a-zA-Z ,.:'\"가-힣]{0,320}",
        shape in proptest::sample::select(NAMED),
        secret in "[A-Za-z0-9/+]{6,40}",
        after in "[a-zA-Z ,.:'\"]{0,40}",
    ) {
        let shown = message(&format!("{before} {} {after}", shape.replace('@', &secret).replace('%', "@")));
        prop_assume!(!format!("{before} {after} {shape}").contains(&secret));
        prop_assert!(!shown.contains(&secret), "{} in {}", secret, shown);
    }
}

proptest! {
    #[test]
    fn a_planted_key_stays_in(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        fuzzing::planted_secret(&bytes);
    }

    #[test]
    fn a_planted_key_stays_in_among_signs(place in any::<u8>(), form in any::<u8>(), text in "[a-z \"'`“”:=\\\\\\[\\]{}()<>/@,;.0-9\n]{0,120}") {
        fuzzing::planted_secret(&[&[place, form], text.as_bytes()].concat());
    }

    /// Tried: printing what is behind a bracket unread. Found: a key before `://`, taken for the scheme of an address.
    #[test]
    fn a_planted_key_stays_in_among_words(place in any::<u8>(), form in any::<u8>(), words in proptest::collection::vec(proptest::sample::select(PIECES), 0..9)) {
        fuzzing::planted_secret(&[&[place, form], words.concat().as_bytes()].concat());
    }
}

/// Tried: leaving quotations, and what is in brackets; going on behind a bracket whatever is open; ending cookies at a
/// semicolon; keeping every quotation behind "limit"; going on with a word behind a bracket; a backslash inside brackets.
#[test]
fn prints_no_prompt_and_no_address_of_a_webhook() {
    for text in [
        "Bad input: \"Dear doctor, hunter asks\"",
        "Bad input 'my name is hunter' at 3",
        "Bad input “가나다라마바사아자차카타파하가나다라마바사아자차카 hunter”",
        "Bad request: {'content': hunter}",
        "Bad request: [hunter]",
        "Bad request: [hunter] for [a] model",
        "Bad request: {'content': 'a} hunter",
        "Bad request: {'content': [a} hunter",
        "Bad request: {'a': 'b\\'} hunter'",
        "Bad request: {\"a\": \"b\"} \"hunter",
        "Bad request: \"say {a} hunter\"",
        "Bad request: {a} hunter {b",
        "password=a[b]hunter",
        "password: [b] hunter",
        "{the password:} hunter",
        "[429:rate] {'content': 'hunter'}",
        "[429:one hunter]",
        "[429 hunter]",
        "limit 'my name is hunter and this is my limit'",
        "word 'hunter asks for ten requests per minute'",
        "limit 'hunter asks for ten requests per minute' and more",
        "Cookie: theme=dark; name=hunter",
        "set-cookie: a=b, hunter",
        r#"Bad request: {"content": "b\"} hunter"#,
        "{x} Cookie: theme=dark; hunter",
        "\"cookie\": \"theme=dark\"; hunter",
        "POST https://hooks.example.com/services/T0/B0/hunterXXXXXXXXXX12345678 failed",
        "POST hunterXX12345678/a failed",
        "see wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXhunterKE",
    ] {
        assert!(!message(text).contains("hunter"), "{}", message(text));
    }
}

/// Tried: masking every long part of an address that has a digit.
#[test]
fn keeps_the_wordings_of_services() {
    for text in [
        "Rate limit reached for `llama-3.3-70b-versatile` in organization `org_01hqed9y3fexcrngzqm9qh6ya9` service tier `on_demand` on \
         tokens per minute (TPM): Limit 12000, Used 11000, Requested 2000. Please try again in 1.5s.",
        "Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.",
        "Your requests have exceeded the token rate limit of your current S0 tier. Please go here: https://aka.ms/oai/quotaincrease",
        "Your API key is invalid. See https://help.openai.com/en/articles/6614457-why-am-i-getting-an-api-key-error-message",
        "You've hit your team's usage limit; it isn't 'high' for models/gemini-2.5-flash-preview-04-17.",
        "[429:rate_limit_exceeded] Too many requests to gpt-4o.",
        "Quota exceeded for quota metric 'Generate Content API requests per minute' and limit 'GenerateContent request limit per minute for a \
         region' of service 'generativelanguage.googleapis.com' for consumer 'project_number:123456789'.",
        "Enqueued token limit reached for gpt-4o in organization org-mXkjnaJsEmbLFMXgajneavJ0. Limit: 2,000,000 enqueued tokens.",
    ] {
        assert!(message(text).contains(text), "{}", message(text));
    }
}

/// Tried: hiding all that follows a bracket.
#[test]
fn goes_on_behind_brackets_that_close() {
    let shown = message("Too many requests for it's body {'a': [\"b\"]} and that isn't all; wait 20s");
    assert_eq!(shown, "Cause: unknown\nMessage: Too many requests for it's body *** and that isn't all; wait 20s\n");
}

/// Seen to fail: before each of these forms was thought of.
#[test]
fn prints_neither_key_nor_prompt_in_any_other_dress() {
    for text in [
        "Input: My patient hunter has cancer",
        "user message: my name is hunter",
        "Your prompt was: my name is hunter",
        "프롬프트: 환자 hunter는 암입니다",
        "메시지 내용이 아닌 입력 내용: hunter",
        "{a} prompt: my name {b} hunter",
        "<input>my name is hunter</input>",
        "Bad prompt 'of hunter'",
        "Bad text ‘my name is hunter, doctor’",
        "Bad text «my name is hunter, doctor»",
        "Bad text» and «my name is hunter, doctor»",
        "Bad text 「내 이름은 헌터이고 나이는 마흔두 살인 의사입니다 hunter」는",
        "Bad text 'a doctor' 'is called hunter'",
        "Bad text \" my name is hunter \"",
        "Bad text ```\nmy name is hunter```",
        "Bad text &quot;my name is hunter&quot;",
        "The key '00000000-aaaa-bbbb-cccc-00hunter0000' is invalid",
        "session id 0hunter",
        "admin:hunter/a@host",
        "key：hunter",
        "key＝hunter",
        "key -> hunter",
        "key was hunter",
        "key you sent: hunter",
        "key%3Dhunter",
        "x\\u003dsk-abc-hunter0123456789012345",
        "key=&quot;hunter&quot;",
        "<apiKey>hunter</apiKey>",
        "--token hunter",
        "curl -u hunter:a",
        "passwd=hunter",
        "auth: hunter",
        "password=a,b&hunter",
        "password=a\"hunter",
        "API 키: hunter",
        "비밀번호는 hunter입니다",
        "액세스 토큰: hunter",
        "密钥：hunter",
        "Authorization: ApiKey hunter",
        "-----BEGIN PRIVATE KEY-----\nMIIE\nhunter",
        "Bearer Input=a hunter",
    ] {
        assert!(!message(text).contains("hunter"), "{}", message(text));
    }
    assert!(!message("Invalid key 6f0b1e2c-0000-4000-8000-1234567890ab").contains("6f0b"));
    let body = br#"{"error":{"type":"hunter2pass","code":"a1b","message":"no"}}"#;
    let shown = SupportReport::new(classify_429(body), None, Headers::default()).to_string();
    assert!(shown.contains("Type: ***\n") && !shown.contains("a1b"), "{shown}");
}

/// Seen to fail: a size taken for a prompt; names and values in quotation marks, for one long quotation.
#[test]
fn keeps_ordinary_sentences() {
    for text in [
        "Too many tokens in prompt: 160000 > 128000",
        "prompt is too long: 213462 tokens > 200000 maximum",
        "Input tokens per minute: 30000 of 30000 used",
        "\"status\":\"error\",\"code\":\"rateLimited\"",
        "Invalid value: 'a'. Supported values are: 'system', 'assistant', and 'user'.",
        "The API key was revoked. The key is not valid for asia-northeast1.",
        "API 키가 유효하지 않습니다. 분당 토큰 30000개를 초과했습니다.",
        "입력 토큰: 30000개, 한도 'gpt-4'는 20000개",
        "您的密钥无效，请检查后重试。",
        "Please contact support@openai.com about disk-full-20241120.",
        "100% of your quota; 50%20of",
    ] {
        assert!(message(text).contains(text), "{}", message(text));
    }
    for code in ["E0000047", "A0429", "EC2ThrottledException", "insufficient_quota", "1302"] {
        let body = format!(r#"{{"error":{{"code":"{code}","message":"no"}}}}"#);
        let shown = SupportReport::new(classify_429(body.as_bytes()), None, Headers::default()).to_string();
        assert!(shown.contains(&format!("Code: {code}\n")), "{shown}");
    }
}

fn message(text: &str) -> String {
    let mut report = SupportReport::new(classify_429(b""), None, Headers::default());
    report.message = Some(text);
    report.to_string()
}

#[test]
fn keeps_what_support_needs() {
    let mut report = SupportReport::new(classify_429(b""), None, Headers::default());
    let message = "Rate limit for gpt-4o-2024-11-20 in organization org-mXkjnaJsEmbLFMXgajneavJ0 (request ID \
                   0123456789abcdef0123456789abcdef, 6f0b1e2c-0000-4000-8000-1234567890ab)";
    report.message = Some(message);
    assert!(report.to_string().contains(message), "{report}");
}

/// Seen to fail: names of limits were masked like any text, in which a sentence is no secret.
#[test]
fn the_name_of_a_limit_is_no_sentence() {
    let shown = |value: &str| {
        let headers = Headers::read([("ratelimit", value)]);
        SupportReport::new(classify_429(b""), None, headers).to_string()
    };
    assert!(shown("\"write to my mother tomorrow\";r=1").contains("Header ***: remaining 1"));
    assert!(shown("\"fixed window\";r=1").contains("Header fixed window: remaining 1"));
}

/// Tried: masking ids like words of a message; ids of any form; the edge's id before the service's.
#[test]
fn keeps_the_ids_of_requests_and_no_key_in_their_place() {
    let shown = |headers: &[(&str, &str)]| {
        let headers = Headers::read(headers.iter().copied());
        SupportReport::new(classify_429(b""), None, headers).to_string()
    };
    for (name, id) in [
        ("x-request-id", "0123456789abcdef0123456789abcdef"),
        ("x-request-id", "req_0123456789abcdef0123456789abcdef"),
        ("request-id", "req_011CSHoEeqs5C35K2UUqR7Fy"),
        ("apim-request-id", "6f0b1e2c-0000-4000-8000-1234567890ab"),
        ("x-request-id", "oBbQ7Zd-4Yz4kd-93c1f8d6aeb2e8f5-SJC"),
        ("cf-ray", "93c1f8d6aeb2e8f5-SJC"),
    ] {
        assert!(shown(&[(name, id)]).contains(&format!("Request id: {id}\n")), "{}", shown(&[(name, id)]));
        assert!(shown(&[("cf-ray", "93c1f8d6aeb2e8f5-ICN"), (name, id)]).contains(id), "{name}: {id}");
    }
    for key in [
        "sk-proj-0123456789abcdef0123hunter",
        "id:sk-0123456789abcdefhunter",
        "a.AIza0123456789abcdefhunter",
        "password=hunter",
        "Bearer hunter",
    ] {
        for name in ["x-request-id", "cf-ray"] {
            assert!(!shown(&[(name, key)]).contains("hunter"), "{}", shown(&[(name, key)]));
        }
    }
}

/// What leads the mask, for good or ill.
const PIECES: &[&str] = &[
    " ",
    ":",
    "'",
    "\"",
    "\\",
    "\n",
    "{",
    "}",
    "[",
    "]",
    "[429:",
    "{a} ",
    "['b'] ",
    "id ",
    "org-",
    "key",
    "is",
    "token",
    "limit",
    "metric ",
    "requests per minute ",
    "Cookie",
    "Bearer ",
    "https://",
    "@",
    "/",
    "=",
    "a",
    "“",
    "”",
    ",",
    ".",
];

/// `@` is the secret, `%` an at sign.
const NAMED: &[&str] = &[
    "AWS_SECRET_ACCESS_KEY=@",
    "Authorization: Basic @",
    "Authorization: Token @",
    "Bearer @",
    "NAME_KEY=@",
    "client_secret=@",
    "x-access-token: @",
    "password=@",
    "password is @",
    "api_key: @",
    "apiKey: '@'",
    "\"api_key\": \"@\"",
    "session=@",
    "Cookie: session=@",
    "https://user:@%host/path",
    "https://host/path?signature=@&x=1",
];

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
