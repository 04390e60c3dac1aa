//! Finds tags with too many attributes before the tokenizer sees them.
//!
//! Which `<` begins a tag only the tokenizer knows (within a script, a comment or a value it begins none), so each is
//! followed. Readings that are in the same state at the same place go on as one: there are never more than five.

use std::ops::Range;

/// All readings, by state: how many attributes each has seen.
#[derive(Default)]
pub(super) struct Tags {
    seen: [Option<usize>; 5],
}

/// Where a reading is in a tag (HTML section 13.2.5.32 and on).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// In a name, or in a value without quotes.
    Name,
    /// Before a name, or before the end.
    Space,
    /// After an equals sign.
    Value,
    Double,
    Single,
}

const STATES: [State; 5] = [State::Name, State::Space, State::Value, State::Double, State::Single];

impl Tags {
    /// From the attribute that is one too many to the end of its tag.
    pub(super) fn excess(&mut self, bytes: &[u8], from: usize) -> Option<Range<usize>> {
        let mut at = from;
        loop {
            at = self.next(bytes, at)?;
            at = self.alone(bytes, at);
            let byte = *bytes.get(at)?;
            let mut seen = [None; 5];
            for (state, count) in STATES.into_iter().zip(self.seen) {
                let Some(count) = count else { continue };
                let Some((next, is_new)) = state.after(byte) else { continue };
                let count = count + usize::from(is_new);
                if count > crate::clean::tree::MAX_ATTRIBUTES {
                    self.seen = [None; 5];
                    return Some(at..tag_end(bytes, at, next));
                }
                if let Some(slot) = seen.get_mut(next as usize) {
                    *slot = (*slot).max(Some(count));
                }
            }
            if byte == b'<' && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) {
                let [name, ..] = &mut seen;
                *name = (*name).max(Some(0));
            }
            self.seen = seen;
            at += 1;
        }
    }

    /// Most tags are read by one reading: as far as that goes, without looking at the others. Stops where another may
    /// begin, or where there may be one attribute too many.
    fn alone(&mut self, bytes: &[u8], from: usize) -> usize {
        let mut readings = STATES.into_iter().zip(self.seen).filter_map(|(state, count)| Some((state, count?)));
        let (Some((mut state, mut count)), None) = (readings.next(), readings.next()) else { return from };
        let mut read = 0;
        for byte in bytes.get(from..).unwrap_or_default() {
            if *byte == b'<'
                || count >= crate::clean::tree::MAX_ATTRIBUTES
                || matches!(state, State::Double | State::Single)
            {
                break;
            }
            let Some((next, is_new)) = state.after(*byte) else { break };
            state = next;
            count += usize::from(is_new);
            read += 1;
        }
        self.seen = [None; 5];
        if let Some(slot) = self.seen.get_mut(state as usize) {
            *slot = Some(count);
        }
        from + read
    }

    /// The next byte that matters to any reading.
    fn next(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let rest = bytes.get(at..)?;
        let skipped = match self.seen {
            [None, None, None, None, None] => memchr::memchr(b'<', rest),
            [None, None, None, Some(_), None] => memchr::memchr2(b'"', b'<', rest),
            [None, None, None, None, Some(_)] => memchr::memchr2(b'\'', b'<', rest),
            _ => Some(0),
        };
        Some(at + skipped?)
    }
}

impl State {
    /// The state after a byte, and whether an attribute begins with it; `None` where the tag ends.
    fn after(self, byte: u8) -> Option<(Self, bool)> {
        let next = match (self, byte) {
            (Self::Double, b'"') | (Self::Single, b'\'') => Self::Space,
            (Self::Double | Self::Single, _) => self,
            (_, b'>') => return None,
            (Self::Value, b'"') => Self::Double,
            (Self::Value, b'\'') => Self::Single,
            (Self::Value, byte) if byte.is_ascii_whitespace() => Self::Value,
            (Self::Name | Self::Space, b'=') => Self::Value,
            (Self::Name | Self::Space, byte) if byte == b'/' || byte.is_ascii_whitespace() => Self::Space,
            (Self::Name | Self::Value, _) => Self::Name,
            (Self::Space, _) => return Some((Self::Name, true)),
        };
        Some((next, false))
    }
}

fn tag_end(bytes: &[u8], from: usize, state: State) -> usize {
    let mut state = state;
    for (at, byte) in bytes.iter().enumerate().skip(from + 1) {
        match state.after(*byte) {
            Some((next, _)) => state = next,
            None => return at,
        }
    }
    bytes.len()
}
