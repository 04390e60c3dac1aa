//! Replies as frames: one each, or several parts where a browser would close the port.

use detour_core::port::Reply;
use native_messaging::host::{NmError, encode_message};

/// Numbers the replies that go out in parts.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    next: u64,
}

/// The frames of one reply, each within what both engines accept.
pub(super) fn frames(reply: &Reply, numbers: &mut Numbers) -> Result<Vec<Vec<u8>>, NmError> {
    match encode_message(reply) {
        Err(NmError::OutgoingTooLarge { .. }) => {
            let text = serde_json::to_string(reply).map_err(NmError::SerializeJson)?;
            let number = numbers.next;
            numbers.next += 1;
            split(&text, number).iter().map(encode_message).collect()
        }
        frame => Ok(vec![frame?]),
    }
}

fn split(text: &str, reply: u64) -> Vec<Reply> {
    let slices = slices(text);
    let of = u32::try_from(slices.len()).unwrap_or(u32::MAX);
    (0..).zip(slices).map(|(index, slice)| Reply::Part { reply, index, of, text: slice.to_owned() }).collect()
}

fn slices(mut text: &str) -> Vec<&str> {
    let mut slices = Vec::new();
    while !text.is_empty() {
        let (slice, rest) = text.split_at(text.floor_char_boundary(SLICE));
        slices.push(slice);
        text = rest;
    }
    slices
}

/// JSON text written as a JSON string grows at most twofold: it holds no control characters any more, so
/// only quotes and backslashes are escaped. Half of the limit, less room for the part's own fields.
const SLICE: usize = detour_core::port::MAX_TO_BROWSER / 2 - 1024;

#[cfg(test)]
mod tests {
    use detour_core::port::{CheckId, MAX_TO_BROWSER, Refusal};

    use super::*;

    fn check(message: String, expected_frames: std::ops::RangeInclusive<usize>) {
        let reply = Reply::Refused { id: Some(CheckId(7)), reason: Refusal::Internal, message };
        let frames = frames(&reply, &mut Numbers::default()).unwrap();
        assert!(expected_frames.contains(&frames.len()), "{} frames", frames.len());
        let mut joined = String::new();
        for frame in &frames {
            let (length, json) = frame.split_first_chunk::<4>().unwrap();
            assert_eq!(u32::from_ne_bytes(*length) as usize, json.len());
            assert!(json.len() <= MAX_TO_BROWSER);
            if let Reply::Part { text, .. } = serde_json::from_slice(json).unwrap() {
                joined.push_str(&text);
            } else {
                joined = String::from_utf8(json.to_vec()).unwrap();
            }
        }
        assert_eq!(serde_json::from_str::<Reply>(&joined).unwrap(), reply);
    }

    #[test]
    fn a_reply_is_one_frame_up_to_the_limit_and_parts_above_it() {
        check("small".into(), 1..=1);
        let around = serde_json::to_string(&Reply::Refused {
            id: Some(CheckId(7)),
            reason: Refusal::Internal,
            message: String::new(),
        })
        .unwrap()
        .len();
        check("x".repeat(MAX_TO_BROWSER - around), 1..=1);
        check("x".repeat(MAX_TO_BROWSER - around + 1), 3..=3);
    }

    #[test]
    fn parts_stay_within_the_limit_whatever_is_escaped_and_never_split_a_character() {
        check("\"\\".repeat(MAX_TO_BROWSER), 4..=20);
        check("\u{1}".repeat(MAX_TO_BROWSER), 6..=20);
        check("žluťoučký 🐎".repeat(MAX_TO_BROWSER / 10), 2..=8);
    }
}
