use super::*;

fn own() -> Own {
    Own { id: "abc".into(), base: "chrome-extension://abc/".into() }
}

fn check(json: &str, expected: &str) {
    let found = match event(json, &own()) {
        Ok(event) => format!("{event:?}"),
        Err(unusable) => unusable.to_string(),
    };
    assert!(found.contains(expected), "{json}\n gave {found}\n not {expected}");
}

#[test]
fn every_browser_event_has_its_own() {
    check(
        r#"{"webNavigation.onErrorOccurred":{"tabId":3,"frameId":0,"url":"http://a.test/",
           "error":"net::ERR_CONNECTION_REFUSED","documentLifecycle":"active","timeStamp":1.5}}"#,
        r#"NavigationFailed { tab: TabId(3), frame: 0, url: "http://a.test/", error: "net::ERR_CONNECTION_REFUSED", lifecycle: Some("active"), online: true }"#,
    );
    check(
        r#"{"webNavigation.onCommitted":{"tabId":3,"frameId":0,"url":"chrome-extension://abc/outage.html#tab=3"}}"#,
        "own_page: true",
    );
    check(r#"{"tabs.onRemoved":3}"#, "TabClosed { tab: TabId(3) }");
    check(r#""alarms.onAlarm""#, "TimerFired");
    check(r#"{"notifications.onClicked":"incident-12"}"#, "NoticeClicked { id: 12 }");
    check(r#"{"notifications.onClicked":"another"}"#, "may not send");
}

#[test]
fn a_content_script_speaks_for_its_own_tab_only() {
    let page = r#"{"id":"abc","url":"https://evil.test/","tab":{"id":3,"active":true},"frameId":0}"#;
    let hidden = r#"{"id":"abc","url":"https://evil.test/","tab":{"id":3,"active":false},"frameId":0}"#;
    let popup = r#"{"id":"abc","url":"chrome-extension://abc/popup.html"}"#;
    let again = r#"{"try_again":{"tab":9}}"#;
    check(&message(again, page), "TryAgainClicked { tab: TabId(3) }");
    check(&message(r#"{"look_closer":{"tab":9}}"#, popup), "LookCloserClicked { tab: TabId(9) }");
    let parts =
        r#"{"parts_failed":{"url":"https://evil.test/","parts":[{"url":"https://cdn.test/a.js","status":503}]}}"#;
    check(&message(parts, page), "PartsFailed { tab: TabId(3)");
    check(&message(parts, r#"{"id":"abc","url":"https://evil.test/","tab":{"id":3},"frameId":7}"#), "may not send");
    check(&message(r#"{"show_details":{}}"#, page), "DetailsWanted { tab: TabId(3) }");
    check(&message(r#"{"show_details":{}}"#, hidden), "may not send");
    check(&message(r#"{"show_details":{}}"#, popup), "may not send");
    check(&message(r#"{"show_details":{"tab":9}}"#, page), "malformed");
    check(&message(r#"{"banner_closed":{}}"#, page), "BannerClosed { tab: TabId(3) }");
    check(&message(parts, popup), "may not send");
    check(&message(again, popup), "TryAgainClicked { tab: TabId(9) }");
    check(&message(r#"{"settings":{"settings":{}}}"#, page), "may not send");
    for ours in [
        r#"{"look_closer":{"tab":null}}"#,
        r#"{"look_closer":{"tab":3}}"#,
        r#"{"find_copies":{"tab":null}}"#,
        r#"{"find_copies":{"tab":3}}"#,
        r#"{"open_copy":{"tab":3,"url":"kept:1"}}"#,
        r#"{"watch":{"url":"https://evil.test/","on":true}}"#,
        r#"{"check_all":{}}"#,
        r#"{"mute":{"site":"a.test","on":true}}"#,
        r#"{"pause":{"for_ms":1}}"#,
        r#"{"delete_history":{"id":null}}"#,
        r#"{"export_history":{"as_csv":true}}"#,
    ] {
        check(&message(ours, page), "may not send");
    }
    check(&message(r#"{"delete_history":{"id":3}}"#, popup), "HistoryDeleted { id: Some(3) }");
}

#[test]
fn a_frame_within_a_page_has_no_status_to_tell() {
    let status =
        r#"{"page_status":{"status":503,"by_service_worker":false,"title":"","html":"","url":"https://a.test/"}}"#;
    check(&message(status, r#"{"id":"abc","url":"https://a.test/","tab":{"id":3},"frameId":0}"#), "StatusSeen");
    check(&message(status, r#"{"id":"abc","url":"https://a.test/","tab":{"id":3},"frameId":7}"#), "may not send");
}

#[test]
fn a_page_tells_of_itself_only_and_what_is_pinned_only_our_pages_say() {
    let ready = r#"{"page_ready":{"page":{"url":"https://a.test/x#part","title":"X","status":200,"media_type":"text/html",
        "has_password":false,"has_sign_out":false,"from_form":false,"headers":{"vary":"cookie"},"alternates":[],"feeds":[]}}}"#;
    let sender = |url: &str, frame: u8| format!(r#"{{"id":"abc","url":"{url}","tab":{{"id":3}},"frameId":{frame}}}"#);
    check(&message(ready, &sender("https://a.test/x", 0)), r#"headers: Some({"vary": "cookie"})"#);
    check(&message(ready, &sender("https://a.test/x", 4)), "may not send");
    check(&message(ready, &sender("https://b.test/x", 0)), "another origin");
    let keep = r#"{"keep_page":{"tab":9,"url":"https://a.test/","kept":true}}"#;
    check(&message(keep, r#"{"id":"abc","url":"chrome-extension://abc/popup.html"}"#), "KeepClicked { tab: TabId(9)");
    check(&message(keep, &sender("https://a.test/x", 0)), "may not send");
}

#[test]
fn nonsense_is_an_error_with_words() {
    check("", "malformed");
    check("[]", "malformed");
    check(r#"{"tabs.onTeleported":{}}"#, "malformed");
    check(&message(r#"{"try_again":{}}"#, r#"{"id":"abc","url":"chrome-extension://abc/popup.html"}"#), "names no tab");
    check(
        &message(r#"{"try_again":{"tab":-3}}"#, r#"{"id":"abc","url":"chrome-extension://abc/popup.html"}"#),
        "names no tab",
    );
    check(&message(r#"{"try_again":{}}"#, "{}"), "may not send");
    check(&message("null", "{}"), "malformed");
}

fn message(message: &str, sender: &str) -> String {
    format!(r#"{{"runtime.onMessage":{{"message":{message},"sender":{sender}}}}}"#)
}

#[test]
fn no_message_of_a_page_speaks_for_another_origin() {
    let evil = r#"{"id":"abc","url":"https://evil.test/","origin":"https://evil.test","tab":{"id":3},"frameId":0}"#;
    for url in ["https://a.test/", "http://evil.test/", "https://evil.test:444/", "https://evil.test.a.test/", "", "x"]
    {
        for claim in [
            format!(
                r#"{{"page_status":{{"status":503,"by_service_worker":false,"title":"","html":"","url":"{url}"}}}}"#
            ),
            format!(r#"{{"parts_failed":{{"url":"{url}","parts":[{{"url":"https://cdn.test/a.js","status":503}}]}}}}"#),
            format!(r#"{{"page_ready":{{"page":{{"url":"{url}","status":200}}}}}}"#),
        ] {
            check(&message(&claim, evil), "another origin");
        }
    }
}

#[test]
fn what_a_page_says_is_cut_to_what_a_page_that_means_well_says() {
    let page = r#"{"id":"abc","url":"https://a.test/","tab":{"id":3},"frameId":0}"#;
    let long = "ä".repeat(1_000_000);
    let status = format!(
        r#"{{"page_status":{{"status":503,"by_service_worker":false,"title":"{long}","html":"{long}","url":"https://a.test/"}}}}"#
    );
    let Ok(Event::StatusSeen { title, html, .. }) = event(&message(&status, page), &own()) else { panic!("no status") };
    assert_eq!((title.len(), html.len()), (LONGEST_TITLE, LONGEST_HTML));
    let url = format!("https://a.test/{}", "x".repeat(LONGEST_URL));
    check(&message(&format!(r#"{{"parts_failed":{{"url":"{url}","parts":[]}}}}"#), page), "too long");
    let failed = format!(r#"{{"webNavigation.onErrorOccurred":{{"tabId":3,"frameId":0,"url":"{url}"}}}}"#);
    check(&failed, "too long");
    let parts = [vec![url.as_str(); 3], vec!["https://b.test/"; 1_000]].concat();
    let parts = parts.iter().map(|url| format!(r#"{{"url":"{url}","status":0}}"#));
    let parts = parts.collect::<Vec<String>>().join(",");
    let told = format!(r#"{{"parts_failed":{{"url":"https://a.test/","parts":[{parts}]}}}}"#);
    let Ok(Event::PartsFailed { parts, .. }) = event(&message(&told, page), &own()) else { panic!("no parts") };
    let parts: Vec<String> = parts.into_iter().map(|part| part.url).collect();
    assert_eq!(parts, vec!["https://b.test/"; MOST_URLS]);
    let headers: Vec<String> = (0..=MOST_HEADERS).map(|nth| format!(r#""x-{nth}":"""#)).collect();
    let headers = headers.join(",");
    let ready = format!(r#"{{"page_ready":{{"page":{{"url":"https://a.test/","headers":{{{headers}}}}}}}}}"#);
    check(&message(&ready, page), "too long");
    check(&" ".repeat(LONGEST + 1), "too long");
}

#[test]
fn a_port_gives_a_page_its_own_banner_and_our_pages_the_rest() {
    let page = r#"{"id":"abc","url":"https://a.test/","tab":{"id":3},"frameId":0}"#;
    let popup = r#"{"id":"abc","url":"chrome-extension://abc/popup.html"}"#;
    let get = |name: &str, sender: &str| match wanted(name, sender, &own()) {
        Ok((wanted, _)) => format!("{wanted:?}"),
        Err(unusable) => unusable.to_string(),
    };
    assert!(get("view:", page).starts_with("Banner(Document { tab: TabId(3)"));
    for name in ["view:3", "view:9", "view", "settings", "board", "original:https://web.archive.org/", "", "view: "] {
        assert!(get(name, page).contains("may not send"), "{name}");
    }
    assert_eq!(get("view:9", popup), "Tab(TabId(9))");
    assert_eq!(get("settings", popup), "Settings");
    assert_eq!(get("board", popup), "Board");
    let archive = "original:https://web.archive.org/web/2024/https://www.example.org/";
    assert_eq!(get(archive, popup), r#"Original(Some("https://www.example.org/"))"#);
    assert!(get("view:-3", popup).contains("names no tab"));
    assert!(get("boards", popup).contains("may not send"));
    assert!(get("view:9", r#"{"id":"other","url":"chrome-extension://abc/popup.html"}"#).contains("may not send"));
}
