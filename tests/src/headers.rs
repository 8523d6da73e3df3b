//! Header sets of every form, generated together with what they mean.

pub mod fuzzing;

use core::time::Duration;
use std::time::SystemTime;

use paceline_core::Resource;
use proptest::prelude::*;

/// Headers and their meaning.
#[derive(Clone, Debug, Default)]
pub struct HeaderSet {
    /// Names and values as sent.
    pub headers: Vec<(String, String)>,
    /// The buckets, in no order.
    pub buckets: Vec<Truth>,
    /// The wait.
    pub retry_after: Option<Duration>,
}

/// What a bucket is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Truth {
    /// The name of the resource.
    pub resource: Option<&'static str>,
    /// The limit.
    pub limit: Option<u64>,
    /// What is left.
    pub remaining: Option<u64>,
    /// The time until all is left.
    pub reset_after: Option<Duration>,
    /// The window, where it is stated.
    pub window: Option<Duration>,
}

/// Numbers of one bucket, before a form is chosen.
#[derive(Clone, Debug)]
struct Numbers {
    limit: u64,
    remaining: u64,
    /// In whole seconds, and milliseconds beyond, for the forms that have them.
    reset: u64,
    millis: u64,
    window: u64,
}

/// A set of one service, names in any case, in any order, among headers of other kinds.
pub fn any_set() -> impl Strategy<Value = HeaderSet> {
    let numbers = proptest::array::uniform2(numbers());
    let form = proptest::sample::select(FORMS);
    let wait = proptest::option::of((0..4usize, 0..100_000u64));
    (form, numbers, wait, SENT)
        .prop_flat_map(|(form, numbers, wait, sent)| {
            let mut set = HeaderSet::default();
            form(&mut set, &numbers, sent);
            if let Some((form, millis)) = wait {
                set.add_retry_after(form, millis, sent);
            }
            for (name, value) in NOISE {
                set.header(name, value);
            }
            let length = set.headers.len();
            (Just(set), any::<u64>(), Just((0..length).collect::<Vec<_>>()).prop_shuffle())
        })
        .prop_map(|(mut set, case, order)| {
            let headers = order.iter().filter_map(|&at| set.headers.get(at).cloned());
            set.headers = headers.map(|(name, value)| (recased(&name, case), value)).collect();
            set.buckets.sort();
            set
        })
}

fn numbers() -> impl Strategy<Value = Numbers> {
    (1..1_000_000u64, 0..100u64, 1..90_000u64, 1..1000u64, 1..5000u64).prop_map(|(limit, percent, reset, millis, window)| Numbers {
        limit,
        remaining: limit * percent / 100,
        reset,
        millis,
        window,
    })
}

type Form = fn(&mut HeaderSet, &[Numbers; 2], u64);

const FORMS: &[Form] = &[
    openai, azure, anthropic, github, openrouter, discord, ietf_1, ietf_2, ietf_3, ietf_4, docker, cerebras, kong, riot, strava, shopify,
    hubspot, yelp,
];

fn openai(set: &mut HeaderSet, numbers: &[Numbers; 2], _: u64) {
    for (numbers, resource) in numbers.iter().zip([Resource::Requests, Resource::Tokens]) {
        let name = resource.name();
        set.header(&format!("x-ratelimit-limit-{name}"), numbers.limit);
        set.header(&format!("x-ratelimit-remaining-{name}"), numbers.remaining);
        set.header(&format!("x-ratelimit-reset-{name}"), go(numbers.exact()));
        set.bucket(numbers, resource).reset_after = Some(numbers.exact());
    }
}

fn azure(set: &mut HeaderSet, numbers: &[Numbers; 2], _: u64) {
    set.header("apim-request-id", "6f0b1e2c-0000-4000-8000-1234567890ab");
    for (numbers, resource) in numbers.iter().zip([Resource::Requests, Resource::Tokens]) {
        let name = resource.name();
        set.header(&format!("x-ratelimit-limit-{name}"), numbers.limit);
        set.header(&format!("x-ratelimit-remaining-{name}"), numbers.remaining);
        set.header(&format!("x-ratelimit-reset-{name}"), numbers.reset);
        set.header(&format!("x-ratelimit-renewalperiod-{name}"), numbers.window);
        let truth = set.bucket(numbers, resource);
        truth.reset_after = Some(Duration::from_millis(numbers.reset));
        truth.window = Some(numbers.window());
    }
}

fn anthropic(set: &mut HeaderSet, numbers: &[Numbers; 2], sent: u64) {
    set.date(sent);
    for (numbers, resource) in numbers.iter().zip([Resource::InputTokens, Resource::OutputTokens]) {
        let name = resource.name().replace('_', "-");
        let reset = humantime::format_rfc3339_seconds(at(sent + numbers.reset));
        set.header(&format!("anthropic-ratelimit-{name}-limit"), numbers.limit);
        set.header(&format!("anthropic-ratelimit-{name}-remaining"), numbers.remaining);
        set.header(&format!("anthropic-ratelimit-{name}-reset"), reset);
        set.bucket(numbers, resource).reset_after = Some(numbers.reset());
    }
}

fn github(set: &mut HeaderSet, [numbers, _]: &[Numbers; 2], sent: u64) {
    set.date(sent);
    set.plain("X-RateLimit-", numbers, sent + numbers.reset);
    set.header("X-RateLimit-Resource", "core");
    set.bucket(numbers, Resource::Requests).reset_after = Some(numbers.reset());
}

fn openrouter(set: &mut HeaderSet, [numbers, _]: &[Numbers; 2], sent: u64) {
    set.date(sent);
    set.plain("X-RateLimit-", numbers, sent * 1000 + numbers.reset * 1000 + numbers.millis);
    set.bucket(numbers, Resource::Requests).reset_after = Some(numbers.exact());
}

fn discord(set: &mut HeaderSet, [numbers, _]: &[Numbers; 2], sent: u64) {
    set.plain("X-RateLimit-", numbers, format!("{}.{:03}", sent + numbers.reset, numbers.millis));
    set.header("X-RateLimit-Reset-After", numbers.decimal());
    set.header("X-RateLimit-Bucket", "1234");
    set.bucket(numbers, Resource::Requests).reset_after = Some(numbers.exact());
}

fn ietf_1(set: &mut HeaderSet, [numbers, other]: &[Numbers; 2], _: u64) {
    let (limit, window) = (numbers.limit, numbers.window);
    let policies = format!("{limit}, {limit};w={window};comment=\"one, two\", {};w={}", other.limit + limit, other.window + window);
    set.plain("RateLimit-", numbers, numbers.reset);
    set.headers.retain(|(name, _)| name != "RateLimit-limit");
    set.header("RateLimit-Limit", policies);
    let truth = set.bucket(numbers, Resource::Requests);
    truth.reset_after = Some(numbers.reset());
    truth.window = Some(numbers.window());
    set.buckets.push(Truth {
        resource: Some("requests"),
        limit: Some(other.limit + limit),
        window: Some(other.window() + numbers.window()),
        ..Truth::default()
    });
}

fn ietf_2(set: &mut HeaderSet, [numbers, _]: &[Numbers; 2], _: u64) {
    let Numbers { limit, remaining, reset, window, .. } = numbers;
    set.header("RateLimit", format!("limit={limit}, remaining={remaining}, reset={reset}"));
    set.header("RateLimit-Policy", format!("{limit};w={window}"));
    let truth = set.bucket(numbers, Resource::Requests);
    truth.reset_after = Some(numbers.reset());
    truth.window = Some(numbers.window());
}

fn ietf_3(set: &mut HeaderSet, numbers: &[Numbers; 2], _: u64) {
    named(set, numbers, 'l', "");
}

fn ietf_4(set: &mut HeaderSet, numbers: &[Numbers; 2], _: u64) {
    named(set, numbers, 'q', "\"");
}

fn named(set: &mut HeaderSet, [day, hour]: &[Numbers; 2], limit: char, quote: &str) {
    let name = |name| format!("{quote}{name}{quote}");
    set.header("RateLimit", format!("{};r={};t={}", name("day"), day.remaining, day.reset));
    set.header("RateLimit-Policy", format!("{};{limit}={};w={};pk=:c2E=:", name("hour"), hour.limit, hour.window));
    set.header("RateLimit-Policy", format!("{}; {limit}={}; w={}", name("day"), day.limit, day.window));
    let truth = set.bucket(day, Resource::Requests);
    truth.reset_after = Some(day.reset());
    truth.window = Some(day.window());
    let truth = set.bucket(hour, Resource::Requests);
    truth.remaining = None;
    truth.window = Some(hour.window());
}

fn docker(set: &mut HeaderSet, [numbers, _]: &[Numbers; 2], _: u64) {
    set.header("ratelimit-limit", format!("{};w={}", numbers.limit, numbers.window));
    set.header("ratelimit-remaining", format!("{};w={}", numbers.remaining, numbers.window));
    set.bucket(numbers, Resource::Requests).window = Some(numbers.window());
}

fn cerebras(set: &mut HeaderSet, numbers: &[Numbers; 2], _: u64) {
    for (numbers, (name, seconds)) in numbers.iter().zip([("Minute", 60), ("Day", 86_400)]) {
        set.header(&format!("X-Ratelimit-Limit-Tokens-{name}"), numbers.limit);
        set.header(&format!("X-Ratelimit-Remaining-Tokens-{name}"), numbers.remaining);
        set.header(&format!("X-Ratelimit-Reset-Tokens-{name}"), numbers.decimal());
        let truth = set.bucket(numbers, Resource::Tokens);
        truth.reset_after = Some(numbers.exact());
        truth.window = Some(Duration::from_secs(seconds));
    }
}

fn kong(set: &mut HeaderSet, numbers: &[Numbers; 2], _: u64) {
    for (numbers, (name, seconds)) in numbers.iter().zip([("Second", 1), ("Hour", 3600)]) {
        set.header(&format!("X-RateLimit-Limit-{name}"), numbers.limit);
        set.header(&format!("X-RateLimit-Remaining-{name}"), numbers.remaining);
        set.bucket(numbers, Resource::Requests).window = Some(Duration::from_secs(seconds));
    }
}

fn riot(set: &mut HeaderSet, [one, two]: &[Numbers; 2], _: u64) {
    let (short, long) = (one.window, one.window + two.window);
    let used = |numbers: &Numbers| numbers.limit - numbers.remaining;
    set.header("X-App-Rate-Limit", format!("{}:{short},{}:{long}", one.limit, two.limit));
    set.header("X-App-Rate-Limit-Count", format!("{}:{long},{}:{short}", used(two), used(one)));
    set.bucket(one, Resource::Requests).window = Some(Duration::from_secs(short));
    set.bucket(two, Resource::Requests).window = Some(Duration::from_secs(long));
}

fn strava(set: &mut HeaderSet, [one, two]: &[Numbers; 2], _: u64) {
    let used = |numbers: &Numbers| numbers.limit - numbers.remaining;
    set.header("X-RateLimit-Limit", format!("{},{}", one.limit, two.limit));
    set.header("X-RateLimit-Usage", format!("{},{}", used(one), used(two)));
    set.bucket(one, Resource::Requests);
    set.bucket(two, Resource::Requests);
}

fn shopify(set: &mut HeaderSet, [numbers, _]: &[Numbers; 2], _: u64) {
    let used = numbers.limit - numbers.remaining;
    set.header("X-Shopify-Shop-Api-Call-Limit", format!("{used}/{}", numbers.limit));
    set.bucket(numbers, Resource::Requests);
}

fn hubspot(set: &mut HeaderSet, [numbers, day]: &[Numbers; 2], _: u64) {
    set.header("X-HubSpot-RateLimit-Daily", day.limit);
    set.header("X-HubSpot-RateLimit-Daily-Remaining", day.remaining);
    set.header("X-HubSpot-RateLimit-Interval-Milliseconds", numbers.window * 1000);
    set.header("X-HubSpot-RateLimit-Max", numbers.limit);
    set.header("X-HubSpot-RateLimit-Remaining", numbers.remaining);
    set.bucket(numbers, Resource::Requests).window = Some(numbers.window());
    set.bucket(day, Resource::Requests).window = Some(Duration::from_secs(86_400));
}

fn yelp(set: &mut HeaderSet, [numbers, _]: &[Numbers; 2], sent: u64) {
    set.date(sent);
    set.header("RateLimit-DailyLimit", numbers.limit);
    set.header("RateLimit-Remaining", numbers.remaining);
    set.header("RateLimit-ResetTime", humantime::format_rfc3339_seconds(at(sent + numbers.reset)));
    let truth = set.bucket(numbers, Resource::Requests);
    truth.reset_after = Some(numbers.reset());
    truth.window = Some(Duration::from_secs(86_400));
}

impl HeaderSet {
    fn header(&mut self, name: &str, value: impl ToString) {
        self.headers.push((name.into(), value.to_string()));
    }

    fn date(&mut self, sent: u64) {
        if !self.headers.iter().any(|(name, _)| name == "Date") {
            self.header("Date", httpdate::fmt_http_date(at(sent)));
        }
    }

    fn plain(&mut self, prefix: &str, numbers: &Numbers, reset: impl ToString) {
        self.header(&format!("{prefix}limit"), numbers.limit);
        self.header(&format!("{prefix}remaining"), numbers.remaining);
        self.header(&format!("{prefix}reset"), reset);
    }

    fn bucket(&mut self, numbers: &Numbers, resource: Resource) -> &mut Truth {
        self.buckets.push(Truth {
            resource: Some(resource.name()),
            limit: Some(numbers.limit),
            remaining: Some(numbers.remaining),
            ..Truth::default()
        });
        self.buckets.last_mut().expect("one was pushed")
    }

    fn add_retry_after(&mut self, form: usize, millis: u64, sent: u64) {
        let (seconds, exact) = (Duration::from_secs(millis / 1000), Duration::from_millis(millis));
        self.retry_after = Some(match form {
            0 => {
                self.header("Retry-After", seconds.as_secs());
                seconds
            }
            1 => {
                self.header("Retry-After", format!("{}.{:03}", millis / 1000, millis % 1000));
                exact
            }
            2 => {
                self.header("Retry-After", seconds.as_secs() + 1);
                self.header("retry-after-ms", millis);
                exact
            }
            _ => {
                self.date(sent);
                self.header("Retry-After", httpdate::fmt_http_date(at(sent) + seconds));
                seconds
            }
        });
    }
}

impl Numbers {
    fn reset(&self) -> Duration {
        Duration::from_secs(self.reset)
    }

    fn exact(&self) -> Duration {
        self.reset() + Duration::from_millis(self.millis)
    }

    fn window(&self) -> Duration {
        Duration::from_secs(self.window)
    }

    fn decimal(&self) -> String {
        format!("{}.{:03}", self.reset, self.millis)
    }
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// As Go writes a duration: `1h2m3.004s`.
fn go(duration: Duration) -> String {
    let (seconds, millis) = (duration.as_secs(), duration.subsec_millis());
    let mut text = String::new();
    for (unit, length) in [("h", 3600), ("m", 60)] {
        if seconds >= length {
            text += &format!("{}{unit}", seconds / length % if unit == "h" { u64::MAX } else { 60 });
        }
    }
    text + &format!("{}.{millis:03}s", seconds % 60)
}

/// The name with each letter's case taken from a bit.
fn recased(name: &str, bits: u64) -> String {
    let case = |(at, letter): (usize, char)| match bits >> (at % 64) & 1 {
        0 => letter.to_ascii_lowercase(),
        _ => letter.to_ascii_uppercase(),
    };
    name.chars().enumerate().map(case).collect()
}

/// From 2001 to 2286: ten digits of epoch seconds.
const SENT: core::ops::Range<u64> = 1_000_000_000..9_900_000_000;

/// Headers that say nothing about rates, or only seem to.
const NOISE: &[(&str, &str)] = &[
    ("Content-Length", "350"),
    ("Cache-Control", "max-age=3600"),
    ("Alt-Svc", "h3=\":443\"; ma=86400"),
    ("Access-Control-Max-Age", "86400"),
    ("Access-Control-Expose-Headers", "X-RateLimit-Limit, X-RateLimit-Remaining"),
    ("x-envoy-ratelimited", "true"),
    ("X-RateLimit-Scope", "user"),
    ("openai-processing-ms", "12"),
    ("x-mbx-used-weight-1m", "4"),
];
