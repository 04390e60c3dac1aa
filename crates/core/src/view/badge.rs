//! The badge on a tab: follows from the state, and from nothing else.

use serde::{Deserialize, Serialize};

use super::{Mood, Text, mood, sentence};
use crate::outage::{Outage, Phase};
use crate::state::Tab;
use crate::verdict::Fault;

/// A badge on the toolbar button: shape (text and icon) as well as colour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Badge {
    /// One or two characters.
    pub text: String,
    /// Background, `#rrggbb`.
    pub color: String,
    /// Which icon.
    pub icon: Icon,
    /// The tooltip, also what a screen reader says.
    pub title: Text,
}

/// The icons, by the names of their files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Icon {
    /// Nothing failed.
    Idle,
    /// Evidence is coming in.
    Checking,
    /// It fails.
    Failing,
    /// It fails, and there is a copy.
    Copy,
    /// It comes and goes.
    Flickering,
    /// It answers again.
    Back,
}

/// The badge of a failing tab; none where the fault is not the site's side, or not yet sure to be one.
#[must_use]
pub fn badge(tab: &Tab, outage: &Outage) -> Option<Badge> {
    let site = tab.target.site();
    let badge = |text: &str, color: &str, icon, key: &str| {
        Some(Badge { text: text.to_owned(), color: color.to_owned(), icon, title: Text::with(key, [site]) })
    };
    let has_copy = tab.copies.has_copy();
    match &outage.phase {
        Phase::Doubted { .. } => None,
        Phase::Checking(_) if outage.may_be_offline() => None,
        Phase::Checking(_) if has_copy => badge("+", RED, Icon::Copy, "badge_title_copy"),
        Phase::Checking(_) => badge("…", RED, Icon::Checking, "badge_title_checking"),
        Phase::Concluded { verdict, .. } | Phase::Rechecking { verdict, .. } => match verdict.fault {
            Fault::You | Fault::Portal | Fault::Proxy | Fault::ProxySignIn | Fault::Challenge => None,
            Fault::ComesAndGoes => badge("~", AMBER, Icon::Flickering, "badge_title_comes_and_goes"),
            Fault::Recovering => badge("~", AMBER, Icon::Flickering, "badge_title_recovering"),
            Fault::BrokenParts => badge("!", AMBER, Icon::Failing, "badge_title_parts"),
            Fault::Passed
            | Fault::Moved
            | Fault::AddressFamily
            | Fault::NameFiltered
            | Fault::ProxyRefuses
            | Fault::CdnNames
            | Fault::Intercepted
            | Fault::CdnWide
            | Fault::CdnHere
            | Fault::EdgeUnreachable
            | Fault::Regional
            | Fault::CloudRegion
            | Fault::Overloaded
            | Fault::SoftOutage
            | Fault::Unreachable
            | Fault::Resolver
            | Fault::NameGone
            | Fault::NameFailing
            | Fault::Certificate
            | Fault::Clock
            | Fault::Edge
            | Fault::Origin
            | Fault::Server
            | Fault::FromHere
            | Fault::ThisBrowser
            | Fault::Unconfirmed
            | Fault::CantTell => match mood(outage) {
                // Nobody looks any more: the good news is old.
                Mood::Back if outage.is_left_alone() => None,
                Mood::Back => badge("✓", GREEN, Icon::Back, "badge_title_back"),
                Mood::Flickering => badge("~", AMBER, Icon::Flickering, "badge_title_comes_and_goes"),
                Mood::Fine | Mood::Checking | Mood::Failing if has_copy => {
                    badge("+", RED, Icon::Copy, "badge_title_copy")
                }
                // The user's own side is at fault: "the site fails" would blame the site.
                Mood::Fine | Mood::Checking | Mood::Failing if verdict.fault.is_own() => Some(Badge {
                    title: sentence::verdict_text(verdict, &tab.failure, site),
                    text: "!".to_owned(),
                    color: RED.to_owned(),
                    icon: Icon::Failing,
                }),
                Mood::Fine | Mood::Checking | Mood::Failing => badge("!", RED, Icon::Failing, "badge_title_failing"),
            },
        },
    }
}

// White text on each has a contrast of at least 4.5 : 1.
const RED: &str = "#b3261e";
const AMBER: &str = "#8a5a00";
const GREEN: &str = "#1b6e3c";
