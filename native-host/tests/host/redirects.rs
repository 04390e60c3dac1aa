//! Redirects are followed to where they end, and the page is judged there.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use detour_core::failure::Failure;
use detour_core::observation::{Step, Subject};
use detour_core::port::Scope;
use tokio::net::{TcpListener, TcpStream};

use crate::faults::{refusing, request, say, server};
use crate::lab::{Lab, SITE};
use crate::names::Answer;

const OTHER: &str = "www.elsewhere.net";

/// A server that leads everybody there; the page's address.
async fn leading_to(location: String) -> String {
    let answer: &'static str =
        format!("HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n").leak();
    let port = server(move |mut stream: TcpStream| async move { say(&mut stream, answer).await }).await;
    format!("http://{SITE}:{port}/")
}

async fn lab() -> Lab {
    let lab = Lab::new().await;
    lab.names.set(OTHER, Answer::Addresses(vec!["127.0.0.1".parse().unwrap()]));
    lab
}

#[tokio::test]
async fn a_page_that_leads_to_an_error_fails_with_that_error_in_every_sample() {
    const ERROR: &str =
        "HTTP/1.1 503 Service Unavailable\r\nx-served-by: cache-fra1-FRA\r\ncontent-length: 4\r\n\r\noops";
    let end = server(|mut stream: TcpStream| async move { say(&mut stream, ERROR).await }).await;
    let url = leading_to(format!("http://{OTHER}:{end}/there")).await;
    let outcomes = lab().await.check(&url).await;
    let answers: Vec<u16> =
        outcomes.of(&Subject::Target).filter_map(|seen| seen.answer()).map(|answer| answer.status).collect();
    assert_eq!(answers, [503; 5], "{outcomes:#?}");
    assert_eq!(outcomes.answer(&Subject::Target).unwrap().header("x-served-by"), "cache-fra1-FRA");
}

#[tokio::test]
async fn a_way_that_breaks_off_is_a_failure_of_the_page() {
    let refused = leading_to(format!("http://{OTHER}:{}/", refusing().await)).await;
    assert_eq!(lab().await.check(&refused).await.failures(), [(Step::Tcp, Failure::TcpRefused)]);
    let nameless = leading_to("http://nobody.elsewhere.net/".to_owned()).await;
    assert_eq!(lab().await.check(&nameless).await.failures(), [(Step::Http, Failure::DnsNameNotResolved)]);
}

#[tokio::test]
async fn no_way_leads_into_ones_own_network_whatever_its_name() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let end = listener.local_addr().unwrap().port();
    let met = Arc::new(AtomicUsize::new(0));
    let counted = met.clone();
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    for location in
        [format!("http://{OTHER}:{end}/"), format!("http://127.0.0.1:{end}/"), format!("http://localhost:{end}/")]
    {
        let url = leading_to(location).await;
        let mut lab = lab().await;
        // Private to the program, unlike 127.0.0.1 itself, which this lab allows by a range.
        lab.names.set(OTHER, Answer::Addresses(vec!["127.0.0.1".parse().unwrap(), "10.0.0.1".parse().unwrap()]));
        lab.scope = Scope::Again;
        let outcomes = lab.check(&url).await;
        assert_eq!(outcomes.answer(&Subject::Target).unwrap().status, 302, "{outcomes:#?}");
    }
    assert_eq!(met.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_circle_is_an_answer_since_a_browser_may_have_the_cookie_for_it_and_a_part_is_not_followed() {
    let port = server(|mut stream: TcpStream| async move {
        let asked = request(&mut stream).await;
        assert!(asked.starts_with("GET /"), "{asked}");
        let circle = b"HTTP/1.1 302 Found\r\nlocation: /again\r\nset-cookie: a=b\r\ncontent-length: 0\r\n\r\n";
        tokio::io::AsyncWriteExt::write_all(&mut stream, circle).await.unwrap();
    })
    .await;
    let url = format!("http://{SITE}:{port}/");
    let outcomes = lab().await.scoped(Scope::Again).check(&url).await;
    assert_eq!(outcomes.answer(&Subject::Target).unwrap().status, 302, "{outcomes:#?}");
    let end = refusing().await;
    let part = leading_to(format!("http://{OTHER}:{end}/")).await;
    let outcomes = lab().await.scoped(Scope::Target).check(&part).await;
    assert_eq!(outcomes.answer(&Subject::Target).unwrap().status, 302, "{outcomes:#?}");
}
