//! What a segment's place in its path and on its host says of it.

use super::hosts::is_below;
use super::limits::{LONGEST_VALUE, SHORTEST_ISSUED, SHORTEST_TOKEN};
use super::looks::{extension, is_hex, is_second};
use super::phrases::is_one_time_phrase;
use super::trail::Trail;
use crate::sorted::has_domain_of;
use crate::target::share::forms::{decoded, is_opaque, noise, pieces, uuid_at};
use crate::target::share::lists::{self, has};
use crate::target::site_of;

/// Whether what stands before or behind says that this is a secret: what is done with it, when it ends, a calendar.
pub(super) fn is_for_what_follows(host: &str, trail: &Trail, said: &str, all: &[&str], nth: usize) -> bool {
    let noise = noise(said);
    if noise < SHORTEST_ISSUED || has(lists::ASSETS, &extension(said).to_ascii_lowercase()) {
        return false;
    }
    let before = trail.before.last().map_or("", String::as_str);
    if is_revision(host, before, said) || is_chains(trail, said) {
        return false;
    }
    let after = all.get(nth + 1).map_or_else(String::new, |after| decoded(after).to_lowercase());
    // A link that ends has the second of its end beside its signature.
    let is_ending = is_second(&after) || is_second(before);
    let is_calendar = || {
        let last = all.last().map_or("", |last| extension(last)).to_ascii_lowercase();
        has("ical ics ifb vcf", &last) && !all.contains(&"public")
    };
    (is_ending && noise >= LONGEST_VALUE)
        || (!trail.is_reading && has(lists::ACTING, &after))
        || (noise >= SHORTEST_TOKEN && is_calendar())
}

/// `/s/…`, `/index.php/s/…`: where programs that many people run put what is shared by a link.
pub(super) fn is_short_path(trail: &Trail) -> bool {
    match trail.before.as_slice() {
        [one] => has(lists::SHORT_PATHS, one),
        [script, one] => extension(script) == "php" && has(lists::SHORT_PATHS, one),
        _ => false,
    }
}

pub(super) fn is_private_place(host: &str, trail: &Trail, said: &str) -> bool {
    let before = trail.before.last().map_or("", String::as_str);
    let is_before = |wanted: &str| match wanted {
        "^" => trail.before.is_empty(),
        "*" => true,
        "#" => before.len() >= 5 && before.bytes().all(|byte| byte.is_ascii_digit()),
        wanted => before == wanted,
    };
    // `/community/file/…`: where people publish what elsewhere is a private link.
    let is_published = trail.before.iter().any(|before| before == "community");
    lists::PLACES.iter().any(|(place, wanted, only_opaque)| {
        is_below(host, place)
            && is_before(wanted)
            && !is_published
            && (!only_opaque || is_opaque(said) || said.starts_with('+'))
    }) || (is_below(host, "t.me") && said.starts_with('+'))
        || (is_below(host, "soundcloud.com") && said.strip_prefix("s-").is_some_and(is_opaque))
        || (is_below(host, "meet.google.com") && said.split('-').map(str::len).eq([3, 4, 3]))
        || (is_below(host, "wa.me")
            && trail.before.is_empty()
            && said.len() >= 8
            && said.bytes().all(|b| b.is_ascii_digit()))
}

/// What Google Maps says of a place, as text of its own making.
pub(super) fn is_map(host: &str, said: &str) -> bool {
    site_of(host).starts_with("google.") && (said.starts_with("data=!") || said.starts_with('@'))
}

pub(super) fn is_revision(host: &str, before: &str, said: &str) -> bool {
    let stem = said.strip_suffix(".tar.gz").or_else(|| said.strip_suffix(".zip")).unwrap_or(said);
    let stem = stem.strip_suffix(".patch").or_else(|| stem.strip_suffix(".diff")).unwrap_or(stem);
    let is_pinned = stem.split_once('@').is_some_and(|(_, pin)| pin.len() == 40 && is_hex(pin));
    let is_place = has(lists::REVISIONS, before)
        || (before == "files" && has_domain_of(lists::NAMED_BY_PEOPLE, host))
        || is_below(host, "raw.githubusercontent.com");
    is_pinned || (is_place && stem.split("..").all(|part| is_hex(part.trim_matches(['.', '^', '!']))))
}

pub(super) fn is_chains(trail: &Trail, said: &str) -> bool {
    let mut before = trail.before.iter().rev().map(String::as_str);
    let before_that = |before: &str| before.len() <= 8 && before.bytes().all(|byte| byte.is_ascii_lowercase());
    // `/transactions/btc/…`
    let before = match (before.next().unwrap_or_default(), before.next().unwrap_or_default()) {
        (chain, kind) if said.len() == 64 && before_that(chain) && has(lists::CHAINS, kind) => kind,
        (kind, _) => kind,
    };
    let is_account = said.strip_prefix("0x").is_some_and(|rest| matches!(rest.len(), 40 | 64) && is_hex(rest));
    let is_name = (26..=100).contains(&said.len()) && said.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_place = has(lists::CHAINS, before);
    is_place && (is_account || (is_name && !has("account token tokens wallet", before)))
}

/// Whether it names what somebody has published.
pub(super) fn is_published(host: &str, trail: &Trail, said: &str) -> bool {
    if has_domain_of(lists::PUBLIC_HOSTS, host)
        || lists::DIGESTS.split(' ').any(|start| said.starts_with(start) && said.len() > 12)
    {
        return true;
    }
    let is_place = trail.dated >= 2 || trail.before.iter().rev().take(2).any(|before| has(lists::PUBLISHED, before));
    let is_file = has(lists::ASSETS, &extension(said).to_ascii_lowercase());
    let uuid = uuid_at(said);
    let rest = uuid
        .map_or_else(|| said.to_owned(), |at| [said.get(..at), said.get(at + 36..)].into_iter().flatten().collect());
    let is_digest = |piece: &str| is_hex(piece) && (matches!(piece.len(), 24 | 32 | 40 | 64) || piece.len() <= 16);
    let is_plain = pieces(&rest).all(|piece| noise(piece) == 0 || is_digest(piece));
    if is_file || (is_place && is_plain) {
        return true;
    }
    // A headline with its number: two words at least, and none that says that it is for few.
    let is_word = |piece: &&str| piece.len() >= 3 && piece.bytes().all(|byte| byte.is_ascii_alphabetic());
    let headline: Vec<&str> = pieces(&rest).filter(is_word).collect();
    let numbers = pieces(&rest).filter(|piece| noise(piece) > 0).count() + usize::from(uuid.is_some());
    headline.len() >= 2
        && headline.iter().map(|word| word.len()).sum::<usize>() >= 8
        && !headline.iter().any(|word| noise(word) > 0)
        && (is_manual(host, &rest) || !headline.iter().any(|word| has(lists::FOR_FEW, &word.to_ascii_lowercase())))
        && numbers <= 1
        && is_plain
}

/// `support.example.org/reset-your-pc-…`: what somebody explains, and not a verb with what it is about.
pub(super) fn is_manual(host: &str, headline: &str) -> bool {
    let is_place = host.split('.').next().is_some_and(|label| has(lists::READING, label));
    is_place && !is_one_time_phrase(&headline.to_lowercase())
}
