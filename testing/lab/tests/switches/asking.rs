//! How the stories ask: one request at a time, on a fresh connection, without following redirects.

use std::time::Duration;

use detour_lab::Lab;
use reqwest::{Client, ClientBuilder};

/// What came back, or what went wrong, in words.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: String,
    /// Empty when all went well.
    pub(crate) error: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

pub(crate) fn builder(lab: &Lab) -> ClientBuilder {
    let ca = std::fs::read(lab.ca()).unwrap();
    Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(&ca).unwrap()])
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(0)
        .timeout(Duration::from_secs(6))
}

pub(crate) async fn get(lab: &Lab, url: &str) -> Answer {
    get_with(lab, url, &[]).await
}

pub(crate) async fn get_with(lab: &Lab, url: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = builder(lab).build().unwrap().get(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    match request.send().await {
        Err(error) => Answer { status: 0, headers: Default::default(), body: String::new(), error: chain(&error) },
        Ok(reply) => {
            let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
            match reply.text().await {
                Ok(body) => Answer { status, headers, body, error: String::new() },
                Err(error) => Answer { status, headers, body: String::new(), error: chain(&error) },
            }
        }
    }
}

/// The whole chain of causes, in lower case.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text.to_lowercase()
}
