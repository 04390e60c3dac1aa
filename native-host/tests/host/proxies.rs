//! Behind a proxy: all of it goes through the proxy, what the proxy does is not the site's doing, and where the proxy cannot
//! be used nothing is sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use detour_core::failure::Failure;
use detour_core::observation::{Observation, Step, Subject};
use detour_core::port::Scope;
use detour_core::proxy::{BrowserProxy, ProxyMode};
use detour_core::target::Target;
use detour_core::verdict::{Case, Confidence, Fault, failure_here, judge};
use detour_host::config::ProxyChoice;
use detour_probe::ProxyServer;
use tokio::net::{TcpListener, TcpStream};

use crate::binary::{detour, home};
use crate::faults::{Authority, refusing, request, say, server, tls_server};
use crate::lab::{Lab, Outcomes, SITE};
use crate::names;
use crate::proxy_servers::{Act, TestProxy};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
const DENIED: &str = "HTTP/1.1 403 Forbidden\r\nX-Squid-Error: ERR_ACCESS_DENIED 0\r\ncontent-length: 6\r\n\r\ndenied";
const SIGN_IN: &str =
    "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm=a\r\ncontent-length: 0\r\n\r\n";
const BAD_GATEWAY: &str = "HTTP/1.1 502 Bad Gateway\r\nserver: squid/6.6\r\ncontent-length: 4\r\n\r\noops";

/// A lab behind a proxy. The names of all sites lead, for whoever looks them up here, to 127.0.0.2, where each connection
/// is counted; the proxy goes to 127.0.0.1.
struct Behind {
    lab: Lab,
    direct: Arc<AtomicUsize>,
}

impl Behind {
    async fn new(proxy: &str) -> Self {
        let mut lab = Lab::new().await;
        lab.config.proxy = ProxyChoice::Server(ProxyServer::parse(proxy).unwrap());
        Self { lab, direct: Arc::default() }
    }

    /// Neutral places that answer, behind the proxy.
    async fn with_anchors(mut self) -> Self {
        let port = server(|mut stream: TcpStream| async move { say(&mut stream, OK).await }).await;
        for name in ["anchor-one.net", "anchor-two.net", "anchor-three.net"] {
            self.lab.config.anchors.hosts.push(Target::parse(&format!("http://{name}:{port}/")).unwrap());
        }
        self.lab.config.anchors.addresses.push("192.0.2.7:443".parse().unwrap());
        self.count(port).await;
        self
    }

    /// Counts whoever goes around the proxy to this port.
    async fn count(&self, port: u16) {
        let two = names::Answer::Addresses(vec!["127.0.0.2".parse().unwrap()]);
        for name in [SITE, "anchor-one.net", "anchor-two.net", "anchor-three.net"] {
            self.lab.names.set(name, two.clone());
        }
        let listener = TcpListener::bind(("127.0.0.2", port)).await.unwrap();
        let direct = self.direct.clone();
        tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                direct.fetch_add(1, Ordering::Relaxed);
            }
        });
    }

    async fn check(&self, url: &str) -> Outcomes {
        self.told(url, None).await
    }

    /// A check by a browser that says this of its proxy. Nothing ever goes around the proxy.
    async fn told(&self, url: &str, proxy: Option<BrowserProxy>) -> Outcomes {
        let instruments = Arc::new(self.lab.config.instruments().unwrap().told(proxy));
        let outcomes = self.lab.check_with(instruments, url).await;
        assert_eq!(self.direct.load(Ordering::Relaxed), 0, "{outcomes:#?}");
        outcomes
    }
}

/// A site that answers over TLS, for whom the authority vouches.
async fn secure_site(lab: Lab) -> (Lab, u16, tempfile::TempDir) {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let pem = dir.path().join("ca.pem");
    std::fs::write(&pem, authority.pem()).unwrap();
    let port = tls_server(authority.acceptor(SITE, b"http/1.1", |_| {}), |mut stream| async move {
        say(&mut stream, OK).await;
    })
    .await;
    (lab.trusting(pem), port, dir)
}

fn verdict(url: &str, seen: &[Observation]) -> (Fault, Confidence) {
    let (target, failure) = (Target::parse(url).unwrap(), failure_here(seen));
    by_browser(&target, failure.as_ref(), seen)
}

fn by_browser(target: &Target, failure: Option<&Failure>, seen: &[Observation]) -> (Fault, Confidence) {
    let seen: Vec<&Observation> = seen.iter().collect();
    let now = seen.iter().map(|seen| seen.at).max().unwrap_or_default();
    let verdict = judge(&Case { target, failure, seen: &seen, published: None, before: None, now });
    (verdict.fault, verdict.confidence)
}

#[tokio::test]
async fn a_secure_site_is_measured_through_the_proxy_and_nothing_goes_around_it() {
    let proxy = TestProxy::forward(|_| Act::Pass).await;
    let behind = Behind::new(&format!("http://127.0.0.1:{}", proxy.port)).await.with_anchors().await;
    let (lab, port, _dir) = secure_site(behind.lab).await;
    let behind = Behind { lab, ..behind };
    behind.count(port).await;
    let url = format!("https://{SITE}:{port}/");
    let outcomes = behind.check(&url).await;
    assert_eq!(outcomes.answer(&Subject::Target).unwrap().status, 200, "{outcomes:#?}");
    let steps: Vec<Step> = outcomes.of(&Subject::Target).map(|seen| seen.step).take(3).collect();
    assert_eq!(steps, [Step::Tcp, Step::Tls, Step::Http]);
    assert!(proxy.asked().iter().any(|head| head.starts_with(&format!("CONNECT {SITE}:{port} HTTP/1.1\r\n"))));
    let anchors = outcomes.seen.iter().filter(|seen| matches!(seen.subject, Subject::Anchor(_)));
    assert_eq!(anchors.filter(|seen| seen.answer().is_some()).count(), 3, "{outcomes:#?}");
    assert!(!outcomes.has(|subject| *subject == Subject::Anchor("192.0.2.7".into())), "no address is touched");
    let itself = Subject::Proxy(format!("127.0.0.1:{}", proxy.port));
    assert_eq!(outcomes.of(&itself).filter(|seen| seen.failure().is_none()).count(), 1);
    assert_eq!(behind.lab.names.asked(SITE), 0, "the proxy looks names up");
}

#[tokio::test]
async fn a_plain_site_is_asked_for_with_its_whole_address_and_the_password() {
    let proxy = TestProxy::forward(|head| {
        // ann:s3cret
        if head.contains("proxy-authorization: Basic YW5uOnMzY3JldA==") { Act::Pass } else { Act::Say(SIGN_IN) }
    })
    .await;
    let port = server(|mut stream: TcpStream| async move {
        let head = request(&mut stream).await;
        assert!(head.starts_with("GET /a?b=c HTTP/1.1\r\n"), "{head}");
        tokio::io::AsyncWriteExt::write_all(&mut stream, OK.as_bytes()).await.unwrap();
    })
    .await;
    let url = format!("http://{SITE}:{port}/a?b=c");
    let behind = Behind::new(&format!("http://ann:s3cret@127.0.0.1:{}", proxy.port)).await;
    behind.count(port).await;
    let outcomes = behind.check(&url).await;
    assert_eq!(outcomes.answer(&Subject::Target).unwrap().status, 200, "{outcomes:#?}");
    assert!(proxy.asked()[0].starts_with(&format!("GET {url} HTTP/1.1\r\n")), "{:?}", proxy.asked());

    let without = Behind::new(&format!("http://127.0.0.1:{}", proxy.port)).await.with_anchors().await;
    for url in [url, format!("https://{SITE}:{port}/")] {
        let outcomes = without.check(&url).await;
        assert!(outcomes.failures().iter().all(|(_, failure)| *failure == Failure::ProxyAuthRequired), "{outcomes:#?}");
        assert_eq!(verdict(&url, &outcomes.seen), (Fault::ProxySignIn, Confidence::High));
    }
}

#[tokio::test]
async fn a_site_that_the_proxy_refuses_is_refused_by_the_proxy() {
    let proxy = TestProxy::forward(|head| if head.contains(SITE) { Act::Say(DENIED) } else { Act::Pass }).await;
    let behind = Behind::new(&format!("http://127.0.0.1:{}", proxy.port)).await.with_anchors().await;
    for url in [format!("https://{SITE}/"), format!("http://{SITE}/")] {
        let outcomes = behind.check(&url).await;
        assert!(outcomes.failures().iter().all(|(_, failure)| *failure == Failure::ProxyRefused), "{outcomes:#?}");
        assert_eq!(verdict(&url, &outcomes.seen), (Fault::ProxyRefuses, Confidence::High), "{outcomes:#?}");
    }
}

#[tokio::test]
async fn a_proxys_own_error_is_not_the_sites() {
    let proxy = TestProxy::forward(|head| if head.contains(SITE) { Act::Say(BAD_GATEWAY) } else { Act::Pass }).await;
    let behind = Behind::new(&format!("http://127.0.0.1:{}", proxy.port)).await.with_anchors().await;
    for url in [format!("https://{SITE}/"), format!("http://{SITE}/")] {
        let outcomes = behind.check(&url).await;
        let is_expected = |(_, failure): &(Step, Failure)| *failure == Failure::ProxyTargetUnreachable;
        assert!(outcomes.failures().iter().all(is_expected), "{outcomes:#?}");
        assert_eq!(verdict(&url, &outcomes.seen), (Fault::FromHere, Confidence::Medium), "{outcomes:#?}");
    }
    // The browser saw the same page.
    let url = format!("http://{SITE}/");
    let outcomes = behind.check(&url).await;
    let failure = Failure::HttpError { status: Some(502) };
    let by_browser = by_browser(&Target::parse(&url).unwrap(), Some(&failure), &outcomes.seen);
    assert_eq!(by_browser, (Fault::FromHere, Confidence::Medium));
}

#[tokio::test]
async fn a_proxy_that_reaches_nothing_or_is_not_there_is_at_fault_itself_and_not_the_connection() {
    let cut_off = TestProxy::forward(|_| Act::Say(BAD_GATEWAY)).await;
    for (port, expected) in
        [(cut_off.port, (Fault::Proxy, Confidence::Medium)), (refusing().await, (Fault::Proxy, Confidence::High))]
    {
        for scheme in ["http", "socks5"] {
            if scheme == "socks5" && port == cut_off.port {
                continue;
            }
            let behind = Behind::new(&format!("{scheme}://127.0.0.1:{port}")).await.with_anchors().await;
            let url = format!("https://{SITE}/");
            let outcomes = behind.check(&url).await;
            assert_eq!(verdict(&url, &outcomes.seen), expected, "{outcomes:#?}");
        }
    }
}

#[tokio::test]
async fn a_proxy_that_hangs_ends_with_the_check_and_is_not_the_users_connection() {
    let proxy = TestProxy::forward(|_| Act::Hang).await;
    let behind = Behind::new(&format!("http://127.0.0.1:{}", proxy.port)).await.with_anchors().await;
    let (began, url) = (Instant::now(), format!("https://{SITE}/"));
    let outcomes = behind.check(&url).await;
    assert!(began.elapsed() < Duration::from_secs(8));
    assert_eq!(verdict(&url, &outcomes.seen), (Fault::Proxy, Confidence::Medium), "{outcomes:#?}");
}

#[tokio::test]
async fn a_socks_proxy_looks_names_up_and_its_refusals_have_names() {
    for user in [None, Some(("ann", "s3cret"))] {
        let proxy = TestProxy::socks(user, |_| Act::Pass).await;
        let credentials = user.map(|(name, password)| format!("{name}:{password}@")).unwrap_or_default();
        let behind =
            Behind::new(&format!("socks5h://{credentials}127.0.0.1:{}", proxy.port)).await.with_anchors().await;
        let (lab, port, _dir) = secure_site(behind.lab).await;
        let behind = Behind { lab: lab.scoped(Scope::Again), ..behind };
        behind.count(port).await;
        let outcomes = behind.check(&format!("https://{SITE}:{port}/")).await;
        assert_eq!(outcomes.answer(&Subject::Target).unwrap().status, 200, "{outcomes:#?}");
        assert!(proxy.asked().contains(&format!("{SITE}:{port}")));
        assert_eq!(behind.lab.names.asked(SITE), 0, "the proxy looks names up");
    }
    let url = format!("https://{SITE}/");
    let wants_a_user = TestProxy::socks(Some(("ann", "s3cret")), |_| Act::Pass).await;
    for credentials in ["", "ann:wrong@"] {
        let behind = Behind::new(&format!("socks5://{credentials}127.0.0.1:{}", wants_a_user.port)).await;
        let outcomes = behind.with_anchors().await.check(&url).await;
        assert_eq!(verdict(&url, &outcomes.seen), (Fault::ProxySignIn, Confidence::High), "{outcomes:#?}");
    }
    for (code, expected) in [(2, Fault::ProxyRefuses), (4, Fault::FromHere), (5, Fault::FromHere)] {
        let proxy = if code == 2 {
            TestProxy::socks(None, |name| if name == SITE { Act::Code(2) } else { Act::Pass }).await
        } else if code == 4 {
            TestProxy::socks(None, |name| if name == SITE { Act::Code(4) } else { Act::Pass }).await
        } else {
            TestProxy::socks(None, |name| if name == SITE { Act::Code(5) } else { Act::Pass }).await
        };
        let behind = Behind::new(&format!("socks5://127.0.0.1:{}", proxy.port)).await.with_anchors().await;
        let outcomes = behind.check(&url).await;
        assert_eq!(verdict(&url, &outcomes.seen).0, expected, "{code}: {outcomes:#?}");
    }
}

#[tokio::test]
async fn where_the_proxy_is_a_script_or_nobody_knows_it_nothing_is_sent_at_all() {
    let script = BrowserProxy { mode: ProxyMode::Script, ..BrowserProxy::default() };
    let suspected = BrowserProxy { mode: ProxyMode::Direct, is_suspected: true, ..BrowserProxy::default() };
    for told in [script, suspected] {
        let mut behind = Behind::new("http://127.0.0.1:1").await.with_anchors().await;
        behind.lab.config.proxy = ProxyChoice::System;
        let port = refusing().await;
        behind.count(port).await;
        let url = format!("https://{SITE}:{port}/");
        let outcomes = behind.told(&url, Some(told)).await;
        let [only] = &outcomes.seen[..] else { panic!("{outcomes:#?}") };
        assert!(matches!(only.subject, Subject::Proxy(_)), "{only:?}");
        assert_eq!(only.failure(), Some(Failure::ProxyNotSupported));
        assert_eq!(behind.lab.names.asked(SITE), 0);
        // Nothing that the browser may have met becomes "your connection is down" by it, or sure.
        let target = Target::parse(&url).unwrap();
        for failure in [Failure::TcpTimedOut, Failure::ProxyTunnelFailed, Failure::DnsNameNotResolved] {
            let expected = (Fault::CantTell, Confidence::Low);
            assert_eq!(by_browser(&target, Some(&failure), &outcomes.seen), expected, "{failure:?}");
        }
        let dead = by_browser(&target, Some(&Failure::ProxyConnectionFailed), &outcomes.seen);
        assert_eq!(dead, (Fault::Proxy, Confidence::Medium));
    }
}

#[tokio::test]
async fn what_the_browser_reaches_without_its_proxy_is_reached_without_it() {
    let proxy = TestProxy::forward(|_| Act::Say(DENIED)).await;
    let port = server(|mut stream: TcpStream| async move { say(&mut stream, OK).await }).await;
    let mut lab = Lab::new().await;
    lab.config.proxy = ProxyChoice::System;
    let told = BrowserProxy {
        mode: ProxyMode::Fixed,
        others: Some(format!("http://127.0.0.1:{}", proxy.port)),
        bypass: vec!["*.example-site.com".into()],
        ..BrowserProxy::default()
    };
    let around = Arc::new(lab.config.instruments().unwrap().told(Some(told.clone())));
    let outcomes = lab.check_with(around, &format!("http://{SITE}:{port}/")).await;
    assert_eq!(outcomes.answer(&Subject::Target).unwrap().status, 200, "{outcomes:#?}");
    let through = BrowserProxy { bypass: Vec::new(), ..told };
    let through = Arc::new(lab.config.instruments().unwrap().told(Some(through)));
    let outcomes = lab.check_with(through, &format!("http://{SITE}:{port}/")).await;
    assert!(outcomes.failures().iter().all(|(_, failure)| *failure == Failure::ProxyRefused), "{outcomes:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_goes_by_the_environment_and_says_so_without_the_password() {
    let proxy = TestProxy::forward(|_| Act::Say(DENIED)).await;
    let lab = Lab::new().await;
    let (home, address) = (home(&lab), format!("http://ann:s3cret@127.0.0.1:{}", proxy.port));
    let run = |arguments: &[&str]| {
        let done = detour(home.path()).env("https_proxy", &address).args(arguments).output().unwrap();
        let texts = [done.stdout, done.stderr].map(|text| String::from_utf8(text).unwrap());
        assert!(!texts.concat().contains("s3cret"), "{texts:?}");
        (done.status.code(), texts)
    };
    let (code, [said, _]) = run(&["check", &format!("https://{SITE}/")]);
    assert_eq!(code, Some(1), "as for anything on the user's side");
    assert!(said.contains("Your network’s proxy blocks example-site.com. Ask whoever runs the network."), "{said}");
    assert!(proxy.asked()[0].contains("proxy-authorization: Basic YW5uOnMzY3JldA=="), "{:?}", proxy.asked());
    let (_, [said, _]) = run(&["doctor"]);
    let line = format!("note     proxy: http://127.0.0.1:{} (found in the environment)", proxy.port);
    assert!(said.contains(&line), "{said}");
    assert_eq!(lab.names.asked(SITE), 0);
}
