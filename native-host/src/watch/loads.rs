//! The host's first look, told to core as a browser would tell of a page load.

use detour_core::event::Event;
use detour_core::failure::Failure;
use detour_core::observation::{Observation, Subject};
use detour_core::tab::TabId;
use detour_core::target::Target;

/// The event of a load that failed in this way.
pub(super) fn event(tab: TabId, target: &Target, seen: &[Observation], failure: &Failure) -> Event {
    let page = target.clone();
    match failure.status() {
        Some(status) => {
            let answers = seen.iter().filter(|seen| seen.subject == Subject::Target).filter_map(Observation::answer);
            let html = answers.filter(|answer| answer.status == status).map(|answer| answer.body.clone());
            let html = html.max_by_key(String::len).unwrap_or_default();
            let title = title(&html).to_owned();
            Event::StatusSeen { tab, page, status, by_service_worker: false, title, html }
        }
        None => {
            // What no browser would call an outage is not the host's own finding.
            let failure =
                Some(failure).filter(|failure| failure.may_be_outage()).unwrap_or(&Failure::TcpFailed).clone();
            Event::NavigationFailed { tab, page, failure, online: true }
        }
    }
}

fn title(html: &str) -> &str {
    let from = html.find("<title").and_then(|at| html.get(at..)).and_then(|rest| rest.split_once('>'));
    from.and_then(|(_, rest)| rest.split('<').next()).unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use detour_core::observation::{Answer, Outcome, Step, Vantage};

    #[test]
    fn an_error_page_comes_with_its_title_and_its_words() {
        let target = Target::parse("https://www.example-site.com/").unwrap();
        let body = "<html><title lang=en> Just a moment... </title><p>x".to_owned();
        let answer = Outcome::Answered(Answer { status: 503, body: body.clone(), ..Answer::default() });
        let seen = [Observation::new(Vantage::Host, Subject::Target, Step::Http, answer)];
        let told = event(TabId(0), &target, &seen, &Failure::HttpError { status: Some(503) });
        let Event::StatusSeen { status: 503, title, html, .. } = told else { panic!("{told:?}") };
        assert_eq!((title.as_str(), html), ("Just a moment...", body));
    }
}
