//! Addresses that run, fetch or mislead.

use crate::oracle::{PAGE, capture, check, check_capture};

#[test]
fn links_lead_to_the_web_to_mail_or_nowhere() {
    for href in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " \u{1}\u{1f}javascript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "java&#10;script:alert(1)",
        "&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)",
        "&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)",
        "javascript&colon;alert(1)",
        "javascript&NewLine;:alert(1)",
        "java&Tab;script:alert(1)",
        "vbscript:msgbox(1)",
        "data:text/html,<script>alert(1)</script>",
        "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
        "DATA:image/svg+xml,<svg onload=alert(1)>",
        "blob:https://a.test/1",
        "filesystem:https://a.test/1",
        "view-source:https://a.test",
        "file:///etc/passwd",
        "about:blank",
        "chrome://settings",
        "intent://x#Intent;scheme=http;end",
        "feed:javascript:alert(1)",
        "jar:https://evil.test!/x",
        "livescript:x",
        "mocha:x",
        "http:javascript",
        "https://[",
        "\u{0}javascript:alert(1)",
        "javascript\u{0}:alert(1)",
    ] {
        for html in [
            format!("<a href='{href}'>x</a>"),
            format!("<map name=m><area href='{href}'></map>"),
            format!("<svg><a xlink:href='{href}'><text>x</text></a></svg>"),
            format!("<svg><a href='{href}' xlink:href='{href}'><text>x</text></a></svg>"),
            format!("<math href='{href}'><mi xlink:href='{href}'>x</mi></math>"),
            format!("<base href='{href}'><a href=y>x</a><img src='{href}'>"),
        ] {
            check(&html);
        }
    }
}

#[test]
fn nothing_is_fetched_by_any_element() {
    for html in [
        "<img src=//evil.test>",
        "<img srcset='//evil.test 1x, //evil.test/2 2x'>",
        "<picture><source srcset=//evil.test><img src=//evil.test></picture>",
        "<img lowsrc=//evil.test dynsrc=//evil.test longdesc=//evil.test>",
        "<image src=//evil.test>",
        "<video src=//evil.test poster=//evil.test autoplay><track src=//evil.test></video>",
        "<audio src=//evil.test autoplay></audio>",
        "<input type=image src=//evil.test>",
        "<body background=//evil.test>",
        "<table background=//evil.test><tr background=//evil.test><td background=//evil.test>x</table>",
        "<svg><image href=//evil.test /><image xlink:href=//evil.test /></svg>",
        "<svg><use href='//evil.test#x'/><use xlink:href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>",
        "<svg><filter><feImage href=//evil.test /></filter></svg>",
        "<svg><linearGradient xlink:href='//evil.test#x'/><textPath href='//evil.test#x'/></svg>",
        "<svg fill='url(//evil.test#x)' filter='url(//evil.test)' cursor='url(//evil.test),auto' mask='u\\72l(//evil.test)'/>",
        "<svg><font-face-uri xlink:href=//evil.test /><cursor xlink:href=//evil.test /></svg>",
        "<math><mglyph src=//evil.test></math>",
        "<bgsound src=//evil.test><basefont face=x><layer src=//evil.test></layer><ilayer src=//evil.test>",
        "<blockquote cite=//evil.test>x</blockquote><q cite=//evil.test>x</q><del cite=//evil.test>x</del>",
        "<div style='background:url(//evil.test)'>x</div>",
        "<img src=lie.png>",
        "<img src='data:text/html,<script>alert(1)</script>'>",
        "<img src='data:image/png,not a png'>",
        "<html xmlns:x='//evil.test' manifest=//evil.test><head profile=//evil.test>",
        "<marquee src=//evil.test behavior=url(//evil.test)>x</marquee>",
    ] {
        let page = check(html);
        assert!(!page.html.contains("evil.test") && page.bodies.is_empty(), "{html}: {}", page.html);
    }
}

#[test]
fn what_came_with_the_page_is_kept_by_content() {
    for html in [
        "<img src=ok.png>",
        "<img src=' ok.png#x '>",
        "<img srcset='missing.png 2x, ok.png 1x' src=gone.png>",
        "<picture><source srcset=ok.png><img src=gone.png></picture>",
        "<svg><image xlink:href=ok.png /></svg>",
        "<video poster=ok.png src=film.mp4></video>",
        "<body background=ok.png>",
        "<p style='background:url(ok.png)'>",
        "<style>p{background:url(ok.png)}</style>",
        "<base href=/dir/sub/><img src=../ok.png>",
        "<div style=\"background-image:image-set('ok.png' 1x)\">",
        "<svg><rect style='fill:url(#a)' filter='url(ok.png)'/></svg>",
    ] {
        let page = check(html);
        assert_eq!(page.bodies.len(), 1, "{html}: {}", page.html);
        assert_eq!(page.bodies[0].media_type, "image/png");
    }
    let page = check("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>");
    assert_eq!(page.bodies[0].media_type, "image/gif");
}

#[test]
fn a_lie_about_a_part_is_a_lost_part() {
    let page = check("<img src=lie.png alt=words><img src=lie.png><img src=gone.png>");
    assert_eq!((page.parts, page.lost), (2, 2));
    assert!(page.html.contains("<img alt=\"words\">"));
    let page = check("<link rel=stylesheet href=ok.png><link rel=stylesheet href=ok.css>");
    assert_eq!((page.parts, page.lost), (2, 1));
}

#[test]
fn base_counts_once_and_only_for_the_web() {
    let page = check("<base href=/sub/><base href=//evil.test><a href=x>1</a><a href='#y'>2</a>");
    assert!(
        page.html.contains("href=\"https://a.test/sub/x\"") && page.html.contains("href=\"https://a.test/sub/#y\"")
    );
    for html in ["<base href=javascript:alert(1)//><a href=x>1</a>", "<base href='data:text/html,'><a href=x>1</a>"] {
        assert!(check(html).html.contains("href=\"https://a.test/dir/x\""), "{html}");
    }
}

#[test]
fn links_within_the_page_stay_within_it() {
    let page =
        check(&format!("<a href='#x'>1</a><a href='{PAGE}#y'>2</a><a href='page#z'>3</a><svg><use href=#s /></svg>"));
    for link in ["href=\"#x\"", "href=\"#y\"", "href=\"#z\"", "<use href=\"#s\">"] {
        assert!(page.html.contains(link), "{link}: {}", page.html);
    }
}

#[test]
fn an_address_of_the_page_that_is_none_harms_nothing() {
    for url in ["", "cid:x", "javascript:alert(1)", "data:text/html,x", "\u{0}", "https://"] {
        let mut capture =
            capture("<a href=x>1</a><a href='#y'>2</a><img src=ok.png><a href='javascript:alert(1)'>3</a>");
        capture.url = url.into();
        check_capture(capture);
    }
}
