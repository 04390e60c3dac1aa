//! The document as a tree: nodes in an arena, so that a hundred thousand of them in each other are freed and walked
//! without a single call in a call.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    ptr,
};

use html5ever::{
    Attribute, QualName,
    interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink},
    local_name, ns,
    tendril::StrTendril,
};
use typed_arena::Arena;

pub(super) type Ref<'a> = &'a Node<'a>;
type Link<'a> = Cell<Option<Ref<'a>>>;

/// One node. Comments and processing instructions are never kept.
pub(super) struct Node<'a> {
    pub(super) parent: Link<'a>,
    pub(super) previous: Link<'a>,
    pub(super) next: Link<'a>,
    pub(super) first: Link<'a>,
    pub(super) last: Link<'a>,
    depth: Cell<u32>,
    pub(super) content: Content<'a>,
}

pub(super) enum Content<'a> {
    /// The document, what a template holds, and what is not kept.
    Root,
    Text(RefCell<StrTendril>),
    Element {
        name: QualName,
        attributes: RefCell<Vec<Attribute>>,
        template: Option<Ref<'a>>,
        takes_html: bool,
    },
}

impl<'a> Node<'a> {
    fn new(content: Content<'a>) -> Self {
        Self {
            parent: Cell::default(),
            previous: Cell::default(),
            next: Cell::default(),
            first: Cell::default(),
            last: Cell::default(),
            depth: Cell::new(0),
            content,
        }
    }

    fn detach(&self) {
        let (parent, previous, next) = (self.parent.take(), self.previous.take(), self.next.take());
        match (next, parent) {
            (Some(next), _) => next.previous.set(previous),
            (None, Some(parent)) => parent.last.set(previous),
            (None, None) => {}
        }
        match (previous, parent) {
            (Some(previous), _) => previous.next.set(next),
            (None, Some(parent)) => parent.first.set(next),
            (None, None) => {}
        }
    }

    fn append(&'a self, child: Ref<'a>) {
        child.detach();
        child.parent.set(Some(self));
        match self.last.replace(Some(child)) {
            Some(last) => {
                child.previous.set(Some(last));
                last.next.set(Some(child));
            }
            None => self.first.set(Some(child)),
        }
    }

    fn insert_before(&'a self, sibling: Ref<'a>) {
        sibling.detach();
        sibling.parent.set(self.parent.get());
        sibling.next.set(Some(self));
        match (self.previous.replace(Some(sibling)), self.parent.get()) {
            (Some(previous), _) => {
                sibling.previous.set(Some(previous));
                previous.next.set(Some(sibling));
            }
            (None, Some(parent)) => parent.first.set(Some(sibling)),
            (None, None) => {}
        }
    }
}

/// Takes what html5ever builds.
pub(super) struct Sink<'a> {
    arena: &'a Arena<Node<'a>>,
    document: Ref<'a>,
    ignored: Ref<'a>,
    nameless: QualName,
    /// The document type, if any: name, public and system identifier.
    pub(super) doctype: RefCell<Option<(StrTendril, StrTendril)>>,
    pub(super) growth: &'a Growth,
}

/// How much has grown, told to the tokens' guard.
#[derive(Default)]
pub(super) struct Growth {
    pub(super) nodes: Cell<usize>,
    pub(super) is_too_deep: Cell<bool>,
}

impl<'a> Sink<'a> {
    pub(super) fn new(arena: &'a Arena<Node<'a>>, growth: &'a Growth) -> Self {
        Self {
            arena,
            document: arena.alloc(Node::new(Content::Root)),
            ignored: arena.alloc(Node::new(Content::Root)),
            nameless: QualName::new(None, ns!(), local_name!("")),
            doctype: RefCell::default(),
            growth,
        }
    }

    fn node(&self, content: Content<'a>) -> Ref<'a> {
        self.growth.nodes.set(self.growth.nodes.get() + 1);
        self.arena.alloc(Node::new(content))
    }

    /// The node to insert; none if the text went into the one before it, or is nothing that is kept.
    fn insertion(&self, parent: Ref<'a>, before: Option<Ref<'a>>, child: NodeOrText<Ref<'a>>) -> Option<Ref<'a>> {
        let depth = parent.depth.get();
        if depth < MAX_DEPTH {
            self.growth.is_too_deep.set(false);
        }
        let node = match child {
            NodeOrText::AppendNode(node) if ptr::eq(node, self.ignored) => return None,
            NodeOrText::AppendNode(node) => node,
            NodeOrText::AppendText(text) => {
                if let Content::Element { name, .. } = &parent.content
                    && name.local == local_name!("script")
                {
                    return None;
                }
                if let Some(Content::Text(known)) = before.map(|node| &node.content) {
                    if let Ok(mut known) = known.try_borrow_mut() {
                        known.push_tendril(&text);
                    }
                    return None;
                }
                return Some(self.node(Content::Text(RefCell::new(text))));
            }
        };
        node.depth.set(depth + 1);
        if let Content::Element { template, .. } = &node.content {
            if depth >= MAX_DEPTH {
                self.growth.is_too_deep.set(true);
            }
            if let Some(contents) = template {
                contents.depth.set(depth + 1);
            }
        }
        Some(node)
    }
}

impl<'a> TreeSink for Sink<'a> {
    type Handle = Ref<'a>;
    type Output = Ref<'a>;
    type ElemName<'b>
        = &'b QualName
    where
        Self: 'b;

    fn finish(self) -> Ref<'a> {
        self.document
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Ref<'a> {
        self.document
    }

    fn elem_name<'b>(&'b self, target: &'b Ref<'a>) -> &'b QualName {
        match &target.content {
            Content::Element { name, .. } => name,
            Content::Root | Content::Text(_) => &self.nameless,
        }
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> Ref<'a> {
        let template = flags.template.then(|| self.node(Content::Root));
        let takes_html = flags.mathml_annotation_xml_integration_point;
        // Formatting is opened again with all of its attributes.
        self.growth.nodes.set(self.growth.nodes.get() + attrs.len() / ATTRIBUTES_PER_NODE);
        self.node(Content::Element { name, attributes: RefCell::new(attrs), template, takes_html })
    }

    fn create_comment(&self, _: StrTendril) -> Ref<'a> {
        self.ignored
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Ref<'a> {
        self.ignored
    }

    fn append(&self, parent: &Ref<'a>, child: NodeOrText<Ref<'a>>) {
        if let Some(node) = self.insertion(parent, parent.last.get(), child) {
            parent.append(node);
        }
    }

    fn append_based_on_parent_node(&self, element: &Ref<'a>, previous: &Ref<'a>, child: NodeOrText<Ref<'a>>) {
        if element.parent.get().is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_before_sibling(&self, sibling: &Ref<'a>, child: NodeOrText<Ref<'a>>) {
        let parent = sibling.parent.get().unwrap_or(self.document);
        if let Some(node) = self.insertion(parent, sibling.previous.get(), child) {
            sibling.insert_before(node);
        }
    }

    fn append_doctype_to_document(&self, name: StrTendril, public_id: StrTendril, _: StrTendril) {
        self.doctype.replace(Some((name, public_id)));
    }

    fn pop(&self, node: &Ref<'a>) {
        if node.depth.get() >= MAX_DEPTH {
            self.growth.is_too_deep.set(false);
        }
    }

    fn get_template_contents(&self, target: &Ref<'a>) -> Ref<'a> {
        match &target.content {
            Content::Element { template: Some(contents), .. } => contents,
            Content::Element { .. } | Content::Root | Content::Text(_) => target,
        }
    }

    fn same_node(&self, x: &Ref<'a>, y: &Ref<'a>) -> bool {
        ptr::eq::<Node<'_>>(*x, *y)
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn add_attrs_if_missing(&self, target: &Ref<'a>, new: Vec<Attribute>) {
        if let Content::Element { attributes, .. } = &target.content
            && let Ok(mut known) = attributes.try_borrow_mut()
        {
            for attribute in new {
                if known.len() < MAX_ATTRIBUTES && known.iter().all(|known| known.name != attribute.name) {
                    known.push(attribute);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &Ref<'a>) {
        target.detach();
    }

    fn reparent_children(&self, node: &Ref<'a>, new_parent: &Ref<'a>) {
        while let Some(child) = node.first.get() {
            new_parent.append(child);
        }
    }

    fn is_mathml_annotation_xml_integration_point(&self, target: &Ref<'a>) -> bool {
        matches!(target.content, Content::Element { takes_html: true, .. })
    }

    /// A shadow root stays a template: that is how it is written again.
    fn allow_declarative_shadow_roots(&self, _: &Ref<'a>) -> bool {
        false
    }
}

/// Blink's own limit (kMaximumHTMLParserDOMTreeDepth): no page it could show is deeper, and the parser's work grows
/// with each open element.
const MAX_DEPTH: u32 = 512;
/// So many cost as much memory as a node; real elements have fewer.
const ATTRIBUTES_PER_NODE: usize = 4;

/// The richest elements of real pages have some dozens.
pub(super) const MAX_ATTRIBUTES: usize = 1_000;
