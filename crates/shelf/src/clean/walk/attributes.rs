//! Attributes that stay, and what becomes of those that hold addresses or styles.

use html5ever::{Attribute, ns};

use super::Walk;
use crate::{
    clean::{
        foreign::{self, Href},
        rules, write,
    },
    page::Hash,
};

impl Walk<'_, '_> {
    /// Writes the attributes of an HTML element. Returns whether they hide it.
    pub(super) fn html_attributes(&mut self, tag: &str, attributes: &[Attribute]) -> bool {
        let mut is_hidden = false;
        for Attribute { name, value } in attributes {
            if name.ns != ns!() {
                continue;
            }
            let name = &*name.local;
            match name {
                "style" => is_hidden |= self.style_attribute(value),
                "href" if matches!(tag, "a" | "area") => self.link_attribute(value),
                "background" if matches!(tag, "body" | "table" | "tbody" | "thead" | "tfoot" | "tr" | "td" | "th") => {
                    self.image_attribute(name, value);
                }
                "poster" if tag == "video" => self.image_attribute(name, value),
                "name" if matches!(tag, "a" | "map" | "slot" | "details") => self.plain(name, value),
                "usemap" if tag == "img" && value.starts_with('#') => self.plain(name, value),
                "value" if matches!(tag, "li" | "meter" | "progress" | "data") => self.plain(name, value),
                "src" if tag == "video" => self.parts.lose(),
                // What a hidden element holds is not seen; neither is it when it waits to be found.
                "hidden" => {
                    is_hidden = true;
                    self.plain(name, value);
                }
                _ if rules::is_plain_attribute(name) => self.plain(name, value),
                _ => {}
            }
        }
        is_hidden
    }

    pub(super) fn svg_attributes(&mut self, tag: &str, attributes: &[Attribute]) {
        let mut is_linked = false;
        for Attribute { name, value } in attributes {
            let (is_xlink, is_plain) = (name.ns == ns!(xlink), name.ns == ns!());
            let name = &*name.local;
            match name {
                "href" if !is_linked && (is_plain || is_xlink) => {
                    is_linked = self.svg_href(tag, value);
                }
                // `xml:lang` would be a second `lang`.
                _ if !is_plain => {}
                "style" => {
                    self.style_attribute(value);
                }
                // `title` is an element here, `type` and `values` belong to filters.
                "type" if tag.starts_with("fe") => self.plain(name, value),
                "class" | "id" | "lang" | "width" | "height" | "role" => self.plain(name, value),
                _ if foreign::is_svg_attribute(name) => self.css_attribute(name, value),
                _ if name.starts_with("aria-") && rules::is_plain_attribute(name) => self.plain(name, value),
                _ => {}
            }
        }
    }

    pub(super) fn math_attributes(&mut self, attributes: &[Attribute]) {
        for Attribute { name, value } in attributes {
            if name.ns != ns!() {
                continue;
            }
            let name = &*name.local;
            match name {
                "style" => {
                    self.style_attribute(value);
                }
                "class" | "id" | "dir" | "title" | "lang" | "width" | "height" | "align" | "rowspan" | "frame"
                | "open" => self.plain(name, value),
                _ if foreign::is_math_attribute(name) => self.plain(name, value),
                _ => {}
            }
        }
    }

    pub(super) fn plain(&mut self, name: &str, value: &str) {
        let limit = if name.starts_with("data-") { MAX_DATA } else { MAX_ATTRIBUTE };
        if value.len() <= limit && self.affords(value) {
            write::attribute(&mut self.out, name, value);
        }
    }

    /// Formatting that is opened again has its attributes again, and each link the whole of the base: what is written
    /// of both ends somewhere.
    pub(super) fn affords(&mut self, value: &str) -> bool {
        self.spent = self.spent.saturating_add(value.len());
        self.spent <= MAX_ATTRIBUTES
    }

    pub(super) fn link_attribute(&mut self, value: &str) {
        if !self.affords(value) {
            return;
        }
        let Some(link) = self.base.link(value) else { return };
        self.spent = self.spent.saturating_add(link.len());
        write::attribute(&mut self.out, "href", &link);
        if !link.starts_with('#') {
            self.out.push_str(" rel=\"noreferrer\"");
        }
    }

    fn image_attribute(&mut self, name: &str, value: &str) {
        if let Some(hash) = self.parts.media(&self.base, value) {
            write::own_attribute(&mut self.out, name, &hash.placeholder());
        }
    }

    /// Returns whether anything was written.
    fn svg_href(&mut self, tag: &str, value: &str) -> bool {
        let before = self.out.len();
        let kind = foreign::href(tag);
        let link = self.base.link(value);
        match (kind, link) {
            // Within the document, whatever its base (SVG 2, section 16.2.1).
            (Href::Fragment | Href::Image, _) if value.starts_with('#') => self.plain("href", value),
            (Href::Fragment | Href::Image, Some(link)) if link.starts_with('#') => self.plain("href", &link),
            (Href::Image, _) => self.image_attribute("href", value),
            (Href::Link, _) => self.link_attribute(value),
            (Href::Fragment | Href::None, _) => {}
        }
        self.out.len() > before
    }

    /// Returns whether the style hides the element.
    fn style_attribute(&mut self, value: &str) -> bool {
        if value.len() > MAX_ATTRIBUTE || !self.affords(value) {
            return false;
        }
        let clean = if is_plain_style(value) { value.to_owned() } else { self.parts.declarations(&self.base, value) };
        if !clean.is_empty() {
            write::own_attribute(&mut self.out, "style", &clean);
        }
        let mut declarations = clean.split(';').filter_map(|declaration| declaration.split_once(':'));
        declarations.any(|(name, value)| name.trim() == "display" && value.trim().starts_with("none"))
    }

    /// An attribute that is also a CSS property.
    fn css_attribute(&mut self, name: &str, value: &str) {
        if is_plain_style(value) {
            self.plain(name, value);
        } else if value.len() <= MAX_ATTRIBUTE && self.affords(value) {
            let clean = self.parts.declarations(&self.base, value);
            write::own_attribute(&mut self.out, name, &clean);
        }
    }
}

/// Nothing in it can be an address, a string, a comment, an escape or the name of a part.
fn is_plain_style(value: &str) -> bool {
    let says = |word: &[u8]| value.as_bytes().windows(word.len()).any(|it| it.eq_ignore_ascii_case(word));
    value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" :;,.#%!-_+".contains(&byte))
        && !says(b"behavior")
        && !says(b"binding")
        && !value.contains(Hash::SCHEME)
}

/// Longer than any that is written by hand; images within styles run to some ten thousand.
const MAX_ATTRIBUTE: usize = 1 << 20;
/// Of a whole document: no attributes are longer than the longest document itself, but those that are there again.
const MAX_ATTRIBUTES: usize = 2 * crate::clean::MAX_DOCUMENT;
/// Style sheets ask for short words in `data-` attributes; what is longer feeds scripts.
const MAX_DATA: usize = 256;
