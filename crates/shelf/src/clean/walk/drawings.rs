//! SVG and MathML: what is drawn. Neither ever holds HTML here.

use super::{Content, Open, Place, Walk};
use crate::clean::{foreign, tree::Ref};

impl<'a> Walk<'a, '_> {
    pub(super) fn svg(
        &mut self,
        node: Ref<'a>,
        name: &'a str,
        within: Open<'a>,
    ) -> Option<(Open<'a>, Option<Ref<'a>>)> {
        let is_root = name == "svg" && within.place == Place::Flow;
        if within.place == Place::Svg && name == "foreignObject" {
            self.foreign_object(node, within);
            return None;
        }
        if !foreign::is_svg(name) || !(is_root || within.place == Place::Svg) {
            return None;
        }
        if name == "style" {
            self.svg_style(node);
            return None;
        }
        self.out.push('<');
        self.out.push_str(name);
        if let Content::Element { attributes, .. } = &node.content {
            self.svg_attributes(name, &attributes.borrow());
        }
        self.out.push('>');
        let is_note = matches!(name, "title" | "desc");
        let place = if is_note { Place::ForeignText } else { Place::Svg };
        let is_hidden = within.is_hidden || is_note;
        let is_break = matches!(name, "text" | "svg");
        if is_break {
            self.words.part();
        }
        let open = Open { name, holder: name, place, is_hidden, is_host: false, is_break, ..within };
        Some((open, node.first.get()))
    }

    pub(super) fn math(
        &mut self,
        node: Ref<'a>,
        name: &'a str,
        within: Open<'a>,
    ) -> Option<(Open<'a>, Option<Ref<'a>>)> {
        let is_root = name == "math" && within.place == Place::Flow;
        if !foreign::is_math(name) || !(is_root || within.place == Place::Math) {
            return None;
        }
        self.out.push('<');
        self.out.push_str(name);
        if let Content::Element { attributes, .. } = &node.content {
            self.math_attributes(&attributes.borrow());
        }
        self.out.push('>');
        let place = if foreign::is_math_token(name) { Place::ForeignText } else { Place::Math };
        Some((Open { name, holder: name, place, is_host: false, is_break: false, ..within }, node.first.get()))
    }
}
