//! Wordings of refusals with their variables left open, written from what the services document and send.

use paceline_core::Kind::{
    self, AccountInactive, BillingLimit, Blocked, InvalidCredentials, Overloaded, QuotaExhausted, RateLimited, RequestTooLarge,
};
use paceline_core::Resource::{self, AudioSeconds, Images, InputTokens, OutputTokens, Tokens};

/// A wording. What it names in braces, the parser has to find; what it does not name, the parser must not invent.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    /// Text with `{model}`, `{org}`, `{limit}`, `{used}`, `{requested}`, `{wait}` (any spelling) or `{secs}` (digits).
    pub text: &'static str,
    /// The kind that it means.
    pub kind: Kind,
    /// The resource, where it names one other than requests and money.
    pub resource: Option<Resource>,
    /// The window in seconds, where it names one.
    pub window: Option<u64>,
}

const fn says(text: &'static str, kind: Kind) -> Template {
    Template { text, kind, resource: None, window: None }
}

const fn rate(text: &'static str, resource: Option<Resource>, window: u64) -> Template {
    Template { text, kind: RateLimited, resource, window: Some(window) }
}

const fn of(text: &'static str, kind: Kind, resource: Resource) -> Template {
    Template { text, kind, resource: Some(resource), window: None }
}

const MINUTE: u64 = 60;
const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;
const MONTH: u64 = 30 * DAY;

/// All wordings.
#[rustfmt::skip]
pub const TEMPLATES: &[Template] = &[
    // OpenAI.
    rate("Rate limit reached for {model} in organization {org} on tokens per min (TPM): Limit {limit}, Used {used}, Requested {requested}. Please try again in {wait}. Visit https://platform.openai.com/account/rate-limits to learn more.", Some(Tokens), MINUTE),
    rate("Rate limit reached for {model} in organization {org} on requests per min (RPM): Limit {limit}, Used {used}, Requested {requested}. Please try again in {wait}. Visit https://platform.openai.com/account/rate-limits to learn more. You can increase your rate limit by adding a payment method to your account at https://platform.openai.com/account/billing.", None, MINUTE),
    rate("Rate limit reached for {model} (for limit gpt-4.1) in organization {org} on requests per day (RPD): Limit {limit}, Used {used}, Requested {requested}. Please try again in {wait}.", None, DAY),
    rate("Rate limit reached for {model} in organization {org} on tokens_usage_based per day: Limit {limit}, Requested {requested}. Please try again in {wait}.", Some(Tokens), DAY),
    rate("Rate limit reached for {model} in organization {org} on input-images per min: Limit {limit}, Used {used}, Requested {requested}. Please try again in {wait}.", Some(Images), MINUTE),
    rate("Rate limit reached for {model} in organization {org} on tokens per min. Limit: {limit}.000000 / min. Current: {used}.000000 / min. Contact support@openai.com if you continue to have issues.", Some(Tokens), MINUTE),
    rate("Rate limit reached for {model} in organization {org} on requests per min. Limit: {limit} / min. Please try again in {wait}. Contact us through our help center at help.openai.com if you continue to have issues. Please add a payment method to your account to increase your rate limit. Visit https://platform.openai.com/account/billing to add a payment method.", None, MINUTE),
    rate("Rate limit reached for tokens. Limit: {limit}.000000 / min. Current: {used}.000000 / min. Contact support@openai.com if you continue to have issues.", Some(Tokens), MINUTE),
    rate("Rate limit exceeded for images per minute in organization {org}. Limit: {limit}/1min. Current: {used}/1min. Please visit https://platform.openai.com/docs/guides/rate-limits to learn how to increase your rate limit.", Some(Images), MINUTE),
    says("You've exceeded the rate limit, please slow down and try again after {wait}.", RateLimited),
    Template { text: "Request too large for {model} in organization {org} on tokens per min (TPM): Limit {limit}, Requested {more}. The input or output tokens must be reduced in order to run successfully. Visit https://platform.openai.com/account/rate-limits to learn more.", kind: RequestTooLarge, resource: Some(Tokens), window: Some(MINUTE) },
    says("You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.", QuotaExhausted),
    says("Billing hard limit has been reached.", BillingLimit),
    says("Your account is not active, please check your billing details on our website.", AccountInactive),
    says("Your access was terminated due to violation of our policies, please check your email for more information. If you believe this is in error and would like to appeal, please contact support@openai.com.", Blocked),
    says("That model is currently overloaded with other requests. You can retry your request, or contact us through our help center at help.openai.com if the error persists. (Please include the request ID 8b40b31af744402b2f8bf15bddc28e87 in your message.)", Overloaded),
    says("The server is currently overloaded with other requests. Sorry about that! You can retry your request, or contact us through our help center at help.openai.com if the error persists.", Overloaded),
    says("Incorrect API key provided: sk-abcde***********wxyz. You can find your API key at https://platform.openai.com/account/api-keys.", InvalidCredentials),
    says("You must be a member of an organization to use the API. Please contact us through our help center at help.openai.com.", InvalidCredentials),
    says("No such organization: {org}.", InvalidCredentials),
    says("OpenAI-Organization header should match organization for API key.", InvalidCredentials),
    Template { text: "Enqueued token limit reached for {model} in organization {org}. Limit: {limit,} enqueued tokens. Please try again once some in_progress batches have been completed.", kind: Kind::Concurrency, resource: Some(Tokens), window: None },
    of("Requested {more} tokens, max {limit} tokens per request", RequestTooLarge, Tokens),
    of("This model's maximum context length is {limit} tokens. However, you requested {more} tokens (1900 in the messages, 500 in the completion). Please reduce the length of the messages or completion.", RequestTooLarge, Tokens),
    // Azure, Foundry, GitHub Models.
    of("Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-02-01 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after {secs} seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.", RateLimited, Tokens),
    says("Requests to the Get a vector representation of a given input that can be easily consumed by machine learning models and algorithms. Operation under Azure OpenAI API version 2023-05-15 have exceeded call rate limit of your current OpenAI S0 pricing tier. Please retry after {secs} seconds. Please contact Azure support service if you would like to further increase the default rate limit.", RateLimited),
    says("The system is currently experiencing high demand and cannot process your request. Your request exceeds the maximum usage size allowed during peak load. Please retry after {secs} seconds.", Overloaded),
    rate("Rate limit of {limit} per 60s exceeded for UserByModelByMinute. Please wait {secs} seconds before retrying.", None, MINUTE),
    rate("Rate limit of {limit} per 86400s exceeded for UserByModelByDay. Please wait {secs} seconds before retrying.", None, DAY),
    rate("Rate limit of {limit} per 60s exceeded for UserByModelByMinuteUncachedInputTokens. Please wait {secs} seconds before retrying.", Some(InputTokens), MINUTE),
    Template { text: "Request body too large for {model} model. Max size: {limit} tokens.", kind: RequestTooLarge, resource: Some(Tokens), window: None },
    says("Rate limit is exceeded. Try again in {secs} seconds.", RateLimited),
    // Groq.
    rate("Rate limit reached for model `{model}` in organization `{org}` service tier `on_demand` on tokens per minute (TPM): Limit {limit}, Used {used}, Requested {requested}. Please try again in {wait}. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing", Some(Tokens), MINUTE),
    rate("Rate limit reached for model `{model}` in organization `{org}` on seconds of audio per hour (ASPH): Limit {limit}, Used {used}, Requested {requested}. Please try again in {wait}. Visit https://console.groq.com/docs/rate-limits for more information.", Some(AudioSeconds), HOUR),
    says("Rate limit reached for model `{model}` in organization `{org}` on : Limit {limit}, Used {used}, Requested {requested}. Please try again in {wait}. Visit https://console.groq.com/docs/rate-limits for more information.", RateLimited),
    Template { text: "Request too large for model `{model}` in organization `{org}` on tokens per minute (TPM): Limit {limit}, Requested {more}, please reduce your message size and try again. Visit https://console.groq.com/docs/rate-limits for more information.", kind: RequestTooLarge, resource: Some(Tokens), window: Some(MINUTE) },
    // Moonshot, Zhipu, xAI, OpenRouter and others that are compatible.
    rate("Your account {org}<ak-e8u0qmx02mbk85iet3m5> request reached organization max RPM: {limit}, please try again after {secs} seconds", None, MINUTE),
    of("Your account {org}<ak-e8u0qmx02mbk85iet3m5> request reached max organization concurrency: {limit}, please try again after {secs} seconds", Kind::Concurrency, Resource::Concurrency),
    rate("Your account {org} / proj-r200486v97u58ajs737<ak-h74lwzn1ox7880wqgzt9> request reached organization TPD rate limit, current: {used}, limit: {limit}, see the docs", Some(Tokens), DAY),
    rate("max request per minute reached: {limit}, please try again after {secs} seconds", None, MINUTE),
    says("Organization Rate limit exceeded, please try again after {secs} seconds", RateLimited),
    says("The engine is currently overloaded, please try again later", Overloaded),
    says("We're receiving too many requests at the moment. Please wait a moment and try again.", Overloaded),
    says("余额不足或无可用资源包,请充值。", QuotaExhausted),
    says("您的账户已欠费，请充值后重试。", QuotaExhausted),
    says("您的账户已达到速率限制，请您控制请求频率", RateLimited),
    of("High concurrency usage of this API, please reduce concurrency or contact customer service to increase limits", Kind::Concurrency, Resource::Concurrency),
    rate("Usage limit reached for 5 hour. Your limit will reset at 2026-08-27 21:31:39", None, 5 * HOUR),
    rate("已达到 5 小时的使用上限。您的限额将在 2026-08-25 07:41:44 重置。", None, 5 * HOUR),
    rate("Too many requests for team {org} and model {model}. Your team's rate limit is — Requests per Minute (actual/limit): {used}/{limit}.", None, MINUTE),
    rate("Too many tokens for team {org} and model {model}. Tokens per Minute (actual/limit): {used}/{limit}.", Some(Tokens), MINUTE),
    Template { text: "Your team {org} has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit.", kind: QuotaExhausted, resource: None, window: None },
    rate("Rate limit exceeded: free-models-per-min. ", None, MINUTE),
    rate("Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day", None, DAY),
    says("This request requires more credits, or fewer max_tokens. You requested up to {requested} tokens, but can only afford 10114. To increase, visit https://openrouter.ai/settings/credits and upgrade to a paid account", QuotaExhausted),
    of("Prompt tokens limit exceeded: {more} > {limit}. To increase, visit https://openrouter.ai/settings/credits and upgrade to a paid account", RequestTooLarge, Tokens),
    says("Service tier capacity exceeded for this model.", Overloaded),
    says("Requests rate limit exceeded", RateLimited),
    rate("You have been rate limited. Your rate limit is {limit} queries per minute. Please navigate to https://api.together.xyz/settings/billing to upgrade to a paid plan.", None, MINUTE),
    rate("You have reached the rate limit specific to this model {model}. The maximum rate limit for this model is {limit}.0 queries per minute. This limit differs from the general rate limits.", None, MINUTE),
    rate("Tokens per minute limit exceeded - too many tokens processed.", Some(Tokens), MINUTE),
    rate("Requests per minute limit exceeded - too many requests sent.", None, MINUTE),
    rate("Request was rejected due to rate limiting. Details: TPM limit reached.", Some(Tokens), MINUTE),
    says("Request rate increased too quickly. To ensure system stability, please adjust your client logic to scale requests more smoothly over time.", RateLimited),
    says("Allocated quota exceeded, please increase your quota limit.", RateLimited),
    rate("The throttling threshold has been reached: policy user over ratelimit,limit:{limit},time:1 minute", None, MINUTE),
    rate("Rate limit reached for RPM", None, MINUTE),
    says("Insufficient Balance", QuotaExhausted),
    says("No deployments available for selected model, Try again in {secs} seconds. Passed model={model}. pre-call-checks=False, cooldown_list=[]", Overloaded),
    says("Budget has been exceeded! Current cost: {used}.5, Max budget: {limit}.0", BillingLimit),
    says("当前分组上游负载已饱和，请稍后再试", Overloaded),
    // Anthropic.
    rate("This request would exceed your organization's rate limit of {limit,} input tokens per minute (org: {org}, model: {model}). For details, refer to: https://docs.claude.com/en/api/rate-limits. You can see the response headers for current usage. Please reduce the prompt length or the maximum tokens requested, or try again later. You may also contact sales at https://claude.com/contact-sales to discuss your options for a rate limit increase.", Some(InputTokens), MINUTE),
    rate("This request would exceed the rate limit for your organization ({org}) of {limit,} output tokens per minute. For details, refer to: https://docs.claude.com/en/api/rate-limits.", Some(OutputTokens), MINUTE),
    rate("Number of request tokens has exceeded your per-minute rate limit (https://docs.anthropic.com/en/api/rate-limits); see the response headers for current usage. Please reduce the prompt length or the maximum tokens requested, or try again later.", Some(Tokens), MINUTE),
    says("This request would exceed your account's rate limit. Please try again later.", RateLimited),
    says("Overloaded", Overloaded),
    says("Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.", QuotaExhausted),
    says("You have reached your specified API usage limits. You will regain access on 2026-09-01 at 00:00 UTC.", BillingLimit),
    of("prompt is too long: {more} tokens > {limit} maximum", RequestTooLarge, InputTokens),
    // Google.
    says("Resource exhausted. Please try again later. Please refer to https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details.", RateLimited),
    rate("Quota exceeded for aiplatform.googleapis.com/generate_content_requests_per_minute_per_project_per_base_model with base model: {model}. Please submit a quota increase request.", None, MINUTE),
    says("Resource has been exhausted (e.g. check quota).", RateLimited),
    says("You have exhausted your capacity on this model. Your quota will reset after {wait}.", RateLimited),
    rate("Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user' of service 'sheets.googleapis.com' for consumer 'project_number:681255809395'.", None, MINUTE),
    says("The model is overloaded. Please try again later.", Overloaded),
    of("The input token count ({more}) exceeds the maximum number of tokens allowed ({limit}).", RequestTooLarge, InputTokens),
    // AWS.
    says("An error occurred (ThrottlingException) when calling the Converse operation (reached max retries: 4): Too many requests, please wait before trying again.", RateLimited),
    rate("Too many tokens per day, please wait before trying again.", Some(Tokens), DAY),
    says("Rate exceeded", RateLimited),
    // Others.
    says("API rate limit exceeded for user ID 51094.", RateLimited),
    says("You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.", RateLimited),
    says("You have triggered an abuse detection mechanism. Please wait a few minutes before you try again.", RateLimited),
    says("Too Many Requests: retry after {secs}, ok", RateLimited),
    says("Request was throttled. Expected available in {secs} seconds.", RateLimited),
    rate("Request was throttled. Your rate limit for creating predictions is reduced to {limit} requests per minute with a burst of 1 requests while you have less than $5.0 in credit. Your rate limit resets in ~{secs}s.", None, MINUTE),
    rate("You are using a Trial key, which is limited to {limit} API calls / minute. You can continue to use the Trial key for free.", None, MINUTE),
    Template { text: "You are using a Trial key, which is limited to {limit} API calls / month. You can continue to use the Trial key for free.", kind: QuotaExhausted, resource: None, window: Some(MONTH) },
    rate("Exceeded {limit} calls per second for api client. Reduce request rates to resume uninterrupted service.", None, 1),
    rate("You have reached your ten_secondly_rolling limit.", None, 10),
    rate("You have reached your daily limit.", None, DAY),
    says("Number of read requests for subscription '6f3c' actor 'x' exceeded. Please try again after '{secs}' seconds after additional tokens are available.", RateLimited),
    rate("Rate limit exceeded: {limit} per 1 minute", None, MINUTE),
    rate("Rate limit exceeded: {limit} per 15 minute", None, 15 * MINUTE),
    says("Rate limit exceeded, retry in {secs} seconds", RateLimited),
    says("Too many requests, please try again later.", RateLimited),
    says("Too Many Attempts.", RateLimited),
    says("local_rate_limited", RateLimited),
    rate("Our standard API rate limit is {limit} requests per day.", None, DAY),
    // Services with wordings of their own.
    of("Your requests to {model} for gpt-4o in East US have exceeded the token rate limit for your current AIServices S0 pricing tier. This request was for ChatCompletions_Create under Azure OpenAI API version 2024-10-21. Please retry after {secs} seconds. To increase your default rate limit, visit: https://aka.ms/oai/quotaincrease.", RateLimited, Tokens),
    of("Rate limit exceeded for api_key: 88dc28. Limit type: tokens. Current limit: {limit}, Remaining: 0. Limit resets at: 2026-09-15 17:56:48 UTC", RateLimited, Tokens),
    says("Your account {org}<ak-e8u0qmx02mbk85iet3m5> is not active, organization exceeded current quota, please check your plan and billing details.", QuotaExhausted),
    rate("Too much request weight used; current limit is {limit} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.", None, MINUTE),
    says("EAPI:Rate limit exceeded", RateLimited),
    rate("too many failed authorizations ({limit}) for \"example.com\" in the last 1h0m0s, retry after 2026-09-15 17:56:48 UTC: see https://letsencrypt.org/docs/rate-limits/", None, HOUR),
    says("rejected execution of coordinating operation because the queue is full", Overloaded),
    says("You have published too many new crates in a short period of time. Please try again after Tue, 15 Sep 2026 17:56:48 GMT or email help@crates.io to have your limit increased.", RateLimited),
    says("You have exceeded your monthly included credits for Inference Providers. Subscribe to PRO to get 20x more monthly included credits.", QuotaExhausted),
    says("M_LIMIT_EXCEEDED: Too Many Requests", RateLimited),
    says("You've hit your usage limit. Upgrade to Pro or try again in {secs} seconds.", RateLimited),
    says("The request surpassed the assigned quota. Please retry after {secs} seconds.", RateLimited),
    says("429 Too Many Requests: \"{<EOL>  error: slow down<EOL>}\"", RateLimited),
    // Korean.
    says("요청 한도를 초과했습니다. {secs}초 후에 다시 시도해 주세요.", RateLimited),
    rate("분당 요청 한도 {limit}회를 초과했습니다.", None, MINUTE),
    rate("일일 토큰 한도를 초과했습니다. 내일 다시 시도해 주세요.", Some(Tokens), DAY),
    says("크레딧 잔액이 부족합니다.", QuotaExhausted),
    says("API 키가 유효하지 않습니다.", InvalidCredentials),
    of("동시 요청 수가 한도를 초과했습니다.", Kind::Concurrency, Resource::Concurrency),
    says("현재 서버에 과부하가 걸려 있습니다. 잠시 후 다시 시도해 주세요.", Overloaded),
    says("요청이 너무 많습니다. 잠시 후 다시 시도해 주세요.", RateLimited),
    says("계정이 비활성화되었습니다. 결제 정보를 확인해 주세요.", AccountInactive),
    // Chinese.
    says("请求过于频繁，请在 {secs} 秒后重试。", RateLimited),
    rate("您已达到每分钟请求上限 {limit} 次。", None, MINUTE),
    rate("每日 token 配额已用完，请明天再试。", Some(Tokens), DAY),
    says("账户余额不足，请充值。", QuotaExhausted),
    of("并发请求数超过限制，请降低并发。", Kind::Concurrency, Resource::Concurrency),
    says("服务器繁忙，请稍后重试。", Overloaded),
    says("无效的 API 密钥。", InvalidCredentials),
];
