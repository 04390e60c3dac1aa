//! Which pages are kept, and where the lab serves them.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_lab::Lab;
use fantoccini::wd::TimeoutConfiguration;

use crate::browser::Browser;
use crate::place;

/// A page that copies are taken of.
#[derive(Debug)]
pub(super) struct Page {
    /// What it weighs with its styles, scripts, fonts and pictures, as it is transferred.
    pub(super) weight: &'static str,
    /// Inside the manuals.
    pub(super) path: &'static str,
}

/// Lightest first. None of the manuals has a page between the first two. The third is one long text; the fourth has
/// pictures; the last one has the most elements.
pub(super) const PAGES: [Page; 5] = [
    Page { weight: "16 KB", path: "index.html" },
    Page { weight: "650 KB", path: "reference/crates-and-source-files.html" },
    Page { weight: "1 MB", path: "releases.html" },
    Page { weight: "3.6 MB", path: "book/print.html" },
    Page { weight: "5 MB", path: "reference/print.html" },
];

impl Page {
    pub(super) fn url(&self) -> String {
        format!("https://{}/{MANUALS}/{}", SITES[0], self.path)
    }
}

/// Where SingleFile's modules are, for pages of the first site.
pub(super) fn single_file() -> String {
    format!("https://{}/{SINGLE_FILE}/single-file.js", SITES[0])
}

/// Has the lab's sites serve the manuals, and the first of them SingleFile's modules.
pub(super) fn lend(lab: &Lab) -> Result<()> {
    let manuals = place::manuals()?;
    for site in SITES {
        link(lab, site, MANUALS, &manuals)?;
    }
    let single_file = place::workspace().join("target/tools/npm/node_modules/single-file-core");
    ensure!(single_file.is_dir(), "single-file-core is not there; run `cargo xtask setup`");
    link(lab, SITES[0], SINGLE_FILE, &single_file)
}

fn link(lab: &Lab, site: &str, name: &str, folder: &Path) -> Result<()> {
    let link = lab.dir().join("nginx/sites").join(site).join(name);
    if link.symlink_metadata().is_ok() {
        return Ok(());
    }
    std::os::unix::fs::symlink(folder, &link).with_context(|| format!("linking {}", link.display()))
}

/// So many pages of the manuals, spread over all of them and over the sites, each at an address of its own.
pub(super) fn many(count: usize) -> Result<Vec<String>> {
    let manuals = place::manuals()?;
    let mut files = Vec::new();
    collect(&manuals, &manuals, &mut files)?;
    files.sort();
    ensure!(files.len() >= count, "expected {count} pages in the manuals, found {}", files.len());
    let chosen = (0..count).filter_map(|nth| files.get(nth * files.len() / count));
    Ok(chosen.zip(SITES.iter().cycle()).map(|(path, site)| format!("https://{site}/{MANUALS}/{path}")).collect())
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            collect(root, &path, files)?;
            continue;
        }
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_page = name.ends_with(".html") && !NO_PAGES.contains(&name.as_str());
        if is_page && (SMALLEST..LARGEST).contains(&entry.metadata()?.len()) {
            let text = std::fs::read_to_string(&path)?;
            if !text.contains("http-equiv=\"refresh\"") {
                files.push(path.strip_prefix(root)?.to_string_lossy().into_owned());
            }
        }
    }
    Ok(())
}

/// Longer than anything here takes on a machine that is not stuck.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Scripts here wait for what takes a while.
pub(super) async fn be_patient(browser: &Browser) -> Result<()> {
    let long = Some(Duration::from_secs(300));
    browser.client().update_timeouts(TimeoutConfiguration::new(long, long, None)).await.context("setting time-outs")
}

/// Sites of the lab on three edges. One site may fill a fifth of the shelf.
const SITES: [&str; 8] = [
    "www.lab-crates.net",
    "www.lab-python.org",
    "www.lab-news.co.uk",
    "www.lab-forum.org",
    "www.lab-recipes.com",
    "www.lab-airline.com",
    "www.lab-bank.org",
    "www.lab-shop.net",
];
const MANUALS: &str = "manuals";
const SINGLE_FILE: &str = "single-file-core";

/// Whole manuals on one page, and pages without words of their own.
const NO_PAGES: [&str; 5] = ["print.html", "toc.html", "404.html", "searchindex.html", "all.html"];
const SMALLEST: u64 = 8 << 10;
const LARGEST: u64 = 600 << 10;
