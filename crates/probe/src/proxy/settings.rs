//! What one place in the settings says, and which way an address goes by it.

use std::sync::Arc;

use url::Url;

use super::bypass::Bypass;
use super::server::ProxyServer;

/// How an address is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    /// Without a proxy.
    Direct,
    /// Through this server.
    Through(Arc<ProxyServer>),
    /// There is, or may be, a proxy that cannot be used from here: nothing is sent.
    Closed(Obstacle),
}

/// Why a way is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// A script, or automatic detection, decides for each address; it is not run here.
    Script,
    /// The settings name something that is no server, or of a kind that is not spoken here.
    Unreadable,
    /// The browser's own failure speaks of a proxy, and no setting names one.
    Unknown,
}

impl Obstacle {
    /// The same in words.
    pub(crate) const fn in_words(self) -> &'static str {
        match self {
            Self::Script => "a proxy script or automatic detection",
            Self::Unreadable => "a proxy that this program cannot use",
            Self::Unknown => "a proxy that only the browser knows",
        }
    }
}

/// What the settings say. The default is that there is no proxy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) http: Option<Arc<ProxyServer>>,
    pub(crate) https: Option<Arc<ProxyServer>>,
    /// For whatever has none of its own.
    pub(crate) others: Option<Arc<ProxyServer>>,
    pub(crate) bypass: Bypass,
    /// Nothing is sent to whatever is not in `bypass`.
    pub(crate) obstacle: Option<Obstacle>,
    /// Whether the browser met a proxy on its way: no way is direct then, whatever the settings say.
    pub(crate) is_suspected: bool,
    /// Where this was found, for people.
    pub(crate) found_in: &'static str,
}

impl Settings {
    /// Closed to everything but what goes without a proxy.
    pub(crate) fn closed(obstacle: Obstacle, found_in: &'static str) -> Self {
        Self { obstacle: Some(obstacle), found_in, ..Self::default() }
    }

    /// Everything through this server.
    pub(crate) fn all_through(server: ProxyServer, found_in: &'static str) -> Self {
        Self { others: Some(Arc::new(server)), found_in, ..Self::default() }
    }

    /// Takes a server for one kind of address. One that cannot be read closes the way: somebody wanted a proxy there.
    pub(crate) fn take(slot: &mut Option<Arc<ProxyServer>>, obstacle: &mut Option<Obstacle>, text: &str, scheme: &str) {
        if text.trim().is_empty() {
            return;
        }
        match ProxyServer::parse_as(scheme, text) {
            Some(server) => *slot = Some(Arc::new(server)),
            None => *obstacle = Some(Obstacle::Unreadable),
        }
    }

    /// Whether there is any proxy, or may be.
    pub(crate) const fn has_proxy(&self) -> bool {
        self.http.is_some() || self.https.is_some() || self.others.is_some() || self.obstacle.is_some()
    }

    /// The servers, each once.
    pub(crate) fn servers(&self) -> Vec<&ProxyServer> {
        let mut servers: Vec<&ProxyServer> = Vec::new();
        for server in [&self.https, &self.http, &self.others].into_iter().flatten() {
            if !servers.contains(&server.as_ref()) {
                servers.push(server);
            }
        }
        servers
    }

    /// Which way an address goes.
    pub(crate) fn way(&self, url: &Url) -> Way {
        let way = self.way_by_settings(url);
        if self.is_suspected && way == Way::Direct { Way::Closed(Obstacle::Unknown) } else { way }
    }

    fn way_by_settings(&self, url: &Url) -> Way {
        if !self.has_proxy() || self.bypass.covers(url) {
            return Way::Direct;
        }
        if let Some(obstacle) = self.obstacle {
            return Way::Closed(obstacle);
        }
        let own = if url.scheme() == "https" { &self.https } else { &self.http };
        own.as_ref().or(self.others.as_ref()).map_or(Way::Direct, |server| Way::Through(server.clone()))
    }

    /// Credentials for servers that have none, from settings that name the same server with some: browsers keep theirs
    /// to themselves.
    pub(crate) fn borrow_credentials(&mut self, from: &Self) {
        for server in [&mut self.http, &mut self.https, &mut self.others].into_iter().flatten() {
            if server.credentials.is_none()
                && let Some(known) = from.servers().into_iter().find(|known| known.is_same_place(server))
            {
                Arc::make_mut(server).credentials.clone_from(&known.credentials);
            }
        }
    }
}
