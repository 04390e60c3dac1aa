//! What each edge, platform, proxy and server writes on its own error pages, as data.
//!
//! Marks are in lower case with `;` between, and are looked for in the page's words and in its source. The first
//! rule that matches decides, so the order is: challenges and blocks; pages that only one edge writes; numbered
//! pages; servers that anybody may run.

use super::maker::GeneratedBy::{self, Edge, Origin, OriginLb, OriginProxy, PlatformRouter};
use super::maker::Means::{self, Block, Failure, FailureBehind, Outage};

/// All of `all` and, where given, one of `any`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// Whose page it is; empty where it is nobody's in particular.
    pub(super) cdn: &'static str,
    pub(super) made_by: GeneratedBy,
    pub(super) means: Means,
    pub(super) all: &'static str,
    pub(super) any: &'static str,
}

/// A rule, and what it rests on for people. The extension shows no such words, so they are kept apart.
type Entry = (Rule, &'static str);

const fn rule(
    cdn: &'static str,
    made_by: GeneratedBy,
    means: Means,
    all: &'static str,
    any: &'static str,
    because: &'static str,
) -> Entry {
    (Rule { cdn, made_by, means, all, any }, because)
}

/// All rules, in the order in which they are tried.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which reports it")]
pub(super) static RULES: [Rule; ENTRIES.len()] = {
    let mut rules = [ENTRIES[0].0; ENTRIES.len()];
    let mut index = 0;
    while index < ENTRIES.len() {
        rules[index] = ENTRIES[index].0;
        index += 1;
    }
    rules
};

/// What the rule at this place rests on.
pub(super) fn because(place: usize) -> &'static str {
    ENTRIES.get(place).map_or("", |(_, because)| because)
}

const ENTRIES: &[Entry] = &[
    // The challenge itself was down, and said so on every page that needed it (2025-11-18).
    rule(
        "Cloudflare",
        Edge,
        Outage,
        "please unblock challenges.cloudflare.com",
        "",
        "Cloudflare's challenge is itself out of order",
    ),
    // Not `/cdn-cgi/challenge-platform/` alone: Cloudflare puts a script from there into ordinary pages.
    rule(
        "Cloudflare",
        Edge,
        Block,
        "",
        "<title>just a moment...;attention required! | cloudflare;challenge-platform/h/b/orchestrate;\
         challenge-platform/h/g/orchestrate;cf_chl_opt;cf-browser-verification;sorry, you have been blocked",
        "a challenge page",
    ),
    rule("Cloudflare", Edge, Block, "cloudflare;checking your browser before accessing", "", "a challenge page"),
    rule(
        "",
        Edge,
        Block,
        "",
        "checking your browser before accessing;<title>ddos-guard;pardon our interruption;\
         access to this page has been denied;please enable js and disable any ad blocker;\
         the requested url was rejected. please consult",
        "a challenge or a refusal",
    ),
    // What robots get, also with a 503. Seen in public: Amazon's (desbma/sacad#99, sindresorhus/got#1650), PerimeterX' and
    // Radware's (wafw00f's perimeterx.py and radware.py), StackPath's (mstfnsr/web_refusal_regex), Google's
    // (support.google.com/websearch/answer/86640), DataDome's, AWS WAF's and Azure's (their documentation), Anubis'
    // (TecharoHQ/anubis), SiteGround's and Imunify360's (their help pages).
    rule(
        "",
        Edge,
        Block,
        "",
        "to discuss automated access to amazon data;make sure you're not a robot;making sure you're not a bot;\
         we believe you are using automation tools;perimeterx.com/whywasiblocked;perimeterx.net/whywasiblocked;\
         px-captcha;press & hold to confirm you are;press and hold to confirm you are;\
         unauthorized request blocked;an action has triggered the service and blocked your request;\
         our systems have detected unusual traffic;detected unusual activity from your computer network;\
         captcha-delivery.com;gokuprops;awswafcookiedomainlist;sec-if-cpt-container;\
         <title>request blocked;your request has been blocked;your request was blocked;the request is blocked.;\
         you've been blocked by network security;made us think you were a bot;made us think that you are a bot;\
         sgcaptcha;imunify360 bot-protection;verify you are human;verify that you are human;verifying you are human;\
         verify you are a human;prove that you are human;confirm you are human;are you a robot?;\
         complete the security check to access;bot traffic is not allowed;robots are not allowed;bots are not allowed",
        "what robots are answered",
    ),
    rule(
        "",
        Edge,
        Block,
        "automated access",
        "denied;blocked;not permitted;not allowed;prohibited;detected;restricted;contact",
        "what robots are answered",
    ),
    rule(
        "",
        Edge,
        Block,
        "",
        "automated requests are not;automated traffic detected;identified this request as automated;\
         identified as automated traffic;looks like a robot;detected as a bot;identified as a bot",
        "what robots are answered",
    ),
    rule("Cloudflare", Edge, Block, "cloudflare", REFUSALS, "Cloudflare refuses this visitor"),
    rule("Cloudflare", Edge, Block, "ray id", REFUSALS, "Cloudflare refuses this visitor"),
    rule(
        "Sucuri",
        Edge,
        FailureBehind,
        "sucuri website firewall",
        "connection timeout;backend;back-end;gateway",
        "Sucuri's page for a server that does not answer",
    ),
    rule("Sucuri", Edge, Block, "sucuri website firewall", "", "Sucuri's block page"),
    rule(
        "Imperva",
        Edge,
        FailureBehind,
        "incapsula",
        "error code 8 ;error code 20;error code 22;error code 23;failed to connect to the web server",
        "Imperva's page for a server that does not answer",
    ),
    rule("Imperva", Edge, Block, "", "incapsula incident id;_incapsula_resource", "Imperva's block page"),
    rule(
        "Amazon CloudFront",
        Edge,
        Block,
        "request could not be satisfied",
        "request blocked;bad request;block access from your country",
        "CloudFront refuses this visitor",
    ),
    rule("Vercel", PlatformRouter, Block, "vercel security checkpoint", "", "Vercel's challenge"),
    // Pages that only one edge writes.
    rule("Fastly", Edge, Failure, "guru mediation", "", "“Guru Mediation”, in Fastly's own spelling"),
    rule("Fastly", Edge, Outage, "fastly error: unknown domain", "", "Fastly's page for a name that it does not know"),
    rule("Fastly", Edge, Failure, "varnish cache server;details: cache-", "", "Fastly's error page with its node"),
    rule("Fastly", Edge, Failure, "error 54113", "", "Fastly's error number"),
    // Not "backend fetch failed": a Varnish of anybody's says so.
    rule(
        "Fastly",
        Edge,
        FailureBehind,
        "error 50",
        "backend read error;first byte timeout;no healthy backends;no healthy ip available;backend is unhealthy",
        "one of Fastly's reasons",
    ),
    rule(
        "",
        OriginProxy,
        Failure,
        "guru meditation",
        "xid:;varnish cache server",
        "“Guru Meditation” with an XID: a Varnish of the site's own",
    ),
    rule(
        "Amazon CloudFront",
        Edge,
        FailureBehind,
        "cloudfront",
        "attempted to establish a connection with the origin;able to connect to the origin;able to resolve the origin;\
         lambda function associated",
        "CloudFront's page for an origin that does not answer",
    ),
    rule(
        "Amazon CloudFront",
        Edge,
        Failure,
        "",
        "generated by cloudfront;the request could not be satisfied",
        "“Generated by cloudfront”",
    ),
    rule(
        "Azure Front Door",
        Edge,
        Failure,
        "",
        "our services aren't available right now;working to restore all services as soon as possible",
        "Azure Front Door's page",
    ),
    rule(
        "Vercel",
        Edge,
        Failure,
        "",
        "internal_function_;internal_edge_function_;internal_missing_;internal_router_;infinite_loop_detected",
        "Vercel's code for an error of its own",
    ),
    rule(
        "Vercel",
        Edge,
        FailureBehind,
        "",
        "function_invocation_;serverless function has;vercel is working correctly;504: gateway_timeout;\
         500: internal_server_error;\
         router_external_target_;no_response_from_function;middleware_invocation_",
        "Vercel's error code",
    ),
    rule(
        "Netlify",
        Edge,
        FailureBehind,
        "",
        "netlify internal id;function has crashed",
        "Netlify's answer for a function that failed",
    ),
    rule(
        "Netlify",
        Edge,
        FailureBehind,
        "\"errormessage\";task timed out after",
        "",
        "Netlify's answer for a function that ran out of time",
    ),
    rule("Vercel", Edge, Outage, "deployment_not_found", "", "Vercel does not know the name"),
    rule("Netlify", Edge, Outage, "netlify", "site not found;site not available", "Netlify does not know the name"),
    rule("Netlify", Edge, Failure, "netlify", "page not found;internal server error;bad gateway", "Netlify's own page"),
    rule(
        "Heroku",
        PlatformRouter,
        FailureBehind,
        "",
        "an error occurred in the application and your page could not be served;error-pages/application-error",
        "Heroku's application error page",
    ),
    rule(
        "Heroku",
        PlatformRouter,
        Outage,
        "",
        "heroku | no such app;error-pages/no-such-app;there is no app configured at that hostname",
        "Heroku does not know the name",
    ),
    rule("Heroku", PlatformRouter, Failure, "herokucdn.com/error-pages", "", "Heroku's own page"),
    rule(
        "",
        PlatformRouter,
        FailureBehind,
        "if you are the application administrator, you can access the diagnostic resources",
        "",
        "the page of Azure's App Service",
    ),
    rule("GitHub Pages", Edge, Outage, "there isn't a github pages site here", "", "GitHub Pages' own page"),
    rule("Railway", PlatformRouter, FailureBehind, "application failed to respond", "", "Railway's own page"),
    rule(
        "DigitalOcean",
        PlatformRouter,
        FailureBehind,
        "app platform failed to forward this request",
        "",
        "DigitalOcean's own page",
    ),
    rule(
        "Render",
        PlatformRouter,
        Outage,
        "this service has been suspended by its owner",
        "",
        "Render's page for a service that was put to rest",
    ),
    rule("bunny.net", Edge, Outage, "domain suspended or not configured", "", "bunny.net does not know the name"),
    rule(
        "Google Cloud CDN/LB",
        Edge,
        Failure,
        "",
        "error: server error the server encountered a;(server error)!!1;that's an error. the server encountered;\
         the server encountered a temporary error and could not complete your request",
        "the page of Google's front end",
    ),
    rule(
        "Google Cloud CDN/LB",
        Edge,
        Failure,
        "that's an error",
        "google;that's all we know",
        "the page of Google's front end",
    ),
    // Cloudflare's numbered pages, whole or in part.
    rule(
        "Cloudflare",
        Edge,
        FailureBehind,
        "cloudflare tunnel error",
        "",
        "Cloudflare's page for a tunnel that is shut",
    ),
    rule(
        "Cloudflare",
        Edge,
        FailureBehind,
        "",
        "520: web server is returning;521: web server is down;522: connection timed out;523: origin is unreachable;\
         524: a timeout occurred;525: ssl handshake failed;526: invalid ssl certificate;| 502: bad gateway;\
         | 504: gateway time-out;errorcode_52;errorcode_502;errorcode_504;-error-52;/error-52;error code 52;\
         gateway time-out error code 504;bad gateway error code 502;cloudflare's cache and your origin;\
         -error-1016;worker threw exception",
        "Cloudflare's page for a server that does not answer",
    ),
    rule(
        "Cloudflare",
        Edge,
        Failure,
        "",
        "cf-error-;cf-host-status;cf-browser-status;cf-cloudflare-status;cf-footer-item;cf_styles-css;\
         5xx-error-landing;utm_source=errorcode_;\"cloudflare_error\";cloudflare ray id;| 500: internal server error",
        "parts of Cloudflare's error page",
    ),
    rule("Cloudflare", Edge, Failure, "ray id", "error 5;error 1", "Cloudflare's error number"),
    rule(
        "Cloudflare",
        Edge,
        Failure,
        "cloudflare",
        "error code 5;error code: 5;error code 1;error code: 1;ray id;configured as a cloudflare tunnel",
        "Cloudflare's error code",
    ),
    rule("Cloudflare", Edge, Failure, "cloudflare", GATEWAY, "a bare error page signed “cloudflare”"),
    // Anybody's.
    rule(
        "",
        OriginLb,
        Failure,
        "",
        "awselb/2.0;microsoft-azure-application-gateway;back-end server is at capacity;endpoint request timed out",
        "the load balancer of the site's cloud",
    ),
    rule(
        "",
        OriginProxy,
        Failure,
        "",
        "no server is available to handle this request;no server is currently available to service your request;\
         the server returned an invalid or incomplete response;we had issues producing the response to your request;\
         unicorn! · github;gitlab is taking too much time to respond;the requested url could not be retrieved",
        "a proxy without a server behind it",
    ),
    rule("", OriginProxy, Failure, "nginx", GATEWAY, "nginx's own error page"),
    rule("", OriginProxy, Failure, "openresty", GATEWAY, "OpenResty's own error page"),
    rule("", OriginProxy, Failure, "tengine", GATEWAY, "Tengine's own error page"),
    rule(
        "",
        OriginProxy,
        Failure,
        "",
        "the proxy server received an invalid response;the proxy server could not handle the request;\
         did not receive a timely response from the upstream server;\
         unable to service your request due to maintenance downtime or capacity problems;\
         received an invalid response while acting as a gateway",
        "the error page of a web server used as a proxy",
    ),
    rule(
        "",
        OriginProxy,
        Failure,
        "",
        "upstream connect error or disconnect/reset before headers;no healthy upstream;upstream request timeout;\
         an invalid response was received from the upstream server;the upstream server is timing out",
        "a proxy's words for a server that does not answer",
    ),
    rule(
        "",
        Origin,
        Failure,
        "",
        "http error 503.;http error 500.;http error 502.5;powered by jetty;server error (500);\
         either the server is overloaded or there is an error in the application;server is temporarily busy, try again later;\
         error establishing a database connection;server error in '/' application;\
         we're sorry, but something went wrong;encountered an internal error or misconfiguration;\
         briefly unavailable for scheduled maintenance",
        "the words of a web server or its application",
    ),
    rule("", Origin, Failure, "http status 50", "", "Tomcat's error page"),
];

/// Cloudflare's numbers and words for visitors that are not let in.
const REFUSALS: &str = "error 1020;error code 1020;error 1015;error code: 1015;you are being rate limited;error 1006;\
                        error 1007;error 1008;error 1009;error 1010;error 1012;error code: 1020;error code: 1010";

/// What nginx and its relatives write above their own name.
const GATEWAY: &str = "500 internal server error;502 bad gateway;503 service temporarily unavailable;\
                       504 gateway time-out";
