//! The scenarios by which OONI tests its web connectivity experiment, rewritten as evidence documents of our own, and
//! judged as `detour judge` judges them. Each says in words what happened and what the verdict must be.

use std::fs;
use std::path::Path;

use detour_host::judge;
use serde_json::Value;

fn judged(evidence: &Value) -> Value {
    let (mut out, mut complaints) = (Vec::new(), Vec::new());
    judge::document(evidence.to_string().as_bytes(), &mut out, &mut complaints).unwrap();
    serde_json::from_slice(&out).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&complaints)))
}

#[test]
fn every_scenario_gets_its_verdict() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence");
    let mut wrong = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let scenario: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let judgement = judged(&scenario["evidence"]);
        let found = (&judgement["verdict"], &judgement["confidence"]);
        let is_right = found.0 == &scenario["verdict"]
            && scenario.get("confidence").is_none_or(|confidence| confidence == found.1);
        if !is_right {
            wrong.push(format!(
                "{}: {found:?}, not {} ({:?})",
                scenario["scenario"],
                scenario["verdict"],
                scenario.get("confidence")
            ));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 30, "only {count} scenarios");
}

#[test]
fn a_verdict_that_is_not_sure_says_what_is_missing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence");
    for name in
        ["control_failure_with_failing_website", "control_unreachable_dns", "tls_blocking_connection_reset_alone"]
    {
        let text = fs::read_to_string(folder.join(name).with_extension("json")).unwrap();
        let scenario: Value = serde_json::from_str(&text).unwrap();
        let judgement = judged(&scenario["evidence"]);
        assert!(judgement["missing"].as_array().is_some_and(|missing| !missing.is_empty()), "{name}: {judgement:#}");
    }
}
