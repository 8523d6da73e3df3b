//! The blocking turnstile, on real threads and real time: orders and lower bounds only, since a busy machine may wake anybody late.

use std::{
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use paceline::{Atomic, Clock, Coarse, Decision, Gcra, Limit, Limiter, Monotonic, Nanos, Quota, Refused, Snapshot, Tsc, Turnstile};

fn turnstile(quota: Quota) -> Turnstile<Atomic<Gcra>, Monotonic> {
    Turnstile::new(Limiter::new(Atomic::new(Gcra::new(quota).expect("a rate")), Monotonic))
}

/// Waits until `count` threads stand in line.
fn until_waiting(turnstile: &Turnstile<Atomic<Gcra>, Monotonic>, count: usize) {
    while turnstile.waiting() < count {
        thread::yield_now();
    }
    thread::sleep(Duration::from_millis(20)); // who has told his cost takes his number next
}

#[test]
fn threads_pass_in_the_order_in_which_they_came() {
    let turnstile = turnstile(Quota::per_second(10));
    turnstile.acquire(10).expect("the burst");
    let (order, start) = (Mutex::new(Vec::new()), Instant::now());
    thread::scope(|scope| {
        for (number, cost) in [10, 1, 5].into_iter().enumerate() {
            let (turnstile, order) = (&turnstile, &order);
            scope.spawn(move || {
                turnstile.acquire(cost).expect("within the burst");
                order.lock().expect("no panic").push(number);
            });
            until_waiting(turnstile, number + 1);
        }
    });
    assert_eq!(*order.lock().expect("no panic"), [0, 1, 2]);
    assert!(start.elapsed() >= Duration::from_millis(1_590), "16 at 10 a second: {:?}", start.elapsed());
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
        let patient = scope.spawn(|| turnstile.acquire(2));
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

/// Seen to fail when one whose patience ends asks for itself instead of leaving.
#[test]
fn nobody_overtakes_when_his_patience_ends() {
    let turnstile = turnstile(Quota::per_second(10));
    turnstile.acquire(10).expect("the burst");
    thread::scope(|scope| {
        let first = scope.spawn(|| turnstile.acquire(10));
        until_waiting(&turnstile, 1);
        let ahead = Monotonic.now().saturating_add(Nanos::from_millis(900));
        let hasty = scope.spawn(|| turnstile.acquire_within(1, Duration::from_millis(1_150)));
        until_waiting(&turnstile, 2);
        assert!(turnstile.limiter().limit().decide(ahead, 1).is_allowed(), "somebody passes the line by");
        let refused = hasty.join().expect("no panic");
        assert!(matches!(refused, Err(Refused::TooLate { .. })), "{refused:?}");
        assert_eq!(first.join().expect("no panic"), Ok(()));
    });
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
    let limit = Panics(Atomic::new(Gcra::new(Quota::per_second(100).burst(10)).expect("a rate")));
    let turnstile = Turnstile::new(Limiter::new(limit, Monotonic));
    turnstile.acquire(10).expect("the burst");
    thread::scope(|scope| {
        assert!(scope.spawn(|| turnstile.acquire(7)).join().is_err());
    });
    assert_eq!(turnstile.waiting(), 0);
    assert_eq!(turnstile.acquire(8), Ok(()), "waits in line, and is first");
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
