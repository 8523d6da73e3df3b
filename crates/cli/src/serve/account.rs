//! What one API key has spent, and whether it may make a call.

use std::collections::HashMap;

use super::{args::Config, call::Call, clock::Clock, limits::Limits, refusal::Refusal};

/// The state of one key.
pub(crate) struct Account {
    pub(crate) in_flight: u64,
    balance: Option<u64>,
    models: HashMap<String, Limits>,
}

impl Account {
    pub(crate) fn new(config: &Config) -> Self {
        Self { in_flight: 0, balance: config.balance, models: HashMap::new() }
    }

    /// The limits of `model`, at the real time `now`.
    pub(crate) fn limits(&mut self, model: &str, config: &Config, clock: &Clock, now: u64) -> &mut Limits {
        let limits = self.models.entry(model.to_owned()).or_insert_with(|| Limits::new(config));
        limits.advance(clock.limiter_time(now));
        limits
    }

    /// Takes all that `call` costs, or else nothing but what a failed request is counted as.
    pub(crate) fn admit(&mut self, call: &Call, config: &Config, clock: &Clock, now: u64) -> Result<(), Refusal> {
        let (balance, in_flight) = (self.balance, self.in_flight);
        let limits = self.limits(&call.model, config, clock, now);
        if balance == Some(0) {
            return Err(Refusal::NoBalance);
        }
        if let Some(limit) = limits.too_small_for(call.charge) {
            return Err(Refusal::too_large(limit, call.charge));
        }
        let crowded = config.max_in_flight.filter(|&most| in_flight >= most);
        let refused = crowded.is_some() || limits.refusing(call.charge).is_some();
        if refused && config.count_failed {
            limits.take_failed();
        }
        if let Some(limit) = crowded {
            return Err(Refusal::InFlight { limit });
        }
        // Asked after the failure was counted, so that the wait told is long enough.
        if let Some(limit) = limits.refusing(call.charge) {
            let wait = clock.real(limit.meter.wait(limit.cost(call.charge)));
            return Err(Refusal::rate(limit, call.charge, wait));
        }
        limits.take(call.charge);
        self.balance = balance.map(|balance| balance.saturating_sub(call.charge));
        self.in_flight += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::Value;
    use tokio::time::advance;

    use super::{super::args::WindowKind, *};

    struct Bench {
        config: Config,
        clock: Clock,
        account: Account,
    }

    impl Bench {
        fn new(config: Config) -> Self {
            let clock = Clock::start(config.time_scale.unwrap_or(1));
            Self { clock, account: Account::new(&config), config }
        }

        fn call(&mut self, charge: u64) -> Result<(), Refusal> {
            let call = Call { url: String::new(), model: "m".to_owned(), charge, body: Value::Null };
            self.account.admit(&call, &self.config, &self.clock, self.clock.now())
        }

        fn left(&mut self) -> Vec<u64> {
            let now = self.clock.now();
            let limits = self.account.limits("m", &self.config, &self.clock, now);
            limits.iter().map(|limit| limit.meter.left()).collect()
        }

        /// The name and the wait in milliseconds of the limit that refuses `charge`, and `used`.
        #[track_caller]
        fn refused(&mut self, charge: u64) -> (&'static str, u128, u64) {
            match self.call(charge) {
                Err(Refusal::Rate { name, wait, used, .. }) => (name, wait.as_millis(), used),
                Err(refusal) => panic!("refused by {}", refusal.name()),
                Ok(()) => panic!("admitted"),
            }
        }
    }

    fn admits(bench: &mut Bench, times: usize, charge: u64) {
        for _ in 0..times {
            assert!(bench.call(charge).is_ok());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn all_limits_or_none() {
        let mut bench = Bench::new(Config { rpm: Some(60), tpm: Some(600), rpd: Some(1_440), ..Config::default() });
        admits(&mut bench, 1, 500);
        assert_eq!(bench.refused(200), ("tpm", 10_000, 500));
        assert_eq!(bench.left(), [59, 100, 1_439]);
        advance(Duration::from_micros(9_999_999)).await;
        assert_eq!(bench.refused(200).0, "tpm");
        advance(Duration::from_micros(1)).await;
        admits(&mut bench, 1, 200);
        assert_eq!(bench.left(), [59, 0, 1_438]);
    }

    /// Tried, and caught: the shortest.
    #[tokio::test(start_paused = true)]
    async fn the_limit_with_the_longest_wait_is_named() {
        let mut bench = Bench::new(Config { rpm: Some(3), tpm: Some(60), rpd: Some(3), ..Config::default() });
        admits(&mut bench, 3, 20);
        assert_eq!(bench.refused(1), ("rpd", 28_800_000, 3));
    }

    /// Tried, and caught: admitted calls counted twice.
    #[tokio::test(start_paused = true)]
    async fn a_failure_counts_as_a_request_and_makes_no_debt() {
        let config = Config { rpm: Some(2), tpm: Some(60), count_failed: true, ..Config::default() };
        let mut bench = Bench::new(config);
        admits(&mut bench, 1, 60);
        assert_eq!(bench.left(), [1, 0]);
        assert_eq!(bench.refused(60), ("tpm", 60_000, 60));
        assert_eq!(bench.left(), [0, 0]);
        // Again and again, just before each request would be back: livelock, but the wait stays that of an empty bucket.
        for _ in 0..5 {
            advance(Duration::from_secs(29)).await;
            assert_eq!(bench.refused(1), ("rpm", 30_000, 2));
        }
        advance(Duration::from_secs(30)).await;
        admits(&mut bench, 1, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_window_that_is_a_bucket_holds_one_share() {
        let window = Some(Duration::from_secs(1));
        let mut bench = Bench::new(Config { rpm: Some(150), tpm: Some(6_000), window, ..Config::default() });
        admits(&mut bench, 2, 50);
        assert_eq!(bench.left(), [148, 5_900, 0, 0]);
        // Told as the minute's limit: nothing is left of it.
        assert_eq!(bench.refused(1), ("rpm_window", 400, 150));
        advance(Duration::from_millis(400)).await;
        admits(&mut bench, 1, 40);
        assert_eq!(bench.refused(1), ("rpm_window", 400, 150));
        assert!(matches!(bench.call(101), Err(Refusal::TooLarge { limit: 100, requested: 101, .. })));
    }

    #[tokio::test(start_paused = true)]
    async fn a_window_that_is_a_counter_starts_again() {
        let (window, window_kind) = (Some(Duration::from_secs(10)), WindowKind::Counter);
        let mut bench = Bench::new(Config { rpm: Some(60), window, window_kind, ..Config::default() });
        advance(Duration::from_millis(9_999)).await;
        admits(&mut bench, 10, 0);
        assert_eq!(bench.refused(0), ("rpm_window", 1, 60));
        advance(Duration::from_millis(1)).await;
        // Twice the share within a millisecond: that is how such windows are.
        admits(&mut bench, 10, 0);
        assert_eq!(bench.refused(0), ("rpm_window", 10_000, 60));
    }

    #[tokio::test(start_paused = true)]
    async fn waits_are_told_in_real_time() {
        let mut bench = Bench::new(Config { rpd: Some(2), time_scale: Some(86_400), ..Config::default() });
        admits(&mut bench, 2, 0);
        assert_eq!(bench.refused(0), ("rpd", 500, 2));
        advance(Duration::from_millis(500)).await;
        admits(&mut bench, 1, 0);
        assert_eq!(bench.refused(0).1, 500);
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_call_may_overdraw_the_balance() {
        let mut bench = Bench::new(Config { balance: Some(25), rpm: Some(60), ..Config::default() });
        admits(&mut bench, 2, 20);
        assert!(matches!(bench.call(1), Err(Refusal::NoBalance)));
        assert_eq!(bench.left(), [58]);
    }

    #[tokio::test(start_paused = true)]
    async fn too_large_or_too_many_in_flight_takes_nothing() {
        let config = Config { rpm: Some(60), tpm: Some(60), max_in_flight: Some(1), ..Config::default() };
        let mut bench = Bench::new(config);
        assert!(matches!(bench.call(61), Err(Refusal::TooLarge { limit: 60, requested: 61, .. })));
        admits(&mut bench, 1, 10);
        assert!(matches!(bench.call(1), Err(Refusal::InFlight { limit: 1 })));
        assert_eq!(bench.left(), [59, 50]);
        bench.account.in_flight -= 1;
        admits(&mut bench, 1, 50);
    }
}
