//! DNS over HTTPS (RFC 8484): the truth about the zone, whatever the resolver of the user's network says.

use bytes::Bytes;
use http::{Method, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::Request;
use hyper::body::Incoming;

use crate::arrival::Arrival;
use crate::dns::{Parsed, SILENCE, TTL, code_of};
use crate::hosts::DOH_ADDRESSES;
use crate::modes::DohMode;
use crate::reply::{Body, Reply, status, with};
use crate::zone::{Asked, Lookup};

/// Answers one request, or never.
pub(crate) async fn answer(arrival: &Arrival, request: Request<Incoming>) -> Reply {
    let question = match question(request).await {
        Ok(question) => question,
        Err(code) => return status(code.as_u16(), Body::Page),
    };
    let Some(asked) = Parsed::from(&question) else {
        return status(400, Body::Page);
    };
    let lookup = match mode(arrival) {
        DohMode::Answer => asked.look_up(&arrival.world.zone, Asked::Other),
        DohMode::Servfail => Lookup::Failed,
        DohMode::Silent | DohMode::Refused => Lookup::Silence,
    };
    let code = code_of(&lookup).map_or(SILENCE, u16::from);
    let path = format!("{}{PATH}", arrival.host.address);
    arrival.world.record.saw("doh", arrival.ends(), &asked.name, &asked.kind(), &path, code);
    match asked.reply(lookup) {
        Some(reply) => with(
            Reply::new(Full::new(Bytes::from(reply))),
            &[("content-type", MEDIA_TYPE), ("cache-control", &format!("max-age={TTL}"))],
        ),
        None => std::future::pending().await,
    }
}

fn mode(arrival: &Arrival) -> DohMode {
    let nth = DOH_ADDRESSES.iter().position(|address| arrival.host.address == *address);
    arrival.modes(|modes| nth.and_then(|nth| modes.doh.get(nth).copied()).unwrap_or_default())
}

/// The DNS message of a GET or a POST, section 4.1.
async fn question(request: Request<Incoming>) -> Result<Vec<u8>, StatusCode> {
    if request.uri().path() != PATH {
        return Err(StatusCode::NOT_FOUND);
    }
    if request.method() == Method::GET {
        let query = request.uri().query().unwrap_or_default();
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        let text = pairs.find(|(name, _)| name == "dns").ok_or(StatusCode::BAD_REQUEST)?.1;
        return base64url(&text).ok_or(StatusCode::BAD_REQUEST);
    }
    if request.method() != Method::POST {
        return Err(StatusCode::METHOD_NOT_ALLOWED);
    }
    if request.headers().get("content-type").is_none_or(|kind| kind != MEDIA_TYPE) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let body = Limited::new(request.into_body(), LARGEST).collect().await;
    Ok(body.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?.to_bytes().to_vec())
}

/// RFC 4648 section 5, without padding.
fn base64url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|one| *one == letter)?;
        bits = (bits << 6 | u32::try_from(value).ok()?) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(bytes)
}

const PATH: &str = "/dns-query";
const MEDIA_TYPE: &str = "application/dns-message";
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// A DNS message is never longer.
const LARGEST: usize = 65_535;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_is_read_and_anything_else_is_not() {
        for (text, bytes) in [("", Some(vec![])), ("AAEC", Some(vec![0, 1, 2])), ("-_8", Some(vec![0xfb, 0xff]))] {
            assert_eq!(base64url(text), bytes, "{text}");
        }
        assert_eq!(base64url("AA=="), None);
        assert_eq!(base64url("+/"), None);
    }
}
