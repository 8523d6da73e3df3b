//! The fixed window in exact arithmetic.

use std::{collections::BTreeMap, time::Duration};

use arbitrary::Unstructured;
use paceline_core::{CarryOver, Decision, FixedWindow, Horizon, Nanos, Quota, QuotaError, Snapshot, Word};
use proptest::prelude::*;

use crate::laws::Case;
use crate::verbs::{Exact, Op, play};

/// A counter for each window, in whole numbers that do not wrap.
#[derive(Clone, Debug)]
pub struct ExactWindows {
    limit: u64,
    period: i128,
    phase: i128,
    /// How many windows ahead something may be committed.
    beyond: i128,
    /// How many windows late a reading may be.
    skew: i128,
    memory: Nanos,
    /// The newest window that was seen, and its count.
    newest: Option<(i128, u64)>,
    /// What was let go in each window and is not given back, by the readings.
    admitted: BTreeMap<i128, u64>,
}

/// The newest window as a reading sees it: which, and its count.
type Seen = (i128, u64);

impl ExactWindows {
    fn new<W: Word>(quota: Quota, counter: &FixedWindow<W>) -> Self {
        let period = i128::from(quota.period().0);
        Self {
            limit: quota.limit().into(),
            period,
            phase: phase_of(quota).0.into(),
            beyond: counter.windows_ahead().into(),
            skew: i128::from(counter.skew().0) / period,
            memory: counter.memory().saturating_sub(counter.skew()),
            newest: None,
            admitted: BTreeMap::new(),
        }
    }

    fn window_at(&self, now: Nanos) -> i128 {
        (i128::from(now.0) - self.phase).div_euclid(self.period)
    }

    /// The window of `now` or a later one, with its count.
    fn seen(&self, newest: Option<Seen>, now: Nanos) -> Seen {
        let window = self.window_at(now);
        match newest {
            Some((newest, count)) if (0..=self.beyond + self.skew).contains(&(newest - window)) => (newest, count),
            _ => (window, 0),
        }
    }

    /// The window from which on `cost` fits.
    fn fits_in(&self, (window, count): Seen, cost: u32) -> i128 {
        if count + u64::from(cost) <= self.limit { window } else { window + 1 }
    }

    fn wait(&self, now: Nanos, window: i128) -> Nanos {
        Nanos((window * self.period + self.phase - i128::from(now.0)).max(0) as u64)
    }

    /// Counts `cost` in `window`. A clock that jumped back is a new clock, and all its windows are new.
    fn count(&mut self, now: Nanos, window: i128, cost: u32) {
        let (seen, count) = self.seen(self.newest, now);
        if self.newest.is_some_and(|(newest, _)| newest > seen) {
            self.admitted.clear();
        }
        let before = if seen == window { count } else { 0 };
        self.newest = Some((window, before + u64::from(cost)));
        *self.admitted.entry(window).or_default() += u64::from(cost);
    }

    fn count_up_to(&mut self, now: Nanos, most: u32) -> u32 {
        let (window, count) = self.seen(self.newest, now);
        let taken = (self.limit - count).min(most.into()) as u32;
        if taken > 0 {
            self.count(now, window, taken);
        }
        taken
    }

    /// Takes `cost` from the window of `now`, if it is still the newest.
    fn give_back(&mut self, now: Nanos, cost: u64) {
        let (window, count) = self.seen(self.newest, now);
        if window == self.window_at(now) && count > 0 {
            self.newest = Some((window, count - count.min(cost)));
            let admitted = self.admitted.entry(window).or_default();
            *admitted -= (*admitted).min(count.min(cost));
        }
    }
}

impl Exact for ExactWindows {
    type Mark = Option<Seen>;

    fn decide(&mut self, now: Nanos, cost: u32) -> Decision {
        let fits_in = self.fits_in(self.seen(self.newest, now), cost);
        if u64::from(cost) > self.limit {
            Decision::Impossible { most: self.limit as u32 }
        } else if fits_in > self.window_at(now) {
            Decision::Denied { retry_after: self.wait(now, fits_in) }
        } else {
            self.count(now, fits_in, cost);
            self.assert_never_above();
            Decision::Allowed
        }
    }

    fn undo(&mut self, now: Nanos, cost: u32) {
        self.give_back(now, cost.into());
    }

    fn take_up_to(&mut self, now: Nanos, most: u32) -> u32 {
        if self.seen(self.newest, now).0 > self.window_at(now) { 0 } else { self.count_up_to(now, most) }
    }

    fn charge(&mut self, now: Nanos, cost: u32) -> u32 {
        self.count_up_to(now, cost)
    }

    fn reserve(&mut self, now: Nanos, cost: u32, patience: Nanos) -> Result<Nanos, (Nanos, Nanos)> {
        let fits_in = self.fits_in(self.seen(self.newest, now), cost);
        let last = self.window_at(now) + self.beyond;
        let (wait, patience) = (self.wait(now, fits_in), patience.min(self.wait(now, last)));
        if fits_in > last || wait > patience {
            return Err((wait, patience));
        }
        self.count(now, fits_in, cost);
        self.assert_never_above();
        Ok(wait)
    }

    fn refund(&mut self, now: Nanos, after: &Option<Seen>, unused: u32) {
        let (_, taken) = self.seen(*after, now);
        self.give_back(now, taken.min(unused.into()));
    }

    fn mark(&self) -> Option<Seen> {
        self.newest
    }

    fn restore(&mut self, mark: Option<Seen>, at: Nanos, cost: u32) {
        self.newest = mark;
        if let Some(admitted) = self.admitted.get_mut(&self.window_at(at)) {
            *admitted -= (*admitted).min(cost.into());
        }
    }

    fn carried_over(&self, now: Nanos, mut new: Self, rule: CarryOver) -> Self {
        let (window, count) = self.seen(self.newest, now);
        let count = match rule {
            CarryOver::Reset => return new,
            CarryOver::Proportional => (count * new.limit).div_ceil(self.limit),
            CarryOver::AsIs => new.limit.saturating_sub(self.limit - count),
        };
        let begins = now.saturating_add(self.wait(now, window));
        let window = new.window_at(begins).min(new.window_at(now) + new.beyond);
        if count > 0 || window > new.window_at(now) {
            new.newest = Some((window, count));
        }
        new
    }

    fn saved_and_restored(&mut self, now: Nanos, then: Nanos) {
        let (window, count) = self.seen(self.newest, now);
        let ahead = window - self.window_at(now);
        let window = self.window_at(then) + ahead.min(self.beyond);
        self.admitted = BTreeMap::from([(window, count)]); // what is saved is the newest window
        self.newest = (count > 0 || window > self.window_at(then)).then_some((window, count));
    }

    fn snapshot(&self, now: Nanos) -> Snapshot {
        let seen @ (window, count) = self.seen(self.newest, now);
        Snapshot {
            limit: self.limit as u32,
            remaining: if window > self.window_at(now) { 0 } else { (self.limit - count) as u32 },
            retry_after: self.wait(now, self.fits_in(seen, 1)),
            reset_after: self.wait(now, self.fits_in(seen, self.limit as u32)),
        }
    }

    fn wait_behind(&self, now: Nanos, queued: u64, cost: u32) -> Nanos {
        let (mut window, mut count) = self.seen(self.newest, now);
        for _ in 0..queued + u64::from(cost) {
            (window, count) = if count == self.limit { (window + 1, 1) } else { (window, count + 1) };
        }
        self.wait(now, window)
    }

    /// Promise 1: in no window more than the limit.
    fn assert_never_above(&self) {
        for (window, &count) in &self.admitted {
            assert!(count <= self.limit, "{count} in {window}: {self:?}");
        }
    }

    fn forget(&mut self, now: Nanos) {
        let latest = now.saturating_sub(self.skew());
        assert_eq!(self.seen(self.newest, latest), (self.window_at(latest), 0), "forgotten at {now}: {self:?}");
        self.forget_all(); // who is later than that by more than the skew has a new clock
    }

    fn forget_all(&mut self) {
        self.newest = None;
        self.admitted.clear();
    }

    fn memory(&self) -> Nanos {
        self.memory
    }

    fn skew(&self) -> Nanos {
        Nanos((self.skew * self.period) as u64)
    }
}

/// Limits and periods of all sizes, small ones often.
pub fn quotas() -> impl Strategy<Value = Quota> {
    let periods = prop_oneof![1u64..100, Just(1_000_000_000), Just(86_400_000_000_000), 1_000u64..10_000_000_000_000];
    (prop_oneof![1u32..10, 1u32..1_000], periods).prop_map(|(limit, period)| Quota::new(limit, Duration::from_nanos(period)))
}

/// What the laws have to know of a counter of `quota`.
pub fn case<W: Word>(quota: Quota, counter: FixedWindow<W>) -> Case<FixedWindow<W>> {
    let (memory, skew) = (counter.memory(), counter.skew());
    Case { algorithm: counter, burst: quota.limit(), largest_in_line: 1, full: quota.period(), memory, skew, tick: Nanos(1) }
}

/// The body of the fuzz target: a quota and calls, as `bytes` tell them.
pub fn fuzz(bytes: &[u8]) {
    let mut bytes = Unstructured::new(bytes);
    let Ok((limit, period, ahead, skew)) = bytes.arbitrary::<(u16, u32, u8, u32)>() else { return };
    let quota = Quota::new(limit.into(), Duration::from_nanos(period.into()));
    let patience = Duration::from_nanos(u64::from(ahead) * u64::from(period));
    let horizon = Horizon::of(quota).patience(patience).skew(Duration::from_nanos(skew.into()));
    let Ok(ops) = bytes.arbitrary::<Vec<Op>>() else { return };
    if let Some(pair) = pair(quota, FixedWindow::within(quota, horizon)) {
        play(quota, pair, |quota| self::pair(quota, FixedWindow::new(quota)), &ops);
    }
    if let Some(pair) = pair(quota, FixedWindow::within_u32(quota, horizon)) {
        play(quota, pair, |quota| self::pair(quota, FixedWindow::new_u32(quota)), &ops);
    }
}

/// A counter with its twin.
pub fn pair<W: Word>(quota: Quota, counter: Result<FixedWindow<W>, QuotaError>) -> Option<(FixedWindow<W>, ExactWindows)> {
    let counter = counter.ok()?.phase(phase_of(quota));
    Some((counter, ExactWindows::new(quota, &counter)))
}

/// Plays `ops` on both words.
pub fn check_against_oracle(quota: Quota, ops: &[Op]) {
    let on_64 = |quota| pair(quota, FixedWindow::new(quota));
    let on_32 = |quota| pair(quota, FixedWindow::new_u32(quota));
    play(quota, on_64(quota).expect("it fits"), on_64, ops);
    play(quota, on_32(quota).expect("it fits"), on_32, ops);
}

/// Another one for each limit, so that a change of the limit changes the phase.
fn phase_of(quota: Quota) -> Nanos {
    Nanos(quota.period().0 / 3 * u64::from(quota.limit() % 3))
}
