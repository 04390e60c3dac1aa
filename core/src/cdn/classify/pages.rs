//! Error pages and headers that give their maker away, in the order in which they are tried.

use super::rules::RULES;
use super::{GeneratedBy, Means};
use crate::cdn::table::{CDNS, Row};
use crate::observation::Answer;
use crate::verdict::Confidence;

/// A page that was recognised.
pub(super) struct Page {
    pub(super) cdn: Option<&'static str>,
    pub(super) made_by: GeneratedBy,
    pub(super) means: Means,
    pub(super) because: &'static str,
    /// A header said so, not only the text.
    pub(super) is_in_headers: bool,
    /// No surer than this, whatever else speaks for it.
    pub(super) at_best: Confidence,
}

/// The words of a page: tags out, white space folded, lower case. Attributes that name a CDN's own classes stay
/// in the raw body, which rules see too.
pub(super) fn text_of(body: &str) -> String {
    let mut text = String::with_capacity(body.len());
    let mut is_tag = false;
    for letter in body.chars() {
        match letter {
            '<' => is_tag = true,
            '>' if is_tag => {
                is_tag = false;
                text.push(' ');
            }
            _ if is_tag => {}
            _ => text.push(letter.to_ascii_lowercase()),
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first rule that matches.
pub(super) fn recognise(answer: &Answer, text: &str, reason: &str) -> Option<Page> {
    if answer.header("cf-mitigated").contains("challenge") {
        return Some(in_headers(Some("Cloudflare"), Means::Block, "cf-mitigated: challenge"));
    }
    if answer.headers.contains_key("x-sucuri-block") {
        return Some(in_headers(Some("Sucuri"), Means::Block, "x-sucuri-block"));
    }
    if answer.headers.contains_key("x-vercel-error") {
        return Some(in_headers(Some("Vercel"), Means::Failure, "x-vercel-error"));
    }
    // Google's load balancer is an Envoy, and says so in Envoy's words.
    if answer.header("via").contains("1.1 google") && text.contains("no healthy upstream") {
        return Some(in_headers(
            Some("Google Cloud CDN/LB"),
            Means::Failure,
            "Google's load balancer has no healthy server behind it",
        ));
    }
    let raw = answer.body.to_ascii_lowercase();
    let has = |mark: &&str| text.contains(*mark) || raw.contains(*mark);
    let rule =
        RULES.iter().find(|rule| rule.all.iter().all(&has) && (rule.any.is_empty() || rule.any.iter().any(&has)));
    if let Some(rule) = rule {
        return Some(Page {
            cdn: rule.cdn,
            made_by: rule.made_by,
            means: rule.means,
            because: rule.because,
            is_in_headers: false,
            at_best: Confidence::High,
        });
    }
    // Fastly's own reason, and nothing else: its custom error bodies look so. Short texts prove little.
    let bare = if text.is_empty() { reason.to_ascii_lowercase() } else { text.to_owned() };
    let is_bare = FASTLY_REASONS.contains(&bare.as_str());
    (answer.status >= 500 && is_bare && answer.header("server").is_empty()).then_some(Page {
        cdn: Some("Fastly"),
        made_by: GeneratedBy::Edge,
        means: Means::Failure,
        because: "nothing but one of Fastly's reasons",
        is_in_headers: false,
        at_best: Confidence::Low,
    })
}

const fn in_headers(cdn: Option<&'static str>, means: Means, because: &'static str) -> Page {
    Page { cdn, made_by: GeneratedBy::Edge, means, because, is_in_headers: true, at_best: Confidence::High }
}

/// Who made it, where no page tells: the `Server` header, held against the CDN that delivered it.
pub(super) fn by_server(answer: &Answer, cdn: Option<&Row>) -> (GeneratedBy, Option<&'static str>, bool) {
    let server = answer.header("server").to_ascii_lowercase();
    let powered = answer.headers.contains_key("x-powered-by");
    let is_edge_server =
        EDGE_SERVERS.iter().any(|(start, name)| server.starts_with(start) && cdn.is_none_or(|row| row.name == *name));
    match cdn {
        Some(row) if row.name == "Heroku" => {
            // The router puts itself into Via only when it passes an answer on.
            let is_passed_on = answer.header("via").contains("vegur");
            let made_by = if is_passed_on { GeneratedBy::Origin } else { GeneratedBy::PlatformRouter };
            (made_by, Some("Heroku's router is in Via only for answers that it passes on"), true)
        }
        Some(row) if row.name == "bunny.net" => {
            let is_own = answer.headers.contains_key("errorcode");
            let made_by = if is_own { GeneratedBy::Edge } else { GeneratedBy::Origin };
            (made_by, Some("bunny.net sets errorcode on errors of its own"), is_own)
        }
        Some(row) if row.name == "Fastly" => {
            // Fastly's own errors say Varnish and retry-after: 0; an origin's keep their Server header.
            let is_own = server.is_empty() || server == "varnish";
            let made_by = if is_own { GeneratedBy::Edge } else { GeneratedBy::Origin };
            let is_sure = !is_own || answer.header("retry-after") == "0";
            (made_by, Some("Fastly keeps an origin's Server header and writes Varnish on its own errors"), is_sure)
        }
        Some(row) if row.name == "Cloudflare" => match answer.status {
            520..=527 | 530 => (GeneratedBy::Edge, Some("a status that only Cloudflare uses"), true),
            500 | 502..=504 => (GeneratedBy::Unknown, Some("Cloudflare puts its name on an origin's error too"), false),
            _ => (GeneratedBy::Origin, Some("Cloudflare passes other statuses on"), false),
        },
        Some(_) if is_edge_server => (GeneratedBy::Edge, Some("the Server header is the edge's own"), true),
        // An edge that signs its own errors, and a whole head without its signature.
        Some(row) if server.is_empty() && signs(row) && answer.headers.contains_key("date") => {
            (GeneratedBy::Origin, Some("not signed by the edge, which signs its own errors"), true)
        }
        Some(_) if server.is_empty() => (GeneratedBy::Unknown, Some("no Server header"), false),
        Some(_) => (GeneratedBy::Origin, Some("the Server header is not the edge's: passed on"), true),
        None if is_edge_server => (GeneratedBy::Edge, Some("the Server header is an edge's"), true),
        None if server.starts_with("awselb") => (GeneratedBy::OriginLb, Some("server: awselb"), true),
        None if PROXIES.iter().any(|proxy| server.starts_with(proxy)) => {
            let is_gateway = matches!(answer.status, 502..=504);
            let made_by = if is_gateway || !powered { GeneratedBy::OriginProxy } else { GeneratedBy::Origin };
            (made_by, Some("a proxy's Server header, and no CDN's"), is_gateway)
        }
        None if !server.is_empty() || powered => (GeneratedBy::Origin, Some("a Server header that is no CDN's"), false),
        None => (GeneratedBy::Unknown, None, false),
    }
}

/// Platforms that are recognised by less than a header of their own.
pub(super) fn platform_by_header(answer: &Answer) -> Option<&'static Row> {
    let via = answer.header("via").to_ascii_lowercase();
    let server = answer.header("server").to_ascii_lowercase();
    let name = if via.contains("1.1 google") || server == "google frontend" {
        "Google Cloud CDN/LB"
    } else if via.contains("vegur") || (server == "cowboy" && answer.status == 503) {
        "Heroku"
    } else {
        return None;
    };
    CDNS.iter().find(|row| row.name == name)
}

/// What each edge writes as its own `Server`.
const EDGE_SERVERS: [(&str, &str); 9] = [
    ("akamaighost", "Akamai"),
    ("cloudfront", "Amazon CloudFront"),
    ("bunnycdn", "bunny.net"),
    ("sucuri/", "Sucuri"),
    ("netlify", "Netlify"),
    ("vercel", "Vercel"),
    ("keycdn", "KeyCDN"),
    ("gcore", "Gcore"),
    ("ecacc", "Edgio"),
];

fn signs(cdn: &Row) -> bool {
    EDGE_SERVERS.iter().any(|(_, name)| *name == cdn.name)
}

const PROXIES: [&str; 8] = ["nginx", "openresty", "varnish", "haproxy", "envoy", "caddy", "traefik", "apache"];

/// The reasons that Fastly's own errors give (its documentation's list of generated errors).
const FASTLY_REASONS: [&str; 9] = [
    "i/o error",
    "backend read error",
    "first byte timeout",
    "no healthy backends",
    "no healthy ip available for the backend",
    "backend is unhealthy",
    "connection failure",
    "backend fetch failed",
    "backend.max_conn reached",
];
