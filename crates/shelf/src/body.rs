//! Bodies as they lie in the database: packed, and held against their hash when they are read.

use crate::page::Hash;

/// Why a body cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// It is not there.
    #[error("it is not there any more")]
    Gone,
    /// It cannot be unpacked.
    #[error("it cannot be unpacked")]
    Packing,
    /// It is not what was kept.
    #[error("it is not what was kept")]
    Hash,
}

/// Packs a body: a byte that says how, then the content. Media that is packed already stays as it is.
#[must_use]
pub fn pack(media_type: &str, content: &[u8]) -> Vec<u8> {
    let is_worth_it = content.len() >= LEAST && !is_packed_already(media_type);
    let room = if is_worth_it { lz4_flex::block::get_maximum_output_size(content.len()) } else { content.len() };
    let mut packed = vec![0; room + HEAD];
    if is_worth_it
        && let Some((head, rest)) = packed.split_at_mut_checked(HEAD)
        && let Ok(length) = lz4_flex::block::compress_into(content, rest)
        && length < content.len()
    {
        head.copy_from_slice(&header(LZ4, content.len()));
        packed.truncate(HEAD + length);
        packed.shrink_to_fit();
        return packed;
    }
    packed.clear();
    packed.push(PLAIN);
    packed.extend_from_slice(content);
    packed
}

/// Unpacks a body and holds it against the hash under which it was kept.
///
/// # Errors
/// [`Broken`], when it is not what was kept.
pub fn unpack(hash: &Hash, media_type: &str, packed: &[u8]) -> Result<Vec<u8>, Broken> {
    let content = match packed.split_first() {
        Some((&PLAIN, content)) => content.to_vec(),
        Some((&LZ4, rest)) => {
            let (length, rest) = rest.split_first_chunk::<4>().ok_or(Broken::Packing)?;
            let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| Broken::Packing)?;
            // A length that this content cannot unpack to would only waste memory.
            if length > rest.len().saturating_mul(LZ4_AT_BEST).saturating_add(LEAST) {
                return Err(Broken::Packing);
            }
            let mut content = vec![0; length];
            let written = lz4_flex::block::decompress_into(rest, &mut content).map_err(|_| Broken::Packing)?;
            if written != length {
                return Err(Broken::Packing);
            }
            content
        }
        Some(_) | None => return Err(Broken::Packing),
    };
    if Hash::of(media_type, &content) == *hash { Ok(content) } else { Err(Broken::Hash) }
}

fn header(form: u8, length: usize) -> [u8; HEAD] {
    // A body above 4 GiB does not fit into the memory of a wasm module; were there one, its hash would give it away.
    let [a, b, c, d] = u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
    [form, a, b, c, d]
}

/// Whether packing would only cost time.
fn is_packed_already(media_type: &str) -> bool {
    let (kind, form) = media_type.split_once('/').unwrap_or_default();
    match kind {
        "image" => !matches!(form, "svg+xml" | "bmp" | "x-icon" | "vnd.microsoft.icon" | "tiff"),
        "audio" | "video" => true,
        "font" => matches!(form, "woff" | "woff2"),
        "application" => matches!(form, "font-woff" | "font-woff2" | "x-font-woff" | "zip" | "gzip" | "pdf"),
        _ => false,
    }
}

const PLAIN: u8 = 0;
const LZ4: u8 = 1;
/// The byte that says how, and the length of the content.
const HEAD: usize = 5;
/// Below, there is nothing to be saved.
const LEAST: usize = 64;
/// LZ4 cannot do better than 255 bytes for one.
const LZ4_AT_BEST: usize = 255;

#[cfg(test)]
mod tests {
    use super::*;

    fn round(media_type: &str, content: &[u8]) -> usize {
        let packed = pack(media_type, content);
        assert_eq!(unpack(&Hash::of(media_type, content), media_type, &packed).as_deref(), Ok(content));
        packed.len()
    }

    #[test]
    fn bodies_come_back_as_they_were_and_text_takes_less() {
        let words = "the same words again and again ".repeat(1_000);
        assert!(round("text/html", words.as_bytes()) < words.len() / 10);
        assert_eq!(round("image/png", words.as_bytes()), words.len() + 1);
        let noise: Vec<u8> =
            (0_u32..5_000).flat_map(|n| blake3::hash(&n.to_le_bytes()).as_bytes()[..1].to_vec()).collect();
        assert_eq!(round("text/plain", &noise), noise.len() + 1);
        assert_eq!(round("text/css", b""), 1);
    }

    #[test]
    fn a_body_that_changed_is_never_taken_for_itself() {
        let content = "words, words, words. ".repeat(20);
        let hash = Hash::of("text/html", content.as_bytes());
        let packed = pack("text/html", content.as_bytes());
        for at in 0..packed.len() {
            for bit in 0..8 {
                let mut broken = packed.clone();
                broken[at] ^= 1 << bit;
                // A flipped bit may leave an LZ4 stream that unpacks to the same bytes: then nothing is wrong.
                if let Ok(shown) = unpack(&hash, "text/html", &broken) {
                    assert_eq!(shown, content.as_bytes());
                }
            }
            assert!(unpack(&hash, "text/html", &packed[..at]).is_err(), "cut at {at}");
        }
        assert_eq!(unpack(&hash, "image/svg+xml", &packed), Err(Broken::Hash), "another type is another body");
    }

    #[test]
    fn a_length_that_lies_takes_no_memory() {
        assert_eq!(unpack(&Hash::default(), "text/html", &[LZ4, 255, 255, 255, 255, 0]), Err(Broken::Packing));
    }
}
