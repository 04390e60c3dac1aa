//! Files that this program writes, and whether others could change what it relies on.
//!
//! A file is written under a name that nobody can foresee, beside the old one, and then takes its place: no moment has
//! half a file, and a link that somebody left there is replaced, not followed. Where others could exchange the folder
//! itself nothing is written. Windows gives each user's folders to that user alone, so nothing is asked there.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Who may read what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Its owner: it tells what somebody looked at. Its folder is this program's own, and closed as well.
    Owner,
    /// Everybody: browsers of all kinds of boxes read it.
    Everybody,
}

/// Writes a file whole, in the place of an older one.
pub(crate) fn replace(path: &Path, contents: &[u8], readers: Readers) -> io::Result<()> {
    let folder = folder_of(path);
    prepare(folder, readers)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".detour-").suffix(".new");
    #[cfg(unix)]
    if readers == Readers::Everybody {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o644));
    }
    // Made with O_EXCL under a random name, and removed again if anything fails before the end.
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// Opens a file that only serves as a lock; it ends with the handle.
pub(crate) fn lock(path: &Path) -> io::Result<File> {
    prepare(folder_of(path), Readers::Owner)?;
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    without_links(&mut options);
    let file = options.open(path)?;
    file.lock()?;
    Ok(file)
}

/// A new file is its owner's alone, and a link in its place is no file.
#[cfg(unix)]
fn without_links(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = rustix::fs::OFlags::NOFOLLOW.bits();
    options.mode(0o600).custom_flags(i32::try_from(flags).unwrap_or_default());
}

#[cfg(not(unix))]
fn without_links(_: &mut OpenOptions) {}

/// A file that the user named, to add to; if it is new, only they may read it.
pub(crate) fn append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(not(unix))]
fn prepare(folder: &Path, _: Readers) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

#[cfg(unix)]
fn prepare(folder: &Path, readers: Readers) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    let mode = match readers {
        Readers::Owner => 0o700,
        Readers::Everybody => 0o755,
    };
    std::fs::DirBuilder::new().recursive(true).mode(mode).create(folder)?;
    let found = risks(folder);
    if let Some(risk) = found.iter().find(|risk| risk.is_grave()) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, risk.to_string()));
    }
    let old = std::fs::metadata(folder)?.permissions().mode();
    if readers == Readers::Owner && old & 0o077 != 0 {
        // An earlier version left it open.
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Something on the way to a file that others can change.
#[cfg_attr(not(unix), allow(dead_code, reason = "nothing is asked there"))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Risk {
    path: PathBuf,
    kind: RiskKind,
}

/// Who else can change it.
#[cfg_attr(not(unix), allow(dead_code, reason = "nothing is asked there"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RiskKind {
    /// Every user of this computer.
    Everybody,
    /// The user of this number, who owns it.
    Owner(u32),
    /// The members of the group of this number.
    Group(u32),
}

impl Risk {
    /// Whether nothing is to be written there. A group may be one that the user chose to trust.
    pub(crate) const fn is_grave(&self) -> bool {
        matches!(self.kind, RiskKind::Everybody | RiskKind::Owner(_))
    }

    /// What to type.
    pub(crate) fn remedy(&self) -> String {
        let path = quoted(&self.path);
        match self.kind {
            RiskKind::Everybody => format!("chmod o-w {path}"),
            RiskKind::Owner(_) => format!("move it to a folder of yours, or chown it: {path}"),
            RiskKind::Group(_) => format!("chmod g-w {path}"),
        }
    }
}

impl std::fmt::Display for Risk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = self.path.display();
        match self.kind {
            RiskKind::Everybody => write!(f, "every user of this computer can change {path}"),
            RiskKind::Owner(uid) => write!(f, "another user (number {uid}) owns {path} and can change it"),
            RiskKind::Group(gid) => write!(f, "the members of group number {gid} can change {path}"),
        }
    }
}

/// A path for a shell, as one word, whatever is in it.
pub(crate) fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

/// Whoever could change this file, or what its path leads to: itself, every folder above it, and the same of every link on
/// the way. What does not exist is no risk.
#[cfg(unix)]
pub(crate) fn risks(path: &Path) -> Vec<Risk> {
    use std::os::unix::fs::MetadataExt;
    let me = Me::here();
    let found = way_to(path).into_iter().filter_map(|step| {
        let seen = std::fs::symlink_metadata(&step).ok()?;
        let seen = Seen {
            uid: seen.uid(),
            gid: seen.gid(),
            mode: seen.mode(),
            is_link: seen.is_symlink(),
            is_folder: seen.is_dir(),
        };
        Some(Risk { kind: seen.risk(&me)?, path: step })
    });
    found.collect()
}

#[cfg(not(unix))]
pub(crate) fn risks(_: &Path) -> Vec<Risk> {
    Vec::new()
}

/// Everything that is looked at on the way to a file, from the root on.
#[cfg(unix)]
fn way_to(path: &Path) -> Vec<PathBuf> {
    use std::path::Component;
    let Ok(path) = std::path::absolute(path) else { return Vec::new() };
    let mut way: Vec<PathBuf> = Vec::new();
    let mut here = PathBuf::new();
    let mut rest: Vec<std::ffi::OsString> = path.components().rev().map(|part| part.as_os_str().to_owned()).collect();
    let mut links = 0;
    while let Some(part) = rest.pop() {
        match Path::new(&part).components().next() {
            Some(Component::ParentDir) => {
                here.pop();
                continue;
            }
            Some(Component::CurDir) | None => continue,
            Some(Component::RootDir | Component::Prefix(_) | Component::Normal(_)) => here.push(&part),
        }
        if !way.contains(&here) {
            way.push(here.clone());
        }
        if let Ok(target) = std::fs::read_link(&here) {
            links += 1;
            if links > MOST_LINKS {
                break;
            }
            here.pop();
            rest.extend(target.components().rev().map(|part| part.as_os_str().to_owned()));
        }
    }
    way
}

/// As many as Linux follows.
#[cfg(unix)]
const MOST_LINKS: usize = 40;

/// Whose rights this program has.
#[cfg(unix)]
#[derive(Debug, Clone, Copy)]
struct Me {
    uid: u32,
    /// The number under which a namespace shows whom it has no number for, the system's root among them.
    unmapped: Option<u32>,
}

#[cfg(unix)]
impl Me {
    fn here() -> Self {
        let read = |path| std::fs::read_to_string(path).unwrap_or_default();
        let map = read("/proc/self/uid_map");
        let is_whole = map.is_empty() || map.split_whitespace().eq(["0", "0", "4294967295"]);
        let unmapped = (!is_whole).then(|| read("/proc/sys/kernel/overflowuid").trim().parse().unwrap_or(65534));
        Self { uid: rustix::process::geteuid().as_raw(), unmapped }
    }
}

/// What the system says of a file.
#[cfg(unix)]
#[derive(Debug, Clone, Copy)]
struct Seen {
    uid: u32,
    gid: u32,
    mode: u32,
    is_link: bool,
    is_folder: bool,
}

#[cfg(unix)]
impl Seen {
    fn risk(self, me: &Me) -> Option<RiskKind> {
        let is_trusted = self.uid == 0 || self.uid == me.uid || Some(self.uid) == me.unmapped;
        if !is_trusted {
            return Some(RiskKind::Owner(self.uid));
        }
        // A link has no rights of its own, and in a sticky folder such as /tmp each takes away only what is theirs.
        let is_sticky = self.is_folder && self.mode & 0o1000 != 0;
        if self.is_link || is_sticky {
            return None;
        }
        if self.mode & 0o002 != 0 {
            return Some(RiskKind::Everybody);
        }
        // Many systems give each user a group of their own with the same number; macOS's administrators are root anyway.
        let is_own_group = self.gid == 0 || self.gid == self.uid || (cfg!(target_os = "macos") && self.gid == ADMIN);
        (self.mode & 0o020 != 0 && !is_own_group).then_some(RiskKind::Group(self.gid))
    }
}

#[cfg(unix)]
const ADMIN: u32 = 80;

#[cfg(unix)]
#[cfg(test)]
mod tests;
