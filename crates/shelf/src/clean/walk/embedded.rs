//! Elements that bring something with them: style sheets, frames, controls, and what a head holds.

use super::{Open, Place, Walk, attribute, text_of};
use crate::clean::{tree::Ref, write};

impl<'a> Walk<'a, '_> {
    pub(super) fn head(&mut self, node: Ref<'a>, name: &str) -> Option<(Open<'a>, Option<Ref<'a>>)> {
        match name {
            "title" if self.title.is_empty() => {
                let title = text_of(node);
                let words: String =
                    title.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_TITLE).collect();
                self.title = words.trim_end().to_owned();
                if !self.title.is_empty() {
                    self.out.push_str("<title>");
                    write::text(&mut self.out, &self.title);
                    self.out.push_str("</title>");
                }
            }
            "style" => self.style(node),
            "link" => self.link(node),
            "meta" => self.meta(node),
            _ => {}
        }
        None
    }

    /// Only what says how the page is shown; the charset is written by whoever shows it.
    fn meta(&mut self, node: Ref<'a>) {
        let name = attribute(node, "name").unwrap_or_default().to_ascii_lowercase();
        if let ("viewport" | "color-scheme", Some(content)) = (name.as_str(), attribute(node, "content")) {
            self.out.push_str("<meta");
            write::attribute(&mut self.out, "name", &name);
            self.plain("content", &content);
            self.out.push('>');
        }
    }

    pub(super) fn style(&mut self, node: Ref<'a>) {
        if !is_css(node) {
            return;
        }
        let Some(css) = self.parts.style(&self.base, &text_of(node)) else { return };
        self.out.push_str("<style");
        self.media(node);
        self.out.push('>');
        self.out.push_str(&css);
        self.out.push_str("</style>");
    }

    pub(super) fn svg_style(&mut self, node: Ref<'a>) {
        let Some(css) = self.parts.style(&self.base, &text_of(node)) else { return };
        self.out.push_str("<style>");
        write::own_text(&mut self.out, &css);
        self.out.push_str("</style>");
    }

    pub(super) fn link(&mut self, node: Ref<'a>) {
        let rel = attribute(node, "rel").unwrap_or_default().to_ascii_lowercase();
        let mut kinds = rel.split_ascii_whitespace();
        let is_sheet = kinds.clone().any(|kind| kind == "stylesheet") && !kinds.any(|kind| kind == "alternate");
        if !is_sheet || !is_css(node) || attribute(node, "disabled").is_some() {
            return;
        }
        let Some(address) = attribute(node, "href") else { return };
        let Some(hash) = self.parts.sheet(&self.base, &address) else { return };
        self.out.push_str("<link rel=\"stylesheet\"");
        write::own_attribute(&mut self.out, "href", &hash.placeholder());
        self.media(node);
        self.out.push('>');
    }

    fn media(&mut self, node: Ref<'a>) {
        if let Some(media) = attribute(node, "media").filter(|media| !media.is_empty()) {
            self.plain("media", &media);
        }
    }

    /// What was in a frame is not kept; where it came from is said.
    pub(super) fn frame(&mut self, node: Ref<'a>, name: &str, within: Open<'a>) {
        self.parts.lose();
        let source = attribute(node, if name == "object" { "data" } else { "src" });
        let Some(address) = source.and_then(|source| self.parts.frame(&self.base, &source)) else { return };
        if !self.affords(&address) {
            return;
        }
        if !within.context.a {
            self.out.push_str("<a");
            self.link_attribute(&address);
            self.out.push('>');
        }
        write::text(&mut self.out, &address);
        if !within.context.a {
            self.out.push_str("</a>");
        }
        if !within.is_hidden {
            self.words.add(&address);
        }
    }

    /// A field is shown without what was typed; buttons keep their words.
    pub(super) fn input(&mut self, node: Ref<'a>, within: Open<'a>) {
        let kind = attribute(node, "type").unwrap_or_default().to_ascii_lowercase();
        if kind == "hidden" || within.place != Place::Flow {
            return;
        }
        let super::Content::Element { attributes, .. } = &node.content else { return };
        if kind == "image" {
            self.out.push_str("<img");
            let attributes: Vec<_> =
                attributes.borrow().iter().filter(|it| &*it.name.local != "type").cloned().collect();
            self.html_attributes("img", &attributes);
            self.source(node);
        } else {
            self.out.push_str("<input");
            self.html_attributes("input", &attributes.borrow());
            if let ("submit" | "reset" | "button", Some(value)) = (kind.as_str(), attribute(node, "value")) {
                self.plain("value", &value);
            }
            self.out.push_str(" disabled=\"\"");
        }
        self.out.push('>');
    }

    /// HTML within a drawing (labels of diagrams, mostly): its words, drawn where they were.
    pub(super) fn foreign_object(&mut self, node: Ref<'a>, within: Open<'a>) {
        let words = text_of(node);
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.is_empty() {
            return;
        }
        let number =
            |name: &str| attribute(node, name).and_then(|value| value.trim().parse::<f32>().ok()).unwrap_or(0.0);
        let middle = |from: &str, length: &str| (number(from) + number(length) / 2.0).to_string();
        self.out.push_str("<text");
        write::attribute(&mut self.out, "x", &middle("x", "width"));
        write::attribute(&mut self.out, "y", &middle("y", "height"));
        self.out.push_str(" text-anchor=\"middle\" dominant-baseline=\"middle\">");
        write::text(&mut self.out, &words);
        self.out.push_str("</text>");
        if !within.is_hidden {
            self.words.part();
            self.words.add(&words);
            self.words.part();
        }
    }
}

fn is_css(node: Ref<'_>) -> bool {
    attribute(node, "type").is_none_or(|kind| kind.is_empty() || kind.trim().eq_ignore_ascii_case("text/css"))
}

/// More than any list shows.
const MAX_TITLE: usize = 500;
