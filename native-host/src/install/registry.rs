//! Windows' registry: where browsers there learn where the manifest lies.

use std::io;
use std::path::Path;

use winreg::RegKey;
use winreg::enums::HKEY_CURRENT_USER;

/// Sets a key's default value to a path.
pub(super) fn set(key: &str, path: &Path) -> io::Result<()> {
    let (key, _) = RegKey::predef(HKEY_CURRENT_USER).create_subkey(key)?;
    key.set_value("", &path.as_os_str())
}

/// Removes a key; one that is not there is fine.
pub(super) fn remove(key: &str) -> io::Result<()> {
    match RegKey::predef(HKEY_CURRENT_USER).delete_subkey_all(key) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
