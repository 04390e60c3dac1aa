//! Finding copies by words: in the title, the address and the text.
//!
//! A copy is found when all words of the question are in it, in whichever of the three; case does not matter. Texts
//! are folded into one buffer that is used again and again, since they are what takes time.

use detour_core::observation::Millis;

use crate::record::{Id, Record};

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    words: Vec<String>,
}

/// A copy in which all words are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// How good it is.
    pub rank: Rank,
    /// The copy.
    pub id: Id,
    /// Words around the first word that was found in the text; the text's beginning where none was.
    pub excerpt: String,
}

/// The user's own copies first; then where the words are, best first; then the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// Whether the copy came from a file.
    pub imported: bool,
    /// Where.
    pub place: Place,
    /// When the copy was taken, the newest first.
    pub newest: std::cmp::Reverse<Millis>,
}

/// The place where the last of the words was found; best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// All words are in the title.
    Title,
    /// All words are in the title or the address.
    Address,
    /// Some are in the text only.
    Text,
}

impl Place {
    /// As pages call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Address => "address",
            Self::Text => "text",
        }
    }
}

impl Question {
    /// Takes a question apart into words.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut words: Vec<String> = text.split_whitespace().map(fold).collect();
        words.sort();
        words.dedup();
        // The longest word rules out most, so it is looked for first.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        Self { words }
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Looks into one copy; `folded` is room that is used again from one to the next.
    #[must_use]
    pub fn ask(&self, record: &Record, text: &str, folded: &mut String) -> Option<Hit> {
        if self.is_empty() {
            return None;
        }
        let title = fold(&record.title);
        let beyond_title: Vec<&String> = self.words.iter().filter(|word| !title.contains(word.as_str())).collect();
        let address = if beyond_title.is_empty() { String::new() } else { fold(&record.url) };
        let beyond: Vec<&String> =
            beyond_title.iter().copied().filter(|word| !address.contains(word.as_str())).collect();
        fold_into(text, folded);
        if !beyond.iter().all(|word| folded.contains(word.as_str())) {
            return None;
        }
        let place = match (beyond_title.as_slice(), beyond.as_slice()) {
            ([], _) => Place::Title,
            (_, []) => Place::Address,
            (_, _) => Place::Text,
        };
        let shown = beyond.first().copied().into_iter().chain(&self.words);
        let at = shown.filter_map(|word| folded.find(word.as_str())).next();
        let at = at.map_or(0, |at| unfolded(text, folded, at));
        let rank = Rank { imported: record.imported, place, newest: std::cmp::Reverse(record.at) };
        Some(Hit { rank, id: record.id.clone(), excerpt: excerpt(text, at) })
    }
}

/// Puts hits in order and leaves out what nobody would read.
pub fn best(hits: &mut Vec<Hit>) {
    hits.sort_by(|a, b| a.rank.cmp(&b.rank).then_with(|| a.id.cmp(&b.id)));
    hits.truncate(MOST_HITS);
}

fn fold(text: &str) -> String {
    let mut folded = String::new();
    fold_into(text, &mut folded);
    folded
}

fn fold_into(text: &str, folded: &mut String) {
    folded.clear();
    if text.is_ascii() {
        folded.push_str(text);
        folded.make_ascii_lowercase();
    } else {
        folded.extend(text.chars().flat_map(char::to_lowercase));
    }
}

/// Where in the text something is that is at `at` in its folded form: İ folds to two characters, Å in Ångström's sign to
/// one of another length.
fn unfolded(text: &str, folded: &str, at: usize) -> usize {
    if text.is_ascii() {
        return at.min(folded.len());
    }
    let mut length = 0;
    for (place, character) in text.char_indices() {
        length += character.to_lowercase().map(char::len_utf8).sum::<usize>();
        if length > at {
            return place;
        }
    }
    text.len()
}

/// The words around a place, from word to word.
fn excerpt(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default();
    let start = before.char_indices().rev().take(BEFORE).last().map_or(at, |(place, _)| place);
    let rest = text.get(start..).unwrap_or_default();
    let end = rest.char_indices().nth(AROUND).map_or(rest.len(), |(place, _)| place);
    let mut piece = rest.get(..end).unwrap_or_default();
    if start > 0 {
        // Not past what was found.
        let found = at - start;
        piece = piece
            .find(char::is_whitespace)
            .filter(|gap| *gap < found)
            .and_then(|gap| piece.get(gap..))
            .unwrap_or(piece);
    }
    if end < rest.len() {
        piece = piece
            .rfind(char::is_whitespace)
            .filter(|gap| *gap > AROUND / 2)
            .and_then(|gap| piece.get(..gap))
            .unwrap_or(piece);
    }
    let piece = piece.trim();
    let cut = |is_cut: bool| if is_cut { "…" } else { "" };
    format!("{}{piece}{}", cut(start > 0), cut(end < rest.len()))
}

/// So many characters are shown before what was found, and in all: two lines of a list.
const BEFORE: usize = 60;
const AROUND: usize = 200;

/// Nobody reads on: whoever finds so many adds a word.
const MOST_HITS: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    fn record(title: &str, url: &str, at: u64) -> Record {
        Record {
            id: Id::of(url, Millis(at)),
            title: title.into(),
            url: url.into(),
            at: Millis(at),
            ..Record::default()
        }
    }

    fn check(question: &str, title: &str, url: &str, text: &str) -> Option<(Place, String)> {
        let hit = Question::new(question).ask(&record(title, url, 1), text, &mut String::new())?;
        Some((hit.rank.place, hit.excerpt))
    }

    #[test]
    fn all_words_must_be_there_in_whichever_place() {
        let url = "https://example.org/Weather";
        assert_eq!(check("RAIN title", "A title", url, "rain today").unwrap().0, Place::Text);
        assert_eq!(check("weather title", "A title", url, "x").unwrap().0, Place::Address);
        assert_eq!(check("a TITLE", "A title", url, "x").unwrap().0, Place::Title);
        assert_eq!(check("rain snow", "A title", url, "rain today"), None);
        assert_eq!(check("  ", "A title", url, "rain today"), None);
    }

    #[test]
    fn case_does_not_matter_in_any_script() {
        for (question, text) in [
            ("straße", "Die STRAßE ist gesperrt"),
            ("ÄRGER", "lauter ärger"),
            ("москва", "МОСКВА"),
            ("ΑΘΉΝΑ", "αθήνα"),
            ("istanbul", "ISTANBUL"),
            ("東京", "今日の東京"),
        ] {
            assert!(check(question, "", "", text).is_some(), "{question} in {text}");
        }
    }

    #[test]
    fn the_excerpt_shows_what_was_found_with_words_around_it() {
        let text = format!("{} İstanbul ÅNGSTRÖM needle {}", "früher ".repeat(50), "später ".repeat(50));
        let (_, excerpt) = check("ångström", "", "", &text).unwrap();
        assert!(excerpt.starts_with("…früher") && excerpt.ends_with("später…"), "{excerpt}");
        assert!(excerpt.contains("ÅNGSTRÖM needle"), "{excerpt}");
        assert!(excerpt.chars().count() <= AROUND + 2);
        assert_eq!(check("short", "", "", "a short text").unwrap().1, "a short text");
        assert_eq!(check("title", "title", "", "the beginning").unwrap().1, "the beginning");
    }

    #[test]
    fn the_best_place_comes_first_then_the_newest() {
        let ask = |title: &str, at: u64| {
            Question::new("rain").ask(
                &record(title, &format!("https://example.org/{at}"), at),
                "rain",
                &mut String::new(),
            )
        };
        let mut hits: Vec<Hit> =
            [ask("x", 3), ask("rain", 1), ask("x", 5), ask("rain", 2)].into_iter().flatten().collect();
        best(&mut hits);
        let order: Vec<u64> = hits.iter().map(|hit| hit.rank.newest.0.0).collect();
        assert_eq!(order, [2, 1, 5, 3]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_and_question_give_an_excerpt_of_the_text(text in "\\PC{0,400}", question in "\\PC{1,3}") {
            if let Some((_, excerpt)) = check(&question, "", "", &text) {
                let shown = excerpt.trim_matches('…').trim();
                proptest::prop_assert!(text.contains(shown));
            }
        }
    }
}
