//! Token buckets and fixed windows.

use super::{Bug, bug};

const BUCKET: &str = "crates/core/src/algorithm/token_bucket.rs";
const WINDOW: &str = "crates/core/src/algorithm/fixed_window.rs";
const CARRY: &str = "crates/core/src/carry_over.rs";

pub(super) const BUGS: &[Bug] = &[
    bug(
        BUCKET,
        "if full == W::ZERO { W::ZERO } else { self.axis().ahead(full, tokens) }",
        "self.axis().ahead(full, tokens)",
        "-p paceline-tests --test token_bucket never_used",
    ),
    bug(BUCKET, "saved.told_by(Name::TokenBucket)?", "saved.told_by(Name::TokenBucket)? / 2", "-p paceline-tests --test saved"),
    bug(WINDOW, "number.wrapping_shr(u32::BITS).min(self.beyond.into())", "0", "-p paceline-tests --test saved"),
    bug(
        BUCKET,
        "saturating_sub(self.lumps(now).1))",
        "saturating_sub(self.lumps(now).1.saturating_add(1)))",
        "-p paceline-core --lib token_bucket",
    ),
    bug(BUCKET, ".min(tokens).saturating_sub(replaced)", ".min(tokens)", "-p paceline-tests --test given_back of_a_bucket"),
    bug(BUCKET, ">= self.skew_tokens()", ">= 0", "-p paceline-core --lib token_bucket::exhaustive::the_laws"),
    bug(
        BUCKET,
        "Ticks::new(W::truncate(self.wide_horizon() as u64))",
        "Ticks::new(W::truncate(u64::MAX.wrapping_shr(1)))",
        "-p paceline-core --lib token_bucket::exhaustive::the_word",
    ),
    bug(
        BUCKET,
        "*full = self.full_after(come, ahead.saturating_add(cost.into()));\n                Decision",
        "*full = full.wrapping_add(W::truncate(cost.into()));\n                Decision",
        "-p paceline-core --lib token_bucket",
    ),
    bug(
        BUCKET,
        "if quota.limit() < burst { quota.limit() } else { burst }",
        "quota.limit()",
        "-p paceline-tests --test token_bucket every_verb",
    ),
    bug(
        BUCKET,
        "self.take(full, now, cost, self.floor())",
        "self.take(full, now, cost, self.burst.into())",
        "-p paceline-tests --test token_bucket every_verb",
    ),
    bug(
        BUCKET,
        "not_refilled.min(unused.min(self.burst).into())",
        "unused.min(self.burst).into()",
        "-p paceline-tests --test token_bucket every_verb",
    ),
    bug(BUCKET, "if lacking > longest || wait > patience", "if wait > patience", "-p paceline-tests --test token_bucket every_verb"),
    bug(CARRY, "div_ceil_wide(scaled, burst.into())", "(scaled / u128::from(burst))", "-p paceline-tests --test token_bucket every_verb"),
    bug(
        WINDOW,
        "Newest { ahead: 0, count: newest.count.saturating_add(cost) }",
        "Newest { ahead: 0, count: newest.count.max(cost) }",
        "-p paceline-core --lib fixed_window",
    ),
    bug(
        WINDOW,
        "newest.ahead.saturating_add(before",
        "0u64.saturating_add(before",
        "-p paceline-core --lib fixed_window::exhaustive::the_word",
    ),
    bug(WINDOW, "quota.unfit_for_a_window(Self::MOST)", "quota.zero()", "-p paceline-tests --test fixed_window does_not_fit"),
    bug(WINDOW, "since > self.skew.into()", "since > 0", "-p paceline-core --lib fixed_window::exhaustive::the_laws"),
    bug(WINDOW, "|| ahead > self.horizon()", "|| ahead > self.numbers() / 2", "-p paceline-core --lib fixed_window::exhaustive::the_word"),
    bug(WINDOW, "if ahead == newest.ahead { newest.count } else { 0 }", "newest.count", "-p paceline-tests --test fixed_window every_verb"),
    bug(WINDOW, "unused.min(self.look(*end, now).count)", "unused", "-p paceline-tests --test fixed_window every_verb"),
    bug(
        WINDOW,
        "if ahead == 0 && count > 0 {\n            *state = self.state(now, Newest { ahead, count: count",
        "if count > 0 {\n            *state = self.state(now, Newest { ahead, count: count",
        "-p paceline-tests --test fixed_window every_verb",
    ),
    bug(WINDOW, ".saturating_add(new.window(now).1)", "", "-p paceline-tests --test fixed_window every_verb"),
];
