//! Which stories of a browser have been taken, among the processes that play them.

use std::fs::File;
use std::io::ErrorKind;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

/// A folder with a file for each story that somebody plays or has played.
#[derive(Debug)]
pub(super) struct Taken(PathBuf);

impl Taken {
    /// The folder is there, and empty when the first story is taken.
    pub(super) const fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Takes a story; false if another player has it.
    pub(super) fn take(&self, nth: usize) -> Result<bool> {
        let path = self.0.join(nth.to_string());
        match File::options().write(true).create_new(true).open(&path) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error).with_context(|| format!("taking a story: {}", path.display())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_is_taken_once_whoever_asks() {
        let folder = std::env::temp_dir().join(format!("detour-taken-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (one, other) = (Taken::new(folder.clone()), Taken::new(folder.clone()));
        assert!(one.take(0).unwrap() && other.take(1).unwrap());
        assert!(!one.take(1).unwrap() && !other.take(0).unwrap());
        assert!(Taken::new(folder.join("nowhere")).take(0).is_err());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
