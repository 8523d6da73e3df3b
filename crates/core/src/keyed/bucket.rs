#![deny(clippy::arithmetic_side_effects)]

use crate::sync::{AtomicU64, Ordering};

/// How many keys a bucket holds: a cache line of words, and fewer where loom walks through all orders.
pub(super) const WAYS: usize = if cfg!(paceline_loom) { 2 } else { 8 };

/// What a slot holds: from the low end 32 bits of state, 8 bits of lap, 24 bits of tag. Zero is a slot that no key had yet.
///
/// The key changes the state, who brings another key the tag, and both count the lap.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Slot(u64);

const LAP: u32 = 32;
const TAG: u32 = 40;

impl Slot {
    pub(super) fn state(self) -> u32 {
        self.0 as u32
    }

    fn lap(self) -> u8 {
        self.0.wrapping_shr(LAP) as u8
    }

    fn is(self, tag: Tag) -> bool {
        self.0.wrapping_shr(TAG) as u32 == tag.0
    }

    fn with_state(self, state: u32) -> Self {
        Self(self.0 & !u64::from(u32::MAX) | u64::from(state))
    }

    /// Who has the slot, in which lap.
    fn holder(self) -> u64 {
        self.0.wrapping_shr(LAP)
    }

    /// The same key in the next lap.
    fn passed_over(self) -> Self {
        self.in_next_lap(self.0.wrapping_shr(TAG), self.state())
    }

    fn in_next_lap(self, tag: u64, state: u32) -> Self {
        let lap = u64::from(self.lap().wrapping_add(1));
        Self(tag.wrapping_shl(TAG) | lap.wrapping_shl(LAP) | u64::from(state))
    }
}

/// What tells the keys of a bucket apart: 24 bits, never zero.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Tag(u32);

impl Tag {
    pub(super) fn of(fingerprint: u64) -> Self {
        Self((fingerprint as u32 & 0xff_ffff).max(1))
    }
}

/// What a bucket held at one moment.
///
/// The slots are a ring through which a cursor goes, lap by lap: those before it are a lap ahead. A key enters at the cursor, and the key
/// that is there, when it is to stay, goes to the next lap itself, to let the cursor pass.
pub(super) struct Seen([Slot; WAYS]);

impl Seen {
    pub(super) fn state_of(&self, tag: Tag) -> Option<u32> {
        self.0.iter().find(|slot| slot.is(tag)).map(|slot| slot.state())
    }

    /// The slots and their places, from the cursor on.
    pub(super) fn ring(&self) -> impl Iterator<Item = (usize, Slot)> {
        let [first, ..] = self.0;
        let cursor = self.0.iter().position(|slot| slot.lap() != first.lap()).unwrap_or(0);
        self.0.iter().copied().enumerate().cycle().skip(cursor).take(WAYS)
    }
}

/// Slots that share a cache line.
///
/// # Orderings
/// Changes of a state are like those of any limit, and order nothing. But the words of a bucket together say which keys it holds, so they
/// are read with `Acquire` and changed with `AcqRel`: who sees the cursor before a slot sees all keys that entered before. Why a key never
/// gets two slots: who brings it has seen the cursor, and read all slots after that; had another key entered since, it would have changed
/// the slot at the cursor, and the exchange there would fail.
#[derive(Clone, Copy)]
pub(super) struct Bucket<'a>(&'a [AtomicU64]);

impl<'a> Bucket<'a> {
    pub(super) fn new(slots: &'a [AtomicU64]) -> Self {
        Self(slots)
    }

    /// The slots one by one, as they are.
    pub(super) fn read(self) -> [Slot; WAYS] {
        let mut slots = [Slot::default(); WAYS];
        for (slot, word) in slots.iter_mut().zip(self.0) {
            *slot = Slot(word.load(Ordering::Acquire));
        }
        slots
    }

    /// The slots as they were at one moment: reads them until two rounds agree about who has which.
    pub(super) fn see(self) -> Seen {
        let mut before = self.read();
        loop {
            let after = self.read();
            if before.map(Slot::holder) == after.map(Slot::holder) {
                return Seen(after);
            }
            before = after;
        }
    }

    /// Changes the state of a key that is here. `None` where it is not.
    pub(super) fn update<R>(self, tag: Tag, change: impl Fn(&mut u32) -> R, kept: impl Fn(&R) -> bool) -> Option<R> {
        loop {
            let (word, slot) = self.0.iter().map(|word| (word, Slot(word.load(Ordering::Acquire)))).find(|(_, slot)| slot.is(tag))?;
            let mut state = slot.state();
            let result = change(&mut state);
            if !kept(&result) || exchange(word, slot, slot.with_state(state)) {
                return Some(result);
            }
        }
    }

    /// Gives the slot at `place` to a key that was not `seen`, and tells whether nobody came between: passes over the keys from the cursor
    /// up to there.
    pub(super) fn enter(self, seen: &Seen, place: usize, tag: Tag, state: u32) -> bool {
        for (at, slot) in seen.ring() {
            let next = if at == place { slot.in_next_lap(tag.0.into(), state) } else { slot.passed_over() };
            if !self.0.get(at).is_some_and(|word| exchange(word, slot, next)) {
                return false;
            }
            if at == place {
                return true;
            }
        }
        false
    }

    /// Makes those keys new whose state may be forgotten.
    pub(super) fn forget(self, idle: impl Fn(u32) -> bool) {
        for word in self.0 {
            let slot = Slot(word.load(Ordering::Acquire));
            if slot.state() != 0 && idle(slot.state()) {
                let _in_use = exchange(word, slot, slot.with_state(0));
            }
        }
    }
}

fn exchange(word: &AtomicU64, seen: Slot, next: Slot) -> bool {
    word.compare_exchange(seen.0, next.0, Ordering::AcqRel, Ordering::Acquire).is_ok()
}
