//! What reads and writes refusals.

use super::{Bug, bug};

const BRACKET: &str = "crates/core/src/report/bracket.rs";
const COMPLETE: &str = "crates/core/src/cause/complete.rs";
const EXPECTS: &str = "crates/core/src/report/expects.rs";
const FACTS: &str = "crates/core/src/cause/facts.rs";
const GRAMMAR: &str = "crates/core/src/cause/grammar.rs";
const NUMBER: &str = "crates/core/src/cause/number.rs";
const READ: &str = "crates/core/src/cause/read.rs";
const RULES: &str = "crates/core/src/cause/rules.rs";
const PRINTED: &str = "crates/core/src/cause/printed.rs";
const USUAL: &str = "crates/core/src/cause/usual.rs";
const WRITE: &str = "crates/core/src/headers/write.rs";

pub(super) const BUGS: &[Bug] = &[
    bug(BRACKET, "!inside.contains(['\\\\'])", "true", "-p paceline-tests --test support_report"),
    bug(COMPLETE, "ends && !is_enclosed(said)", "ends", "-p paceline-tests --test meanings"),
    bug(EXPECTS, "Self::Half if", "Self::Limit if", "-p paceline-tests --test support_report"),
    bug(FACTS, "} else if found {", "} else {", "-p paceline-tests --test conflicts"),
    bug(FACTS, " && self.best.rank < Rank::Nothing", "", "-p paceline-tests --test conflicts"),
    bug(GRAMMAR, "&= !Stem::Demand.bit()", "|= 0", "-p paceline-tests --test conflicts"),
    bug(NUMBER, "open: more >= body.len()", "open: false", "-p paceline-tests --test classify"),
    bug(READ, "before.ends_with(b\": \")", "before.is_empty()", "-p paceline-tests --test conflicts"),
    bug(READ, " && !self.ends_in_name()", "", "-p paceline-tests --test conflicts"),
    bug(READ, " && !self.ends_in_quotation()", "", "-p paceline-tests --test conflicts"),
    bug(RULES, " || !believed", "", "-p paceline-tests --test conflicts"),
    bug(PRINTED, "self.at + end)", "self.at + end + 1)", "-p paceline-tests --test classify"),
    bug(PRINTED, "answers(self.at) && answers(0)", "answers(self.at)", "-p paceline-tests --test meanings"),
    bug(USUAL, "if !ends || self.sentence.concepts & Stem::Add.bit() != 0", "if !ends", "-p paceline-tests --test classify"),
    bug(USUAL, "b\"tokens\" => Stem::Token.bit()", "b\"tokens\" => Stem::Request.bit()", "-p paceline-tests --test classify usual"),
    bug(USUAL, "            && !self.sentence.client\n", "", "-p paceline-tests --test classify usual"),
    bug(WRITE, ".min(quota.limit().into())", "", "-p paceline-core --lib"),
    bug(WRITE, ".saturating_add(u64::from(duration.subsec_nanos() > 0))", "", "-p paceline-tests --test headers"),
];
