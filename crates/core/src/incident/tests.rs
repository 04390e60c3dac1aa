//! Incidents as data: bounded, and readable afterwards.

use super::*;

const MINUTE: u64 = 60_000;

fn site(host: &str) -> Site {
    Site {
        host: host.into(),
        url: ["https://", host, "/"].concat(),
        cdn: Some("Fastly".into()),
        fault: Fault::CdnWide,
        confidence: Confidence::High,
        looked: None,
        spells: vec![(Millis(0), Progress::Failing)],
    }
}

fn incident(sites: Vec<Site>) -> Incident {
    Incident {
        id: 7,
        kind: Kind::Cdn,
        cdn: Some("Fastly".into()),
        began: Millis(1_623_145_620_000),
        ended: Some(Millis(1_623_148_560_000)),
        sites,
        verdicts: vec![(Millis(1), Fault::CdnWide)],
        said: Said::default(),
    }
}

#[test]
fn a_week_of_flapping_takes_no_more_room_than_a_day() {
    let mut flapping = site("www.example.org");
    let size = |site: &Site| serde_json::to_string(site).unwrap().len();
    let mut after_a_day = 0;
    for minute in 1..7 * 24 * 60 {
        let progress = if minute % 2 == 0 { Progress::Failing } else { Progress::Back };
        flapping.fares(progress, Millis(minute * MINUTE));
        assert!(flapping.spells.len() <= MOST_SPELLS);
        assert_eq!(flapping.progress(), progress, "how it fares now is never merged away");
        assert!(flapping.spells.is_sorted_by_key(|(from, _)| *from));
        if minute == 24 * 60 {
            after_a_day = size(&flapping);
        }
    }
    assert!(size(&flapping) <= after_a_day + MOST_SPELLS, "more than a digit for each spell");
    assert!(flapping.spells.iter().any(|(_, progress)| *progress == Progress::Flickering));
}

#[test]
fn long_spells_survive_the_flapping_between_them() {
    let mut site = site("www.example.org");
    site.fares(Progress::Back, Millis(300 * MINUTE));
    for minute in 0..200 {
        let progress = if minute % 2 == 0 { Progress::Failing } else { Progress::Recovering };
        site.fares(progress, Millis((900 + minute) * MINUTE));
    }
    assert_eq!(site.spells[..2], [(Millis(0), Progress::Failing), (Millis(300 * MINUTE), Progress::Back)]);
}

#[test]
fn time_in_which_nobody_looked_is_no_time_that_it_was_down() {
    let mut site = site("www.example.org");
    site.fares(Progress::Unknown, Millis(10 * MINUTE));
    site.fares(Progress::Failing, Millis(30 * MINUTE));
    site.fares(Progress::Back, Millis(35 * MINUTE));
    assert_eq!(site.down_ms(Millis(500 * MINUTE)), 15 * MINUTE);
}

#[test]
fn the_first_verdict_and_the_latest_are_kept() {
    let mut incident = incident(vec![site("a.org")]);
    for nth in 0..500 {
        let fault = if nth % 2 == 0 { Fault::Edge } else { Fault::CdnHere };
        assert!(incident.concluded(fault, Millis(nth)));
        assert!(!incident.concluded(fault, Millis(nth)), "the same again is no news");
        assert!(incident.verdicts.len() <= MOST_VERDICTS);
    }
    assert_eq!((incident.verdicts[0].1, incident.fault()), (Fault::CdnWide, Some(Fault::CdnHere)));
}

#[test]
fn the_past_is_kept_for_ninety_days_and_within_bounds() {
    let mut history = Vec::new();
    let day = 24 * 60 * MINUTE;
    for nth in 0..2_000 {
        let mut past = incident(vec![site("a.org")]);
        past.id = nth;
        past.sites[0].spells = vec![(Millis(nth * day / 4), Progress::Back)];
        remember(&mut history, past, Millis(nth * day / 4));
    }
    assert_eq!(history.len(), 4 * 90 + 1);
    assert!(forget_old(&mut history, Millis(3_000 * day)) && history.is_empty());
}

#[test]
fn addresses_that_an_earlier_version_wrote_down_are_shortened_when_they_are_read() {
    let secret = "https://www.example.org/reset/aB3dE9xY?page=2";
    let whole =
        |url: &str| Incident { sites: vec![Site { url: url.into(), ..site("www.example.org") }], ..incident(vec![]) };
    let mut old = serde_json::to_value(Lasting { incidents: vec![whole(secret)], ..Lasting::default() }).unwrap();
    old.as_object_mut().unwrap().remove("rules");
    let mut lasting: Lasting = serde_json::from_value(old).unwrap();
    let mut history = vec![whole("https://www.example.org/a?token=x&page=2"), whole("https://archive.ph/AbC12?x=1")];
    assert!(shorten_addresses(&mut lasting, &mut history));
    assert_eq!(lasting.incidents[0].sites[0].url, "https://www.example.org/reset/");
    assert_eq!(history[0].sites[0].url, "https://www.example.org/a?page=2");
    assert_eq!(history[1].sites[0].url, "https://archive.ph/");
    let before = (lasting.clone(), history.clone());
    assert!(!shorten_addresses(&mut lasting, &mut history), "once is enough");
    assert_eq!((lasting, history), before);
    assert!(!shorten_addresses(&mut Lasting::default(), &mut []), "a new installation writes nothing");
}

#[test]
fn exports_say_who_was_down_for_how_long_and_are_safe_to_open() {
    let mut sly = site("www.example.org");
    sly.url = "=cmd,\"x\"".into();
    sly.spells.push((Millis(49 * MINUTE), Progress::Back));
    let csv = history_csv(&[incident(vec![sly])]);
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert_eq!(
        lines[1],
        "7,cdn,Fastly,\"Tue, 08 Jun 2021 09:47:00 GMT\",\"Tue, 08 Jun 2021 10:36:00 GMT\",www.example.org,\
         \"'=cmd,\"\"x\"\"\",2940,cdn_wide"
    );
    let back: Vec<Incident> = serde_json::from_str(&history_json(&[incident(vec![site("a.org")])])).unwrap();
    assert_eq!(back, [incident(vec![site("a.org")])]);
}
