//! Pages that are kept while they are well, and those that never are.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::keep::Reason;
use detour_core::settings::Keeping;
use detour_core::tab::TabId;
use detour_lab::Behaviour;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde_json::json;

use super::stage::{OPEN, Stage, Story, story};
use crate::engine::Engine;
use crate::wait::{wait_for, wait_until};

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("A visited page is kept when the user chose so and opens when the site fails", visited),
        story!("Nothing is kept, and no page is asked, unless the user chose", unchosen),
        story!("A page with a password field is not kept", password),
        story!("A page that its site does not allow to be stored is not kept", no_store),
        story!("A page that is meant for one person is not kept", private),
        story!("A page that looks different for each person is not kept", personal),
        story!("A page that one can sign out of is not kept", sign_out),
        story!("What came from a form is not kept", form),
        story!("A page that went on under another address is not kept", moved_on),
        story!("A page that a site shows to its members alone is not kept", members_only),
        story!("A page that greets its reader is not kept", greeting),
        story!(
            "A greeting that a script's file or the answer holds, beside a name that neither does, keeps its page off the shelf",
            named
        ),
        story!("A page's own record of its requests holds Detour's in Firefox alone", unrecorded),
        story!("A page whose script brings what its headers do not speak of is not kept", brought),
        story!("A page that everybody gets is kept, whatever cookies there are", everybody),
        story!("A pin is no proof that others may see a page", pinned_letter),
        story!("A page with elements of MathML and SVG whose names have dashes is kept", dashes),
        story!("A page is worth more to the shelf once a hand touched it", touched),
        story!("A pinned page is kept at every visit, and no other page is", pinned),
        story!("Keeping a page asks nobody but its own site, once and without cookies", silent),
        story!("A failure is answered at once while pages are being kept", meanwhile),
    ]
}

async fn visited(stage: &Stage<'_>) -> Result<()> {
    stage.choose(Keeping::Visited).await?;
    let url = format!("{FLIP}/article");
    stage.host(FLIP_HOST, Behaviour::Healthy).await?;
    let tab = visit(stage, &url).await?;
    stage.kept(&url).await?;
    stage.host(FLIP_HOST, Behaviour::Refused).await?;
    stage.browser.reload(tab).await?;
    stage.outage_page_says(tab, FLIP_HOST).await?;
    stage.press(tab, OPEN).await?;
    let viewer = stage.browser.page("copy.html");
    wait_until("the copy in the tab", SOON, async || Ok(stage.browser.url(tab).await?.starts_with(&viewer))).await
}

async fn unchosen(stage: &Stage<'_>) -> Result<()> {
    for keep in [Keeping::Unasked, Keeping::Off] {
        stage.choose(keep).await?;
        let tab = visit(stage, &format!("{PAGES}/ok")).await?;
        let registered = stage
            .browser
            .control("return (await api.scripting.getRegisteredContentScripts()).length", json!([]))
            .await?;
        ensure!(registered == json!(0), "a script is registered: {registered}");
        // Longer than a page takes to tell of itself.
        stage.no_sign_for(TELLING).await?;
        ensure!(!stage.is_kept(&format!("{PAGES}/ok")).await?, "kept with {keep:?}");
        ensure!(stage.browser.state().await?.told == detour_core::keep::Told::default(), "a page was asked");
        stage.browser.close(tab).await?;
    }
    Ok(())
}

async fn password(stage: &Stage<'_>) -> Result<()> {
    refused(stage, "body=<input type=password>", Reason::Password).await
}

async fn no_store(stage: &Stage<'_>) -> Result<()> {
    refused(stage, "cache-control=no-store", Reason::NoStore).await
}

async fn private(stage: &Stage<'_>) -> Result<()> {
    refused(stage, "cache-control=private, max-age=60", Reason::Private).await
}

async fn personal(stage: &Stage<'_>) -> Result<()> {
    refused(stage, "vary=Accept-Encoding, Cookie", Reason::Personal).await
}

async fn sign_out(stage: &Stage<'_>) -> Result<()> {
    refused(stage, "body=<form action=\"/account/logout\"><button>Bye</button></form>", Reason::SignOut).await
}

async fn form(stage: &Stage<'_>) -> Result<()> {
    stage.choose(Keeping::Visited).await?;
    let tab = visit(stage, &format!("{PAGES}/form")).await?;
    stage.kept(&format!("{PAGES}/form")).await?;
    let send = "const form = document.forms[0]; form.action = '/status/200'; form.submit();";
    stage.browser.run(tab, send, Vec::new()).await?;
    let url = format!("{PAGES}/status/200");
    loaded(stage, tab, &url).await?;
    is_refused(stage, tab, &url, Reason::NoStore).await
}

async fn moved_on(stage: &Stage<'_>) -> Result<()> {
    stage.choose(Keeping::Visited).await?;
    let go_on = "<script>history.replaceState(0, '', '/inbox')</script>";
    let tab = stage.browser.open(&saying(&format!("body={go_on}"))?).await?;
    let url = format!("{PAGES}/inbox");
    loaded(stage, tab, &url).await?;
    is_refused(stage, tab, &url, Reason::NoStore).await
}

/// Becomes a member, and opens a page of the club's; `said` is what it says of itself in headers.
async fn as_member(stage: &Stage<'_>, kind: &str, said: &[(&str, &str)]) -> Result<(TabId, String)> {
    let joined = visit(stage, &format!("{PAGES}/members/join")).await?;
    let url: String = url::Url::parse_with_params(&format!("{PAGES}/members/{kind}"), said)?.into();
    let url = url.trim_end_matches('?').to_owned();
    let tab = visit(stage, &url).await?;
    stage.browser.close(joined).await?;
    Ok((tab, url))
}

async fn members_only(stage: &Stage<'_>) -> Result<()> {
    stage.choose(Keeping::Visited).await?;
    for said in [&[] as &[(&str, &str)], &[("cache-control", "max-age=600")], &[("cache-control", "public, no-cache")]]
    {
        for kind in ["moved", "asked", "forbidden"] {
            let (tab, url) = as_member(stage, kind, said).await?;
            is_refused(stage, tab, &url, Reason::OnlyForYou).await.with_context(|| url.clone())?;
            stage.browser.close(tab).await?;
        }
    }
    Ok(())
}

async fn greeting(stage: &Stage<'_>) -> Result<()> {
    stage.choose(Keeping::Visited).await?;
    let public = &[("cache-control", "public, max-age=600")][..];
    for (kind, said) in [("greeted", &[][..]), ("named", &[]), ("little", &[]), ("little", public)] {
        let (tab, url) = as_member(stage, kind, said).await?;
        is_refused(stage, tab, &url, Reason::OnlyForYou).await.with_context(|| url.clone())?;
    }
    Ok(())
}

async fn named(stage: &Stage<'_>) -> Result<()> {
    stage.choose(Keeping::Visited).await?;
    let public = &[("cache-control", "public, max-age=600")][..];
    for said in [&[][..], public] {
        for kind in ["built", "filled", "hidden"] {
            let (tab, url) = as_member(stage, kind, said).await?;
            is_refused(stage, tab, &url, Reason::OnlyForYou).await.with_context(|| url.clone())?;
            stage.browser.close(tab).await?;
        }
    }
    Ok(())
}

/// With it a page could tell a user who keeps pages from one who does not.
async fn unrecorded(stage: &Stage<'_>) -> Result<()> {
    stage.choose(Keeping::Visited).await?;
    let (tab, url) = as_member(stage, "everybody", &[]).await?;
    stage.kept(&url).await?;
    let look =
        "return performance.getEntriesByType('resource').map(({ name, initiatorType }) => `${initiatorType} ${name}`)";
    let recorded = stage.browser.run(tab, look, Vec::new()).await?.to_string();
    let is_seen = recorded.contains("/members/everybody");
    // Firefox counts content scripts' requests among the page's own (docs/security.md): a copy there tells no more than its lack.
    ensure!(is_seen == (stage.browser.engine() == Engine::Firefox), "the page sees {recorded}");
    Ok(())
}

async fn brought(stage: &Stage<'_>) -> Result<()> {
    stage.choose(Keeping::Visited).await?;
    let (tab, url) = as_member(stage, "script", &[("cache-control", "public, max-age=600")]).await?;
    is_refused(stage, tab, &url, Reason::OnlyForYou).await
}

async fn everybody(stage: &Stage<'_>) -> Result<()> {
    stage.choose(Keeping::Visited).await?;
    for kind in ["everybody", "counted"] {
        let (tab, url) = as_member(stage, kind, &[]).await?;
        stage.kept(&url).await?;
        stage.browser.close(tab).await?;
    }
    // The page's own script could ask for nothing. Chromium knows that the question is not the page's; Gecko holds content
    // scripts to the page's policy, so that not even its own cache can be asked.
    let nothing = [("content-security-policy", "default-src 'none'; connect-src 'none'")];
    let (tab, url) = as_member(stage, "everybody", &nothing).await?;
    match stage.browser.engine() {
        Engine::Chromium => stage.kept(&url).await?,
        Engine::Firefox => is_refused(stage, tab, &url, Reason::NoStore).await?,
    }
    stage.browser.close(tab).await?;
    // The site's own word needs no question.
    stage.lab.clear_log();
    let (_, url) = as_member(stage, "everybody", &[("cache-control", "public, max-age=600")]).await?;
    stage.kept(&url).await?;
    let times = stage.lab.log().iter().filter(|seen| seen.path.contains("public")).count();
    ensure!(times == 1, "asked for {times} times");
    Ok(())
}

async fn pinned_letter(stage: &Stage<'_>) -> Result<()> {
    let (tab, url) = as_member(stage, "moved", &[]).await?;
    stage.browser.say(json!({ "keep_page": { "tab": tab, "url": url, "kept": true } })).await?;
    loaded(stage, tab, &url).await?;
    is_refused(stage, tab, &url, Reason::OnlyForYou).await
}

async fn dashes(stage: &Stage<'_>) -> Result<()> {
    stage.choose(Keeping::Visited).await?;
    let reserved = [
        "font-face",
        "font-face-src",
        "font-face-uri",
        "font-face-format",
        "font-face-name",
        "missing-glyph",
        "color-profile",
    ];
    let drawn: String = reserved.map(|name| format!("<{name}></{name}>")).concat();
    for body in [
        format!("<svg width=9 height=9>{drawn}<rect width=9 height=9 /></svg>"),
        "<math><semantics><mi>x</mi><annotation-xml encoding='text/html'><b>x</b></annotation-xml></semantics></math>"
            .to_owned(),
        // As HTML's own elements, which are no components either.
        format!("{drawn}<annotation-xml>x</annotation-xml>"),
    ] {
        let url = saying(&format!("body={body}"))?;
        let tab = visit(stage, &url).await?;
        stage.kept(&url).await.with_context(|| body)?;
        stage.browser.close(tab).await?;
    }
    Ok(())
}

async fn touched(stage: &Stage<'_>) -> Result<()> {
    stage.choose(Keeping::Visited).await?;
    let url = format!("{PAGES}/touched");
    let tab = visit(stage, &url).await?;
    stage.kept(&url).await?;
    ensure!(!is_attended(stage, &url).await?, "nobody has touched it yet");
    // What the page makes up is no hand.
    let feign = "for (const kind of ['wheel', 'keydown', 'pointerdown']) dispatchEvent(new Event(kind));";
    stage.browser.run(tab, feign, Vec::new()).await?;
    tokio::time::sleep(TELLING).await;
    ensure!(!is_attended(stage, &url).await?, "the page passed for a hand");
    let keys = KeyActions::new("keyboard".to_owned())
        .then(KeyAction::Down { value: Key::Down.into() })
        .then(KeyAction::Up { value: Key::Down.into() });
    stage.browser.show(tab).await?;
    stage.browser.in_tab(tab).await?.client().perform_actions(keys).await?;
    wait_until("the copy is of a page that was looked at", SOON, async || is_attended(stage, &url).await).await
}

/// Whether the shelf notes that a hand touched the page; what is true of all is not written.
pub(super) async fn is_attended(stage: &Stage<'_>, url: &str) -> Result<bool> {
    let look =
        "const settled = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
        const shelf = await settled(indexedDB.open('shelf'));
        const [row] = await settled(shelf.transaction('pages').objectStore('pages').index('page').getAll(args[0]));
        shelf.close();
        return JSON.parse(row.record).record.attended ?? true;";
    Ok(stage.browser.control(look, json!([url])).await? == json!(true))
}

async fn pinned(stage: &Stage<'_>) -> Result<()> {
    let url = format!("{PAGES}/pinned");
    let other = format!("{PAGES}/pinned-not");
    let tab = visit(stage, &url).await?;
    stage.browser.say(json!({ "keep_page": { "tab": tab, "url": url, "kept": true } })).await?;
    loaded(stage, tab, &url).await?;
    let mut last = taken_at(stage, &url, 0).await?;
    for _ in 0..2 {
        stage.browser.go(tab, &other).await?;
        loaded(stage, tab, &other).await?;
        stage.browser.go(tab, &url).await?;
        loaded(stage, tab, &url).await?;
        last = taken_at(stage, &url, last).await?;
    }
    ensure!(!stage.is_kept(&other).await?, "a page was kept that was not pinned");
    stage.browser.say(json!({ "keep_page": { "tab": tab, "url": url, "kept": false } })).await?;
    wait_until("no page is asked any more", SOON, async || {
        let look = "return (await api.scripting.getRegisteredContentScripts()).length";
        Ok(stage.browser.control(look, json!([])).await? == json!(0))
    })
    .await
}

async fn silent(stage: &Stage<'_>) -> Result<()> {
    let host = "www.theguardian.com";
    // What the browser asks for by itself is known from a visit at which nothing is kept.
    visit(stage, &format!("https://{host}/")).await?;
    let before = asked(stage, host);
    stage.choose(Keeping::Visited).await?;
    let url = &format!("https://{host}/?page=2");
    visit(stage, url).await?;
    stage.kept(url).await?;
    let more: Vec<_> = asked(stage, host).into_iter().skip(before.len()).collect();
    let (pages, others): (Vec<_>, Vec<_>) = more.iter().partition(|asked| asked.as_str() == "edge /?page=2");
    // A question without cookies goes over a connection of its own, and the edge may have to ask the origin.
    let is_silent = others.iter().all(|asked| {
        ["connection 443", "origin /?page=2"].contains(&asked.as_str())
            || asked.starts_with("dns ")
            || before.contains(asked)
    });
    ensure!(pages.len() == 2 && is_silent, "besides the visit and one question: {more:?}, before it {before:?}");
    stage.nobody_was_told()
}

async fn meanwhile(stage: &Stage<'_>) -> Result<()> {
    stage.choose(Keeping::Visited).await?;
    let mut busy = Vec::new();
    for nth in 0..4 {
        busy.push(stage.browser.open(&format!("{PAGES}/busy-{nth}")).await?);
    }
    let failing = stage.browser.open("https://refused.detour-lab.net/").await?;
    stage.badged(failing).await?;
    for (nth, tab) in busy.into_iter().enumerate() {
        let url = format!("{PAGES}/busy-{nth}");
        loaded(stage, tab, &url).await?;
        stage.kept(&url).await?;
    }
    Ok(())
}

/// Opens a page that says something of itself, and waits for the reason why it is not kept.
async fn refused(stage: &Stage<'_>, said: &str, reason: Reason) -> Result<()> {
    stage.choose(Keeping::Visited).await?;
    let url = saying(said)?;
    let tab = visit(stage, &url).await?;
    is_refused(stage, tab, &url, reason).await
}

pub(super) async fn is_refused(stage: &Stage<'_>, tab: TabId, url: &str, reason: Reason) -> Result<()> {
    let found =
        wait_for("the page told of itself", SOON, async || Ok(stage.browser.state().await?.told.refusal(tab, url)))
            .await?;
    ensure!(found == reason, "refused for {found:?}");
    ensure!(!stage.is_kept(url).await?, "kept nevertheless");
    Ok(())
}

/// Opens a page and looks at it until it is there, which a page waits for before it tells of itself.
pub(super) async fn visit(stage: &Stage<'_>, url: &str) -> Result<TabId> {
    let tab = stage.browser.open(url).await?;
    loaded(stage, tab, url).await?;
    Ok(tab)
}

/// Looks at a tab until this page is there. (Asking the control tab would put that one in front.)
pub(super) async fn loaded(stage: &Stage<'_>, tab: TabId, url: &str) -> Result<()> {
    wait_until(&format!("{url} in the tab"), SOON, async || {
        let look = "return document.readyState === 'complete' && document.visibilityState === 'visible' && location.href === arguments[0]";
        Ok(stage.browser.run(tab, look, vec![json!(url)]).await? == json!(true))
    })
    .await
}

/// When the copy of a page was taken, once that is later than this.
async fn taken_at(stage: &Stage<'_>, url: &str, after: u64) -> Result<u64> {
    stage.kept(url).await?;
    wait_for("a newer copy", SOON, async || {
        let look =
            "const settled = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
            const shelf = await settled(indexedDB.open('shelf'));
            const rows = await settled(shelf.transaction('pages').objectStore('pages').index('page').getAll(args[0]));
            shelf.close();
            return Math.max(0, ...rows.map(({ at }) => at));";
        let at = stage.browser.control(look, json!([url])).await?.as_u64().unwrap_or(0);
        Ok((at > after).then_some(at))
    })
    .await
}

fn saying(said: &str) -> Result<String> {
    let (name, value) = said.split_once('=').unwrap_or((said, ""));
    Ok(url::Url::parse_with_params(&format!("{PAGES}/saying"), [(name, value)])?.into())
}

/// What the site was asked for, short of icons, which browsers fetch when they like.
fn asked(stage: &Stage<'_>, host: &str) -> Vec<String> {
    let is_meant = |seen: &detour_lab::Seen| seen.host.trim_end_matches('.') == host && !seen.path.contains("favicon");
    stage.lab.log().into_iter().filter(is_meant).map(|seen| format!("{} {}", seen.server, seen.path)).collect()
}

const PAGES: &str = "https://pages.detour-lab.net";
const FLIP_HOST: &str = "flip.detour-lab.net";
const FLIP: &str = "https://flip.detour-lab.net";
const SOON: Duration = Duration::from_secs(10);
/// The calm that a page waits for, and the time that a busy machine adds.
const TELLING: Duration = Duration::from_millis(1_500);
