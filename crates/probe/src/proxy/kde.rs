//! KDE's settings: the file `kioslaverc`.

use super::bypass::{BareName, Bypass};
use super::settings::{Obstacle, Settings};

/// What the file says; `None` where it names no proxy, or leaves it to the environment.
pub(super) fn read(text: &str) -> Option<Settings> {
    let mut is_ours = false;
    let mut settings = Settings { found_in: "the desktop's settings (KDE)", ..Settings::default() };
    let (mut kind, mut is_reversed) = ("0", false);
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            is_ours = line == "[Proxy Settings]";
            continue;
        }
        let Some((key, value)) = line.split_once('=').filter(|_| is_ours) else { continue };
        // Older versions put a blank between host and port.
        let server = value.trim().replace(' ', ":");
        let Settings { http, https, others, obstacle, bypass, .. } = &mut settings;
        match key.trim().trim_end_matches("[$e]") {
            "ProxyType" => kind = value.trim(),
            "httpProxy" => Settings::take(http, obstacle, &server, "http"),
            "httpsProxy" => Settings::take(https, obstacle, &server, "http"),
            "socksProxy" => Settings::take(others, obstacle, &server, "socks5"),
            "NoProxyFor" => *bypass = Bypass::read(value.split([',', ' ']), BareName::WithSubdomains),
            "ReversedException" => is_reversed = value.trim() == "true",
            _ => {}
        }
    }
    match kind {
        "1" if is_reversed => Some(Settings::closed(Obstacle::Unreadable, settings.found_in)),
        "1" => settings.has_proxy().then_some(settings),
        "2" | "3" => Some(Settings::closed(Obstacle::Script, settings.found_in)),
        // 0: none; 4: environment variables, by names that are the usual ones.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::super::settings::Way;
    use super::*;

    const TEXT: &str = "\
[General]
httpProxy=http://wrong:1
[Proxy Settings]
NoProxyFor=localhost,.corp.example
ProxyType=1
httpProxy=http://10.0.0.1 8080
httpsProxy=http://10.0.0.2:8080
socksProxy=socks://10.0.0.3 1080
";

    #[test]
    fn servers_are_read_with_a_blank_or_a_colon_before_the_port() {
        let settings = read(TEXT).unwrap();
        let way = |url: &str| settings.way(&Url::parse(url).unwrap());
        assert!(matches!(way("http://www.example.org/"), Way::Through(it) if it.authority() == "10.0.0.1:8080"));
        assert!(matches!(way("https://www.example.org/"), Way::Through(it) if it.authority() == "10.0.0.2:8080"));
        assert_eq!(way("https://wiki.corp.example/"), Way::Direct);
        assert_eq!(settings.others.unwrap().authority(), "10.0.0.3:1080");
    }

    #[test]
    fn the_type_decides() {
        assert_eq!(read(&TEXT.replace("ProxyType=1", "ProxyType=0")), None);
        assert_eq!(read(&TEXT.replace("ProxyType=1", "ProxyType=4")), None);
        let script = read(&TEXT.replace("ProxyType=1", "ProxyType=2")).unwrap();
        assert_eq!(script.obstacle, Some(Obstacle::Script));
        let reversed = read(&format!("{TEXT}ReversedException=true\n")).unwrap();
        assert_eq!(reversed.obstacle, Some(Obstacle::Unreadable));
    }
}
