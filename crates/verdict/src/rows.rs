//! The decision table: rows in order, the first that matches wins. Each says in words what it needs.

use super::facts::Facts;
use super::verdict::Fault;
use detour_model::confidence::Confidence::Low;

mod cdn;
mod certificate;
mod finding;
mod mixed;
mod name;
mod network;
mod proxy;
mod site;

pub(super) use finding::Finding;

use cdn::{cdn_wide, cloud_region, fails_only_here};
use certificate::{certificate, intercepted};
use finding::found;
pub(super) use mixed::has_left;
use mixed::{back, broken_parts, overloaded, passed_or_this_browser, server_comes_and_goes};
use name::{made_up, name};
use network::{address_family, clock, network_down, offline, plain_text, portal, resolver, sign_in};
use proxy::proxy;
use site::{challenge, connection, nothing_known, server};

type Row = fn(&Facts<'_>) -> Option<Finding>;

/// The table.
const TABLE: [Row; 25] = [
    broken_parts,
    sign_in,
    challenge,
    offline,
    proxy,
    portal,
    plain_text,
    clock,
    made_up,
    back,
    overloaded,
    cdn_wide,
    cloud_region,
    fails_only_here,
    server_comes_and_goes,
    server,
    network_down,
    resolver,
    address_family,
    passed_or_this_browser,
    name,
    intercepted,
    certificate,
    connection,
    nothing_known,
];

/// The first row that matches; the last one always does.
pub(super) fn first(facts: &Facts<'_>) -> Finding {
    TABLE.iter().find_map(|row| row(facts)).unwrap_or_else(|| found(Fault::CantTell, Low, Vec::new()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_of_decisions_names_the_rows_in_their_order() {
        let own = include_str!("rows.rs");
        let (_, table) = own.split_once("const TABLE").unwrap();
        let (_, table) = table.split_once("= [").unwrap();
        let rows: Vec<&str> = table.split("];").next().unwrap().split(',').map(str::trim).collect();
        let page = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/decisions.md"));
        let (_, order) = page.split_once("From the first to the last they are").unwrap();
        let named: Vec<&str> = order.split_once(". The rules").unwrap().0.split('`').skip(1).step_by(2).collect();
        assert_eq!(named, rows.into_iter().filter(|row| !row.is_empty()).collect::<Vec<_>>());
    }
}
