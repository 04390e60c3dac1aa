//! The internet of the scenes: the lab, with a resolver that other networks can ask, sites of our own and real servers.

use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use detour_lab::{Behaviour, Lab, Switch, hosts};
use tokio::process::{Child, Command};

use crate::certificates::Authority;
use crate::farm;
use crate::pages::Cdn;
use crate::process::{ready, start};
use crate::sites::{self, CANARIES, Canaries, Site};
use crate::{netns, says};

/// Everything that a network may reach.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) lab: Lab,
    /// Folder for files of ours.
    pub(crate) dir: PathBuf,
    /// What browsers and the host trust.
    pub(crate) trusted: PathBuf,
    /// The same, with the authorities in between that browsers fetch or know.
    pub(crate) trusted_by_browsers: PathBuf,
    /// Signs what nobody trusts: for portals and inspecting proxies.
    pub(crate) untrusted: Authority,
    servers: Vec<Child>,
}

/// Where networks' resolvers ask.
pub(crate) const RESOLVER: Ipv4Addr = Ipv4Addr::new(11, 0, 0, 53);

impl World {
    /// Starts everything; each server of it accepts connections then.
    pub(crate) async fn start(dir: &Path) -> Result<Self> {
        let lab = Lab::start(&dir.join("lab")).await?;
        let dir = Self::dir(dir)?;
        // Numbers of processes come again in each run, and with them what an earlier one left.
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir)?;
        let root = Authority::root("Detour networks")?;
        let between = root.below("Detour networks, one below")?;
        let untrusted = Authority::root("Somebody's appliance")?;
        let lab_ca = std::fs::read_to_string(lab.ca())?;
        let trusted = dir.join("trusted.pem");
        std::fs::write(&trusted, format!("{lab_ca}{}", root.pem))?;
        let trusted_by_browsers = dir.join("trusted-by-browsers.pem");
        std::fs::write(&trusted_by_browsers, format!("{lab_ca}{}{}", root.pem, between.pem))?;
        let sites = sites::all();
        let mut world = Self { lab, dir, trusted, trusted_by_browsers, untrusted, servers: Vec::new() };
        world.serve_sites(&sites, &root, &between)?;
        let farm = farm::start(&world.dir, &root).await?;
        world.servers.extend(farm);
        world.start_resolver(&sites).await?;
        world.throw_switches().await?;
        for canaries in Canaries::ALL {
            std::fs::write(world.host_config(canaries), host_config(&world.trusted, canaries))?;
        }
        Ok(world)
    }

    /// Where a run in this folder keeps files of ours.
    pub(crate) fn dir(run: &Path) -> Result<PathBuf> {
        Ok(std::path::absolute(run)?.join("networks"))
    }

    /// The host's configuration with these canaries.
    pub(crate) fn host_config(&self, canaries: Canaries) -> PathBuf {
        self.dir.join(format!("host-{}.toml", canaries.label()))
    }

    pub(crate) async fn stop(mut self) {
        for server in &mut self.servers {
            let _ = server.kill().await;
        }
        self.lab.stop().await;
    }

    fn serve_sites(&self, sites: &[Site], root: &Authority, between: &Authority) -> Result<()> {
        let names: Vec<String> = sites.iter().map(|site| site.host.clone()).collect();
        let (whole, short) = (root.sign(&names)?.server()?, between.sign(&names)?.server()?);
        for site in sites {
            let tls = if site.is_chain_incomplete { short.clone() } else { whole.clone() };
            says::serve_at((site.address, 443).into(), Some(tls), site.says.clone())
                .with_context(|| format!("listening for {}", site.host))?;
            says::serve_at((site.address, 80).into(), None, site.says.clone())?;
        }
        Ok(())
    }

    /// The lab's own resolver is on loopback, where no other network gets to; this one asks it, and knows our sites.
    async fn start_resolver(&mut self, sites: &[Site]) -> Result<()> {
        let mut conf = format!(
            "no-resolv\nno-hosts\nuser=root\ngroup=root\npid-file=\nbind-interfaces\nlisten-address={RESOLVER}\nserver=127.0.0.53\ncache-size=0\n"
        );
        for site in sites {
            match &site.alias {
                Some(alias) => {
                    let _ = writeln!(conf, "host-record={alias},{}\ncname={},{alias}", site.address, site.host);
                }
                None => {
                    let _ = writeln!(conf, "host-record={},{}", site.host, site.address);
                }
            }
        }
        for (host, address) in farm::names() {
            let _ = writeln!(conf, "host-record={host},{address}");
        }
        let path = self.dir.join("resolver.conf");
        std::fs::write(&path, conf)?;
        let mut command = Command::new("dnsmasq");
        command.arg("-k").arg("-C").arg(&path);
        let resolver = start(command, &self.dir, "resolver")?;
        self.servers.push(resolver);
        ready(&[(RESOLVER, 53).into()], &self.dir, "resolver").await
    }

    /// Some of the lab's sites fail from the beginning; no two scenes need the same one otherwise.
    async fn throw_switches(&self) -> Result<()> {
        let switches = [
            Switch::edge_fails_for(EDGE_FAILS, true),
            Switch::host(&format!("origin.{ORIGIN_GONE}"), Behaviour::Refused),
            Switch::OriginSays {
                site: IN_MAINTENANCE.into(),
                status: 503,
                page: detour_lab::switch::OriginPage::Maintenance,
            },
            Switch::Dns { name: Some(FILTERED.into()), mode: detour_lab::switch::Dns::Filtered },
            Switch::Dns { name: Some(POISONED.into()), mode: detour_lab::switch::Dns::Poisoned },
        ];
        for switch in switches {
            self.lab.set(switch).await?;
        }
        Ok(())
    }
}

/// The first edge makes an error for this site alone.
pub(crate) const EDGE_FAILS: &str = "www.ign.com";
/// The edge does not reach this site's origin.
pub(crate) const ORIGIN_GONE: &str = "www.bbc.co.uk";
/// This site's own servers are being worked on.
pub(crate) const IN_MAINTENANCE: &str = "www.gov.uk";
/// The user's resolver says that this name does not exist.
pub(crate) const FILTERED: &str = "www.amazon.com";
/// The user's resolver leads to somebody else in place of this site.
pub(crate) const POISONED: &str = "www.twitch.tv";

/// Everything the host may ask stands in the lab; literal addresses are others than the named anchors', as outside.
fn host_config(trusted: &Path, canaries: Canaries) -> String {
    let quoted = |items: Vec<String>| {
        let items: Vec<String> = items.iter().map(|item| format!("\"{item}\"")).collect();
        format!("[{}]", items.join(", "))
    };
    let anchors = quoted(hosts::ANCHORS.iter().map(|name| format!("https://{name}/")).collect());
    let literals = quoted(hosts::DOH_ADDRESSES.iter().map(|address| format!("{address}:443")).collect());
    let doh = quoted(hosts::DOH_ADDRESSES.iter().map(|address| format!("https://{address}/dns-query")).collect());
    let mut text = format!(
        "extra_root_certificates = [\"{}\"]\nask_status_pages = false\n[resolvers]\ndoh = {doh}\n[anchors]\nhosts = {anchors}\naddresses = {literals}\n\
         [portal]\nurl = \"http://{}/generate_204\"\nexpect_status = 204\n[globalping]\napi = \"\"\n[archives]\non = false\n[canaries]\n",
        trusted.display(),
        hosts::PORTAL_PROBE,
    );
    for cdn in Cdn::ALL {
        let urls = (0..CANARIES).map(|nth| format!("https://{}/", sites::host(&canaries.site(cdn, nth)))).collect();
        let _ = writeln!(text, "\"{}\" = {}", cdn.name(), quoted(urls));
    }
    text
}

/// Makes the lab's world ready for other networks.
pub(crate) async fn open_to_networks() -> Result<()> {
    netns::prepare().await?;
    netns::shell("echo 1 > /proc/sys/net/ipv4/ip_forward").await
}
