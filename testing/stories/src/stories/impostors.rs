//! Servers that dress as a CDN: whatever headers and error pages they write, where nobody looks from outside the browser.
//!
//! Each impostor has a domain and an owner of its own, as a CDN's customers have, so that counting domains does not help.
//! That the browser alone does find a CDN's outage when known sites fail stands beside it, so that the silence is no deafness.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::incident::Kind;
use detour_core::tab::TabId;
use detour_core::verdict::Fault;
use detour_lab::Switch;
use detour_lab::hosts::IMPOSTORS;
use serde_json::json;
use tokio::time::sleep;
use url::Url;

use super::stage::{SIGN, Stage, Story, story, words};
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    [
        story!("Without the host four pages in Fastly's clothes make no outage of Fastly's", fastly),
        story!("Without the host four pages in Cloudflare's clothes make no outage of Cloudflare's", cloudflare),
        story!("Without the host four pages in Akamai's or CloudFront's clothes make no outage of theirs", others),
        story!(
            "Without the host four pages in four CDNs' clothes make no outage of any of them, nor of a cloud",
            mixed
        ),
        story!(
            "Without the host pages in Fastly's clothes beside one real site make no outage of Fastly's",
            beside_one
        ),
        story!("Without the host pages that open each other in Fastly's clothes make no outage of Fastly's", by_script),
    ]
    .map(|story| story.without_host().within(LONG))
    .into()
}

async fn fastly(stage: &Stage<'_>) -> Result<()> {
    let tabs = dressed(stage, &[FASTLY; 4]).await?;
    blames_no_cdn(stage, &tabs, &["Fastly"]).await?;
    // Known sites, whose headers are as easily written, are not chosen by a page: those do make one.
    stage.lab.set(Switch::edge_fails()).await?;
    let mut tabs = Vec::new();
    for url in ["https://www.theguardian.com/", "https://www.bbc.co.uk/", "https://www.gov.uk/"] {
        tabs.push(stage.browser.open(url).await?);
    }
    let Some(last) = tabs.last() else { return Ok(()) };
    wait_until("known sites make an outage of Fastly's", SIGN, async || {
        Ok(stage.verdict(*last).await?.fault.is_cdn_wide())
    })
    .await
}

async fn cloudflare(stage: &Stage<'_>) -> Result<()> {
    for clothes in [CLOUDFLARE, CLOUDFLARE_OWN] {
        let tabs = dressed(stage, &[clothes; 4]).await?;
        blames_no_cdn(stage, &tabs, &["Cloudflare"]).await.with_context(|| clothes.name)?;
        stage.browser.close_all().await?;
    }
    Ok(())
}

async fn others(stage: &Stage<'_>) -> Result<()> {
    for clothes in [AKAMAI, CLOUDFRONT] {
        let tabs = dressed(stage, &[clothes; 4]).await?;
        blames_no_cdn(stage, &tabs, &["Akamai", "Amazon CloudFront"]).await.with_context(|| clothes.name)?;
        stage.browser.close_all().await?;
    }
    Ok(())
}

async fn mixed(stage: &Stage<'_>) -> Result<()> {
    let tabs = dressed(stage, &[FASTLY, CLOUDFLARE, AKAMAI, CLOUDFRONT]).await?;
    let names = ["Fastly", "Cloudflare", "Akamai", "Amazon CloudFront"];
    blames_no_cdn(stage, &tabs, &names).await
}

/// The real site fails by itself, and is not to be told that its CDN does.
async fn beside_one(stage: &Stage<'_>) -> Result<()> {
    let real = "www.theguardian.com";
    stage.lab.set(Switch::edge_fails_for(real, true)).await?;
    let mut tabs = dressed(stage, &[FASTLY; 4]).await?;
    let tab = stage.browser.open(&format!("https://{real}/")).await?;
    stage.verdict(tab).await?;
    tabs.push(tab);
    blames_no_cdn(stage, &tabs, &["Fastly"]).await?;
    // The other way round: what the real one shows is of no use to those that came after it.
    stage.browser.close_all().await?;
    let tab = stage.browser.open(&format!("https://{real}/?again")).await?;
    stage.verdict(tab).await?;
    let mut tabs = dressed(stage, &[FASTLY; 4]).await?;
    tabs.push(tab);
    blames_no_cdn(stage, &tabs, &["Fastly"]).await
}

/// The user opens one page, which opens the others in frames and tabs of its own.
async fn by_script(stage: &Stage<'_>) -> Result<()> {
    let [first, rest @ ..] = IMPOSTORS;
    let others: Vec<String> = rest.iter().map(|host| address(host, FASTLY)).collect::<Result<_>>()?;
    let frames: String = others.iter().map(|url| format!("<iframe src=\"{}\"></iframe>", escaped(url))).collect();
    let script = "document.addEventListener('click', () => { for (const url of JSON.parse(document.body.dataset.urls)) open(url); })";
    let page = format!(
        "<!doctype html><title>503</title><body data-urls=\"{}\">{}{frames}
        <p style='position: fixed; inset: 0; margin: 0'>Press anywhere.</p><script>{script}</script>",
        escaped(&serde_json::to_string(&others)?),
        FASTLY.page
    );
    let url: String = Url::parse_with_params(&format!("https://{first}/saying"), headers(FASTLY, &page))?.into();
    let tab = stage.browser.open(&url).await?;
    stage.banner_says(tab, first.trim_start_matches("www.")).await?;
    stage.verdict(tab).await?;
    // Pop-ups take a click; browsers let one of several through, and each can open the next.
    stage.browser.click_at(tab, 300.0, 500.0).await?;
    wait_until("the page has opened another one, which fails", SIGN, async || {
        Ok(stage.browser.state().await?.tabs.len() > 1)
    })
    .await?;
    let state = stage.browser.state().await?;
    let opened = state.tabs.keys().copied().filter(|other| *other != tab);
    let mut tabs = vec![tab];
    for other in opened {
        stage.verdict(other).await?;
        tabs.push(other);
    }
    blames_no_cdn(stage, &tabs, &["Fastly"]).await
}

/// Opens each impostor in its clothes, and waits until all are judged.
async fn dressed(stage: &Stage<'_>, clothes: &[Clothes; 4]) -> Result<Vec<TabId>> {
    let mut tabs = Vec::new();
    for (host, clothes) in IMPOSTORS.iter().zip(clothes) {
        let tab = stage.browser.open(&address(host, *clothes)?).await?;
        stage.banner_says(tab, host.trim_start_matches("www.")).await?;
        let verdict = stage.verdict(tab).await?;
        // Else the story would be about nobody in particular.
        let cdn = verdict.cdn.as_ref().map(|cdn| cdn.name.as_str());
        ensure!(cdn == Some(clothes.name), "{host} passes for nobody of {}: {verdict:?}", clothes.name);
        tabs.push(tab);
    }
    Ok(tabs)
}

/// No verdict, word, incident or notification says that one of these CDNs, or something behind many sites, is out of order:
/// not now, and not after each has been looked at again beside the others.
async fn blames_no_cdn(stage: &Stage<'_>, tabs: &[TabId], cdns: &[&str]) -> Result<()> {
    for _ in 0..2 {
        for tab in tabs {
            let Some((_, outage)) =
                stage.browser.state().await?.failing(*tab).map(|(tab, outage)| (tab.clone(), outage.clone()))
            else {
                continue;
            };
            let host = outage.page.host().to_owned();
            stage.browser.say(json!({ "try_again": { "tab": tab } })).await?;
            let verdict = outage.verdict().with_context(|| format!("{host} has no verdict"))?;
            let is_of_many = verdict.fault.is_cdn_wide() || verdict.fault == Fault::CloudRegion;
            ensure!(!is_of_many, "{host}: {verdict:?}");
        }
        sleep(AGAIN).await;
    }
    let mut said = Vec::new();
    for tab in tabs {
        let site = stage.outage(*tab).await?.page.site().to_owned();
        said.push(stage.popup_says(*tab, &[&site]).await?);
        if stage.browser.knows(*tab) {
            said.push(stage.banner(*tab).await?);
        }
        said.push(stage.browser.badge(*tab).await?.title);
        for key in ["verdict_cdn_wide", "verdict_cdn_here", "verdict_cdn_names", "verdict_edge_unreachable"] {
            for cdn in cdns {
                let sentence = words(key, [site.as_str(), cdn])?;
                ensure!(!said.iter().any(|said| said.contains(&sentence)), "it says `{sentence}`");
            }
        }
    }
    let board = stage.browser.open_page("board.html").await?;
    let site = stage.outage(*tabs.first().context("a tab")?).await?.page.site().to_owned();
    stage.says(board, &site).await?;
    said.push(stage.browser.text(board).await?);
    stage.browser.close(board).await?;
    for cdn in cdns {
        // How the sentences of a CDN's outage begin: on the board, in notifications, and of many sites.
        for begin in [words("notice_begin", [cdn])?, format!("{cdn} is failing"), format!("{cdn} can’t be reached")] {
            ensure!(!said.iter().any(|said| said.contains(&begin)), "it says `{begin}`: {said:#?}");
        }
    }
    let incidents = stage.browser.lasting().await?.incidents;
    ensure!(incidents.len() >= tabs.len(), "sites that fail were put together: {incidents:?}");
    let of_cdn = incidents.iter().find(|incident| incident.kind != Kind::Site);
    ensure!(of_cdn.is_none(), "an outage of many sites was written down: {of_cdn:?}");
    let notices = stage.browser.control("return Object.keys(await api.notifications.getAll())", json!([])).await?;
    ensure!(notices == json!([]), "the user was notified: {notices}");
    Ok(())
}

/// A CDN's marks, as anybody can write them.
#[derive(Clone, Copy)]
struct Clothes {
    /// Whose.
    name: &'static str,
    status: &'static str,
    /// `name: value`; `NTH` becomes another node and place with each host.
    headers: &'static [(&'static str, &'static str)],
    page: &'static str,
}

fn address(host: &str, clothes: Clothes) -> Result<String> {
    Ok(Url::parse_with_params(&format!("https://{host}/saying"), headers_at(host, clothes, clothes.page))?.into())
}

fn headers(clothes: Clothes, page: &str) -> Vec<(&'static str, String)> {
    headers_at(IMPOSTORS[0], clothes, page)
}

/// What the impostor is to say, each from a place of its own: many places are what makes an outage wide.
fn headers_at(host: &str, clothes: Clothes, page: &str) -> Vec<(&'static str, String)> {
    let nth = IMPOSTORS.iter().position(|known| *known == host).unwrap_or_default();
    let place = PLACES.get(nth).copied().unwrap_or_default();
    let filled = |text: &str| {
        text.replace("PLACE", place).replace("place", &place.to_lowercase()).replace("NTH", &nth.to_string())
    };
    let own = [("status", clothes.status.to_owned()), ("page", filled(page))];
    own.into_iter().chain(clothes.headers.iter().map(|(name, value)| (*name, filled(value)))).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

const PLACES: [&str; 4] = ["LHR", "AMS", "IAD", "NRT"];

const FASTLY: Clothes = Clothes {
    name: "Fastly",
    status: "503",
    headers: &[
        ("server", "Varnish"),
        ("via", "1.1 varnish"),
        ("x-served-by", "cache-place7NTH21-PLACE"),
        ("x-cache", "MISS"),
        ("x-timer", "S1623145620.NTH,VS0,VE0"),
    ],
    page: "<h1>Error 503 Service Unavailable</h1><p>Service Unavailable</p><h3>Guru Mediation:</h3>
        <p>Details: cache-place7NTH21-PLACE 1623145620 361NTH</p><hr><p>Varnish cache server</p>",
};
/// Cloudflare's word that what is behind it does not answer.
const CLOUDFLARE: Clothes = Clothes {
    name: "Cloudflare",
    status: "522",
    headers: CLOUDFLARE_HEADERS,
    page: "<!DOCTYPE html><title>522: Connection timed out</title><div id=cf-wrapper><div id=cf-error-details>
        <h1><span>Connection timed out</span> <span>Error code 522</span></h1>
        <p>Cloudflare Ray ID: <strong>7f2c3b1a4d5e6fNTH0</strong></p></div></div>",
};
/// Cloudflare's own failure, as in November 2025.
const CLOUDFLARE_OWN: Clothes = Clothes {
    name: "Cloudflare",
    status: "500",
    headers: CLOUDFLARE_HEADERS,
    page: "<html><head><title>500 Internal Server Error</title></head><body><center><h1>500 Internal Server Error</h1></center>
        <hr><center>cloudflare</center></body></html>",
};
const CLOUDFLARE_HEADERS: &[(&str, &str)] =
    &[("server", "cloudflare"), ("cf-ray", "7f2c3b1a4d5e6fNTH0-PLACE"), ("cf-cache-status", "DYNAMIC")];
const AKAMAI: Clothes = Clothes {
    name: "Akamai",
    status: "503",
    headers: &[("server", "AkamaiGHost"), ("akamai-grn", "0.49c83017.1623145620.5eNTH")],
    page: "<HTML><HEAD><TITLE>Service Unavailable</TITLE></HEAD><BODY><H1>Service Unavailable</H1>
        The server is temporarily unable to service your request. Please try again later.<P>
        Reference&#32;&#35;97&#46;49c83017&#46;1623145620&#46;5eNTH</BODY></HTML>",
};
const CLOUDFRONT: Clothes = Clothes {
    name: "Amazon CloudFront",
    status: "503",
    headers: &[
        ("server", "CloudFront"),
        ("via", "1.1 7fNTHc0ffee.cloudfront.net (CloudFront)"),
        ("x-cache", "Error from cloudfront"),
        ("x-amz-cf-pop", "PLACE50-C1"),
        ("x-amz-cf-id", "k0NTHx1y2z3"),
    ],
    page: "<HTML><HEAD><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD><BODY><H1>503 ERROR</H1>
        <H2>The request could not be satisfied.</H2>We can't connect to the server for this app or website at this time.
        <PRE>Generated by cloudfront (CloudFront) Request ID: k0NTHx1y2z3</PRE></BODY></HTML>",
};

/// A look at each again, and what it changes for the others.
const AGAIN: Duration = Duration::from_millis(2500);
const LONG: Duration = Duration::from_secs(200);
