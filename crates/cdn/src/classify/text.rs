//! The words of a page, and whether a rule's marks are among them.

use super::rules::Rule;
use crate::pieces::pieces;

/// What is searched for marks: the words as a person sees them, and the source, where classes and links are.
pub(super) struct Words {
    text: String,
    source: String,
    pairs: Pairs,
}

impl Words {
    /// Of a whole page or a part of one; everything in lower case.
    pub(super) fn of(body: &str) -> Self {
        let source = body.to_ascii_lowercase();
        Self::new(visible(&source), source)
    }

    /// Without the source: what only scripts and links hold is not said to anybody.
    pub(super) fn seen(body: &str) -> Self {
        Self::new(visible(&body.to_ascii_lowercase()), String::new())
    }

    fn new(text: String, source: String) -> Self {
        let pairs = Pairs::of([&text, &source]);
        Self { text, source, pairs }
    }

    /// Tags, scripts and styles out, entities read, white space folded.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn match_rule(&self, rule: &Rule) -> bool {
        let has = |mark: &str| self.pairs.may_have(mark) && (self.text.contains(mark) || self.source.contains(mark));
        let is_empty = self.text.is_empty() && self.source.is_empty();
        !is_empty
            && self.pairs.may_begin(rule.all)
            && pieces(rule.all, b';').all(has)
            && (rule.any.is_empty() || pieces(rule.any, b';').any(has))
    }
}

/// Which pairs of neighbouring bytes there are: most of some hundred marks are told to be missing without a search, which
/// made up most of a whole check.
struct Pairs([u64; PAIRS / 64]);

/// Pairs share a bit now and then: then a search says no.
const PAIRS: usize = 4096;

impl Pairs {
    fn of(texts: [&str; 2]) -> Self {
        let mut bits = [0; PAIRS / 64];
        for text in texts {
            let mut one = 0;
            for next in text.as_bytes() {
                let place = place(one, *next);
                if let Some(word) = bits.get_mut(place / 64) {
                    *word |= 1 << (place % 64);
                }
                one = *next;
            }
        }
        Self(bits)
    }

    /// Whether all pairs of this mark are there.
    fn may_have(&self, mark: &str) -> bool {
        let Some((first, rest)) = mark.as_bytes().split_first() else { return true };
        let mut one = *first;
        for next in rest {
            if !self.has(one, *next) {
                return false;
            }
            one = *next;
        }
        true
    }

    /// Whether the first pair of what begins so is there: most rules are told not to apply by that alone.
    fn may_begin(&self, marks: &str) -> bool {
        !matches!(marks.as_bytes(), [one, next, ..] if *next != b';' && !self.has(*one, *next))
    }

    fn has(&self, one: u8, next: u8) -> bool {
        let place = place(one, next);
        self.0.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }
}

/// Letters lie in the lower six bits of a byte.
const fn place(one: u8, next: u8) -> usize {
    ((one as usize) << 6 ^ next as usize) % PAIRS
}

fn visible(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        let hidden = ["script", "style"].into_iter().find(|name| tag.starts_with(name));
        let end = hidden.and_then(|name| tag.find(&format!("</{name}"))).unwrap_or(0);
        rest = tag.get(end..).and_then(|tag| tag.split_once('>')).map_or("", |(_, rest)| rest);
    }
    text.push_str(rest);
    without_entities(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads the entities that error pages use: Akamai writes its reference in them.
fn without_entities(text: &str) -> String {
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        read.push_str(before);
        let entity = after.split_once(';').filter(|(name, _)| name.len() <= 6);
        let letter = entity.and_then(|(name, _)| match name {
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" | "rsquo" => Some('\''),
            "nbsp" => Some(' '),
            "middot" => Some('·'),
            _ => name.strip_prefix('#').and_then(|number| number.parse().ok()).and_then(char::from_u32),
        });
        match (letter, entity) {
            (Some(letter), Some((_, after))) => {
                read.push(letter);
                rest = after;
            }
            _ => {
                read.push('&');
                rest = after;
            }
        }
    }
    read.push_str(rest);
    read.replace('’', "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_a_person_sees() {
        let page = "<TITLE>A</TITLE><style>p{color:red}</style><script>if (a<b) nginx()</script>\n<p>B&#32;&#35;1&amp;2 it’s</p>";
        assert_eq!(Words::of(page).text(), "a b #1&2 it's");
        assert_eq!(Words::of("plain / text < 5 & more").text(), "plain / text");
        assert_eq!(Words::of("").text(), "");
    }
}
