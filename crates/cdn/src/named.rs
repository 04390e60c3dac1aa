//! The CDN that one mark names: a CNAME, a certificate, headers.

use detour_model::observation::{Answer, Certificate};

use crate::header_rules::rows_of;
use crate::pieces::pieces;
use crate::table::{CDNS, Row};

/// The CDN whose name this is, or ends in.
#[must_use]
pub fn by_cname(name: &str) -> Option<&'static Row> {
    let name = name.to_ascii_lowercase();
    CDNS.iter().find(|row| is_under(&name, row.names))
}

/// The CDN that alone holds certificates with one of these names.
#[must_use]
pub fn by_certificate(certificate: &Certificate) -> Option<&'static Row> {
    let subject = certificate.subject.split(',').find_map(|part| part.trim().strip_prefix("CN="));
    certificate.names.iter().map(String::as_str).chain(subject).find_map(by_cname)
}

fn is_under(name: &str, suffixes: &'static str) -> bool {
    let name = name.trim_end_matches('.');
    let name = name.strip_prefix("*.").unwrap_or(name);
    let is_suffix = |suffix: &str| {
        let rest = name.strip_suffix(suffix);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.') || suffix.starts_with('-'))
    };
    pieces(suffixes, b' ').any(is_suffix)
}

/// The CDN that set these headers: the outermost, where a site has several behind one another.
///
/// Each leaves its own headers on what it passes on. A `Server` of an edge that always writes its own is the
/// outermost one's, and so is the end of `Via`; where neither tells, the table's order does, which has those first
/// that are mostly put in front.
#[must_use]
pub fn by_headers(answer: &Answer) -> Option<&'static Row> {
    let rows: Vec<&'static Row> = rows_of(answer).collect();
    let rows = || rows.iter().copied();
    let server = answer.header("server");
    let via = answer.header("via").rsplit(',').next().unwrap_or_default().to_ascii_lowercase();
    let last_via = VIAS.iter().find(|(mark, _)| via.contains(mark)).map(|(_, name)| *name);
    let is_outermost = |row: &&Row| row.signs(server) && !VIAS.iter().any(|(_, name)| *name == row.name);
    rows().find(is_outermost).or_else(|| rows().find(|row| last_via == Some(row.name))).or_else(|| rows().next())
}

/// Who writes what into `Via`. All of them leave an origin's `Server` as it is.
const VIAS: [(&str, &str); 5] = [
    ("varnish", "Fastly"),
    ("(cloudfront)", "Amazon CloudFront"),
    ("1.1 google", "Google Cloud CDN/LB"),
    ("vegur", "Heroku"),
    ("akamai", "Akamai"),
];
