//! Environment variables, as curl and most programs read them.

use super::bypass::{BareName, Bypass};
use super::settings::{Obstacle, Settings};

/// What the environment says; `None` where it names no proxy. `variable` answers like `std::env::var`.
pub(super) fn read(variable: impl Fn(&str) -> Option<String>) -> Option<Settings> {
    let of = |lower: &str| {
        let upper = lower.to_ascii_uppercase();
        [lower, &upper].into_iter().find_map(|name| variable(name).filter(|value| !value.trim().is_empty()))
    };
    // In a CGI program `HTTP_PROXY` is the visitor's own `Proxy:` header (httpoxy, CVE-2016-5385).
    let is_cgi = variable("REQUEST_METHOD").is_some();
    let http = if is_cgi { variable("http_proxy").filter(|value| !value.is_empty()) } else { of("http_proxy") };
    let mut settings = Settings { found_in: "the environment", ..Settings::default() };
    let Settings { http: for_http, https: for_https, others, obstacle, .. } = &mut settings;
    Settings::take(for_http, obstacle, &http.unwrap_or_default(), "http");
    Settings::take(for_https, obstacle, &of("https_proxy").unwrap_or_default(), "http");
    Settings::take(others, obstacle, &of("all_proxy").unwrap_or_default(), "http");
    // Chromium's name for a script's address.
    if of("auto_proxy").is_some() {
        *obstacle = Some(Obstacle::Script);
    }
    let bypass = of("no_proxy").unwrap_or_default();
    settings.bypass = Bypass::read(bypass.split([',', ' ']), BareName::WithSubdomains);
    settings.has_proxy().then_some(settings)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::super::settings::Way;
    use super::*;

    fn way(variables: &[(&str, &str)], url: &str) -> String {
        let find =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        match read(find).unwrap_or_default().way(&Url::parse(url).unwrap()) {
            Way::Direct => "direct".to_owned(),
            Way::Through(server) => server.to_string(),
            Way::Closed(obstacle) => format!("{obstacle:?}"),
        }
    }

    #[test]
    fn each_scheme_has_its_own_and_all_proxy_is_for_the_rest() {
        let each = [("HTTPS_PROXY", "http://a:1"), ("http_proxy", "b:2")];
        assert_eq!(way(&each, "https://www.example.org/"), "http://a:1");
        assert_eq!(way(&each, "http://www.example.org/"), "http://b:2");
        let all = [("ALL_PROXY", "socks5h://c:3"), ("http_proxy", "b:2")];
        assert_eq!(way(&all, "https://www.example.org/"), "socks5://c:3");
        assert_eq!(way(&all, "http://www.example.org/"), "http://b:2");
        assert_eq!(way(&[("HTTPS_PROXY", "")], "https://www.example.org/"), "direct");
    }

    #[test]
    fn no_proxy_is_honoured() {
        let with = |no: &'static str| [("https_proxy", "http://a:1"), ("NO_PROXY", no)];
        assert_eq!(way(&with("localhost, .example.org"), "https://www.example.org/"), "direct");
        assert_eq!(way(&with("example.net"), "https://www.example.org/"), "http://a:1");
        assert_eq!(way(&with("*"), "https://www.example.org/"), "direct");
    }

    #[test]
    fn a_visitors_header_is_no_setting() {
        let cgi = [("HTTP_PROXY", "http://evil:1"), ("REQUEST_METHOD", "GET")];
        assert_eq!(way(&cgi, "http://www.example.org/"), "direct");
        assert_eq!(way(&cgi[..1], "http://www.example.org/"), "http://evil:1");
    }

    #[test]
    fn what_cannot_be_read_or_is_a_script_closes_the_way() {
        assert_eq!(way(&[("https_proxy", "socks4://a:1")], "https://www.example.org/"), "Unreadable");
        assert_eq!(way(&[("auto_proxy", "http://a/p.pac")], "https://www.example.org/"), "Script");
    }
}
