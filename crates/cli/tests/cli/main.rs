//! `paceline` as its users see it: `serve` over HTTP, with each limit and each switch, and `run` on files.

mod answers;
mod limits;
mod log;
mod resume;
mod run;
mod runs;
mod sample;
mod served;
