//! A document that is no evidence about any site: a CDN's list of its own addresses.

use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use super::Instruments;
use super::call::{self, Reach};
use super::dns::Resolver;
use super::http::Question;
use super::plan::BodyWanted;

/// Fetches a document, whole; redirects are not followed.
///
/// # Errors
/// A sentence on what went wrong, for people.
pub async fn download(instruments: &Instruments, url: Url, patience: Duration) -> Result<Vec<u8>, String> {
    let question = Question::get(url, BodyWanted::Document, Instant::now() + patience);
    let resolver = Resolver::new(instruments.config().resolvers.system);
    match call::call(question, Reach::Anywhere, instruments, &resolver).await {
        Ok(heard) if heard.answer.status == 200 => Ok(heard.bytes),
        Ok(heard) => Err(format!("it was answered with status {}", heard.answer.status)),
        Err((step, failure)) => Err(format!("it could not be fetched ({step:?}: {failure:?})")),
    }
}
