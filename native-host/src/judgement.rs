//! A verdict as a document: what `detour judge` and `detour check --json` write, and people read.
//!
//! The words are the extension's own, from the same message file; the verdict is core's.

use std::io::{self, Write};

use detour_core::cdn::Cdn;
use detour_core::failure::Failure;
use detour_core::observation::Observation;
use detour_core::target::Target;
use detour_core::verdict::{Because, Case, Confidence, Controls, Fault, Mark, Missing, Segment, Verdict, judge};
use detour_core::view;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::printable::Lines;

/// What the evidence comes to.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Judgement {
    /// Who or what is at fault.
    pub(crate) verdict: Fault,
    /// How sure that is.
    pub(crate) confidence: Confidence,
    /// Where the user's own network is at fault: which segment of it, where that could be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) segment: Option<Segment>,
    /// The CDN that delivers the site, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cdn: Option<Cdn>,
    /// The facts it rests on, most telling first.
    pub(crate) because: Vec<Because>,
    /// What would have made it surer.
    pub(crate) missing: Vec<Missing>,
    /// The same in sentences, as the extension says them.
    pub(crate) summary: Vec<String>,
    /// Everything that was seen, each held against its control.
    pub(crate) evidence: Vec<Marked>,
}

/// One observation, held against its control.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Marked {
    /// How it compares.
    pub(crate) mark: Mark,
    /// What was seen.
    #[serde(flatten)]
    pub(crate) observation: Observation,
}

impl Judgement {
    /// Judges a case.
    pub(crate) fn of(case: &Case<'_>) -> Self {
        let verdict = judge(case);
        let controls = Controls::of(case.seen, case.target);
        let evidence =
            case.seen.iter().map(|seen| Marked { mark: controls.mark(seen), observation: (*seen).clone() }).collect();
        let summary = sentences(&verdict, case.failure, case.target);
        let Verdict { fault, confidence, segment, cdn, because, missing } = verdict;
        Self { verdict: fault, confidence, segment, cdn, because, missing, summary, evidence }
    }
}

/// A verdict in sentences: what happened, who is at fault, how sure, and why.
pub(crate) fn sentences(verdict: &Verdict, failure: Option<&Failure>, target: &Target) -> Vec<String> {
    let messages = messages();
    let site = target.site();
    let failure = failure.unwrap_or(&Failure::TcpFailed);
    let headline = if matches!(verdict.fault, Fault::Passed | Fault::Moved) {
        view::Text::with("headline_back", [site])
    } else if verdict.fault == Fault::BrokenParts {
        view::Text::of("headline_parts")
    } else {
        view::headline(failure, site)
    };
    let mut sentences = vec![
        as_sentence(&headline.render(&messages)),
        view::verdict_text(verdict, failure, site).render(&messages),
        as_sentence(&view::certainty(verdict.confidence).render(&messages)),
    ];
    sentences.extend(view::reasons(verdict).iter().map(|reason| reason.render(&messages)));
    sentences
}

/// A headline as a sentence among others.
pub(crate) fn as_sentence(headline: &str) -> String {
    format!("{headline}.")
}

/// The facts that a verdict rests on, a sentence each.
pub(crate) fn reasons(because: &[Because]) -> Vec<String> {
    let messages = messages();
    because.iter().map(|because| view::reason(because).render(&messages)).collect()
}

/// The verdict in one sentence.
pub(crate) fn sentence(verdict: &Verdict, failure: &Failure, target: &Target) -> String {
    view::verdict_text(verdict, failure, target.site()).render(&messages())
}

/// What was seen, a line each, grouped as it arrived.
pub(crate) fn write_evidence(evidence: &[Marked], target: &Target, out: &mut impl Write) -> io::Result<()> {
    let messages = messages();
    let seen: Vec<Observation> = evidence.iter().map(|marked| marked.observation.clone()).collect();
    for row in view::rows(target, &seen) {
        let mark = match row.mark {
            Mark::Expected => "mark_expected",
            Mark::Unexpected => "mark_unexpected",
            Mark::Unexplained => "mark_unexplained",
        };
        let words = |text: &view::Text| text.render(&messages);
        let mark = words(&view::Text::of(mark));
        out.line(format_args!(
            "  {mark:<14} {}: {}, {}  {}",
            words(&row.vantage),
            words(&row.what),
            words(&row.result),
            row.detail
        ))?;
    }
    Ok(())
}

/// The extension's own words.
pub(crate) fn messages() -> Value {
    serde_json::from_str(include_str!("../../www/_locales/en/messages.json")).unwrap_or_default()
}
