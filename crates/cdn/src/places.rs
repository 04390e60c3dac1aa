//! Where to look when a CDN is suspected: other sites that it delivers, and its own status page.
//!
//! Only the native host and the command line ask these; in the wasm nothing of it is left but [`is_well_known`].

/// A CDN's own status page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusPage {
    /// A Statuspage document: `summary.json`, or one of its parts.
    Summary(&'static str),
    /// An RSS feed of incidents.
    Rss(&'static str),
}

/// http(s) addresses of large sites, on unrelated domains, that the CDN of this name delivers. Small answers.
///
/// Sites move: whoever asks one looks at the answer, whether it came from this CDN, before it counts. A canary
/// that failed without an answer says where it is by its addresses and CNAMEs. Empty for CDNs without sites that
/// are large and likely to stay.
#[must_use]
pub fn canaries(cdn: &str) -> &'static [&'static str] {
    CANARIES.iter().find(|(name, _)| *name == cdn).map_or(&[], |(_, sites)| sites)
}

/// Where the CDN of this name says how it is.
#[must_use]
pub fn status_page(cdn: &str) -> Option<StatusPage> {
    STATUS_PAGES.iter().find(|(name, _)| *name == cdn).map(|(_, page)| *page)
}

/// Whether this host belongs to a well-known site: one whose owner does not write a CDN's errors to deceive anybody.
///
/// Everybody can put a page behind a CDN, or write its headers and its error page. So other sites count against a CDN
/// only where no page can have chosen them: the canaries that the host asks, and the sites of this list. None of them lets
/// strangers publish under the name.
#[must_use]
pub fn is_well_known(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    detour_model::sorted::has_domain_of(WELL_KNOWN, host)
}

/// The canaries' domains, where nobody else publishes, and the sites that were named in public when their CDN
/// failed: Fastly on 2021-06-08 (the BBC's, the Guardian's and The Verge's reports of that day), Cloudflare on 2019-07-02,
/// 2020-07-17, 2022-06-21 and 2025-11-18, Akamai on 2021-06-17 and 2021-07-22, Azure Front Door on 2025-10-29 (the CDNs'
/// own accounts, and press reports of those days). Looked through on 2026-11-28.
const WELL_KNOWN: &str = "airbnb.com alaskaair.com amazon.co.uk amazon.com apple.com bbc.co.uk bbc.com bing.com \
    bloomberg.com canva.com chatgpt.com claude.ai cnn.com code.visualstudio.com costco.com crates.io delta.com \
    discord.com docs.aws.amazon.com duolingo.com evernote.com feedly.com fidelity.com fonts.bunny.net ft.com \
    gamespot.com gitlab.com gstatic.com hbomax.com heathrow.com homedepot.com hulu.com ibm.com ign.com imdb.com \
    independent.co.uk jekyllrb.com kickstarter.com kubernetes.io lemonde.fr letsencrypt.org microsoft.com \
    minecraft.net nextjs.org npmjs.com nytimes.com office.com open.spotify.com openai.com pages.github.com paypal.com \
    php.net pinterest.com pypi.org python.org quora.com react.dev reddit.com rubygems.org rust-lang.github.io \
    rust-lang.org snapchat.com southwest.com spotify.com stackoverflow.com starbucks.com tailwindcss.com \
    theguardian.com theverge.com twitch.tv udemy.com united.com ups.com usps.com vimeo.com vodafone.com www.gov.uk \
    www.netlify.com x.com xbox.com";

/// By the names of [`super::CDNS`]. A page of text, an icon's redirect or a 404 are all as good: what counts is
/// that the edge answers.
const CANARIES: [(&str, &[&str]); 10] = [
    (
        "Fastly",
        &["https://www.gov.uk/robots.txt", "https://www.theguardian.com/robots.txt", "https://pypi.org/robots.txt"],
    ),
    (
        "Cloudflare",
        // The trace answers on any site that has an edge at all; a page behind the proxy fails where only the proxy
        // is broken, as on 2025-11-18.
        &["https://discord.com/cdn-cgi/trace", "https://www.npmjs.com/cdn-cgi/trace", "https://gitlab.com/robots.txt"],
    ),
    (
        "Amazon CloudFront",
        &[
            "https://docs.aws.amazon.com/robots.txt",
            "https://www.imdb.com/robots.txt",
            "https://www.duolingo.com/robots.txt",
        ],
    ),
    (
        "Akamai",
        &["https://www.apple.com/robots.txt", "https://www.microsoft.com/robots.txt", "https://www.ibm.com/robots.txt"],
    ),
    (
        "Azure Front Door",
        &["https://www.bing.com/robots.txt", "https://code.visualstudio.com/robots.txt", "https://www.office.com/"],
    ),
    ("bunny.net", &["https://fonts.bunny.net/robots.txt", "https://www.php.net/robots.txt"]),
    (
        "Vercel",
        &["https://react.dev/robots.txt", "https://tailwindcss.com/robots.txt", "https://nextjs.org/robots.txt"],
    ),
    (
        "Netlify",
        &[
            "https://kubernetes.io/robots.txt",
            "https://letsencrypt.org/robots.txt",
            "https://www.netlify.com/robots.txt",
        ],
    ),
    (
        "Google Cloud CDN/LB",
        &[
            "https://www.gstatic.com/generate_204",
            "https://open.spotify.com/robots.txt",
            "https://www.snapchat.com/robots.txt",
        ],
    ),
    (
        "GitHub Pages",
        &["https://jekyllrb.com/robots.txt", "https://rust-lang.github.io/", "https://pages.github.com/robots.txt"],
    ),
];

/// Statuspage's `status.json` holds the two lines that matter. The whole `summary.json` lists every POP of
/// Cloudflare before it comes to them, beyond the beginning that a check reads.
const STATUS_PAGES: [(&str, StatusPage); 11] = [
    ("Fastly", StatusPage::Rss("https://www.fastlystatus.com/rss/")),
    ("Cloudflare", StatusPage::Summary("https://www.cloudflarestatus.com/api/v2/status.json")),
    ("Amazon CloudFront", StatusPage::Rss("https://status.aws.amazon.com/rss/cloudfront.rss")),
    ("Akamai", StatusPage::Summary("https://www.akamaistatus.com/api/v2/status.json")),
    ("Azure Front Door", StatusPage::Rss("https://azure.status.microsoft/en-us/status/feed/")),
    ("bunny.net", StatusPage::Summary("https://status.bunny.net/api/v2/status.json")),
    ("CacheFly", StatusPage::Summary("https://www.cacheflystatus.com/api/v2/status.json")),
    ("Vercel", StatusPage::Summary("https://www.vercel-status.com/api/v2/status.json")),
    ("Netlify", StatusPage::Summary("https://www.netlifystatus.com/api/v2/status.json")),
    ("GitHub Pages", StatusPage::Summary("https://www.githubstatus.com/api/v2/status.json")),
    ("DigitalOcean", StatusPage::Summary("https://status.digitalocean.com/api/v2/status.json")),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CDNS;
    use detour_model::target::Target;

    #[test]
    fn every_canary_is_a_public_site_of_a_known_cdn_and_no_two_share_a_domain() {
        for (name, sites) in CANARIES {
            assert!(CDNS.iter().any(|row| row.name == name), "{name}");
            assert!(sites.len() >= 2, "{name}");
            let mut domains: Vec<String> = sites
                .iter()
                .map(|site| {
                    let host = Target::parse(site).expect(site).host().to_owned();
                    host.rsplit('.').take(2).collect::<Vec<_>>().join(".")
                })
                .collect();
            domains.sort_unstable();
            domains.dedup();
            assert_eq!(domains.len(), sites.len(), "{name}");
        }
    }

    #[test]
    fn a_well_known_site_is_known_by_its_name_and_everything_below_and_by_nothing_else() {
        for (_, sites) in CANARIES {
            for site in sites {
                assert!(is_well_known(Target::parse(site).expect(site).host()), "{site}");
            }
        }
        for known in ["bbc.co.uk", "www.bbc.co.uk", "i.reddit.com", "www.gov.uk"] {
            assert!(is_well_known(known), "{known}");
        }
        for other in ["evilbbc.co.uk", "bbc.co.uk.evil.net", "co.uk", "a.gov.uk", "evil.github.io", "github.io", ""] {
            assert!(!is_well_known(other), "{other}");
        }
        let words: Vec<&str> = WELL_KNOWN.split_ascii_whitespace().collect();
        for (nth, word) in words.iter().enumerate() {
            assert!(word.contains('.') && *word == word.to_lowercase(), "{word}");
            assert!(!words.iter().skip(nth + 1).any(|other| other == word), "{word} is there twice");
        }
    }

    #[test]
    fn the_big_ones_have_a_status_page_and_the_unknown_have_nothing() {
        for name in ["Fastly", "Cloudflare", "Amazon CloudFront", "Akamai", "Azure Front Door", "bunny.net"] {
            assert!(status_page(name).is_some() && !canaries(name).is_empty(), "{name}");
        }
        assert_eq!(status_page("Nobody's"), None);
        assert!(canaries("Nobody's").is_empty());
    }
}
