//! A capture becomes a page: what was seen stays, what runs, fetches, sends or leads astray goes.
//!
//! The document is parsed, and what is on a list of harmless elements and attributes is written again; a document that
//! is clean stays as it is when it is cleaned again. Never runs into the depth of a document with calls of its own, and
//! takes no more than a fixed multiple of its length.

use typed_arena::Arena;

use crate::{
    capture::Capture,
    page::{Hash, Page},
};

mod address;
mod foreign;
mod guard;
mod kind;
mod parts;
mod rules;
mod tree;
mod walk;
mod write;

/// Cleans a capture. Never fails: of a document that is nothing but hostile, an empty page is left.
#[must_use]
pub fn clean(capture: Capture) -> Page {
    let Capture { url, html, parts } = capture;
    let arena = Arena::with_capacity(html.len() / BYTES_PER_NODE);
    let growth = tree::Growth::default();
    let html = cut(&html);
    let parsed = guard::parse(html, &arena, &growth);
    let mut walk = walk::Walk::new(address::Base::new(&url), parts::Parts::new(&parts), html.len());
    if let Some((_, public_id)) = &parsed.doctype {
        walk.out.push_str(&doctype(public_id));
    }
    walk.document(parsed.document);
    let (bodies, parts, lost) = walk.parts.finish(&walk.out);
    Page { html: walk.out, title: walk.title, text: walk.words.text, bodies, parts, lost }
}

/// Whether a page is shown with the quirks of its time depends on its document type; one that is written oddly counts
/// as none.
fn doctype(public_id: &str) -> String {
    let is_plain = public_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" -/.:+".contains(&byte));
    match public_id {
        "" => "<!DOCTYPE html>".to_owned(),
        // Only the cleaner names parts.
        id if is_plain && id.len() < 100 && !id.contains(Hash::SCHEME) => {
            format!("<!DOCTYPE html PUBLIC \"{id}\" \"about:legacy-compat\">")
        }
        _ => String::new(),
    }
}

fn cut(html: &str) -> &str {
    html.get(..html.floor_char_boundary(MAX_DOCUMENT)).unwrap_or_default()
}

/// What follows is left out. The longest pages of ordinary sites have 10 MB.
pub const MAX_DOCUMENT: usize = 32 << 20;
/// Measured on manuals: one node per 25 bytes; the arena grows by itself.
const BYTES_PER_NODE: usize = 25;
