//! What is asked of a timeline, and what it answers.

use std::net::IpAddr;

use super::{Family, Home, Host, Moment, Page, Place, User};

/// Where somebody looks from.
#[derive(Debug, Clone, Copy)]
pub enum Vantage<'a> {
    /// From the user's computer.
    User(&'a User),
    /// From a remote probe.
    Remote(&'a Place),
}

impl Vantage<'_> {
    /// Where on Earth that is.
    #[must_use]
    pub const fn place(&self) -> &Place {
        match self {
            Self::User(user) => &user.place,
            Self::Remote(place) => place,
        }
    }
}

/// One look at a host.
#[derive(Debug, Clone, Copy)]
pub struct Glance<'a> {
    /// The outage's seed.
    pub seed: u64,
    /// From where.
    pub from: Vantage<'a>,
    /// At what.
    pub host: &'a Host,
    /// Which connection it is: each number meets its own node and its own luck.
    pub sample: u64,
    /// When.
    pub at: Moment,
}

/// Which resolver is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The system's own.
    System,
    /// A public one, by its address.
    Public(&'static str, Checking),
}

/// Whether a resolver checks signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checking {
    /// It does.
    Enabled,
    /// It was told not to (the CD bit of RFC 4035).
    Disabled,
}

/// What a resolver makes of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameSight<'a> {
    /// It leads to the host's home.
    Home(&'a Home),
    /// It leads elsewhere.
    Elsewhere(Vec<IpAddr>),
    /// There is no such name.
    NoSuchName,
    /// The resolver could not find out; these CNAMEs it had followed.
    ServFail(&'a [String]),
    /// The resolver did not answer.
    Silence,
}

/// What goes wrong with a host.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fate {
    /// Nothing: what later phases say does not concern it.
    Well,
    /// Its name, at these resolvers.
    Name(AtResolver, NameFate),
    /// The connection is refused.
    Refused,
    /// Nobody answers the connection attempt.
    Silent,
    /// The connection is reset while it is set up.
    Reset,
    /// There is no way to the address.
    NoWay,
    /// The certificate has expired, so many days ago.
    Expired(u64),
    /// The certificate is for this other name.
    WrongName(&'static str),
    /// The request is taken, and nothing comes.
    NoAnswer,
    /// This is answered, after so many milliseconds.
    Answers(Page, u64),
}

/// At which resolvers a name goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtResolver {
    /// At all of them.
    Any,
    /// At the system's own only.
    System,
    /// At all that are not the system's.
    Public,
}

/// What goes wrong with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFate {
    /// There is no such name.
    NoSuchName,
    /// SERVFAIL.
    ServFail,
    /// SERVFAIL, except to those who do not check signatures.
    WronglySigned,
    /// No answer.
    Silence,
    /// This address.
    Elsewhere([u8; 4]),
}

/// What a connection meets.
#[derive(Debug, Clone, PartialEq)]
pub struct Sight {
    /// What goes wrong; `None` where all is well.
    pub fate: Option<Fate>,
    /// The POP that was met.
    pub pop: &'static str,
    /// The node in it.
    pub node: u8,
}

impl Glance<'_> {
    /// The same look at another connection.
    #[must_use]
    pub const fn again(mut self, sample: u64, at: Moment) -> Self {
        self.sample = sample;
        self.at = at;
        self
    }
}

impl Family {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::V4, Self::V6];
}
