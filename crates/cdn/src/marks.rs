//! Marks on an answer: is it a challenge and no outage, and did the edge make the error or pass it on?

use super::classify::{self, GeneratedBy};
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
    judged(answer).0
}

/// Who made it, and whether it is a challenge or a block.
pub(super) fn judged(answer: &Answer) -> (MadeBy, bool) {
    let found = classify::judge(answer, "");
    let made_by = match found.made_by {
        GeneratedBy::Edge if found.blames_origin => MadeBy::EdgeBlamingOrigin,
        GeneratedBy::Edge => MadeBy::Edge,
        GeneratedBy::Origin | GeneratedBy::OriginProxy | GeneratedBy::OriginLb | GeneratedBy::PlatformRouter => {
            MadeBy::Origin
        }
        GeneratedBy::Unknown => MadeBy::Unknown,
    };
    (made_by, found.is_block())
}

#[cfg(test)]
mod tests {
    use super::*;

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
