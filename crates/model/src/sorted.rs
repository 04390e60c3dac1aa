//! Lists of words as one text: words in the order of their bytes, with single spaces between. They cost the wasm their
//! letters and nothing more, and a word is found in as many steps as in a sorted slice.

use std::cmp::Ordering;

/// Whether the list holds this word. An empty word is in none.
#[must_use]
pub fn has(list: &str, word: &str) -> bool {
    debug_assert!(list.as_bytes().split(is_gap).is_sorted(), "a list of words is not sorted: {list}");
    let mut list = list.as_bytes();
    while !list.is_empty() {
        let is_letter = |place: usize| list.get(place).is_some_and(|byte| !is_gap(byte));
        let mut start = list.len() / 2;
        let mut end = start;
        while is_letter(start.wrapping_sub(1)) {
            start -= 1;
        }
        while is_letter(end) {
            end += 1;
        }
        let Some(entry) = list.get(start..end) else { return false };
        list = match word.as_bytes().cmp(entry) {
            Ordering::Equal => return true,
            Ordering::Less => list.get(..start.saturating_sub(1)).unwrap_or_default(),
            Ordering::Greater => list.get(end + 1..).unwrap_or_default(),
        };
    }
    false
}

/// Whether the list of domains holds this host or a domain above it.
#[must_use]
pub fn has_domain_of(list: &str, host: &str) -> bool {
    let mut rest = Some(host);
    while let Some(domain) = rest {
        if has(list, domain) {
            return true;
        }
        rest = domain.split_once('.').map(|(_, above)| above);
    }
    false
}

const fn is_gap(byte: &u8) -> bool {
    *byte == b' '
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_of_a_list_is_found_and_no_part_of_one() {
        let list = "a ab abc b bcd losenord lösenord z";
        assert!(list.split(' ').all(|word| has(list, word)));
        for word in ["", " ", "a ", "abcd", "bc", "cd", "0", "zz", "losenor", "a ab", "ö"] {
            assert!(!has(list, word), "{word:?}");
        }
        assert!(!has("", "a") && has("a", "a") && !has("a", "b"));
    }

    #[test]
    fn a_host_is_found_by_a_domain_above_it() {
        let list = "bbc.co.uk example.org";
        assert!(["bbc.co.uk", "www.bbc.co.uk", "a.b.example.org"].into_iter().all(|host| has_domain_of(list, host)));
        assert!(["co.uk", "notbbc.co.uk", "org", ""].into_iter().all(|host| !has_domain_of(list, host)));
    }
}
