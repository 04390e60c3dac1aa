//! No circles: within a crate, modules that use each other can only be read, tested and moved all at once.
//!
//! A module *uses* another one where its code names an item that is defined there, by whatever path and through whatever
//! re-export. A parent that only declares and re-exports its children uses none of them. What is compiled for unit tests
//! alone does not count. Methods are not seen, since only the compiler knows whose they are.

mod graph;
mod paths;
mod resolve;
mod tree;

use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::workspace::Workspace;
use graph::Graph;
use tree::Tree;

pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<()> {
    let mut circles = Vec::new();
    for folder in workspace.crates()? {
        let name = folder.strip_prefix(workspace.root()).unwrap_or(&folder).to_string_lossy().replace('\\', "/");
        if NOT_HELD_YET.contains(&name.as_str()) {
            continue;
        }
        for root in roots(&folder) {
            let graph = graph(&root)?;
            circles.extend(graph.circles().iter().map(|circle| format!("{name}: {circle}")));
        }
    }
    if circles.is_empty() {
        return Ok(());
    }
    bail!("{}\nMove what both need into a module that needs neither.", circles.join("\n"))
}

/// Who uses whom in the crate with this root file.
fn graph(root: &Path) -> anyhow::Result<Graph> {
    Ok(resolve::graph(&Tree::read(root)?))
}

fn roots(folder: &Path) -> Vec<PathBuf> {
    ["src/lib.rs", "src/main.rs"].map(|file| folder.join(file)).into_iter().filter(|file| file.is_file()).collect()
}

/// Crates that have circles still.
const NOT_HELD_YET: [&str; 0] = [];

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The circles of a crate with these files.
    fn circles(files: &[(&str, &str)]) -> Vec<String> {
        let folder = std::env::temp_dir().join(format!("circles-{}-{:p}", std::process::id(), &raw const files));
        for (name, text) in files {
            let file = folder.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let circles = graph(&folder.join("lib.rs")).unwrap().circles();
        fs::remove_dir_all(folder).unwrap();
        circles.iter().map(ToString::to_string).collect()
    }

    #[track_caller]
    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let found = circles(files);
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn two_modules_that_use_each_other_are_named_with_what_they_use() {
        check(
            &[
                ("lib.rs", "mod a; mod b; pub use a::A;"),
                ("a.rs", "use crate::b::B; pub struct A(B);"),
                ("b.rs", "pub struct B; fn make() -> Option<super::A> { None }"),
            ],
            &["a and b use each other\n  a uses b::B\n  b uses a::A"],
        );
    }

    #[test]
    fn a_child_and_a_parent_that_use_each_others_items_are_a_circle() {
        check(
            &[
                ("lib.rs", "mod a;"),
                ("a.rs", "mod b; pub struct A; fn parse() { b::read() }"),
                ("a/b.rs", "use super::A; pub fn read() { let _ = A; }"),
            ],
            &["a and a::b use each other\n  a uses a::b::read\n  a::b uses a::A"],
        );
    }

    #[test]
    fn a_parent_that_only_declares_and_re_exports_uses_no_child() {
        check(
            &[
                ("lib.rs", "mod a; mod b; pub use a::A; pub use b::*; pub(crate) use a::make;"),
                ("a.rs", "pub struct A; pub fn make() {}"),
                ("b.rs", "use super::{A, make}; pub struct B(A); pub fn go() { make() }"),
            ],
            &[],
        );
    }

    #[test]
    fn paths_in_macros_and_attributes_count_and_tests_do_not() {
        check(
            &[
                ("lib.rs", "mod a; mod b;"),
                ("a.rs", "#[derive(D)] struct A { #[serde(with = \"crate::b::text\")] b: u8 } pub fn one() {}"),
                ("b.rs", "pub mod text {} pub fn two() { println!(\"{}\", crate::a::one()) }"),
            ],
            &[],
        );
        let b = "pub fn text() {} pub fn two() { println!(\"{}\", crate::a::one()) }";
        let a = "struct A { #[serde(with = \"crate::b::text\")] b: u8 } pub fn one() {}";
        check(
            &[("lib.rs", "mod a; mod b;"), ("a.rs", a), ("b.rs", b)],
            &["a and b use each other\n  a uses b::text\n  b uses a::one"],
        );
        let tested = "pub fn one() {} #[cfg(test)] mod tests { use crate::b::two; #[test] fn t() { two() } }";
        check(&[("lib.rs", "mod a; mod b;"), ("a.rs", tested), ("b.rs", b)], &[]);
    }

    #[test]
    fn longer_circles_are_found_through_imported_modules_and_other_names() {
        check(
            &[
                ("lib.rs", "mod a; mod b; mod c; mod d; fn go() { a::f(); d::f() }"),
                ("a.rs", "use super::b as other; pub fn f() { other::f() }"),
                ("b.rs", "use crate::c::f as g; pub fn f() { g() }"),
                ("c.rs", "pub fn f() { use super::a; a::f() }"),
                ("d.rs", "use super::c; pub fn f() { c::f() }"),
            ],
            &["a, b and c use each other\n  a uses b::f\n  b uses c::f\n  c uses a::f"],
        );
    }
}
