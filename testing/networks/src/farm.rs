//! Real servers as edges and origins, each with its own error pages.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use anyhow::Result;
use tokio::process::Child;

mod server;

mod configurations;

use server::OLD_CIPHERS_AT;
pub(crate) use server::Server;

use crate::certificates::Authority;
use crate::pages::{CRASHED, FINE, MAINTENANCE};
use crate::says::{self, Says, page};

/// What happens behind the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behind {
    Fine,
    Maintenance,
    Crash,
    Closes,
    Hangs,
    Dead,
    /// Maintenance with more headers than plain clients take, and fewer than browsers do.
    BigHeaders,
}

impl Behind {
    pub(crate) const ALL: [Self; 7] =
        [Self::Fine, Self::Maintenance, Self::Crash, Self::Closes, Self::Hangs, Self::Dead, Self::BigHeaders];

    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Maintenance => "maintenance",
            Self::Crash => "crash",
            Self::Closes => "closes",
            Self::Hangs => "hangs",
            Self::Dead => "dead",
            Self::BigHeaders => "big-headers",
        }
    }

    const fn port(self) -> u16 {
        8001 + self as u16
    }

    fn says(self) -> Option<Says> {
        let own: &[(&str, &str)] = &[("Server", "gunicorn")];
        match self {
            Self::Fine => Some(page(200, own, FINE)),
            Self::Maintenance => Some(page(503, own, MAINTENANCE)),
            Self::Crash => Some(page(500, own, CRASHED)),
            Self::Closes => Some(Says::Empty),
            Self::Hangs => Some(Says::Stall),
            Self::Dead => None,
            Self::BigHeaders => {
                let value = "v".repeat(3000);
                let rows: Vec<String> = (0..20).map(|nth| format!("X-Row-{nth}")).collect();
                let headers: Vec<(&str, &str)> = rows.iter().map(|row| (row.as_str(), value.as_str())).collect();
                Some(page(503, &headers, MAINTENANCE))
            }
        }
    }
}

/// The site of this server with this behind it.
pub(crate) fn host(server: Server, behind: Behind) -> String {
    format!("www.{}-{}.org", server.label(), behind.label())
}

/// A site whose server knows only ciphers that browsers still take and newer libraries do not: RSA without an exchange of
/// keys, and CBC.
pub(crate) const OLD_CIPHERS: &str = "www.old-ciphers-lab.org";

/// Every site's name and address.
pub(crate) fn names() -> impl Iterator<Item = (String, Ipv4Addr)> {
    let old = std::iter::once((OLD_CIPHERS.to_owned(), OLD_CIPHERS_AT));
    sites().map(|(server, behind)| (host(server, behind), server.address())).chain(old)
}

fn sites() -> impl Iterator<Item = (Server, Behind)> {
    Server::ALL.into_iter().flat_map(|server| Behind::ALL.into_iter().map(move |behind| (server, behind)))
}

/// Where the applications behind the servers are.
const BACKENDS: Ipv4Addr = Ipv4Addr::new(11, 1, 0, 1);

/// Starts them all.
pub(crate) async fn start(dir: &Path, root: &Authority) -> Result<Vec<Child>> {
    for behind in Behind::ALL {
        if let Some(says) = behind.says() {
            says::serve_at((BACKENDS, behind.port()).into(), None, says)?;
        }
    }
    let names: Vec<String> = names().map(|(host, _)| host).collect();
    let pem = root.sign(&names)?.write(dir, "farm")?;
    let rsa = dir.join("rsa.key");
    let shown = rsa.display();
    crate::netns::shell(&format!("openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out {shown}"))
        .await?;
    let old = root.sign_for(&[OLD_CIPHERS.to_owned()], &std::fs::read_to_string(&rsa)?)?;
    old.write(dir, "old-ciphers")?;
    let mut servers = Vec::new();
    for server in Server::ALL {
        let all = Behind::ALL.map(|behind| (host(server, behind), SocketAddr::from((BACKENDS, behind.port()))));
        let command = configurations::command(server, server.address(), &all, dir, &pem).await?;
        servers.push(crate::process::start(command, dir, server.label())?);
    }
    for server in Server::ALL {
        let ports: Vec<SocketAddr> = vec![(server.address(), server.port()).into()];
        crate::process::ready(&ports, dir, server.label()).await?;
    }
    Ok(servers)
}
