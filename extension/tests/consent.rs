//! Firefox asks the user's consent for what an extension passes on, to a program on the same computer as well. What the
//! manifest asks for is held against all that leaves the extension: a new field of a request does not compile here until
//! somebody says what it tells of the user.

use std::collections::BTreeSet;

use detour_core::copies::ArchiveRequest;
use detour_core::port::{CheckId, Request, Scope};
use detour_core::proxy::BrowserProxy;
use serde_json::Value;

/// Firefox's word for addresses of pages.
const BROWSING: &str = "browsingActivity";

/// What a message to the program tells of the user, in Firefox's words.
fn told_to_program(request: &Request) -> BTreeSet<&'static str> {
    match request {
        Request::Hello { protocol: _, version: _ } | Request::Cancel { id: _ } => BTreeSet::new(),
        Request::Check { id: _, url: _, scope: _, proxy } => {
            if let Some(proxy) = proxy {
                // How this computer reaches the web; nothing of who uses it or what for.
                let BrowserProxy { mode: _, http: _, https: _, others: _, bypass: _, is_suspected: _ } = proxy;
            }
            BTreeSet::from([BROWSING])
        }
    }
}

/// What an archive is told.
fn told_to_archive(request: &ArchiveRequest) -> BTreeSet<&'static str> {
    let ArchiveRequest { archive: _, url: _, accept_datetime: _ } = request;
    BTreeSet::from([BROWSING])
}

#[test]
fn the_manifest_asks_consent_for_all_that_leaves_the_extension_and_for_no_more() {
    let manifest: Value = serde_json::from_str(include_str!("../../manifest/firefox.json")).expect("JSON");
    let asked = manifest
        .pointer("/browser_specific_settings/gecko/data_collection_permissions/required")
        .and_then(Value::as_array)
        .expect("a list");
    let asked: BTreeSet<&str> = asked.iter().filter_map(Value::as_str).collect();
    let requests = [
        Request::Hello { protocol: 1, version: String::new() },
        Request::Check {
            id: CheckId(1),
            url: "https://example.org/".to_owned(),
            scope: Scope::Closer,
            proxy: Some(BrowserProxy::default()),
        },
        Request::Cancel { id: CheckId(1) },
    ];
    let archive = ArchiveRequest { archive: String::new(), url: String::new(), accept_datetime: None };
    let told: BTreeSet<&str> = requests.iter().flat_map(told_to_program).chain(told_to_archive(&archive)).collect();
    assert_eq!(asked, told, "Firefox's consent and what is passed on differ");
}

/// Without the permission nothing goes to the program, and the answer to what is passed on would be another one.
#[test]
fn both_editions_may_speak_to_the_program() {
    for manifest in [include_str!("../../manifest/common.json"), include_str!("../../manifest/firefox.json")] {
        let manifest: Value = serde_json::from_str(manifest).expect("JSON");
        let held = manifest.get("permissions").and_then(Value::as_array).expect("a list");
        assert!(held.iter().any(|name| name == "nativeMessaging"), "{held:?}");
    }
}
