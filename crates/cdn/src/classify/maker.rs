//! Who made a response, and what a mark in it means.

use serde::{Deserialize, Serialize};

/// Who made an error response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum GeneratedBy {
    /// The CDN's own servers.
    Edge,
    /// The site's application.
    Origin,
    /// A proxy of the site's own, in front of its application.
    OriginProxy,
    /// The load balancer of the site's cloud.
    OriginLb,
    /// The router of a hosting platform.
    PlatformRouter,
    /// It cannot be told.
    Unknown,
}

/// What a mark on a page means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    /// The site refuses this visitor or wants to know them better.
    Block,
    /// Something does not work.
    Failure,
    /// What is behind the one who wrote this does not work.
    FailureBehind,
    /// The whole site does not work, whatever the status says: a host that is not set up, a challenge out of order.
    Outage,
}
