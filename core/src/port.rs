//! The native port: what the extension and the native host say to each other.
//!
//! JSON in native-messaging frames (32-bit length in the machine's byte order). Two release rhythms meet
//! here, so the format is versioned and tolerant: unknown fields are ignored, an unknown message is
//! answered with [`Refusal::Unrecognized`]. Everything stricter lives inside one build.

use serde::{Deserialize, Serialize};

use crate::observation::Observation;

/// Version of this protocol. Raised when an old peer would misunderstand, not when a field is added.
pub const PROTOCOL: u32 = 1;

/// Largest message a host may send to a browser: both engines close the port above 1 MiB.
pub const MAX_TO_BROWSER: usize = 1024 * 1024;

/// Largest message the host accepts. A request is a URL and a few words; anything larger is a mistake.
pub const MAX_TO_HOST: usize = 64 * 1024;

/// Names one check on one port; chosen by the extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CheckId(pub u64);

/// From the extension to the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Request {
    /// The greeting; first on every port.
    Hello {
        /// The protocol that the extension speaks.
        protocol: u32,
        /// The extension's version, for people.
        version: String,
    },
    /// Measure this target and the controls.
    Check {
        /// Names the check in every reply.
        id: CheckId,
        /// An http(s) URL.
        url: String,
    },
    /// Nobody waits for this check any more.
    Cancel {
        /// Which check.
        id: CheckId,
    },
}

/// From the host to the extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Reply {
    /// Answer to the greeting.
    Hello {
        /// The protocol that the host speaks.
        protocol: u32,
        /// The host's version, for people.
        version: String,
    },
    /// One step was measured; sent as soon as it is known.
    Observed {
        /// Which check.
        id: CheckId,
        /// What was seen.
        observation: Observation,
    },
    /// The check is over: all steps measured, or the deadline came.
    Finished {
        /// Which check.
        id: CheckId,
        /// Whether the deadline cut it short.
        #[serde(default)]
        timed_out: bool,
    },
    /// The request was not carried out.
    Refused {
        /// Which check; `None` when the request could not be read that far.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<CheckId>,
        /// Why.
        reason: Refusal,
        /// The same for people, with what to do next.
        message: String,
    },
    /// A piece of a reply that is larger than [`MAX_TO_BROWSER`]: the texts joined in order are its JSON.
    Part {
        /// Names the reply that is in parts; unique on this port.
        reply: u64,
        /// Counts from 0.
        index: u32,
        /// How many there are.
        of: u32,
        /// A slice of the JSON text.
        text: String,
    },
}

/// Why the host did not carry out a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The message is not in this protocol, or is too large.
    Unrecognized,
    /// The peer speaks another protocol version.
    Protocol,
    /// Not an http(s) URL.
    NotHttp,
    /// The name leads to a private, loopback or link-local address.
    PrivateAddress,
    /// Too many checks at once.
    Busy,
    /// The check was cancelled.
    Cancelled,
    /// A probe crashed; the others go on.
    Internal,
}
