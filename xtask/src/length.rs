//! No file is longer than people read in one go, unless its header says why.

use std::fs;

use anyhow::bail;

use crate::workspace::{Workspace, files_below};

pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<()> {
    let mut too_long = Vec::new();
    for folder in FOLDERS {
        for file in files_below(&workspace.path(folder))? {
            let is_code = file.extension().is_some_and(|end| end == "rs" || end == "js");
            let name = file.strip_prefix(workspace.root()).unwrap_or(&file).to_string_lossy().replace('\\', "/");
            let is_ours = !name.contains("/node_modules/") && !name.starts_with("testing/fuzz/target/");
            let is_held = !NOT_HELD_YET.iter().any(|folder| name.starts_with(folder));
            if is_code && is_ours && is_held && is_too_long(&fs::read_to_string(&file)?) {
                too_long.push(name);
            }
        }
    }
    if too_long.is_empty() {
        return Ok(());
    }
    bail!(
        "{}\nSplit each by meaning, or say why it is long in a line of its header that begins with \"{REASON}\".",
        too_long.join("\n")
    )
}

fn is_too_long(text: &str) -> bool {
    let header = text.lines().take_while(|line| line.starts_with("//"));
    let has_reason = header.map(|line| line.trim_start_matches(['/', '!', ' '])).any(|line| line.starts_with(REASON));
    text.lines().count() > MOST_LINES && !has_reason
}

const MOST_LINES: usize = 400;

const REASON: &str = "Long because";

/// Where code lies.
const FOLDERS: [&str; 6] = ["crates", "extension", "native-host", "testing", "www", "xtask"];

/// Crates that have such files still.
const NOT_HELD_YET: [&str; 0] = [];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_needs_a_reason_in_its_header() {
        let long = "let x = 1;\n".repeat(MOST_LINES);
        assert!(!is_too_long(&long));
        assert!(is_too_long(&format!("//! What it is.\n{long}")));
        assert!(!is_too_long(&format!("//! What it is.\n//! Long because it is a table.\n{long}")));
        assert!(!is_too_long(&format!("// What it is.\n// Long because it is a table.\n{long}")));
        assert!(is_too_long(&format!("{long}// Long because nobody looked.\n")));
    }
}
