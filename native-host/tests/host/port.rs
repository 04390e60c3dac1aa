//! The native port, with checks of the test's own: order, bounds, refusals, parts, and the end.

use std::io::{PipeReader, PipeWriter, Write};
use std::sync::Arc;

use detour_core::observation::{Answer, Observation, Outcome, Step, Subject, Vantage};
use detour_core::port::{CheckId, MAX_TO_BROWSER, MAX_TO_HOST, PROTOCOL, Refusal, Reply, Request, Scope};
use detour_core::proxy::BrowserProxy;
use detour_core::target::Target;
use detour_host::check::Ending;
use detour_host::host::{MAX_CHECKS, serve};
use native_messaging::host::{recv_json, send_json};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

/// A browser at the other end of the port.
struct Browser {
    to_host: PipeWriter,
    from_host: PipeReader,
    host: JoinHandle<()>,
}

impl Browser {
    fn connect<F>(
        check: impl Fn(Target, Scope, Option<BrowserProxy>, mpsc::Sender<Observation>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Ending> + Send + 'static,
    {
        let (host_reads, to_host) = std::io::pipe().unwrap();
        let (from_host, host_writes) = std::io::pipe().unwrap();
        Self { to_host, from_host, host: tokio::spawn(serve(host_reads, host_writes, check)) }
    }

    fn send(&mut self, request: &Request) {
        send_json(&mut self.to_host, request).unwrap();
    }

    fn send_bytes(&mut self, payload: &[u8]) {
        let length = u32::try_from(payload.len()).unwrap();
        self.to_host.write_all(&length.to_ne_bytes()).unwrap();
        self.to_host.write_all(payload).unwrap();
    }

    fn check(&mut self, id: u64, path: &str) {
        self.send(&Request::Check {
            id: CheckId(id),
            url: format!("https://www.example-site.com/{path}"),
            scope: Scope::Usual,
            proxy: None,
        });
    }

    fn receive(&mut self) -> Reply {
        recv_json(&mut self.from_host, MAX_TO_BROWSER).unwrap()
    }

    fn expect_refusal(&mut self, expected_id: Option<u64>, expected: Refusal) -> String {
        let reply = self.receive();
        let Reply::Refused { id, reason, message } = reply else { panic!("no refusal: {reply:?}") };
        assert_eq!((id, reason), (expected_id.map(CheckId), expected), "{message}");
        message
    }

    /// The port still works.
    fn expect_greeting(&mut self) {
        self.send(&Request::Hello { protocol: PROTOCOL, version: "0.0.1".into() });
        assert!(matches!(self.receive(), Reply::Hello { protocol: PROTOCOL, .. }));
    }
}

fn observation(body: String) -> Observation {
    let answer = Outcome::Answered(Answer { status: 503, body, ..Answer::default() });
    Observation::new(Vantage::Host, Subject::Target, Step::Http, answer)
}

const FINISHED: Ending = Ending::Finished { timed_out: false };

/// Does what the path says.
async fn as_told(
    target: Target,
    scope: Scope,
    proxy: Option<BrowserProxy>,
    observed: mpsc::Sender<Observation>,
) -> Ending {
    match target.url().path() {
        "/slow" => std::future::pending().await,
        "/crash" => panic!("a bug"),
        "/proxy" => observed.send(observation(format!("{:?}", proxy.map(|proxy| proxy.mode)))).await.unwrap(),
        "/scope" => observed.send(observation(format!("{scope:?}"))).await.unwrap(),
        "/large" => observed.send(observation("\"<žluť>\u{1}".repeat(400_000))).await.unwrap(),
        _ => observed.send(observation("small".into())).await.unwrap(),
    }
    FINISHED
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_browsers_proxy_reaches_the_check() {
    let mut browser = Browser::connect(as_told);
    for (id, proxy, expected) in [
        (1, "", "None"), // what an extension that knows no proxies says
        (2, r#","proxy":{"mode":"script"}"#, "Some(Script)"),
        (3, r#","proxy":{"mode":"fixed","https":"http://10.0.0.1:3128","since":7}"#, "Some(Fixed)"),
    ] {
        let url = "https://www.example-site.com/proxy";
        browser.send_bytes(format!(r#"{{"type":"check","id":{id},"url":"{url}"{proxy}}}"#).as_bytes());
        let reply = browser.receive();
        let Reply::Observed { observation, .. } = &reply else { panic!("{reply:?}") };
        assert_eq!(observation.answer().unwrap().body, expected);
        assert!(matches!(browser.receive(), Reply::Finished { .. }));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_is_answered_and_the_port_lives_on() {
    let mut browser = Browser::connect(as_told);
    browser.send_bytes(b"{not json");
    browser.expect_refusal(None, Refusal::Unrecognized);
    browser.send_bytes(b"\xff\xfe");
    browser.expect_refusal(None, Refusal::Unrecognized);
    browser.send_bytes(b"");
    browser.expect_refusal(None, Refusal::Unrecognized);
    browser.send_bytes(br#"{"type":"teleport","id":7}"#);
    browser.expect_refusal(Some(7), Refusal::Unrecognized);
    browser.send_bytes(&vec![b'x'; MAX_TO_HOST + 1]);
    assert!(browser.expect_refusal(None, Refusal::Unrecognized).contains("65537 bytes"));
    browser.send_bytes(br#"{"type":"hello","protocol":1,"version":"9","from_the_future":true}"#);
    assert!(matches!(browser.receive(), Reply::Hello { .. }));
    browser.send(&Request::Hello { protocol: PROTOCOL + 1, version: "9".into() });
    assert!(browser.expect_refusal(None, Refusal::Protocol).contains("update the program detour"));
    browser.send(&Request::Hello { protocol: 0, version: "0".into() });
    assert!(browser.expect_refusal(None, Refusal::Protocol).contains("update the extension"));
    browser.expect_greeting();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_public_web_addresses_are_checked() {
    let mut browser = Browser::connect(|_, _, _, _| async { panic!("checked") });
    for (url, reason) in [
        ("file:///etc/passwd", Refusal::NotHttp),
        ("nonsense", Refusal::NotHttp),
        ("http://localhost/", Refusal::PrivateAddress),
        ("http://2130706433/", Refusal::PrivateAddress),
        ("http://[::ffff:192.168.0.1]/", Refusal::PrivateAddress),
    ] {
        browser.send(&Request::Check { id: CheckId(1), url: url.into(), scope: Scope::Usual, proxy: None });
        browser.expect_refusal(Some(1), reason);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_is_as_close_as_was_asked_for_and_no_closer() {
    let mut browser = Browser::connect(as_told);
    for (id, scope, expected) in [
        (1, "", "Usual"), // what an extension that knows no scopes says
        (2, r#","scope":"usual""#, "Usual"),
        (3, r#","scope":"again""#, "Again"),
        (4, r#","scope":"closer""#, "Closer"),
    ] {
        let request = format!(r#"{{"type":"check","id":{id},"url":"https://www.example-site.com/scope"{scope}}}"#);
        browser.send_bytes(request.as_bytes());
        let Reply::Observed { observation, .. } = browser.receive() else { panic!("no observation") };
        assert_eq!(observation.answer().unwrap().body, expected);
        assert!(matches!(browser.receive(), Reply::Finished { .. }));
    }
    browser.send_bytes(br#"{"type":"check","id":5,"url":"https://www.example-site.com/scope","scope":"everything"}"#);
    browser.expect_refusal(Some(5), Refusal::Unrecognized);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_check_does_not_delay_another_and_can_be_cancelled() {
    let mut browser = Browser::connect(as_told);
    browser.check(1, "slow");
    browser.check(2, "quick"); // without a greeting: tolerated
    assert!(matches!(browser.receive(), Reply::Observed { id: CheckId(2), .. }));
    assert_eq!(browser.receive(), Reply::Finished { id: CheckId(2), timed_out: false });
    browser.check(1, "quick");
    browser.expect_refusal(None, Refusal::Unrecognized); // the id still runs
    browser.send(&Request::Cancel { id: CheckId(1) });
    browser.expect_refusal(Some(1), Refusal::Cancelled);
    browser.send(&Request::Cancel { id: CheckId(1) });
    browser.expect_refusal(Some(1), Refusal::Cancelled);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_check_too_many_is_refused_and_the_others_go_on() {
    let go = Arc::new(Notify::new());
    let waiting = go.clone();
    let mut browser = Browser::connect(move |_, _, _, _| {
        let waiting = waiting.clone();
        async move {
            waiting.notified().await;
            FINISHED
        }
    });
    let bound = u64::try_from(MAX_CHECKS).unwrap();
    for id in 0..=bound {
        browser.check(id, "");
    }
    browser.expect_refusal(Some(bound), Refusal::Busy);
    for _ in 0..bound {
        go.notify_one();
        assert!(matches!(browser.receive(), Reply::Finished { .. }));
    }
    browser.check(bound, "");
    go.notify_one();
    assert!(matches!(browser.receive(), Reply::Finished { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_that_crashes_is_refused_and_the_others_go_on() {
    let mut browser = Browser::connect(as_told);
    browser.check(1, "crash");
    browser.expect_refusal(Some(1), Refusal::Internal);
    browser.check(2, "quick");
    assert!(matches!(browser.receive(), Reply::Observed { id: CheckId(2), .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_reply_comes_in_parts_that_join_again() {
    let mut browser = Browser::connect(as_told);
    browser.check(1, "large");
    let mut text = String::new();
    let mut expected_index = 0;
    loop {
        let Reply::Part { index, of, text: part, .. } = browser.receive() else { panic!("no part") };
        assert_eq!(index, expected_index);
        expected_index += 1;
        text.push_str(&part);
        if expected_index == of {
            break;
        }
    }
    let Reply::Observed { id, observation } = serde_json::from_str(&text).unwrap() else { panic!("no observation") };
    assert_eq!(id, CheckId(1));
    assert_eq!(observation.answer().unwrap().body.len(), "\"<žluť>\u{1}".len() * 400_000);
    assert_eq!(browser.receive(), Reply::Finished { id: CheckId(1), timed_out: false });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_input_ends_the_session_and_its_checks() {
    let stopped = Arc::new(Notify::new());
    struct OnDrop(Arc<Notify>);
    impl Drop for OnDrop {
        fn drop(&mut self) {
            self.0.notify_one();
        }
    }
    let seen = stopped.clone();
    let mut browser = Browser::connect(move |_, _, _, _| {
        let guard = OnDrop(seen.clone());
        async move {
            let _guard = guard;
            std::future::pending().await
        }
    });
    browser.check(1, "");
    browser.expect_greeting();
    drop(browser.to_host);
    browser.host.await.unwrap();
    stopped.notified().await;
}
