//! Answers of the lab's own servers.

use bytes::Bytes;
use http::StatusCode;
use http_body_util::Full;
use hyper::Response;

use crate::sites::page;

/// A response of the lab's own servers.
pub(crate) type Reply = Response<Full<Bytes>>;

pub(crate) enum Body {
    Page,
    Empty,
    Octets,
}

pub(crate) fn status(code: u16, body: Body) -> Reply {
    let known = StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST);
    let title = known.to_string();
    match body {
        Body::Empty => {
            let mut reply = Response::new(Full::default());
            *reply.status_mut() = known;
            reply
        }
        Body::Octets => with(html(code, title), &[("content-type", "application/octet-stream")]),
        Body::Page if code == 204 || code == 205 || code == 304 => status(code, Body::Empty),
        Body::Page => html(code, page(&title, "This server says what its address asks it to say.", "")),
    }
}

pub(crate) fn redirect(to: &str) -> Reply {
    redirect_with(302, to)
}

pub(crate) fn redirect_with(code: u16, to: &str) -> Reply {
    with(html(code, String::new()), &[("location", to)])
}

pub(crate) fn html(code: u16, body: String) -> Reply {
    let mut reply = Response::new(Full::new(Bytes::from(body)));
    *reply.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::OK);
    with(reply, &[("content-type", "text/html; charset=utf-8"), ("cache-control", "no-cache")])
}

/// A JSON document.
pub(crate) fn json(code: u16, value: &serde_json::Value) -> Reply {
    with(html(code, value.to_string()), &[("content-type", "application/json; charset=utf-8")])
}

pub(crate) fn typed(media_type: &str, body: &str) -> Reply {
    with(html(200, body.to_owned()), &[("content-type", media_type)])
}

pub(crate) fn with(mut reply: Reply, headers: &[(&'static str, &str)]) -> Reply {
    for (name, value) in headers {
        if let Ok(value) = http::HeaderValue::from_str(value) {
            reply.headers_mut().insert(*name, value);
        }
    }
    reply
}
