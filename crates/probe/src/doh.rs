//! Other resolvers, over HTTPS and by address (RFC 8484): nothing on the way can answer in their stead.

use std::sync::Arc;

use detour_model::failure::Failure;
use detour_model::observation::{Outcome, Resolver as Asked, Step};
use hickory_resolver::proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_resolver::proto::rr::RecordType;
use tokio::time::Instant;

use crate::call::{self, Reach};
use crate::contacts::Doh;
use crate::deadlines;
use crate::dns::{self, Found};
use crate::fetch::Findings;
use crate::http::{BodyWanted, Caller, Post, Question as Request};
use crate::instruments::Instruments;
use crate::recorder::{Broken, Recorder};

/// One name, to be asked of one resolver.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) server: Doh,
    pub(super) name: String,
    pub(super) families: Families,
}

/// Which addresses are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Families {
    /// A alone: enough to see whether a name resolves.
    V4,
    /// A and AAAA.
    Both,
}

/// Why an answer holds no address.
#[derive(Debug)]
enum Refused {
    /// The server said so, with this code.
    Code(ResponseCode, Found),
    /// It could not be asked, or did not speak DNS.
    Unasked(Failure),
}

/// Asks, and a second time without DNSSEC where the first answer is SERVFAIL: that tells a wrongly signed name from
/// a dead one. Each is an observation of its own.
pub(super) async fn ask(
    question: Question,
    instruments: Arc<Instruments>,
    recorder: Recorder,
    until: Instant,
) -> Findings {
    if !instruments.contacts.permits(question.server.address()) {
        tracing::warn!(server = %question.server, "left out: allow_addresses does not name it");
        return Findings::Measured;
    }
    let is_failing = ask_once(&question, false, &instruments, &recorder, until).await;
    if is_failing && Instant::now() < until {
        ask_once(&question, true, &instruments, &recorder, until).await;
    }
    Findings::Measured
}

/// Whether the server said SERVFAIL.
async fn ask_once(
    question: &Question,
    checking_disabled: bool,
    instruments: &Instruments,
    recorder: &Recorder,
    until: Instant,
) -> bool {
    let began = Instant::now();
    let limit = until.min(began + deadlines::DOH);
    let put = |wanted| put(question, wanted, checking_disabled, instruments, limit);
    let mut answers = match question.families {
        Families::V4 => vec![put(RecordType::A).await],
        Families::Both => <[_; 2]>::from(tokio::join!(put(RecordType::A), put(RecordType::AAAA))).into(),
    };
    let is_failing = answers.iter().any(|answer| matches!(answer, Err(Refused::Code(ResponseCode::ServFail, _))));
    if is_failing && question.families == Families::Both {
        // Whose names fail: together with SERVFAIL servers send no chain.
        answers.push(put(RecordType::CNAME).await);
    }
    let (outcome, broken) = match joined(answers, instruments) {
        Ok(Found { addresses, cnames }) => (Outcome::Resolved { addresses, cnames }, None),
        Err(_) if !recorder.is_fair(began) => return false,
        Err(broken) => (Outcome::Failed(broken.failure.clone()), Some(broken)),
    };
    let is_failing = is_failing && broken.is_some();
    let mut observation = recorder.observation(Step::Dns, began, outcome);
    observation.resolver = Some(Asked { server: question.server.address().to_string(), checking_disabled });
    observation.so_far = broken.and_then(|broken| broken.so_far);
    recorder.pass(observation).await;
    is_failing
}

/// One question, one answer.
async fn put(
    question: &Question,
    wanted: RecordType,
    checking_disabled: bool,
    instruments: &Instruments,
    limit: Instant,
) -> Result<Found, Refused> {
    let body = message(&question.name, wanted, checking_disabled).ok_or(Refused::Unasked(Failure::DnsFailed))?;
    let request = Request {
        url: question.server.url().clone(),
        post: Some(Post { media_type: "application/dns-message", body: body.into() }),
        body: BodyWanted::Beginning,
        limit,
        accept_datetime: None,
        caller: Caller::Anybody,
        by_proxy: None,
    };
    let no_names = dns::Resolver::none(); // the server is named by its address
    let heard = call::call(request, Reach::Anywhere, instruments, &no_names).await.map_err(|(step, failure)| {
        tracing::debug!(server = %question.server, ?step, ?failure, "this resolver cannot be asked");
        Refused::Unasked(Failure::DnsUnreachable)
    })?;
    let message = Message::from_vec(&heard.bytes).ok().filter(|_| heard.answer.status == 200);
    let Some(message) = message else { return Err(Refused::Unasked(Failure::DnsFailed)) };
    let mut found = Found::default();
    found.collect(&message.answers);
    let code = message.metadata.response_code;
    if code == ResponseCode::NoError && !found.addresses.is_empty() {
        Ok(found)
    } else {
        Err(Refused::Code(code, found))
    }
}

/// The wire form. Id 0, as RFC 8484 section 4.1 asks for the sake of caches.
fn message(name: &str, wanted: RecordType, checking_disabled: bool) -> Option<Vec<u8>> {
    let mut message = Message::new(0, MessageType::Query, OpCode::Query);
    message.metadata.recursion_desired = true;
    message.metadata.checking_disabled = checking_disabled;
    message.add_query(Query::query(dns::absolute(name)?, wanted));
    message.to_vec().ok()
}

/// One family that answers is enough; private addresses are nobody's public answer.
fn joined(answers: Vec<Result<Found, Refused>>, instruments: &Instruments) -> Result<Found, Broken> {
    let mut all = Found::default();
    let mut worst = None::<Failure>;
    let mut had_addresses = false;
    for answer in answers {
        let (found, failure) = match answer {
            Ok(found) => (found, None),
            Err(Refused::Code(code, found)) => (found, Some(dns::from_code(code))),
            Err(Refused::Unasked(failure)) => (Found::default(), Some(failure)),
        };
        had_addresses |= !found.addresses.is_empty();
        all.addresses.extend(found.addresses.into_iter().filter(|address| instruments.contacts.permits(*address)));
        // Both families follow one chain, unless it broke on the way for one of them.
        if found.cnames.len() > all.cnames.len() {
            all.cnames = found.cnames;
        }
        worst = worst.into_iter().chain(failure).max_by_key(dns::severity);
    }
    if all.addresses.is_empty() {
        let failure = if had_addresses { Failure::DnsFailed } else { worst.unwrap_or(Failure::DnsNameNotResolved) };
        return Err(Broken::after_names(failure, all.cnames));
    }
    Ok(all)
}
