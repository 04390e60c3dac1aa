//! A few words, each once, in order. A `BTreeSet` would do the same, and brings a sort and a tree for every type that
//! it is used with into the wasm.

/// Words, each once, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names(Vec<String>);

impl Names {
    pub(super) fn of(words: impl Iterator<Item = String>) -> Self {
        let mut names = Self::default();
        words.for_each(|word| names.add(word));
        names
    }

    pub(super) fn add(&mut self, word: String) {
        if let Err(place) = self.0.binary_search(&word) {
            self.0.insert(place, word);
        }
    }

    /// Adds a word, copied only where it is new.
    pub(super) fn add_new(&mut self, word: &str) {
        if let Err(place) = self.0.binary_search_by(|known| known.as_str().cmp(word)) {
            self.0.insert(place, word.to_owned());
        }
    }

    pub(super) fn add_all(&mut self, other: &Self) {
        other.0.iter().for_each(|word| self.add_new(word));
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.0.iter().any(|known| known == word)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn first(&self) -> Option<&str> {
        self.0.first().map(String::as_str)
    }

    pub(super) fn into_vec(self) -> Vec<String> {
        self.0
    }
}
