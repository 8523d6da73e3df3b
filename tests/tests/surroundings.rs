//! What stands around a refusal: logs, dumps, names, and words that mean something else there.

use core::time::Duration;

use paceline_core::Kind::*;
use paceline_core::{Reason, Reset, Resource, classify_429};
use paceline_tests::refusals::check_kinds;

/// Seen to fail: a frame of a stack and a client's attempts were limits, "an hour" no window, Ruby's arrows no colons, what stood before a
/// class of a stack was lost, and a name in quotes was none.
#[test]
fn logs_and_dumps_around_a_refusal_change_nothing() {
    let class = classify_429(
        b"Page request limited reached in app.php(21): Facebook\\FacebookResponse::create(Object(Facebook\\FacebookResponse)) #1 x",
    );
    assert_eq!((class.kind(), class.limit()), (RateLimited, None));
    let frames = classify_429(
        b"Quota exceeded for aiplatform.googleapis.com/requests_per_minute. Please submit a request:\n#0 Gen (a.dart:130:9)\n#1 Tr",
    );
    assert_eq!((frames.kind(), frames.limit()), (RateLimited, None));
    let attempts = classify_429(b"API call exceeded rate limit due to too many requests, giving up after 6 attempt(s)");
    assert_eq!((attempts.kind(), attempts.limit()), (RateLimited, None));
    let hour = classify_429(b"You have exceeded your rate limit of 1000 calls an hour for the DEMO_KEY.");
    assert_eq!((hour.limit(), hour.window()), (Some(1_000), Some(Duration::from_secs(3_600))));
    let ruby = classify_429(br#"{"errcode"=>"M_LIMIT_EXCEEDED", "error"=>"Too Many Requests", "retry_after_ms"=>750}"#);
    assert_eq!((ruby.kind(), ruby.code(), ruby.retry_after()), (RateLimited, Some("M_LIMIT_EXCEEDED"), Some(Duration::from_millis(750))));
    let masked = classify_429(b"Rate limit reached for model `llama3-70b-8192` in organization `xxxx` on tokens per minute (TPM): Limit 7000, Used 0, Requested 7001.");
    assert_eq!(masked.organization(), Some("xxxx"));
    let certificates =
        classify_429(b"too many certificates (5) already issued for this exact set of domains in the last 168 hours: a.example");
    assert_eq!((certificates.limit(), certificates.window()), (Some(5), Some(Duration::from_secs(7 * 86_400))));
    let url = classify_429(b"Error fetching from https://generativelanguage.googleapis.com/v1/models/gemini-pro:generateContent?key=x: [429] Too many requests");
    assert_eq!((url.kind(), url.model()), (RateLimited, Some("gemini-pro")));
}

/// Seen to fail: none of them was a wait.
#[test]
fn waits_are_told_in_many_ways() {
    for (body, seconds) in [
        ("Too many requests. The call can be retried in 14 seconds.", 14),
        ("Rate limit exceeded. You can make another request in 45 seconds.", 45),
        (r#"{"detail":"Rate limit exceeded","try_again_in":12}"#, 12),
        (r#"{"detail":"Rate limit exceeded","time_left":60}"#, 60),
    ] {
        assert_eq!(classify_429(body.as_bytes()).stated_retry_after(), Some(Duration::from_secs(seconds)), "{body}");
    }
    let made = classify_429(b"Rate limit exceeded. You already made 5 requests in 10 seconds.");
    assert_eq!((made.stated_retry_after(), made.window()), (None, Some(Duration::from_secs(10))));
}

/// Seen to fail: a sentence in capitals was read as a row of names, a line that begins with a time as a frame of a stack, a quota that a client
/// had not seen as one that is used up, a free allowance as a rate, use without a key as a wrong key, a ban that asks to come again as one for good, a
/// team without credits as nothing, what was counted as the limit, and an invitation to try after some time as none.
#[test]
fn words_count_by_what_they_are_of() {
    let capitals = classify_429(b"<resultMsg>SERVICE KEY IS NOT REGISTERED ERROR.</resultMsg>");
    assert_eq!(capitals.reason(), Reason::InvalidKey);
    let wrapped = classify_429(b"Claude usage limit reached. Your limit will reset \n     at 3pm (America/Santiago).");
    assert_eq!((wrapped.reset(), wrapped.is_retryable()), (Some(Reset::Said("3pm (America/Santiago)")), true));
    let unseen = classify_429(b"[rate_limit_exceeded] Rate limit exceeded. Please retry after a brief wait; no quota headers: Error");
    assert_eq!(unseen.kind(), RateLimited);
    let free = classify_429(b"Free allocated quota exceeded.");
    assert_eq!((free.kind(), free.is_retryable()), (QuotaExhausted, false));
    let unregistered = classify_429(b"Daily Limit for Unauthenticated Use Exceeded. Continued use requires signup.");
    assert_eq!((unregistered.kind(), unregistered.window()), (RateLimited, Some(Duration::from_secs(86_400))));
    let human = classify_429(b"Too many unsuccessful login attempts. Please include reCaptcha verification or try again later.");
    assert_eq!(human.kind(), RateLimited);
    let team = classify_429(b"Your newly created team doesn't have any credits yet.");
    assert_eq!(team.reason(), Reason::CreditExhausted);
    let times = classify_429(
        b"RequestLimitExceeded, Your current request times equals to `7` in a second, which exceeds the frequency limit `5` for a second.",
    );
    assert_eq!((times.used(), times.limit(), times.window()), (Some(7), Some(5), Some(Duration::from_secs(1))));
    let later = classify_429(b"Attempt limit exceeded, please try after some time.");
    assert_eq!(later.kind(), RateLimited);
}

/// Seen to fail, each by a rule that was made for another: counter-examples of a reviewer.
#[test]
fn what_resembles_a_ban_or_an_empty_purse_is_a_rate() {
    for body in [
        "Too many requests from worker #1113.",
        "Token rate limit exceeded. Please shorten your prompt or try again in 20 s.",
        "Quota exceeded for requests per minute, not retried.",
        "Rate limit exceeded. You were not charged any credits.",
        "Rate limit exceeded, no quota information available.",
        "Allocated quota exceeded for project 48390172655, please retry.",
        "호출 허용량을 초과했습니다. 잠시 후 다시 시도해 주세요.",
        "Account lockout in effect.",
    ] {
        let cause = classify_429(body.as_bytes());
        assert_eq!((cause.kind(), cause.is_retryable()), (RateLimited, true), "{body}");
    }
    let banned = classify_429(b"Access disabled because of fraudulent activity, do not retry.");
    assert_eq!((banned.kind(), banned.is_retryable()), (Blocked, false));
    let retrying = classify_429(b"Retrying completion_with_retry in 4 seconds as it raised Error: account limit exceeded.");
    assert_eq!((retrying.kind(), retrying.is_retryable()), (QuotaExhausted, false), "a client's own retries invite nobody");
    assert_eq!(classify_429(b"Your project has no quota assigned.").reason(), Reason::QuotaExhausted);
    assert_eq!(classify_429(b"Authentication failed: token lifetime exceeded.").kind(), InvalidCredentials);
    for (body, limit, window, wait) in [
        ("Rate limit %200 exceeded.", Some(200), None, None),
        (r#"{"error":"rate limit exceeded","time_remaining":"00:05"}"#, None, None, None),
        ("You have already made too many requests in 60 seconds.", None, Some(60), None),
        ("Limit of 10 requests exceeded, throttled for an hour.", Some(10), None, None),
        ("Rate limit exceeded, the request was retried 3 times in 10 seconds.", None, None, None),
        ("The call can be retried in 14 seconds.", None, None, Some(14)),
    ] {
        let cause = classify_429(body.as_bytes());
        let seconds = |time: Option<Duration>| time.map(|time| time.as_secs());
        assert_eq!((cause.limit(), seconds(cause.window()), seconds(cause.stated_retry_after())), (limit, window, wait), "{body}");
    }
    for (body, model) in [
        (r#"{"url":"https://api.example.com/v1/models/gpt-4","code":429,"message":"Too many requests"}"#, None),
        ("THUDM/glm-4-9b-chat is temporarily rate-limited upstream.", Some("THUDM/glm-4-9b-chat")),
    ] {
        assert_eq!(classify_429(body.as_bytes()).model(), model, "{body}");
    }
}

/// Seen to fail: a service of tokens made a request too large, clients who call were calls in flight, a pod with a
/// number a model, a comparison in source code a limit, and hours of one digit no wait.
#[test]
fn names_around_a_refusal_are_not_what_it_counts() {
    let service =
        classify_429(br#"tokens service: 429 Too Many Requests: {"error":{"code":-32005,"message":"project ID request rate exceeded"}}"#);
    assert_eq!((service.kind(), service.is_retryable()), (RateLimited, true));
    let clients = classify_429(b"Rate limit exceeded. Clients may not make more than 150 requests per hour.");
    assert_eq!((clients.kind(), clients.limit(), clients.window()), (RateLimited, Some(150), Some(Duration::from_secs(3_600))));
    assert_eq!(classify_429(b"max number of clients reached.").kind(), Concurrency);
    let pod = classify_429(b"event for pod-eb165813-6e8a-4476-a40b-73c0bada26c0: toomanyrequests: You have reached your pull rate limit.");
    assert_eq!((pod.kind(), pod.model()), (RateLimited, None));
    let source = classify_429(
        b"    682  if stream_error or not 200 <= rcode < 300:\nRateLimitError: You exceeded your current quota, please check your plan.",
    );
    assert_eq!((source.kind(), source.limit(), source.used()), (QuotaExhausted, None, None));
    let hours = classify_429(b"You have exceeded your GPU quota (46s left vs. 60s requested). Sign up or retry in 0:09:48.\n");
    assert_eq!((hours.stated_retry_after(), hours.is_retryable()), (Some(Duration::from_secs(588)), true));
}

/// Seen to fail: a breaker's heap was the caller's size, a firewall's page a missing permission, a setting of a log a lack of deployments, a status
/// before a message its limit, and a word that a terminal wraps no word.
#[test]
fn what_a_service_says_of_itself_is_not_of_the_caller() {
    for (body, kind) in [
        (
            "CircuitBreakingException: [request] Data too large, data for [<agg>] would be [3844551592/3.5gb], which is larger than the limit of [3844551475/3.5gb]",
            Overloaded,
        ),
        ("Request data too large, 3844551592 bytes are more than 3844551475.", RequestTooLarge),
        ("The server had an error while processing your request. Sorry about that!", Overloaded),
        ("The client had an error, its quota is exceeded.", QuotaExhausted),
        ("We're currently processing too many requests, please try again later.", Overloaded),
        ("You are processing too many requests, please try again later.", RateLimited),
        ("403 Forbidden: <!DOCTYPE html><html><head><title>Just a moment...</title></head>", Blocked),
        ("503: <!DOCTYPE html><html><head><title>Just a moment, the server is overloaded</title></head>", Overloaded),
        ("deployment_id: 4695\n no_override: true\nError: API rate limit exceeded for installation ID 12770951.", RateLimited),
        (r#"{"code":"team-blocked:spending-limit","error":"You need a subscription."}"#, BillingLimit),
        (r#"{"error":{"message":"You requested up to 65535 tokens, but can only afford 16000."}}"#, QuotaExhausted),
        (r#"{"error":{"message":"Your account is suspended due to insufficient balance, please rech"#, QuotaExhausted),
        (r#"{"error":{"message":"You have run out of API credits for this mi"#, Unknown),
    ] {
        assert_eq!(classify_429(body.as_bytes()).kind(), kind, "{body}");
    }
    let status = classify_429(b"429 Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 34307.");
    assert_eq!((status.limit(), status.requested()), (Some(30_000), Some(34_307)));
    assert_eq!(classify_429(b"Rate limit exceeded: 429 requests per minute.").limit(), Some(429));
    let wrapped = classify_429(b"Rate limit reached for gpt-5: Limit 10, Used 10, Requested 1. Please try a\ngain in 28ms. Visit");
    assert_eq!(wrapped.stated_retry_after(), Some(Duration::from_millis(28)));
    let lines = classify_429(b"The daily limit of plan b\nan account has was exceeded.");
    assert_eq!(lines.kind(), RateLimited, "two words are no ban");
    let named = classify_429(b"Insufficient tokens for quota 'ReadGroup' and limit 'USER-100s' of service 'sheets.googleapis.com'.");
    assert_eq!((named.kind(), named.window()), (RateLimited, Some(Duration::from_secs(100))));
    let session = classify_429(b"You've exceeded your 5 hour session limits. Please review our terms.");
    assert_eq!((session.kind(), session.window()), (RateLimited, Some(Duration::from_secs(5 * 3_600))));
    let waits = classify_429(b"You have exceeded your GPU quota (60s requested vs. 54s left). Try again in 0:12:34");
    assert_eq!((waits.stated_retry_after(), waits.is_retryable()), (Some(Duration::from_secs(754)), true));
}

/// Seen to fail: a breaker's code beat its message, any execution was a load, of two waits the one without its fraction was kept, and a client's
/// next pause and the time of a queue were waits.
#[test]
fn of_several_tellings_the_exact_one_counts() {
    let compilations =
        r#"{"type":"circuit_breaking_exception","reason":"[script] Too many dynamic script compilations within, max: [75/5m]"}"#;
    let script = classify_429(compilations.as_bytes());
    assert_eq!((script.kind(), script.limit(), script.window()), (RateLimited, Some(75), Some(Duration::from_secs(300))));
    assert_eq!(classify_429(b"ResponseError: circuit_breaking_exception\n at x").kind(), Overloaded);
    assert_eq!(classify_429(br#"{"type":"es_rejected_execution_exception"}"#).kind(), Overloaded);
    assert_eq!(classify_429(b"Execution of the callout failed.").kind(), Unknown);
    for (body, wait) in [
        (r#"{"message":"Quota reached. Resets in 71h15m27s.","quotaResetDelay":"71h15m27.5s"}"#, Some(256_527_500)),
        (r#"{"retryDelay":"34s","message":"Rate limit exceeded. Please retry in 34.25s."}"#, Some(34_250)),
        (r#"{"message":"Rate limit exceeded. Please retry in 34.25s.","retryDelay":"34s"}"#, Some(34_250)),
        (r#"{"message":"Rate limit exceeded. Please retry in 34s.","retryDelay":"35.5s"}"#, Some(34_000)),
        (r#"{"expectedQueueDelayInMs":394460,"message":"Too many requests, please wait."}"#, None),
        ("rate limit exceeded\nSetting next backoff to 855.664145s", None),
    ] {
        assert_eq!(classify_429(body.as_bytes()).stated_retry_after(), wait.map(Duration::from_millis), "{body}");
    }
    let bracketed = classify_429(b"Account maximum query concurrency limit of [20] reached. (Service: AWSLogs)");
    assert_eq!((bracketed.kind(), bracketed.limit()), (Concurrency, Some(20)));
    assert_eq!(classify_429(b"Rate limit [1302] reached.").limit(), None);
    let frames = classify_429(b"Too Many Requests: retry after 187\n\t    at org.telegram.Bot.send(Bot.java:989)");
    assert_eq!(frames.stated_retry_after(), Some(Duration::from_secs(187)));
    assert_eq!(classify_429(b"Too Many Requests: retry after 187 attempts of 200.").stated_retry_after(), None);
    assert_eq!(classify_429(b"You've reached your usage limit for this billing cycle.").kind(), QuotaExhausted);
    assert_eq!(classify_429(b"Billing hard limit has been reached.").kind(), BillingLimit);
    let versions = classify_429(b"You have published too many versions of this crate in the last 24 hours");
    assert_eq!(versions.window(), Some(Duration::from_secs(86_400)));
}

/// Seen to fail: a client's status line was a rate, its pause a wait, what a key would give a limit, and numbers of other things limits.
#[test]
fn what_a_client_adds_is_not_the_server_s() {
    check_kinds(&[
        ("requests.HTTPError: 429 Client Error: Too Many Requests for url: https://x.example/v1/models", Unknown),
        ("httpx.HTTPStatusError: Client error '429 Too Many Requests' for url 'https://x.example/v1'", Unknown),
        ("Response status code does not indicate success: 429 (Too Many Requests).", Unknown),
        ("exceeded retry limit, last status: 500", Unknown),
        ("429 Client Error: Too Many Requests for url: https://x.example/v1\n\nRate limit exceeded.", RateLimited),
        (r#"{"message":"Too Many Requests"}"#, RateLimited),
        ("response: { status: 429, statusText: 'Too Many Requests', headers: {} }", Unknown),
        ("&{429 Too Many Requests 429 HTTP/2.0}", Unknown),
        ("403 Forbidden body: { message: You have triggered an abuse detection mechanism. Please wait. }", RateLimited),
        (
            "<soapenv:Body><soapenv:Fault><faultstring>TotalRequests Limit exceeded.</faultstring></soapenv:Fault></soapenv:Body>",
            QuotaExhausted,
        ),
        ("429 <!DOCTYPE html><html><head><title>Vercel Security Checkpoint</title></head></html>", Blocked),
    ]);
    let key =
        classify_429(b"Over rate limit (error 429): Get your key to have 1000 requests per hour just for you. Will retry in 5 minutes.");
    assert_eq!((key.kind(), key.limit(), key.window(), key.stated_retry_after()), (RateLimited, None, None, None));
    let attempts = classify_429(b"exceeded maximum number of attempts, 3, api error Throttling: Rate exceeded");
    assert_eq!((attempts.kind(), attempts.limit()), (RateLimited, None));
    let curl = classify_429(b"Too many requests. curl 22 The requested URL returned error: 429\n Waiting 11 seconds before trying again");
    assert_eq!((curl.kind(), curl.requested(), curl.stated_retry_after()), (RateLimited, None, None));
    let tries = classify_429(b"You have triggered an abuse detection. 2 tries in 1.1 seconds.");
    assert_eq!((tries.kind(), tries.limit(), tries.window()), (RateLimited, None, None));
    let arrow = classify_429(b"Too many requests, retry: input=storage.2 > output=es.0 (id=0)");
    assert_eq!((arrow.kind(), arrow.limit(), arrow.requested()), (RateLimited, None, None));
    let page = classify_429(b"Rate limit (429): <html><head><title>429 Too Many Requests</title></head></html>");
    assert_eq!((page.kind(), page.limit()), (RateLimited, None));
    let build = classify_429(b"Build and push Docker image: toomanyrequests: You have reached your pull rate limit.");
    assert_eq!((build.kind(), build.resource()), (RateLimited, None));
    let count = |body: &'static str| classify_429(body.as_bytes()).used();
    assert_eq!(count("Too many requests. (SDK Attempt Count: 4)"), None);
    assert_eq!(count(r#"{"error":"Quota exceeded.","usageMetadata":{"promptTokenCount":5}}"#), None);
    assert_eq!(count(r#"{"error":"Quota exceeded.","requestCount":5}"#), Some(5));
    let connections = classify_429(br#"{"message":"Too many connections","max_connections":5,"current_connections":6}"#);
    assert_eq!((connections.limit(), connections.used()), (Some(5), Some(6)));
    let bytes = classify_429(b"Data too large, with { bytes_wanted=413321034 & bytes_limit=410412646 }");
    assert_eq!((bytes.kind(), bytes.limit()), (Overloaded, None));
    let docker = classify_429(b"error pulling image configuration: toomanyrequests: Too Many Requests.");
    assert_eq!((docker.kind(), docker.resource()), (RateLimited, Some(Resource::Requests)));
}

/// Seen to fail: a status line was a rate, and the others were something else or nothing.
#[test]
fn what_clients_and_tools_print_around_a_refusal() {
    check_kinds(&[
        ("Couldn't open https://api.example/1: HTTP Error 429: Too Many Requests", Unknown),
        ("The remote server returned an error: (429) Too Many Requests", Unknown),
        ("npm ERR! 429 Too Many Requests - GET https://registry.example/x.tgz", Unknown),
        ("UnexpectedError: (429, 'Too Many Requests')", Unknown),
        ("Error requesting data from https://api.example/authorize: 429 - Too Many Requests", Unknown),
        ("npm ERR! 429 Too Many Requests: @types/jsonwebtoken@7.2.0", Unknown),
        ("Request failed with status code 429, Status text: \"Too Many Requests\"", Unknown),
        ("Error: 429 Too Many Requests: retry after 1", RateLimited),
        ("Error: 429 Too many requests", RateLimited),
        ("429 Too Many Requests", RateLimited),
        ("HttpError:\n429 Too Many Requests", RateLimited),
        ("HttpError: <b>429 Too Many Requests</b>", RateLimited),
        (r#"{"status": "429 Too Many Requests"}"#, RateLimited),
        ("Max retries exceeded, HTTP error 429 with body: Too Many Requests.", RateLimited),
        ("Max size exceeded, HTTP error 429 of body: Too Many Requests.", RequestTooLarge),
        ("Max exceeded of a body: Too Many Requests.", RequestTooLarge),
        ("401 Unauthorized - \"fail\" status, message \"Please wait a few days before you try again.\".", InvalidCredentials),
        (
            "operation SimulatePrincipalPolicy, exceeded maximum number of attempts, StatusCode: 400, api error Throttling: Rate exceeded.",
            RateLimited,
        ),
        ("operation of a policy, exceeded number of posts, StatusCode: 400, so sorry.", Blocked),
        ("403 Developer Over Rate", RateLimited),
        ("403 Developer Over Qps", RateLimited),
        ("403 Developer Over Map", Unknown),
        ("The rate limit is reached. Wait a moment; the plan is still active.", RateLimited),
        ("The rate limit is reached. Wait a moment; the call is still active.", Concurrency),
        ("Exception Type: RateLimitError, Error Details: You exceeded your current quota.", QuotaExhausted),
        ("Exception Type: RateLimit, Error Details: You exceeded your current quota.", RateLimited),
        ("Services limit how many actions we can perform.", RateLimited),
        (r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#, RateLimited),
        (r#"{"errcode":45009,"errmsg":"api words out of place"}"#, Unknown),
        (r#"{"errcode":45009,"errmsg":"api words kind of limit"}"#, Unknown),
        ("TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark", Overloaded),
        ("integration not ready; The allowed number of requests has been exceeded.", Overloaded),
        ("Weekly limit reached ∙ resets Thursday at 12am", QuotaExhausted),
        ("Too many requests. The limit is - Requests per Minute (actual/limit): 0/0.", QuotaExhausted),
        ("5-hour usage limit reached (0/0 used).", RateLimited),
        ("HTTP 429: Provider rate limit exceeded\nHTTP 503: temporarily unavailable.", RateLimited),
        ("HTTP 429: Provider said nothing\nHTTP 503: temporarily unavailable.", Overloaded),
    ]);
    // A cut shows the status alone.
    let asked = classify_429(b"401 Unauthorized - \"fail\" status, message \"Please wait a few minutes before you try again.\" when x");
    assert_eq!(asked.kind(), RateLimited);
    let wrapped = classify_429(b"integration not ready yet: The allowed number of requests has been exceeded; Retrying");
    assert_eq!(wrapped.kind(), RateLimited);
    let numbers = |body: &str| {
        let cause = classify_429(body.as_bytes());
        (cause.kind(), cause.limit(), cause.requested())
    };
    let cost = "Query cost is 1723, which exceeds the single query max cost limit (1000).";
    assert_eq!(numbers(cost), (RequestTooLarge, Some(1_000), Some(1_723)));
    assert_eq!(numbers("400 - Enqueued token limit reached for gpt-x."), (Concurrency, None, None));
    let limit = |body: &str| classify_429(body.as_bytes()).limit();
    assert_eq!(limit("Account x exceeded the 500 daily messages limit."), Some(500));
    assert_eq!(limit("Account x exceeded the 500 nice messages limit."), None);
    assert_eq!(limit("The rejected execution: max queue capacity = 1000, sorry."), None);
    assert_eq!(limit("Rate limit exceeded, 1 question was answered out of 57 questions."), None);
    assert_eq!(limit("Rate limit exceeded, budget remaining 1 out of 57 points."), Some(57));
    let day = |body: &'static str| (classify_429(body.as_bytes()).used(), classify_429(body.as_bytes()).window());
    let today = day(r#"{"error":"too many requests","account":{"usage_today":77,"limit":1500}}"#);
    assert_eq!(today, (Some(77), Some(Duration::from_secs(86_400))));
    let model = |body: &'static str| classify_429(body.as_bytes()).model();
    assert_eq!(model("Error invoking Bedrock model: ThrottlingException: Too many tokens."), None);
    let window = |body: &'static str| classify_429(body.as_bytes()).window();
    assert_eq!(window(r#"{"errorType":"RATE_LIMIT","policyName":"DAILY"}"#), Some(Duration::from_secs(86_400)));
    assert_eq!(window(r#"{"errorType":"RATE_LIMIT","personName":"DAILY"}"#), None);
}
