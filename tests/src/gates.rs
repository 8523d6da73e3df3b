//! A gate and the limit behind it in exact arithmetic.

use core::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use paceline_core::{
    Atomic, AtomicWord, Cell, Charge, Decision, Drain, Gate, Gated, Gcra, Limit, Nanos, Quota, Reservation, Reserve, Snapshot, Ticket,
};
use proptest::prelude::*;

/// One step of a sequence of calls; times are thousandths of the time that a burst takes to come back.
#[derive(Arbitrary, Clone, Debug)]
pub enum Op {
    /// Time passes.
    Pass(u16),
    /// The readings of the next calls are that late, in 65,536ths of the skew.
    Late(u16),
    /// The clock jumps back by an hour.
    HourBack,
    /// A call.
    Acquire(u8),
    /// A call that is undone at once, if it is admitted.
    AcquireAndUndo(u8),
    /// A call for later, with so much patience.
    Reserve(u8, u16),
    /// One of the reservations is given back.
    Cancel(u8),
    /// So much of one of the reservations is given back.
    Refund(u8, u8),
    /// What is left is taken, up to so much.
    TakeUpTo(u8),
    /// Nothing is left.
    Drain,
    /// A charge after the fact.
    Charge(u8),
    /// The gate is closed for a time.
    Close(u16),
    /// The gate is latched for a time, or for good.
    Latch(Option<u16>),
    /// The gate is opened.
    Unlatch,
}

const HOUR: u64 = 3_600_000_000_000;
/// The longest closing, so that an hour back is beyond it, and all skew.
const LONGEST: u64 = 1 << 37;
const SKEW: u64 = 1_000_000_000;

/// What a gate and a limit of whole ticks are by their definition, in nanoseconds.
struct Exact {
    interval: u64,
    burst: u64,
    debt: u64,
    tick: u64,
    /// After how long a short word comes round to zero, which it never holds while it is in use.
    range: Option<u64>,
    tat: u64,
    /// Until when the gate is shut; that is forgotten once no reading that is late within the skew lies before it.
    shut: Option<u64>,
    latched: bool,
    for_good: bool,
}

impl Exact {
    fn full(&self) -> u64 {
        self.burst * self.interval
    }

    /// The TAT at `tat`, a tick later where the word would be zero.
    fn end(&self, tat: u64) -> u64 {
        if self.range.is_some_and(|range| tat.is_multiple_of(range)) { tat + self.tick } else { tat }
    }

    fn drain(&mut self, at: u64) {
        if self.tat < at + self.full() {
            self.tat = self.end(at + self.full());
        }
    }

    /// Lets the time of the gate come: nothing is left then.
    fn settle(&mut self, now: u64) {
        if let Some(until) = self.shut.filter(|&until| until <= now && !self.for_good) {
            if until + self.full() > now {
                self.drain(until);
            }
            if until + SKEW <= now {
                (self.shut, self.latched) = (None, false);
            }
        }
    }

    fn shut_until(&self, now: u64) -> Option<u64> {
        self.shut.filter(|&until| until > now)
    }

    /// When the gate is open, and the TAT by then; never behind a latch without end.
    fn open(&self, now: u64) -> Option<(u64, u64)> {
        let full = self.full();
        (!self.for_good).then(|| self.shut_until(now).map_or((now, self.tat), |until| (until, self.tat.max(until + full))))
    }

    /// The earliest time at which `costs` have gone.
    fn earliest(&self, now: u64, costs: u64) -> Option<u64> {
        let (open, tat) = self.open(now)?;
        Some(open.max((tat.max(open) + costs * self.interval).saturating_sub(self.full())))
    }

    /// How long `costs` wait, as a limit tells it.
    fn wait(&self, now: u64, costs: u64) -> Nanos {
        self.earliest(now, costs).map_or(Nanos::MAX, |at| Nanos(at - now))
    }

    fn take(&mut self, now: u64, cost: u64) {
        self.tat = self.end(self.tat.max(now) + cost * self.interval);
    }

    /// How much fits below `most` of what may be committed.
    fn room(&self, now: u64, most: u64) -> u64 {
        (most * self.interval).saturating_sub(self.tat.saturating_sub(now)) / self.interval
    }

    fn give_back(&mut self, now: u64, nanos: u64) {
        let ahead = self.tat.saturating_sub(now);
        let given_back = nanos.min(ahead).saturating_sub(ahead.saturating_sub(self.full()));
        if given_back > 0 {
            self.tat = self.end(now + ahead - given_back);
        }
    }

    fn refund(&mut self, now: u64, held: &Times, unused: u64) {
        if now >= held.at {
            self.give_back(now, held.after.saturating_sub(now).min(unused.min(held.cost) * self.interval));
        }
    }

    fn shut(&mut self, now: u64, until: u64, latches: bool) {
        if until > now {
            let held = self.shut_until(now);
            self.shut = Some(held.unwrap_or(0).max(until));
            self.latched = latches || self.latched && held.is_some();
        }
    }

    fn snapshot(&self, now: u64) -> Snapshot {
        let remaining = if self.shut_until(now).is_some() || self.for_good { 0 } else { self.room(now, self.burst) };
        let reset_after = self.open(now).map_or(Nanos::MAX, |(open, tat)| Nanos(tat.max(open) - now));
        Snapshot { limit: self.burst as u32, remaining: remaining as u32, retry_after: self.wait(now, 1), reset_after }
    }
}

/// What the definition knows of a reservation.
struct Times {
    at: u64,
    cost: u64,
    before: u64,
    after: u64,
}

/// The body of the fuzz target.
pub fn fuzz(bytes: &[u8]) {
    if let Ok((interval, burst, ops)) = Unstructured::new(bytes).arbitrary::<(u32, u8, Vec<Op>)>() {
        check_against_oracle(interval, burst, ops.get(..100).unwrap_or(&ops));
    }
}

/// Plays `ops` to a gated limit on each word: it admits what the definition admits, when it does, and tells that time exactly.
pub fn check_against_oracle(interval: u32, burst: u8, ops: &[Op]) {
    let (longest, skew) = (Duration::from_nanos(LONGEST), Duration::from_nanos(SKEW));
    let quota = |interval, burst: u8| Quota::new(1, Duration::from_nanos(interval)).burst(burst.into());
    let on_64 = u64::from(interval % 10_000_000) + 1_000;
    let gcra = Gcra::new(quota(on_64, burst.max(1))).expect("whole nanoseconds");
    Play::new(on_64, Gate::within(longest, skew), gcra).all(ops);
    // An odd number of grains, too few for a coarser tick to be exact enough; a gate's own ticks are finer.
    let on_32 = (u64::from(interval % (1 << 16)) * 2 + (1 << 16) + 1) * GRAIN;
    let gcra = Gcra::new_u32(quota(on_32, burst % 10 + 1)).expect("whole ticks");
    Play::new(on_32, Gate::within_u32(longest, skew), gcra).all(ops);
}

const GRAIN: u64 = 1 << 10;
const EDGE: u64 = GRAIN << 7;

struct Play<W: AtomicWord> {
    limit: Gated<Atomic<Gcra<W>>, W>,
    exact: Exact,
    now: u64,
    late: u64,
    held: Vec<(Ticket<W>, Times)>,
}

impl<W: AtomicWord> Play<W> {
    fn new(interval: u64, gate: Gate<W>, gcra: Gcra<W>) -> Self {
        let (tick, range) = if W::BITS < 64 { (GRAIN, Some(GRAIN << W::BITS)) } else { (1, None) };
        assert_eq!(gcra.tick(), Nanos(tick));
        let (burst, debt) = (gcra.burst().into(), gcra.debt().into());
        let exact = Exact { interval, burst, debt, tick, range, tat: 0, shut: None, latched: false, for_good: false };
        Self { limit: Gated::new(gate, Atomic::new(gcra)), exact, now: 1_000_000_000_000_000, late: 0, held: Vec::new() }
    }

    fn all(mut self, ops: &[Op]) {
        for op in ops {
            self.keep_off_the_edge();
            self.look();
            self.step(op);
            self.keep_off_the_edge();
            self.look();
        }
    }

    fn reading(&self) -> u64 {
        self.now - self.late
    }

    /// A gate counts the skew in ticks of its own, and a little more.
    fn keep_off_the_edge(&mut self) {
        let since = self.exact.shut.and_then(|until| self.reading().checked_sub(until));
        if since.is_some_and(|since| (SKEW - EDGE..SKEW + EDGE).contains(&since)) {
            self.now += 2 * EDGE;
        }
    }

    fn span(&self, thousandths: u16) -> u64 {
        let span = self.exact.full() * u64::from(thousandths) / 1_000;
        span - span % self.exact.tick
    }

    fn step(&mut self, op: &Op) {
        let now = self.reading();
        let at = Nanos(now);
        match *op {
            Op::Pass(thousandths) => {
                self.now += self.span(thousandths);
                self.forget_idle();
            }
            Op::Late(share) => {
                let skew = self.limit.limit().algorithm().skew().0.min(SKEW);
                let late = (skew * u64::from(share)) >> 16;
                self.late = late - late % self.exact.tick;
            }
            Op::HourBack => self.hour_back(),
            Op::Acquire(cost) => _ = self.acquire(now, cost.into()),
            Op::AcquireAndUndo(cost) => {
                if self.acquire(now, cost.into()) {
                    self.limit.undo(at, cost.into());
                    self.exact.give_back(now, u64::from(cost) * self.exact.interval);
                }
            }
            Op::Reserve(cost, patience) => self.reserve(now, cost.into(), self.span(patience)),
            Op::Cancel(pick) => {
                let Some((ticket, held)) = self.pick(pick) else { return };
                let (is_last, has_come) = (self.exact.tat == held.after, now >= held.at);
                assert_eq!(self.limit.cancel(at, ticket), is_last || has_come);
                if is_last {
                    self.exact.tat = held.before;
                } else {
                    self.exact.refund(now, &held, held.cost);
                }
            }
            Op::Refund(pick, unused) => {
                let Some((ticket, held)) = self.pick(pick) else { return };
                self.limit.refund(at, ticket, unused.into());
                self.exact.refund(now, &held, unused.into());
            }
            Op::TakeUpTo(most) => {
                let taken = u64::from(self.exact.snapshot(now).remaining).min(most.into());
                assert_eq!(u64::from(self.limit.take_up_to(at, most.into())), taken);
                if taken > 0 {
                    self.exact.take(now, taken);
                }
            }
            Op::Drain => {
                self.limit.drain(at);
                self.exact.drain(now);
            }
            Op::Charge(cost) => {
                let charged = self.exact.room(now, self.exact.burst + self.exact.debt).min(cost.into());
                assert_eq!(u64::from(self.limit.charge(at, cost.into())), charged);
                if charged > 0 {
                    self.exact.take(now, charged);
                }
            }
            Op::Close(thousandths) => {
                let span = self.span(thousandths).min(LONGEST);
                self.limit.gate().close_for(at, Nanos(span));
                self.exact.shut(now, now + span, false);
            }
            Op::Latch(Some(thousandths)) => {
                let span = self.span(thousandths).min(LONGEST);
                self.limit.gate().latch(at, Some(Nanos(now + span)));
                self.exact.shut(now, now + span, true);
            }
            Op::Latch(None) => {
                self.limit.gate().latch(at, None);
                self.exact.for_good = true;
            }
            Op::Unlatch => {
                let latched = self.exact.latched && self.exact.shut_until(now).is_some() || self.exact.for_good;
                assert_eq!(self.limit.gate().unlatch(at), latched);
                if latched {
                    (self.exact.shut, self.exact.latched, self.exact.for_good) = (Some(now), false, false);
                }
            }
        }
    }

    /// Whoever looks opens a gate whose time has come. What is given back does not look, so without this it would be done to a limit that
    /// has still to be drained for that time.
    fn look(&mut self) {
        let now = self.reading();
        let snapshot = self.limit.snapshot(Nanos(now));
        self.exact.settle(now);
        assert_eq!(snapshot, self.exact.snapshot(now), "at {now}");
        assert_eq!(self.limit.wait_behind(Nanos(now), 7, 2), self.exact.wait(now, 9), "at {now}");
    }

    fn forget_idle(&mut self) {
        if self.limit.limit().forget_idle(Nanos(self.now)) {
            assert!(self.exact.tat <= self.now, "forgot what was not idle");
            self.exact.tat = 0;
        }
    }

    /// Beyond the longest closing and the limiter's horizon: the gate is open, unless it is latched for good, and the limit as new. Tickets
    /// are of the clock that was.
    fn hour_back(&mut self) {
        self.now -= HOUR;
        self.held.clear();
        (self.exact.tat, self.exact.shut, self.exact.latched) = (0, None, false);
        self.look(); // before what is too far ahead to be seen is forgotten
        self.forget_idle();
    }

    fn pick(&mut self, pick: u8) -> Option<(Ticket<W>, Times)> {
        let place = usize::from(pick).checked_rem(self.held.len())?;
        Some(self.held.swap_remove(place))
    }

    fn acquire(&mut self, now: u64, cost: u32) -> bool {
        let decision = self.limit.decide(Nanos(now), cost);
        match decision {
            Decision::Impossible { most } => assert!(cost > most && u64::from(most) == self.exact.burst),
            Decision::Denied { retry_after } => assert!(retry_after > Nanos::ZERO && retry_after == self.exact.wait(now, cost.into())),
            Decision::Allowed => {
                assert_eq!(self.exact.earliest(now, cost.into()), Some(now));
                self.exact.take(now, cost.into());
            }
        }
        decision.is_allowed()
    }

    fn reserve(&mut self, now: u64, cost: u32, patience: u64) {
        match self.limit.reserve(Nanos(now), cost, Nanos(patience)) {
            Reservation::Impossible { most } => assert!(cost > most && u64::from(most) == self.exact.burst),
            Reservation::Denied { retry_after, patience: counted } => {
                assert_eq!(counted.0, patience.min(self.exact.debt * self.exact.interval));
                assert!(retry_after > counted && retry_after == self.exact.wait(now, cost.into()));
            }
            Reservation::Reserved { wait, ticket } => {
                let (open, tat) = self.exact.open(now).expect("not behind a latch without end");
                assert!(wait == self.exact.wait(now, cost.into()) && wait.0 <= patience);
                if open > now && tat > self.exact.tat {
                    self.exact.tat = self.exact.end(tat);
                }
                let before = self.exact.tat;
                self.exact.take(open, cost.into());
                self.held.push((ticket, Times { at: now + wait.0, cost: cost.into(), before, after: self.exact.tat }));
            }
        }
    }
}

/// Sequences of calls between closings.
pub fn ops() -> impl Strategy<Value = Vec<Op>> {
    let cost = || 0u8..12;
    let op = prop_oneof![
        4 => (0u16..1_500).prop_map(Op::Pass),
        1 => prop_oneof![Just(0), any::<u16>()].prop_map(Op::Late),
        1 => Just(Op::HourBack),
        4 => cost().prop_map(Op::Acquire),
        1 => cost().prop_map(Op::AcquireAndUndo),
        3 => (cost(), 0u16..2_000).prop_map(|(cost, patience)| Op::Reserve(cost, patience)),
        1 => any::<u8>().prop_map(Op::Cancel),
        1 => (any::<u8>(), cost()).prop_map(|(pick, unused)| Op::Refund(pick, unused)),
        1 => cost().prop_map(Op::TakeUpTo),
        1 => Just(Op::Drain),
        1 => cost().prop_map(Op::Charge),
        2 => (0u16..1_500).prop_map(Op::Close),
        1 => (0u16..1_500).prop_map(|end| Op::Latch(Some(end))),
        1 => Just(Op::Latch(None)),
        2 => Just(Op::Unlatch),
    ];
    proptest::collection::vec(op, 1..100)
}
