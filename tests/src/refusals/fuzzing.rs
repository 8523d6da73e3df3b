//! The bodies of the fuzz targets; plain tests run them over fixed seeds.

use core::time::Duration;

use super::{Refusal, TEMPLATES, Variables, WRAPPINGS, never_misbehaves, survives_cuts};

/// Any bytes.
pub fn any_bytes(data: &[u8]) {
    never_misbehaves(data);
}

/// A wording in a wrapping with some bytes overwritten: two bytes choose, each three that follow are an edit.
pub fn mutated_template(data: &[u8]) {
    let (choice, edits) = data.split_at_checked(2).unwrap_or((data, &[]));
    let mut body = wrapped(choice, &variables(&[])).into_bytes();
    for edit in edits.chunks_exact(3) {
        let at = usize::from(u16::from_le_bytes([edit[0], edit[1]])) % body.len();
        body[at] = edit[2];
    }
    never_misbehaves(&body);
}

/// A wording filled from the bytes, cut before each of its bytes.
pub fn truncation(data: &[u8]) {
    let (choice, rest) = data.split_at_checked(2).unwrap_or((data, &[]));
    survives_cuts(wrapped(choice, &variables(rest)).as_bytes());
}

fn wrapped(choice: &[u8], with: &Variables) -> String {
    let pick = |index: usize, of: usize| choice.get(index).map_or(0, |&byte| usize::from(byte) % of);
    let Refusal { message, .. } = TEMPLATES[pick(0, TEMPLATES.len())].fill(with);
    (WRAPPINGS[pick(1, WRAPPINGS.len())].1)(&message)
}

fn variables(data: &[u8]) -> Variables {
    let mut words = data.chunks(4).map(|chunk| chunk.iter().fold(0, |word: u64, &byte| word << 8 | u64::from(byte)));
    let mut next = || words.next().unwrap_or(12_345);
    let limit = next() % 10_000_000 + 1;
    Variables {
        model: "gpt-4o-2024-08-06".into(),
        organization: "org-abcdefghijklmnop".into(),
        limit,
        used: next() % 10_000_000,
        requested: limit.div_ceil(2),
        more: limit + 1 + next() % 10_000_000,
        wait: Duration::from_millis(next() % 100_000_000),
        spelling: usize::try_from(next() % 4).unwrap_or(0),
    }
}
