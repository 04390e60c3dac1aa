//! What may be given to `detour watch`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::Options;

/// Which sites to watch, and what to do when they are back.
#[derive(Debug, Args)]
pub struct Line {
    /// http or https addresses; a host name alone is asked over https. Several addresses of one host are one probe
    #[arg(value_name = "URL")]
    pub urls: Vec<String>,
    /// A file with one address or host name on each line; `#` begins a comment
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// A command for the shell, run whenever a site is back, with DETOUR_URL, DETOUR_SITE and DETOUR_DOWN_SECONDS in
    /// its environment. If it fails, that is told, and the watch goes on
    #[arg(long, value_name = "COMMAND")]
    run: Option<String>,
    /// Ring the terminal's bell whenever a site is back
    #[arg(long)]
    bell: bool,
    /// One JSON object for each change, one on each line, and one at the end
    #[arg(long)]
    json: bool,
    /// The longest time between two looks, unless the site itself asks for more
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(5..))]
    interval_max: Option<u64>,
    /// Give up after this long
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    timeout: Option<u64>,
    /// End when all sites answer (the default)
    #[arg(long, conflicts_with = "until_any")]
    until_all: bool,
    /// End as soon as one site answers
    #[arg(long)]
    until_any: bool,
}

impl Line {
    /// What it says of the watch itself.
    #[must_use]
    pub fn options(&self) -> Options {
        Options {
            run: self.run.clone(),
            bell: self.bell,
            json: self.json,
            longest_interval: self.interval_max.map(Duration::from_secs),
            timeout: self.timeout.map(Duration::from_secs),
            until_any: self.until_any,
        }
    }
}

/// What `--help` says below the options.
pub const HELP: &str = "\
A site is back when it has answered well three times in a row, at least 20 seconds apart; if it fails before that, or
after, it counts as failing again. It is looked at after 15, 30, 60 and then every 120 seconds, each shifted by up to
a fifth, after some hours more rarely, and never before the time that it names itself (Retry-After).

Examples:
  detour watch https://www.example.org/ --bell
  detour watch example.org example.net --run 'notify-send \"$DETOUR_SITE is back\"'
  detour watch --file sites.txt --until-any --timeout 3600 --json

The command is the shell's own text; the address reaches it in its environment alone. In sh write \"$DETOUR_URL\" in
quotes: without them it is split at blanks and its * and ? may be taken for file names, but nothing in it is run. On
Windows, %DETOUR_URL% and %DETOUR_SITE% have every character that cmd could dispatch percent-encoded, & among them.

Exit codes:
  0    all sites answer (with --until-any: one does); also where none had failed
  1    the time given with --timeout is up
  2    it could not be carried out: no or bad addresses, a private address, wrong usage
  130  stopped with Ctrl-C";
