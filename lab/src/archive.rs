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

/// One archived page, as the availability API names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Capture {
    /// The original's address.
    pub(crate) url: String,
    /// `YYYYMMDDhhmmss`, UTC.
    pub(crate) timestamp: String,
}

/// What `warc.py` writes into a WARC.
#[derive(Debug, Serialize)]
struct Entry {
    url: String,
    /// RFC 3339, UTC.
    date: String,
    media_type: &'static str,
    body: String,
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
            captures.push(Capture { url: url.clone(), timestamp: format_time(at, TIMESTAMP) });
        }
        let body = file.body.clone();
        entries.push(Entry { url, date: format_time(at, RFC3339), media_type: file.media_type, body });
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
    (entries, captures)
}

fn format_time(at: OffsetDateTime, form: &[time::format_description::BorrowedFormatItem<'_>]) -> String {
    at.format(form).unwrap_or_default()
}

/// The environment that `cargo xtask setup` makes, or the one that the variable names.
fn python() -> PathBuf {
    let environment = std::env::var_os("DETOUR_LAB_VENV").map(PathBuf::from);
    // Not `lab/../target`: Python finds its own environment by the path's text.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    environment.unwrap_or_else(|| root.join("target/tools/venv")).join("bin/python")
}

fn write(path: &Path, text: &str) -> Result<(), LabError> {
    std::fs::write(path, text).doing(|| format!("writing {}", path.display()))
}

/// Where pywb listens, behind nginx.
pub(crate) const PYWB_PORT: u16 = 8081;
/// Where the availability API listens, behind nginx.
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
";
