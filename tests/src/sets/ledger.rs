//! The calls that were made of one limit of a set, and what its promise says of them.

use paceline_core::{Nanos, Quota};

use super::part::Kind;

/// A limit's numbers from a time on.
#[derive(Clone, Copy)]
pub(super) struct Epoch {
    pub(super) since: Nanos,
    pub(super) quota: Quota,
    /// The largest cost.
    pub(super) most: u32,
    /// How much more was left after the change than before it, at most.
    pub(super) gift: u32,
    /// What readings are rounded down to.
    pub(super) tick: Nanos,
    /// How late a reading may be, and a little more.
    pub(super) skew: Nanos,
    /// The longest that anybody is told to wait.
    pub(super) horizon: Nanos,
}

/// The calls that were made, of one limit: when, under which of its numbers, at which cost.
pub(super) struct Ledger {
    pub(super) kind: Kind,
    pub(super) epochs: Vec<Epoch>,
    pub(super) calls: Vec<(Nanos, usize, u32)>,
}

impl Ledger {
    pub(super) fn new(kind: Kind, epoch: Epoch) -> Self {
        Self { kind, epochs: vec![epoch], calls: Vec::new() }
    }

    pub(super) fn now(&self) -> &Epoch {
        self.epochs.last().expect("one at least")
    }

    pub(super) fn enter(&mut self, at: Nanos, cost: u32) {
        let at = Nanos(at.0 - at.0 % self.now().tick.0);
        self.calls.push((at, self.epochs.len() - 1, cost));
    }

    /// What came back up to `at`, added up, in costs times the period in nanoseconds.
    fn earned_until(&self, at: Nanos) -> u128 {
        let ends = self.epochs.iter().skip(1).map(|next| next.since.min(at)).chain([at]);
        let spans = self.epochs.iter().zip(ends).map(|(epoch, end)| {
            let (period, start, end) = (epoch.quota.period().0, epoch.since.0, end.0.max(epoch.since.0));
            match self.kind {
                Kind::Gcra | Kind::LockedGcra => u128::from(epoch.quota.limit()) * u128::from(end - start),
                Kind::TokenBucket => u128::from(epoch.quota.limit().min(epoch.most)) * u128::from((end / period - start / period) * period),
                Kind::FixedWindow => 0,
            }
        });
        spans.sum()
    }

    /// Promise 1, as each type makes it, in every window that begins and ends with a call, in whole numbers.
    pub(super) fn check(mut self) {
        self.calls.retain(|&(_, _, cost)| cost > 0);
        self.calls.sort();
        let period = self.epochs[0].quota.period().0;
        let earned: Vec<u128> = self.calls.iter().map(|&(at, _, _)| self.earned_until(at)).collect();
        for (i, &(start, first, _)) in self.calls.iter().enumerate() {
            let (mut sum, mut most) = (0, self.epochs[first].most);
            let mut known = first;
            for (&(end, last, cost), earned_then) in self.calls.iter().zip(&earned).skip(i) {
                if self.kind == Kind::FixedWindow && end.0 / period > start.0 / period {
                    break;
                }
                sum += u128::from(cost);
                while known < last {
                    known += 1;
                    most += self.epochs[known].gift;
                }
                let most = u128::from(most) * u128::from(period) + earned_then - earned[i];
                assert!(
                    sum * u128::from(period) <= most,
                    "{sum} from {start} to {end} of a {:?} of {:?}",
                    self.kind,
                    self.epochs[first].quota
                );
            }
        }
    }
}
