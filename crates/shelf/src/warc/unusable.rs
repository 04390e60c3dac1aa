//! Why a record gives no copy.

/// Why a record is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// No head, or none of WARC 1.0 or 1.1.
    #[error("this is no WARC record")]
    NoRecord,
    /// Its head says nothing about its length.
    #[error("the record does not say how long it is")]
    NoLength,
    /// The file ends in the middle of it.
    #[error("the file ends in the middle of this record")]
    Cut,
    /// What it holds is no HTTP answer.
    #[error("the record holds no web answer")]
    NoAnswer,
    /// An answer other than 200.
    #[error("the site answered {0}")]
    Status(u16),
    /// Compressed in a way that is not known here.
    #[error("the content is compressed as {0}, which cannot be read here")]
    Encoding(String),
    /// It does not unpack.
    #[error("the content cannot be unpacked")]
    Packing,
    /// More than [`super::MAX_RECORD`].
    #[error("the record is too large")]
    TooLarge,
    /// The compressed file is one piece, and this lies too far inside it.
    #[error("the file is compressed as one piece and too large for that; unpack it, and import it again")]
    TooDeep,
}
