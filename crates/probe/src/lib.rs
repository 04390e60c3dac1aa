//! What this computer's own network says of a site: DNS, TCP, TLS and HTTP, one observation per step.
//!
//! A *fetch* is name resolution, then TCP, TLS and HTTP over every address at once. A site that fails is an observation,
//! never an error. Behind a proxy all of it goes through the proxy ([`proxy`] says how it is found),
//! or nothing is sent at all. A target's redirects are followed as browsers follow them, each step to public addresses alone;
//! of controls a 3xx is an answer. The crate never judges, prints nothing, and
//! asks nobody but the site and whom its [`Contacts`] name.
//! In reading order:

mod proxy;
mod contacts;
mod instruments;
mod check;

mod planner;
mod controls;
mod plan;
mod order;

mod fetch;
mod redirect;
mod through;
mod repeats;
mod patience;
mod anchors;
mod nowhere;
mod doh;
mod status;
mod remote;
mod rest;
mod get;

mod call;
mod tunnel;
mod dns;
mod nat64;
mod route;
mod own_network;
mod program;
mod tcp;
mod tls;
mod certificate;
mod http;
mod tally;

mod recorder;
mod failures;
mod deadlines;

pub use check::{Completion, run};
pub use contacts::{Contacts, Doh, StatusPage};
pub use deadlines::CHECK_DEADLINE;
pub use get::{download, get};
pub use http::Caller;
pub use instruments::Instruments;
pub use proxy::{ProxyServer, ProxySource};
pub use tls::TrustError;
