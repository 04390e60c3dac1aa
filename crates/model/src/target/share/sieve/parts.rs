//! Segments and queries in their parts.

/// What a parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Parameter {
    Content,
    /// It follows a person and gives access to nothing.
    Tracker,
    /// It never tells one page from another.
    Secret,
    /// It may.
    LooksSecret,
}

/// A segment, and the parameters behind it (RFC 3986, section 3.3).
pub(super) fn matrix(segment: &str) -> (&str, Vec<(&str, &str)>) {
    let ends = segment.match_indices([';', '&', ',']).map(|(at, _)| at);
    let begins = ends.clone().zip(ends.skip(1).chain([segment.len()]));
    let first = begins
        .clone()
        .find(|(at, end)| segment.get(*at..*end).is_some_and(|piece| piece.contains('=') || piece.starts_with(';')));
    let Some((start, _)) = first else { return (segment, Vec::new()) };
    let rest = begins.filter(|(at, _)| *at >= start);
    let pieces = rest.filter_map(|(at, end)| Some((segment.get(at..=at)?, segment.get(at + 1..end)?))).collect();
    (segment.get(..start).unwrap_or_default(), pieces)
}

/// The parameters of a query, each with what separates it from the one before: `&`, `;` or an escaped `&amp;`. JSON
/// that was not encoded stays in one piece.
pub(super) fn parameters(query: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let (mut separator, mut rest) = ("", query);
    loop {
        let (name, value) = rest.split_once('=').unwrap_or((rest, ""));
        let is_json = !name.contains(['&', ';']) && (value.starts_with('{') || value.starts_with('['));
        let end = if is_json { rest.find('&') } else { rest.find(['&', ';']) };
        let Some(end) = end else {
            found.push((separator, rest));
            return found;
        };
        let (piece, after) = rest.split_at(end);
        found.push((separator, piece));
        let mut long = 1;
        while after.get(long..).is_some_and(|after| after.starts_with("amp;")) {
            long += "amp;".len();
        }
        (separator, rest) = after.split_at(long);
    }
}
