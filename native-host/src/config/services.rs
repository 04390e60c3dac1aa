//! The built-in services that a check may ask besides the site itself.

use detour_cdn::places;
use detour_model::target::Target;
use detour_probe::StatusPage;

/// The status page that is known of the CDN of this name.
pub(super) fn status_page(cdn: &str) -> Option<StatusPage> {
    match places::status_page(cdn)? {
        places::StatusPage::Summary(url) => Target::parse(url).ok().map(StatusPage::Summary),
        places::StatusPage::Rss(url) => Target::parse(url).ok().map(StatusPage::Rss),
    }
}

/// Three public resolvers of three operators.
pub(super) const DEFAULT_DOH: [&str; 3] =
    ["https://1.1.1.1/dns-query", "https://8.8.8.8/dns-query", "https://9.9.9.9/dns-query"];
