//! Every word of an 8-bit gate, at every reading, for every closing.

use super::*;
use crate::ticks::{FINEST, SCALE_BITS};

/// The least that a horizon can be beside the bits of the scale.
const HORIZON: u8 = 1 << SCALE_BITS;
const LONGEST: u8 = 40;

/// In ticks of a quarter of a nanosecond, of one and of four, with the length of four ticks.
fn rules() -> [(Rule<u8>, u64); 3] {
    let quarter = 2;
    [(quarter, 1), (0, 4), (FINEST + 2, 16)]
        .map(|(scale, four)| (Rule { ticks: Ticks::new(HORIZON | scale as u8), longest: LONGEST }, four))
}

/// Each reading lies somewhere in its tick.
fn for_every_word(mut check: impl FnMut(&Rule<u8>, u64, u8, Nanos)) {
    for (rule, four) in rules() {
        for word in 0..=u8::MAX {
            for now in 4_096..4_096 + 64 * four {
                check(&rule, four, word, Nanos(now));
            }
        }
    }
}

/// How long a gate with an end is shut.
fn wait(view: View) -> Option<Nanos> {
    match view {
        View::Closed { wait } | View::Latched { wait: Some(wait) } => Some(wait),
        _ => None,
    }
}

/// It opens to the nanosecond when it said, and tells that time for as long as the word remembers. Seen to fail when the reading is not
/// rounded down to its tick, and when it is settled at once.
fn opens_in_time(rule: &Rule<u8>, four: u64, word: u8, now: Nanos) {
    let Some(shut) = wait(rule.view(word, now)) else { return };
    let since = now.saturating_add(shut);
    assert_eq!(wait(rule.view(word, since.saturating_sub(Nanos(1)))), Some(Nanos(1)), "{rule:?} {word} {now}");
    let memory = u64::from(u8::MAX - rule.ticks.horizon());
    for later in (0..=rule.ticks.span(memory).0).step_by(3).map(|later| since.saturating_add(Nanos(later))) {
        let View::Opening { since: told, settled } = rule.view(word, later) else { panic!("{rule:?} {word} {now} {later}: shut") };
        assert_eq!(told, since, "{rule:?} {word} {now} {later}");
        let latest = rule.ticks.span(rule.skew());
        assert!(!settled || later.saturating_sub(latest) >= since, "{rule:?} {word} {now} {later}: settled too early");
        assert!(settled || later < since.saturating_add(latest).saturating_add(Nanos(four)), "{rule:?} {word} {now} {later}: not settled");
    }
}

/// Seen to fail when a closing takes the place of a longer one, and when it is rounded down.
#[test]
fn a_closing_only_moves_the_time_forward() {
    for_every_word(|rule, four, word, now| {
        let before = rule.view(word, now);
        let longest = rule.ticks.span(LONGEST.into());
        for (span, reason) in
            [1, 5, 9, 40, 1_000].into_iter().flat_map(|span| [Reason::Closed, Reason::Latched].map(|reason| (Nanos(span), reason)))
        {
            let mut shut = word;
            rule.shut(&mut shut, now, span, reason);
            let after = rule.view(shut, now);
            if before == (View::Latched { wait: None }) {
                assert_eq!(after, before, "{rule:?} {word} {now} {span}");
                continue;
            }
            let least = span.min(longest.saturating_sub(Nanos(four))).max(wait(before).unwrap_or(Nanos::ZERO));
            let there = wait(after).expect("shut");
            assert!(there >= least && there.0 <= least.0 + 2 * four, "{rule:?} {word} {now} {span}: {there} for {least}");
            let latched = matches!(reason, Reason::Latched) || matches!(before, View::Latched { .. });
            assert_eq!(matches!(after, View::Latched { .. }), latched, "{rule:?} {word} {now} {span}");
            opens_in_time(rule, four, shut, now);
        }
    });
}

#[test]
fn what_is_unlatched_opens_within_four_ticks() {
    for_every_word(|rule, four, word, now| {
        let before = rule.view(word, now);
        let (mut unlatched, mut for_good) = (word, word);
        assert_eq!(rule.unlatch(&mut unlatched, now), matches!(before, View::Latched { .. }));
        if !matches!(before, View::Latched { .. }) {
            assert_eq!(unlatched, word, "{rule:?}");
        } else {
            assert!(
                matches!(rule.view(unlatched, now.saturating_add(Nanos(four))), View::Opening { since, .. } if since.0.abs_diff(now.0) <= four)
            );
        }
        rule.latch_for_good(&mut for_good, now);
        assert_eq!(rule.view(for_good, Nanos(now.0 * 7)), View::Latched { wait: None });
        assert!(rule.unlatch(&mut for_good, Nanos(now.0 * 7)));
    });
}
