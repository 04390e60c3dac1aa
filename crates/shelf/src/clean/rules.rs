//! What may stay of HTML: elements and attributes by name. Everything that is not here goes.

use crate::page::Hash;

/// How the parser treats an element, as far as it matters to what may be nested in what (HTML section 13.2.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag {
    /// How it is written: some old names are written as newer ones.
    pub(super) name: &'static str,
    traits: u16,
}

impl Tag {
    /// A page's own element.
    pub(super) fn custom() -> Self {
        Self { name: "custom-element", traits: HOST }
    }

    /// An element that nobody knows is shown like a `<span>`, so it is written as one.
    pub(super) fn unknown() -> Self {
        Self { name: "span", traits: HOST }
    }

    pub(super) fn has(self, wanted: u16) -> bool {
        self.traits & wanted != 0
    }
}

/// Has no content and no end tag.
pub(super) const VOID: u16 = 1;
/// Its start tag ends an open `<p>`.
pub(super) const ENDS_P: u16 = 2;
/// Stands between a `<li>` and another that is open further out.
pub(super) const SPECIAL: u16 = 4;
/// What is open outside of it is not seen from within.
pub(super) const SCOPE: u16 = 8;
/// Formatting that is open outside of it is not seen from within.
pub(super) const MARKER: u16 = 16;
/// Words before and after it are not one word.
pub(super) const BREAK: u16 = 32;
/// May have a shadow root (DOM section 4.9).
pub(super) const HOST: u16 = 64;
/// A control: shown, not working.
pub(super) const CONTROL: u16 = 128;

const BLOCK: u16 = ENDS_P | SPECIAL | BREAK;

/// The element of this name in HTML, if it may stay and needs no care of its own.
pub(super) fn tag(name: &str) -> Option<Tag> {
    let traits = match name {
        "a" | "abbr" | "acronym" | "b" | "bdi" | "bdo" | "big" | "blink" | "cite" | "code" | "data" | "del" | "dfn"
        | "em" | "font" | "i" | "ins" | "kbd" | "label" | "map" | "mark" | "meter" | "nobr" | "output" | "picture"
        | "progress" | "q" | "rb" | "rp" | "rt" | "rtc" | "ruby" | "s" | "samp" | "slot" | "small" | "strike"
        | "strong" | "sub" | "sup" | "time" | "tt" | "u" | "var" | "legend" | "canvas" | "video" => 0,
        "span" => HOST,
        "article" | "aside" | "blockquote" | "div" | "footer" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "header"
        | "main" | "nav" | "p" | "section" => BLOCK | HOST,
        "address" | "center" | "dd" | "details" | "dir" | "dl" | "dt" | "fieldset" | "figcaption" | "figure"
        | "hgroup" | "li" | "menu" | "ol" | "pre" | "summary" | "ul" => BLOCK,
        "dialog" | "search" => ENDS_P | BREAK,
        "hr" => BLOCK | VOID,
        "br" => SPECIAL | BREAK | VOID,
        "area" | "img" | "wbr" => SPECIAL | VOID,
        "input" => SPECIAL | VOID | CONTROL,
        "col" => SPECIAL | VOID,
        "button" => SPECIAL | CONTROL,
        "select" | "textarea" => SPECIAL | BREAK | CONTROL,
        "option" | "optgroup" => BREAK,
        "marquee" => SPECIAL | SCOPE | MARKER | BREAK,
        "table" => BLOCK | SCOPE,
        "caption" | "td" | "th" => SPECIAL | SCOPE | MARKER | BREAK,
        "colgroup" | "tbody" | "tfoot" | "thead" | "tr" => SPECIAL | BREAK,
        _ => return renamed(name),
    };
    // Static names, so that writing needs no look at the tree.
    NAMES.binary_search(&name).ok().and_then(|at| NAMES.get(at)).map(|name| Tag { name, traits })
}

/// Elements that are written as others, with the same place in the document.
fn renamed(name: &str) -> Option<Tag> {
    let (name, traits) = match name {
        "form" => ("div", BLOCK | HOST),
        "listing" | "plaintext" | "xmp" => ("pre", BLOCK),
        _ => return None,
    };
    Some(Tag { name, traits })
}

/// Left out with everything in it.
pub(super) fn is_left_out(name: &str) -> bool {
    matches!(
        name,
        "applet"
            | "audio"
            | "base"
            | "basefont"
            | "bgsound"
            | "datalist"
            | "head"
            | "keygen"
            | "link"
            | "meta"
            | "noembed"
            | "noframes"
            | "noscript"
            | "param"
            | "script"
            | "source"
            | "style"
            | "template"
            | "title"
            | "track"
    )
}

/// A name that pages make up for their own elements (HTML section 4.13.2), as far as it is ASCII.
pub(super) fn is_custom(name: &str) -> bool {
    name.contains('-')
        && name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._".contains(&byte))
        && !matches!(
            name,
            "annotation-xml"
                | "color-profile"
                | "font-face"
                | "font-face-src"
                | "font-face-uri"
                | "font-face-format"
                | "font-face-name"
                | "missing-glyph"
        )
}

/// Attributes that say something harmless on every element they may be on.
pub(super) fn is_plain_attribute(name: &str) -> bool {
    match name {
        "class" | "id" | "title" | "lang" | "dir" | "alt" | "role" | "hidden" | "translate" | "slot" | "part"
        | "exportparts" | "popover" | "inert" | "open" | "width" | "height" | "align" | "valign" | "bgcolor"
        | "color" | "face" | "size" | "border" | "cellpadding" | "cellspacing" | "colspan" | "rowspan" | "headers"
        | "scope" | "abbr" | "span" | "start" | "reversed" | "type" | "datetime" | "label" | "checked" | "selected"
        | "multiple" | "rows" | "cols" | "wrap" | "placeholder" | "for" | "min" | "max" | "low" | "high"
        | "optimum" | "noshade" | "nowrap" | "frame" | "rules" | "summary" | "char" | "charoff" | "axis" | "clear"
        | "hspace" | "vspace" | "compact" | "shape" | "coords" | "text" | "link" | "vlink" | "alink"
        | "marginheight" | "marginwidth" | "topmargin" | "leftmargin" | "bottommargin" | "rightmargin"
        | "bordercolor" | "direction" | "scrollamount" | "step" => true,
        _ => (name.starts_with("aria-") || name.starts_with("data-")) && is_attribute_name(name),
    }
}

fn is_attribute_name(name: &str) -> bool {
    name.len() <= 64
        // Only the cleaner names parts: a name like one would be filled in with a part's content.
        && !name.contains(Hash::SCHEME)
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._:".contains(&byte))
}

/// Every name above, sorted.
#[rustfmt::skip]
const NAMES: [&str; 105] = [
    "a", "abbr", "acronym", "address", "area", "article", "aside", "b", "bdi", "bdo", "big", "blink", "blockquote",
    "br", "button", "canvas", "caption", "center", "cite", "code", "col", "colgroup", "data", "dd", "del", "details",
    "dfn", "dialog", "dir", "div", "dl", "dt", "em", "fieldset", "figcaption", "figure", "font", "footer", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "i", "img", "input", "ins", "kbd", "label", "legend",
    "li", "main", "map", "mark", "marquee", "menu", "meter", "nav", "nobr", "ol", "optgroup", "option", "output",
    "p", "picture", "pre", "progress", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "search", "section",
    "select", "slot", "small", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td",
    "textarea", "tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var", "video", "wbr",
];
