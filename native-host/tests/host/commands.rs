//! `detour watch` and `detour board` as programs: what they refuse, their exit codes, and Ctrl-C.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tokio::net::TcpStream;

use crate::binary::{detour, home};
use crate::faults::{say, server};
use crate::lab::{Lab, SITE};

fn run(home: &Path, arguments: &[&str]) -> Output {
    detour(home).args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn bad_input_is_named_with_its_place_and_nothing_is_asked() {
    let home = tempfile::tempdir().unwrap();
    let list = home.path().join("sites.txt");
    std::fs::write(&list, "# ours\nwww.example-site.com\nhttp://192.168.0.1/\n").unwrap();
    let list = list.to_str().unwrap();
    for command in ["watch", "board"] {
        for (arguments, expected) in [
            (&["--file", list][..], "sites.txt, line 3: http://192.168.0.1/"),
            (&["--file", "/nonexistent/sites.txt"], "/nonexistent/sites.txt"),
            (&[], "no site is named"),
            (&["ftp://example.org/"], "only http and https"),
            (&["--no-such-flag"], "--no-such-flag"),
        ] {
            let arguments: Vec<&str> = std::iter::once(command).chain(arguments.iter().copied()).collect();
            let output = run(home.path(), &arguments);
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
            assert!(words(&output.stderr).contains(expected), "{arguments:?}: {output:?}");
            assert!(output.stdout.is_empty(), "{output:?}");
        }
    }
    let both = run(home.path(), &["watch", "a.com", "--until-all", "--until-any"]);
    assert_eq!(both.status.code(), Some(2));
    let hasty = run(home.path(), &["watch", "a.com", "--interval-max", "1"]);
    assert_eq!(hasty.status.code(), Some(2), "no site is asked every second");
}

#[test]
fn help_says_what_the_exit_codes_mean_and_gives_examples() {
    let home = tempfile::tempdir().unwrap();
    for (command, flags) in [
        (
            "watch",
            &["--file", "--run", "--bell", "--json", "--interval-max", "--timeout", "--until-all", "--until-any"][..],
        ),
        ("board", &["--file", "--json", "--watch", "--history"]),
    ] {
        let help = words(&run(home.path(), &[command, "--help"]).stdout);
        for needed in flags.iter().chain(&["Examples:", "Exit codes:", "130"]) {
            assert!(help.contains(needed), "{command}: {needed}: {help}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_that_answers_ends_both_with_zero_and_one_that_does_not_is_told_by_the_board_with_one() {
    let well = server(|mut stream: TcpStream| async move {
        say(&mut stream, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
    })
    .await;
    let lab = Lab::new().await;
    let home = home(&lab);
    let (well, gone) = (format!("http://{SITE}:{well}/"), "http://gone.example-site.com/");
    for (arguments, code, expected) in [
        (["watch", &well], 0, "example-site.com answers.\nNothing to wait for.\n"),
        (["board", &well], 0, "The site answers.\n"),
        (["board", gone], 1, "0 of 1 sites answer.\n"),
    ] {
        let output = run(home.path(), &arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        assert!(words(&output.stdout).contains(expected), "{arguments:?}: {output:?}");
        assert!(!words(&output.stdout).contains('\x1b'), "{output:?}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_ends_a_watch_with_a_summary_and_130() {
    use std::io::{BufRead, BufReader, Read};
    let lab = Lab::new().await;
    let home = home(&lab);
    let mut child = detour(home.path()).args(["watch", "http://gone.example-site.com/"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    lines.read_line(&mut first).unwrap();
    assert!(first.contains("gone.example-site.com"), "{first}");
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    assert!(rest.starts_with("Stopped. 0 of 1 answer. Not yet back: gone.example-site.com"), "{rest}");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
