//! The same limit on a long word and on a short one, behind a gate each: where all times are whole ticks of both, both answer alike,
//! however long the gate is shut and nobody comes.

use core::time::Duration;

use paceline_core::{Charge, Cost, Decision, Drain, Gate, Gated, Limit as _, Nanos, Reservation, Reserve};
use proptest::prelude::*;

/// One step of a sequence of calls; times are thousandths of a period.
#[derive(Clone, Debug)]
pub enum Op {
    /// Time passes.
    Pass(u32),
    /// A call.
    Acquire(u16),
    /// A call for later, with so much patience.
    Reserve(u16, u32),
    /// A charge after the fact.
    Charge(u16),
    /// The oldest reservation is given back.
    Cancel,
    /// Of the oldest reservation so much is.
    Refund(u16),
    /// The gate is closed for a time.
    Close(u32),
    /// The gate is latched for a time.
    Latch(u32),
    /// The gate is opened.
    Unlatch,
}

/// What all times are multiples of: the tick of a short word whose interval is a [`period`].
const GRAIN: u64 = 1 << 10;

/// An odd number of grains: too few for a coarser tick to be exact enough, and enough for time to wrap after some ten thousand periods.
pub fn period() -> impl Strategy<Value = Duration> {
    (1u64 << 15..1 << 17).prop_map(|half| Duration::from_nanos((2 * half + 1) * GRAIN))
}

/// Sequences of calls, some of them after a time in which a short word wraps several times.
pub fn ops() -> impl Strategy<Value = Vec<Op>> {
    let spans = || prop_oneof![3 => 0u32..20_000, 2 => 0u32..100_000_000];
    let op = prop_oneof![
        4 => spans().prop_map(Op::Pass),
        4 => (0u16..20).prop_map(Op::Acquire),
        1 => (0u16..15_000).prop_map(Op::Charge),
        3 => (0u16..20, spans()).prop_map(|(cost, patience)| Op::Reserve(cost, patience)),
        1 => Just(Op::Cancel),
        1 => (0u16..20).prop_map(Op::Refund),
        2 => spans().prop_map(Op::Close),
        1 => spans().prop_map(Op::Latch),
        2 => Just(Op::Unlatch),
    ];
    proptest::collection::vec(op, 1..60)
}

/// Plays `ops` to both, with costs that `cost` makes of what is drawn; `forget_idle` is called at least once in `memory`.
pub fn check_alike<L, M, C: Cost>(
    (long, short): (L, M),
    (period, memory): (Duration, Nanos),
    forget_idle: impl Fn(&L, &M, Nanos),
    cost: impl Fn(u16) -> C,
    ops: &[Op],
) where
    L: Drain<Cost = C> + Reserve + Charge,
    M: Drain<Cost = C> + Reserve + Charge,
{
    let (long, short) = (Gated::new(Gate::new(), long), Gated::new(Gate::new(), short));
    let longest = long.max_patience().min(short.max_patience());
    let mut tickets = Vec::new();
    let mut now = Nanos(GRAIN * 1_000_000_000);
    let span = |thousandths: u32| Nanos((period.as_nanos() * u128::from(thousandths) / 1_000) as u64 / GRAIN * GRAIN);
    for op in ops {
        match *op {
            Op::Pass(thousandths) => {
                let then = now.saturating_add(span(thousandths));
                while now < then {
                    now = then.min(now.saturating_add(Nanos(memory.0 / GRAIN / 2 * GRAIN)));
                    forget_idle(long.limit(), short.limit(), now);
                }
            }
            Op::Acquire(drawn) => assert_eq!(long.decide(now, cost(drawn)), short.decide(now, cost(drawn)), "{op:?} at {now}"),
            Op::Charge(drawn) => _ = (long.charge(now, cost(drawn)), short.charge(now, cost(drawn))),
            Op::Reserve(drawn, patience) => {
                let patience = span(patience).min(longest);
                let (long, short) = (long.reserve(now, cost(drawn), patience), short.reserve(now, cost(drawn), patience));
                assert_eq!(wait(&long), wait(&short), "{op:?} at {now}");
                if let (Reservation::Reserved { ticket: long, .. }, Reservation::Reserved { ticket: short, .. }) = (long, short) {
                    tickets.push((long, short));
                }
            }
            Op::Cancel | Op::Refund(_) if tickets.is_empty() => {}
            Op::Cancel => {
                let tickets = tickets.remove(0);
                assert_eq!(long.cancel(now, tickets.0), short.cancel(now, tickets.1), "{op:?} at {now}");
            }
            Op::Refund(drawn) => {
                let tickets = tickets.remove(0);
                long.refund(now, tickets.0, cost(drawn));
                short.refund(now, tickets.1, cost(drawn));
            }
            Op::Close(thousandths) => [long.gate(), short.gate()].iter().for_each(|gate| gate.close_for(now, span(thousandths))),
            Op::Latch(thousandths) => {
                let end = Some(now.saturating_add(span(thousandths)));
                [long.gate(), short.gate()].iter().for_each(|gate| gate.latch(now, end));
            }
            Op::Unlatch => assert_eq!(long.gate().unlatch(now), short.gate().unlatch(now)),
        }
        let (long, short): (Vec<_>, Vec<_>) = (C::each(long.snapshot(now)).collect(), C::each(short.snapshot(now)).collect());
        assert_eq!(long, short, "{op:?} at {now}");
    }
}

/// The wait of a reservation, or how long it would be.
fn wait<T>(reservation: &Reservation<T>) -> Result<Nanos, Decision> {
    match *reservation {
        Reservation::Reserved { wait, .. } => Ok(wait),
        Reservation::Denied { retry_after, .. } => Err(Decision::Denied { retry_after }),
        Reservation::Impossible { most } => Err(Decision::Impossible { most }),
    }
}
