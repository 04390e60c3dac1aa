//! Where an answer leads on, and whether that way is followed: as browsers do, and to public addresses alone.

use std::net::IpAddr;

use detour_model::failure::Failure;
use detour_model::observation::Answer;
use detour_model::target::Target;
use tokio::time::Instant;
use url::{Host, Url};

use crate::dns::Resolver;
use crate::instruments::Instruments;
use crate::proxy::Way;
use crate::{deadlines, route};

/// Whether an answer says that the page is elsewhere.
pub(super) fn is_one(answer: &Answer) -> bool {
    matches!(answer.status, 301 | 302 | 303 | 307 | 308) && !answer.header("location").is_empty()
}

/// Where it leads; `None` for what is not followed: anything but http(s), names and addresses of one's own network, and from
/// https to http, where somebody on the way could answer in the site's stead.
pub(super) fn target(from: &Url, answer: &Answer) -> Option<Target> {
    let to = from.join(answer.header("location")).ok()?;
    if from.scheme() == "https" && to.scheme() != "https" {
        return None;
    }
    Target::parse(to.as_str()).ok()
}

/// The address to go on with. `Err(None)`: this way is not followed.
pub(super) async fn first_step(
    target: Target,
    instruments: &Instruments,
    until: Instant,
) -> Result<(Target, IpAddr), Option<Failure>> {
    if instruments.known_way(target.url()) != Way::Direct {
        return Err(None);
    }
    let addresses = match target.url().host() {
        Some(Host::Ipv4(address)) => vec![IpAddr::V4(address)],
        Some(Host::Ipv6(address)) => vec![IpAddr::V6(address)],
        Some(Host::Domain(name)) => {
            let resolver = Resolver::new(instruments.contacts.resolver);
            let limit = until.min(Instant::now() + deadlines::DNS);
            resolver.resolve(name, limit).await.map_err(|broken| Some(broken.failure))?.addresses
        }
        None => return Err(None),
    };
    // One private address among them, and nobody knows where a browser would go.
    if !addresses.iter().all(|address| instruments.contacts.permits(*address)) {
        return Err(None);
    }
    let usable = addresses.iter().find(|address| route::leads_to(**address)).or(addresses.first()).copied();
    usable.map(|address| (target, address)).ok_or(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn led_to(from: &str, location: &str) -> Option<String> {
        let headers = [("location".to_owned(), location.to_owned())].into();
        let answer = Answer { status: 302, headers, body: String::new() };
        assert!(is_one(&answer));
        target(&Url::parse(from).unwrap(), &answer).map(|target| target.as_str().to_owned())
    }

    #[test]
    fn a_way_is_followed_to_public_places_and_never_out_of_tls() {
        let from = "https://example.org/a/b";
        assert_eq!(led_to(from, "https://www.example.org/").as_deref(), Some("https://www.example.org/"));
        assert_eq!(led_to(from, "/c?d").as_deref(), Some("https://example.org/c?d"));
        assert_eq!(led_to("http://example.org/", "https://example.org/").as_deref(), Some("https://example.org/"));
        for elsewhere in
            ["http://www.example.org/", "ftp://example.org/", "https://10.0.0.1/", "https://localhost/", "//"]
        {
            assert_eq!(led_to(from, elsewhere), None, "{elsewhere}");
        }
        assert!(
            !is_one(&Answer { status: 304, ..Answer::default() })
                && !is_one(&Answer { status: 302, ..Answer::default() })
        );
    }
}
