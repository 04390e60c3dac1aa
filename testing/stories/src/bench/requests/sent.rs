//! What one real check by the real host sends, and to whom, as the lab's log has it.

use std::fmt;
use std::ops::AddAssign as _;

use anyhow::{Result, ensure};
use detour_core::port::{CheckId, PROTOCOL, Reply, Request, Scope};
use detour_lab::home::Home;
use detour_lab::hosts::{self, GLOBALPING};
use detour_lab::{Lab, Seen, Switch};
use serde_json::{Value, json};

use crate::bench::port::Running;
use crate::place;

/// Connections, and questions to the user's own resolver, by who got them.
#[derive(Debug, Clone, Default)]
pub(super) struct Sent {
    /// The site itself.
    pub(super) site: usize,
    /// Neutral places and the captive-portal probe.
    pub(super) neutral: usize,
    /// Other sites on the CDN.
    pub(super) canaries: usize,
    /// The CDN's own status page.
    pub(super) status_pages: usize,
    /// Resolvers over HTTPS, and whoever measures from other networks: only on the user's word.
    pub(super) outsiders: usize,
    /// Questions to the user's own resolver, which are no requests to anybody else.
    pub(super) dns: usize,
}

/// Has the real host check a site whose CDN fails.
pub(super) async fn by_one_check(lab: &Lab, scope: Scope) -> Result<Sent> {
    lab.set(Switch::edge_fails()).await?;
    let mut host = Running::start(&place::built("host/detour")?, lab)?;
    host.send(&Request::Hello { protocol: PROTOCOL, version: "bench".into() }).await?;
    host.reply().await?;
    lab.clear_log();
    host.send(&Request::Check { id: CheckId(1), url: format!("https://{SITE}/"), scope, proxy: None }).await?;
    while !matches!(host.reply().await?, Reply::Finished { .. }) {}
    host.end().await?;
    let mut sent = Sent::default();
    lab.log().iter().for_each(|seen| sent.note(seen));
    lab.set(Switch::HealAll).await?;
    ensure!(sent.site > 0 && sent.neutral > 0, "the lab saw nothing of the check: {sent}");
    Ok(sent)
}

impl Sent {
    fn note(&mut self, seen: &Seen) {
        // Remote probes have networks of their own, and so has what stands behind the edges.
        let is_own = seen.peer.starts_with("11.0.0.1:");
        match seen.method.as_str() {
            "CONNECT" if is_own => self.note_connection(&seen.host),
            _ if seen.server == "dns" => self.dns += 1,
            _ => {}
        }
    }

    fn note_connection(&mut self, host: &str) {
        let home = hosts::all().into_iter().find(|known| known.name == host).map(|known| known.home);
        let count = match home {
            _ if host == SITE => &mut self.site,
            _ if host == GLOBALPING => &mut self.outsiders,
            Some(Home::Anchor | Home::Portal) => &mut self.neutral,
            Some(Home::Edge | Home::SecondEdge | Home::ThirdEdge) => &mut self.canaries,
            Some(Home::Status) => &mut self.status_pages,
            Some(Home::Doh) => &mut self.outsiders,
            Some(
                Home::Bare
                | Home::Origin
                | Home::Archive
                | Home::SignIn
                | Home::Pages
                | Home::Globalping
                | Home::Stranger,
            )
            | None => return,
        };
        count.add_assign(1);
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.site += other.site;
        self.neutral += other.neutral;
        self.canaries += other.canaries;
        self.status_pages += other.status_pages;
        self.outsiders += other.outsiders;
        self.dns += other.dns;
    }

    /// Requests to anybody but the user's own resolver.
    pub(super) const fn all(&self) -> usize {
        self.site + self.neutral + self.canaries + self.status_pages + self.outsiders
    }

    pub(super) fn as_json(&self) -> Value {
        json!({
            "site": self.site,
            "neutral": self.neutral,
            "canaries": self.canaries,
            "status_pages": self.status_pages,
            "outsiders": self.outsiders,
            "dns": self.dns,
        })
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{} to the site, {} to neutral places, {} to canaries, {} to the status page, {} to outsiders; {} DNS questions",
            self.site, self.neutral, self.canaries, self.status_pages, self.outsiders, self.dns
        )
    }
}

const SITE: &str = "www.theguardian.com";
