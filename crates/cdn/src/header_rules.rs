//! The rules of all rows on headers, taken apart while compiling: each answer is held against all of them.

use detour_model::observation::Answer;

use crate::pieces::begins;
use crate::table::{CDNS, ROWS, Row};

/// The rows one of whose headers the answer bears, in the table's order.
pub(crate) fn rows_of(answer: &Answer) -> impl Iterator<Item = &'static Row> {
    let mut marked = [false; ROWS];
    for (name, value) in &answer.headers {
        let rules = RULES.iter().filter(|rule| rule.name.len() == name.len() && rule.name == name);
        for rule in rules.filter(|rule| rule.fits(value)) {
            if let Some(mark) = marked.get_mut(rule.row) {
                *mark = true;
            }
        }
    }
    CDNS.iter().zip(marked).filter(|(_, is_marked)| *is_marked).map(|(row, _)| row)
}

/// One rule: the header is there, begins so, or holds that.
#[derive(Clone, Copy)]
struct HeaderRule {
    row: usize,
    name: &'static str,
    /// Empty where any value does.
    start: &'static str,
    part: &'static str,
}

impl HeaderRule {
    fn fits(&self, value: &str) -> bool {
        begins(value, self.start) && (self.part.is_empty() || holds(value, self.part))
    }

    /// `name`, `name^start` or `name~part`.
    const fn read(row: usize, rule: &'static str) -> Self {
        let bytes = rule.as_bytes();
        let (name, value) = rule.split_at(end_of(bytes, b"^~"));
        let (sign, rest) = value.split_at(if value.is_empty() { 0 } else { 1 });
        let is_start = matches!(sign.as_bytes(), [b'^']);
        Self { row, name, start: if is_start { rest } else { "" }, part: if is_start { "" } else { rest } }
    }
}

/// Whether a value has this in it, in any case.
fn holds(value: &str, part: &str) -> bool {
    value.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

/// Where the first of these signs is, or the end.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which reports it")]
const fn end_of(text: &[u8], signs: &[u8]) -> usize {
    let mut at = 0;
    while at < text.len() {
        let mut sign = 0;
        while sign < signs.len() {
            if text[at] == signs[sign] {
                return at;
            }
            sign += 1;
        }
        at += 1;
    }
    at
}

static RULES: [HeaderRule; COUNT] = read_all();

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which reports it")]
const COUNT: usize = {
    let (mut count, mut row) = (0, 0);
    while row < ROWS {
        let mut rest = CDNS[row].headers;
        while !rest.is_empty() {
            count += 1;
            rest = after_first(rest);
        }
        row += 1;
    }
    count
};

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which reports it")]
const fn read_all() -> [HeaderRule; COUNT] {
    let mut rules = [HeaderRule { row: 0, name: "", start: "", part: "" }; COUNT];
    let (mut count, mut row) = (0, 0);
    while row < ROWS {
        let mut rest = CDNS[row].headers;
        while !rest.is_empty() {
            let (rule, _) = rest.split_at(end_of(rest.as_bytes(), b"|"));
            rules[count] = HeaderRule::read(row, rule);
            count += 1;
            rest = after_first(rest);
        }
        row += 1;
    }
    rules
}

/// What follows the first rule of a row.
const fn after_first(rules: &'static str) -> &'static str {
    let end = end_of(rules.as_bytes(), b"|");
    let (_, rest) = rules.split_at(if end < rules.len() { end + 1 } else { end });
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_there_begin_so_or_hold_that() {
        let answer = |name: &str, value: &str| Answer {
            status: 503,
            headers: [(name.to_owned(), value.to_owned())].into(),
            body: String::new(),
        };
        for (name, value, cdn) in [
            ("cf-ray", "1", "Cloudflare"),
            ("server", "CloudFront", "Amazon CloudFront"),
            ("via", "1.1 a26c.cloudfront.net (CloudFront)", "Amazon CloudFront"),
            ("server", "ECS (lhb/1)", "Edgio"),
        ] {
            assert!(rows_of(&answer(name, value)).any(|row| row.name == cdn), "{name}: {value}");
        }
        for (name, value) in [("server", "nginx"), ("server", "my cloudfront"), ("via", "1.1 varnish"), ("", "")] {
            assert_eq!(rows_of(&answer(name, value)).count(), 0, "{name}: {value}");
        }
    }
}
