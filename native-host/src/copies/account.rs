//! How archives are doing, in a file that all runs of this program share.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use detour_core::copies::Health;

use crate::place::{self, Readers};

/// The accounts, in a file or, where there is none, in memory.
#[derive(Debug)]
pub struct Accounts {
    path: Option<PathBuf>,
    in_memory: Mutex<Health>,
}

impl Accounts {
    /// Those of this file; `None` keeps them for this run alone.
    #[must_use]
    pub fn at(path: Option<PathBuf>) -> Self {
        Self { path, in_memory: Mutex::default() }
    }

    /// Works on the accounts while nobody else does. A file that cannot be read or written costs the memory of other runs,
    /// not the search.
    pub fn with<T>(&self, work: impl FnOnce(&mut Health) -> T) -> T {
        let mut health = self.in_memory.lock().unwrap_or_else(PoisonError::into_inner);
        let locked = self.path.as_deref().and_then(|path| {
            let locked = lock(path).inspect_err(|error| tracing::warn!(path = %path.display(), %error, "not locked"));
            Some((path, locked.ok()?))
        });
        if let Some((path, _)) = &locked {
            *health = load(path);
        }
        let done = work(&mut health);
        if let Some((path, _)) = &locked
            && let Err(error) = save(&health, path)
        {
            tracing::warn!(path = %path.display(), %error, "how archives are doing cannot be kept");
        }
        done
    }
}

/// A lock beside the file, since the file itself is replaced.
fn lock(path: &Path) -> io::Result<File> {
    place::lock(&path.with_extension("lock"))
}

/// What cannot be read is as good as nothing.
fn load(path: &Path) -> Health {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// For its owner alone: it names the pages that copies were looked for of.
fn save(health: &Health, path: &Path) -> io::Result<()> {
    place::replace(path, &serde_json::to_vec(health)?, Readers::Owner)
}

/// Where they are kept when nobody says otherwise: beside the lists of CDNs' addresses.
#[must_use]
pub fn default_path(os: &str, environment: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    crate::ranges::default_path(os, environment).map(|path| path.with_file_name("archives.json"))
}

#[cfg(test)]
mod tests {
    use detour_core::copies::Work;
    use detour_core::observation::Millis;

    use super::*;

    #[test]
    fn runs_beside_each_other_share_one_limit() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/archives.json");
        let now = Millis(1_623_145_620_000);
        let sent: usize = std::thread::scope(|scope| {
            let run = || {
                let accounts = Accounts::at(Some(path.clone()));
                let ask = |_: &u32| accounts.with(|h| h.reserve("a", Work::Question, 24, now, now).is_ok());
                (0..10_u32).filter(ask).count()
            };
            let runs: Vec<_> = (0..4).map(|_| scope.spawn(run)).collect();
            runs.into_iter().map(|run| run.join().unwrap()).sum()
        });
        assert_eq!(sent, 4);
    }

    #[test]
    fn a_damaged_file_and_a_folder_that_cannot_be_written_cost_no_search() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("archives.json");
        std::fs::write(&path, "{\"accounts\": 7").unwrap();
        let accounts = Accounts::at(Some(path));
        accounts.with(|health| health.failed("a", Millis(1)));
        assert_eq!(accounts.with(|health| health.accounts.len()), 1);
        let nowhere = Accounts::at(Some(PathBuf::from("/proc/nowhere/archives.json")));
        nowhere.with(|health| health.failed("a", Millis(1)));
        assert_eq!(nowhere.with(|health| health.accounts.len()), 1);
    }
}
