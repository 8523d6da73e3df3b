//! The two-counter window in plain arithmetic over the list of what was taken, and sequences of calls that are played to it and to the real
//! one.

use core::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use paceline_core::{
    Atomic, AtomicWord, CarryOver, Cell as _, Charge as _, Decision, Drain as _, Horizon, Limit as _, Nanos, Quota, Saved, SlidingWindow,
    Word,
};
use proptest::prelude::*;

use crate::laws::Case;

/// The limiter as its definition says: all that was taken, each in its window, on an index that does not wrap.
#[derive(Clone, Debug)]
pub struct ExactSlidingWindow {
    limit: u128,
    debt: u128,
    window: u128,
    /// By how many windows a reading may be late.
    late: u128,
    /// The window that the last change was made in.
    newest: u128,
    /// Windows and what was taken in them, in the order of time.
    taken: Vec<(u128, u128)>,
}

impl ExactSlidingWindow {
    /// A limiter of `quota` that was never used.
    pub fn new(quota: Quota, debt: u32, skew: Nanos) -> Self {
        let window = u128::from(quota.period().0);
        let late = u128::from(skew.0) / window;
        Self { limit: quota.limit().into(), debt: debt.into(), window, late, newest: 0, taken: Vec::new() }
    }

    /// Takes `cost` at the reading `now` if the definition allows it.
    pub fn admit(&mut self, now: Nanos, cost: u32) -> bool {
        let admits = self.admits(now, cost);
        if admits {
            self.take(now, cost.into());
        }
        admits
    }

    /// The window that a reading counts in, and how much of it has passed.
    fn place(&self, now: Nanos) -> (u128, u128) {
        let (window, elapsed) = (u128::from(now.0) / self.window, u128::from(now.0) % self.window);
        let is_late =
            window < self.newest && self.newest - window <= self.late && self.in_window(self.newest) + self.before(self.newest) > 0;
        if is_late { (self.newest, 0) } else { (window, elapsed) }
    }

    fn in_window(&self, window: u128) -> u128 {
        self.taken.iter().filter(|(at, _)| *at == window).map(|(_, cost)| cost).sum()
    }

    fn before(&self, window: u128) -> u128 {
        window.checked_sub(1).map_or(0, |before| self.in_window(before))
    }

    /// What counts at `now`, times the window; nothing for a clock that began anew.
    fn used(&self, now: Nanos) -> u128 {
        let (window, elapsed) = self.place(now);
        if window < self.newest {
            return 0;
        }
        self.in_window(window) * self.window + self.before(window) * (self.window - elapsed)
    }

    /// The largest cost that leaves at most `most` counted.
    pub(crate) fn room(&self, now: Nanos, most: u128) -> u128 {
        (most * self.window).saturating_sub(self.used(now)) / self.window
    }

    fn admits(&self, now: Nanos, cost: u32) -> bool {
        self.used(now) + u128::from(cost) * self.window <= self.limit * self.window
    }

    pub(crate) fn take(&mut self, now: Nanos, cost: u128) {
        let (window, _) = self.place(now);
        if window < self.newest {
            self.taken.clear();
        }
        self.taken.push((window, cost));
        self.newest = window;
    }

    /// What a call does that was undone: its window is the newest now.
    pub(crate) fn begin_window(&mut self, now: Nanos) {
        self.take(now, 0);
    }

    /// Gives back `cost`, of what was taken last first.
    fn undo(&mut self, now: Nanos, cost: u32) {
        let (window, _) = self.place(now);
        let mut rest = u128::from(cost);
        for (_, taken) in self.taken.iter_mut().rev().filter(|(at, _)| *at == window || at + 1 == window) {
            let back = rest.min(*taken);
            *taken -= back;
            rest -= back;
        }
    }

    /// The earliest time from `now` on at which `cost` is admitted: by halving, since what is admitted once is admitted later.
    fn earliest(&self, now: Nanos, cost: u32) -> Nanos {
        let (mut refused, mut admitted) = (0, (self.window * (self.late + 3)) as u64);
        if self.admits(now, cost) {
            return now;
        }
        while admitted - refused > 1 {
            let middle = refused + (admitted - refused) / 2;
            if self.admits(Nanos(now.0 + middle), cost) { admitted = middle } else { refused = middle }
        }
        Nanos(now.0 + admitted)
    }

    /// How long `cost` waits behind `queued` callers of cost 1, each served as early as possible.
    fn wait_behind(&self, now: Nanos, queued: u8, cost: u32) -> Nanos {
        let (mut line, mut at) = (self.clone(), now);
        for _ in 0..queued {
            at = line.earliest(at, 1);
            line.take(at, 1);
        }
        line.earliest(at, cost).saturating_sub(now)
    }

    /// What was saved at `now` goes on at `then`: all that still counts, rounded up, in the window of that time.
    pub(crate) fn save_and_restore(&mut self, now: Nanos, then: Nanos) {
        let kept = self.used(now).div_ceil(self.window).min(self.limit + self.debt);
        self.newest = u128::from(then.0) / self.window;
        self.taken = vec![(self.newest, kept)];
    }

    /// Whether an index that repeats after `memory` and what is late tells that a reading at `to` is of another clock.
    pub(crate) fn tells_a_jump_to(&self, to: Nanos, memory: Nanos) -> bool {
        let range = u128::from(memory.0) / self.window + self.late + 1;
        let back = self.newest.saturating_sub(u128::from(to.0) / self.window);
        back + 2 * self.late + 2 < range
    }

    /// The numbers of `new` with what this one has counted.
    pub(crate) fn carry_over(&self, now: Nanos, new: Self, rule: CarryOver) -> Self {
        let used = self.used(now);
        let kept = match rule {
            CarryOver::Reset => 0,
            CarryOver::AsIs => (used.div_ceil(self.window) + new.limit).saturating_sub(self.limit),
            CarryOver::Proportional => (used * new.limit).div_ceil(self.window * self.limit),
        };
        let (window, elapsed) = self.place(now);
        let at = (window * self.window + elapsed) / new.window;
        Self { newest: at, taken: vec![(at, kept.min(new.limit + new.debt))], ..new }
    }
}

/// One step of a sequence of calls.
#[derive(Arbitrary, Clone, Debug)]
pub enum Op {
    /// Time passes, in thousandths of a window.
    Pass(u16),
    /// The clock jumps back by an hour.
    JumpBack,
    /// A call whose clock is that much behind, in 65,536ths of the skew.
    Acquire {
        /// What it asks for.
        cost: u16,
        /// How old its reading is.
        behind: u16,
    },
    /// A call that is undone at once, if it is admitted.
    AcquireAndUndo {
        /// What it asks for.
        cost: u16,
        /// How old its reading is.
        behind: u16,
    },
    /// As much as there is, up to this.
    TakeUpTo(u16),
    /// All that there is.
    Drain,
    /// A cost that nobody knew before.
    Charge(u16),
    /// The wait behind so many callers of cost 1.
    WaitBehind(u8, u16),
    /// Other numbers.
    SetQuota {
        /// The limit, but for the zero.
        limit: u8,
        /// In thousandths of the window.
        window: u16,
        /// What becomes of the rest: as it is, in proportion, or forgotten.
        rule: u8,
    },
    /// Saves it, and restores it so many thousandths of a window later.
    SaveAndRestore(u16),
}

/// Sequences of calls, most of them near a limit of up to a few hundred.
pub fn ops() -> impl Strategy<Value = Vec<Op>> {
    let behind = prop_oneof![3 => Just(0), 1 => any::<u16>()];
    let op = prop_oneof![
        4 => (0u16..3_000).prop_map(Op::Pass),
        4 => (0u16..50, behind.clone()).prop_map(|(cost, behind)| Op::Acquire { cost, behind }),
        2 => (0u16..300, behind).prop_map(|(cost, behind)| Op::AcquireAndUndo { cost, behind }),
        1 => (0u16..100).prop_map(Op::TakeUpTo),
        1 => Just(Op::Drain),
        1 => (0u16..300).prop_map(Op::Charge),
        1 => (0u8..50, 0u16..50).prop_map(|(queued, cost)| Op::WaitBehind(queued, cost)),
        1 => Just(Op::JumpBack),
        1 => (1u8..200, 100u16..3_000, 0u8..3).prop_map(|(limit, window, rule)| Op::SetQuota { limit, window, rule }),
        1 => prop_oneof![Just(0), 0u16..3_000].prop_map(Op::SaveAndRestore),
    ];
    proptest::collection::vec(op, 1..100)
}

/// Limits from 1 to 200 in windows from a nanosecond to a day.
pub fn quotas() -> impl Strategy<Value = Quota> {
    let windows = prop_oneof![Just(1_000_000_000), Just(60_000_000_000), Just(86_400_000_000_000), 1u64..1_000, 1u64..10_000_000_000_000];
    (1u32..200, windows).prop_map(|(limit, window)| Quota::new(limit, Duration::from_nanos(window)))
}

/// What the laws have to know of a limiter.
pub fn case<W: Word>(quota: Quota, algorithm: SlidingWindow<W>) -> Case<SlidingWindow<W>> {
    let full = Nanos(quota.period().0.saturating_mul(2));
    Case { algorithm, burst: quota.limit(), largest_in_line: 1, full, memory: algorithm.memory(), skew: algorithm.skew(), tick: Nanos(1) }
}

/// The body of the fuzz target: a quota and calls, as `bytes` tell them.
pub fn fuzz(bytes: &[u8]) {
    let mut bytes = Unstructured::new(bytes);
    let Ok((limit, window, wide)) = bytes.arbitrary::<(u8, u32, bool)>() else { return };
    let quota = Quota::new(limit.into(), Duration::from_nanos(window.into()));
    let Ok(ops) = bytes.arbitrary::<Vec<Op>>() else { return };
    if wide {
        check_against_oracle(quota, &ops, SlidingWindow::new, SlidingWindow::within);
    } else {
        check_against_oracle(quota, &ops, SlidingWindow::new_u32, SlidingWindow::within_u32);
    }
}

/// Plays `ops` to a limiter of `quota` and to the exact one, and checks that they answer alike.
pub fn check_against_oracle<W: AtomicWord>(quota: Quota, ops: &[Op], new: New<W>, within: Within<W>) {
    let Ok(window) = new(quota) else { return };
    let exact = ExactSlidingWindow::new(quota, window.debt(), window.skew());
    let now = Nanos::from_secs(100_000);
    let mut player = Player { limit: Atomic::new(window), exact, quota, now, within };
    for op in ops {
        player.play(op);
    }
}

type New<W> = fn(Quota) -> Result<SlidingWindow<W>, paceline_core::QuotaError>;
type Within<W> = fn(Quota, Horizon) -> Result<SlidingWindow<W>, paceline_core::QuotaError>;

struct Player<W: AtomicWord> {
    limit: Atomic<SlidingWindow<W>>,
    exact: ExactSlidingWindow,
    quota: Quota,
    now: Nanos,
    within: Within<W>,
}

impl<W: AtomicWord> Player<W> {
    fn play(&mut self, op: &Op) {
        let now = self.now;
        match *op {
            Op::Pass(thousandths) => {
                self.now = self.later(thousandths);
                self.forget_idle();
            }
            Op::JumpBack => self.jump_back(),
            Op::Acquire { cost, behind } => {
                self.acquire(self.late(behind), cost.into());
            }
            Op::AcquireAndUndo { cost, behind } => {
                let (now, cost) = (self.late(behind), cost.into());
                if self.acquire(now, cost) {
                    self.limit.undo(now, cost);
                    self.exact.undo(now, cost);
                }
            }
            Op::TakeUpTo(most) => {
                let taken = self.exact.room(now, self.exact.limit).min(most.into());
                assert_eq!(u128::from(self.limit.take_up_to(now, most.into())), taken);
                self.take(taken);
            }
            Op::Drain => {
                self.limit.drain(now);
                self.take(self.exact.room(now, self.exact.limit));
                assert_eq!(self.limit.take_up_to(now, u32::MAX), 0);
            }
            Op::Charge(cost) => {
                let taken = self.exact.room(now, self.exact.limit + self.exact.debt).min(cost.into());
                assert_eq!(u128::from(self.limit.charge(now, cost.into())), taken);
                self.take(taken);
            }
            Op::WaitBehind(queued, cost) => self.wait_behind(queued, u32::from(cost) % self.quota.limit() + 1),
            Op::SetQuota { limit, window, rule } => self.set_quota(limit.into(), window, rule),
            Op::SaveAndRestore(thousandths) => {
                let saved = Saved::from_bytes(&self.limit.save(now).to_bytes()).expect("what was just written");
                self.now = self.later(thousandths);
                self.limit.restore(self.now, &saved).expect("the same algorithm");
                self.exact.save_and_restore(now, self.now);
            }
        }
        self.look();
    }

    fn thousandths(&self, thousandths: u16) -> Nanos {
        Nanos((u128::from(self.quota.period().0) * u128::from(thousandths) / 1_000) as u64)
    }

    /// Waits are told up to the end of time.
    fn later(&self, thousandths: u16) -> Nanos {
        self.now.saturating_add(self.thousandths(thousandths % 5_000)).min(Nanos(u64::MAX / 2))
    }

    fn late(&self, behind: u16) -> Nanos {
        let skew = u128::from(self.limit.algorithm().skew().0);
        self.now.saturating_sub(Nanos(((skew * u128::from(behind)) >> 16) as u64))
    }

    fn take(&mut self, cost: u128) {
        if cost > 0 {
            self.exact.take(self.now, cost);
        }
    }

    fn forget_idle(&mut self) {
        if self.limit.forget_idle(self.now) {
            let late = self.now.saturating_sub(self.limit.algorithm().skew());
            assert_eq!((self.exact.used(self.now), self.exact.used(late)), (0, 0), "{:?} is not idle", self.exact);
            self.exact.taken.clear();
        }
    }

    /// But where it is further than the index reaches.
    fn jump_back(&mut self) {
        let to = self.now.saturating_sub(Nanos::from_secs(3_600));
        if self.exact.tells_a_jump_to(to, self.limit.algorithm().memory()) {
            self.now = to;
        }
    }

    fn acquire(&mut self, now: Nanos, cost: u32) -> bool {
        let decision = self.limit.decide(now, cost);
        match decision {
            Decision::Impossible { most } => assert!(most == self.quota.limit() && cost > most, "{cost} of {most}"),
            Decision::Allowed => {
                assert!(self.exact.admit(now, cost), "admitted {cost} at {now} above {:?}", self.quota);
            }
            Decision::Denied { retry_after } => {
                assert_eq!(now.saturating_add(retry_after), self.exact.earliest(now, cost), "{:?} {cost} at {now}", self.quota);
            }
        }
        decision.is_allowed()
    }

    fn wait_behind(&self, queued: u8, cost: u32) {
        let queued = queued % 64;
        let told = self.limit.wait_behind(self.now, queued.into(), cost);
        assert_eq!(told, self.exact.wait_behind(self.now, queued, cost), "{:?}: {cost} behind {queued}", self.quota);
    }

    fn set_quota(&mut self, limit: u32, window: u16, rule: u8) {
        let quota = Quota::new(limit, self.thousandths(window).min(Nanos::from_secs(100_000_000)).into());
        let Ok(new) = (self.within)(quota, Horizon::of(quota).skew(self.limit.algorithm().skew().into())) else { return };
        let rule = [CarryOver::AsIs, CarryOver::Proportional, CarryOver::Reset][usize::from(rule % 3)];
        self.limit.set_quota(self.now, new, rule);
        self.exact = self.exact.carry_over(self.now, ExactSlidingWindow::new(quota, new.debt(), new.skew()), rule);
        self.quota = quota;
    }

    fn look(&self) {
        let snapshot = self.limit.snapshot(self.now);
        assert_eq!(u128::from(snapshot.remaining), self.exact.room(self.now, self.exact.limit), "{:?}", self.exact);
        assert_eq!(self.now.saturating_add(snapshot.retry_after), self.exact.earliest(self.now, 1));
        assert_eq!(self.now.saturating_add(snapshot.reset_after), self.exact.earliest(self.now, self.quota.limit()));
    }
}
