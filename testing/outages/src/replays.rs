//! The replays, one file each.

use super::Outage;

mod akamai_2021;
mod aws_2021;
mod azure_2025;
mod bad_node;
mod bad_pop;
mod captive_portal;
mod clock_off;
mod cloudflare_2019;
mod cloudflare_2020;
mod cloudflare_2022;
mod cloudflare_2025;
mod expired_certificate;
mod fastly_2021;
mod ipv6_broken;
mod look_alike;
mod maintenance;
mod parts;
mod rewriting_resolver;
mod split_horizon;
mod wifi_drops;

/// Every replay: outages in order of time, then single nodes and POPs, then the negatives.
#[must_use]
pub fn all() -> Vec<Outage> {
    vec![
        cloudflare_2019::outage(),
        cloudflare_2020::outage(),
        fastly_2021::outage(),
        akamai_2021::outage(),
        aws_2021::outage(),
        cloudflare_2022::outage(),
        azure_2025::outage(),
        cloudflare_2025::outage(),
        bad_node::outage(),
        bad_pop::outage(),
        expired_certificate::outage(),
        wifi_drops::outage(),
        captive_portal::outage(),
        rewriting_resolver::outage(),
        split_horizon::outage(),
        maintenance::outage(),
        look_alike::outage(),
        ipv6_broken::outage(),
        clock_off::outage(),
    ]
}
