//! The main job, played in a real browser: an outage like 8 June 2021 as its reader meets it.
//!
//! Each step is done, checked, timed, printed and photographed; the first that does not happen ends the demo
//! with an error. With a display the browser stays open afterwards, the lab still running, to play with.

#![expect(clippy::print_stdout, reason = "a program for people: its output is what they read")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use detour_core::tab::TabId;
use detour_lab::sites::{self, Site};
use detour_lab::{Behaviour, Lab, Switch};
use serde_json::json;

use crate::browser::Browser;
use crate::engine::Engine;
use crate::place;
use crate::surroundings::BrowserOptions;
use crate::wait::{wait_for, wait_until};

/// How the demo is played.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// No window, even where there is a display
    #[arg(long)]
    headless: bool,
    /// The browser: chromium or firefox
    #[arg(long, value_enum, default_value_t = Engine::Chromium)]
    browser: Engine,
    /// Dark colours
    #[arg(long)]
    dark: bool,
    /// Width of the window
    #[arg(long, default_value_t = 1100)]
    width: u32,
}

impl Options {
    /// Plays it.
    ///
    /// # Errors
    /// When a step does not happen, or the lab or the browser does not start.
    pub async fn run(self) -> Result<ExitCode> {
        let is_headless = self.headless || !has_display();
        let begin = Instant::now();
        println!("Starting the lab: edges, origins, archive and DNS, all on this computer …");
        let lab = Lab::start(&place::lab("demo")).await?;
        let options = BrowserOptions {
            headless: is_headless,
            dark: self.dark,
            size: (self.width, 800),
            ..BrowserOptions::default()
        };
        let browser = Browser::start(self.browser, &lab, options).await?;
        println!("The lab and {} are up after {:.1} s.\n", self.browser.name(), begin.elapsed().as_secs_f64());
        let pictures = place::workspace().join("target/demo");
        let mut story = Story { lab: &lab, browser: &browser, pictures, step: 0, last: Instant::now() };
        story.play().await?;
        println!("\nAll {} steps happened. Pictures: target/demo/", story.step);
        if is_headless {
            browser.quit().await?;
        } else {
            println!("The browser stays open, with the lab behind it; www.theguardian.com is a good start.");
            println!(
                "Break things from another terminal: cargo xtask lab switch '{{\"switch\":\"edge-fails\"}}' --dir target/lab/demo"
            );
            println!("Close the browser to end.");
            while browser.tabs().await.is_ok() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        lab.stop().await;
        Ok(ExitCode::SUCCESS)
    }
}

struct Story<'a> {
    lab: &'a Lab,
    browser: &'a Browser,
    pictures: PathBuf,
    step: u32,
    last: Instant,
}

impl Story<'_> {
    async fn play(&mut self) -> Result<()> {
        let guardian = site("www.theguardian.com")?;
        let bbc = site("www.bbc.co.uk")?;
        let address = |site: &Site| format!("https://{}{}", site.host, site.article);

        let tab = self.browser.open(&address(guardian)).await?;
        self.says(tab, guardian.story).await?;
        ensure!(!self.browser.badge(tab).await?.is_on(), "a healthy page has a sign");
        ensure!(self.browser.state().await?.tabs.is_empty(), "a healthy page left a trace");
        self.happened("The Guardian is healthy: no sign, nothing asked, nothing kept.", tab, "healthy").await?;

        self.lab.set(Switch::edge_fails()).await?;
        self.browser.reload(tab).await?;
        let badge = self.badge(tab, true).await?;
        self.happened(&format!("The edge fails; the tab is marked “{}” ({}).", badge.text, badge.title), tab, "marked")
            .await?;

        self.concluded(tab).await?;
        self.wait_text(
            tab,
            "the banner",
            "return document.querySelector('detour-banner')?.getBoundingClientRect().height > 0;",
        )
        .await?;
        self.happened("The banner says so on the page.", tab, "banner").await?;

        let popup = self.browser.open(&self.browser.page(&format!("popup.html?tab={}", tab.0))).await?;
        let open_details = "const details = document.querySelector('details');
            if (details && !details.hidden) details.open = true;
            return details?.open === true;";
        self.wait_text(popup, "the details open", open_details).await?;
        let words = wait_for("the popup names Fastly", USUAL, async || {
            let words = self.browser.text(popup).await?;
            Ok(words.contains("Fastly").then_some(words))
        })
        .await?;
        ensure!(words.contains("Error 503") || words.contains("503"), "the popup does not name the error:\n{words}");
        ensure!(words.contains("cache-"), "the evidence does not name the edge node:\n{words}");
        let verdict = words.lines().find(|line| line.contains("Fastly")).unwrap_or_default().to_owned();
        self.happened(&format!("The popup: “{verdict}”"), popup, "popup").await?;

        self.browser.run(popup, "document.querySelector('details')?.removeAttribute('open')", vec![]).await?;
        self.press(popup, "Find a copy", FIND).await?;
        self.wait_text(popup, "a copy is offered", &format!("return document.querySelector('{OPEN}') !== null;"))
            .await?;
        self.happened("One click, and the archive's copies are listed.", popup, "copies").await?;
        self.press(popup, "Open copy", OPEN).await?;
        self.says(tab, guardian.story).await?;
        let url = self.address(tab).await?;
        ensure!(
            url.starts_with("https://web.archive.org/web/") || url.starts_with("https://arquivo.pt/"),
            "no copy: {url}"
        );
        self.happened(&format!("The copy shows the page's text: {url}"), tab, "copy").await?;

        self.lab.set(Switch::host(bbc.host, Behaviour::Refused)).await?;
        let second = self.browser.open(&address(bbc)).await?;
        self.wait_text(second, "the outage page", "return location.pathname.endsWith('/outage.html');").await?;
        self.concluded(second).await?;
        self.happened("BBC refuses connections: the outage page says so.", second, "outage-page").await?;
        self.press(second, "Find a copy", FIND).await?;
        self.press(second, "Open copy", OPEN).await?;
        self.says(second, bbc.story).await?;
        self.happened("Its copy opens in the same tab.", second, "outage-copy").await?;

        let third = self.browser.open(&address(guardian)).await?;
        self.badge(third, true).await?;
        self.concluded(third).await?;
        self.lab.set(Switch::edge_heals()).await?;
        let popup = self.browser.open(&self.browser.page(&format!("popup.html?tab={}", third.0))).await?;
        self.press(popup, "Try again", AGAIN).await?;
        self.says(third, guardian.story).await?;
        self.badge(third, false).await?;
        wait_until("nothing is left behind", USUAL, async || {
            Ok(!self.browser.state().await?.tabs.contains_key(&third))
        })
        .await?;
        self.happened("The edge heals; “Try again” brings the page, and the sign is gone.", third, "healed").await
    }

    /// Prints the step, with the time since the one before, and takes its picture.
    async fn happened(&mut self, what: &str, tab: TabId, picture: &str) -> Result<()> {
        self.step += 1;
        let took = self.last.elapsed();
        self.browser.show(tab).await?;
        let file = self.pictures.join(format!("{:02}-{picture}.png", self.step));
        self.browser.screenshot(tab, &file).await?;
        println!("{:>2}. {:>6.2} s  {what}", self.step, took.as_secs_f64());
        self.last = Instant::now();
        Ok(())
    }

    async fn badge(&self, tab: TabId, is_on: bool) -> Result<crate::Badge> {
        let what = if is_on { "a sign on the tab" } else { "no sign on the tab" };
        wait_for(what, USUAL, async || Ok(Some(self.browser.badge(tab).await?).filter(|badge| badge.is_on() == is_on)))
            .await
    }

    async fn concluded(&self, tab: TabId) -> Result<()> {
        wait_until("a verdict", USUAL, async || {
            let state = self.browser.state().await?;
            Ok(state.failing(tab).is_some_and(|(_, outage)| outage.verdict().is_some()))
        })
        .await
    }

    /// The tab's address as the browser has it; an archive's script tells the page itself another one.
    async fn address(&self, tab: TabId) -> Result<String> {
        let url = self.browser.control("return (await api.tabs.get(args[0])).url ?? ''", json!([tab])).await?;
        Ok(url.as_str().unwrap_or_default().to_owned())
    }

    async fn says(&self, tab: TabId, words: &str) -> Result<()> {
        wait_until(&format!("the page says “{words}”"), USUAL, async || {
            // Between two documents there is no page to ask.
            Ok(self.browser.text(tab).await.is_ok_and(|text| text.contains(words)))
        })
        .await
    }

    async fn wait_text(&self, tab: TabId, what: &str, script: &str) -> Result<()> {
        wait_until(what, USUAL, async || {
            Ok(self.browser.run(tab, script, Vec::new()).await.is_ok_and(|found| found == json!(true)))
        })
        .await
    }

    async fn press(&self, tab: TabId, what: &str, selector: &str) -> Result<()> {
        let script = format!("return document.querySelector('{selector}') !== null;");
        self.wait_text(tab, what, &script).await?;
        // One look and one press in one go: a better copy may come in at any moment and take the button's place.
        let press = format!("document.querySelector('{selector}').click();");
        self.browser.run(tab, &press, Vec::new()).await.map(drop).with_context(|| format!("pressing “{what}”"))
    }
}

fn site(host: &str) -> Result<&'static Site> {
    sites::all().iter().find(|site| site.host == host).with_context(|| format!("the lab has no {host}"))
}

fn has_display() -> bool {
    cfg!(target_os = "linux")
        && ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// The one button that stands alone before copies are known, and the best copy's.
const FIND: &str = ".copies > button.main:not(:has(b))";
const OPEN: &str = ".copies > button.main:has(b)";

const AGAIN: &str = ".actions > button";

/// What happens within a second on a quiet machine.
const USUAL: Duration = Duration::from_secs(20);
