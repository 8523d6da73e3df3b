//! Nothing in the core allocates: no verb of any limiter, no parser, no text.

use std::cell::RefCell;
use std::io::{Cursor, Write};
use std::time::Duration;

use allocation_counter::measure;
use paceline_core::headers::{Headers, RateLimitFields, retry_after};
use paceline_core::{
    Atomic, Backoff, CarryOver, Cell, Charge, Concurrency, Cost, CostLog, Drain, Evidence, Failure, FixedWindow, Gate, Gated, Gcra, Keyed,
    Language, Limit, Limiter, Lock, Locked, Logged, ManualClock, NamedLimit, Nanos, Pair, Permit, Quota, Reservation, Reserve, Response,
    Ring, Saved, Set, SlidingLog, SlidingWindow, SupportReport, TokenBucket, WhenFull, algorithm::Persist, classify, classify_429,
};

/// Tried: a `String` in the closure.
#[test]
fn a_whole_refusal_allocates_nothing() {
    let mut written = 0;
    let allocations = measure(|| written = answer(BODY)).count_total;
    assert!(written > 1000, "nothing was written: {written} bytes");
    assert_eq!(allocations, 0);
}

/// Seen to fail when the log of any cost keeps its queue on the heap.
#[test]
fn no_verb_of_any_limiter_allocates() {
    assert_eq!(measure(every_verb).count_total, 0);
}

/// So fast and so far apart that calls are admitted, refused and forgotten.
const QUOTA: Quota = Quota::per_second(2);

fn times() -> impl Iterator<Item = Nanos> {
    (0..40).map(|step| Nanos::from_millis(100_000 + 300 * step))
}

fn every_verb() {
    words();
    logs();
    several();
    keys();
    let calls = Atomic::new(Concurrency::new(2));
    times().for_each(|now| decide(&calls, now, 1));
    let permit = Permit::try_acquire(&calls, 1);
    assert_eq!(calls.snapshot(Nanos::ZERO).remaining, 1, "undone, all of them");
    drop(permit);
    limiter();
}

/// What is one word, and the same under a lock.
fn words() {
    every_verb_and_save(&Atomic::new(Gcra::new(QUOTA).expect("it fits")), 1);
    every_verb_and_save(&Atomic::new(Gcra::new_u32(QUOTA).expect("it fits")), 1);
    every_verb_and_save(&Atomic::new(TokenBucket::new(QUOTA).expect("it fits")), 1);
    every_verb_and_save(&Atomic::new(TokenBucket::new_u32(QUOTA).expect("it fits")), 1);
    every_verb_and_save(&Atomic::new(FixedWindow::new(QUOTA).expect("it fits")), 1);
    every_verb_and_save(&Atomic::new(FixedWindow::new_u32(QUOTA).expect("it fits")), 1);
    let (long, short) = (SlidingWindow::new(QUOTA).expect("it fits"), SlidingWindow::new_u32(QUOTA).expect("it fits"));
    let (long, short) = (Atomic::new(long), Atomic::new(short));
    for now in times() {
        every_verb_but_reserve(&long, now, 1);
        every_verb_but_reserve(&short, now, 1);
        save(&long, now);
        save(&short, now);
    }
    let gcra = Gcra::new(QUOTA).expect("it fits");
    let mut atomic = Atomic::new(gcra);
    atomic.set_quota(Nanos::ZERO, gcra, CarryOver::Proportional);
    let locked = Locked::new(Alone(RefCell::new((gcra, 0))));
    locked.set_quota(Nanos::ZERO, gcra, CarryOver::AsIs);
    every_verb_and_save(&locked, 1);
}

fn logs() {
    let second = Duration::from_secs(1);
    let (long, short) = (SlidingLog::<4, u64>::new(second).expect("it fits"), SlidingLog::<4, u32>::new_u32(second).expect("it fits"));
    let of_any_cost = Locked::new(Alone(RefCell::new((CostLog::<Ring<4>>::new(10, second), Logged::default()))));
    for now in times() {
        every_verb_but_charge(&long, now, 1);
        every_verb_but_charge(&short, now, 1);
        decide(&of_any_cost, now, 3);
        drain(&of_any_cost, now, 3);
        let _idle = (long.forget_idle(now), short.forget_idle(now), of_any_cost.forget_idle(now));
    }
}

fn several() {
    let (long, short) = (Gcra::new(QUOTA).expect("it fits"), Gcra::new_u32(QUOTA).expect("it fits"));
    let set = Set::new([Atomic::new(long), Atomic::new(long)]);
    let pair = Atomic::new(Pair::new(short, short));
    let gated = Gated::new(Gate::new(), Atomic::new(long));
    every_verb_of(&set, [1, 2]);
    every_verb_and_save(&pair, [1, 2]);
    for now in times() {
        let _ = (set.peek_named(now, [1, 2]), set.decide_named(now, [1, 2]), pair.peek_named(now, [1, 2]), pair.decide_named(now, [1, 2]));
        gated.gate().close_for(now, Nanos::from_millis(300));
        gated.gate().close_until(now, now.saturating_add(Nanos::from_millis(400)));
        every_verb_at(&gated, now, 1);
        gated.gate().latch(now, None);
        let _ = (gated.gate().status(now), gated.gate().unlatch(now));
        every_verb_at(&gated, now, 1);
    }
}

fn keys() {
    for when_full in [WhenFull::Refuse, WhenFull::Overflow, WhenFull::DisplaceMostIdle] {
        let table: Keyed<_, 8> = Keyed::new(Gcra::new_u32(QUOTA).expect("it fits"), when_full);
        for (number, now) in times().enumerate() {
            for key in 0..9 + number as u64 % 2 {
                every_verb_but_reserve(&table.limit(key), now, 1);
            }
            let _keys = table.len(now);
            table.forget_idle(now);
        }
    }
}

/// With a clock, and as a budget.
fn limiter() {
    let clock = ManualClock::new(Nanos::from_secs(100));
    let set = Limiter::new(Set::new([Atomic::new(Gcra::new(QUOTA).expect("it fits"))]), &clock);
    let budget = Limiter::new(Atomic::new(Gcra::new(QUOTA).expect("it fits")), &clock);
    let backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(10));
    for now in times() {
        clock.set(now);
        let _ = (set.peek([1]), set.try_acquire([1]), set.peek_named([1]), set.try_acquire_named([1]), set.snapshot());
        let _ = (set.take_up_to([1]), set.charge([1]));
        for cancels in [true, false] {
            match set.reserve([1], Nanos::MAX) {
                Reservation::Reserved { ticket, .. } if cancels => assert!(set.cancel(ticket), "the last one"),
                Reservation::Reserved { ticket, .. } => set.refund(ticket, [1]),
                Reservation::Denied { .. } | Reservation::Impossible { .. } => {}
            }
        }
        set.drain();
        let failure = Failure { attempts: 2, retry_after: None, now, deadline: Nanos::MAX };
        let _ = (backoff.retry(&failure, 7), backoff.retry_within(&budget, &failure, 7));
    }
}

fn every_verb_and_save<C: Cell<Algorithm: Persist> + Drain + Charge + Reserve>(limit: &C, cost: C::Cost) {
    every_verb_of(limit, cost);
    times().for_each(|now| save(limit, now));
}

fn every_verb_of<L: Drain + Charge + Reserve>(limit: &L, cost: L::Cost) {
    times().for_each(|now| every_verb_at(limit, now, cost));
}

fn every_verb_at<L: Drain + Charge + Reserve>(limit: &L, now: Nanos, cost: L::Cost) {
    every_verb_but_charge(limit, now, cost);
    every_verb_but_reserve(limit, now, cost);
}

fn every_verb_but_charge<L: Drain + Reserve>(limit: &L, now: Nanos, cost: L::Cost) {
    decide(limit, now, cost);
    reserve(limit, now, cost);
    drain(limit, now, cost);
}

fn every_verb_but_reserve<L: Drain + Charge>(limit: &L, now: Nanos, cost: L::Cost) {
    decide(limit, now, cost);
    limit.charge(now, cost);
    drain(limit, now, cost);
}

/// Until it is refused, and then back.
fn decide<L: Limit>(limit: &L, now: Nanos, cost: L::Cost) {
    let admitted = (0..5).take_while(|_| limit.peek(now, cost).is_allowed() && limit.decide(now, cost).is_allowed()).count();
    let _ = (limit.decide(now, cost), limit.wait_behind(now, cost.added_to(L::Cost::NOTHING), cost), limit.snapshot(now));
    (0..admitted).for_each(|_| limit.undo(now, cost));
}

fn drain<L: Drain>(limit: &L, now: Nanos, cost: L::Cost) {
    let then = now.saturating_add(Nanos::from_secs(1));
    let _ = (limit.take_up_to(now, cost), limit.snapshot_drained(now, then), limit.wait_drained(now, then, L::Cost::NOTHING, cost));
    limit.drain(now);
    limit.drain_since(now, now.saturating_sub(Nanos::from_millis(500)));
}

/// One reservation is cancelled, one refunded, one left.
fn reserve<L: Reserve>(limit: &L, now: Nanos, cost: L::Cost) {
    let reserve = |delay| match limit.reserve_after(now, delay, cost, limit.max_patience()) {
        Reservation::Reserved { wait, ticket } => Some((now.saturating_add(wait), ticket)),
        Reservation::Denied { .. } | Reservation::Impossible { .. } => None,
    };
    let _left = reserve(Nanos::ZERO);
    if let Some((then, ticket)) = reserve(Nanos::from_millis(10)) {
        limit.refund(then, ticket, cost);
    }
    let _cancelled = reserve(Nanos::ZERO).map(|(_, ticket)| limit.cancel(now, ticket));
}

fn save<C: Cell<Algorithm: Persist>>(cell: &C, now: Nanos) {
    let bytes = cell.save(now).to_bytes();
    let saved = Saved::from_bytes(&bytes).expect("just saved");
    cell.restore(now, &saved).expect("the same algorithm");
    cell.forget_idle(now);
}

/// A lock of one thread.
struct Alone<T>(RefCell<T>);

impl<T> Lock<T> for Alone<T> {
    fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> R {
        act(&mut self.0.borrow_mut())
    }
}

/// Everything that a client and a server do about one refusal, into a buffer of a fixed size; the bytes of the texts.
fn answer(body: &[u8]) -> u64 {
    let mut out = Cursor::new([0; 1 << 14]);
    let headers = Headers::read(HEADERS.iter().copied());
    let cause = classify(&Response { status: Some(429), headers: headers.clone(), body });
    assert_eq!(cause.reason(), classify_429(body).reason());
    let evidence = Evidence { usage: Some(0), needed: Some(90_000), repeats: 4, ..Evidence::default() };
    for language in [Language::English, Language::Korean] {
        for remedy in cause.remedies(&evidence).iter() {
            write!(out, "{} {}", remedy.id(), remedy.text(language)).expect("room");
        }
    }
    write!(out, "{}", SupportReport::new(cause, Some(429), headers)).expect("room");
    let fields = RateLimitFields {
        policy: "default",
        limit: 100,
        remaining: 0,
        reset_after: Duration::from_millis(1500),
        window: Some(Duration::from_secs(60)),
    };
    write!(out, "{} {}", fields.rate_limit(), fields.rate_limit_policy()).expect("room");
    write!(out, "{}", retry_after(Duration::from_millis(600))).expect("room");
    out.position()
}

const BODY: &[u8] = br#"{"error":{"message":"Rate limit reached for gpt-x in organization org-a on tokens per min (TPM): Limit 30000, Used 25662, Requested 9246. Please try again in 9.816s.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}"#;

const HEADERS: &[(&str, &str)] = &[
    ("Date", "Wed, 04 Sep 2024 10:23:06 GMT"),
    ("x-ratelimit-limit-requests", "14400"),
    ("x-ratelimit-remaining-requests", "14397"),
    ("x-ratelimit-reset-requests", "17.399999999s"),
    ("RateLimit", r#""day";r=100;t=36000"#),
    ("RateLimit-Policy", r#""hour";q=1000;w=3600, "day";q=5000;w=86400"#),
    ("X-App-Rate-Limit", "20:1,100:120"),
    ("x-other-ratelimit-reset", "2024-09-04T10:24:00Z"),
    ("retry-after", "10"),
    ("x-request-id", "req_0001"),
];
