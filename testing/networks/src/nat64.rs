//! A network of IPv6 alone: its resolver makes addresses for IPv4's names (DNS64), its router translates (NAT64).

use std::path::Path;

use anyhow::Result;
use tokio::process::Child;

use crate::world::RESOLVER;
use crate::{netns, process};

/// Starts both on the nth network's router; the links are there already.
pub(crate) async fn start(nth: u8, prefix: &str, dir: &Path) -> Result<Vec<Child>> {
    let router = format!("router{nth}");
    let shown = dir.display();
    let conf = dir.join("tayga.conf");
    let text = format!(
        "tun-device nat64\nipv4-addr 192.168.255.1\nipv6-addr 2a11:9:{nth}:64::1\nprefix {prefix}\ndynamic-pool 100.65.{nth}.0/24\ndata-dir {shown}\n"
    );
    std::fs::write(&conf, text)?;
    netns::shell(&format!(
        "n() {{ nsenter --net=/run/netns/{router} \"$@\"; }}\n\
         n tayga --mktun -c {conf}>&2\n\
         n sh -c 'echo 1 > /proc/sys/net/ipv6/conf/all/forwarding'\n\
         ip -n {router} addr add {gateway}/64 dev lan nodad\n\
         ip -n {router} link set nat64 up; ip -n {router} addr add 192.168.255.2/32 dev nat64\n\
         ip -n {router} route add 100.65.{nth}.0/24 dev nat64; ip -n {router} route add {prefix} dev nat64\n\
         ip route add 100.65.{nth}.0/24 via 100.64.{nth}.2\n\
         ip -n client{nth} addr flush dev eth0; ip -n client{nth} addr add {client}/64 dev eth0 nodad\n\
         ip -n client{nth} route add default via {gateway}",
        conf = conf.display(),
        gateway = gateway(nth),
        client = format_args!("2a11:9:{nth}::2"),
    ))
    .await?;
    let unbound = dir.join("unbound.conf");
    let text = format!(
        "server:\n interface: {gateway}\n access-control: ::/0 allow\n module-config: \"dns64 iterator\"\n dns64-prefix: {prefix}\n \
         username: \"\"\n chroot: \"\"\n directory: \"{shown}\"\n pidfile: \"\"\n use-syslog: no\n do-ip6: yes\n do-daemonize: no\n cache-max-ttl: 0\n\
         remote-control:\n control-enable: no\n\
         forward-zone:\n name: \".\"\n forward-addr: {RESOLVER}\n",
        gateway = gateway(nth),
    );
    std::fs::write(&unbound, text)?;
    let mut translator = netns::command(&router, "tayga");
    translator.arg("-d").arg("-c").arg(&conf);
    let mut resolver = netns::command(&router, "unbound");
    resolver.arg("-d").arg("-c").arg(&unbound);
    Ok(vec![process::start(translator, dir, "tayga")?, process::start(resolver, dir, "unbound")?])
}

/// The router's address on the network.
pub(crate) fn gateway(nth: u8) -> String {
    format!("2a11:9:{nth}::1")
}
