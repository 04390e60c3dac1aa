//! What the process of the extension's pages has and uses for itself, as the kernel tells it.

use anyhow::{Result, ensure};

use crate::engine::Engine;

/// In megabytes. The namespace shows no other browser than the one that is measured.
pub(super) fn of_extension(engine: Engine) -> Result<f64> {
    let rollups = of_its_processes(engine, "smaps_rollup")?;
    let kilobytes: u64 = rollups.iter().map(|rollup| private_kilobytes(rollup)).sum();
    ensure!(kilobytes > 0, "the extension's process says nothing of its memory");
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let megabytes = kilobytes as f64 * 1024.0 / 1e6;
    Ok(megabytes)
}

/// Seconds of CPU that it has used so far.
pub(in crate::bench) fn seconds_of_extension(engine: Engine) -> Result<f64> {
    let ticks: u64 = of_its_processes(engine, "stat")?.iter().map(|stat| ticks(stat)).sum();
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let seconds = ticks as f64 / TICKS_PER_SECOND;
    Ok(seconds)
}

/// What the kernel says in this file of each process of the extension.
fn of_its_processes(engine: Engine, file: &str) -> Result<Vec<String>> {
    let mut said = Vec::new();
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
            said.push(std::fs::read_to_string(path.join(file)).unwrap_or_default());
        }
    }
    ensure!(!said.is_empty(), "the extension's process is nowhere");
    Ok(said)
}

/// User and system time, the 14th and 15th word; the second is a name in brackets, which may have blanks.
fn ticks(stat: &str) -> u64 {
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    after_name.split_ascii_whitespace().skip(11).take(2).filter_map(|word| word.parse::<u64>().ok()).sum()
}

/// `USER_HZ`, which Linux promises to programs whatever the kernel's own clock is.
const TICKS_PER_SECOND: f64 = 100.0;

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

    #[test]
    fn user_and_system_time_are_added() {
        let stat = "71 (a name) with) S 1 71 71 0 -1 4194560 900 0 2 0 250 30 0 0 20 0";
        assert_eq!(ticks(stat), 280);
    }
}
