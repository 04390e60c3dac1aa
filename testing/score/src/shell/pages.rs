//! What the tabs show: the user opens sites, loads end, and the extension is told of it as a browser would.

use detour_core::event::{Event, Found, Shown};
use detour_core::failure::Failure;
use detour_core::tab::TabId;

use super::browser::{self, Load, LoadEnd};
use super::{Coming, Content, Shell};

impl Shell<'_> {
    /// The user opens the tab's site, or wants it again.
    pub(super) fn visit(&mut self, tab: TabId) {
        if self.state.tabs.contains_key(&tab) {
            self.tell(Event::TryAgainClicked { tab });
        } else {
            self.load(tab);
        }
    }

    pub(super) fn load(&mut self, id: TabId) {
        self.serial += 1;
        let (now, serial) = (self.now, self.serial);
        let Some(tab) = self.tabs.get_mut(&id) else { return };
        tab.loading = serial;
        let load = browser::load(&self.network, tab.host, now, serial);
        self.plan(load.ended, Coming::Loaded(id, Box::new(load)));
    }

    pub(super) fn loaded(&mut self, id: TabId, load: &Load) {
        let Some(tab) = self.tabs.get_mut(&id).filter(|tab| tab.loading == load.serial) else { return };
        let page = tab.page.clone();
        match &load.end {
            LoadEnd::Error(failure) => {
                tab.content = Content::ErrorPage;
                // By way of the engine's words, in which some failures are one.
                let told = Failure::from_engine(browser::words_for(failure, self.is_gecko));
                let online = *failure != Failure::Offline;
                self.tell(Event::NavigationFailed { tab: id, page, failure: told, online });
            }
            LoadEnd::Document(answer) => {
                tab.content = Content::Document { status: answer.status };
                if self.state.listens {
                    self.tell(Event::NavigationCommitted { tab: id, shown: Shown::Page(page.clone()) });
                }
                if answer.status >= 400 {
                    let html: String = answer.body.chars().take(4_096).collect();
                    let title = title_of(&html);
                    self.tell(Event::StatusSeen {
                        tab: id,
                        page,
                        status: answer.status,
                        by_service_worker: false,
                        title,
                        html,
                    });
                }
            }
        }
    }

    /// What the extension finds in a tab.
    pub(super) fn found_in(&self, tab: TabId) -> Found {
        match self.tabs.get(&tab).map(|tab| (&tab.content, &tab.page)) {
            Some((Content::Document { status }, page)) => Found::Document { page: Some(page.clone()), status: *status },
            Some((Content::Nothing | Content::ErrorPage | Content::OwnPage, _)) | None => Found::Unreadable,
        }
    }
}

/// What a page calls itself.
fn title_of(html: &str) -> String {
    let begin = html.find("<title>").map(|at| at + "<title>".len());
    let end = html.find("</title>");
    begin.zip(end).and_then(|(begin, end)| html.get(begin..end)).unwrap_or_default().to_owned()
}
