//! `detour check`: progress on stderr while it is measured, the verdict on stdout.
//!
//! The words are the extension's own, from the same message file; the verdict is core's.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use detour_core::failure::Failure;
use detour_core::observation::{Observation, Subject, Vantage};
use detour_core::target::Target;
use detour_core::verdict::{self, Verdict};
use detour_core::view;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::check::{self, Ending, Instruments};
use crate::config::Archives;

/// How the result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Sentences and a table.
    Words,
    /// One JSON object.
    Json,
}

/// Measures a URL and prints what came of it. Exit code 0: the site answers; 1: it does not as it should;
/// 2: the check was not carried out.
///
/// # Errors
/// When the terminal cannot be written to.
pub async fn check(
    instruments: Arc<Instruments>,
    url: &str,
    style: Style,
    out: &mut impl Write,
) -> io::Result<ExitCode> {
    let messages = messages();
    let target = match Target::parse(url) {
        Ok(target) => target,
        Err(reason) => return not_carried_out(&reason.to_string()),
    };
    let archives = instruments.config().archives.clone();
    let (observed, mut observations) = mpsc::channel(AHEAD);
    let checking = tokio::spawn(check::run(instruments, target.clone(), detour_core::port::Scope::Usual, observed));
    let mut seen = Vec::new();
    while let Some(observation) = observations.recv().await {
        if style == Style::Words {
            writeln!(io::stderr(), "{}", line(&observation, &messages))?;
        }
        seen.push(observation);
    }
    match checking.await {
        Ok(Ending::Refused { message, .. }) => return not_carried_out(&message),
        Err(error) => return not_carried_out(&format!("the check crashed ({error}); please report it")),
        Ok(Ending::Finished { .. }) => {}
    }
    let result = Conclusion::of(&target, seen, &archives, &messages);
    match style {
        Style::Json => writeln!(out, "{:#}", serde_json::to_value(&result)?)?,
        Style::Words => result.write(out)?,
    }
    Ok(if result.failure.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What a check came to; the shape of `--json`.
#[derive(Debug, Serialize)]
struct Conclusion {
    url: String,
    /// The sentences that people read.
    summary: Vec<String>,
    /// The target's failure in Network Error Logging's terms; absent where the site answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Verdict>,
    /// Where a copy may be read; nobody was asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    copies: Vec<String>,
    observations: Vec<Observation>,
}

impl Conclusion {
    fn of(target: &Target, seen: Vec<Observation>, archives: &Archives, messages: &Value) -> Self {
        let url = target.as_str().to_owned();
        let Some(failure) = failure_of_target(&seen) else {
            let status = seen.iter().filter(|seen| seen.subject == Subject::Target).find_map(Observation::answer);
            let status = status.map_or(0, |answer| answer.status);
            let summary = vec![format!("{} answers: status {status}.", target.site())];
            return Self { url, summary, failure: None, verdict: None, copies: Vec::new(), observations: seen };
        };
        let verdict = verdict::judge(&verdict::Case {
            target,
            failure: Some(&failure),
            seen: &seen.iter().collect::<Vec<_>>(),
            before: None,
            now: detour_core::observation::Millis::default(),
        });
        let summary = vec![
            view::headline(&failure, target.site()).render(messages),
            view::verdict_text(&verdict, &failure, target.site()).render(messages),
            format!("{}.", view::certainty(verdict.confidence).render(messages)),
        ];
        let copies = archives.timegates.iter().map(|gate| format!("{gate}{}", target.shareable())).collect();
        Self { url, summary, failure: Some(failure), verdict: Some(verdict), copies, observations: seen }
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        for sentence in &self.summary {
            writeln!(out, "{sentence}")?;
        }
        if !self.copies.is_empty() {
            writeln!(out, "A copy may be at:")?;
        }
        for copy in &self.copies {
            writeln!(out, "  {copy}")?;
        }
        Ok(())
    }
}

/// How the target failed here, in a browser's stead: an error status first, since it says more than a
/// connection that failed beside it; nothing where some address answers well and none with an error.
fn failure_of_target(seen: &[Observation]) -> Option<Failure> {
    let of_target = || seen.iter().filter(|seen| seen.subject == Subject::Target && seen.vantage == Vantage::Host);
    let by_status = of_target().filter_map(Observation::answer).find_map(|answer| Failure::from_status(answer.status));
    if by_status.is_some() || of_target().any(|seen| seen.answer().is_some()) {
        return by_status;
    }
    of_target().find_map(Observation::failure).or(Some(Failure::TcpFailed))
}

fn line(observation: &Observation, messages: &Value) -> String {
    let row = view::row(observation);
    let duration = row.duration_ms.unwrap_or_default();
    let step = match observation.subject {
        Subject::Target => String::new(),
        Subject::Anchor(_)
        | Subject::Portal
        | Subject::Route
        | Subject::Sibling(_)
        | Subject::Part(_)
        | Subject::StatusPage(_)
        | Subject::RemoteApi(_) => format!(" ({:?})", observation.step).to_lowercase(),
    };
    format!("{duration:>5} ms  {}{step}: {}  {}", row.what.render(messages), row.result.render(messages), row.detail)
}

fn not_carried_out(message: &str) -> io::Result<ExitCode> {
    writeln!(io::stderr(), "detour: {message}")?;
    Ok(ExitCode::from(2))
}

fn messages() -> Value {
    serde_json::from_str(include_str!("../../www/_locales/en/messages.json")).unwrap_or_default()
}

/// Printing is faster than measuring.
const AHEAD: usize = 64;
