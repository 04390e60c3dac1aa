//! Error pages and headers that give their maker away, in the order in which they are tried.

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

/// A rule over text: all of `all` and, where given, one of `any`; without case.
struct Rule {
    cdn: Option<&'static str>,
    made_by: GeneratedBy,
    means: Means,
    all: &'static [&'static str],
    any: &'static [&'static str],
    because: &'static str,
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
            _ => text.extend(letter.to_lowercase()),
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
    let bare = if text.is_empty() { reason.to_lowercase() } else { text.to_owned() };
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

use GeneratedBy::{Edge, OriginLb, OriginProxy, PlatformRouter};
use Means::{Block, Failure};

const fn rule(
    cdn: &'static str,
    made_by: GeneratedBy,
    means: Means,
    all: &'static [&'static str],
    any: &'static [&'static str],
    because: &'static str,
) -> Rule {
    Rule { cdn: Some(cdn), made_by, means, all, any, because }
}

/// In this order: challenges and blocks; an edge's unmistakable pages; numbered pages; generic servers.
const RULES: &[Rule] = &[
    // The challenge itself was down, and said so on every page that needed it (2025-11-18).
    rule(
        "Cloudflare",
        Edge,
        Failure,
        &["please unblock challenges.cloudflare.com"],
        &[],
        "Cloudflare's challenge is itself out of order",
    ),
    rule(
        "Cloudflare",
        Edge,
        Block,
        &[],
        &[
            "just a moment...",
            "attention required! | cloudflare",
            "/cdn-cgi/challenge-platform/",
            "cf-chl-",
            "cf_chl_opt",
            "checking your browser before accessing",
        ],
        "a challenge page",
    ),
    rule(
        "Cloudflare",
        Edge,
        Block,
        &["cloudflare"],
        &[
            "error 1020",
            "error code 1020",
            "error 1015",
            "error code: 1015",
            "you are being rate limited",
            "sorry, you have been blocked",
            "error 1006",
            "error 1007",
            "error 1008",
            "error 1009",
            "error 1010",
            "error 1012",
        ],
        "Cloudflare refuses this visitor",
    ),
    rule("Sucuri", Edge, Block, &["sucuri website firewall"], &[], "Sucuri's block page"),
    rule("Imperva", Edge, Block, &["incapsula incident id"], &[], "Imperva's block page"),
    rule("Imperva", Edge, Block, &["_incapsula_resource"], &[], "Imperva's challenge"),
    rule(
        "Amazon CloudFront",
        Edge,
        Block,
        &["generated by cloudfront"],
        &[
            "request blocked",
            "request could not be satisfied. bad request",
            "configured to block access from your country",
        ],
        "CloudFront refuses this visitor",
    ),
    rule(
        "Akamai",
        Edge,
        Block,
        &["access denied", "reference"],
        &["reference #18.", "errors.edgesuite.net/18."],
        "Akamai's class 18: access denied",
    ),
    // Pages that only one edge writes.
    rule("Fastly", Edge, Failure, &["guru mediation"], &[], "“Guru Mediation”, in Fastly's own spelling"),
    rule(
        "Fastly",
        Edge,
        Failure,
        &["fastly error: unknown domain"],
        &[],
        "Fastly's page for a name that it does not know",
    ),
    rule(
        "Fastly",
        Edge,
        Failure,
        &["varnish cache server", "details: cache-"],
        &[],
        "Fastly's error page with its node",
    ),
    rule("Fastly", Edge, Failure, &["error 54113"], &[], "Fastly's error number"),
    Rule {
        cdn: None,
        made_by: OriginProxy,
        means: Failure,
        all: &["guru meditation", "xid:"],
        any: &[],
        because: "“Guru Meditation” with an XID: a Varnish of the site's own",
    },
    rule("Amazon CloudFront", Edge, Failure, &["generated by cloudfront"], &[], "“Generated by cloudfront”"),
    rule("Akamai", Edge, Failure, &[], &["errors.edgesuite.net", "reference #"], "Akamai's reference number"),
    rule(
        "Azure Front Door",
        Edge,
        Failure,
        &[],
        &[
            "our services aren't available right now",
            "our services aren’t available right now",
            "our services aren&#39;t available right now",
        ],
        "Azure Front Door's page",
    ),
    rule("Vercel", PlatformRouter, Block, &["vercel security checkpoint"], &[], "Vercel's challenge"),
    rule(
        "Vercel",
        Edge,
        Failure,
        &[],
        &[
            "function_invocation_",
            "vercel is working correctly",
            "deployment_not_found",
            "internal_function_",
            "internal_edge_function_",
            "edge_function_invocation_",
        ],
        "Vercel's error code",
    ),
    rule(
        "Netlify",
        Edge,
        Failure,
        &["errormessage"],
        &["task timed out after"],
        "Netlify's answer for a function that ran out of time",
    ),
    rule(
        "Netlify",
        Edge,
        Failure,
        &["netlify"],
        &["site not found", "page not found", "internal server error", "bad gateway"],
        "Netlify's own page",
    ),
    rule(
        "Heroku",
        PlatformRouter,
        Failure,
        &["application error"],
        &["heroku logs", "herokucdn.com/error-pages"],
        "Heroku's application error page",
    ),
    rule("Heroku", PlatformRouter, Failure, &[], &["herokucdn.com/error-pages", "no such app"], "Heroku's own page"),
    rule("bunny.net", Edge, Failure, &["domain suspended or not configured"], &[], "bunny.net does not know the name"),
    rule(
        "Google Cloud CDN/LB",
        Edge,
        Failure,
        &["error: server error", "please try again in 30 seconds"],
        &[],
        "Google's load balancer's page",
    ),
    rule(
        "Google Cloud CDN/LB",
        Edge,
        Failure,
        &["the server encountered a temporary error and could not complete your request"],
        &[],
        "Google's load balancer's page",
    ),
    rule("Google Cloud CDN/LB", Edge, Failure, &["(server error)!!1"], &[], "Google's front end's page"),
    rule("Google Cloud CDN/LB", Edge, Failure, &["that’s an error"], &[], "Google's front end's page"),
    rule("Google Cloud CDN/LB", Edge, Failure, &["that's an error"], &["google"], "Google's front end's page"),
    // Cloudflare's numbered pages, whole or in part.
    rule(
        "Cloudflare",
        Edge,
        Failure,
        &[],
        &[
            "cf-error-details",
            "cf-host-status",
            "cf-browser-status",
            "cf-cloudflare-status",
            "cf-error-source",
            "utm_campaign=<",
            "utm_source=errorcode_",
        ],
        "parts of Cloudflare's error page",
    ),
    rule(
        "Cloudflare",
        Edge,
        Failure,
        &["cloudflare"],
        &["error code 5", "error code: 5", "error code 1", "error code: 1", "ray id"],
        "Cloudflare's error code",
    ),
    rule(
        "Cloudflare",
        Edge,
        Failure,
        &[],
        &[
            "520: web server is returning an unknown error",
            "521: web server is down",
            "522: connection timed out",
            "523: origin is unreachable",
            "524: a timeout occurred",
            "525: ssl handshake failed",
            "526: invalid ssl certificate",
            "| 502: bad gateway",
            "| 504: gateway time-out",
            "| 500: internal server error",
        ],
        "the title of Cloudflare's error page",
    ),
    rule(
        "Cloudflare",
        Edge,
        Failure,
        &["cloudflare"],
        &[
            "500 internal server error",
            "502 bad gateway",
            "503 service temporarily unavailable",
            "504 gateway time-out",
        ],
        "a bare error page signed “cloudflare”",
    ),
    // Nobody's in particular.
    Rule {
        cdn: None,
        made_by: OriginLb,
        means: Failure,
        all: &["awselb/2.0"],
        any: &[],
        because: "the load balancer of the site's cloud",
    },
    Rule {
        cdn: None,
        made_by: OriginProxy,
        means: Failure,
        all: &[],
        any: &[
            "no server is available to handle this request",
            "no server is currently available to service your request",
        ],
        because: "a proxy without a server behind it",
    },
    Rule {
        cdn: None,
        made_by: OriginProxy,
        means: Failure,
        all: &["nginx"],
        any: &[
            "500 internal server error",
            "502 bad gateway",
            "503 service temporarily unavailable",
            "504 gateway time-out",
        ],
        because: "nginx's own error page",
    },
    Rule {
        cdn: None,
        made_by: OriginProxy,
        means: Failure,
        all: &["the proxy server received an invalid response from an upstream server"],
        any: &[],
        because: "Apache's proxy error page",
    },
    Rule {
        cdn: None,
        made_by: OriginProxy,
        means: Failure,
        all: &["upstream connect error or disconnect/reset before headers"],
        any: &[],
        because: "Envoy's own words",
    },
    Rule {
        cdn: None,
        made_by: OriginProxy,
        means: Failure,
        all: &["no healthy upstream"],
        any: &[],
        because: "Envoy's own words",
    },
];
