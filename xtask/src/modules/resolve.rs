//! From the paths that a module names to the modules that define what they name.

use super::graph::Graph;
use super::tree::{Module, Tree};

/// What a path leads to.
enum Found {
    Module(usize),
    /// An item by its own name, and the module that defines it.
    Item(usize, String),
}

/// Who uses whom.
pub(super) fn graph(tree: &Tree) -> Graph {
    let name = |nth: usize| tree.modules.get(nth).map_or("", |module| module.name.as_str()).to_owned();
    let mut graph = Graph::default();
    for (user, module) in tree.modules.iter().enumerate() {
        for path in &module.named {
            let Some(Found::Item(used, item)) = resolve(tree, user, path, DEPTH) else { continue };
            if used != user {
                graph.add(&name(user), &name(used), &item);
            }
        }
    }
    graph
}

/// Where a path leads that is named in this module; `None`: to another crate, or to something local.
fn resolve(tree: &Tree, from: usize, path: &[String], depth: usize) -> Option<Found> {
    let depth = depth.checked_sub(1)?;
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" => walk(tree, 0, rest, depth),
        "self" => walk(tree, from, rest, depth),
        "super" => {
            let parent = tree.modules.get(from)?.parent?;
            if rest.is_empty() {
                return Some(Found::Module(parent));
            }
            // Also `super::super`.
            if rest.first().is_some_and(|next| next == "super") {
                resolve(tree, parent, rest, depth)
            } else {
                walk(tree, parent, rest, depth)
            }
        }
        _ => walk(tree, from, path, depth),
    }
}

/// Follows a path that begins in a module.
fn walk(tree: &Tree, module: usize, path: &[String], depth: usize) -> Option<Found> {
    let Some((first, rest)) = path.split_first() else { return Some(Found::Module(module)) };
    let known = tree.modules.get(module)?;
    // Where an item has its module's name, the path's end means the item, and anything before it the module.
    let child = known.children.get(first);
    match child {
        Some(child) if !rest.is_empty() => walk(tree, *child, rest, depth),
        _ => item(tree, module, known, first, rest, depth).or(child.map(|child| Found::Module(*child))),
    }
}

fn item(tree: &Tree, module: usize, known: &Module, name: &str, rest: &[String], depth: usize) -> Option<Found> {
    if known.items.contains(name) {
        return Some(Found::Item(module, name.to_owned()));
    }
    if let Some(import) = known.imports.get(name) {
        return match resolve(tree, module, import, depth)? {
            Found::Module(imported) => walk(tree, imported, rest, depth.checked_sub(1)?),
            item @ Found::Item(..) => Some(item),
        };
    }
    known.globs.iter().find_map(|glob| match resolve(tree, module, glob, depth)? {
        Found::Module(imported) if imported != module => {
            let path: Vec<String> = std::iter::once(name.to_owned()).chain(rest.iter().cloned()).collect();
            walk(tree, imported, &path, depth.checked_sub(1)?)
        }
        // An enum's variants.
        Found::Module(_) | Found::Item(..) => None,
    })
}

/// More steps than any honest path takes: imports may lead in a ring.
const DEPTH: usize = 16;
