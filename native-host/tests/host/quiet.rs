//! Who is asked, what they learn, and what of their words reaches a terminal.

use std::path::Path;
use std::process::Stdio;

use detour_core::failure::Failure;
use detour_core::observation::{Step, Subject};
use detour_core::port::Scope;
use detour_host::config::{Config, NOBODY_ELSE, Portal};
use detour_host::copies::visit;
use detour_host::ranges;
use detour_probe::StatusPage;

use crate::binary::{detour, home};
use crate::lab::{Lab, SITE};
use crate::names::Answer;
use crate::services::{Log, http, serve};

const ON_FASTLY: &str = "dualstack.x.fastly.net.";

/// A lab with a control of every kind, and what each of them was asked.
async fn with_controls() -> (Lab, Vec<(&'static str, Log)>, u16) {
    let mut lab = Lab::new().await;
    lab.names.set(SITE, Answer::Alias(ON_FASTLY, vec!["127.0.0.1".parse().unwrap()]));
    let (target_port, target) = serve(|_, _| http(503, "", "")).await;
    let (anchor_port, anchor) = serve(|_, _| http(200, "", "fine")).await;
    let (portal_port, portal) = serve(|_, _| http(204, "", "")).await;
    let (canary_port, canary) = serve(|_, _| http(200, "", "fine")).await;
    let (status_port, status) = serve(|_, _| http(200, "", "{}")).await;
    lab.config.anchors.hosts = vec![lab.site("www.neutral-site.com", anchor_port)];
    lab.config.portal = Portal { url: Some(lab.site("portal.neutral-site.com", portal_port)), expect_status: 204 };
    lab.config.canaries.insert("Fastly".into(), vec![lab.site("www.canary-one.com", canary_port)]);
    let page = lab.site("www.status-page.com", status_port);
    lab.config.status_pages.insert("Fastly".into(), StatusPage::Summary(page));
    let logs =
        vec![("target", target), ("anchor", anchor), ("portal", portal), ("canary", canary), ("status page", status)];
    (lab, logs, target_port)
}

#[tokio::test]
async fn no_request_tells_who_asks_or_differs_from_what_others_send() {
    let (lab, logs, port) = with_controls().await;
    lab.check(&format!("http://{SITE}:{port}/page")).await;
    for (who, log) in &logs {
        assert!(log.count() > 0, "the {who} was asked");
        for received in log.all() {
            assert!(!received.head.to_ascii_lowercase().contains("detour"), "{who}: {}", received.head);
            let names: Vec<&str> =
                received.head.lines().skip(1).filter_map(|line| line.split_once(": ")).map(|(name, _)| name).collect();
            assert_eq!(names, ["host", "user-agent", "accept", "accept-language", "accept-encoding"], "{who}");
            assert!(received.head.contains("user-agent: Mozilla/5.0 (compatible)\r\n"), "{who}: {}", received.head);
        }
    }
}

#[tokio::test]
async fn a_site_asked_for_other_addresses_of_itself_learns_no_name_either() {
    let lab = Lab::new().await;
    let (port, log) = serve(|_, _| http(200, "", "fine")).await;
    let instruments = lab.config.instruments().unwrap();
    let url = lab.site("www.mirror-site.com", port).url().clone();
    visit(
        &instruments,
        &lab.config.archives.registry(),
        url,
        Some("Tue, 08 Jun 2021 10:00:00 GMT".into()),
        std::time::Duration::from_secs(5),
    )
    .await;
    let head = log.all()[0].head.to_ascii_lowercase();
    assert!(!head.contains("detour") && !head.contains("accept-datetime"), "{head}");
}

#[tokio::test]
async fn an_archive_is_told_whose_question_it_is() {
    let mut lab = Lab::new().await;
    let (port, log) = serve(|_, _| http(200, "", "fine")).await;
    let url = lab.site("www.own-archive.com", port).url().clone();
    let own = detour_host::config::Archive { timegate: Some(url.to_string()), ..Default::default() };
    lab.config.archives.of.insert("wayback".into(), own);
    let instruments = lab.config.instruments().unwrap();
    visit(
        &instruments,
        &lab.config.archives.registry(),
        url,
        Some("Tue, 08 Jun 2021 10:00:00 GMT".into()),
        std::time::Duration::from_secs(5),
    )
    .await;
    let head = log.all()[0].head.to_ascii_lowercase();
    assert!(head.contains("user-agent: detour/") && head.contains("accept-datetime"), "{head}");
}

#[tokio::test]
async fn with_every_contact_switched_off_only_the_site_is_asked_and_nothing_is_claimed() {
    let (lab, logs, port) = with_controls().await;
    let off = Config::parse(NOBODY_ELSE, Path::new("config.toml")).unwrap();
    // What the lab needs to be one; its neighbours stay in the lists, and are not asked.
    let config = Config {
        allow_addresses: lab.config.allow_addresses.clone(),
        canaries: lab.config.canaries.clone(),
        status_pages: lab.config.status_pages.clone(),
        ..off
    };
    let mut quiet = Lab { names: lab.names.clone(), config, scope: Scope::Closer };
    quiet.config.resolvers.system = Some(lab.names.server);
    let outcomes = quiet.check(&format!("http://{SITE}:{port}/")).await;
    assert!(
        outcomes.failures().is_empty() && outcomes.answer(&Subject::Target).is_some_and(|answer| answer.status == 503)
    );
    let silent = quiet.check(&format!("http://{SITE}:1/")).await;
    assert_eq!(silent.failures(), [(Step::Tcp, Failure::TcpRefused)]);
    for (who, log) in &logs {
        assert_eq!(log.count() > 0, *who == "target", "{who}");
    }
    let mut names = lab.names.all_asked();
    names.sort();
    names.dedup();
    assert_eq!(names, [ON_FASTLY.trim_end_matches('.'), SITE], "the site's name and what it is an alias of");
    assert!(!silent.has(|subject| !matches!(subject, Subject::Target | Subject::Route)), "{silent:?}");
    // No control has spoken, so it may be this computer's own trouble.
    let home = home(&lab);
    let output = detour(home.path())
        .args(["check", "--json", &format!("http://{SITE}:1/")])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let verdict: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(verdict["verdict"], "cant_tell", "{verdict:#}");
    assert!(!verdict["missing"].as_array().unwrap().is_empty(), "{verdict:#}");
}

/// A good time for a refresh: the site and a control answer, and nothing was ever fetched. Has the browser's request
/// carried out to its end, with this in the config.
async fn after_a_good_check(more: &str) -> (Lab, tempfile::TempDir) {
    use detour_core::port::{CheckId, MAX_TO_BROWSER, Reply, Request};
    use native_messaging::host::{recv_json, send_json};
    let lab = Lab::new().await;
    let (port, _) = serve(|_, _| http(200, "", "fine")).await;
    let anchor = lab.site("www.neutral-site.com", port);
    let home = home(&lab);
    let path = home.path().join(".config/detour/config.toml");
    let old = std::fs::read_to_string(&path).unwrap();
    let new = old.replace("hosts = []", &format!("hosts = [\"{}\"]", anchor.as_str()));
    assert_ne!(old, new);
    std::fs::write(path, format!("{more}{new}")).unwrap();
    let mut child = detour(home.path()).arg("chrome-extension://x/").spawn().unwrap();
    let request =
        Request::Check { id: CheckId(1), url: format!("http://{SITE}:{port}/"), scope: Scope::Usual, proxy: None };
    send_json(child.stdin.as_mut().unwrap(), &request).unwrap();
    while matches!(recv_json(child.stdout.as_mut().unwrap(), MAX_TO_BROWSER).unwrap(), Reply::Observed { .. }) {}
    drop(child.stdin.take());
    child.wait().unwrap();
    (lab, home)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn vendors_are_asked_for_lists_only_where_the_config_says_so() {
    let (usual, home) = after_a_good_check("").await;
    let (switched_on, _home) = after_a_good_check("refresh_cdns = true\n").await;
    let vendors: Vec<String> = ranges::sources()
        .iter()
        .flat_map(|source| source.urls.iter().filter_map(|url| url.host_str().map(str::to_owned)).take(1))
        .collect();
    let is_over = async {
        while !vendors.iter().all(|vendor| switched_on.names.asked(vendor) > 0) {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), is_over).await.unwrap();
    // The other one ended earlier, and would have asked by now.
    for vendor in &vendors {
        assert_eq!(usual.names.asked(vendor), 0, "{vendor}");
    }
    assert!(!home.path().join(".cache").exists());
}

/// Marks that rearrange text, and controls, in everything that a server can put them into.
const TITLE: &str = "<title>\u{202e}moc.elpmaxe \u{9b}31m \u{1b}]0;owned\u{7} zero\u{200b}width\u{2028}x</title>";

fn is_tame(text: &str) -> bool {
    text.lines().flat_map(str::chars).all(|character| {
        !matches!(u32::from(character), 0..=31 | 127..=159 | 0x200b..=0x200f | 0x2028..=0x202e | 0x2066..=0x2069 | 0xfeff)
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_command_carries_out_what_a_server_writes() {
    let headers =
        "server: \u{202e}yltsaF\u{200b}\r\nvia: 1.1 \u{9b}2J\u{9c}\r\nx-served-by: cache-\u{2066}FRA\u{85}\r\n";
    let (port, _) = serve(move |_, _| http(503, headers, TITLE)).await;
    let lab = Lab::new().await;
    let home = home(&lab);
    let url = format!("http://{SITE}:{port}/");
    let json_lines =
        serde_json::json!({ "status": 503, "headers": { "server": TITLE }, "body": TITLE, "reason": TITLE });
    let evidence = serde_json::json!({
        "url": "https://www.example-site.com/",
        "observations": [{ "vantage": "host", "subject": "target", "step": "http",
            "outcome": { "answered": { "status": 503, "headers": { "server": TITLE, "via": TITLE }, "body": TITLE } } }],
        "controls": [{ "vantage": "host", "subject": { "status_page": "Fastly" }, "step": "http",
            "outcome": { "reported": { "indicator": "major", "description": TITLE } } }],
    });
    for (arguments, input) in [
        (&["check", &url][..], String::new()),
        (&["check", "--json", &url], String::new()),
        (&["board", &url], String::new()),
        (&["board", "--json", &url], String::new()),
        (&["watch", "--timeout", "1", &url], String::new()),
        (&["watch", "--json", "--timeout", "1", &url], String::new()),
        (&["classify"], json_lines.to_string()),
        (&["judge"], evidence.to_string()),
        (&["judge"], format!("{{\"url\":\"{TITLE}\"}}")),
        (&["url", TITLE, "https://example.org/\u{202e}"], String::new()),
        (&["copies", TITLE], String::new()),
        (&["check", TITLE], String::new()),
        (&["watch", TITLE], String::new()),
        (&["check", &url, "--config", TITLE], String::new()),
        (&["install", "--browser", TITLE], String::new()),
        (&["doctor", "--browser", "firefox", "--dir", TITLE], String::new()),
        (&[TITLE], String::new()),
        (&["watch", "--timeout", TITLE], String::new()),
        (&["check", "--\u{1b}[2J\u{202e}"], String::new()),
    ] {
        use std::io::Write;
        let mut child = detour(home.path()).env("DETOUR_LOG", "debug").args(arguments).spawn().unwrap();
        // One that refuses its arguments does not read.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        for bytes in [&output.stdout, &output.stderr] {
            let text = String::from_utf8(bytes.clone()).unwrap();
            let shown: Vec<&str> = text.lines().filter(|line| !is_tame(line)).collect();
            assert!(shown.is_empty(), "{arguments:?}: {shown:?}");
        }
        assert!(!(output.stdout.is_empty() && output.stderr.is_empty()), "{arguments:?}");
        if arguments.contains(&"--json") {
            let text = String::from_utf8(output.stdout).unwrap();
            let all: Result<Vec<serde_json::Value>, _> =
                serde_json::Deserializer::from_str(&text).into_iter::<serde_json::Value>().collect();
            assert!(all.is_ok_and(|all| !all.is_empty()), "{arguments:?}: {text}");
        }
    }
    // The words are the server's own once they are read.
    let output = detour(home.path()).args(["check", "--json", &url]).stdin(Stdio::null()).output().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let bodies: Vec<&str> = document["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|seen| seen.pointer("/outcome/answered/body").and_then(serde_json::Value::as_str))
        .collect();
    assert!(!bodies.is_empty() && bodies.iter().all(|body| *body == TITLE), "{document:#}");
}

/// What `install` and `doctor` make of folders that others can write to.
#[cfg(target_os = "linux")]
#[test]
fn doctor_and_install_see_what_others_could_exchange() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let home = tempfile::tempdir().unwrap();
    let bin = home.path().join("bin");
    std::fs::create_dir_all(home.path().join(".mozilla")).unwrap();
    std::fs::create_dir_all(&bin).unwrap();
    let program = bin.join("detour");
    std::fs::copy(env!("CARGO_BIN_EXE_detour"), &program).unwrap();
    let open_up = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    open_up(&program, 0o755);
    let run = |program: &Path, command: &str| {
        let mut run = std::process::Command::new(program);
        run.env_clear().env("HOME", home.path()).args([command, "--browser", "firefox"]).stdin(Stdio::null());
        let output = run.output().unwrap();
        let words = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        (output.status.code().unwrap(), words)
    };
    let manifest = home.path().join(".mozilla/native-messaging-hosts/org.detour.host.json");
    // A link at the old, foreseeable name leads away from the user's files.
    std::fs::create_dir_all(manifest.parent().unwrap()).unwrap();
    let victim = home.path().join("victim");
    std::fs::write(&victim, "precious").unwrap();
    symlink(&victim, manifest.with_extension("json.new")).unwrap();
    assert_eq!(run(&program, "install").0, 0);
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "precious");
    let (code, words) = run(&program, "doctor");
    assert_eq!(code, 0, "{words}");

    for (path, mode) in [(&program, 0o757), (&bin, 0o777), (&manifest, 0o646)] {
        let before = std::fs::metadata(path).unwrap().permissions().mode();
        open_up(path, mode);
        let (code, words) = run(&program, "doctor");
        assert_eq!(code, 1, "{words}");
        assert!(words.contains("every user of this computer") && words.contains("chmod o-w"), "{words}");
        assert!(words.contains(&path.display().to_string()), "{words}");
        assert_eq!(words.contains("was not started"), *path != manifest, "{words}");
        if *path != manifest {
            let (code, words) = run(&program, "install");
            assert!(code == 2 && words.contains("program that browsers would start"), "{words}");
        }
        open_up(path, before);
    }
    let folder = manifest.parent().unwrap();
    open_up(folder, 0o777);
    let (code, words) = run(&program, "install");
    assert!(code == 2 && words.contains("every user of this computer"), "{words}");
    open_up(folder, 0o755);

    let config = home.path().join(".config/detour/config.toml");
    std::fs::create_dir_all(config.parent().unwrap()).unwrap();
    std::fs::write(&config, "").unwrap();
    open_up(&config, 0o666);
    assert!(run(&program, "doctor").1.contains("the config file"));
    open_up(&config, 0o644);

    // Another program, and one behind a link.
    let other = home.path().join("other");
    std::fs::copy(&program, &other).unwrap();
    let (code, words) = run(&other, "doctor");
    assert!(code == 1 && words.contains("not to this program"), "{words}");
    let link = home.path().join("link");
    std::fs::rename(&manifest, home.path().join("elsewhere.json")).unwrap();
    symlink(home.path().join("elsewhere.json"), &manifest).unwrap();
    symlink(&program, &link).unwrap();
    let (code, words) = run(&program, "doctor");
    assert!(code == 0 && words.contains("is a link to"), "{words}");
}
