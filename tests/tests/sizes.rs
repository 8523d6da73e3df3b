//! How large limiters are, without their clocks.

use core::mem::size_of;

use paceline_core::{Algorithm, Atomic, Concurrency, FixedWindow, Gcra, SlidingLog, SlidingWindow, TokenBucket};

fn row(name: &str, [wide, narrow]: [usize; 2]) -> String {
    format!("| {name} | {wide} | {narrow} |\n")
}

/// The table in the docs is what the compiler says. Seen to fail with a number of it changed.
#[test]
fn the_sizes_in_the_docs_are_the_compilers() {
    let table = [
        "| bytes of a limiter, state and numbers | u64 | u32 |\n|---|---|---|\n".to_owned(),
        row("`Gcra`", [size_of::<Atomic<Gcra>>(), size_of::<Atomic<Gcra<u32>>>()]),
        row("`TokenBucket`", [size_of::<Atomic<TokenBucket>>(), size_of::<Atomic<TokenBucket<u32>>>()]),
        row("`SlidingWindow`", [size_of::<Atomic<SlidingWindow>>(), size_of::<Atomic<SlidingWindow<u32>>>()]),
        row("`FixedWindow`", [size_of::<Atomic<FixedWindow>>(), size_of::<Atomic<FixedWindow<u32>>>()]),
        row("`SlidingLog<100>`", [size_of::<SlidingLog<100, u64>>(), size_of::<SlidingLog<100, u32>>()]),
        format!("| `Concurrency` | | {} |\n", size_of::<Atomic<Concurrency>>()),
    ];
    assert_eq!(include_str!("../../crates/core/docs/sizes.md"), table.concat());
}

/// All that changes is one word.
#[test]
fn a_state_is_a_word() {
    fn bytes<A: Algorithm>() -> usize {
        size_of::<A::State>()
    }
    assert_eq!([bytes::<Gcra>(), bytes::<TokenBucket>(), bytes::<SlidingWindow>(), bytes::<FixedWindow>()], [8; 4]);
    let narrow = [bytes::<Gcra<u32>>(), bytes::<TokenBucket<u32>>(), bytes::<SlidingWindow<u32>>(), bytes::<FixedWindow<u32>>()];
    assert_eq!((narrow, bytes::<Concurrency>()), ([4; 4], 4));
}
