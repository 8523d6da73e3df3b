//! `paceline serve` as its clients see it: each limit and each switch, over HTTP.

mod answers;
mod limits;
mod log;
mod served;
