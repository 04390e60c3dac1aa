//! Name resolution: the operating system's answer counts, a resolver of our own says why.
//!
//! `getaddrinfo` knows hosts files, mDNS and VPNs, so its addresses are the ones that browsers use. But it
//! folds SERVFAIL, REFUSED and silence into one code and hides the CNAMEs; those come from asking the same
//! servers directly. Nothing is cached: a check is made because something has just changed.

use std::net::{IpAddr, SocketAddr};

use detour_model::failure::Failure;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use hickory_resolver::{ResolverBuilder, TokioResolver};
use tokio::time::{Instant, timeout, timeout_at};

use crate::deadlines;
use crate::recorder::Broken;

/// The resolvers of one check.
pub(super) struct Resolver {
    /// Asks servers directly; `None` where the system does not say which.
    direct: Option<TokioResolver>,
    uses_system: bool,
}

/// What a name leads to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) addresses: Vec<IpAddr>,
    pub(super) cnames: Vec<String>,
}

impl Resolver {
    /// With the system's servers, or with this one in their place.
    pub(super) fn new(configured: Option<SocketAddr>) -> Self {
        let direct = match configured {
            Some(server) => finish(TokioResolver::builder_with_config(single(server), TokioRuntimeProvider::default())),
            None => TokioResolver::builder_tokio().and_then(finish),
        };
        let direct = direct.inspect_err(|error| tracing::warn!(%error, "no resolver of our own")).ok();
        Self { direct, uses_system: configured.is_none() }
    }

    /// One that knows no name, for services that are named by their address.
    pub(super) const fn none() -> Self {
        Self { direct: None, uses_system: false }
    }

    /// The addresses of a name, or why there are none and how far its chain of CNAMEs went.
    pub(super) async fn resolve(&self, name: &str, limit: Instant) -> Result<Found, Broken> {
        let answer = if self.uses_system {
            self.resolve_by_system(name, limit).await
        } else {
            timeout_at(limit, self.ask(name)).await.unwrap_or(Err(Failure::DnsUnreachable))
        };
        tracing::debug!(name, ?answer, "resolved");
        match answer {
            Ok(found) => Ok(found),
            // Nobody has answered: asking on would only take the time away from the rest.
            Err(failure @ Failure::DnsUnreachable) => Err(failure.into()),
            Err(failure) => Err(Broken::after_names(failure, self.chain(name, limit).await)),
        }
    }

    /// The CNAMEs of a name that has no address, one at a time: together with a failure servers send none.
    async fn chain(&self, name: &str, limit: Instant) -> Vec<String> {
        let mut chain = Vec::new();
        let (Some(direct), Some(mut name)) = (&self.direct, absolute(name)) else { return chain };
        while chain.len() < LONGEST_CHAIN {
            let asking = timeout_at(limit, direct.lookup(name, RecordType::CNAME));
            let Ok(Ok(lookup)) = asking.await else { break };
            let Some(next) = lookup.answers().iter().find_map(alias) else { break };
            name = next;
            let text = plain(&name);
            if chain.contains(&text) {
                break;
            }
            chain.push(text);
        }
        chain
    }

    async fn resolve_by_system(&self, name: &str, limit: Instant) -> Result<Found, Failure> {
        // Port 0: only the addresses are wanted.
        let looking_up = async {
            let addresses = tokio::net::lookup_host((name, 0)).await?;
            Ok(addresses.map(|address| address.ip()).collect())
        };
        settled(looking_up, self.ask(name), limit).await
    }

    /// Asks for both families at once; one that answers is enough.
    async fn ask(&self, name: &str) -> Result<Found, Failure> {
        let Some(direct) = &self.direct else { return Err(Failure::DnsFailed) };
        let name = absolute(name).ok_or(Failure::DnsNameNotResolved)?;
        let (v4, v6) = tokio::join!(direct.lookup(name.clone(), RecordType::A), direct.lookup(name, RecordType::AAAA));
        let mut found = Found::default();
        for lookup in [&v4, &v6].into_iter().flatten() {
            found.collect(lookup.answers());
        }
        if found.addresses.is_empty() {
            Err([v4.err(), v6.err()].into_iter().flatten().map(|error| failure(&error)).max_by_key(severity).unwrap_or(
                Failure::DnsNameNotResolved, // CNAMEs that lead to nothing
            ))
        } else {
            Ok(found)
        }
    }
}

/// What the system found, with the chain of names that only the servers tell; or why it found nothing.
async fn settled(
    looking_up: impl Future<Output = std::io::Result<Vec<IpAddr>>>,
    asking: impl Future<Output = Result<Found, Failure>>,
    limit: Instant,
) -> Result<Found, Failure> {
    let (mut looking_up, mut asking) = (std::pin::pin!(looking_up), std::pin::pin!(asking));
    let (mut direct, mut patience) = (None, limit);
    let system = loop {
        tokio::select! {
            system = timeout_at(patience, looking_up.as_mut()) => break system,
            answer = &mut asking, if direct.is_none() => {
                if answer.is_ok() {
                    patience = limit.min(Instant::now() + deadlines::SYSTEM_LAG);
                }
                direct = Some(answer);
            }
        }
    };
    match system {
        Ok(Ok(addresses)) => {
            let direct = match direct {
                Some(answer) => answer,
                None => timeout(deadlines::CNAMES, asking).await.unwrap_or(Err(Failure::DnsUnreachable)),
            };
            let mut found = Found { addresses: Vec::new(), cnames: direct.unwrap_or_default().cnames };
            for address in addresses {
                if !found.addresses.contains(&address) {
                    found.addresses.push(address);
                }
            }
            if found.addresses.is_empty() { Err(Failure::DnsNameNotResolved) } else { Ok(found) }
        }
        Ok(Err(error)) => {
            tracing::debug!(%error, "the system found no address");
            let direct = match direct {
                Some(answer) => answer,
                None => timeout_at(limit, asking).await.unwrap_or(Err(Failure::DnsUnreachable)),
            };
            // The servers answer and the system does not pass it on: what counts is the system.
            Err(direct.err().unwrap_or(Failure::DnsFailed))
        }
        Err(_) => match direct {
            // It waits for one of its servers, and another one has answered: so will it, in the end.
            Some(Ok(found)) => Ok(found),
            // It was told SERVFAIL at best, and tries on.
            Some(Err(failure)) => Err(failure),
            None => Err(Failure::DnsUnreachable),
        },
    }
}

fn single(server: SocketAddr) -> ResolverConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = server.port();
        connection
    });
    let server = NameServerConfig::new(server.ip(), true, connections.into());
    ResolverConfig::from_parts(None, Vec::new(), vec![server])
}

fn finish(mut builder: ResolverBuilder<TokioRuntimeProvider>) -> Result<TokioResolver, NetError> {
    let options = builder.options_mut();
    options.timeout = deadlines::DNS_TRY;
    options.attempts = 1;
    options.cache_size = 0;
    options.use_hosts_file = ResolveHosts::Never;
    builder.build()
}

impl Found {
    /// Takes in the records of an answer.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum that grows; what is new falls to the last arm")]
    pub(super) fn collect(&mut self, records: &[Record]) {
        for record in records {
            match &record.data {
                RData::A(address) => self.addresses.push(IpAddr::V4(address.0)),
                RData::AAAA(address) => self.addresses.push(IpAddr::V6(address.0)),
                RData::CNAME(name) => {
                    let name = plain(&name.0);
                    if !self.cnames.contains(&name) {
                        self.cnames.push(name);
                    }
                }
                _ => {}
            }
        }
    }
}

/// A name as a URL means it: the search list is for names that people type.
pub(super) fn absolute(name: &str) -> Option<Name> {
    let mut name = Name::from_utf8(name).ok()?;
    name.set_fqdn(true);
    Some(name)
}

fn alias(record: &Record) -> Option<Name> {
    if let RData::CNAME(name) = &record.data { Some(name.0.clone()) } else { None }
}

fn plain(name: &Name) -> String {
    name.to_string().trim_end_matches('.').to_ascii_lowercase()
}

/// What a resolver's error means. NODATA counts as "no such name": there is nothing to connect to.
#[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum that grows; what is new falls to the last arm")]
fn failure(error: &NetError) -> Failure {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) => from_code(none.response_code),
        NetError::Dns(DnsError::ResponseCode(code)) => from_code(*code),
        NetError::Timeout | NetError::Io(_) | NetError::NoConnections | NetError::Busy => Failure::DnsUnreachable,
        _ => Failure::DnsFailed,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum that grows; what is new falls to the last arm")]
pub(super) fn from_code(code: ResponseCode) -> Failure {
    match code {
        ResponseCode::NXDomain | ResponseCode::NoError => Failure::DnsNameNotResolved,
        _ => Failure::DnsFailed,
    }
}

/// Where the two families fail differently, the one that got furthest from an answer speaks for both:
/// a name with AAAA trouble alone would have had an address by its A record.
pub(super) const fn severity(failure: &Failure) -> u8 {
    if matches!(failure, Failure::DnsFailed) {
        2
    } else if matches!(failure, Failure::DnsUnreachable) {
        1
    } else {
        0
    }
}

/// Real chains have two to five links; a longer one leads nowhere.
const LONGEST_CHAIN: usize = 8;

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::time::Duration;

    use super::*;

    fn found(address: &str) -> Found {
        Found { addresses: vec![address.parse().unwrap()], cnames: vec!["edge.example.net".to_owned()] }
    }

    #[tokio::test(start_paused = true)]
    async fn a_system_that_waits_for_a_silent_server_is_not_waited_for_once_another_one_has_answered() {
        let began = Instant::now();
        let limit = began + deadlines::DNS;
        let answer = settled(pending(), async { Ok(found("192.0.2.1")) }, limit).await;
        assert_eq!(answer, Ok(found("192.0.2.1")));
        assert!(began.elapsed() < deadlines::DNS, "there is time left for the site itself");
        let soon = || Instant::now() + Duration::from_millis(50);
        assert_eq!(settled(pending(), pending(), soon()).await, Err(Failure::DnsUnreachable));
        assert_eq!(settled(pending(), async { Err(Failure::DnsFailed) }, soon()).await, Err(Failure::DnsFailed));
    }

    #[tokio::test(start_paused = true)]
    async fn the_systems_addresses_count_and_the_servers_names() {
        let system = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok(vec!["192.0.2.7".parse().unwrap(); 2])
        };
        let limit = Instant::now() + deadlines::DNS;
        assert_eq!(settled(system, async { Ok(found("192.0.2.1")) }, limit).await, Ok(found("192.0.2.7")));
        let denied = async { Err(std::io::Error::other("no such name")) };
        assert_eq!(settled(denied, async { Ok(found("192.0.2.1")) }, limit).await, Err(Failure::DnsFailed));
    }
}
