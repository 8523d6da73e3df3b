//! How large limiters are, without their clocks.

use core::mem::size_of;

use paceline_core::{
    Algorithm, Atomic, Concurrency, CostLog, FixedWindow, Gate, Gated, Gcra, Keyed, Limiter, Logged, Pair, Permit, Ring, Set, SlidingLog,
    SlidingWindow, TokenBucket,
};

type Table = Keyed<Gcra<u32>, 1_000>;
type Both<A> = Atomic<Pair<A, A>>;
type TwoOf<A> = Set<&'static Atomic<A>, 2>;
type InFlight = Permit<&'static Atomic<Concurrency>>;

/// Each limiter with its size on a `u64` and on a `u32`; one that is nothing does not exist.
const ROWS: [(&str, [usize; 2]); 14] = [
    ("`Gcra`", [size_of::<Atomic<Gcra>>(), size_of::<Atomic<Gcra<u32>>>()]),
    ("`TokenBucket`", [size_of::<Atomic<TokenBucket>>(), size_of::<Atomic<TokenBucket<u32>>>()]),
    ("`FixedWindow`", [size_of::<Atomic<FixedWindow>>(), size_of::<Atomic<FixedWindow<u32>>>()]),
    ("`SlidingWindow`", [size_of::<Atomic<SlidingWindow>>(), size_of::<Atomic<SlidingWindow<u32>>>()]),
    ("`Concurrency`", [0, size_of::<Atomic<Concurrency>>()]),
    ("`Pair` of two `Gcra`", [size_of::<Both<Gcra<u32>>>(), 0]),
    ("`SlidingLog<100>`", [size_of::<SlidingLog<100, u64>>(), size_of::<SlidingLog<100, u32>>()]),
    ("`CostLog<Ring<100>>`", [size_of::<(CostLog<Ring<100>>, Logged<Ring<100>>)>(), 0]),
    ("`Gate`", [size_of::<Gate<u64>>(), size_of::<Gate<u32>>()]),
    ("`Gated` with a `Gcra`", [size_of::<Gated<Atomic<Gcra>, u64>>(), size_of::<Gated<Atomic<Gcra<u32>>, u32>>()]),
    ("`Set` of two references", [size_of::<TwoOf<Gcra>>(), size_of::<TwoOf<Gcra<u32>>>()]),
    ("`Limiter` of a `Gcra`", [size_of::<Limiter<Atomic<Gcra>, ()>>(), size_of::<Limiter<Atomic<Gcra<u32>>, ()>>()]),
    ("`Permit`", [0, size_of::<InFlight>()]),
    ("`Keyed` of 1,000 `Gcra`", [size_of::<Table>(), 0]),
];

/// The table in the docs is what the compiler says. Seen to fail with one of its numbers changed.
#[test]
fn the_sizes_in_the_docs_are_the_compilers() {
    let cell = |bytes: usize| if bytes == 0 { " |".to_owned() } else { format!(" {bytes} |") };
    let rows = ROWS.iter().map(|(name, [wide, narrow])| format!("| {name} |{}{}\n", cell(*wide), cell(*narrow)));
    let table = "| bytes, with its numbers | on a `u64` | on a `u32` |\n| --- | --- | --- |\n".to_owned() + &rows.collect::<String>();
    assert_eq!(include_str!("../../crates/core/docs/sizes.md"), table);
}

/// All that changes is one word, and a limiter with its numbers is half a cache line at most.
#[test]
fn a_state_is_a_word_in_at_most_32_bytes() {
    fn state<A: Algorithm>() -> usize {
        size_of::<A::State>()
    }
    assert_eq!([state::<Gcra>(), state::<TokenBucket>(), state::<FixedWindow>(), state::<SlidingWindow>()], [8; 4]);
    assert_eq!([state::<Gcra<u32>>(), state::<TokenBucket<u32>>(), state::<FixedWindow<u32>>(), state::<SlidingWindow<u32>>()], [4; 4]);
    assert_eq!([state::<Concurrency>(), state::<Pair<Gcra<u32>, Gcra<u32>>>()], [4, 8]);
    // A key's state is a `u32` on purpose: with the tag and the lap that tell whose it is, its slot is one word.
    assert_eq!(size_of::<Table>() - size_of::<Keyed<Gcra<u32>, 8>>(), 992 * 8);
    assert!(ROWS[..5].iter().flat_map(|(_, bytes)| bytes).all(|&bytes| bytes <= 32));
}
