//! The namespace's network: a world of public addresses on this one machine, an uplink that leads nowhere, and routes that
//! can be cut.
//!
//! The world is 11.0.0.0/8, for browsers and the host make a difference between public addresses and others. Nobody on the
//! internet answers there, and no packet leaves the namespace.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::{Doing, LabError};
use crate::hosts;

/// Takes the uplink away; the browsers then believe themselves offline, though the lab still answers.
pub fn cut_uplink() -> Result<(), LabError> {
    ip("link set up0 down\n")
}

/// Gives the uplink back.
pub fn restore_uplink() -> Result<(), LabError> {
    ip(&format!("link set up0 up\n{UPLINK}{ROUTER}"))
}

/// Lets the kernel know that nobody answers for the router's address, or that somebody does.
pub fn set_router(is_silent: bool) -> Result<(), LabError> {
    ip(if is_silent { "neigh replace 192.168.77.1 dev up0 nud failed\n" } else { ROUTER })
}

/// Makes an address or a network (`11.0.1.0/24`) unreachable for everyone inside; cutting twice is one cut.
pub fn cut(net: &str) -> Result<(), LabError> {
    let family = checked_family(net)?;
    // `rule add` would stack equal rules.
    restore(net)?;
    ip(&format!("{family}rule add pref 1 to {net} unreachable\n"))
}

/// Undoes [`cut`]; what is not cut stays as it is.
pub fn restore(net: &str) -> Result<(), LabError> {
    let family = checked_family(net)?;
    match ip(&format!("{family}rule del pref 1 to {net} unreachable\n")) {
        Err(LabError::Command { output, .. }) if output.contains("No such file") => Ok(()),
        result => result,
    }
}

/// What an unplugged cable does: no uplink, no name server, no address of the lab reachable.
pub fn go_offline() -> Result<(), LabError> {
    for net in SERVED {
        cut(net)?;
    }
    cut_uplink()
}

/// Undoes [`go_offline`].
pub fn go_online() -> Result<(), LabError> {
    for net in SERVED {
        restore(net)?;
    }
    restore_uplink()
}

/// Run once by the namespace's first process.
pub(crate) fn prepare() -> Result<(), LabError> {
    ip("link set lo up\nlink add up0 type veth peer name up1\n")?;
    for link in ["up0", "up1"] {
        // An address that configures itself seconds later is a network change, for which Chromium drops its connections.
        // A kernel without IPv6 has no such switch.
        let _ = std::fs::write(format!("/proc/sys/net/ipv6/conf/{link}/disable_ipv6"), "1");
    }
    ip("link set up1 address 02:00:00:00:77:01\nlink set up0 up\nlink set up1 up\naddr add 192.168.77.2/24 dev up0\n")?;
    ip(UPLINK)?;
    ip(ROUTER)?;
    for address in PRIVATE {
        ip(&format!("addr add {address}/32 dev lo\n"))?;
    }
    ip(&format!("addr add {WORLD} dev lo\n"))?;
    // A kernel without IPv6 has no such networks.
    let _ = ip("-6 route add local fd66::/64 dev lo\n");
    let _ = ip(&format!("-6 addr add {}/128 dev lo nodad\n", hosts::IPV6));
    ip(concat!(
        // The local table normally comes first of all rules, where nothing could be cut.
        "rule add pref 5 lookup local\n",
        "rule del pref 0\n",
    ))?;
    // One retry: a SYN that nobody answers fails after 3 s instead of 127 s.
    std::fs::write("/proc/sys/net/ipv4/tcp_syn_retries", "1").doing(|| "setting tcp_syn_retries".into())?;
    // Without it, binding to port 53, 80 or 443 would need a capability that servers drop.
    let _ = std::fs::write("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
    overlay("/etc/resolv.conf", "nameserver 127.0.0.53\noptions timeout:2 attempts:1\n")?;
    // Other name services (systemd-resolved, nscd) are reached over Unix sockets, which no network namespace stops.
    overlay("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n")?;
    overlay("/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n")
}

/// Shows `text` instead of a system file, inside this mount namespace only.
fn overlay(path: &str, text: &str) -> Result<(), LabError> {
    if !Path::new(path).exists() {
        return Ok(());
    }
    // Labs side by side share the folder, and each of their first processes has the number 1.
    let name = format!("detour-lab-{:x}", RandomState::new().build_hasher().finish());
    let file = std::env::temp_dir().join(name);
    std::fs::write(&file, text).doing(|| format!("writing {}", file.display()))?;
    let result = run(Command::new("mount").arg("--bind").arg(&file).arg(path), "");
    // The mount keeps the file's content; only its name goes.
    let _ = std::fs::remove_file(&file);
    result
}

/// `-6 ` for IPv6; refuses what is no address or network, since it becomes part of a command.
fn checked_family(net: &str) -> Result<&'static str, LabError> {
    let (address, length) = net.split_once('/').unwrap_or((net, "0"));
    match (address.parse::<std::net::IpAddr>(), length.parse::<u8>()) {
        (Ok(address), Ok(_)) if address.is_ipv6() => Ok("-6 "),
        (Ok(_), Ok(_)) => Ok(""),
        _ => Err(LabError::BadSwitch(format!("`{net}` is no address or network; write 11.0.1.0/24 or 11.0.4.1"))),
    }
}

/// Runs lines of `ip` commands; a line may start with `-6`.
fn ip(lines: &str) -> Result<(), LabError> {
    let (six, four): (Vec<&str>, Vec<&str>) = lines.lines().partition(|line| line.starts_with("-6 "));
    if !four.is_empty() {
        run(Command::new("ip").args(["-batch", "-"]), &four.join("\n"))?;
    }
    for line in six {
        run(Command::new("ip").args(line.split_whitespace()), "")?;
    }
    Ok(())
}

fn run(command: &mut Command, input: &str) -> Result<(), LabError> {
    let shown = format!("{command:?} <<< {input:?}");
    let failed = |output: String| LabError::Command { command: shown.clone(), output };
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(format!("{error}; install it with: apt-get install iproute2 mount")))?;
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

/// Packets leave by the uplink, are seen there, and reach nobody: a neighbour that did not even have a link's address would
/// keep them from being sent.
const UPLINK: &str = "route replace default via 192.168.77.1\n";
const ROUTER: &str = "neigh replace 192.168.77.1 lladdr 02:00:00:00:77:01 dev up0 nud permanent\n";
/// Every address of it is this machine's.
const WORLD: &str = "11.0.0.1/8";
/// The intranet's host, and the private network of `private.rs`, which nobody may reach.
const PRIVATE: [&str; 3] = ["10.77.0.1", "10.66.0.1", "192.168.66.1"];

/// Everything a browser or the host may want to reach; the lab's own control (127.0.0.2) stays.
const SERVED: [&str; 11] = [
    "127.0.0.53",
    "11.0.0.80/30",
    "11.0.1.0/24",
    "11.0.2.0/24",
    "11.0.4.0/24",
    "11.0.5.0/24",
    "11.0.6.0/24",
    "11.0.7.0/24",
    "11.0.8.0/21",
    "10.77.0.1",
    "192.168.77.1",
];
