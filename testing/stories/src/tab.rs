//! What is said of and done to one tab.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use detour_core::tab::TabId;
use fantoccini::actions::{InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::deeds::{self, Deed};
use crate::wait::wait_until;

/// The sign on a tab.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Badge {
    /// Empty when there is none.
    pub text: String,
    /// The button's tooltip.
    pub title: String,
}

impl Badge {
    /// Whether there is a sign at all.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        !self.text.is_empty()
    }
}

impl Browser {
    /// Leads a tab to an address, as a link would: exactly one navigation.
    ///
    /// # Errors
    /// When the tab is gone.
    pub async fn go(&self, tab: TabId, url: &str) -> Result<()> {
        self.control("await api.tabs.update(args[0], { url: args[1] })", json!([tab, url])).await.map(drop)
    }

    /// Reloads a tab.
    ///
    /// # Errors
    /// When the tab is gone.
    pub async fn reload(&self, tab: TabId) -> Result<()> {
        self.control("await api.tabs.reload(args[0])", json!([tab])).await.map(drop)
    }

    /// Brings a tab to the front.
    ///
    /// # Errors
    /// When the tab is gone.
    pub async fn show(&self, tab: TabId) -> Result<()> {
        self.control("await api.tabs.update(args[0], { active: true })", json!([tab])).await.map(drop)
    }

    /// The tab's sign.
    ///
    /// # Errors
    /// When the tab is gone.
    pub async fn badge(&self, tab: TabId) -> Result<Badge> {
        let look = "const [text, title] = await Promise.all([
                api.action.getBadgeText({ tabId: args[0] }), api.action.getTitle({ tabId: args[0] })]);
            return { text, title };";
        Ok(serde_json::from_value(self.control(look, json!([tab])).await?)?)
    }

    /// The address that the address bar shows.
    ///
    /// # Errors
    /// When the tab is gone.
    pub async fn url(&self, tab: TabId) -> Result<String> {
        // A replayed page may pretend to be its original towards scripts, and so towards the driver: the browser knows better,
        // but tells of pages only that the extension may visit.
        let told = self.control("return (await api.tabs.get(args[0])).url ?? null", json!([tab])).await?;
        if let Some(url) = told.as_str() {
            return Ok(url.to_owned());
        }
        let session = self.in_tab(tab).await?;
        Ok(session.client().current_url().await?.to_string())
    }

    /// Runs the body of a function in the tab's page; `args` are its arguments.
    ///
    /// # Errors
    /// When the tab is gone, or the script fails.
    pub async fn run(&self, tab: TabId, body: &str, args: Vec<Value>) -> Result<Value> {
        deeds::did(Deed::Wrote(format!("{body} {args:?}")));
        let session = self.in_tab(tab).await?;
        session.client().execute(body, args).await.with_context(|| format!("in tab {}: {body}", tab.0))
    }

    /// Opens one of the extension's pages, and waits until it is loaded: a script that runs before would run in the empty
    /// document that stands there at first, and be broken off with it.
    ///
    /// # Errors
    /// When it does not load.
    pub async fn open_page(&self, path: &str) -> Result<TabId> {
        let url = self.page(path);
        let tab = self.open(&url).await?;
        let look =
            "const { status, url } = await api.tabs.get(args[0]); return status === 'complete' && url === args[1]";
        wait_until(&format!("{path} is loaded"), LOADED, async || {
            Ok(self.control(look, json!([tab, url])).await? == json!(true))
        })
        .await?;
        Ok(tab)
    }

    /// Runs the body of an async function in the tab's page, with `args`; what it returns must not be nothing.
    ///
    /// # Errors
    /// When the tab is gone, when the function throws, or when its page went away before it was done.
    pub async fn run_async(&self, tab: TabId, body: &str, args: Vec<Value>) -> Result<Value> {
        let script = format!(
            "const done = arguments[1], args = arguments[0];
            (async () => {{ {body} }})().then((value) => done({{ value }}),
                (error) => done({{ error: error?.kind ? JSON.stringify(error) : String(error) }}));"
        );
        let session = self.in_tab(tab).await?;
        let answer = session.client().execute_async(&script, vec![args.into()]).await;
        let mut answer = answer.with_context(|| format!("in tab {}: {body}", tab.0))?;
        match answer.get_mut("value").map(Value::take) {
            Some(value) => Ok(value),
            None => bail!("in tab {}: {body}: {answer}", tab.0),
        }
    }

    /// The words on the page, including those in open shadow roots; empty while there is no page.
    ///
    /// # Errors
    /// When the tab is gone.
    pub async fn text(&self, tab: TabId) -> Result<String> {
        let text = self.run(tab, "return document.body?.innerText ?? '';", Vec::new()).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Runs the body of a function where our content scripts run in the tab's page, with `root`, what is inside our banner
    /// (null where there is none), and `args`. The page itself cannot look into it.
    ///
    /// # Errors
    /// When the tab is gone, or shows nothing that scripts may look at.
    pub async fn in_banner(&self, tab: TabId, body: &str, args: Value) -> Result<Value> {
        let look = format!(
            "const look = (args) => {{
                const host = document.querySelector('detour-banner');
                const root = host && (host.openOrClosedShadowRoot ?? globalThis.chrome?.dom?.openOrClosedShadowRoot?.(host));
                {body}
            }};
            const target = {{ tabId: args[0] }};
            // At once: a document that broke off while it loaded stays “loading” for good.
            const [{{ result }}] = await api.scripting.executeScript({{ target, func: look, args: [args[1]], injectImmediately: true }});
            return result ?? null;"
        );
        self.control(&look, json!([tab, args])).await
    }

    /// Clicks the element of our banner that the selector finds, with a real pointer at its place.
    ///
    /// # Errors
    /// When there is none.
    pub async fn click_in_banner(&self, tab: TabId, selector: &str) -> Result<()> {
        let look = "const box = root?.querySelector(args)?.getBoundingClientRect();
            return box && [box.x + box.width / 2, box.y + box.height / 2].map(Math.round);";
        let place = self.in_banner(tab, look, selector.into()).await?;
        let (x, y): (f64, f64) =
            serde_json::from_value(place.clone()).with_context(|| format!("{selector} in the banner: {place}"))?;
        self.click_at(tab, x, y).await
    }

    /// Clicks at a place of the window, whatever is there.
    ///
    /// # Errors
    /// When the tab is gone.
    pub async fn click_at(&self, tab: TabId, x: f64, y: f64) -> Result<()> {
        let click = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveTo { duration: None, x, y })
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        let session = self.in_tab(tab).await?;
        Ok(session.client().perform_actions(click).await?)
    }

    /// Clicks the first element that the selector finds, as a person would.
    ///
    /// # Errors
    /// When there is none, or it cannot be clicked.
    pub async fn click(&self, tab: TabId, selector: &str) -> Result<()> {
        let session = self.in_tab(tab).await?;
        let element = session.client().find(fantoccini::Locator::Css(selector)).await;
        let element = element.with_context(|| format!("no {selector}"))?;
        deeds::did(Deed::Pressed(element.text().await.unwrap_or_default()));
        element.click().await.with_context(|| format!("clicking {selector}"))
    }

    /// Writes a picture of the page (not of the toolbar).
    ///
    /// # Errors
    /// When the tab is gone or the file cannot be written.
    pub async fn screenshot(&self, tab: TabId, file: &Path) -> Result<()> {
        let session = self.in_tab(tab).await?;
        let picture = session.client().screenshot().await?;
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(file, picture).with_context(|| format!("writing {}", file.display()))
    }

    /// Closes a tab.
    ///
    /// # Errors
    /// When it is gone already.
    pub async fn close(&self, tab: TabId) -> Result<()> {
        self.control("await api.tabs.remove(args[0])", json!([tab])).await?;
        self.forget(tab);
        Ok(())
    }
}

/// A page of ours takes a blink; a busy machine may take seconds.
const LOADED: Duration = Duration::from_secs(15);
