//! A limiter of its own for each key, without bounds, and sequences of calls that are played to it and to the keyed table.

use core::time::Duration;
use std::collections::HashMap;

use arbitrary::{Arbitrary, Unstructured};
use paceline_core::{Algorithm, Atomic, Cell, Charge, Decision, Drain, Gcra, Keyed, Limit, Nanos, Quota, WhenFull};
use proptest::prelude::*;

/// Two buckets, and keys enough to fill both.
pub type Table = Keyed<Gcra<u32>, 16>;
const BUCKET: usize = 8;
const KEYS: u8 = 24;
const HOUR: Nanos = Nanos::from_secs(3_600);

/// One step of a sequence of calls.
#[derive(Arbitrary, Clone, Debug)]
pub enum Op {
    /// Time passes, in thousandths of an emission interval.
    Pass(u16),
    /// The clock begins anew an hour earlier.
    HourBack,
    /// A call for a key.
    Call {
        /// Whose.
        key: u8,
        /// What it asks for.
        verb: Verb,
        /// How old its reading is, in 65,536ths of the tolerated skew.
        late: u16,
    },
    /// Idle keys are made new.
    Sweep,
}

/// What a call asks for.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Verb {
    /// A cost.
    Decide(u8),
    /// A cost, which is given back at once.
    DecideAndUndo(u8),
    /// Up to that much.
    TakeUpTo(u8),
    /// That much after the fact.
    Charge(u8),
    /// All that there is.
    Drain,
}

impl Verb {
    /// What `limit` answers: how much was taken, or why not.
    fn on(self, limit: &(impl Drain<Cost = u32> + Charge), now: Nanos) -> Result<u32, Decision> {
        match self {
            Self::Decide(cost) => taken(limit.decide(now, cost.into()), cost),
            Self::DecideAndUndo(cost) => {
                let taken = taken(limit.decide(now, cost.into()), cost)?;
                limit.undo(now, taken);
                Ok(taken)
            }
            Self::TakeUpTo(most) => Ok(limit.take_up_to(now, most.into())),
            Self::Charge(cost) => Ok(limit.charge(now, cost.into())),
            Self::Drain => {
                limit.drain(now);
                Ok(0)
            }
        }
    }
}

fn taken(decision: Decision, cost: u8) -> Result<u32, Decision> {
    if decision.is_allowed() { Ok(cost.into()) } else { Err(decision) }
}

/// Quotas and how the table is full.
pub fn tables() -> impl Strategy<Value = (Quota, WhenFull)> {
    let quota = (1u32..50, 1u32..20).prop_map(|(limit, burst)| Quota::per_second(limit).burst(burst));
    (quota, prop_oneof![Just(WhenFull::Refuse), Just(WhenFull::Overflow), Just(WhenFull::DisplaceMostIdle)])
}

/// Sequences of calls, most of them near the limit.
pub fn ops() -> impl Strategy<Value = Vec<Op>> {
    let verb = prop_oneof![
        6 => (0u8..22).prop_map(Verb::Decide),
        1 => (0u8..22).prop_map(Verb::DecideAndUndo),
        1 => any::<u8>().prop_map(Verb::TakeUpTo),
        1 => any::<u8>().prop_map(Verb::Charge),
        1 => Just(Verb::Drain),
    ];
    let op = prop_oneof![
        30 => (any::<u8>(), verb, prop_oneof![Just(0), any::<u16>()]).prop_map(|(key, verb, late)| Op::Call { key, verb, late }),
        4 => (0u16..5_000).prop_map(Op::Pass),
        1 => Just(Op::Sweep),
        1 => Just(Op::HourBack),
    ];
    proptest::collection::vec(op, 1..300)
}

/// The body of the fuzz target: a quota, a policy and calls, as `bytes` tell them.
pub fn fuzz(bytes: &[u8]) {
    let mut bytes = Unstructured::new(bytes);
    let Ok((limit, millis, burst, policy)) = bytes.arbitrary::<(u16, u16, u8, u8)>() else { return };
    let quota = Quota::new(limit.into(), Duration::from_millis(millis.into())).burst(burst.into());
    let Ok(ops) = bytes.arbitrary::<Vec<Op>>() else { return };
    let policies = [WhenFull::Refuse, WhenFull::Overflow, WhenFull::DisplaceMostIdle];
    check_against_oracle(quota, policies[usize::from(policy) % policies.len()], &ops);
}

/// Plays `ops` to a table and to limiters without bounds. While a key has a place or there is one, both answer alike; else the policy says
/// what is answered.
pub fn check_against_oracle(quota: Quota, when_full: WhenFull, ops: &[Op]) {
    let Ok(gcra) = Gcra::new_u32(quota) else { return };
    let mut play = Play::new(gcra, when_full);
    for op in ops {
        match *op {
            Op::Pass(thousandths) => play.pass(Nanos((u128::from(quota.interval().0) * u128::from(thousandths) / 1_000) as u64)),
            Op::HourBack => play.hour_back(quota),
            Op::Call { key, verb, late } => play.call(key % KEYS, verb, late),
            Op::Sweep => play.sweep(),
        }
    }
}

struct Play {
    table: Table,
    when_full: WhenFull,
    each: HashMap<u8, Atomic<Gcra<u32>>>,
    shared: Atomic<Gcra<u32>>,
    /// How many keys may have been displaced and have not come back.
    displaced: usize,
    now: Nanos,
    swept: Nanos,
}

impl Play {
    fn new(gcra: Gcra<u32>, when_full: WhenFull) -> Self {
        let (each, start) = (HashMap::new(), Nanos::from_secs(100_000));
        let (table, shared) = (Keyed::new(gcra, when_full), Atomic::new(gcra));
        Self { table, when_full, each, shared, displaced: 0, now: start, swept: start }
    }

    fn gcra(&self) -> Gcra<u32> {
        *self.table.algorithm()
    }

    /// In steps, each of which ends with a sweep before the time of a word has wrapped.
    fn pass(&mut self, mut span: Nanos) {
        let step = Nanos(self.gcra().memory().0 / 2);
        while self.now.saturating_add(span) > self.swept.saturating_add(step) {
            let until = self.swept.saturating_add(step);
            span = span.saturating_sub(until.saturating_sub(self.now));
            self.now = until;
            self.sweep();
        }
        self.now = self.now.saturating_add(span);
    }

    /// If that is a jump beyond the horizon: one within is waited for. Idle keys are made new before: where the jump leaves a time that has
    /// passed, modulo the word's range, only a key that has kept its place could tell.
    fn hour_back(&mut self, quota: Quota) {
        let horizon = quota.interval().0 * u64::from(quota.max_burst()) * 2 + self.gcra().skew().0;
        if horizon < HOUR.0 && self.now > HOUR {
            self.sweep();
            self.now = self.now.saturating_sub(HOUR);
            self.sweep();
        }
    }

    fn sweep(&mut self) {
        self.table.forget_idle(self.now);
        self.swept = self.now;
        let now = self.now;
        self.each.retain(|_, limit| !limit.forget_idle(now));
        self.shared.forget_idle(now);
        assert!(
            self.when_full == WhenFull::DisplaceMostIdle || self.table.len(now) == self.each.len(),
            "a key in use was forgotten, or one that is not is kept"
        );
    }

    /// Who has a place is known for readings in order: late ones are played where keys are refused, to keys for which there is one, and
    /// while none is so far ahead, as only a clock's jump back leaves it, that a late reading takes it for idle.
    fn call(&mut self, key: u8, verb: Verb, late: u16) {
        let late = (u128::from(self.gcra().skew().0) * u128::from(late) / 65_536) as u64;
        let now = if self.when_full == WhenFull::Refuse { self.now.saturating_sub(Nanos(late)) } else { self.now };
        let crowded = self.others(key).filter(|limit| in_use(limit, now)).count() >= BUCKET;
        let full = crowded && !self.each.get(&key).is_some_and(|own| in_use(own, self.now));
        let left_ahead_by_a_jump = |limit: &Atomic<_>| in_use(limit, self.now) && !in_use(limit, now);
        if now < self.now && (full || self.others(key).any(left_ahead_by_a_jump)) {
            return;
        }
        if let Verb::Decide(0) | Verb::DecideAndUndo(0) = verb {
            return self.call_for_nothing(key, now, full);
        }
        if self.when_full == WhenFull::DisplaceMostIdle {
            self.forget_if_displaced(key, crowded);
        }
        let answer = verb.on(&self.table.limit(fingerprint(key)), now);
        if let (Err(refusal), Verb::Decide(cost)) = (answer, verb) {
            self.check_refusal(key, now, cost.into(), refusal, full && self.when_full == WhenFull::Overflow);
        }
        match self.when_full {
            WhenFull::Refuse if full => assert_eq!(answer.unwrap_or(0), 0, "{key} at {now}: taken without a place"),
            WhenFull::Overflow if full => assert_eq!(answer, verb.on(&self.shared, now), "{key} at {now}: what is shared decides"),
            _ => assert_eq!(answer, verb.on(self.own(key), now), "{key} at {now}: as alone"),
        }
    }

    /// It is answered, takes no place and displaces nobody; a key that was displaced is new.
    fn call_for_nothing(&self, key: u8, now: Nanos, full: bool) {
        let answer = self.table.limit(fingerprint(key)).decide(now, 0);
        let deciding = if full && self.when_full == WhenFull::Overflow { Some(&self.shared) } else { self.each.get(&key) };
        let expected = deciding.map_or(Decision::Allowed, |limit| limit.peek(now, 0));
        assert!(
            answer == expected || self.displaced > 0 && answer.is_allowed(),
            "{key} at {now}: {answer:?} for nothing, not {expected:?}"
        );
    }

    /// Waits are exact; but who shares what is left may find a place of his own before.
    fn check_refusal(&self, key: u8, now: Nanos, cost: u32, refusal: Decision, shared: bool) {
        let limit = self.table.limit(fingerprint(key));
        assert_eq!(limit.peek(now, cost), refusal);
        assert_eq!(matches!(refusal, Decision::Impossible { .. }), cost > self.gcra().burst());
        if let Decision::Denied { retry_after } = refusal {
            let then = now.saturating_add(retry_after);
            assert!(limit.peek(then, cost).is_allowed(), "{key} at {now}: refused after the wait of {retry_after} that it told");
            let early = limit.peek(then.saturating_sub(Nanos(1)), cost);
            assert!(shared || early == Decision::Denied { retry_after: Nanos(1) }, "{key} at {now}: {retry_after} is longer than needed");
        }
    }

    /// Each call that finds its bucket full may displace one key, which begins anew.
    fn forget_if_displaced(&mut self, key: u8, crowded: bool) {
        let (now, gcra) = (self.now, self.gcra());
        let there = self.table.limit(fingerprint(key)).snapshot(now);
        if there != self.own(key).snapshot(now) {
            assert_eq!(there, gcra.snapshot(&0, now), "a displaced key begins anew");
            assert!(self.displaced > 0, "{key} at {now} was forgotten, and nobody was displaced");
            self.displaced -= 1;
            self.each.insert(key, Atomic::new(gcra));
        }
        self.displaced += usize::from(crowded);
    }

    fn own(&mut self, key: u8) -> &Atomic<Gcra<u32>> {
        let gcra = self.gcra();
        self.each.entry(key).or_insert_with(|| Atomic::new(gcra))
    }

    /// The limiters of the other keys of a key's bucket.
    fn others(&self, key: u8) -> impl Iterator<Item = &Atomic<Gcra<u32>>> {
        self.each.iter().filter(move |&(&other, _)| other != key && other % 2 == key % 2).map(|(_, limit)| limit)
    }
}

/// The top bit chooses one of two buckets, the low ones tell keys apart.
fn fingerprint(key: u8) -> u64 {
    u64::from(key % 2) << 63 | u64::from(key + 1)
}

fn in_use(limit: &Atomic<Gcra<u32>>, now: Nanos) -> bool {
    limit.read(|gcra, state| !gcra.is_idle(state, now))
}
