//! All verbs of a GCRA against the same verbs in whole numbers that neither wrap nor round: for rates that a tick holds exactly, both have
//! to say the same to the nanosecond.

use core::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use paceline_core::{
    Atomic, AtomicWord, CarryOver, Cell, Charge, Decision, Drain, Gcra, Horizon, Limit, Nanos, Quota, QuotaError, Reservation, Reserve,
    Saved, Snapshot, Ticket,
};
use proptest::prelude::*;

/// One step of a sequence. Times are in thousandths of an emission interval, costs modulo a little more than what could ever be taken.
#[derive(Arbitrary, Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the verbs' own names")]
pub enum Verb {
    Pass(u16),
    /// The clock steps back, further than any horizon.
    StepBack,
    Acquire {
        cost: u8,
        /// In thousandths of the skew.
        late: u16,
    },
    AcquireAndUndo(u8),
    Reserve {
        cost: u8,
        patience: u16,
    },
    Cancel(u8),
    Refund(u8, u8),
    Charge(u8),
    TakeUpTo(u8),
    Drain,
    WaitBehind(u8, u8),
    ForgetIdle,
    SaveAndRestore,
    SetQuota {
        interval: u8,
        burst: u8,
        rule: u8,
    },
}

/// The numbers of a limiter: whole nanoseconds an emission, so that nothing is rounded.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Numbers {
    interval: u8,
    shift: u8,
    burst: u8,
    debt: u8,
    patience: u8,
    skew: u16,
}

impl Numbers {
    fn interval(self) -> u64 {
        (u64::from(self.interval) + 1) << (self.shift % 33)
    }

    fn quota(self) -> Quota {
        Quota::new(1, Duration::from_nanos(self.interval())).burst(u32::from(self.burst) % 60 + 1)
    }

    fn horizon(self) -> Horizon {
        let skew = u128::from(self.interval()) * u128::from(self.skew) / 1_000;
        let patience = u64::from(self.patience % 40) * self.interval();
        let horizon = Horizon::of(self.quota()).debt((self.debt % 40).into()).patience(Duration::from_nanos(patience));
        horizon.skew(Duration::from_nanos(skew as u64))
    }
}

/// A word with its constructor.
pub trait Width: AtomicWord {
    /// A limiter on this word.
    fn gcra(quota: Quota, horizon: Horizon) -> Result<Gcra<Self>, QuotaError>;
}

impl Width for u64 {
    fn gcra(quota: Quota, horizon: Horizon) -> Result<Gcra<u64>, QuotaError> {
        Gcra::within(quota, horizon)
    }
}

impl Width for u32 {
    fn gcra(quota: Quota, horizon: Horizon) -> Result<Gcra<u32>, QuotaError> {
        Gcra::within_u32(quota, horizon)
    }
}

/// The definition, in nanoseconds.
#[derive(Clone, Copy, Debug)]
struct Exact {
    interval: i128,
    burst: i128,
    debt: i128,
    tick: i128,
    horizon: i128,
    /// After how long the word comes round to zero, which a narrow one never holds while it is in use.
    range: Option<i128>,
    /// `None` was never used, or was seen to be idle.
    tat: Option<i128>,
}

impl Exact {
    fn of<W: Width>(interval: u64, gcra: &Gcra<W>) -> Self {
        let (interval, burst, debt) = (i128::from(interval), i128::from(gcra.burst()), i128::from(gcra.debt()));
        let horizon = (burst + debt) * interval + i128::from(gcra.skew().0);
        let tick = gcra.tick().0.into();
        let range = (W::BITS < 64).then(|| tick << W::BITS);
        Self { interval, burst, debt, tick, horizon, range, tat: None }
    }

    /// The TAT at `tat`, a tick later where the word would be zero.
    fn end(&self, tat: i128) -> Option<i128> {
        let zero = self.range.is_some_and(|range| tat % range == 0);
        Some(if zero { tat + self.tick } else { tat })
    }

    fn reading(&self, now: i128) -> i128 {
        now - now.rem_euclid(self.tick)
    }

    fn ahead(&self, now: i128) -> i128 {
        let ahead = self.tat.map_or(0, |tat| tat - self.reading(now));
        if (0..=self.horizon).contains(&ahead) { ahead } else { 0 }
    }

    /// The nanoseconds until the TAT is at most `room` ahead.
    fn wait(&self, now: i128, room: i128) -> i128 {
        let over = self.ahead(now) - room;
        if over > 0 { self.reading(now) + over - now } else { 0 }
    }

    fn take(&mut self, now: i128, cost: i128) {
        self.tat = self.end(self.reading(now) + self.ahead(now) + cost * self.interval);
    }

    /// The wait of `cost`, or `None` if it can never be.
    fn wait_of(&self, now: i128, cost: i128) -> Option<i128> {
        (cost <= self.burst).then(|| self.wait(now, (self.burst - cost) * self.interval))
    }

    fn give_back(&mut self, now: i128, nanos: i128) {
        let ahead = self.ahead(now);
        let given_back = nanos.min(ahead) - (ahead - self.burst * self.interval).max(0);
        if given_back > 0 {
            self.tat = self.end(self.reading(now) + ahead - given_back);
        }
    }

    fn fits(&self, now: i128, limit: i128) -> i128 {
        ((limit * self.interval - self.ahead(now)) / self.interval).max(0)
    }

    fn remaining(&self, now: i128) -> i128 {
        self.fits(now, self.burst)
    }

    fn refund(&mut self, now: i128, end: Option<i128>, unused: i128) {
        let not_drained = Self { tat: end, ..*self }.ahead(now);
        self.give_back(now, not_drained.min(unused.min(self.burst) * self.interval));
    }

    fn snapshot(&self, now: i128) -> Snapshot {
        Snapshot {
            limit: self.burst as u32,
            remaining: self.remaining(now) as u32,
            retry_after: nanos(self.wait(now, (self.burst - 1) * self.interval)),
            reset_after: nanos(self.wait(now, 0)),
        }
    }

    /// Under other numbers, what was taken rounded up to their ticks.
    fn carry_over(&self, now: i128, mut new: Self, rule: CarryOver) -> Self {
        let ahead = self.ahead(now);
        let up = |amount: i128, by: i128| -(-amount).div_euclid(by);
        let carried = match rule {
            CarryOver::Reset => 0,
            CarryOver::Proportional => up(ahead * new.burst * new.interval, self.burst * self.interval),
            CarryOver::AsIs => new.burst * new.interval + up(ahead * new.interval, self.interval) - self.burst * new.interval,
        };
        let carried = carried.min((new.burst + new.debt) * new.interval);
        new.tat = if carried > 0 { new.end(new.reading(now) + up(carried, new.tick) * new.tick) } else { None };
        new
    }
}

fn nanos(nanos: i128) -> Nanos {
    Nanos(u64::try_from(nanos).expect("a wait"))
}

/// A ticket of the limiter, and what the definition knows of it.
struct Held<W> {
    ticket: Ticket<W>,
    at: i128,
    cost: i128,
    before: Option<i128>,
    after: Option<i128>,
}

/// Plays `verbs` to a limiter on the word `W` and to its definition.
pub fn check<W: Width>(numbers: Numbers, verbs: &[Verb]) {
    let Ok(gcra) = W::gcra(numbers.quota(), numbers.horizon()) else { return };
    let mut game =
        Game { exact: Exact::of(numbers.interval(), &gcra), limit: Atomic::new(gcra), numbers, now: 1 << 58, tickets: Vec::new() };
    for verb in verbs {
        game.play(*verb);
        assert_eq!(game.limit.snapshot(game.reading()), game.exact.snapshot(game.now), "after {verb:?} of {:?}", game.exact);
    }
}

struct Game<W: Width> {
    limit: Atomic<Gcra<W>>,
    exact: Exact,
    numbers: Numbers,
    now: i128,
    tickets: Vec<Held<W>>,
}

impl<W: Width> Game<W> {
    fn reading(&self) -> Nanos {
        nanos(self.now)
    }

    fn cost(&self, drawn: u8) -> u32 {
        u32::from(drawn) % (self.limit.algorithm().burst() + 2)
    }

    fn play(&mut self, verb: Verb) {
        match verb {
            Verb::Pass(thousandths) => self.pass(i128::from(thousandths) * self.exact.interval / 1_000),
            Verb::StepBack => {
                // No further than the word can tell: beyond that the past comes round again.
                let memory = i128::from(self.limit.algorithm().memory().0);
                self.now -= self.exact.horizon + (memory / 2).min(1 << 45);
                self.limit.forget_idle(self.reading());
                self.exact.tat = self.exact.tat.filter(|_| self.exact.ahead(self.now) > 0);
                self.tickets.clear(); // of the clock that was: a short word may come round to them
                self.settle();
            }
            Verb::Acquire { cost, late } => {
                let skew = i128::from(self.limit.algorithm().skew().0);
                let late = skew * i128::from(late % 1_000) / 1_000;
                self.acquire((self.now - late).max(0), self.cost(cost));
            }
            Verb::AcquireAndUndo(cost) => {
                let cost = self.cost(cost);
                if self.acquire(self.now, cost) {
                    self.limit.undo(self.reading(), cost);
                    self.exact.give_back(self.now, i128::from(cost) * self.exact.interval);
                }
            }
            Verb::Reserve { cost, patience } => self.reserve(self.cost(cost), i128::from(patience) * self.exact.interval / 1_000),
            Verb::Cancel(which) => self.cancel(which.into()),
            Verb::Refund(which, unused) => self.refund(which.into(), self.cost(unused)),
            Verb::Charge(cost) => {
                let charged = self.exact.fits(self.now, self.exact.burst + self.exact.debt).min(cost.into());
                assert_eq!(self.limit.charge(self.reading(), cost.into()), charged as u32);
                if charged > 0 {
                    self.exact.take(self.now, charged);
                }
            }
            Verb::TakeUpTo(most) => {
                let taken = self.exact.remaining(self.now).min(most.into());
                assert_eq!(self.limit.take_up_to(self.reading(), most.into()), taken as u32);
                if taken > 0 {
                    self.exact.take(self.now, taken);
                }
            }
            Verb::Drain => {
                self.limit.drain(self.reading());
                if self.exact.ahead(self.now) < self.exact.burst * self.exact.interval {
                    self.exact.tat = self.exact.end(self.exact.reading(self.now) + self.exact.burst * self.exact.interval);
                }
            }
            Verb::WaitBehind(queued, cost) => {
                let costs = i128::from(queued) + i128::from(cost);
                let exact = self.exact.wait(self.now, (self.exact.burst - costs) * self.exact.interval);
                assert_eq!(self.limit.wait_behind(self.reading(), queued.into(), cost.into()), nanos(exact), "{:?}", self.exact);
            }
            Verb::ForgetIdle => {
                if self.limit.forget_idle(self.reading()) {
                    assert_eq!(self.exact.ahead(self.now), 0, "forgot what was not idle");
                    self.exact.tat = None;
                }
            }
            Verb::SaveAndRestore => {
                let saved = self.limit.save(self.reading()).to_bytes();
                let saved = Saved::from_bytes(&saved).expect("what was just written");
                self.limit.restore(self.reading(), &saved).expect("the same algorithm");
                let most = (self.exact.burst + self.exact.debt) * self.exact.interval;
                let ahead = self.exact.ahead(self.now).min(most);
                self.exact.tat = if ahead > 0 { self.exact.end(self.exact.reading(self.now) + ahead) } else { None };
                self.tickets.clear();
            }
            Verb::SetQuota { interval, burst, rule } => {
                let numbers = Numbers { interval, burst, ..self.numbers };
                let Ok(gcra) = W::gcra(numbers.quota(), numbers.horizon()) else { return };
                let rule = [CarryOver::Reset, CarryOver::Proportional, CarryOver::AsIs][usize::from(rule % 3)];
                self.exact = self.exact.carry_over(self.now, Exact::of(numbers.interval(), &gcra), rule);
                let now = self.reading();
                self.limit.set_quota(now, gcra, rule);
                self.numbers = numbers;
                self.tickets.clear();
            }
        }
    }

    /// Time passes; a limiter that is idle for as long as its word remembers is told so, as its docs ask.
    fn pass(&mut self, span: i128) {
        let memory = i128::from(self.limit.algorithm().memory().0);
        let end = self.now + span;
        while self.now < end {
            self.now = end.min(self.now + memory);
            self.settle();
        }
    }

    fn settle(&mut self) {
        if self.limit.forget_idle(self.reading()) {
            self.exact.tat = None;
        }
    }

    fn acquire(&mut self, now: i128, cost: u32) -> bool {
        let decision = self.limit.decide(nanos(now), cost);
        let exact = match self.exact.wait_of(now, cost.into()) {
            None => Decision::Impossible { most: self.exact.burst as u32 },
            Some(0) => Decision::Allowed,
            Some(wait) => Decision::Denied { retry_after: nanos(wait) },
        };
        assert_eq!(decision, exact, "{cost} at {now} of {:?}", self.exact);
        if decision.is_allowed() {
            self.exact.take(now, cost.into());
        }
        decision.is_allowed()
    }

    fn reserve(&mut self, cost: u32, patience: i128) {
        let before = self.exact.tat;
        let longest = self.exact.debt * self.exact.interval - (self.now - self.exact.reading(self.now));
        let patience_kept = patience.min(longest.max(0));
        match (self.limit.reserve(self.reading(), cost, nanos(patience)), self.exact.wait_of(self.now, cost.into())) {
            (Reservation::Impossible { most }, None) => assert_eq!(i128::from(most), self.exact.burst),
            (Reservation::Reserved { wait, ticket }, Some(exact)) => {
                assert_eq!(wait, nanos(exact));
                assert!(exact <= patience_kept, "{exact} beyond a patience of {patience_kept}");
                self.exact.take(self.now, cost.into());
                let at = self.now + exact;
                self.tickets.push(Held { ticket, at, cost: cost.into(), before, after: self.exact.tat });
            }
            (Reservation::Denied { retry_after, patience }, Some(exact)) => {
                assert_eq!((retry_after, patience), (nanos(exact), nanos(patience_kept)));
                assert!(exact > patience_kept, "{exact} within a patience of {patience_kept}");
            }
            (answer, exact) => panic!("{answer:?} against {exact:?}"),
        }
    }

    fn take_ticket(&mut self, which: usize) -> Option<Held<W>> {
        (!self.tickets.is_empty()).then(|| self.tickets.swap_remove(which % self.tickets.len()))
    }

    fn cancel(&mut self, which: usize) {
        let Some(held) = self.take_ticket(which) else { return };
        let (last, come) = (self.exact.tat == held.after, self.now >= held.at);
        assert_eq!(self.limit.cancel(self.reading(), held.ticket), last || come);
        if last {
            self.exact.tat = held.before;
        } else if come {
            self.exact.refund(self.now, held.after, held.cost);
        }
    }

    fn refund(&mut self, which: usize, unused: u32) {
        let Some(held) = self.take_ticket(which) else { return };
        self.limit.refund(self.reading(), held.ticket, unused);
        if self.now >= held.at {
            self.exact.refund(self.now, held.after, held.cost.min(unused.into()));
        }
    }
}

/// The body of the fuzz target: numbers and verbs, as `bytes` tell them, on both words.
pub fn fuzz(bytes: &[u8]) {
    let mut bytes = Unstructured::new(bytes);
    let Ok((numbers, verbs)) = bytes.arbitrary::<(Numbers, Vec<Verb>)>() else { return };
    check::<u64>(numbers, &verbs);
    check::<u32>(numbers, &verbs);
}

/// Sequences that the fuzz target would have to find first.
pub fn games() -> impl Strategy<Value = (Numbers, Vec<Verb>)> {
    let bytes = (proptest::collection::vec(any::<u8>(), 8), proptest::collection::vec(proptest::collection::vec(any::<u8>(), 8), 1..120));
    bytes.prop_map(|(numbers, verbs)| {
        let one = |bytes: &Vec<u8>| Unstructured::new(bytes).arbitrary().expect("enough bytes");
        (Unstructured::new(&numbers).arbitrary().expect("enough bytes"), verbs.iter().map(one).collect())
    })
}
