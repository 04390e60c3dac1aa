//! What a proxy does is not the site's doing, nor the network's behind it.

use super::*;

fn at_anchors(failure: &Failure) -> Vec<Observation> {
    let at = |host: &str| {
        let subject = Subject::Anchor(host.into());
        observe(Host, subject, Step::Tcp, Outcome::Failed(failure.clone()))
    };
    ["a.example.org", "b.example.net", "c.example.com"].map(at).into()
}

fn by_host(failure: Failure, more: &[Observation]) -> Vec<Observation> {
    [&[failed(Host, failure)], more].concat()
}

#[test]
fn a_proxy_says_itself_what_it_did() {
    use Failure::{ProxyAuthRequired, ProxyConnectionFailed, ProxyRefused, ProxyTargetUnreachable, ProxyTunnelFailed};
    let fine = [fine_anchor()];
    for (browser, host, fault, confidence) in [
        (ProxyConnectionFailed, ProxyConnectionFailed, Fault::Proxy, High),
        (ProxyAuthRequired, ProxyAuthRequired, Fault::ProxySignIn, High),
        (ProxyTunnelFailed, ProxyRefused, Fault::ProxyRefuses, Medium),
        (ProxyRefused, ProxyRefused, Fault::ProxyRefuses, High),
        // The browser may have the password that the host lacks.
        (ProxyTunnelFailed, ProxyAuthRequired, Fault::ProxySignIn, Low),
        (ProxyTunnelFailed, ProxyTargetUnreachable, Fault::Proxy, Medium),
        (ProxyTunnelFailed, ProxyTunnelFailed, Fault::Proxy, Medium),
    ] {
        check(&browser, &by_host(host.clone(), &at_anchors(&host)), fault, confidence);
    }
    check(&ProxyTunnelFailed, &by_host(ProxyTargetUnreachable, &fine), Fault::FromHere, Medium);
    check(&ProxyConnectionFailed, &by_host(ProxyConnectionFailed, &fine), Fault::Proxy, Low);
    // By the browser's word alone.
    check(&ProxyConnectionFailed, &[], Fault::Proxy, Medium);
    check(&ProxyAuthRequired, &[], Fault::ProxySignIn, Medium);
    check(&ProxyTunnelFailed, &[], Fault::CantTell, Low);
}

#[test]
fn a_host_that_the_proxy_stops_makes_no_verdict_worse() {
    let page = "<title>503 Service Unavailable</title>";
    let alone = judged(&E503, &[answer(Browser, 503, page)]);
    for failure in [Failure::ProxyAuthRequired, Failure::ProxyRefused, Failure::ProxyConnectionFailed] {
        let stopped = by_host(failure.clone(), &at_anchors(&failure));
        let with = judged(&E503, &[&[answer(Browser, 503, page)], &stopped[..]].concat());
        assert_eq!((with.fault, with.confidence), (alone.fault, alone.confidence), "{failure:?}");
        // Nor is it ever the user's connection, or surely the site's.
        let timed_out = judged(&Failure::TcpTimedOut, &stopped);
        assert_eq!(timed_out.confidence, Low, "{timed_out:?}");
        assert_ne!(timed_out.fault, Fault::You);
        // What the browser sees well is well.
        let back = judged(&E503, &[&[answer(Browser, 200, "")], &stopped[..]].concat());
        assert_eq!(back.fault, Fault::Passed, "{failure:?}");
    }
}

#[test]
fn a_plain_page_of_a_gateway_may_be_the_proxys() {
    let target = Target::parse("http://www.example.org/").unwrap();
    let said = observe(Host, Subject::Target, Step::Http, Outcome::Failed(Failure::ProxyTargetUnreachable));
    let page =
        observe(Browser, Subject::Target, Step::Http, Outcome::Answered(Answer { status: 503, ..Answer::default() }));
    let seen = [&said, &page, &fine_anchor()];
    let case = Case { target: &target, failure: Some(&E503), seen: &seen, published: None, before: None, now: said.at };
    assert_eq!(judge(&case).fault, Fault::FromHere);
}
