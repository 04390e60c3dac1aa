//! Tables as one text: pieces with a separator between. As slices of slices they would take twice the room in the wasm.

/// The pieces of a text, where `gap` stands between. The tables are gone through for each answer, so nothing is searched
/// with more effort than a loop takes.
pub(crate) fn pieces(text: &'static str, gap: u8) -> impl Iterator<Item = &'static str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = 0;
        while rest.as_bytes().get(end).is_some_and(|byte| *byte != gap) {
            end += 1;
        }
        let piece = rest.get(..end)?;
        rest = rest.get(end + 1..).unwrap_or_default();
        Some(piece)
    })
}

/// Whether a value begins so, in any case.
pub(crate) fn begins(value: &str, start: &str) -> bool {
    value.get(..start.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn pieces_are_what_stands_between() {
        let read = |text| pieces(text, b'|').collect::<Vec<_>>();
        assert_eq!(read("a|bc|d"), ["a", "bc", "d"]);
        assert_eq!(read("ä"), ["ä"]);
        assert!(read("").is_empty());
    }
}
