//! The words of the page, in both languages.

use std::fmt::Display;

use paceline_core::{Cause, Language, Reason};

/// What a page is made of.
pub(super) struct Words {
    pub(super) headline: fn(&Cause<'_>) -> String,
    pub(super) limit: &'static str,
    pub(super) limit_per: fn(&str, &str) -> String,
    pub(super) used: &'static str,
    pub(super) requested: &'static str,
    pub(super) model: &'static str,
    pub(super) organization: &'static str,
    pub(super) code: &'static str,
    pub(super) wait: fn(&dyn Display) -> String,
    pub(super) do_not_retry: &'static str,
    pub(super) not_before_reset: &'static str,
    pub(super) retry_after_reset: &'static str,
    pub(super) retry_when_one_ends: &'static str,
    pub(super) retry_when_a_batch_ends: &'static str,
    pub(super) retry_after_ban: &'static str,
    pub(super) retry_backing_off: fn(u64) -> String,
    pub(super) no_error: fn(u16) -> String,
    pub(super) at_most: fn(u32) -> String,
    pub(super) what_helps: &'static str,
    pub(super) headers_say: &'static str,
    pub(super) left_of: fn(&str, &str) -> String,
    pub(super) left: fn(&str) -> String,
    pub(super) worked_out: &'static str,
    pub(super) full_in: fn(&dyn Display) -> String,
}

impl Words {
    pub(super) const fn of(language: Language) -> &'static Self {
        match language {
            Language::Korean => &KOREAN,
            _ => &ENGLISH,
        }
    }
}

static ENGLISH: Words = Words {
    headline: english_headline,
    limit: "limit",
    limit_per: |limit, per| joined(&["limit", limit, per]),
    used: "used",
    requested: "requested",
    model: "model",
    organization: "organization",
    code: "code",
    wait: |wait| format!("Wait {wait}, then retry."),
    do_not_retry: "Do not retry: waiting does not help.",
    not_before_reset: "Do not retry before the reset.",
    retry_after_reset: "Retry after the reset.",
    retry_when_one_ends: "Retry when another call has ended.",
    retry_when_a_batch_ends: "Retry when a batch has ended.",
    retry_after_ban: "Retry when the ban has ended.",
    retry_backing_off: |seconds| format!("Retry with growing pauses, from {seconds} s on: no time is given."),
    no_error: |status| format!("HTTP {status}: the answer is no error."),
    at_most: |retries| match retries {
        1 => "Once at most: if it is refused again, wait for the reset.".into(),
        retries => format!("{retries} times at most."),
    },
    what_helps: "What helps, best first:",
    headers_say: "The headers say:",
    left_of: |left, limit| format!("{left} of {limit} left"),
    left: |left| format!("{left} left"),
    worked_out: "worked out",
    full_in: |reset| format!("full again in {reset}"),
};

static KOREAN: Words = Words {
    headline: korean_headline,
    limit: "한도",
    limit_per: |limit, per| joined(&["한도", per, limit]),
    used: "사용",
    requested: "이번 요청",
    model: "모델",
    organization: "조직",
    code: "코드",
    wait: |wait| format!("{wait} 뒤에 다시 시도하세요."),
    do_not_retry: "다시 시도하지 마세요. 기다려도 해결되지 않습니다.",
    not_before_reset: "한도가 초기화되기 전에는 다시 시도하지 마세요.",
    retry_after_reset: "한도가 초기화된 뒤에 다시 시도하세요.",
    retry_when_one_ends: "진행 중인 다른 요청이 끝난 뒤에 다시 시도하세요.",
    retry_when_a_batch_ends: "대기 중인 배치가 끝난 뒤에 다시 시도하세요.",
    retry_after_ban: "차단이 풀린 뒤에 다시 시도하세요.",
    retry_backing_off: |seconds| format!("대기 시간이 안내되지 않았습니다. {seconds}초부터 간격을 늘려 가며 다시 시도하세요."),
    no_error: |status| format!("HTTP {status}: 오류가 아닌 정상 응답입니다."),
    at_most: |retries| match retries {
        1 => "한 번만 다시 시도하세요. 또 거절되면 한도가 초기화될 때까지 기다리세요.".into(),
        retries => format!("최대 {retries}번까지만 다시 시도하세요."),
    },
    what_helps: "도움이 되는 방법 (효과가 큰 순서):",
    headers_say: "헤더 정보:",
    left_of: |left, limit| format!("{limit} 중 {left} 남음"),
    left: |left| format!("{left} 남음"),
    worked_out: "계산한 값",
    full_in: |reset| format!("{reset} 뒤 모두 회복"),
};

fn english_headline(cause: &Cause<'_>) -> String {
    let text = match cause.reason() {
        Reason::RampTooFast => "The rate grew too fast",
        Reason::ConcurrencyLimit => "Too many calls at once",
        Reason::BatchQueueFull => "The queue for batches is full",
        Reason::Overloaded => "The service is overloaded",
        Reason::FlexUnavailable => "The flex tier has no capacity",
        Reason::TooLarge => "The request is too large: as it is, it can never pass",
        Reason::CreditExhausted => "The credit is used up",
        Reason::QuotaExhausted => "The quota is used up",
        Reason::UsageLimit => "The usage limit of the plan is reached",
        Reason::ModelNotInTier => "The model is not part of this tier: its limit is 0",
        Reason::SpendLimit => "A spending limit is reached",
        Reason::BillingInactive => "Billing is not active",
        Reason::InvalidKey => "The key is not accepted",
        Reason::WrongOrganization => "The key does not belong to this organization",
        Reason::PermissionDenied => "The key may not do this",
        Reason::AccessTerminated => "Blocked: the account is closed, or the caller is banned",
        Reason::Unknown => "The answer does not say why",
        _ => return english_rate(cause),
    };
    text.into()
}

fn english_rate(cause: &Cause<'_>) -> String {
    let per = per(Language::English, cause);
    match cause.resource().map(|resource| Language::English.resource(resource)) {
        Some(counted) => joined(&["The limit on", counted, &per, "is reached"]),
        None => joined(&["A rate limit", &per, "is reached"]),
    }
}

fn korean_headline(cause: &Cause<'_>) -> String {
    let text = match cause.reason() {
        Reason::RampTooFast => "요청 속도가 너무 빠르게 늘었습니다",
        Reason::ConcurrencyLimit => "동시 요청이 너무 많습니다",
        Reason::BatchQueueFull => "배치 대기열이 가득 찼습니다",
        Reason::Overloaded => "서비스가 과부하 상태입니다",
        Reason::FlexUnavailable => "Flex 등급에 여유가 없습니다",
        Reason::TooLarge => "요청이 너무 커서 그대로는 통과할 수 없습니다",
        Reason::CreditExhausted => "크레딧을 모두 사용했습니다",
        Reason::QuotaExhausted => "할당량을 모두 사용했습니다",
        Reason::UsageLimit => "요금제의 사용 한도에 도달했습니다",
        Reason::ModelNotInTier => "이 등급에서는 쓸 수 없는 모델입니다(한도 0)",
        Reason::SpendLimit => "지출 한도에 도달했습니다",
        Reason::BillingInactive => "결제가 활성화되어 있지 않습니다",
        Reason::InvalidKey => "키가 유효하지 않습니다",
        Reason::WrongOrganization => "키가 이 조직에 속하지 않습니다",
        Reason::PermissionDenied => "키에 이 작업을 할 권한이 없습니다",
        Reason::AccessTerminated => "차단되었습니다: 계정이 해지되었거나 접근이 금지되었습니다",
        Reason::Unknown => "응답에 거절된 이유가 없습니다",
        _ => return korean_rate(cause),
    };
    text.into()
}

fn korean_rate(cause: &Cause<'_>) -> String {
    let per = per(Language::Korean, cause);
    match cause.resource().map(|resource| Language::Korean.resource(resource)) {
        None if per.is_empty() => "속도 제한에 걸렸습니다".into(),
        counted => joined(&[&per, counted.unwrap_or_default(), "한도에 도달했습니다"]),
    }
}

/// Whether the headline names the window of the limit.
pub(super) fn names_window(reason: Reason) -> bool {
    use Reason::*;
    matches!(
        reason,
        RequestsPerMinute | TokensPerMinute | RequestsPerDay | TokensPerDay | ImagesPerMinute | AudioSeconds | OtherRate | UnknownRate
    )
}

fn per(language: Language, cause: &Cause<'_>) -> String {
    cause.window().map_or_else(String::new, |window| language.per(window).to_string())
}

/// With a blank between words that there are.
fn joined(words: &[&str]) -> String {
    let words: Vec<_> = words.iter().copied().filter(|word| !word.is_empty()).collect();
    words.join(" ")
}
