//! Charsets and their lies, read from bytes as a browser's capture brings them.

use detour_shelf::mhtml;

use crate::oracle::check_capture;

fn page(header: &str, body: &[u8]) -> detour_shelf::page::Page {
    let mut bytes = format!(
        "Snapshot-Content-Location: https://a.test/\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n\
         Content-Type: text/html{header}\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes.extend_from_slice(b"\r\n--b--");
    check_capture(mhtml::read(&bytes).unwrap())
}

#[test]
fn the_right_charset_gives_the_right_words() {
    for (header, body, words) in [
        ("", "<p>Grüße".as_bytes(), "Grüße"),
        ("; charset=utf-8", "<p>Grüße".as_bytes(), "Grüße"),
        ("; charset=iso-8859-1", b"<p>Gr\xfc\xdfe", "Grüße"),
        ("; charset=\"windows-1251\"", b"<p>\xe4\xe0", "да"),
        ("; charset=shift_jis", b"<p>\x93\xfa\x96{", "日本"),
        ("", b"<meta charset=euc-jp><p>\xc6\xfc\xcb\xdc", "日本"),
        ("", b"\xff\xfe<\0p\0>\0\xfc\0", "ü"),
        ("; charset=utf-8", b"\xfe\xff\0<\0p\0>\0\xfc", "ü"),
        ("; charset=iso-2022-jp", b"<p>\x1b$B$d\x1b(B!", "や!"),
    ] {
        assert_eq!(page(header, body).text, words, "{header}");
    }
}

#[test]
fn a_charset_that_lies_opens_no_door() {
    for (header, body) in [
        ("; charset=utf-7", &b"<p>+ADw-script+AD4-alert(1)+ADw-/script+AD4-"[..]),
        ("", b"<meta charset=utf-7><title>+ADw-/title+AD4APA-script+AD4-alert(1)"),
        ("; charset=utf-16", b"<script>alert(1)</script><p>x"),
        ("; charset=utf-8", b"<\0s\0c\0r\0i\0p\0t\0>\0a\0"),
        ("", b"\0<\0s\0c\0r\0i\0p\0t\0>"),
        ("; charset=iso-2022-jp", b"<img alt=\"\x1b$B\"><p title=\"\x1b(B onerror=alert(1) \">x"),
        ("", b"<meta charset=iso-2022-jp><p title='\x1b(J\\'>\x1b$B<script>alert(1)</script>"),
        ("; charset=utf-8", b"<p title='\xc0'><script>alert(1)</script>'>\xe0\x80<b\xff>"),
        ("; charset=shift_jis", b"<p title='\x81'>x' onclick=alert(1)><script>"),
        ("; charset=gb18030", b"<p title='\x81'><img src=x onerror=alert(1)>"),
        ("; charset=hz-gb-2312", b"~{<script>~}alert(1)"),
        ("; charset=x-user-defined", b"<p>\x80\xff<script>alert(1)</script>"),
        ("; charset=\0", b"<p>x"),
        ("; charset", b"<script>alert(1)</script>"),
        ("", b"\xef\xbb\xbf<meta charset=utf-16><script>alert(1)</script>"),
    ] {
        let page = page(header, body);
        assert!(!page.html.to_ascii_lowercase().contains("<script"), "{header}: {}", page.html);
    }
}
