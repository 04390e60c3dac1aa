//! `detour judge`: one document of evidence in, the verdict out. The judgement is core's.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use detour_core::failure::Failure;
use detour_core::observation::{Millis, Observation, Subject};
use detour_core::target::Target;
use detour_core::verdict::{Before, Case, failure_here};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::judgement::Judgement;
use crate::printable::Lines;

/// What each vantage observed of one page, of the controls, and of its siblings.
///
/// The three lists have the same shape and may as well stand in one: an observation's subject says what it is of.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Evidence {
    /// The page, a public http(s) address.
    pub(crate) url: String,
    /// How the browser's own load failed; where it is absent, what the host met counts.
    #[serde(default)]
    pub(crate) failure: Option<Failure>,
    /// When it is judged, in milliseconds since 1970; where it is absent, the time of the last observation.
    #[serde(default)]
    pub(crate) now: Option<Millis>,
    /// What was concluded earlier in the same outage: needed for "recovering", "moved" and "overloaded".
    #[serde(default)]
    pub(crate) before: Option<Before>,
    /// What each vantage observed, in any order.
    #[serde(default)]
    pub(crate) observations: Vec<Observation>,
    /// What was observed of neutral places: anchors, portal probe, routing table, other resolvers.
    #[serde(default)]
    pub(crate) controls: Vec<Observation>,
    /// What was observed of other sites on the same CDN.
    #[serde(default)]
    pub(crate) siblings: Vec<Observation>,
}

/// Reads the document from `input` and writes the judgement. Exit code 0: judged; 2: the document cannot be read.
///
/// # Errors
/// When the input cannot be read or the output not be written.
pub fn document(mut input: impl Read, out: &mut impl Write, complaints: &mut impl Write) -> io::Result<ExitCode> {
    let mut text = String::new();
    input.read_to_string(&mut text)?;
    let judgement = serde_json::from_str::<Evidence>(&text)
        .map_err(|error| format!("this is no document of evidence: {error}; its shape: `detour schema judge`"))
        .and_then(|evidence| judged(&evidence));
    match judgement {
        Ok(judgement) => {
            out.json_document(&judgement)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(complaint) => {
            complaints.line(format_args!("detour: {complaint}"))?;
            Ok(ExitCode::from(2))
        }
    }
}

fn judged(evidence: &Evidence) -> Result<Judgement, String> {
    let target = Target::parse(&evidence.url).map_err(|reason| format!("url: {reason}"))?;
    let seen: Vec<&Observation> =
        evidence.observations.iter().chain(&evidence.controls).chain(&evidence.siblings).collect();
    let now = evidence.now.or_else(|| seen.iter().map(|seen| seen.at).max()).unwrap_or_default();
    let own: Vec<Observation> =
        seen.iter().filter(|seen| seen.subject == Subject::Target).map(|seen| (*seen).clone()).collect();
    let failure = evidence.failure.clone().or_else(|| if own.is_empty() { None } else { failure_here(&own) });
    let case = Case {
        target: &target,
        failure: failure.as_ref(),
        seen: &seen,
        published: None,
        before: evidence.before.as_ref(),
        now,
    };
    Ok(Judgement::of(&case))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(text: &str) -> (String, String) {
        let (mut out, mut complaints) = (Vec::new(), Vec::new());
        document(text.as_bytes(), &mut out, &mut complaints).unwrap();
        (String::from_utf8(out).unwrap(), String::from_utf8(complaints).unwrap())
    }

    #[test]
    fn evidence_becomes_a_verdict_with_marks_and_sentences() {
        let evidence = r#"{"url":"https://www.example-site.com/","observations":[
            {"vantage":"host","subject":"target","step":"tcp","address":"93.184.216.34","outcome":{"failed":"tcp.refused"}}],
            "controls":[{"vantage":"host","subject":{"anchor":"a.example.org"},"step":"http","outcome":{"answered":{"status":204}}}]}"#;
        let (out, complaints) = judge(evidence);
        let out: serde_json::Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{complaints}"));
        assert_eq!((&out["verdict"], &out["confidence"]), (&"from_here".into(), &"medium".into()), "{out:#}");
        assert_eq!(out["evidence"][0]["mark"], "unexpected");
        assert_eq!(out["missing"], serde_json::json!(["other_network"]));
        assert!(out["summary"][1].as_str().unwrap().contains("example-site.com"), "{out:#}");
    }

    #[test]
    fn a_document_that_cannot_be_read_says_what_is_wrong_and_where_the_shape_is_told() {
        for (text, words) in [
            ("", "no document of evidence"),
            (r#"{"url":"https://a.com/","observation":[]}"#, "unknown field `observation`"),
            (r#"{"url":"http://localhost/"}"#, "your own network"),
            (r#"{"url":"https://a.com/","observations":[{"vantage":"moon"}]}"#, "unknown variant `moon`"),
        ] {
            let (out, complaints) = judge(text);
            assert!(out.is_empty() && complaints.contains(words), "{text}: {complaints}");
        }
    }
}
