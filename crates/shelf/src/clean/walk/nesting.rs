//! What may be nested in what, so that the parser reads it back just there (HTML section 13.2.6).

use crate::clean::rules::{self, Tag};

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Head,
    Flow,
    Table,
    Section,
    Row,
    Columns,
    Select,
    Group,
    /// Text alone, in HTML.
    Text,
    Svg,
    Math,
    /// Text alone, in SVG or MathML.
    ForeignText,
    Nothing,
}

/// What is open, as the parser's rules ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Context {
    pub(super) p: bool,
    pub(super) a: bool,
    pub(super) nobr: bool,
    pub(super) button: bool,
    pub(super) li: bool,
    pub(super) dd: bool,
}

impl Context {
    /// Within this element.
    pub(super) fn within(mut self, tag: Tag) -> Self {
        if tag.has(rules::SCOPE) {
            (self.p, self.nobr, self.button) = (false, false, false);
        }
        if tag.has(rules::MARKER) {
            self.a = false;
        }
        if tag.has(rules::SPECIAL) && !matches!(tag.name, "address" | "div" | "p") {
            (self.li, self.dd) = (false, false);
        }
        match tag.name {
            "p" => self.p = true,
            "a" => self.a = true,
            "nobr" => self.nobr = true,
            "button" => (self.p, self.button) = (false, true),
            "li" => self.li = true,
            "dd" | "dt" => self.dd = true,
            _ => {}
        }
        self
    }

    /// Whether the parser would put this element here and close nothing for it.
    pub(super) fn takes(self, tag: Tag, holder: &str) -> bool {
        let is_free = match tag.name {
            "a" => !self.a,
            "nobr" => !self.nobr,
            "button" => !self.button,
            "li" => !self.li,
            "dd" | "dt" => !self.dd,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => !is_heading(holder),
            "rb" | "rtc" => !is_closed_silently(holder),
            "rp" | "rt" => holder == "rtc" || !is_closed_silently(holder),
            _ => true,
        };
        is_free && !(self.p && tag.has(rules::ENDS_P))
    }
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// Elements with implied end tags (HTML section 13.2.6.3).
fn is_closed_silently(name: &str) -> bool {
    matches!(name, "dd" | "dt" | "li" | "optgroup" | "option" | "p" | "rb" | "rp" | "rt" | "rtc")
}

/// Whether an element may be where it is.
pub(super) enum Fit {
    In(Place),
    Through,
    Out,
}

pub(super) fn place(tag: Tag, within: Place) -> Fit {
    let inner = match (tag.name, within) {
        ("table", Place::Flow) => Place::Table,
        ("caption", Place::Table) => Place::Flow,
        ("colgroup", Place::Table) => Place::Columns,
        ("tbody" | "thead" | "tfoot", Place::Table) => Place::Section,
        ("tr", Place::Section) => Place::Row,
        ("td" | "th", Place::Row) => Place::Flow,
        ("col", Place::Columns) => Place::Nothing,
        ("select", Place::Flow) => Place::Select,
        ("optgroup", Place::Select) => Place::Group,
        ("option", Place::Select | Place::Group) => Place::Text,
        ("col", _) => return Fit::Out,
        (
            "caption" | "colgroup" | "tbody" | "thead" | "tfoot" | "tr" | "td" | "th" | "optgroup" | "option",
            Place::Flow,
        ) => {
            return Fit::Through;
        }
        ("textarea" | "canvas" | "video", Place::Flow) => Place::Nothing,
        (_, Place::Flow) => Place::Flow,
        _ => return Fit::Out,
    };
    Fit::In(inner)
}
