//! Waiting for tokio: a clock that follows tokio's own, and a fair, cancel-safe [`Turnstile`].
//!
//! ```
//! use paceline::{Atomic, Gcra, Quota};
//! use paceline_tokio::Turnstile;
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let turnstile = Turnstile::new(Atomic::new(Gcra::new(Quota::per_minute(20).burst(1))?));
//! let start = tokio::time::Instant::now();
//! for _ in 0..20 {
//!     turnstile.acquire(1).await?; // one each 3 s
//! }
//! assert_eq!(start.elapsed().as_secs(), 57);
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod clock;
mod turnstile;

pub use clock::TokioClock;
pub use turnstile::Turnstile;
