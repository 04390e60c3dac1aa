//! One error response, classified: which CDN served it, who made it, is it an outage.
//!
//! Rules go from the surest to the vaguest, and the first that matches decides who made it: challenges and
//! blocks, then pages that only one edge writes, then headers that only one edge sets, then generic servers. A
//! rule knows what a CDN writes and why; none is for one response. Bodies can be copied by anybody, so a body
//! without a header never gives more than medium.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::table::Row;
use detour_model::confidence::Confidence;
use detour_model::observation::Answer;

mod maker;
mod pages;
mod rules;
mod servers;
mod text;

pub use maker::GeneratedBy;
use maker::Means;
use text::Words;

/// An error response, as much of it as is known. The shape of a line that `detour classify` reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// What was asked for.
    #[serde(default)]
    pub url: Option<String>,
    /// Status code of RFC 9110.
    #[serde(default)]
    pub status: Option<u16>,
    /// Reason phrase; HTTP/2 has none.
    #[serde(default)]
    pub reason: Option<String>,
    /// Headers; names in any case, a value or a list of values each.
    #[serde(default)]
    pub headers: Option<BTreeMap<String, Values>>,
    /// The body, or the part of it that is known.
    #[serde(default)]
    pub body: Option<String>,
}

/// A header's value, or its values.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Values {
    /// One.
    One(String),
    /// Several, in order.
    Many(Vec<String>),
}

/// What a response was found to be. The shape of a line that `detour classify` writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Classification {
    /// The CDN that served it, by its name for people; `None` when none is recognised.
    pub cdn: Option<String>,
    /// Who made it.
    pub generated_by: GeneratedBy,
    /// Whether it means that the site does not work for its visitors.
    pub is_outage: bool,
    /// How sure.
    pub confidence: Confidence,
    /// The marks it rests on, for people.
    pub because: Vec<String>,
    /// Whether the edge that made it says that the site's servers behind it do not answer well. Not in the line
    /// that is written.
    #[serde(skip)]
    pub blames_origin: bool,
}

/// Classifies a response.
#[must_use]
pub fn classify(response: &Response) -> Classification {
    classify_answer(&answer(response), response.reason.as_deref().unwrap_or_default())
}

/// Classifies an answer; `reason` is the reason phrase, where there is one.
#[must_use]
pub fn classify_answer(answer: &Answer, reason: &str) -> Classification {
    let judgement = judge(answer, reason, super::by_headers(answer));
    let mut because: Vec<String> =
        judgement.by_header.map(|row| format!("a header that only {} sets", row.name)).into_iter().collect();
    because.extend(judgement.page.as_ref().map(|page| page.why.words().to_owned()));
    because.extend(judgement.because.map(str::to_owned));
    let confidence = match (judgement.is_sure, judgement.page.is_some() || judgement.by_header.is_some()) {
        (true, true) => Confidence::High,
        (true, false) | (false, true) => Confidence::Medium,
        (false, false) => Confidence::Low,
    };
    Classification {
        cdn: judgement.cdn.map(|row| row.name.to_owned()),
        generated_by: judgement.made_by,
        is_outage: is_outage(answer, judgement.page.as_ref(), &mut because),
        confidence: judgement.page.as_ref().map_or(confidence, |page| confidence.max(page.at_best)),
        because,
        blames_origin: judgement.blames_origin,
    }
}

/// What was found, before it is put into words.
pub(super) struct Judgement {
    by_header: Option<&'static Row>,
    page: Option<pages::Page>,
    cdn: Option<&'static Row>,
    /// Who made it.
    pub(super) made_by: GeneratedBy,
    /// The edge that made it says that what is behind it failed.
    pub(super) blames_origin: bool,
    because: Option<&'static str>,
    is_sure: bool,
}

impl Judgement {
    /// Whether the page is a challenge or a block.
    pub(super) fn is_block(&self) -> bool {
        self.page.as_ref().is_some_and(|page| page.means == Means::Block)
    }

    /// Whether it is an outage's page, recognised by more than a short text; or a bare error that its headers explain.
    /// What an edge signs and nobody knows may as well be a page for robots.
    pub(super) fn is_known_outage(&self, answer: &Answer) -> bool {
        match &self.page {
            Some(page) => {
                page.means != Means::Block && page.at_best != Confidence::Low && !pages::is_of_function(answer)
            }
            None => self.is_sure && answer.body.trim().is_empty(),
        }
    }
}

/// Judges an answer with these headers ([`super::by_headers`]). Inlined, as what it calls is, so that the extension, which
/// shows no explanations, carries none.
#[inline(always)]
pub(super) fn judge(answer: &Answer, reason: &str, by_headers: Option<&'static Row>) -> Judgement {
    let words = Words::of(&answer.body);
    let by_header = by_headers.or_else(|| cowboy(answer));
    let Some(page) = pages::recognise(answer, &words, reason) else {
        let found = servers::by_server(answer, by_header, !words.text().is_empty());
        return Judgement {
            by_header,
            page: None,
            cdn: by_header,
            made_by: found.made_by,
            blames_origin: found.blames_origin,
            because: found.because,
            is_sure: found.is_sure,
        };
    };
    let whose = Row::named(page.cdn);
    // The header says who delivers. Another edge's page under it was passed on from further behind; under a server
    // that is no edge's it is an imitation.
    let is_edges = page.made_by == GeneratedBy::Edge && page.means != Means::Block;
    let is_passed_on = is_edges && by_header.zip(whose).is_some_and(|(row, whose)| row.name != whose.name);
    let is_imitation = is_edges && by_header.is_none() && whose.is_some_and(|row| servers::is_imitation(row, answer));
    let (cdn, made_by, because) = if is_passed_on {
        (by_header, GeneratedBy::Origin, Some("passed on: it is another edge's page"))
    } else if is_imitation {
        (None, servers::imitated_by(answer), Some("but the Server header is not that edge's"))
    } else {
        (by_header.or(whose), page.made_by, None)
    };
    Judgement {
        by_header,
        cdn,
        made_by,
        blames_origin: made_by == GeneratedBy::Edge && blames_origin(answer, &page, &words, reason),
        because,
        is_sure: (page.is_in_headers || by_header.is_some()) && !is_imitation,
        page: Some(page),
    }
}

/// Heroku's router has no other mark where it answers itself than the name of what it is written with.
fn cowboy(answer: &Answer) -> Option<&'static Row> {
    let is_routers = matches!(answer.status, 503 | 0) && answer.header("server").eq_ignore_ascii_case("cowboy");
    if is_routers { Row::named("Heroku") } else { None }
}

fn is_outage(answer: &Answer, page: Option<&pages::Page>, because: &mut Vec<String>) -> bool {
    match page.map(|page| page.means) {
        Some(Means::Block) => return false,
        Some(Means::Outage) => return true,
        Some(Means::Failure | Means::FailureBehind) | None => {}
    }
    match answer.status {
        // Somebody between the user and the site wants a login (RFC 6585).
        511 => false,
        500.. => true,
        0 if page.is_some() => true,
        0 => {
            because.push("without a status it cannot be told whether it is a failure".to_owned());
            false
        }
        200..300 if is_error_page(answer) => {
            because.push("an error page under a status that says all is well".to_owned());
            true
        }
        status => {
            because.push(format!("status {status} is an answer, not a failure"));
            false
        }
    }
}

/// Whether the edge's own error says that the servers behind it do not answer well.
fn blames_origin(answer: &Answer, page: &pages::Page, words: &Words, reason: &str) -> bool {
    let says = |mark: &str| words.text().contains(mark) || reason.to_ascii_lowercase().contains(mark);
    page.means == Means::FailureBehind
        || match page.cdn {
            // Its reasons say "backend" where they mean the site's server; a connection that failed may be either's.
            "Fastly" => ["backend", "first byte timeout", "no healthy ip"].into_iter().any(says),
            // 52x and 530 are all about the origin.
            "Cloudflare" => {
                matches!(answer.status, 520..=527 | 530)
                    || ["error 52", "error code 52", "origin web server", "origin dns error"].into_iter().any(says)
            }
            _ => false,
        }
}

/// Whether these words are a challenge's or a block's: the site answers, but not to this visitor.
#[must_use]
pub fn is_block(answer: &Answer) -> bool {
    pages::recognise(answer, &Words::of(&answer.body), "").is_some_and(|page| page.means == Means::Block)
}

/// Whether an answer that calls itself good is an error page of an edge or a proxy (a *soft* outage).
///
/// An error page says nothing else, so it is short; an article about such pages quotes their words among many of
/// its own. What stands in scripts is not said to anybody and does not count.
#[must_use]
pub fn is_error_page(answer: &Answer) -> bool {
    let words = Words::seen(&answer.body);
    let count = words.text().split(' ').count();
    // Cloudflare's is the longest by far, and has an element that nobody else has a reason to write.
    let is_cloudflares = answer.body.contains("id=\"cf-error-details\"");
    let is_short = count <= if is_cloudflares { LONGEST_PAGE_WORDS } else { ERROR_PAGE_WORDS };
    is_short && (is_cloudflares || pages::recognise(answer, &words, "").is_some_and(|page| page.means != Means::Block))
}

/// Whether an answer has no more words than the pages of edges have.
pub(super) fn is_short(answer: &Answer) -> bool {
    Words::seen(&answer.body).text().split(' ').count() <= LONGEST_PAGE_WORDS
}

/// The longest of the other pages, Google's and CloudFront's, have some 70 words.
const ERROR_PAGE_WORDS: usize = 100;

/// Cloudflare's page has 100 to 160 words.
const LONGEST_PAGE_WORDS: usize = 250;

/// The CDN whose page this is, by its words alone.
pub(super) fn by_body(body: &str) -> Option<&'static Row> {
    let page = pages::recognise(&Answer::default(), &Words::of(body), "")?;
    Row::named(page.cdn)
}

fn answer(response: &Response) -> Answer {
    let headers = response.headers.iter().flatten().map(|(name, values)| {
        let value = match values {
            Values::One(value) => value.clone(),
            Values::Many(values) => values.join(", "),
        };
        (name.to_ascii_lowercase(), value)
    });
    Answer {
        status: response.status.unwrap_or_default(),
        headers: headers.collect(),
        body: response.body.clone().unwrap_or_default(),
    }
}

#[cfg(test)]
#[path = "classify/tests.rs"]
mod tests;
