//! `detour check`: progress on stderr while it is measured, the verdict on stdout.
//!
//! The first words come with the first evidence: as soon as the verdict of what is there says something new, it is
//! told, as a guess.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use detour_core::cdn::ranges::Published;
use detour_core::failure::Failure;
use detour_core::observation::{Observation, Subject};
use detour_core::port::Scope;
use detour_core::target::Target;
use detour_core::verdict::{self, Because, Case, Fact, Fault};
use detour_core::view;
use detour_probe::Instruments;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::address;
use crate::check::{self, Ending};
use crate::config::Archives;
use crate::judgement::{self, Judgement};
use crate::printable::Lines;
use crate::ranges;

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
    archives: &Archives,
    url: &str,
    scope: Scope,
    style: Style,
    out: &mut impl Write,
) -> io::Result<ExitCode> {
    let messages = judgement::messages();
    if let Some(caution) = address::caution(url).filter(|_| style == Style::Words) {
        io::stderr().line(format_args!("detour: {caution}"))?;
    }
    let target = match address::parse(url) {
        Ok(target) => target,
        Err(reason) => return not_carried_out(&reason.to_string()),
    };
    let published = ranges::published();
    let (observed, mut observations) = mpsc::channel(AHEAD);
    let instruments = Arc::new(instruments.patient());
    let checking = tokio::spawn(check::run(instruments, target.clone(), scope, observed));
    let mut seen = Vec::new();
    let mut said = Fault::CantTell;
    while let Some(observation) = observations.recv().await {
        let is_telling = observation.subject == Subject::Target || observation.failure().is_some();
        let line = line(&observation, &messages);
        seen.push(observation);
        if style == Style::Json {
            continue;
        }
        io::stderr().line(line)?;
        if let Some(guess) = guess(&target, &seen, &published).filter(|(fault, _)| is_telling && *fault != said) {
            said = guess.0;
            io::stderr().line(format_args!("      …  {}", guess.1))?;
        }
    }
    match checking.await {
        Ok(Ending::Refused { message, .. }) => return not_carried_out(&message),
        Err(error) => return not_carried_out(&format!("the check crashed ({error}); please report it")),
        Ok(Ending::Finished { .. }) => {}
    }
    let result = Conclusion::of(&target, seen, archives, &published);
    match style {
        Style::Json => out.json_document(&result)?,
        Style::Words => result.write(&target, out)?,
    }
    Ok(if result.failure.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What the evidence so far comes to, where it says that something is wrong.
fn guess(target: &Target, seen: &[Observation], published: &Published) -> Option<(Fault, String)> {
    let failure = verdict::failure_here(seen)?;
    let all: Vec<&Observation> = seen.iter().collect();
    let verdict = verdict::judge(&case(target, &failure, &all, published));
    let is_word = !matches!(verdict.fault, Fault::CantTell | Fault::Unconfirmed);
    is_word.then(|| (verdict.fault, judgement::sentence(&verdict, &failure, target)))
}

fn case<'a>(
    target: &'a Target,
    failure: &'a Failure,
    seen: &'a [&'a Observation],
    published: &'a Published,
) -> Case<'a> {
    let now = seen.iter().map(|seen| seen.at).max().unwrap_or_default();
    Case { target, failure: Some(failure), seen, published: Some(published), before: None, now }
}

/// What a check came to.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Conclusion {
    /// The page that was checked.
    url: String,
    /// The page's failure in Network Error Logging's terms; absent where the site answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
    /// Addresses where a copy may be read; nobody was asked.
    copies: Vec<String>,
    /// The verdict with its evidence. Where the site answers, the verdict is `passed`.
    #[serde(flatten)]
    judgement: Judgement,
}

impl Conclusion {
    fn of(target: &Target, seen: Vec<Observation>, archives: &Archives, published: &Published) -> Self {
        let all: Vec<&Observation> = seen.iter().collect();
        let url = target.as_str().to_owned();
        let Some(failure) = verdict::failure_here(&seen) else {
            return Self { url, failure: None, copies: Vec::new(), judgement: answers(target, &all) };
        };
        let shared = target.shareable().ok();
        let at = |gate: &String| shared.as_ref().map(|shared| format!("{gate}{shared}"));
        let copies = archives.timegates.iter().filter_map(at).collect();
        let judgement = Judgement::of(&case(target, &failure, &all, published));
        Self { url, failure: Some(failure), copies, judgement }
    }

    fn write(&self, target: &Target, out: &mut impl Write) -> io::Result<()> {
        if self.failure.is_some() {
            judgement::write_evidence(&self.judgement.evidence, target, &mut io::stderr())?;
        }
        for sentence in &self.judgement.summary {
            out.line(sentence)?;
        }
        if !self.copies.is_empty() {
            out.line("A copy may be at:")?;
        }
        for copy in &self.copies {
            out.line(format_args!("  {copy}"))?;
        }
        Ok(())
    }
}

/// The judgement of a site that answers: nothing is wrong, and nobody was asked why.
fn answers(target: &Target, seen: &[&Observation]) -> Judgement {
    let of_target = seen.iter().filter(|seen| seen.subject == Subject::Target);
    let status = of_target.filter_map(|seen| seen.answer()).map(|answer| answer.status).next().unwrap_or_default();
    let case = Case { target, failure: None, seen, published: None, before: None, now: Default::default() };
    let mut summary = vec![format!("{} answers: status {status}.", target.site())];
    // Who was only turned away has seen no more than the door: 401 says nothing of what is behind it.
    let is_seen = verdict::is_let_in(seen);
    let (fault, confidence, because) = if is_seen {
        (Fault::Passed, verdict::Confidence::High, Vec::new())
    } else {
        let refused = Because { fact: Fact::RefusesPrograms, about: Vec::new() };
        (Fault::CantTell, verdict::Confidence::Low, vec![refused])
    };
    summary.extend(judgement::reasons(&because));
    Judgement { verdict: fault, confidence, summary, because, missing: Vec::new(), ..Judgement::of(&case) }
}

fn line(observation: &Observation, messages: &Value) -> String {
    let row = view::row(observation);
    let duration = row.duration_ms.unwrap_or_default();
    let step = match observation.subject {
        Subject::Target => String::new(),
        Subject::Anchor(_)
        | Subject::Portal
        | Subject::Route
        | Subject::OwnNetwork
        | Subject::Proxy(_)
        | Subject::Nowhere
        | Subject::Sibling(_)
        | Subject::Visited(_)
        | Subject::Part(_)
        | Subject::StatusPage(_)
        | Subject::RemoteApi(_) => format!(" ({:?})", observation.step).to_lowercase(),
    };
    format!("{duration:>5} ms  {}{step}: {}  {}", row.what.render(messages), row.result.render(messages), row.detail)
}

fn not_carried_out(message: &str) -> io::Result<ExitCode> {
    io::stderr().line(format_args!("detour: {message}"))?;
    Ok(ExitCode::from(2))
}

/// Printing is faster than measuring.
const AHEAD: usize = 64;
