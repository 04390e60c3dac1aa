//! How each server is started, and what it is told.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use anyhow::Result;
use tokio::process::Command;

use super::server::{OLD_CIPHERS_AT, Server};
use crate::netns;

/// A site's host and where its application is.
type Sites<'a> = &'a [(String, SocketAddr)];

/// The server's command, its configuration being written.
pub(super) async fn command(server: Server, at: Ipv4Addr, all: Sites<'_>, dir: &Path, pem: &Path) -> Result<Command> {
    let path = dir.join(format!("{}.conf", server.label()));
    let key = dir.join("farm.key");
    let files =
        Files { dir: &dir.display().to_string(), pem: &pem.display().to_string(), key: &key.display().to_string() };
    let text = match server {
        Server::HaProxy => haproxy(at, all, &files),
        Server::Nginx => nginx(at, all, &files),
        Server::Apache => apache(at, all, &files),
        Server::Lighttpd => lighttpd(at, all, &files),
        Server::Caddy => caddy(at, all, &files),
        Server::Squid => squid(at, all, &files),
        Server::Ats => return traffic_server(at, all, dir, &files).await,
        Server::Varnish => varnish(all),
    };
    std::fs::write(&path, text)?;
    let (program, arguments): (&str, &[&str]) = match server {
        Server::HaProxy => ("haproxy", &["-db", "-f"]),
        Server::Nginx => ("nginx", &["-e", "stderr", "-c"]),
        Server::Apache => ("apache2", &["-DFOREGROUND", "-f"]),
        Server::Lighttpd => ("lighttpd", &["-D", "-f"]),
        Server::Caddy => ("caddy", &["run", "--adapter", "caddyfile", "--config"]),
        Server::Squid => ("squid", &["-N", "-d1", "-n", "edge", "-f"]),
        Server::Ats => ("traffic_server", &[]),
        Server::Varnish => ("varnishd", &["-F", "-p", "first_byte_timeout=1", "-p", "connect_timeout=1", "-f"]),
    };
    let mut command = Command::new(program);
    command.args(arguments).arg(path).env("HOME", dir).env("XDG_DATA_HOME", dir).env("XDG_CONFIG_HOME", dir);
    if server == Server::Varnish {
        command.arg("-a").arg(format!("{at}:80")).arg("-n").arg(dir.join("varnish")).args(["-s", "malloc,8m"]);
    }
    Ok(command)
}

struct Files<'a> {
    dir: &'a str,
    /// Chain and key.
    pem: &'a str,
    key: &'a str,
}

fn haproxy(at: Ipv4Addr, all: Sites<'_>, files: &Files<'_>) -> String {
    let mut text = format!(
        "defaults\n mode http\n timeout connect 1s\n timeout client 20s\n timeout server 1s\n\
         frontend all\n bind {at}:80\n bind {at}:443 ssl crt {} alpn h2,http/1.1\n use_backend %[req.hdr(host),lower]\n",
        files.pem
    );
    for (host, backend) in all {
        let _ = writeln!(text, "backend {host}\n server one {backend}");
    }
    text
}

fn nginx(at: Ipv4Addr, all: Sites<'_>, files: &Files<'_>) -> String {
    let Files { dir, pem, key } = files;
    let mut text = format!(
        "daemon off; worker_processes 1; user root; pid {dir}/farm-nginx.pid;\nevents {{}}\nhttp {{\n access_log off; \
         client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3; uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;\n\
         ssl_certificate {pem}; ssl_certificate_key {key}; proxy_read_timeout 1s; proxy_connect_timeout 1s;\n\
         proxy_buffer_size 128k; proxy_buffers 4 128k; proxy_busy_buffers_size 128k;\n\
         server {{ listen {OLD_CIPHERS_AT}:443 ssl; ssl_certificate {dir}/old-ciphers.pem; ssl_certificate_key {dir}/old-ciphers.key; \
         ssl_protocols TLSv1.2; ssl_ciphers AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA:@SECLEVEL=0; location / {{ return 503; }} }}\n"
    );
    for (host, backend) in all {
        let _ = writeln!(
            text,
            "server {{ listen {at}:80; listen {at}:443 ssl http2; server_name {host}; location / {{ proxy_pass http://{backend}; }} }}"
        );
    }
    text + "}\n"
}

fn apache(at: Ipv4Addr, all: Sites<'_>, files: &Files<'_>) -> String {
    let Files { dir, pem, key } = files;
    let mut text = format!(
        "ServerRoot {dir}\nPidFile {dir}/apache.pid\nErrorLog {dir}/apache-error.log\nServerName lab\nUser nobody\nGroup nogroup\nDefaultRuntimeDir {dir}\n"
    );
    for module in ["mpm_event", "authz_core", "proxy", "proxy_http", "socache_shmcb", "ssl"] {
        let _ = writeln!(text, "LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so");
    }
    let _ = writeln!(text, "Listen {at}:80\nListen {at}:443 https\nProxyTimeout 1");
    for (host, backend) in all {
        for (port, tls) in [
            (80, String::new()),
            (443, format!("SSLEngine on\nSSLCertificateFile {pem}\nSSLCertificateKeyFile {key}\n")),
        ] {
            let _ = writeln!(
                text,
                "<VirtualHost {at}:{port}>\nServerName {host}\n{tls}ProxyPass / http://{backend}/ connectiontimeout=1 timeout=1 retry=0\n</VirtualHost>"
            );
        }
    }
    text
}

fn lighttpd(at: Ipv4Addr, all: Sites<'_>, files: &Files<'_>) -> String {
    let mut text = format!(
        "server.document-root = \"{}\"\nserver.bind = \"{at}\"\nserver.port = 80\nserver.modules = (\"mod_proxy\")\n",
        files.dir
    );
    for (host, backend) in all {
        let _ = writeln!(
            text,
            "$HTTP[\"host\"] == \"{host}\" {{ proxy.server = (\"\" => ((\"host\" => \"{}\", \"port\" => {}, \"connect-timeout\" => 1, \"read-timeout\" => 1))) }}",
            backend.ip(),
            backend.port()
        );
    }
    text
}

fn caddy(at: Ipv4Addr, all: Sites<'_>, files: &Files<'_>) -> String {
    let Files { pem, key, .. } = files;
    let mut text = format!("{{\n admin off\n auto_https off\n default_bind {at}\n}}\n");
    for (host, backend) in all {
        let _ = writeln!(
            text,
            "https://{host} {{\n tls {pem} {key}\n reverse_proxy {backend} {{\n transport http {{\n dial_timeout 1s\n response_header_timeout 1s\n }}\n }}\n}}"
        );
    }
    text
}

fn squid(at: Ipv4Addr, all: Sites<'_>, files: &Files<'_>) -> String {
    let Files { pem, key, .. } = files;
    let mut text = format!(
        "pid_filename none\ncache_effective_user proxy\ncache_effective_group proxy\ncoredump_dir none\naccess_log none\ncache_log /dev/null\n\
         netdb_filename none\ncache deny all\nshutdown_lifetime 0\nvisible_hostname edge.lab\nmax_filedescriptors 4096\nforward_timeout 2 seconds\nconnect_timeout 1 seconds\nread_timeout 1 seconds\n\
         https_port {at}:443 accel vhost tls-cert={pem} tls-key={key}\nhttp_port {at}:80 accel vhost\nhttp_access allow all\n"
    );
    for (host, backend) in all {
        let _ = writeln!(
            text,
            "acl {host} dstdomain {host}\ncache_peer {} parent {} 0 no-query no-digest originserver name={host}\ncache_peer_access {host} allow {host}\ncache_peer_access {host} deny all\nnever_direct allow {host}",
            backend.ip(),
            backend.port()
        );
    }
    text
}

fn varnish(all: Sites<'_>) -> String {
    let mut text = String::from("vcl 4.1;\n");
    let mut choice = String::new();
    for (nth, (host, backend)) in all.iter().enumerate() {
        let _ = writeln!(text, "backend b{nth} {{ .host = \"{}\"; .port = \"{}\"; }}", backend.ip(), backend.port());
        let _ = writeln!(choice, "if (req.http.host == \"{host}\") {{ set req.backend_hint = b{nth}; }}");
    }
    let _ = writeln!(text, "sub vcl_recv {{ {choice} return (pass); }}");
    text
}

/// Traffic Server reads a folder of files, and finds everything else relative to it.
async fn traffic_server(at: Ipv4Addr, all: Sites<'_>, dir: &Path, files: &Files<'_>) -> Result<Command> {
    let root = dir.join("trafficserver");
    let config = root.join("sysconfdir");
    // Each of its folders by name: one that is left out is the machine's own.
    let mut layout = String::new();
    for folder in LAYOUT {
        std::fs::create_dir_all(root.join(folder))?;
        let _ = writeln!(layout, "{folder}: {}", root.join(folder).display());
    }
    std::fs::write(root.join("runroot.yaml"), layout)?;
    // It gives up its rights before it writes there.
    netns::shell(&format!("chmod -R a+rwX {}", root.display())).await?;
    let mut remap = String::new();
    for (host, backend) in all {
        let _ = writeln!(remap, "map https://{host}/ http://{backend}/\nmap http://{host}/ http://{backend}/");
    }
    let write = |name: &str, text: &str| std::fs::write(config.join(name), text);
    write("remap.config", &remap)?;
    write("storage.config", "")?;
    write("ip_allow.yaml", "ip_allow:\n- apply: in\n  ip_addrs: 0/0\n  action: allow\n  methods: ALL\n")?;
    write("plugin.config", "")?;
    write("ssl_multicert.config", &format!("dest_ip=* ssl_cert_name={} ssl_key_name={}\n", files.pem, files.key))?;
    write(
        "records.config",
        &format!(
            "CONFIG proxy.config.http.server_ports STRING 80:ip-in={at} 443:ssl:ip-in={at}\nCONFIG proxy.config.admin.user_id STRING nobody\n\
             CONFIG proxy.config.http.cache.http INT 0\nCONFIG proxy.config.url_remap.remap_required INT 1\n\
             CONFIG proxy.config.http.connect_attempts_timeout INT 1\nCONFIG proxy.config.http.connect_attempts_max_retries INT 0\n\
             CONFIG proxy.config.http.transaction_no_activity_timeout_out INT 1\nCONFIG proxy.config.exec_thread.autoconfig INT 0\nCONFIG proxy.config.exec_thread.limit INT 2\n\
             CONFIG proxy.config.ssl.server.cert.path STRING /\nCONFIG proxy.config.ssl.server.private_key.path STRING /\nCONFIG proxy.config.body_factory.template_sets_dir STRING /etc/trafficserver/body_factory\n"
        ),
    )?;
    let mut command = Command::new("traffic_server");
    command.arg(format!("--run-root={}", root.join("runroot.yaml").display()));
    Ok(command)
}

const LAYOUT: [&str; 13] = [
    "prefix",
    "exec_prefix",
    "bindir",
    "sbindir",
    "sysconfdir",
    "datadir",
    "includedir",
    "libdir",
    "libexecdir",
    "localstatedir",
    "runtimedir",
    "logdir",
    "cachedir",
];
