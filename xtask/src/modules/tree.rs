//! A crate's modules, read from its files: what each defines, imports and names.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use syn::{Attribute, Item, ItemMod, Visibility, visit::Visit};

use super::paths::{Names, Segments, expanded, is_for_tests};

/// The modules of one crate; the first is its root.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) modules: Vec<Module>,
}

#[derive(Debug, Default)]
pub(super) struct Module {
    /// `a::b`; empty for the root.
    pub(super) name: String,
    pub(super) parent: Option<usize>,
    pub(super) children: BTreeMap<String, usize>,
    /// What is defined here.
    pub(super) items: BTreeSet<String>,
    /// By the name they have here, paths that are imported.
    pub(super) imports: BTreeMap<String, Segments>,
    /// Paths that are imported with a `*`.
    pub(super) globs: Vec<Segments>,
    /// All that the code names.
    pub(super) named: BTreeSet<Segments>,
}

impl Tree {
    /// Reads the crate with this root file.
    pub(super) fn read(root: &Path) -> anyhow::Result<Self> {
        let mut tree = Self { modules: vec![Module::default()] };
        let folder = root.parent().unwrap_or(root);
        tree.read_file(0, root, folder)?;
        Ok(tree)
    }

    /// `below` is the folder in which the module's children have their files.
    fn read_file(&mut self, module: usize, file: &Path, below: &Path) -> anyhow::Result<()> {
        let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let parsed = syn::parse_file(&text).with_context(|| format!("cannot parse {}", file.display()))?;
        self.read_items(module, &parsed.items, file, below)
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a foreign enum that grows; what is new is code that names things"
    )]
    fn read_items(&mut self, module: usize, items: &[Item], file: &Path, below: &Path) -> anyhow::Result<()> {
        for item in items {
            if is_for_tests(attributes(item)) {
                continue;
            }
            match item {
                Item::Mod(child) => self.read_child(module, child, file, below)?,
                Item::Use(import) => {
                    let is_private = matches!(import.vis, Visibility::Inherited);
                    for import in expanded(import) {
                        let Some(known) = self.modules.get_mut(module) else { continue };
                        if is_private {
                            known.named.insert(import.path.clone());
                        }
                        match import.name {
                            Some(name) => drop(known.imports.insert(name, import.path)),
                            None => known.globs.push(import.path),
                        }
                    }
                }
                other => {
                    let Some(known) = self.modules.get_mut(module) else { continue };
                    known.items.extend(name(other));
                    let mut names = Names::default();
                    names.visit_item(other);
                    known.named.extend(names.paths);
                    // As if they stood above: a block's imports seldom have names that mean something else outside.
                    for import in names.imports {
                        match import.name {
                            Some(name) => drop(known.imports.entry(name).or_insert(import.path)),
                            None => known.globs.push(import.path),
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn read_child(&mut self, parent: usize, child: &ItemMod, file: &Path, below: &Path) -> anyhow::Result<()> {
        let (nth, own) = (self.modules.len(), child.ident.to_string());
        let Some(known) = self.modules.get_mut(parent) else { return Ok(()) };
        known.children.insert(own.clone(), nth);
        let name = if known.name.is_empty() { own.clone() } else { format!("{}::{own}", known.name) };
        self.modules.push(Module { name, parent: Some(parent), ..Module::default() });
        let inner = below.join(&own);
        if let Some((_, items)) = &child.content {
            return self.read_items(nth, items, file, &inner);
        }
        let named = path_attribute(&child.attrs).map(|path| file.parent().unwrap_or(file).join(path));
        let usual = [below.join(format!("{own}.rs")), inner.join("mod.rs")];
        let found = named.into_iter().chain(usual).find(|file| file.is_file());
        let found = found.with_context(|| format!("{} declares {own}, which has no file", file.display()))?;
        self.read_file(nth, &found, &inner)
    }
}

fn path_attribute(attributes: &[Attribute]) -> Option<PathBuf> {
    let value =
        attributes.iter().find(|attribute| attribute.path().is_ident("path"))?.meta.require_name_value().ok()?;
    if let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &value.value {
        Some(text.value().into())
    } else {
        None
    }
}

/// The name that an item defines.
#[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum that grows; what is new defines nothing we know of")]
fn name(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a foreign enum that grows; what is new has no attributes we know of"
)]
fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
