//! Edges, origins and the archives' front: one nginx for TLS and files, one Varnish behind the edges.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::process::Command;

use crate::archive::{AVAILABILITY_PORT, PYWB_PORT};
use crate::certificates::CertificateFiles;
use crate::error::{Doing, LabError};
use crate::hosts::{ARCHIVES, EDGE, ORIGINS, SECOND_EDGE};
use crate::process::{Server, run};
use crate::sites;
use crate::vcl::{self, EdgeFailure};

/// A running Varnish's controls, and the number of its newest configuration.
#[derive(Debug)]
pub(crate) struct Varnish {
    dir: PathBuf,
    generation: AtomicU32,
}

impl Varnish {
    pub(crate) async fn start(dir: &Path, logs: &Path) -> Result<(Self, Server), LabError> {
        let work = dir.join("varnish");
        create_dir(&work)?;
        let first = work.join("0.vcl");
        write(&first, &vcl::configuration(&BTreeMap::new()))?;
        let mut command = Command::new("varnishd");
        command.arg("-F").args(["-j", "none"]).arg("-n").arg(&work).arg("-f").arg(&first);
        command.args(["-s", "malloc,32m", "-t", "1"]);
        for (face, address, port) in FACES {
            command.arg("-a").arg(format!("{face}={address}:{port}"));
        }
        // Unoptimised, a configuration compiles in 70 ms instead of half a second.
        command.args(["-p", "cc_command=exec cc -std=gnu99 -O0 -fpic -shared -w -o %o %s"]);
        // After a refusal Varnish would not ask a backend again for a while: healing shall show at once.
        command.args(["-p", "backend_remote_error_holddown=0", "-p", "backend_local_error_holddown=0"]);
        let mut server = Server::start("varnish", command, logs, INSTALL)?;
        let addresses = FACES.map(|(_, address, port)| SocketAddr::from((address, port)));
        server.ready(&addresses).await?;
        Ok((Self { dir: work, generation: AtomicU32::new(0) }, server))
    }

    /// Loads and uses a configuration with these failures; about 100 ms.
    pub(crate) async fn apply(&self, failures: &BTreeMap<String, EdgeFailure>) -> Result<(), LabError> {
        let generation = self.generation.fetch_add(1, Ordering::SeqCst) + 1;
        let file = self.dir.join(format!("{generation}.vcl"));
        write(&file, &vcl::configuration(failures))?;
        let name = format!("switched{generation}");
        self.admin(&["vcl.load", &name, &file.display().to_string()]).await?;
        self.admin(&["vcl.use", &name]).await
    }

    /// Forgets every cached page, so that an origin's new state shows at once.
    pub(crate) async fn forget(&self) -> Result<(), LabError> {
        self.admin(&["ban", "obj.status", "!=", "0"]).await
    }

    async fn admin(&self, arguments: &[&str]) -> Result<(), LabError> {
        let mut command = Command::new("varnishadm");
        command.arg("-n").arg(&self.dir).args(arguments);
        run(&mut command, INSTALL).await.map(drop)
    }
}

/// Starts nginx with every role, and the origins' files in place.
pub(crate) async fn start_nginx(dir: &Path, logs: &Path, tls: &CertificateFiles) -> Result<Server, LabError> {
    let work = dir.join("nginx");
    for folder in ["body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        create_dir(&work.join(folder))?;
    }
    for site in sites::all() {
        for file in site.files() {
            let name = if file.path.ends_with('/') { format!("{}index.html", file.path) } else { file.path };
            let path = work.join("sites").join(&file.host).join(name.trim_start_matches('/'));
            if let Some(parent) = path.parent() {
                create_dir(parent)?;
            }
            write(&path, &file.body)?;
        }
    }
    write(&work.join("nginx.conf"), &nginx_configuration(logs, tls))?;
    let mut command = Command::new("/usr/sbin/nginx");
    command.arg("-p").arg(&work).args(["-c", "nginx.conf", "-e", "stderr", "-g", "daemon off;"]);
    let mut server = Server::start("nginx", command, logs, INSTALL)?;
    let tls_ends = [EDGE, SECOND_EDGE, ARCHIVES].map(|address| SocketAddr::from((address, 443)));
    server.ready(&tls_ends).await?;
    server.ready(&[SocketAddr::from((ORIGINS, 8080))]).await?;
    Ok(server)
}

/// The access logs, for the record.
pub(crate) fn access_logs(logs: &Path) -> Vec<PathBuf> {
    ROLES.iter().map(|role| logs.join(format!("{role}.access.json"))).collect()
}

fn nginx_configuration(logs: &Path, tls: &CertificateFiles) -> String {
    let mut conf = String::from(HEAD);
    for role in ROLES {
        let _ = writeln!(
            conf,
            r#"log_format {role} escape=json '{{"t":$msec,"server":"{role}","peer":"$remote_addr:$remote_port","host":"$host","method":"$request_method","path":"$request_uri","status":$status}}';"#
        );
    }
    let log = |role: &str| format!("access_log \"{}\" {role};", logs.join(format!("{role}.access.json")).display());
    let _ = writeln!(
        conf,
        "ssl_certificate \"{}\";\nssl_certificate_key \"{}\";",
        tls.leaf.display(),
        tls.leaf_key.display()
    );
    for ((face, address, port), role) in FACES.into_iter().zip(["edge", "second-edge"]) {
        let _ = writeln!(
            conf,
            "# {face}\nserver {{ {} {} location / {{ proxy_pass http://{address}:{port}; }} }}",
            listen(address),
            log(role)
        );
    }
    for site in sites::all() {
        let _ = writeln!(
            conf,
            "server {{ listen {ORIGINS}:8080; server_name {0}; {1} root sites/{0}; index index.html; location / {{ types {{ text/html html; image/svg+xml svg; text/css css; }} default_type text/html; charset utf-8; }} }}",
            site.host,
            log("origin")
        );
    }
    let pywb = format!(
        "proxy_pass http://{ARCHIVES}:{PYWB_PORT}; proxy_set_header Host $host; proxy_set_header X-Forwarded-Proto $scheme;"
    );
    let _ = writeln!(
        conf,
        "server {{ {} server_name web.archive.org arquivo.pt; {} location / {{ {pywb} }} }}",
        listen(ARCHIVES),
        log("archive")
    );
    let _ = writeln!(
        conf,
        "server {{ {} server_name archive.org; {} location / {{ {pywb} }} location /wayback/available {{ proxy_pass http://{ARCHIVES}:{AVAILABILITY_PORT}; }} }}",
        listen(ARCHIVES),
        log("archive")
    );
    conf.push_str("}\n");
    conf
}

fn listen(address: Ipv4Addr) -> String {
    format!("listen {address}:80; listen {address}:443 ssl http2;")
}

fn create_dir(path: &Path) -> Result<(), LabError> {
    std::fs::create_dir_all(path).doing(|| format!("creating {}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), LabError> {
    std::fs::write(path, text).doing(|| format!("writing {}", path.display()))
}

/// Varnish's listening sockets by the name that the VCL asks for.
const FACES: [(&str, Ipv4Addr, u16); 2] = [("fastly", EDGE, 6081), ("cloudflare", SECOND_EDGE, 6081)];
const ROLES: [&str; 4] = ["edge", "second-edge", "origin", "archive"];
const INSTALL: &str = "apt-get install varnish nginx-light";

/// `proxy_pass_header` keeps the edge's own `Server` and `Date` where nginx would put its own.
const HEAD: &str = r#"user root;
worker_processes 2;
pid nginx.pid;
error_log stderr warn;
events { worker_connections 512; }
http {
server_tokens off;
server_names_hash_bucket_size 128;
client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
proxy_http_version 1.1;
proxy_set_header Connection "";
proxy_set_header Host $host;
proxy_pass_header Server;
proxy_pass_header Date;
proxy_intercept_errors off;
proxy_buffering on;
"#;
