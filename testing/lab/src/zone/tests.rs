use super::*;

fn ask(zone: &Zone, name: &str, kind: Kind, asked: Asked) -> String {
    show(zone.look_up(Question { name, kind, is_unchecked: false, asked }))
}

fn system(zone: &Zone, name: &str) -> String {
    ask(zone, name, Kind::V4, Asked::System)
}

fn elsewhere(zone: &Zone, name: &str) -> String {
    ask(zone, name, Kind::V4, Asked::Other)
}

fn show(lookup: Lookup) -> String {
    let join = |links: Vec<Link>| {
        let texts = links.into_iter().map(|link| match link {
            Link::Alias { to, .. } => to,
            Link::Address { address, .. } => address.to_string(),
        });
        texts.collect::<Vec<_>>().join(" ")
    };
    match lookup {
        Lookup::Found(links) => join(links),
        Lookup::NoSuchName(links) => format!("{} nobody", join(links)).trim().to_owned(),
        Lookup::Failed => "failed".into(),
        Lookup::Silence => "silence".into(),
    }
}

const SITE: &str = "www.theguardian.com";
const AIRLINE: &str = "www.lab-airline.com";

#[test]
fn a_site_moves_to_the_other_cdn_and_back() {
    let mut zone = Zone::new();
    assert_eq!(system(&zone, SITE), "guardian.map.fastly.net 11.0.1.12");
    zone.move_to(SITE, Cdn::Cloudflare);
    assert_eq!(system(&zone, SITE), "www.theguardian.com.cdn.cloudflare.net 11.0.2.1");
    zone.move_to(SITE, Cdn::Fastly);
    assert_eq!(system(&zone, SITE), "guardian.map.fastly.net 11.0.1.12");
}

#[test]
fn a_dead_resolver_outranks_what_a_single_name_does_and_others_do_not_know_of_it() {
    let mut zone = Zone::new();
    assert_eq!(system(&zone, "nx.detour-lab.net"), "nobody");
    zone.set_system(DnsMode::Silent);
    assert_eq!(system(&zone, "nx.detour-lab.net"), "silence");
    assert_eq!(system(&zone, "www.ign.com"), "silence");
    assert_eq!(elsewhere(&zone, "nx.detour-lab.net"), "nobody");
    assert_eq!(elsewhere(&zone, "www.ign.com"), "ign.map.fastly.net 11.0.1.11");
}

#[test]
fn a_name_that_is_broken_is_broken_for_everybody() {
    for (mode, answer) in [(DnsMode::Nxdomain, "nobody"), (DnsMode::Servfail, "failed"), (DnsMode::Silent, "silence")] {
        let mut zone = Zone::new();
        zone.set_mode(SITE, mode);
        assert_eq!((system(&zone, SITE), elsewhere(&zone, SITE)), (answer.into(), answer.into()));
    }
}

#[test]
fn a_resolver_that_lies_lies_alone() {
    for (mode, answer) in [(DnsMode::Poisoned, "11.0.8.1"), (DnsMode::Filtered, "nobody")] {
        let mut zone = Zone::new();
        zone.set_mode(SITE, mode);
        assert_eq!(system(&zone, SITE), answer);
        assert_eq!(elsewhere(&zone, SITE), "guardian.map.fastly.net 11.0.1.12");
        assert_eq!(system(&zone, "www.ign.com"), "ign.map.fastly.net 11.0.1.11");
        zone.set_system(mode);
        assert_eq!(system(&zone, "www.ign.com"), answer);
    }
    let mut zone = Zone::new();
    zone.set_system(DnsMode::RewriteNxdomain);
    assert_eq!(system(&zone, "nx.detour-lab.net"), "11.0.8.1");
    assert_eq!(ask(&zone, "nx.detour-lab.net", Kind::V6, Asked::System), "");
    assert_eq!(system(&zone, SITE), "guardian.map.fastly.net 11.0.1.12");
    assert_eq!(elsewhere(&zone, "nx.detour-lab.net"), "nobody");
}

#[test]
fn what_is_wrongly_signed_is_answered_to_those_who_do_not_check() {
    let zone = Zone::new();
    let name = "bogus.detour-lab.net";
    for asked in [Asked::System, Asked::Other] {
        assert_eq!(ask(&zone, name, Kind::V4, asked), "failed");
        let unchecked = zone.look_up(Question { name, kind: Kind::V4, is_unchecked: true, asked });
        assert!(show(unchecked).starts_with("11.0.7."));
    }
}

#[test]
fn a_cdn_whose_names_fail_leaves_the_alias_itself() {
    let mut zone = Zone::new();
    assert_eq!(system(&zone, AIRLINE), "e7031.a.akamaiedge.net 11.0.9.36");
    zone.set_suffix("akamaiedge.net", DnsMode::Servfail);
    for name in [AIRLINE, "www.lab-bank.org", "www.lab-shop.net", "e7031.a.akamaiedge.net"] {
        assert_eq!((system(&zone, name), elsewhere(&zone, name)), ("failed".into(), "failed".into()), "{name}");
    }
    assert_eq!(ask(&zone, AIRLINE, Kind::Alias, Asked::System), "e7031.a.akamaiedge.net");
    assert_eq!(system(&zone, SITE), "guardian.map.fastly.net 11.0.1.12");
    zone.set_suffix("akamaiedge.net", DnsMode::Nxdomain);
    assert_eq!(system(&zone, AIRLINE), "e7031.a.akamaiedge.net nobody");
    zone.set_suffix("a.akamaiedge.net", DnsMode::Answer);
    assert_eq!(system(&zone, AIRLINE), "e7031.a.akamaiedge.net 11.0.9.36");
}

#[test]
fn ipv6_is_there_only_when_switched_on() {
    let mut zone = Zone::new();
    assert_eq!(ask(&zone, "pages.detour-lab.net", Kind::V6, Asked::System), "");
    zone.set_ipv6("pages.detour-lab.net", true);
    assert_eq!(ask(&zone, "pages.detour-lab.net", Kind::V6, Asked::System), "2a11:7::1");
}

#[test]
fn names_outside_the_lab_do_not_exist() {
    assert_eq!(system(&Zone::new(), "example.com"), "nobody");
    assert!(!Zone::new().has_suffix("example.com") && !Zone::new().has_suffix("kamaiedge.net"));
    assert!(Zone::new().has("e7031.a.akamaiedge.net") && Zone::new().has_suffix("akamaiedge.net"));
}
