//! What another attacker tried: to read the banner by other ways than its nodes, to see from a service worker that a page is
//! kept, and to have private pictures kept among words that everybody gets.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::keep::Reason;
use detour_core::settings::Keeping;
use detour_core::tab::TabId;
use detour_lab::private::Private;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::keep::{is_refused, loaded, visit};
use super::stage::{SIGN, Stage, Story, story};
use crate::engine::Engine;
use crate::wait::{wait_for, wait_until};

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("The banner's words cannot be searched, selected or drawn with a font of the page's", words),
        story!("What the browser measures of a page names nothing that is in the banner", measured),
        story!("A service worker sees Detour's look for the stored answer in Firefox alone", watched),
        story!("A page that is kept sees no request that one which is not kept does not see", unseen),
        story!(
            "Pictures that only one person gets keep their page off the shelf, though the words are everybody's",
            pictures
        ),
        story!(
            "An answer that says where else its site may be asked leads nobody into the private network",
            led_elsewhere
        ),
    ]
}

async fn words(stage: &Stage<'_>) -> Result<()> {
    let fonts: String = FAMILIES
        .iter()
        .enumerate()
        .map(|(nth, family)| format!("@font-face {{ font-family: '{family}'; src: url('/font-{nth}'); }}"))
        .collect();
    let ranges: String = ('a'..='z')
        .map(|letter| {
            format!(
                "@font-face {{ font-family: 'Roboto'; src: url('/font-{letter}'); unicode-range: U+{:x}; }}",
                letter as u32
            )
        })
        .collect();
    let tab = fails(stage, &format!("<style>{fonts}{ranges}</style>")).await?;
    // The test's own ways must find what is there.
    let found = in_page(stage, tab, "return String(window.find?.('headers') ?? true)").await?;
    ensure!(found == json!("true"), "the search finds nothing");
    let look = "return [...root.querySelectorAll('p')].map((one) => one.dataset.says).join(' ')";
    let said = stage.browser.in_banner(tab, look, Value::Null).await?;
    let said = said.as_str().unwrap_or_default();
    let shown: Vec<&str> = said.split_whitespace().filter(|word| word.len() > 4 && !word.contains('.')).collect();
    ensure!(shown.len() > 2, "the test itself finds too little in the banner: {said}");
    sleep(WHILE).await;
    let asked: Vec<_> = stage.lab.log().into_iter().filter(|seen| seen.path.starts_with("/font-")).collect();
    ensure!(asked.is_empty(), "{} fonts of the page's were asked for the banner: {:?}", asked.len(), asked.first());
    let script = format!(
        "const shown = {};
        const found = [];
        for (const word of shown) {{
            getSelection().removeAllRanges();
            if (window.find?.(word, false, false, true, false, true, false)) found.push('found ' + word);
        }}
        getSelection().selectAllChildren(document.documentElement);
        document.execCommand('selectAll');
        const texts = [getSelection().toString(), document.documentElement.innerText];
        for (const word of shown) if (texts.some((text) => text.includes(word))) found.push('selected ' + word);
        return JSON.stringify(found);",
        serde_json::to_string(&shown)?
    );
    let found = in_page(stage, tab, &script).await?;
    ensure!(found == json!("[]"), "the page learned of `{said}`: {found}");
    Ok(())
}

async fn measured(stage: &Stage<'_>) -> Result<()> {
    let tab = fails(stage, &format!("<script>{OBSERVE}</script>")).await?;
    stage.browser.click_in_banner(tab, ".headline").await?;
    sleep(WHILE).await;
    let look = "return JSON.stringify({ kinds: window.kinds, said: window.said })";
    let found = in_page(stage, tab, look).await?;
    let found: Value = serde_json::from_str(found.as_str().unwrap_or_default()).context("what was measured")?;
    ensure!(found.get("said") == Some(&json!([])), "measured: {found}");
    Ok(())
}

async fn watched(stage: &Stage<'_>) -> Result<()> {
    let mut seen = Vec::new();
    for keep in [Keeping::Off, Keeping::Visited] {
        stage.choose(keep).await?;
        let tab = has_worker(stage).await?;
        let url = format!("{PAGES}/watched/{}", if keep == Keeping::Off { "off" } else { "visited" });
        stage.browser.go(tab, &url).await?;
        stage.says(tab, "This page is everybody's").await?;
        // As long as a page takes to tell of itself.
        sleep(2 * WHILE).await;
        let told = seen_by_worker(stage, tab).await?;
        seen.push(told.into_iter().filter(|one| one.ends_with(url.trim_start_matches(PAGES))).collect::<Vec<_>>());
        stage.browser.close(tab).await?;
    }
    let counts: Vec<usize> = seen.iter().map(Vec::len).collect();
    // Gecko hands content scripts' requests to the page's worker as well (docs/security.md): one for the browser's stored answer.
    let more = usize::from(stage.browser.engine() == Engine::Firefox);
    ensure!(counts.first().map(|off| off + more) == counts.get(1).copied(), "its worker saw, off and on: {seen:?}");
    Ok(())
}

/// What the page's worker sees, and what the browser says to the page of its requests.
async fn unseen(stage: &Stage<'_>) -> Result<()> {
    stage.choose(Keeping::Visited).await?;
    let mut seen = Vec::new();
    for kind in ["turned-away", "kept"] {
        let tab = has_worker(stage).await?;
        let url = format!("{PAGES}/watched/{kind}");
        stage.browser.go(tab, &url).await?;
        loaded(stage, tab, &url).await?;
        sleep(WHILE).await;
        if kind == "kept" {
            // Where a service worker stands between, Chromium does not say how long a page's answer was, and none is kept.
            match stage.browser.engine() {
                Engine::Firefox => stage.kept(&url).await?,
                Engine::Chromium => is_refused(stage, tab, &url, Reason::NoStore).await?,
            }
        } else {
            is_refused(stage, tab, &url, Reason::SignOut).await?;
        }
        sleep(WHILE).await;
        let look = "return performance.getEntriesByType('resource').map(({ name, initiatorType }) => `${initiatorType} ${name}`)";
        let recorded: Vec<String> = serde_json::from_value(stage.browser.run(tab, look, Vec::new()).await?)?;
        let told = seen_by_worker(stage, tab).await?;
        let is_its = |one: &&String| one.contains(&format!("/watched/{kind}"));
        let mut of_page: Vec<String> = [&recorded, &told]
            .map(|list| list.iter().filter(is_its).map(|one| one.replace(kind, "")).collect::<Vec<_>>())
            .concat();
        of_page.sort();
        ensure!(of_page.iter().any(|one| one.contains("background.svg")), "the page shows no parts: {of_page:?}");
        seen.push(of_page);
        stage.browser.close(tab).await?;
    }
    ensure!(seen.first() == seen.get(1), "turned away and kept: {seen:#?}");
    Ok(())
}

/// A tab of a site whose service worker sees each request.
async fn has_worker(stage: &Stage<'_>) -> Result<TabId> {
    let tab = visit(stage, &format!("{PAGES}/watched/start")).await?;
    wait_until("the worker is there", SIGN, async || {
        Ok(stage.browser.run(tab, "return document.documentElement.dataset.worker", Vec::new()).await?
            == json!("ready"))
    })
    .await?;
    Ok(tab)
}

/// What the worker of a page has seen so far, short of icons.
async fn seen_by_worker(stage: &Stage<'_>, tab: TabId) -> Result<Vec<String>> {
    let ask = "window.told = undefined;
        navigator.serviceWorker.onmessage = ({ data }) => { window.told = data.filter((one) => !one.includes('favicon')); };
        navigator.serviceWorker.controller.postMessage('');
        return 'asked';";
    in_page(stage, tab, ask).await?;
    let told = wait_for("the worker tells", SIGN, async || {
        let told = in_page(stage, tab, "return window.told ? JSON.stringify(window.told) : ''").await?;
        Ok(told.as_str().filter(|told| !told.is_empty()).map(str::to_owned))
    })
    .await?;
    Ok(serde_json::from_str(&told)?)
}

async fn pictures(stage: &Stage<'_>) -> Result<()> {
    stage.choose(Keeping::Visited).await?;
    for said in ["", "?cache-control=public,%20max-age=600"] {
        for kind in ["album", "frame"] {
            let joined = visit(stage, &format!("{PAGES}/members/join")).await?;
            let url = format!("{PAGES}/members/{kind}{said}");
            let tab = visit(stage, &url).await?;
            stage.browser.close(joined).await?;
            is_refused(stage, tab, &url, Reason::OnlyForYou).await.with_context(|| url.clone())?;
            stage.browser.close(tab).await?;
        }
    }
    Ok(())
}

/// Browsers look for a site under the names that an answer gives (RFC 7838, RFC 8288); whoever they ask there was not asked by
/// Detour alone, so the same page is opened without it being asked again first.
async fn led_elsewhere(stage: &Stage<'_>) -> Result<()> {
    let private = wait_for("the machines listen", SIGN, async || Ok(Private::start().await.ok())).await?;
    for said in [
        "alt-svc=h2%3D%22192.168.66.1%3A443%22%3B%20ma%3D600,%20h3%3D%22192.168.66.1%3A443%22%3B%20ma%3D600",
        "link=%3Chttp%3A%2F%2F192.168.66.1%2F%3E%3B%20rel%3Dcanonical",
        "clear-site-data=%22storage%22,%20%22cache%22",
    ] {
        let tab = stage.browser.open(&format!("{PAGE}&{said}")).await?;
        stage.badged(tab).await?;
        stage.verdict(tab).await?;
        stage.browser.say(json!({ "try_again": { "tab": tab } })).await?;
        sleep(2 * WHILE).await;
        let seen = private.seen();
        ensure!(seen.is_empty(), "{said}: {} came into the private network, the first: {:?}", seen.len(), seen.first());
        stage.browser.close(tab).await?;
    }
    Ok(())
}

/// A page that fails, with a body of its own, under its banner.
async fn fails(stage: &Stage<'_>, body: &str) -> Result<TabId> {
    let body: String = url::form_urlencoded::byte_serialize(body.as_bytes()).collect();
    let tab = stage.browser.open(&format!("{PAGE}&body={body}")).await?;
    stage.banner_says(tab, "pages.detour-lab.net").await?;
    stage.verdict(tab).await?;
    Ok(tab)
}

/// Runs the body of a function as the page's own script.
async fn in_page(stage: &Stage<'_>, tab: TabId, body: &str) -> Result<Value> {
    super::banner_attacks::in_page(stage, tab, body).await
}

/// All that the banner's own style names, and what browsers may take for it.
const FAMILIES: [&str; 10] = [
    "system-ui",
    "-apple-system",
    "BlinkMacSystemFont",
    "Segoe UI",
    "Roboto",
    "Noto Sans",
    "DejaVu Sans",
    "sans-serif",
    "ui-sans-serif",
    "Arial",
];

/// Every node and every address of an extension's that an observer names.
const OBSERVE: &str = "window.said = []; window.kinds = PerformanceObserver.supportedEntryTypes;
    const isOutside = (node) => node.getRootNode() === document || !node.isConnected;
    const note = (kind, node) => { if (node instanceof Node && !isOutside(node)) window.said.push(kind + ' ' + node.nodeName); };
    for (const type of PerformanceObserver.supportedEntryTypes) try {
        new PerformanceObserver((list) => { for (const entry of list.getEntries()) {
            for (const node of [entry.element, entry.target, ...(entry.sources ?? []).map(({ node }) => node)]) note(type, node);
            const text = JSON.stringify(entry) + JSON.stringify(entry.scripts ?? []) + JSON.stringify(entry.attribution ?? []);
            if (/(chrome|moz)-extension:/.test(text)) window.said.push(type + ' ' + text.slice(0, 300));
        } }).observe({ type, buffered: true, durationThreshold: 16 });
    } catch {}
    for (const kind of ['error', 'unhandledrejection', 'securitypolicyviolation'])
        addEventListener(kind, (event) => { window.said.push(kind + ' ' + (event.message ?? event.reason ?? event.blockedURI)); }, true);";

const PAGES: &str = "https://pages.detour-lab.net";
const PAGE: &str = "https://pages.detour-lab.net/saying?status=503";
/// Long enough for whatever a page sets off.
const WHILE: Duration = Duration::from_millis(1500);
