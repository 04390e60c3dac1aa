//! Real proxies on routers.

use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::process::{Child, Command};

use crate::network::Program;
use crate::world::{RESOLVER, World};
use crate::{netns, process, sites};

/// Squid's ports, one for each way to be a proxy.
pub(crate) const OPEN: u16 = 3128;
/// The user's name is `ann`, the password `secret`.
const SIGN_IN: u16 = 3129;
/// Refuses [`REFUSED`].
const REFUSES: u16 = 3130;
/// Its own way out is dead.
const DEAD_END: u16 = 3131;
/// Puts its own certificates in place of the sites'.
const INSPECTS: u16 = 3132;
/// Everything is intercepted for [`INSPECTS`] without being asked.
const INTERCEPTS: u16 = 443;

/// The sites that the proxy refuses, by their labels.
pub(crate) const REFUSED: [&str; 3] = ["fine", "cloudflare-fine-page", "fastly-fine-page"];

/// Starts the program on this router, and waits until it accepts.
pub(crate) async fn start(
    program: Program,
    router: &str,
    gateway: Ipv4Addr,
    world: &World,
    dir: &Path,
) -> Result<Vec<Child>> {
    // microsocks finds names by the system's resolver, which for it is the router's own.
    let resolv = dir.join("resolv.conf");
    let (command, port) = match program {
        Program::Squid => (squid(router, gateway, world, dir, false).await?, OPEN),
        Program::Inspection => (squid(router, gateway, world, dir, true).await?, INTERCEPTS),
        Program::Socks => {
            let mut command = netns::command_with_resolver(router, &resolv, Path::new("microsocks"));
            command.args(["-i", &gateway.to_string(), "-p", "1080"]);
            (command, 1080)
        }
        Program::SocksWithPassword => {
            let mut command = netns::command_with_resolver(router, &resolv, Path::new("microsocks"));
            command.args(["-i", &gateway.to_string(), "-p", "1081", "-u", "ann", "-P", "secret"]);
            (command, 1081)
        }
    };
    let child = process::start(command, dir, &format!("program-{port}"))?;
    let to = std::net::SocketAddr::from((gateway, port));
    for _ in 0..400 {
        let connect = move || std::net::TcpStream::connect_timeout(&to, Duration::from_millis(200));
        if netns::inside(router, connect).await.is_ok() {
            return Ok(vec![child]);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!(
        "{program:?} does not accept on {to}: {}",
        std::fs::read_to_string(dir.join(format!("program-{port}.log"))).unwrap_or_default()
    )
}

async fn squid(router: &str, gateway: Ipv4Addr, world: &World, dir: &Path, is_transparent: bool) -> Result<Command> {
    let at = dir.display();
    let ca = dir.join("inspector.pem");
    world.untrusted.write(&ca)?;
    let helper = "/usr/lib/squid/security_file_certgen";
    netns::shell(&format!(
        "rm -rf {at}/certificates; {helper} -c -s {at}/certificates -M 4MB; chown -R proxy {at}/certificates"
    ))
    .await?;
    // Names and passwords as htpasswd writes them without hashing are no option: the helper is a line of shell instead.
    let helper_path = dir.join("sign-in.sh");
    std::fs::write(
        &helper_path,
        "#!/bin/sh\nwhile read line; do case \"$line\" in 'ann secret'*) echo OK;; *) echo ERR;; esac; done\n",
    )?;
    netns::shell(&format!("chmod 755 {}", helper_path.display())).await?;
    let refused = REFUSED.map(sites::host).join(" ");
    let bump = format!("tls-cert={} generate-host-certificates=on dynamic_cert_mem_cache_size=4MB", ca.display());
    let mut conf = format!(
        "pid_filename none\ncache_effective_user proxy\ncache_effective_group proxy\ncoredump_dir none\naccess_log none\ncache_log /dev/null\n\
         netdb_filename none\ncache deny all\nshutdown_lifetime 0\nvisible_hostname proxy.office.lab\nworkers 1\nmax_filedescriptors 4096\n\
         dns_nameservers {RESOLVER}\nconnect_timeout 3 seconds\nread_timeout 12 seconds\nforward_timeout 6 seconds\n\
         sslcrtd_program {helper} -s {at}/certificates -M 4MB\nsslcrtd_children 2\ntls_outgoing_options cafile={}\n",
        world.trusted_by_browsers.display()
    );
    if is_transparent {
        conf.push_str(&format!(
            "http_port {gateway}:3199\nhttps_port {gateway}:{INSPECTS} tproxy ssl-bump {bump}\nhttps_port 0.0.0.0:{INTERCEPTS} tproxy ssl-bump {bump}\n\
             host_verify_strict off\nspoof_client_ip deny all\nacl hello at_step SslBump1\nssl_bump peek hello\nssl_bump bump all\nhttp_access allow all\n"
        ));
    } else {
        conf.push_str(&format!(
            "http_port {gateway}:{OPEN}\nhttp_port {gateway}:{SIGN_IN}\nhttp_port {gateway}:{REFUSES}\nhttp_port {gateway}:{DEAD_END}\n\
             http_port {gateway}:{INSPECTS} ssl-bump {bump}\n\
             auth_param basic program /bin/sh {}\nauth_param basic children 1\nauth_param basic realm office\n\
             acl signed_in proxy_auth REQUIRED\nacl on_sign_in localport {SIGN_IN}\nacl on_refuses localport {REFUSES}\n\
             acl on_dead_end localport {DEAD_END}\nacl on_inspects localport {INSPECTS}\nacl refused dstdomain {refused}\n\
             cache_peer 11.1.0.99 parent 3128 0 no-query no-digest default name=dead connect-timeout=1\n\
             cache_peer_access dead allow on_dead_end\ncache_peer_access dead deny all\nnever_direct allow on_dead_end\n\
             ssl_bump bump on_inspects\nssl_bump none all\n\
             http_access deny on_refuses refused\nhttp_access allow on_sign_in signed_in\nhttp_access deny on_sign_in\nhttp_access allow all\n",
            helper_path.display()
        ));
    }
    let path = dir.join("squid.conf");
    std::fs::write(&path, conf)?;
    let mut command = netns::command(router, "squid");
    command.args(["-N", "-d1", "-n", router, "-f"]).arg(path);
    Ok(command)
}
