//! What a rate loses to the ticks of its word: promised by the quota, and measured over a backlog against exact arithmetic.

use std::fmt::Write as _;

use paceline_core::{Gcra, Nanos, Quota, Word};

use crate::gcra::end_of_backlog;

/// Rates from one a day to a thousand million a second, even and odd.
const RATES: [(&str, Quota); 14] = [
    ("1 a day", Quota::per_day(1)),
    ("200 a day", Quota::per_day(200)),
    ("7 a minute", Quota::per_minute(7)),
    ("500 a minute", Quota::per_minute(500)),
    ("3 a second", Quota::per_second(3)),
    ("1,000 a second", Quota::per_second(1_000)),
    ("30,000 a minute", Quota::per_minute(30_000)),
    ("65,537 a second", Quota::per_second(65_537)),
    ("1 M a second", Quota::per_second(1_000_000)),
    ("1,000,003 a second", Quota::per_second(1_000_003)),
    ("180 M a minute", Quota::per_minute(180_000_000)),
    ("600 M a second", Quota::per_second(600_000_000)),
    ("999,999,937 a second", Quota::per_second(999_999_937)),
    ("1,000 M a second", Quota::per_second(1_000_000_000)),
];
const COSTS: [u32; 3] = [1, 1_000, 1_000_000];

/// The table, in Markdown: a row for each rate, word and cost.
pub fn table() -> String {
    let mut table =
        String::from("| rate | word | cost | reads to | loss promised | loss measured | remembers |\n|---|---|---|---|---|---|---|\n");
    for (name, quota) in RATES {
        for cost in COSTS {
            // Who is late by a part of a nanosecond catches up with the second.
            let quota = quota.burst(2 * cost);
            row::<u64>(&mut table, name, quota, cost, Gcra::new(quota).ok());
            row::<u32>(&mut table, name, quota, cost, Gcra::new_u32(quota).ok());
        }
    }
    table
}

fn row<W: Word>(table: &mut String, name: &str, quota: Quota, cost: u32, gcra: Option<Gcra<W>>) {
    let word = W::BITS;
    let Some(gcra) = gcra else {
        let _ = writeln!(table, "| {name} | u{word} | {cost} | refused | | | |");
        return;
    };
    let promised = u128::from(quota.loss_in::<W>().expect("it was taken"));
    let measured = measured_loss(quota, cost, &gcra);
    assert!(measured <= Some(promised), "{name} on u{word} loses {measured:?}, more than {promised}");
    let (tick, memory) = (gcra.tick(), gcra.memory());
    let _ = writeln!(
        table,
        "| {name} | u{word} | {cost} | {tick} | {} | {} | {} |",
        ppm(promised),
        measured.map_or("longer than time".into(), ppm),
        rough(memory)
    );
}

/// In parts in a thousand million, rounded down; a nanosecond at the end of the backlog aside, which lasts ten milliseconds or more.
/// `None` where time ends before that.
fn measured_loss<W: Word>(quota: Quota, cost: u32, gcra: &Gcra<W>) -> Option<u128> {
    let exact = |calls: u128| (u128::from(quota.period().0) * u128::from(cost) * calls).div_ceil(quota.limit().into());
    let (short, long) = (200_000.max(10_000_000 / exact(1)), (1 << 62) / exact(1));
    let calls = short.min(long);
    let end = end_of_backlog(gcra, calls as u32, cost);
    let exact = exact(calls.checked_sub(2).filter(|&waiting| waiting > 0)?);
    let late = u128::from(end.0).checked_sub(exact).unwrap_or_else(|| panic!("{quota:?} at {cost} above the rate: {end} for {exact} ns"));
    Some(late.saturating_sub(1) * 1_000_000_000 / u128::from(end.0))
}

fn ppm(parts: u128) -> String {
    format!("{}.{:03} ppm", parts / 1_000, parts % 1_000)
}

/// In the largest unit that leaves a whole number.
fn rough(span: Nanos) -> String {
    let seconds = span.0 / 1_000_000_000;
    match seconds {
        0 => format!("{} µs", span.0 / 1_000),
        1..=7_199 => format!("{seconds} s"),
        7_200..=172_799 => format!("{} h", seconds / 3_600),
        172_800..=63_071_999 => format!("{} days", seconds / 86_400),
        _ => format!("{} years", seconds / 31_536_000),
    }
}
