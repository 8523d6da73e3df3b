//! Words of time: the window that a sentence names, and what was counted in it.

use core::time::Duration;

use super::kind::Resource;
use super::number::{of_adverb, of_stem};
use super::read::Reader;
use super::words::{Concepts, Stem};
use crate::period::{DAY, HOUR, MINUTE, SECOND};

impl Reader<'_> {
    /// Notes a window, the first one only; an amount that waits for it becomes a limit.
    pub(super) fn window(&mut self, window: Duration) {
        // Of `0/0 used` that is cut, `0 us` is left.
        if self.sentence.concepts & Stem::Add.bit() != 0 || window < Duration::from_millis(1) {
            return;
        }
        self.sentence.window.get_or_insert(window);
        if let Some(amount) = self.take_amount().filter(|&amount| amount > 0) {
            self.facts.said.limit.get_or_insert(amount);
            self.sentence.counts = true;
        }
    }

    /// What was counted in a window is not its limit: `61 in the last minute`.
    pub(super) fn counted_within(&mut self, window: Duration) {
        self.sentence.concepts |= concept(window);
        self.sentence.window.get_or_insert(window);
        if let Some(amount) = self.take_amount() {
            self.facts.said.used.get_or_insert(amount);
            self.sentence.counts = true;
        }
    }

    /// A word that names a window, or a unit that one before it makes a window.
    pub(super) fn window_word(&mut self, prev: Stem, stem: Stem) {
        let (window, resource) = match stem {
            Stem::Second | Stem::Minute | Stem::Hour | Stem::Day | Stem::Week | Stem::Month => match of_stem(stem) {
                Some(unit) if matches!(prev, Stem::Per | Stem::Current | Stem::This) => (unit, None),
                // `for the day`
                Some(unit) if ["for the day", "for the month"].iter().any(|words| self.ends_with(words.as_bytes())) => (unit, None),
                // `for the minute window`
                Some(unit) if self.next_stem() == Stem::Period => (unit, None),
                // `per TEN_SECONDS`
                Some(unit) if prev == Stem::Ten => (unit * 10, None),
                Some(unit) if prev == Stem::Last => {
                    self.counted_within(unit);
                    return;
                }
                _ => return,
            },
            Stem::Secondly if prev == Stem::Ten => (10 * SECOND, None),
            Stem::Rps => (SECOND, Some(Resource::Requests)),
            Stem::Rpm => (MINUTE, Some(Resource::Requests)),
            Stem::Rph => (HOUR, Some(Resource::Requests)),
            Stem::Rpd => (DAY, Some(Resource::Requests)),
            Stem::Tpm => (MINUTE, Some(Resource::Tokens)),
            Stem::Itpm => (MINUTE, Some(Resource::InputTokens)),
            Stem::Otpm => (MINUTE, Some(Resource::OutputTokens)),
            Stem::Tpd => (DAY, Some(Resource::Tokens)),
            Stem::Ipm => (MINUTE, Some(Resource::Images)),
            Stem::AudioHour => (HOUR, Some(Resource::AudioSeconds)),
            Stem::AudioDay => (DAY, Some(Resource::AudioSeconds)),
            _ => match of_adverb(stem) {
                Some(window) => (window, None),
                None => return,
            },
        };
        self.sentence.concepts |= concept(window);
        self.sentence.resource = self.sentence.resource.or(resource);
        self.window(window);
    }
}

/// The stem of a window of that length.
pub(super) const fn concept(window: Duration) -> Concepts {
    match window.as_secs() {
        0..60 => Stem::Second,
        60..3_600 => Stem::Minute,
        3_600..86_400 => Stem::Hour,
        86_400 => Stem::Day,
        _ => Stem::Month,
    }
    .bit()
}
