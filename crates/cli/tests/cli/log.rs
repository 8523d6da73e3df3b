//! What the log proves.

use std::{collections::HashSet, fs};

use reqwest::Response;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::served::{Served, chat};

/// Recomputes every decision from the log alone, which has to survive a kill. Tried, and caught: a log behind a `BufWriter`,
/// and a limiter that does not run as fast as it says.
#[tokio::test]
async fn the_log_proves_each_decision() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    let served = Served::start(&format!("--rpm 300 --tpm 3000 --time-scale 10 --log {}", path.display()));
    let mut answered = 0;
    for round in 0..40 {
        let calls = (0..20).map(|call| {
            let request = served.request("/chat/completions", "Bearer sk-secret", chat("m", call % 30));
            request.header("x-client-request-id", format!("{round}-{call}")).send()
        });
        for answer in all(calls).await {
            answered += u32::from(matches!(answer.status().as_u16(), 200 | 429));
        }
    }
    served.kill();
    let log = fs::read_to_string(path).unwrap();
    assert!(!log.contains("sk-secret"));
    let entries: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((entries.len(), answered), (800, 800));
    let ids: HashSet<_> = entries.iter().map(|entry| entry["client_request_id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 800);
    let charge = entries[0]["charge"].as_u64().unwrap();
    assert_eq!(entries[0]["left"], json!({"rpm": 299, "tpm": 3_000 - charge}));
    let mut admitted: Vec<[u64; 2]> = Vec::new();
    for entry in &entries {
        let call = [&entry["at_us"], &entry["charge"]].map(|field| field.as_u64().unwrap());
        let fits = fits(&admitted, call, |_| 1, 300) && fits(&admitted, call, |charge| charge, 3_000);
        assert_eq!(entry["status"] == 200, fits, "{entry}");
        if fits {
            admitted.push(call);
        }
    }
    assert!((100..800).contains(&admitted.len()), "{} admitted", admitted.len());
}

/// Whether a bucket of `limit` in six real seconds (a minute, ten times as fast) could admit `call`: no stretch of what it
/// admitted, with the call, holds more than `limit` and what the time since its begin refilled.
fn fits(admitted: &[[u64; 2]], call: [u64; 2], cost: impl Fn(u64) -> u64, limit: u64) -> bool {
    let mut spent = 0;
    [call].iter().chain(admitted.iter().rev()).all(|&[at, charge]| {
        spent += cost(charge);
        spent * 6_000_000 <= limit * (6_000_000 + call[0] - at)
    })
}

async fn all(calls: impl Iterator<Item: Future<Output = reqwest::Result<Response>> + Send + 'static>) -> Vec<Response> {
    calls.collect::<JoinSet<_>>().join_all().await.into_iter().map(Result::unwrap).collect()
}
