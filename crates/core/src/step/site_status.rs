//! What is known of each site, from all its outages: what the incidents are brought in line with.

use crate::cdn::places::is_well_known;
use crate::incident::Progress;
use crate::observation::Millis;
use crate::outage::{Outage, progress};
use crate::state::State;
use crate::verdict::{Confidence, Fact, Fault, Verdict};

/// What is known of all hosts.
pub(super) struct Statuses {
    /// By host, one each.
    pub(super) known: Vec<SiteStatus>,
    /// Hosts that are being checked for the first time or anew, sorted.
    checking: Vec<String>,
}

impl Statuses {
    pub(super) fn of(state: &State) -> Self {
        let mut known: Vec<SiteStatus> = Vec::new();
        let mut checking = Vec::new();
        // Incidents outlive the session. Where the host itself is the secret, a tunnel or a preview, nothing can be written
        // down without it; its tab has its badge all the same. A page that is watched is written down by the user's wish.
        let is_written = |outage: &&Outage| {
            !outage.page.has_secret_host() || state.lasting.watched.iter().any(|page| page.host() == outage.host())
        };
        for outage in state.outages.values().filter(|outage| !outage.is_doubted()).filter(is_written) {
            match outage.verdict() {
                Some(verdict) => known.push(SiteStatus::of(outage, verdict)),
                None => checking.push(outage.host().to_owned()),
            }
        }
        checking.sort_unstable();
        // Of several pages of a site, the worst counts, and of those the first.
        known.sort_by(|one, other| {
            one.host.cmp(&other.host).then_with(|| (one.progress, one.since).cmp(&(other.progress, other.since)))
        });
        known.dedup_by(|later, first| later.host == first.host);
        Self { known, checking }
    }

    pub(super) fn place_of(&self, host: &str) -> Option<usize> {
        self.known.binary_search_by(|status| status.host.as_str().cmp(host)).ok()
    }

    pub(super) fn is_checking(&self, host: &str) -> bool {
        self.checking.binary_search_by(|checked| checked.as_str().cmp(host)).is_ok()
    }
}

/// What is known of one host, from all its outages.
#[derive(Debug)]
pub(super) struct SiteStatus {
    pub(super) host: String,
    pub(super) url: String,
    pub(super) cdn: Option<String>,
    pub(super) fault: Fault,
    /// Whether that is its CDN's for more than this site.
    pub(super) is_cdn_wide: bool,
    pub(super) confidence: Confidence,
    pub(super) progress: Progress,
    pub(super) since: Millis,
    pub(super) looked: Option<Millis>,
}

impl SiteStatus {
    fn of(outage: &Outage, verdict: &Verdict) -> Self {
        let fault = outage.recovery.cause().unwrap_or(verdict.fault);
        Self {
            host: outage.host().to_owned(),
            url: outage.pages.first().unwrap_or(&outage.page).as_str().to_owned(),
            cdn: outage.cdn().map(str::to_owned),
            fault,
            is_cdn_wide: is_cdn_wide(fault, verdict, outage.host()),
            confidence: verdict.confidence,
            progress: progress(verdict.fault, &outage.recovery),
            since: outage.since,
            looked: outage.looked(),
        }
    }
}

/// Whether a site's failure is its CDN's for more than this site. A server can answer each region differently by itself:
/// that it fails in this one says something of its CDN only where other sites do as well, or where its owner is known.
fn is_cdn_wide(fault: Fault, verdict: &Verdict, host: &str) -> bool {
    let do_others = || verdict.because.iter().any(|because| because.fact == Fact::SiblingsFail);
    fault.is_cdn_wide() && (fault != Fault::Regional || do_others() || is_well_known(host))
}
