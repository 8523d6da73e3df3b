//! The definition of a log, word for word, over all that was ever admitted, and sequences of calls that are played to it and to the real one.

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

    /// Whether a call at `now` would leave every window within the limit. Of the windows that hold it, each that begins with a call is looked at.
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
    /// A call.
    Acquire {
        /// 0 or 1 as a rule.
        cost: u8,
        /// How old its reading is.
        behind: u16,
    },
    /// A call that is undone at once, if it is admitted.
    AcquireAndUndo,
    /// What is left is taken.
    TakeUpTo(u8),
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
        4 => (0u8..3, prop_oneof![3 => Just(0), 1 => 0u16..1_500]).prop_map(|(cost, behind)| Op::Acquire { cost, behind }),
        1 => Just(Op::AcquireAndUndo),
        1 => (0u8..4).prop_map(Op::TakeUpTo),
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
    reservations: Vec<Ticket<W>>,
}

impl<const N: usize, W: AtomicWord> Play<N, W> {
    fn new(log: SlidingLog<N, W>, window: u64, longest: u64) -> Self {
        let now = 10_000_000_000;
        Self { log, never_above: EveryWindow::new(N, window), never_below: EveryWindow::new(N, longest), now, reservations: Vec::new() }
    }

    fn all(mut self, ops: &[Op]) {
        for &op in ops {
            self.step(op);
        }
    }

    fn step(&mut self, op: Op) {
        match op {
            Op::Pass(thousandths) => {
                self.now += self.span(thousandths);
                self.log.forget_idle(Nanos(self.now));
            }
            Op::Acquire { cost, behind } => {
                self.acquire(self.now - self.span(behind).min(900_000_000), cost.into());
            }
            Op::AcquireAndUndo => {
                if self.acquire(self.now, 1) {
                    let before = self.log.snapshot(Nanos(self.now));
                    self.log.undo(Nanos(self.now), 1);
                    assert_eq!(self.log.snapshot(Nanos(self.now)).remaining, before.remaining + 1, "given back");
                    self.forget(self.now);
                }
            }
            Op::TakeUpTo(most) => {
                let remaining = self.snapshot().remaining;
                let taken = self.log.take_up_to(Nanos(self.now), most.into());
                assert_eq!(taken, remaining.min(most.into()));
                (0..taken).for_each(|_| self.count(self.now));
            }
            Op::Reserve { patience } => self.reserve(self.span(patience)),
            Op::Cancel(which) => self.cancel(which),
            Op::Refund(which) => self.refund(which),
            Op::WaitBehind(queued) => {
                let queued = queued % 20;
                let wait = self.log.wait_behind(Nanos(self.now), queued.into(), 1).0;
                let backlog = |all: &EveryWindow| all.end_of_backlog(self.now, usize::from(queued) + 1) - self.now;
                let (least, most) = (backlog(&self.never_above), backlog(&self.never_below));
                assert!((least..=most).contains(&wait), "a wait of {wait} behind {queued}, not {least} to {most}");
            }
        }
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
                if reading == self.now {
                    self.waits_as_defined(reading, retry_after.0);
                }
            }
        }
        decision.is_allowed()
    }

    fn waits_as_defined(&self, now: u64, wait: u64) {
        let (least, most) = (self.never_above.earliest(now) - now, self.never_below.earliest(now) - now);
        assert!((least..=most).contains(&wait), "a wait of {wait}, not {least} to {most}");
    }

    fn snapshot(&self) -> Snapshot {
        let snapshot = self.log.snapshot(Nanos(self.now));
        let free = |all: &EveryWindow| N.saturating_sub(all.held(self.now)) as u32;
        assert_eq!(snapshot.limit, N as u32);
        assert!((free(&self.never_below)..=free(&self.never_above)).contains(&snapshot.remaining), "{snapshot:?}");
        let wait = self.log.peek(Nanos(self.now), 1);
        assert!(snapshot.retry_after == Nanos::ZERO && wait.is_allowed() || wait == Decision::Denied { retry_after: snapshot.retry_after });
        let all_free = self.log.snapshot(Nanos(self.now + snapshot.reset_after.0));
        assert_eq!((all_free.remaining, all_free.reset_after), (N as u32, Nanos::ZERO));
        assert!(
            snapshot.reset_after == Nanos::ZERO || self.log.snapshot(Nanos(self.now + snapshot.reset_after.0 - 1)).remaining < N as u32
        );
        snapshot
    }

    fn reserve(&mut self, patience: u64) {
        match self.log.reserve(Nanos(self.now), 1, Nanos(patience)) {
            Reservation::Reserved { wait, ticket } => {
                assert!(wait.0 <= patience && ticket.at() == Nanos(self.now + wait.0));
                self.waits_as_defined(self.now, wait.0);
                self.count(ticket.at().0);
                self.reservations.push(ticket);
            }
            Reservation::Denied { retry_after, patience: within } => {
                assert!(retry_after > within && within.0 <= patience);
                assert!(within.0 == patience || within.0 >= self.never_above.window, "the default horizon holds a window");
                self.waits_as_defined(self.now, retry_after.0);
            }
            Reservation::Impossible { most } => panic!("impossible above {most}"),
        }
    }

    fn cancel(&mut self, which: u8) {
        let Some(ticket) = self.take_reservation(which) else { return };
        let call = ticket.at().0;
        let rests_on_it = self.never_below.calls.iter().any(|&other| other > call);
        let given_back = self.log.cancel(Nanos(self.now), ticket);
        assert!(given_back || rests_on_it || call < self.now, "the last reservation can be cancelled");
        if given_back {
            self.forget(call);
        }
    }

    /// What is given back is seen as room, as long as it was not there before.
    fn refund(&mut self, which: u8) {
        let Some(ticket) = self.take_reservation(which) else { return };
        let call = ticket.at().0;
        let before = self.snapshot().remaining;
        self.log.refund(Nanos(self.now), ticket, 1);
        let after = self.log.snapshot(Nanos(self.now)).remaining;
        assert!(after == before || call <= self.now && after == before + 1, "{before} became {after}");
        if after > before {
            self.forget(call);
        }
    }

    fn take_reservation(&mut self, which: u8) -> Option<Ticket<W>> {
        let place = usize::from(which).checked_rem(self.reservations.len())?;
        Some(self.reservations.swap_remove(place))
    }
}
