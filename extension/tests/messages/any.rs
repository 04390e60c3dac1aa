//! Messages and senders of all kinds, honest and not.

use super::oracle::{Came, World};
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn an_honest_page_is_remembered_and_a_liar_is_not() {
    let mut world = World::default();
    let says = |message: Value, sender: Value| json!({ "message": message, "sender": sender }).to_string();
    let status = |url: &str| json!({ "page_status": { "status": 503, "by_service_worker": false, "title": "503", "html": "", "url": url } });
    assert_eq!(world.hears(&says(status("https://a.net/x"), page("https://b.net/", 3))), Came::Refused);
    assert!(world.state.tabs.is_empty());
    assert_eq!(world.hears(&says(status("https://a.net/x"), page("https://a.net/", 3))), Came::Remembered);
    for message in [json!({ "banner_closed": {} }), json!({ "try_again": {} })] {
        assert_ne!(world.hears(&says(message, page("https://a.net/", 3))), Came::Refused);
    }
    let ready = json!({ "page_ready": { "page": { "url": "https://c.net/", "status": 200, "media_type": "text/html",
        "headers": { "cache-control": "public, max-age=60" } } } });
    assert_eq!(world.hears(&says(ready, page("https://c.net/", 5))), Came::Remembered);
}

proptest! {
    #[test]
    fn no_message_brings_in_an_origin_that_is_not_the_senders(told in prop::collection::vec((message(), sender()), 1..20)) {
        let mut world = World::default();
        for (message, sender) in told {
            world.hears(&json!({ "message": message, "sender": sender }).to_string());
        }
    }
}

fn page(url: &str, tab: i64) -> Value {
    let origin = url::Url::parse(url).unwrap().origin().ascii_serialization();
    json!({ "id": "abc", "url": url, "origin": origin, "tab": { "id": tab, "active": true }, "frameId": 0 })
}

fn message() -> impl Strategy<Value = Value> {
    let tab = || prop::option::of(-2_i64..4);
    prop_oneof![
        4 => (address(), prop::sample::select(vec![200_u16, 404, 500, 503, 0]), any::<bool>()).prop_map(|(url, status, by_service_worker)|
            json!({ "page_status": { "status": status, "by_service_worker": by_service_worker,
                "title": "502 Bad Gateway", "html": url, "url": url } })),
        4 => (address(), prop::collection::vec((address(), prop::sample::select(vec![0_u16, 404, 503])), 0..4)).prop_map(|(url, parts)| {
            let parts: Vec<Value> = parts.into_iter().map(|(url, status)| json!({ "url": url, "status": status })).collect();
            json!({ "parts_failed": { "url": url, "parts": parts } })
        }),
        4 => (address(), address(), any::<bool>()).prop_map(|(url, other, has_password)|
            json!({ "page_ready": { "page": { "url": url, "title": other, "status": 200, "media_type": "text/html", "headers": {},
                "has_password": has_password, "canonical": other, "alternates": [other], "feeds": [other], "onion": other } } })),
        2 => tab().prop_map(|tab| json!({ "try_again": { "tab": tab } })),
        1 => Just(json!({ "banner_closed": {} })),
        1 => Just(json!({ "show_details": {} })),
        1 => tab().prop_map(|tab| json!({ "look_closer": { "tab": tab } })),
        1 => tab().prop_map(|tab| json!({ "find_copies": { "tab": tab } })),
        1 => (tab(), address()).prop_map(|(tab, url)| json!({ "open_copy": { "tab": tab, "url": url } })),
        1 => (-2_i64..4, address(), any::<bool>()).prop_map(|(tab, url, kept)| json!({ "keep_page": { "tab": tab, "url": url, "kept": kept } })),
        1 => (address(), any::<bool>()).prop_map(|(url, on)| json!({ "watch": { "url": url, "on": on } })),
        1 => Just(json!({ "settings": { "settings": { "automatic_look_up": true } } })),
        1 => Just(json!({ "check_all": {} })),
        1 => Just(json!({ "delete_history": { "id": null } })),
    ]
}

fn sender() -> impl Strategy<Value = Value> {
    let of = |changes: Value| {
        move |mut sender: Value| {
            for (name, value) in changes.as_object().unwrap() {
                sender[name] = value.clone();
            }
            sender
        }
    };
    let honest = || {
        (address(), 0_i64..4)
            .prop_filter_map("a page of the web", |(url, tab)| url.starts_with("http").then(|| page(&url, tab)))
    };
    prop_oneof![
        8 => honest(),
        1 => honest().prop_map(of(json!({ "frameId": 3 }))),
        1 => honest().prop_map(of(json!({ "origin": "null" }))),
        1 => honest().prop_map(of(json!({ "origin": "https://a.net" }))),
        1 => honest().prop_map(of(json!({ "id": "other" }))),
        1 => honest().prop_map(of(json!({ "tab": { "id": -1 } }))),
        1 => honest().prop_map(of(json!({ "documentLifecycle": "prerender" }))),
        1 => honest().prop_map(of(json!({ "url": "chrome-extension://abc/pages/popup.html" }))),
        1 => Just(json!({ "id": "abc", "url": "chrome-extension://abc/pages/popup.html", "origin": "chrome-extension://abc" })),
        1 => Just(json!({})),
    ]
}

fn address() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "https://a.net/x",
        "https://a.net/x?y=1#z",
        "https://a.net:8443/x",
        "http://a.net/x",
        "https://www.a.net/x",
        "https://b.net/",
        "https://a.net@b.net/",
        "https://user:word@a.net/",
        "https://a.net./x",
        "HTTPS://A.NET/x",
        "blob:https://a.net/1",
        "about:blank",
        "javascript:'https://a.net/'",
        "https://192.168.1.1/",
        "x",
    ])
    .prop_map(String::from)
}
