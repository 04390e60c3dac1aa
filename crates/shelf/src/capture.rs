//! What a browser hands over: one document and its parts, as the page had them.

/// A page as a browser saw it, nothing cleaned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capture {
    /// The page's address, absolute, without fragment.
    pub url: String,
    /// The document's HTML, decoded.
    pub html: String,
    /// Images, style sheets, fonts and frames that came with it.
    pub parts: Vec<Part>,
}

/// One part of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// The address by which the document names it: absolute, or `cid:…` in MHTML.
    pub url: String,
    /// A second name, `cid:…`: MHTML names frames by it, while `url` says where they came from.
    pub id: Option<String>,
    /// Its media type without parameters, in lower case.
    pub media_type: String,
    /// The charset that came with the media type.
    pub charset: Option<String>,
    /// Its content, decoded from the transfer encoding.
    pub bytes: Vec<u8>,
}
