//! `ranges`: how old the CDNs' address lists are that a release brings, and newer ones.
//!
//! Users' programs ask no vendor for a list by themselves (docs/privacy.md), so whoever makes a release does it for all of them.
//! Each list in [`FOLDER`] says in its first lines of what day it is: `as of 2026-09-23`, or a month, or a year.

use std::{
    fs,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::Value;

use crate::{
    process,
    workspace::{Workspace, files_below},
};

#[derive(Args)]
pub(crate) struct Options {
    /// Asks the vendors that publish a list, and writes what they say into the repository
    #[arg(long)]
    refresh: bool,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    if options.refresh {
        refresh(workspace)?;
    }
    let today = today();
    for list in lists(&workspace.path(FOLDER))? {
        println!("{}", list.line(today));
    }
    Ok(())
}

/// Says how old the lists are.
///
/// # Errors
/// When one is older than it may be in a release.
pub(crate) fn are_fresh(workspace: &Workspace) -> anyhow::Result<()> {
    let today = today();
    let lists = lists(&workspace.path(FOLDER))?;
    let old: Vec<String> = lists.iter().filter(|list| list.is_old(today)).map(|list| list.line(today)).collect();
    if old.is_empty() {
        return Ok(());
    }
    bail!(
        "a release brings fresh lists of addresses, and these are old:\n{}\n`cargo xtask ranges --refresh` fetches those that \
         are published; the others are written by hand from the page that each names. `dist --with-old-ranges` packs them all \
         the same.",
        old.join("\n")
    )
}

/// A list in the repository.
#[derive(Debug, PartialEq, Eq)]
struct List {
    file: String,
    /// Its last day in days since 1970; a month or a year counts to its end.
    day: i64,
}

impl List {
    fn of(file: &str, text: &str) -> anyhow::Result<Self> {
        let head: Vec<&str> = text.lines().take_while(|line| line.starts_with('#')).collect();
        let head = head.join(" ").replace("# ", "");
        let dates = head.split(|letter: char| !letter.is_ascii_digit() && letter != '-').filter_map(last_day);
        let day = dates.max().with_context(|| format!("{file} does not say of what day it is"))?;
        Ok(Self { file: file.to_owned(), day })
    }

    fn age(&self, today: i64) -> i64 {
        (today - self.day).max(0)
    }

    fn is_old(&self, today: i64) -> bool {
        self.age(today) > if LARGE.contains(&self.file.as_str()) { OLDEST_LARGE } else { OLDEST_SMALL }
    }

    fn line(&self, today: i64) -> String {
        let mark = if self.is_old(today) { "  too old" } else { "" };
        format!("{:<24} {:>4} days{mark}", self.file, self.age(today))
    }
}

fn lists(folder: &Path) -> anyhow::Result<Vec<List>> {
    let files = files_below(folder)?.into_iter().filter(|file| file.extension().is_some_and(|end| end == "txt"));
    files.map(|file| List::of(&name(&file), &fs::read_to_string(&file)?)).collect()
}

fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The last day that `2026-09-23`, `2026-09` or `2026` names; nothing for other numbers.
fn last_day(text: &str) -> Option<i64> {
    let numbers: Vec<i64> = text.trim_matches('-').split('-').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (year, month, day) = match *numbers.as_slice() {
        [year] => (year + 1, 1, 0),
        [year, 12] => (year + 1, 1, 0),
        [year, month] => (year, month + 1, 0),
        [year, month, day] => (year, month, day),
        _ => return None,
    };
    ((2020..2100).contains(&year) && (1..=12).contains(&month)).then(|| days(year, month, day))
}

/// Days from 1970-01-01 to a day of the Gregorian calendar; day 0 is the one before the month.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March here, so that the odd day is their last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - 719_468
}

fn date(mut days: i64) -> String {
    let is_before = |days: i64, year: i64, month: i64| days < self::days(year, month, 1);
    let year = (1970..).find(|year| is_before(days, year + 1, 1)).unwrap_or(1970);
    let month = (1..=12).find(|month| *month == 12 || is_before(days, year, month + 1)).unwrap_or(1);
    days -= self::days(year, month, 1);
    format!("{year}-{month:02}-{:02}", days + 1)
}

fn today() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs() / (24 * 3600)).unwrap_or(i64::MAX)
}

/// Has the program fetch and judge the lists as it does for its user, into a folder of its own, and takes them over.
fn refresh(workspace: &Workspace) -> anyhow::Result<()> {
    let cache = workspace.target().join("ranges");
    if cache.exists() {
        fs::remove_dir_all(&cache)?;
    }
    let mut command = process::cargo(workspace)?;
    command.args(["run", "--quiet", "--release", "--package", "detour-host", "--bin", "detour", "--"]);
    command.args(["cdns", "--refresh"]).env("XDG_CACHE_HOME", &cache).env("LOCALAPPDATA", &cache);
    // It fails where one list of many cannot be had; those that came are taken over.
    let fetched = process::run(&mut command);
    let kept = cache.join("detour/ranges.json");
    let text = fs::read_to_string(&kept).with_context(|| format!("nothing was fetched: no {}", kept.display()))?;
    let written = take_over(&workspace.path(FOLDER), &serde_json::from_str(&text)?, today())?;
    println!("written: {}", if written.is_empty() { "nothing".to_owned() } else { written.join(", ") });
    fetched
}

/// Writes the lists of `ranges.json` (native-host/src/ranges/kept.rs) over those that are there; others have no file.
fn take_over(folder: &Path, kept: &Value, today: i64) -> anyhow::Result<Vec<String>> {
    let mut written = Vec::new();
    for list in kept.get("lists").and_then(Value::as_array).into_iter().flatten() {
        let told = |key: &str| list.get(key).and_then(Value::as_str).unwrap_or_default();
        let Some((cdn, file)) = FETCHED.iter().find(|(cdn, _)| *cdn == told("cdn")) else { continue };
        let texts = |key: &str| list.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let from = texts("from").collect::<Vec<_>>().join(" and ");
        let ranges: Vec<&str> = texts("ranges").filter(|range| is_wide(range)).collect();
        if ranges.is_empty() {
            bail!("{cdn}: the list has no ranges");
        }
        let text = format!("# {cdn}: {from}, as of {}.\n{}\n", date(today), ranges.join("\n"));
        fs::write(folder.join(file), text).with_context(|| format!("cannot write {file}"))?;
        written.push((*file).to_owned());
    }
    Ok(written)
}

/// Single machines are left out, as they were when the lists were written by hand: they come and go. Of an IPv6 block only the
/// first half of the address is packed.
fn is_wide(range: &str) -> bool {
    let longest = if range.contains(':') { 64 } else { 29 };
    range.split_once('/').and_then(|(_, length)| length.parse::<u8>().ok()).is_some_and(|length| length <= longest)
}

const FOLDER: &str = "crates/cdn/src/ranges";

/// CDNs whose lists `detour cdns --refresh` fetches, and their files here.
const FETCHED: [(&str, &str); 5] = [
    ("Fastly", "fastly.txt"),
    ("Cloudflare", "cloudflare.txt"),
    ("Amazon CloudFront", "cloudfront.txt"),
    ("CacheFly", "cachefly.txt"),
    ("ArvanCloud", "arvancloud.txt"),
];

/// Those that deliver most sites, and get new blocks a few times a year.
const LARGE: [&str; 3] = ["fastly.txt", "cloudflare.txt", "cloudfront.txt"];
const OLDEST_LARGE: i64 = 180;
/// Small ones, and those that are on no page that a program could read, change once in years.
const OLDEST_SMALL: i64 = 730;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_calendar_are_counted_as_unix_counts_them() {
        for (text, day) in [("1970-01-01", 0), ("2000-02-29", 11_016), ("2026-09-23", 20_719), ("2026-12-31", 20_818)] {
            let [year, month, of] = text.split('-').map(|part| part.parse().unwrap()).collect::<Vec<_>>()[..] else {
                unreachable!()
            };
            assert_eq!(days(year, month, of), day, "{text}");
            assert_eq!(date(day), text);
        }
        assert_eq!(last_day("2026-09"), last_day("2026-09-30"));
        assert_eq!(last_day("2025"), last_day("2025-12-31"));
        for number in ["56519", "108", "", "-", "24", "2026-13-01", "8-9"] {
            assert_eq!(last_day(number), None, "{number}");
        }
    }

    #[test]
    fn a_large_list_is_old_after_half_a_year_and_the_release_is_refused() {
        let list = |file: &str| List::of(file, "# X: https://x.example/24, as of 2026-09-23.\n1.2.3.0/24\n").unwrap();
        let day = last_day("2026-09-23").unwrap();
        assert!(!list("fastly.txt").is_old(day + 180) && list("fastly.txt").is_old(day + 181));
        assert!(!list("imperva.txt").is_old(day + 181) && list("imperva.txt").is_old(day + 731));
        assert_eq!(list("fastly.txt").age(day - 5), 0, "a clock that is late");
        assert!(List::of("x.txt", "# X, some day\n1.2.3.0/24\n").is_err());
    }

    #[test]
    fn every_list_here_says_of_what_day_it_is() {
        let here = lists(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(FOLDER)).unwrap();
        assert!(here.len() >= 12, "{here:?}");
        for (_, file) in FETCHED {
            assert!(here.iter().any(|list| list.file == file), "{file}");
        }
    }

    #[test]
    fn what_the_program_fetched_takes_the_place_of_the_list_and_of_no_other() {
        let folder = std::env::temp_dir().join(format!("detour-ranges-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let kept = serde_json::json!({ "tried_at": 1, "lists": [
            { "cdn": "Fastly", "from": ["https://a.example/x"], "fetched_at": 1, "ranges": ["1.2.0.0/16", "1.3.0.7/32", "2a04:4e40::/32"] },
            { "cdn": "bunny.net", "from": [], "fetched_at": 1, "ranges": ["9.9.9.0/24"] },
        ] });
        assert_eq!(take_over(&folder, &kept, days(2027, 1, 2)).unwrap(), ["fastly.txt"]);
        let text = fs::read_to_string(folder.join("fastly.txt")).unwrap();
        assert_eq!(text, "# Fastly: https://a.example/x, as of 2027-01-02.\n1.2.0.0/16\n2a04:4e40::/32\n");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        let empty = serde_json::json!({ "lists": [{ "cdn": "Fastly", "ranges": ["1.2.3.4/32"] }] });
        assert!(take_over(&folder, &empty, 0).is_err(), "a list without ranges takes nothing's place");
        fs::remove_dir_all(&folder).unwrap();
    }
}
