//! Transfer encodings, forgiving: what cannot be decoded is left out, what follows is still read.

/// Quoted-printable (RFC 2045 section 6.7). A `=` that begins no code stands for itself.
pub(super) fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(b'=', rest) {
        let (plain, code) = rest.split_at(at);
        out.extend_from_slice(plain);
        rest = match code {
            [_, b'\r', b'\n', after @ ..] | [_, b'\n', after @ ..] => after,
            [_, high, low, after @ ..] => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    after
                }
                _ => literal(code, &mut out),
            },
            _ => literal(code, &mut out),
        };
    }
    out.extend_from_slice(rest);
    out
}

fn literal<'a>(code: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    out.push(b'=');
    code.get(1..).unwrap_or_default()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Base64, also the URL alphabet; anything else is passed over, and it ends at the first `=`.
pub(crate) fn base64(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for byte in bytes {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xFF).unwrap_or_default());
        }
    }
    out
}
