//! Writing: a `warcinfo` record, then a `response` record for each copy.

use data_encoding::BASE32;
use detour_core::{observation::Millis, time::format_timestamp};
use sha1::{Digest as _, Sha1};

use crate::record::Record;

/// The record at the beginning of a file.
#[must_use]
pub fn info(now: Millis) -> Vec<u8> {
    let fields = format!(
        "software: Detour/{}\r\nformat: WARC File Format 1.1\r\n\
         conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n\
         description: Copies of pages, cleaned, each with its parts inside its document\r\n",
        env!("CARGO_PKG_VERSION")
    );
    let block = fields.as_bytes();
    let head = Head { kind: "warcinfo", name: "warcinfo", at: now, url: None, media_type: "application/warc-fields" };
    head.record(block, None)
}

/// A copy, its document composed.
#[must_use]
pub fn page(record: &Record, document: &str) -> Vec<u8> {
    let http = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
        document.len()
    );
    let block = [http.as_bytes(), document.as_bytes()].concat();
    let head = Head {
        kind: "response",
        name: &record.id.0,
        at: record.at,
        url: Some(&record.url),
        media_type: "application/http; msgtype=response",
    };
    head.record(&block, Some(document.as_bytes()))
}

struct Head<'a> {
    kind: &'a str,
    name: &'a str,
    at: Millis,
    url: Option<&'a str>,
    media_type: &'a str,
}

impl Head<'_> {
    fn record(&self, block: &[u8], payload: Option<&[u8]>) -> Vec<u8> {
        let mut head = format!(
            "WARC/1.1\r\nWARC-Type: {}\r\nWARC-Record-ID: <urn:uuid:{}>\r\nWARC-Date: {}\r\n",
            self.kind,
            self.uuid(),
            date(self.at)
        );
        if let Some(url) = self.url {
            // An address has no line breaks; whatever this one has must not become another header.
            let url: String = url.chars().filter(|c| !c.is_control()).collect();
            head.push_str(&format!("WARC-Target-URI: {url}\r\n"));
        }
        if let Some(payload) = payload {
            head.push_str(&format!("WARC-Payload-Digest: {}\r\n", digest(payload)));
        }
        head.push_str(&format!(
            "WARC-Block-Digest: {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
            digest(block),
            self.media_type,
            block.len()
        ));
        [head.as_bytes(), block, b"\r\n\r\n"].concat()
    }

    /// A UUID of RFC 9562's version 8: from what it names, since there is no dice here.
    fn uuid(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.kind.as_bytes()).update(self.name.as_bytes()).update(&self.at.0.to_be_bytes());
        let mut bytes = [0; 16];
        hasher.finalize_xof().fill(&mut bytes);
        let number = u128::from_be_bytes(bytes) & !(0xF << 76) & !(0x3 << 62) | (0x8 << 76) | (0x2 << 62);
        let hex = format!("{number:032x}");
        let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
        [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
    }
}

/// `2026-11-23T05:17:14Z`.
fn date(at: Millis) -> String {
    let digits = format_timestamp(at);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!("{}-{}-{}T{}:{}:{}Z", part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 12), part(12, 14))
}

/// As archives write it, and index by it.
fn digest(bytes: &[u8]) -> String {
    format!("sha1:{}", BASE32.encode(&Sha1::digest(bytes)))
}
