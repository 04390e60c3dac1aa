//! How a host behaves towards whoever connects. Every host of the lab can be given any of these at run time.

use serde::{Deserialize, Serialize};

/// What happens on a host's ports 443 and 80. Names are those used on the wire, in kebab case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Behaviour {
    /// The host's own pages, edge or archive.
    Healthy,
    /// Healthy, but each connection waits this many milliseconds before anything happens.
    Delayed(u64),
    /// Nothing listens: RST to the SYN.
    Refused,
    /// RST once the request has been read.
    Reset,
    /// RST in the TLS handshake (on port 80: on accept).
    ResetHandshake,
    /// Closes without a reply.
    Empty,
    /// Promises a body, sends part of it, closes in good order.
    Truncated,
    /// RST in the middle of the body.
    Midbody,
    /// A chunk size that is no number.
    Badchunk,
    /// HTTP/2: RST_STREAM with INTERNAL_ERROR instead of a response.
    H2Reset,
    /// HTTP/2: GOAWAY with PROTOCOL_ERROR instead of a response.
    H2Goaway,
    /// HTTP/2: RST_STREAM with REFUSED_STREAM.
    H2Refused,
    /// Accepts, then says nothing.
    Stall,
    /// SYNs stay unanswered.
    Blackhole,
    /// Bytes that are no HTTP.
    Garbage,
    /// A certificate that ended last year.
    Expired,
    /// A certificate for another name.
    WrongName,
    /// A certificate nobody vouches for.
    SelfSigned,
    /// 302 to a host that refuses.
    Badredirect,
    /// 443 refuses, 80 answers 200: an https upgrade that has to fall back.
    Plainhttp,
    /// This status with a small HTML page.
    Status(u16),
    /// This status with no body at all.
    StatusEmpty(u16),
    /// A bot wall: this status with a small HTML page to browsers, and a page that turns them away to programs.
    Wall(u16),
    /// A page whose body comes in small pieces, with this many milliseconds between two.
    Drip(u64),
}

/// What a port does with connections under a [`Behaviour`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listening {
    /// Closed: refused.
    Closed,
    /// Open with its queue already full: SYNs go unanswered.
    Full,
    /// Open.
    Open,
}

impl Behaviour {
    pub(crate) fn listening(&self, port: u16) -> Listening {
        match self {
            Self::Refused => Listening::Closed,
            Self::Plainhttp if port == 443 => Listening::Closed,
            Self::Blackhole => Listening::Full,
            Self::Healthy
            | Self::Delayed(_)
            | Self::Reset
            | Self::ResetHandshake
            | Self::Empty
            | Self::Truncated
            | Self::Midbody
            | Self::Badchunk
            | Self::H2Reset
            | Self::H2Goaway
            | Self::H2Refused
            | Self::Stall
            | Self::Garbage
            | Self::Expired
            | Self::WrongName
            | Self::SelfSigned
            | Self::Badredirect
            | Self::Plainhttp
            | Self::Status(_)
            | Self::StatusEmpty(_)
            | Self::Wall(_)
            | Self::Drip(_) => Listening::Open,
        }
    }
}
