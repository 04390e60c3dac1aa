//! Which archives are asked, and where.

use std::collections::BTreeMap;

use detour_core::copies::{Kind, Registry, Trust};
use serde::{Deserialize, Deserializer};
use url::Url;

/// Base addresses of the archives.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Archives {
    /// Whether any is asked at all.
    pub on: bool,
    /// The Wayback Machine's availability interface; the page's address is appended as `url`.
    pub wayback_availability: String,
    /// Memento TimeGates (RFC 7089) that `check` names as places for a copy: the page's address is appended.
    pub timegates: Vec<String>,
    /// By an archive's id, what is to be different from the built-in list.
    #[serde(deserialize_with = "known")]
    pub of: BTreeMap<String, Archive>,
}

/// What is to be different about one archive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Archive {
    /// Whether it is asked.
    pub on: Option<bool>,
    /// Its CDX server; the page's address is appended as `url`.
    #[serde(deserialize_with = "endpoint")]
    pub cdx: Option<String>,
    /// Its availability interface; the page's address is appended as `url`.
    #[serde(deserialize_with = "endpoint")]
    pub availability: Option<String>,
    /// Its TimeGate; the page's address is appended.
    #[serde(deserialize_with = "endpoint")]
    pub timegate: Option<String>,
    /// Its TimeMaps in link format; the page's address is appended.
    #[serde(deserialize_with = "endpoint")]
    pub timemap: Option<String>,
    /// Where its copies are: `TIMESTAMP/URL` is appended.
    #[serde(deserialize_with = "endpoint")]
    pub replay: Option<String>,
    /// The most questions a minute.
    pub per_minute: Option<u64>,
}

impl Archives {
    /// The built-in archives, with what the user has changed.
    #[must_use]
    pub fn registry(&self) -> Registry {
        let mut registry = Registry::built_in().clone();
        for archive in &mut registry.archives {
            archive.is_on &= self.on;
            if archive.id == "wayback" && self.wayback_availability != WAYBACK_AVAILABILITY {
                archive.replace(Kind::Availability, template(Kind::Availability, &self.wayback_availability));
            }
            let Some(own) = self.of.get(&archive.id) else { continue };
            let ways = [
                (Kind::Cdx, &own.cdx),
                (Kind::Availability, &own.availability),
                (Kind::TimeGate, &own.timegate),
                (Kind::TimeMap, &own.timemap),
            ];
            for (kind, url) in ways {
                if let Some(url) = url {
                    archive.replace(kind, template(kind, url));
                }
            }
            if let Some(replay) = &own.replay {
                archive.replace_replay(replay);
            }
            archive.is_on = self.on && own.on.unwrap_or(archive.is_on);
            archive.per_minute = own.per_minute.unwrap_or(archive.per_minute).max(1);
            // Off by default as too small for strangers' programs; the user may know better. Trust stays as it is.
            if archive.is_on && archive.tier > 3 && archive.trust == Trust::Full {
                archive.tier = 3;
            }
        }
        registry
    }
}

/// Where the page's address goes; an empty endpoint takes the way away.
fn template(kind: Kind, url: &str) -> String {
    if url.is_empty() || url.contains("{url}") {
        return url.to_owned();
    }
    match kind {
        Kind::Cdx | Kind::Availability => {
            let mark = if url.contains('?') { '&' } else { '?' };
            let more = if kind == Kind::Cdx { CDX_PARAMETERS } else { "" };
            format!("{url}{mark}{more}url={{url}}")
        }
        Kind::TimeGate | Kind::TimeMap | Kind::CommonCrawl => format!("{url}{{url}}"),
    }
}

fn endpoint<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let is_web = Url::parse(&text.replace("{url}", "")).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if text.is_empty() || is_web {
        return Ok(Some(text));
    }
    let expected = "is no web address; write it like \"https://archive.example.org/web/\"";
    Err(serde::de::Error::custom(format!("\"{text}\" {expected}")))
}

fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Archive>, D::Error> {
    let all = BTreeMap::<String, Archive>::deserialize(deserializer)?;
    let archives = &Registry::built_in().archives;
    if let Some(unknown) = all.keys().find(|id| !archives.iter().any(|archive| archive.id == **id)) {
        let ids: Vec<&str> = archives.iter().map(|archive| archive.id.as_str()).collect();
        let expected = format!("is no archive; the known ones are {}", ids.join(", "));
        return Err(serde::de::Error::custom(format!("\"{unknown}\" {expected}")));
    }
    Ok(all)
}

impl Default for Archives {
    fn default() -> Self {
        Self {
            on: true,
            wayback_availability: WAYBACK_AVAILABILITY.to_owned(),
            timegates: vec!["https://web.archive.org/web/".to_owned(), "https://arquivo.pt/wayback/".to_owned()],
            of: BTreeMap::new(),
        }
    }
}

const WAYBACK_AVAILABILITY: &str = "https://archive.org/wayback/available";

/// What Wayback is asked for everywhere: the newest pages of HTML that were well, each content once.
const CDX_PARAMETERS: &str = "output=json&limit=-5&fastLatest=true&filter=statuscode:200&filter=mimetype:text/html&fl=timestamp,original,digest&collapse=digest&";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archives_places_can_be_changed_one_by_one() {
        let archives: Archives = toml::from_str(
            r#"
            wayback_availability = "http://127.0.0.1:9/available"
            [of.wayback]
            cdx = "http://127.0.0.1:9/cdx"
            replay = "http://127.0.0.1:9/web/"
            per_minute = 5
            [of.arquivo]
            timegate = "http://127.0.0.1:9/gate/"
            timemap = ""
            [of.archive-it]
            on = false
            "#,
        )
        .unwrap();
        let registry = archives.registry();
        let wayback = registry.archive("wayback").unwrap();
        assert!(wayback.ways[0].address("https://a.org/").starts_with("http://127.0.0.1:9/cdx?output=json&"));
        assert_eq!(
            wayback.ways[1].address("https://a.org/"),
            "http://127.0.0.1:9/available?url=https%3A%2F%2Fa.org%2F"
        );
        assert_eq!(wayback.per_minute, 5);
        let arquivo = registry.archive("arquivo").unwrap();
        assert_eq!(arquivo.ways.len(), 1);
        assert_eq!(arquivo.ways[0].address("https://a.org/"), "http://127.0.0.1:9/gate/https://a.org/");
        assert!(!registry.archive("archive-it").unwrap().is_on);
        assert_eq!(Archives::default().registry(), *Registry::built_in());
    }

    #[test]
    fn a_mistake_says_what_to_write() {
        for (text, words) in [
            ("[of.waybak]\non = true", ["waybak", "wayback"]),
            ("[of.wayback]\ncdx = \"cdx\"", ["cdx", "write it like"]),
            ("[of.wayback]\ncdxx = \"\"", ["cdxx", "cdx"]),
        ] {
            let error = toml::from_str::<Archives>(text).unwrap_err().to_string();
            for word in words {
                assert!(error.contains(word), "{error}");
            }
        }
    }
}
