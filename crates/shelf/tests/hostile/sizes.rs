//! Documents that are too deep, too wide or too long. A stack that overflows ends the test run; work that grows with the
//! square of the length would not end it in anybody's patience.

use crate::oracle::check;
use detour_shelf::{capture::Capture, clean::clean};

fn only_clean(html: String) -> detour_shelf::page::Page {
    clean(Capture { url: "https://a.test/".into(), html, parts: Vec::new() })
}

#[test]
fn a_hundred_thousand_elements_in_each_other_keep_their_words() {
    for tag in
        ["div", "b", "span", "p", "a", "x-y", "svg", "math", "table", "li", "form", "select", "font id=x", "ul><li"]
    {
        let html = format!("{}word", format!("<{tag}>").repeat(100_000));
        let page = only_clean(html);
        assert_eq!(page.text, "word", "{tag}");
    }
}

#[test]
fn deep_nesting_is_clean_and_stays_so() {
    for (open, close) in [
        ("<div>", "</div>"),
        ("<table><tr><td>", "</table>"),
        ("<svg><g>", "</svg>"),
        ("<b><p>", "</b>"),
        ("<svg><desc>", ""),
        ("<template shadowrootmode=open>", "</template>"),
        ("<div><template shadowrootmode=open>", "</template></div>"),
        ("<math><mtext><svg><title>", ""),
    ] {
        check(&format!("{}word{}", open.repeat(3_000), close.repeat(3_000)));
    }
}

#[test]
fn formatting_that_is_reopened_again_and_again_is_bounded() {
    let html: String = (0..20_000).map(|n| format!("<p><b id={n}>x")).collect();
    assert!(only_clean(html).html.len() < 200 << 20);
}

#[test]
fn what_is_there_again_and_again_is_bounded() {
    let long = "x".repeat(100_000);
    let path = "x".repeat(10_000);
    let many: String = (0..990).map(|n| format!(" a{n}")).collect();
    for (start, piece) in [
        (format!("<p><b title='{long}'>"), "<p>x"),
        (format!("<p><b style='/*{long}*/'>"), "<p>x"),
        (format!("<p><b{many}>"), "<p>x"),
        (format!("<base href='https://a.test/{long}/'>"), "<a href=x>x</a>"),
        (format!("<base href='https://a.test/{path}/'>"), "<a href=x>x</a>"),
        (format!("<base href='https://a.test/{path}/'>"), "<svg><a href=x></svg>"),
        (format!("<base href='https://a.test/{path}/'>"), "<iframe src=x></iframe>"),
    ] {
        let page = only_clean(format!("{start}{}", piece.repeat(20_000)));
        assert!(page.html.len() < 100 << 20, "{piece}: {}", page.html.len());
    }
}

#[test]
fn a_hundred_thousand_images_of_one_picture_are_read_once() {
    for image in ["<img>", "<input type=image>"] {
        let page = only_clean(format!("<picture><source srcset=x>{}</picture>word", image.repeat(100_000)));
        assert_eq!(page.html.matches("<img>").count(), 100_000);
    }
}

#[test]
fn five_megabytes_of_one_text_stay() {
    let text = "wörter und viel mehr, nur kein <b> ".repeat(150_000);
    let page = only_clean(format!("<p>{}</p>", text.replace('<', "&lt;")));
    assert!(page.text.len() > 5 << 20 && page.text.ends_with("kein <b>"));
}

#[test]
fn a_million_attributes_are_fewer() {
    let attributes: String = (0..1_000_000).map(|n| format!(" a{n}=\">\"")).collect();
    for html in [
        format!("<p{attributes}>word</p>"),
        format!("<p{attributes}"),
        format!("<script>a<b c='</script><p{attributes}>word</p>"),
        format!("<svg><style><p title=\"<script>\"><p{attributes}>word"),
        format!("<html{attributes}><html{attributes}>word"),
    ] {
        let page = only_clean(html);
        assert!(page.html.len() < 100_000);
    }
}

#[test]
fn hundreds_of_thousands_of_tags_that_never_end_are_read_once() {
    for piece in ["<a ", "<a b='", "<!--", "</", "&#x", "<svg><![CDATA[", "<p title="] {
        assert!(only_clean(piece.repeat(300_000)).html.ends_with("</body></html>"), "{piece}");
    }
}

#[test]
fn more_nodes_than_any_page_has_end_somewhere() {
    let page = only_clean("<b>x</b>".repeat(600_000));
    let elements = page.html.matches("<b>").count();
    assert!((400_000..=500_000).contains(&elements), "{elements}");
}

#[test]
fn nulls_and_control_characters_are_no_markup() {
    for html in [
        "<p>a\u{0}b</p>",
        "<\u{0}script>alert(1)</script>",
        "<p cl\u{0}ass=x>",
        "\u{0}\u{1}\u{8}\u{b}\u{7f}\u{80}",
        "<svg>\u{0}<g \u{0}>",
    ] {
        check(html);
    }
}

#[test]
fn an_empty_capture_is_an_empty_page() {
    for html in ["", " ", "\u{feff}", "<", "<!", "&", "</html>"] {
        let page = check(html);
        assert!(page.html.ends_with("</body></html>") && page.title.is_empty());
    }
}
