//! The edges' VCL: real Varnish, dressed with the headers and the error page of a Fastly edge, and faces dressed as Cloudflare and Akamai.
//!
//! A switch is a new configuration, loaded and used without a restart, as an edge's operator would do it.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::home::Home;
use crate::hosts;

/// How the edge fails for a host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EdgeFailure {
    /// The share of requests that fail, 0 to 1.
    pub share: f64,
    /// The reason phrase, as in `Service Unavailable` or `connection failure`.
    pub reason: String,
    /// Whether the answer has the error page, or no body.
    pub body: bool,
}

/// How one node fails, whatever it is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeFailure {
    /// The share of its requests that fail, 0 to 1.
    pub share: f64,
    /// What it then answers.
    pub status: u16,
}

/// Everything about the first edge that is broken.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Failures {
    /// By site.
    pub sites: BTreeMap<String, EdgeFailure>,
    /// By node.
    pub nodes: BTreeMap<String, NodeFailure>,
}

/// The whole configuration with these failures in force; every node uses the same one.
pub(crate) fn configuration(failures: &Failures) -> String {
    let mut vcl = String::from("vcl 4.1;\nimport std;\nbackend default none;\n");
    let mut routes = String::new();
    for host in hosts::all().into_iter().filter(|host| host.home == Home::Origin) {
        let site = host.name.trim_start_matches(hosts::ORIGIN_PREFIX);
        let backend = backend_name(site);
        let _ = writeln!(
            vcl,
            "backend {backend} {{ .host = \"{}\"; .port = \"8080\"; .connect_timeout = 1s; .first_byte_timeout = 2s; .between_bytes_timeout = 2s; }}",
            host.address
        );
        let _ = writeln!(routes, "  if (req.http.host == \"{site}\") {{ set req.backend_hint = {backend}; }}");
    }
    let mut switches = String::new();
    for (node, failure) in &failures.nodes {
        let status = http::StatusCode::from_u16(failure.status).unwrap_or(http::StatusCode::SERVICE_UNAVAILABLE);
        let _ = writeln!(
            switches,
            "    if (server.identity == \"{node}\" && std.random(0.0, 1.0) < {:.3}) {{ return (synth({}, \"{}\")); }}",
            failure.share,
            status.as_u16(),
            status.canonical_reason().unwrap_or_default()
        );
    }
    for (host, failure) in &failures.sites {
        let page = if failure.body { "1" } else { "0" };
        let _ = writeln!(
            switches,
            "    if (req.http.host == \"{host}\" && std.random(0.0, 1.0) < {:.3}) {{ set req.http.x-lab-page = \"{page}\"; return (synth(503, \"{}\")); }}",
            failure.share, failure.reason
        );
    }
    vcl.push_str(&TEMPLATE.replace("#SWITCHES", &switches).replace("#ROUTES", &routes));
    vcl
}

/// Reason phrases become part of the configuration, so only plain ones pass.
pub(crate) fn is_plain(reason: &str) -> bool {
    !reason.is_empty() && reason.chars().all(|c| c.is_ascii_alphanumeric() || " ./-".contains(c))
}

fn backend_name(site: &str) -> String {
    site.replace(['.', '-'], "_")
}

/// Marks and wording: Fastly's own template, "Mediation" included; a self-hosted Varnish says "Meditation".
const TEMPLATE: &str = r#"
sub vcl_recv {
  unset req.http.x-lab-page;
  set req.http.x-lab-face = local.socket;
  if (req.method == "PURGE") { return (purge); }
  if (local.socket == "fastly") {
#SWITCHES  }
#ROUTES  if (!req.backend_hint) { return (synth(500, "unknown domain")); }
  if (req.method != "GET" && req.method != "HEAD") { return (pass); }
  unset req.http.cookie;
  return (hash);
}

sub vcl_backend_fetch { unset bereq.http.x-lab-face; }

sub vcl_backend_response {
  # One second, and nothing stale after it: what the origin does shows at once.
  set beresp.ttl = 1s;
  set beresp.grace = 0s;
  set beresp.keep = 0s;
}

sub vcl_backend_error {
  if (beresp.reason == "Backend fetch failed") { set beresp.reason = "connection failure"; }
  set beresp.http.x-lab-made = "1";
  set beresp.http.content-type = "text/html; charset=utf-8";
  set beresp.http.retry-after = "0";
  set beresp.ttl = 0s;
  set beresp.grace = 0s;
  set beresp.body = {"<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"
 "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html>
  <head>
    <title>"} + beresp.status + " " + beresp.reason + {"</title>
  </head>
  <body>
    <h1>Error "} + beresp.status + " " + beresp.reason + {"</h1>
    <p>"} + beresp.reason + {"</p>
    <h3>Guru Mediation:</h3>
    <p>Details: "} + server.identity + " " + std.time2integer(now, 0) + " " + bereq.xid + {"</p>
    <hr>
    <p>Varnish cache server</p>
  </body>
</html>
"};
  return (deliver);
}

sub vcl_deliver {
  # Other edges have words of their own for an origin that does not answer.
  if (resp.http.x-lab-made && req.http.x-lab-face == "cloudflare") {
    if (now - req.time > 900ms) { return (synth(522, "Connection timed out")); }
    return (synth(521, "Web server is down"));
  }
  if (resp.http.x-lab-made && req.http.x-lab-face == "akamai") { return (synth(503, "Service Unavailable")); }
  unset resp.http.x-varnish;
  unset resp.http.via;
  if (req.http.x-lab-face == "cloudflare") {
    set resp.http.server = "cloudflare";
    set resp.http.cf-ray = std.time2integer(now, 0) + "" + std.integer(real=std.random(100000.0, 999999.0)) + "-LHR";
    set resp.http.cf-cache-status = "DYNAMIC";
    unset resp.http.age;
  } else if (req.http.x-lab-face == "akamai") {
    # Akamai shows its own name only on pages that it made.
    unset resp.http.age;
  } else {
    if (resp.http.x-lab-made) { set resp.http.server = "Varnish"; }
    set resp.http.via = "1.1 varnish";
    set resp.http.x-served-by = server.identity;
    if (obj.hits > 0) { set resp.http.x-cache = "HIT"; } else { set resp.http.x-cache = "MISS"; }
    set resp.http.x-cache-hits = obj.hits;
    set resp.http.x-timer = "S" + std.time2real(now, 0.0) + ",VS0,VE1";
  }
  unset resp.http.x-lab-made;
}

sub vcl_synth {
  if (resp.status < 500) { return (deliver); }
  if (req.http.x-lab-face == "cloudflare") {
    unset resp.http.x-varnish;
    set resp.http.server = "cloudflare";
    set resp.http.cf-ray = std.time2integer(now, 0) + "" + std.integer(real=std.random(100000.0, 999999.0)) + "-LHR";
    set resp.http.content-type = "text/html; charset=UTF-8";
    synthetic({"<!DOCTYPE html>
<html lang="en-US">
<head><title>"} + req.http.host + " | " + resp.status + ": " + resp.reason + {"</title></head>
<body>
<div id="cf-wrapper"><div id="cf-error-details" class="cf-error-details-wrapper">
<h1><span>"} + resp.reason + {"</span> <span>Error code "} + resp.status + {"</span></h1>
<div id="cf-browser-status"><span>You</span> <h3>Browser</h3> <span>Working</span></div>
<div id="cf-cloudflare-status"><span>London</span> <h3>Cloudflare</h3> <span>Working</span></div>
<div id="cf-host-status" class="cf-error-source"><span>"} + req.http.host + {"</span> <h3>Host</h3> <span>Error</span></div>
<p>Cloudflare Ray ID: <strong>"} + resp.http.cf-ray + {"</strong></p>
</div></div>
</body>
</html>
"});
    return (deliver);
  }
  if (req.http.x-lab-face == "akamai") {
    unset resp.http.x-varnish;
    set resp.http.server = "AkamaiGHost";
    set resp.http.mime-version = "1.0";
    set resp.http.content-type = "text/html";
    synthetic({"<HTML><HEAD>
<TITLE>Service Unavailable</TITLE>
</HEAD><BODY>
<H1>Service Unavailable</H1>
The server is temporarily unable to service your request. Please try again later.<P>
Reference&#32;&#35;97&#46;49c83017&#46;"} + std.time2integer(now, 0) + {"&#46;"} + req.xid + {"
</BODY>
</HTML>
"});
    return (deliver);
  }
  set resp.http.server = "Varnish";
  set resp.http.retry-after = "0";
  set resp.http.content-type = "text/html; charset=utf-8";
  unset resp.http.x-varnish;
  set resp.http.via = "1.1 varnish";
  set resp.http.x-served-by = server.identity;
  set resp.http.x-cache = "MISS";
  set resp.http.x-cache-hits = "0";
  set resp.http.x-timer = "S" + std.time2real(now, 0.0) + ",VS0,VE0";
  if (resp.reason == "unknown domain") {
    synthetic("Fastly error: unknown domain: " + req.http.host + ". Please check that this domain has been added to a service.");
    return (deliver);
  }
  if (req.http.x-lab-page == "0") {
    synthetic("");
    return (deliver);
  }
  synthetic({"<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"
 "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html>
  <head>
    <title>"} + resp.status + " " + resp.reason + {"</title>
  </head>
  <body>
    <h1>Error "} + resp.status + " " + resp.reason + {"</h1>
    <p>"} + resp.reason + {"</p>
    <h3>Guru Mediation:</h3>
    <p>Details: "} + server.identity + " " + std.time2integer(now, 0) + " " + req.xid + {"</p>
    <hr>
    <p>Varnish cache server</p>
  </body>
</html>
"});
  return (deliver);
}
"#;
