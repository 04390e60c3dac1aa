//! The table of contacts in docs/privacy.md, read as people read it.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};

/// Each kind of contact has one row, found by its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Site,
    Part,
    Neutral,
    Portal,
    MadeUp,
    Canary,
    StatusPage,
    NeutralNames,
    SiteNames,
    RemoteProbes,
    Archive,
    Mirror,
    AddressLists,
}

/// Which half of Detour asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Half {
    Browser,
    Program,
}

/// What one row allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) asked_by: Vec<Half>,
    /// Names of buttons and options in its "When"; none where nobody has to press anything.
    pub(super) after: Vec<String>,
    /// What it says of names and addresses.
    pub(super) names: Vec<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Table {
    rows: BTreeMap<Kind, Row>,
}

impl Table {
    /// The table whose head is [`HEAD`]; every row must be of a kind that is known here.
    pub(super) fn read(page: &str) -> Result<Self> {
        let mut lines = page.lines().skip_while(|line| cells(line) != HEAD);
        ensure!(lines.next().is_some(), "docs/privacy.md has no table with the head {HEAD:?}");
        let mut rows = BTreeMap::new();
        for line in lines.skip(1).take_while(|line| line.starts_with('|')) {
            let cells = cells(line);
            let [title, asked_by, when, _, _, names] = cells.as_slice() else {
                anyhow::bail!("a row of docs/privacy.md has {} cells: {line}", cells.len());
            };
            let kind =
                kind(title).with_context(|| format!("docs/privacy.md has a row that no contact has: {title}"))?;
            let halves = [("browser", Half::Browser), ("program", Half::Program)];
            let asked_by = halves.into_iter().filter_map(|(word, half)| asked_by.contains(word).then_some(half));
            let row = Row {
                asked_by: asked_by.collect(),
                after: between(when, '“', '”'),
                names: names.split('`').skip(1).step_by(2).map(str::to_owned).collect(),
            };
            ensure!(!row.asked_by.is_empty(), "docs/privacy.md does not say who asks: {line}");
            ensure!(rows.insert(kind, row).is_none(), "docs/privacy.md has two rows for {title}");
        }
        Ok(Self { rows })
    }

    /// `None` when the page does not tell of it at all.
    pub(super) fn row(&self, kind: Kind) -> Option<&Row> {
        self.rows.get(&kind)
    }

    /// The kinds of contact whose rows have this name or address.
    pub(super) fn naming(&self, whom: &str) -> impl Iterator<Item = Kind> {
        self.rows.iter().filter(move |(_, row)| row.names.iter().any(|name| name == whom)).map(|(kind, _)| *kind)
    }
}

fn kind(title: &str) -> Option<Kind> {
    let title = title.trim_matches('*');
    TITLES.iter().find_map(|(kind, known)| (*known == title).then_some(*kind))
}

fn cells(line: &str) -> Vec<&str> {
    line.trim().trim_matches('|').split('|').map(str::trim).collect()
}

fn between(text: &str, open: char, close: char) -> Vec<String> {
    let quoted = text.split(open).skip(1).filter_map(|rest| rest.split_once(close));
    quoted.map(|(inside, _)| inside.to_owned()).collect()
}

const HEAD: [&str; 6] = ["Who", "Asked by", "When", "What they learn", "How to turn it off", "Names"];

pub(super) const TITLES: [(Kind, &str); 13] = [
    (Kind::Site, "The site itself"),
    (Kind::Part, "The server of a part"),
    (Kind::Neutral, "Neutral sites"),
    (Kind::Portal, "The probe for sign-in pages"),
    (Kind::MadeUp, "Your name server, a made-up name"),
    (Kind::Canary, "Other sites on the same CDN"),
    (Kind::StatusPage, "Status pages of CDNs"),
    (Kind::NeutralNames, "Public name servers, neutral names"),
    (Kind::SiteNames, "Public name servers, the site’s name"),
    (Kind::RemoteProbes, "Globalping"),
    (Kind::Archive, "Web archives"),
    (Kind::Mirror, "Other addresses of the page"),
    (Kind::AddressLists, "Address lists of CDNs"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place;

    fn page() -> String {
        std::fs::read_to_string(place::workspace().join("docs/privacy.md")).unwrap()
    }

    #[test]
    fn the_page_has_a_row_for_every_kind_of_contact() {
        let table = Table::read(&page()).unwrap();
        for (kind, title) in TITLES {
            assert!(table.row(kind).is_some(), "{title}");
        }
    }

    #[test]
    fn every_button_and_option_that_the_table_names_is_one() {
        let messages = std::fs::read_to_string(place::workspace().join("www/_locales/en/messages.json")).unwrap();
        let messages: BTreeMap<String, serde_json::Value> = serde_json::from_str(&messages).unwrap();
        let table = Table::read(&page()).unwrap();
        for name in table.rows.values().flat_map(|row| &row.after) {
            assert!(messages.values().any(|message| message["message"] == **name), "nothing is called “{name}”");
        }
    }

    #[test]
    fn a_row_says_who_asks_after_which_click_and_whom() {
        let table = Table::read(
            "# Page\n\n| Who | Asked by | When | What they learn | How to turn it off | Names |\n|---|---|---|---|---|---|\n\
             | **Globalping** | the program | You press “Check from other places” or switched “Always” on | x | x | `a.example`, `1.1.1.1` |\n\nEnd\n",
        );
        let row = Row {
            asked_by: vec![Half::Program],
            after: vec!["Check from other places".into(), "Always".into()],
            names: vec!["a.example".into(), "1.1.1.1".into()],
        };
        assert_eq!(table.unwrap().row(Kind::RemoteProbes), Some(&row));
    }
}
