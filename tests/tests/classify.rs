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
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// What is taken in at once means what its words and numbers mean one by one, which a second blank makes of it. Tried: the
    /// third count without the second; no look for an invitation to pay before the counts; a wait of a client's own, and one of no fraction
    /// behind a point.
    #[test]
    fn usual_phrases_are_their_words(
        before in prop_oneof![
            Just(""), Just("Add credits, "), Just("Remaining: "), Just("Connection "), Just("Used 5, limit 9, "), Just("Retry after "), Just("Retrying, "), Just("exceeded, "), Just("RPM ")
        ],
        counts in ["[0-9]{1,21}", "[0-9]{1,6}", "[0-9]{1,6}"],
        stop in prop_oneof![Just(". "), Just("."), Just(".5 "), Just(", "), Just(" ")],
        time in "([0-9]{1,3}|[0-9]{1,21})(\\.[0-9]{0,12})?",
        unit in prop_oneof![4 => Just("s. "), 1 => Just("s."), 1 => Just("ms. "), 1 => Just("s "), 1 => Just("s limit. "), 1 => Just(" s. "), 1 => Just(". ")],
    ) {
        let [limit, used, requested] = counts;
        let once = format!("{before}Rate limit reached for gpt-4 on tokens per min (TPM): {before}Limit {limit}, Used {used}, Requested {requested}{stop}{before}Please try again in {time}{unit}Visit us.");
        let apart = once.replace("Rate ", "Rate  ").replace("on ", "on  ").replace("Limit ", "Limit  ").replace("Please ", "Please  ");
        prop_assert_eq!(classify_429(once.as_bytes()), classify_429(apart.as_bytes()), "{}", once);
    }

    /// So do keys and codes, which a blank before the colon, or a stroke behind the code, makes longer. Tried: a key whose value may be
    /// anything; a code whose stems are another's.
    #[test]
    fn usual_keys_and_codes_are_their_words(
        keys in proptest::sample::subsequence(vec!["error", "message", "type", "param", "code"], 1..=5).prop_shuffle(),
        value in prop_oneof![
            8 => "\"(rate_limit_exceeded|tokens|requests|insufficient_quota|Too many requests.)\"", 2 => "null(able)?", 2 => "[{\\[]{1,2}\"?(tokens)?\"?[}\\]]{0,2}",
            3 => "[\"'\\\\ -]{0,4}(rate_limit_exceeded|429|tokens|Quota exceeded|)[\"'\\\\ .]{0,4}"
        ],
        said in prop_oneof![Just("Limit 5, Used 4, Requested 2. "), Just("You exceeded your current quota"), Just("")],
        end in prop_oneof![Just("}}"), Just("}"), Just("")],
        colon in prop_oneof![Just("\": "), Just("\":")],
    ) {
        let fields: Vec<String> = keys.iter().map(|key| match *key {
            "error" => "\"error\": {\n  \"message\": \"".to_owned() + said + "\"",
            key => format!("\"{key}\": {value}"),
        }).collect();
        let once = format!("{{{}{end}", fields.join(",\n  ")).replace("\": ", colon);
        let whole = |body: &str| Truth::found(&classify_429(body.as_bytes()));
        let apart = once.replace(colon, "\" : ");
        prop_assert_eq!(classify_429(once.as_bytes()), classify_429(apart.as_bytes()), "{}", once);
        let longer = once.replace("exceeded\"", "exceeded_\"").replace("tokens\"", "tokens_\"").replace("requests\"", "requests_\"");
        prop_assert_eq!(whole(&once), whole(&longer), "{}", once);
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
