//! Who made an error where no page tells: the `Server` header, held against the CDN that delivered it.
//!
//! Edges differ in one thing: some write their own name over the origin's `Server` always, some only on answers of
//! their own. Only for the latter the header tells who made an error.
//!
//! All of it is inlined into [`super::judge`], which says why.

use super::maker::GeneratedBy::{self, Edge, Origin, OriginLb, OriginProxy, PlatformRouter, Unknown};
use crate::table::Row;
use detour_model::observation::Answer;

/// What the headers amount to.
pub(super) struct Finding {
    pub(super) made_by: GeneratedBy,
    pub(super) because: Option<&'static str>,
    pub(super) is_sure: bool,
    /// The edge says that what is behind it failed.
    pub(super) blames_origin: bool,
}

#[inline(always)]
const fn finding(made_by: GeneratedBy, because: &'static str, is_sure: bool) -> Finding {
    Finding { made_by, because: Some(because), is_sure, blames_origin: false }
}

/// Who made it, by the headers alone. `has_text`: there is a body, and no edge's page was recognised in it.
#[inline(always)]
pub(super) fn by_server(answer: &Answer, cdn: Option<&Row>, has_text: bool) -> Finding {
    let server = answer.header("server").to_ascii_lowercase();
    let has = |name: &str| answer.headers.contains_key(name);
    let is_gateway = matches!(answer.status, 502 | 504);
    if LOAD_BALANCERS.iter().any(|own| server.starts_with(own)) {
        return finding(OriginLb, "the Server header is a cloud's load balancer", true);
    }
    match cdn.map(|row| row.name) {
        Some("Heroku") => {
            // The router puts itself into Via only when it passes an answer on.
            let via = answer.header("via");
            let is_passed_on = via.contains("vegur") || via.contains("heroku-router");
            let made_by = if is_passed_on { Origin } else { PlatformRouter };
            finding(made_by, "Heroku's router is in Via only for answers that it passes on", true)
        }
        Some("bunny.net") => {
            let is_own = has("errorcode");
            let made_by = if is_own { Edge } else { Origin };
            let because = "bunny.net sets errorcode on errors of its own";
            Finding { blames_origin: is_own && is_gateway, ..finding(made_by, because, is_own) }
        }
        Some("Fastly") => by_fastlys_head(answer, &server),
        Some("Cloudflare") => match answer.status {
            520..=527 | 530 => {
                Finding { blames_origin: true, ..finding(Edge, "a status that only Cloudflare uses", true) }
            }
            500 | 502..=504 if has_text || has("x-powered-by") => {
                finding(Origin, "Cloudflare's own errors are signed in the page", false)
            }
            500 | 502..=504 => finding(Unknown, "Cloudflare puts its name on an origin's error too", false),
            _ => finding(Origin, "Cloudflare passes other statuses on", false),
        },
        Some("Vercel") => finding(Origin, "Vercel sets x-vercel-error on errors of its own", has("x-vercel-id")),
        Some("Azure Front Door" | "Google Cloud CDN/LB") if server.is_empty() && has_text => {
            finding(Origin, "not the edge's own page", false)
        }
        Some("Google Cloud CDN/LB") if server == "google frontend" => {
            finding(Origin, "not the page of Google's front end", false)
        }
        Some(name) if PLATFORMS.contains(&name) => {
            let made_by = if is_gateway && !has_text { PlatformRouter } else { Origin };
            finding(made_by, "a hosting platform, without an error page of its own", false)
        }
        Some(name) => by_signature(name, cdn.is_some_and(|row| row.signs(&server)), answer, has_text),
        None => by_common_server(answer, &server),
    }
}

/// An edge that writes its own name on its own errors alone, or always.
#[inline(always)]
fn by_signature(name: &str, is_signed: bool, answer: &Answer, has_text: bool) -> Finding {
    let is_gateway = matches!(answer.status, 502 | 504);
    let has_server = !answer.header("server").is_empty();
    match (SIGNS_ONLY_ITS_OWN.contains(&name), is_signed) {
        // It signs the pages that a site has set in place of its own as well, and what came without a signature.
        (true, true) if has_text && name == "Amazon CloudFront" => {
            finding(Unknown, "signed by CloudFront, and not its own page, which says so", false)
        }
        (true, true) => finding(Edge, "the Server header is the edge's own", true),
        (_, false) if has_server => finding(Origin, "the Server header is not the edge's: passed on", true),
        // A whole head without its signature.
        (true, false) if answer.headers.contains_key("date") => {
            finding(Origin, "not signed by the edge, which signs its own errors", true)
        }
        (false, true) if is_gateway && !has_text => Finding {
            blames_origin: true,
            ..finding(Edge, "the edge had no answer to pass on; it signs everything", false)
        },
        (false, true) if has_text => finding(Origin, "not the edge's own page", false),
        _ => finding(Unknown, "the edge does not say whose error it is", false),
    }
}

/// Fastly's own errors say Varnish and retry-after: 0; an origin's keep their Server header, or have none.
#[inline(always)]
fn by_fastlys_head(answer: &Answer, server: &str) -> Finding {
    let retry_after = answer.header("retry-after");
    let is_own_varnish = server == "varnish" && (answer.headers.contains_key("x-varnish") || retry_after == "5");
    if is_own_varnish {
        return finding(OriginProxy, "x-varnish or retry-after: 5: a Varnish of the site's own", true);
    }
    let is_whole_head = answer.headers.contains_key("date");
    let is_own = server == "varnish" || (server.is_empty() && !is_whole_head);
    let made_by = if is_own { Edge } else { Origin };
    let is_sure = !is_own || retry_after == "0";
    finding(made_by, "Fastly keeps an origin's Server header and writes Varnish on its own errors", is_sure)
}

/// No CDN is known: a proxy, or the application's own server.
#[inline(always)]
fn by_common_server(answer: &Answer, server: &str) -> Finding {
    let is_powered = answer.headers.contains_key("x-powered-by");
    if PROXIES.iter().any(|proxy| server.starts_with(proxy)) || answer.headers.contains_key("x-squid-error") {
        let is_gateway = matches!(answer.status, 502..=504);
        let made_by = if is_gateway || !is_powered { OriginProxy } else { Origin };
        finding(made_by, "a proxy's Server header, and no CDN's", is_gateway)
    } else if !server.is_empty() || is_powered {
        finding(Origin, "a Server header that is no CDN's", false)
    } else {
        Finding { made_by: Unknown, because: None, is_sure: false, blames_origin: false }
    }
}

/// Whether an error page of this CDN's may come with this `Server`: it signs its own, and did not sign this one.
pub(super) fn is_imitation(cdn: &Row, answer: &Answer) -> bool {
    let server = answer.header("server");
    let is_own = cdn.signs(server) || (cdn.name == "Fastly" && server.eq_ignore_ascii_case("varnish"));
    let signs_its_own =
        SIGNS_ONLY_ITS_OWN.contains(&cdn.name) || matches!(cdn.name, "Cloudflare" | "Fastly" | "bunny.net" | "Vercel");
    !server.is_empty() && signs_its_own && !is_own
}

/// Whose error a page is that came with this `Server` and is nobody's that delivers.
pub(super) fn imitated_by(answer: &Answer) -> GeneratedBy {
    let server = answer.header("server").to_ascii_lowercase();
    if PROXIES.iter().any(|proxy| server.starts_with(proxy)) { OriginProxy } else { Origin }
}

/// Edges that leave an origin's `Server` where they pass its answer on.
const SIGNS_ONLY_ITS_OWN: [&str; 4] = ["Akamai", "Amazon CloudFront", "Edgio", "StackPath"];

const PLATFORMS: [&str; 5] = ["Railway", "Fly.io", "Render", "DigitalOcean", "Deno Deploy"];

const LOAD_BALANCERS: [&str; 2] = ["awselb", "microsoft-azure-application-gateway"];

const PROXIES: [&str; 12] = [
    "nginx",
    "openresty",
    "tengine",
    "varnish",
    "haproxy",
    "envoy",
    "istio-envoy",
    "caddy",
    "traefik",
    "apache",
    "squid",
    "kong",
];
