//! One look at a watched page, in pieces that are counted apart.

use detour_core::event::Event;

use crate::past::Past;

/// A piece of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Its moment has come: it is ordered.
    Begins,
    /// The site answers the browser, and the host tells what it sees.
    Sees,
    /// The host is done: the verdict.
    Ends,
}

impl Part {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Begins => "a look begins",
            Self::Sees => "what a look sees",
            Self::Ends => "a look ends: verdict",
        }
    }

    /// Lives through the look up to this part of it, and gives its events.
    pub(crate) fn all_before(self, past: &mut Past) -> Vec<Event> {
        if self == Self::Begins {
            return vec![Event::TimerFired];
        }
        past.live(vec![Event::TimerFired]);
        let mut look = past.look();
        let end = look.pop();
        if self == Self::Sees {
            return look;
        }
        past.live(look);
        end.into_iter().collect()
    }
}
