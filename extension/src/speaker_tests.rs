use super::*;
use serde_json::{Value, json};

fn own() -> Own {
    Own { id: "abc".into(), base: "chrome-extension://abc/".into() }
}

/// What the browser says of an honest page, with some of it replaced.
fn sender(changes: &Value) -> Sender {
    let mut sender = json!({
        "id": "abc", "url": "https://a.test/x", "origin": "https://a.test", "tab": { "id": 3, "active": true },
        "frameId": 0, "documentLifecycle": "active",
    });
    for (name, value) in changes.as_object().unwrap() {
        sender[name] = value.clone();
    }
    serde_json::from_value(sender).unwrap()
}

fn page(changes: &Value) -> Option<Document> {
    match sender(changes).speaker(&own()) {
        Ok(Speaker::Page(document)) => Some(document),
        Ok(Speaker::Ours { .. }) => panic!("{changes} is taken for a page of ours"),
        Err(_) => None,
    }
}

#[test]
fn a_page_is_taken_for_the_site_that_the_browser_names() {
    let document = page(&json!({})).unwrap();
    assert_eq!((document.tab, document.is_in_front), (TabId(3), true));
    for own in ["https://a.test/", "https://a.test:443/y?z#w", "HTTPS://A.test/", "https://user:word@a.test/"] {
        assert!(document.speaks_for(own), "{own}");
    }
    for foreign in [
        "http://a.test/",
        "https://a.test:8443/",
        "https://b.test/",
        "https://sub.a.test/",
        "https://a.test./",
        "https://a.test@b.test/",
        "https://a.test.b.test/",
        "https:///b.test/x",
        "//a.test/",
        "/x",
        "",
        "blob:https://a.test/1",
        "filesystem:https://a.test/1",
        "data:text/html,https://a.test/",
        "javascript:'https://a.test/'",
        "about:blank",
        "view-source:https://a.test/",
        "chrome-extension://abc/",
    ] {
        assert!(!document.speaks_for(foreign), "{foreign}");
    }
}

#[test]
fn a_sandbox_takes_the_origin_and_not_the_server() {
    assert!(page(&json!({ "origin": "null" })).unwrap().speaks_for("https://a.test/"));
    assert!(page(&json!({ "origin": null })).unwrap().speaks_for("https://a.test/"), "older Gecko tells none");
}

#[test]
fn whoever_is_no_page_that_somebody_is_shown_is_nobody() {
    for changes in [
        json!({ "id": "another" }),
        json!({ "id": null }),
        json!({ "id": "" }),
        json!({ "frameId": 7 }),
        json!({ "frameId": -1 }),
        json!({ "frameId": null }),
        json!({ "tab": null }),
        json!({ "tab": { "id": -1 } }),
        json!({ "origin": "https://b.test" }),
        json!({ "origin": "http://a.test" }),
        json!({ "origin": "https://a.test:8443" }),
        json!({ "origin": "chrome-extension://abc" }),
        json!({ "origin": "" }),
        json!({ "url": "https://b.test/" }),
        json!({ "url": "" }),
        json!({ "url": "about:blank", "origin": "https://a.test" }),
        json!({ "url": "about:srcdoc", "origin": "null" }),
        json!({ "url": "blob:https://a.test/1", "origin": "https://a.test" }),
        json!({ "url": "data:text/html,x", "origin": "null" }),
        json!({ "url": "file:///etc/passwd", "origin": "null" }),
        json!({ "url": "chrome-extension://other/x", "origin": "chrome-extension://other" }),
        // A page that says it is ours, while the browser says that it is not.
        json!({ "url": "chrome-extension://abc/pages/popup.html", "origin": "https://a.test" }),
        json!({ "url": "chrome-extension://abc/pages/popup.html", "origin": "null" }),
        json!({ "url": "chrome-extension://abc.test/pages/popup.html", "origin": null }),
        json!({ "documentLifecycle": "prerender" }),
        json!({ "documentLifecycle": "cached" }),
        json!({ "documentLifecycle": "pending_deletion" }),
    ] {
        assert_eq!(page(&changes), None, "{changes}");
    }
}

#[test]
fn a_page_of_ours_speaks_from_the_popup_and_from_a_tab_but_never_from_a_frame() {
    let ours = |changes: &Value| sender(changes).speaker(&own()).ok();
    let popup = json!({ "url": "chrome-extension://abc/pages/popup.html", "origin": "chrome-extension://abc", "tab": null,
        "frameId": null, "documentLifecycle": null });
    assert_eq!(ours(&popup), Some(Speaker::Ours { tab: None }));
    let board = json!({ "url": "chrome-extension://abc/pages/board.html", "origin": "chrome-extension://abc" });
    assert_eq!(ours(&board), Some(Speaker::Ours { tab: Some(TabId(3)) }));
    let framed =
        json!({ "url": "chrome-extension://abc/pages/board.html", "origin": "chrome-extension://abc", "frameId": 4 });
    assert_eq!(ours(&framed), None);
}

#[test]
fn before_it_is_known_who_we_are_nobody_is() {
    let nobody = Own::default();
    for changes in [json!({}), json!({ "id": "" }), json!({ "url": "", "origin": "" })] {
        assert!(sender(&changes).speaker(&nobody).is_err(), "{changes}");
    }
}
