//! The headers of one bucket come under several names, in any order: the table joins them.

use core::time::Duration;

use heapless::Vec;

use super::bucket::{Entry, Id};
use super::name::{self, Field, Name};
use super::value::{Item, items};
use super::when::{Dialect, When};
use super::{Bucket, MOST_BUCKETS};
use crate::cause::whole;

/// Everything read so far.
pub(super) struct Table<'a> {
    dialect: Dialect,
    entries: Vec<Entry<'a>, MOST_BUCKETS>,
}

impl<'a> Table<'a> {
    pub(super) const fn new(dialect: Dialect) -> Self {
        Self { dialect, entries: Vec::new() }
    }

    /// Takes one header called `header`, which means `name`.
    pub(super) fn add(&mut self, header: &'a str, name: &Name, value: &'a str) {
        match name.field {
            Field::Reset | Field::ResetAfter | Field::ResetTime => {
                self.add_reset(header, name, value);
            }
            Field::Window => {
                let unit = name.unit.unwrap_or(Duration::from_secs(1));
                let window = whole::duration(value).or_else(|| whole::units(value, unit));
                self.update(Id::main(name), header, name, |entry| entry.window = window);
            }
            Field::Class => {
                let resource = name::resource(value);
                self.update(Id::main(name), header, name, |entry| {
                    entry.resource = resource.or(entry.resource);
                });
            }
            _ => self.add_items(header, name, value),
        }
    }

    /// The buckets, once every header is in. `azure`: headers of Azure were among them.
    pub(super) fn finish(mut self, date: Option<Duration>, azure: bool) -> Vec<Bucket<'a>, MOST_BUCKETS> {
        self.join_windowless();
        self.drop_unmatched_policies();
        let proven = azure || self.entries.iter().any(Entry::proves_milliseconds);
        let milliseconds = self.dialect == Dialect::Auto && proven;
        collect(self.entries.iter().filter_map(|entry| entry.bucket(date, milliseconds)))
    }

    fn add_reset(&mut self, header: &'a str, name: &Name, value: &'a str) {
        let value = value.split([';']).next().unwrap_or(value);
        let fits = |when: &When| name.field != Field::ResetTime || when.is_absolute();
        if let Some(when) = When::read(value, name.unit, self.dialect).filter(fits) {
            self.update(Id::main(name), header, name, |entry| entry.set_reset(when));
        }
    }

    fn add_items(&mut self, header: &'a str, name: &Name, value: &'a str) {
        let mut policy = None;
        for (position, item) in items(value).enumerate() {
            // `problem;r=0, t=10` of the draft: what has no name goes with what stands before it.
            policy = item.name.or(policy);
            if item.says_nothing(name.field) {
                continue;
            }
            let id = match policy {
                Some(policy) => Id::named(name, policy),
                None => Id::item(name, &item, position),
            };
            self.update(id, header, name, |entry| {
                entry.take(name, &item);
                entry.is_policy = policy.is_none() && is_policy(name, &item, position);
            });
        }
    }

    fn update(&mut self, id: Id<'a>, header: &'a str, name: &Name, change: impl FnOnce(&mut Entry<'a>)) {
        if !self.entries.iter().any(|entry| entry.id == id) {
            // A full table keeps what came first.
            let _ = self.entries.push(Entry::new(id, header, name));
        }
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id) {
            change(entry);
        }
    }

    /// What is said without a window belongs to the bucket with one, where exactly one agrees with it: Yelp's
    /// `DailyLimit` and `Remaining`, and `limit=100` beside the policies `100;w=60, 5000;w=3600`.
    fn join_windowless(&mut self) {
        for position in 0..self.entries.len() {
            let windowless = |entry: &&Entry<'_>| entry.window.is_none();
            let Some(entry) = self.entries.get(position).filter(windowless).copied() else {
                continue;
            };
            let mut agreeing = self.entries.iter_mut().filter(|other| other.has_window_for(&entry));
            let (Some(only), None) = (agreeing.next(), agreeing.next()) else {
                continue;
            };
            only.absorb(&entry);
            if let Some(entry) = self.entries.get_mut(position) {
                entry.absorbed = true;
            }
        }
        self.entries.retain(|entry| !entry.absorbed);
    }

    /// A limit that no policy states, as in `15, 100;w=60`, is the passing value of one of them: they are no buckets
    /// of their own.
    fn drop_unmatched_policies(&mut self) {
        let unmatched = self.entries.iter().filter(|entry| entry.window.is_none() && entry.limit.is_some());
        let unmatched = collect(unmatched.map(|entry| entry.id.key));
        self.entries.retain(|entry| !(entry.is_policy && unmatched.contains(&entry.id.key)));
    }
}

/// The items, as far as a table holds them; heapless's own `collect` would panic beyond.
fn collect<T>(items: impl Iterator<Item = T>) -> Vec<T, MOST_BUCKETS> {
    let mut collected = Vec::new();
    for item in items {
        let _ = collected.push(item);
    }
    collected
}

/// Whether an unnamed item explains a limit that stands elsewhere: `100;w=60` in a policy, or behind the limit.
fn is_policy(name: &Name, item: &Item<'_>, position: usize) -> bool {
    name.field == Field::Policy || (position > 0 && item.window.is_some())
}
