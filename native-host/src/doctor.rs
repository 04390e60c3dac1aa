//! `detour doctor`: whether browsers can find and start the host, and the command that mends what is wrong.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use detour_core::port::{MAX_TO_BROWSER, PROTOCOL, Reply, Request};
use native_messaging::host::{recv_json, send_json};
use serde_json::Value;

use crate::install::{self, BROWSERS, Browser, Family, Surroundings, expected, ids, manifest_path, sandboxes};
use crate::place::{self, quoted};

/// What was found out, in the order it is told.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Diagnosis {
    /// Good or bad, with what to do about it.
    pub lines: Vec<String>,
    /// How many of them are problems.
    pub problems: usize,
}

impl Diagnosis {
    fn good(&mut self, line: String) {
        self.lines.push(format!("ok       {line}"));
    }

    /// What is neither good nor bad.
    pub fn note(&mut self, line: String) {
        self.lines.push(format!("note     {line}"));
    }

    fn problem(&mut self, line: &str, fix: &str) {
        self.problems += 1;
        self.lines.push(format!("problem  {line}"));
        self.lines.push(format!("         to mend it: {fix}"));
    }

    /// Whether others could change a file. `what` says what it is.
    fn exposure(&mut self, what: &str, path: &Path) -> bool {
        let risks = place::risks(path);
        for risk in &risks {
            self.problem(&format!("{what} {}: {risk}", path.display()), &risk.remedy());
        }
        !risks.is_empty()
    }
}

/// Looks at every browser that is here, or at the one that is named, and says hello to the host.
///
/// # Errors
/// [`install::InstallError`], when the named browser does not exist or no home folder is known.
pub fn examine(
    request: &install::Request,
    surroundings: &Surroundings,
    executable: &Path,
) -> Result<Diagnosis, install::InstallError> {
    let mut diagnosis = Diagnosis::default();
    let named = match &request.browser {
        Some(key) => Some(install::browser(key).ok_or_else(|| install::InstallError::UnknownBrowser(key.clone()))?),
        None => None,
    };
    let looked_at: Vec<&Browser> = match named {
        Some(browser) => vec![browser],
        None => BROWSERS.iter().filter(|browser| browser.is_found(surroundings)).collect(),
    };
    let boxed: Vec<_> =
        sandboxes(surroundings).filter(|boxed| named.is_none_or(|named| named.key == boxed.browser)).collect();
    if looked_at.is_empty() && boxed.is_empty() {
        diagnosis.problem("no browser was found", "detour install --browser NAME");
    }
    let mut hosts = vec![executable.to_owned()];
    for browser in looked_at {
        let path = manifest_path(browser, request, surroundings)?;
        let fix = match &request.dir {
            Some(dir) => format!("detour install --browser {} --dir {}", browser.key, quoted(dir)),
            None => format!("detour install --browser {}", browser.key),
        };
        if path.exists() {
            diagnosis.exposure(&format!("{}: the manifest", browser.name), &path);
            if let Some(end) = end_of_links(&path) {
                diagnosis.note(format!("{}: {} is a link to {}", browser.name, path.display(), end.display()));
            }
        }
        match examine_manifest(browser.family, &path) {
            Ok(_) if !install::is_registered(browser, &path) => {
                diagnosis.problem(&format!("{}: the registry does not name {}", browser.name, path.display()), &fix);
            }
            Ok(host) => {
                let leads = format!("{}: {} leads to {}", browser.name, path.display(), host.display());
                if is_same(&host, executable) {
                    diagnosis.good(leads);
                } else {
                    diagnosis.problem(&format!("{leads}, and not to this program, {}", executable.display()), &fix);
                }
                if !hosts.contains(&host) {
                    hosts.push(host);
                }
            }
            Err(trouble) => diagnosis.problem(&format!("{}: {trouble}", browser.name), &fix),
        }
    }
    for boxed in boxed {
        let found = boxed.manifest_dir(surroundings).map(|dir| dir.join(format!("{}.json", ids().host_name)));
        match found.filter(|path| path.exists()) {
            Some(path) => {
                diagnosis.exposure(&format!("{} from {:?}: the manifest", boxed.browser, boxed.kind), &path);
                diagnosis.good(format!("{} from {:?}: {} is there", boxed.browser, boxed.kind, path.display()));
            }
            None => {
                let [what, how] = boxed.explanation(surroundings, executable);
                diagnosis.note(what);
                diagnosis.lines.push(format!("         {how}"));
            }
        }
    }
    if let Some(config) = surroundings.config_base().map(|base| base.join("detour/config.toml"))
        && config.exists()
    {
        // It says what may be looked at, private addresses among it, and whose certificates are believed.
        diagnosis.exposure("the config file", &config);
    }
    for host in hosts {
        if let Some(end) = end_of_links(&host) {
            diagnosis.note(format!("{} is a link to {}", host.display(), end.display()));
        }
        if diagnosis.exposure("the program", &host) {
            // It may be somebody else's by now.
            diagnosis.note(format!("{} was not started to see whether it answers", host.display()));
            continue;
        }
        match greet(&host) {
            Ok(version) => diagnosis.good(format!("{} answers: version {version}", host.display())),
            Err(trouble) => diagnosis.problem(
                &format!("{} does not answer: {trouble}", host.display()),
                "install Detour's program again, then run detour install",
            ),
        }
    }
    if cfg!(windows) {
        diagnosis.note(WINDOWS_RIGHTS.to_owned());
    }
    Ok(diagnosis)
}

/// Where a path ends, if links are on the way.
fn end_of_links(path: &Path) -> Option<PathBuf> {
    let end = path.canonicalize().ok()?;
    (std::path::absolute(path).ok()? != end && !cfg!(windows)).then_some(end)
}

fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real(one) == real(other)
}

/// Reads a manifest as a browser would; the host's path, or the first thing that is wrong.
fn examine_manifest(family: Family, path: &Path) -> Result<PathBuf, String> {
    let place = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let is_missing = error.kind() == io::ErrorKind::NotFound;
        if is_missing { format!("there is no {place}") } else { format!("{place} cannot be read ({error})") }
    })?;
    let manifest: Value = serde_json::from_str(&text).map_err(|error| format!("{place} is no JSON ({error})"))?;
    let host = PathBuf::from(manifest.get("path").and_then(Value::as_str).unwrap_or_default());
    if !host.is_absolute() {
        return Err(format!("{place} names no absolute path to the host"));
    }
    // Everything but the path is the same on every machine; browsers compare it to the letter.
    if let Some(key) = first_difference(&expected(family, &host), &manifest) {
        return Err(format!("{place} has another \"{key}\" than this version of Detour"));
    }
    if !is_executable(&host) {
        return Err(format!("{place} leads to {}, which is missing or not executable", host.display()));
    }
    Ok(host)
}

fn first_difference(expected: &Value, found: &Value) -> Option<String> {
    let differs = |(key, value): (&String, &Value)| (found.get(key) != Some(value)).then(|| key.clone());
    expected.as_object()?.iter().filter(|(key, _)| *key != "description").find_map(differs)
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

/// Starts a host as a browser would, and exchanges greetings.
fn greet(host: &Path) -> Result<String, String> {
    let mut child = Command::new(host)
        .arg(format!("chrome-extension://{}/", ids().chromium_id))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let answer = match (child.stdin.take(), child.stdout.take()) {
        (Some(input), Some(output)) => exchange(input, output),
        _ => Err("its pipes did not open".to_owned()),
    };
    // Its input is closed by now, so it ends by itself; one that hangs is ended.
    let _ = child.kill();
    let _ = child.wait();
    answer
}

fn exchange(mut input: impl Write, mut output: impl Read + Send + 'static) -> Result<String, String> {
    let hello = Request::Hello { protocol: PROTOCOL, version: env!("CARGO_PKG_VERSION").to_owned() };
    send_json(&mut input, &hello).map_err(|error| error.to_string())?;
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        // Nobody listens any more after the time-out.
        let _ = tell.send(recv_json::<Reply, _>(&mut output, MAX_TO_BROWSER));
    });
    match told.recv_timeout(PATIENCE) {
        Ok(Ok(Reply::Hello { version, .. })) => Ok(version),
        Ok(Ok(Reply::Refused { message, .. })) => Err(message),
        Ok(Ok(other)) => Err(format!("it said something else: {other:?}")),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("it was silent for {} s", PATIENCE.as_secs())),
    }
}

/// Windows keeps rights in lists that are not read here: what was not looked at is not called fine.
const WINDOWS_RIGHTS: &str =
    "who else could change these files was not looked at: see Properties, Security of each of them";

/// A host starts in milliseconds; a virus scanner may hold its first start back.
const PATIENCE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(text: &str) -> String {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("org.detour.host.json");
        std::fs::write(&path, text).unwrap();
        examine_manifest(Family::Firefox, &path).unwrap_err()
    }

    #[test]
    fn each_flaw_of_a_manifest_is_named() {
        let with = |key: &str, value: Value| {
            let mut manifest = expected(Family::Firefox, Path::new("/nonexistent/detour"));
            manifest[key] = value;
            manifest.to_string()
        };
        assert!(trouble("{").contains("is no JSON"));
        assert!(trouble(&with("path", "detour".into())).contains("no absolute path"));
        assert!(trouble(&with("allowed_extensions", Value::from(vec!["x@y"]))).contains("allowed_extensions"));
        assert!(trouble(&with("name", "org.other".into())).contains("\"name\""));
        assert!(trouble(&with("description", "old words".into())).contains("missing or not executable"));
        assert!(
            examine_manifest(Family::Firefox, Path::new("/nonexistent/x.json")).unwrap_err().contains("there is no")
        );
    }
}
