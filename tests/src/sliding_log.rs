//! The definition of a log, word for word, over all that was ever admitted, and sequences of calls that are played to it and to the real
//! one.

use core::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use paceline_core::{AtomicWord, Decision, Drain, Limit, Nanos, Reservation, Reserve, SlidingLog, Snapshot, Ticket};
use proptest::prelude::*;

/// All calls that count, by their times in nanoseconds: no window, wherever it begins, holds more than `limit` of them.
#[derive(Clone, Debug)]
pub struct EveryWindow {
    limit: usize,
    window: u64,
    calls: Vec<u64>,
}

impl EveryWindow {
    /// No call yet.
    pub fn new(limit: usize, window: u64) -> Self {
        Self { limit, window, calls: Vec::new() }
    }

    /// Whether a call at `now` would leave every window within the limit. Of the windows that hold it, each that begins with a call is
    /// looked at.
    pub fn admits(&self, now: u64) -> bool {
        let near = || self.calls.iter().copied().filter(|call| call.abs_diff(now) < self.window).chain([now]);
        let held = |begin: u64| near().filter(|&call| call >= begin && call - begin < self.window).count();
        near().filter(|&begin| begin <= now).all(|begin| held(begin) <= self.limit)
    }

    /// The earliest time from `now` on at which a call is admitted: at once, or when another has left the window.
    pub fn earliest(&self, now: u64) -> u64 {
        let leaving = self.calls.iter().map(|call| call + self.window).filter(|&end| end > now);
        leaving.chain([now]).filter(|&time| self.admits(time)).min().expect("after the last one left")
    }

    /// How many calls the window that ends at `now` holds.
    fn held(&self, now: u64) -> usize {
        self.calls.iter().filter(|&&call| call <= now && now - call < self.window).count()
    }

    /// When the last of `calls` goes that all go as early as they can, from `now` on.
    fn end_of_backlog(&self, now: u64, calls: usize) -> u64 {
        let mut all = self.clone();
        for _ in 0..calls {
            all.calls.push(all.earliest(now));
        }
        if calls == 0 { now } else { all.calls[all.calls.len() - 1] }
    }

    fn forget(&mut self, call: u64) {
        let place = self.calls.iter().position(|&there| there == call).expect("a call that counts");
        self.calls.swap_remove(place);
    }
}

/// One step of a sequence of calls; spans are in thousandths of the window.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Op {
    /// Time passes.
    Pass(u16),
    /// All is forgotten that may be.
    ForgetIdle,
    /// The readings of the next calls are that late, up to the skew.
    Late(u16),
    /// The clock jumps back by an hour.
    HourBack,
    /// A call; the cost is 0 or 1 as a rule.
    Acquire(u8),
    /// A call that is undone at once, if it is admitted.
    AcquireAndUndo,
    /// What is left is taken.
    TakeUpTo(u8),
    /// Nothing is left.
    Drain,
    /// Nothing was left so long ago.
    DrainSince(u16),
    /// A call for later.
    Reserve {
        /// How late at most.
        patience: u16,
    },
    /// One of the reservations is cancelled.
    Cancel(u8),
    /// One of the reservations is refunded.
    Refund(u8),
    /// How long the last of so many would wait.
    WaitBehind(u8),
}

/// Sequences of calls, most of them near the limit.
pub fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        3 => (0u16..900).prop_map(Op::Pass),
        1 => (0u16..3_000).prop_map(Op::Pass),
        1 => prop_oneof![2 => Just(0), 1 => 0u16..1_500].prop_map(Op::Late),
        1 => Just(Op::ForgetIdle),
        1 => Just(Op::HourBack),
        4 => (0u8..3).prop_map(Op::Acquire),
        1 => Just(Op::AcquireAndUndo),
        1 => (0u8..4).prop_map(Op::TakeUpTo),
        1 => Just(Op::Drain),
        1 => (0u16..1_500).prop_map(Op::DrainSince),
        2 => (0u16..2_500).prop_map(|patience| Op::Reserve { patience }),
        1 => any::<u8>().prop_map(Op::Cancel),
        1 => any::<u8>().prop_map(Op::Refund),
        1 => (0u8..20).prop_map(Op::WaitBehind),
    ];
    proptest::collection::vec(op, 1..100)
}

/// From a nanosecond to a month.
pub fn windows() -> impl Strategy<Value = u64> {
    prop_oneof![1u64..50, 1_000_000u64..10_000_000, 1u64..2_600_000_000_000_000]
}

/// The body of the fuzz target: a window and calls, as `bytes` tell them.
pub fn fuzz(bytes: &[u8]) {
    let mut bytes = Unstructured::new(bytes);
    let Ok((window, ops)) = bytes.arbitrary::<(u64, Vec<Op>)>() else { return };
    let window = window % (1 << 52) + 1;
    let ops = ops.get(..100).unwrap_or(&ops);
    check_on_64_bits::<3>(window, ops);
    check_on_32_bits::<2>(window, ops);
}

/// Plays `ops` to a log that is exact to the nanosecond.
pub fn check_on_64_bits<const N: usize>(window: u64, ops: &[Op]) {
    let log = SlidingLog::<N, u64>::new(Duration::from_nanos(window)).expect("a window that fits");
    Play::new(log, window, window).all(ops);
}

/// Plays `ops` to a log whose window may be longer by a part in a million, and by a tick where its word skips zero.
pub fn check_on_32_bits<const N: usize>(window: u64, ops: &[Op]) {
    let log = SlidingLog::<N, u32>::new_u32(Duration::from_nanos(window)).expect("a window that fits");
    Play::new(log, window, window + 1 + window * 3 / 2_000_000).all(ops);
}

/// A log with its definition, twice: as short as its window may be, and as long.
struct Play<const N: usize, W: AtomicWord> {
    log: SlidingLog<N, W>,
    never_above: EveryWindow,
    never_below: EveryWindow,
    now: u64,
    late: u64,
    /// When idle places were made new.
    forgot: u64,
    /// The latest time for which a place was taken that was given back, or until which one was of the clock before.
    given_back: u64,
    reservations: Vec<Ticket<W>>,
}

impl<const N: usize, W: AtomicWord> Play<N, W> {
    fn new(log: SlidingLog<N, W>, window: u64, longest: u64) -> Self {
        let (never_above, never_below) = (EveryWindow::new(N, window), EveryWindow::new(N, longest));
        Self { log, never_above, never_below, now: 10_000_000_000_000_000, late: 0, forgot: 0, given_back: 0, reservations: Vec::new() }
    }

    fn all(mut self, ops: &[Op]) {
        for &op in ops {
            self.step(op);
        }
    }

    fn step(&mut self, op: Op) {
        let now = self.reading();
        match op {
            Op::Pass(thousandths) => {
                self.now = (self.now + self.span(thousandths)).min(1 << 62);
                if W::BITS < 64 {
                    self.forget_idle(); // before its time wraps
                }
            }
            Op::ForgetIdle => self.forget_idle(),
            Op::Late(thousandths) => self.late = self.span(thousandths).min(self.log.skew().0).min(900_000_000),
            Op::HourBack => self.hour_back(),
            Op::Acquire(cost) => _ = self.acquire(now, cost.into()),
            Op::AcquireAndUndo => {
                if self.acquire(now, 1) {
                    let before = self.log.snapshot(Nanos(now));
                    self.log.undo(Nanos(now), 1);
                    assert_eq!(self.log.snapshot(Nanos(now)).remaining, before.remaining + 1, "given back");
                    self.forget(now);
                }
            }
            Op::TakeUpTo(most) => {
                let remaining = self.snapshot().remaining;
                let taken = self.log.take_up_to(Nanos(now), most.into());
                assert_eq!(taken, remaining.min(most.into()));
                (0..taken).for_each(|_| self.count(now));
            }
            Op::Drain => self.drain_since(now),
            Op::DrainSince(back) => self.drain_since(now.saturating_sub(self.span(back))),
            Op::Reserve { patience } => self.reserve(self.span(patience)),
            Op::Cancel(which) => self.cancel(which),
            Op::Refund(which) => self.refund(which),
            Op::WaitBehind(queued) => {
                let queued = queued % 20;
                let wait = self.log.wait_behind(Nanos(now), queued.into(), 1).0;
                let backlog = |all: &EveryWindow| all.end_of_backlog(now, usize::from(queued) + 1) - now;
                self.is_between(backlog(&self.never_above), wait, backlog(&self.never_below));
            }
        }
    }

    fn reading(&self) -> u64 {
        self.now - self.late
    }

    /// A late reading may be told more than the definition says: it is only stricter.
    fn is_between(&self, least: u64, told: u64, most: u64) {
        assert!(least <= told && (told <= most || self.late > 0), "a wait of {told}, not {least} to {most}");
    }

    /// What was called before is another clock's, and no longer counts: that is the one extra `N`. A log that was full is as new where the
    /// horizon ends before the hour; else who is alone waits, no longer than for that.
    fn hour_back(&mut self) {
        const HOUR: u64 = 3_600_000_000_000;
        let full = self.log.snapshot(Nanos(self.now)).remaining == 0;
        let longest = self.never_below.window + self.never_below.window / 1_000_000 + 2;
        let horizon = longest + self.log.max_patience().0 + self.log.skew().0;
        (self.now, self.late) = (self.now - HOUR, 0);
        self.reservations.clear();
        (self.never_above.calls, self.never_below.calls) = (Vec::new(), Vec::new());
        let wait = self.log.snapshot(Nanos(self.now)).reset_after.0;
        assert!(wait <= horizon, "an hour back waits {wait}, beyond {horizon}");
        assert!(!full || horizon > HOUR || self.log.memory().0 < HOUR || wait == 0, "an hour back is as new");
        self.forget_idle(); // or what is too far ahead to be seen would be seen some time
        self.now += self.log.snapshot(Nanos(self.now)).reset_after.0;
        self.given_back = self.now;
        assert_eq!(self.snapshot().remaining, N as u32);
    }

    fn forget_idle(&mut self) {
        self.forgot = self.now;
        if self.log.forget_idle(Nanos(self.now)) {
            assert_eq!(self.never_above.held(self.now), 0, "not idle");
        }
    }

    /// What was free then and has not been taken since is taken for then. A place that was made new is so for readings that are late within
    /// the skew, and for no time before.
    fn drain_since(&mut self, since: u64) {
        let since = since.max(self.forgot.saturating_sub(self.log.skew().0));
        let (now, before) = (self.reading(), self.snapshot().remaining);
        self.log.drain_since(Nanos(now), Nanos(since));
        let after = self.log.snapshot(Nanos(now)).remaining;
        let windows = (self.never_above.window, self.never_below.window);
        let comes_back = |call: u64| call <= since && call + windows.1 > since && call + windows.0 <= now;
        let come_back = self.never_above.calls.iter().filter(|&&call| comes_back(call)).count();
        let all_has = since + self.never_above.window <= now;
        // "A place that was given back counts as taken until the time that it was taken for."
        assert!(since < self.given_back || all_has || after as usize <= come_back, "{after} left after a drain at {since}");
        (after..before).for_each(|_| self.count(since));
    }

    fn span(&self, thousandths: u16) -> u64 {
        (u128::from(self.never_above.window) * u128::from(thousandths) / 1_000) as u64
    }

    fn count(&mut self, call: u64) {
        assert!(self.never_above.admits(call), "more than {N} in a window: {call} after {:?}", self.never_above.calls);
        self.never_above.calls.push(call);
        self.never_below.calls.push(call);
    }

    fn forget(&mut self, call: u64) {
        self.given_back = self.given_back.max(call);
        self.never_above.forget(call);
        self.never_below.forget(call);
    }

    fn acquire(&mut self, reading: u64, cost: u32) -> bool {
        let now = Nanos(reading);
        let peeked = self.log.peek(now, cost);
        let decision = self.log.decide(now, cost);
        assert_eq!(decision, peeked);
        match decision {
            Decision::Impossible { most } => assert!(most == 1 && cost > 1),
            Decision::Allowed if cost == 0 => return false,
            Decision::Allowed => self.count(reading),
            Decision::Denied { retry_after } => {
                assert!(cost == 1 && retry_after > Nanos::ZERO);
                assert!(self.log.peek(now.saturating_add(retry_after), 1).is_allowed(), "refused after the wait it told");
                let early = now.saturating_add(retry_after).saturating_sub(Nanos(1));
                assert_eq!(self.log.peek(early, 1), Decision::Denied { retry_after: Nanos(1) }, "a wait longer than needed");
                self.waits_as_defined(reading, retry_after.0);
            }
        }
        decision.is_allowed()
    }

    fn waits_as_defined(&self, now: u64, wait: u64) {
        self.is_between(self.never_above.earliest(now) - now, wait, self.never_below.earliest(now) - now);
    }

    fn snapshot(&self) -> Snapshot {
        let now = self.reading();
        let snapshot = self.log.snapshot(Nanos(now));
        let free = |all: &EveryWindow| N.saturating_sub(all.held(now)) as u32;
        assert_eq!(snapshot.limit, N as u32);
        let least = if self.late > 0 { 0 } else { free(&self.never_below) };
        assert!((least..=free(&self.never_above)).contains(&snapshot.remaining), "{snapshot:?}");
        let wait = self.log.peek(Nanos(now), 1);
        assert!(snapshot.retry_after == Nanos::ZERO && wait.is_allowed() || wait == Decision::Denied { retry_after: snapshot.retry_after });
        let all_free = self.log.snapshot(Nanos(now + snapshot.reset_after.0));
        assert_eq!((all_free.remaining, all_free.reset_after), (N as u32, Nanos::ZERO));
        assert!(snapshot.reset_after == Nanos::ZERO || self.log.snapshot(Nanos(now + snapshot.reset_after.0 - 1)).remaining < N as u32);
        snapshot
    }

    fn reserve(&mut self, patience: u64) {
        let now = self.reading();
        match self.log.reserve(Nanos(now), 1, Nanos(patience)) {
            Reservation::Reserved { wait, ticket } => {
                assert!(wait.0 <= patience && ticket.at() == Nanos(now + wait.0));
                self.waits_as_defined(now, wait.0);
                self.count(ticket.at().0);
                self.reservations.push(ticket);
            }
            Reservation::Denied { retry_after, patience: within } => {
                assert!(retry_after > within && within.0 <= patience);
                assert!(within.0 == patience || within.0 >= self.never_above.window, "the default horizon holds a window");
                self.waits_as_defined(now, retry_after.0);
            }
            Reservation::Impossible { most } => panic!("impossible above {most}"),
        }
    }

    fn cancel(&mut self, which: u8) {
        let Some(ticket) = self.take_reservation(which) else { return };
        let call = ticket.at().0;
        let rests_on_it = self.never_below.calls.iter().any(|&other| other > call);
        let given_back = self.log.cancel(Nanos(self.reading()), ticket);
        assert!(given_back || rests_on_it || call < self.now, "the last reservation can be cancelled");
        if given_back {
            self.forget(call);
        }
    }

    /// What is given back is seen as room, as long as it was not there before.
    fn refund(&mut self, which: u8) {
        let Some(ticket) = self.take_reservation(which) else { return };
        let call = ticket.at().0;
        let (now, before) = (self.reading(), self.snapshot().remaining);
        self.log.refund(Nanos(now), ticket, 1);
        let after = self.log.snapshot(Nanos(now)).remaining;
        assert!(after == before || call <= now && after == before + 1, "{before} became {after}");
        if after > before {
            self.forget(call);
        }
    }

    fn take_reservation(&mut self, which: u8) -> Option<Ticket<W>> {
        let place = usize::from(which).checked_rem(self.reservations.len())?;
        Some(self.reservations.swap_remove(place))
    }
}
