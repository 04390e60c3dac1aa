//! Names that lead into the user's own network: nobody is asked there, and a network that leads every name there is told.

use detour_core::failure::Failure;
use detour_core::observation::Step;
use detour_core::port::Refusal;
use detour_core::target::Target;
use detour_host::check::Ending;
use tokio::net::TcpStream;

use crate::faults::{refusing, server};
use crate::lab::{Lab, SITE};
use crate::names::Answer;

#[tokio::test]
async fn private_addresses_are_never_connected_to_unless_the_config_allows_it() {
    let port = server(|_: TcpStream| async move { panic!("connected to a private address") }).await;
    let mut lab = Lab::new().await;
    lab.config.allow_addresses.clear();
    let outcomes = lab.check(&format!("http://{SITE}:{port}/")).await;
    assert!(matches!(outcomes.ending, Ending::Refused { reason: Refusal::PrivateAddress, .. }), "{outcomes:?}");
    assert!(outcomes.seen.is_empty(), "not even the name's addresses are told: {outcomes:?}");
}

#[tokio::test]
async fn where_every_name_leads_to_a_private_address_it_is_the_network() {
    let mut lab = Lab::new().await;
    lab.config.allow_addresses.clear();
    let anchor = "anchor.example-site.com";
    lab.config.anchors.hosts = vec![Target::parse(&format!("http://{anchor}/")).unwrap()];
    lab.names.set(anchor, Answer::Addresses(vec!["10.0.0.1".parse().unwrap()]));
    let outcomes = lab.check(&format!("http://{SITE}/")).await;
    assert_eq!(outcomes.ending, Ending::Finished { timed_out: false });
    assert_eq!(outcomes.failures(), [(Step::Dns, Failure::DnsFailed)]);
    assert!(outcomes.seen.iter().all(|seen| seen.addresses().is_empty() && seen.address.is_none()), "{outcomes:?}");
}

#[tokio::test]
async fn private_addresses_beside_public_ones_are_left_out() {
    let mut lab = Lab::new().await;
    lab.config.allow_addresses = vec!["127.0.0.1/32".parse().unwrap()];
    lab.names.set(SITE, Answer::Addresses(vec!["10.0.0.1".parse().unwrap(), "127.0.0.1".parse().unwrap()]));
    let outcomes = lab.check(&format!("http://{SITE}:{}/", refusing().await)).await;
    assert_eq!(outcomes.failures(), [(Step::Tcp, Failure::TcpRefused)]);
    assert!(outcomes.seen.iter().all(|seen| seen.address != Some("10.0.0.1".parse().unwrap())));
}
