//! Which `custom_id`s there are, and which of them need not be sent any more.

use std::{
    hash::{BuildHasher, RandomState},
    num::NonZeroU128,
};

/// All ids of the input as 128-bit fingerprints, with their tokens: 21 bytes a slot and five slots for four ids, so 26.25 bytes an id.
///
/// A table with open addresses, made once at its full size. Two of a million ids share a fingerprint with a probability of less
/// than 10^-26; one of them would be reported as a duplicate.
pub(super) struct Index {
    slots: Box<[Option<NonZeroU128>]>,
    tokens: Box<[u32]>,
    taken: Box<[bool]>,
    hashers: [RandomState; 2],
}

impl Index {
    /// An index with room for `ids`.
    pub(super) fn for_ids(ids: u64) -> Self {
        let size = usize::try_from(slots(ids)).unwrap_or(usize::MAX);
        Self {
            slots: vec![None; size].into(),
            tokens: vec![0; size].into(),
            taken: vec![false; size].into(),
            hashers: [RandomState::new(), RandomState::new()],
        }
    }

    /// Adds `id`, or answers `false` because it was there. No more ids may be added than it was made for.
    pub(super) fn insert(&mut self, id: &str, tokens: u32) -> bool {
        let fingerprint = self.fingerprint(id);
        let slot = self.slot_of(fingerprint);
        let is_new = self.slots[slot].is_none();
        if is_new {
            self.slots[slot] = Some(fingerprint);
            self.tokens[slot] = tokens;
        }
        is_new
    }

    /// The tokens of `id` the first time that it is asked for; nothing later, nor where it is unknown.
    pub(super) fn take(&mut self, id: &str) -> Option<u32> {
        let slot = self.slot_of(self.fingerprint(id));
        self.slots[slot]?;
        let was_taken = std::mem::replace(&mut self.taken[slot], true);
        (!was_taken).then_some(self.tokens[slot])
    }

    fn fingerprint(&self, id: &str) -> NonZeroU128 {
        let [high, low] = self.hashers.each_ref().map(|hasher| u128::from(hasher.hash_one(id)));
        NonZeroU128::new(high << 64 | low).unwrap_or(NonZeroU128::MIN)
    }

    /// Where `fingerprint` is, or else the free slot where it would be.
    fn slot_of(&self, fingerprint: NonZeroU128) -> usize {
        let size = self.slots.len();
        let mut slot = (fingerprint.get() % size as u128) as usize;
        while self.slots[slot].is_some_and(|other| other != fingerprint) {
            slot = (slot + 1) % size;
        }
        slot
    }
}

/// Five slots for four ids, and one that stays free.
const fn slots(ids: u64) -> u64 {
    ids + ids / 4 + 1
}

/// What a slot takes of each of the three arrays.
const SLOT: usize = size_of::<Option<NonZeroU128>>() + size_of::<u32>() + size_of::<bool>();

/// A million ids cost at most 32 bytes each.
const _: () = assert!(SLOT as u64 * slots(1_000_000) <= 32 * 1_000_000);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_added_once_and_taken_once() {
        let ids = 5_000;
        let mut index = Index::for_ids(ids);
        let name = |number: u64| format!("request-{number}");
        assert!((0..ids).all(|number| index.insert(&name(number), number as u32)));
        assert!((0..ids).all(|number| !index.insert(&name(number), 0)), "all of them again");
        assert_eq!(index.take("request-5000"), None, "never added");
        assert!((0..ids).all(|number| index.take(&name(number)) == Some(number as u32)));
        assert!((0..ids).all(|number| index.take(&name(number)).is_none()));
    }
}
