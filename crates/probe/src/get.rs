//! A GET that is no evidence about any site: a CDN's list of its own addresses, what an archive says.

use std::time::Duration;

use detour_model::observation::Answer;
use tokio::time::Instant;
use url::Url;

use crate::call::{self, Reach};
use crate::dns::Resolver;
use crate::http::{BodyWanted, Caller, Question};
use crate::instruments::Instruments;

/// Fetches a document, whole; redirects are not followed.
///
/// # Errors
/// A sentence on what went wrong, for people.
pub async fn download(instruments: &Instruments, url: Url, patience: Duration) -> Result<Vec<u8>, String> {
    let question = Question::get(url, BodyWanted::Document, Instant::now() + patience);
    let resolver = Resolver::new(instruments.contacts.resolver);
    match call::call(question, Reach::Anywhere, instruments, &resolver).await {
        Ok(heard) if heard.answer.status == 200 => Ok(heard.bytes),
        Ok(heard) => Err(format!("it was answered with status {}", heard.answer.status)),
        Err((step, failure)) => Err(format!("it could not be fetched ({step:?}: {failure:?})")),
    }
}

/// The status, the headers and the first 64 KiB at an address; redirects are not followed. `None`: no answer came.
///
/// `accept_datetime` is for a TimeGate (RFC 7089).
pub async fn get(
    instruments: &Instruments,
    url: Url,
    caller: Caller,
    accept_datetime: Option<String>,
    limit: Instant,
) -> Option<Answer> {
    let question = Question { caller, accept_datetime, ..Question::get(url, BodyWanted::Beginning, limit) };
    let resolver = Resolver::new(instruments.contacts.resolver);
    let heard = call::call(question, Reach::Anywhere, instruments, &resolver).await.ok()?;
    Some(heard.answer)
}
