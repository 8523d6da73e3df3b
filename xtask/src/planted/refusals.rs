//! What reads and writes refusals.

use super::{Bug, bug};

const BRACKET: &str = "crates/core/src/report/bracket.rs";
const NUMBER: &str = "crates/core/src/cause/number.rs";
const SOURCE: &str = "crates/core/src/cause/source.rs";
const USUAL: &str = "crates/core/src/cause/usual.rs";
const WRITE: &str = "crates/core/src/headers/write.rs";

pub(super) const BUGS: &[Bug] = &[
    bug(BRACKET, "!inside.contains(['\\\\'])", "true", "-p paceline-tests --test support_report"),
    bug(NUMBER, "open: more >= body.len()", "open: false", "-p paceline-tests --test classify"),
    bug(SOURCE, "self.at + end)", "self.at + end + 1)", "-p paceline-tests --test classify"),
    bug(USUAL, "if !ends || self.sentence.concepts & Stem::Add.bit() != 0", "if !ends", "-p paceline-tests --test classify"),
    bug(WRITE, ".saturating_add(u64::from(duration.subsec_nanos() > 0))", "", "-p paceline-tests --test headers"),
];
