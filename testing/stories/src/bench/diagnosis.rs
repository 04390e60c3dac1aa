//! The native host's diagnosis: from the request to the first words and to the verdict, against the slowest single
//! probe. Where all is measured side by side, the verdict takes little longer than that one probe.
//!
//! A *probe* is one subject on one address: its name's resolution, connection, handshake and answer, one after the
//! other. Remote probes are one as well, from the order to the last result. Through a proxy, which looks names up itself, a
//! probe is one subject: the tunnel, the handshake and the answer.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use detour_core::observation::{Observation, Step, Subject, Vantage};
use detour_core::port::{CheckId, PROTOCOL, Reply, Request, Scope};
use detour_core::proxy::{BrowserProxy, ProxyMode};
use detour_core::target::Target;
use detour_core::verdict::{self, Case, Fault};
use detour_lab::{Behaviour, Lab, Switch};
use serde_json::{Value, json};

use super::figures::{quantile, summary};
use super::port::Running;
use crate::office::{self, Office};
use crate::place;

/// A kind of failure, and how closely it is looked at.
struct Kind {
    name: &'static str,
    url: &'static str,
    scope: Scope,
    /// Whether one of the anchors takes a second, so that a diagnosis in turns would show.
    has_slow_anchor: bool,
    /// Whether all goes through an HTTP proxy.
    is_proxied: bool,
}

const KINDS: [Kind; 5] = [
    Kind {
        name: "503 of the CDN for one site",
        url: "https://www.theguardian.com/",
        scope: Scope::Usual,
        has_slow_anchor: true,
        is_proxied: false,
    },
    Kind {
        name: "503 of the CDN for one site, through a proxy",
        url: "https://www.theguardian.com/",
        scope: Scope::Usual,
        has_slow_anchor: true,
        is_proxied: true,
    },
    Kind {
        name: "connection refused",
        url: "https://refused.detour-lab.net/",
        scope: Scope::Usual,
        has_slow_anchor: true,
        is_proxied: false,
    },
    Kind {
        name: "connection refused, through a proxy",
        url: "https://refused.detour-lab.net/",
        scope: Scope::Usual,
        has_slow_anchor: true,
        is_proxied: true,
    },
    Kind {
        name: "503, looked at closer",
        url: "https://www.theguardian.com/",
        scope: Scope::Closer,
        has_slow_anchor: false,
        is_proxied: false,
    },
];

impl Kind {
    /// What the browser says of its proxy.
    fn proxy(&self) -> Option<BrowserProxy> {
        let at = office::Kind::Http;
        let server = format!("{}://{}", at.scheme(), at.address());
        self.is_proxied.then(|| BrowserProxy {
            mode: ProxyMode::Fixed,
            others: Some(server),
            ..BrowserProxy::default()
        })
    }
}

const SLOW_ANCHOR: &str = "anchor-one.detour-lab.net";

pub(super) async fn measure(lab: &Lab, rounds: u32) -> Result<Value> {
    let mut figures = serde_json::Map::new();
    let _proxy = Office::start(lab, office::Kind::Http).await?;
    lab.set(Switch::edge_fails_for("www.theguardian.com", true)).await?;
    for kind in &KINDS {
        let behaviour = if kind.has_slow_anchor { Behaviour::Delayed(1000) } else { Behaviour::Healthy };
        lab.set(Switch::host(SLOW_ANCHOR, behaviour)).await?;
        let mut host = Running::start(&place::built("host/detour")?, lab)?;
        host.send(&Request::Hello { protocol: PROTOCOL, version: "bench".into() }).await?;
        host.reply().await?;
        // The first check makes what later ones find made.
        Check::run(&mut host, kind, CheckId(0)).await?;
        let mut checks = Vec::new();
        for round in 1..=rounds {
            checks.push(Check::run(&mut host, kind, CheckId(round.into())).await?);
        }
        host.end().await?;
        figures.insert(kind.name.to_owned(), told(kind, &checks)?);
    }
    lab.set(Switch::HealAll).await?;
    Ok(Value::Object(figures))
}

/// Prints and returns what the checks of one kind came to.
fn told(kind: &Kind, checks: &[Check]) -> Result<Value> {
    let all = |figure: fn(&Check) -> f64| checks.iter().map(figure).collect::<Vec<_>>();
    let (words, verdict, slowest) =
        (all(|check| check.first_words), all(|check| check.verdict), all(|check| check.slowest));
    let to_words = all(|check| check.first_words / check.slowest);
    let to_verdict = all(|check| check.verdict / check.slowest);
    let last = checks.last().context("no check was made")?;
    println!(
        "diagnosis, {}: first words {:.0} ms, verdict {:.0} ms, slowest single probe {:.0} ms ({}); ratios {:.3} and {:.3} \
         (worst {:.3}); {} observations, {:?}",
        kind.name,
        quantile(&words, 0.5),
        quantile(&verdict, 0.5),
        quantile(&slowest, 0.5),
        last.slowest_name,
        quantile(&to_words, 0.5),
        quantile(&to_verdict, 0.5),
        quantile(&to_verdict, 1.0),
        last.observations,
        last.fault,
    );
    Ok(json!({
        "first_words_ms": summary(&words),
        "verdict_ms": summary(&verdict),
        "slowest_probe_ms": summary(&slowest),
        "slowest_probe": last.slowest_name,
        "first_words_ratio": summary(&to_words),
        "verdict_ratio": summary(&to_verdict),
        "observations": last.observations,
        "fault": last.fault,
    }))
}

/// One check as it came over the port; times in milliseconds from the request.
struct Check {
    /// To the first observation from which something can be said.
    first_words: f64,
    /// To the end, which is when the verdict is made.
    verdict: f64,
    slowest: f64,
    slowest_name: String,
    observations: usize,
    fault: Fault,
}

impl Check {
    async fn run(host: &mut Running, kind: &Kind, id: CheckId) -> Result<Self> {
        let target = Target::parse(kind.url)?;
        let begin = Instant::now();
        let passed = || begin.elapsed().as_secs_f64() * 1000.0;
        host.send(&Request::Check { id, url: kind.url.into(), scope: kind.scope, proxy: kind.proxy() }).await?;
        let mut seen = Vec::new();
        let mut first_words = None;
        let mut remote = Remote::default();
        let verdict = loop {
            match host.reply().await? {
                Reply::Observed { observation, .. } => {
                    let at = passed();
                    remote.note(&observation, at);
                    // As the command line tells it while it measures.
                    let is_telling = observation.subject == Subject::Target || observation.failure().is_some();
                    seen.push(observation);
                    if is_telling && first_words.is_none() && is_word(judged(&target, &seen)) {
                        first_words = Some(at);
                    }
                }
                Reply::Finished { .. } => break passed(),
                other @ (Reply::Hello { .. } | Reply::Refused { .. } | Reply::Part { .. }) => {
                    bail!("{}: the host said {other:?}", kind.name)
                }
            }
        };
        let (slowest, slowest_name) = slowest(&seen, &remote).context("nothing was seen")?;
        let fault = judged(&target, &seen).unwrap_or(Fault::Passed);
        ensure!(is_word(Some(fault)), "{}: nothing was said", kind.name);
        // Where the target's failures come before any control, nothing is said until the end.
        let first_words = first_words.unwrap_or(verdict);
        Ok(Self { first_words, verdict, slowest, slowest_name, observations: seen.len(), fault })
    }
}

/// What the evidence so far comes to, where it says that something is wrong.
fn judged(target: &Target, seen: &[Observation]) -> Option<Fault> {
    let failure = verdict::failure_here(seen)?;
    let all: Vec<&Observation> = seen.iter().collect();
    let now = seen.iter().map(|seen| seen.at).max().unwrap_or_default();
    let case = Case { target, failure: Some(&failure), seen: &all, published: None, before: None, now };
    Some(verdict::judge(&case).fault)
}

fn is_word(fault: Option<Fault>) -> bool {
    fault.is_some_and(|fault| !matches!(fault, Fault::CantTell | Fault::Unconfirmed))
}

/// The remote probes' span. No observation says it, for each carries the times that the far end measured.
#[derive(Default)]
struct Remote {
    /// They are ordered once the target's name is resolved.
    began: Option<f64>,
    ended: Option<f64>,
}

impl Remote {
    fn note(&mut self, observation: &Observation, at: f64) {
        let is_own_name = observation.subject == Subject::Target && observation.resolver.is_none();
        if is_own_name && observation.step == Step::Dns && observation.vantage == Vantage::Host {
            self.began.get_or_insert(at);
        }
        if matches!(observation.vantage, Vantage::Remote(_)) {
            self.ended = Some(at);
        }
    }

    fn span(&self) -> Option<f64> {
        Some(self.ended? - self.began?)
    }
}

/// The slowest single probe of a check: how long it took, in milliseconds, and which it was.
///
/// Of several samples on one address only the first is told step by step, so each step counts once.
fn slowest(seen: &[Observation], remote: &Remote) -> Option<(f64, String)> {
    let mut names: BTreeMap<&Subject, u64> = BTreeMap::new();
    let mut steps: BTreeMap<(&Subject, Option<IpAddr>, Step), u64> = BTreeMap::new();
    let mut probes: Vec<(u64, String)> = Vec::new();
    for seen in seen.iter().filter(|seen| seen.vantage == Vantage::Host) {
        match (seen.address, &seen.resolver) {
            (None, Some(resolver)) => probes.push((seen.duration_ms, resolver.server.clone())),
            (None, None) if seen.step == Step::Dns => {
                names.entry(&seen.subject).or_insert(seen.duration_ms);
            }
            // Through a proxy nobody knows the address.
            (address, _) => {
                steps.entry((&seen.subject, address, seen.step)).or_insert(seen.duration_ms);
            }
        }
    }
    probes.extend(names.iter().map(|(subject, duration)| (*duration, name(subject))));
    let mut chains: BTreeMap<(&Subject, Option<IpAddr>), u64> = BTreeMap::new();
    for ((subject, address, _), duration) in steps {
        let resolved = names.get(subject).copied().unwrap_or_default();
        *chains.entry((subject, address)).or_insert(resolved) += duration;
    }
    probes.extend(chains.iter().map(|((subject, _), duration)| (*duration, name(subject))));
    #[expect(clippy::cast_precision_loss, reason = "a check takes seconds")]
    let own = probes.into_iter().max().map(|(duration, name)| (duration as f64, name));
    let remote = remote.span().map(|span| (span, "remote probes".to_owned()));
    own.into_iter().chain(remote).max_by(|one, other| one.0.total_cmp(&other.0))
}

fn name(subject: &Subject) -> String {
    subject.host().map_or_else(|| format!("{subject:?}").to_lowercase(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use detour_core::observation::Outcome;

    use super::*;

    fn took(subject: Subject, step: Step, address: Option<&str>, duration_ms: u64) -> Observation {
        let address = address.map(|text| text.parse().unwrap());
        Observation { address, duration_ms, ..Observation::new(Vantage::Host, subject, step, Outcome::Connected) }
    }

    #[test]
    fn a_probes_steps_add_up_and_those_of_others_do_not() {
        let anchor = || Subject::Anchor("a.org".into());
        let seen = [
            took(anchor(), Step::Dns, None, 10),
            took(anchor(), Step::Tcp, Some("192.0.2.1"), 20),
            took(anchor(), Step::Http, Some("192.0.2.1"), 30),
            took(anchor(), Step::Http, Some("192.0.2.2"), 45),
            took(Subject::Target, Step::Tcp, Some("192.0.2.1"), 50),
            took(Subject::Target, Step::Tcp, Some("192.0.2.1"), 55),
        ];
        assert_eq!(slowest(&seen, &Remote::default()), Some((60.0, "a.org".to_owned())));
        let through_proxy = [
            took(anchor(), Step::Tcp, None, 30),
            took(anchor(), Step::Tls, None, 20),
            took(anchor(), Step::Http, None, 40),
            took(Subject::Target, Step::Http, None, 80),
        ];
        assert_eq!(slowest(&through_proxy, &Remote::default()), Some((90.0, "a.org".to_owned())));
        let remote = Remote { began: Some(5.0), ended: Some(70.0) };
        assert_eq!(slowest(&seen, &remote), Some((65.0, "remote probes".to_owned())));
    }
}
