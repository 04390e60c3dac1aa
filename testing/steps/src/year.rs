//! A user who meets as many sites as the board is meant for, and had outages all year before.

use detour_core::incident::{Incident, Kind, MOST_SPELLS, Progress, Said, Site, forget_old, remember};
use detour_core::observation::Millis;
use detour_core::state::State;
use detour_core::verdict::{Confidence, Fault};

use crate::past::Past;

/// Sites on the board.
pub const SITES: usize = 500;

/// Sites of these that the user asked to have watched: as many as may be.
pub const WATCHED: usize = detour_core::incident::MOST_WATCHED;

/// Everything such a user's browser holds at this moment. The watched pages are tabs as well, with what their first
/// check saw; of all other sites nobody looks any more.
#[must_use]
pub fn state(now: Millis) -> State {
    let past = Past::watched(WATCHED, now);
    let mut state = past.state;
    let mut places = SITES.saturating_sub(WATCHED);
    let mut names = WATCHED..;
    for cdn in CDNS {
        let sites = names.by_ref().take(SITES_OF_A_CDN).map(|nth| (format!("www.site-{nth}.com"), Some(cdn)));
        let incident = incident(state.lasting.next_id, Some(cdn), sites, now);
        places = places.saturating_sub(incident.sites.len());
        state.lasting.next_id += 1;
        state.lasting.incidents.push(incident);
    }
    // The rest are single sites, each known by two hosts.
    while places > 0 {
        let nth = names.next().unwrap_or_default();
        let hosts = ["www", "shop"].into_iter().take(places);
        let incident =
            incident(state.lasting.next_id, None, hosts.map(|part| (format!("{part}.site-{nth}.com"), None)), now);
        places = places.saturating_sub(incident.sites.len());
        state.lasting.next_id += 1;
        state.lasting.incidents.push(incident);
    }
    for nth in 0..365 * A_DAY {
        let at = now.0.saturating_sub((365 * A_DAY - nth) * (DAY / A_DAY));
        let is_of_cdn = nth % 10 == 0;
        let cdn = if is_of_cdn { CDNS.first().copied() } else { None };
        let sites = (0..if is_of_cdn { 20 } else { 1 }).map(|site| (format!("www.past-{}.com", nth + site), cdn));
        let mut past = incident(nth, cdn, sites, Millis(at));
        let ended = past.changed().plus(60_000);
        for site in &mut past.sites {
            site.fares(Progress::Back, ended);
        }
        past.ended = Some(ended);
        remember(&mut state.history, past, ended);
    }
    // As it does whenever a timer fires.
    forget_old(&mut state.history, now);
    state
}

/// An incident that lasted for some hours until then.
fn incident<'a>(
    id: u64,
    cdn: Option<&str>,
    sites: impl Iterator<Item = (String, Option<&'a str>)>,
    until: Millis,
) -> Incident {
    let began = Millis(until.0.saturating_sub(HOURS));
    let fault = if cdn.is_some() { Fault::CdnWide } else { Fault::Server };
    Incident {
        id,
        kind: if cdn.is_some() { Kind::Cdn } else { Kind::Site },
        cdn: cdn.map(str::to_owned),
        began,
        ended: None,
        sites: sites.enumerate().map(|(nth, (host, cdn))| site(nth, host, cdn, fault, began)).collect(),
        verdicts: vec![(began, Fault::CantTell), (began.plus(30_000), fault)],
        said: Said { begin: cdn.is_some(), ..Said::default() },
    }
}

/// A site that has had from one spell to as many as are kept, and fails.
fn site(nth: usize, host: String, cdn: Option<&str>, fault: Fault, began: Millis) -> Site {
    let url = format!("https://{host}/world/2021/jun/08/a-page");
    let spells = vec![(began, Progress::Failing)];
    let cdn = cdn.map(str::to_owned);
    let mut site = Site { host, url, cdn, fault, confidence: Confidence::High, looked: Some(began), spells };
    let more = (nth * 7) % MOST_SPELLS / 2 * 2;
    let course = [Progress::Recovering, Progress::Failing, Progress::Flickering, Progress::Failing];
    for (step, progress) in (1..).zip(course.into_iter().cycle().take(more)) {
        site.fares(progress, began.plus(step * (HOURS / 30)));
    }
    site
}

const CDNS: [&str; 7] =
    ["Cloudflare", "Amazon CloudFront", "Akamai", "Azure Front Door", "bunny.net", "Vercel", "Netlify"];

/// Close to the most that one incident tells apart; with those of the watched pages' CDN they leave room for single
/// sites, and all incidents together are as many as may be open.
const SITES_OF_A_CDN: usize = 58;

/// Incidents a day: more than the history has room for in the time for which it is kept.
const A_DAY: u64 = 6;

const DAY: u64 = 24 * 60 * 60 * 1000;
const HOURS: u64 = 4 * 60 * 60 * 1000;

#[cfg(test)]
mod tests {
    use detour_core::incident::{HISTORY_KEPT, MOST_HISTORY, MOST_OPEN, MOST_SITES, MOST_WATCHED};
    use detour_core::view::board_view;

    use super::*;

    #[test]
    fn what_is_on_the_board_is_what_core_would_keep() {
        let now = Millis(1_623_145_620_000);
        let state = state(now);
        let incidents = &state.lasting.incidents;
        assert!(incidents.len() <= MOST_OPEN, "{} incidents", incidents.len());
        assert!(incidents.iter().all(|incident| incident.sites.len() <= MOST_SITES));
        assert!(incidents.iter().flat_map(|incident| &incident.sites).all(|site| site.spells.len() <= MOST_SPELLS));
        assert!(incidents.iter().flat_map(|incident| &incident.sites).any(|site| site.spells.len() > MOST_SPELLS - 3));
        assert_eq!(state.lasting.watched.len(), MOST_WATCHED);
        assert_eq!(state.history.len(), MOST_HISTORY);
        assert!(state.history.iter().all(|past| now.since(past.changed()) <= HISTORY_KEPT));
        let board = board_view(&state, now);
        assert_eq!(board.groups.iter().map(|group| group.sites.len()).sum::<usize>(), SITES);
        assert_eq!(board.history.len(), MOST_HISTORY);
    }

    #[test]
    fn it_outlives_the_browser() {
        let state = state(Millis(1_623_145_620_000));
        let text = serde_json::to_string(&state.lasting).unwrap();
        assert_eq!(serde_json::from_str::<detour_core::incident::Lasting>(&text).unwrap(), state.lasting);
    }
}
