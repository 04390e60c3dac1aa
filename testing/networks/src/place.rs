//! A network that stands: a client and a router in namespaces of their own, and the programs on the router.
//!
//! The router needs no packet filter: its routing rules say, by port, what is lost, what is refused, and what its own
//! servers answer in place of whom it was meant for.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use tokio::process::Child;
use tokio::sync::Semaphore;

use crate::around::Around;
use crate::network::{Capture, Names, Network, Part};
use crate::process;
use crate::says;
use crate::world::{RESOLVER, World};
use crate::{nat64, netns, programs, shaper, vpn};

/// A network with its programs; they end with it.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) network: Network,
    /// The client's namespace.
    pub(crate) client: String,
    pub(crate) resolv: PathBuf,
    /// Whose turn it is.
    pub(crate) turns: Semaphore,
    /// Who went around the proxy, where there is one.
    pub(crate) around: Option<Around>,
    gateway: Ipv4Addr,
    name_server: SocketAddr,
    _programs: Vec<Child>,
}

impl Place {
    /// Builds the nth network.
    pub(crate) async fn build(world: &World, network: &Network, nth: u8) -> Result<Self> {
        let (router, client) = (format!("router{nth}"), format!("client{nth}"));
        let gateway = Ipv4Addr::new(10, 100, nth, 1);
        netns::shell(&links(nth, network)).await.with_context(|| format!("building {}", network.name))?;
        let dir = world.dir.join(network.name);
        std::fs::create_dir_all(&dir)?;
        let mut programs = Vec::new();
        let name_server = match &network.names {
            Names::Router(lines) => {
                programs.push(dnsmasq(&router, gateway, lines, &dir)?);
                format!("nameserver {gateway}\n")
            }
            Names::Nat64(prefix) => {
                programs.extend(nat64::start(nth, prefix, &dir).await?);
                format!("nameserver {}\n", nat64::gateway(nth))
            }
            Names::Refused | Names::Silent => format!("nameserver {gateway}\n"),
            Names::BehindVpn => format!("nameserver {}\n", vpn::resolver(nth)),
            Names::SearchWildcard => {
                programs.push(dnsmasq(&router, gateway, &[format!("address=/{WILD}/{ASTRAY}")], &dir)?);
                format!("nameserver {gateway}\n")
            }
            Names::SilentFirst => {
                programs.push(dnsmasq(&router, gateway, &[], &dir)?);
                format!("nameserver 10.100.{nth}.9\nnameserver {gateway}\n")
            }
        };
        let name_server = match &network.names {
            Names::SearchWildcard => format!("search {WILD}\n{name_server}"),
            Names::Router(_)
            | Names::Refused
            | Names::Silent
            | Names::SilentFirst
            | Names::BehindVpn
            | Names::Nat64(_) => name_server,
        };
        let resolv = dir.join("resolv.conf");
        std::fs::write(&resolv, name_server)?;
        for part in &network.parts {
            match part {
                Part::Captures(port, capture) => serve(&router, Ipv4Addr::UNSPECIFIED, *port, capture, world).await?,
                Part::Serves(port, capture) => serve(&router, gateway, *port, capture, world).await?,
                Part::Runs(program) => programs.extend(programs::start(*program, &router, gateway, world, &dir).await?),
                Part::Shaped(shape) => programs.push(shaper::start(&router, *shape, &dir).await?),
                Part::Vpn(_) => programs.push(vpn::start(&client, &dir)?),
                Part::Drops(..)
                | Part::Rejects(..)
                | Part::Lets(..)
                | Part::NoUplink
                | Part::NoLink
                | Part::NoAddress
                | Part::NoRoute
                | Part::SilentRouter => {}
            }
        }
        let at = match network.names {
            Names::Nat64(_) => SocketAddr::new(nat64::gateway(nth).parse()?, 53),
            Names::Router(_)
            | Names::Refused
            | Names::Silent
            | Names::SilentFirst
            | Names::BehindVpn
            | Names::SearchWildcard => (gateway, 53).into(),
        };
        let around = if network.environment.is_empty() {
            None
        } else {
            Some(Around::watch(&router, Ipv4Addr::new(10, 100, nth, 2), gateway).await?)
        };
        let place = Self {
            around,
            network: network.clone(),
            client,
            resolv,
            gateway,
            name_server: at,
            turns: Semaphore::new(Self::at_once(network)),
            _programs: programs,
        };
        place.wait_for_names().await;
        Ok(place)
    }

    /// How many scenes may be played here at once: on a slow line each would be another one's trouble.
    fn at_once(network: &Network) -> usize {
        if is_shaped(network) { 1 } else { usize::from(u8::MAX) }
    }

    /// How long the browser waits here, in seconds. Browsers wait for minutes; nothing comes after this and before that.
    pub(crate) fn patience(&self) -> &'static str {
        if is_shaped(&self.network) { "70" } else { "25" }
    }

    /// The environment of the network's programs.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let gateway = self.gateway.to_string();
        self.network.environment.iter().map(|(name, value)| (*name, value.replace("GATEWAY", &gateway))).collect()
    }

    /// dnsmasq answers soon after its start; there is no sign to wait for but an answer.
    async fn wait_for_names(&self) {
        if !matches!(
            self.network.names,
            Names::Nat64(_) | Names::Router(_) | Names::SilentFirst | Names::SearchWildcard
        ) {
            return;
        }
        let to = self.name_server;
        for _ in 0..40 {
            let asked = netns::inside(&self.client, move || {
                std::net::TcpStream::connect_timeout(&to, std::time::Duration::from_millis(200))
            });
            if asked.await.is_ok() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}

fn is_shaped(network: &Network) -> bool {
    network.parts.iter().any(|part| matches!(part, Part::Shaped(_)))
}

/// Links, addresses and rules of a network, as lines of shell.
fn links(nth: u8, network: &Network) -> String {
    let lan = format!("10.100.{nth}");
    let up = format!("100.64.{nth}");
    // As often as browsers try on a line that loses much; else no scene need wait for so long.
    let retries = if is_shaped(network) { 4 } else { 1 };
    let mut text = format!(
        "ip netns add router{nth}; ip netns add client{nth}\n\
         ip link add world{nth} type veth peer name wan netns router{nth}\n\
         ip -n router{nth} link add lan type veth peer name eth0 netns client{nth}\n\
         ip addr add {up}.1/24 dev world{nth}; ip link set world{nth} up; ip route add {lan}.0/24 via {up}.2\n\
         r() {{ ip -n router{nth} \"$@\"; }}\n\
         r link set lo up; r addr add {up}.2/24 dev wan; r link set wan up; r addr add {lan}.1/24 dev lan; r link set lan up\n\
         r route add default via {up}.1\n\
         ip -n client{nth} link set lo up; ip -n client{nth} addr add {lan}.2/24 dev eth0; ip -n client{nth} link set eth0 up\n\
         ip -n client{nth} route add default via {lan}.1\n\
         nsenter --net=/run/netns/router{nth} sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'\n\
         nsenter --net=/run/netns/client{nth} sh -c 'echo {retries} > /proc/sys/net/ipv4/tcp_syn_retries'\n\
         r route add local 0.0.0.0/0 dev lo table local\n\
         r rule add pref 2 to 127.0.0.0/8 lookup local; r rule add pref 2 to {lan}.1 lookup local; r rule add pref 2 to {up}.2 lookup local\n\
         r rule add pref 3 iif lo lookup main\n"
    );
    if matches!(network.names, Names::Silent) {
        for protocol in ["udp", "tcp"] {
            let _ = writeln!(text, "r rule add pref 1 iif lan to {lan}.1 ipproto {protocol} dport 53 blackhole");
        }
    }
    let nth_network = nth;
    let client = |words: &str| format!("ip -n client{nth_network} {words}\n");
    for (nth, part) in (10..).zip(&network.parts) {
        let rule = |to: &str, port: Option<u16>, action: &str| {
            let port = port.map_or(String::new(), |port| format!("ipproto tcp dport {port} "));
            format!("r rule add pref {nth} iif lan to {to} {port}{action}\n")
        };
        match part {
            Part::Drops(to, port) => text.push_str(&rule(to, *port, "blackhole")),
            Part::Rejects(to, port) => text.push_str(&rule(to, *port, "unreachable")),
            Part::Lets(to, port) => text.push_str(&rule(to, *port, "lookup main")),
            Part::Captures(port, _) => text.push_str(&rule("0.0.0.0/0", Some(*port), "lookup local")),
            Part::NoUplink => text.push_str("r link set wan down\n"),
            Part::NoLink => text.push_str(&client("link set eth0 down")),
            Part::NoAddress => text.push_str(&client("addr flush dev eth0")),
            Part::NoRoute => text.push_str(&client("route del default")),
            Part::SilentRouter => text.push_str("r link set lan arp off\n"),
            Part::Vpn(tunnels) => text.push_str(&vpn::links(nth_network, *tunnels)),
            Part::Serves(..) | Part::Runs(_) => {}
            Part::Shaped(_) => text.push_str(&shaper_rules(nth)),
        }
    }
    text.push_str("r rule add pref 600 lookup main\nr rule del pref 0\n");
    text
}

/// What comes from either side goes through the shaper first, and on from there.
fn shaper_rules(nth: u32) -> String {
    let tun = shaper::DEVICE;
    format!(
        "r tuntap add dev {tun} mode tun; r link set {tun} up\n\
         r route add default dev {tun} table 200\n\
         r rule add pref {nth} iif lan lookup 200; r rule add pref {nth} iif wan lookup 200\n"
    )
}

fn dnsmasq(router: &str, gateway: Ipv4Addr, lines: &[String], dir: &std::path::Path) -> Result<Child> {
    let gateway_text = gateway.to_string();
    let lines: Vec<String> = lines.iter().map(|line| line.replace("GATEWAY", &gateway_text)).collect();
    let upstream = if lines.iter().any(|line| line.starts_with("server=")) {
        String::new()
    } else {
        format!("server={RESOLVER}\n")
    };
    let conf = format!(
        "no-resolv\nno-hosts\nuser=root\ngroup=root\npid-file=\nbind-interfaces\nlisten-address={gateway}\ncache-size=0\n{upstream}{}\n",
        lines.join("\n")
    );
    let path = dir.join("dnsmasq.conf");
    std::fs::write(&path, conf)?;
    let mut command = netns::command(router, "dnsmasq");
    command.arg("-k").arg("-C").arg(path);
    process::start(command, dir, "dnsmasq")
}

async fn serve(router: &str, at: Ipv4Addr, port: u16, capture: &Capture, world: &World) -> Result<()> {
    let (says, is_tls) = match capture {
        Capture::Resets => return Ok(()),
        Capture::Http(says) => (says.clone(), false),
        Capture::Https(says) => (says.clone(), true),
        Capture::Silence => (says::Says::Stall, false),
    };
    let tls =
        if is_tls { Some(world.untrusted.sign(&["portal.harbour-hotel.net".to_owned()])?.server()?) } else { None };
    let listener = netns::inside(router, move || std::net::TcpListener::bind((at, port))).await?;
    Ok(says::serve(listener, tls, says)?)
}

/// Every name below it exists.
const WILD: &str = "wild.office-lab.net";
/// Where they lead: to somebody else's server.
const ASTRAY: &str = "11.0.8.1";
