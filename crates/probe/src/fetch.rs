//! One fetch: the name, then every address side by side, each as far as it gets.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use detour_model::failure::Failure;
use detour_model::observation::{Answer, Outcome, Step, Subject};
use detour_model::target::Target;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout_at};
use url::Host;

use crate::dns::{Found, Resolver};
use crate::http::{self, BodyWanted, Heard, Protocol, Question};
use crate::instruments::Instruments;
use crate::nat64::Nat64;
use crate::patience::Role;
use crate::plan::Fetch;
use crate::recorder::{Broken, Keeps, News, Recorder, timed_out};
use crate::repeats::{self, Sample};
use crate::{deadlines, patience, redirect, route, tcp, tls};

/// What is to be said of a fetch besides its observations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Findings {
    /// Its steps were measured.
    Measured,
    /// The target's name leads to private addresses alone; nothing was connected to.
    OnlyPrivateAddresses,
    /// A probe of it crashed; the others were measured.
    Crashed,
}

impl Findings {
    /// What came of probes that run side by side, once all have ended.
    pub(super) async fn of(mut probes: JoinSet<()>) -> Self {
        let mut findings = Self::Measured;
        while let Some(ended) = probes.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a probe crashed");
                findings = Self::Crashed;
            }
        }
        findings
    }
}

/// Measures one URL, until `until` at the latest.
pub(super) async fn run(
    fetch: Fetch,
    instruments: Arc<Instruments>,
    resolver: Arc<Resolver>,
    recorder: Recorder,
    until: Instant,
) -> Findings {
    match addresses(&fetch, &instruments, &resolver, &recorder, until).await {
        Ok(addresses) => over(fetch, addresses, instruments, recorder, until).await,
        Err(findings) => findings,
    }
}

/// Measures one URL on these addresses.
pub(super) async fn over(
    fetch: Fetch,
    addresses: Vec<IpAddr>,
    instruments: Arc<Instruments>,
    recorder: Recorder,
    until: Instant,
) -> Findings {
    let samples = repeats::samples(&fetch, &addresses);
    let fetch = Arc::new(fetch);
    let mut probes = JoinSet::new();
    let longest = if instruments.is_patient && fetch.subject == Subject::Target {
        samples.iter().position(|sample| route::leads_to(sample.address))
    } else {
        None
    };
    let roles = patience::roles(samples.len(), longest);
    for (sample, role) in samples.into_iter().zip(roles) {
        let recorder = recorder.keeping(sample.keeps);
        probes.spawn(probe(fetch.clone(), sample, role, instruments.clone(), recorder, until));
    }
    Findings::of(probes).await
}

/// The addresses to look at: resolved, permitted, and no more of them than say something new.
async fn addresses(
    fetch: &Fetch,
    instruments: &Instruments,
    resolver: &Resolver,
    recorder: &Recorder,
    until: Instant,
) -> Result<Vec<IpAddr>, Findings> {
    let name = match fetch.target.url().host() {
        Some(Host::Ipv4(address)) => return Ok(vec![address.into()]),
        Some(Host::Ipv6(address)) => return Ok(vec![address.into()]),
        Some(Host::Domain(name)) => name,
        None => return Ok(Vec::new()),
    };
    let began = Instant::now();
    let found = match resolver.resolve(name, until.min(began + deadlines::DNS)).await {
        Ok(found) => found,
        Err(broken) => {
            recorder.fail(Step::Dns, None, began, broken).await;
            return Err(Findings::Measured);
        }
    };
    let Found { addresses, cnames } = found;
    let permits = |address: &IpAddr| fetch.permits(*address, &instruments.contacts);
    let may_be_nat64 = addresses.iter().any(|address| address.is_ipv6() && !permits(address));
    let nat64 = if may_be_nat64 { Nat64::find(resolver, until).await } else { Nat64::default() };
    let (permitted, private): (Vec<IpAddr>, Vec<IpAddr>) =
        addresses.into_iter().partition(|address| permits(address) || nat64.leads_outside(*address));
    if permitted.is_empty() {
        if *recorder.subject() == Subject::Target {
            return Err(Findings::OnlyPrivateAddresses);
        }
        // A private address for a public control is the resolver's nonsense, not a place to go.
        recorder.fail(Step::Dns, None, began, Broken::after_names(Failure::DnsFailed, cnames)).await;
        return Err(Findings::Measured);
    }
    if !private.is_empty() && *recorder.subject() == Subject::Target {
        recorder.tell(News::PrivateName).await;
    }
    let chosen = first_of_each_family(&permitted, fetch.addresses_per_family);
    recorder.record(Step::Dns, None, began, Outcome::Resolved { addresses: permitted, cnames }).await;
    Ok(chosen)
}

/// One sample: TCP, TLS where the URL wants it, and one GET, over one fresh connection; and the same again where a target's
/// answer leads on, to where it ends.
async fn probe(
    fetch: Arc<Fetch>,
    sample: Sample,
    role: Role,
    instruments: Arc<Instruments>,
    recorder: Recorder,
    until: Instant,
) {
    sleep(sample.after).await;
    let mut leg = Leg { target: fetch.target.clone(), address: sample.address, body: sample.body, role };
    let mut recorder = recorder;
    for hop in 0..=LONGEST_WAY {
        let Some(led_on) = leg.walk(&fetch, &instruments, &recorder, until).await else { return };
        let next = match led_on.to.filter(|_| hop < LONGEST_WAY) {
            Some(next) => redirect::first_step(next, &instruments, until).await,
            None => Err(None),
        };
        match next {
            // The steps to the first answer are told; of the way on only its end.
            Ok((target, address)) => {
                leg = Leg { target, address, ..leg };
                recorder = recorder.keeping(Keeps::TheEnd);
            }
            // Its name leads nowhere: the page fails there, and the page's own name is none the worse.
            Err(Some(failure)) => {
                return recorder.fail(Step::Http, Some(leg.address), led_on.began, failure.into()).await;
            }
            // Not a way that is followed: the answer is that it leads there.
            Err(None) => {
                let answered = Outcome::Answered(led_on.answer);
                return recorder.record(Step::Http, Some(leg.address), led_on.began, answered).await;
            }
        }
    }
}

/// One address on the way.
struct Leg {
    target: Target,
    address: IpAddr,
    body: BodyWanted,
    role: Role,
}

/// An answer that leads on.
struct LedOn {
    answer: Answer,
    began: Instant,
    to: Option<Target>,
}

impl Leg {
    /// Records the steps; an answer that leads on is handed back in place of being recorded.
    async fn walk(
        &mut self,
        fetch: &Fetch,
        instruments: &Instruments,
        recorder: &Recorder,
        until: Instant,
    ) -> Option<LedOn> {
        let (url, address) = (self.target.url().clone(), self.address);
        let port = url.port_or_known_default()?;
        let within = |role: &Role, step| until.min(Instant::now() + role.limit(step));
        let limit = within(&self.role, Step::Tcp);
        let stream = self.connection(recorder, Step::Tcp, limit, tcp::connect(SocketAddr::new(address, port))).await?;

        // The HTTP step keeps its own limit, so that a status that came is not lost with a body that did not.
        let body = self.body;
        let asking = |limit| (Question::get(url.clone(), body, limit), limit + deadlines::HTTP_SLACK);
        if url.scheme() == "https" {
            let host = self.target.host().to_owned();
            let limit = within(&self.role, Step::Tls);
            let securing = tls::handshake(&instruments.trust, &host, stream);
            let secured = self.connection(recorder, Step::Tls, limit, securing).await?;
            let protocol = tls::agreed_protocol(&secured);
            let (question, limit) = asking(within(&self.role, Step::Http));
            self.heard(fetch, recorder, limit, http::ask(secured, protocol, question)).await
        } else {
            let (question, limit) = asking(within(&self.role, Step::Http));
            self.heard(fetch, recorder, limit, http::ask(stream, Protocol::Http1, question)).await
        }
    }

    /// A step before the answer.
    async fn connection<T>(
        &mut self,
        recorder: &Recorder,
        step: Step,
        limit: Instant,
        work: impl Future<Output = Result<(Outcome, T), Broken>>,
    ) -> Option<T> {
        let began = Instant::now();
        match timeout_at(limit, work).await.unwrap_or_else(|_| Err(timed_out(step).into())) {
            Ok((outcome, next)) => {
                self.role.note(step, began, false);
                recorder.record(step, Some(self.address), began, outcome).await;
                Some(next)
            }
            Err(broken) => {
                self.failed(recorder, step, began, broken).await;
                None
            }
        }
    }

    async fn failed(&mut self, recorder: &Recorder, step: Step, began: Instant, broken: Broken) {
        let is_silence = broken.failure == timed_out(step) && broken.so_far.is_none();
        let failed = recorder.failed(step, Some(self.address), began, broken);
        if !is_silence {
            self.role.note(step, began, true);
        } else if self.role.was_only_slow().await {
            return;
        }
        if let Some(failed) = failed {
            recorder.pass(failed).await;
        }
    }

    async fn heard(
        &mut self,
        fetch: &Fetch,
        recorder: &Recorder,
        limit: Instant,
        asking: impl Future<Output = Result<Heard, Broken>>,
    ) -> Option<LedOn> {
        let (began, address) = (Instant::now(), Some(self.address));
        let heard = timeout_at(limit, asking).await.unwrap_or_else(|_| Err(timed_out(Step::Http).into()));
        match heard {
            Ok(Heard { answer, .. }) if fetch.follows && redirect::is_one(&answer) => {
                let to = redirect::target(self.target.url(), &answer);
                return Some(LedOn { answer, began, to });
            }
            Ok(Heard { answer, .. }) => {
                self.role.note(Step::Http, began, true);
                recorder.record(Step::Http, address, began, Outcome::Answered(answer)).await;
            }
            Err(broken) => self.failed(recorder, Step::Http, began, broken).await,
        }
        None
    }
}

/// As many as browsers follow (Fetch, 4.4: 20). A longer way, or a circle, may only be for want of cookies: then the last
/// answer counts, as one that was given.
const LONGEST_WAY: usize = 20;

fn first_of_each_family(addresses: &[IpAddr], count: usize) -> Vec<IpAddr> {
    let v4 = addresses.iter().filter(|address| address.is_ipv4()).take(count);
    let v6 = addresses.iter().filter(|address| address.is_ipv6()).take(count);
    v4.chain(v6).copied().collect()
}
