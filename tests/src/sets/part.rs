//! Any limit that has all verbs, as a part of a set.

use core::cell::RefCell;

use arbitrary::Arbitrary;
use paceline_core::algorithm::{Debit, Empty, Reconfigure, Schedule};
use paceline_core::{
    Algorithm, Atomic, AtomicWord, CarryOver, Cell, Charge, Drain, FixedWindow, Gcra, Horizon, Lock, Locked, Nanos, Quota, QuotaError,
    Reserve, Ticket, TokenBucket,
};

/// A lock for one thread.
struct Alone<T>(RefCell<T>);

impl<T> Lock<T> for Alone<T> {
    fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> R {
        act(&mut self.0.borrow_mut())
    }
}

/// A limit of a set, whatever it is, on the word `W`.
pub(super) trait Part<W>: Drain<Cost = u32> + Reserve<Ticket = Ticket<W>> + Charge {
    fn set_quota(&mut self, now: Nanos, quota: Quota, horizon: Horizon, rule: CarryOver);
    fn forget_idle(&self, now: Nanos) -> bool;
    fn clock(&self) -> Clock;
}

/// What is told of the times of a limit.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    pub(super) tick: Nanos,
    pub(super) memory: Nanos,
    pub(super) skew: Nanos,
}

/// An algorithm that has all verbs.
trait Whole: Debit + Empty + Schedule + Reconfigure + Algorithm<State: AtomicWord, Cost = u32> + Sized {
    fn within(quota: Quota, horizon: Horizon) -> Result<Self, QuotaError>;
    fn clock(&self) -> Clock;
}

/// The cells that any of them runs in.
macro_rules! part {
    ($cell:ty) => {
        impl<A: Whole> Part<A::State> for $cell {
            fn set_quota(&mut self, now: Nanos, quota: Quota, horizon: Horizon, rule: CarryOver) {
                let new = A::within(quota, horizon).expect("numbers that were tried");
                <$cell>::set_quota(self, now, new, rule);
            }

            fn forget_idle(&self, now: Nanos) -> bool {
                Cell::forget_idle(self, now)
            }

            fn clock(&self) -> Clock {
                self.read(|algorithm, _| algorithm.clock())
            }
        }
    };
}

part!(Atomic<A>);
part!(Locked<A, Alone<(A, A::State)>>);

/// A word with its constructors.
pub(super) trait Width: AtomicWord {
    fn part(kind: Kind, quota: Quota, horizon: Horizon) -> Option<Box<dyn Part<Self>>>;
}

macro_rules! width {
    ($word:ty: $within:ident) => {
        width!($word: $within, Gcra Self::tick, TokenBucket |_| Nanos(1), FixedWindow |_| Nanos(1));

        impl Width for $word {
            fn part(kind: Kind, quota: Quota, horizon: Horizon) -> Option<Box<dyn Part<$word>>> {
                Some(match kind {
                    Kind::Gcra => Box::new(Atomic::new(Gcra::$within(quota, horizon).ok()?)),
                    Kind::LockedGcra => Box::new(Locked::new(Alone(RefCell::new((Gcra::$within(quota, horizon).ok()?, 0))))),
                    Kind::TokenBucket => Box::new(Atomic::new(TokenBucket::$within(quota, horizon).ok()?)),
                    Kind::FixedWindow => Box::new(Atomic::new(FixedWindow::$within(quota, horizon).ok()?)),
                })
            }
        }
    };
    ($word:ty: $within:ident, $($algorithm:ident $tick:expr),*) => {$(
        impl Whole for $algorithm<$word> {
            fn within(quota: Quota, horizon: Horizon) -> Result<Self, QuotaError> {
                Self::$within(quota, horizon)
            }

            fn clock(&self) -> Clock {
                let tick: fn(&Self) -> Nanos = $tick;
                Clock { tick: tick(self), memory: self.memory().saturating_sub(self.skew()), skew: self.skew() }
            }
        }
    )*};
}

width!(u64: within);
width!(u32: within_u32);

/// What a limit of a set is.
#[derive(Arbitrary, Clone, Copy, PartialEq, Debug)]
#[allow(missing_docs, reason = "the algorithms' own names")]
pub enum Kind {
    Gcra,
    LockedGcra,
    TokenBucket,
    FixedWindow,
}

impl Kind {
    pub(super) fn is_gcra(self) -> bool {
        matches!(self, Self::Gcra | Self::LockedGcra)
    }

    pub(super) fn takes_a_burst(self) -> bool {
        self != Self::FixedWindow
    }
}
