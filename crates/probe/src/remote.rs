//! Probes on other networks, by way of Globalping: asked only on the user's word, and told the host's name alone.

use std::sync::Arc;

use detour_core::globalping;
use detour_model::failure::Failure;
use detour_model::observation::Step;
use detour_model::target::Target;
use tokio::time::{Instant, sleep};
use url::Url;

use crate::call::{self, Reach};
use crate::deadlines;
use crate::dns::Resolver;
use crate::fetch::Findings;
use crate::http::{BodyWanted, Caller, Heard, Post, Question};
use crate::instruments::Instruments;
use crate::recorder::{Recorder, now};

/// Whom to ask, about what.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) api: Url,
    pub(super) target: Target,
    pub(super) reach: Reach,
}

/// Has the target measured from afar and records each probe's result as it comes. Whatever goes wrong on the way is
/// told of the service, never of the site.
pub(super) async fn ask(
    asking: Asking,
    instruments: Arc<Instruments>,
    resolver: Arc<Resolver>,
    recorder: Recorder,
    until: Instant,
) -> Findings {
    let began = Instant::now();
    let service = Service { asking, instruments, resolver, until };
    if let Err((step, failure)) = service.measure(&recorder).await {
        recorder.fail(step, None, began, failure.into()).await;
    }
    Findings::Measured
}

struct Service {
    asking: Asking,
    instruments: Arc<Instruments>,
    resolver: Arc<Resolver>,
    until: Instant,
}

impl Service {
    async fn measure(&self, recorder: &Recorder) -> Result<(), (Step, Failure)> {
        if self.instruments.rest.is_on() {
            return Err(refused(429));
        }
        let body = globalping::request(&self.asking.target);
        let post = Post { media_type: "application/json", body: body.into() };
        let created = self.request("/v1/measurements", Some(post), 202).await?;
        let id = globalping::read_created(&created.answer.body).ok_or(UNREADABLE)?;
        let path = format!("/v1/measurements/{id}");
        let host = self.asking.api.host_str().unwrap_or_default();
        let mut told = Vec::new();
        loop {
            if Instant::now() + deadlines::POLL >= self.until {
                // Some probes are still at it. That they are slow may be the site's doing or theirs.
                return Err((Step::Http, Failure::HttpTimedOut));
            }
            sleep(deadlines::POLL).await;
            let heard = self.request(&path, None, 200).await?;
            let measurement = globalping::read_measurement(&heard.answer.body, host, now()).ok_or(UNREADABLE)?;
            // More than were asked for would be a mistake of somebody's.
            for (probe, result) in measurement.results.into_iter().enumerate().take(globalping::PROBES) {
                let Some(seen) = result.filter(|_| !told.contains(&probe)) else { continue };
                told.push(probe);
                for observation in seen {
                    recorder.pass(observation).await;
                }
            }
            if measurement.is_finished {
                return Ok(());
            }
        }
    }

    async fn request(&self, path: &str, post: Option<Post>, expected: u16) -> Result<Heard, (Step, Failure)> {
        let base = self.asking.api.as_str().trim_end_matches('/');
        let url = Url::parse(&format!("{base}{path}")).map_err(|_| UNREADABLE)?;
        let question =
            Question { post, caller: Caller::Detour, ..Question::get(url, BodyWanted::Document, self.until) };
        let heard = call::call(question, self.asking.reach, &self.instruments, &self.resolver).await?;
        self.instruments.rest.note(&heard.answer);
        if heard.answer.status == expected {
            return Ok(heard);
        }
        let why = globalping::read_refusal(&heard.answer.body);
        tracing::warn!(status = heard.answer.status, ?why, "the remote probes were not asked");
        Err(refused(heard.answer.status))
    }
}

const fn refused(status: u16) -> (Step, Failure) {
    (Step::Http, Failure::HttpError { status: Some(status) })
}

const UNREADABLE: (Step, Failure) = (Step::Http, Failure::HttpResponseInvalid);
