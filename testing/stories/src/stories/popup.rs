//! The popup, opened as a page: what it says, its details included, and what is pressed in it.

use anyhow::{Context as _, Result};
use detour_core::tab::TabId;

use super::stage::{SIGN, Stage};
use crate::place;
use crate::wait::wait_until;

impl Stage<'_> {
    /// Opens the popup for a tab.
    pub(super) async fn popup(&self, tab: TabId) -> Result<TabId> {
        self.browser.open(&self.browser.page(&format!("popup.html?tab={}", tab.0))).await
    }

    /// The page of ours that the banner in a tab has opened beside it, once it takes clicks.
    pub(super) async fn beside(&self, tab: TabId) -> Result<TabId> {
        let page = self.browser.find(&self.browser.page(&format!("popup.html?tab={}&from=banner", tab.0))).await?;
        self.browser.show(page).await?;
        let look = "return document.querySelector('main').inert;";
        wait_until("the page beside takes clicks", SIGN, async || {
            Ok(self.browser.run(page, look, Vec::new()).await? == serde_json::json!(false))
        })
        .await?;
        Ok(page)
    }

    /// Opens the popup for a tab, expects words in it or in its details, closes it, and gives all that it said.
    pub(super) async fn popup_says(&self, tab: TabId, words: &[&str]) -> Result<String> {
        let popup = self.popup(tab).await?;
        let mut last = String::new();
        let found = wait_until(&format!("the popup says {words:?}"), SIGN, async || {
            last = self.details(popup).await?;
            Ok(words.iter().all(|words| last.contains(words)))
        })
        .await;
        found.with_context(|| format!("the popup says `{last}`"))?;
        self.browser.close(popup).await?;
        Ok(last)
    }

    /// The words of a page that shows a view, its details opened.
    pub(super) async fn details(&self, page: TabId) -> Result<String> {
        let look = "const details = document.querySelector('details'); if (details) details.open = true;
            return document.body?.innerText ?? '';";
        let text = self.browser.run(page, look, Vec::new()).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Presses a button once it is there, and stays where it is: a page is drawn in slices, and a person aims as well.
    pub(super) async fn press(&self, page: TabId, selector: &str) -> Result<()> {
        // A page that came up by itself takes no clicks for a moment.
        let look = "const button = document.querySelector(arguments[0]);
            if (!button?.checkVisibility({ visibilityProperty: true }) || button.closest('[inert]')) return null;
            if (getComputedStyle(button).pointerEvents === 'none') return null;
            const { x, y, width, height } = button.getBoundingClientRect();
            return width > 0 && height > 0 ? [x, y, width, height] : null;";
        let mut last = serde_json::Value::Null;
        wait_until(&format!("a button {selector}"), SIGN, async || {
            let place = self.browser.run(page, look, vec![selector.into()]).await?;
            let is_still = !place.is_null() && place == last;
            last = place;
            Ok(is_still)
        })
        .await?;
        self.browser.click(page, selector).await
    }

    /// Keeps pictures of a tab and of its popup, for people to look at.
    pub(super) async fn pictures(&self, tab: TabId, name: &str, words: &str) -> Result<()> {
        self.browser.show(tab).await?;
        let look = "return document.querySelector('detour-banner') !== null;";
        let has_banner = self.browser.run(tab, look, Vec::new()).await? == serde_json::json!(true);
        wait_until("a banner, if there is one, says something", SIGN, async || {
            Ok(!has_banner || !self.banner(tab).await?.is_empty())
        })
        .await?;
        self.browser.show(tab).await?;
        self.picture(tab, &format!("{name}-page")).await?;
        let popup = self.popup(tab).await?;
        self.says(popup, words).await?;
        self.picture(popup, &format!("{name}-popup")).await?;
        self.details(popup).await?;
        self.picture(popup, &format!("{name}-details")).await?;
        self.browser.close(popup).await
    }

    async fn picture(&self, tab: TabId, name: &str) -> Result<()> {
        let file = place::workspace().join(format!("target/pictures/{}-{name}.png", self.browser.engine().name()));
        self.browser.screenshot(tab, &file).await
    }
}
