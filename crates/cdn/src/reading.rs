//! What one observation says of who delivers the site and who made the answer, read once.
//!
//! Reading an error page takes more than all the rest of a verdict, and a page that fails is judged again and again. So
//! what arrives is *digested*: read, and then rid of bodies and of headers that nobody looks at any more.

use std::collections::BTreeMap;

use super::classify;
use super::ranges::{Published, by_address, by_address_in};
use crate::basis::basis;
use crate::named::by_headers;
use crate::node::node_by;
use detour_model::observation::{Answer, Certificate, Observation, Outcome, SoFar, Step, Subject};
use detour_model::reading::{CdnName, Reading};

/// Reads an observation.
#[must_use]
pub fn read(observation: &Observation, published: Option<&Published>) -> Reading {
    let by_address = |address| match published {
        Some(published) => by_address_in(published, address),
        None => by_address(address),
    };
    let begun = observation.so_far.as_deref().and_then(|so_far| so_far.answer.as_ref());
    let answer = observation.answer().or(begun);
    let by_headers = answer.and_then(by_headers);
    let cdn = basis(by_address, observation, by_headers).map(|(row, basis)| (CdnName(row.name), basis));
    let reading = Reading { cdn, node: answer.and_then(|answer| node_by(by_headers, answer)), ..Reading::default() };
    let Some(answer) = observation.answer().filter(|_| is_judged(&observation.subject)) else { return reading };
    let is_soft = answer.status < 300 && classify::is_error_page(answer);
    let judged = super::marks::judged(answer, by_headers);
    let is_error = answer.status >= 500 || is_soft;
    Reading {
        made_by: is_error.then_some(judged.made_by),
        is_block: judged.is_block,
        is_soft,
        is_known_outage: is_error && judged.is_known_outage,
        blames_connection: blames_connection(answer),
        ..reading
    }
}

/// Whether anybody asks who made an answer of this one.
const fn is_judged(subject: &Subject) -> bool {
    matches!(subject, Subject::Target | Subject::Sibling(_) | Subject::Visited(_) | Subject::Part(_))
}

/// As in June 2021; where the CDN's other sites are well, it is the connection to the site's server.
fn blames_connection(answer: &Answer) -> bool {
    let body = answer.body.to_ascii_lowercase();
    ["connection failure", "connection reset by peer", "connection timed out"].iter().any(|words| body.contains(words))
}

/// The observation with its reading, without what nobody looks at any more.
#[must_use]
pub fn digested(mut observation: Observation, published: Option<&Published>) -> Observation {
    if observation.reading.is_some() {
        return observation;
    }
    observation.reading = Some(Box::new(read(&observation, published)));
    let (subject, step) = (&observation.subject, observation.step);
    match &mut observation.outcome {
        Outcome::Answered(answer) => shorten(answer, subject, step),
        Outcome::Secured(certificate) => {
            let issuer = std::mem::take(&mut certificate.issuer);
            *certificate = Certificate { issuer, ..Certificate::default() };
        }
        Outcome::Resolved { .. }
        | Outcome::Connected
        | Outcome::Reported(_)
        | Outcome::Noticed(_)
        | Outcome::Failed(_) => {}
    }
    // Of what had come before a failure only a certificate that was refused says more than was read: whoever looks into
    // connections signs one for every site, so the issuer tells him, and the certificate does not.
    let refused = observation.so_far.take().and_then(|so_far| so_far.certificate);
    observation.so_far = refused.map(|certificate| {
        let Certificate { issuer, not_before, not_after, sha256, .. } = certificate;
        let certificate = Certificate { issuer, not_before, not_after, sha256, ..Certificate::default() };
        Box::new(SoFar { certificate: Some(certificate), ..SoFar::default() })
    });
    observation
}

/// Keeps the headers that are shown to experts, or read again; of a sign-in's page, that there is one.
fn shorten(answer: &mut Answer, subject: &Subject, step: Step) {
    let is_portal = *subject == Subject::Portal && step == Step::Http;
    let is_neutral = matches!(subject, Subject::Anchor(_) | Subject::Portal);
    answer.body = if is_portal { answer.body.trim().chars().take(2).collect() } else { String::new() };
    let headers = std::mem::take(&mut answer.headers);
    let is_kept = |name: &str| TELLING.contains(&name) || (is_neutral && name == "date");
    answer.headers = headers.into_iter().filter(|(name, _)| is_kept(name)).collect::<BTreeMap<_, _>>();
}

/// Headers that name a server or an edge, or ask to be left alone.
pub const TELLING: [&str; 8] =
    ["server", "via", "x-served-by", "x-cache", "cf-ray", "x-amz-cf-pop", "retry-after", "x-azure-ref"];
