//! The scenes, a table for each kind. What is right is taken from what is broken, never from what any code concludes.

mod sayings;

mod edges;
mod own_side;
mod refused;
mod segments;
mod servers;
mod ways;

use crate::scene::Scene;

/// All of them.
pub(crate) fn all() -> Vec<Scene> {
    [servers::scenes(), refused::scenes(), edges::scenes(), ways::scenes(), own_side::scenes(), segments::scenes()]
        .concat()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use detour_core::target::Target;

    use super::*;
    use crate::networks;
    use crate::scene::Kind;

    #[test]
    fn there_are_enough_scenes_and_each_is_another_one_on_a_network_that_is_known() {
        let scenes = all();
        assert!(scenes.len() >= 200, "{}", scenes.len());
        let names: BTreeSet<&str> = scenes.iter().map(|scene| scene.name.as_str()).collect();
        assert_eq!(names.len(), scenes.len());
        let networks: BTreeSet<&str> = networks::all().iter().map(|network| network.name).collect();
        for scene in &scenes {
            assert!(networks.contains(scene.network), "{}", scene.network);
            assert!(Target::parse(&scene.url).is_ok(), "{}", scene.url);
            assert!(scene.allowed.right.is_disjoint(&scene.allowed.forbidden), "{}", scene.name);
        }
        for network in networks {
            assert!(scenes.iter().any(|scene| scene.network == network), "no scene is played in {network}");
        }
    }

    #[test]
    fn every_kind_has_scenes_and_a_telling_one() {
        let scenes = all();
        for kind in Kind::ALL {
            let of_kind: Vec<&Scene> = scenes.iter().filter(|scene| scene.kind == kind).collect();
            assert!(of_kind.len() >= 4, "{}: {}", kind.label(), of_kind.len());
            assert!(of_kind.iter().any(|scene| scene.is_telling), "{}", kind.label());
        }
    }
}
