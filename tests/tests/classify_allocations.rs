//! Classifying allocates nothing, whatever the body.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use paceline_core::classify_429;
use paceline_tests::refusals::{TEMPLATES, Variables, WRAPPINGS};

struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[test]
fn classifying_allocates_nothing() {
    let with = Variables {
        model: "gpt-4o-2024-08-06".into(),
        organization: "org-abcdefghijklmnop".into(),
        limit: 30_000,
        used: 28_044,
        requested: 15_258,
        more: 63_076,
        wait: Duration::from_millis(26_604),
        spelling: 3,
    };
    let bodies: Vec<String> = TEMPLATES
        .iter()
        .flat_map(|template| WRAPPINGS.map(|(_, wrap)| wrap(&template.fill(&with).message)))
        .collect();
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    for body in &bodies {
        std::hint::black_box(classify_429(body.as_bytes()));
    }
    assert_eq!(ALLOCATIONS.load(Ordering::Relaxed) - before, 0);
    drop(bodies);
}
