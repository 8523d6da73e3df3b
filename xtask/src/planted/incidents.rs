//! What went wrong in other limiters, and the laws where several limits answer as one.

use super::{Bug, bug};

const QUOTA: &str = "crates/core/src/quota.rs";
const WINDOW: &str = "crates/core/src/sliding_log/window.rs";
const LOG: &str = "crates/core/src/sliding_log.rs";
const PAIR: &str = "crates/core/src/algorithm/pair.rs";
const CONCURRENCY: &str = "crates/core/src/concurrency.rs";
const TURNSTILE: &str = "crates/std/src/turnstile.rs";
const TOKIO: &str = "crates/tokio/src/turnstile.rs";

pub(super) const BUGS: &[Bug] = &[
    bug(
        QUOTA,
        "period: Nanos::from_duration(period), burst: limit }",
        "period: Nanos(Nanos::from_duration(period).0 / 1_000_000 * 1_000_000), burst: limit }",
        "-p paceline-tests --test incidents whole_millis",
    ),
    bug(
        WINDOW,
        "let length = in_ticks(quota.period().0.saturating_sub(1), exponent)",
        "let length = in_ticks(quota.period().0 / 2, exponent)",
        "-p paceline-tests --test incidents unsaid",
    ),
    bug(
        TURNSTILE,
        "thread::park_timeout(left);",
        "thread::park_timeout(left.min(Duration::from_millis(1))); let _ = self.turnstile.limiter.clock().now();",
        "-p paceline --test turnstile ten_times",
    ),
    bug(
        TOKIO,
        "let Ok(_first) = timeout(patience.to_duration(), self.first.lock()).await else {
            return Err(place.too_late(&self.limiter));
        };
        while let Some(wait) = place.try_pass(&self.limiter, deadline)? {
            sleep(wait.to_duration()).await;
        }",
        "let Ok(first) = timeout(patience.to_duration(), self.first.lock()).await else {
            return Err(place.too_late(&self.limiter));
        };
        let first = std::mem::ManuallyDrop::new(first);
        while let Some(wait) = place.try_pass(&self.limiter, deadline)? {
            sleep(wait.to_duration()).await;
        }
        drop(std::mem::ManuallyDrop::into_inner(first));",
        "-p paceline-tokio --test turnstile others_stuck",
    ),
    bug(
        TOKIO,
        "sleep(wait.to_duration()).await;",
        "sleep(Duration::from_millis(1)).await;",
        "-p paceline-tokio --test turnstile ask_twice",
    ),
    bug(PAIR, "first.max(second)", "first", "-p paceline-tests --test pair of_two_paces"),
    bug(LOG, "(least.min(ahead), most.max(ahead));", "(least.min(ahead), ahead);", "-p paceline-tests --test sliding_log of_four"),
    bug(
        CONCURRENCY,
        "*in_flight = in_flight.saturating_sub(cost);",
        "let _ = cost; *in_flight = *in_flight;",
        "-p paceline-tests --test concurrency by_law",
    ),
];
