//! `detour watch`: looks at sites until they are back, tells each change in a line, and may run a command or ring.
//!
//! When to look and what a look means is core's, through `lookout`; here it is told.

mod clock;
mod command;
mod line;
mod loads;
pub(crate) mod lookout;
mod screen;
mod sites;
pub(crate) mod standing;
pub(crate) mod words;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use detour_core::observation::Millis;
use detour_probe::Instruments;
use serde_json::json;

use crate::printable::Lines;

pub use clock::{Clock, SystemClock};
pub use line::{HELP, Line};
pub use screen::{Screen, Terminal};
pub use sites::{ListError, Site, named};
pub use words::Words;

pub(crate) use screen::{Drawn, cut};

use clock::whole_millis;
use command::{Commands, Recovery};
use lookout::{Change, Lookout, News, Watched};
use standing::Standing;
use words::{counted, down_for, span};

/// What the user wants.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// A command for the platform's shell, run whenever a site is back.
    pub run: Option<String>,
    /// Ring the terminal's bell then.
    pub bell: bool,
    /// One JSON object a line in place of sentences.
    pub json: bool,
    /// Never leave more than this between two looks, unless the site itself asks for it.
    pub longest_interval: Option<Duration>,
    /// Give up after this long.
    pub timeout: Option<Duration>,
    /// The first site that is well ends it; otherwise all must be.
    pub until_any: bool,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// What was waited for came, or had never been away.
    Well,
    /// It did not come in time.
    TimedOut,
    /// A site could not be looked at.
    NotCarriedOut,
    /// The user has stopped it.
    Interrupted,
}

impl End {
    /// The program's exit code: 0, 1, 2, or 130 as shells say for Ctrl-C.
    #[must_use]
    pub fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Well => 0,
            Self::TimedOut => 1,
            Self::NotCarriedOut => 2,
            Self::Interrupted => 130,
        })
    }
}

/// Watches the sites until they are back, the time is up, or `interrupted` comes.
///
/// # Errors
/// When the output cannot be written.
pub async fn run<W: Write>(
    instruments: Arc<Instruments>,
    sites: Vec<Site>,
    options: &Options,
    clock: impl Clock,
    interrupted: impl Future<Output = ()>,
    words: &Words,
    screen: &mut Screen<W>,
) -> io::Result<End> {
    let mut watch = Watch {
        lookout: Lookout::new(instruments, sites, clock, None, options.longest_interval),
        options,
        words,
        screen,
        commands: Commands::default(),
    };
    let until = options.timeout.map(|span| watch.lookout.now().plus(whole_millis(span)));
    let mut interrupted = std::pin::pin!(interrupted);
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    let is_live = watch.screen.terminal().is_some() && !options.json;
    let end = loop {
        tokio::select! {
            biased;
            () = &mut interrupted => break End::Interrupted,
            Some(complaint) = watch.commands.ended(), if watch.commands.are_running() => watch.complain(complaint)?,
            news = watch.lookout.next(until) => match watch.note(news)? {
                Some(end) => break end,
                None => continue,
            },
            _ = seconds.tick(), if is_live => watch.show_status()?,
        }
    };
    watch.sum_up(end)?;
    while end != End::Interrupted
        && let Some(complaint) = watch.commands.ended().await
    {
        watch.complain(complaint)?;
    }
    Ok(end)
}

/// One run.
struct Watch<'a, C, W> {
    lookout: Lookout<C>,
    options: &'a Options,
    words: &'a Words,
    screen: &'a mut Screen<W>,
    commands: Commands,
}

impl<C: Clock, W: Write> Watch<'_, C, W> {
    /// Tells what changed, and says whether that is the end.
    fn note(&mut self, news: News) -> io::Result<Option<End>> {
        let changes = match news {
            News::TimeUp => return Ok(Some(End::TimedOut)),
            News::Idle => return Ok(Some(if self.is_over() { End::Well } else { End::NotCarriedOut })),
            News::Looked(changes) => changes,
        };
        for change in &changes {
            self.tell(change)?;
        }
        // What was seen failing and now leads into the user's own network is looked at again.
        let is_given_up = |(nth, watched): (usize, &Watched)| {
            matches!(watched.standing, Standing::NotLookedAt(_)) && self.lookout.due_of(nth).is_none()
        };
        if self.lookout.sites().iter().enumerate().any(is_given_up) {
            return Ok(Some(End::NotCarriedOut));
        }
        Ok(self.is_over().then_some(End::Well))
    }

    fn is_over(&self) -> bool {
        let mut sites = self.lookout.sites().iter();
        if self.options.until_any {
            sites.any(|watched| watched.standing.is_well())
        } else {
            sites.all(|watched| watched.standing.is_well())
        }
    }

    fn tell(&mut self, change: &Change) -> io::Result<()> {
        let Some(watched) = self.lookout.sites().get(change.nth) else { return Ok(()) };
        let entry = self.lookout.entry(change.nth);
        let sentence = self.words.change(watched, entry, &change.before);
        let target = &watched.site.target;
        let down = entry.and_then(|(_, outage)| down_for(outage)).map(|down| down / 1000);
        let is_back = matches!(watched.standing, Standing::Back { .. });
        if self.options.json {
            let verdict = entry.and_then(|(_, outage)| outage.verdict());
            let others: Vec<&str> = watched.site.others.iter().map(detour_core::target::Target::as_str).collect();
            let line = json!({
                "at": change.at,
                "site": target.site(),
                "url": target.as_str(),
                "others": others,
                "state": watched.standing.name(),
                "before": change.before.name(),
                "verdict": verdict.map(|verdict| verdict.fault),
                "confidence": verdict.map(|verdict| verdict.confidence),
                "cdn": verdict.and_then(|verdict| verdict.cdn.as_ref()).map(|cdn| &cdn.name),
                "failing_since": entry.map(|(_, outage)| outage.since),
                "down_seconds": down,
                "sentence": sentence,
            });
            self.screen.say_json(&line)?;
        } else {
            self.screen.say(&format!("{}  {sentence}", self.words.clock(change.at)))?;
        }
        if !is_back {
            return Ok(());
        }
        if self.options.bell {
            self.screen.ring()?;
        }
        if let Some(command) = &self.options.run {
            let (url, site) = (target.as_str().to_owned(), target.site().to_owned());
            let recovery = Recovery { url, site, down_seconds: down.unwrap_or_default() };
            self.commands.begin(command, &recovery, self.options.json);
        }
        Ok(())
    }

    fn complain(&mut self, complaint: Option<String>) -> io::Result<()> {
        let Some(complaint) = complaint else { return Ok(()) };
        if self.options.json {
            return io::stderr().line(format_args!("detour: {complaint}"));
        }
        self.screen.say(&format!("{}  {complaint}", self.words.clock(self.lookout.now())))
    }

    fn show_status(&mut self) -> io::Result<()> {
        let now = self.lookout.now();
        let sites = self.lookout.sites();
        let well = sites.iter().filter(|watched| watched.standing.is_well()).count();
        let next = match self.lookout.due() {
            Some(due) if due > now => format!("next look in {} s", due.since(now).div_ceil(1000)),
            Some(_) | None => "looking …".to_owned(),
        };
        let count = if sites.len() == 1 { String::new() } else { format!("{well} of {} answer · ", sites.len()) };
        let looks: u32 = sites.iter().map(|watched| watched.looks).sum();
        self.screen.status(&format!("{count}{next} · {} · Ctrl-C ends", counted(u64::from(looks), "look")))
    }

    fn sum_up(&mut self, end: End) -> io::Result<()> {
        let now = self.lookout.now();
        let sites = self.lookout.sites();
        let (well, rest): (Vec<_>, Vec<_>) = (0..).zip(sites).partition(|(_, watched)| watched.standing.is_well());
        if self.options.json {
            let names = |of: &[(usize, &Watched)]| -> Vec<String> {
                of.iter().map(|(_, watched)| watched.site.target.as_str().to_owned()).collect()
            };
            let looks: u32 = sites.iter().map(|watched| watched.looks).sum();
            let line =
                json!({ "at": now, "end": end.name(), "well": names(&well), "not_well": names(&rest), "looks": looks });
            return self.screen.say_json(&line);
        }
        let never_failed = sites.iter().all(|watched| watched.standing == Standing::Fine);
        let sentence = match end {
            End::Well if never_failed && sites.len() == 1 => "Nothing to wait for.".to_owned(),
            End::Well if never_failed => format!("All {} sites answer. Nothing to wait for.", sites.len()),
            End::Well if rest.is_empty() && sites.len() > 1 => format!("All {} sites answer.", sites.len()),
            End::Well | End::NotCarriedOut => String::new(),
            End::TimedOut => format!("The time is up. {}", self.rest(&well, &rest, now)),
            End::Interrupted => format!("Stopped. {}", self.rest(&well, &rest, now)),
        };
        if sentence.is_empty() { self.screen.say_nothing() } else { self.screen.say(&sentence) }
    }

    /// What is well and what is not, in a sentence.
    fn rest(&self, well: &[(usize, &Watched)], rest: &[(usize, &Watched)], now: Millis) -> String {
        let told: Vec<String> = rest
            .iter()
            .map(|(nth, watched)| {
                let site = watched.site.target.site();
                match self.lookout.entry(*nth) {
                    Some((_, outage)) => {
                        format!("{site} ({}, for {})", standing_words(&watched.standing), span(now.since(outage.since)))
                    }
                    None => format!("{site} ({})", standing_words(&watched.standing)),
                }
            })
            .collect();
        format!("{} of {} answer. Not yet back: {}.", well.len(), well.len() + rest.len(), told.join(", "))
    }
}

impl End {
    const fn name(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::TimedOut => "timed_out",
            Self::NotCarriedOut => "not_carried_out",
            Self::Interrupted => "interrupted",
        }
    }
}

/// How a site stands, in a word or two.
pub(crate) const fn standing_words(standing: &Standing) -> &'static str {
    match standing {
        Standing::Unseen => "not looked at yet",
        Standing::NotLookedAt(_) => "cannot be looked at",
        Standing::Fine => "answers",
        Standing::Failing(..) => "fails",
        Standing::ComesAndGoes => "comes and goes",
        Standing::Recovering => "recovering",
        Standing::Moved => "moved, recovering",
        Standing::Back { has_moved: false } => "is back",
        Standing::Back { has_moved: true } => "moved, is back",
    }
}
