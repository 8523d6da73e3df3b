//! The turnstile on tokio's paused time: every wait is exact, and nobody waits for real.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use paceline::{Atomic, Clock, Cost, Decision, Gcra, Limit, Nanos, Quota, Refused, Set, Snapshot};
use paceline_tokio::Turnstile;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

fn limit(quota: Quota) -> Atomic<Gcra> {
    Atomic::new(Gcra::new(quota).expect("a rate"))
}

fn turnstile(quota: Quota) -> Arc<Turnstile<Atomic<Gcra>>> {
    Arc::new(Turnstile::new(limit(quota)))
}

/// Lets every task that can run do so, so that the order of arrival is the order of the calls.
async fn settle() {
    tokio::task::yield_now().await;
}

/// governor lets any waiter with a large cost starve behind ones with cost 1.
#[tokio::test(start_paused = true)]
async fn whoever_came_first_passes_first_whatever_the_cost() {
    let turnstile = turnstile(Quota::per_second(10));
    turnstile.acquire(10).await.expect("the burst");
    let (mut tasks, start) = (JoinSet::new(), Instant::now());
    for cost in [1, 10, 1, 5] {
        let turnstile = turnstile.clone();
        tasks.spawn(async move {
            turnstile.acquire(cost).await.expect("within the burst");
            (cost, start.elapsed().as_millis())
        });
        settle().await;
    }
    let mut passed = Vec::new();
    while let Some(task) = tasks.join_next().await {
        passed.push(task.expect("no panic"));
    }
    assert_eq!(passed, [(1, 100), (10, 1_100), (1, 1_200), (5, 1_700)]);
}

#[tokio::test(start_paused = true)]
async fn who_cannot_pass_in_time_is_refused_at_the_door() {
    let turnstile = turnstile(Quota::per_second(10));
    turnstile.acquire(10).await.expect("the burst");
    let waiting = tokio::spawn({
        let turnstile = turnstile.clone();
        async move { turnstile.acquire(8).await }
    });
    settle().await;
    let start = Instant::now();
    let refused = turnstile.acquire_within(2, Duration::from_millis(999)).await;
    assert_eq!(refused, Err(Refused::TooLate { wait: Nanos::from_secs(1) }), "0.8 s stand ahead");
    assert_eq!(turnstile.try_acquire(2), Decision::Denied { retry_after: Nanos::from_secs(1) });
    assert_eq!(turnstile.acquire_within(11, Duration::MAX).await, Err(Refused::Impossible { most: 10 }));
    assert_eq!(start.elapsed(), Duration::ZERO, "all that without a wait");
    turnstile.acquire_within(2, Duration::from_secs(1)).await.expect("just in time");
    assert_eq!(start.elapsed(), Duration::from_secs(1));
    waiting.await.expect("no panic").expect("passed before");
}

/// Seen to fail when a place that is dropped leaves its cost in the backlog.
#[tokio::test(start_paused = true)]
async fn a_dropped_wait_takes_nothing_wherever_it_stood() {
    let turnstile = turnstile(Quota::per_second(10));
    turnstile.acquire(10).await.expect("the burst");
    let (mut tasks, start) = (Vec::new(), Instant::now());
    for cost in [5, 5, 5] {
        let turnstile = turnstile.clone();
        tasks.push(tokio::spawn(async move {
            turnstile.acquire(cost).await.expect("within the burst");
            start.elapsed()
        }));
        settle().await;
    }
    sleep(Duration::from_millis(200)).await;
    tasks[0].abort(); // the first in line, asleep
    tasks[1].abort(); // in the middle
    settle().await;
    assert_eq!(turnstile.try_acquire(1), Decision::Denied { retry_after: Nanos::from_millis(400) }, "the third alone stands ahead");
    let third = tasks.remove(2).await.expect("no panic");
    assert_eq!(third, Duration::from_millis(500));
    assert!(timeout(Duration::ZERO, turnstile.acquire(1)).await.is_err());
    sleep(Duration::from_secs(1)).await;
    assert!(turnstile.try_acquire(10).is_allowed(), "the whole burst is back");
}

/// leaky-bucket's unfair mode wedges for good. Whoever gives up, and whenever, those behind him pass. Seen to fail when who is first
/// keeps the line where he is dropped.
#[tokio::test(start_paused = true)]
async fn nobody_who_gives_up_leaves_the_others_stuck() {
    for patience in (0..=60).map(Duration::from_millis) {
        let turnstile = turnstile(Quota::per_second(100).burst(1));
        let mut tasks = JoinSet::new();
        for gives_up in [false, true, true, false, true, false] {
            let turnstile = turnstile.clone();
            let patience = if gives_up { patience } else { Duration::MAX };
            tasks.spawn(async move { timeout(patience, turnstile.acquire(1)).await.is_ok() || gives_up });
        }
        let passed = timeout(Duration::from_secs(1), tasks.join_all()).await;
        assert!(passed.is_ok_and(|passed| passed == [true; 6]), "stuck behind one who gave up after {patience:?}");
        assert_eq!(turnstile.waiting(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn who_passes_the_line_by_makes_the_first_plan_again() {
    let turnstile = turnstile(Quota::per_second(10));
    turnstile.acquire(10).await.expect("the burst");
    let start = Instant::now();
    let patient = tokio::spawn({
        let turnstile = turnstile.clone();
        async move { turnstile.acquire(1).await.map(|()| start.elapsed()) }
    });
    let hasty = tokio::spawn({
        let turnstile = turnstile.clone();
        async move { turnstile.acquire_within(1, Duration::from_millis(200)).await }
    });
    sleep(Duration::from_millis(99)).await;
    let limiter = turnstile.limiter();
    assert!(limiter.limit().decide(limiter.clock().now().saturating_add(Nanos::from_millis(1)), 1).is_allowed());
    assert_eq!(patient.await.expect("no panic"), Ok(Duration::from_millis(200)));
    assert!(matches!(hasty.await.expect("no panic"), Err(Refused::TooLate { .. })));
}

/// Seen to fail when only the first in line looks at its deadline.
#[tokio::test(start_paused = true)]
async fn patience_is_kept_also_where_the_forecast_was_too_short() {
    let set = Set::new([limit(Quota::per_second(1).burst(1)), limit(Quota::per_minute(1))]);
    let turnstile = Arc::new(Turnstile::new(set));
    turnstile.acquire([1, 1]).await.expect("the bursts");
    let start = Instant::now();
    for number in 0..60 {
        let turnstile = turnstile.clone();
        // The first waits a minute for the second limit, while the first limit is full and gains nothing.
        let cost = if number == 0 { [0, 1] } else { [1, 0] };
        tokio::spawn(async move { turnstile.acquire(cost).await });
        settle().await;
    }
    let refused = turnstile.acquire_within([1, 0], Duration::from_secs(70)).await;
    assert!(matches!(refused, Err(Refused::TooLate { .. })), "{refused:?}");
    assert_eq!(start.elapsed(), Duration::from_secs(70));
}

#[tokio::test(start_paused = true)]
async fn a_set_is_taken_together() {
    let set = Set::new([limit(Quota::per_minute(60)), limit(Quota::per_minute(1_000))]);
    let turnstile = Turnstile::new(set);
    let start = Instant::now();
    turnstile.acquire([1, 1_000]).await.expect("the burst of tokens");
    turnstile.acquire([60, 500]).await.expect("tokens bind");
    assert_eq!(start.elapsed(), Duration::from_secs(30));
    turnstile.acquire([60, 1]).await.expect("requests bind");
    assert_eq!(start.elapsed(), Duration::from_secs(90));
}

/// A limit that counts how often it is asked, each time with a reading of the clock.
struct Counted<L> {
    limit: L,
    decisions: AtomicU32,
    readings: AtomicU32,
}

impl<L> Counted<L> {
    fn asked(&self) -> &L {
        self.readings.fetch_add(1, Relaxed);
        &self.limit
    }
}

impl<L: Limit> Limit for Counted<L> {
    type Cost = L::Cost;

    fn peek(&self, now: Nanos, cost: L::Cost) -> Decision {
        self.asked().peek(now, cost)
    }

    fn decide(&self, now: Nanos, cost: L::Cost) -> Decision {
        self.decisions.fetch_add(1, Relaxed);
        self.asked().decide(now, cost)
    }

    fn undo(&self, now: Nanos, cost: L::Cost) {
        self.limit.undo(now, cost);
    }

    fn wait_behind(&self, now: Nanos, queued: <L::Cost as Cost>::Total, cost: L::Cost) -> Nanos {
        self.asked().wait_behind(now, queued, cost)
    }

    fn snapshot(&self, now: Nanos) -> <L::Cost as Cost>::Each<Snapshot> {
        self.asked().snapshot(now)
    }
}

/// 1,000 waiters on governor read the clock 971,000 times.
#[tokio::test(start_paused = true)]
async fn a_thousand_who_wait_ask_twice_each() {
    let (decisions, readings) = (AtomicU32::new(0), AtomicU32::new(0));
    let turnstile = Arc::new(Turnstile::new(Counted { limit: limit(Quota::per_second(100).burst(1)), decisions, readings }));
    let (mut tasks, start) = (JoinSet::new(), Instant::now());
    for _ in 0..1_000 {
        let turnstile = turnstile.clone();
        tasks.spawn(async move { turnstile.acquire(1).await });
    }
    while let Some(task) = tasks.join_next().await {
        task.expect("no panic").expect("within the burst");
    }
    assert_eq!(start.elapsed(), Duration::from_millis(9_990));
    let [decisions, readings] =
        [&turnstile.limiter().limit().decisions, &turnstile.limiter().limit().readings].map(|count| count.load(Relaxed));
    assert!(decisions <= 2_001, "{decisions} decisions");
    assert!(readings <= 6_000, "{readings} readings of the clock, and one more of each for his deadline");
}
