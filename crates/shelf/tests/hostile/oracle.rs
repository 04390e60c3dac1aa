//! Reads a document with html5ever as a browser would, in each of its modes, and says what is wrong with it. The fuzz
//! targets `clean` and `style` hold their pages against it too.
//!
//! Long because it is one reader of a whole document, in the order in which a browser reads it.

use std::{borrow::Cow, cell::RefCell};

use cssparser::{ParseError, Parser, Token};
use detour_shelf::{
    capture::{Capture, Part},
    clean::clean,
    compose::compose,
    page::{Body, Page},
};
use html5ever::{
    Attribute, LocalName, Namespace, ParseOpts, QualName,
    interface::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink},
    parse_document,
    tendril::{StrTendril, TendrilSink},
    tree_builder::TreeBuilderOpts,
};

pub(crate) const PAGE: &str = "https://a.test/dir/page";
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n-";

/// What a parser saw: elements and text in the order of their coming.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) elements: Vec<Element>,
    /// Text, and the element it is in.
    pub(crate) texts: Vec<(String, usize)>,
    comments: usize,
}

pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    parent: usize,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl Seen {
    fn is_within(&self, index: usize, names: &[&str]) -> bool {
        let mut at = index;
        while let Some(element) = self.elements.get(at) {
            if names.contains(&element.name.as_str()) {
                return true;
            }
            at = element.parent;
        }
        false
    }

    /// The words outside of what is no text of the page.
    pub(crate) fn words(&self) -> String {
        let hidden = ["script", "style", "title", "noscript", "textarea", "datalist", "canvas", "video", "audio"];
        let text: String = self
            .texts
            .iter()
            .filter(|(_, parent)| !self.is_within(*parent, &hidden))
            .map(|(text, _)| &**text)
            .collect();
        text.split_whitespace().collect()
    }
}

/// Builds nothing: a parser only needs names back.
#[derive(Default)]
struct Sink {
    names: RefCell<Vec<QualName>>,
    seen: RefCell<Seen>,
    takes_shadow: bool,
}

/// A name of its own: what is within a cell cannot be lent for as long as the parser wants it.
#[derive(Debug)]
struct Name(QualName);

impl ElemName for Name {
    fn ns(&self) -> &Namespace {
        &self.0.ns
    }
    fn local_name(&self) -> &LocalName {
        &self.0.local
    }
}

const DOCUMENT: usize = usize::MAX;

impl Sink {
    fn text(&self, parent: usize, child: NodeOrText<usize>) {
        let mut seen = self.seen.borrow_mut();
        match child {
            NodeOrText::AppendText(text) => match seen.texts.last_mut() {
                Some((last, within)) if *within == parent => last.push_str(&text),
                _ => seen.texts.push((text.to_string(), parent)),
            },
            NodeOrText::AppendNode(node) => {
                if let Some(element) = seen.elements.get_mut(node) {
                    element.parent = parent;
                }
            }
        }
    }
}

impl TreeSink for Sink {
    type Handle = usize;
    type Output = Seen;
    type ElemName<'a> = Name;

    fn finish(self) -> Seen {
        self.seen.into_inner()
    }
    fn parse_error(&self, _: Cow<'static, str>) {}
    fn get_document(&self) -> usize {
        DOCUMENT
    }
    fn elem_name<'a>(&'a self, target: &'a usize) -> Name {
        Name(self.names.borrow()[*target].clone())
    }
    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _: ElementFlags) -> usize {
        let index = self.names.borrow().len();
        let prefixed = |name: &QualName| match &*name.ns {
            "" | "http://www.w3.org/1999/xhtml" => name.local.to_string(),
            ns => format!("{}:{}", ns.rsplit('/').next().unwrap(), name.local),
        };
        self.seen.borrow_mut().elements.push(Element {
            name: prefixed(&name),
            attributes: attrs.iter().map(|it| (prefixed(&it.name), it.value.to_string())).collect(),
            parent: DOCUMENT,
        });
        self.names.borrow_mut().push(name);
        index
    }
    fn create_comment(&self, _: StrTendril) -> usize {
        self.seen.borrow_mut().comments += 1;
        DOCUMENT
    }
    fn create_pi(&self, _: StrTendril, _: StrTendril) -> usize {
        self.seen.borrow_mut().comments += 1;
        DOCUMENT
    }
    fn append(&self, parent: &usize, child: NodeOrText<usize>) {
        self.text(*parent, child);
    }
    fn append_based_on_parent_node(&self, element: &usize, _: &usize, child: NodeOrText<usize>) {
        self.text(*element, child);
    }
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn get_template_contents(&self, target: &usize) -> usize {
        *target
    }
    fn same_node(&self, x: &usize, y: &usize) -> bool {
        x == y
    }
    fn set_quirks_mode(&self, _: QuirksMode) {}
    fn append_before_sibling(&self, sibling: &usize, child: NodeOrText<usize>) {
        let parent = self.seen.borrow().elements.get(*sibling).map_or(DOCUMENT, |it| it.parent);
        self.text(parent, child);
    }
    fn add_attrs_if_missing(&self, target: &usize, attrs: Vec<Attribute>) {
        let mut seen = self.seen.borrow_mut();
        let known = &mut seen.elements[*target].attributes;
        known.extend(attrs.iter().map(|it| (it.name.local.to_string(), it.value.to_string())));
    }
    fn remove_from_parent(&self, _: &usize) {}
    fn reparent_children(&self, _: &usize, _: &usize) {}
    fn allow_declarative_shadow_roots(&self, _: &usize) -> bool {
        self.takes_shadow
    }
    fn attach_declarative_shadow(&self, _: &usize, _: &usize, _: &[Attribute]) -> bool {
        self.takes_shadow
    }
}

pub(crate) fn see(html: &str, scripting: bool, srcdoc: bool, takes_shadow: bool) -> Seen {
    let tree_builder =
        TreeBuilderOpts { scripting_enabled: scripting, iframe_srcdoc: srcdoc, ..TreeBuilderOpts::default() };
    let sink = Sink { takes_shadow, ..Sink::default() };
    parse_document(sink, ParseOpts { tree_builder, ..ParseOpts::default() }).one(html)
}

/// A capture of this HTML with an image and a style sheet, of which `ok.png` and `ok.css` are the names.
pub(crate) fn capture(html: &str) -> Capture {
    let part = |url: &str, media_type: &str, bytes: &[u8]| Part {
        url: url.into(),
        media_type: media_type.into(),
        bytes: bytes.into(),
        ..Part::default()
    };
    Capture {
        url: PAGE.into(),
        html: html.into(),
        parts: vec![
            part("https://a.test/dir/ok.png", "image/png", PNG),
            part("https://a.test/dir/ok.css", "text/css", b"p{background:url(ok.png)}"),
            part(
                "https://a.test/dir/evil.css",
                "text/css",
                b"@import '//evil.test/1';p{background:url(//evil.test/2)}",
            ),
            part("https://a.test/dir/lie.png", "image/png", b"<html><script>alert(1)</script>"),
        ],
    }
}

/// A page as a capture again, its bodies as its parts.
pub(crate) fn recapture(page: &Page, url: &str) -> Capture {
    let part = |body: &Body| Part {
        url: format!("detour-body:{}", body.hash.0),
        media_type: body.media_type.clone(),
        bytes: body.bytes.clone(),
        ..Part::default()
    };
    Capture { url: url.into(), html: page.html.clone(), parts: page.bodies.iter().map(part).collect() }
}

/// Cleans HTML and holds the page against every rule.
pub(crate) fn check(html: &str) -> Page {
    check_capture(capture(html))
}

pub(crate) fn check_capture(capture: Capture) -> Page {
    let url = capture.url.clone();
    let excerpt: String = capture.html.chars().take(500).collect();
    let page = clean(capture);
    if let Err(wrong) = judge(&page, &url) {
        let result: String = page.html.chars().take(3_000).collect();
        panic!("{wrong}\nof: {excerpt}\ncame: {result}");
    }
    page
}

fn judge(page: &Page, url: &str) -> Result<(), String> {
    for scripting in [true, false] {
        for srcdoc in [true, false] {
            for takes_shadow in [true, false] {
                let seen = see(&page.html, scripting, srcdoc, takes_shadow);
                document(&seen, false)?;
            }
        }
    }
    names(page)?;
    for body in &page.bodies {
        if body.media_type == "text/css" {
            style(std::str::from_utf8(&body.bytes).map_err(|it| it.to_string())?)?;
        } else if !body.media_type.starts_with("image/") && !body.media_type.starts_with("font/") {
            return Err(format!("a body of {}", body.media_type));
        }
    }
    let again = clean(recapture(page, url));
    if again.html != page.html {
        return Err(format!("it is another when it is cleaned again: {}", again.html));
    }
    if (&again.title, &again.text, &again.bodies) != (&page.title, &page.text, &page.bodies) {
        return Err("title, words or bodies are others when it is cleaned again".to_owned());
    }
    let composed = compose(&page.html, |hash| page.bodies.iter().find(|body| body.hash == *hash).cloned());
    if composed.missing > 0 {
        return Err(format!("{} bodies are missing", composed.missing));
    }
    document(&see(&composed.html, false, true, true), true)
}

/// Whether bodies are named only where an address or a style stands: wherever else the document says what looks like a
/// name, the page wrote it, and a body would be filled in there.
fn names(page: &Page) -> Result<(), String> {
    let seen = see(&page.html, false, true, true);
    let in_value = |name: &str, value: &str| match name {
        "src" | "href" | "poster" | "background" => usize::from(is_hash(value)),
        _ => value.matches("url(detour-body:").count(),
    };
    let attributes = seen.elements.iter().flat_map(|element| &element.attributes);
    let in_values: usize = attributes.map(|(name, value)| in_value(name, value)).sum();
    let is_style = |parent: &usize| seen.elements.get(*parent).is_some_and(|it| it.name.ends_with("style"));
    let styles = seen.texts.iter().filter(|(_, parent)| is_style(parent));
    let in_styles: usize = styles.map(|(text, _)| text.matches("url(detour-body:").count()).sum();
    let (written, expected) = (page.html.matches("detour-body:").count(), in_values + in_styles);
    if written > expected {
        return Err(format!("bodies are named {written} times, {expected} of them where that is right"));
    }
    Ok(())
}

fn document(seen: &Seen, is_composed: bool) -> Result<(), String> {
    if seen.comments > 0 {
        return Err("a comment".to_owned());
    }
    for (index, element) in seen.elements.iter().enumerate() {
        let wrong = |what: &str| Err(format!("{what}: <{}> {:?}", element.name, element.attributes));
        if FORBIDDEN.contains(&element.name.as_str()) || element.name.contains(":animate") {
            return wrong("an element that may not be");
        }
        match element.name.as_str() {
            "template" if element.attributes != [("shadowrootmode".to_owned(), "open".to_owned())] => {
                return wrong("a template");
            }
            "meta" if !is_composed && !matches!(element.attribute("name"), Some("viewport" | "color-scheme")) => {
                return wrong("a meta");
            }
            "link" if is_composed || element.attribute("rel") != Some("stylesheet") => return wrong("a link"),
            "input" | "button" | "select" | "textarea" if element.attribute("disabled").is_none() => {
                return wrong("a control that works");
            }
            "input" if element.attribute("type") == Some("hidden") => return wrong("a hidden field"),
            "input"
                if element.attribute("value").is_some()
                    && !matches!(element.attribute("type"), Some("submit" | "reset" | "button")) =>
            {
                return wrong("a value");
            }
            _ => {}
        }
        for (name, value) in &element.attributes {
            if name.starts_with("on") || FORBIDDEN_ATTRIBUTES.contains(&name.as_str()) || name.starts_with("xlink") {
                return wrong("an attribute that may not be");
            }
            let is_part = is_hash(value) || (is_composed && is_data(value));
            let is_fine = match (name.as_str(), element.name.as_str()) {
                ("href", "a" | "area" | "svg:a") => is_link(value),
                ("href", "link") => is_part,
                ("href", "svg:image" | "svg:feImage") => is_part || value.starts_with('#'),
                ("href", _) => value.starts_with('#'),
                ("src" | "background" | "poster", _) => is_part,
                ("http-equiv", "meta") => is_composed,
                _ => !matches!(name.as_str(), "http-equiv" | "data" | "action"),
            };
            if !is_fine {
                return wrong("an address");
            }
            let is_words = name.starts_with("aria-")
                || name.starts_with("data-")
                || matches!(
                    name.as_str(),
                    "href" | "title" | "alt" | "placeholder" | "value" | "label" | "class" | "id" | "lang"
                );
            // On elements of SVG, many attributes are style; elsewhere an address in them is a word like any other.
            let is_style = name == "style" || (element.name.contains(':') && !is_words);
            if is_style {
                style(value)?;
            }
        }
        if element.name == "style" || element.name == "svg:style" {
            let text: String =
                seen.texts.iter().filter(|(_, parent)| *parent == index).map(|(text, _)| text.as_str()).collect();
            if text.contains("</") {
                return Err(format!("an end tag in {text}"));
            }
            style(&text)?;
        }
    }
    Ok(())
}

/// Every address in CSS is a part, a fragment or nothing.
fn style(css: &str) -> Result<(), String> {
    let mut parser = Parser::new(css);
    tokens(&mut parser, false)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "every other token says nothing about addresses")]
fn tokens(parser: &mut Parser<'_>, strings_are_addresses: bool) -> Result<(), String> {
    let is_fine = |address: &str| is_hash(address) || is_data(address) || address.starts_with('#');
    while let Ok(token) = parser.next().cloned() {
        let mut strings = strings_are_addresses;
        match &token {
            Token::UnquotedUrl(address) if !is_fine(address) => return Err(format!("url({address})")),
            Token::QuotedString(text) if strings && !is_fine(text) => return Err(format!("{text} as an address")),
            Token::AtKeyword(name) if matches!(&*name.to_ascii_lowercase(), "import" | "namespace" | "charset") => {
                return Err(format!("@{name}"));
            }
            Token::Function(name) => match &*name.to_ascii_lowercase() {
                "src" | "image" | "expression" | "-moz-image-rect" => return Err(format!("{name}()")),
                "url" | "image-set" | "-webkit-image-set" => strings = true,
                name if strings && name != "type" && name != "calc" && !name.ends_with("-gradient") => {
                    return Err(format!("{name}() as an address"));
                }
                _ if strings => strings = false,
                _ => {}
            },
            Token::Ident(name) if matches!(&*name.to_ascii_lowercase(), "-moz-binding" | "behavior") => {
                let state = parser.state();
                if parser.next().is_ok_and(|next| *next == Token::Colon) {
                    return Err(format!("{name}:"));
                }
                parser.reset(&state);
            }
            _ => {}
        }
        if matches!(
            token,
            Token::Function(_) | Token::ParenthesisBlock | Token::CurlyBracketBlock | Token::SquareBracketBlock
        ) {
            let mut result = Ok(());
            let _: Result<(), ParseError<()>> = parser.parse_nested_block(|inner| {
                result = tokens(inner, strings);
                Ok(())
            });
            result?;
        }
    }
    Ok(())
}

fn is_hash(value: &str) -> bool {
    let hash = value.strip_prefix("detour-body:");
    hash.is_some_and(|hash| hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_data(value: &str) -> bool {
    value == "data:," || value.starts_with("data:image/") || value.starts_with("data:font/")
}

fn is_link(value: &str) -> bool {
    ["#", "http://", "https://", "mailto:", "tel:"].iter().any(|start| value.starts_with(start))
}

const FORBIDDEN: [&str; 45] = [
    "script",
    "iframe",
    "frame",
    "frameset",
    "object",
    "embed",
    "applet",
    "portal",
    "fencedframe",
    "base",
    "form",
    "noscript",
    "noembed",
    "noframes",
    "audio",
    "source",
    "track",
    "param",
    "xmp",
    "plaintext",
    "listing",
    "bgsound",
    "basefont",
    "keygen",
    "isindex",
    "datalist",
    "svg:script",
    "svg:foreignObject",
    "svg:animate",
    "svg:set",
    "svg:handler",
    "svg:iframe",
    "svg:font",
    "svg:metadata",
    "svg:audio",
    "svg:video",
    "svg:discard",
    "MathML:mglyph",
    "MathML:malignmark",
    "MathML:annotation-xml",
    "MathML:annotation",
    "MathML:maction-xlink",
    "foreignObject",
    "annotation-xml",
    "mglyph",
];

const FORBIDDEN_ATTRIBUTES: [&str; 32] = [
    "srcdoc",
    "srcset",
    "imagesrcset",
    "action",
    "formaction",
    "ping",
    "target",
    "formtarget",
    "autofocus",
    "autoplay",
    "nonce",
    "integrity",
    "crossorigin",
    "is",
    "longdesc",
    "lowsrc",
    "dynsrc",
    "classid",
    "codebase",
    "archive",
    "code",
    "manifest",
    "profile",
    "from",
    "to",
    "by",
    "attributeName",
    "begin",
    "contenteditable",
    "accesskey",
    "download",
    "popovertarget",
];
