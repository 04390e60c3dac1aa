//! The browser's part: curl with a browser's request, what it met written as a browser would report it.
//!
//! Two requests, as the extension sees them: the page load, which follows redirects and of which only the failure is
//! told; and the worker's own, which does not follow and shows status, headers and body but no reason for a failure.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use detour_core::failure::Failure;
use detour_core::observation::{Answer, Millis, Observation, Outcome, Step, Subject, Vantage};
use serde::{Deserialize, Serialize};

use crate::netns;
use crate::place::Place;
use crate::world::World;

/// What a browser saw.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Saw {
    /// How the load failed; `None` where a page is shown that is none of an outage's.
    pub(crate) failure: Option<Failure>,
    /// What the worker's own request met.
    pub(crate) again: Observation,
    /// Whether a page is shown, whatever it says.
    pub(crate) is_page: bool,
    /// For people.
    pub(crate) words: String,
}

/// Loads the page as a browser on this network.
pub(crate) async fn load(world: &World, place: &Place, url: &str, work: &Path) -> Result<Saw> {
    let page =
        get(world, place, url, work, &["--location", "--max-redirs", "20", "--max-time", place.patience()]).await?;
    let begun = now();
    let again = get(world, place, url, work, &["--max-time", AGAIN]).await?;
    let at = now();
    let outcome = match again.error {
        // A script is not shown where a redirect leads.
        None if (300..400).contains(&again.answer.status) => {
            Outcome::Answered(Answer { status: 300, ..Answer::default() })
        }
        None => Outcome::Answered(again.answer),
        Some(_) => Outcome::Failed(Failure::Unrecognized("TypeError: Failed to fetch".into())),
    };
    let failure = match &page.error {
        Some(error) => Some(Failure::from_engine(error)).filter(Failure::may_be_outage),
        None => Failure::from_status(page.answer.status),
    };
    let words = page.error.clone().unwrap_or_else(|| format!("status {}", page.answer.status));
    let again = Observation {
        at: Millis(at),
        duration_ms: at.saturating_sub(begun),
        ..Observation::new(Vantage::Browser, Subject::Target, Step::Http, outcome)
    };
    Ok(Saw { failure, again, is_page: page.error.is_none(), words })
}

/// An answer, or the failure in Chromium's words.
struct Got {
    error: Option<String>,
    answer: Answer,
}

async fn get(world: &World, place: &Place, url: &str, work: &Path, more: &[&str]) -> Result<Got> {
    let (head, body) = (work.join("head"), work.join("body"));
    for file in [&head, &body] {
        let _ = std::fs::remove_file(file);
    }
    let mut command = netns::command_with_resolver(&place.client, &place.resolv, Path::new("curl"));
    command.args(["--silent", "--verbose", "--compressed", "--cacert"]).arg(&world.trusted_by_browsers);
    command.args(["--user-agent", USER_AGENT]);
    for header in HEADERS {
        command.args(["--header", header]);
    }
    command
        .arg("--dump-header")
        .arg(&head)
        .arg("--output")
        .arg(&body)
        .args(["--write-out", "%{json}"])
        .args(more)
        .arg(url);
    command.envs(place.environment()).stdin(std::process::Stdio::null());
    let output = command.output().await?;
    let told: Told = serde_json::from_slice(&output.stdout).unwrap_or_default();
    // Chromium skips such a line; curl has read the status by then.
    let is_forgiven = told.exitcode == 8 && told.errormsg.as_ref().is_some_and(|words| words.contains("colon"));
    let error = (told.exitcode != 0 && !is_forgiven).then(|| {
        let said = String::from_utf8_lossy(&output.stderr);
        in_chromiums_words(&told, &attempts(&said), place, url)
    });
    // A proxy's own answer comes before the site's; the last head is the page's.
    let text = String::from_utf8_lossy(&std::fs::read(&head).unwrap_or_default()).into_owned();
    let body = std::fs::read(&body).unwrap_or_default();
    let body = String::from_utf8_lossy(body.get(..body.len().min(MOST_BYTES)).unwrap_or_default()).into_owned();
    Ok(Got { error, answer: Answer { status: told.http_code, headers: headers_of(&text), body } })
}

/// What curl writes at its end.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Told {
    exitcode: i32,
    errormsg: Option<String>,
    http_code: u16,
    time_namelookup: f64,
    time_connect: f64,
    ssl_verify_result: i64,
}

/// The error that Chromium shows for what curl met. Both name the step that failed; curl's numbers stand in its manual.
fn in_chromiums_words(told: &Told, attempts: &str, place: &Place, url: &str) -> String {
    let message = format!("{} {attempts}", told.errormsg.clone().unwrap_or_default()).to_lowercase();
    let is_proxied = place.network.environment.iter().any(|(name, _)| name.to_lowercase().ends_with("_proxy"));
    let is_socks = place.network.environment.iter().any(|(_, value)| value.starts_with("socks"));
    let has = |words: &str| message.contains(words);
    let name = match told.exitcode {
        5 => "ERR_PROXY_CONNECTION_FAILED",
        6 => "ERR_NAME_NOT_RESOLVED",
        7 if is_proxied && has("socks") => "ERR_SOCKS_CONNECTION_FAILED",
        7 if is_proxied => "ERR_PROXY_CONNECTION_FAILED",
        28 if told.time_connect == 0.0 && is_socks => "ERR_TIMED_OUT",
        7 if has("no route") || has("unreachable") => "ERR_ADDRESS_UNREACHABLE",
        7 if has("timed out") => "ERR_CONNECTION_TIMED_OUT",
        7 => "ERR_CONNECTION_REFUSED",
        97 if has("authenticate") || has("credentials") => "ERR_SOCKS_CONNECTION_FAILED",
        97 if has("refused") || has("unreachable") => "ERR_SOCKS_CONNECTION_HOST_UNREACHABLE",
        97 => "ERR_SOCKS_CONNECTION_FAILED",
        8 => "ERR_INVALID_HTTP_RESPONSE",
        1 => "ERR_INVALID_HTTP_RESPONSE",
        18 => "ERR_CONTENT_LENGTH_MISMATCH",
        28 if told.time_namelookup == 0.0 => "ERR_NAME_NOT_RESOLVED",
        28 if told.time_connect == 0.0 && is_proxied => "ERR_PROXY_CONNECTION_FAILED",
        28 if told.time_connect == 0.0 => "ERR_CONNECTION_TIMED_OUT",
        28 => "ERR_TIMED_OUT",
        35 if has("reset") => "ERR_CONNECTION_RESET",
        35 if has("ssl_error_syscall") || has("unexpected eof") || has("eof") => "ERR_CONNECTION_CLOSED",
        35 => "ERR_SSL_PROTOCOL_ERROR",
        47 => "ERR_TOO_MANY_REDIRECTS",
        52 => "ERR_EMPTY_RESPONSE",
        56 if has("connect tunnel failed") || has("proxy connect") => "ERR_TUNNEL_CONNECTION_FAILED",
        55 | 56 if has("reset") => "ERR_CONNECTION_RESET",
        56 if has("chunk") || has("malformed") => "ERR_INVALID_CHUNKED_ENCODING",
        55 | 56 => "ERR_CONNECTION_CLOSED",
        60 if has("expired") => "ERR_CERT_DATE_INVALID",
        60 if told.ssl_verify_result == 10 => "ERR_CERT_DATE_INVALID",
        60 if told.ssl_verify_result != 0 => "ERR_CERT_AUTHORITY_INVALID",
        60 => "ERR_CERT_COMMON_NAME_INVALID",
        61 => "ERR_CONTENT_DECODING_FAILED",
        92 | 16 => "ERR_HTTP2_PROTOCOL_ERROR",
        other => return format!("net::ERR_CURL_{other} ({message}) at {url}"),
    };
    format!("net::{name}")
}

/// How each connection failed: curl's last word says no more than that one did.
fn attempts(said: &str) -> String {
    let is_attempt = |line: &&str| {
        (line.starts_with("* connect to ") && line.contains(" failed: "))
            || line.starts_with("* Immediate connect fail")
    };
    let lines = said.lines().filter(is_attempt);
    lines.collect::<Vec<_>>().join(" ")
}

/// The last head, with names in lower case and values of one name joined, as the Fetch standard has it.
fn headers_of(text: &str) -> BTreeMap<String, String> {
    let heads = text.replace("\r\n", "\n");
    let last = heads.trim_end().rsplit("\n\n").next().unwrap_or_default().to_owned();
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for line in last.lines().skip(1) {
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        headers
            .entry(name.to_lowercase())
            .and_modify(|known| {
                known.push_str(", ");
                known.push_str(value);
            })
            .or_insert_with(|| value.to_owned());
    }
    headers
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or_default()
}

const USER_AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";
const HEADERS: [&str; 5] = [
    "Accept: text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Language: en-GB,en;q=0.9",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-Dest: document",
    "Upgrade-Insecure-Requests: 1",
];
/// The worker's own deadline.
const AGAIN: &str = "10";
/// As much of a body as the extension reads.
const MOST_BYTES: usize = 64 * 1024;
