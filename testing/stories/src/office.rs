//! An office's network: real proxies, and before them the one door at which browsers are told to find their proxy.
//!
//! Browsers are started with one proxy, and a story chooses what that proxy does: the door passes connections on to another
//! port of Squid or microsocks, or is shut. What leaves a proxy comes from [`OUT`], so that the lab's log tells who went
//! around it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use detour_lab::Lab;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// Which kind of proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// HTTP, asked with CONNECT for secure sites: Squid.
    Http,
    /// SOCKS 5: microsocks.
    Socks,
}

impl Kind {
    pub(crate) const fn scheme(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Socks => "socks5",
        }
    }

    /// Where browsers find it: in the lab's world, where it is nobody else's.
    pub(crate) const fn address(self) -> SocketAddr {
        let port = match self {
            Self::Http => 3128,
            Self::Socks => 1080,
        };
        SocketAddr::new(IpAddr::V4(Ipv4Addr::new(11, 1, 0, 98)), port)
    }
}

/// What the proxy does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Does {
    /// It passes everything on.
    Works,
    /// It passes everything on but [`REFUSED`].
    Refuses,
    /// It wants a user name and a password first.
    WantsSignIn,
    /// It puts its own certificates, which nobody knows, in place of the sites'.
    Inspects,
    /// It is not there.
    Nothing,
}

/// The site that the proxy refuses.
pub(crate) const REFUSED: &str = "www.reddit.com";
/// Where the proxies' own connections come from.
pub(crate) const OUT: Ipv4Addr = Ipv4Addr::new(11, 1, 0, 99);

/// A running proxy. Dropping it ends its programs.
pub(crate) struct Office {
    kind: Kind,
    orders: mpsc::Sender<Order>,
    _programs: Vec<Child>,
    _door: JoinSet<()>,
}

type Order = (Does, oneshot::Sender<Result<()>>);

impl Office {
    /// Starts it in the lab; it works.
    pub(crate) async fn start(lab: &Lab, kind: Kind) -> Result<Self> {
        let programs = match kind {
            Kind::Http => vec![squid(lab).await?],
            Kind::Socks => {
                let microsocks = |port: u16, user: &[&str]| {
                    let mut command = Command::new("microsocks");
                    command.args(["-i", "127.0.0.1", "-p", &port.to_string(), "-b", &OUT.to_string()]).args(user);
                    start(command, &lab.dir().join(format!("logs/microsocks-{port}.log")))
                };
                vec![microsocks(SOCKS, &[])?, microsocks(SOCKS_SIGN_IN, &["-u", "ann", "-P", "secret"])?]
            }
        };
        for does in [Does::Works, Does::WantsSignIn] {
            accepts(behind(kind, does).context("no such port")?).await?;
        }
        let (orders, received) = mpsc::channel(1);
        let mut door = JoinSet::new();
        door.spawn(attend(kind, received));
        let office = Self { kind, orders, _programs: programs, _door: door };
        office.set(Does::Works).await?;
        Ok(office)
    }

    /// From now on the proxy does this; connections that it had end.
    pub(crate) async fn set(&self, does: Does) -> Result<()> {
        let (done, when_done) = oneshot::channel();
        self.orders.send((does, done)).await.ok().context("the proxy's door has gone")?;
        when_done.await.context("the proxy's door has gone")?
    }

    /// Where browsers find it.
    pub(crate) fn address(&self) -> IpAddr {
        self.kind.address().ip()
    }
}

/// The port of the real proxy that does this.
const fn behind(kind: Kind, does: Does) -> Option<u16> {
    match (kind, does) {
        (Kind::Http, Does::Works) => Some(OPEN),
        (Kind::Http, Does::Refuses) => Some(REFUSES),
        (Kind::Http, Does::WantsSignIn) => Some(SIGN_IN),
        (Kind::Http, Does::Inspects) => Some(INSPECTS),
        (Kind::Socks, Does::Works | Does::Refuses) => Some(SOCKS),
        (Kind::Socks, Does::WantsSignIn) => Some(SOCKS_SIGN_IN),
        (Kind::Socks, Does::Inspects) | (_, Does::Nothing) => None,
    }
}

async fn attend(kind: Kind, mut orders: mpsc::Receiver<Order>) {
    let mut order = orders.recv().await;
    while let Some((does, done)) = order.take() {
        let Some(port) = behind(kind, does) else {
            let _ =
                done.send(if does == Does::Nothing { Ok(()) } else { Err(anyhow::anyhow!("no {does:?} by SOCKS")) });
            order = orders.recv().await;
            continue;
        };
        let listener = match TcpListener::bind(kind.address()).await {
            Ok(listener) => listener,
            Err(error) => {
                let _ = done.send(Err(error).context("the proxy's door"));
                order = orders.recv().await;
                continue;
            }
        };
        let _ = done.send(Ok(()));
        // Dropping the set ends what is still open.
        let mut connections = JoinSet::new();
        order = loop {
            tokio::select! {
                order = orders.recv() => break order,
                accepted = listener.accept() => {
                    let Ok((stream, _)) = accepted else { continue };
                    connections.spawn(async move {
                        // Whoever hangs up in the middle is no failure of the door.
                        let _ = pass(stream, port, (kind, does) == (Kind::Socks, Does::Refuses)).await;
                    });
                    while connections.try_join_next().is_some() {}
                }
            }
        };
    }
}

/// Passes a connection on to the real proxy, which has no rules of its own where it speaks SOCKS: these are kept here.
async fn pass(mut stream: TcpStream, port: u16, has_rule: bool) -> std::io::Result<()> {
    let mut proxy = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    stream.set_nodelay(true)?;
    proxy.set_nodelay(true)?;
    if has_rule && !is_let_through(&mut stream, &mut proxy).await? {
        return Ok(());
    }
    copy_bidirectional(&mut stream, &mut proxy).await.map(drop)
}

/// RFC 1928: the greeting and its answer pass; of the request the name decides.
async fn is_let_through(stream: &mut TcpStream, proxy: &mut TcpStream) -> std::io::Result<bool> {
    let [version, count] = read(stream).await?;
    let mut methods = vec![0; usize::from(count)];
    stream.read_exact(&mut methods).await?;
    proxy.write_all(&[[version, count].as_slice(), &methods].concat()).await?;
    stream.write_all(&read::<2>(proxy).await?).await?;
    let head: [u8; 4] = read(stream).await?;
    let [length] = read(stream).await?;
    let mut name = vec![0; usize::from(length)];
    stream.read_exact(&mut name).await?;
    let port: [u8; 2] = read(stream).await?;
    // Behind a proxy nobody asks by an address, and names are what the rule knows.
    if !head.ends_with(&[BY_NAME]) || name == REFUSED.as_bytes() {
        stream.write_all(&[5, NOT_ALLOWED, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
        stream.shutdown().await?;
        return Ok(false);
    }
    // At once: microsocks takes whatever one look gives for the whole request.
    proxy.write_all(&[head.as_slice(), &[length], &name, &port].concat()).await?;
    Ok(true)
}

async fn read<const N: usize>(from: &mut TcpStream) -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes).await?;
    Ok(bytes)
}

async fn squid(lab: &Lab) -> Result<Child> {
    let dir = lab.dir().join("squid");
    std::fs::create_dir_all(&dir).with_context(|| format!("creating {}", dir.display()))?;
    let (at, authority) = (dir.display(), dir.join("inspector.pem"));
    detour_lab::write_unknown_authority(&authority)?;
    let made = format!("{HELPER} -c -s {at}/certificates -M 4MB && chown -R proxy {at}/certificates");
    let output = Command::new("sh").args(["-c", &made]).output().await.context("starting sh")?;
    if !output.status.success() {
        bail!("{made}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let bump = format!(
        "ssl-bump tls-cert={} generate-host-certificates=on dynamic_cert_mem_cache_size=4MB",
        authority.display()
    );
    // Kerberos, as offices have it: browsers ask nobody for a password then. Nobody in here has a ticket.
    let sign_in = dir.join("sign-in.sh");
    std::fs::write(&sign_in, "while read line; do echo NA none; done\n")
        .with_context(|| format!("writing {}", sign_in.display()))?;
    let conf = dir.join("squid.conf");
    let text = format!(
        "pid_filename none\ncache_effective_user proxy\ncache_effective_group proxy\ncoredump_dir none\n\
         access_log none\ncache_log /dev/null\nnetdb_filename none\ncache deny all\nshutdown_lifetime 0\n\
         visible_hostname proxy.office.lab\nworkers 1\nmax_filedescriptors 4096\n\
         dns_nameservers 127.0.0.53\ntcp_outgoing_address {OUT}\nudp_outgoing_address {OUT}\n\
         connect_timeout 3 seconds\nread_timeout 30 seconds\nforward_timeout 6 seconds\n\
         sslcrtd_program {HELPER} -s {at}/certificates -M 4MB\nsslcrtd_children 2\n\
         tls_outgoing_options cafile={}\n\
         http_port 127.0.0.1:{OPEN}\nhttp_port 127.0.0.1:{SIGN_IN}\nhttp_port 127.0.0.1:{REFUSES}\n\
         http_port 127.0.0.1:{INSPECTS} {bump}\n\
         auth_param negotiate program /bin/sh {}\nauth_param negotiate children 1\n\
         acl signed_in proxy_auth REQUIRED\nacl on_sign_in localport {SIGN_IN}\nacl on_refuses localport {REFUSES}\n\
         acl on_inspects localport {INSPECTS}\nacl refused dstdomain {REFUSED}\n\
         ssl_bump bump on_inspects\nssl_bump none all\n\
         http_access deny on_refuses refused\nhttp_access allow on_sign_in signed_in\nhttp_access deny on_sign_in\n\
         http_access allow all\n",
        lab.ca().display(),
        sign_in.display(),
    );
    std::fs::write(&conf, text).with_context(|| format!("writing {}", conf.display()))?;
    // Squid's shared memory goes by this name, and labs side by side see each other's.
    let name: String = dir.to_string_lossy().chars().filter(char::is_ascii_alphanumeric).collect();
    let name = name.get(name.len().saturating_sub(30)..).unwrap_or_default();
    let mut command = Command::new("squid");
    command.args(["-N", "-d1", "-n", name, "-f"]).arg(conf);
    start(command, &lab.dir().join("logs/squid.log"))
}

fn start(mut command: Command, log: &Path) -> Result<Child> {
    let file = std::fs::File::create(log).with_context(|| format!("creating {}", log.display()))?;
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    command.stdin(std::process::Stdio::null()).stdout(file.try_clone()?).stderr(file).kill_on_drop(true);
    command.spawn().with_context(|| format!("starting {program}; `cargo xtask setup` installs it"))
}

async fn accepts(port: u16) -> Result<()> {
    let end = Instant::now() + READY_WITHIN;
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err() {
        if Instant::now() > end {
            bail!("no proxy accepts on port {port}; its log is in the lab's folder");
        }
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// Squid's ports, one for each thing that it does.
const OPEN: u16 = 3200;
const SIGN_IN: u16 = 3201;
const REFUSES: u16 = 3202;
const INSPECTS: u16 = 3203;
/// microsocks', without and with a password.
const SOCKS: u16 = 3210;
const SOCKS_SIGN_IN: u16 = 3211;
/// Makes the certificates.
const HELPER: &str = "/usr/lib/squid/security_file_certgen";
const BY_NAME: u8 = 3;
/// "Connection not allowed by ruleset."
const NOT_ALLOWED: u8 = 2;
const READY_WITHIN: Duration = Duration::from_secs(30);
