//! What must hold of the timelines themselves.

use super::*;
use crate::sight::Checking;

fn every_look(outage: &Outage, seed: u64) -> Vec<String> {
    let user = outage.user(seed);
    let mut seen = Vec::new();
    for host in outage.hosts_of(Role::Site) {
        for minute in 0..10 {
            let at = outage.begins.plus_seconds(minute * 60);
            let glance = Glance { seed, from: Vantage::User(&user), host, sample: minute, at };
            seen.push(format!("{:?}", outage.resolve(&glance, Asked::System)));
            let address = host.home.addresses[0];
            let sight = outage.look(&glance, address);
            if let Some(Fate::Answers(page, _)) = sight.fate {
                seen.push(format!("{:?}", outage.answer(page, host, &sight, at, minute)));
            }
            seen.push(format!("{sight:?}"));
        }
    }
    seen
}

#[test]
fn equal_seeds_give_equal_timelines_and_others_differ() {
    for outage in all() {
        assert_eq!(every_look(&outage, 7), every_look(&outage, 7), "{}", outage.id);
    }
    let fastly = named("fastly-2021");
    assert_ne!(every_look(&fastly, 1), every_look(&fastly, 2));
}

#[test]
fn every_replay_that_was_promised_exists_once() {
    let ids: Vec<&str> = all().iter().map(|outage| outage.id).collect();
    for id in [
        "fastly-2021",
        "cloudflare-2019",
        "cloudflare-2020",
        "cloudflare-2022",
        "cloudflare-2025",
        "akamai-2021",
        "aws-2021",
        "azure-2025",
        "bad-node",
        "bad-pop",
        "wifi-drops",
        "captive-portal",
        "rewriting-resolver",
        "split-horizon",
        "maintenance",
        "look-alike",
        "expired-certificate",
        "ipv6-broken",
        "clock-off",
    ] {
        assert_eq!(ids.iter().filter(|known| **known == id).count(), 1, "{id}");
    }
    assert_eq!(ids.len(), 19);
}

#[test]
fn whatever_fails_has_a_truth_and_whatever_is_down_can_fail() {
    for outage in all() {
        for (seed, host) in (0..8).flat_map(|seed| outage.hosts_of(Role::Site).map(move |host| (seed, host))) {
            let user = outage.user(seed);
            for second in (0..u64::try_from(outage.ends.seconds_after(outage.begins)).unwrap()).step_by(20) {
                let at = outage.begins.plus_seconds(second);
                let glance = Glance { seed, from: Vantage::User(&user), host, sample: 0, at };
                let truth = outage.truth(host, &user, at);
                let place = format!("{} {} at {at}, seed {seed}: {truth:?}", outage.id, host.name);
                let names_fail = outage.resolve(&glance, Asked::System) == NameSight::Silence;
                // A dual-stack site outlives one family; a wrong clock and good spells are no phases.
                let is_hidden = ["ipv6-broken", "clock-off", "cloudflare-2025"].contains(&outage.id);
                let fails = outage.touches(&glance) || names_fail;
                assert!(is_hidden || fails == (truth.standing != Standing::Well), "{place}");
                assert!(!truth.alone.is_empty() && !truth.closer.is_empty(), "{place}");
            }
            assert_eq!(outage.truth(host, &user, outage.ends).standing, Standing::Well, "{}", outage.id);
        }
    }
}

#[test]
fn no_negative_and_no_regional_replay_calls_a_whole_cdn_down() {
    for outage in all().iter().filter(|outage| outage.kind != Kind::Global) {
        for truth in &outage.truths {
            assert!(!truth.alone.contains(&"cdn_wide") && !truth.closer.contains(&"cdn_wide"), "{}", outage.id);
        }
    }
}

#[test]
fn a_share_is_kept_and_a_bad_node_is_bad_for_its_part_alone() {
    let failing = |id: &str, name: &str, at: Moment| {
        let outage = named(id);
        let user = outage.user(3);
        let host = outage.host(name).unwrap();
        let hits = (0..2000).filter(|sample| {
            let glance = Glance { seed: 3, from: Vantage::User(&user), host, sample: *sample, at };
            outage.look(&glance, host.home.addresses[0]).fate.is_some()
        });
        hits.count()
    };
    let fastly = failing("fastly-2021", "www.gov.uk", clock(9, 50, 0));
    assert!((1600..1800).contains(&fastly), "{fastly}");
    let node = failing("bad-node", "www.gov.uk", clock(8, 10, 0));
    assert!((250..420).contains(&node), "{node}");
    assert!(failing("cloudflare-2025", "x-like.com", clock(11, 21, 0)) > 1700);
    assert_eq!(failing("cloudflare-2025", "x-like.com", clock(11, 26, 0)), 0, "the second five minutes are good");
}

#[test]
fn a_resolver_behind_a_dead_edge_is_silent_and_a_rewritten_name_exists_nowhere_else() {
    let outage = named("cloudflare-2020");
    let user = outage.user(0);
    let host = outage.host("www.bbc-like.co.uk").unwrap();
    let glance = Glance { seed: 0, from: Vantage::User(&user), host, sample: 0, at: clock(21, 20, 0) };
    assert_eq!(outage.resolve(&glance, Asked::Public("1.1.1.1", Checking::Enabled)), NameSight::Silence);
    assert_eq!(outage.resolve(&glance, Asked::Public("9.9.9.9", Checking::Enabled)), NameSight::Home(&host.home));

    let outage = named("rewriting-resolver");
    let user = outage.user(0);
    let at = clock(15, 1, 0);
    let host = outage.host("www.wikipeedia-typo.com").unwrap();
    let glance = Glance { seed: 0, from: Vantage::User(&user), host, sample: 0, at };
    assert!(matches!(outage.resolve(&glance, Asked::System), NameSight::Elsewhere(_)));
    assert_eq!(outage.resolve(&glance, Asked::Public("9.9.9.9", Checking::Enabled)), NameSight::NoSuchName);
    let nowhere = Glance { host: outage.hosts_of(Role::Nowhere).next().unwrap(), ..glance };
    assert_eq!(outage.resolve(&nowhere, Asked::System), outage.resolve(&glance, Asked::System));
    assert_eq!(outage.resolve(&Glance { at: outage.ends, ..nowhere }, Asked::System), NameSight::NoSuchName);
}

#[test]
fn what_is_early_is_neither_right_nor_vague_and_said_of_the_down_alone() {
    for truth in all().iter().flat_map(|outage| &outage.truths) {
        let is_known =
            |label: &&str| truth.alone.contains(label) || truth.closer.contains(label) || truth.vague.contains(label);
        assert!(!truth.early.iter().any(is_known), "{truth:?}");
        assert!(truth.early.is_empty() || truth.standing == Standing::Down, "{truth:?}");
    }
    let outage = named("cloudflare-2025");
    let early = |at| outage.truth(outage.host("x-like.com").unwrap(), &outage.user(0), at).early;
    assert!(early(clock(11, 25, 39)).is_empty(), "not before three samples can have been good");
    assert_eq!((early(clock(11, 25, 40)), early(clock(11, 30, 0)).len()), (&["passed"][..], 0));
}

#[test]
fn sites_are_back_when_the_facts_say_so() {
    let outage = named("fastly-2021");
    let user = outage.user(0);
    let back = |name| outage.back(outage.host(name).unwrap(), &user);
    assert_eq!(back("www.gov.uk"), Some(clock(10, 36, 0)));
    assert_eq!(back("www.independent.co.uk"), Some(clock(10, 18, 0)));
    assert_eq!(back("www.gamespot-like.com"), None);
}

fn named(id: &str) -> Outage {
    all().into_iter().find(|outage| outage.id == id).unwrap()
}
