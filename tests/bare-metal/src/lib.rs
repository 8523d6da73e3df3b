//! One C-callable function for each limiter *and verb*, each entry of the parser and whatever else is public, with arguments of run time,
//! so that the linker sees all that the core can do. What may panic calls `paceline_can_panic`, which nobody defines.
#![no_std]
#![allow(improper_ctypes_definitions, reason = "called by nobody: only looked at")]

mod limiters;
mod lock;
mod parsers;
mod values;
mod verbs;

use core::panic::PanicInfo;

unsafe extern "C" {
    fn paceline_can_panic() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: never linked, hence never called.
    unsafe { paceline_can_panic() }
}

#[cfg(feature = "planted")]
#[unsafe(no_mangle)]
extern "C" fn paceline_planted(a: &[u32; 8], i: usize) -> u32 {
    a[i]
}
