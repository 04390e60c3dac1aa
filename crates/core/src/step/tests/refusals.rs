//! What the host is refused or cannot do, and what a sign-in hides: neither takes a sign off nor puts one on.

use super::*;
use crate::port::Refusal;
use crate::verdict::Fact;

fn wall() -> Outcome {
    let headers = [("server".to_owned(), "cloudflare".to_owned())].into();
    Outcome::Answered(Answer { status: 503, headers, body: "<title>Attention Required! | Cloudflare</title>".into() })
}

fn anchor() -> Observation {
    Observation { subject: Subject::Anchor("a.org".into()), ..seen(Vantage::Host, answered(200)) }
}

impl Story {
    /// The host's whole check: these are its tries.
    fn host_tries(&mut self, outcomes: &[Outcome]) -> &mut Self {
        let id = self.outage(TAB).check_id().expect("a check");
        for outcome in outcomes {
            let observation = Observation { at: Millis(self.now), ..seen(Vantage::Host, outcome.clone()) };
            self.host(Reply::Observed { id, observation });
        }
        self.host(Reply::Observed { id, observation: anchor() });
        self.host(Reply::Finished { id, timed_out: false })
    }

    /// Looks again until a verdict stands, with these words of the browser's and the host's.
    fn looks(&mut self, browser: &Outcome, host: &[Outcome]) -> &mut Self {
        self.timer();
        self.host(Reply::Hello { protocol: PROTOCOL, version: "0.1.0".into() });
        let observation = Observation { at: Millis(self.now), ..seen(Vantage::Browser, browser.clone()) };
        self.on(Event::AskedAgain { page: at(URL), observation });
        self.host_tries(host)
    }
}

fn failing() -> Story {
    let mut story = Story { now: 1_623_145_620_000, ..Story::default() };
    story.status(503, false, "Error 503").host(Reply::Hello { protocol: PROTOCOL, version: "0.1.0".into() });
    story
}

#[test]
fn a_challenge_that_only_the_host_meets_takes_no_badge_off() {
    let mut story = failing();
    story.asked_again(answered(503)).host_tries(&[wall(), wall(), answered(403), answered(429)]);
    assert_eq!((story.fault(), story.icon()), (Some(Fault::Server), Some(Icon::Failing)));
    let because = &story.outage(TAB).verdict().unwrap().because;
    assert!(because.iter().any(|because| because.fact == Fact::RefusesPrograms), "{because:?}");
}

#[test]
fn nor_does_it_while_the_browsers_second_look_has_not_come() {
    let mut story = failing();
    story.host_tries(&[wall(), wall()]);
    story.now += super::super::limits::CHECK_DEADLINE;
    story.on(Event::TimerFired);
    assert_eq!((story.fault(), story.icon()), (Some(Fault::Server), Some(Icon::Failing)));
}

#[test]
fn a_challenge_that_the_browser_meets_is_no_outage() {
    let mut story = failing();
    story.asked_again(wall()).host_tries(&[answered(503)]);
    assert_eq!((story.icon(), story.state.tabs.len()), (None, 0));
}

#[test]
fn a_sign_in_before_a_dead_application_is_never_back() {
    for status in [401, 403, 407, 429] {
        let mut story = failing();
        story.asked_again(answered(503)).host_tries(&[answered(503), answered(503)]);
        for _ in 0..8 {
            story.looks(&answered(status), &[answered(status), answered(status)]);
            assert_eq!((story.fault(), story.icon()), (Some(Fault::Server), Some(Icon::Failing)), "{status}");
        }
    }
}

#[test]
fn a_site_that_only_the_host_cannot_read_is_called_back() {
    for failure in [Failure::HttpResponseInvalid, Failure::TlsCertAuthorityInvalid, Failure::DnsUnreachable] {
        let mut story = failing();
        story.asked_again(answered(503)).host_tries(&[Outcome::Failed(failure.clone())]);
        assert_eq!(story.fault(), Some(Fault::Server), "{failure:?}");
        for _ in 0..3 {
            story.looks(&answered(200), &[Outcome::Failed(failure.clone())]);
        }
        assert_eq!((story.fault(), story.icon()), (Some(Fault::Passed), Some(Icon::Back)), "{failure:?}");
    }
}

#[test]
fn an_outage_page_over_a_private_name_says_why() {
    let mut story = Story::default();
    story.refused().asked_again(type_error());
    assert_eq!(story.state.tabs[&TAB].surface, Surface::OutagePage);
    let id = Some(story.check_id());
    story.host(Reply::Refused { id, reason: Refusal::PrivateAddress, message: String::new() });
    let verdict = story.outage(TAB).verdict().expect("a verdict");
    assert_eq!((verdict.fault, verdict.because[0].fact), (Fault::CantTell, Fact::LeadsHome));
    assert!(story.outage(TAB).is_left_alone(), "nobody looks there again");
}
