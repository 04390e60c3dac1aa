//! Starts one lab in its own namespace and throws every switch, asking its servers whether they do as told.
//!
//! `cargo test -p detour-lab --test switches -- WORD` runs the stories whose name contains the word.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first surprise and prints what it found"
)]

mod archives;
mod asking;
mod connections;
mod edges;
mod names;
mod network;
mod remote;
mod replays;
mod resolvers;
mod status_pages;

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::process::ExitCode;
use std::time::Instant;

use detour_lab::{Lab, Switch, namespace};

type Story = (&'static str, fn(Lab) -> Pin<Box<dyn Future<Output = ()> + Send>>);

/// A list of stories from async functions of one module.
macro_rules! stories {
    ($($module:ident :: $name:ident),* $(,)?) => {
        vec![$((concat!(stringify!($module), "::", stringify!($name)), |lab| Box::pin($module::$name(lab)))),*]
    };
}

fn stories() -> Vec<Story> {
    stories![
        edges::a_healthy_site_answers_with_the_marks_of_its_edge,
        edges::a_switched_off_edge_answers_its_own_503_and_heals,
        edges::an_empty_503_has_no_body,
        edges::only_the_named_sites_fail,
        edges::a_share_of_requests_fails,
        edges::each_node_has_its_turn,
        edges::one_bad_node_fails_whenever_it_is_met,
        edges::neighbours_are_served_by_their_own_cdn,
        edges::canaries_fail_with_their_edge_and_not_with_a_site,
        edges::a_sick_origin_gives_varnishs_own_503,
        edges::other_edges_blame_a_sick_origin_in_their_own_words,
        edges::a_slow_origin_gives_503_too,
        edges::a_moved_site_is_served_by_the_healthy_edge,
        edges::bad_switches_are_refused_with_a_reason,
        connections::each_fault_host_fails_as_it_is_named,
        connections::a_host_flips_at_once_in_both_directions,
        connections::kept_alive_connections_do_not_outlive_a_switch,
        connections::any_site_can_refuse_alone,
        connections::the_pages_for_stories_answer_as_listed,
        connections::a_delayed_host_answers_late_but_well,
        connections::anchors_and_the_portal_probe_answer,
        connections::a_portal_captures_every_host_and_lets_go,
        archives::the_timegate_redirects_to_the_nearest_memento,
        archives::the_timemap_lists_every_capture,
        archives::a_memento_shows_the_page_raw_and_rewritten,
        archives::availability_answers_as_documented_and_as_switched,
        archives::cdx_answers_as_documented_and_as_switched,
        archives::captures_that_are_no_copies_are_replayed_as_they_were,
        archives::fault_hosts_have_copies,
        names::each_mode_answers_in_its_way,
        names::sites_lead_to_their_cdn_and_move,
        names::tcp_answers_as_udp_does,
        names::ipv6_appears_on_request,
        resolvers::a_resolver_that_lies_is_contradicted_over_https,
        resolvers::a_poisoned_name_leads_to_a_stranger,
        resolvers::a_broken_zone_is_broken_over_https_too,
        resolvers::a_wrongly_signed_name_answers_to_those_who_do_not_check,
        resolvers::the_alias_outlives_the_cdns_dns,
        resolvers::each_doh_server_is_switched_alone,
        resolvers::doh_refuses_what_is_no_question,
        status_pages::fastlys_feed_says_what_it_is_told_to,
        status_pages::cloudflares_page_says_what_it_is_told_to,
        remote::six_probes_look_at_the_lab_as_it_is,
        remote::only_a_cdns_certificate_has_the_cdns_names,
        remote::probes_are_past_the_users_own_resolver,
        remote::certificates_and_failures_are_told_in_the_services_words,
        remote::the_finding_can_be_switched,
        remote::refusals_are_as_documented,
        replays::an_origin_says_its_own_status_through_the_edge,
        replays::maintenance_is_the_sites_own,
        replays::a_look_alike_has_the_page_and_not_the_headers,
        replays::a_bad_node_spoils_one_request_in_three,
        replays::a_certificate_expires_during_an_outage,
        replays::ipv6_breaks_alone,
        replays::a_cdns_names_fail_and_others_do_not,
        network::a_cut_network_is_unreachable_until_restored,
        network::offline_and_back,
        network::everything_is_recorded,
        network::the_control_takes_switches_over_http_and_the_socket,
        network::every_example_can_be_thrown_and_is_healed,
        network::a_folder_that_is_no_labs_is_left_alone,
        network::a_replay_fails_and_recovers,
    ]
}

fn main() -> ExitCode {
    if let Err(error) = namespace::enter_or_reexec() {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(run(&words))
}

async fn run(words: &[String]) -> ExitCode {
    let began = Instant::now();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lab-switches");
    let lab = match Lab::start(&folder).await {
        Ok(lab) => lab,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    println!("lab started in {:?}", began.elapsed());
    let (mut passed, mut failed) = (0, 0);
    for (name, story) in stories() {
        if !words.is_empty() && !words.iter().any(|word| name.contains(word.as_str())) {
            continue;
        }
        let began = Instant::now();
        match tokio::spawn(story(lab.clone())).await {
            Ok(()) => {
                passed += 1;
                println!("ok      {name} ({:?})", began.elapsed());
            }
            Err(error) => {
                failed += 1;
                println!("FAILED  {name}: {error}");
            }
        }
        lab.set(Switch::HealAll).await.unwrap();
        lab.clear_log();
    }
    lab.stop().await;
    drop(lab);
    match Lab::start(&folder).await {
        Ok(second) => drop(second),
        Err(error) => {
            failed += 1;
            println!("FAILED  a second lab after the first: {error}");
        }
    }
    match Lab::start(&folder).await {
        Ok(_third) => passed += 1,
        Err(error) => {
            failed += 1;
            println!("FAILED  a third lab after one that was only dropped: {error}");
        }
    }
    println!("{passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
