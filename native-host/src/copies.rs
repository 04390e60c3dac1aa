//! `detour copies`: the same search as in the extension, driven over real connections.
//!
//! How archives are doing is kept in a file that all runs share, so that limits hold across them.

mod account;
mod visit;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use detour_core::archives::Registry;
use detour_core::cdn;
use detour_core::copies::{
    Age, ArchiveReply, Checked, Context, Known, LookUp, LookUpId, Offer, Query, Scope, Search, Source, Why,
};
use detour_core::observation::{Answer, Observation, Outcome, Step, Subject, Vantage};
use detour_core::target::Target;
use detour_core::view::{Text, offer_view, said_view};
use detour_probe::Instruments;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use tokio::task::JoinSet;
use url::Url;

use crate::address;
use crate::judgement::messages;
use crate::printable::Lines;
use crate::ranges::now;
use crate::report::Style;

pub use account::{Accounts, default_path};
pub use visit::visit;

/// Looks for copies of a page and prints them, best first. Exit code 0: there is one; 1: there is none; 2: nobody was
/// asked.
///
/// # Errors
/// When the output cannot be written.
pub async fn find(
    instruments: Arc<Instruments>,
    registry: &Registry,
    accounts: &Accounts,
    url: &str,
    style: Style,
    out: &mut impl Write,
) -> io::Result<ExitCode> {
    let target = match address::parse(url) {
        Ok(target) => target,
        Err(why) => return not_asked(&why.to_string()),
    };
    let shared = match target.shareable() {
        Ok(shared) => shared,
        Err(why) => return not_asked(&why.to_string()),
    };
    let search = search(&instruments, registry, accounts, &target).await;
    match style {
        Style::Json => out.json_document(&Findings::of(&target, shared, &search))?,
        Style::Words => write(&search, out)?,
    }
    Ok(if search.offers.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Drives a search to its end.
async fn search(instruments: &Arc<Instruments>, registry: &Registry, accounts: &Accounts, target: &Target) -> Search {
    let (known, mut next_id) = (Known::default(), 0);
    let mut asking: JoinSet<(LookUpId, ArchiveReply)> = JoinSet::new();
    // Asked beside the others: a mirror is none on the CDN that delivers the page.
    let page = target.url().clone();
    let asker = Asker { instruments: instruments.clone(), registry: Arc::new(registry.clone()) };
    let of_page = tokio::spawn(asker.clone().ask(page, None, PAGE_PATIENCE));
    let mut failing: Option<String> = None;
    let mut of_page = Some(of_page);
    let mut work = |failing: &Option<String>, work: &mut dyn FnMut(Query<'_>, &mut Context<'_>) -> Vec<LookUp>| {
        accounts.with(|health| {
            let query = Query { target, known: &known, title: "", failing_cdn: failing.as_deref() };
            let mut context = Context { registry, health, next_id: &mut next_id, now: now() };
            work(query, &mut context)
        })
    };
    let mut search = Search::default();
    let begin = &mut |query: Query<'_>, context: &mut Context<'_>| match Search::begin(query, context) {
        Ok((begun, out)) => {
            search = begun;
            out
        }
        Err(_) => Vec::new(),
    };
    let first = work(&failing, begin);
    send(first, &asker, &mut asking);
    while let Some(moment) = search.next_moment() {
        let wait = Duration::from_millis(moment.since(now()) + 1);
        let out = tokio::select! {
            Some(done) = asking.join_next(), if !asking.is_empty() => {
                if let Some(page) = of_page.take() {
                    failing = page.await.ok().and_then(|reply| cdn_of(&reply));
                }
                let Ok((id, reply)) = done else { continue };
                work(&failing, &mut |query, context| search.replied(id, &reply, query, context))
            }
            () = tokio::time::sleep(wait) => {
                work(&failing, &mut |query, context| search.passed(query, context))
            }
        };
        send(out, &asker, &mut asking);
    }
    search
}

/// Who sends the requests of one search.
#[derive(Debug, Clone)]
struct Asker {
    instruments: Arc<Instruments>,
    registry: Arc<Registry>,
}

impl Asker {
    async fn ask(self, url: Url, accept_datetime: Option<String>, patience: Duration) -> ArchiveReply {
        visit(&self.instruments, &self.registry, url, accept_datetime, patience).await
    }
}

fn send(out: Vec<LookUp>, asker: &Asker, asking: &mut JoinSet<(LookUpId, ArchiveReply)>) {
    for LookUp { id, request } in out {
        let asker = asker.clone();
        asking.spawn(async move {
            let reply = match Url::parse(&request.url) {
                Ok(url) => asker.ask(url, request.accept_datetime, PATIENCE).await,
                Err(_) => ArchiveReply::Failed,
            };
            (id, reply)
        });
    }
}

/// The CDN that answered, where headers tell.
fn cdn_of(reply: &ArchiveReply) -> Option<String> {
    let ArchiveReply::Answered { status, headers, body, .. } = reply else { return None };
    let answer = Answer { status: *status, headers: headers.clone(), body: body.clone() };
    let seen = Observation::new(Vantage::Host, Subject::Target, Step::Http, Outcome::Answered(answer));
    cdn::identify([&seen]).map(|cdn| cdn.name)
}

fn not_asked(why: &str) -> io::Result<ExitCode> {
    io::stderr().line(format_args!("detour: {why}"))?;
    Ok(ExitCode::from(2))
}

/// For people: each copy with what it is, then those that had none.
fn write(search: &Search, out: &mut impl Write) -> io::Result<()> {
    let messages = messages();
    let words = |text: &Text| text.render(&messages);
    let moment = now();
    for offer in &search.offers {
        let view = offer_view(offer, moment);
        out.line(words(&Text::with("copies_best", [&words(&view.source), &words(&view.age)])))?;
        out.line(format_args!("  {}", view.url))?;
        let checked = (offer.checked == Checked::Verified).then(|| Text::of("has_check"));
        let told: Vec<String> =
            checked.iter().chain(&view.lacks).map(|text| words(text) + ".").chain([words(&view.reveals)]).collect();
        out.line(format_args!("  {}", told.join(" ")))?;
    }
    if search.offers.is_empty() {
        out.line(words(&Text::of(if search.said.is_empty() { "copies_nobody" } else { "copies_none" })))?;
    }
    for said in &search.said {
        out.line(words(&said_view(said, moment)))?;
    }
    Ok(())
}

/// What came of a search.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Findings {
    /// The page.
    url: String,
    /// What others saw of its address.
    shared_as: String,
    /// Copies, best first.
    copies: Vec<Copy>,
    /// Archives that gave none.
    none_from: Vec<NoneFrom>,
}

/// One copy.
#[derive(Debug, Serialize, JsonSchema)]
struct Copy {
    /// Where it is.
    url: String,
    /// Whose it is: archive, mirror or onion.
    kind: &'static str,
    /// The archive's name, or the host.
    source: String,
    /// When it was taken, `YYYY-MM-DDThh:mm:ssZ`; null where it is live or nobody says.
    taken: Option<String>,
    /// How many seconds ago that was.
    age_seconds: Option<u64>,
    /// Whether it is the page itself at another address.
    live: bool,
    /// Whether it was read and shows the page.
    checked: bool,
    /// Whether it is of the page itself, not of another one of the site.
    same_page: bool,
    /// What opening it tells to whom, in a sentence.
    reveals: String,
}

/// An archive that gave no copy.
#[derive(Debug, Serialize, JsonSchema)]
struct NoneFrom {
    /// Its name.
    source: String,
    /// Why: no_copy, only_errors, silent, resting or busy.
    why: &'static str,
    /// How many seconds it is left alone for, where it is.
    for_seconds: Option<u64>,
}

impl Findings {
    fn of(target: &Target, shared_as: String, search: &Search) -> Self {
        let messages = messages();
        let none_from = search.said.iter().map(|said| {
            let left = |until: detour_core::observation::Millis| Some(until.since(now()).div_ceil(1000));
            let (why, for_seconds) = match said.why {
                Why::NoCopy => ("no_copy", None),
                Why::OnlyErrors => ("only_errors", None),
                Why::Silent => ("silent", None),
                Why::Resting(until) => ("resting", left(until)),
                Why::Busy(until) => ("busy", left(until)),
            };
            NoneFrom { source: said.source.clone(), why, for_seconds }
        });
        Self {
            url: target.as_str().to_owned(),
            shared_as,
            copies: search.offers.iter().map(|offer| copy(offer, &messages)).collect(),
            none_from: none_from.collect(),
        }
    }
}

fn copy(offer: &Offer, messages: &Value) -> Copy {
    let (kind, source) = match &offer.source {
        Source::Kept(id) => ("kept", id),
        Source::Mirror { host, .. } => ("mirror", host),
        Source::Archive(name) => ("archive", name),
        Source::Onion(host) => ("onion", host),
    };
    let taken = if let Age::Taken(at) = offer.age { Some(at.0) } else { None };
    Copy {
        url: offer.url.clone(),
        kind,
        source: source.clone(),
        taken: taken.map(detour_core::time::format_iso),
        age_seconds: taken.map(|at| now().since(at) / 1000),
        live: offer.age == Age::Live,
        checked: offer.checked == Checked::Verified,
        same_page: offer.scope == Scope::SamePage,
        reveals: offer_view(offer, now()).reveals.render(messages),
    }
}

/// Archives are slow, the more so while many ask them.
const PATIENCE: Duration = Duration::from_secs(15);

/// The page fails, most likely; nobody waits long for it to say so.
const PAGE_PATIENCE: Duration = Duration::from_secs(4);
