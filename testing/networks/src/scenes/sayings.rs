//! What the tables are written with: pages, and what may be said where the site itself, its edge, or nobody is at fault.

use crate::scene::{Allowed, Kind, Scene};
use crate::sites::host;

/// The page of a site of ours.
pub(super) fn page_of(label: &str) -> String {
    format!("https://{}/", host(label))
}

/// The same over plain HTTP.
pub(super) fn plain_page_of(label: &str) -> String {
    format!("http://{}/", host(label))
}

/// A scene of this kind on this network.
pub(super) fn scene(kind: Kind, network: &'static str, url: &str, allowed: &Allowed) -> Scene {
    Scene::new(kind, network, url, allowed.clone())
}

/// The site's own servers made the error. Which of its machines, nobody outside can tell.
pub(super) fn of_the_site() -> Allowed {
    Allowed::right(&["server", "origin"]).never(&[
        "you",
        "challenge",
        "passed",
        "comes_and_goes",
        "from_here",
        "cdn_here",
        "cdn_wide",
    ])
}

/// An edge made the error, or passed on that what is behind it does not answer.
pub(super) fn of_an_edge() -> Allowed {
    Allowed::right(&["server", "origin", "edge"]).never(&[
        "you",
        "challenge",
        "passed",
        "comes_and_goes",
        "from_here",
        "cdn_here",
        "cdn_wide",
        "edge_unreachable",
    ])
}

/// Nothing is wrong.
pub(super) fn nothing() -> Allowed {
    Allowed::right(&["quiet"])
}
