//! chromedriver and geckodriver: started, spoken to, ended. Only what fantoccini lacks is added.

use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result};
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::wait::wait_until;

/// A running driver program; it ends when this is dropped, and the browser with it.
pub(crate) struct Driver {
    child: Child,
    address: String,
}

impl Driver {
    /// Starts a driver on a free port; `arguments` gets that port.
    pub(crate) async fn start(
        program: &Path,
        arguments: impl FnOnce(u16) -> Vec<String>,
        home: &Path,
        log: &Path,
    ) -> Result<Self> {
        // Nothing else in the namespace takes ports at random, so a port that was free stays free.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = File::create(log).with_context(|| format!("writing {}", log.display()))?;
        let child = Command::new(program)
            .args(arguments(port))
            .env("HOME", home)
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_CACHE_HOME")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting {}", program.display()))?;
        wait_until("the driver accepts connections", STARTUP, async || {
            Ok(TcpStream::connect(("127.0.0.1", port)).await.is_ok())
        })
        .await?;
        Ok(Self { child, address: format!("http://127.0.0.1:{port}") })
    }

    /// Begins a session: this starts the browser.
    pub(crate) async fn session(&self, capabilities: Value) -> Result<Client> {
        let Value::Object(capabilities) = capabilities else { anyhow::bail!("capabilities are an object") };
        let capabilities: Capabilities = capabilities;
        ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&self.address)
            .await
            .context("the browser did not start")
    }

    pub(crate) async fn stop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill().await;
    }
}

/// A driver's own command, below `/session/ID/`.
#[derive(Debug)]
pub(crate) struct Vendor {
    pub(crate) path: &'static str,
    pub(crate) body: Value,
}

impl WebDriverCompatibleCommand for Vendor {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}

/// A busy machine starts a driver in two seconds.
const STARTUP: Duration = Duration::from_secs(15);
