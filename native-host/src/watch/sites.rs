//! Which sites to look at: from the command line, and from a file with one on each line.

use std::io;
use std::path::{Path, PathBuf};

use detour_core::target::{Ineligible, Target};

use crate::address;

/// One probe: a host and port, and the addresses on it that were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// What is looked at: the address that was named first.
    pub target: Target,
    /// Further addresses of the same host; one look stands for all of them.
    pub others: Vec<Target>,
}

/// Why a list of sites cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// Nothing was named.
    #[error("no site is named; give addresses such as https://www.example.org/, or a file of them with --file")]
    Empty,
    /// Something on the command line is no address.
    #[error("{text}: {reason}")]
    Address {
        /// What was given.
        text: String,
        /// What is wrong with it.
        reason: Ineligible,
    },
    /// A line of the file is no address.
    #[error("{path}, line {line}: {text}: {reason}")]
    Line {
        /// Which file.
        path: PathBuf,
        /// Counts from 1.
        line: usize,
        /// The line.
        text: String,
        /// What is wrong with it.
        reason: Ineligible,
    },
    /// The file cannot be read.
    #[error("cannot read {path}: {source}; check the path after --file")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// More than one computer should look at.
    #[error("{count} sites are too many for one look-out; {MOST_SITES} are the most")]
    TooMany {
        /// How many there are.
        count: usize,
    },
}

/// Reads the sites named on the command line and those in the file, each host once, in the order of naming.
///
/// A line of the file is an address or a host name; what follows a `#` is a comment. A host name without a scheme is
/// asked over https.
///
/// # Errors
/// [`ListError`], with the line where there is one.
pub fn named(arguments: &[String], file: Option<&Path>) -> Result<Vec<Site>, ListError> {
    let mut sites = Vec::new();
    for text in arguments {
        let target = parse(text).map_err(|reason| ListError::Address { text: text.clone(), reason })?;
        add(&mut sites, target);
    }
    if let Some(path) = file {
        let text =
            std::fs::read_to_string(path).map_err(|source| ListError::Unreadable { path: path.to_owned(), source })?;
        lines(&mut sites, &text, path)?;
    }
    match sites.len() {
        0 => Err(ListError::Empty),
        count if count > MOST_SITES => Err(ListError::TooMany { count }),
        _ => Ok(sites),
    }
}

fn lines(sites: &mut Vec<Site>, text: &str, path: &Path) -> Result<(), ListError> {
    for (line, content) in (1..).zip(text.lines()) {
        let content = without_comment(content);
        if content.is_empty() {
            continue;
        }
        let target = parse(content).map_err(|reason| ListError::Line {
            path: path.to_owned(),
            line,
            text: content.to_owned(),
            reason,
        })?;
        add(sites, target);
    }
    Ok(())
}

/// A `#` begins a comment at the start of a line or after a blank; elsewhere it may be an address's fragment.
fn without_comment(line: &str) -> &str {
    let begins = |at: usize| line.get(..at).is_none_or(|before| before.is_empty() || before.ends_with([' ', '\t']));
    let comment = line.match_indices('#').map(|(at, _)| at).find(|at| begins(*at));
    comment.and_then(|at| line.get(..at)).unwrap_or(line).trim()
}

fn parse(text: &str) -> Result<Target, Ineligible> {
    let text = text.trim();
    if text.contains("://") {
        return address::parse(text);
    }
    // `mailto:x` and the like are told from `example.org:8443` by what a port looks like.
    let is_other_scheme = text.split_once(':').is_some_and(|(before, after)| {
        let port: &str = after.split('/').next().unwrap_or_default();
        !before.contains('.') && port.parse::<u16>().is_err()
    });
    if is_other_scheme { Target::parse(text) } else { address::parse(&format!("https://{text}")) }
}

fn add(sites: &mut Vec<Site>, target: Target) {
    // http and https of one host are one place; a port that is written out is another server.
    let place = |target: &Target| (target.host().to_owned(), target.url().port());
    match sites.iter_mut().find(|site| place(&site.target) == place(&target)) {
        Some(site) if site.target == target || site.others.contains(&target) => {}
        Some(site) => site.others.push(target),
        None => sites.push(Site { target, others: Vec::new() }),
    }
}

/// A company's whole list fits; the whole internet's is another kind of program's.
const MOST_SITES: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;

    fn from_file(text: &str) -> Result<Vec<Site>, String> {
        let mut sites = Vec::new();
        lines(&mut sites, text, Path::new("sites.txt")).map_err(|error| error.to_string())?;
        Ok(sites)
    }

    fn addresses(sites: &[Site]) -> Vec<&str> {
        sites.iter().map(|site| site.target.as_str()).collect()
    }

    #[test]
    fn a_file_holds_hosts_addresses_comments_and_blank_lines() {
        let text =
            "# ours\n\nwww.example-site.com\n  https://b.com/x#part   # the shop\nc.com:8443/health\n\t#d.com\r\n";
        let sites = from_file(text).unwrap();
        assert_eq!(
            addresses(&sites),
            ["https://www.example-site.com/", "https://b.com/x", "https://c.com:8443/health"]
        );
    }

    #[test]
    fn a_bad_line_is_named_with_its_number_and_what_is_wrong() {
        for (text, words) in [
            ("a.com\n\nftp://b.com/\n", ["line 3", "ftp://b.com/", "only http"]),
            ("http://192.168.0.1/", ["line 1", "192.168.0.1", "your own network"]),
            ("# x\nnot a host", ["line 2", "not a host", "not a web address"]),
            ("mailto:ann@example.org", ["line 1", "mailto", "only http"]),
        ] {
            let error = from_file(text).unwrap_err();
            for word in words {
                assert!(error.contains(word), "{text}: {error}");
            }
        }
    }

    #[test]
    fn several_addresses_of_one_host_are_one_probe_and_another_port_is_another() {
        let given = ["https://a.com/x", "a.com", "https://a.com/x", "http://a.com/", "a.com:8443"].map(str::to_owned);
        let sites = named(&given, None).unwrap();
        assert_eq!(addresses(&sites), ["https://a.com/x", "https://a.com:8443/"]);
        assert_eq!(sites[0].others.iter().map(Target::as_str).collect::<Vec<_>>(), ["https://a.com/", "http://a.com/"]);
    }

    #[test]
    fn nothing_a_missing_file_and_too_much_are_refused() {
        assert!(matches!(named(&[], None), Err(ListError::Empty)));
        let missing = named(&[], Some(Path::new("/nonexistent/sites.txt"))).unwrap_err();
        assert!(missing.to_string().contains("/nonexistent/sites.txt"), "{missing}");
        let many: Vec<String> = (0..=MOST_SITES).map(|nth| format!("site-{nth}.com")).collect();
        assert!(matches!(named(&many, None), Err(ListError::TooMany { count: 501 })));
    }
}
