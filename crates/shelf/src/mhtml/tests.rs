use super::*;

/// As Chromium 150 wrote it, shortened.
const CHROMIUM: &str = "From: <Saved by Blink>\r\nSnapshot-Content-Location: http://a.test/page.html\r\nSubject: \
    =?utf-8?Q?T=C3=A9st?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\
    \tboundary=\"----MultipartBoundary--nKk8----\"\r\n\r\n\r\n------MultipartBoundary--nKk8----\r\nContent-Type: \
    text/html\r\nContent-ID: <frame-B0@mhtml.blink>\r\nContent-Transfer-Encoding: quoted-printable\r\n\
    Content-Location: http://a.test/page.html\r\n\r\n<html><head><link rel=3D\"stylesheet\" href=3D\"cid:css-5d@mht=\r\n\
    ml.blink\"></head><body>T=C3=A9st</body></html>\r\n------MultipartBoundary--nKk8----\r\nContent-Type: \
    image/png\r\nContent-Transfer-Encoding: base64\r\nContent-Location: http://a.test/bg.png\r\n\r\niVBO\r\nRw0K\r\n\r\n\
    ------MultipartBoundary--nKk8----\r\nContent-Type: text/html\r\nContent-ID: <frame-14@mhtml.blink>\r\n\
    Content-Transfer-Encoding: quoted-printable\r\nContent-Location: http://a.test/fr.html\r\n\r\n<p>frame=3D\r\n\
    ------MultipartBoundary--nKk8------\r\n";

fn check_chromium(text: &str) {
    let capture = read(text.as_bytes()).unwrap();
    assert_eq!(capture.url, "http://a.test/page.html");
    assert_eq!(
        capture.html,
        "<html><head><link rel=\"stylesheet\" href=\"cid:css-5d@mhtml.blink\"></head><body>Tést</body></html>"
    );
    assert_eq!(capture.parts.len(), 2);
    assert_eq!(capture.parts[0].url, "http://a.test/bg.png");
    assert_eq!(capture.parts[0].bytes, b"\x89PNG\r\n");
    assert_eq!(capture.parts[1].id.as_deref(), Some("cid:frame-14@mhtml.blink"));
    assert_eq!(capture.parts[1].bytes, b"<p>frame=");
}

#[test]
fn what_chromium_writes_is_read() {
    check_chromium(CHROMIUM);
}

#[test]
fn bare_line_feeds_are_line_ends_too() {
    check_chromium(&CHROMIUM.replace("\r\n", "\n"));
}

#[test]
fn a_missing_end_costs_nothing() {
    check_chromium(CHROMIUM.trim_end().strip_suffix("\r\n------MultipartBoundary--nKk8------").unwrap());
}

#[test]
fn headers_that_were_cut_away_are_guessed() {
    check_chromium(CHROMIUM.split_once("\r\n\r\n").unwrap().1);
}

#[test]
fn of_two_headers_the_first_counts() {
    check_chromium(&CHROMIUM.replace(
        "Content-Transfer-Encoding: base64\r\n",
        "Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 8bit\r\n",
    ));
}

#[test]
fn a_cut_anywhere_is_a_shorter_page_or_an_error() {
    for at in 0..CHROMIUM.len() {
        if let Ok(capture) = read(&CHROMIUM.as_bytes()[..at]) {
            assert!(capture.parts.len() <= 2);
        }
    }
}

#[test]
fn bad_base64_is_read_as_far_as_it_makes_sense() {
    check_chromium(&CHROMIUM.replace("iVBO\r\nRw0K", "iV BO\r\n!!Rw\0*0K=trailing"));
}

#[test]
fn an_equals_sign_that_begins_no_code_stands_for_itself() {
    assert_eq!(transfer::quoted_printable(b"a=b=\n=C3=A9=Z1=\r\n="), "a=bé=Z1=".as_bytes());
}

#[test]
fn without_a_document_there_is_an_error() {
    assert_eq!(read(b""), Err(Broken::NotMultipart));
    assert_eq!(read(b"<p>only html</p>"), Err(Broken::NotMultipart));
    assert_eq!(read(b"Content-Type: multipart/related; boundary=x\n\nno parts"), Err(Broken::NotMultipart));
    let image = b"Content-Type: multipart/related; boundary=x\n\n--x\nContent-Type: image/png\n\nabc\n--x--";
    assert_eq!(read(image), Err(Broken::NoDocument));
}

#[test]
fn what_is_written_is_read_again() {
    let capture = Capture {
        url: "https://a.test/x".into(),
        html: "<p>Grüße</p>".into(),
        parts: vec![Part {
            url: "https://a.test/y.png".into(),
            media_type: "image/png".into(),
            bytes: vec![0, 1, 2, 255],
            ..Part::default()
        }],
    };
    assert_eq!(read(&write(&capture)).unwrap(), capture);
}
