//! The real program, started as both families of browsers start it, and by a person.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use detour_core::port::{CheckId, MAX_TO_BROWSER, PROTOCOL, Refusal, Reply, Request, Scope};
use native_messaging::host::{recv_json, send_json};
use tokio::net::TcpStream;

use crate::faults::{say, server};
use crate::lab::{Lab, SITE};

pub(crate) fn detour(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_detour"));
    command.env_clear().env("HOME", home).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A home whose config points to the lab.
pub(crate) fn home(lab: &Lab) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join(".config/detour");
    std::fs::create_dir_all(&dir).unwrap();
    let config = format!(
        "allow_addresses = [\"127.0.0.0/8\"]\n[resolvers]\nsystem = \"{}\"\ndoh = []\n[anchors]\nhosts = []\naddresses = []\n[portal]\nurl = \"\"\n",
        lab.names.server
    );
    std::fs::write(dir.join("config.toml"), config).unwrap();
    home
}

fn ask(child: &mut Child, request: &Request) -> Reply {
    send_json(child.stdin.as_mut().unwrap(), request).unwrap();
    recv_json(child.stdout.as_mut().unwrap(), MAX_TO_BROWSER).unwrap()
}

/// Closes its input and sees it end well, having written nothing more.
fn expect_clean_end(mut child: Child) {
    drop(child.stdin.take());
    let mut rest = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut rest).unwrap();
    assert_eq!(rest, b"");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn both_forms_of_start_speak_the_protocol_and_end_with_the_input() {
    let home = tempfile::tempdir().unwrap();
    let chromium = "chrome-extension://cjahiklklgcogcehdmhkjgbekphljfbd/";
    for arguments in [
        vec![chromium],
        vec!["--parent-window=0", chromium],
        vec!["/home/ann/.mozilla/native-messaging-hosts/org.detour.host.json", "detour@detour.example"],
    ] {
        let mut child = detour(home.path()).args(&arguments).spawn().unwrap();
        let hello = Request::Hello { protocol: PROTOCOL, version: "0.0.1".into() };
        assert!(matches!(ask(&mut child, &hello), Reply::Hello { protocol: PROTOCOL, .. }), "{arguments:?}");
        expect_clean_end(child);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_runs_from_request_to_last_word() {
    let port = server(|mut stream: TcpStream| async move {
        say(&mut stream, "HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n").await;
    })
    .await;
    let lab = Lab::new().await;
    let home = home(&lab);
    let mut child = detour(home.path()).arg("chrome-extension://x/").spawn().unwrap();
    let check =
        Request::Check { id: CheckId(3), url: format!("http://{SITE}:{port}/"), scope: Scope::Again, proxy: None };
    let mut reply = ask(&mut child, &check);
    let mut statuses = Vec::new();
    while let Reply::Observed { observation, .. } = &reply {
        statuses.extend(observation.answer().map(|answer| answer.status));
        reply = recv_json(child.stdout.as_mut().unwrap(), MAX_TO_BROWSER).unwrap();
    }
    assert_eq!(reply, Reply::Finished { id: CheckId(3), timed_out: false });
    assert_eq!(statuses, [503]);
    expect_clean_end(child);
}

#[test]
fn a_faulty_config_file_is_told_to_whoever_asks() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join(".config/detour");
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("config.toml"), "allow = true\n").unwrap();
    let mut child = detour(home.path()).arg("chrome-extension://x/").spawn().unwrap();
    let check = Request::Check {
        id: CheckId(1),
        url: "https://www.example-site.com/".into(),
        scope: Scope::Usual,
        proxy: None,
    };
    let Reply::Refused { reason: Refusal::Internal, message, .. } = ask(&mut child, &check) else {
        panic!("no refusal")
    };
    assert!(message.contains("config.toml") && message.contains("allow_addresses"), "{message}");
    expect_clean_end(child);

    let output = run(detour(home.path()).args(["check", "https://www.example-site.com/"]));
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("allow_addresses"));
}

fn run(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_says_with_its_exit_code_whether_the_site_answers() {
    let healthy = server(|mut stream: TcpStream| async move {
        say(&mut stream, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
    })
    .await;
    let lab = Lab::new().await;
    let home = home(&lab);
    for (url, code) in [
        (format!("http://{SITE}:{healthy}/"), 0),
        ("http://gone.example-site.com/".to_owned(), 1),
        ("http://192.168.0.1/".to_owned(), 2),
        ("ftp://example.org/".to_owned(), 2),
    ] {
        let output = run(detour(home.path()).args(["check", "--json", &url]));
        assert_eq!(output.status.code(), Some(code), "{url}: {output:?}");
        let is_json = serde_json::from_slice::<serde_json::Value>(&output.stdout).is_ok();
        assert_eq!(is_json, code < 2, "{url}: {output:?}");
    }
    let output = run(detour(home.path()).args(["check", "--config", "/nonexistent.toml", "http://example.org/"]));
    assert_eq!(output.status.code(), Some(2));
}

#[cfg(target_os = "linux")]
#[test]
fn doctor_finds_what_install_has_mended() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join(".mozilla")).unwrap();
    let doctor = || run(detour(home.path()).args(["doctor", "--browser", "firefox"]));
    let sick = doctor();
    assert_eq!(sick.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&sick.stdout).contains("detour install --browser firefox"));
    assert_eq!(run(detour(home.path()).args(["install", "--browser", "firefox"])).status.code(), Some(0));
    let healthy = doctor();
    assert_eq!(healthy.status.code(), Some(0), "{healthy:?}");
    assert!(String::from_utf8_lossy(&healthy.stdout).contains("answers: version"));
}
