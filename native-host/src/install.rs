//! Telling browsers where the host is: one small manifest file each, on Windows a registry value as well.
//!
//! Browsers are data. Which files exist is asked of the caller's [`Surroundings`], so that every system's
//! paths can be tested on any other.

mod browsers;
mod manifest;
#[cfg(windows)]
mod registry;
mod sandboxes;
mod surroundings;

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::place::{self, Readers};
use crate::printable::{Lines, in_json};

pub use browsers::{BROWSERS, Browser, Family, browser};
pub use manifest::{Ids, expected, ids};
pub use sandboxes::{Sandbox, SandboxKind, sandboxes};
pub use surroundings::{Os, Surroundings};

/// What `install` and `uninstall` are asked for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// One browser by its key; otherwise all that are found.
    pub browser: Option<String>,
    /// A folder to use in place of the browser's own.
    pub dir: Option<PathBuf>,
    /// Say what would be done, and do nothing.
    pub dry_run: bool,
}

/// Why nothing could be installed or removed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// The key is not in the table.
    #[error("there is no browser called {0}; choose one of: {known}", known = browsers::keys())]
    UnknownBrowser(String),
    /// A folder alone does not say whose it is.
    #[error("--dir needs --browser, because each family of browsers wants its own kind of file")]
    DirWithoutBrowser,
    /// None of the known browsers is here.
    #[error("no browser was found; name one with --browser ({known})", known = browsers::keys())]
    NothingFound,
    /// The home folder is not known.
    #[error("the folder for {0} is not known, because HOME is not set; name it with --dir")]
    NoHome(&'static str),
    /// Somebody else could exchange what browsers would start.
    #[error("{risk}, and with it the program that browsers would start; to mend it: {remedy}")]
    Exposed {
        /// Who can change what.
        risk: String,
        /// What to type.
        remedy: String,
    },
    /// A file or the registry refused.
    #[error("cannot {action} {path}: {source}; check its permissions")]
    Refused {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// What is said to the user could not be written.
    #[error("cannot write to the terminal: {0}")]
    Output(#[from] std::io::Error),
}

/// Makes the host at `executable` known.
///
/// # Errors
/// [`InstallError`]; browsers before the one that failed stay installed.
pub fn install(
    request: &Request,
    surroundings: &Surroundings,
    executable: &Path,
    out: &mut impl Write,
) -> Result<(), InstallError> {
    let chosen = chosen(request, surroundings);
    // What a browser starts by itself has to be this user's.
    if let Some(risk) = place::risks(executable).into_iter().find(place::Risk::is_grave) {
        return Err(InstallError::Exposed { risk: risk.to_string(), remedy: risk.remedy() });
    }
    explain_sandboxes(request, surroundings, executable, out)?;
    for browser in chosen? {
        let path = manifest_path(browser, request, surroundings)?;
        let text = manifest::text(browser.family, executable);
        if request.dry_run {
            out.line(format_args!("{}: would write {}:", browser.name, path.display()))?;
            writeln!(out, "{}", in_json(&text))?;
        } else {
            write_file(&path, &text)?;
            out.line(format_args!("{}: wrote {}", browser.name, path.display()))?;
        }
        register(browser, surroundings, &path, request.dry_run, out)?;
    }
    Ok(())
}

/// Takes back what [`install`] did.
///
/// # Errors
/// [`InstallError`]; a manifest that is not there is no error.
pub fn uninstall(request: &Request, surroundings: &Surroundings, out: &mut impl Write) -> Result<(), InstallError> {
    let everywhere: Vec<&Browser> = match chosen(request, surroundings) {
        Ok(chosen) => chosen,
        // A browser may have gone before its manifest.
        Err(InstallError::NothingFound) => BROWSERS.iter().collect(),
        Err(error) => return Err(error),
    };
    for browser in everywhere {
        let path = manifest_path(browser, request, surroundings)?;
        if !path.exists() {
            out.line(format_args!("{}: nothing at {}", browser.name, path.display()))?;
        } else if request.dry_run {
            out.line(format_args!("{}: would remove {}", browser.name, path.display()))?;
        } else {
            std::fs::remove_file(&path).map_err(refused("remove", &path))?;
            out.line(format_args!("{}: removed {}", browser.name, path.display()))?;
        }
        unregister(browser, surroundings, request.dry_run, out)?;
    }
    Ok(())
}

/// Where a browser's manifest belongs.
///
/// # Errors
/// [`InstallError::NoHome`].
pub fn manifest_path(
    browser: &Browser,
    request: &Request,
    surroundings: &Surroundings,
) -> Result<PathBuf, InstallError> {
    let file = |name: &str| format!("{name}.json");
    if let Some(dir) = &request.dir {
        return Ok(dir.join(file(&ids().host_name)));
    }
    let dir = browser.manifest_dir(surroundings).ok_or(InstallError::NoHome(browser.name))?;
    // On Windows all browsers share a folder, and the registry points each to its family's file.
    Ok(dir.join(match (surroundings.os, browser.family) {
        (Os::Linux | Os::MacOs, _) => file(&ids().host_name),
        (Os::Windows, Family::Chromium) => file("chromium"),
        (Os::Windows, Family::Firefox) => file("firefox"),
    }))
}

fn chosen(request: &Request, surroundings: &Surroundings) -> Result<Vec<&'static Browser>, InstallError> {
    match &request.browser {
        Some(key) => Ok(vec![browser(key).ok_or_else(|| InstallError::UnknownBrowser(key.clone()))?]),
        None if request.dir.is_some() => Err(InstallError::DirWithoutBrowser),
        None => {
            let found: Vec<_> = BROWSERS.iter().filter(|browser| browser.is_found(surroundings)).collect();
            if found.is_empty() { Err(InstallError::NothingFound) } else { Ok(found) }
        }
    }
}

fn explain_sandboxes(
    request: &Request,
    surroundings: &Surroundings,
    executable: &Path,
    out: &mut impl Write,
) -> Result<(), InstallError> {
    if request.dir.is_some() {
        return Ok(()); // whoever names a folder has read the explanation
    }
    for sandbox in sandboxes(surroundings) {
        if request.browser.as_ref().is_none_or(|key| key == sandbox.browser) {
            for line in sandbox.explanation(surroundings, executable) {
                out.line(line)?;
            }
            out.line("")?;
        }
    }
    Ok(())
}

/// A browser never reads half a file.
fn write_file(path: &Path, text: &str) -> Result<(), InstallError> {
    place::replace(path, text.as_bytes(), Readers::Everybody).map_err(refused("write", path))
}

fn refused(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> InstallError {
    move |source| InstallError::Refused { action, path: path.to_owned(), source }
}

/// Points the registry to the manifest, where there is a registry.
fn register(
    browser: &Browser,
    surroundings: &Surroundings,
    path: &Path,
    is_dry_run: bool,
    out: &mut impl Write,
) -> Result<(), InstallError> {
    if surroundings.os != Os::Windows {
        return Ok(());
    }
    let key = browser.registry_key(&ids().host_name);
    if is_dry_run {
        out.line(format_args!("{}: would set HKEY_CURRENT_USER\\{key} to {}", browser.name, path.display()))?;
        return Ok(());
    }
    #[cfg(windows)]
    registry::set(&key, path).map_err(refused("write", Path::new(&key)))?;
    Ok(())
}

/// Whether the browser is told of the manifest: by its place, or on Windows by the registry.
#[must_use]
pub fn is_registered(browser: &Browser, path: &Path) -> bool {
    #[cfg(windows)]
    return registry::path(&browser.registry_key(&ids().host_name)).is_some_and(|known| known == path);
    #[cfg(not(windows))]
    {
        let _ = (browser, path);
        true
    }
}

fn unregister(
    browser: &Browser,
    surroundings: &Surroundings,
    is_dry_run: bool,
    out: &mut impl Write,
) -> Result<(), InstallError> {
    if surroundings.os != Os::Windows {
        return Ok(());
    }
    let key = browser.registry_key(&ids().host_name);
    if is_dry_run {
        out.line(format_args!("{}: would remove HKEY_CURRENT_USER\\{key}", browser.name))?;
        return Ok(());
    }
    #[cfg(windows)]
    registry::remove(&key).map_err(refused("remove", Path::new(&key)))?;
    Ok(())
}

#[cfg(test)]
mod tests;
