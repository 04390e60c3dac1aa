//! What decides has neither clock, chance nor I/O: the same events give the same verdict, in a browser, on the command line
//! and in a test that is a year long.

use std::fs;

use anyhow::bail;

use crate::workspace::{Workspace, files_below};

pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<()> {
    let mut faults = Vec::new();
    for name in PURE {
        for file in files_below(&workspace.path("crates").join(name).join("src"))? {
            let is_test = file.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs");
            if is_test || file.extension().is_none_or(|end| end != "rs") {
                continue;
            }
            let shown = file.strip_prefix(workspace.root()).unwrap_or(&file).display();
            let text = fs::read_to_string(&file)?;
            faults.extend(impure(&text).map(|(line, word)| format!("{shown}:{line}: {word}")));
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    bail!("{}\nThese crates decide: let the caller say what the time is, and do what is to be done.", faults.join("\n"))
}

/// The lines before the tests that use what has a clock, chance or I/O.
fn impure(text: &str) -> impl Iterator<Item = (usize, &'static str)> {
    let code = text.split("#[cfg(test)]\nmod").next().unwrap_or_default();
    let lines = code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    lines.filter_map(|(nth, line)| Some((nth + 1, *WORDS.iter().find(|word| line.contains(**word))?)))
}

/// All that `core` uses, and `core`.
const PURE: [&str; 5] = ["model", "cdn", "verdict", "copies", "core"];

/// Hash maps too: their order is chance.
const WORDS: [&str; 16] = [
    "std::env",
    "std::fs",
    "std::io",
    "std::process",
    "std::thread",
    "std::time",
    "SystemTime",
    "Instant",
    "TcpStream",
    "UdpSocket",
    "HashMap",
    "HashSet",
    "RandomState",
    "rand::",
    "tokio",
    "js_sys",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_chance_and_sockets_are_found_outside_of_comments_and_tests() {
        let code = "// Not by std::time.\nuse std::net::IpAddr;\nuse std::time::Instant;\nlet map = HashMap::new();\n\
                    #[cfg(test)]\nmod tests { use std::fs; }";
        assert_eq!(impure(code).collect::<Vec<_>>(), [(3, "std::time"), (4, "HashMap")]);
    }
}
