//! Whose watching is counted.

use detour_core::settings::Settings;

/// Whose watching is counted.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) sites: &'static [(&'static str, Answers)],
    pub(super) has_host: bool,
    pub(super) settings: fn() -> Settings,
}

/// What a failing site says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answers {
    /// A header by which its CDN is known.
    pub(super) header: (&'static str, &'static str),
    /// `Retry-After`, in seconds.
    pub(super) asks_back: Option<&'static str>,
}

const fn says(header: (&'static str, &'static str)) -> Answers {
    Answers { header, asks_back: None }
}

pub(super) const KINDS: [Kind; 7] = [
    Kind { name: "ten sites on ten CDNs", sites: &TEN_CDNS, has_host: false, settings: Settings::default },
    Kind { name: "ten sites on ten CDNs, with host", sites: &TEN_CDNS, has_host: true, settings: Settings::default },
    Kind { name: "ten sites on one CDN", sites: &ONE_CDN, has_host: false, settings: Settings::default },
    Kind { name: "ten sites on one CDN, with host", sites: &ONE_CDN, has_host: true, settings: Settings::default },
    Kind {
        name: "the same, archives asked by themselves",
        sites: &ONE_CDN,
        has_host: true,
        settings: || Settings { automatic_look_up: true, ..Settings::default() },
    },
    Kind { name: "one site", sites: &ONE, has_host: true, settings: Settings::default },
    Kind { name: "one site, Retry-After: 1800", sites: &ONE_ASKS_BACK, has_host: true, settings: Settings::default },
];

const FASTLY: Answers = says(("x-served-by", "cache-lhr7321-LHR"));

const TEN_CDNS: [(&str, Answers); 10] = [
    ("www.theguardian.com", FASTLY),
    ("www.nytimes.com", says(("server", "cloudflare"))),
    ("www.ft.com", says(("x-amz-cf-id", "Rm9yIHRoZSBiZW5jaG1hcms="))),
    ("www.lemonde.fr", says(("server", "AkamaiGHost"))),
    ("www.reddit.com", says(("x-azure-ref", "20210608T094700Z"))),
    ("www.twitch.tv", says(("server", "BunnyCDN-DE1-752"))),
    ("stackoverflow.com", says(("x-vercel-id", "lhr1::7hzk4"))),
    ("www.gov.uk", says(("x-nf-request-id", "01F7MSTZ"))),
    ("www.etsy.com", says(("x-iinfo", "9-33549284-0"))),
    ("www.imgur.com", says(("x-sucuri-id", "15011"))),
];

const ONE_CDN: [(&str, Answers); 10] = [
    ("www.theguardian.com", FASTLY),
    ("www.nytimes.com", FASTLY),
    ("www.ft.com", FASTLY),
    ("www.lemonde.fr", FASTLY),
    ("www.reddit.com", FASTLY),
    ("www.twitch.tv", FASTLY),
    ("stackoverflow.com", FASTLY),
    ("www.gov.uk", FASTLY),
    ("www.etsy.com", FASTLY),
    ("www.imgur.com", FASTLY),
];

const ONE: [(&str, Answers); 1] = [("www.theguardian.com", FASTLY)];

const ONE_ASKS_BACK: [(&str, Answers); 1] =
    [("www.theguardian.com", Answers { header: FASTLY.header, asks_back: Some("1800") })];
