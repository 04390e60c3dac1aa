//! One call of [`step`](super::step): what is ordered, and what must be drawn anew.

use crate::effect::Effect;
use crate::observation::Millis;
use crate::outage::SiteKey;
use crate::state::State;
use crate::tab::TabId;
use crate::target::Target;

pub(super) struct Turn {
    pub(super) effects: Vec<Effect>,
    pub(super) now: Millis,
    pub(super) tabs: Vec<TabId>,
    pub(super) outages: Vec<SiteKey>,
    pub(super) is_board_touched: bool,
    pub(super) is_lasting_touched: bool,
    pub(super) is_history_touched: bool,
    /// Nothing came but one more observation of a check that goes on: how the site fares, who is told and when what is due
    /// are as they were. Of a hundred events of a check ninety-eight are such.
    pub(super) is_only_evidence: bool,
}

impl Turn {
    pub(super) const fn new(now: Millis) -> Self {
        Self {
            effects: Vec::new(),
            now,
            tabs: Vec::new(),
            outages: Vec::new(),
            is_board_touched: false,
            is_lasting_touched: false,
            is_history_touched: false,
            is_only_evidence: false,
        }
    }

    pub(super) fn order(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// This tab must be drawn anew.
    pub(super) fn touch(&mut self, tab: TabId) {
        if !self.tabs.contains(&tab) {
            self.tabs.push(tab);
        }
    }

    /// Every tab that shows this outage must be drawn anew.
    pub(super) fn touch_outage(&mut self, key: &SiteKey) {
        if !self.outages.contains(key) {
            self.outages.push(key.clone());
        }
    }

    /// Every tab that shows this page must be drawn anew.
    pub(super) fn touch_page(&mut self, state: &State, page: &Target) {
        for (id, _) in state.tabs.iter().filter(|(_, tab)| tab.target == *page) {
            self.touch(*id);
        }
    }
}
