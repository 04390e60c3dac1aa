use super::*;

fn surroundings(os: Os, home: &str) -> Surroundings {
    Surroundings {
        os,
        home: Some(home.into()),
        config_home: None,
        local_app_data: (os == Os::Windows).then(|| PathBuf::from("C:/Users/ann/AppData/Local")),
        path: Vec::new(),
        root: PathBuf::from("/nonexistent"),
    }
}

fn path_of(key: &str, surroundings: &Surroundings) -> String {
    let path = manifest_path(browser(key).unwrap(), &Request::default(), surroundings).unwrap();
    path.display().to_string().replace('\\', "/")
}

#[test]
fn every_browser_has_its_place_on_every_system() {
    let linux = surroundings(Os::Linux, "/home/ann");
    let macos = surroundings(Os::MacOs, "/Users/ann");
    let windows = surroundings(Os::Windows, "C:/Users/ann");
    for (key, on_linux, on_macos, in_registry) in [
        ("chromium", ".config/chromium/NativeMessagingHosts", "Chromium", r"Chromium"),
        ("chrome", ".config/google-chrome/NativeMessagingHosts", "Google/Chrome", r"Google\Chrome"),
        ("edge", ".config/microsoft-edge/NativeMessagingHosts", "Microsoft Edge", r"Microsoft\Edge"),
        (
            "brave",
            ".config/BraveSoftware/Brave-Browser/NativeMessagingHosts",
            "BraveSoftware/Brave-Browser",
            r"BraveSoftware\Brave-Browser",
        ),
        ("vivaldi", ".config/vivaldi/NativeMessagingHosts", "Vivaldi", r"Vivaldi"),
        ("firefox", ".mozilla/native-messaging-hosts", "Mozilla", r"Mozilla"),
    ] {
        assert_eq!(path_of(key, &linux), format!("/home/ann/{on_linux}/org.detour.host.json"));
        assert_eq!(
            path_of(key, &macos),
            format!("/Users/ann/Library/Application Support/{on_macos}/NativeMessagingHosts/org.detour.host.json")
        );
        assert_eq!(
            browser(key).unwrap().registry_key("org.detour.host"),
            format!(r"Software\{in_registry}\NativeMessagingHosts\org.detour.host")
        );
        let file = if key == "firefox" { "firefox" } else { "chromium" };
        assert_eq!(path_of(key, &windows), format!("C:/Users/ann/AppData/Local/Detour/native-messaging/{file}.json"));
    }
}

#[test]
fn xdg_config_home_moves_chromium_and_not_firefox() {
    let moved = Surroundings { config_home: Some("/elsewhere".into()), ..surroundings(Os::Linux, "/home/ann") };
    assert_eq!(path_of("chromium", &moved), "/elsewhere/chromium/NativeMessagingHosts/org.detour.host.json");
    assert_eq!(path_of("firefox", &moved), "/home/ann/.mozilla/native-messaging-hosts/org.detour.host.json");
}

fn said(work: impl FnOnce(&mut Vec<u8>) -> Result<(), InstallError>) -> String {
    let mut out = Vec::new();
    work(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn what_is_installed_is_found_again_and_removed_again() {
    let home = tempfile::tempdir().unwrap();
    let here = surroundings(Os::Linux, home.path().to_str().unwrap());
    std::fs::create_dir_all(home.path().join(".config/chromium")).unwrap();
    let request = Request::default();
    let manifest = home.path().join(".config/chromium/NativeMessagingHosts/org.detour.host.json");

    let dry = said(|out| install(&Request { dry_run: true, ..request.clone() }, &here, Path::new("/opt/detour"), out));
    assert!(dry.contains("would write") && !manifest.exists(), "{dry}");

    said(|out| install(&request, &here, Path::new("/opt/detour"), out));
    let written: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&manifest).unwrap()).unwrap();
    assert_eq!(written, expected(Family::Chromium, Path::new("/opt/detour")));
    assert!(!home.path().join(".mozilla").exists(), "only browsers that are here are written for");

    said(|out| uninstall(&request, &here, out));
    assert!(!manifest.exists());
    assert!(said(|out| uninstall(&request, &here, out)).contains("nothing at"));
}

#[test]
fn mistakes_are_answered_with_the_choices() {
    let here = surroundings(Os::Linux, "/nonexistent");
    let refuse =
        |request: Request| install(&request, &here, Path::new("/opt/detour"), &mut Vec::new()).unwrap_err().to_string();
    assert!(refuse(Request { browser: Some("opera".into()), ..Request::default() }).contains("chromium, chrome, edge"));
    assert!(refuse(Request { dir: Some("/tmp".into()), ..Request::default() }).contains("--browser"));
    assert!(refuse(Request::default()).contains("no browser was found"));
}

#[test]
fn boxed_browsers_are_recognised_and_explained() {
    let home = tempfile::tempdir().unwrap();
    let here = surroundings(Os::Linux, home.path().to_str().unwrap());
    assert_eq!(sandboxes(&here).count(), 0);
    for (folder, words) in [
        ("snap/firefox", "WebExtensions portal"),
        ("snap/chromium", "cannot use the host"),
        (".var/app/org.mozilla.firefox", "--dir '"),
        (".var/app/com.brave.Browser", "Brave-Browser/NativeMessagingHosts'"),
    ] {
        std::fs::create_dir_all(home.path().join(folder)).unwrap();
        let explained: Vec<_> =
            sandboxes(&here).flat_map(|boxed| boxed.explanation(&here, Path::new("/opt/detour"))).collect();
        assert!(explained.iter().any(|text| text.contains(words)), "{folder}: {explained:?}");
    }
    assert_eq!(sandboxes(&surroundings(Os::MacOs, home.path().to_str().unwrap())).count(), 0);
}
