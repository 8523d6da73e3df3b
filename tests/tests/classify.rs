//! `classify_429` against truth: every wording, filled at random, in every wrapping.

use std::time::Duration;

use paceline_core::classify_429;
use paceline_tests::refusals::{
    HOSTILE, TEMPLATES, Truth, Variables, WRAPPINGS, never_misbehaves, survives_cuts,
};
use proptest::prelude::*;

fn variables() -> impl Strategy<Value = Variables> {
    let model = prop_oneof![
        "gpt-[3-6](\\.[0-9])?(-turbo|-mini)?(-2025-0[1-9]-1[0-9])?",
        "claude-(opus|sonnet|haiku)-[1-9]-[0-9]",
        "llama-[1-9]\\.[0-9]-[1-9]0b-versatile",
        "text-embedding-[0-9]-(small|large)",
        "gemini-[1-4]\\.5-(pro|flash-lite)",
    ];
    let organization = prop_oneof![
        "org-[a-zA-Z0-9]{8,24}",
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    ];
    let amounts = (1_u64..10_000_000, 0_u64..10_000_000, 1_u64..10_000_000);
    (model, organization, amounts, 1_u64..3_600_000, 0_usize..4).prop_map(
        |(model, organization, (limit, used, over), wait, spelling)| Variables {
            model,
            organization,
            limit,
            used,
            requested: limit.div_ceil(2),
            more: limit + over,
            wait: Duration::from_millis(wait),
            spelling,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

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

/// Four megabytes of whatever a careless parser would look at again and again: where the time is not linear, this
/// test does not end. Tried: a name without a longest length, which made `for:for:` quadratic.
#[test]
fn time_is_linear_on_hostile_bodies() {
    for (_, unit) in HOSTILE {
        let body = unit.repeat(4_000_000 / unit.len());
        never_misbehaves(body.as_bytes());
        never_misbehaves(format!("<html>{body}").as_bytes());
    }
}
