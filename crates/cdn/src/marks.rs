//! Marks on an answer: is it a challenge and no outage, and did the edge make the error or pass it on?

use super::classify::{self, GeneratedBy};
use crate::named::by_headers;
use crate::table::Row;
use detour_model::observation::Answer;
use detour_model::reading::MadeBy;

/// Whether this is a bot challenge or a block: the site answers, but not to this visitor.
///
/// `title` and `html` are what a page says of itself, `answer` what came when it was asked for again.
#[must_use]
pub fn is_challenge(title: &str, html: &str, answer: Option<&Answer>) -> bool {
    let page = Answer { status: 503, body: format!("<title>{title}</title>{html}"), ..Answer::default() };
    classify::is_block(&page) || answer.is_some_and(classify::is_block)
}

/// Who made the error in this answer.
#[must_use]
pub fn made_by(answer: &Answer) -> MadeBy {
    judged(answer, by_headers(answer)).made_by
}

/// What an answer's words and headers say of an error.
pub(super) struct Judged {
    pub(super) made_by: MadeBy,
    /// It is a challenge or a block.
    pub(super) is_block: bool,
    /// It is an outage's page, recognised as one.
    pub(super) is_known_outage: bool,
}

/// `by_headers`: whose headers they are ([`by_headers`]).
pub(super) fn judged(answer: &Answer, by_headers: Option<&'static Row>) -> Judged {
    let found = classify::judge(answer, "", by_headers);
    let made_by = match found.made_by {
        GeneratedBy::Edge if found.blames_origin => MadeBy::EdgeBlamingOrigin,
        GeneratedBy::Edge => MadeBy::Edge,
        GeneratedBy::Origin | GeneratedBy::OriginProxy | GeneratedBy::OriginLb | GeneratedBy::PlatformRouter => {
            MadeBy::Origin
        }
        GeneratedBy::Unknown => MadeBy::Unknown,
    };
    // An article quotes what challenges say; a page that calls itself fine and is one has few words.
    let is_block = found.is_block() && (answer.status >= 400 || classify::is_short(answer));
    Judged { made_by, is_block, is_known_outage: found.is_known_outage(answer) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(answer: &Answer) -> Judged {
        super::judged(answer, by_headers(answer))
    }

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Answer { status, headers, body: body.to_owned() }
    }

    #[test]
    fn a_challenge_is_no_outage_but_a_broken_challenge_is() {
        assert!(is_challenge("Just a moment...", "", None));
        assert!(is_challenge("", "", Some(&answer(503, &[("cf-mitigated", "challenge")], ""))));
        assert!(!is_challenge("", "Please unblock challenges.cloudflare.com to proceed. cf-chl-", None));
        assert!(!is_challenge("503 Service Unavailable", "<h1>Error 503</h1>", None));
    }

    #[test]
    fn what_robots_are_answered_is_no_outage_whatever_its_status() {
        for body in [
            "<!-- To discuss automated access to Amazon data please contact us --><title>Sorry!</title>",
            "<h1>Pardon Our Interruption</h1>",
            "<title>Request blocked</title>",
            "<p>Automated access to this site is not permitted.</p>",
            "<p>Please verify you are human</p>",
            "<title>Making sure you're not a bot!</title>",
            "<p>Our systems have detected unusual traffic from your computer network.</p>",
        ] {
            for status in [200, 403, 503] {
                let judged = judged(&answer(status, &[("server", "AkamaiGHost")], body));
                assert!(judged.is_block && !judged.is_known_outage, "{status} {body}");
            }
        }
        let article = format!("<p>What “Pardon our interruption” means. {}</p>", "Many more words. ".repeat(100));
        assert!(!judged(&answer(200, &[], &article)).is_block, "an article quotes it");
    }

    #[test]
    fn an_outages_page_is_known_and_a_page_that_nobody_knows_is_not() {
        let fastly = [("server", "Varnish"), ("x-served-by", "cache-lhr1-LHR"), ("retry-after", "0")];
        let is_known = |status, headers: &[(&str, &str)], body| judged(&answer(status, headers, body)).is_known_outage;
        assert!(is_known(503, &fastly, "<h1>Error 503 Service Unavailable</h1><h3>Guru Mediation:</h3>"));
        assert!(is_known(522, &[("server", "cloudflare"), ("cf-ray", "8-LHR")], ""), "a status that one edge uses");
        assert!(!is_known(503, &[("server", "AkamaiGHost")], "<p>Come back as a person.</p>"));
        assert!(!is_known(503, &[], "service unavailable"));
    }

    #[test]
    fn the_edge_is_told_from_the_origin() {
        let fastly = [("server", "Varnish"), ("x-served-by", "cache-lhr1-LHR"), ("retry-after", "0")];
        let page = "<h1>Error 503 Service Unavailable</h1><h3>Guru Mediation:</h3>";
        assert_eq!(made_by(&answer(503, &fastly, page)), MadeBy::Edge);
        assert_eq!(made_by(&answer(503, &fastly, "")), MadeBy::Edge);
        let no_backend = "<h1>Error 503 No healthy backends</h1><h3>Guru Mediation:</h3>";
        assert_eq!(made_by(&answer(503, &fastly, no_backend)), MadeBy::EdgeBlamingOrigin);
        let passed_on = [("server", "nginx"), ("x-served-by", "cache-lhr1-LHR")];
        assert_eq!(made_by(&answer(503, &passed_on, "<h1>Maintenance</h1>")), MadeBy::Origin);
        assert_eq!(made_by(&answer(522, &[("server", "cloudflare")], "")), MadeBy::EdgeBlamingOrigin);
        let own_varnish = "<h1>Error 503 Backend fetch failed</h1><h3>Guru Meditation:</h3><p>XID: 12</p>";
        assert_eq!(made_by(&answer(503, &[("server", "Varnish")], own_varnish)), MadeBy::Origin);
    }
}
