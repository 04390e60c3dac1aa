//! The archives: WARC files of the lab's pages, replayed by pywb under the paths of the Wayback Machine and of arquivo.pt.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::Serialize;
use time::OffsetDateTime;
use time::macros::format_description;
use tokio::process::Command;

use crate::error::{Doing, LabError};
use crate::hosts::ARCHIVES;
use crate::process::{Server, run};
use crate::sites::{self, File};

/// One archived page, as Wayback's interfaces name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Capture {
    /// The original's address.
    pub(crate) url: String,
    /// `YYYYMMDDhhmmss`, UTC.
    pub(crate) timestamp: String,
    /// With which the page was answered when it was captured.
    pub(crate) status: u16,
    /// Names its content.
    pub(crate) digest: String,
}

/// What `warc.py` writes into a WARC.
#[derive(Debug, Serialize)]
struct Entry {
    url: String,
    /// RFC 3339, UTC.
    date: String,
    media_type: &'static str,
    body: String,
    /// Status code and reason phrase.
    status: &'static str,
    /// Where a redirect led to.
    location: Option<String>,
}

/// Writes the WARCs, starts pywb, and gives the captures of pages.
pub(crate) async fn start(dir: &Path, logs: &Path) -> Result<(Server, Vec<Capture>), LabError> {
    let work = dir.join("archive");
    std::fs::create_dir_all(&work).doing(|| format!("creating {}", work.display()))?;
    let (entries, captures) = entries();
    write(&work.join("entries.json"), &serde_json::to_string(&entries).unwrap_or_default())?;
    write(&work.join("warc.py"), WRITER)?;
    write(&work.join("timegate.py"), STARTER)?;
    write(&work.join("config.yaml"), CONFIGURATION)?;
    let python = python();
    run(Command::new(&python).arg("warc.py").current_dir(&work), INSTALL).await?;
    let mut command = Command::new(&python);
    command.arg("timegate.py");
    command.args(["-b", &ARCHIVES.to_string(), "-p", &PYWB_PORT.to_string()]);
    command.current_dir(&work);
    let mut server = Server::start("pywb", command, logs, INSTALL)?;
    server.ready(&[SocketAddr::from((ARCHIVES, PYWB_PORT))]).await?;
    Ok((server, captures))
}

/// Every file of every site at each age; only pages count as captures of their own.
fn entries() -> (Vec<Entry>, Vec<Capture>) {
    let mut entries = Vec::new();
    let mut captures = Vec::new();
    let mut add = |file: &File, age: Duration| {
        let at = OffsetDateTime::from(SystemTime::now() - age);
        let url = format!("https://{}{}", file.host, file.path);
        if file.media_type == "text/html" {
            captures.push(Capture {
                url: url.clone(),
                timestamp: format_time(at, TIMESTAMP),
                status: 200,
                digest: digest(&file.body),
            });
        }
        let (body, media_type) = (file.body.clone(), file.media_type);
        let date = format_time(at, RFC3339);
        entries.push(Entry { url, date, media_type, body, status: "200 OK", location: None });
    };
    for (site, nth) in sites::all().iter().zip(0_u32..) {
        for file in site.files() {
            // Some hours to some days old, and one old enough to be ranked last.
            add(&file, HOUR * (3 + 5 * nth));
            add(&file, HOUR * 24 * (9 + nth));
            add(&file, HOUR * 24 * 400);
        }
    }
    for file in sites::fault_files() {
        add(&file, HOUR * 6);
        add(&file, HOUR * 24 * 40);
    }
    for Trap { hours, status, body, location } in traps() {
        let at = OffsetDateTime::from(SystemTime::now() - HOUR * hours);
        let url = format!("https://{}{}", sites::TRAPPED.0, sites::TRAPPED.1);
        captures.push(Capture {
            url: url.clone(),
            timestamp: format_time(at, TIMESTAMP),
            status: status.split(' ').next().and_then(|code| code.parse().ok()).unwrap_or_default(),
            digest: digest(&body),
        });
        let (date, media_type) = (format_time(at, RFC3339), "text/html");
        entries.push(Entry { url, date, media_type, body, status, location });
    }
    (entries, captures)
}

/// A capture that is no copy of the page, or one that is and lies behind such.
struct Trap {
    hours: u32,
    status: &'static str,
    body: String,
    location: Option<String>,
}

/// What archives hold of [`sites::TRAPPED`]: the newest is the site's own "not found" under a status of 200, before that an
/// error and a redirect to the front page, and only then the page.
fn traps() -> Vec<Trap> {
    let (host, _) = sites::TRAPPED;
    let page = |title: &str, sentence: &str| sites::page(title, sentence, "");
    vec![
        Trap { hours: 1, status: "200 OK", body: page("Page not found", "We looked everywhere."), location: None },
        Trap { hours: 2, status: "503 Service Unavailable", body: "<h1>Error 503</h1>".into(), location: None },
        Trap { hours: 3, status: "302 Found", body: String::new(), location: Some(format!("https://{host}/")) },
        Trap { hours: 30, status: "200 OK", body: page("Paper boats", sites::TRAPPED_STORY), location: None },
        Trap { hours: 900, status: "200 OK", body: page("Paper boats, a draft", sites::TRAPPED_STORY), location: None },
    ]
}

/// Wayback's are SHA-1 in base32; that equal bodies have equal ones is all that counts.
fn digest(body: &str) -> String {
    let sum = body
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{sum:016X}")
}

fn format_time(at: OffsetDateTime, form: &[time::format_description::BorrowedFormatItem<'_>]) -> String {
    at.format(form).unwrap_or_default()
}

/// The environment that `cargo xtask setup` makes, or the one that the variable names.
fn python() -> PathBuf {
    let environment = std::env::var_os("DETOUR_LAB_VENV").map(PathBuf::from);
    // Not `testing/lab/../../target`: Python finds its own environment by the path's text.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("."));
    environment.unwrap_or_else(|| root.join("target/tools/venv")).join("bin/python")
}

fn write(path: &Path, text: &str) -> Result<(), LabError> {
    std::fs::write(path, text).doing(|| format!("writing {}", path.display()))
}

/// Where pywb listens, behind nginx.
pub(crate) const PYWB_PORT: u16 = 8081;
/// Where Wayback's CDX server and availability API listen, behind nginx.
pub(crate) const AVAILABILITY_PORT: u16 = 8082;
const HOUR: Duration = Duration::from_secs(3600);
const WRITER: &str = include_str!("warc.py");
const STARTER: &str = include_str!("timegate.py");
const INSTALL: &str = "cargo xtask setup (or: python3 -m venv target/tools/venv && target/tools/venv/bin/pip install pywb==2.10.0 warcio==1.8.1)";
const TIMESTAMP: &[time::format_description::BorrowedFormatItem<'_>] =
    format_description!("[year][month][day][hour][minute][second]");
const RFC3339: &[time::format_description::BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

/// Unframed, as the Wayback Machine replays; with redirects, as RFC 7089's TimeGates answer.
const CONFIGURATION: &str = "\
framed_replay: false
enable_memento: true
redirect_to_exact: true
debug: false
collections:
  web: {index_paths: index.cdxj, archive_paths: ./}
  wayback: {index_paths: index.cdxj, archive_paths: ./}
  replay: {index_paths: index.cdxj, archive_paths: ./}
";
