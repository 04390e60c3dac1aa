//! The past incidents as files.

use super::{Incident, Kind};
use crate::observation::Millis;
use crate::time::format_http_date;

/// The past as JSON: a list of [`Incident`]s, oldest first, times in milliseconds since the Unix epoch.
#[must_use]
pub fn history_json(history: &[Incident]) -> String {
    serde_json::to_string(history).unwrap_or_default()
}

/// The past as comma-separated values (RFC 4180), a line for each site of each incident: the incident's number, kind and
/// CDN, its beginning and end (RFC 9110 dates, UTC; no end where nobody saw it), the host, the page that failed first,
/// the seconds that it was down, and who was at fault.
#[must_use]
pub fn history_csv(history: &[Incident]) -> String {
    let mut lines = String::from("incident,kind,cdn,began,ended,host,page,down_s,fault\r\n");
    for past in history {
        let kind = match past.kind {
            Kind::Cdn => "cdn",
            Kind::Site => "site",
            Kind::Network => "network",
        };
        let (id, cdn) = (past.id.to_string(), past.cdn.clone().unwrap_or_default());
        let (began, ended) = (format_http_date(past.began), past.ended.map(format_http_date).unwrap_or_default());
        for site in &past.sites {
            let down = (site.down_ms(past.ended.unwrap_or_else(|| end(past))) / 1000).to_string();
            let fault = serde_json::to_string(&site.fault).unwrap_or_default();
            let fields = [&*id, kind, &cdn, &began, &ended, &site.host, &site.url, &down, fault.trim_matches('"')];
            let line: Vec<String> = fields.into_iter().map(quoted).collect();
            lines.push_str(&line.join(","));
            lines.push_str("\r\n");
        }
    }
    lines
}

/// Where nobody saw the end, the last that is known.
fn end(past: &Incident) -> Millis {
    past.changed()
}

/// A field, in quotes where it needs them. One that a spreadsheet would take for a formula gets an apostrophe first; one
/// that would fall apart where columns end with a semicolon or a tab, so that its rest is taken for one, is quoted too.
fn quoted(field: &str) -> String {
    let is_formula =
        field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    let field = if is_formula { ["'", field].concat() } else { field.to_owned() };
    if field.contains([',', ';', '\t', '"', '\r', '\n']) {
        ["\"", &field.replace('"', "\"\""), "\""].concat()
    } else {
        field
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn no_field_is_a_formula_to_a_spreadsheet() {
        for (field, expected) in [
            ("https://example.org/", "https://example.org/"),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("\n=1", "\"'\n=1\""),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("a;=1", "\"a;=1\""),
            ("a,=1", "\"a,=1\""),
            ("", ""),
        ] {
            assert_eq!(quoted(field), expected);
        }
    }
}
