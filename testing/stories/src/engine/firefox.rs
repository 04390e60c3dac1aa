//! Firefox: preferences, the lab's authority, the add-on, and how its event page is stopped.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use fantoccini::Client;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::driver::{Driver, Vendor};
use crate::office::Kind;
use crate::place;
use crate::surroundings::Surroundings;

/// Fixed by a preference below.
pub(crate) const ORIGIN: &str = "moz-extension://6f8d3d3c-0de7-4e0a-9c6e-d57042e2e001";
const ID: &str = "detour@detour.example";

pub(super) async fn start(surroundings: &Surroundings<'_>) -> Result<(Driver, Client)> {
    let hosts = surroundings.home.join(".mozilla/native-messaging-hosts");
    surroundings.place_host_manifest(&hosts, "native-host.firefox.json")?;
    if !surroundings.profile.join("cert9.db").exists() {
        trust(surroundings.profile, surroundings.ca).await?;
    }
    let driver = place::program("geckodriver")?;
    // Without this, no page of an extension can be opened.
    let arguments = |port: u16| vec!["--port".to_owned(), port.to_string(), "--allow-system-access".to_owned()];
    let driver = Driver::start(&driver, arguments, surroundings.home, surroundings.log).await?;
    let client = driver.session(capabilities(surroundings)?).await?;
    insist_on_preferences(&client).await?;
    chrome(&client, OBSERVER, json!(surroundings.book)).await.context("keeping a book of requests")?;
    if let Some(folder) = &surroundings.extension {
        let body = json!({ "path": folder, "temporary": true });
        client.issue_cmd(Vendor { path: "moz/addon/install", body }).await.context("installing the add-on")?;
    }
    Ok((driver, client))
}

fn capabilities(surroundings: &Surroundings<'_>) -> Result<Value> {
    let options = surroundings.options;
    let mut arguments = vec!["-profile".to_owned(), surroundings.profile.display().to_string()];
    if options.headless {
        arguments.push("-headless".to_owned());
    }
    let (width, height) = options.size;
    arguments.extend([format!("--width={width}"), format!("--height={height}")]);
    let mut preferences = preferences();
    if options.dark {
        preferences.insert("ui.systemUsesDarkTheme".to_owned(), json!(1));
        preferences.insert("layout.css.prefers-color-scheme.content-override".to_owned(), json!(0));
    }
    if let Some(proxy) = options.proxy {
        preferences.extend(behind(proxy));
    }
    Ok(json!({
        "browserName": "firefox",
        "pageLoadStrategy": "none",
        "acceptInsecureCerts": false,
        "moz:firefoxOptions": {
            "binary": place::program("firefox-esr").or_else(|_| place::program("firefox"))?,
            "args": arguments,
            "prefs": preferences,
        },
    }))
}

async fn trust(profile: &Path, ca: &Path) -> Result<()> {
    let database = format!("sql:{}", profile.display());
    let ca = ca.display().to_string();
    for arguments in [
        ["-N", "-d", &database, "--empty-password"].as_slice(),
        ["-A", "-d", &database, "-n", "detour lab", "-t", "C,,", "-i", &ca].as_slice(),
    ] {
        let output = Command::new("certutil").args(arguments).output().await.context("starting certutil")?;
        ensure!(output.status.success(), "certutil: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// The driver's own recommendations win over a profile where they differ from the default; what matters here is set once more.
async fn insist_on_preferences(client: &Client) -> Result<()> {
    let set = "for (const [name, value] of Object.entries(arguments[0])) Services.prefs.setBoolPref(name, value);";
    let all: serde_json::Map<_, _> = EVERYDAY.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    chrome(client, set, json!(all)).await.map(drop)
}

/// Stops the event page, as the browser does after 30 s of idling, and also where an open port would have put that off.
pub(crate) async fn stop_worker(client: &Client) -> Result<()> {
    let stop = "const done = arguments[arguments.length - 1];
        WebExtensionPolicy.getByID(arguments[0]).extension.terminateBackground({ ignoreDevToolsAttached: true, disableResetIdleForTest: true })
            .then(() => done({}), (error) => done({ error: String(error) }));";
    let answer = chrome_async(client, stop, json!(ID)).await?;
    ensure!(answer.get("error").is_none(), "stopping the event page: {answer}");
    Ok(())
}

/// Whether the event page runs.
pub(crate) async fn is_worker_awake(client: &Client) -> Result<bool> {
    let look = "return WebExtensionPolicy.getByID(arguments[0]).extension.backgroundState";
    Ok(chrome(client, look, json!(ID)).await? != json!("stopped"))
}

/// Empties the HTTP cache of the profile.
pub(crate) async fn empty_cache(client: &Client) -> Result<()> {
    chrome(client, "Services.cache2.clear()", Value::Null).await.map(drop)
}

/// Runs a script with the browser's own rights.
pub(crate) async fn chrome(client: &Client, script: &str, argument: Value) -> Result<Value> {
    set_context(client, "chrome").await?;
    let result = client.execute(script, vec![argument]).await;
    set_context(client, "content").await?;
    result.context("a script in Firefox's chrome context")
}

async fn chrome_async(client: &Client, script: &str, argument: Value) -> Result<Value> {
    set_context(client, "chrome").await?;
    let result = client.execute_async(script, vec![argument]).await;
    set_context(client, "content").await?;
    result.context("a script in Firefox's chrome context")
}

async fn set_context(client: &Client, context: &str) -> Result<()> {
    let body = json!({ "context": context });
    client.issue_cmd(Vendor { path: "moz/context", body }).await.map(drop).context("changing Firefox's context")
}

/// As in everyday use, against the driver's recommendations.
const EVERYDAY: [(&str, bool); 4] = [
    // Offline when the kernel says so.
    ("network.manage-offline-status", true),
    ("browser.http.blank_page_with_error_response.enabled", false),
    ("dom.security.https_first", true),
    ("network.captive-portal-service.enabled", false),
];

fn preferences() -> serde_json::Map<String, Value> {
    let uuid = ORIGIN.trim_start_matches("moz-extension://");
    let mut preferences = serde_json::Map::new();
    for (name, value) in EVERYDAY {
        preferences.insert(name.to_owned(), json!(value));
    }
    for (name, value) in [
        ("extensions.webextensions.uuids", json!(json!({ ID: uuid }).to_string())),
        // An add-on that is loaded from a folder goes when the browser is closed; one from a store would stay, with what it stored.
        ("extensions.webextensions.keepStorageOnUninstall", json!(true)),
        ("extensions.webextensions.keepUuidOnUninstall", json!(true)),
        // The control tab is a JSON file, and the viewer would run there instead of us.
        ("devtools.jsonview.enabled", json!(false)),
        ("network.connectivity-service.enabled", json!(false)),
        ("network.trr.mode", json!(5)),
        // Otherwise a name that failed once is not asked for again.
        ("network.dnsCacheExpiration", json!(0)),
        ("network.dnsCacheExpirationGracePeriod", json!(0)),
        ("app.normandy.enabled", json!(false)),
        ("app.update.enabled", json!(false)),
        ("browser.safebrowsing.downloads.enabled", json!(false)),
        ("browser.safebrowsing.malware.enabled", json!(false)),
        ("browser.safebrowsing.phishing.enabled", json!(false)),
        ("browser.startup.page", json!(0)),
        ("browser.newtabpage.enabled", json!(false)),
        ("browser.download.folderList", json!(2)),
        // It opens whenever the first file is there, and takes the keys from the page that a story is on.
        ("browser.download.alwaysOpenPanel", json!(false)),
        ("datareporting.policy.dataSubmissionEnabled", json!(false)),
        ("services.settings.server", json!("")),
    ] {
        preferences.insert(name.to_owned(), value);
    }
    preferences
}

/// As its settings page writes a proxy down.
fn behind(proxy: Kind) -> impl Iterator<Item = (String, Value)> {
    let (host, port) = (proxy.address().ip().to_string(), proxy.address().port());
    let of = |name: &str| {
        [(format!("network.proxy.{name}"), json!(host)), (format!("network.proxy.{name}_port"), json!(port))]
    };
    let servers = match proxy {
        Kind::Http => [of("http"), of("ssl")].concat(),
        Kind::Socks => of("socks").to_vec(),
    };
    servers.into_iter().chain([
        // By hand, and for everything.
        ("network.proxy.type".to_owned(), json!(1)),
        ("network.proxy.socks_remote_dns".to_owned(), json!(true)),
    ])
}

/// Writes each channel down as it is opened, and each hop of a redirect, which is a channel of its own. It stays as long as the browser.
const OBSERVER: &str = "
    const { classes: Cc, interfaces: Ci } = Components;
    const file = Cc['@mozilla.org/file/local;1'].createInstance(Ci.nsIFile);
    file.initWithPath(arguments[0]);
    const out = Cc['@mozilla.org/network/file-output-stream;1'].createInstance(Ci.nsIFileOutputStream);
    out.init(file, 0x02 | 0x08 | 0x10, 0o600, 0);
    const utf8 = (text) => unescape(encodeURIComponent(text));
    const observer = { observe(subject) {
        const channel = subject.QueryInterface(Ci.nsIHttpChannel);
        const { loadInfo } = channel;
        const principals = [loadInfo.triggeringPrincipal, loadInfo.loadingPrincipal].filter(Boolean);
        const line = utf8(JSON.stringify({
            at: Date.now() / 1000, url: channel.URI.spec, kind: loadInfo.externalContentPolicyType,
            addon: principals.map(({ addonId }) => addonId).find(Boolean) ?? null,
            origin: principals.find(({ isSystemPrincipal }) => !isSystemPrincipal)?.originNoSuffix ?? null,
        }) + '\\n');
        out.write(line, line.length);
    } };
    Services.obs.addObserver(observer, 'http-on-opening-request');
    Services.detourObserver = observer;
    return true;";
