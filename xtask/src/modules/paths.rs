//! The paths that code names: in imports, expressions, types, macros and serde's attributes.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, ImplItemFn, ItemMod, ItemUse, Macro, Meta, Path, UseTree,
    visit::{self, Visit},
};

/// `crate::a::B` as its parts.
pub(super) type Segments = Vec<String>;

/// One name that an import brings.
#[derive(Debug)]
pub(super) struct Import {
    /// What it is called here; `None` for `*`.
    pub(super) name: Option<String>,
    pub(super) path: Segments,
}

/// The imports of one `use`, one by one. A path that begins with `::` is another crate's.
pub(super) fn expanded(import: &ItemUse) -> Vec<Import> {
    let mut imports = Vec::new();
    if import.leading_colon.is_none() {
        expand(&import.tree, &mut Vec::new(), &mut imports);
    }
    imports
}

fn expand(tree: &UseTree, before: &mut Segments, imports: &mut Vec<Import>) {
    let mut add = |name: Option<String>, last: Option<String>| {
        // `a::{self}` is `a`.
        let last = last.filter(|last| last != "self" || before.is_empty());
        let path: Segments = before.iter().cloned().chain(last).collect();
        let name = name.map(|name| if name == "self" { path.last().cloned().unwrap_or(name) } else { name });
        imports.push(Import { name, path });
    };
    match tree {
        UseTree::Name(name) => add(Some(name.ident.to_string()), Some(name.ident.to_string())),
        UseTree::Rename(renamed) => add(Some(renamed.rename.to_string()), Some(renamed.ident.to_string())),
        UseTree::Glob(_) => add(None, None),
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            expand(&path.tree, before, imports);
            before.pop();
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| expand(tree, before, imports)),
    }
}

/// Whether something is compiled for unit tests alone.
pub(super) fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<Path>().is_ok_and(|condition| condition.is_ident("test"))
    })
}

/// Collects every path in the code that is visited, and the imports within blocks.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) paths: BTreeSet<Segments>,
    pub(super) imports: Vec<Import>,
}

impl Names {
    fn add(&mut self, path: &Path) {
        if path.leading_colon.is_none() {
            self.paths.insert(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
    }

    /// What a macro gets is no syntax yet: everything in it that looks like a path is one.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum that grows; what is new parts paths")]
    fn add_tokens(&mut self, tokens: TokenStream) {
        let (mut path, mut colons, mut is_member) = (Segments::new(), 0, false);
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.paths.extend([std::mem::take(&mut path)].into_iter().filter(|path| !path.is_empty()));
                    }
                    if !is_member {
                        path.push(ident.to_string());
                    }
                    (colons, is_member) = (0, false);
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                other => {
                    self.paths.extend([std::mem::take(&mut path)].into_iter().filter(|path| !path.is_empty()));
                    is_member = matches!(&other, TokenTree::Punct(punct) if punct.as_char() == '.') && !is_member;
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.add_tokens(group.stream());
                    }
                }
            }
        }
        self.paths.extend([path].into_iter().filter(|path| !path.is_empty()));
    }

    /// `#[serde(with = "a::b")]`.
    fn add_strings(&mut self, tokens: TokenStream) {
        for token in tokens {
            let TokenTree::Literal(literal) = token else { continue };
            let text = literal.to_string();
            let text = text.trim_matches('"');
            if let Ok(path) = syn::parse_str::<Path>(text).map_err(drop)
                && text.contains("::")
            {
                self.add(&path);
            }
        }
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_path(&mut self, path: &'ast Path) {
        self.add(path);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.add(&call.path);
        self.add_tokens(call.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.add_strings(list.tokens.clone());
        }
    }

    /// An import within a block.
    fn visit_item_use(&mut self, import: &'ast ItemUse) {
        for import in expanded(import) {
            self.paths.insert(import.path.clone());
            self.imports.push(import);
        }
    }

    fn visit_item_mod(&mut self, _: &'ast ItemMod) {}

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        if !is_for_tests(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }
}
