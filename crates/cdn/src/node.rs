//! Which of a CDN's nodes answered, and at which of its places (POP).
//!
//! A fault that follows one node or one POP is another fault than one that is everywhere, so both are kept apart
//! from what differs with every request.

use crate::named::by_headers;
use crate::table::Row;
use detour_model::observation::Answer;
use detour_model::reading::Node;

/// The node that answered, from the headers of the CDNs that tell it, or from the error page that does.
#[must_use]
pub fn node(answer: &Answer) -> Option<Node> {
    node_by(by_headers(answer), answer)
}

/// The same, where it is known whose headers these are.
pub(super) fn node_by(row: Option<&'static Row>, answer: &Answer) -> Option<Node> {
    let by_rule = row.and_then(|row| by_rule(row.pop, answer));
    by_rule.or_else(|| by_fastlys_page(&answer.body)).or_else(|| by_azures_reference(answer))
}

/// Reads [`super::Row::pop`].
fn by_rule(rule: &str, answer: &Answer) -> Option<Node> {
    let Some((header, (after, until))) =
        rule.split_once('|').and_then(|(header, rest)| Some((header, rest.split_once('|')?)))
    else {
        // A shield adds itself in front: the last one is the edge that spoke to us.
        return fastlys(answer.header(rule).rsplit(',').next()?.trim());
    };
    let (_, rest) = answer.header(header.trim_start_matches('*')).split_once(after)?;
    let rest = rest.split(',').next()?.trim();
    let is_end = |letter: char| until.contains(letter) || (until.contains('#') && letter.is_ascii_digit());
    let pop = rest.split(is_end).next().filter(|pop| !pop.is_empty())?;
    let name = if header.starts_with('*') { rest.trim_end_matches(')') } else { pop };
    Some(Node { name: name.to_owned(), pop: pop.to_owned() })
}

/// `cache-lhr7321-LHR`; where the last part is missing, the letters of the middle one.
fn fastlys(name: &str) -> Option<Node> {
    let place = name.strip_prefix("cache-")?;
    let pop = match place.rsplit_once('-') {
        Some((_, pop)) => pop.to_owned(),
        None => place.chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_ascii_uppercase(),
    };
    (!pop.is_empty()).then(|| Node { name: name.to_owned(), pop })
}

/// `Details: cache-lhr6326-LHR 1506338630 2553879771`.
fn by_fastlys_page(body: &str) -> Option<Node> {
    let (_, details) = body.split_once("Details: ")?;
    fastlys(details.split(|letter: char| letter.is_whitespace() || letter == '<').next()?)
}

/// `X-Azure-Ref: 0WKZEYgAAAADMF2y…`, alone in the header or at the end of the error page: `0`, then base64 of eight
/// bytes, of sixteen, and of the POP's name (`AMS04EDGE1917`). Newer references are no base64, and name nothing.
fn by_azures_reference(answer: &Answer) -> Option<Node> {
    let header = answer.header("x-azure-ref");
    let is_page = header.is_empty() && answer.body.contains("services aren");
    let mut words = if is_page { &answer.body } else { header }.split(['<', '>', ' ', '\n']);
    let encoded = words.find(|word| word.starts_with('0') && word.len() > 53)?.get(33..53)?;
    let mut name = String::new();
    let mut bits = 0_u32;
    for (place, letter) in encoded.bytes().enumerate() {
        bits = bits << 6 | u32::from(sextet(letter)?);
        if place % 4 == 3 {
            let [_, bytes @ ..] = bits.to_be_bytes();
            name.extend(bytes.map(char::from));
            bits = 0;
        }
    }
    let name = name.split(|letter: char| !letter.is_ascii_alphanumeric()).next()?;
    let pop = name.get(..3).filter(|_| name.contains("EDGE"))?;
    Some(Node { name: name.to_owned(), pop: pop.to_owned() })
}

/// A letter of base64.
const fn sextet(letter: u8) -> Option<u8> {
    Some(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[(&str, &str)], body: &str, expected: Option<(&str, &str)>) {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let found = node(&Answer { status: 503, headers, body: body.to_owned() });
        assert_eq!(found.as_ref().map(|node| (node.name.as_str(), node.pop.as_str())), expected);
    }

    #[test]
    fn headers_name_the_node_next_to_us() {
        check(&[("x-served-by", "cache-iad1-IAD, cache-lhr7321-LHR")], "", Some(("cache-lhr7321-LHR", "LHR")));
        check(&[("x-served-by", "cache-pae2080020")], "", Some(("cache-pae2080020", "PAE")));
        let behind = "dev-1, varnish-s1-SJC, cache-fra1229-FRA";
        check(&[("x-served-by", behind)], "", Some(("cache-fra1229-FRA", "FRA")));
        check(&[("cf-ray", "53e82c077a54769a-ARN")], "", Some(("ARN", "ARN")));
        check(&[("x-amz-cf-pop", "LHR50-C1")], "", Some(("LHR50-C1", "LHR")));
        check(&[("server", "BunnyCDN-UK1-1088")], "", Some(("UK1-1088", "UK1")));
        check(&[("x-vercel-id", "bom1::iad1::mhp76-1733494531544-de5962421606")], "", Some(("bom1", "bom1")));
        check(&[("server", "ECAcc (lhb/4C5D)")], "", Some(("lhb/4C5D", "lhb")));
        let reference = "Ref A: 1F7A Ref B: LON04EDGE1109 Ref C: 2024-01-01T00:00:00Z";
        check(&[("x-msedge-ref", reference)], "", Some(("LON", "LON")));
    }

    #[test]
    fn the_outer_edge_is_named_where_two_speak() {
        let both = [("server", "cloudflare"), ("cf-ray", "1-LHR"), ("x-served-by", "cache-iad1-IAD")];
        check(&both, "", Some(("LHR", "LHR")));
    }

    #[test]
    fn a_page_names_the_node_where_headers_do_not() {
        let page = "<h3>Guru Mediation:</h3><p>Details: cache-lhr6326-LHR 1506338630 2553879771</p>";
        check(&[], page, Some(("cache-lhr6326-LHR", "LHR")));
        let azures = "<h2>Our services aren't available right now</h2><p>We're working.</p>\
            0WKZEYgAAAADMF2yZfE7ZTZg4DKn+e7zUQU1TMDRFREdFMTkxNwA2M2I5NDA1NC1jMTQ3LTQwNDItYmM4MC0zNGZiYzEwMGFlOGM=";
        check(&[], azures, Some(("AMS04EDGE1917", "AMS")));
    }

    #[test]
    fn what_names_nothing_is_none() {
        check(&[], "", None);
        check(&[("server", "nginx")], "Details: none", None);
        check(&[("cf-ray", "53e82c077a54769a")], "", None);
        check(&[("x-azure-ref", "20240605T101010Z-r15d9c7b8c5")], "", None);
        check(&[("x-served-by", "web-1")], "", None);
    }
}
