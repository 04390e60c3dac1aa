//! The HTTP answer inside a `response` record, as the wire had it (RFC 9112).

use std::io::Read as _;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::{MAX_RECORD, unusable::Unusable};

pub(super) struct Http<'a> {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    body: &'a [u8],
}

impl<'a> Http<'a> {
    pub(super) fn parse(block: &'a [u8]) -> Option<Self> {
        let (head, body) = split(block)?;
        // Header fields are bytes; what matters here is ASCII.
        let head = String::from_utf8_lossy(head);
        let mut lines = head.lines();
        let line = lines.next()?.strip_prefix("HTTP/")?;
        let status = line.split_ascii_whitespace().nth(1)?.parse().ok()?;
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers =
            headers.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned())).collect();
        Some(Self { status, headers, body })
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The content without its codings.
    pub(super) fn content(&self) -> Result<Vec<u8>, Unusable> {
        let is_chunked =
            self.header("transfer-encoding").is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
        // Many writers undo the chunks and leave the header.
        let body = if is_chunked { dechunk(self.body) } else { None }.unwrap_or_else(|| self.body.to_vec());
        let coding = self.header("content-encoding").unwrap_or_default().to_ascii_lowercase();
        match coding.as_str() {
            "" | "identity" | "none" => Ok(body),
            // And some undo the compression and leave the header.
            "gzip" | "x-gzip" if !body.starts_with(&[0x1F, 0x8B]) => Ok(body),
            "gzip" | "x-gzip" => inflate(MultiGzDecoder::new(body.as_slice())),
            "deflate" => {
                inflate(ZlibDecoder::new(body.as_slice())).or_else(|_| inflate(DeflateDecoder::new(body.as_slice())))
            }
            _ => Err(Unusable::Encoding(coding)),
        }
    }
}

/// `Text/HTML; charset="UTF-8"` → `text/html`, `utf-8`.
pub(super) fn media_type(value: &str) -> (String, Option<String>) {
    let mut fields = value.split(';').map(|field| field.trim().to_ascii_lowercase());
    let media_type = fields.next().unwrap_or_default();
    let charset = fields.find_map(|field| Some(field.strip_prefix("charset=")?.trim_matches(['"', '\'']).to_owned()));
    (media_type, charset)
}

/// The content of chunks; `None` where there are none. What is cut comes as far as it goes.
fn dechunk(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::with_capacity(body.len());
    let mut is_first = true;
    loop {
        let Some(end) = memchr::memmem::find(body, b"\r\n") else { return (!is_first).then_some(content) };
        let line = std::str::from_utf8(body.get(..end)?).ok();
        let digits = line.map(|line| line.split(';').next().unwrap_or_default().trim());
        let Some(size) = digits.and_then(|digits| usize::from_str_radix(digits, 16).ok()) else {
            return (!is_first).then_some(content);
        };
        is_first = false;
        let rest = body.get(end + 2..).unwrap_or_default();
        if size == 0 || size > rest.len() {
            content.extend_from_slice(if size == 0 { &[] } else { rest });
            return Some(content);
        }
        let (chunk, after) = rest.split_at(size);
        content.extend_from_slice(chunk);
        body = after.strip_prefix(b"\r\n").unwrap_or(after);
    }
}

fn inflate(reader: impl std::io::Read) -> Result<Vec<u8>, Unusable> {
    let mut content = Vec::new();
    let limit = MAX_RECORD as u64 + 1;
    reader.take(limit).read_to_end(&mut content).map_err(|_| Unusable::Packing)?;
    if content.len() > MAX_RECORD { Err(Unusable::TooLarge) } else { Ok(content) }
}

/// Head and the rest, at the first empty line.
pub(super) fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memmem::find(bytes, b"\r\n\r\n").map(|at| (at, 4));
    let (at, gap) = at.or_else(|| memchr::memmem::find(bytes, b"\n\n").map(|at| (at, 2)))?;
    Some((bytes.get(..at)?, bytes.get(at + gap..)?))
}
