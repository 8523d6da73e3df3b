//! `classify_429` against truth: every wording, filled at random, in every wrapping.

use core::time::Duration;

use paceline_core::classify_429;
use paceline_tests::refusals::{HOSTILE, TEMPLATES, Truth, Variables, WRAPPINGS, fuzzing, never_misbehaves, survives_cuts};
use proptest::prelude::*;

fn variables() -> impl Strategy<Value = Variables> {
    let model = prop_oneof![
        "gpt-[3-6](\\.[0-9])?(-turbo|-mini)?(-2025-0[1-9]-1[0-9])?",
        "claude-(opus|sonnet|haiku)-[1-9]-[0-9]",
        "llama-[1-9]\\.[0-9]-[1-9]0b-versatile",
        "text-embedding-[0-9]-(small|large)",
        "gemini-[1-4]\\.5-(pro|flash-lite)",
    ];
    let organization = prop_oneof!["org-[a-zA-Z0-9]{8,24}", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",];
    let amounts = (1_u64..10_000_000, 0_u64..10_000_000, 1_u64..10_000_000);
    (model, organization, amounts, 1_u64..3_600_000, 0_usize..4).prop_map(|(model, organization, (limit, used, over), wait, spelling)| {
        Variables {
            model,
            organization,
            limit,
            used,
            requested: limit.div_ceil(2),
            more: limit + over,
            wait: Duration::from_millis(wait),
            spelling,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Tried: too large only above twice the limit.
    #[test]
    fn finds_what_is_said_and_invents_nothing(with in variables()) {
        let mut wrong = Vec::new();
        for template in TEMPLATES {
            let refusal = template.fill(&with);
            for (name, wrap) in WRAPPINGS {
                let body = wrap(&refusal.message);
                let found = Truth::found(&classify_429(body.as_bytes()));
                if found != refusal.truth {
                    wrong.push(format!("{name}: {body}\n   found {found:?}\n   truth {:?}", refusal.truth));
                }
            }
        }
        prop_assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    }

    /// Tried: reading a number that touches the end; an unfinished sentence that is terminal.
    #[test]
    fn a_cut_never_misleads(with in variables(), wrapping in 0..WRAPPINGS.len()) {
        for template in TEMPLATES {
            let body = (WRAPPINGS[wrapping].1)(&template.fill(&with).message);
            survives_cuts(body.as_bytes());
        }
    }

    #[test]
    fn any_bytes_get_a_consistent_answer(body in proptest::collection::vec(any::<u8>(), 0..512)) {
        never_misbehaves(&body);
    }
}

proptest! {
    /// What is taken in at once means what its words and numbers mean one by one, which a second blank makes of it. Tried: the
    /// third count without the second; no look for an invitation to pay before the counts.
    #[test]
    fn usual_phrases_are_their_words(
        before in prop_oneof![Just(""), Just("Add credits, "), Just("Remaining: "), Just("Connection "), Just("Used 5, limit 9, "), Just("Retry after ")],
        counts in ["[0-9]{1,21}", "[0-9]{1,6}", "[0-9]{1,6}"],
        stop in prop_oneof![Just(". "), Just("."), Just(".5 "), Just(", "), Just(" ")],
    ) {
        let [limit, used, requested] = counts;
        let once = format!("{before}Rate limit reached for gpt-4 on tokens per min (TPM): {before}Limit {limit}, Used {used}, Requested {requested}{stop}Please try again in 6.5s. ");
        let apart = once.replace("Rate ", "Rate  ").replace("Limit ", "Limit  ").replace("Please ", "Please  ");
        prop_assert_eq!(classify_429(once.as_bytes()), classify_429(apart.as_bytes()), "{}", once);
    }
}

/// The fuzz targets on fixed seeds, so that stable Rust covers them.
#[test]
fn fuzz_targets_hold_on_fixed_seeds() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for round in 0..2_000 {
        let mut data = Vec::new();
        for _ in 0..round % 16 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            data.extend(state.to_le_bytes());
        }
        fuzzing::any_bytes(&data);
        fuzzing::mutated_template(&data);
        if round % 4 == 0 {
            fuzzing::truncation(&data);
        }
    }
}

/// Four megabytes of whatever a careless parser would look at again and again: where the time is not linear, this
/// test does not end. Tried: a name without a longest length, which made `for:for:` quadratic; a
/// line of source read with its end, so that each frame was within the one before and the stack overflowed.
#[test]
fn time_is_linear_on_hostile_bodies() {
    for (_, unit) in HOSTILE {
        let body = unit.repeat(4_000_000 / unit.len());
        never_misbehaves(body.as_bytes());
        never_misbehaves(format!("<html>{body}").as_bytes());
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
    for template in TEMPLATES {
        for (name, wrap) in WRAPPINGS {
            let body = wrap(&template.fill(&with).message);
            let counted = allocation_counter::measure(|| {
                core::hint::black_box(classify_429(body.as_bytes()));
            });
            assert_eq!(counted.count_total, 0, "{name}: {body}");
        }
    }
}
