//! Chromium: flags, profile, and how its worker is stopped.

use anyhow::{Context as _, Result};
use fantoccini::Client;
use serde_json::{Value, json};

use crate::driver::{Driver, Vendor};
use crate::place;
use crate::surroundings::Surroundings;

/// Fixed by the key in the manifest.
pub(crate) const ORIGIN: &str = "chrome-extension://cjahiklklgcogcehdmhkjgbekphljfbd";

pub(super) async fn start(surroundings: &Surroundings<'_>) -> Result<(Driver, Client)> {
    surroundings
        .place_host_manifest(&surroundings.profile.join("NativeMessagingHosts"), "native-host.chromium.json")?;
    let preferences = json!({
        // As in everyday use; Debian's own preferences switch it off.
        "net": { "network_prediction_options": 0 },
        "extensions": { "pinned_extensions": [ORIGIN.trim_start_matches("chrome-extension://")] },
        "download": { "default_directory": surroundings.profile.join("downloads"), "prompt_for_download": false },
        // Otherwise Chromium's own captive-portal check speaks to the host that the lab counts as ours.
        "alternate_error_pages": { "enabled": false },
        "credentials_enable_service": false,
    });
    let folder = surroundings.profile.join("Default");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("Preferences");
    // A profile that was used before has them, and what came of them.
    if !file.exists() {
        std::fs::write(file, preferences.to_string()).context("writing Chromium's preferences")?;
    }
    let driver = place::program("chromedriver")?;
    let driver =
        Driver::start(&driver, |port| vec![format!("--port={port}")], surroundings.home, surroundings.log).await?;
    let client = driver.session(capabilities(surroundings)?).await?;
    Ok((driver, client))
}

fn capabilities(surroundings: &Surroundings<'_>) -> Result<Value> {
    let options = surroundings.options;
    let (width, height) = options.size;
    let mut arguments =
        vec![format!("--user-data-dir={}", surroundings.profile.display()), format!("--window-size={width},{height}")];
    arguments.push(format!("--log-net-log={}", surroundings.book.display()));
    arguments.extend(FLAGS.map(str::to_owned));
    if options.headless {
        arguments.push("--headless".to_owned());
    }
    if options.dark {
        arguments.push("--force-dark-mode".to_owned());
    }
    if let Some(proxy) = options.proxy {
        arguments.push(format!("--proxy-server={}://{}", proxy.scheme(), proxy.address()));
    }
    if let Some(folder) = &surroundings.extension {
        arguments.push(format!("--load-extension={}", folder.display()));
    }
    Ok(json!({
        "browserName": "chrome",
        "pageLoadStrategy": "none",
        "goog:chromeOptions": {
            "binary": place::program("chromium")?,
            "args": arguments,
            // Otherwise pages of the extension are no windows to the driver, not even in a tab.
            "enableExtensionTargets": true,
        },
    }))
}

/// Stops every service worker of the profile, as the browser does after 30 s of idling.
pub(crate) async fn stop_worker(client: &Client) -> Result<()> {
    for command in ["ServiceWorker.enable", "ServiceWorker.stopAllWorkers", "ServiceWorker.disable"] {
        devtools(client, command, json!({})).await?;
    }
    Ok(())
}

/// Empties the HTTP cache of the profile.
pub(crate) async fn empty_cache(client: &Client) -> Result<()> {
    devtools(client, "Network.clearBrowserCache", json!({})).await.map(drop)
}

/// A command of the DevTools protocol, for the current window.
pub(crate) async fn devtools(client: &Client, command: &str, parameters: Value) -> Result<Value> {
    let body = json!({ "cmd": command, "params": parameters });
    client.issue_cmd(Vendor { path: "goog/cdp/execute", body }).await.with_context(|| format!("CDP's {command}"))
}

const FLAGS: [&str; 9] = [
    // Inside the namespace we are always root, for real or by mapping, and then Chromium has no sandbox.
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--lang=en-US",
];
