//! Pages that mean no harm keep their words, their order and their looks.

use crate::oracle::{check, see};

/// The words of the page before and after are the same.
fn check_words(html: &str) -> detour_shelf::page::Page {
    let page = check(html);
    let before = see(html, true, true, false).words();
    let after = see(&page.html, true, true, false).words();
    assert_eq!(before, after);
    assert_eq!(page.text.split_whitespace().collect::<String>(), after);
    page
}

#[test]
fn an_article_keeps_its_words_and_structure() {
    let page = check_words(
        "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <title> A  title </title><link rel=stylesheet href=ok.css></head><body class=main><header><nav aria-label=Site>\
         <ul><li><a href=/>Home</a></li><li><a href='#s'>Skip</a></li></ul></nav></header><main id=s><h1>Head</h1>\
         <p>Some <b>bold</b>, <i>italic</i> &amp; <code>a &lt; b</code>.</p><details open><summary>More</summary>\
         <p>Hidden</p></details><table><caption>Numbers</caption><thead><tr><th scope=col colspan=2>A</th></tr></thead>\
         <tbody><tr><td>1</td><td>2</td></tr></tbody></table><figure><img src=ok.png alt='A picture' width=10 height=20>\
         <figcaption>Cap</figcaption></figure><pre>\n  two\n  lines</pre><dl><dt>T</dt><dd>D</dd></dl><ol start=3 \
         reversed><li value=7>x</li></ol><blockquote cite=x>Q</blockquote></main></body></html>",
    );
    assert_eq!(page.title, "A title");
    assert_eq!((page.parts, page.lost), (2, 0));
    for kept in [
        "<!DOCTYPE html><html lang=\"en\"><head><meta name=\"viewport\" content=\"width=device-width\"><title>A title</title>",
        "<body class=\"main\"><header><nav aria-label=\"Site\">",
        "<a href=\"https://a.test/\" rel=\"noreferrer\">Home</a>",
        "<a href=\"#s\">Skip</a>",
        "<code>a &lt; b</code>",
        "<details open=\"\">",
        "<th scope=\"col\" colspan=\"2\">A</th>",
        "alt=\"A picture\" width=\"10\" height=\"20\" src=\"detour-body:",
        "<pre>  two\n  lines</pre>",
        "<ol start=\"3\" reversed=\"\"><li value=\"7\">x</li></ol>",
    ] {
        assert!(page.html.contains(kept), "{kept}\nin {}", page.html);
    }
    assert!(
        page.text.contains("Head Some bold, italic & a < b. More Hidden Numbers A 1 2 Cap two lines T D x Q"),
        "{}",
        page.text
    );
}

#[test]
fn right_to_left_and_mixed_pages_keep_direction_and_marks() {
    let page = check_words(
        "<html dir=rtl lang=ar><title>عنوان</title><body><p>مرحبا <bdi>user_1</bdi> <bdo dir=ltr>abc</bdo>\u{200f}\u{202e}x\u{202c}\
         </p><p lang=he dir=auto>שלום <span dir=ltr>(1)</span></p>",
    );
    assert!(page.html.starts_with("<html dir=\"rtl\" lang=\"ar\">") && page.title == "عنوان");
    assert!(page.html.contains("<bdo dir=\"ltr\">") && page.html.contains("\u{202e}x\u{202c}"));
}

#[test]
fn drawings_and_formulas_are_drawn() {
    let page = check_words(
        "<svg viewBox='0 0 10 10' width=1em aria-hidden=true><defs><linearGradient id=g gradientUnits=userSpaceOnUse>\
         <stop offset=0 stop-color=red /></linearGradient></defs><g transform='translate(1 2)'><path d='M0 0h1' \
         fill='url(#g)' stroke-width=2 /><text x=1 text-anchor=middle>label</text><use href=#s /></g></svg>\
         <math display=block><mfrac><mi>a</mi><msqrt><mn>2</mn></msqrt></mfrac><mo stretchy=false>=</mo></math>",
    );
    for kept in [
        "<svg viewBox=\"0 0 10 10\" width=\"1em\" aria-hidden=\"true\">",
        "<linearGradient id=\"g\" gradientUnits=\"userSpaceOnUse\">",
        "fill=\"url(#g)\"",
        "<use href=\"#s\">",
        "<math display=\"block\"><mfrac><mi>a</mi>",
    ] {
        assert!(page.html.contains(kept), "{kept}\nin {}", page.html);
    }
}

#[test]
fn labels_of_diagrams_that_are_html_keep_their_words() {
    let page = check(
        "<svg><foreignObject x=10 y=20 width=100 height=40><div><p>Start <b>here</b></p></div></foreignObject></svg>",
    );
    assert_eq!(page.text, "Start here");
    assert!(page.html.contains("<text x=\"60\" y=\"40\""), "{}", page.html);
}

#[test]
fn old_pages_look_as_old() {
    let page = check_words(
        "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\"><body bgcolor=#ffffee text=black><center><font \
         color=red face=Arial size=+2>Hi</font></center><table border=1 cellpadding=3 width=80%><tr><td align=right \
         nowrap bgcolor=silver>x<td valign=top>y</table><marquee>z</marquee><tt>t</tt><strike>s</strike><nobr>n</nobr>",
    );
    assert!(page.html.starts_with("<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\""));
    assert!(
        page.html.contains("<font color=\"red\" face=\"Arial\" size=\"+2\">")
            && page.html.contains("bgcolor=\"silver\"")
    );
}

#[test]
fn hidden_words_are_not_found() {
    let page = check(
        "<p hidden>no</p><p style='display:none'>no</p><p style='color:red; display : none !important'>no</p><dialog>no\
         </dialog><svg><title>no</title><text>yes</text></svg><p aria-hidden=true>yes</p><script>no</script><p hidden>no\
         <b>no</b></p><datalist><option>no</datalist>",
    );
    assert_eq!(page.text, "yes yes");
}

#[test]
fn words_are_parted_as_they_are_seen() {
    let page =
        check("<p>on<b>e</b></p><p>two</p>three<br>four<table><td>five<td>six</table>sev<span>en</span> \n eight");
    assert_eq!(page.text, "one two three four five six seven eight");
}

#[test]
fn cleaning_gives_the_same_result_each_time() {
    let html = "<img src=ok.png><style>p{background:url(ok.png)}</style><link rel=stylesheet href=ok.css><p>x";
    assert_eq!(check(html), check(html));
}
