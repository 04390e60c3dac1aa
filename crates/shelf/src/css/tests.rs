use super::*;

/// Cleans with parts named `ok*`, and holds the result against itself cleaned again.
fn check(css: &str, expected: &str) {
    let mut answer = |wanted: Wanted, address: &str| match wanted {
        Wanted::Media if address == "detour-body:0" || address == NOTHING => Some(address.to_owned()),
        Wanted::Media => address.starts_with("ok").then(|| "detour-body:0".to_owned()),
        Wanted::Sheet if address.ends_with("empty") => Some(String::new()),
        Wanted::Sheet => address.starts_with("ok").then(|| "p{color:red}".to_owned()),
    };
    let once = clean(css, &mut answer);
    assert_eq!(once, expected, "{css}");
    assert_eq!(clean(&once, &mut answer), once, "{css}");
    assert!(!once.contains("</"));
}

#[test]
fn what_styles_stays_as_it_was() {
    for css in [
        "a>b{color:red!important}",
        "@media (min-width:10px) and (max-width:calc(3*(1px + 2px))){.x\\:y{margin:-1.5e3px}}",
        ".a[title=\"x\"]::after{content:\"\u{201c}\"}",
        "@font-face{font-family:x;src:local(\"x\")}",
        ":root{--x:{a:b};--y:1}",
        "a{b:c;&:hover{d:e}}",
        "a/**/b{}",
        "@layer a,b;",
        "a{filter:url(#blur)}",
    ] {
        check(css, css);
    }
}

#[test]
fn every_address_is_a_part_or_nothing() {
    for (css, expected) in [
        ("a{b:url(ok.png)}", "a{b:url(detour-body:0)}"),
        ("a{b:url( 'ok.png' ) red}", "a{b:url(detour-body:0) red}"),
        ("a{b:url(//evil)}", "a{b:url(data:,)}"),
        ("a{b:\\75rl(//evil)}", "a{b:url(data:,)}"),
        ("a{b:u\\72 l('//evil')}", "a{b:url(data:,)}"),
        ("a{b:UrL(//evil", "a{b:url(data:,)}"),
        ("a{b:image-set('//evil' 1x, \"ok.png\" 2x)}", "a{b:image-set(url(data:,) 1x, url(detour-body:0) 2x)}"),
        ("a{b:-webkit-image-set(url(//evil) 1x)}", "a{b:-webkit-image-set(url(data:,) 1x)}"),
        ("a{--x:'//evil';b:image-set(var(--x) 1x)}", "a{--x:\"//evil\";b:none}"),
        ("a{b:image-set(attr(x) 1x)}", "a{b:none}"),
        ("a{b:image('//evil');c:src('//evil')}", "a{b:none;c:none}"),
        ("a{b:cross-fade(url(//evil), url(ok))}", "a{b:cross-fade(url(data:,), url(detour-body:0))}"),
        ("a{--x:url(//evil)}", "a{--x:url(data:,)}"),
        (
            "@font-face{src:url(//evil)format('woff'),url(ok)}",
            "@font-face{src:url(data:,)format(\"woff\"),url(detour-body:0)}",
        ),
        ("a{cursor:url(//evil),auto}", "a{cursor:url(data:,),auto}"),
        ("@property --x{initial-value:url(//evil)}", "@property --x{initial-value:url(data:,)}"),
    ] {
        check(css, expected);
    }
}

#[test]
fn imports_are_put_in_place_or_left_out() {
    for (css, expected) in [
        ("@import 'ok';a{}", "p{color:red} a{}"),
        (
            "@import url(ok) screen;@import \"ok\" layer(x) supports(a:b) print;",
            "@media screen{p{color:red}} @layer x{@supports (a:b){@media print{p{color:red}}}}",
        ),
        ("@import '//evil';a{}", "a{}"),
        ("a{}@import 'ok';", "a{}"),
        ("@\\69mport '//evil';a{}", "a{}"),
        ("@charset 'x';@import url(\"ok\");", "p{color:red}"),
        ("@import url;a{}", "a{}"),
        ("@import url x;a{}", "a{}"),
        ("@media screen{@import 'ok';a{}}", "@media screen{a{}}"),
    ] {
        check(css, expected);
    }
}

#[test]
fn what_runs_or_is_unknown_is_left_out() {
    for (css, expected) in [
        ("a{behavior:url(x);color:red}", "a{color:red}"),
        ("a{-moz-binding : url(x)}b{}", "a{}b{}"),
        ("a{scroll-behavior:smooth}", "a{scroll-behavior:smooth}"),
        ("a{width:expression(alert(1))}", "a{width:none}"),
        ("@namespace url(x);a{}", " a{}".trim_start()),
        ("@-moz-document url(x){a{}}b{}", "b{}"),
        ("@unknown (a;b) {c{}}d{}", "d{}"),
    ] {
        check(css, expected);
    }
}

#[test]
fn nothing_ends_the_style_element() {
    for (css, expected) in [
        ("a{content:'</style><script>'}", "a{content:\"\\3c /style>\\3c script>\"}"),
        ("/*</style><script>*/a{}", "a{}"),
        (".\\</style{}", ".\\3c /style{}"),
        ("<!--a{}-->", "a{}"),
        ("a{}</style><script>", "a{}< /style>< script>"),
        ("@media (width<400px){}", "@media (width< 400px){}"),
        ("a{b:url('x</style>')}", "a{b:url(data:,)}"),
    ] {
        check(css, expected);
    }
}

#[test]
fn what_is_broken_swallows_nothing() {
    for (css, expected) in [
        ("a{b:'x\n;c:d}e{}", "a{b: ;c:d}e{}"),
        ("a{b:\"x", "a{b:\"x\"}"),
        ("a{b:c\\", "a{b:c\u{fffd}}"),
        ("a{b:(c}d", "a{b:(c d)}"),
        ("a}b{}", "a b{}"),
        ("a{b:url(x y)c}", "a{b: c}"),
        ("u/**/rl(x){}", "u/**/rl(x){}"),
        ("a{b:\\\nc}", "a{b: c}"),
        ("a\0b{}", "a\u{fffd}b{}"),
    ] {
        check(css, expected);
    }
}

#[test]
fn a_hundred_thousand_blocks_are_no_deeper_than_what_is_read() {
    let deep = format!("a{}", "{b".repeat(100_000));
    let once = clean(&deep, &mut |_, _| None);
    assert!(once.len() < 200, "{once}");
}

#[test]
fn a_hundred_thousand_imports_in_one_statement_are_none() {
    assert_eq!(clean(&"@import 'x' ".repeat(100_000), &mut |_, _| None), "");
}

#[test]
fn only_the_cleaner_names_parts() {
    check("a{b:'detour-body:00'}", "a{b:\"detour-body\\3a 00\"}");
    check("a{b:url(detour-body:11)}", "a{b:url(data:,)}");
    check("a{detour-body:11(x)}", "a{detour-body/**/:11(x)}");
    check("a{b:'='detour-body:11(x)}", "a{b:\"=\"detour-body/**/:11(x)}");
    check("#detour-body:11{}", "#detour-body/**/:11{}");
    check("a{b:url(#detour-body:11)}", "a{b:url(\"#detour-body\\3a 11\")}");
}

#[test]
fn what_is_left_out_joins_nothing() {
    for (css, expected) in [
        ("a{b:url@charset ;(http://x.test/y)}", "a{b:url;(http://x.test/y)}"),
        ("a{b:url@unknown ;(http://x.test/y)}", "a{b:url;(http://x.test/y)}"),
        ("a{b:c/behavior:x;*'*/url(http://x.test/y)'}", "a{b:c/;*\"*/url(http://x.test/y)\"}"),
        ("a{b:u\\72<!--l(http://x.test/y)}", "a{b:u\\72  l(http://x.test/y)}"),
        ("a{b:u\\72\\\nl(http://x.test/y)}", "a{b:u\\72  l(http://x.test/y)}"),
        ("a{b:u\\000072<!--l(http://x.test/y)}", "a{b:u\\000072  l(http://x.test/y)}"),
        ("@layer@import ;url(http://x.test/y)", "@layer;url(data:,)"),
        ("a{behavior@import };:b}", "a{behavior;};:b"),
        ("a{*behavior:url(x);b:c} @unknown d;e{}", "a{*;b:c} e{}"),
        ("@import ;url@import 'no';(http://x.test/y)", "url;(http://x.test/y)"),
        ("a\\:url(ok)", "a\\:url(ok)"),
        ("a\\,/**/b", "a\\,/**/b"),
    ] {
        check(css, expected);
    }
}

#[test]
fn no_line_ends_within_a_string() {
    for (css, expected) in [
        ("a{b:'\\a c:url(//x.test);'}", "a{b:\"\\a c:url(//x.test);\"}"),
        ("a{b:'\\c c:url(//x.test);'}", "a{b:\"\\c c:url(//x.test);\"}"),
        ("a{b:'\\d c:url(//x.test);'}", "a{b:\"\\d c:url(//x.test);\"}"),
        ("a{b:'\\00000c c:url(//x.test);'}", "a{b:\"\\c c:url(//x.test);\"}"),
    ] {
        check(css, expected);
    }
}

#[test]
fn imports_stand_before_everything_but_the_order_of_layers() {
    for (css, expected) in [
        ("@layer a, b;@import 'ok' layer(b);c{}", "@layer a, b;@layer b{p{color:red}} c{}"),
        ("@layer a;@layer b;@import 'ok';", "@layer a;@layer b;p{color:red}"),
        ("@layer a{c{}}@import 'ok';d{}", "@layer a{c{}}d{}"),
        ("@import ;a{}", "a{}"),
        ("@import 'ok' screen;@import 'okay, but empty';", "@media screen{p{color:red}}"),
        ("@import {}a{}", "a{}"),
        ("@import 'ok' @import 'ok';a{}", "a{}"),
        ("@import 'ok' screen @media;@import 'ok';a{}", "p{color:red} a{}"),
        ("a{}@import 'ok';", "a{}"),
    ] {
        check(css, expected);
    }
}
