//! The host's first look, told to core as a browser would tell of a page load.

use detour_core::event::{Event, TabId};
use detour_core::failure::Failure;
use detour_core::observation::{Observation, Subject};
use detour_core::target::Target;

/// The event of a load that failed in this way.
pub(super) fn event(tab: TabId, target: &Target, seen: &[Observation], failure: &Failure) -> Event {
    let url = target.as_str().to_owned();
    match failure.status() {
        Some(status) => {
            let answers = seen.iter().filter(|seen| seen.subject == Subject::Target).filter_map(Observation::answer);
            let html = answers.filter(|answer| answer.status == status).map(|answer| answer.body.clone());
            let html = html.max_by_key(String::len).unwrap_or_default();
            let title = title(&html).to_owned();
            Event::StatusSeen { tab, url, status, by_service_worker: false, title, html }
        }
        None => {
            let (error, lifecycle) = (words(failure).to_owned(), None);
            Event::NavigationFailed { tab, frame: 0, url, error, lifecycle, online: true }
        }
    }
}

fn title(html: &str) -> &str {
    let from = html.find("<title").and_then(|at| html.get(at..)).and_then(|rest| rest.split_once('>'));
    from.and_then(|(_, rest)| rest.split('<').next()).unwrap_or_default().trim()
}

/// Chromium's words for a failure, which core reads.
const fn words(failure: &Failure) -> &'static str {
    match failure {
        Failure::DnsNameNotResolved => "net::ERR_NAME_NOT_RESOLVED",
        Failure::DnsFailed => "net::ERR_NAME_RESOLUTION_FAILED",
        Failure::DnsUnreachable => "net::ERR_DNS_TIMED_OUT",
        Failure::TcpTimedOut => "net::ERR_CONNECTION_TIMED_OUT",
        Failure::TcpClosed => "net::ERR_CONNECTION_CLOSED",
        Failure::TcpReset => "net::ERR_CONNECTION_RESET",
        Failure::TcpRefused => "net::ERR_CONNECTION_REFUSED",
        Failure::TcpAborted => "net::ERR_CONNECTION_ABORTED",
        Failure::TcpAddressUnreachable => "net::ERR_ADDRESS_UNREACHABLE",
        Failure::TlsVersionOrCipherMismatch => "net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
        Failure::TlsCertNameInvalid => "net::ERR_CERT_COMMON_NAME_INVALID",
        Failure::TlsCertDateInvalid => "net::ERR_CERT_DATE_INVALID",
        Failure::TlsCertAuthorityInvalid => "net::ERR_CERT_AUTHORITY_INVALID",
        Failure::TlsCertInvalid => "net::ERR_CERT_INVALID",
        Failure::TlsCertRevoked => "net::ERR_CERT_REVOKED",
        Failure::TlsProtocolError => "net::ERR_SSL_PROTOCOL_ERROR",
        Failure::TlsFailed => "net::ERR_SSL_UNRECOGNIZED",
        Failure::HttpResponseInvalid => "net::ERR_INVALID_HTTP_RESPONSE",
        Failure::HttpContentLengthMismatch => "net::ERR_CONTENT_LENGTH_MISMATCH",
        Failure::HttpResponseEmpty => "net::ERR_EMPTY_RESPONSE",
        Failure::HttpResponseHeadersInvalid => "net::ERR_RESPONSE_HEADERS_TOO_BIG",
        Failure::HttpResponseEncoding => "net::ERR_CONTENT_DECODING_FAILED",
        Failure::HttpRedirectLoop => "net::ERR_TOO_MANY_REDIRECTS",
        Failure::HttpProtocolError => "net::ERR_HTTP2_PROTOCOL_ERROR",
        Failure::HttpTimedOut => "net::ERR_TIMED_OUT",
        Failure::TlsBadClientAuthCert => "net::ERR_BAD_SSL_CLIENT_AUTH_CERT",
        // The rest is never the host's own finding.
        Failure::TcpFailed
        | Failure::HttpError { .. }
        | Failure::Offline
        | Failure::Abandoned
        | Failure::Blocked
        | Failure::Unrecognized(_) => "net::ERR_CONNECTION_FAILED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detour_core::observation::{Answer, Outcome, Step, Vantage};

    #[test]
    fn core_reads_every_failure_as_what_it_was() {
        for failure in [
            Failure::DnsNameNotResolved,
            Failure::DnsFailed,
            Failure::DnsUnreachable,
            Failure::TcpTimedOut,
            Failure::TcpClosed,
            Failure::TcpReset,
            Failure::TcpRefused,
            Failure::TcpAborted,
            Failure::TcpAddressUnreachable,
            Failure::TcpFailed,
            Failure::TlsVersionOrCipherMismatch,
            Failure::TlsCertNameInvalid,
            Failure::TlsCertDateInvalid,
            Failure::TlsCertAuthorityInvalid,
            Failure::TlsCertInvalid,
            Failure::TlsCertRevoked,
            Failure::TlsProtocolError,
            Failure::TlsFailed,
            Failure::HttpResponseInvalid,
            Failure::HttpContentLengthMismatch,
            Failure::HttpResponseEmpty,
            Failure::HttpResponseHeadersInvalid,
            Failure::HttpResponseEncoding,
            Failure::HttpRedirectLoop,
            Failure::HttpProtocolError,
            Failure::HttpTimedOut,
        ] {
            assert_eq!(Failure::from_engine(words(&failure)), failure);
            assert!(failure.may_be_outage());
        }
    }

    #[test]
    fn an_error_page_comes_with_its_title_and_its_words() {
        let target = Target::parse("https://www.example-site.com/").unwrap();
        let body = "<html><title lang=en> Just a moment... </title><p>x".to_owned();
        let answer = Outcome::Answered(Answer { status: 503, body: body.clone(), ..Answer::default() });
        let seen = [Observation::new(Vantage::Host, Subject::Target, Step::Http, answer)];
        let told = event(TabId(0), &target, &seen, &Failure::HttpError { status: Some(503) });
        let Event::StatusSeen { status: 503, title, html, .. } = told else { panic!("{told:?}") };
        assert_eq!((title.as_str(), html), ("Just a moment...", body));
    }
}
