//! One error response, classified: which CDN served it, who made it, is it an outage.
//!
//! Rules go from the surest to the vaguest, and the first that matches decides who made it: challenges and
//! blocks, then pages that only one edge writes, then headers that only one edge sets, then generic servers. A
//! rule knows what a CDN writes and why; none is for one response. Bodies can be copied by anybody, so a body
//! without a header never gives more than medium.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::table::Row;
use crate::observation::Answer;
use crate::verdict::Confidence;

mod pages;
mod rules;

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

/// Who made an error response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum GeneratedBy {
    /// The CDN's own servers.
    Edge,
    /// The site's application.
    Origin,
    /// A proxy of the site's own, in front of its application.
    OriginProxy,
    /// The load balancer of the site's cloud.
    OriginLb,
    /// The router of a hosting platform.
    PlatformRouter,
    /// It cannot be told.
    Unknown,
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
}

/// What a mark on a page means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    /// The site refuses this visitor or wants to know them better.
    Block,
    /// Something does not work.
    Failure,
}

/// Classifies a response.
#[must_use]
pub fn classify(response: &Response) -> Classification {
    classify_answer(&answer(response), response.reason.as_deref().unwrap_or_default())
}

/// Classifies an answer; `reason` is the reason phrase, where there is one.
#[must_use]
pub fn classify_answer(answer: &Answer, reason: &str) -> Classification {
    let by_header = super::by_headers(answer).or_else(|| pages::platform_by_header(answer));
    let text = pages::text_of(&answer.body);
    let page = pages::recognise(answer, &text, reason);
    let mut because = Vec::new();
    if let Some(row) = by_header {
        because.push(format!("a header that only {} sets", row.name));
    }
    let (cdn, generated_by, means, is_sure) = match &page {
        Some(page) => {
            because.push(page.because.to_owned());
            // The header says who delivers; a page of another CDN under it was passed on from further behind.
            let cdn = by_header.or_else(|| page.cdn.and_then(named));
            let is_foreign = by_header
                .zip(page.cdn)
                .is_some_and(|(row, name)| row.name != name && page.made_by == GeneratedBy::Edge);
            let made_by = if is_foreign { GeneratedBy::Origin } else { page.made_by };
            (cdn, made_by, page.means, page.is_in_headers || by_header.is_some())
        }
        None => {
            let (made_by, reason, is_sure) = pages::by_server(answer, by_header);
            because.extend(reason.map(str::to_owned));
            (by_header, made_by, Means::Failure, is_sure)
        }
    };
    let is_failing_status = answer.status >= 500;
    let is_outage =
        means == Means::Failure && (is_failing_status || (page.is_some() && !(1..500).contains(&answer.status)));
    if !is_outage && means == Means::Failure {
        because.push(format!("status {} is an answer, not a failure", answer.status));
    }
    let confidence = match (is_sure, page.is_some() || by_header.is_some()) {
        (true, true) => Confidence::High,
        (true, false) | (false, true) => Confidence::Medium,
        (false, false) => Confidence::Low,
    };
    let confidence = page.as_ref().map_or(confidence, |page| confidence.max(page.at_best));
    Classification { cdn: cdn.map(|row| row.name.to_owned()), generated_by, is_outage, confidence, because }
}

/// Whether these words are a challenge's or a block's: the site answers, but not to this visitor.
#[must_use]
pub fn is_block(answer: &Answer) -> bool {
    pages::recognise(answer, &pages::text_of(&answer.body), "").is_some_and(|page| page.means == Means::Block)
}

/// Whether an answer that calls itself good is an error page of an edge or a proxy (a *soft* outage).
///
/// An error page is short and says nothing else; an article about such pages quotes their words among many of its
/// own.
#[must_use]
pub fn is_error_page(answer: &Answer) -> bool {
    let text = pages::text_of(&answer.body);
    let is_short = text.split(' ').count() <= ERROR_PAGE_WORDS;
    is_short && pages::recognise(answer, &text, "").is_some_and(|page| page.means == Means::Failure)
}

/// The longest page of the table, Cloudflare's, has some 150 words; an article has more.
const ERROR_PAGE_WORDS: usize = 220;

/// The CDN whose page this is, by its words alone.
pub(super) fn by_body(body: &str) -> Option<&'static Row> {
    let answer = Answer { body: body.to_owned(), ..Answer::default() };
    pages::recognise(&answer, &pages::text_of(body), "").and_then(|page| named(page.cdn?))
}

fn named(name: &str) -> Option<&'static Row> {
    Row::named(name)
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
