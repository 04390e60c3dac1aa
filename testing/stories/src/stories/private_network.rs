//! Pages and servers that would have Detour speak to the private network for them, and tell them what it met there.
//!
//! Machines listen on private addresses while each story runs (`detour_lab::Private`), and nobody but the page itself may
//! reach them. Ports where nothing listens are seen by the recorder, which every story has anyway. What an attacker wants to
//! know is whether something listens: so stories are played at open and at closed ports, and both must look the same.
//!
//! Long because each attack is told in full beside what it must not learn.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::copies::{Offer, Search, Source};
use detour_core::settings::Keeping;
use detour_core::tab::TabId;
use detour_core::verdict::Fault;
use detour_lab::switch::Dns;
use detour_lab::{Asker, Behaviour, Private, Seen, Switch};
use serde_json::json;
use tokio::process::Command;
use tokio::time::sleep;
use url::Url;

use super::forged::searches;
use super::stage::{SIGN, Stage, Story, story};
use crate::engine::Engine;
use crate::tab::Badge;
use crate::wait::{wait_for, wait_until};

pub(super) fn all() -> Vec<Story> {
    let both = &[Asker::Others, Asker::Watched];
    [
        Story::new(
            "A page that fails and then leads into the private network learns nothing of what is there",
            |stage| Box::pin(redirects(stage, Scheme::Https, both)),
        ),
        Story::new("Without the host a page that then leads into the private network learns as little", |stage| {
            Box::pin(redirects(stage, Scheme::Https, &[Asker::Others]))
        })
        .without_host(),
        Story::new(
            "A page over plain http that fails and then leads into the private network learns as little",
            |stage| Box::pin(redirects(stage, Scheme::Http, both)),
        ),
        Story::new("Parts that lead into the private network are asked for by their page alone", |stage| {
            Box::pin(parts(stage, true))
        }),
        Story::new("Without the host parts that lead into the private network are no sign of anything", |stage| {
            Box::pin(parts(stage, false))
        })
        .without_host(),
        story!("A site whose name leads into the private network once it has failed is asked no more", moves),
        Story::new("Without the host such a site is asked no more either", |stage| {
            Box::pin(moves_alone(stage, Scheme::Https))
        })
        .without_host(),
        Story::new("A site over plain http whose name then leads into the private network is asked no more", |stage| {
            Box::pin(moves_alone(stage, Scheme::Http))
        }),
        Story::new("Without the host such a site over plain http is asked no more either", |stage| {
            Box::pin(moves_alone(stage, Scheme::Http))
        })
        .without_host(),
        story!("Private addresses that a page calls its own other ones are not asked for copies", named),
        story!("Names of a site that lead into the private network are not asked for copies", named_by_name),
        story!("An archive that leads into the private network is not followed there", archive),
    ]
    .map(|story| story.within(LONG))
    .into()
}

/// The page itself is asked again, by these, and answers with a redirect; where that ends stays unknown.
async fn redirects(stage: &Stage<'_>, scheme: Scheme, askers: &[Asker]) -> Result<()> {
    let private = listens().await?;
    stage.host(PAGES, scheme.alone()).await?;
    dns(stage, ROUTER, Dns::Private).await?;
    for (status, open, closed) in LEADS {
        let with = leads(stage, scheme, status, open, askers).await.with_context(|| format!("{status} to {open}"))?;
        let without =
            leads(stage, scheme, status, closed, askers).await.with_context(|| format!("{status} to {closed}"))?;
        ensure!(with == without, "{status} to {open}: {with:?}\nto {closed}: {without:?}");
    }
    nobody_came(&private)
}

/// What is on screen after a failure whose second answer leads there.
async fn leads(stage: &Stage<'_>, scheme: Scheme, status: u16, to: &str, askers: &[Asker]) -> Result<(String, Badge)> {
    stage.lab.clear_log();
    let path = format!("/status/503/then/{status}");
    let url = Url::parse_with_params(&format!("{}://{PAGES}{path}", scheme.name()), [("key", to), ("to", to)])?;
    let tab = stage.browser.open(url.as_str()).await?;
    stage.banner_says(tab, PAGES).await?;
    stage.verdict(tab).await?;
    sleep(WHILE).await;
    let log = stage.lab.log();
    for asker in askers {
        let is_led = |seen: &Seen| seen.path.starts_with(&path) && seen.status == status && seen.by == *asker;
        ensure!(log.iter().any(is_led), "the redirect was not tried with {asker:?}");
    }
    let shown = (stage.banner(tab).await?, stage.browser.badge(tab).await?);
    ensure!(!shown.0.is_empty(), "there is no banner to compare");
    stage.browser.close(tab).await?;
    Ok(shown)
}

async fn parts(stage: &Stage<'_>, has_host: bool) -> Result<()> {
    for (host, mode) in PARTS {
        dns(stage, host, mode).await?;
        let private = listens().await?;
        let open = sign_for(stage, host, Some(&private), has_host).await.with_context(|| format!("{mode:?}, open"))?;
        drop(private);
        dns(stage, host, mode).await?;
        let closed = sign_for(stage, host, None, has_host).await.with_context(|| format!("{mode:?}, closed"))?;
        // A public address may answer the page itself with an error, which is then no secret.
        let is_public = matches!(mode, Dns::AlsoPrivate | Dns::Rebinding);
        ensure!(is_public || (open == closed && !open.is_on()), "{mode:?}, open: {open:?}\nclosed: {closed:?}");
    }
    Ok(())
}

/// The sign on a page that is well, with a style sheet at the usual port, and with parts at a port of its own choice.
async fn sign_for(stage: &Stage<'_>, host: &str, private: Option<&Private>, has_host: bool) -> Result<Badge> {
    let html = format!(
        "<!doctype html><title>Allotment</title><script>{COUNT}</script>
        <link rel=stylesheet href='https://{host}/style.css'><link rel=stylesheet href='https://{host}:8080/admin.css'>
        <script src='https://{host}:8080/admin.js'></script><h1>Marrows</h1><p>This page itself is fine.</p>"
    );
    let name = format!("parts-{}.html", NTH.fetch_add(1, Ordering::Relaxed));
    stage.put_page(FAN, &name, &html)?;
    let tab = stage.browser.open(&format!("https://{FAN}/{name}")).await?;
    wait_until("every part of the page has failed", SIGN, async || {
        let look = "return document.documentElement?.dataset.failed ?? ''";
        Ok(stage.browser.run(tab, look, Vec::new()).await? == json!("3"))
    })
    .await?;
    // Now the page asks for nothing more, and Detour has yet to be told, 1.5 s after the first of them.
    if let Some(private) = private {
        private.clear();
    }
    stage.lab.clear_log();
    if has_host {
        wait_until("the host looks where it leads", SIGN, async || Ok(looked_up(stage, host, Asker::Watched))).await?;
        settled(stage, tab).await?;
    } else {
        sleep(Duration::from_millis(2500)).await;
    }
    sleep(WHILE).await;
    let badge = stage.browser.badge(tab).await?;
    stage.browser.close(tab).await?;
    private.map_or(Ok(()), nobody_came)?;
    Ok(badge)
}

/// Waits until a tab is forgotten, or its verdict is there.
async fn settled(stage: &Stage<'_>, tab: TabId) -> Result<()> {
    wait_until("all that is to be known is known", SIGN, async || {
        let state = stage.browser.state().await?;
        Ok(state.failing(tab).is_none_or(|(_, outage)| outage.verdict().is_some()))
    })
    .await
}

/// The program and the browser, each by itself.
async fn moves(stage: &Stage<'_>) -> Result<()> {
    stage.host(FLIP, Behaviour::Healthy).await?;
    let tab = stage.browser.open(&format!("https://{FLIP}/ok")).await?;
    stage.says(tab, "which today works as it should").await?;
    stage.browser.close(tab).await?;
    stage.host(FLIP, Behaviour::Status(503)).await?;
    for mode in [Dns::Private, Dns::PrivateAlias, Dns::AlsoPrivate, Dns::Rebinding] {
        let private = listens().await?;
        dns(stage, FLIP, mode).await?;
        stage.lab.clear_log();
        program(stage, &["check", &format!("https://{FLIP}/")]).await?;
        ensure!(looked_up(stage, FLIP, Asker::Watched), "{mode:?}: the program did not look where the name leads");
        nobody_came(&private).with_context(|| format!("the program, {mode:?}"))?;
    }
    moves_alone(stage, Scheme::Https).await
}

/// In Firefox the worker looks where a name leads before it asks. Chromium is told to ask public addresses alone, and says no
/// more to another one than a greeting, and over plain http nothing at all.
async fn moves_alone(stage: &Stage<'_>, scheme: Scheme) -> Result<()> {
    for mode in [Dns::Private, Dns::PrivateAlias, Dns::AlsoPrivate] {
        let private = listens().await?;
        let open = moved(stage, scheme, mode).await.with_context(|| format!("{mode:?}, open"))?;
        let came = match (stage.browser.engine(), scheme) {
            (Engine::Chromium, Scheme::Https) => nothing_was_asked,
            (Engine::Chromium, Scheme::Http) => nothing_was_said,
            (Engine::Firefox, _) => nobody_came,
        };
        came(&private).with_context(|| format!("{mode:?}"))?;
        drop(private);
        let closed = moved(stage, scheme, mode).await.with_context(|| format!("{mode:?}, closed"))?;
        ensure!(open == closed, "{mode:?}, open: {open:?}\nclosed: {closed:?}");
    }
    Ok(())
}

/// What is on screen once the name of a site has changed between the request and its answer, a failure. The answer is empty, so
/// that the page has no parts and no icon, for which the browser itself would look the name up.
async fn moved(stage: &Stage<'_>, scheme: Scheme, mode: Dns) -> Result<(Badge, Option<Fault>)> {
    dns(stage, FLIP, Dns::Answer).await?;
    stage.host(FLIP, Behaviour::Refused).await?; // an old connection would do, and would not be seen
    stage.host(FLIP, scheme.alone()).await?;
    stage.lab.clear_log();
    let tab = stage.browser.open(&format!("{}://{FLIP}/status/503/empty?ms=5000", scheme.name())).await?;
    wait_until("the browser has connected", SIGN, async || {
        Ok(stage.lab.log().iter().any(|seen| seen.server == "connection" && seen.host == FLIP))
    })
    .await?;
    dns(stage, FLIP, mode).await?;
    let is_answered = stage.lab.log().iter().any(|seen| seen.server == "pages" && seen.host == FLIP);
    ensure!(!is_answered, "this machine is too slow: the page had its answer before the name changed");
    stage.lab.clear_log();
    if stage.browser.engine() == Engine::Firefox {
        wait_until("the worker looks where it leads", SIGN, async || Ok(looked_up(stage, FLIP, Asker::Others))).await?;
    } else {
        // Chromium may know where it leads from the last time.
        let is_answered = || stage.lab.log().iter().any(|seen| seen.server == "pages" && seen.host == FLIP);
        wait_until("the page has its answer", SIGN, async || Ok(is_answered())).await?;
        sleep(WHILE).await;
    }
    settled(stage, tab).await?;
    sleep(WHILE).await;
    let state = stage.browser.state().await?;
    let fault = state.failing(tab).and_then(|(_, outage)| Some(outage.verdict()?.fault));
    let shown = (stage.browser.badge(tab).await?, fault);
    stage.browser.close(tab).await?;
    Ok(shown)
}

async fn named(stage: &Stage<'_>) -> Result<()> {
    let private = listens().await?;
    let own = format!("https://{DOOR}/own.html");
    for (nth, canonical) in [own.as_str(), "http://192.168.66.1/", "https://10.66.0.1:8080/"].into_iter().enumerate() {
        let page = format!("https://{SITE}/named-{nth}.html");
        let tab = keeps(stage, SITE, &page, &heads(canonical, &PRIVATE_OTHERS, "http://192.168.66.1/?a.onion")).await?;
        let search = looks(stage, SITE, tab).await?;
        let is_private =
            |offer: &&Offer| matches!(offer.source, Source::Onion(_)) || PRIVATE_OTHERS.contains(&offer.url.as_str());
        let found = search.offers.iter().find(is_private);
        ensure!(found.is_none(), "a private address is offered: {found:?}");
        stage.browser.close_all().await?;
    }
    let log = stage.lab.log();
    ensure!(looked_up(stage, DOOR, Asker::Others), "what the page said of its other addresses was not heard at all");
    let is_private = |name: &str| name.ends_with(".local") || name.ends_with(".internal");
    let asked = log.iter().find(|seen| is_private(seen.host.trim_end_matches('.')));
    ensure!(asked.is_none(), "a private name was looked up: {asked:?}");
    nobody_came(&private)
}

/// Names on the site's own domain pass for its own. Chromium refuses once it is connected, and says nothing there but a TLS
/// greeting, with which a page learns nothing. Firefox's worker sees where they lead; it asks after the first look, so a
/// name that leads elsewhere at the second one is out of the lab's reach, whose Firefox remembers no look.
async fn named_by_name(stage: &Stage<'_>) -> Result<()> {
    for (domain, mode) in DOMAINS {
        let (site, page) = (format!("www.{domain}"), format!("https://www.{domain}/names.html"));
        let others = [format!("https://wiki.{domain}/"), format!("https://origin.{site}/admin")];
        let head = heads(&format!("https://router.{domain}/admin"), &others.each_ref().map(String::as_str), "");
        keeps(stage, &site, &page, &head).await?;
        stage.lab.set(Switch::DnsSuffix { suffix: domain.into(), mode }).await?;
        dns(stage, &site, Dns::Answer).await?;
        let mut said = Vec::new();
        for is_open in [true, false] {
            let private = if is_open { Some(listens().await?) } else { None };
            stage.browser.close_all().await?;
            stage.host(&site, Behaviour::Healthy).await?;
            let tab = stage.browser.open(&page).await?;
            stage.says(tab, "A page with other addresses.").await?;
            let search = looks(stage, &site, tab).await?;
            let mirror = search.offers.iter().find(|offer| matches!(offer.source, Source::Mirror { .. }));
            ensure!(mirror.is_none(), "{mode:?}: offered from a private network: {mirror:?}");
            said.push(words_of(&search));
            let came = match stage.browser.engine() {
                Engine::Chromium => nothing_was_asked,
                Engine::Firefox => nobody_came,
            };
            private.as_ref().map_or(Ok(()), came).with_context(|| format!("{mode:?}"))?;
        }
        ensure!(said.first() == said.get(1), "{mode:?}: open and closed differ: {said:?}");
    }
    Ok(())
}

async fn archive(stage: &Stage<'_>) -> Result<()> {
    for name in ARCHIVES {
        stage.host(name, Behaviour::Badredirect).await?;
    }
    for (nth, mode) in [Dns::Private, Dns::PrivateAlias, Dns::AlsoPrivate].into_iter().enumerate() {
        let open = listens().await?;
        dns(stage, LED_TO, mode).await?;
        let url = |end: &str| format!("https://{PAGES}/status/503?{end}{nth}");
        let with = asks_archives(stage, &url("open")).await?;
        stage.lab.clear_log();
        program(stage, &["copies", &url("program")]).await?;
        let is_told = |seen: &Seen| seen.by == Asker::Watched && ARCHIVES.contains(&seen.host.as_str());
        ensure!(stage.lab.log().iter().any(is_told), "the program asked no archive");
        // An archive leads to archives, or is not followed: the program does not even look where that place is.
        ensure!(!looked_up(stage, LED_TO, Asker::Watched), "the program looked where the archive leads");
        nobody_came(&open).with_context(|| format!("{mode:?}"))?;
        drop(open);
        let without = asks_archives(stage, &url("closed")).await?;
        ensure!(with == without, "{mode:?}, open: {with:?}\nclosed: {without:?}");
    }
    Ok(())
}

/// What archives said that lead elsewhere: no copy among it.
async fn asks_archives(stage: &Stage<'_>, url: &str) -> Result<BTreeSet<String>> {
    stage.lab.clear_log();
    let tab = stage.browser.open(url).await?;
    let search = searches(stage, tab).await?;
    for name in ARCHIVES {
        let is_led = |seen: &Seen| seen.host == name && seen.status == 302 && seen.by == Asker::Others;
        ensure!(stage.lab.log().iter().any(is_led), "{name} was not asked");
    }
    ensure!(search.offers.is_empty(), "a copy was found: {:?}", search.offers);
    stage.browser.close_all().await?;
    Ok(words_of(&search))
}

/// All that a search says, in whatever order the answers came.
fn words_of(search: &Search) -> BTreeSet<String> {
    let offers = search.offers.iter().map(|offer| offer.url.clone());
    // The lab has no Archive-It: it rests after some silence.
    let own = search.said.iter().filter(|said| said.source != "Archive-It");
    offers.chain(own.map(|said| format!("{said:?}"))).collect()
}

/// Keeps a page with this head.
async fn keeps(stage: &Stage<'_>, site: &str, url: &str, head: &str) -> Result<TabId> {
    stage.host(site, Behaviour::Healthy).await?;
    let name = url.rsplit('/').next().unwrap_or_default();
    let html = format!("<!doctype html><title>Other addresses</title>{head}<p>A page with other addresses.</p>");
    stage.put_page(site, name, &html)?;
    stage.choose(Keeping::Visited).await?;
    let tab = stage.browser.open(url).await?;
    stage.says(tab, "A page with other addresses.").await?;
    stage.kept(url).await?;
    Ok(tab)
}

/// Has the site fail, loads its page again, and has its user look for copies.
async fn looks(stage: &Stage<'_>, site: &str, tab: TabId) -> Result<Search> {
    stage.host(site, Behaviour::Status(503)).await?;
    stage.browser.reload(tab).await?;
    searches(stage, tab).await
}

fn heads(canonical: &str, others: &[&str], onion: &str) -> String {
    let link = |url: &&str| {
        format!(
            "<link rel=alternate media='only screen' href='{url}'><link rel=amphtml href='{url}'>
            <link rel=alternate type='application/rss+xml' href='{url}'>"
        )
    };
    let others: String = others.iter().map(link).collect();
    format!("<link rel=canonical href='{canonical}'>{others}<meta http-equiv=onion-location content='{onion}'>")
}

/// Runs the program as a person does, with nothing remembered of earlier runs.
async fn program(stage: &Stage<'_>, args: &[&str]) -> Result<()> {
    let cache = stage.lab.dir().join(format!("cache-{}", NTH.fetch_add(1, Ordering::Relaxed)));
    let mut command = Command::new(crate::host::program()?);
    command.args(args).env("HOME", stage.lab.home()).env("XDG_CACHE_HOME", cache).env_remove("XDG_CONFIG_HOME");
    command.kill_on_drop(true).output().await.map(drop).context("running the program")
}

async fn dns(stage: &Stage<'_>, name: &str, mode: Dns) -> Result<()> {
    Ok(stage.lab.set(Switch::Dns { name: Some(name.to_owned()), mode }).await?)
}

fn looked_up(stage: &Stage<'_>, name: &str, by: Asker) -> bool {
    let is_it = |seen: &Seen| seen.server == "dns" && seen.host.trim_end_matches('.') == name && seen.by == by;
    stage.lab.log().iter().any(is_it)
}

/// The machines; those of a moment ago may still be going.
async fn listens() -> Result<Private> {
    wait_for("the machines listen", SIGN, async || Ok(Private::start().await.ok())).await
}

fn nobody_came(private: &Private) -> Result<()> {
    let seen = private.seen();
    ensure!(seen.is_empty(), "{} came into the private network, the first: {:?}", seen.len(), seen.first());
    Ok(())
}

/// Whoever came said nothing, or no more than how a TLS connection begins.
fn nothing_was_asked(private: &Private) -> Result<()> {
    let asked = private.seen().into_iter().find(|seen| !seen.said.is_empty() && !seen.said.starts_with("\u{16}\u{3}"));
    ensure!(asked.is_none(), "the private network was asked: {asked:?}");
    Ok(())
}

/// Whoever came said nothing.
fn nothing_was_said(private: &Private) -> Result<()> {
    let asked = private.seen().into_iter().find(|seen| !seen.said.is_empty());
    ensure!(asked.is_none(), "the private network was spoken to: {asked:?}");
    Ok(())
}

/// How the page that fails came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
}

impl Scheme {
    const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// Browsers go over https where that answers.
    const fn alone(self) -> Behaviour {
        match self {
            Self::Http => Behaviour::Plainhttp,
            Self::Https => Behaviour::Healthy,
        }
    }
}

const PAGES: &str = "pages.detour-lab.net";
const FLIP: &str = "flip.detour-lab.net";
const SITE: &str = "www.gamespot.com";
/// A site of its own for pages with parts: Chromium connects ahead to where a site's pages had parts before.
const FAN: &str = "www.lab-forum.org";
/// Another name of the site's, with an address of its own.
const DOOR: &str = "origin.www.gamespot.com";
/// A name of the world's that leads to a router.
const ROUTER: &str = "spare-three.detour-lab.net";
const DOMAINS: [(&str, Dns); 3] =
    [("gamespot.com", Dns::Private), ("theverge.com", Dns::PrivateAlias), ("twitch.tv", Dns::AlsoPrivate)];
/// Where [`Behaviour::Badredirect`] leads.
const LED_TO: &str = "refused.detour-lab.net";
const ARCHIVES: [&str; 3] = ["web.archive.org", "archive.org", "arquivo.pt"];

/// Statuses, each with a place where a machine listens and one where none does.
const LEADS: [(u16, &str, &str); 4] = [
    (301, "http://192.168.66.1/", "http://192.168.66.1:81/"),
    (302, "http://10.66.0.1:8080/", "http://10.66.0.1:8081/"),
    (307, "https://spare-three.detour-lab.net/", "https://spare-three.detour-lab.net:444/"),
    (308, "http://spare-three.detour-lab.net:8080/", "http://spare-three.detour-lab.net:8081/"),
];

/// Hosts of parts, of which two answer 503 where they are at first.
const PARTS: [(&str, Dns); 4] = [
    ("spare-one.detour-lab.net", Dns::Private),
    ("spare-two.detour-lab.net", Dns::PrivateAlias),
    ("status-empty.detour-lab.net", Dns::AlsoPrivate),
    ("status.detour-lab.net", Dns::Rebinding),
];

/// Private addresses as a page may write them, ports of its own, and names of no public web.
const PRIVATE_OTHERS: [&str; 7] = [
    "http://192.168.66.1/",
    "https://10.66.0.1:8080/",
    "https://3232252417/",
    "https://[::ffff:192.168.66.1]/",
    "https://router.local/",
    "https://router.gamespot.internal/",
    "https://www.gamespot.com:8080/",
];

const COUNT: &str = "addEventListener('error', () => {
    const { dataset } = document.documentElement;
    dataset.failed = 1 + Number(dataset.failed ?? 0);
}, true)";
static NTH: AtomicU32 = AtomicU32::new(0);
const WHILE: Duration = Duration::from_millis(1500);
const LONG: Duration = Duration::from_secs(300);
