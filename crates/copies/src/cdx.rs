//! Captures, as CDX servers list them: Wayback's JSON rows, pywb's JSON lines, CDXJ, and rows of words.
//!
//! Tolerant: a line that cannot be read is left out, the last one may be cut off.

use serde_json::Value;

/// One capture of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capture {
    /// `YYYYMMDDhhmmss`, UTC.
    pub timestamp: String,
    /// The page's address, as the archive has it.
    pub original: String,
    /// The status it was answered with; `None` where the list does not say.
    pub status: Option<u16>,
    /// Its media type; empty where the list does not say.
    pub media_type: String,
    /// Names its content: two captures with one digest are the same.
    pub digest: String,
}

/// Reads a list of captures in any of the forms; `None` where it is none at all, such as a page of HTML.
#[must_use]
pub fn captures(text: &str) -> Option<Vec<Capture>> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Some(Vec::new());
    }
    if text.starts_with('<') {
        return None;
    }
    if text.starts_with('[') {
        return rows(text);
    }
    let captures: Vec<Capture> = text.lines().take(MOST).filter_map(line).collect();
    (!captures.is_empty()).then_some(captures)
}

/// `[["timestamp","original",…],["20210608094700","https://…",…]]`. The end may be cut off.
fn rows(text: &str) -> Option<Vec<Capture>> {
    let whole: Option<Value> = serde_json::from_str(text).ok();
    let cut = || {
        let end = text.rfind(']')?;
        serde_json::from_str(&[text.get(..=end)?, "]"].concat()).ok()
    };
    let value = whole.or_else(cut)?;
    let mut rows = value.as_array()?.iter();
    let Some(names) = rows.next() else { return Some(Vec::new()) };
    let names: Vec<&str> = names.as_array()?.iter().map(|name| name.as_str().unwrap_or_default()).collect();
    let read = |row: &Value| {
        let mut capture = Capture::default();
        for (name, value) in names.iter().zip(row.as_array()?) {
            set(&mut capture, name, value);
        }
        whole_one(capture)
    };
    Some(rows.take(MOST).filter_map(read).collect())
}

/// `{"timestamp":…}`, `urlkey timestamp {"url":…}`, or `urlkey timestamp original mimetype statuscode digest length`.
fn line(line: &str) -> Option<Capture> {
    let line = line.trim();
    if let Some(at) = line.find('{') {
        let value: Value = serde_json::from_str(line.get(at..)?).ok()?;
        let mut capture = Capture::default();
        for (name, value) in value.as_object()? {
            set(&mut capture, name, value);
        }
        if capture.timestamp.is_empty() {
            capture.timestamp = line.get(..at)?.split_whitespace().nth(1).unwrap_or_default().to_owned();
        }
        return whole_one(capture);
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let word = |nth: usize| words.get(nth).copied().unwrap_or_default();
    whole_one(Capture {
        timestamp: word(1).to_owned(),
        original: word(2).to_owned(),
        media_type: word(3).to_ascii_lowercase(),
        status: word(4).parse().ok(),
        digest: word(5).to_owned(),
    })
}

/// The names of Wayback's fields and of pywb's.
fn set(capture: &mut Capture, name: &str, value: &Value) {
    let text = value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|number| number.to_string()));
    let Some(text) = text else { return };
    match name {
        "timestamp" => capture.timestamp = text,
        "original" | "url" => capture.original = text,
        "statuscode" | "status" => capture.status = text.parse().ok(),
        "mimetype" | "mime" | "mime-detected" => capture.media_type = text.to_ascii_lowercase(),
        "digest" => capture.digest = text,
        _ => {}
    }
}

fn whole_one(capture: Capture) -> Option<Capture> {
    let is_time = (4..=14).contains(&capture.timestamp.len()) && capture.timestamp.bytes().all(|b| b.is_ascii_digit());
    (is_time && !capture.original.is_empty()).then_some(capture)
}

/// More than the first 64 KiB of any reply hold.
const MOST: usize = 2_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_form_is_read() {
        for text in [
            r#"[["urlkey","timestamp","original","mimetype","statuscode","digest","length"],
                ["org,a)/","20210608094700","https://a.org/","text/html","200","ABC","12"]]"#,
            r#"{"urlkey":"org,a)/","timestamp":"20210608094700","url":"https://a.org/","mime":"text/html","status":"200","digest":"ABC"}"#,
            r#"org,a)/ 20210608094700 {"url":"https://a.org/","mime":"text/html","status":200,"digest":"ABC"}"#,
            "org,a)/ 20210608094700 https://a.org/ text/html 200 ABC 12",
        ] {
            let expected = Capture {
                timestamp: "20210608094700".into(),
                original: "https://a.org/".into(),
                status: Some(200),
                media_type: "text/html".into(),
                digest: "ABC".into(),
            };
            assert_eq!(captures(text), Some(vec![expected]), "{text}");
        }
    }

    #[test]
    fn nothing_and_nonsense_are_told_apart() {
        for text in ["", "[]", " \n", r#"[["timestamp","original"]]"#] {
            assert_eq!(captures(text), Some(Vec::new()), "{text}");
        }
        for text in ["<html>busy</html>", "Too many requests", "[[[", "{}", "null"] {
            assert_eq!(captures(text), None, "{text}");
        }
    }

    #[test]
    fn what_was_cut_off_costs_one_row() {
        let rows = r#"[["timestamp","original"],["2021","https://a.org/"],["2022","https://a.o"#;
        assert_eq!(captures(rows).map(|captures| captures.len()), Some(1));
        let lines = "a 2021 {\"url\":\"https://a.org/\"}\nb 2022 {\"url\":\"https:";
        assert_eq!(captures(lines).map(|captures| captures.len()), Some(1));
    }

    proptest! {
        #[test]
        fn nothing_breaks_it(text in "[\\[\\]{}\",: 0-9a-z\n]{0,200}") {
            for capture in captures(&text).into_iter().flatten() {
                prop_assert!(!capture.original.is_empty() && capture.timestamp.len() >= 4);
            }
        }
    }
}
