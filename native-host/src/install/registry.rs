//! Windows' registry: where browsers there learn where the manifest lies.

use std::io;
use std::path::{Path, PathBuf};

use winreg::RegKey;
use winreg::enums::HKEY_CURRENT_USER;

/// Sets a key's default value to a path.
pub(super) fn set(key: &str, path: &Path) -> io::Result<()> {
    let (key, _) = RegKey::predef(HKEY_CURRENT_USER).create_subkey(key)?;
    key.set_value("", &path.as_os_str())
}

/// The path that a key's default value names.
pub(super) fn path(key: &str) -> Option<PathBuf> {
    let key = RegKey::predef(HKEY_CURRENT_USER).open_subkey(key).ok()?;
    key.get_value::<String, _>("").ok().map(PathBuf::from)
}

/// Removes a key; one that is not there is fine.
pub(super) fn remove(key: &str) -> io::Result<()> {
    match RegKey::predef(HKEY_CURRENT_USER).delete_subkey_all(key) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
