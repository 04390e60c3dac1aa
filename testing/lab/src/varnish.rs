//! The nodes of the first edge: one Varnish each. The first of them also wears the other edges' faces.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use tokio::process::Command;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::error::LabError;
use crate::folder::{create_dir, write};
use crate::hosts::{NODE_ADDRESSES, NODES, SECOND_EDGE, THIRD_EDGE};
use crate::process::{INSTALL, Server, run};
use crate::vcl::{self, Failures};

/// The running nodes' controls, and the configurations that they know.
#[derive(Debug)]
pub(crate) struct Varnish {
    dirs: Vec<PathBuf>,
    /// The name of each configuration by its text, and of the one in use.
    loaded: Mutex<Loaded>,
}

#[derive(Debug)]
struct Loaded {
    names: BTreeMap<String, String>,
    used: String,
}

impl Varnish {
    /// Starts every node, side by side.
    pub(crate) async fn start(dir: &Path, logs: &Path) -> Result<(Self, Vec<Server>), LabError> {
        let mut dirs = Vec::new();
        let mut servers = Vec::new();
        for (name, address) in NODES.into_iter().zip(NODE_ADDRESSES) {
            let work = dir.join("varnish").join(name);
            create_dir(&work)?;
            let faces = faces(address);
            servers.push((start_node(name, &work, &faces, logs)?, faces));
            dirs.push(work);
        }
        let mut ready = Vec::new();
        for (mut server, faces) in servers {
            let addresses: Vec<_> = faces.iter().map(|(_, address)| SocketAddr::from((*address, PORT))).collect();
            server.ready(&addresses).await?;
            ready.push(server);
        }
        let names = BTreeMap::from([(vcl::configuration(&Failures::default()), FIRST.to_owned())]);
        Ok((Self { dirs, loaded: Mutex::new(Loaded { names, used: FIRST.to_owned() }) }, ready))
    }

    /// Uses a configuration with these failures on every node. Each compiles one that it does not know, in about 150 ms.
    pub(crate) async fn apply(&self, failures: &Failures) -> Result<(), LabError> {
        let configuration = vcl::configuration(failures);
        let mut loaded = self.loaded.lock().await;
        let known = loaded.names.get(&configuration).cloned();
        if known.as_ref() == Some(&loaded.used) {
            return Ok(());
        }
        let name = known.clone().unwrap_or_else(|| format!("switched{}", loaded.names.len()));
        let mut nodes = JoinSet::new();
        for dir in self.dirs.clone() {
            let (name, is_known) = (name.clone(), known.is_some());
            let file = dir.join(format!("{name}.vcl"));
            if !is_known {
                write(&file, &configuration)?;
            }
            nodes.spawn(async move {
                if !is_known {
                    admin(&dir, &["vcl.load", &name, &file.display().to_string()]).await?;
                }
                admin(&dir, &["vcl.use", &name]).await
            });
        }
        all(nodes).await?;
        loaded.names.insert(configuration, name.clone());
        loaded.used = name;
        Ok(())
    }

    /// Forgets every cached page, so that an origin's new state shows at once.
    pub(crate) async fn forget(&self) -> Result<(), LabError> {
        let mut nodes = JoinSet::new();
        for dir in self.dirs.clone() {
            nodes.spawn(async move { admin(&dir, &["ban", "obj.status", "!=", "0"]).await });
        }
        all(nodes).await
    }
}

/// A listening socket by the name that the VCL asks for.
type Face = (&'static str, Ipv4Addr);

fn faces(node: Ipv4Addr) -> Vec<Face> {
    let mut faces = vec![("fastly", node)];
    if NODE_ADDRESSES.first() == Some(&node) {
        faces.extend([("cloudflare", SECOND_EDGE), ("akamai", THIRD_EDGE)]);
    }
    faces
}

fn start_node(name: &str, work: &Path, faces: &[Face], logs: &Path) -> Result<Server, LabError> {
    let first = work.join("0.vcl");
    write(&first, &vcl::configuration(&Failures::default()))?;
    let mut command = Command::new("varnishd");
    command.arg("-F").args(["-j", "none"]).args(["-i", name]).arg("-n").arg(work).arg("-f").arg(&first);
    command.args(["-s", "malloc,32m", "-t", "1"]);
    for (face, address) in faces {
        command.arg("-a").arg(format!("{face}={address}:{PORT}"));
    }
    // Unoptimised, a configuration compiles in 70 ms instead of half a second.
    command.args(["-p", "cc_command=exec cc -std=gnu99 -O0 -fpic -shared -w -o %o %s"]);
    // After a refusal Varnish would not ask a backend again for a while: healing shall show at once.
    command.args(["-p", "backend_remote_error_holddown=0", "-p", "backend_local_error_holddown=0"]);
    Server::start(name, command, logs, INSTALL)
}

async fn admin(dir: &Path, arguments: &[&str]) -> Result<(), LabError> {
    let mut command = Command::new("varnishadm");
    command.arg("-n").arg(dir).args(arguments);
    run(&mut command, INSTALL).await.map(drop)
}

async fn all(mut nodes: JoinSet<Result<(), LabError>>) -> Result<(), LabError> {
    while let Some(done) = nodes.join_next().await {
        done.map_err(|error| LabError::BadSwitch(error.to_string()))??;
    }
    Ok(())
}

/// What Varnish calls the configuration that it was started with.
const FIRST: &str = "boot";
/// Where every node listens on its addresses.
pub(crate) const PORT: u16 = 6081;
