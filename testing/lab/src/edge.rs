//! Edges, origins and the archives' front: one nginx for TLS and files, in front of Varnish (see `varnish`).

use std::fmt::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::archive::{AVAILABILITY_PORT, PYWB_PORT};
use crate::certificates::CertificateFiles;
use crate::error::LabError;
use crate::folder::{create_dir, write};
use crate::home::Home;
use crate::hosts::{ARCHIVES, BARE, EDGE, NODE_ADDRESSES, ORIGINS, SECOND_EDGE, THIRD_EDGE};
use crate::process::{INSTALL, Server};
use crate::sites::{self, File};
use crate::varnish::PORT;
use crate::{neighbours, origin};

/// Starts nginx with every role, and the origins' files in place.
pub(crate) async fn start_nginx(dir: &Path, logs: &Path, tls: &CertificateFiles) -> Result<Server, LabError> {
    let work = dir.join("nginx");
    for folder in ["body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        create_dir(&work.join(folder))?;
    }
    for file in files() {
        let name = if file.path.ends_with('/') { format!("{}index.html", file.path) } else { file.path };
        let path = work.join("sites").join(&file.host).join(name.trim_start_matches('/'));
        if let Some(parent) = path.parent() {
            create_dir(parent)?;
        }
        write(&path, &file.body)?;
    }
    write(&work.join("nginx.conf"), &nginx_configuration(dir, logs, tls))?;
    let mut command = Command::new("/usr/sbin/nginx");
    command.arg("-p").arg(&work).args(["-c", "nginx.conf", "-e", "stderr", "-g", "daemon off;"]);
    let mut server = Server::start("nginx", command, logs, INSTALL)?;
    let tls_ends = [EDGE, SECOND_EDGE, THIRD_EDGE, BARE, ARCHIVES].map(|address| SocketAddr::from((address, 443)));
    server.ready(&tls_ends).await?;
    server.ready(&[SocketAddr::from((ORIGINS, 8080))]).await?;
    Ok(server)
}

/// The access logs, for the record.
pub(crate) fn access_logs(logs: &Path) -> Vec<PathBuf> {
    ROLES.iter().map(|role| logs.join(format!("{role}.access.json"))).collect()
}

fn nginx_configuration(dir: &Path, logs: &Path, tls: &CertificateFiles) -> String {
    let mut conf = String::from(HEAD);
    for role in ROLES {
        let _ = writeln!(
            conf,
            r#"log_format {role} escape=json '{{"t":$msec,"server":"{role}","peer":"$remote_addr:$remote_port","host":"$host","method":"$request_method","path":"$request_uri","status":$status}}';"#
        );
    }
    let log = |role: &str| format!("access_log \"{}\" {role};", logs.join(format!("{role}.access.json")).display());
    // The shared zone makes turns go round over both workers; without it each would count for itself.
    let _ = writeln!(conf, "upstream nodes {{ zone nodes 64k;");
    for address in NODE_ADDRESSES {
        let _ = writeln!(conf, "server {address}:{PORT} max_fails=0;");
    }
    let _ = writeln!(conf, "}}");
    for (role, home, address, upstream) in [
        ("edge", Home::Edge, EDGE, "nodes".to_owned()),
        ("second-edge", Home::SecondEdge, SECOND_EDGE, format!("{SECOND_EDGE}:{PORT}")),
        ("third-edge", Home::ThirdEdge, THIRD_EDGE, format!("{THIRD_EDGE}:{PORT}")),
    ] {
        let _ = writeln!(
            conf,
            "server {{ {} {} location / {{ proxy_pass http://{upstream}; }} }}",
            listen(address, home, tls),
            log(role)
        );
    }
    for (site, home) in sites() {
        let (listen, role) = if home == Home::Bare {
            (listen(BARE, home, tls), "bare")
        } else {
            (format!("listen {ORIGINS}:8080;"), "origin")
        };
        let says = origin::configuration(
            dir,
            site,
            "types { text/html html; image/svg+xml svg; text/css css; text/javascript js; image/png png; image/jpeg jpg jpeg; font/woff2 woff2; application/json json; } default_type text/html; charset utf-8;",
        );
        let _ = writeln!(
            conf,
            "server {{ {listen} server_name {site}; {} root sites/{site}; index index.html;\n{says}}}",
            log(role)
        );
    }
    let pywb = format!(
        "proxy_pass http://{ARCHIVES}:{PYWB_PORT}; proxy_set_header Host $host; proxy_set_header X-Forwarded-Proto $scheme;"
    );
    let _ = writeln!(
        conf,
        "server {{ {} server_name arquivo.pt; merge_slashes off; {} location / {{ {pywb} }} location /noFrame/replay/ {{ rewrite ^/noFrame/replay/(.*)$ /replay/$1 break; {pywb} }} }}",
        listen(ARCHIVES, Home::Archive, tls),
        log("archive")
    );
    let _ = writeln!(
        conf,
        "server {{ {} server_name web.archive.org; {} location / {{ {pywb} }} location /cdx/ {{ proxy_pass http://{ARCHIVES}:{AVAILABILITY_PORT}; }} }}",
        listen(ARCHIVES, Home::Archive, tls),
        log("archive")
    );
    let _ = writeln!(
        conf,
        "server {{ {} server_name archive.org; {} location / {{ {pywb} }} location /wayback/available {{ proxy_pass http://{ARCHIVES}:{AVAILABILITY_PORT}; }} }}",
        listen(ARCHIVES, Home::Archive, tls),
        log("archive")
    );
    conf.push_str("}\n");
    conf
}

/// The files of every site that nginx keeps.
fn files() -> impl Iterator<Item = File> {
    let twelve = sites::all().iter().flat_map(sites::Site::files);
    twelve.chain(neighbours::all().iter().flat_map(neighbours::Neighbour::files))
}

/// Every site with its own files, and whether they lie behind an edge.
pub(crate) fn sites() -> impl Iterator<Item = (&'static str, Home)> {
    let twelve = sites::all().iter().map(|site| (site.host, Home::Edge));
    twelve.chain(neighbours::all().iter().map(|one| (one.host, one.home)))
}

fn listen(address: Ipv4Addr, home: Home, tls: &CertificateFiles) -> String {
    let (chain, key) = tls.leaf(home);
    let (chain, key) = (chain.display(), key.display());
    format!(
        "listen {address}:80; listen {address}:443 ssl http2; ssl_certificate \"{chain}\"; ssl_certificate_key \"{key}\";"
    )
}

const ROLES: [&str; 6] = ["edge", "second-edge", "third-edge", "bare", "origin", "archive"];

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
proxy_next_upstream off;
proxy_buffering on;
"#;
