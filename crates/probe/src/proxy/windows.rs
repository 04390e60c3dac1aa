//! Windows' settings, as `reg query` prints the key `Internet Settings`.

use super::bypass::{BareName, Bypass};
use super::settings::{Obstacle, Settings};

/// The program and its arguments.
pub(super) const COMMAND: [&str; 3] =
    ["reg", "query", r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings"];

/// What the text says; `None` where it names no proxy.
pub(super) fn read(text: &str) -> Option<Settings> {
    let value = |name: &str| {
        text.lines().find_map(|line| {
            let line = line.trim();
            let rest = line.strip_prefix(name).filter(|rest| rest.starts_with(char::is_whitespace))?.trim_start();
            // REG_SZ or REG_DWORD, then the value.
            Some(rest.split_once(char::is_whitespace)?.1.trim())
        })
    };
    if value("AutoConfigURL").is_some_and(|url| !url.is_empty()) {
        return Some(Settings::closed(Obstacle::Script, IN));
    }
    if value("ProxyEnable") != Some("0x1") {
        return None;
    }
    let mut settings = Settings { found_in: IN, ..Settings::default() };
    let Settings { http, https, others, obstacle, bypass, .. } = &mut settings;
    for part in value("ProxyServer").unwrap_or_default().split([';', ' ']).filter(|part| !part.is_empty()) {
        match part.split_once('=') {
            Some(("http", server)) => Settings::take(http, obstacle, server, "http"),
            Some(("https", server)) => Settings::take(https, obstacle, server, "http"),
            // Windows means SOCKS 4 by this, which is not spoken here.
            Some(("socks", _)) => *obstacle = Some(Obstacle::Unreadable),
            Some(_) => {} // ftp
            None => Settings::take(others, obstacle, part, "http"),
        }
    }
    if http.is_some() || https.is_some() {
        *obstacle = None;
    }
    *bypass = Bypass::read(value("ProxyOverride").unwrap_or_default().split([';', ',']), BareName::Alone);
    settings.has_proxy().then_some(settings)
}

const IN: &str = "Windows' settings";

#[cfg(test)]
mod tests {
    use url::Url;

    use super::super::settings::Way;
    use super::*;

    fn text(values: &[&str]) -> String {
        let key = r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Internet Settings";
        format!("\r\n{key}\r\n    {}\r\n", values.join("\r\n    "))
    }

    fn authority(values: &[&str], url: &str) -> Option<String> {
        match read(&text(values))?.way(&Url::parse(url).unwrap()) {
            Way::Through(server) => Some(server.authority()),
            Way::Direct => Some("direct".into()),
            Way::Closed(obstacle) => Some(format!("{obstacle:?}")),
        }
    }

    #[test]
    fn one_server_for_all_or_one_for_each_scheme() {
        let one = [
            "ProxyEnable    REG_DWORD    0x1",
            "ProxyServer    REG_SZ    10.0.0.1:8080",
            "ProxyOverride    REG_SZ    *.corp.example;<local>",
        ];
        assert_eq!(authority(&one, "https://www.example.org/").as_deref(), Some("10.0.0.1:8080"));
        assert_eq!(authority(&one, "https://wiki.corp.example/").as_deref(), Some("direct"));
        let each = ["ProxyEnable    REG_DWORD    0x1", "ProxyServer    REG_SZ    http=a:1;https=b:2;ftp=c:3"];
        assert_eq!(authority(&each, "https://www.example.org/").as_deref(), Some("b:2"));
        assert_eq!(authority(&each, "http://www.example.org/").as_deref(), Some("a:1"));
    }

    #[test]
    fn a_script_is_a_script_and_what_is_off_is_off() {
        let script = ["ProxyEnable    REG_DWORD    0x0", "AutoConfigURL    REG_SZ    http://wpad/wpad.dat"];
        assert_eq!(authority(&script, "https://www.example.org/").as_deref(), Some("Script"));
        let off = ["ProxyEnable    REG_DWORD    0x0", "ProxyServer    REG_SZ    10.0.0.1:8080"];
        assert_eq!(authority(&off, "https://www.example.org/"), None);
        let socks = ["ProxyEnable    REG_DWORD    0x1", "ProxyServer    REG_SZ    socks=10.0.0.1:1080"];
        assert_eq!(authority(&socks, "https://www.example.org/").as_deref(), Some("Unreadable"));
    }
}
