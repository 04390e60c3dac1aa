//! The board as lines of text: a sentence, the sites by their CDN, a band of time for each, and what the shapes mean.

use std::collections::BTreeMap;

use detour_core::incident::Kind;
use detour_core::observation::Millis;
use detour_core::verdict::Fault;
use detour_core::view::{GroupView, Mood, SiteView};

use super::timeline::{LEGEND, Mark, Timelines};
use crate::printable::printable;
use crate::watch::lookout::{Lookout, Watched};
use crate::watch::standing::Standing;
use crate::watch::words::Words;
use crate::watch::{Clock, Drawn, cut, standing_words};

/// How it is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    /// Columns; `None` where lines may be as long as they like.
    pub(super) width: Option<usize>,
    pub(super) is_colored: bool,
    /// Whether there is a time to show, and not a moment only.
    pub(super) has_bands: bool,
}

/// The board in lines.
pub(super) fn lines<C: Clock>(lookout: &Lookout<C>, timelines: &Timelines, words: &Words, form: Form) -> Vec<Drawn> {
    let now = lookout.now();
    let mut lines = vec![Drawn::plain(headline(lookout)), Drawn::default()];
    let site_width = lookout.sites().iter().map(|watched| watched.site.target.site().chars().count()).max();
    let columns =
        Columns { site: site_width.unwrap_or_default().min(MOST_SITE), form, begin: timelines.begin(now), now };
    for (cdn, sites) in by_cdn(lookout) {
        lines.push(Drawn::plain(match cdn {
            Some(cdn) => format!("{cdn}  ({})", share(&sites)),
            None => format!("No CDN known  ({})", share(&sites)),
        }));
        for (nth, watched) in sites {
            lines.push(columns.row(watched, timelines, words));
            let verdict = match &watched.standing {
                Standing::NotLookedAt(reason) => reason.clone(),
                Standing::Failing(..) | Standing::ComesAndGoes | Standing::Moved => words.verdict(lookout.entry(nth)),
                Standing::Unseen | Standing::Fine | Standing::Recovering | Standing::Back { .. } => String::new(),
            };
            if !verdict.is_empty() {
                lines.push(Drawn::plain(fitted(&format!("      {}", printable(&verdict)), form.width)));
            }
        }
        lines.push(Drawn::default());
    }
    if form.has_bands {
        let marks = LEGEND.iter().flat_map(|(mark, meaning)| {
            [colored(&mark.shape().to_string(), *mark, form), Drawn::plain(format!(" {meaning}  "))]
        });
        let span = format!(" from {} until {}", words.minute(columns.begin), words.minute(now));
        lines.push(Drawn::default().and(marks).and([Drawn::plain(span)]));
    } else {
        lines.pop();
    }
    lines
}

/// The whole in a sentence.
pub(super) fn headline<C: Clock>(lookout: &Lookout<C>) -> String {
    let sites = lookout.sites();
    let all = sites.len();
    let unseen = sites.iter().filter(|watched| watched.standing == Standing::Unseen).count();
    if unseen > 0 {
        return format!("Looking: {} of {all} sites seen.", all - unseen);
    }
    let well = sites.iter().filter(|watched| watched.standing.is_well()).count();
    if well == all {
        return if all == 1 { "The site answers.".to_owned() } else { format!("All {all} sites answer.") };
    }
    let has = |wanted: Fault| (0..all).any(|nth| fault(lookout, nth) == Some(wanted));
    let counted = format!("{well} of {all} sites answer.");
    if has(Fault::You) {
        return format!("Your connection is down. {counted}");
    }
    if has(Fault::Portal) {
        return format!("This network wants you to sign in first. {counted}");
    }
    if has(Fault::Proxy) {
        return format!("The proxy that this computer goes through does not work. {counted}");
    }
    if has(Fault::ProxySignIn) {
        return format!("The proxy wants you to sign in first. {counted}");
    }
    // Which CDN fails as a whole is core's to say, so that the headline and the sites' own sentences agree.
    let board = lookout.board();
    let is_down = |site: &&SiteView| !matches!(site.mood, Mood::Back | Mood::Fine);
    let has_several = |group: &&GroupView| group.sites.iter().filter(is_down).count() > 1;
    let of_cdns = board.groups.iter().filter(|group| group.kind == Kind::Cdn).filter(has_several);
    let mut failing: Vec<&str> = of_cdns.filter_map(|group| group.cdn.as_deref()).collect();
    failing.sort_unstable();
    let recovering = sites.iter().filter(|watched| matches!(watched.standing, Standing::Recovering)).count();
    match (failing.as_slice(), recovering) {
        ([], 0) => counted,
        ([], recovering) => {
            format!("{counted} {recovering} more {} recovering.", if recovering == 1 { "is" } else { "are" })
        }
        ([one], _) => format!("{one} is failing: {counted}"),
        (several, _) => format!("{} are failing: {counted}", several.join(" and ")),
    }
}

/// Whose fault it is that a site is not well.
fn fault<C: Clock>(lookout: &Lookout<C>, nth: usize) -> Option<Fault> {
    let watched = lookout.sites().get(nth)?;
    let verdict = lookout.entry(nth)?.1.verdict()?;
    (!watched.standing.is_well()).then_some(verdict.fault)
}

type Group<'a> = (Option<String>, Vec<(usize, &'a Watched)>);

/// The sites by who delivers them; those with most trouble first, and those of nobody last.
fn by_cdn<C: Clock>(lookout: &Lookout<C>) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<Option<String>, Vec<(usize, &Watched)>> = BTreeMap::new();
    for (nth, watched) in lookout.sites().iter().enumerate() {
        groups.entry(watched.cdn.clone()).or_default().push((nth, watched));
    }
    let mut groups: Vec<Group<'_>> = groups.into_iter().collect();
    let trouble = |sites: &[(usize, &Watched)]| sites.iter().filter(|(_, watched)| !watched.standing.is_well()).count();
    groups.sort_by_key(|(cdn, sites)| (cdn.is_none(), std::cmp::Reverse(trouble(sites))));
    groups
}

fn share(sites: &[(usize, &Watched)]) -> String {
    let well = sites.iter().filter(|(_, watched)| watched.standing.is_well()).count();
    format!("{well} of {} answer", sites.len())
}

/// Where each column begins.
struct Columns {
    site: usize,
    form: Form,
    begin: Millis,
    now: Millis,
}

impl Columns {
    fn row(&self, watched: &Watched, timelines: &Timelines, words: &Words) -> Drawn {
        let mark = Mark::of(&watched.standing);
        let shape = colored(&mark.shape().to_string(), mark, self.form);
        let site = cut(watched.site.target.site(), self.site);
        let since =
            if watched.since == Millis(0) { String::new() } else { format!("since {}", words.minute(watched.since)) };
        let seen = watched.looked.map_or_else(String::new, |at| format!("seen {}", words.clock(at)));
        let text = format!(
            "{site:<width$}  {state:<STATE$}  {since:<11}  {seen:<13}",
            width = self.site,
            state = standing_words(&watched.standing),
        );
        if !self.form.has_bands {
            return Drawn::plain("  ").and([shape, Drawn::plain(format!(" {}", text.trim_end()))]);
        }
        let taken = text.chars().count() + 4;
        let room = self.form.width.map_or(USUAL_BAND, |width| width.saturating_sub(taken + 1)).min(MOST_BAND);
        let band = timelines.band(watched.site.target.as_str(), self.begin, self.now, room);
        Drawn::plain("  ").and([shape, Drawn::plain(format!(" {text} "))]).and([painted(&band, self.form)])
    }
}

/// Neighbours of one kind share their escape codes.
fn painted(band: &[Mark], form: Form) -> Drawn {
    let runs = band.chunk_by(|one, other| one == other);
    Drawn::default().and(runs.filter_map(|run| {
        let shapes: String = run.iter().map(|mark| mark.shape()).collect();
        run.first().map(|mark| colored(&shapes, *mark, form))
    }))
}

fn colored(text: &str, mark: Mark, form: Form) -> Drawn {
    Drawn::colored(text, if form.is_colored { mark.color() } else { "" })
}

fn fitted(line: &str, width: Option<usize>) -> String {
    width.map_or_else(|| line.to_owned(), |width| cut(line, width))
}

/// The longest of the words for a state.
const STATE: usize = 19;
/// Longer names are cut; the address is in the JSON.
const MOST_SITE: usize = 40;
/// Of a screen that does not tell its width.
const USUAL_BAND: usize = 30;
/// Longer bands are no easier to read.
const MOST_BAND: usize = 72;
