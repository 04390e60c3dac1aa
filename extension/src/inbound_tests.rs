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
        r#"{"webNavigation.onErrorOccurred":{"tabId":3,"frameId":0,"url":"http://a.org/",
           "error":"net::ERR_CONNECTION_REFUSED","documentLifecycle":"active","timeStamp":1.5}}"#,
        "failure: TcpRefused, online: true }",
    );
    check(
        r#"{"webNavigation.onCommitted":{"tabId":3,"frameId":0,"url":"chrome-extension://abc/pages/outage.html#tab=3"}}"#,
        "NavigationCommitted { tab: TabId(3), shown: OwnPage }",
    );
    check(r#"{"tabs.onRemoved":3}"#, "TabClosed { tab: TabId(3) }");
    check(r#""alarms.onAlarm""#, "TimerFired");
    check(r#"{"notifications.onClicked":"incident-12"}"#, "NoticeClicked { id: 12 }");
    check(r#"{"notifications.onClicked":"another"}"#, "may not send");
}

#[test]
fn a_content_script_speaks_for_its_own_tab_only() {
    let page = r#"{"id":"abc","url":"https://evil.org/","tab":{"id":3,"active":true},"frameId":0}"#;
    let hidden = r#"{"id":"abc","url":"https://evil.org/","tab":{"id":3,"active":false},"frameId":0}"#;
    let popup = r#"{"id":"abc","url":"chrome-extension://abc/pages/popup.html"}"#;
    let again = r#"{"try_again":{"tab":9}}"#;
    check(&message(again, page), "TryAgainClicked { tab: TabId(3) }");
    check(&message(r#"{"look_closer":{"tab":9}}"#, popup), "LookCloserClicked { tab: TabId(9) }");
    let parts = r#"{"parts_failed":{"url":"https://evil.org/","parts":[{"url":"https://cdn.org/a.js","status":503}]}}"#;
    check(&message(parts, page), "PartsFailed { tab: TabId(3)");
    check(&message(parts, r#"{"id":"abc","url":"https://evil.org/","tab":{"id":3},"frameId":7}"#), "may not send");
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
        r#"{"watch":{"url":"https://evil.org/","on":true}}"#,
        r#"{"check_all":{}}"#,
        r#"{"mute":{"site":"a.org","on":true}}"#,
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
        r#"{"page_status":{"status":503,"by_service_worker":false,"title":"","html":"","url":"https://a.org/"}}"#;
    check(&message(status, r#"{"id":"abc","url":"https://a.org/","tab":{"id":3},"frameId":0}"#), "StatusSeen");
    check(&message(status, r#"{"id":"abc","url":"https://a.org/","tab":{"id":3},"frameId":7}"#), "may not send");
}

#[test]
fn a_page_tells_of_itself_only_and_what_is_pinned_only_our_pages_say() {
    let ready = r#"{"page_ready":{"page":{"url":"https://a.org/x#part","title":"X","status":200,"media_type":"text/html",
        "has_password":false,"has_sign_out":false,"from_form":false,"headers":{"vary":"cookie"},"alternates":[],"feeds":[]}}}"#;
    let sender = |url: &str, frame: u8| format!(r#"{{"id":"abc","url":"{url}","tab":{{"id":3}},"frameId":{frame}}}"#);
    check(&message(ready, &sender("https://a.org/x", 0)), r#"headers: Some({"vary": "cookie"})"#);
    check(&message(ready, &sender("https://a.org/x", 4)), "may not send");
    check(&message(ready, &sender("https://b.org/x", 0)), "another origin");
    let keep = r#"{"keep_page":{"tab":9,"url":"https://a.org/","kept":true}}"#;
    check(
        &message(keep, r#"{"id":"abc","url":"chrome-extension://abc/pages/popup.html"}"#),
        "KeepClicked { tab: TabId(9)",
    );
    check(&message(keep, &sender("https://a.org/x", 0)), "may not send");
}

#[test]
fn nonsense_is_an_error_with_words() {
    check("", "malformed");
    check("[]", "malformed");
    check(r#"{"tabs.onTeleported":{}}"#, "malformed");
    check(
        &message(r#"{"try_again":{}}"#, r#"{"id":"abc","url":"chrome-extension://abc/pages/popup.html"}"#),
        "names no tab",
    );
    check(
        &message(r#"{"try_again":{"tab":-3}}"#, r#"{"id":"abc","url":"chrome-extension://abc/pages/popup.html"}"#),
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
    let evil = r#"{"id":"abc","url":"https://evil.org/","origin":"https://evil.org","tab":{"id":3},"frameId":0}"#;
    for url in ["https://a.org/", "http://evil.org/", "https://evil.org:444/", "https://evil.org.a.org/", "", "x"] {
        for claim in [
            format!(
                r#"{{"page_status":{{"status":503,"by_service_worker":false,"title":"","html":"","url":"{url}"}}}}"#
            ),
            format!(r#"{{"parts_failed":{{"url":"{url}","parts":[{{"url":"https://cdn.org/a.js","status":503}}]}}}}"#),
            format!(r#"{{"page_ready":{{"page":{{"url":"{url}","status":200}}}}}}"#),
        ] {
            check(&message(&claim, evil), "another origin");
        }
    }
}

#[test]
fn what_a_page_says_is_cut_to_what_a_page_that_means_well_says() {
    let page = r#"{"id":"abc","url":"https://a.org/","tab":{"id":3},"frameId":0}"#;
    let long = "ä".repeat(1_000_000);
    let status = format!(
        r#"{{"page_status":{{"status":503,"by_service_worker":false,"title":"{long}","html":"{long}","url":"https://a.org/"}}}}"#
    );
    let Ok(Some(Event::StatusSeen { title, html, .. })) = event(&message(&status, page), &own()) else {
        panic!("no status")
    };
    assert_eq!((title.len(), html.len()), (LONGEST_TITLE, LONGEST_HTML));
    let url = format!("https://a.org/{}", "x".repeat(LONGEST_URL));
    check(&message(&format!(r#"{{"parts_failed":{{"url":"{url}","parts":[]}}}}"#), page), "too long");
    let failed = format!(r#"{{"webNavigation.onErrorOccurred":{{"tabId":3,"frameId":0,"url":"{url}"}}}}"#);
    check(&failed, "too long");
    let parts = [vec![url.as_str(); 3], vec!["https://b.org/"; 1_000]].concat();
    let parts = parts.iter().map(|url| format!(r#"{{"url":"{url}","status":0}}"#));
    let parts = parts.collect::<Vec<String>>().join(",");
    let told = format!(r#"{{"parts_failed":{{"url":"https://a.org/","parts":[{parts}]}}}}"#);
    let Ok(Some(Event::PartsFailed { parts, .. })) = event(&message(&told, page), &own()) else { panic!("no parts") };
    let parts: Vec<&str> = parts.iter().map(|part| part.target.as_str()).collect();
    assert_eq!(parts, vec!["https://b.org/"; MOST_URLS]);
    let headers: Vec<String> = (0..=MOST_HEADERS).map(|nth| format!(r#""x-{nth}":"""#)).collect();
    let headers = headers.join(",");
    let ready = format!(r#"{{"page_ready":{{"page":{{"url":"https://a.org/","headers":{{{headers}}}}}}}}}"#);
    check(&message(&ready, page), "too long");
    check(&" ".repeat(LONGEST + 1), "too long");
}

#[test]
fn a_port_gives_a_page_its_own_banner_and_our_pages_the_rest() {
    let page = r#"{"id":"abc","url":"https://a.org/","tab":{"id":3},"frameId":0}"#;
    let popup = r#"{"id":"abc","url":"chrome-extension://abc/pages/popup.html"}"#;
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
    assert!(
        get("view:9", r#"{"id":"other","url":"chrome-extension://abc/pages/popup.html"}"#).contains("may not send")
    );
}

#[test]
fn frames_and_pages_that_may_not_fail_are_no_events() {
    let failed = |frame: i64, lifecycle: &str, url: &str| {
        format!(
            r#"{{"webNavigation.onErrorOccurred":{{"tabId":3,"frameId":{frame},"url":"{url}","documentLifecycle":{lifecycle},"error":"net::ERR_CONNECTION_REFUSED"}}}}"#
        )
    };
    let is_event = |json: &str| event(json, &own()).unwrap().is_some();
    let url = "https://a.org/";
    assert!(is_event(&failed(0, "null", url)) && is_event(&failed(0, r#""active""#, url)));
    assert!(!is_event(&failed(3, "null", url)), "a frame is a broken part");
    assert!(!is_event(&failed(0, r#""prerender""#, url)), "nobody looks at it yet");
    for private in ["http://intranet/", "http://127.0.0.1/", "about:blank", "nonsense", ""] {
        assert!(!is_event(&failed(0, "null", private)), "{private}");
    }
    let shows = |frame: i64, url: &str| {
        let json = format!(r#"{{"webNavigation.onCommitted":{{"tabId":3,"frameId":{frame},"url":"{url}"}}}}"#);
        match event(&json, &own()).unwrap() {
            Some(Event::NavigationCommitted { shown, .. }) => Some(shown),
            Some(other) => panic!("{other:?}"),
            None => None,
        }
    };
    assert_eq!(shows(0, "chrome-extension://abc/pages/outage.html"), Some(Shown::OwnPage));
    assert_eq!(shows(0, url), Some(Shown::Page(Target::parse(url).unwrap())));
    assert_eq!(shows(0, "about:blank"), Some(Shown::Blank));
    assert_eq!(shows(0, "about:config"), Some(Shown::Other));
    assert_eq!(shows(2, url), None);
    let popup = r#"{"id":"abc","url":"chrome-extension://abc/pages/popup.html"}"#;
    for private in ["http://intranet/", "about:blank", ""] {
        let watch = format!(r#"{{"watch":{{"url":"{private}","on":true}}}}"#);
        assert!(!is_event(&message(&watch, popup)), "{private}");
    }
    let page = r#"{"id":"abc","url":"https://a.org/","tab":{"id":3},"frameId":0}"#;
    let private = ["http://localhost/a.css", "nonsense", "http://[::ffff:10.0.0.1]/"];
    let parts = private.map(|url| format!(r#"{{"url":"{url}","status":503}}"#)).join(",");
    let told = format!(r#"{{"parts_failed":{{"url":"https://a.org/","parts":[{parts}]}}}}"#);
    let Ok(Some(Event::PartsFailed { parts, .. })) = event(&message(&told, page), &own()) else { panic!("no parts") };
    assert_eq!(parts, []);
}
