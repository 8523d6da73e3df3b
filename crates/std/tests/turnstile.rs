//! The blocking turnstile, on real threads and real time: orders and lower bounds only, since a busy machine may wake anybody late.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use paceline::{
    Atomic, Backlog, Clock, Coarse, Decision, Gcra, Limit, Limiter, ManualClock, Monotonic, Nanos, Quota, Refused, Snapshot, Tsc, Turnstile,
};

/// Longer than any wait here, so that a test ends whatever is wrong: who never gets his turn is refused then.
const LONG: Duration = Duration::from_secs(10);

fn limit(quota: Quota) -> Atomic<Gcra> {
    Atomic::new(Gcra::new(quota).expect("a rate"))
}

fn turnstile(quota: Quota) -> Turnstile<Atomic<Gcra>, Monotonic> {
    Turnstile::new(Limiter::new(limit(quota), Monotonic))
}

/// Waits until `count` threads stand in line; if they never do, what follows fails.
fn until_waiting(turnstile: &Turnstile<impl Limit, impl Clock>, count: usize) {
    let start = Instant::now();
    while turnstile.waiting() < count && start.elapsed() < LONG {
        thread::sleep(Duration::from_millis(1));
    }
}

/// Seen to fail when who leaves the line wakes nobody, and when nobody leaves it.
#[test]
fn threads_pass_in_the_order_in_which_they_came() {
    let turnstile = turnstile(Quota::per_second(10));
    turnstile.acquire(10).expect("the burst");
    let (order, start) = (Mutex::new(Vec::new()), Instant::now());
    thread::scope(|scope| {
        for (number, cost) in [10, 1, 5].into_iter().enumerate() {
            let (turnstile, order) = (&turnstile, &order);
            scope.spawn(move || {
                turnstile.acquire_within(cost, LONG).expect("within the burst");
                order.lock().expect("no panic").push(number);
            });
            until_waiting(turnstile, number + 1);
        }
    });
    assert_eq!(*order.lock().expect("no panic"), [0, 1, 2]);
    assert!(start.elapsed() >= Duration::from_millis(1_590), "16 at 10 a second: {:?}", start.elapsed());
    assert!(start.elapsed() < LONG, "somebody was not woken");
}

#[test]
fn who_cannot_pass_in_time_is_refused_without_a_wait() {
    let turnstile = turnstile(Quota::per_minute(1));
    turnstile.acquire(1).expect("the burst");
    let start = Instant::now();
    let refused = turnstile.acquire_within(1, Duration::from_secs(30));
    assert!(matches!(refused, Err(Refused::TooLate { wait }) if wait > Nanos::from_secs(50)), "{refused:?}");
    assert_eq!(turnstile.acquire_within(2, Duration::from_secs(30)), Err(Refused::Impossible { most: 1 }));
    assert!(start.elapsed() < Duration::from_secs(30));
}

/// A forecast that somebody spoils by passing the line by ends at the deadline, not behind those who have more patience.
#[test]
fn a_deadline_holds_for_whoever_is_not_first() {
    let turnstile = turnstile(Quota::per_second(10));
    turnstile.acquire(10).expect("the burst");
    thread::scope(|scope| {
        let patient = scope.spawn(|| turnstile.acquire_within(2, LONG));
        until_waiting(&turnstile, 1);
        let hasty = scope.spawn(|| turnstile.acquire_within(1, Duration::from_millis(600)));
        until_waiting(&turnstile, 2);
        let ahead = Monotonic.now().saturating_add(Nanos::from_millis(900));
        assert!(turnstile.limiter().limit().decide(ahead, 8).is_allowed());
        assert!(matches!(hasty.join().expect("no panic"), Err(Refused::TooLate { .. })));
        assert!(!patient.is_finished(), "the other waits on");
        assert_eq!(patient.join().expect("no panic"), Ok(()));
    });
}

/// Seen to fail when one whose patience ends asks for itself instead of leaving: there is room for him, but not for who is first.
#[test]
fn nobody_overtakes_when_his_patience_ends() {
    let clock = ManualClock::new(Nanos::ZERO);
    let turnstile = Turnstile::new(Limiter::new(limit(Quota::per_second(100).burst(10)), &clock));
    turnstile.acquire(10).expect("the burst");
    thread::scope(|scope| {
        let first = scope.spawn(|| turnstile.acquire(10));
        until_waiting(&turnstile, 1);
        clock.set(Nanos::from_millis(50));
        let hasty = turnstile.acquire_within(1, Duration::from_millis(100));
        clock.set(Nanos::from_millis(200));
        assert!(matches!(hasty, Err(Refused::TooLate { .. })), "{hasty:?}");
        assert_eq!(first.join().expect("no panic"), Ok(()));
    });
}

/// leaky-bucket's unfair mode wedges for good.
#[test]
fn who_gives_up_first_in_line_leaves_nobody_stuck() {
    let turnstile = turnstile(Quota::per_second(10));
    turnstile.acquire(10).expect("the burst");
    thread::scope(|scope| {
        let hasty = scope.spawn(|| turnstile.acquire_within(1, Duration::from_millis(300)));
        until_waiting(&turnstile, 1);
        let next = scope.spawn(|| turnstile.acquire_within(1, LONG));
        until_waiting(&turnstile, 2);
        let ahead = Monotonic.now().saturating_add(Nanos::from_millis(900));
        assert!(turnstile.limiter().limit().decide(ahead, 8).is_allowed());
        assert!(matches!(hasty.join().expect("no panic"), Err(Refused::TooLate { .. })));
        assert_eq!(next.join().expect("no panic"), Ok(()));
    });
    assert_eq!(turnstile.waiting(), 0);
}

/// A clock that counts its readings.
#[derive(Default)]
struct Counted(AtomicU32);

impl Clock for Counted {
    fn now(&self) -> Nanos {
        self.0.fetch_add(1, Relaxed);
        Monotonic.now()
    }
}

/// 1,000 waiters on governor read the clock 971,000 times. Seen to fail when who waits in line looks whether it is his turn each
/// millisecond.
#[test]
fn a_thousand_who_wait_read_the_clock_ten_times_each_at_most() {
    let clock = Counted::default();
    let turnstile = Turnstile::new(Limiter::new(limit(Quota::per_second(2_000).burst(1)), &clock));
    thread::scope(|scope| {
        for _ in 0..1_000 {
            scope.spawn(|| turnstile.acquire(1).expect("within the burst"));
        }
    });
    let readings = clock.0.load(Relaxed);
    assert!(readings <= 10_000, "{readings} readings");
}

/// A limit that panics when it is asked for 7.
struct Panics(Atomic<Gcra>);

impl Limit for Panics {
    type Cost = u32;

    fn peek(&self, now: Nanos, cost: u32) -> Decision {
        self.0.peek(now, cost)
    }

    fn decide(&self, now: Nanos, cost: u32) -> Decision {
        match self.0.peek(now, cost) {
            Decision::Allowed if cost == 7 => panic!("asked for 7"),
            _ => self.0.decide(now, cost),
        }
    }

    fn undo(&self, now: Nanos, cost: u32) {
        self.0.undo(now, cost);
    }

    fn wait_behind(&self, now: Nanos, queued: u64, cost: u32) -> Nanos {
        self.0.wait_behind(now, queued, cost)
    }

    fn snapshot(&self, now: Nanos) -> Snapshot {
        self.0.snapshot(now)
    }
}

/// Seen to fail when a thread that panics in line stays in it.
#[test]
fn a_panic_in_line_leaves_the_line() {
    let clock = ManualClock::new(Nanos::ZERO);
    let turnstile = Turnstile::new(Limiter::new(Panics(limit(Quota::per_second(100).burst(10))), &clock));
    turnstile.acquire(10).expect("the burst");
    thread::scope(|scope| {
        let panics = scope.spawn(|| turnstile.acquire(7));
        until_waiting(&turnstile, 1);
        let next = scope.spawn(|| turnstile.acquire_within(8, LONG));
        until_waiting(&turnstile, 2);
        clock.set(Nanos::from_millis(100));
        assert!(panics.join().is_err());
        assert_eq!(next.join().expect("no panic"), Ok(()), "is woken, and is first");
    });
    assert_eq!(turnstile.waiting(), 0);
}

/// Else a newcomer would be told that cost twice, and refused though his patience lasts. Seen to fail when it leaves with its place.
#[test]
fn what_has_passed_no_longer_stands_in_line() {
    let clock = ManualClock::new(Nanos::ZERO);
    let (limiter, backlog) = (Limiter::new(limit(Quota::per_second(10)), &clock), Backlog::default());
    let mut place = backlog.join(&limiter, 6, Nanos::MAX).expect("within the burst");
    assert_eq!(place.try_pass(&limiter, Nanos::MAX), Ok(None));
    let newcomer = Decision::Denied { retry_after: Nanos::from_millis(100) };
    assert_eq!((backlog.waiting(), backlog.try_acquire(&limiter, 5)), (0, newcomer), "6 and 5 of 10, and not 12 and 5");
    drop(place);
    assert_eq!(backlog.waiting(), 0, "and leaves once");
}

#[test]
fn clocks_advance_and_agree_with_the_system() {
    fn check(clock: impl Clock, tolerance: Duration) {
        let (start, reading) = (Instant::now(), clock.now());
        thread::sleep(Duration::from_millis(100));
        let told = clock.now().saturating_sub(reading).to_duration();
        let passed = start.elapsed();
        assert!(told.abs_diff(passed) <= tolerance, "{told:?} for {passed:?}");
    }
    check(Tsc, Duration::from_millis(10));
    check(Monotonic, Duration::from_millis(10));
    check(Coarse, Duration::from_millis(30));
}
