//! Rate-limit algorithms that anybody can embed.
#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
