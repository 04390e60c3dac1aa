//! Markup that is one thing when it is read and another when it is read again: the tricks that broke sanitizers. The
//! oracle reads each result in eight modes and cleans it again.

use crate::oracle::{PNG, capture, check, check_capture};
use detour_shelf::{
    capture::Part,
    compose::compose,
    page::{Hash, Page},
};

#[test]
fn no_change_of_namespace_hides_an_element() {
    for html in [
        "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<svg><style>&lt;/style&gt;&lt;img src=x onerror=alert(1)&gt;</style></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<math><mtext><h1><a><h6></a></h6><mglyph><svg><mtext><style><a title=\"</style><img src onerror='alert(1)'>\">",
        "<math><mtext><mglyph><mtext><style><img title='</style><img src=x onerror=alert(1)>'>",
        "<math><annotation-xml encoding='text/html'><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
        "<math><annotation-xml encoding='application/xhtml+xml'><p><script>alert(1)</script></annotation-xml></math>",
        "<svg><annotation-xml><foreignobject><style><!--</style><p id=\"--><img src=x onerror=alert(1)>\">",
        "<svg><foreignObject><iframe srcdoc='<script>alert(1)</script>'></iframe><p>word</p></foreignObject></svg>",
        "<svg><desc><style><p title=\"</style><img src onerror=alert(1)>\"></desc></svg>",
        "<svg><title><style><a id=\"</style><img src=1 onerror=alert(1)>\"></title></svg>",
        "<svg><desc><b><svg><style><a id='</style><img src onerror=alert(1)>'></b></desc></svg>",
        "<math><mi><style><img title='</style><img src=x onerror=alert(1)>'></mi></math>",
        "<svg><p><style><g title='</style><img src onerror=alert(1)>'>",
        "<svg><textarea><img src=x onerror=alert(1)></textarea></svg>",
        "<math><p><title><img src=x onerror=alert(1)></title>",
        "<svg><xmp><img src=x onerror=alert(1)></xmp></svg>",
        "<svg><font color=red><img src=x onerror=alert(1)></font></svg>",
        "<svg><font><style><a id='</style><img src onerror=alert(1)>'></font></svg>",
        "<svg><a><b><p>x</a></svg>",
        "<math><mrow><svg><rect/></svg></mrow><mtext><svg><rect/></svg></mtext></math>",
        "<svg><switch><foreignObject><p>a</p></foreignObject><text>b</text></switch></svg>",
        "<svg xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></svg>",
        "<svg:svg><svg:script>alert(1)</svg:script></svg:svg>",
    ] {
        check(html);
    }
}

#[test]
fn nothing_in_a_drawing_moves_into_a_script() {
    for html in [
        "<svg><a><animate attributeName=href values=javascript:alert(1) /><text>x</text></a></svg>",
        "<svg><a><set attributeName=xlink:href to=javascript:alert(1) begin=0s /><text>x</text></a></svg>",
        "<svg><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
        "<svg><animateTransform onend=alert(1)></svg>",
        "<svg><handler xmlns:ev='http://www.w3.org/2001/xml-events' ev:event=load>alert(1)</handler></svg>",
        "<svg><discard onbegin=alert(1)></svg>",
        "<svg><use href='data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=#x'></use></svg>",
        "<math><maction actiontype='statusline#//evil.test' xlink:href='javascript:alert(1)'>x</maction></math>",
        "<math><mstyle href='javascript:alert(1)'>x</mstyle></math>",
    ] {
        check(html);
    }
}

#[test]
fn no_raw_text_ends_early() {
    for html in [
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
        "<noscript><style></noscript><img src=x onerror=alert(1)></style>",
        "<textarea><p title=\"</textarea><img src=x onerror=alert(1)>\">",
        "<title><p title=\"</title><img src=x onerror=alert(1)>\">",
        "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">",
        "<noembed><p title=\"</noembed><img src=x onerror=alert(1)>\">",
        "<noframes><p title=\"</noframes><img src=x onerror=alert(1)>\">",
        "<iframe><p title=\"</iframe><img src=x onerror=alert(1)>\">",
        "<style><p title=\"</style><img src=x onerror=alert(1)>\">",
        "<plaintext><img src=x onerror=alert(1)>",
        "<xmp><b>&lt;script&gt;</b></xmp><listing>\n\n&lt;img&gt;</listing>",
        "<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;</title>",
        "<option><style></option></select><b><img src=x onerror=alert(1)></style></option>",
        "<select><option>&lt;img src=x onerror=alert(1)&gt;</select>",
        "<textarea>&lt;/textarea&gt;&lt;img src=x onerror=alert(1)&gt;</textarea>",
    ] {
        check(html);
    }
}

#[test]
fn tables_selects_and_templates_throw_nothing_out() {
    for html in [
        "<table><a><table><a>x",
        "<a>1<table><a>2</a></table>3</a>",
        "<table><b><tr><td>x</b>y",
        "<table><form><input type=hidden><tr><form><td>x</form>",
        "<table><caption><table><caption>x</table></table>",
        "<table><tr><p>a<td>b<table><td>c</table>d",
        "<table><style>p{}</style><link rel=stylesheet href=ok.css><tr><td>x",
        "<table>x<tr>y<td>z</td>w</table>",
        "<table><select><td>x</select>",
        "<select><table><td>x</select>",
        "<select><select><option>x<select>",
        "<select><div><option><p>x<button>y</button></select>",
        "<select><button><selectedcontent></selectedcontent></button><option>x</select>",
        "<select><svg><style><option></select>",
        "<select><template shadowrootmode=open><p>x</template></select>",
        "<p><select><hr><option>x</select><p>y",
        "<table><colgroup><template><col></template><col></colgroup></table>",
        "<template><tr></tr><template></template></template>",
        "<td>x</td><tr>y</tr><caption>z</caption><col><tbody>",
        "<frameset><p>x",
        "<table><td><frameset><frame>",
        "<table background=ok.png><thead><tr><th>x<tfoot><tr><td>y",
    ] {
        check(html);
    }
}

#[test]
fn what_is_nested_wrongly_settles_at_once() {
    for html in [
        "<a href=#1>a<div><a href=#2>b</a></div>c</a>",
        "<b><p>x</b>y</p>",
        "<b><i><u><s><b><i><u><p>x</b></i></u>y",
        "<p><b><b><b><b><p>x",
        "<nobr>a<nobr>b<table><nobr>c</table>",
        "<button>a<p><button>b</button></button>",
        "<h1>a<h2>b</h1>c</h2>",
        "<h1><form><h2>x",
        "<li>a<li>b<ul><li>c<div><li>d</ul>",
        "<li><address><div><p><li>x",
        "<dd>a<dt>b<dl><dd>c<p><dt>d",
        "<ruby>a<rb>b<rt>c<rtc>d<rp>e<rt>f</ruby><rt>g<rt>h",
        "<ruby><p><rt>x<li><rb>y",
        "<p><object><p>x</object>y",
        "<p><applet><b>x<p>y</applet>z",
        "<p><marquee><p>x</marquee>y",
        "<a><marquee><a>x</marquee></a>",
        "<a><object><a>x</object></a>",
        "<form><div></form><form>x</div>",
        "<p><form>x</form>y",
        "<pre>\n\nx</pre><pre>&#10;x</pre><pre><b>\nx</b></pre><pre></pre>\ny<pre> </pre>",
        "<pre>&#13;x</pre><p title='&#13;&#10;'>&#13;",
        "<pre><script></script>\n\nx</pre><pre><!-- -->\nx</pre><pre><unknown>\nx</unknown></pre>",
        "<br></br></p></b><p/>x<div/>y<span/>z",
        "<image><img></image><br/>",
        "<body><head><title>x</title></head><body class=y>",
        "x<html class=a><html id=b><body class=c><body id=d>",
        "<table><tr><td></body></html>x",
        "</body>x<p></html>y<!-- z -->",
        "<font><table><font><td><font>x",
        "<dialog>x</dialog><dialog open>y</dialog><p><dialog open><p>z",
        "<p><search><p>x",
        "<p><details><summary><p>x</details>",
        "<center><p><center><hr><fieldset><legend><p>x",
        "<a-b><p><a-b><li><a-b><li>x",
        "<annotation-xml><font-face><a-B><x-\u{e9}><-x>y",
        "<nobr><p><nobr>x",
        "<menu><dir><ul><ol><li>x<menu><li>y",
        "\u{feff}\u{feff}<p>\u{feff}x",
        " \n<!DOCTYPE html>\n <html> <head> <title> x </title> </head> <body> y </body> </html> z",
    ] {
        check(html);
    }
}

#[test]
fn nothing_is_read_into_text_or_values() {
    for html in [
        "<p title='\"><img src=x onerror=alert(1)>'>x</p>",
        "<p title='`onmouseover=alert(1)'>x</p>",
        "<p title=\"&quot;&gt;&lt;img src=x onerror=alert(1)&gt;\">x</p>",
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        "<p>&amp;lt;script&amp;gt;</p>",
        "<p class='</p><script>alert(1)</script>'>",
        "<a href='https://b.test/\"><script>alert(1)</script>'>x</a>",
        "<a href='https://b.test/`'>x</a><a href='mailto:\"><script>@x'>y</a>",
        "<p id='x\u{a0}y'>a\u{a0}b&nbsp;c&shy;</p>",
        "<img alt='--><script>alert(1)</script>'>",
        "<svg lang=a xml:lang=b><rect fill='BEHAVIOR:x'/></svg><p style='-MOZ-BINDING:x'>x",
        "<p =\"x\" a\"b='c' <='d' data-x\"y='z' aria-<x='y'>",
        "<link rel=stylesheet href=ok.css media='x\" onload=\"alert(1)'>",
        "<style media='\"><script>alert(1)</script>'>p{}</style>",
        "<meta name=viewport content='\"><script>alert(1)</script>'>",
        "<!DOCTYPE html PUBLIC '\"><script>alert(1)</script>' 'x'><p>y",
        "<!DOCTYPE html PUBLIC '-//W3C//DTD HTML 4.01//EN' '//evil.test'><p>x<table><td>y",
        "<!DOCTYPE x SYSTEM 'file:///etc/passwd' [<!ENTITY y SYSTEM 'z'>]><p>&y;",
    ] {
        check(html);
    }
}

#[test]
fn names_of_bodies_come_from_the_cleaner_alone() {
    let name = format!("detour-body:{}", "0".repeat(32));
    for html in [
        format!("<img src='{name}'>"),
        format!("<p title='{name}'>=\"{name}</p>"),
        format!("<style>p{{background:url({name});content:'url({name}'}}</style>"),
        format!("<p style='background:url({name})'>url({name})</p>"),
        format!("<link rel=stylesheet href='{name}'>"),
        format!("&lt;link rel=\"stylesheet\" href=\"{name}\"&gt;"),
        format!("<title>url({name})</title>"),
        // What stood between two texts goes, and they become one.
        name.replace("to", "to<meta>"),
        name.replace(':', "<script></script>:"),
        name.replace("-b", "<link>-<!-- x -->b"),
        format!("<svg><text>{}</text></svg>", name.replace("ur", "u<script></script>r")),
        format!("<pre>{}</pre>", name.replace('y', "y<input type=hidden>")),
        // Where names stand, too.
        format!("<p data-{name}=x>y</p>"),
        format!("<p aria-{name}>y</p>"),
        format!("<a data-{name}='alert(1)' href=//b.test>y</a>"),
        format!("<!DOCTYPE html PUBLIC '{name}' ''><p>y"),
        format!("<!DOCTYPE {name}><p>y"),
        format!("<x-{name}>y</x-{name}>"),
        format!("<svg viewBox='0 0 1 1' fill='{name}'><g id='{name}' {name}=x /></svg>"),
        format!("<math><mi {name}=x mathcolor='{name}'>y</mi></math>"),
    ] {
        let page = check(&html);
        assert!(!page.html.contains(&name), "{html}: {}", page.html);
    }
}

/// The image's own bytes would be read as style where a page names it by itself: its BASE64 ends in `/url`, and what the
/// cleaner took for a string is none after `url(`.
#[test]
fn no_image_is_filled_into_a_style() {
    let mut image = PNG.to_vec();
    image.resize(image.len().next_multiple_of(3), b'-');
    image.extend([0xfe, 0xea, 0xe5]);
    let name = Hash::of("image/png", &image).placeholder();
    let css = format!("a{{x:'='{name}(x\")}}p{{background:url(//evil.test)}}/*\")}}");
    for html in [
        format!("<style>{css}</style><img src=i.png>"),
        "<link rel=stylesheet href=x.css><img src=i.png>".to_owned(),
        format!("<svg><style>{css}</style></svg><img src=i.png>"),
        format!("<p style='{name}(x\");background:url(//evil.test);x:\"\")'>x</p><img src=i.png>"),
        format!("<svg><rect fill='{name}(x\");background:url(//evil.test);x:\"\")'/></svg><img src=i.png>"),
        format!("<p style='{name}'>x</p><img src=i.png>"),
        format!("<p style='a:url(#{name})'>x</p><img src=i.png>"),
    ] {
        let mut capture = capture(&html);
        let sheet = css.replace("'='", "").into_bytes();
        for (url, media_type, bytes) in [("i.png", "image/png", image.clone()), ("x.css", "text/css", sheet)] {
            let url = format!("https://a.test/dir/{url}");
            capture.parts.push(Part { url, media_type: media_type.into(), bytes, ..Part::default() });
        }
        let Page { html, bodies, .. } = check_capture(capture);
        let composed = compose(&html, |hash| bodies.iter().find(|body| body.hash == *hash).cloned());
        assert_eq!(composed.html.matches("base64").count(), 1, "{}", composed.html);
    }
}
