//! A map that knows which of its entries were touched since they were last written down.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// Reads like a [`BTreeMap`]; whoever changes an entry marks it. Two are equal when their entries are.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent, bound(deserialize = "K: Deserialize<'de>, V: Deserialize<'de>"))]
pub struct Tracked<K: Ord, V> {
    entries: BTreeMap<K, V>,
    #[serde(skip)]
    touched: BTreeSet<K>,
}

impl<K: Ord + Clone, V> Tracked<K, V> {
    /// The entry, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let entry = self.entries.get_mut(key)?;
        if !self.touched.contains(key) {
            self.touched.insert(key.clone());
        }
        Some(entry)
    }

    /// Puts an entry in, in place of the one that was there.
    pub fn insert(&mut self, key: K, value: V) {
        self.touched.insert(key.clone());
        self.entries.insert(key, value);
    }

    /// Takes an entry out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let entry = self.entries.remove(key)?;
        self.touched.insert(key.clone());
        Some(entry)
    }

    /// The keys of entries that were changed, put in or taken out since this was last asked.
    #[must_use]
    pub fn take_touched(&mut self) -> BTreeSet<K> {
        std::mem::take(&mut self.touched)
    }

    /// Marks all entries.
    pub fn touch_all(&mut self) {
        self.touched = self.entries.keys().cloned().collect();
    }
}

impl<K: Ord, V> Default for Tracked<K, V> {
    fn default() -> Self {
        Self { entries: BTreeMap::new(), touched: BTreeSet::new() }
    }
}

impl<K: Ord, V> Deref for Tracked<K, V> {
    type Target = BTreeMap<K, V>;
    fn deref(&self) -> &Self::Target {
        &self.entries
    }
}

impl<K: Ord, V: PartialEq> PartialEq for Tracked<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_touched_is_told_once() {
        let mut map = Tracked::default();
        map.insert(1, "one");
        map.insert(2, "two");
        assert_eq!(map.take_touched(), BTreeSet::from([1, 2]));
        assert!(map.get(&1).is_some() && map.take_touched().is_empty(), "reading changes nothing");
        *map.get_mut(&2).unwrap() = "deux";
        assert!(map.get_mut(&3).is_none());
        assert_eq!(map.remove(&1), Some("one"));
        assert_eq!(map.take_touched(), BTreeSet::from([1, 2]));
        let mut same = Tracked::default();
        same.insert(2, "deux");
        assert_eq!(map, same, "however it came about");
    }
}
