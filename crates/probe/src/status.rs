//! A CDN's own status page. It may stand on the CDN that it tells of.

use std::sync::Arc;

use detour_cdn::status::{read_rss, read_summary};
use detour_model::failure::Failure;
use detour_model::observation::{Outcome, Report, Step};
use tokio::time::Instant;

use crate::call::{self, Reach};
use crate::contacts::StatusPage;
use crate::deadlines;
use crate::dns::Resolver;
use crate::fetch::Findings;
use crate::http::{BodyWanted, Question};
use crate::instruments::Instruments;
use crate::recorder::{Recorder, now};

/// Reads it, and records what it says or why it could not be read.
pub(super) async fn read(
    page: StatusPage,
    instruments: Arc<Instruments>,
    resolver: Arc<Resolver>,
    recorder: Recorder,
    until: Instant,
) -> Findings {
    let began = Instant::now();
    let question = Question::get(page.target().url().clone(), BodyWanted::Document, until.min(began + deadlines::HTTP));
    let heard = call::call(question, Reach::Anywhere, &instruments, &resolver).await;
    let reported = heard.and_then(|heard| match heard.answer.status {
        200 => said(&page, &heard.answer.body).ok_or((Step::Http, Failure::HttpResponseInvalid)),
        status => Err((Step::Http, Failure::HttpError { status: Some(status) })),
    });
    match reported {
        Ok(report) => recorder.record(Step::Http, None, began, Outcome::Reported(report)).await,
        Err((step, failure)) => recorder.fail(step, None, began, failure.into()).await,
    }
    Findings::Measured
}

fn said(page: &StatusPage, body: &str) -> Option<Report> {
    match page {
        StatusPage::Summary(_) => read_summary(body),
        StatusPage::Rss(_) => read_rss(body, now()),
    }
}
