//! From the tree to clean HTML in one walk, without a call per level.
//!
//! What is written must be read back as the same tree: otherwise a second reader might see an element where the first
//! saw text, which is how most sanitizers were broken. So each start tag is written only where the parser would put it
//! just there ([`Context`], [`Place`]); elsewhere the element goes and its content stays.

use html5ever::{local_name, ns};

use super::{
    address::Base,
    parts::Parts,
    rules::{self, Tag},
    tree::{Content, Node, Ref},
    write::{self, Words},
};

use nesting::{Context, Fit, Place, place};

mod attributes;
mod drawings;
mod embedded;
mod images;
mod nesting;

/// One walk.
pub(super) struct Walk<'a, 'p> {
    pub(super) out: String,
    pub(super) words: Words,
    pub(super) title: String,
    pub(super) parts: Parts<'p>,
    base: Base,
    open: Vec<Open<'a>>,
    /// How much was written right after the latest `<pre>`.
    after_pre: usize,
    /// How long all attributes were together.
    spent: usize,
}

/// An element that is being written, or passed through.
#[derive(Clone, Copy)]
struct Open<'a> {
    /// Its end tag; empty if it has none.
    name: &'a str,
    /// The nearest element that was written: this one, or the one that this is passed through into.
    holder: &'a str,
    context: Context,
    place: Place,
    is_hidden: bool,
    /// May still get a shadow root.
    is_host: bool,
    is_break: bool,
    /// Where the walk goes on after it.
    resume: Option<Ref<'a>>,
}

impl<'a, 'p> Walk<'a, 'p> {
    pub(super) fn new(base: Base, parts: Parts<'p>, length: usize) -> Self {
        let out = String::with_capacity(length);
        let (words, title) = (Words::default(), String::new());
        Self { out, words, title, parts, base, open: Vec::new(), after_pre: 0, spent: 0 }
    }

    /// Writes the whole document: always `html`, `head` and `body`, as a parser would make them.
    pub(super) fn document(&mut self, document: Ref<'a>) {
        let root = children(document).find(|node| is_html(node, "html"));
        self.base = root.and_then(base_href).map_or_else(|| self.base.clone(), |href| self.base.with(&href));
        let part = |name: &str| root.and_then(|root| children(root).find(|node| is_html(node, name)));
        self.out.push_str("<html");
        self.root_attributes(root);
        self.out.push_str("><head>");
        if let Some(head) = part("head") {
            self.content(head, Open::root("head", Place::Head));
        }
        self.out.push_str("</head><body");
        let body = part("body").or_else(|| part("frameset"));
        let is_hidden = self.root_attributes(body);
        self.out.push('>');
        if let Some(body) = body {
            self.content(body, Open { is_hidden, ..Open::root("body", Place::Flow) });
        }
        self.out.push_str("</body></html>");
    }

    fn root_attributes(&mut self, node: Option<Ref<'a>>) -> bool {
        match node.map(|node| &node.content) {
            Some(Content::Element { attributes, .. }) => self.html_attributes("body", &attributes.borrow()),
            _ => false,
        }
    }

    /// Everything in a node, written as the content of `open`.
    fn content(&mut self, node: Ref<'a>, open: Open<'a>) {
        let bottom = self.open.len();
        self.open.push(open);
        let mut next = node.first.get();
        loop {
            match next {
                Some(node) => match self.node(node, self.open.last().copied().unwrap_or(open)) {
                    Some((open, first)) => {
                        self.open.push(Open { resume: node.next.get(), ..open });
                        next = first;
                    }
                    None => next = node.next.get(),
                },
                None => {
                    let Some(done) = self.open.pop() else { return };
                    if self.open.len() == bottom {
                        return;
                    }
                    self.close(done);
                    next = done.resume;
                }
            }
        }
    }

    fn close(&mut self, open: Open<'_>) {
        if open.is_break {
            self.words.part();
        }
        if !open.name.is_empty() {
            self.out.push_str("</");
            self.out.push_str(open.name);
            self.out.push('>');
        }
    }

    /// Writes a node; for an element whose content counts, how it is open and where its content begins.
    fn node(&mut self, node: Ref<'a>, within: Open<'a>) -> Option<(Open<'a>, Option<Ref<'a>>)> {
        match &node.content {
            Content::Root => None,
            Content::Text(text) => {
                self.text(&text.borrow(), within);
                None
            }
            Content::Element { name, .. } if name.ns == ns!(html) => self.html(node, &name.local, within),
            Content::Element { name, .. } if name.ns == ns!(svg) => self.svg(node, &name.local, within),
            Content::Element { name, .. } if name.ns == ns!(mathml) => self.math(node, &name.local, within),
            Content::Element { .. } => None,
        }
    }

    fn text(&mut self, text: &str, within: Open<'a>) {
        match within.place {
            Place::Flow | Place::Text | Place::Svg | Place::Math | Place::ForeignText => {}
            Place::Head
            | Place::Table
            | Place::Section
            | Place::Row
            | Place::Columns
            | Place::Select
            | Place::Group
            | Place::Nothing => return,
        }
        // The parser drops a line feed right after `<pre>`.
        if self.out.len() == self.after_pre && text.starts_with(['\n', '\r']) {
            self.out.push('\n');
        }
        write::text(&mut self.out, text);
        if !within.is_hidden {
            self.words.add(text);
        }
    }

    fn html(&mut self, node: Ref<'a>, name: &'a str, within: Open<'a>) -> Option<(Open<'a>, Option<Ref<'a>>)> {
        match within.place {
            Place::Head => return self.head(node, name),
            Place::Svg | Place::Math | Place::Nothing => return None,
            Place::Text | Place::ForeignText if rules::is_left_out(name) => return None,
            Place::Text | Place::ForeignText => return Some(passed_through(node, within)),
            Place::Flow
            | Place::Table
            | Place::Section
            | Place::Row
            | Place::Columns
            | Place::Select
            | Place::Group => {}
        }
        let is_flow = within.place == Place::Flow;
        match name {
            "style" if within.place != Place::Columns && !matches!(within.place, Place::Select | Place::Group) => {
                self.style(node);
                return None;
            }
            "link" if is_flow => {
                self.link(node);
                return None;
            }
            "template" if is_flow && within.is_host => return self.shadow(node, within),
            "iframe" | "frame" | "embed" | "object" | "portal" if is_flow => {
                self.frame(node, name, within);
                return None;
            }
            "frameset" if is_flow => return Some(passed_through(node, within)),
            "input" if is_flow => {
                self.input(node, within);
                return None;
            }
            _ if rules::is_left_out(name) => {
                if name == "audio" {
                    self.parts.lose();
                }
                return None;
            }
            _ => {}
        }
        let (tag, name) = match rules::tag(name) {
            Some(tag) => (tag, tag.name),
            None if rules::is_custom(name) => (Tag::custom(), name),
            None => (Tag::unknown(), Tag::unknown().name),
        };
        match place(tag, within.place) {
            Fit::Out => None,
            Fit::Through => Some(passed_through(node, within)),
            Fit::In(_) if !within.context.takes(tag, within.holder) => {
                (!tag.has(rules::VOID)).then(|| passed_through(node, within))
            }
            Fit::In(place) => self.start(node, tag, name, place, within),
        }
    }

    fn start(
        &mut self,
        node: Ref<'a>,
        tag: Tag,
        name: &'a str,
        place: Place,
        within: Open<'a>,
    ) -> Option<(Open<'a>, Option<Ref<'a>>)> {
        let is_break = tag.has(rules::BREAK);
        if is_break {
            self.words.part();
        }
        self.out.push('<');
        self.out.push_str(name);
        let mut is_hidden = within.is_hidden;
        if let Content::Element { attributes, .. } = &node.content {
            is_hidden |= self.html_attributes(name, &attributes.borrow());
            is_hidden |= name == "dialog" && attributes.borrow().iter().all(|a| a.name.local != local_name!("open"));
        }
        if name == "img" {
            self.source(node);
        }
        if tag.has(rules::CONTROL) {
            self.out.push_str(" disabled=\"\"");
        }
        self.out.push('>');
        if tag.has(rules::VOID) {
            return None;
        }
        if name == "pre" {
            self.after_pre = self.out.len();
        }
        let context = within.context.within(tag);
        let is_host = tag.has(rules::HOST);
        let open = Open { name, holder: name, context, place, is_hidden, is_host, is_break, resume: None };
        Some((open, node.first.get()))
    }

    /// A shadow root, so that pages made of web components can be read. Chromium writes `shadowmode` into MHTML.
    fn shadow(&mut self, node: Ref<'a>, within: Open<'a>) -> Option<(Open<'a>, Option<Ref<'a>>)> {
        let Content::Element { attributes, template: Some(contents), .. } = &node.content else { return None };
        if !attributes.borrow().iter().any(|a| matches!(&*a.name.local, "shadowrootmode" | "shadowmode")) {
            return None;
        }
        if let Some(host) = self.open.last_mut() {
            host.is_host = false;
        }
        self.out.push_str("<template shadowrootmode=\"open\">");
        let open = Open { is_hidden: within.is_hidden, ..Open::root("template", Place::Flow) };
        Some((open, contents.first.get()))
    }
}

impl Open<'_> {
    fn root(name: &'static str, place: Place) -> Self {
        Open {
            name,
            holder: name,
            context: Context::default(),
            place,
            is_hidden: false,
            is_host: name == "body",
            is_break: false,
            resume: None,
        }
    }
}

/// The element goes, its content stays.
fn passed_through<'a>(node: Ref<'a>, within: Open<'a>) -> (Open<'a>, Option<Ref<'a>>) {
    (Open { name: "", is_host: false, is_break: false, ..within }, node.first.get())
}

fn children<'a>(node: Ref<'a>) -> impl Iterator<Item = Ref<'a>> {
    std::iter::successors(node.first.get(), |node: &Ref<'a>| node.next.get())
}

fn is_html(node: &Node<'_>, wanted: &str) -> bool {
    matches!(&node.content, Content::Element { name, .. } if name.ns == ns!(html) && &*name.local == wanted)
}

/// The first `<base href>`, which a browser takes.
fn base_href<'a>(root: Ref<'a>) -> Option<String> {
    let head = children(root).find(|node| is_html(node, "head"))?;
    children(head).filter(|node| is_html(node, "base")).find_map(|node| attribute(node, "href"))
}

/// An attribute of an element in no namespace.
fn attribute(node: &Node<'_>, wanted: &str) -> Option<String> {
    let Content::Element { attributes, .. } = &node.content else { return None };
    let attributes = attributes.borrow();
    attributes.iter().find(|a| a.name.ns == ns!() && &*a.name.local == wanted).map(|a| a.value.to_string())
}

/// All text in a node, markup left out; in the order of the document.
fn text_of(node: Ref<'_>) -> String {
    let mut text = String::new();
    let mut next = node.first.get();
    while let Some(child) = next {
        if let Content::Text(content) = &child.content {
            text.push_str(&content.borrow());
        }
        next = child.first.get().or_else(|| after(child, node));
    }
    text
}

/// The node after this one and everything in it, as long as it is within `root`.
fn after<'a>(node: Ref<'a>, root: Ref<'a>) -> Option<Ref<'a>> {
    let mut node = node;
    while !std::ptr::eq(node, root) {
        if let Some(next) = node.next.get() {
            return Some(next);
        }
        node = node.parent.get()?;
    }
    None
}
