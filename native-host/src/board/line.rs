//! What may be given to `detour board`.

use std::path::PathBuf;

use clap::Args;

/// Which sites to show, and how.
#[derive(Debug, Args)]
pub struct Line {
    /// Host names, or http or https addresses. Several addresses of one host are one probe
    #[arg(value_name = "HOST|URL")]
    pub hosts: Vec<String>,
    /// A file with one host name or address on each line; `#` begins a comment
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Print the board as one JSON object; with --watch one on a line for each change
    #[arg(long)]
    pub json: bool,
    /// Go on looking until Ctrl-C, and draw the board anew; where nobody reads along, print what changes
    #[arg(long)]
    pub watch: bool,
    /// Keep how each site stood in this file, and draw the last day of it
    #[arg(long, value_name = "FILE")]
    pub history: Option<PathBuf>,
}

/// What `--help` says below the options.
pub const HELP: &str = "\
The sites are looked at side by side, eight at a time. With --watch, sites that fail are looked at on the schedule of
`detour watch`, and the others every one to two minutes.

A band of characters shows each site over time; each stands for the worst of its slice:
  ·  answers    █  fails    ▒  comes and goes    ▲  moved to another CDN    ▞  recovering

Examples:
  detour board www.theguardian.com www.gov.uk www.reddit.com
  detour board --file sites.txt --watch
  detour board --file sites.txt --json > board.json

Exit codes:
  0    all sites answer
  1    a site does not answer as it should
  2    it could not be carried out for all sites: no or bad addresses, a private address, wrong usage
  130  stopped with Ctrl-C before all sites were seen; with --watch, Ctrl-C is the normal end, and the codes above hold";
