//! What a browser says of its proxy, read once from what either engine's `proxy.settings.get` gives.

use serde::{Deserialize, Serialize};

/// A browser's proxy, told to the host with each check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BrowserProxy {
    /// Where the browser has its proxy from.
    pub mode: ProxyMode,
    /// For http pages, as `scheme://host:port`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<String>,
    /// For https pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub https: Option<String>,
    /// For whatever has none of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub others: Option<String>,
    /// What goes without a proxy, in the browser's own patterns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bypass: Vec<String>,
    /// Whether the browser's own failure speaks of a proxy, whatever the settings say.
    pub is_suspected: bool,
}

/// Where a browser has its proxy from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProxyMode {
    /// The settings could not be read.
    #[default]
    Unknown,
    /// There is none.
    Direct,
    /// The operating system's settings: the host looks for itself.
    System,
    /// These servers.
    Fixed,
    /// A script (PAC) or automatic detection (WPAD) decides for each address.
    Script,
}

/// What `proxy.settings.get` gives, in both engines: Chromium's `ProxyConfig` and Gecko's `proxyConfig` share no field, so
/// one struct reads both.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct EngineSetting {
    value: EngineValue,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct EngineValue {
    mode: String,
    rules: ChromiumRules,
    proxy_type: String,
    http: String,
    ssl: String,
    socks: String,
    socks_version: Option<u8>,
    http_proxy_all: bool,
    passthrough: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ChromiumRules {
    single_proxy: Option<ChromiumServer>,
    proxy_for_http: Option<ChromiumServer>,
    proxy_for_https: Option<ChromiumServer>,
    fallback_proxy: Option<ChromiumServer>,
    bypass_list: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ChromiumServer {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl From<EngineSetting> for BrowserProxy {
    fn from(setting: EngineSetting) -> Self {
        let value = setting.value;
        match (value.mode.as_str(), value.proxy_type.as_str()) {
            ("direct", _) | (_, "none") => Self { mode: ProxyMode::Direct, ..Self::default() },
            ("system", _) | (_, "system") => Self { mode: ProxyMode::System, ..Self::default() },
            ("pac_script" | "auto_detect", _) | (_, "autoConfig" | "autoDetect") => {
                Self { mode: ProxyMode::Script, ..Self::default() }
            }
            ("fixed_servers", _) => by_chromium(value.rules),
            (_, "manual") => by_gecko(value),
            _ => Self::default(),
        }
    }
}

fn by_chromium(rules: ChromiumRules) -> BrowserProxy {
    let text = |server: Option<ChromiumServer>| server.filter(|server| !server.host.is_empty()).map(in_words);
    BrowserProxy {
        mode: ProxyMode::Fixed,
        http: text(rules.proxy_for_http),
        https: text(rules.proxy_for_https),
        others: text(rules.single_proxy.or(rules.fallback_proxy)),
        bypass: rules.bypass_list,
        is_suspected: false,
    }
}

fn in_words(server: ChromiumServer) -> String {
    let scheme = if server.scheme.is_empty() { "http" } else { &server.scheme };
    let host = server.host;
    let host = if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host };
    match server.port {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    }
}

fn by_gecko(value: EngineValue) -> BrowserProxy {
    let named = |scheme: &str, server: &str| (!server.is_empty()).then(|| format!("{scheme}://{server}"));
    let http = named("http", &value.http);
    let https = if value.http_proxy_all { http.clone() } else { named("http", &value.ssl) };
    let socks = if value.socks_version == Some(4) { "socks4" } else { "socks5" };
    // Gecko sends nothing through these to this computer itself, which no check does either.
    let bypass = value.passthrough.split([',', ' ']).filter(|rule| !rule.is_empty()).map(str::to_owned).collect();
    BrowserProxy {
        mode: ProxyMode::Fixed,
        http,
        https,
        others: named(socks, &value.socks),
        bypass,
        is_suspected: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> BrowserProxy {
        serde_json::from_str::<EngineSetting>(json).unwrap().into()
    }

    #[test]
    fn both_engines_say_where_they_have_it_from() {
        for (json, mode) in [
            (r#"{"levelOfControl":"controllable_by_this_extension","value":{"mode":"system"}}"#, ProxyMode::System),
            (r#"{"value":{"mode":"direct"}}"#, ProxyMode::Direct),
            (r#"{"value":{"mode":"auto_detect"}}"#, ProxyMode::Script),
            (
                r#"{"value":{"mode":"pac_script","pacScript":{"url":"http://a/p.pac","mandatory":false}}}"#,
                ProxyMode::Script,
            ),
            (r#"{"value":{"proxyType":"system","http":"","ssl":"","socks":"","socksVersion":5}}"#, ProxyMode::System),
            (r#"{"value":{"proxyType":"none"}}"#, ProxyMode::Direct),
            (r#"{"value":{"proxyType":"autoConfig","autoConfigUrl":"http://a/p.pac"}}"#, ProxyMode::Script),
            (r#"{"value":{"proxyType":"autoDetect"}}"#, ProxyMode::Script),
            (r#"{"value":{"mode":"from_the_future"}}"#, ProxyMode::Unknown),
            ("{}", ProxyMode::Unknown),
        ] {
            assert_eq!(read(json).mode, mode, "{json}");
        }
    }

    #[test]
    fn chromiums_servers_are_read() {
        let single = read(
            r#"{"value":{"mode":"fixed_servers","rules":{"singleProxy":{"scheme":"socks5","host":"10.0.0.1","port":1080},
            "bypassList":["*.corp.example","<local>"]}}}"#,
        );
        assert_eq!((single.others.as_deref(), single.bypass.len()), (Some("socks5://10.0.0.1:1080"), 2));
        let each = read(
            r#"{"value":{"mode":"fixed_servers","rules":{"proxyForHttp":{"scheme":"http","host":"::1","port":3128},
            "proxyForHttps":{"host":"p.example"}}}}"#,
        );
        assert_eq!(each.http.as_deref(), Some("http://[::1]:3128"));
        assert_eq!(each.https.as_deref(), Some("http://p.example"));
    }

    #[test]
    fn geckos_servers_are_read() {
        let manual = read(
            r#"{"value":{"proxyType":"manual","http":"10.0.0.1:3128","httpProxyAll":true,"ssl":"","socks":"",
            "socksVersion":5,"passthrough":"localhost, .corp.example"}}"#,
        );
        assert_eq!(manual.https.as_deref(), Some("http://10.0.0.1:3128"));
        assert_eq!(manual.bypass, ["localhost", ".corp.example"]);
        let old = read(r#"{"value":{"proxyType":"manual","socks":"10.0.0.1:1080","socksVersion":4}}"#);
        assert_eq!((old.others.as_deref(), old.http), (Some("socks4://10.0.0.1:1080"), None));
    }
}
