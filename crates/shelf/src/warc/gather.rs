//! A page and the records that it needs, one after the other.

use std::collections::{BTreeSet, VecDeque};

use url::Url;

use super::{
    names,
    read::{self, Answer},
    survey::{Found, Place},
    unusable::Unusable,
};
use crate::{
    capture::{Capture, Part},
    charset,
};

/// A page whose parts are being read.
pub struct Gather {
    capture: Capture,
    asked: BTreeSet<String>,
    waiting: VecDeque<String>,
    room: usize,
}

impl Gather {
    /// Starts with the page's record.
    ///
    /// # Errors
    /// [`Unusable`].
    pub fn new(record: &[u8]) -> Result<Self, Unusable> {
        let Answer { url, charset, bytes, .. } = read::record(record)?;
        let html = charset::document(&bytes, charset.as_deref());
        let mut gather = Self {
            asked: BTreeSet::new(),
            waiting: VecDeque::new(),
            room: super::MAX_RECORD.saturating_sub(bytes.len()),
            capture: Capture { url, html, parts: Vec::new() },
        };
        if let Ok(base) = Url::parse(&gather.capture.url) {
            let names = names::in_document(&gather.capture.html, &base);
            gather.want(names);
        }
        Ok(gather)
    }

    /// The next record that is needed, as far as the file has it.
    pub fn next(&mut self, found: &Found) -> Option<Place> {
        loop {
            let name = self.waiting.pop_front()?;
            if let Some((_, place)) = found.parts.get(&name)
                && self.room > 0
            {
                return Some(*place);
            }
        }
    }

    /// Takes a record that was asked for; one that is of no use is a part that the page lost.
    pub fn take(&mut self, record: &[u8]) {
        let Ok(Answer { url, media_type, charset, bytes, .. }) = read::record(record) else { return };
        let Some(room) = self.room.checked_sub(bytes.len()) else { return };
        self.room = room;
        if media_type == "text/css"
            && let Ok(base) = Url::parse(&url)
        {
            let names = names::in_styles(&charset::style_sheet(&bytes, charset.as_deref()), &base);
            self.want(names);
        }
        self.capture.parts.push(Part { url, media_type, charset, bytes, ..Part::default() });
    }

    /// The page with the parts that were found.
    #[must_use]
    pub fn into_capture(self) -> Capture {
        self.capture
    }

    fn want(&mut self, names: Vec<String>) {
        for name in names {
            if name != self.capture.url && self.asked.len() < MAX_PARTS && self.asked.insert(name.clone()) {
                self.waiting.push_back(name);
            }
        }
    }
}

/// A page names a few hundred addresses, links among them; a hostile one as many as it likes.
const MAX_PARTS: usize = 20_000;
