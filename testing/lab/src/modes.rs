//! How the lab's services behave: what switches change.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::hosts::Cdn;

/// How the services of the lab are switched; the default is how they start.
#[derive(Clone, Debug, Default)]
pub(crate) struct Modes {
    pub(crate) portal: PortalMode,
    pub(crate) doh: [DohMode; 3],
    pub(crate) status: BTreeMap<Cdn, StatusMode>,
    pub(crate) remote: RemoteMode,
}

/// What the captive-portal probe meets, and whether everybody meets it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PortalMode {
    /// An open network: 204.
    #[default]
    Open,
    /// The probe gets 302 to a sign-in page.
    Redirect,
    /// The probe gets 200 with a sign-in page in place.
    Content,
    /// Every host's port 80 answers 302 to the portal's page, every host's port 443 shows the portal's certificate.
    CaptureRedirect,
    /// Every host's port 80 answers 200 with the portal's page, every host's port 443 shows the portal's certificate.
    CaptureContent,
}

impl PortalMode {
    /// Whether it stands before all hosts, not only before the probe's.
    pub(crate) fn captures(self) -> bool {
        match self {
            Self::Open | Self::Redirect | Self::Content => false,
            Self::CaptureRedirect | Self::CaptureContent => true,
        }
    }
}

/// How a DNS-over-HTTPS server answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DohMode {
    /// From the zone.
    #[default]
    Answer,
    /// SERVFAIL to everything.
    Servfail,
    /// Takes the question and says nothing.
    Silent,
    /// Takes no connections.
    Refused,
}

/// What a status page says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatusMode {
    /// All is well; an incident of last week is over.
    #[default]
    None,
    /// An open incident in one place.
    Minor,
    /// An open incident nearly everywhere.
    Major,
    /// An open incident everywhere.
    Critical,
    /// 503 with a page, as when the page sits on the CDN that it reports on.
    Broken,
    /// Nobody has touched it for three days: the Statuspage is green, the feed's last incident was never closed.
    Stale,
}

/// What the service finds, or whether it works at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RemoteMode {
    /// What its probes see.
    #[default]
    Truth,
    /// Every probe gets a 200, whatever is the matter here.
    AllFine,
    /// No probe gets a connection.
    AllFail,
    /// 429: too many measurements in this hour.
    RateLimited,
    /// 422: nobody there who could measure.
    NoProbes,
    /// Takes no connections.
    Down,
}
