//! Hosts, and what is below them.

use super::limits::LONGEST_LABEL;
use crate::target::share::forms::{has_uuid, noise};
use crate::target::share::lists;

pub(super) fn is_below(host: &str, place: &str) -> bool {
    host.strip_suffix(place).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether a host's own name is a secret: tunnels and previews are found by nothing else.
pub(in crate::target::share) fn is_secret_host(host: &str) -> bool {
    let is_ours =
        |label: &&str| !label.starts_with("xn--") && !lists::DIGESTS.split(' ').any(|start| label.starts_with(start));
    host.split('.').filter(is_ours).any(|label| noise(label) >= LONGEST_LABEL || has_uuid(label))
}
