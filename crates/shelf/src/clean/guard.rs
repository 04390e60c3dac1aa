//! Keeps a hostile document from costing more than its length: too deep, too many nodes, too many attributes.

use std::{borrow::Cow, cell::Cell};

use html5ever::{
    local_name,
    tendril::StrTendril,
    tokenizer::{BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts},
    tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink},
};
use typed_arena::Arena;

use super::tree::{Growth, Node, Ref, Sink};

mod attributes;

/// A parsed document.
pub(super) struct Parsed<'a> {
    pub(super) document: Ref<'a>,
    pub(super) doctype: Option<(StrTendril, StrTendril)>,
}

/// Parses a document as a browser that runs scripts would (so that `<noscript>` holds text and is left out), in the
/// mode of an `iframe srcdoc`, which is where it is shown: no quirk changes the tree.
pub(super) fn parse<'a>(html: &str, arena: &'a Arena<Node<'a>>, growth: &'a Growth) -> Parsed<'a> {
    let options = TreeBuilderOpts { scripting_enabled: true, iframe_srcdoc: true, ..TreeBuilderOpts::default() };
    let builder = TreeBuilder::new(Sink::new(arena, growth), options);
    let guard = Guard { builder, growth, left_out: Cell::new(0) };
    let tokenizer = Tokenizer::new(guard, TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(&fewer_attributes(html)));
    // It stops at the end of each script, which nobody runs.
    while !queue.is_empty() {
        let _ = tokenizer.feed(&queue);
    }
    tokenizer.end();
    let sink = tokenizer.sink.builder.sink;
    let doctype = sink.doctype.take();
    Parsed { document: sink.finish(), doctype }
}

/// Stands between tokens and tree.
struct Guard<'a> {
    builder: TreeBuilder<Ref<'a>, Sink<'a>>,
    growth: &'a Growth,
    /// Elements that were too deep: their end tags are left out, too.
    left_out: Cell<usize>,
}

impl<'a> TokenSink for Guard<'a> {
    type Handle = Ref<'a>;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Ref<'a>> {
        let is_full = self.growth.nodes.get() >= MAX_NODES;
        if let Token::TagToken(tag) = &token
            && !holds_text(&tag.name)
        {
            match tag.kind {
                TagKind::StartTag if is_full || self.growth.is_too_deep.get() => {
                    if !tag.self_closing && !is_void(&tag.name) {
                        self.left_out.set(self.left_out.get() + 1);
                    }
                    return TokenSinkResult::Continue;
                }
                TagKind::EndTag if self.left_out.get() > 0 => {
                    self.left_out.set(self.left_out.get() - 1);
                    return TokenSinkResult::Continue;
                }
                TagKind::StartTag | TagKind::EndTag => {}
            }
        }
        self.builder.process_token(token, line)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// These change how the tokenizer reads on, so they always count; nothing is nested in them.
fn holds_text(name: &html5ever::LocalName) -> bool {
    matches!(
        *name,
        local_name!("script")
            | local_name!("style")
            | local_name!("title")
            | local_name!("textarea")
            | local_name!("xmp")
            | local_name!("iframe")
            | local_name!("noembed")
            | local_name!("noframes")
            | local_name!("noscript")
            | local_name!("plaintext")
    )
}

fn is_void(name: &html5ever::LocalName) -> bool {
    matches!(
        &**name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "source"
            | "track"
            | "wbr"
    )
}

/// The tokenizer holds each attribute against all that came before it in its tag. Of a tag that has more than
/// `MAX_ATTRIBUTES`, the rest is cut off beforehand.
fn fewer_attributes(html: &str) -> Cow<'_, str> {
    let bytes = html.as_bytes();
    let mut kept = String::new();
    let mut copied = 0;
    let mut tags = attributes::Tags::default();
    while let Some(cut) = tags.excess(bytes, copied) {
        kept.push_str(html.get(copied..cut.start).unwrap_or_default());
        copied = cut.end;
    }
    if copied == 0 {
        return Cow::Borrowed(html);
    }
    kept.push_str(html.get(copied..).unwrap_or_default());
    Cow::Owned(kept)
}

/// A real page of 5 MB has a quarter of it. Each costs about 150 bytes.
const MAX_NODES: usize = 1_000_000;
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_with_too_many_attributes_is_cut_and_nothing_else() {
        let rest = "<p title='x > y' lang=de>text</p>";
        let many: String = (0..2_000).map(|n| format!(" a{n} = \"{n} > 'x'\"")).collect();
        let html = format!("{rest}<b{many}>bold</b>{rest}");
        let fewer = fewer_attributes(&html);
        assert!(fewer.starts_with(&format!("{rest}<b a0 = \"0 > 'x'\"")) && fewer.len() < html.len());
        assert!(fewer.ends_with(&format!(">bold</b>{rest}")), "{}", &fewer[fewer.len() - 100..]);
        assert!(fewer.contains(" a990 =") && !fewer.contains(" a1010 ="));
        assert!(matches!(fewer_attributes(rest), Cow::Borrowed(_)));
        let hidden = format!("<script>a<b c=\"</script><b{many}>bold</b>");
        assert!(!fewer_attributes(&hidden).contains(" a1010 ="));
        let long = format!("<p style=\"{}\">x</p>", "a b ".repeat(5_000));
        assert_eq!(fewer_attributes(&long), long);
    }
}
