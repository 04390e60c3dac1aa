//! Unpacking gzip (RFC 1952) as it comes in, member by member: a `.warc.gz` has one for each record, so that a record
//! can be read without what is before it.

use flate2::{Decompress, FlushDecompress, Status};

/// Unpacks what is pushed into it.
pub(super) struct Gunzip {
    state: State,
    /// How many packed bytes were taken.
    taken: u64,
    /// Where the member begins, in packed bytes.
    member: u64,
    out: Vec<u8>,
}

enum State {
    Head(Vec<u8>),
    Body(Box<Decompress>),
    /// Checksum and length; so many bytes are still to come.
    Tail(u8),
    /// Something is broken: the beginning of the next member is looked for.
    Lost(Vec<u8>),
}

/// What came out.
pub(super) enum Piece<'a> {
    /// A member begins at this packed byte.
    Member(u64),
    /// Content of the member.
    Bytes(&'a [u8]),
    /// From here on it cannot be unpacked, up to the next member.
    Broken,
}

impl Gunzip {
    /// Starts at this packed byte.
    pub(super) fn new(at: u64) -> Self {
        Self { state: State::Head(Vec::new()), taken: at, member: at, out: vec![0; OUT] }
    }

    /// Takes packed bytes, gives what they unpack to; stops when `take` wants no more.
    pub(super) fn push(&mut self, mut bytes: &[u8], take: &mut dyn FnMut(Piece<'_>) -> bool) -> bool {
        while !bytes.is_empty() {
            let used = match &mut self.state {
                State::Head(head) => {
                    // Byte by byte, so that nothing of the content is taken for the head.
                    head.extend(bytes.first());
                    match head_length(head) {
                        HeadLength::More if head.len() < MAX_HEAD => {}
                        HeadLength::Is => {
                            self.state = State::Body(Box::new(Decompress::new(false)));
                            if !take(Piece::Member(self.member)) {
                                return false;
                            }
                        }
                        HeadLength::More | HeadLength::None => {
                            // The next member may begin with what did not fit here.
                            let window = head.split_off(head.len().saturating_sub(MAGIC.len() - 1).max(1));
                            if !take(Piece::Broken) {
                                return false;
                            }
                            self.state = State::Lost(window);
                        }
                    }
                    1
                }
                State::Body(inflate) => {
                    let (from, to) = (inflate.total_in(), inflate.total_out());
                    let status = inflate.decompress(bytes, &mut self.out, FlushDecompress::None);
                    let used = usize::try_from(inflate.total_in() - from).unwrap_or_default();
                    let made = usize::try_from(inflate.total_out() - to).unwrap_or_default();
                    if made > 0 && !take(Piece::Bytes(self.out.get(..made).unwrap_or_default())) {
                        return false;
                    }
                    match status {
                        Ok(Status::StreamEnd) => self.state = State::Tail(8),
                        Ok(Status::Ok | Status::BufError) if used > 0 || made > 0 => {}
                        Ok(_) | Err(_) => {
                            if !take(Piece::Broken) {
                                return false;
                            }
                            self.state = State::Lost(Vec::new());
                        }
                    }
                    used
                }
                State::Tail(left) => {
                    let used = bytes.len().min(usize::from(*left));
                    *left = left.saturating_sub(u8::try_from(used).unwrap_or(u8::MAX));
                    if *left == 0 {
                        self.state = State::Head(Vec::new());
                        self.member = self.taken + used as u64;
                    }
                    used
                }
                State::Lost(window) => {
                    let before = window.len();
                    window.extend_from_slice(bytes);
                    if let Some(at) = memchr::memmem::find(window, &MAGIC) {
                        // The member may begin in what was taken already: it is given to the head as it is.
                        self.member = (self.taken + at as u64).saturating_sub(before as u64);
                        let known = window.get(at..before).unwrap_or_default().to_vec();
                        self.state = State::Head(known);
                        at.saturating_sub(before)
                    } else {
                        let keep = window.len().saturating_sub(MAGIC.len() - 1);
                        window.drain(..keep);
                        bytes.len()
                    }
                }
            };
            self.taken += used as u64;
            bytes = bytes.get(used..).unwrap_or_default();
        }
        true
    }
}

enum HeadLength {
    /// This is all of it.
    Is,
    More,
    None,
}

fn head_length(head: &[u8]) -> HeadLength {
    if !MAGIC.starts_with(head.get(..MAGIC.len().min(head.len())).unwrap_or_default()) {
        return HeadLength::None;
    }
    let Some(&flags) = head.get(3) else { return HeadLength::More };
    if flags & RESERVED != 0 {
        return HeadLength::None;
    }
    let mut length = 10;
    if flags & EXTRA != 0 {
        let Some([low, high]) = head.get(length..length + 2) else { return HeadLength::More };
        length += 2 + usize::from(u16::from_le_bytes([*low, *high]));
    }
    for flag in [NAME, COMMENT] {
        if flags & flag != 0 {
            let rest = head.get(length..).unwrap_or_default();
            let Some(end) = memchr::memchr(0, rest) else { return HeadLength::More };
            length += end + 1;
        }
    }
    if flags & CHECK != 0 {
        length += 2;
    }
    if length <= head.len() { HeadLength::Is } else { HeadLength::More }
}

/// Of gzip with deflate, which is all there is.
const MAGIC: [u8; 3] = [0x1F, 0x8B, 8];
const CHECK: u8 = 2;
const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;
const RESERVED: u8 = 0xE0;
/// Extra fields have 64 KiB at most; names and comments are short.
const MAX_HEAD: usize = 128 * 1024;
const OUT: usize = 64 * 1024;
