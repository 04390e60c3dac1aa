//! Looking again, other tabs, parts of pages, and what is asked only on a click.

use super::*;
use crate::port::Scope;

const PART: &str = "https://static.example.net/site.css";

/// An answer of Fastly's, by this node.
fn fastly(status: u16, node: &str) -> Outcome {
    let headers = [("server", "Varnish"), ("x-served-by", node), ("retry-after", "0")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let body = if status < 500 { "" } else { "<h1>Error 503 Service Unavailable</h1><h3>Guru Mediation:</h3>" };
    Outcome::Answered(Answer { status, headers, body: body.into() })
}

impl Story {
    fn fault_of(&self, tab: TabId) -> Fault {
        self.outage(tab).verdict().expect("a verdict").fault
    }

    /// Without a host, the verdict comes with the second try.
    fn fails_at_fastly(&mut self, tab: TabId, url: &str, node: &str) -> &mut Self {
        self.on(Event::StatusSeen {
            tab,
            page: at(url),
            status: 503,
            by_service_worker: false,
            title: String::new(),
            html: String::new(),
        });
        let mut observation = seen(Vantage::Browser, fastly(503, node));
        observation.at = Millis(self.now);
        self.on(Event::AskedAgain { page: at(url), observation })
    }

    fn look(&mut self, outcome: Outcome) -> &mut Self {
        self.timer();
        let mut observation = seen(Vantage::Browser, outcome);
        observation.at = Millis(self.now);
        self.on(Event::AskedAgain { page: at(URL), observation })
    }
}

fn without_host() -> Story {
    let mut story = Story { now: 1_623_145_620_000, ..Story::default() };
    story.on(Event::HostLost { error: "not found".into() });
    story
}

#[test]
fn a_page_that_failed_is_looked_at_again_ever_more_rarely() {
    let mut story = without_host();
    story.fails_at_fastly(TAB, URL, "cache-lhr1-LHR");
    let mut pauses = Vec::new();
    for _ in 0..5 {
        let before = story.now;
        story.look(fastly(503, "cache-lhr1-LHR"));
        pauses.push((story.now - before) / 1000);
        assert_eq!(story.fault(), Some(Fault::Edge));
    }
    for (pause, (least, most)) in pauses.iter().zip([(12, 18), (24, 36), (48, 72), (96, 144), (96, 144)]) {
        assert!((least..=most).contains(pause), "{pauses:?}");
    }
}

#[test]
fn back_takes_three_good_looks_and_a_relapse_takes_it_away_again() {
    let mut story = without_host();
    story.fails_at_fastly(TAB, URL, "cache-lhr1-LHR");
    for expected in [Fault::Recovering, Fault::Recovering, Fault::Passed] {
        story.look(fastly(200, "cache-lhr1-LHR"));
        assert_eq!(story.fault(), Some(expected));
    }
    assert_eq!(story.icon(), Some(Icon::Back));
    story.look(fastly(503, "cache-lhr1-LHR"));
    assert_eq!((story.fault(), story.icon()), (Some(Fault::Edge), Some(Icon::Failing)));
    for _ in 0..3 {
        story.look(fastly(200, "cache-lhr1-LHR"));
    }
    assert_eq!(story.fault(), Some(Fault::Recovering), "after a relapse it takes longer");
}

#[test]
fn what_was_called_back_is_not_doubted_because_others_fail() {
    let mut story = without_host();
    let others = [TabId(8), TabId(9)];
    story.fails_at_fastly(TAB, URL, "cache-lhr1-LHR");
    while story.fault() != Some(Fault::Passed) {
        story.look(fastly(200, "cache-lhr1-LHR"));
    }
    for (tab, url) in others.into_iter().zip(["https://www.bbc.co.uk/", "https://www.reddit.com/"]) {
        story.fails_at_fastly(tab, url, "cache-lhr1-LHR");
    }
    story.now = story.outage(TAB).recovery.due().expect("it is looked at for a while more").0;
    story.on(Event::TimerFired);
    assert!(story.outage(TAB).recheck().is_some());
    let mut well = seen(Vantage::Browser, fastly(200, "cache-lhr1-LHR"));
    well.at = Millis(story.now);
    story.on(Event::AskedAgain { page: at(URL), observation: well });
    assert!(story.outage(TAB).recheck().is_none());
    assert_eq!(story.fault(), Some(Fault::Passed));
    assert_eq!(story.icon(), Some(Icon::Back));
}

#[test]
fn canaries_that_one_look_asked_are_not_asked_by_the_next_one_within_a_minute() {
    let mut story = Story { now: 1_623_145_620_000, ..Story::default() };
    let urls = [(TAB, URL), (TabId(8), "https://www.bbc.co.uk/")];
    for (tab, url) in urls {
        story.fails_at_fastly(tab, url, "cache-lhr1-LHR");
        story.host(Reply::Hello { protocol: PROTOCOL, version: "0.1.0".into() });
        let Phase::Checking(Check { id: check, .. }) = story.outage(tab).phase else { panic!("not checking") };
        for (subject, status) in [(Subject::Target, 503), (Subject::Sibling("pypi.org".into()), 200)] {
            let seen = Observation::new(Vantage::Host, subject, Step::Http, fastly(status, "cache-lhr1-LHR"));
            story.host(Reply::Observed { id: check, observation: Observation { at: Millis(story.now), ..seen } });
        }
        story.host(Reply::Finished { id: check, timed_out: false });
    }
    story.timer();
    let (id, scope) = checks(&story).into_iter().last().unwrap();
    assert_eq!(scope, Scope::Alone);
    let Phase::Rechecking { seen, .. } = &story.state.outages[&story.state.checks[&id]].phase else { panic!("{id:?}") };
    assert!(seen.iter().any(|seen| seen.subject == Subject::Sibling("pypi.org".into())), "the others' word counts");
    for tab in urls.map(|(tab, _)| tab) {
        let key = story.state.tabs[&tab].outage.clone();
        let outage = story.state.outages.get_mut(&key).unwrap();
        outage.seen.retain(|seen| seen.subject == Subject::Target);
    }
    story.timer();
    assert_eq!(checks(&story).into_iter().last().unwrap().1, Scope::Again, "nobody has asked them lately");
}

fn checks(story: &Story) -> Vec<(CheckId, Scope)> {
    let check = |effect: &Effect| {
        let Effect::AskHost { request: Request::Check { id, scope, .. } } = effect else { return None };
        Some((*id, *scope))
    };
    story.effects.iter().filter_map(check).collect()
}

#[test]
fn a_site_that_stays_well_is_left_alone_after_a_while() {
    let mut story = without_host();
    story.fails_at_fastly(TAB, URL, "cache-lhr1-LHR");
    for _ in 0..40 {
        story.look(fastly(200, "cache-lhr1-LHR"));
        if story.outage(TAB).recovery.due().is_none() {
            return;
        }
    }
    panic!("still looking: {:?}", story.outage(TAB).recovery);
}

#[test]
fn a_third_site_on_the_cdn_changes_the_verdict_on_the_first_two() {
    let mut story = without_host();
    story.fails_at_fastly(TabId(1), "https://www.bbc.co.uk/", "cache-lhr1-LHR");
    story.fails_at_fastly(TabId(2), "https://www.gov.uk/", "cache-lhr2-LHR");
    assert_eq!(story.fault_of(TabId(2)), Fault::Edge);
    story.fails_at_fastly(TAB, URL, "cache-ams3-AMS");
    for tab in [TabId(1), TabId(2), TAB] {
        assert_eq!(story.fault_of(tab), Fault::CdnWide, "{tab:?}");
    }
}

#[test]
fn a_failure_counts_for_others_after_its_tab_is_closed_but_not_after_the_site_is_well() {
    for is_well in [false, true] {
        let mut story = without_host();
        story.fails_at_fastly(TabId(1), "https://www.bbc.co.uk/", "cache-lhr1-LHR");
        story.fails_at_fastly(TabId(2), "https://www.gov.uk/", "cache-ams2-AMS");
        if is_well {
            let url = "https://www.gov.uk/".to_owned();
            story.on(Event::NavigationCommitted { tab: TabId(2), shown: Shown::Page(at(&url)) });
            story.on(Event::PageRead { tab: TabId(2), found: Found::Document { page: Some(at(&url)), status: 200 } });
        } else {
            story.on(Event::TabClosed { tab: TabId(2) });
        }
        assert!(!story.state.tabs.contains_key(&TabId(2)));
        story.fails_at_fastly(TAB, URL, "cache-lhr1-LHR");
        assert_eq!(story.fault() == Some(Fault::CdnWide), !is_well);
    }
}

#[test]
fn a_look_that_the_worker_did_not_live_to_see_is_taken_again() {
    let mut story = without_host();
    story.fails_at_fastly(TAB, URL, "cache-lhr1-LHR").timer();
    assert!(story.outage(TAB).recheck().is_some());
    story.on(Event::Started { version: "1".into() });
    assert!(story.outage(TAB).recheck().is_none());
    story.timer();
    assert!(story.ordered(|effect| matches!(effect, Effect::AskAgain { .. })));
}

#[test]
fn others_are_asked_on_a_click_and_their_word_is_kept_for_the_next_looks() {
    CLOSER.with(|clicked| clicked.set(true));
    let mut story = Story { now: 1_623_145_620_000, ..Story::default() };
    story.status(503, false, "").asked_again(answered(503));
    let id = story.check_id();
    story.host(Reply::Hello { protocol: PROTOCOL, version: "1".into() });
    story.host(Reply::Finished { id, timed_out: false });
    story.on(Event::LookCloserClicked { tab: TAB });
    let asked = story.effects.iter().find_map(|effect| {
        let Effect::AskHost { request: Request::Check { id, scope: Scope::Closer, .. } } = effect else { return None };
        Some(*id)
    });
    let id = asked.expect("the host is asked for a closer look");
    let place = crate::observation::Place { continent: "EU".into(), ..Default::default() };
    let mut observation = seen(Vantage::Remote(place), answered(503));
    observation.at = Millis(story.now);
    story.host(Reply::Observed { id, observation }).asked_again(answered(503));
    story.host(Reply::Finished { id, timed_out: false });
    let has_remote =
        |story: &Story| story.outage(TAB).seen.iter().any(|seen| matches!(seen.vantage, Vantage::Remote(_)));
    assert!(has_remote(&story));
    story.look(answered(503));
    let id = story.outage(TAB).recheck().map(|check| check.id);
    story.host(Reply::Finished { id: id.expect("still looking"), timed_out: false });
    assert!(has_remote(&story), "kept while it is fresh");
}

#[test]
fn nobody_is_asked_by_the_worker_for_an_address_that_a_page_names() {
    let named = |status| Event::PartsFailed { tab: TAB, page: at(URL), parts: vec![part(PART, status)] };
    for status in [0, 404, 503] {
        for mut story in [without_host(), Story::default()] {
            story.on(named(status));
            story.on(Event::Started { version: "1".into() });
            assert!(!story.ordered(|effect| matches!(effect, Effect::AskAgain { .. })), "{status}");
        }
    }
}

#[test]
fn without_a_host_only_what_the_page_was_shown_counts_and_names_no_cdn() {
    for (status, expected) in [(0, None), (404, None), (503, Some(Fault::BrokenParts))] {
        let mut story = without_host();
        story.on(Event::PartsFailed { tab: TAB, page: at(URL), parts: vec![part(PART, status)] });
        assert_eq!(story.state.tabs.get(&TAB).map(|_| story.fault()), expected.map(Some), "{status}");
    }
}

#[test]
fn the_host_alone_is_asked_for_a_part_and_its_word_decides() {
    for (seen_by_host, expected) in
        [(answered(404), None), (type_error(), None), (fastly(503, "cache-lhr1-LHR"), Some(Icon::Failing))]
    {
        let mut story = Story::default();
        story.on(Event::PartsFailed { tab: TAB, page: at(URL), parts: vec![part(PART, 0)] });
        assert!(story.icon().is_none(), "nothing shows before the host has looked");
        let Some(Phase::Doubted { check: Some(id), .. }) =
            story.state.failing(TAB).map(|(_, outage)| outage.phase.clone())
        else {
            panic!("the host was not asked");
        };
        story.host(Reply::Observed { id, observation: seen(Vantage::Host, seen_by_host) });
        story.host(Reply::Finished { id, timed_out: false });
        assert_eq!(story.state.tabs.contains_key(&TAB), expected.is_some());
        assert_eq!(story.icon().is_some(), expected.is_some());
    }
}

#[test]
fn a_pages_own_parts_and_those_on_ports_of_their_own_are_not_asked_for() {
    let parts =
        || ["https://i.theguardian.com/a.css", "https://cdn.example.com:8080/a.css"].map(|url| part(url, 503)).to_vec();
    for mut story in [without_host(), Story::default()] {
        story.on(Event::PartsFailed { tab: TAB, page: at(URL), parts: parts() });
        assert!(story.effects.is_empty() && story.state.tabs.is_empty());
    }
}

#[test]
fn a_page_that_says_fine_and_reads_like_an_error_is_believed_when_asked_again() {
    let html = "<h1>503 Service Unavailable</h1><h3>Guru Mediation:</h3><p>Details: cache-lhr1-LHR 1 2</p><hr><p>Varnish cache server</p>";
    let soft = || Outcome::Answered(Answer { status: 200, body: html.into(), ..Answer::default() });
    for (again, expected) in [(soft(), Some(Fault::SoftOutage)), (answered(200), None)] {
        let mut story = without_host();
        story.on(Event::StatusSeen {
            tab: TAB,
            page: at(URL),
            status: 200,
            by_service_worker: false,
            title: "503 Service Unavailable".into(),
            html: html.into(),
        });
        assert!(story.icon().is_none());
        story.asked_again(again);
        if expected.is_some() {
            story.asked_again(soft());
        }
        assert_eq!(story.fault(), expected);
    }
}
