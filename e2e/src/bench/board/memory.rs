//! What the process of the extension's pages has for itself, as the kernel tells it.

use anyhow::{Result, ensure};

use crate::engine::Engine;

/// In megabytes. The namespace shows no other browser than the one that is measured.
pub(super) fn of_extension(engine: Engine) -> Result<f64> {
    let mut kilobytes = 0;
    for entry in std::fs::read_dir("/proc")? {
        let path = entry?.path();
        let is_own = match engine {
            Engine::Chromium => std::fs::read(path.join("cmdline"))
                .is_ok_and(|words| String::from_utf8_lossy(&words).contains("--extension-process")),
            Engine::Firefox => {
                std::fs::read_to_string(path.join("comm")).is_ok_and(|name| name.starts_with("WebExten"))
            }
        };
        if is_own {
            kilobytes += private_kilobytes(&std::fs::read_to_string(path.join("smaps_rollup")).unwrap_or_default());
        }
    }
    ensure!(kilobytes > 0, "the extension's process is nowhere");
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let megabytes = kilobytes as f64 * 1024.0 / 1e6;
    Ok(megabytes)
}

/// What is shared with nobody.
fn private_kilobytes(rollup: &str) -> u64 {
    let fields = rollup.lines().filter_map(|line| line.strip_prefix("Private_")?.split_once(':'));
    let sizes = fields.filter(|(name, _)| matches!(*name, "Clean" | "Dirty"));
    sizes.filter_map(|(_, size)| size.trim().trim_end_matches(" kB").parse::<u64>().ok()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_shared_with_nobody_counts() {
        let rollup = "Rss:  900 kB\nShared_Clean: 500 kB\nPrivate_Clean:  100 kB\nPrivate_Dirty:  30 kB\nPrivate_Hugetlb: 7 kB\n";
        assert_eq!(private_kilobytes(rollup), 130);
    }
}
