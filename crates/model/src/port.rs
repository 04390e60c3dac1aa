//! The native port: what the extension and the native host say to each other.
//!
//! JSON in native-messaging frames (32-bit length in the machine's byte order). Two release rhythms meet
//! here, so the format is versioned and tolerant: unknown fields are ignored, an unknown message is
//! answered with [`Refusal::Unrecognized`]. Everything stricter lives inside one build.

use serde::{Deserialize, Serialize};

use crate::observation::Observation;
use crate::proxy::BrowserProxy;

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

/// How much a check looks at, and who learns of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The target on all its addresses, several times; the controls; the canaries of its CDN. Nobody but the site
    /// learns its name.
    #[default]
    Usual,
    /// A second look at a target that failed before: each address once, one control, the canaries.
    Again,
    /// The same without the canaries: another look has just asked them.
    Alone,
    /// The target alone, each address once: nobody else is asked. To know whether there is anything to check.
    Target,
    /// The usual, and besides public resolvers and remote probes, who learn the site's name (never the page's
    /// address). Only on the user's word.
    Closer,
}

impl Scope {
    /// Whether the target was looked at before.
    #[must_use]
    pub const fn is_again(self) -> bool {
        matches!(self, Self::Again | Self::Alone)
    }
}

/// From the extension to the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", try_from = "Flat")]
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
        /// How much to look at.
        #[serde(default)]
        scope: Scope,
        /// What the browser says of its proxy, read for this check; `None` where nobody could ask.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proxy: Option<BrowserProxy>,
    },
    /// Nobody waits for this check any more.
    Cancel {
        /// Which check.
        id: CheckId,
    },
}

/// From the host to the extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", try_from = "Flat")]
#[allow(clippy::large_enum_variant, reason = "one at a time, on its way from a reader to a writer; not so in the wasm")]
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
        timed_out: bool,
    },
    /// The request was not carried out.
    Refused {
        /// Which check; `None` when the request could not be read that far.
        #[serde(skip_serializing_if = "Option::is_none")]
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

/// Every field of every message, as it is read. An inner tag on an enum makes serde build each type that is in
/// it a second time; one flat struct reads the same JSON at a third of the wasm.
#[derive(Deserialize)]
struct Flat {
    r#type: String,
    protocol: Option<u32>,
    version: Option<String>,
    id: Option<CheckId>,
    url: Option<String>,
    #[serde(default)]
    scope: Scope,
    proxy: Option<BrowserProxy>,
    observation: Option<Observation>,
    #[serde(default)]
    timed_out: bool,
    reason: Option<Refusal>,
    message: Option<String>,
    reply: Option<u64>,
    index: Option<u32>,
    of: Option<u32>,
    text: Option<String>,
}

/// A message that is not in this protocol.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// No message has this type.
    #[error("unknown message type `{0}`")]
    Type(String),
    /// A message of this type has this field.
    #[error("missing field `{0}`")]
    Field(&'static str),
}

fn need<T>(field: Option<T>, name: &'static str) -> Result<T, Unreadable> {
    field.ok_or(Unreadable::Field(name))
}

impl TryFrom<Flat> for Request {
    type Error = Unreadable;
    fn try_from(flat: Flat) -> Result<Self, Unreadable> {
        match flat.r#type.as_str() {
            "hello" => {
                Ok(Self::Hello { protocol: need(flat.protocol, "protocol")?, version: need(flat.version, "version")? })
            }
            "check" => Ok(Self::Check {
                id: need(flat.id, "id")?,
                url: need(flat.url, "url")?,
                scope: flat.scope,
                proxy: flat.proxy,
            }),
            "cancel" => Ok(Self::Cancel { id: need(flat.id, "id")? }),
            _ => Err(Unreadable::Type(flat.r#type)),
        }
    }
}

impl TryFrom<Flat> for Reply {
    type Error = Unreadable;
    fn try_from(flat: Flat) -> Result<Self, Unreadable> {
        match flat.r#type.as_str() {
            "hello" => {
                Ok(Self::Hello { protocol: need(flat.protocol, "protocol")?, version: need(flat.version, "version")? })
            }
            "observed" => {
                Ok(Self::Observed { id: need(flat.id, "id")?, observation: need(flat.observation, "observation")? })
            }
            "finished" => Ok(Self::Finished { id: need(flat.id, "id")?, timed_out: flat.timed_out }),
            "refused" => Ok(Self::Refused {
                id: flat.id,
                reason: need(flat.reason, "reason")?,
                message: need(flat.message, "message")?,
            }),
            "part" => Ok(Self::Part {
                reply: need(flat.reply, "reply")?,
                index: need(flat.index, "index")?,
                of: need(flat.of, "of")?,
                text: need(flat.text, "text")?,
            }),
            _ => Err(Unreadable::Type(flat.r#type)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proxy::ProxyMode;

    #[test]
    fn every_message_reads_back_as_it_was_written() {
        let requests = [
            Request::Hello { protocol: 1, version: "0.1.0".into() },
            Request::Check { id: CheckId(7), url: "https://example.org/".into(), scope: Scope::Closer, proxy: None },
            Request::Check {
                id: CheckId(8),
                url: "https://example.org/".into(),
                scope: Scope::Usual,
                proxy: Some(BrowserProxy { mode: ProxyMode::Fixed, ..BrowserProxy::default() }),
            },
            Request::Cancel { id: CheckId(7) },
        ];
        for request in requests {
            let json = serde_json::to_string(&request).unwrap();
            assert_eq!(serde_json::from_str::<Request>(&json).unwrap(), request, "{json}");
        }
        let replies = [
            Reply::Hello { protocol: 1, version: "0.1.0".into() },
            Reply::Finished { id: CheckId(7), timed_out: true },
            Reply::Refused { id: None, reason: Refusal::Busy, message: "later".into() },
            Reply::Part { reply: 1, index: 0, of: 2, text: "{".into() },
        ];
        for reply in replies {
            let json = serde_json::to_string(&reply).unwrap();
            assert_eq!(serde_json::from_str::<Reply>(&json).unwrap(), reply, "{json}");
        }
    }

    #[test]
    fn fields_of_a_later_version_are_ignored_and_unknown_types_are_named() {
        assert!(serde_json::from_str::<Request>(r#"{"type":"cancel","id":1,"since":2}"#).is_ok());
        let error = serde_json::from_str::<Request>(r#"{"type":"reboot"}"#).unwrap_err().to_string();
        assert!(error.contains("unknown message type `reboot`"), "{error}");
        let error = serde_json::from_str::<Request>(r#"{"type":"check","id":1}"#).unwrap_err().to_string();
        assert!(error.contains("missing field `url`"), "{error}");
    }
}
