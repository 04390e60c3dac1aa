//! Thirty pages that nobody here wrote: visited while their edge is well, read while it fails.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::settings::Keeping;
use detour_core::tab::TabId;
use detour_lab::Switch;
use serde::Deserialize;
use serde_json::{Value, json};

use super::stage::{OPEN, Stage, Story, story};
use crate::place;
use crate::requests::By;
use crate::wait::{wait_for, wait_until};

pub(super) fn all() -> Vec<Story> {
    let thirty = story!("Thirty pages of other people's are read whole while their edge fails", thirty);
    // Each page is visited, found failing, read, and read once more.
    vec![thirty.within(Duration::from_secs(600))]
}

async fn thirty(stage: &Stage<'_>) -> Result<()> {
    let manuals = place::manuals()?;
    stage.lend(SITE, FOLDER, &manuals)?;
    stage.choose(Keeping::Visited).await?;
    let pages = pages(&manuals)?;
    let mut visited = Vec::new();
    for path in &pages {
        let url = format!("https://{SITE}/{FOLDER}/{path}");
        let seen = visit(stage, &url).await.with_context(|| format!("visiting {url}"))?;
        visited.push((url, seen));
    }
    stage.lab.set(Switch::edge_fails_for(SITE, true)).await?;
    let mut copies = Vec::new();
    for (url, live) in &visited {
        let (address, copy) = read(stage, url).await.with_context(|| format!("reading the copy of {url}"))?;
        same(live, &copy).with_context(|| format!("the copy of {url}"))?;
        copies.push(address);
    }
    nobody_is_asked(stage, &copies).await
}

/// Visits a page and waits until it is on the shelf.
async fn visit(stage: &Stage<'_>, url: &str) -> Result<Look> {
    let tab = stage.browser.open(url).await?;
    wait_until("the page is loaded", PATIENCE, async || {
        let look = "return document.readyState === 'complete' && location.href.startsWith('https:')";
        Ok(stage.browser.run(tab, look, Vec::new()).await? == json!(true))
    })
    .await?;
    wait_until("the page is on the shelf", PATIENCE, async || {
        // A page tells of itself while it is in front; asking the shelf puts another tab there.
        stage.browser.run(tab, "return document.visibilityState", Vec::new()).await?;
        tokio::time::sleep(CALM).await;
        stage.is_kept(url).await
    })
    .await?;
    let look = look(stage, tab, "document").await?;
    ensure!(look.words.len() > 30, "too few words to compare: {:?}", look.words);
    stage.browser.close(tab).await?;
    Ok(look)
}

/// Finds the page failing, opens the copy from the popup, and gives the copy's address and what it shows.
async fn read(stage: &Stage<'_>, url: &str) -> Result<(String, Look)> {
    let tab = stage.browser.open(url).await?;
    // The manuals are months old and say nothing of caches, so that the browser still has them: as with Shift+Reload.
    stage.browser.control("await api.tabs.reload(args[0], { bypassCache: true })", json!([tab])).await?;
    // The popup grows with the verdict; nobody presses what moves.
    stage.verdict(tab).await?;
    let popup = stage.popup(tab).await?;
    stage.press(popup, OPEN).await?;
    let viewer = stage.browser.page("copy.html");
    wait_until("the copy in the tab", PATIENCE, async || Ok(stage.browser.url(tab).await?.starts_with(&viewer)))
        .await?;
    shown(stage, tab).await?;
    let address = stage.browser.url(tab).await?;
    let look = look(stage, tab, FRAME).await?;
    stage.browser.close_all().await?;
    Ok((address, look))
}

/// Opens every copy once more with nothing else open, so that whatever is asked for is asked for by a copy.
async fn nobody_is_asked(stage: &Stage<'_>, copies: &[String]) -> Result<()> {
    wait_until("nothing is watched any more", PATIENCE, async || Ok(stage.browser.state().await?.tabs.is_empty()))
        .await?;
    // What a check that was cut off still had on its way.
    tokio::time::sleep(Duration::from_secs(3)).await;
    stage.lab.clear_log();
    let mut books = stage.books().await?;
    for address in copies {
        let tab = stage.browser.open(address).await?;
        shown(stage, tab).await?;
        stage.browser.close(tab).await?;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    // What the browser asks for itself is in its books as its own.
    stage.browser.write_book().await?;
    let asked: Vec<_> = books.news()?.into_iter().filter(|request| request.by != By::Browser).collect();
    ensure!(asked.is_empty(), "{} requests, the first: {:?}", asked.len(), asked.first());
    // A look-up ahead of a request is in no book.
    let log: Vec<_> = stage.lab.log().into_iter().filter(|seen| is_named(&seen.host)).collect();
    ensure!(log.is_empty(), "{} entries in the log of every connection, the first: {:?}", log.len(), log.first());
    Ok(())
}

/// A host to which the manuals lead.
fn is_named(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    [SITE, "crates.io", "docs.rs", "github.com", "rust-lang.org", "rust-lang.github.io"]
        .iter()
        .any(|name| host == *name || host.strip_suffix(name).is_some_and(|before| before.ends_with('.')))
}

async fn shown(stage: &Stage<'_>, tab: TabId) -> Result<()> {
    wait_until("the copy is shown", PATIENCE, async || {
        let look = format!("return {FRAME}?.readyState === 'complete' && {FRAME}.body?.innerText.length > 0");
        Ok(stage.browser.run(tab, &look, Vec::new()).await? == json!(true))
    })
    .await
}

/// What a reader sees of a page.
#[derive(Debug, Deserialize)]
struct Look {
    words: Vec<String>,
    /// Width and height of each image, in its own pixels.
    images: Vec<(u32, u32)>,
    /// Computed colours and fonts of elements that most pages have.
    styles: Value,
    scripts: u32,
    /// Names that the manuals' scripts leave behind where they ran.
    globals: Vec<String>,
}

async fn look(stage: &Stage<'_>, tab: TabId, document: &str) -> Result<Look> {
    let found = wait_for("every image is decoded", PATIENCE, async || {
        let body = format!("const page = {document}; {LOOK}");
        let found = stage.browser.run(tab, &body, Vec::new()).await?;
        Ok((!found.is_null()).then_some(found))
    })
    .await?;
    Ok(serde_json::from_value(found)?)
}

fn same(live: &Look, copy: &Look) -> Result<()> {
    if live.words != copy.words {
        let at = live.words.iter().zip(&copy.words).take_while(|(live, copy)| live == copy).count();
        let around =
            |words: &[String]| words.iter().skip(at.saturating_sub(4)).take(12).cloned().collect::<Vec<_>>().join(" ");
        anyhow::bail!(
            "{} words became {}; the page says `{}`, the copy `{}`",
            live.words.len(),
            copy.words.len(),
            around(&live.words),
            around(&copy.words)
        );
    }
    ensure!(live.images == copy.images, "the images {:?} became {:?}", live.images, copy.images);
    ensure!(live.styles == copy.styles, "the styles\n{}\nbecame\n{}", live.styles, copy.styles);
    ensure!(copy.scripts == 0, "{} scripts in the copy", copy.scripts);
    ensure!(copy.globals.is_empty(), "scripts ran: {:?}", copy.globals);
    Ok(())
}

/// Three pages of each manual, spread over its files; where some have pictures, up to two of those.
fn pages(manuals: &Path) -> Result<Vec<String>> {
    let mut chosen = Vec::new();
    for manual in MANUALS {
        let mut files = Vec::new();
        // The standard library's own folders hold thousands of pages.
        collect(manuals, manual, manual != "std", &mut files)?;
        files.sort();
        let (pictured, plain): (Vec<_>, Vec<_>) = files.into_iter().partition(|(_, has_image)| *has_image);
        let without = spread(&plain, 1);
        let with = spread(&pictured, 3 - without.len());
        chosen.extend(spread(&plain, 3 - with.len()));
        chosen.extend(with);
    }
    ensure!(chosen.len() == 30, "expected thirty pages, found {}: {chosen:?}", chosen.len());
    Ok(chosen)
}

/// Folders of a manual in other languages.
const TRANSLATIONS: [&str; 4] = ["es", "ja", "ko", "zh"];

fn collect(manuals: &Path, folder: &str, is_deep: bool, files: &mut Vec<(String, bool)>) -> Result<()> {
    for entry in std::fs::read_dir(manuals.join(folder)).with_context(|| format!("reading {folder}"))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{folder}/{name}");
        if entry.file_type()?.is_dir() {
            // An editor that a script draws takes their comments apart letter by letter, so that too much of such a page is not in
            // what a stranger gets: it is not kept.
            if is_deep && !TRANSLATIONS.contains(&name.as_str()) {
                collect(manuals, &path, true, files)?;
            }
            continue;
        }
        if !name.ends_with(".html") || NO_PAGES.contains(&name.as_str()) {
            continue;
        }
        if (SMALLEST..LARGEST).contains(&entry.metadata()?.len()) {
            let text = std::fs::read_to_string(entry.path())?;
            if !text.contains("http-equiv=\"refresh\"") {
                files.push((path, text.contains("<img ")));
            }
        }
    }
    Ok(())
}

fn spread(files: &[(String, bool)], count: usize) -> Vec<String> {
    let step = (files.len() / count.max(1)).max(1);
    files.iter().skip(step / 2).step_by(step).take(count).map(|(path, _)| path.clone()).collect()
}

const MANUALS: [&str; 10] = [
    "book",
    "cargo/reference",
    "clippy",
    "edition-guide",
    "embedded-book",
    "nomicon",
    "reference",
    "rust-by-example",
    "rustc",
    "std",
];
/// The whole manual on one page, and pages without one of their own.
const NO_PAGES: [&str; 5] = ["print.html", "toc.html", "404.html", "searchindex.html", "all.html"];
const SMALLEST: u64 = 8 << 10;
const LARGEST: u64 = 600 << 10;

const SITE: &str = "www.lab-crates.net";
const FOLDER: &str = "manuals";
/// The copy inside the viewer.
const FRAME: &str = "document.querySelector('iframe')?.contentDocument";
/// Null while an image is still on its way.
const LOOK: &str = "
    const shown = [...page.images].filter((image) => image.getClientRects().length > 0);
    if (shown.some((image) => !image.complete)) return null;
    const style = (selector) => {
        const element = page.querySelector(`main ${selector}`) ?? page.querySelector(selector);
        if (!element) return [selector];
        const { color, backgroundColor, fontSize, fontWeight, textAlign, display } = page.defaultView.getComputedStyle(element);
        return [selector, color, backgroundColor, fontSize, fontWeight, textAlign, display];
    };
    return {
        words: page.body.innerText.split(/\\s+/).filter((word) => word !== ''),
        images: shown.map((image) => [image.naturalWidth, image.naturalHeight]),
        styles: ['body', 'h1', 'h2', 'p', 'pre', 'code', 'a', 'table', 'nav'].map(style),
        scripts: page.scripts.length,
        globals: ['hljs', 'playground_text', 'searchState', 'rustdocToggleSrcSidebar'].filter((name) => name in page.defaultView),
    };";
const PATIENCE: Duration = Duration::from_secs(20);
/// A little more than a page waits before it tells of itself.
const CALM: Duration = Duration::from_millis(1_200);
