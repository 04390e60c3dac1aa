//! The requests that an hour of watching failing sites makes, and to whom: on a simulated clock, through core itself.
//!
//! Requests are counted as core orders them. What a check by the host sends, by its scope, is taken from the lab's log
//! of one real check by the real host; a site of the lab has one address, and of a site with more each look meets
//! every one. Not counted: the load in the tab that failed first, and what a kept connection spares.

use anyhow::Result;
use detour_core::port::Scope;
use detour_lab::Lab;
use serde_json::{Value, json};

mod hour;
mod kinds;
mod sent;

use hour::Hour;
use kinds::{KINDS, Kind};
use sent::Sent;

pub(super) async fn measure(lab: &Lab) -> Result<Value> {
    let mut by_scope = Vec::new();
    for scope in [Scope::Usual, Scope::Again, Scope::Alone, Scope::Closer] {
        let sent = sent::by_one_check(lab, scope).await?;
        println!("requests of one check by the host, {scope:?}: {sent}");
        by_scope.push((scope, sent));
    }
    println!(
        "requests in an hour                                 | looks | a site, by browser | by host | neutral | CDNs' | archives | in all"
    );
    let mut hours = Vec::new();
    for kind in &KINDS {
        let hour = Hour::lived(kind)?;
        let figure = told(kind, &hour, &by_scope);
        hours.push(figure);
    }
    let checks: Vec<Value> =
        by_scope.iter().map(|(scope, sent)| json!({ "scope": scope, "connections": sent.as_json() })).collect();
    Ok(json!({ "of_one_check": checks, "of_an_hour": hours }))
}

/// Prints and returns what an hour of this kind came to.
fn told(kind: &Kind, hour: &Hour, by_scope: &[(Scope, Sent)]) -> Value {
    let mut by_host = Sent::default();
    for (_, scope) in &hour.checks {
        if let Some((_, sent)) = by_scope.iter().find(|(known, _)| known == scope) {
            by_host.add(sent);
        }
    }
    let of_site = |host: &str| {
        let browser = hour.asked.iter().filter(|asked| *asked == host).count();
        let scopes = hour.checks.iter().filter(|(checked, _)| checked == host).map(|(_, scope)| scope);
        let sent = scopes.filter_map(|scope| by_scope.iter().find(|(known, _)| known == scope));
        (browser, sent.map(|(_, sent)| sent.site).sum::<usize>())
    };
    let sites: Vec<(usize, usize)> = kind.sites.iter().map(|(host, _)| of_site(host)).collect();
    let looks = hour.asked.len();
    let all = looks + by_host.all() + hour.archives;
    let browser = range(sites.iter().map(|(browser, _)| *browser));
    let host = range(sites.iter().map(|(_, host)| *host));
    println!(
        "{:<51} | {looks:>5} | {browser:>18} | {host:>7} | {:>7} | {:>5} | {:>8} | {all:>6}",
        kind.name,
        by_host.neutral,
        by_host.canaries + by_host.status_pages,
        hour.archives,
    );
    json!({
        "of": kind.name,
        "sites": sites.len(),
        "looks": looks,
        "to_each_site_by_browser": browser,
        "to_each_site_by_host": host,
        "by_host": by_host.as_json(),
        "to_archives": hour.archives,
        "in_all": all,
        "verdicts": hour.faults,
    })
}

/// The least and the most.
fn range(counts: impl Iterator<Item = usize> + Clone) -> String {
    match (counts.clone().min(), counts.max()) {
        (Some(least), Some(most)) if least == most => least.to_string(),
        (Some(least), Some(most)) => format!("{least}–{most}"),
        (None, _) | (_, None) => "0".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_counted_and_a_site_that_asks_back_is_left_alone() {
        let hours: Vec<Hour> = KINDS.iter().map(|kind| Hour::lived(kind).unwrap()).collect();
        let [_, _, _, on_one_cdn, with_archives, one, asking_back] = &hours[..] else { panic!("{}", hours.len()) };
        assert!(one.asked.len() > 20, "{}", one.asked.len());
        assert_eq!(one.asked.len(), one.checks.len(), "each look is one of the browser's and one of the host's");
        assert!((2..=4).contains(&asking_back.asked.len()), "{:?}", asking_back.asked);
        assert_eq!(on_one_cdn.archives, 0);
        assert!(with_archives.archives > 0);
        let named: Vec<_> = hours.iter().flat_map(|hour| &hour.faults).filter(|fault| fault.contains("Cant")).collect();
        assert!(named.is_empty(), "{named:?}");
    }
}
