//! Which URLs Detour looks at, and what of a URL may be shown to anybody else.
//!
//! A [`Target`] exists only for public http(s) addresses, so "never for private hosts" is a type, not a
//! check that can be forgotten.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

mod address;
mod share;

pub use address::{is_private_address, nat64_payload};
pub use share::{RULES, Unshareable};

/// A public http(s) URL that failed, without userinfo and fragment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Target(Url);

/// Why a URL is none of Detour's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Ineligible {
    /// It does not parse.
    #[error("this is not a web address; write it like https://www.example.org/page")]
    Malformed,
    /// ftp:, file:, about:, chrome: and the like.
    #[error("only http and https addresses can be checked")]
    NotHttp,
    /// localhost, an intranet name, a private or reserved address.
    #[error("this address is on your own network; Detour does not look at private addresses")]
    Private,
    /// A name that the public name system will never have: for onion services, for examples, for tests.
    #[error(
        "this name is not one of the public web: it opens with other software only, or is kept free for examples and tests"
    )]
    NotPublic,
}

impl Target {
    /// Parses and classifies.
    ///
    /// # Errors
    /// [`Ineligible`], when the URL is not a public http(s) one.
    pub fn parse(text: &str) -> Result<Self, Ineligible> {
        let mut url = Url::parse(text.trim()).map_err(|_| Ineligible::Malformed)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Ineligible::NotHttp);
        }
        let why_not = match url.host() {
            None => Some(Ineligible::Private),
            Some(Host::Domain(name)) => why_not_public(name),
            Some(Host::Ipv4(address)) => is_private_address(address.into()).then_some(Ineligible::Private),
            Some(Host::Ipv6(address)) => is_private_address(address.into()).then_some(Ineligible::Private),
        };
        if let Some(why) = why_not {
            return Err(why);
        }
        url.set_fragment(None);
        // Both fail only for URLs without a host, which are gone by now.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Ok(Self(url))
    }

    /// The whole URL, for the site itself and for this computer's eyes only.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The parsed form.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// The host as browsers print it.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The host without a leading `www.`, for people.
    #[must_use]
    pub fn site(&self) -> &str {
        self.host().strip_prefix("www.").unwrap_or(self.host())
    }
}

impl TryFrom<String> for Target {
    type Error = Ineligible;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.0.into()
    }
}

/// The part of a host name that one owner registers: `www.bbc.co.uk` → `bbc.co.uk`.
///
/// By the shape of the name, not by the Public Suffix List, which alone would fill the wasm: under a two-letter
/// country, a short second label of common use (co, com, ac, gov, …) is taken for a suffix. Where that is wrong, two
/// sites count as one, which makes a verdict more careful.
#[must_use]
pub fn site_of(host: &str) -> &str {
    let host = host.trim_end_matches('.');
    let mut dots = host.rmatch_indices('.').map(|(at, _)| at);
    let (Some(last), Some(second)) = (dots.next(), dots.next()) else { return host };
    let third = dots.next();
    let after = |at: usize| host.get(at + 1..).unwrap_or(host);
    let label = host.get(second + 1..last).unwrap_or_default();
    let is_suffix = host.len() - last == 3 && SECOND_LEVEL.contains(&label);
    match (is_suffix, third) {
        (true, Some(third)) => after(third),
        (true, None) => host,
        (false, _) => after(second),
    }
}

/// Whether two hosts are certainly of one owner, for decisions where a wrong yes would be an attack.
///
/// Unlike [`site_of`] this errs on the side of no. Names below a suffix that anybody may have a name under
/// (`shared_suffixes.txt`, and any label of up to three letters under a country) are strangers to each other and to it. So are
/// different names below a longer label under a country: `school.nz` is everybody's and `twitch.tv` is not, and no rule
/// tells one from the other.
#[must_use]
pub fn is_same_owner(one: &str, other: &str) -> bool {
    let (one, other) = (without_door(one), without_door(other));
    let owner = owned_part(&one);
    !one.is_empty() && (one == other || (owner.is_some() && owner == owned_part(&other)))
}

/// A host in lower case, without the final dot and the label that only says for which screen it is.
fn without_door(host: &str) -> String {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let rest = ["www.", "m.", "mobile.", "amp."].iter().find_map(|door| host.strip_prefix(door));
    // `www.abc.de` is abc.de's, though abc could be a suffix by its shape; nobody gives `www` away.
    let is_door = |rest: &&str| !is_shared_suffix(rest) || (host.starts_with("www.") && !is_listed_suffix(rest));
    match rest.filter(|rest| rest.contains('.')).filter(is_door) {
        Some(rest) => rest.to_owned(),
        None => host,
    }
}

/// The last labels of a host that one owner surely has; none of a suffix itself, and of an address.
fn owned_part(host: &str) -> Option<&str> {
    if host.parse::<IpAddr>().is_ok() || host.starts_with('[') {
        return None;
    }
    let starts = host.match_indices('.').map(|(at, _)| at + 1);
    let tails: Vec<&str> = std::iter::once(0).chain(starts).filter_map(|at| host.get(at..)).collect();
    let suffix = tails.iter().position(|tail| !tail.contains('.') || is_shared_suffix(tail))?;
    let is_country = tails.get(suffix).is_some_and(|suffix| suffix.len() == 2);
    if is_country { None } else { tails.get(suffix.checked_sub(1)?).copied() }
}

/// Whether anybody may have a name directly below this one.
#[must_use]
pub fn is_shared_suffix(name: &str) -> bool {
    let is_countrys = name
        .split_once('.')
        .is_some_and(|(label, country)| country.len() == 2 && (label.len() <= 3 || SECOND_LEVEL.contains(&label)));
    is_countrys || is_listed_suffix(name)
}

fn is_listed_suffix(name: &str) -> bool {
    include_str!("target/shared_suffixes.txt").lines().any(|suffix| suffix == name)
}

const SECOND_LEVEL: [&str; 14] =
    ["co", "com", "net", "org", "ac", "gov", "gob", "edu", "or", "ne", "go", "nom", "ltd", "plc"];

/// Why a name is none of the public web's, if it is not.
///
/// Single labels are intranet names; the suffixes are reserved by RFC 6761, 6762, 7686, 8375 and 9476, or
/// in such wide private use that ICANN has set them aside (home, corp, mail, internal), or nobody will have them and many
/// networks do (lan, intra, router).
fn why_not_public(name: &str) -> Option<Ineligible> {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let is_below = |suffixes: &[&str]| {
        suffixes.iter().any(|suffix| name.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.')))
    };
    if !name.contains('.') || is_below(&PRIVATE_SUFFIXES) || ROUTERS.contains(&name.as_str()) || is_below(&ROUTERS) {
        Some(Ineligible::Private)
    } else if is_below(&NOT_PUBLIC_SUFFIXES) {
        Some(Ineligible::NotPublic)
    } else {
        None
    }
}

/// They mean something on this network only.
const PRIVATE_SUFFIXES: [&str; 18] = [
    "localhost",
    "mail",
    "domain",
    "localnet",
    "intra",
    "dhcp",
    "router",
    "ts.net", // Tailscale's names lead into the user's own network (100.64.0.0/10)
    "localdomain",
    "workgroup",
    "local",
    "internal",
    "home.arpa",
    "lan",
    "home",
    "corp",
    "intranet",
    "private",
];

/// Routers answer for these themselves, also where somebody has registered the name.
const ROUTERS: [&str; 9] = [
    "fritz.box",
    "fritz.nas",
    "fritz.repeater",
    "speedport.ip",
    "easy.box",
    "routerlogin.net",
    "tplinkwifi.net",
    "tplinkmodem.net",
    "miwifi.com",
];

/// They are for other networks than the public web, or for nobody.
const NOT_PUBLIC_SUFFIXES: [&str; 6] = ["onion", "i2p", "alt", "test", "invalid", "example"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_hosts_are_none_of_our_business_in_any_spelling() {
        for text in [
            "http://localhost/",
            "http://LOCALHOST:8080/",
            "http://app.localhost/",
            "http://intranet/",
            "http://router.lan/",
            "http://127.0.0.1/",
            "http://127.1/",
            "http://0x7f.1/",
            "http://2130706433/",
            "http://017700000001/",
            "http://10.0.0.1/",
            "http://172.31.255.255/",
            "http://192.168.1.1/",
            "http://169.254.169.254/",
            "http://100.64.0.1/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:c0a8:1]/",
            "http://[fe80::1]/",
            "http://[fd00::1]/",
            "http://[64:ff9b::10.0.0.1]/",
            "http://[2002:a00:1::]/",
            "http://printer.local/",
            "http://printer.local./",
            "http://wiki.corp/",
            "http://x.home.arpa/",
            "http://0.0.0.0/",
            "http://0/",
            "http://127.0.0.1./",
            "http://%31%32%37.0.0.1/",
            "http://0300.0250.1.1/",
            "http://[::127.0.0.1]/",
            "http://[::c0a8:1]/",
            "http://[0:0:0:0:0:0:0:1]/",
            "http://[2001:0:c0a8:1::]/",
            "http://[fe90::1]/",
            "http://[fec0::1]/",
            "http://[ff02::1]/",
            "http://[64:ff9b:1::1]/",
            "http://[64:ff9b:1::10.0.0.1]/",
            "http://[64:ff9b:1:7::192.168.0.1]/",
            "http://[64:ff9b:1:a00:0:100::]/",
            "http://[64:ff9b:1:a00:0:100:808:808]/",
            "http://[2001:db8::1]/",
            "http://user@192.168.0.1:8080/",
            "http://host.localdomain/",
            "http://[200:1::1]/",
            "http://[400::1]/",
            "http://[4000::1]/",
            "http://[64:ff9b:0:1::808:808]/",
            "http://[::ffff:0:8.8.8.8]/",
            "http://[2606:4700::5efe:c0a8:1]/",
            "http://[2606:4700::200:5efe:10.0.0.1]/",
            "http://198.19.255.254/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://0xc0.0xa8.0x1.0x1/",
            "http://192.168.257/",
            "http://fritz.box/",
            "http://FRITZ.box./",
            "http://nas.fritz.box/",
            "http://www.routerlogin.net/",
            "http://laptop.tailnet-1a2b.ts.net/",
            "http://exchange.mail/",
            "http://wiki.intra/",
        ] {
            assert_eq!(Target::parse(text), Err(Ineligible::Private), "{text}");
        }
    }

    #[test]
    fn names_that_are_not_of_the_public_web_are_told_from_those_of_this_network() {
        for text in
            ["http://a.test/", "http://abc.onion/", "http://www.abc.onion./", "http://x.i2p/", "https://a.b.example/"]
        {
            assert_eq!(Target::parse(text), Err(Ineligible::NotPublic), "{text}");
        }
    }

    #[test]
    fn odd_but_public_names_are_eligible() {
        for text in [
            "https://fcc.gov/",
            "https://fd.io/",
            "https://fda.gov/",
            "https://localhost.example.com/",
            "https://10.0.0.1.nip.io/",
            "https://172.15.0.1/",
            "https://172.32.0.1/",
            "https://[2606:4700::1111]/",
            "https://xn--bcher-kva.ch/",
            "https://www.gov.uk./",
            "https://[64:ff9b::808:808]/",
            "https://[64:ff9b:1::808:808]/",
            "https://[64:ff9b:1:2::808:808]/",
            "https://[64:ff9b:1:808:8:800::]/",
            "https://[2a00:1450::1]/",
            "https://[2002:808:808::]/",
            "https://[::ffff:8.8.8.8]/",
            "https://local.example.com/",
            "https://onion.example.com/",
            "https://fritz.com/",
            "https://myfritz.box.example.com/",
            "https://notes.ts.example.net/",
            "https://web.host/",
            "https://[2606:4700::5efe:808:808]/",
            "https://[3ffe::1]/",
        ] {
            assert!(Target::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn hosts_of_one_owner_are_one_site() {
        for (host, site) in [
            ("www.bbc.co.uk", "bbc.co.uk"),
            ("bbc.co.uk", "bbc.co.uk"),
            ("www.theguardian.com", "theguardian.com"),
            ("twitter.com", "twitter.com"),
            ("a.b.c.example.net.", "example.net"),
            ("www.gov.uk", "www.gov.uk"),
            ("localhost", "localhost"),
            ("www.fd.io", "fd.io"),
            ("", ""),
        ] {
            assert_eq!(site_of(host), site, "{host}");
        }
    }

    #[test]
    fn other_schemes_are_refused_with_the_reason() {
        for text in
            ["file:///etc/passwd", "ftp://example.org/", "about:blank", "chrome://settings", "javascript:alert(1)"]
        {
            assert_eq!(Target::parse(text), Err(Ineligible::NotHttp), "{text}");
        }
        assert_eq!(Target::parse("not a url"), Err(Ineligible::Malformed));
        assert_eq!(Target::parse("https://bücher.ch/"), Err(Ineligible::Malformed));
    }
}
