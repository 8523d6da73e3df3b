//! Every check of the project, by name.

fn main() {}
