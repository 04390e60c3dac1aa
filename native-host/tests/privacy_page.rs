//! docs/privacy.md names whom the program and the extension contact: exactly those that are built in.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a page that cannot be read ends the test")]

use std::collections::BTreeSet;

use detour_core::cdn::{CDNS, places};
use detour_core::copies::Registry;
use detour_host::config::{Config, NOBODY_ELSE};
use detour_host::ranges::sources;
use url::Url;

fn page() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/privacy.md")).unwrap()
}

/// The names in the last column of the row with this title.
fn told(title: &str) -> BTreeSet<String> {
    let page = page();
    let row = page.lines().find(|line| line.starts_with(&format!("| **{title}** |"))).expect(title);
    let names = row.trim_end_matches(" |").rsplit('|').next().unwrap();
    names.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn host(url: &str) -> String {
    Url::parse(url).unwrap().host_str().unwrap().trim_matches(['[', ']']).to_owned()
}

fn check(title: &str, built_in: impl IntoIterator<Item = String>) {
    assert_eq!(told(title), built_in.into_iter().collect::<BTreeSet<String>>(), "{title}");
}

#[test]
fn the_config_file_on_the_privacy_page_is_one_with_which_nobody_else_is_asked() {
    assert!(page().contains(&format!("```toml{NOBODY_ELSE}```")), "{NOBODY_ELSE}");
}

#[test]
fn controls_and_name_servers_are_the_ones_on_the_privacy_page() {
    let config = Config::default();
    let anchors = config.anchors.hosts.iter().map(|anchor| host(anchor.as_str()));
    check("Neutral sites", anchors.chain(config.anchors.addresses.iter().map(|socket| socket.ip().to_string())));
    check("The probe for sign-in pages", config.portal.url.iter().map(|probe| host(probe.as_str())));
    for title in ["Public name servers, neutral names", "Public name servers, the site’s name"] {
        check(title, config.resolvers.doh.iter().map(|server| server.address().to_string()));
    }
    check("Globalping", config.globalping.api.iter().map(|api| host(api.as_str())));
}

#[test]
fn canaries_and_status_pages_are_the_ones_on_the_privacy_page() {
    let canaries = CDNS.iter().flat_map(|cdn| places::canaries(cdn.name)).map(|url| host(url));
    check("Other sites on the same CDN", canaries);
    let pages = Config::default().contacts().status_pages;
    check("Status pages of CDNs", pages.values().map(|page| host(page.target().as_str())));
}

#[test]
fn archives_that_are_on_are_the_ones_on_the_privacy_page() {
    let on = Registry::built_in().archives.iter().filter(|archive| archive.is_on);
    let urls = on.flat_map(|archive| {
        let ways = archive.ways.iter().map(|way| way.url.clone());
        ways.chain([archive.memento.clone(), archive.raw.clone()]).filter(|url| !url.is_empty())
    });
    check("Web archives", urls.map(|url| host(&url)));
}

#[test]
fn address_lists_come_from_where_the_privacy_page_says() {
    check("Address lists of CDNs", sources().iter().flat_map(|source| &source.urls).map(|url| host(url.as_str())));
}
