//! A page that is clean: what is kept, and what is shown.

/// A clean page. Its HTML names its parts by [`struct@Hash`] and nothing else on the network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The document, clean; parts are named `detour-body:<hash>` (see [`struct@Hash`]).
    pub html: String,
    /// The title, from the document.
    pub title: String,
    /// The words of the page, white space collapsed, for search.
    pub text: String,
    /// Parts that are there, each once.
    pub bodies: Vec<Body>,
    /// How many parts the document names.
    pub parts: u32,
    /// How many of them are not there, or not of a kind that is kept.
    pub lost: u32,
}

/// One part, clean (style sheets are cleaned like the document).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Names it: of media type and content, so that a content that lies about its type is another body.
    pub hash: Hash,
    /// Its media type without parameters.
    pub media_type: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// BLAKE3, the first 16 bytes in hex: 128 bits are beyond accident; nobody but this computer writes here, and what
/// is shown is clean whatever it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Hash(pub String);

impl Hash {
    /// What comes before a hash where a document or a style sheet names a body.
    pub const SCHEME: &str = "detour-body:";

    /// How a document names a body.
    #[must_use]
    pub fn placeholder(&self) -> String {
        format!("{}{}", Self::SCHEME, self.0)
    }

    /// The hashes that a document or a style sheet names.
    pub(crate) fn named_in(text: &[u8]) -> impl Iterator<Item = String> {
        memchr::memmem::find_iter(text, Self::SCHEME).filter_map(move |at| {
            let start = at + Self::SCHEME.len();
            let digits = text.get(start..start + HASH_DIGITS)?;
            let is_hash = digits.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            is_hash.then(|| String::from_utf8_lossy(digits).into_owned())
        })
    }

    /// The name of a body. A zero byte parts the media type from the content: no media type has one.
    #[must_use]
    pub fn of(media_type: &str, content: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(media_type.as_bytes()).update(&[0]).update(content);
        let hex = hasher.finalize().to_hex();
        Self(hex.get(..HASH_DIGITS).unwrap_or_default().to_owned())
    }
}

/// 16 bytes in hex.
pub(crate) const HASH_DIGITS: usize = 32;
