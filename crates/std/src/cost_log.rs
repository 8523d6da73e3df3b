use std::{collections::VecDeque, ops::Deref, time::Duration};

use crate::{Admission, Admissions, CostLog, Locked, Logged, Mutex};

/// The exact log on the heap: at most `limit` in any window, for any cost.
///
/// It is a [`CostLog`] behind a [`Mutex`], which says what becomes of clocks that go back and what it costs. Its queue grows as it is
/// needed, to at most `limit` admissions.
///
/// ```
/// use std::time::Duration;
/// use paceline::{CarryOver, CostLog, Decision, HeapCostLog, Limit, Nanos};
///
/// let log = HeapCostLog::new(100, Duration::from_secs(10));
/// assert!(log.decide(Nanos::ZERO, 70).is_allowed());
/// assert!(log.decide(Nanos::from_secs(4), 30).is_allowed());
/// assert_eq!(log.decide(Nanos::from_secs(5), 71), Decision::Denied { retry_after: Nanos::from_secs(9) });
///
/// // It has the verbs of what it stands for, another limit for those who are in the log among them.
/// log.set_quota(Nanos::from_secs(5), CostLog::new(200, Duration::from_secs(10)), CarryOver::AsIs);
/// assert!(log.decide(Nanos::from_secs(5), 71).is_allowed());
/// ```
#[derive(Debug)]
pub struct HeapCostLog(<Self as Deref>::Target);

impl HeapCostLog {
    /// A log with nothing in it. With a limit of 0 nothing but a cost of 0 is ever admitted, with a window of 0 anything up to the limit.
    pub fn new(limit: u32, window: Duration) -> Self {
        Self(Locked::new(Mutex::new((CostLog::new(limit, window), Logged::default()))))
    }
}

impl Deref for HeapCostLog {
    type Target = Locked<CostLog<HeapAdmissions>, Mutex<(CostLog<HeapAdmissions>, Logged<HeapAdmissions>)>>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// The admissions of a log on the heap: never full.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct HeapAdmissions(VecDeque<Admission>);

impl Admissions for HeapAdmissions {
    fn iter(&self) -> impl DoubleEndedIterator<Item = &Admission> {
        self.0.iter()
    }

    fn is_full(&self) -> bool {
        false
    }

    fn push(&mut self, newest: Admission) -> bool {
        self.0.push_back(newest);
        true
    }

    fn pop(&mut self) -> Option<Admission> {
        self.0.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Cell as _, Decision, Limit as _, Nanos};

    /// All that was ever admitted, and the definition of the limit word for word.
    #[derive(Default)]
    struct Oracle {
        all: Vec<(u64, u32)>,
        newest: u64,
    }

    impl Oracle {
        fn admits(&self, limit: u32, window: u64, now: u64, cost: u32) -> bool {
            let now = now.max(self.newest);
            let held: u64 = self.all.iter().filter(|(time, _)| now - time < window).map(|(_, cost)| u64::from(*cost)).sum();
            held + u64::from(cost) <= u64::from(limit)
        }

        fn admit(&mut self, now: u64, cost: u32) {
            if cost > 0 {
                self.newest = self.newest.max(now);
                self.all.push((self.newest, cost));
            }
        }
    }

    fn calls() -> impl Strategy<Value = Vec<(i64, u32)>> {
        // Steps forward mostly, at times back, and costs up to beyond the limit.
        prop::collection::vec((prop_oneof![4 => 0_i64..8, 1 => 0_i64..60, 1 => -20_i64..0], 0_u32..14), 1..120)
    }

    proptest! {
        // Seen to fail with `<` for `<=` in `expired`, and with a late reading logged at its own time.
        #[test]
        fn it_decides_as_the_list_of_all_admissions_does(limit in 1_u32..12, window in 0_u64..40, calls in calls()) {
            let log = HeapCostLog::new(limit, Duration::from_nanos(window));
            let mut oracle = Oracle::default();
            let mut now = 100_i64;
            for (step, cost) in calls {
                now = (now + step).max(0);
                let reading = now as u64;
                let peeked = log.peek(Nanos(reading), cost);
                let decision = log.decide(Nanos(reading), cost);
                prop_assert_eq!(peeked, decision);
                match decision {
                    Decision::Allowed => {
                        prop_assert!(oracle.admits(limit, window, reading, cost));
                        oracle.admit(reading, cost);
                    }
                    Decision::Impossible { most } => prop_assert!(cost > most && most == limit),
                    Decision::Denied { retry_after } => {
                        let end = reading + retry_after.0;
                        prop_assert!(oracle.admits(limit, window, end, cost), "not admitted at {end}");
                        prop_assert!(!oracle.admits(limit, window, end - 1, cost), "admitted before {end}");
                    }
                }
                prop_assert!(log.0.read(|_, logged| logged.count()) <= limit as usize);
            }
        }

        // Seen to fail with `undo` that leaves the sum alone.
        #[test]
        fn undone_is_as_if_never_done(calls in calls(), now in 0_u64..200, cost in 0_u32..12, probe in 0_u32..12) {
            let (log, other) = (HeapCostLog::new(12, Duration::from_nanos(30)), HeapCostLog::new(12, Duration::from_nanos(30)));
            let (mut time, mut newest) = (0_i64, 0);
            for (step, cost) in calls {
                time = (time + step).max(0);
                newest = newest.max(time as u64);
                prop_assert_eq!(log.decide(Nanos(time as u64), cost), other.decide(Nanos(time as u64), cost));
            }
            // A late call must not be undone: of those that count from then, the oldest is taken out, which is stricter.
            let now = now.max(newest);
            if log.decide(Nanos(now), cost).is_allowed() {
                log.undo(Nanos(now), cost);
            }
            prop_assert_eq!(log.peek(Nanos(now), probe), other.peek(Nanos(now), probe));
        }

        // Seen to fail with `rounds` for `rounds + 1`, and with the places of the log passed over.
        #[test]
        fn the_wait_in_line_is_the_one_that_the_last_of_the_line_sees(taken in prop::collection::vec(0_u64..9, 0..12), queued in 0_u64..40) {
            let log = HeapCostLog::new(7, Duration::from_nanos(20));
            let mut now = 0;
            for step in taken {
                now += step;
                let _ = log.decide(Nanos(now), 1);
            }
            let forecast = log.wait_behind(Nanos(now), queued, 1);
            let mut end = now;
            for _ in 0..=queued {
                while let Decision::Denied { retry_after } = log.decide(Nanos(end), 1) {
                    end += retry_after.0;
                }
            }
            prop_assert_eq!(forecast, Nanos(end - now));
        }

        #[test]
        fn no_value_makes_it_panic(limit: u32, window: u64, calls in prop::collection::vec((any::<u64>(), any::<u32>(), any::<u64>()), 0..20)) {
            let log = HeapCostLog::new(limit, Duration::from_nanos(window));
            for (now, cost, queued) in calls {
                let now = Nanos(now);
                let decided = log.decide(now, cost);
                prop_assert_eq!(matches!(decided, Decision::Impossible { .. }), cost > limit);
                let _ = log.wait_behind(now, queued, cost);
                log.undo(now, cost);
            }
        }
    }

    /// Seen to fail when the newest admission of that cost is given back: another caller's, which has been made use of.
    #[test]
    fn what_is_undone_is_ones_own() {
        let log = HeapCostLog::new(2, Duration::from_nanos(20));
        assert!(log.decide(Nanos(10), 1).is_allowed());
        assert!(log.decide(Nanos(25), 1).is_allowed());
        log.undo(Nanos(10), 1);
        assert!(log.decide(Nanos(26), 1).is_allowed());
        assert_eq!(log.decide(Nanos(30), 1), Decision::Denied { retry_after: Nanos(15) }, "25 and 26 are in use until 45");
    }

    #[test]
    fn a_clock_that_steps_back_an_hour_costs_one_limit_and_no_hour() {
        let log = HeapCostLog::new(2, Duration::from_secs(1));
        assert!(log.decide(Nanos::from_secs(7_200), 2).is_allowed());
        assert!(!log.decide(Nanos::from_secs(7_198), 1).is_allowed(), "within the skew");
        assert!(log.decide(Nanos::from_secs(3_600), 2).is_allowed(), "the jump is taken for a new clock");
        assert_eq!(log.decide(Nanos::from_secs(3_600), 1), Decision::Denied { retry_after: Nanos::from_secs(1) });
    }
}
