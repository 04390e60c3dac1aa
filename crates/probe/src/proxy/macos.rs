//! macOS' settings, as `scutil --proxy` prints them.

use std::collections::BTreeMap;

use super::bypass::{BareName, Bypass};
use super::settings::{Obstacle, Settings};

/// The program and its arguments.
pub(super) const COMMAND: [&str; 2] = ["scutil", "--proxy"];

/// What the text says; `None` where it names no proxy.
pub(super) fn read(text: &str) -> Option<Settings> {
    let mut values = BTreeMap::new();
    let mut exceptions = Vec::new();
    let mut is_list = false;
    for line in text.lines().map(str::trim) {
        if line == "}" {
            is_list = false;
        } else if let Some((key, value)) = line.split_once(" : ") {
            if key == "ExceptionsList" {
                is_list = true;
            } else if is_list {
                exceptions.push(value);
            } else {
                values.insert(key, value);
            }
        }
    }
    let is_on = |key: &str| values.get(key) == Some(&"1");
    if is_on("ProxyAutoConfigEnable") || is_on("ProxyAutoDiscoveryEnable") {
        return Some(Settings::closed(Obstacle::Script, IN));
    }
    let server = |name: &str| {
        let host = values.get(format!("{name}Proxy").as_str()).filter(|_| is_on(&format!("{name}Enable")))?;
        let host = if host.contains(':') { format!("[{host}]") } else { (*host).to_owned() };
        Some(values.get(format!("{name}Port").as_str()).map_or(host.clone(), |port| format!("{host}:{port}")))
    };
    let mut settings = Settings { found_in: IN, ..Settings::default() };
    let Settings { http, https, others, obstacle, bypass, .. } = &mut settings;
    Settings::take(http, obstacle, &server("HTTP").unwrap_or_default(), "http");
    Settings::take(https, obstacle, &server("HTTPS").unwrap_or_default(), "http");
    Settings::take(others, obstacle, &server("SOCKS").unwrap_or_default(), "socks5");
    let local = is_on("ExcludeSimpleHostnames").then_some("<local>");
    *bypass = Bypass::read(exceptions.into_iter().chain(local), BareName::Alone);
    settings.has_proxy().then_some(settings)
}

const IN: &str = "macOS' settings";

#[cfg(test)]
mod tests {
    use url::Url;

    use super::super::settings::Way;
    use super::*;

    const TEXT: &str = "\
<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 169.254/16
    2 : *.corp.example
  }
  ExcludeSimpleHostnames : 1
  HTTPEnable : 0
  HTTPSEnable : 1
  HTTPSPort : 8080
  HTTPSProxy : proxy.example
  ProxyAutoConfigEnable : 0
  SOCKSEnable : 1
  SOCKSPort : 1080
  SOCKSProxy : 10.0.0.3
}
";

    #[test]
    fn what_is_enabled_is_read() {
        let settings = read(TEXT).unwrap();
        let way = |url: &str| settings.way(&Url::parse(url).unwrap());
        assert!(
            matches!(way("https://www.example.org/"), Way::Through(it) if it.to_string() == "http://proxy.example:8080")
        );
        assert!(
            matches!(way("http://www.example.org/"), Way::Through(it) if it.to_string() == "socks5://10.0.0.3:1080")
        );
        assert_eq!(way("https://wiki.corp.example/"), Way::Direct);
        assert_eq!(way("https://intranet/"), Way::Direct);
    }

    #[test]
    fn a_script_closes_the_way_and_an_empty_dictionary_is_no_proxy() {
        let script = read(&TEXT.replace("ProxyAutoConfigEnable : 0", "ProxyAutoConfigEnable : 1")).unwrap();
        assert_eq!(script.obstacle, Some(Obstacle::Script));
        assert_eq!(read("<dictionary> {\n}\n"), None);
    }
}
