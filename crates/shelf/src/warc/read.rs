//! Reading one record: its own head, and the HTTP answer in it.

use detour_core::{observation::Millis, time::parse_timestamp};

use super::{http, unusable::Unusable};

/// The head of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// `WARC-Type`, in lower case.
    pub kind: String,
    /// `WARC-Target-URI`, without fragment and userinfo; empty where it is no address of the web.
    pub url: String,
    /// `WARC-Date`.
    pub at: Millis,
    /// `Content-Type` of the block, in lower case.
    pub media_type: String,
    /// `Content-Length`: how long the block is, in bytes.
    pub length: u64,
}

/// What a record holds of an address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The address.
    pub url: String,
    /// When it was taken.
    pub at: Millis,
    /// The media type without parameters, in lower case.
    pub media_type: String,
    /// The charset that came with it.
    pub charset: Option<String>,
    /// The content, decoded.
    pub bytes: Vec<u8>,
}

impl Head {
    /// Reads a head, from the version to before the empty line.
    ///
    /// # Errors
    /// [`Unusable::NoRecord`] and [`Unusable::NoLength`].
    pub fn parse(text: &[u8]) -> Result<Self, Unusable> {
        let text = String::from_utf8_lossy(text);
        let mut lines = text.lines();
        if !lines.next().unwrap_or_default().starts_with("WARC/1.") {
            return Err(Unusable::NoRecord);
        }
        let (mut head, mut length) = (Self::default(), None);
        for line in lines {
            let Some((name, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "warc-type" => head.kind = value.to_ascii_lowercase(),
                // Some writers put it between angle brackets, as the grammar of WARC 1.0 has it.
                "warc-target-uri" => head.url = address(value.trim_matches(['<', '>'])),
                "warc-date" => head.at = date(value),
                "content-type" => head.media_type = value.to_ascii_lowercase(),
                "content-length" => length = value.parse().ok(),
                _ => {}
            }
        }
        head.length = length.ok_or(Unusable::NoLength)?;
        Ok(head)
    }

    /// Whether the record may hold a page or a part of one.
    #[must_use]
    pub fn is_content(&self) -> bool {
        matches!(self.kind.as_str(), "response" | "resource") && !self.url.is_empty()
    }

    /// Reads the block that belongs to it; with the block's beginning only, everything but the content is right.
    ///
    /// # Errors
    /// [`Unusable`].
    pub fn answer(&self, block: &[u8], is_whole: bool) -> Result<Answer, Unusable> {
        let answer = |value: &str, bytes: Vec<u8>| {
            let (media_type, charset) = http::media_type(value);
            Answer { url: self.url.clone(), at: self.at, media_type, charset, bytes }
        };
        if self.kind == "resource" {
            return Ok(answer(&self.media_type, block.to_vec()));
        }
        let http = http::Http::parse(block).ok_or(Unusable::NoAnswer)?;
        if http.status != 200 {
            return Err(Unusable::Status(http.status));
        }
        let bytes = if is_whole { http.content()? } else { Vec::new() };
        Ok(answer(http.header("content-type").unwrap_or_default(), bytes))
    }
}

/// Reads a whole record: head, empty line and block.
///
/// # Errors
/// [`Unusable`].
pub fn record(bytes: &[u8]) -> Result<Answer, Unusable> {
    let (head, block) = http::split(bytes).ok_or(Unusable::NoRecord)?;
    let head = Head::parse(head)?;
    let length = usize::try_from(head.length).map_err(|_| Unusable::TooLarge)?;
    head.answer(block.get(..length).ok_or(Unusable::Cut)?, true)
}

/// An address of the web as the cleaner will write it, so that what a page names is found: without fragment, and without
/// userinfo, which would be read as the host, and stand alone where an address is cut off. Nothing of what is none.
fn address(value: &str) -> String {
    let Some(mut url) = url::Url::parse(value).ok().filter(|url| matches!(url.scheme(), "http" | "https")) else {
        return String::new();
    };
    url.set_fragment(None);
    // These err for addresses without a host alone, which http has none of.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}

/// `2021-06-08T09:47:00.123Z` and its shorter forms; the beginning of time where it is none.
fn date(value: &str) -> Millis {
    let digits: String =
        value.split('.').next().unwrap_or_default().chars().filter(char::is_ascii_digit).take(14).collect();
    parse_timestamp(&digits).unwrap_or_default()
}
