//! What the disk holds of addresses with secrets once the browser is closed: the files of its profile, byte by byte.
//!
//! The browser's own history has every address, as it has without Detour; that is its user's to delete. What Detour wrote
//! is looked for in its storage, and the addresses of its own pages in every file there is.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::settings::Keeping;
use detour_core::tab::TabId;
use detour_lab::Behaviour;
use memchr::memmem;
use serde_json::json;

use super::forged::searches;
use super::keep::visit;
use super::stage::{Stage, Story, Worker, story};
use crate::browser::Browser;
use crate::engine::Engine;
use crate::surroundings::BrowserOptions;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("After the browser was closed no file of Detour's holds a secret of a page that failed", failing)
            .within(LONG),
        story!("After the browser was closed no file of Detour's holds a secret of a page that was well and then failed", kept)
            .within(LONG),
        story!("After its worker was killed and the browser closed no file of Detour's holds a secret of a page that failed", killed)
            .within(LONG),
    ]
}

/// Under the banner and under the outage page, which has an address of its own, and after archives were asked.
async fn failing(stage: &Stage<'_>) -> Result<()> {
    played(stage, async |own| {
        for (nth, (address, _)) in SECRETS.iter().enumerate() {
            let tab = fails(own, &format!("https://{PAGES}{address}")).await?;
            if nth == 0 {
                searches(own, tab).await?;
            }
            own.host(FLIP, Behaviour::Refused).await?;
            let tab = fails(own, &format!("https://{FLIP}{address}")).await?;
            own.outage_page_says(tab, FLIP).await?;
        }
        Ok(())
    })
    .await
}

async fn kept(stage: &Stage<'_>) -> Result<()> {
    played(stage, async |own| {
        own.choose(Keeping::Visited).await?;
        for (address, _) in SECRETS {
            own.host(PAGES, Behaviour::Healthy).await?;
            let well =
                address.replace("status=503&", "cache-control=public,%20max-age=600&").replace("/status/503", "");
            let url = format!("https://{PAGES}{well}");
            let tab = visit(own, &url).await?;
            own.host(PAGES, Behaviour::Status(503)).await?;
            own.browser.reload(tab).await?;
            own.badged(tab).await?;
            own.verdict(tab).await?;
            ensure!(!own.is_kept(&url).await?, "{url} was kept");
        }
        own.host(PAGES, Behaviour::Healthy).await
    })
    .await
}

async fn killed(stage: &Stage<'_>) -> Result<()> {
    played(stage, async |own| {
        for (address, _) in SECRETS {
            let tab = own.browser.open(&format!("https://{PAGES}{address}")).await?;
            own.badged(tab).await?;
            own.browser.kill_worker().await?;
            own.browser.show(tab).await?;
            own.verdict(tab).await?;
        }
        own.browser.kill_worker().await
    })
    .await
}

async fn fails(stage: &Stage<'_>, url: &str) -> Result<TabId> {
    let tab = stage.browser.open(url).await?;
    stage.badged(tab).await?;
    stage.verdict(tab).await?;
    Ok(tab)
}

/// Plays in a browser of its own, closes it, and looks; then opens it again on the same profile, and looks once more.
async fn played(stage: &Stage<'_>, play: impl AsyncFnOnce(&Stage<'_>) -> Result<()>) -> Result<()> {
    let engine = stage.browser.engine();
    let mut browser = Browser::start(engine, stage.lab, BrowserOptions::default()).await?;
    let profile = browser.profile().to_path_buf();
    let told = play(&Stage { lab: stage.lab, browser: &browser, office: stage.office, worker: Worker::Warm }).await;
    browser.end().await?;
    told?;
    holds_no_secret(engine, &profile).context("after the browser was closed")?;
    let options = BrowserOptions { profile: Some(profile.clone()), ..BrowserOptions::default() };
    let mut browser = Browser::start(engine, stage.lab, options).await?;
    let told = remembers(&browser).await;
    browser.end().await?;
    told?;
    holds_no_secret(engine, &profile).context("after it was opened again and closed")
}

/// The outages are known in the next session, and no secret is, in whatever form it lies on the disk.
async fn remembers(browser: &Browser) -> Result<()> {
    let board = browser.open_page("board.html").await?;
    let dump = "const settled = (request) => new Promise((done, failed) => {
            request.onsuccess = () => done(request.result);
            request.onerror = () => failed(request.error);
        });
        const found = [await api.storage.local.get(null), await api.storage.session.get(null)];
        for (const { name } of await indexedDB.databases()) {
            const database = await settled(indexedDB.open(name));
            for (const store of database.objectStoreNames) {
                const rows = database.transaction(store).objectStore(store);
                found.push(await settled(rows.getAllKeys()), await settled(rows.getAll()));
            }
            database.close();
        }
        return JSON.stringify(found);";
    let found = browser.control(dump, json!([])).await?;
    let found = found.as_str().unwrap_or_default();
    ensure!(found.contains(PAGES), "the outages were forgotten: {found}");
    for (address, secret) in SECRETS {
        ensure!(!found.contains(secret), "{address} is remembered: {found}");
    }
    browser.close(board).await
}

fn holds_no_secret(engine: Engine, profile: &Path) -> Result<()> {
    let (mut names_outage, mut has_secret_of_browsers) = (false, false);
    let own_address = engine.origin().as_bytes();
    for file in files(profile)? {
        let Ok(bytes) = std::fs::read(&file) else { continue };
        let is_own = is_of_extensions(profile, &file);
        names_outage |= is_own && has(&bytes, SITE);
        for (address, secret) in SECRETS {
            let is_there = has(&bytes, secret);
            ensure!(!(is_own && is_there), "{address} is in {}", file.display());
            has_secret_of_browsers |= is_there;
            let mut rest = bytes.as_slice();
            while let Some(at) = memmem::find(rest, own_address) {
                rest = rest.get(at + own_address.len()..).unwrap_or_default();
                let end = rest.iter().position(|byte| !(0x21..=0x7e).contains(byte)).unwrap_or(rest.len());
                let is_in_address =
                    rest.get(..end).is_some_and(|address| memmem::find(address, secret.as_bytes()).is_some());
                ensure!(!is_in_address, "{address} is in the address of a page of ours, in {}", file.display());
            }
        }
    }
    // Else nothing was found because nothing was looked into.
    ensure!(names_outage, "no file of Detour's names the site, in {}", profile.display());
    ensure!(has_secret_of_browsers, "the browser's own history was not found, in {}", profile.display());
    Ok(())
}

/// Whether an extension's storage lies there: each of Chromium's kinds and of Firefox's.
fn is_of_extensions(profile: &Path, file: &Path) -> bool {
    let name = file.strip_prefix(profile).unwrap_or(file).to_string_lossy().into_owned();
    STORAGE.iter().any(|part| name.contains(part))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("looking into {}", folder.display()))? {
        let path = entry?.path();
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

/// Whether this is written there, in one byte a letter or in two.
fn has(bytes: &[u8], text: &str) -> bool {
    let wide: Vec<u8> = text.bytes().flat_map(|byte| [byte, 0]).collect();
    memmem::find(bytes, text.as_bytes()).is_some() || memmem::find(bytes, &wide).is_some()
}

/// Where browsers keep what extensions store, and what their pages and workers do.
const STORAGE: [&str; 12] = [
    "Local Extension Settings",
    "Sync Extension Settings",
    "Extension State",
    "Extension Rules",
    "Extension Scripts",
    "chrome-extension_",
    "Service Worker",
    "Local Storage",
    "Session Storage",
    "moz-extension",
    "browser-extension-data",
    "storage-sync",
];

/// Addresses that fail, each with a secret: in the query, in a query within, in the path of a link that
/// sets a password anew, in a parameter of the path, and in a fragment. Firefox packs what it stores (Snappy), and leaves as it
/// is what it has not written before: no two letters of a secret stand beside each other in anything else.
const SECRETS: [(&str, &str); 6] = [
    ("/saying?status=503&token=vk3wq9zt1m", "vk3wq9zt1m"),
    ("/saying?status=503&next=%2Freset%3Fkey%3Dhj5ybn2xq8", "hj5ybn2xq8"),
    ("/status/503/reset/kZ7xQpW2mLtR9YvB4nC6dF1g", "kZ7xQpW2mLtR9YvB4nC6dF1g"),
    ("/status/503/letters;jsessionid=0AF3C9D17B52E684", "0AF3C9D17B52E684"),
    ("/saying?status=503&page=2#access_token=tq4mz8vr6w", "tq4mz8vr6w"),
    ("/saying?status=503&d=qN8sHj3LxV6bTgY1wKp5", "qN8sHj3LxV6bTgY1wKp5"),
];
/// A part of the site's name, short enough to stay whole where it is packed.
const SITE: &str = "detour-la";
const PAGES: &str = "pages.detour-lab.net";
const FLIP: &str = "flip.detour-lab.net";
/// Two browsers start, and each address fails once or twice.
const LONG: Duration = Duration::from_secs(240);
