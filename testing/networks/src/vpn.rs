//! A VPN on the client, as tunnels of real ones are: a tun device that a program holds open. Its far end answers nobody.

use std::path::Path;

use anyhow::Result;
use tokio::process::Child;

use crate::{netns, process};

/// What goes through it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tunnels {
    /// The VPN's own network alone, where its resolver is.
    ItsNetwork,
    /// Everything, as `redirect-gateway def1` of OpenVPN has it: two routes that are more exact than the default one.
    Everything,
}

/// The VPN's resolver, in the nth network.
pub(crate) fn resolver(nth: u8) -> String {
    format!("10.200.{nth}.1")
}

/// The device and its routes, as lines of shell.
pub(crate) fn links(nth: u8, tunnels: Tunnels) -> String {
    let mut text = format!(
        "ip -n client{nth} tuntap add dev {DEVICE} mode tun; ip -n client{nth} addr add 10.200.{nth}.2/24 dev {DEVICE}\n\
         ip -n client{nth} link set {DEVICE} up\n"
    );
    if tunnels == Tunnels::Everything {
        for half in ["0.0.0.0/1", "128.0.0.0/1"] {
            text.push_str(&format!("ip -n client{nth} route add {half} dev {DEVICE}\n"));
        }
    }
    text
}

/// Starts the program that holds it: the shaper, which loses all packets.
pub(crate) fn start(client: &str, dir: &Path) -> Result<Child> {
    let path = dir.join("vpn.py");
    std::fs::write(&path, include_str!("shaper.py"))?;
    let mut command = netns::command(client, "python3");
    command.arg(path).arg(DEVICE).args(["0", "100", "0"]);
    process::start(command, dir, "vpn")
}

const DEVICE: &str = "tun0";
