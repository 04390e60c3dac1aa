//! Captures that are broken on their way.

use detour_shelf::{
    capture::{Capture, Part},
    mhtml::{self, Broken},
};
use proptest::prelude::*;

use crate::oracle::{PNG, check_capture};

fn sound() -> Vec<u8> {
    mhtml::write(&Capture {
        url: "https://a.test/".into(),
        html: "<link rel=stylesheet href=x.css><p>words<img src=x.png>".into(),
        parts: vec![
            Part {
                url: "https://a.test/x.png".into(),
                media_type: "image/png".into(),
                bytes: PNG.into(),
                ..Part::default()
            },
            Part {
                url: "https://a.test/x.css".into(),
                media_type: "text/css".into(),
                bytes: b"p{}".to_vec(),
                ..Part::default()
            },
        ],
    })
}

#[test]
fn a_sound_capture_is_a_whole_page() {
    let page = check_capture(mhtml::read(&sound()).unwrap());
    assert_eq!((page.text.as_str(), page.parts, page.lost), ("words", 2, 0));
}

#[test]
fn a_capture_cut_anywhere_is_a_page_or_an_error() {
    let bytes = sound();
    for end in 0..bytes.len() {
        match mhtml::read(&bytes[..end]) {
            Ok(capture) => drop(check_capture(capture)),
            Err(broken) => assert!(matches!(broken, Broken::NotMultipart | Broken::NoDocument)),
        }
    }
}

#[test]
fn a_capture_of_a_hundred_thousand_headers_or_parts_is_read() {
    let headers = "A: b\r\n".repeat(100_000);
    let parts = "--b\r\nContent-Type: text/html\r\n\r\n<p>x\r\n".repeat(100_000);
    for text in [
        format!("{headers}Content-Type: multipart/related; boundary=b\r\n\r\n{parts}"),
        format!("Content-Type: multipart/related; boundary=b\r\n\r\n{parts}"),
        format!("Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\n{headers}\r\n<p>x"),
        format!("Content-Type: multipart/related;{}\r\n boundary=b\r\n\r\n--b\r\n\r\n<p>x", "\r\n ;".repeat(100_000)),
    ] {
        if let Ok(capture) = mhtml::read(text.as_bytes()) {
            assert!(capture.parts.len() <= 10_000);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn bytes_that_change_on_the_way_never_crash(at in prop::collection::vec((0..2_000_usize, any::<u8>()), 1..20)) {
        let mut bytes = sound();
        for (at, byte) in at {
            let length = bytes.len();
            bytes[at % length] = byte;
        }
        if let Ok(capture) = mhtml::read(&bytes) {
            check_capture(capture);
        }
    }

    #[test]
    fn bytes_of_any_kind_never_crash(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = mhtml::read(&bytes);
        let _ = mhtml::read(&[b"Content-Type: multipart/related; boundary=\r\n\r\n--", &bytes[..]].concat());
    }
}
