//! Files in places that others can change.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn open_up(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_link_in_the_place_of_a_file_is_replaced_and_what_it_leads_to_stays() {
    let dir = tempfile::tempdir().unwrap();
    let (victim, path) = (dir.path().join("victim"), dir.path().join("host.json"));
    std::fs::write(&victim, "precious").unwrap();
    symlink(&victim, &path).unwrap();
    // Names that earlier versions used for the unfinished file.
    for name in ["host.json.new", "host.new", &format!("host.json.{}", std::process::id())] {
        symlink(&victim, dir.path().join(name)).unwrap();
    }
    replace(&path, b"new", Readers::Everybody).unwrap();
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "precious");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
    assert!(std::fs::symlink_metadata(&path).unwrap().is_file());
    let left = std::fs::read_dir(dir.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".detour-"));
    assert_eq!(left.count(), 0);
}

#[test]
fn a_lock_is_not_taken_through_a_link() {
    let dir = tempfile::tempdir().unwrap();
    let (victim, path) = (dir.path().join("victim"), dir.path().join("archives.lock"));
    symlink(&victim, &path).unwrap();
    assert!(lock(&path).is_err());
    assert!(!victim.exists());
}

#[test]
fn what_tells_of_somebodys_reading_is_theirs_alone_and_its_folder_is_closed() {
    let dir = tempfile::tempdir().unwrap();
    let (own, old) = (dir.path().join("new/detour"), dir.path().join("detour"));
    std::fs::create_dir(&old).unwrap();
    open_up(&old, 0o755);
    std::fs::write(old.join("a.json"), "old").unwrap();
    open_up(&old.join("a.json"), 0o644);
    for folder in [own, old] {
        replace(&folder.join("a.json"), b"{}", Readers::Owner).unwrap();
        assert_eq!((mode(&folder), mode(&folder.join("a.json"))), (0o700, 0o600), "{}", folder.display());
    }
    drop(lock(&dir.path().join("detour/a.lock")).unwrap());
    assert_eq!(mode(&dir.path().join("detour/a.lock")), 0o600);
}

#[test]
fn nothing_is_written_where_everybody_could_exchange_it() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("shared/below");
    std::fs::create_dir_all(&folder).unwrap();
    for open in ["shared/below", "shared"] {
        open_up(&dir.path().join(open), 0o777);
        for readers in [Readers::Owner, Readers::Everybody] {
            let error = replace(&folder.join("a.json"), b"{}", readers).unwrap_err().to_string();
            assert!(error.contains("every user of this computer") && error.contains(open), "{error}");
        }
        assert!(lock(&folder.join("a.lock")).is_err());
        open_up(&dir.path().join(open), 0o755);
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    // Like /tmp.
    open_up(&folder, 0o1777);
    replace(&folder.join("a.json"), b"{}", Readers::Everybody).unwrap();
}

#[test]
fn every_way_to_a_file_is_looked_at() {
    let dir = tempfile::tempdir().unwrap();
    let (bin, open) = (dir.path().join("bin"), dir.path().join("open"));
    std::fs::create_dir(&bin).unwrap();
    std::fs::create_dir_all(open.join("deep")).unwrap();
    let program = bin.join("detour");
    std::fs::write(&program, "").unwrap();
    open_up(&program, 0o755);
    assert_eq!(risks(&program), []);
    for (path, mode, kind) in [(&program, 0o757, RiskKind::Everybody), (&bin, 0o777, RiskKind::Everybody)] {
        let before = super::tests::mode(path);
        open_up(path, mode);
        assert_eq!(risks(&program), [Risk { path: path.clone(), kind }]);
        open_up(path, before);
    }
    // The links of a chain may lie in open folders though both ends do not.
    symlink("../bin/detour", open.join("second")).unwrap();
    symlink(open.join("second"), dir.path().join("first")).unwrap();
    assert_eq!(risks(&dir.path().join("first")), []);
    open_up(&open, 0o777);
    assert_eq!(risks(&dir.path().join("first")), [Risk { path: open, kind: RiskKind::Everybody }]);
    symlink("loop", dir.path().join("loop")).unwrap();
    assert_eq!(risks(&dir.path().join("loop")), []);
    assert_eq!(risks(Path::new("/nonexistent/detour")), []);
}

#[test]
fn owners_groups_and_namespaces_are_told_apart() {
    let (me, boxed) = (Me { uid: 1000, unmapped: None }, Me { uid: 1000, unmapped: Some(65534) });
    let seen = |uid, gid, mode| Seen { uid, gid, mode, is_link: false, is_folder: true };
    for (seen, me, expected) in [
        (seen(1000, 1000, 0o775), me, None),
        (seen(0, 0, 0o775), me, None),
        (seen(1000, 100, 0o775), me, Some(RiskKind::Group(100))),
        (seen(0, 50, 0o2775), me, Some(RiskKind::Group(50))),
        (seen(1001, 1001, 0o700), me, Some(RiskKind::Owner(1001))),
        (seen(0, 0, 0o777), me, Some(RiskKind::Everybody)),
        (seen(0, 0, 0o1777), me, None),
        (seen(1001, 0, 0o1777), me, Some(RiskKind::Owner(1001))),
        (seen(65534, 65534, 0o755), me, Some(RiskKind::Owner(65534))),
        (seen(65534, 65534, 0o755), boxed, None),
        (Seen { is_folder: false, ..seen(1000, 1000, 0o1757) }, me, Some(RiskKind::Everybody)),
        (Seen { is_link: true, ..seen(1000, 1000, 0o777) }, me, None),
    ] {
        assert_eq!(seen.risk(&me), expected, "{seen:?}");
    }
}

#[test]
fn a_path_is_one_word_to_a_shell() {
    assert_eq!(quoted(Path::new("/a b/it's$(x)")), r"'/a b/it'\''s$(x)'");
}
