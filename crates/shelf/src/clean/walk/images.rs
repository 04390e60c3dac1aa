//! Which of an image's addresses is kept: the browser loaded one of several.

use super::{Walk, attribute, is_html};
use crate::clean::{tree::Ref, write};

impl<'a> Walk<'a, '_> {
    /// Writes the first image that is among the parts: what `<picture>` offers, then `srcset`, then `src`.
    pub(super) fn source(&mut self, node: Ref<'a>) {
        // Back to another image at most: no source is read more than once.
        let in_picture = node.parent.get().is_some_and(|parent| is_html(parent, "picture"));
        let before = std::iter::successors(node.previous.get().filter(|_| in_picture), |node| node.previous.get());
        let is_image = |it: &Ref<'a>| is_html(it, "img") || is_html(it, "input");
        let sources = before.take_while(|it| !is_image(it)).filter(|it| is_html(it, "source"));
        let mut sets: Vec<String> = sources.filter_map(|it| attribute(it, "srcset")).collect();
        sets.reverse();
        sets.extend(attribute(node, "srcset"));
        let src = attribute(node, "src");
        let offered = sets.iter().flat_map(|set| candidates(set)).chain(src.as_deref()).take(MAX_CANDIDATES);
        let offered: Vec<&str> = offered.collect();
        // What is not there does not count as lost while another of them is.
        let found = offered.iter().find(|address| self.parts.has(&self.base, address)).or_else(|| offered.last());
        if let Some(hash) = found.and_then(|address| self.parts.media(&self.base, address)) {
            write::own_attribute(&mut self.out, "src", &hash.placeholder());
        }
    }
}

/// The addresses in a `srcset` (HTML section 4.8.4.2.1).
fn candidates(set: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = set;
    while found.len() < MAX_CANDIDATES {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            break;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
        let (address, after) = rest.split_at(end);
        let bare = address.trim_end_matches(',');
        found.push(bare);
        rest = if bare.len() < address.len() { after } else { after.split_once(',').map_or("", |(_, next)| next) };
    }
    found
}

/// One per screen density and width.
const MAX_CANDIDATES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_names_its_images() {
        assert_eq!(candidates("a.png, b.png 2x,c.png 1.5x"), ["a.png", "b.png", "c.png"]);
        assert_eq!(candidates(" data:image/png,x 1x , d,"), ["data:image/png,x", "d"]);
        assert_eq!(candidates(""), Vec::<&str>::new());
    }
}
