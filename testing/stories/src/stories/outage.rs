//! 8 June 2021, from its first 503 to the last site's return, in a browser with the twelve sites in tabs.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::incident::{Incident, Kind, Progress, Site};
use detour_core::observation::Millis;
use detour_core::outage::Outage;
use detour_core::tab::TabId;
use detour_lab::replay::{Happening, Replay, Timed};
use detour_lab::sites;

use self::day::{Day, Kills, Notice, Treatment};
use self::facts::{CDN, MOVED};
use self::truth::Health;
use super::stage::{Stage, Story, story};
use crate::place;

mod day;
mod facts;
mod truth;
mod words;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("8 June 2021 in twelve tabs: one incident, few words, each site back in time and none too early", undisturbed)
            .within(LONG),
        story!(
            "8 June 2021 ends the same with the worker killed in the middle of looks and after each, the host killed at work, and the browser closed in between",
            disturbed
        )
        .within(LONG),
    ]
}

async fn undisturbed(stage: &Stage<'_>) -> Result<()> {
    lived(stage, Treatment::Undisturbed, false).await
}

async fn disturbed(stage: &Stage<'_>) -> Result<()> {
    lived(stage, Treatment::Disturbed, true).await
}

async fn lived(stage: &Stage<'_>, treatment: Treatment, dark: bool) -> Result<()> {
    let mut day = Day::begin(stage.browser.engine(), stage.lab, treatment, dark).await?;
    let ended = live(stage, &mut day).await;
    day.browser.end().await?;
    ended
}

async fn live(stage: &Stage<'_>, day: &mut Day<'_>) -> Result<()> {
    let timed = Replay::of_2021_06_08()?.timed(SEED)?;
    let mut tabs: Vec<TabId> = Vec::new();
    // A switch is thrown once the looks that are under way are over, which may be some seconds after its time.
    let mut thrown: Vec<Timed> = Vec::new();
    for (second, action) in moments(&timed) {
        day.until(second).await.with_context(|| format!("before {action:?}"))?;
        match action {
            Action::Throw(switch) => {
                stage.lab.set(switch.as_ref().clone()).await?;
                thrown.push((day.seconds(), Happening::Switched(*switch)));
            }
            Action::OpenTabs => {
                for site in sites::all() {
                    tabs.push(day.fails(&address(site)).await?);
                }
            }
            Action::Picture(name) => day.picture(name).await?,
            Action::Reopen if day.treatment == Treatment::Undisturbed => {}
            Action::Reopen => {
                day.reopen().await?;
                tabs.clear();
                // As the browser does itself for whoever wants the tabs of the last time back.
                for site in sites::all() {
                    tabs.push(day.browser.open(&address(site)).await?);
                }
                day.settled().await?;
            }
        }
    }
    let mut second = day.seconds();
    let end = second + LONGEST_AFTERMATH;
    // A tab that still shows the failure is remembered, but nobody looks at its site any more.
    while !(day.open_incidents().await?.is_empty() && day.settled().await?.outages.values().all(Outage::is_left_alone))
    {
        if second >= end {
            write_down(day, &day.open_incidents().await?, &day.notices().await?)?;
            anyhow::bail!("not over after {LONGEST_AFTERMATH} s; what is open is in target/pictures");
        }
        second += MINUTE;
        day.until(second).await?;
    }
    day.picture("after").await?;
    let history = day.history().await?;
    let notices = day.notices().await?;
    write_down(day, &history, &notices)?;
    judge(day, &history, &thrown)?;
    let healed = thrown.iter().rev().find(|(_, happening)| is_healing(happening)).map_or(0.0, |(at, _)| *at);
    words::judge(&notices, day.treatment, |notice| day.seconds_at(Millis(notice.at)) < healed)?;
    if day.treatment == Treatment::Disturbed {
        let Kills { looking, resting, hosts } = day.kills;
        ensure!(looking > 0 && resting > 0 && hosts > 0, "not all was killed that was to be: {:?}", day.kills);
    }
    for tab in tabs {
        let badge = day.browser.badge(tab).await?;
        ensure!(!badge.is_on(), "at the end tab {} has the sign `{}` ({})", tab.0, badge.text, badge.title);
    }
    Ok(())
}

/// From then on every request is answered.
fn is_healing(happening: &Happening) -> bool {
    matches!(happening, Happening::Switched(detour_lab::Switch::HealAll))
}

/// What happens on this day, besides what Detour does.
#[derive(Debug)]
enum Action {
    Throw(Box<detour_lab::Switch>),
    /// The reader opens the twelve sites.
    OpenTabs,
    Picture(&'static str),
    /// The browser is closed and opened again.
    Reopen,
}

fn moments(timed: &[Timed]) -> Vec<(f64, Action)> {
    let switches = timed.iter().filter_map(|(at, happening)| match happening {
        Happening::Switched(switch) => Some((*at, Action::Throw(Box::new(switch.clone())))),
        Happening::Told(_) => None,
    });
    let own = [
        (3.0 * MINUTE, Action::OpenTabs),
        (24.0 * MINUTE, Action::Picture("worst")),
        (28.0 * MINUTE, Action::Reopen),
        (54.0 * MINUTE, Action::Picture("recovery")),
    ];
    let mut all: Vec<_> = switches.chain(own).collect();
    all.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    all
}

fn address(site: &sites::Site) -> String {
    format!("https://{}{}", site.host, site.article)
}

/// What is left of the day, held against what the lab did and when it really did it.
fn judge(day: &Day<'_>, history: &[Incident], thrown: &[Timed]) -> Result<()> {
    let [incident] = history else {
        anyhow::bail!("{} incidents are in the history, and it was one: {history:#?}", history.len())
    };
    let (ending, expected) = (Ending::of(incident), Ending::of_the_day());
    ensure!(ending == expected, "it ended with {ending:#?}, and not with {expected:#?}");
    for site in &incident.sites {
        let truth = truth::of(&site.host, thrown);
        let spells = spells(day, site);
        let is_flickering = FLICKERING.contains(&site.host.as_str());
        let proof = if is_flickering { PROOF_AFTER_RELAPSES } else { PROOF };
        is_in_time(&spells, &truth, day.treatment, proof)
            .with_context(|| format!("{}: {spells:?}, truly {truth:?}", site.host))?;
        // Nothing but a relapse would have it looked at until it returns.
        let may_return = day.treatment == Treatment::Disturbed || !MOVED.contains(&site.host.as_str());
        ensure!(may_return || site.progress() == Progress::Moved, "{} has moved, and then {spells:?}", site.host);
        let came_and_went = match day.treatment {
            Treatment::Undisturbed => spells.iter().any(|(_, progress)| *progress == Progress::Flickering),
            // Whoever loses every third look may not have enough of them in a row to call it that.
            Treatment::Disturbed => relapses(&spells) >= 2,
        };
        ensure!(came_and_went || !is_flickering, "{} does not come and go: {spells:?}", site.host);
    }
    Ok(())
}

/// How often it failed again after it had answered.
fn relapses(spells: &[(f64, Progress)]) -> usize {
    let later = spells.iter().skip(1);
    let is_relapse = |((_, one), (_, next)): &(&(f64, Progress), &(f64, Progress))| {
        matches!(one, Progress::Recovering | Progress::Moved | Progress::Back)
            && matches!(next, Progress::Failing | Progress::Flickering)
    };
    spells.iter().zip(later).filter(is_relapse).count()
}

/// How the day ends, whatever was done to Detour on it.
#[derive(Debug, PartialEq, Eq)]
struct Ending {
    kind: Kind,
    cdn: Option<String>,
    is_over: bool,
    /// The sites by host.
    sites: Vec<SiteEnding>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct SiteEnding {
    host: String,
    has_moved: bool,
    /// Whether the last word on it is that it is back, where it was or elsewhere: those that moved return at 11:00, and
    /// whoever was disturbed may still be looking then.
    is_back: bool,
}

impl Ending {
    fn of(incident: &Incident) -> Self {
        let site = |site: &Site| SiteEnding {
            host: site.host.clone(),
            has_moved: site.spells.iter().any(|(_, progress)| *progress == Progress::Moved),
            is_back: site.progress().is_good(),
        };
        let mut sites: Vec<SiteEnding> = incident.sites.iter().map(site).collect();
        sites.sort();
        Self { kind: incident.kind, cdn: incident.cdn.clone(), is_over: incident.ended.is_some(), sites }
    }

    fn of_the_day() -> Self {
        let site = |site: &sites::Site| SiteEnding {
            host: site.host.to_owned(),
            has_moved: MOVED.contains(&site.host),
            is_back: true,
        };
        let mut sites: Vec<SiteEnding> = sites::all().iter().map(site).collect();
        sites.sort();
        Self { kind: Kind::Cdn, cdn: Some(CDN.to_owned()), is_over: true, sites }
    }
}

/// None is called back while it fails, and each is called back soon after it stopped failing.
fn is_in_time(spells: &[(f64, Progress)], truth: &[(f64, Health)], treatment: Treatment, proof: f64) -> Result<()> {
    for (at, progress) in spells {
        if progress.is_good() {
            // The look that it rests on was answered a moment before.
            let was = [truth::at(truth, *at), truth::at(truth, *at - LOOK)];
            ensure!(was != [Health::Failing; 2], "called {progress:?} at {at:.0} s, too early");
        }
    }
    let recovery = truth::recovery(truth);
    let at_recovery = spells.iter().rev().find(|(from, _)| *from <= recovery).map(|(_, progress)| *progress);
    let seen = spells.iter().find(|(at, progress)| *at >= recovery && *progress != Progress::Failing);
    let called = spells.iter().find(|(at, progress)| *at >= recovery && progress.is_good());
    ensure!(spells.last().is_some_and(|(_, progress)| progress.is_good()), "not called back at all");
    // Whoever dies at each look needs more of them.
    if treatment == Treatment::Disturbed || at_recovery.is_some_and(Progress::is_good) {
        return Ok(());
    }
    // What comes and goes still does after one good look, and no longer after two.
    let second_look = if at_recovery == Some(Progress::Flickering) { NEXT_GOOD_LOOK } else { 0.0 };
    let late = |found: Option<&(f64, Progress)>| found.map_or(f64::INFINITY, |(at, _)| at - recovery);
    // A good look may have come while some tries still failed; then it is seen already, and only to be called.
    let is_seen = at_recovery == Some(Progress::Recovering) || late(seen) <= POLLING_INTERVAL + second_look;
    ensure!(is_seen, "seen well only {:.0} s after {recovery:.0} s", late(seen));
    ensure!(late(called) <= POLLING_INTERVAL + proof, "called back only {:.0} s after {recovery:.0} s", late(called));
    Ok(())
}

fn spells(day: &Day<'_>, site: &Site) -> Vec<(f64, Progress)> {
    site.spells.iter().map(|(at, progress)| (day.seconds_at(*at).round(), *progress)).collect()
}

/// The day as Detour saw it, for people: in target/pictures, beside the pictures.
fn write_down(day: &Day<'_>, history: &[Incident], notices: &[Notice]) -> Result<()> {
    let sites: BTreeMap<&str, Vec<(f64, Progress)>> =
        history.iter().flat_map(|incident| &incident.sites).map(|site| (&*site.host, spells(day, site))).collect();
    let said: Vec<_> = notices
        .iter()
        .map(|notice| {
            (day.seconds_at(detour_core::observation::Millis(notice.at)).round(), &notice.title, &notice.message)
        })
        .collect();
    let text = serde_json::to_string_pretty(&serde_json::json!({
        "sites": sites, "said": said, "incidents": history.len(), "kills": day.kills,
    }))?;
    let treatment = if day.treatment == Treatment::Disturbed { "disturbed" } else { "undisturbed" };
    let file = format!("target/pictures/{}-2021-06-08-{treatment}.json", day.browser.engine().name());
    Ok(std::fs::write(place::workspace().join(file), text)?)
}

/// When Amazon and Twitch come and go; with another one they do so at other moments.
const SEED: u64 = 20_210_608;
const MINUTE: f64 = 60.0;
const FLICKERING: [&str; 2] = ["www.amazon.com", "www.twitch.tv"];
/// The longest that a look takes, from its answer to its verdict, in seconds.
const LOOK: f64 = 10.0;
/// How late a look may begin, in seconds.
const LATENESS: f64 = day::LATENESS as f64 / 1000.0;
/// From one look to the next, 120 s and up to a fifth more, how late it may begin, and what it takes, in seconds.
const POLLING_INTERVAL: f64 = 120.0 * 1.2 + LATENESS + 10.0;
/// From a good look to the next one, 20 s and up to a fifth more, how late it may begin, and what it takes, in seconds.
const NEXT_GOOD_LOOK: f64 = 20.0 * 1.2 + LATENESS + 10.0;
/// Five more looks: six are needed while the CDN's other sites fail.
const PROOF: f64 = 5.0 * NEXT_GOOD_LOOK;
/// What was called back and failed again has to be well for eight minutes: 24 looks.
const PROOF_AFTER_RELAPSES: f64 = 23.0 * NEXT_GOOD_LOOK;
/// After a quarter of an hour without a relapse an incident is over for good.
const LONGEST_AFTERMATH: f64 = 60.0 * MINUTE;
const LONG: Duration = Duration::from_secs(15 * 60);
