//! The browser's own settings, as the extension tells them.

use detour_model::proxy::{BrowserProxy, ProxyMode};

use super::bypass::{BareName, Bypass};
use super::settings::{Obstacle, Settings};

/// What the browser says; `None` where it leaves that to the system, or does not say.
pub(super) fn read(told: &BrowserProxy) -> Option<Settings> {
    match told.mode {
        ProxyMode::Unknown | ProxyMode::System => None,
        ProxyMode::Direct => Some(Settings { found_in: IN, ..Settings::default() }),
        ProxyMode::Script => Some(Settings::closed(Obstacle::Script, IN)),
        ProxyMode::Fixed => {
            let mut settings = Settings { found_in: IN, ..Settings::default() };
            let text = |server: &Option<String>| server.clone().unwrap_or_default();
            let Settings { http, https, others, obstacle, .. } = &mut settings;
            Settings::take(http, obstacle, &text(&told.http), "http");
            Settings::take(https, obstacle, &text(&told.https), "http");
            Settings::take(others, obstacle, &text(&told.others), "http");
            // By the narrower meaning too much goes through the proxy, and nothing around it.
            settings.bypass = Bypass::read(told.bypass.iter().map(String::as_str), BareName::Alone);
            Some(settings)
        }
    }
}

const IN: &str = "the browser's settings";

#[cfg(test)]
mod tests {
    use url::Url;

    use super::super::settings::Way;
    use super::*;

    fn way(told: &BrowserProxy) -> Option<Way> {
        Some(read(told)?.way(&Url::parse("https://www.example.org/").unwrap()))
    }

    #[test]
    fn the_browsers_mode_decides() {
        let mode = |mode| BrowserProxy { mode, ..BrowserProxy::default() };
        assert_eq!(way(&mode(ProxyMode::System)), None);
        assert_eq!(way(&mode(ProxyMode::Unknown)), None);
        assert_eq!(way(&mode(ProxyMode::Direct)), Some(Way::Direct));
        assert_eq!(way(&mode(ProxyMode::Script)), Some(Way::Closed(Obstacle::Script)));
        let fixed = |server: &str| BrowserProxy { others: Some(server.into()), ..mode(ProxyMode::Fixed) };
        assert!(matches!(way(&fixed("socks5://10.0.0.1:1080")), Some(Way::Through(_))));
        assert_eq!(way(&fixed("socks4://10.0.0.1:1080")), Some(Way::Closed(Obstacle::Unreadable)));
        let around = BrowserProxy { bypass: vec!["*.example.org".into()], ..fixed("http://10.0.0.1") };
        assert_eq!(way(&around), Some(Way::Direct));
    }
}
