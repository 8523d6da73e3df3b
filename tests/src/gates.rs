//! A gate and the limit behind it in exact arithmetic.

use core::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use paceline_core::{Atomic, Decision, Gate, Gated, Gcra, Limit, Nanos, Quota, Reservation, Reserve};
use proptest::prelude::*;

/// One step of a sequence of calls; times are thousandths of the time that a burst takes to come back.
#[derive(Arbitrary, Clone, Debug)]
pub enum Op {
    /// Time passes.
    Pass(u16),
    /// A call.
    Acquire(u8),
    /// A call for later, with so much patience.
    Reserve(u8, u16),
    /// The gate is closed for a time.
    Close(u16),
    /// The gate is latched for a time, or for good.
    Latch(Option<u16>),
    /// The gate is opened.
    Unlatch,
}

/// What a gate and a limit of whole nanoseconds are by their definition.
struct Exact {
    interval: u64,
    burst: u64,
    tat: u64,
    /// Until when the gate is shut, and whether it has been opened since.
    shut: Option<u64>,
    latched: bool,
    for_good: bool,
}

impl Exact {
    /// Lets the time of the gate come: nothing is left then.
    fn settle(&mut self, now: u64) {
        if let Some(until) = self.shut.filter(|&until| until <= now && !self.for_good) {
            self.tat = self.tat.max(until + self.burst * self.interval);
            (self.shut, self.latched) = (None, false);
        }
    }

    /// The earliest time at which `cost` is admitted, with the TAT that it leaves; never behind a latch without end.
    fn earliest(&self, now: u64, cost: u64) -> Option<(u64, u64)> {
        if self.for_good {
            return None;
        }
        let full = self.burst * self.interval;
        let (now, tat) = self.shut.map_or((now, self.tat), |until| (until, self.tat.max(until + full)));
        let at = now.max((tat + cost * self.interval).saturating_sub(full));
        Some((at, tat.max(at) + cost * self.interval))
    }

    fn shut(&mut self, until: u64) {
        self.shut = Some(self.shut.unwrap_or(0).max(until));
    }
}

/// The body of the fuzz target.
pub fn fuzz(bytes: &[u8]) {
    if let Ok((interval, burst, ops)) = Unstructured::new(bytes).arbitrary::<(u32, u8, Vec<Op>)>() {
        check_against_oracle(interval, burst, &ops);
    }
}

/// Plays `ops` to a gated limit: it admits what the definition admits, when it does, and tells that time exactly.
pub fn check_against_oracle(interval: u32, burst: u8, ops: &[Op]) {
    let (interval, burst) = (u64::from(interval % 10_000_000) + 1_000, burst.max(1));
    let quota = Quota::new(1, Duration::from_nanos(interval)).burst(burst.into());
    let full = interval * u64::from(burst);
    let limit = Gated::new(Gate::new(), Atomic::new(Gcra::new(quota).expect("whole nanoseconds")));
    let mut exact = Exact { interval, burst: burst.into(), tat: 0, shut: None, latched: false, for_good: false };
    let mut now = 1_000_000_000;
    let span = |thousandths: u16| full * u64::from(thousandths) / 1_000;
    for op in ops {
        exact.settle(now);
        let at = Nanos(now);
        match *op {
            Op::Pass(thousandths) => now += span(thousandths),
            Op::Acquire(cost) => acquire(&limit, &mut exact, now, cost.into()),
            Op::Reserve(cost, patience) => reserve(&limit, &mut exact, now, cost.into(), span(patience)),
            Op::Close(thousandths) if span(thousandths) > 0 => {
                limit.gate().close_for(at, Nanos(span(thousandths)));
                exact.shut(now + span(thousandths));
            }
            Op::Latch(Some(thousandths)) if span(thousandths) > 0 => {
                limit.gate().latch(at, Some(Nanos(now + span(thousandths))));
                exact.shut(now + span(thousandths));
                exact.latched = true;
            }
            Op::Latch(None) => {
                limit.gate().latch(at, None);
                exact.for_good = true;
            }
            Op::Unlatch => {
                let latched = exact.latched || exact.for_good;
                assert_eq!(limit.gate().unlatch(at), latched);
                if latched {
                    (exact.shut, exact.latched, exact.for_good) = (Some(now), false, false);
                }
            }
            Op::Close(_) | Op::Latch(_) => {}
        }
    }
}

type Tested = Gated<Atomic<Gcra>, u64>;

fn acquire(limit: &Tested, exact: &mut Exact, now: u64, cost: u32) {
    let snapshot = limit.snapshot(Nanos(now));
    let probe = cost.clamp(1, snapshot.limit);
    let admitted = exact.earliest(now, probe.into()).is_some_and(|(at, _)| at == now);
    assert_eq!(snapshot.remaining >= probe, admitted, "{snapshot:?}");
    assert_eq!(snapshot.retry_after, exact.earliest(now, 1).map_or(Nanos::MAX, |(at, _)| Nanos(at - now)));
    match (limit.decide(Nanos(now), cost), exact.earliest(now, cost.into())) {
        (Decision::Impossible { most }, _) => assert!(cost > most && u64::from(most) == exact.burst),
        (Decision::Denied { retry_after }, None) => assert_eq!(retry_after, Nanos::MAX),
        (Decision::Denied { retry_after }, Some((at, _))) => {
            assert!(at > now && retry_after == Nanos(at - now), "{retry_after} for {}", at - now)
        }
        (Decision::Allowed, Some((at, tat))) => {
            assert_eq!(at, now);
            exact.tat = tat;
        }
        (Decision::Allowed, None) => panic!("admitted behind a latch"),
    }
}

fn reserve(limit: &Tested, exact: &mut Exact, now: u64, cost: u32, patience: u64) {
    let answer = limit.reserve(Nanos(now), cost, Nanos(patience));
    match (answer, exact.earliest(now, cost.into())) {
        (Reservation::Impossible { most }, _) => assert!(cost > most),
        (Reservation::Denied { retry_after, .. }, None) => assert_eq!(retry_after, Nanos::MAX),
        (Reservation::Denied { retry_after, patience }, Some((at, _))) => assert!(retry_after == Nanos(at - now) && retry_after > patience),
        (Reservation::Reserved { wait, .. }, Some((at, tat))) => {
            assert!(wait == Nanos(at - now) && wait.0 <= patience);
            exact.tat = tat;
        }
        (Reservation::Reserved { .. }, None) => panic!("reserved behind a latch"),
    }
}

/// Sequences of calls between closings.
pub fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        3 => (0u16..1_500).prop_map(Op::Pass),
        4 => (0u8..12).prop_map(Op::Acquire),
        2 => (0u8..12, 0u16..2_000).prop_map(|(cost, patience)| Op::Reserve(cost, patience)),
        2 => (0u16..1_500).prop_map(Op::Close),
        1 => (0u16..1_500).prop_map(|end| Op::Latch(Some(end))),
        1 => Just(Op::Latch(None)),
        2 => Just(Op::Unlatch),
    ];
    proptest::collection::vec(op, 1..100)
}
