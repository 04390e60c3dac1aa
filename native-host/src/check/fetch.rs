//! One fetch: the name, then every address side by side, each as far as it gets.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use detour_core::failure::Failure;
use detour_core::observation::{Outcome, Step, Subject};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use url::Host;

use super::dns::{Found, Resolver};
use super::plan::Fetch;
use super::recorder::{Broken, News, Recorder};
use super::repeats::{self, Sample};
use super::{Instruments, deadlines, http, tcp, tls};

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
    for sample in samples {
        probes.spawn(probe(fetch.clone(), sample, instruments.clone(), recorder.keeping(sample.keeps), until));
    }
    let mut findings = Findings::Measured;
    while let Some(ended) = probes.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a probe crashed");
            findings = Findings::Crashed;
        }
    }
    findings
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
    let (permitted, private): (Vec<IpAddr>, Vec<IpAddr>) =
        addresses.into_iter().partition(|address| fetch.permits(*address, &instruments.config));
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

/// TCP, TLS where the URL wants it, and one GET, over one fresh connection.
async fn probe(fetch: Arc<Fetch>, sample: Sample, instruments: Arc<Instruments>, recorder: Recorder, until: Instant) {
    let url = fetch.target.url();
    let Some(port) = url.port_or_known_default() else { return };
    sleep(sample.after).await;
    let address = sample.address;
    let within = |limit| until.min(Instant::now() + limit);

    let connecting = tcp::connect(SocketAddr::new(address, port));
    let Some(stream) = recorder.measure(Step::Tcp, address, within(deadlines::TCP), connecting).await else { return };

    // The HTTP step keeps its own limit, so that a status that came is not lost with a body that did not.
    let asking = |limit| (http::Question::get(url.clone(), sample.body, limit), limit + deadlines::HTTP_SLACK);
    if url.scheme() == "https" {
        let securing = tls::handshake(&instruments.trust, fetch.target.host(), stream);
        let Some(secured) = recorder.measure(Step::Tls, address, within(deadlines::TLS), securing).await else {
            return;
        };
        let protocol = tls::agreed_protocol(&secured);
        let (question, limit) = asking(within(deadlines::HTTP));
        recorder.measure(Step::Http, address, limit, http::answer(secured, protocol, question)).await;
    } else {
        let (question, limit) = asking(within(deadlines::HTTP));
        recorder.measure(Step::Http, address, limit, http::answer(stream, http::Protocol::Http1, question)).await;
    }
}

fn first_of_each_family(addresses: &[IpAddr], count: usize) -> Vec<IpAddr> {
    let v4 = addresses.iter().filter(|address| address.is_ipv4()).take(count);
    let v6 = addresses.iter().filter(|address| address.is_ipv6()).take(count);
    v4.chain(v6).copied().collect()
}
