//! What a text looks like: an address of a person, a token of a known form, something that nobody could have written.
//!
//! Long because one form stands beside the next, and what tells two of them apart is read together.

use super::lists::{self, has};

/// What separators leave of a text.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|piece| !piece.is_empty())
}

/// Percent signs read, a few times: trackers encode what they carry again. Then what HTML and JSON write otherwise.
pub(super) fn decoded(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..MOST_ENCODINGS {
        if !text.contains('%') {
            break;
        }
        // A plus is a plus in a path, so that it may not be read as in a form.
        let form = ["x=", &text.replace('+', "%2B").replace('&', "%26")].concat();
        let read: String =
            url::form_urlencoded::parse(form.as_bytes()).next().map_or(String::new(), |(_, value)| value.into_owned());
        if read == text {
            break;
        }
        text = read;
    }
    for (written, meant) in WRITTEN_OTHERWISE {
        if text.contains(written) {
            text = text.replace(written, meant);
        }
    }
    text
}

const MOST_ENCODINGS: usize = 4;

/// Source: <https://html.spec.whatwg.org/multipage/named-characters.html>
const WRITTEN_OTHERWISE: [(&str, &str); 10] = [
    ("&amp;", "&"),
    ("&#38;", "&"),
    ("\\u0026", "&"),
    ("&#64;", "@"),
    ("&commat;", "@"),
    ("\\u0040", "@"),
    ("%u0040", "@"),
    ("\u{ff20}", "@"),
    ("(at)", "@"),
    ("[at]", "@"),
];

/// Whether it is, or holds, a number of a person's, or a token whose form is known.
pub(super) fn is_known(text: &str) -> bool {
    is_header(text)
        || is_phone(text)
        || is_card(text)
        || is_iban(text)
        || is_parcel(text)
        || is_code(text)
        || is_token(text)
}

/// An e-mail address somewhere in it; `@name` and `package@1.2.3` are none.
pub(super) fn has_person(text: &str) -> bool {
    text.match_indices('@').any(|(at, _)| {
        let local = text.get(..at).and_then(|before| before.chars().next_back());
        let domain: &str = text.get(at + 1..).unwrap_or_default();
        let end = domain.find(|letter: char| !letter.is_alphanumeric() && letter != '.' && letter != '-');
        let domain = domain.get(..end.unwrap_or(domain.len())).unwrap_or_default().trim_end_matches('.');
        let top = domain.rsplit('.').next().unwrap_or_default();
        let is_top = top.starts_with("xn--") || (top.chars().all(char::is_alphabetic) && top.chars().count() >= 2);
        let is_file = has(lists::FILES, &top.to_ascii_lowercase());
        let is_version = domain.split('.').take(2).all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        // A handle of another server (`/@ann@example.social`) is a public name.
        let is_handle = text.get(..at).is_some_and(|before| before.starts_with('@'));
        domain.contains('.')
            && is_top
            && !is_file
            && !is_version
            && !is_handle
            && local.is_some_and(|letter| letter.is_alphanumeric() || "._%+-\"".contains(letter))
    })
}

/// A message's identifier (RFC 5322) looks like an address of a person; a machine made what stands before its `@`.
pub(super) fn is_message_id(text: &str) -> bool {
    let local = text.split('@').next().unwrap_or_default();
    local.len() >= 12 && (noise(local) >= 10 || local.bytes().filter(u8::is_ascii_digit).count() >= 6)
}

/// What stands in an `Authorization` field (RFC 9110).
fn is_header(text: &str) -> bool {
    let (scheme, rest) = text.split_once([' ', ':']).unwrap_or_default();
    ["bearer", "basic", "digest"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) && is_issued(rest)
}

/// A telephone number as E.164 writes it.
fn is_phone(text: &str) -> bool {
    let text = text.trim();
    let number = text.strip_prefix("tel:").or_else(|| text.strip_prefix("sms:")).unwrap_or(text);
    let is_written_so = number.starts_with('+') || number.len() < text.len();
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    is_written_so && (8..=15).contains(&digits) && number.bytes().all(|byte| b"+0123456789 -().".contains(&byte))
}

/// A payment card's number: its beginning says whose, its last digit checks the others (ISO/IEC 7812).
fn is_card(text: &str) -> bool {
    let is_grouped = |run: &&str| run.bytes().any(|byte| byte.is_ascii_digit());
    text.split(|letter: char| !letter.is_ascii_digit() && letter != ' ' && letter != '-').filter(is_grouped).any(
        |run| {
            let groups: Vec<&str> = run.split([' ', '-']).filter(|group| !group.is_empty()).collect();
            let is_written_so = groups.len() == 1 || groups.iter().all(|group| (3..=6).contains(&group.len()));
            let number = groups.concat();
            is_written_so && is_card_number(&number)
        },
    )
}

fn is_card_number(number: &str) -> bool {
    let starts = |from: u32, to: u32, digits: usize| {
        number
            .get(..digits)
            .and_then(|start| start.parse::<u32>().ok())
            .is_some_and(|start| (from..=to).contains(&start))
    };
    let is_issuers = match number.len() {
        16 => {
            starts(4, 4, 1)
                || starts(51, 55, 2)
                || starts(2221, 2720, 4)
                || starts(6011, 6011, 4)
                || starts(644, 659, 3)
                || starts(3528, 3589, 4)
                || starts(62, 62, 2)
        }
        15 => starts(34, 34, 2) || starts(37, 37, 2),
        14 => starts(300, 305, 3) || starts(36, 36, 2) || starts(38, 39, 2),
        _ => false,
    };
    let sum = |(nth, byte): (usize, u8)| {
        let digit = u32::from(byte.wrapping_sub(b'0'));
        if nth % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 }
    };
    is_issuers && number.bytes().rev().enumerate().map(sum).sum::<u32>() % 10 == 0
}

/// A bank account's number (ISO 13616).
fn is_iban(text: &str) -> bool {
    let text: String = text.chars().filter(|letter| *letter != ' ').collect();
    let (Some(country), Some(check), Some(rest)) = (text.get(..2), text.get(2..4), text.get(4..)) else { return false };
    let is_written_so = country.bytes().all(|byte| byte.is_ascii_uppercase())
        && check.bytes().all(|byte| byte.is_ascii_digit())
        && (11..=30).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let modulo = |sum: u32, byte: u8| match byte {
        b'0'..=b'9' => (sum * 10 + u32::from(byte - b'0')) % 97,
        _ => (sum * 100 + u32::from(byte.to_ascii_uppercase().wrapping_sub(b'A')) + 10) % 97,
    };
    is_written_so && [rest, country, check].concat().bytes().fold(0, modulo) == 1
}

/// `K7Q2-ZX9P`: groups of one length, with letters and digits mixed in each, as codes are printed to be typed. Products'
/// names (`A123-B456`) are not so mixed.
fn is_code(text: &str) -> bool {
    is_printed_code(text) || is_spoken_code(text) || is_serial_code(text)
}

/// `INV2-K9ZX-QPW7-MLTR-2YVB`: four such groups or more, behind a name or alone, which taken together are in no order.
fn is_serial_code(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').rev().collect();
    let length = groups.first().map_or(0, |last| last.len());
    let is_group = |group: &&&str| {
        group.len() == length && group.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    let alike: String = groups.iter().take_while(is_group).copied().collect();
    (4..=6).contains(&length) && alike.len() >= 4 * length && noise(&alike) >= 16
}

/// `7xk-q2m-9zp`, `7Xk2-Q9mZ-4PtR`: three such groups or more, behind a name or alone. In capitals they may be a product's.
fn is_spoken_code(text: &str) -> bool {
    let is_group = |group: &&str| {
        let digits = group.bytes().filter(u8::is_ascii_digit).count();
        group.bytes().all(|byte| byte.is_ascii_alphanumeric()) && digits > 0 && digits < group.len()
    };
    let groups: Vec<&str> = text.split('-').rev().take_while(is_group).collect();
    let length = groups.first().map_or(0, |last| last.len());
    (3..=6).contains(&length)
        && groups.iter().take_while(|group| group.len() == length).count() >= 3
        && groups.concat().bytes().any(|byte| byte.is_ascii_lowercase())
}

fn is_printed_code(text: &str) -> bool {
    let mut groups = text.split('-').peekable();
    let length = groups.peek().map_or(0, |first| first.len());
    let is_group = |group: &str| {
        let is_turn = |pair: &[u8]| matches!(pair, [one, two] if one.is_ascii_digit() != two.is_ascii_digit());
        group.len() == length
            && group.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            && group.as_bytes().windows(2).filter(|pair| is_turn(pair)).count() >= 2
    };
    (4..=6).contains(&length) && text.len() > length && text.len() <= 41 && groups.all(is_group)
}

/// A parcel's number: it tells what one person was sent, and where to (UPU S10, and UPS's own).
fn is_parcel(text: &str) -> bool {
    let text = text.trim();
    let is_letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_uppercase());
    match (text.len(), text.get(..2), text.get(2..11), text.get(11..)) {
        (13, Some(kind), Some(number), Some(country)) => {
            let digits: Vec<u32> = number.chars().filter_map(|letter| letter.to_digit(10)).collect();
            let [first @ .., check] = digits.as_slice() else { return false };
            let sum: u32 = first.iter().zip([8, 6, 4, 2, 3, 5, 9, 7]).map(|(digit, weight)| digit * weight).sum();
            let expected = match 11 - sum % 11 {
                10 => 0,
                11 => 5,
                other => other,
            };
            is_letters(kind) && is_letters(country) && digits.len() == 9 && *check == expected
        }
        // A shipment's number as GS1 writes it (SSCC), behind the two noughts that say so.
        (20, Some("00"), ..) => {
            let digits: Vec<u32> = text.chars().filter_map(|letter| letter.to_digit(10)).collect();
            let weighed = digits.iter().rev().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| digit * weight);
            digits.len() == 20 && weighed.sum::<u32>() % 10 == 0
        }
        (18, Some("1Z"), ..) => {
            text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
                && text.bytes().filter(u8::is_ascii_digit).count() >= 10
        }
        _ => false,
    }
}

/// A UUID (RFC 9562) somewhere in it, also between other pieces.
pub(super) fn has_uuid(text: &str) -> bool {
    uuid_at(text).is_some()
}

/// Where a UUID begins.
pub(super) fn uuid_at(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.len() < UUID.len() {
        return None;
    }
    (0..=bytes.len() - UUID.len()).find(|at| {
        let is_start =
            at.checked_sub(1).and_then(|before| bytes.get(before)).is_none_or(|b| !b.is_ascii_alphanumeric());
        let is_end = bytes.get(at + UUID.len()).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        let mut pairs = UUID.bytes().zip(bytes.iter().skip(*at));
        is_start
            && is_end
            && pairs.all(|(form, byte)| if form == b'-' { *byte == b'-' } else { byte.is_ascii_hexdigit() })
    })
}

const UUID: &str = "00000000-0000-0000-0000-000000000000";

/// A token whose issuer gives it a form.
fn is_token(text: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "_-.$/".contains(letter);
    text.split(|letter: char| !is_part(letter)).any(|run| {
        // `x/ghp_…` and `x-ghp_…` hold one as well.
        let starts = std::iter::once(0).chain(run.match_indices(['/', '-', '.', '_', '$']).map(|(at, _)| at + 1));
        run.len() >= 14 && starts.take(MOST_STARTS).filter_map(|at| run.get(at..)).any(starts_like_token)
    }) || is_bot(text)
}

const MOST_STARTS: usize = 64;

fn starts_like_token(text: &str) -> bool {
    lists::PREFIXES.split(' ').filter_map(|prefix| Some((prefix, text.strip_prefix(prefix)?))).any(|(prefix, rest)| {
        let letters = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte)).count();
        let rest = rest.get(..letters).unwrap_or_default();
        match prefix {
            "AKIA" | "ASIA" | "AROA" | "AIDA" => {
                rest.len() == 16 && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            }
            // The base64 of `{"`.
            "eyJ" => rest.len() >= 9,
            _ => rest.len() >= 10 && is_opaque(rest),
        }
    })
}

/// `bot123456:AA…`, as Telegram's paths hold it, and the token without its first word.
fn is_bot(text: &str) -> bool {
    let Some((number, token)) = text.split_once(':') else { return false };
    let number = number.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    let is_number = number.len() >= 6 && number.bytes().all(|byte| byte.is_ascii_digit());
    let token = token.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != '-').next();
    is_number && token.is_some_and(|token| token.len() >= 20)
}

/// Whether a machine made this for one person: digits among letters, long numbers, letters in no order.
pub(super) fn is_issued(text: &str) -> bool {
    pieces(text).any(|piece| {
        let digits = piece.bytes().filter(u8::is_ascii_digit).count();
        let is_number = digits == piece.len();
        (is_number && digits >= 5)
            || (!is_number && digits > 0 && piece.len() >= 6)
            || noise(piece) >= 8
            || is_shuffled(piece)
            || piece.len() > 20
    })
}

/// Whether any part of it is neither a word, nor a year, nor a small number: where a secret is expected, that is one.
pub(super) fn is_opaque(text: &str) -> bool {
    let all = text.split(|letter: char| !letter.is_alphanumeric()).filter(|piece| !piece.is_empty());
    let mut all = all.peekable();
    all.peek().is_some() && !has(lists::PLAIN, &text.to_ascii_lowercase()) && all.any(is_opaque_piece)
}

fn is_opaque_piece(piece: &str) -> bool {
    if !piece.is_ascii() {
        // Other scripts are words; tokens are ASCII.
        return false;
    }
    let digits = piece.bytes().filter(u8::is_ascii_digit).count();
    if digits == piece.len() {
        let is_year = digits == 4 && (piece.starts_with("19") || piece.starts_with("20"));
        return digits >= 4 && !is_year;
    }
    if digits > 0 {
        let is_version = piece
            .strip_prefix(['v', 'V'])
            .is_some_and(|rest| rest.len() <= 3 && rest.bytes().all(|b| b.is_ascii_digit()));
        return !is_version && !has(lists::PLAIN, &piece.to_ascii_lowercase());
    }
    is_shuffled(piece)
}

/// Letters in an order that no words have.
fn is_shuffled(piece: &str) -> bool {
    if piece.bytes().any(|byte| !byte.is_ascii_alphabetic()) || has(lists::PLAIN, &piece.to_ascii_lowercase()) {
        return false;
    }
    let is_capital = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_capital(piece) {
        return piece.len() >= 5 && !is_readable(piece);
    }
    let (mut short, mut odd) = (0, false);
    for word in words(piece) {
        short += usize::from(word.len() <= 2);
        odd |= !is_readable(word);
    }
    odd || short >= 2
}

/// Whether somebody could say it: vowels, and no long run without one.
fn is_readable(word: &str) -> bool {
    let is_vowel = |byte: u8| b"aeiouyAEIOUY".contains(&byte);
    let vowels = word.bytes().filter(|byte| is_vowel(*byte)).count();
    let longest = word.split(|letter: char| letter.is_ascii() && is_vowel(letter as u8)).map(str::len).max();
    word.len() < 4 || (longest.unwrap_or_default() <= 6 && vowels * 6 >= word.len())
}

/// The words of a name: `userToken`, `user_token`, `user[token]` and `AWSToken` each have two.
pub(super) fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty()).flat_map(humps)
}

fn humps(part: &str) -> Vec<&str> {
    let letters: Vec<(usize, char)> = part.char_indices().collect();
    let mut found = Vec::new();
    let mut start = 0;
    for window in letters.windows(3) {
        let [(_, one), (at, two), (_, three)] = window else { continue };
        let rises = !one.is_uppercase() && two.is_uppercase();
        let falls = one.is_uppercase() && two.is_uppercase() && three.is_lowercase();
        if rises || falls {
            found.extend(part.get(start..*at));
            start = *at;
        }
    }
    // The last letter alone begins no word: `IDs`, `fooB`.
    found.extend(part.get(start..).filter(|rest| !rest.is_empty()));
    found
}

/// How many letters and digits of a text stand in no order that words or numbers have.
pub(super) fn noise(text: &str) -> usize {
    pieces(text).filter(|piece| is_noise(piece)).map(str::len).sum()
}

fn is_noise(piece: &str) -> bool {
    let bytes = piece.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    let turns =
        |kind: fn(&u8) -> bool| bytes.windows(2).filter(|pair| pair.iter().filter(|b| kind(b)).count() == 1).count();
    if digits == bytes.len() {
        return false; // a number, a date, a snowflake: public things are numbered so
    }
    if digits == 0 {
        // Names in one word (`TheDayThePagesStopped`) have runs of small letters; base64 has not.
        let capitals = bytes.iter().filter(|byte| byte.is_ascii_uppercase()).count();
        let is_mixed = bytes.len() >= 16
            && capitals >= 4
            && turns(u8::is_ascii_uppercase) * 5 > bytes.len() * 2
            && capitals * 3 > bytes.len();
        return is_mixed || (bytes.len() >= 16 && capitals == 0 && !is_readable(piece));
    }
    let is_hex = bytes.iter().all(u8::is_ascii_hexdigit);
    (bytes.len() >= 8 && turns(u8::is_ascii_digit) >= 3) || (is_hex && bytes.len() >= 20) || bytes.len() >= 40
}

/// What base64 (RFC 4648, either alphabet) or hexadecimal digits say, where that is text that somebody could read.
pub(super) fn unpacked(text: &str) -> Option<String> {
    let text = text.trim_end_matches('=');
    if text.len() < 8 {
        return None;
    }
    let bytes = if text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        text.as_bytes().chunks_exact(2).map(|pair| pair.iter().fold(0u8, |sum, byte| sum << 4 | hex(*byte))).collect()
    } else {
        from_base64(text)?
    };
    let text = String::from_utf8(bytes).ok()?;
    (text.len() >= 5 && !text.chars().any(char::is_control)).then_some(text)
}

fn hex(byte: u8) -> u8 {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or_default()
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' | b' ' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xFF).ok()?);
            bits &= (1 << held) - 1;
        }
    }
    Some(bytes)
}
