//! The board's sentences: of each group, and of the whole.

use super::views::{BandKind, GroupView, SiteView};
use crate::incident::Kind;
use crate::view::{Mood, Text};

/// How many of the sites fail, how many answer, and how many there are.
fn counts<'a>(sites: impl Iterator<Item = &'a SiteView>) -> (usize, usize, usize) {
    let (mut down, mut answering, mut all) = (0, 0, 0);
    for site in sites {
        all += 1;
        let is_recovering = site.bands.last().is_some_and(|band| band.kind == BandKind::Recovering);
        match site.mood {
            Mood::Failing | Mood::Flickering | Mood::Checking => down += 1,
            Mood::Back | Mood::Fine => {}
        }
        answering += usize::from(is_recovering || site.mood == Mood::Back);
    }
    (down, answering, all)
}

pub(super) fn group_sentence(group: &GroupView) -> Text {
    let (down, answering, all) = counts(group.sites.iter());
    let (down, all) = (down.to_string(), all.to_string());
    match (group.kind, &group.cdn) {
        (_, _) if down == "0" && answering < group.sites.len() => unwatched(answering, group.sites.len()),
        (Kind::Network, _) if down == "0" => Text::of("board_sites_back"),
        (Kind::Network, _) => Text::of("board_network"),
        (Kind::Cdn, Some(cdn)) if down == "0" => Text::with("board_cdn_over", [cdn]),
        (Kind::Cdn, Some(cdn)) if all == "1" => {
            Text::with("board_cdn_failing_one", [cdn, group.sites.first().map_or("", |site| &site.site)])
        }
        // As it is said in the notification: one of twelve that answers may be one that comes and goes.
        (Kind::Cdn, Some(cdn)) if answering * 2 >= group.sites.len() => {
            Text::with("board_cdn_recovering", [cdn, &answering.to_string(), &all])
        }
        (Kind::Cdn, Some(cdn)) => Text::with("board_cdn_failing", [cdn, &down, &all]),
        (Kind::Cdn | Kind::Site, _) if down == "0" => Text::of("board_sites_back"),
        (Kind::Cdn | Kind::Site, _) if all == "1" => {
            Text::with("board_site_failing", [group.sites.first().map_or("", |site| &site.site)])
        }
        (Kind::Cdn | Kind::Site, _) => Text::with("board_sites_failing", [&down, &all]),
    }
}

/// Nothing fails that is looked at; of what is not, nobody knows.
fn unwatched(answering: usize, all: usize) -> Text {
    match answering {
        0 => Text::of("board_unwatched"),
        _ => Text::with("board_unwatched_some", [&answering.to_string(), &all.to_string()]),
    }
}

/// The whole in one sentence: that of the only group, or of what is worst.
pub(super) fn whole(groups: &[GroupView]) -> Text {
    let of_kind = |kind: Kind| groups.iter().filter(move |group| group.kind == kind);
    let has_trouble = |group: &&GroupView| counts(group.sites.iter()).0 > 0;
    let troubled: Vec<&GroupView> = of_kind(Kind::Cdn).chain(of_kind(Kind::Site)).filter(has_trouble).collect();
    match (troubled.as_slice(), of_kind(Kind::Network).find(has_trouble)) {
        (_, Some(network)) => network.sentence.clone(),
        ([], None) if groups.is_empty() => Text::of("board_fine"),
        ([], None) => match counts(groups.iter().flat_map(|group| &group.sites)) {
            (_, answering, all) if answering < all => unwatched(answering, all),
            _ => Text::of("board_all_back"),
        },
        ([only], None) => only.sentence.clone(),
        ([first, ..], None) => {
            let (down, _, all) = counts(groups.iter().flat_map(|group| &group.sites));
            let (down, all) = (down.to_string(), all.to_string());
            match &first.cdn {
                Some(cdn) => Text::with("board_cdn_and_more", [cdn, &down, &all]),
                None => Text::with("board_sites_failing", [&down, &all]),
            }
        }
    }
}
