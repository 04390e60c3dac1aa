//! GNOME's settings, as `gsettings list-recursively org.gnome.system.proxy` prints them; Firefox reads them under any
//! desktop.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::bypass::{BareName, Bypass};
use super::server::{Credentials, ProxyServer};
use super::settings::{Obstacle, Settings};

/// The program and its arguments.
pub(super) const COMMAND: [&str; 3] = ["gsettings", "list-recursively", "org.gnome.system.proxy"];

/// What the text says; `None` where it names no proxy.
pub(super) fn read(text: &str) -> Option<Settings> {
    let mut values = BTreeMap::new();
    for line in text.lines() {
        let mut words = line.splitn(3, ' ');
        if let (Some(schema), Some(key), Some(value)) = (words.next(), words.next(), words.next()) {
            let part = schema.strip_prefix("org.gnome.system.proxy").unwrap_or_default().trim_start_matches('.');
            values.insert((part, key), value.trim());
        }
    }
    let value = |part: &'static str, key: &'static str| values.get(&(part, key)).copied().unwrap_or_default();
    match unquoted(value("", "mode")) {
        "manual" => {}
        "auto" => return Some(Settings::closed(Obstacle::Script, IN)),
        _ => return None,
    }
    let server = |part: &'static str, scheme: &str| {
        let (host, port) = (unquoted(value(part, "host")), value(part, "port"));
        let port = port.rsplit(' ').next().filter(|port| *port != "0")?;
        (!host.is_empty()).then(|| ProxyServer::parse(&format!("{scheme}://{}:{port}", bracketed(host))))?
    };
    let mut http = server("http", "http");
    if let Some(http) = http.as_mut().filter(|_| value("http", "use-authentication") == "true") {
        let of = |key| unquoted(value("http", key)).to_owned();
        http.credentials =
            Some(Credentials { user: of("authentication-user"), password: of("authentication-password") });
    }
    let list = value("", "ignore-hosts");
    let list = list.trim_start_matches("@as ").trim_start_matches('[').trim_end_matches(']');
    let settings = Settings {
        http: http.map(Arc::new),
        https: server("https", "http").map(Arc::new),
        others: server("socks", "socks5").map(Arc::new),
        bypass: Bypass::read(list.split(',').map(|rule| unquoted(rule.trim())), BareName::Alone),
        obstacle: None,
        is_suspected: false,
        found_in: IN,
    };
    settings.has_proxy().then_some(settings)
}

fn unquoted(text: &str) -> &str {
    text.trim_matches(['\'', '"'])
}

fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

const IN: &str = "the desktop's settings (GNOME)";

#[cfg(test)]
mod tests {
    use url::Url;

    use super::super::settings::Way;
    use super::*;

    const TEXT: &str = "\
org.gnome.system.proxy autoconfig-url ''
org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', '::1', '*.corp.example']
org.gnome.system.proxy mode 'manual'
org.gnome.system.proxy use-same-proxy true
org.gnome.system.proxy.http authentication-password 'secret'
org.gnome.system.proxy.http authentication-user 'ann'
org.gnome.system.proxy.http enabled false
org.gnome.system.proxy.http host '10.0.0.1'
org.gnome.system.proxy.http port 8080
org.gnome.system.proxy.http use-authentication true
org.gnome.system.proxy.https host '10.0.0.1'
org.gnome.system.proxy.https port 8080
org.gnome.system.proxy.socks host ''
org.gnome.system.proxy.socks port 0
";

    #[test]
    fn a_manual_proxy_is_read_with_its_credentials_and_exceptions() {
        let settings = read(TEXT).unwrap();
        let way = |url: &str| settings.way(&Url::parse(url).unwrap());
        assert!(
            matches!(way("https://www.example.org/"), Way::Through(server) if server.authority() == "10.0.0.1:8080")
        );
        assert!(
            matches!(way("http://www.example.org/"), Way::Through(server) if server.credentials.as_ref().is_some_and(|it| it.user == "ann"))
        );
        assert_eq!(way("https://wiki.corp.example/"), Way::Direct);
    }

    #[test]
    fn none_and_auto_are_told_apart() {
        assert_eq!(read(&TEXT.replace("'manual'", "'none'")), None);
        let auto = read(&TEXT.replace("'manual'", "'auto'")).unwrap();
        assert_eq!(auto.obstacle, Some(Obstacle::Script));
        assert_eq!(read(""), None);
    }
}
