//! How each value of the config file is read, and what is said when it cannot be.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use detour_model::target::Target;
use detour_probe::Doh;
use ipnet::IpNet;
use serde::{Deserialize, Deserializer};
use url::Url;

pub(super) fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let parse = |text: &String| text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).ok();
    each(deserializer, parse, "is no address range; write it like \"10.0.0.0/8\" or \"::1/128\"")
}

pub(super) fn targets<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Target>, D::Error> {
    each(deserializer, |text| Target::parse(text).ok(), EXPECTED_URL)
}

pub(super) fn optional_target<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Target>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    Target::parse(&text).map(Some).map_err(|_| complaint(&text, EXPECTED_URL))
}

/// Private ones too: a lab has its own, and `allow_addresses` decides on them.
pub(super) fn optional_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.map(Some).ok_or_else(|| complaint(&text, "is no web address; write it like \"https://api.globalping.io\""))
}

pub(super) fn server<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(deserializer)?;
    socket(&text, DNS_PORT)
        .map(Some)
        .ok_or_else(|| complaint(&text, "is no DNS server; write it like \"9.9.9.9\" or \"127.0.0.53:53\""))
}

pub(super) fn sockets<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SocketAddr>, D::Error> {
    each(
        deserializer,
        |text| socket(text, HTTPS_PORT),
        "is no address; write it like \"9.9.9.9\" or \"[2620:fe::fe]:443\"",
    )
}

pub(super) fn resolvers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Doh>, D::Error> {
    each(deserializer, |text| Doh::parse(text), EXPECTED_DOH)
}

pub(super) fn status_204<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    match u16::deserialize(deserializer)? {
        204 => Ok(204),
        other => Err(complaint(&other.to_string(), "is no status this version knows; name a probe that answers 204")),
    }
}

fn socket(text: &str, port: u16) -> Option<SocketAddr> {
    text.parse().or_else(|_| text.parse::<IpAddr>().map(|address| SocketAddr::new(address, port))).ok()
}

fn each<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    parse: impl Fn(&String) -> Option<T>,
    expected: &str,
) -> Result<Vec<T>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.iter().map(|text| parse(text).ok_or_else(|| complaint(text, expected))).collect()
}

fn complaint<E: serde::de::Error>(text: &str, expected: impl fmt::Display) -> E {
    E::custom(format!("\"{text}\" {expected}"))
}

const EXPECTED_URL: &str = "is no public http(s) address; write it like \"https://www.wikipedia.org/\"";

const EXPECTED_DOH: &str =
    "is no DNS-over-HTTPS server named by its address; write it like \"https://9.9.9.9/dns-query\"";

const DNS_PORT: u16 = 53;

const HTTPS_PORT: u16 = 443;
