//! Several samples of one site on fresh connections: one bad node of six shows only so.

use std::net::IpAddr;
use std::time::Duration;

use crate::http::BodyWanted;
use crate::plan::{Fetch, Samples};
use crate::recorder::Keeps;
use crate::{deadlines, route};

/// One connection to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sample {
    pub(super) address: IpAddr,
    pub(super) after: Duration,
    pub(super) keeps: Keeps,
    pub(super) body: BodyWanted,
}

/// The samples of a fetch over these addresses.
pub(super) fn samples(fetch: &Fetch, addresses: &[IpAddr]) -> Vec<Sample> {
    // Without IPv6 on this network, asking there again would only say so again.
    let usable: Vec<IpAddr> = addresses.iter().copied().filter(|address| route::leads_to(*address)).collect();
    let first = || addresses.iter().map(|address| sample(*address, Duration::ZERO, Keeps::EveryStep, fetch.body));
    match fetch.samples {
        Samples::EachOnce => first().collect(),
        Samples::AtLeast(count) => first().chain(brief(&usable, count.saturating_sub(usable.len()), 1)).collect(),
        Samples::Brief(count) => brief(if usable.is_empty() { addresses } else { &usable }, count, 0).collect(),
    }
}

/// `count` samples in turn over the addresses, one [`deadlines::STAGGER`] apart, the first after `from` of them.
fn brief(addresses: &[IpAddr], count: usize, from: u32) -> impl Iterator<Item = Sample> {
    (from..).zip(addresses.iter().cycle().take(count)).map(|(turn, address)| {
        sample(*address, deadlines::STAGGER.saturating_mul(turn), Keeps::TheEnd, BodyWanted::Excerpt)
    })
}

const fn sample(address: IpAddr, after: Duration, keeps: Keeps, body: BodyWanted) -> Sample {
    Sample { address, after, keeps, body }
}

#[cfg(test)]
mod tests {
    use detour_model::port::Scope;
    use detour_model::target::Target;

    use super::*;

    fn check(scope: Scope, addresses: &[&str], expected: &[(&str, Keeps)]) {
        let fetch = Fetch::target(Target::parse("https://www.example.org/").unwrap(), scope);
        let addresses: Vec<IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
        let made: Vec<_> =
            samples(&fetch, &addresses).iter().map(|made| (made.address.to_string(), made.keeps)).collect();
        let expected: Vec<_> = expected.iter().map(|(address, keeps)| ((*address).to_owned(), *keeps)).collect();
        assert_eq!(made, expected);
    }

    #[test]
    fn five_samples_are_spread_over_the_addresses() {
        use Keeps::{EveryStep, TheEnd};
        let (one, two) = ("127.0.0.1", "127.0.0.2");
        check(Scope::Usual, &[one], &[(one, EveryStep), (one, TheEnd), (one, TheEnd), (one, TheEnd), (one, TheEnd)]);
        let spread = [(one, EveryStep), (two, EveryStep), (one, TheEnd), (two, TheEnd), (one, TheEnd)];
        check(Scope::Closer, &[one, two], &spread);
        check(Scope::Again, &[one, two], &spread[..2]);
        check(Scope::Usual, &[], &[]);
    }

    #[test]
    fn samples_of_one_site_are_apart() {
        let fetch = Fetch::target(Target::parse("https://www.example.org/").unwrap(), Scope::Usual);
        let made = samples(&fetch, &["127.0.0.1".parse().unwrap()]);
        let after: Vec<Duration> = made.iter().map(|made| made.after).collect();
        assert!(after.windows(2).all(|pair| pair[1] - pair[0] == deadlines::STAGGER), "{after:?}");
    }
}
