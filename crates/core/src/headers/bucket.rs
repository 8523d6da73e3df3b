//! A bucket in the making: fields as they come in, and what they amount to.

use core::time::Duration;

use super::Bucket;
use super::name::{self, Field, Name};
use super::value::{Amount, Item};
use super::when::{Dialect, When};
use super::window::{self, Window};
use crate::Resource;

#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) id: Id<'a>,
    name: &'a str,
    pub(super) resource: Option<Resource>,
    /// The header's name states the resource, as OpenAI's and Azure's do.
    names_resource: bool,
    pub(super) limit: Option<u64>,
    remaining: Option<u64>,
    used: Option<u64>,
    pub(super) window: Option<Duration>,
    reset: Option<When>,
    unlimited: bool,
    pub(super) is_policy: bool,
    pub(super) absorbed: bool,
}

/// What joins fields to one bucket.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Id<'a> {
    pub(super) key: u64,
    per: Option<Duration>,
    part: Part<'a>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part<'a> {
    Main,
    /// A number further on in a list: `600,30000`.
    Nth(usize),
    /// `"day";q=5000`
    Named(&'a str),
}

impl<'a> Id<'a> {
    pub(super) const fn main(name: &Name) -> Self {
        Self { key: name.key, per: name.window, part: Part::Main }
    }

    pub(super) const fn named(name: &Name, policy: &'a str) -> Self {
        Self { key: name.key, per: name.window, part: Part::Named(policy) }
    }

    /// An unnamed item is told from its neighbours by its window, else by its place.
    pub(super) fn item(name: &Name, item: &Item<'_>, position: usize) -> Self {
        let per = item.per.or(item.window).or(name.window);
        let by_place = position > 0 && item.amount.is_some() && per == name.window;
        Self { key: name.key, per, part: if by_place { Part::Nth(position) } else { Part::Main } }
    }
}

impl<'a> Entry<'a> {
    pub(super) fn new(id: Id<'a>, header: &'a str, name: &Name) -> Self {
        let (label, named) = match id.part {
            Part::Named(policy) => (policy, name::resource(policy)),
            _ => (header, None),
        };
        Self {
            id,
            name: label,
            resource: named.or(name.resource).or(Some(Resource::Requests)),
            names_resource: name.resource.is_some(),
            limit: None,
            remaining: None,
            used: None,
            window: id.per,
            reset: None,
            unlimited: false,
            is_policy: false,
            absorbed: false,
        }
    }

    /// Takes what one item of the header `name` says. What came first stays.
    pub(super) fn take(&mut self, name: &Name, item: &Item<'_>) {
        let amount = item.amount;
        match name.field {
            Field::Remaining => self.set_remaining(amount),
            Field::Used => self.used = self.used.or(amount.and_then(Amount::limit)),
            _ => self.set_limit(amount),
        }
        self.set_limit(item.limit);
        self.set_remaining(item.remaining);
        self.window = self.window.or(item.window);
        if let Some(when) = item.reset.and_then(|reset| When::read(reset, None, Dialect::Seconds)) {
            self.set_reset(when);
        }
        if let Some(unit) = item.unit {
            self.resource = name::resource(unit);
        }
    }

    /// A time left is better than a date: it needs no clock.
    pub(super) fn set_reset(&mut self, when: When) {
        if self.reset.is_none_or(|before| before.is_absolute() && !when.is_absolute()) {
            self.reset = Some(when);
        }
    }

    /// Whether this has the window that `other`, of the same service and kind, lacks, and contradicts it nowhere.
    pub(super) fn has_window_for(&self, other: &Self) -> bool {
        fn agree<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
            one.is_none() || other.is_none() || one == other
        }
        self.window.is_some()
            && self.id.key == other.id.key
            && self.id.part == Part::Main
            && other.id.part == Part::Main
            && agree(self.limit, other.limit)
            && agree(self.remaining, other.remaining)
    }

    pub(super) fn absorb(&mut self, other: &Self) {
        self.limit = self.limit.or(other.limit);
        self.remaining = self.remaining.or(other.remaining);
        self.used = self.used.or(other.used);
        self.unlimited |= other.unlimited;
        if let Some(reset) = other.reset {
            self.set_reset(reset);
        }
    }

    /// Whether a bare number of the reset is, to the digit, what refills in milliseconds from a limit per minute, as at
    /// Azure, and is no whole window in seconds.
    pub(super) fn proves_milliseconds(&self) -> bool {
        let Some(When::LeftBare(reset)) = self.reset else {
            return false;
        };
        self.names_resource && !window::is_usual(reset) && window::refills_in_a_minute(reset / 1000, self.limit, self.remaining())
    }

    /// What the fields amount to, at the response's `date`; `None` where they say nothing of a limit. `milliseconds`: a
    /// bare number under a name like OpenAI's is in milliseconds.
    pub(super) fn bucket(&self, date: Option<Duration>, milliseconds: bool) -> Option<Bucket<'a>> {
        let reset = match self.reset {
            Some(When::LeftBare(number)) if milliseconds && self.names_resource => Some(When::Left(number / 1000)),
            reset => reset,
        };
        let reset_after = reset.and_then(|reset| reset.left(date));
        let remaining = self.remaining();
        let derive = |reset: When| window::derive(reset_after?, reset.resolution()?, self.limit?, remaining?);
        let window = match self.window {
            Some(window) => Some(Window::Stated(window)),
            None => reset.and_then(derive).map(Window::Derived),
        };
        let says_something = self.limit.is_some() || remaining.is_some() || reset.is_some();
        (says_something && !self.unlimited).then_some(Bucket {
            name: self.name,
            resource: self.resource,
            limit: self.limit,
            remaining,
            reset_after,
            window,
        })
    }

    fn remaining(&self) -> Option<u64> {
        self.remaining.or_else(|| Some(self.limit?.saturating_sub(self.used?)))
    }

    fn set_limit(&mut self, amount: Option<Amount>) {
        match amount {
            Some(Amount::Negative) => self.unlimited = true,
            Some(Amount::Count(limit)) => self.limit = self.limit.or(Some(limit)),
            Some(Amount::Ratio { used, limit }) => {
                self.limit = self.limit.or(Some(limit));
                self.used = self.used.or(Some(used));
            }
            Some(Amount::BelowOne) | None => {}
        }
    }

    fn set_remaining(&mut self, amount: Option<Amount>) {
        self.remaining = self.remaining.or(amount.map(Amount::remaining));
    }
}
