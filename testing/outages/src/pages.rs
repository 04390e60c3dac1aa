//! What edges and origins answer, in each one's own style.

use crate::chance::{Chance, words};
use crate::moment::Moment;
use crate::outage::Outage;
use crate::sight::Sight;
use crate::world::{Cdn, Host, Role};

mod page;
mod texts;

pub use page::{Answer, Page};

impl Outage {
    /// What a host answers with this page, as it arrives.
    #[must_use]
    pub fn answer(&self, page: Page, host: &Host, sight: &Sight, at: Moment, sample: u64) -> Answer {
        let unix = self.unix_ms(at) / 1000;
        let id = Chance::of(sample, &[words(host.name), at.0]).below(1, u64::MAX);
        let cdn = host.home_at(at).cdn;
        let print = texts::Print { host: host.name, pop: sight.pop, node: node_name(sight), unix, id };
        let mut answer = match page {
            Page::Good => good(host),
            Page::FastlyGuru(status, reason) => print.fastly_guru(status, reason),
            Page::Fastly54113 => print.fastly_54113(),
            Page::CloudflareBare(status) => print.cloudflare_bare(status),
            Page::CloudflareBranded500 => print.cloudflare_branded(500, "Internal server error", "Error"),
            Page::Cloudflare522 => print.cloudflare_branded(522, "Connection timed out", "Working"),
            Page::CloudFront504 => print.cloudfront_504(),
            Page::Akamai504 => print.akamai_504(),
            Page::FrontDoor(status) => print.front_door(status),
            Page::LoadBalancer503 => texts::load_balancer_503(),
            Page::Maintenance => texts::maintenance(host.name),
            Page::Overrun => texts::overrun(),
            Page::LookAlike => print.cloudflare_branded(500, "Internal server error", "Error"),
            Page::SignIn => texts::sign_in(),
            Page::Advertising => texts::advertising(host.name),
        };
        let set = |answer: &mut Answer, name, value: String| {
            if !answer.headers.iter().any(|(known, _)| *known == name) {
                answer.headers.push((name, value));
            }
        };
        set(&mut answer, "date", http_date(unix));
        set(&mut answer, "content-type", "text/html; charset=utf-8".to_owned());
        if matches!(page, Page::SignIn | Page::Advertising) {
            return answer; // whoever answers here is no part of the host's delivery
        }
        // Cloudflare puts its own name in place of the origin's.
        let is_renamed = cdn == Cdn::Cloudflare && page != Page::LookAlike;
        answer.headers.retain(|(name, _)| *name != "server" || !is_renamed);
        for (name, value) in print.marks(if page == Page::LookAlike { Cdn::Own } else { cdn }) {
            set(&mut answer, name, value);
        }
        // What an edge makes itself never came from the host's own server.
        if matches!(page, Page::Good | Page::Maintenance | Page::Overrun | Page::LookAlike) {
            set(&mut answer, "server", host.server.to_owned());
        }
        answer
    }
}

fn good(host: &Host) -> Answer {
    let title = format!("Welcome to {}", host.name);
    let body = format!("<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>");
    let status = if host.role == Role::Portal { 204 } else { 200 };
    let body = if status == 204 { String::new() } else { body };
    Answer { status, headers: Vec::new(), body, title }
}

/// The met node's name, as Fastly writes it.
fn node_name(sight: &Sight) -> String {
    format!("cache-{}{}-{}", sight.pop.to_lowercase(), 19_120 + 7 * u32::from(sight.node), sight.pop)
}

/// RFC 9110's IMF-fixdate.
pub(super) fn http_date(unix: u64) -> String {
    let at = i64::try_from(unix).ok().and_then(|unix| time::OffsetDateTime::from_unix_timestamp(unix).ok());
    let format = time::macros::format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    at.and_then(|at| at.format(format).ok()).unwrap_or_default()
}
