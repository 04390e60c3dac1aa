//! What is where in a file: the first time through.

use std::collections::BTreeMap;

use detour_core::{keep::page_key, observation::Millis};

use super::{
    MAX_RECORD,
    gzip::{Gunzip, Piece},
    read::Head,
    unusable::Unusable,
};

/// Where a record lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Where the compressed member begins that it is in, or, in a file that is not compressed, the record itself; in
    /// bytes of the file.
    pub start: u64,
    /// How many unpacked bytes are before it in that member.
    pub skip: u64,
    /// How long it is, head and block, unpacked.
    pub length: u64,
    /// Whether it is compressed.
    pub is_packed: bool,
}

/// A record that is of no use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Its address; empty where that is not known.
    pub url: String,
    /// Why.
    pub why: Unusable,
}

/// Takes a file as it comes in.
#[derive(Default)]
pub struct Survey {
    gunzip: Option<Gunzip>,
    scan: Scan,
    taken: u64,
    is_begun: bool,
}

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Pages, the newest of each address, in the order of addresses.
    pub pages: BTreeMap<String, (Millis, Place)>,
    /// Everything that may be a part, by address without fragment; the newest of each.
    pub parts: BTreeMap<String, (Millis, Place)>,
    /// What is of no use, in the order of the file; the first ones only, if there are many.
    pub skipped: Vec<Skipped>,
}

impl Survey {
    /// Takes the next bytes of the file.
    pub fn push(&mut self, bytes: &[u8]) {
        if !self.is_begun && !bytes.is_empty() {
            self.is_begun = true;
            if bytes.first() == Some(&0x1F) {
                self.gunzip = Some(Gunzip::new(0));
            }
        }
        let scan = &mut self.scan;
        match &mut self.gunzip {
            None => scan.take(bytes),
            Some(gunzip) => {
                gunzip.push(bytes, &mut |piece| {
                    match piece {
                        Piece::Member(at) => scan.member(at),
                        Piece::Bytes(bytes) => scan.take(bytes),
                        Piece::Broken => scan.broken(),
                    }
                    true
                });
            }
        }
        self.taken += bytes.len() as u64;
    }

    /// How many bytes were taken.
    #[must_use]
    pub const fn taken(&self) -> u64 {
        self.taken
    }

    /// The file ends.
    #[must_use]
    pub fn end(mut self) -> Found {
        self.scan.end();
        self.scan.found
    }
}

/// Records, one after the other.
#[derive(Default)]
struct Scan {
    found: Found,
    state: State,
    /// Where the member begins; `None` in a file that is not compressed.
    member: Option<u64>,
    /// How many unpacked bytes of the member, or of the file, were taken.
    at: u64,
    /// What was not understood was told of already.
    is_lost: bool,
}

enum State {
    /// The head, or what is before it.
    Head(Vec<u8>),
    /// The block: its beginning, and how much of it is still to come.
    Block { head: Box<Head>, start: u64, begin: Vec<u8>, left: u64, length: u64 },
}

impl Default for State {
    fn default() -> Self {
        Self::Head(Vec::new())
    }
}

impl Scan {
    fn member(&mut self, at: u64) {
        // A record does not go on in another member.
        self.end();
        (self.member, self.at, self.is_lost) = (Some(at), 0, false);
    }

    fn broken(&mut self) {
        self.end();
        self.skip(String::new(), Unusable::Packing);
    }

    fn take(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let used = match &mut self.state {
                State::Head(_) => self.take_head(bytes),
                State::Block { begin, left, .. } => {
                    let used = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                    let more = BEGIN.saturating_sub(begin.len()).min(used);
                    begin.extend_from_slice(bytes.get(..more).unwrap_or_default());
                    *left -= used as u64;
                    if *left == 0 {
                        self.finish();
                    }
                    used
                }
            };
            self.at += used as u64;
            bytes = bytes.get(used..).unwrap_or_default();
        }
    }

    /// Collects a head; how many of the bytes it took.
    fn take_head(&mut self, bytes: &[u8]) -> usize {
        let State::Head(head) = &mut self.state else { return 0 };
        let before = head.len();
        let bytes = bytes.get(..STEP).unwrap_or(bytes);
        // Between two records are two empty lines; nothing of them belongs to the next head.
        if before == 0
            && let gap @ 1.. = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
        {
            return gap;
        }
        head.extend_from_slice(bytes);
        let Some((text, rest)) = super::http::split(head) else {
            if head.len() > MAX_HEAD
                || !VERSION.starts_with(head.get(..head.len().min(VERSION.len())).unwrap_or_default())
            {
                return self.resync(before, bytes.len(), Unusable::NoRecord);
            }
            return bytes.len();
        };
        let whole = head.len() - rest.len();
        let used = whole.saturating_sub(before);
        match Head::parse(text) {
            Ok(parsed) => {
                let start = (self.at + used as u64).saturating_sub(whole as u64);
                let (left, length) = (parsed.length, parsed.length.saturating_add(whole as u64));
                self.is_lost = false;
                self.state = State::Block { head: Box::new(parsed), start, begin: Vec::new(), left, length };
                if left == 0 {
                    self.finish();
                }
                used
            }
            Err(why) => self.resync(before, bytes.len(), why),
        }
    }

    /// What is here is no head: goes on at the next place that looks like one. Of `taken` bytes, after `before` that
    /// were here already; how many are used up.
    fn resync(&mut self, before: usize, taken: usize, why: Unusable) -> usize {
        let State::Head(head) = &mut self.state else { return 0 };
        let next = memchr::memmem::find(head.get(1..).unwrap_or_default(), VERSION).map(|at| at + 1);
        let is_first = !self.is_lost;
        self.is_lost = true;
        let used = match next {
            Some(next) => {
                head.truncate(before);
                head.drain(..next.min(before));
                next.saturating_sub(before)
            }
            None => {
                // The version may be cut in two by the end of what is here.
                let keep = head.len().min(VERSION.len() - 1);
                head.drain(..head.len() - keep);
                taken
            }
        };
        if is_first {
            self.skip(String::new(), why);
        }
        used
    }

    /// A record is whole.
    fn finish(&mut self) {
        let State::Block { head, start, begin, length, .. } = std::mem::take(&mut self.state) else { return };
        if !head.is_content() {
            return;
        }
        if length > MAX_RECORD as u64 {
            return self.skip(head.url.clone(), Unusable::TooLarge);
        }
        let answer = match head.answer(&begin, false) {
            Ok(answer) => answer,
            // Redirects and errors are no news; nobody would look for them among the copies.
            Err(Unusable::Status(_)) => return,
            Err(why) => return self.skip(head.url.clone(), why),
        };
        let place = match self.member {
            None => Place { start, skip: 0, length, is_packed: false },
            Some(member) => Place { start: member, skip: start, length, is_packed: true },
        };
        if place.skip > MAX_DEPTH {
            return self.skip(head.url.clone(), Unusable::TooDeep);
        }
        let is_page = matches!(answer.media_type.as_str(), "text/html" | "application/xhtml+xml");
        if is_page {
            newest(&mut self.found.pages, page_key(&answer.url), answer.at, place);
        }
        // A frame is a page as well.
        newest(&mut self.found.parts, answer.url, answer.at, place);
    }

    fn end(&mut self) {
        match std::mem::take(&mut self.state) {
            State::Block { head, .. } => self.skip(head.url.clone(), Unusable::Cut),
            State::Head(head) if !head.is_empty() && !self.is_lost => self.skip(String::new(), Unusable::Cut),
            State::Head(_) => {}
        }
    }

    fn skip(&mut self, url: String, why: Unusable) {
        if self.found.skipped.len() < MAX_SKIPPED {
            self.found.skipped.push(Skipped { url, why });
        }
    }
}

fn newest(among: &mut BTreeMap<String, (Millis, Place)>, key: String, at: Millis, place: Place) {
    let known = among.entry(key).or_insert((at, place));
    if at > known.0 {
        *known = (at, place);
    }
}

/// Takes a file from [`Place::start`] on, until the record is whole.
pub struct Extract {
    gunzip: Option<Gunzip>,
    skip: u64,
    length: usize,
    bytes: Vec<u8>,
    is_broken: bool,
}

impl Extract {
    /// Of a record.
    #[must_use]
    pub fn new(place: &Place) -> Self {
        Self {
            gunzip: place.is_packed.then(|| Gunzip::new(place.start)),
            skip: place.skip,
            length: usize::try_from(place.length).unwrap_or(usize::MAX),
            bytes: Vec::new(),
            is_broken: false,
        }
    }

    /// Takes the next bytes; whether that is enough.
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        let Self { gunzip, skip, length, bytes: taken, is_broken } = self;
        let mut take = |bytes: &[u8]| {
            let skipped = usize::try_from(*skip).unwrap_or(usize::MAX).min(bytes.len());
            *skip -= skipped as u64;
            let wanted = length.saturating_sub(taken.len());
            let rest = bytes.get(skipped..).unwrap_or_default();
            taken.extend_from_slice(rest.get(..wanted).unwrap_or(rest));
            taken.len() < *length
        };
        match gunzip {
            None => {
                take(bytes);
            }
            Some(gunzip) => {
                gunzip.push(bytes, &mut |piece| match piece {
                    Piece::Member(_) => true,
                    Piece::Bytes(bytes) => take(bytes),
                    Piece::Broken => {
                        *is_broken = true;
                        false
                    }
                });
            }
        }
        self.is_broken || self.bytes.len() >= self.length
    }

    /// The record, as far as it came.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Every version there is begins like this.
const VERSION: &[u8] = b"WARC/1.";

/// Heads have a dozen short lines.
const MAX_HEAD: usize = 64 * 1024;

/// A head is collected in such steps: nearly all are shorter.
const STEP: usize = 2 * 1024;

/// So much of a block is enough for the head of the HTTP answer in it.
const BEGIN: usize = 64 * 1024;

/// A list that nobody reads to its end.
const MAX_SKIPPED: usize = 1_000;

/// A file that is compressed as one piece must be unpacked from its beginning for each record.
const MAX_DEPTH: u64 = 32 * 1024 * 1024;
