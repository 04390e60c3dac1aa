//! MHTML (RFC 2557) as Chromium's `pageCapture.saveAsMHTML` writes it, and whatever is left of it when it is broken.

use data_encoding::BASE64;
use memchr::memmem;

use crate::{
    capture::{Capture, Part},
    charset,
};

pub(crate) use transfer::base64;

mod transfer;

/// No page can be made of these bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// There is no boundary between parts.
    #[error("this is no MHTML: it has no parts")]
    NotMultipart,
    /// There are parts, but no HTML among them.
    #[error("no document is left in this MHTML")]
    NoDocument,
    /// More than [`MAX_BYTES`].
    #[error("this MHTML is too large to be read at once")]
    TooLarge,
}

/// Reads a capture. Parts that are cut or garbled come as far as they go; the cleaner tells which are of use.
pub fn read(bytes: &[u8]) -> Result<Capture, Broken> {
    if bytes.len() > MAX_BYTES {
        return Err(Broken::TooLarge);
    }
    let (head, body) = Headers::read(bytes);
    let boundary = head.parameter("content-type", "boundary").filter(|boundary| !boundary.is_empty());
    // Headers that were cut away: the first line with two dashes is the boundary.
    let boundary = boundary.or_else(|| first_delimiter(bytes)).ok_or(Broken::NotMultipart)?;
    let raw = split(if body.is_empty() { bytes } else { body }, boundary.as_bytes());
    if raw.is_empty() {
        return Err(Broken::NotMultipart);
    }
    let mut parts: Vec<(Headers, &[u8])> = raw.into_iter().map(Headers::read).collect();
    let root = root(&head, &parts).ok_or(Broken::NoDocument)?;
    let (document, content) = parts.remove(root);
    let content = decoded(&document, content);
    let html = charset::document(&content, document.parameter("content-type", "charset").as_deref());
    let url = document.value("content-location").or_else(|| head.value("snapshot-content-location"));
    Ok(Capture {
        url: without_fragment(url.unwrap_or_default()).to_owned(),
        html,
        parts: parts.into_iter().map(|(headers, content)| part(&headers, content)).collect(),
    })
}

fn part(headers: &Headers, content: &[u8]) -> Part {
    let id = headers.value("content-id").map(|id| format!("cid:{}", id.trim_matches(['<', '>'])));
    let location = headers.value("content-location").map(str::to_owned);
    Part {
        url: location.or_else(|| id.clone()).unwrap_or_default(),
        id,
        media_type: headers.media_type(),
        charset: headers.parameter("content-type", "charset"),
        bytes: decoded(headers, content),
    }
}

fn decoded(headers: &Headers, content: &[u8]) -> Vec<u8> {
    let encoding = headers.value("content-transfer-encoding").unwrap_or_default().to_ascii_lowercase();
    match encoding.as_str() {
        "quoted-printable" => transfer::quoted_printable(content),
        "base64" => base64(content),
        _ => content.to_vec(),
    }
}

/// The document: what `start` names, else what has the snapshot's address, else the first that is HTML.
fn root(head: &Headers, parts: &[(Headers, &[u8])]) -> Option<usize> {
    let start = head.parameter("content-type", "start");
    let location = head.value("snapshot-content-location");
    let is_html = |headers: &Headers| matches!(headers.media_type().as_str(), "text/html" | "application/xhtml+xml");
    let by_start =
        start.and_then(|id| parts.iter().position(|(part, _)| part.value("content-id") == Some(id.as_str())));
    let by_location = || {
        let location = location?;
        parts.iter().position(|(part, _)| is_html(part) && part.value("content-location") == Some(location))
    };
    by_start.or_else(by_location).or_else(|| parts.iter().position(|(part, _)| is_html(part))).or_else(|| {
        // A type that was lost: what looks like a document is one.
        parts.iter().position(|(part, content)| {
            part.media_type().is_empty() && content.trim_ascii_start().first().is_some_and(|byte| *byte == b'<')
        })
    })
}

/// The contents between delimiters; the last one may have no end.
fn split<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    let delimiter = [b"--", boundary].concat();
    let mut parts = Vec::new();
    let mut open: Option<usize> = None;
    for at in memmem::find_iter(body, &delimiter) {
        if at > 0 && body.get(at - 1) != Some(&b'\n') {
            continue;
        }
        if let Some(start) = open.take() {
            let content = body.get(start..at).unwrap_or_default();
            let content = content.strip_suffix(b"\n").unwrap_or(content);
            parts.push(content.strip_suffix(b"\r").unwrap_or(content));
        }
        let after = body.get(at + delimiter.len()..).unwrap_or_default();
        if after.starts_with(b"--") || parts.len() >= MAX_PARTS {
            return parts;
        }
        let line = memchr::memchr(b'\n', after).map_or(after.len(), |end| end + 1);
        open = Some(at + delimiter.len() + line);
    }
    // What is left of an end that was cut is no part.
    let rest = open.and_then(|start| body.get(start..)).unwrap_or_default();
    if rest.iter().any(|byte| *byte != b'-' && !byte.is_ascii_whitespace()) {
        parts.push(rest);
    }
    parts
}

fn first_delimiter(bytes: &[u8]) -> Option<String> {
    let at = if bytes.starts_with(b"--") { 0 } else { memmem::find(bytes, b"\n--")? + 1 };
    let line = bytes.get(at + 2..)?.split(|byte| *byte == b'\n').next()?;
    let line = std::str::from_utf8(line).ok()?.trim_end();
    (!line.is_empty() && line.len() <= MAX_BOUNDARY).then(|| line.to_owned())
}

fn without_fragment(url: &str) -> &str {
    url.split('#').next().unwrap_or_default()
}

/// The headers of the whole or of a part, unfolded, names in lower case; the first of two that are the same counts.
struct Headers(Vec<(String, String)>);

impl Headers {
    fn read(bytes: &[u8]) -> (Self, &[u8]) {
        let mut headers: Vec<(String, String)> = Vec::new();
        let mut rest = bytes;
        loop {
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            let (line, after) = rest.split_at(end);
            let line = String::from_utf8_lossy(line.get(..line.len().min(MAX_LINE)).unwrap_or_default());
            let folded = line.starts_with([' ', '\t']);
            let line = line.trim();
            // Before the first header there may be empty lines; after one, an empty line ends them.
            if line.is_empty() && (!headers.is_empty() || rest.is_empty() || after.is_empty()) {
                return (Self(headers), after);
            }
            let full = headers.len() >= MAX_HEADERS;
            match (folded, line.split_once(':'), headers.last_mut()) {
                (true, _, Some((_, value))) if value.len() < MAX_LINE => {
                    value.push(' ');
                    value.push_str(line);
                }
                (false, Some((name, value)), _) if is_name(name) && !full => {
                    headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
                }
                // No header at all: the content has begun without an empty line.
                (false, None, _) if !line.is_empty() => return (Self(headers), rest),
                _ => {}
            }
            if after.is_empty() {
                return (Self(headers), after);
            }
            rest = after;
        }
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn media_type(&self) -> String {
        let value = self.value("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    fn parameter(&self, header: &str, name: &str) -> Option<String> {
        let mut rest = self.value(header)?;
        while let Some((_, after)) = rest.split_once(';') {
            let (key, value) = after.split_once('=')?;
            let value = value.trim_start();
            let (value, after) = match value.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
                None => value.split_at(value.find(';').unwrap_or(value.len())),
            };
            if key.trim().eq_ignore_ascii_case(name) {
                return Some(value.trim().to_owned());
            }
            rest = after;
        }
        None
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Written for tests and for whoever needs an MHTML: the inverse of [`read`], base64 throughout.
#[must_use]
pub fn write(capture: &Capture) -> Vec<u8> {
    use std::fmt::Write as _;
    let boundary = "----MultipartBoundary--detour----";
    let mut out = format!(
        "From: <Saved by Detour>\r\nSnapshot-Content-Location: {}\r\nMIME-Version: 1.0\r\nContent-Type: \
         multipart/related;\r\n\ttype=\"text/html\";\r\n\tboundary=\"{boundary}\"\r\n\r\n",
        capture.url
    );
    let mut add = |media_type: &str, url: &str, bytes: &[u8]| {
        let _ = write!(
            out,
            "\r\n--{boundary}\r\nContent-Type: {media_type}\r\nContent-Transfer-Encoding: base64\r\nContent-Location: \
             {url}\r\n\r\n{}",
            BASE64.encode(bytes)
        );
    };
    add("text/html; charset=utf-8", &capture.url, capture.html.as_bytes());
    for part in &capture.parts {
        add(&part.media_type, &part.url, &part.bytes);
    }
    let _ = write!(out, "\r\n--{boundary}--\r\n");
    out.into_bytes()
}

/// More than any page; what is read is held in memory twice for a moment.
pub const MAX_BYTES: usize = 128 << 20;
/// Real pages have hundreds.
const MAX_PARTS: usize = 10_000;
/// RFC 5322 allows 998; addresses in Content-Location run longer.
const MAX_LINE: usize = 64 << 10;
/// A part has five.
const MAX_HEADERS: usize = 100;
/// RFC 2046 section 5.1.1 allows 70.
const MAX_BOUNDARY: usize = 200;

#[cfg(test)]
mod tests;
