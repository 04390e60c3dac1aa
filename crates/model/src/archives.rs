//! The archives, read from `archives/archives.json`: whom to ask, how, for what, and how often.
//!
//! A list of archives rots, so it is data: every row says where its facts are from, and whether it is asked at all.

use std::sync::OnceLock;

use serde_json::Value;
use url::{Url, form_urlencoded};

/// All archives that are known, also those that are never asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registry {
    /// In the order of the file.
    pub archives: Vec<Archive>,
}

/// One archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Archive {
    /// Stable name in state, config and logs.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Whether it is asked unless the user's configuration says otherwise.
    pub is_on: bool,
    /// Why it is asked, or why not, in a sentence for people.
    pub why: String,
    /// Hosts on which its copies, and its answers about them, may lie.
    pub hosts: Vec<String>,
    /// What stands before the page's address in an address of its own; `*` is any one segment. Longest first.
    pub forms: Vec<String>,
    /// How it is asked, best first; the next one when one says nothing.
    pub ways: Vec<Way>,
    /// A copy's address for people, with `{time}` and `{url}`.
    pub memento: String,
    /// The same without the archive's own frame and rewriting, to look into; empty where there is none.
    pub raw: String,
    /// Ends of host names that it is good for, as in `gov.uk`.
    pub good_for: Vec<String>,
    /// When it is asked: 0 only for what it is good for, 1 first, 2 and more where the ones before gave nothing.
    pub tier: u64,
    /// The most questions a minute.
    pub per_minute: u64,
    /// The most looks into copies a minute.
    pub replays_per_minute: u64,
    /// How far its word goes.
    pub trust: Trust,
}

/// One way of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// What is spoken.
    pub kind: Kind,
    /// The endpoint, with `{url}` where the page's address goes.
    pub url: String,
}

/// What is spoken with an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The Wayback Machine's availability API, answered in JSON.
    Availability,
    /// A CDX server: rows of captures, as JSON or as text.
    Cdx,
    /// A TimeGate of RFC 7089, answered by a redirect to the memento.
    TimeGate,
    /// A TimeMap of RFC 7089, in the link format of RFC 6690.
    TimeMap,
    /// Common Crawl: first the list of its indexes, then the newest one of them.
    CommonCrawl,
}

/// How far an archive's word goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Trust {
    /// Its copies are offered once they were looked into.
    #[default]
    Full,
    /// Its copies cannot be looked into; they are offered as such.
    LinkOnly,
    /// It has changed copies; never offered as verified.
    Distrusted,
}

impl Registry {
    /// The archives of `archives.json`, read once.
    #[must_use]
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Registry> = OnceLock::new();
        BUILT_IN.get_or_init(|| Self::read(ARCHIVES))
    }

    /// The built-in archive that lives on this host, asked or not. Nearly no host is one, so the list is read only when
    /// it names this one.
    #[must_use]
    pub fn built_in_on(host: &str) -> Option<&'static Archive> {
        let host = host.trim_end_matches('.');
        ARCHIVES.contains(&["\"", host, "\""].concat()).then(Self::built_in)?.on_host(host)
    }

    fn read(text: &str) -> Self {
        let rows = serde_json::from_str(text).unwrap_or(Value::Null);
        Self { archives: rows.as_array().map_or(&[][..], Vec::as_slice).iter().map(read_archive).collect() }
    }

    /// The archive with this id.
    #[must_use]
    pub fn archive(&self, id: &str) -> Option<&Archive> {
        self.archives.iter().find(|archive| archive.id == id)
    }

    /// The archive that lives on this host, asked or not.
    #[must_use]
    pub fn on_host(&self, host: &str) -> Option<&Archive> {
        let host = host.trim_end_matches('.');
        self.archives.iter().find(|archive| archive.hosts.iter().any(|own| own == host))
    }

    /// Whom to ask about a page, in stages: the next stage only where the ones before gave nothing.
    ///
    /// In an outage archives get a crowd, so one is asked first: one that the page's own country or government keeps,
    /// where there is one, else the largest.
    #[must_use]
    pub fn stages(&self, host: &str) -> Vec<Vec<String>> {
        let host = host.trim_end_matches('.');
        let mut stages: Vec<Vec<String>> = Vec::new();
        let mut add = |fits: &dyn Fn(&Archive) -> bool| {
            let is_new = |id: &String| !stages.iter().flatten().any(|known| known == id);
            let asked = self.archives.iter().filter(|archive| archive.is_on && !archive.ways.is_empty());
            let stage: Vec<String> =
                asked.filter(|archive| fits(archive)).map(|archive| archive.id.clone()).filter(is_new).collect();
            if !stage.is_empty() {
                stages.push(stage);
            }
        };
        add(&|archive| archive.is_good_for(host));
        add(&|archive| archive.tier == 1);
        add(&|archive| archive.tier == 2);
        add(&|archive| archive.tier > 2);
        stages
    }
}

impl Archive {
    /// Whether a host is in what it was made for.
    #[must_use]
    pub fn is_good_for(&self, host: &str) -> bool {
        let ends = |suffix: &String| host.strip_suffix(suffix.as_str()).is_some_and(|rest| rest.ends_with('.'));
        self.good_for.iter().any(|suffix| suffix == host || ends(suffix))
    }

    /// Whether an address is on the archive itself: a reply must not lead the user's tab anywhere else.
    #[must_use]
    pub fn owns(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        matches!(url.scheme(), "http" | "https") && self.hosts.iter().any(|own| own == host)
    }

    /// Where a copy is, for people.
    #[must_use]
    pub fn memento(&self, time: &str, url: &str) -> Option<String> {
        filled(&self.memento, time, url)
    }

    /// Where a copy is, as it was captured.
    #[must_use]
    pub fn raw(&self, time: &str, url: &str) -> Option<String> {
        filled(&self.raw, time, url)
    }

    /// Has this endpoint asked in place of its own; the endpoint's host, and a replay's, count as the archive's.
    pub fn replace(&mut self, kind: Kind, url: String) {
        self.trust_host_of(&url);
        self.ways.retain(|way| way.kind != kind);
        if !url.is_empty() {
            self.ways.push(Way { kind, url });
        }
        self.ways.sort_by_key(|way| way.kind.rank());
    }

    /// Has copies read from this address, which the time and the page's address follow.
    pub fn replace_replay(&mut self, base: &str) {
        self.trust_host_of(base);
        if let Some(path) = Url::parse(base).ok().map(|url| url.path().to_owned())
            && !self.forms.contains(&path)
        {
            self.forms.insert(0, path);
        }
        self.memento = [base, "{time}/{url}"].concat();
        self.raw = [base, "{time}id_/{url}"].concat();
    }

    fn trust_host_of(&mut self, url: &str) {
        let host = Url::parse(&url.replace("{url}", "")).ok().and_then(|url| url.host_str().map(str::to_owned));
        self.hosts.extend(host.filter(|host| !self.hosts.contains(host)));
    }
}

impl Way {
    /// The whole URL to get.
    #[must_use]
    pub fn address(&self, shared: &str) -> String {
        let is_query = self.url.split("{url}").next().is_some_and(|before| before.contains('?'));
        if is_query {
            let encoded: String = form_urlencoded::byte_serialize(shared.as_bytes()).collect();
            return self.url.replace("{url}", &encoded);
        }
        self.url.replace("{url}", shared)
    }
}

impl Kind {
    /// The kind of this name in `archives.json` and in the config file.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "availability" => Self::Availability,
            "cdx" => Self::Cdx,
            "timegate" => Self::TimeGate,
            "timemap" => Self::TimeMap,
            "common_crawl" => Self::CommonCrawl,
            _ => return None,
        })
    }

    /// What tells most at the least cost comes first.
    const fn rank(self) -> u8 {
        match self {
            Self::Cdx => 0,
            Self::TimeGate => 1,
            Self::TimeMap => 2,
            Self::Availability => 3,
            Self::CommonCrawl => 4,
        }
    }
}

const ARCHIVES: &str = include_str!("archives/archives.json");

fn filled(template: &str, time: &str, url: &str) -> Option<String> {
    (!template.is_empty()).then(|| template.replace("{time}", time).replace("{url}", url))
}

fn read_archive(row: &Value) -> Archive {
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |name: &str| row.get(name).and_then(Value::as_u64).unwrap_or_default();
    let list = |name: &str| row.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice).iter();
    let texts = |name: &str| list(name).filter_map(Value::as_str).map(str::to_owned).collect();
    let way = |way: &Value| {
        let text = |name: &str| way.get(name).and_then(Value::as_str);
        Some(Way { kind: Kind::named(text("kind")?)?, url: text("url")?.to_owned() })
    };
    Archive {
        id: text("id"),
        name: text("name"),
        is_on: row.get("on").and_then(Value::as_bool).unwrap_or_default(),
        why: text("why"),
        hosts: texts("hosts"),
        forms: texts("forms"),
        ways: list("ways").filter_map(way).collect(),
        memento: text("memento"),
        raw: text("raw"),
        good_for: texts("good_for"),
        tier: number("tier"),
        per_minute: number("per_minute").max(1),
        replays_per_minute: number("replays_per_minute").max(1),
        trust: match text("trust").as_str() {
            "link_only" => Trust::LinkOnly,
            "distrusted" => Trust::Distrusted,
            _ => Trust::Full,
        },
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    /// What a row may say: anything else is a mistake in the file.
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        id: String,
        name: String,
        on: bool,
        why: String,
        hosts: Vec<String>,
        forms: Vec<String>,
        ways: Vec<WayRow>,
        memento: String,
        raw: String,
        good_for: Vec<String>,
        tier: u64,
        per_minute: u64,
        replays_per_minute: u64,
        trust: String,
        source: String,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct WayRow {
        kind: String,
        url: String,
    }

    #[test]
    fn every_row_is_whole_and_says_why_and_from_where() {
        let rows: Vec<Row> = serde_json::from_str(include_str!("archives/archives.json")).unwrap();
        assert_eq!(rows.len(), Registry::built_in().archives.len());
        for row in &rows {
            assert!(!row.id.is_empty() && !row.name.is_empty() && row.why.ends_with('.'), "{row:?}");
            assert!(!row.hosts.is_empty() && !row.source.is_empty(), "{row:?}");
            assert!(["full", "link_only", "distrusted"].contains(&row.trust.as_str()), "{row:?}");
            assert!(row.per_minute > 0 && row.replays_per_minute > 0 && row.tier <= 5, "{row:?}");
            assert!(!row.on || row.trust == "full", "only what is trusted is on: {row:?}");
            assert!(row.tier > 0 || !row.good_for.is_empty(), "{row:?}");
            assert!(row.forms.iter().all(|form| form.starts_with('/')), "{row:?}");
            for way in &row.ways {
                let kind = Kind::named(&way.kind).unwrap_or_else(|| panic!("{way:?}"));
                let url = Url::parse(&way.url.replace("{url}", "")).unwrap();
                assert_eq!(url.scheme(), "https", "{way:?}");
                assert!(row.hosts.contains(&url.host_str().unwrap().to_owned()), "{way:?}");
                assert_eq!(way.url.contains("{url}"), kind != Kind::CommonCrawl, "{way:?}");
            }
            for template in [&row.memento, &row.raw].into_iter().filter(|template| !template.is_empty()) {
                assert!(template.contains("{time}") && template.ends_with("/{url}"), "{template}");
                assert!(template.starts_with(&format!("https://{}/", row.hosts[0])), "{template}");
            }
        }
        let mut ids: Vec<_> = rows.iter().map(|row| &row.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), rows.len());
    }

    fn stages(url: &str) -> Vec<Vec<String>> {
        Registry::built_in().stages(Url::parse(url).unwrap().host_str().unwrap())
    }

    #[test]
    fn one_archive_is_asked_first_and_the_countrys_own_before_the_largest() {
        assert_eq!(stages("https://www.theguardian.com/uk")[0], ["wayback"]);
        assert_eq!(stages("https://www.theguardian.com/uk")[1], ["arquivo"]);
        for (url, first) in [
            ("https://www.gov.uk/vat", "ukgwa"),
            ("https://www.parliament.uk/", "parliament"),
            ("https://www.publico.pt/", "arquivo"),
            ("https://www.ruv.is/", "vefsafn"),
            ("https://www.canada.ca/en.html", "gcwa"),
            ("https://www.abc.net.au/news", "awa"),
        ] {
            assert_eq!(stages(url)[..2], [vec![first.to_owned()], vec!["wayback".to_owned()]], "{url}");
        }
        // An end of a name is no end of a label.
        assert_eq!(stages("https://notgov.uk/")[0], ["wayback"]);
    }

    #[test]
    fn what_is_off_is_never_asked_and_says_why() {
        for id in ["archive-today", "commoncrawl", "perma", "ghostarchive", "loc"] {
            let archive = Registry::built_in().archive(id).unwrap();
            assert!(!archive.is_on && archive.why.len() > 20, "{id}");
            assert!(!stages("https://www.example.org/").iter().flatten().any(|asked| asked == id));
        }
    }

    #[test]
    fn addresses_are_encoded_where_they_are_a_parameter() {
        let wayback = Registry::built_in().archive("wayback").unwrap();
        assert_eq!(
            wayback.ways[1].address("https://a.org/?b=c&d"),
            "https://archive.org/wayback/available?url=https%3A%2F%2Fa.org%2F%3Fb%3Dc%26d"
        );
        let arquivo = Registry::built_in().archive("arquivo").unwrap();
        assert_eq!(arquivo.ways[0].address("https://a.org/?b=c"), "https://arquivo.pt/wayback/https://a.org/?b=c");
    }

    #[test]
    fn an_endpoint_can_be_replaced() {
        let mut archive = Registry::built_in().archive("wayback").unwrap().clone();
        archive.replace(Kind::Availability, "http://127.0.0.1:9/available?url={url}".into());
        archive.replace_replay("http://127.0.0.1:9/web/");
        assert_eq!(archive.ways.len(), 2);
        assert_eq!(archive.ways[0].kind, Kind::Cdx);
        let memento = archive.memento("2021", "https://a.org/").unwrap();
        assert_eq!(memento, "http://127.0.0.1:9/web/2021/https://a.org/");
        assert!(archive.owns(&Url::parse(&memento).unwrap()));
    }
}
