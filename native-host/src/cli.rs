//! The command line, and how a start by a browser is told from a start by a person.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::schema::Document;
use crate::{board, watch};

/// Finds out whether a site is down for you, at the site, or at its CDN
#[derive(Debug, Parser)]
#[command(name = "detour", version, after_help = EXIT_CODES)]
pub struct CommandLine {
    /// Config file (TOML) to read in place of the default one
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Measures a site and prints the verdict with its evidence
    Check {
        /// An http or https address
        url: String,
        /// Also ask public name servers and test computers elsewhere (Globalping), who learn the site's name
        #[arg(long)]
        closer: bool,
        /// Print verdict, confidence, evidence and what is missing as one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Looks for copies of a page in web archives and at the publisher's other addresses, and prints them, best first
    #[command(after_help = COPIES)]
    Copies {
        /// An http or https address
        url: String,
        /// Print all copies, and what those said that had none, as one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Says by which rules addresses may be shared and kept, one JSON line for each; nobody is asked
    #[command(after_help = URL)]
    Url {
        /// Any addresses
        #[arg(required = true)]
        urls: Vec<String>,
    },
    /// Looks at sites until they are back, tells each change, and may run a command or ring
    #[command(after_help = watch::HELP)]
    Watch(watch::Line),
    /// Looks at many sites at once and shows them as a whole: who fails, since when, and whose fault it is
    #[command(after_help = board::HELP)]
    Board(board::Line),
    /// Reads one JSON document of evidence from standard input, and writes the verdict with its reasons
    #[command(after_help = JUDGE)]
    Judge,
    /// Lists the CDNs that are known, with their address ranges, where those are from and how old they are
    #[command(after_help = CDNS)]
    Cdns {
        /// Fetch the vendors' published lists first; they learn this computer's address
        #[arg(long)]
        refresh: bool,
    },
    /// Prints the JSON Schema of the documents that classify, judge and check read and write, with what every field means
    Schema {
        /// Only of this command
        #[arg(value_enum)]
        of: Option<Document>,
    },
    /// Reads error responses as JSON Lines from standard input, and writes for each who served and who made it
    #[command(after_help = CLASSIFY)]
    Classify,
    /// Tells browsers where this program is, so that the extension can start it
    Install(Place),
    /// Takes that back
    Uninstall(Place),
    /// Looks whether browsers can find and start this program, and says how to mend what is wrong
    Doctor(Manifest),
}

/// Which browsers to look at, and where.
#[derive(Debug, Args)]
pub struct Manifest {
    /// Only this browser: chromium, chrome, edge, brave, vivaldi or firefox; otherwise all that are found
    #[arg(long, value_name = "NAME")]
    pub browser: Option<String>,
    /// The folder for the manifest, for a browser with a profile elsewhere (needs --browser)
    #[arg(long, requires = "browser")]
    pub dir: Option<PathBuf>,
}

/// Which browsers to install for, and whether to do it.
#[derive(Debug, Args)]
pub struct Place {
    /// Which browsers, and where
    #[command(flatten)]
    pub manifest: Manifest,
    /// Only say what would be done
    #[arg(long)]
    pub dry_run: bool,
}

/// Who started this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartedBy {
    /// A browser: stdin and stdout are the native port.
    Browser,
    /// A person.
    Person,
}

/// Tells from the arguments, the program's own path included.
///
/// Chromium gives the extension's origin, on Windows with `--parent-window=…` before or after it. Firefox
/// gives the manifest's path and the extension's id.
#[must_use]
pub fn started_by(arguments: &[OsString]) -> StartedBy {
    let mut given = arguments
        .iter()
        .skip(1)
        .map(|argument| argument.to_string_lossy())
        .filter(|argument| !argument.starts_with("--parent-window="));
    let (first, second) = (given.next().unwrap_or_default(), given.next().unwrap_or_default());
    let is_chromium = first.starts_with("chrome-extension://");
    let is_firefox = OsStr::new(first.as_ref()).to_string_lossy().ends_with(".json") && is_addon_id(&second);
    if is_chromium || is_firefox { StartedBy::Browser } else { StartedBy::Person }
}

/// Add-on ids look like an e-mail address or a UUID in braces.
fn is_addon_id(text: &str) -> bool {
    text.contains('@') || (text.starts_with('{') && text.ends_with('}'))
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done; check: the site answers; copies: there is one; doctor: all is well
  1  check: the site does not answer as it should; copies: there is none; doctor: something is wrong
  2  it could not be carried out: wrong usage, a faulty config file, not a public http(s) address
  130  watch, board: stopped with Ctrl-C; their other codes are in their own --help

What is asked besides the site itself, in the config file (on by default unless it says so here):
  [anchors] hosts, addresses   neutral places: [] asks none, and more verdicts are \"can't tell\"
  [portal] url                 the test for networks that want a sign-in: \"\" leaves it out
  [resolvers] doh              other resolvers, when the system's is in doubt: [] asks none
  ask_made_up_name             a name that nobody has, of the system's resolver, when an address is in doubt
  ask_canaries                 other sites on the same CDN, when the site fails
  ask_status_pages             the CDN's status page, when the site fails
  refresh_cdns                 the vendors' lists of addresses; false by default
  [globalping] api             test computers elsewhere, only with --closer or a click: \"\" asks none
  [archives] on                archives, only by `copies`: false asks none

The proxy: checks go through the one that this computer uses, or send nothing where it is a script. It is looked for in
  proxy                        in the config file: \"system\" (the default), \"none\", or an address like \"http://10.0.0.1:3128\"
  the browser's settings       told by the extension with each check
  HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY   in capitals or not; a password may stand in the address
  GNOME's, KDE's, Windows' and macOS' settings   `detour doctor` says what was found

Environment:
  DETOUR_LOG  what to log to stderr, such as `debug` or `detour_host::check=trace`";

const COPIES: &str = "\
Archives learn the page's address, without what looks like a secret; the publisher is asked at other addresses of its own.
Each copy is looked into before it is offered. How often archives were asked is remembered, so that their limits hold.";

const CDNS: &str = "\
Releases bring the lists of their day. The vendors are asked for newer ones only by --refresh, or by `refresh_cdns = true`
in the config file: then at most once a week, after a check in which all was well.";

const URL: &str = r#"A line out:  {"url":"https://…","eligible":true,"why":null,"shared_as":"https://…","kept":true}
             eligible: others may be asked for a copy; why: why not; shared_as: what they would see;
             kept: a copy may be kept on this computer, as far as the address tells"#;

const CLASSIFY: &str = r#"A line in:   {"url":"https://…","status":503,"reason":null,"headers":{"Server":"Varnish","Via":["1.1 varnish"]},"body":"…"}
             every field may be missing; header names in any case, values a string or a list
A line out:  {"cdn":"Fastly","generated_by":"edge","is_outage":true,"confidence":"high","because":["…"]}
             cdn: a name or null; generated_by: edge, origin, origin_proxy, origin_lb, platform_router or unknown;
             confidence: high, medium or low. For a line that cannot be read: {"error":"…"}, and exit code 2 at the end"#;

const JUDGE: &str = r#"The document in:
  {"url":"https://www.example.org/","failure":"tcp.timed_out",
   "observations":[{"vantage":"host","subject":"target","step":"tcp","address":"93.184.216.34","outcome":{"failed":"tcp.timed_out"}}],
   "controls":[{"vantage":"host","subject":{"anchor":"www.wikipedia.org"},"step":"http","outcome":{"answered":{"status":200}}}],
   "siblings":[]}
All fields, and the document out: detour schema judge"#;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &[&str], expected: StartedBy) {
        let arguments: Vec<OsString> = std::iter::once(&"detour").chain(arguments).map(OsString::from).collect();
        assert_eq!(started_by(&arguments), expected, "{arguments:?}");
    }

    #[test]
    fn both_families_of_browsers_are_recognised_and_people_are_too() {
        let origin = "chrome-extension://cjahiklklgcogcehdmhkjgbekphljfbd/";
        check(&[origin], StartedBy::Browser);
        check(&[origin, "--parent-window=0"], StartedBy::Browser);
        check(&["--parent-window=123", origin], StartedBy::Browser);
        check(
            &["/home/ann/.mozilla/native-messaging-hosts/org.detour.host.json", "detour@detour.example"],
            StartedBy::Browser,
        );
        check(&[r"C:\x\firefox.json", "{0d7a1c6e-0000-0000-0000-000000000000}"], StartedBy::Browser);
        for arguments in
            [&[][..], &["check", "https://example.org/x.json"], &["doctor"], &["x.json"], &["x.json", "--json"]]
        {
            check(arguments, StartedBy::Person);
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        CommandLine::command().debug_assert();
    }
}
