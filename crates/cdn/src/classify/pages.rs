//! Error pages and headers that give their maker away, in the order in which they are tried.

use super::maker::{GeneratedBy, Means};
use super::rules::{self, RULES};
use super::text::Words;
use detour_model::confidence::Confidence;
use detour_model::observation::Answer;

/// A page that was recognised.
pub(super) struct Page {
    /// Whose it is; empty where it is nobody's in particular.
    pub(super) cdn: &'static str,
    pub(super) made_by: GeneratedBy,
    pub(super) means: Means,
    pub(super) why: Why,
    /// A header said so, not only the text.
    pub(super) is_in_headers: bool,
    /// No surer than this, whatever else speaks for it.
    pub(super) at_best: Confidence,
}

/// What a page was recognised by.
#[derive(Debug, Clone, Copy)]
pub(super) enum Why {
    /// The rule at this place.
    Rule(usize),
    /// Something that is no list of marks.
    Other(&'static str),
}

impl Why {
    /// For people.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Rule(place) => rules::because(place),
            Self::Other(words) => words,
        }
    }
}

/// What the headers and then the page say, the surest first.
pub(super) fn recognise(answer: &Answer, words: &Words, reason: &str) -> Option<Page> {
    by_telling_header(answer, words)
        .or_else(|| by_cloudflares_words(words))
        .or_else(|| by_akamais_reference(words))
        .or_else(|| by_rules(words))
        .or_else(|| by_bare_words(answer, words, reason))
}

/// Whether a function of the site's own made it at CloudFront's edge, for robots among others.
pub(super) fn is_of_function(answer: &Answer) -> bool {
    answer.header("x-cache").contains("GeneratedResponse from cloudfront")
}

/// Headers that edges set on their own errors and refusals.
fn by_telling_header(answer: &Answer, words: &Words) -> Option<Page> {
    use Means::{Block, Failure, FailureBehind, Outage};
    let has = |name: &str| answer.headers.contains_key(name);
    let (cdn, means, because) = if answer.header("cf-mitigated").contains("challenge") {
        ("Cloudflare", Block, "cf-mitigated: challenge")
    } else if has("x-sucuri-block") {
        ("Sucuri", Block, "x-sucuri-block")
    } else if has("x-vercel-mitigated") {
        ("Vercel", Block, "x-vercel-mitigated")
    } else if has("x-amzn-waf-action") {
        ("", Block, "x-amzn-waf-action")
    } else if answer.header("x-vercel-error").starts_with("INTERNAL") {
        ("Vercel", Failure, "x-vercel-error")
    } else if answer.header("x-vercel-error") == "DEPLOYMENT_NOT_FOUND" {
        ("Vercel", Outage, "x-vercel-error")
    } else if has("x-vercel-error") {
        ("Vercel", FailureBehind, "x-vercel-error")
    } else if has("x-azure-externalerror") {
        ("Azure Front Door", FailureBehind, "x-azure-externalerror")
    } else if answer.header("via").contains("1.1 google") && !has("server") && is_envoys(words.text()) {
        // Google's load balancer is an Envoy, and says so in Envoy's words.
        ("Google Cloud CDN/LB", FailureBehind, "Google's load balancer has no healthy server behind it")
    } else if is_of_function(answer) {
        ("Amazon CloudFront", FailureBehind, "a function of the site's own, run by CloudFront")
    } else {
        return None;
    };
    let at_best = Confidence::High;
    Some(Page { cdn, made_by: GeneratedBy::Edge, means, why: Why::Other(because), is_in_headers: true, at_best })
}

fn is_envoys(text: &str) -> bool {
    ["no healthy upstream", "upstream connect error", "upstream request timeout"]
        .into_iter()
        .any(|mark| text.contains(mark))
}

/// `error code: 1016` and nothing else is Cloudflare's answer to programs, "Just a moment..." what its challenge
/// begins with.
fn by_cloudflares_words(words: &Words) -> Option<Page> {
    if words.text().starts_with("just a moment...") {
        return Some(in_words("Cloudflare", GeneratedBy::Edge, Means::Block, "a challenge page"));
    }
    let number: u16 = words.text().strip_prefix("error code: ")?.parse().ok()?;
    let means = match number {
        1006..=1010 | 1012 | 1015 | 1020 => Means::Block,
        520..=527 | 1016 | 1033 | 1101 | 1102 => Means::FailureBehind,
        500..=599 | 1000..=1999 => Means::Failure,
        _ => return None,
    };
    Some(in_words("Cloudflare", GeneratedBy::Edge, means, "Cloudflare's error code"))
}

/// `Reference #18.2f3e1702.1633447176.172b5102`: class, server, Unix time, request. Class 18 refuses, 11 could not
/// find the site's server by its name.
fn by_akamais_reference(words: &Words) -> Option<Page> {
    let text = words.text();
    let (_, after) = text.split_once("reference #").or_else(|| text.split_once("errors.edgesuite.net/"))?;
    let mut parts = after.split(|letter: char| !letter.is_ascii_hexdigit() && letter != '.').next()?.split('.');
    let class: u16 = parts.next()?.parse().ok()?;
    let (_server, time, _request) = (parts.next()?, parts.next()?, parts.next()?);
    time.parse::<u64>().ok()?;
    let means = match class {
        18 => Means::Block,
        11 => Means::FailureBehind,
        _ => Means::Failure,
    };
    Some(in_words("Akamai", GeneratedBy::Edge, means, "Akamai's reference number"))
}

fn by_rules(words: &Words) -> Option<Page> {
    let (place, rule) = RULES.iter().enumerate().find(|(_, rule)| words.match_rule(rule))?;
    Some(Page { why: Why::Rule(place), ..in_words(rule.cdn, rule.made_by, rule.means, "") })
}

/// Nothing but a reason: custom error bodies look so, and what programs in Go write. Short texts prove little.
fn by_bare_words(answer: &Answer, words: &Words, reason: &str) -> Option<Page> {
    if answer.status < 500 {
        return None;
    }
    let reason = reason.to_ascii_lowercase();
    let bare = if words.text().is_empty() { reason.as_str() } else { words.text() };
    let is_unsigned = answer.header("server").is_empty();
    let page = if is_unsigned && FASTLY_REASONS.contains(&bare) {
        in_words("Fastly", GeneratedBy::Edge, Means::Failure, "nothing but one of Fastly's reasons")
    } else if reason.contains("back-end server is at capacity") {
        in_words("", GeneratedBy::OriginLb, Means::Failure, "the load balancer of the site's cloud")
    } else if PROXY_WORDS.contains(&bare) && !words.text().is_empty() {
        in_words("", GeneratedBy::OriginProxy, Means::Failure, "nothing but a proxy's reason")
    } else if bare == "internal server error" && !words.text().is_empty() {
        in_words("", GeneratedBy::Origin, Means::Failure, "nothing but an application's reason")
    } else if is_unsigned && matches!(answer.status, 520..=527 | 530) {
        in_words("Cloudflare", GeneratedBy::Edge, Means::FailureBehind, "a status that only Cloudflare uses")
    } else {
        return None;
    };
    Some(Page { at_best: Confidence::Low, ..page })
}

const fn in_words(cdn: &'static str, made_by: GeneratedBy, means: Means, because: &'static str) -> Page {
    Page { cdn, made_by, means, why: Why::Other(because), is_in_headers: false, at_best: Confidence::High }
}

/// The reasons that Fastly's own errors give (its documentation's list of generated errors).
const FASTLY_REASONS: [&str; 11] = [
    "i/o error",
    "backend read error",
    "backend write error",
    "first byte timeout",
    "no healthy backends",
    "no healthy ip available for the backend",
    "backend is unhealthy",
    "connection failure",
    "backend fetch failed",
    "backend.max_conn reached",
    "illegal vary header from backend",
];

/// What proxies written in Go answer, and those that took after them.
const PROXY_WORDS: [&str; 4] = ["bad gateway", "gateway timeout", "no available server", "stream timeout"];
