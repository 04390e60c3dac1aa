//! A copy as one file that any browser shows: the composed document, and a line that says what it is.

use crate::compose::Composed;

/// The document with a line at its top that names the original. The words and the date come from the caller; they and
/// the address are escaped here.
#[must_use]
pub fn single_file(composed: &Composed, words: &str, url: &str) -> String {
    let html = &composed.html;
    let at = body_start(html);
    let (before, after) = html.split_at(at);
    let mut out = String::with_capacity(html.len() + NOTE.len() + words.len() + 2 * url.len() + 64);
    out.push_str(before);
    out.push_str(NOTE);
    escape(&mut out, words);
    out.push(' ');
    if url.starts_with("http://") || url.starts_with("https://") {
        out.push_str("<a rel=\"noreferrer\" href=\"");
        escape(&mut out, url);
        out.push_str("\">");
        escape(&mut out, url);
        out.push_str("</a>");
    } else {
        escape(&mut out, url);
    }
    out.push_str("</p>");
    out.push_str(after);
    out
}

/// Past the `<body …>` that follows the head; the cleaner writes `>` in attributes as a reference.
fn body_start(html: &str) -> usize {
    let Some(head) = html.find("</head><body") else { return html.len() };
    let tag = head + "</head>".len();
    html.get(tag..).and_then(|rest| rest.find('>')).map_or(html.len(), |end| tag + end + 1)
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
}

/// First for whoever listens; drawn at the lower edge, so that it is no part of the page's own arrangement, whose styles
/// hardly touch it.
const NOTE: &str = "<p style=\"all:initial;position:fixed;left:0;bottom:0;z-index:2147483647;padding:4px 10px;font:13px/1.4 \
                    sans-serif;color:#222;background:#fff6d6;border:1px solid #c9b458\">";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, words: &str, url: &str, expected: &str) {
        let composed = Composed { html: html.into(), missing: 0 };
        assert_eq!(single_file(&composed, words, url), expected);
    }

    #[test]
    fn a_line_at_the_top_says_where_the_copy_is_from() {
        check(
            "<html><head></head><body class=\"x\"><p>y</p></body></html>",
            "Copy of 1 May:",
            "https://a.test/?a&b",
            &format!(
                "<html><head></head><body class=\"x\">{NOTE}Copy of 1 May: <a rel=\"noreferrer\" \
                 href=\"https://a.test/?a&amp;b\">https://a.test/?a&amp;b</a></p><p>y</p></body></html>"
            ),
        );
    }

    #[test]
    fn words_and_address_are_only_words() {
        check(
            "<head></head><body></body>",
            "<script>\"",
            "javascript:\"<b>",
            &format!("<head></head><body>{NOTE}&lt;script&gt;&quot; javascript:&quot;&lt;b&gt;</p></body>"),
        );
    }
}
