//! Every way to fail, told by its name in Network Error Logging.

use std::net::IpAddr;
use std::time::Duration;

use detour_core::failure::Failure;
use detour_core::observation::{Outcome, Step, Subject};
use detour_core::port::{Refusal, Scope};
use detour_core::target::Target;
use detour_host::check::Ending;
use hickory_proto::op::ResponseCode;
use rcgen::CertificateParams;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::faults::{Authority, refusing, request, say, server, tls_server};
use crate::lab::{Lab, SITE};
use crate::names::Answer;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

async fn check(port: u16, expected: (Step, Failure)) {
    let outcomes = Lab::new().await.check(&format!("http://{SITE}:{port}/page?q=1")).await;
    assert_eq!(outcomes.failures(), [expected], "{outcomes:?}");
    assert_eq!(outcomes.ending, Ending::Finished { timed_out: false });
}

#[tokio::test]
async fn a_healthy_answer_comes_with_status_headers_and_body() {
    let port = server(|mut stream: TcpStream| async move {
        let head = request(&mut stream).await;
        assert!(head.starts_with("GET /page?q=1 HTTP/1.1\r\n"), "{head}");
        assert!(head.contains("host: www.example-site.com:"), "{head}");
        let answer = "HTTP/1.1 200 OK\r\nVia: a\r\nVIA: b\r\ncontent-length: 5\r\n\r\nhello";
        stream.write_all(answer.as_bytes()).await.unwrap();
    })
    .await;
    let outcomes = Lab::new().await.scoped(Scope::Again).check(&format!("http://{SITE}:{port}/page?q=1#part")).await;
    let answer = outcomes.answer(&Subject::Target).unwrap();
    assert_eq!((answer.status, answer.body.as_str(), answer.header("via")), (200, "hello", "a, b"));
    let steps: Vec<Step> = outcomes.seen.iter().map(|seen| seen.step).collect();
    assert_eq!(steps, [Step::Dns, Step::Tcp, Step::Http]);
}

#[tokio::test]
async fn an_error_page_is_an_answer_even_when_it_breaks_off() {
    for tail in ["content-length: 4\r\n\r\noops", "content-length: 400\r\n\r\noops"] {
        let answer: &'static str =
            format!("HTTP/1.1 503 Service Unavailable\r\nx-served-by: cache-fra1-FRA\r\n{tail}").leak();
        let port = server(move |mut stream: TcpStream| async move { say(&mut stream, answer).await }).await;
        let outcomes = Lab::new().await.check(&format!("http://{SITE}:{port}/")).await;
        let answer = outcomes.answer(&Subject::Target).unwrap();
        assert_eq!((answer.status, answer.header("x-served-by")), (503, "cache-fra1-FRA"));
    }
}

#[tokio::test]
async fn a_redirect_into_ones_own_network_is_an_answer_and_is_not_followed() {
    let port = server(|mut stream: TcpStream| async move {
        say(&mut stream, "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n").await;
    })
    .await;
    let outcomes = Lab::new().await.check(&format!("http://{SITE}:{port}/")).await;
    assert_eq!(outcomes.answer(&Subject::Target).unwrap().header("location"), "http://127.0.0.1/");
}

#[tokio::test]
async fn a_nat64_with_a_private_prefix_is_a_way_out_and_no_private_network() {
    for (shown, is_private) in [(Some("fd00:64::192.0.0.170"), false), (None, true)] {
        let lab = Lab::new().await.scoped(Scope::Target);
        lab.names.set(SITE, Answer::Addresses(vec!["fd00:64::8.8.8.8".parse().unwrap()]));
        if let Some(shown) = shown {
            lab.names.set("ipv4only.arpa", Answer::Addresses(vec![shown.parse().unwrap()]));
        }
        let outcomes = lab.check(&format!("http://{SITE}/")).await;
        let is_refused = matches!(outcomes.ending, Ending::Refused { reason: Refusal::PrivateAddress, .. });
        assert_eq!(is_refused, is_private, "{outcomes:#?}");
    }
}

#[tokio::test]
async fn a_long_body_is_read_as_far_as_64_kib() {
    let port = server(|mut stream: TcpStream| async move {
        request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10000000\r\n\r\n").await.unwrap();
        // The client goes away in between.
        while stream.write_all(&[b'x'; 10_000]).await.is_ok() {}
    })
    .await;
    let outcomes = Lab::new().await.check(&format!("http://{SITE}:{port}/")).await;
    assert_eq!(outcomes.answer(&Subject::Target).unwrap().body.len(), 64 * 1024);
}

#[tokio::test]
async fn refused() {
    check(refusing().await, (Step::Tcp, Failure::TcpRefused)).await;
}

#[tokio::test]
async fn reset_before_an_answer() {
    let port = server(|mut stream: TcpStream| async move {
        request(&mut stream).await;
        stream.set_zero_linger().unwrap();
    })
    .await;
    check(port, (Step::Http, Failure::TcpReset)).await;
}

#[tokio::test]
async fn reset_in_the_middle_of_the_body() {
    let port = server(|mut stream: TcpStream| async move {
        request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nbegin").await.unwrap();
        // A reset overtakes what has not been read yet.
        tokio::time::sleep(Duration::from_millis(100)).await;
        stream.set_zero_linger().unwrap();
    })
    .await;
    check(port, (Step::Http, Failure::TcpReset)).await;
}

#[tokio::test]
async fn closed_without_a_byte() {
    let port = server(|mut stream: TcpStream| async move { say(&mut stream, "").await }).await;
    check(port, (Step::Http, Failure::HttpResponseEmpty)).await;
}

#[tokio::test]
async fn cut_off() {
    for (answer, failure) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nbegin", Failure::HttpContentLengthMismatch),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nbegin", Failure::HttpContentLengthMismatch),
        ("HTTP/1.1 200 OK\r\ncontent-le", Failure::HttpResponseHeadersInvalid),
    ] {
        let port = server(move |mut stream: TcpStream| async move { say(&mut stream, answer).await }).await;
        check(port, (Step::Http, failure)).await;
    }
}

#[tokio::test]
async fn no_http_at_all() {
    for answer in ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 twohundred\r\n\r\n", "\u{15}\u{3}\u{1}\0\u{2}\u{2}P"] {
        let port = server(move |mut stream: TcpStream| async move { say(&mut stream, answer).await }).await;
        check(port, (Step::Http, Failure::HttpResponseInvalid)).await;
    }
}

#[tokio::test]
async fn silence_times_out_and_a_slow_body_too() {
    let (silent, stalling) = tokio::join!(
        async {
            let port = server(|mut stream: TcpStream| async move {
                request(&mut stream).await;
                std::future::pending().await
            });
            check(port.await, (Step::Http, Failure::HttpTimedOut)).await;
        },
        async {
            let port = server(|mut stream: TcpStream| async move {
                request(&mut stream).await;
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nbegin").await.unwrap();
                std::future::pending().await
            });
            check(port.await, (Step::Http, Failure::HttpTimedOut)).await;
        },
    );
    let ((), ()) = (silent, stalling);
}

#[tokio::test]
async fn a_server_that_takes_seven_seconds_is_slow_for_whoever_waits_and_in_no_sample_down() {
    let port = server(|mut stream: TcpStream| async move {
        request(&mut stream).await;
        tokio::time::sleep(Duration::from_secs(7)).await;
        // All but one have gone.
        let _ = stream.write_all(OK.as_bytes()).await;
    })
    .await;
    let lab = Lab::new().await;
    let patient = std::sync::Arc::new(lab.config.instruments().unwrap().patient());
    let outcomes = lab.check_with(patient, &format!("http://{SITE}:{port}/")).await;
    assert_eq!(outcomes.answer(&Subject::Target).unwrap().status, 200, "{outcomes:#?}");
    assert_eq!(outcomes.failures(), [], "{outcomes:#?}");
    assert_eq!(outcomes.ending, Ending::Finished { timed_out: false });
}

#[tokio::test]
async fn a_body_that_drips_is_slow_and_not_broken_off() {
    let port = server(|mut stream: TcpStream| async move {
        request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n").await.unwrap();
        while stream.write_all(b"drip ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    })
    .await;
    let outcomes = Lab::new().await.scoped(Scope::Again).check(&format!("http://{SITE}:{port}/")).await;
    assert!(outcomes.answer(&Subject::Target).unwrap().body.starts_with("drip drip"), "{outcomes:#?}");
}

async fn check_tls(
    certified: &str,
    adjust: impl FnOnce(&mut CertificateParams),
    is_trusted: bool,
    expected: &[Failure],
) {
    let authority = Authority::new();
    let dir = tempfile::tempdir().unwrap();
    let pem = dir.path().join("ca.pem");
    let trusted = if is_trusted { authority.pem() } else { Authority::new().pem() };
    std::fs::write(&pem, trusted).unwrap();
    let acceptor = authority.acceptor(certified, b"http/1.1", adjust);
    let port = tls_server(acceptor, |mut stream| async move { say(&mut stream, OK).await }).await;
    let outcomes = Lab::new().await.trusting(pem).check(&format!("https://{SITE}:{port}/")).await;
    let failures: Vec<Failure> = outcomes.failures().into_iter().map(|(_, failure)| failure).collect();
    assert_eq!(failures, expected, "{outcomes:?}");
    if expected.is_empty() {
        let is_certified = |outcome: &Outcome| {
            matches!(outcome, Outcome::Secured(certificate)
                if certificate.names == [SITE] && certificate.sha256.len() == 64 && certificate.not_after > certificate.not_before)
        };
        assert!(outcomes.seen.iter().any(|seen| is_certified(&seen.outcome)), "{outcomes:?}");
        assert_eq!(outcomes.answer(&Subject::Target).unwrap().body, "hello");
    }
}

#[tokio::test]
async fn certificates_good_expired_early_misnamed_and_unsigned() {
    let nothing = |_: &mut CertificateParams| {};
    check_tls(SITE, nothing, true, &[]).await;
    let expired = |params: &mut CertificateParams| params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    check_tls(SITE, expired, true, &[Failure::TlsCertDateInvalid]).await;
    let early = |params: &mut CertificateParams| params.not_before = rcgen::date_time_ymd(2090, 1, 1);
    check_tls(SITE, early, true, &[Failure::TlsCertDateInvalid]).await;
    check_tls("www.other-site.com", nothing, true, &[Failure::TlsCertNameInvalid]).await;
    check_tls(SITE, nothing, false, &[Failure::TlsCertAuthorityInvalid]).await;
}

#[tokio::test]
async fn a_self_signed_certificate_is_one_that_nobody_has_signed() {
    let outcomes = {
        let key = rcgen::generate_simple_self_signed(vec![SITE.to_owned()]).unwrap();
        let config =
            rustls::ServerConfig::builder_with_provider(std::sync::Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(
                    vec![key.cert.der().clone()],
                    rustls_pki_types::PrivateKeyDer::try_from(key.signing_key.serialize_der()).unwrap(),
                )
                .unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config));
        let port = tls_server(acceptor, |mut stream| async move { say(&mut stream, OK).await }).await;
        Lab::new().await.check(&format!("https://{SITE}:{port}/")).await
    };
    assert_eq!(outcomes.failures(), [(Step::Tls, Failure::TlsCertAuthorityInvalid)]);
}

#[tokio::test]
async fn handshakes_that_are_none() {
    for (greeting, failure) in
        [("", Failure::TcpClosed), ("HTTP/1.1 400 Bad Request\r\n\r\n", Failure::TlsProtocolError)]
    {
        let port = server(move |mut stream: TcpStream| async move {
            let mut hello = [0; 16];
            tokio::io::AsyncReadExt::read_exact(&mut stream, &mut hello).await.unwrap();
            stream.write_all(greeting.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
            // Closing with unread bytes would reset instead.
            let _ = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut Vec::new()).await;
        })
        .await;
        let outcomes = Lab::new().await.check(&format!("https://{SITE}:{port}/")).await;
        assert_eq!(outcomes.failures(), [(Step::Tls, failure)], "{greeting}");
    }
}

#[tokio::test]
async fn http2_answers_and_an_http2_stream_that_is_reset() {
    for is_healthy in [true, false] {
        let authority = Authority::new();
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("ca.pem"), authority.pem()).unwrap();
        let acceptor = authority.acceptor(SITE, b"h2", |_| {});
        let port = tls_server(acceptor, move |stream| async move {
            let mut connection = h2::server::handshake(stream).await.unwrap();
            while let Some(Ok((request, mut respond))) = connection.accept().await {
                assert_eq!(request.uri().path(), "/two");
                if is_healthy {
                    let mut body = respond.send_response(hyper::Response::new(()), false).unwrap();
                    body.send_data("second".into(), true).unwrap();
                } else {
                    respond.send_reset(h2::Reason::INTERNAL_ERROR);
                }
            }
        })
        .await;
        let lab = Lab::new().await.trusting(dir.path().join("ca.pem"));
        let outcomes = lab.check(&format!("https://{SITE}:{port}/two")).await;
        if is_healthy {
            assert_eq!(outcomes.answer(&Subject::Target).unwrap().body, "second", "{outcomes:?}");
        } else {
            assert_eq!(outcomes.failures(), [(Step::Http, Failure::HttpProtocolError)]);
        }
    }
}

#[tokio::test]
async fn a_missing_name_a_failing_resolver_and_a_silent_one_are_told_apart() {
    let lab = Lab::new().await;
    lab.names.set("servfail.example-site.com", Answer::Code(ResponseCode::ServFail));
    lab.names.set("refused.example-site.com", Answer::Code(ResponseCode::Refused));
    lab.names.set("nodata.example-site.com", Answer::Addresses(Vec::new()));
    lab.names.set("silent.example-site.com", Answer::Silence);
    for (name, failure) in [
        ("gone", Failure::DnsNameNotResolved),
        ("nodata", Failure::DnsNameNotResolved),
        ("servfail", Failure::DnsFailed),
        ("refused", Failure::DnsFailed),
        ("silent", Failure::DnsUnreachable),
    ] {
        let outcomes = lab.check(&format!("http://{name}.example-site.com/")).await;
        assert_eq!(outcomes.failures(), [(Step::Dns, failure)], "{name}: {outcomes:?}");
    }
}

#[tokio::test]
async fn a_chain_of_names_is_told() {
    let port = server(|mut stream: TcpStream| async move { say(&mut stream, OK).await }).await;
    let lab = Lab::new().await;
    lab.names.set(SITE, Answer::Alias("dualstack.x.fastly.net.", vec!["127.0.0.1".parse().unwrap()]));
    let outcomes = lab.check(&format!("http://{SITE}:{port}/")).await;
    let Outcome::Resolved { cnames, .. } = &outcomes.seen[0].outcome else { panic!("{outcomes:?}") };
    assert_eq!(cnames, &["dualstack.x.fastly.net"]);
    assert!(outcomes.answer(&Subject::Target).is_some());
}

#[tokio::test]
async fn every_address_is_measured_for_itself() {
    let port = server(|mut stream: TcpStream| async move { say(&mut stream, OK).await }).await;
    let lab = Lab::new().await;
    let addresses: Vec<IpAddr> = vec!["127.0.0.2".parse().unwrap(), "127.0.0.1".parse().unwrap()];
    lab.names.set(SITE, Answer::Addresses(addresses.clone()));
    let outcomes = lab.check(&format!("http://{SITE}:{port}/")).await;
    for (address, outcome) in [(addresses[0], Outcome::Failed(Failure::TcpRefused)), (addresses[1], Outcome::Connected)]
    {
        assert!(
            outcomes.seen.iter().any(|seen| seen.address == Some(address) && seen.outcome == outcome),
            "{outcomes:?}"
        );
    }
}

#[tokio::test]
async fn controls_are_measured_beside_the_target() {
    let anchor = server(|mut stream: TcpStream| async move { say(&mut stream, OK).await }).await;
    let portal = server(|mut stream: TcpStream| async move {
        say(&mut stream, "HTTP/1.1 302 Found\r\nlocation: http://portal.example/\r\ncontent-length: 0\r\n\r\n").await;
    })
    .await;
    let mut lab = Lab::new().await;
    for name in ["anchor.example-site.com", "portal.example-site.com"] {
        lab.names.set(name, Answer::Addresses(vec!["127.0.0.1".parse().unwrap()]));
    }
    lab.config.anchors.hosts = vec![Target::parse(&format!("http://anchor.example-site.com:{anchor}/")).unwrap()];
    lab.config.portal.url = Target::parse(&format!("http://portal.example-site.com:{portal}/")).ok();
    let outcomes = lab.check(&format!("http://{SITE}:{}/", refusing().await)).await;
    assert_eq!(outcomes.failures(), [(Step::Tcp, Failure::TcpRefused)]);
    assert_eq!(outcomes.answer(&Subject::Anchor("anchor.example-site.com".into())).unwrap().status, 200);
    assert_eq!(outcomes.answer(&Subject::Portal).unwrap().status, 302);
}
