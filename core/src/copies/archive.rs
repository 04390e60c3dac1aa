//! Archives, how each is asked, and what its answer means.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::offer::{Age, Offer, Source};
use crate::event::ArchiveReply;
use crate::observation::Millis;
use crate::target::Target;
use crate::time;

/// One archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archive {
    /// Stable name in state and logs.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// How it is asked.
    pub kind: Kind,
    /// Where it is asked.
    pub endpoint: String,
}

/// How an archive is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The Wayback Machine's availability API: `endpoint?url=U`, answered in JSON.
    Availability,
    /// A TimeGate of RFC 7089: `endpoint` followed by the URL, answered by a redirect to the memento.
    TimeGate,
}

/// A GET for the shell to send: without cookies, redirects followed, the body's first 64 KiB kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveRequest {
    /// The archive's id.
    pub archive: String,
    /// The whole URL to get.
    pub url: String,
    /// Value of the `Accept-Datetime` header, where one is to be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept_datetime: Option<String>,
}

/// Why an archive's reply is no offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Miss {
    /// It has no copy.
    NoCopy,
    /// It did not answer, or not in its own format: says nothing about copies.
    Silent,
}

/// The archives that are asked unless the user's configuration says otherwise.
#[must_use]
pub fn built_in() -> Vec<Archive> {
    let archive = |id: &str, name: &str, kind, endpoint: &str| Archive {
        id: id.to_owned(),
        name: name.to_owned(),
        kind,
        endpoint: endpoint.to_owned(),
    };
    vec![
        archive("wayback", "Wayback Machine", Kind::Availability, "https://archive.org/wayback/available"),
        archive("arquivo", "Arquivo.pt", Kind::TimeGate, "https://arquivo.pt/wayback/"),
    ]
}

/// What to send to learn whether `archive` has the page; only [`Target::shareable`] leaves.
#[must_use]
pub fn request(archive: &Archive, target: &Target, now: Millis) -> ArchiveRequest {
    let shared = target.shareable();
    let (url, accept_datetime) = match archive.kind {
        Kind::Availability => {
            let query: String =
                url::form_urlencoded::Serializer::new(String::new()).append_pair("url", &shared).finish();
            (format!("{}?{query}", archive.endpoint), None)
        }
        Kind::TimeGate => (format!("{}{shared}", archive.endpoint), Some(time::format_http_date(now))),
    };
    ArchiveRequest { archive: archive.id.clone(), url, accept_datetime }
}

/// What the reply means.
///
/// # Errors
/// [`Miss`], when there is nothing to offer.
pub fn read_reply(archive: &Archive, target: &Target, reply: &ArchiveReply) -> Result<Offer, Miss> {
    let ArchiveReply::Answered { status, url, headers, body } = reply else { return Err(Miss::Silent) };
    let (memento, age) = match archive.kind {
        Kind::Availability => availability(*status, body)?,
        Kind::TimeGate => {
            let date = headers.get("memento-datetime").and_then(|text| time::parse_http_date(text));
            match (status, date) {
                (200, Some(date)) => (url.clone(), Age::Taken(Reverse(date))),
                (404, _) => return Err(Miss::NoCopy),
                // Without Memento-Datetime it is some page, but no memento (RFC 7089, section 2.1.1).
                _ => return Err(Miss::Silent),
            }
        }
    };
    let memento = trusted(archive, &memento).ok_or(Miss::Silent)?;
    if memento.as_str() == target.as_str() {
        return Err(Miss::Silent);
    }
    Ok(Offer { age, source: Source::Archive(archive.name.clone()), url: memento.into() })
}

/// Reads `{"archived_snapshots":{"closest":{"available":true,"url":…,"timestamp":…,"status":"200"}}}`.
fn availability(status: u16, body: &str) -> Result<(String, Age), Miss> {
    if status != 200 {
        return Err(Miss::Silent);
    }
    let reply: Value = serde_json::from_str(body).map_err(|_| Miss::Silent)?;
    let snapshots = reply.get("archived_snapshots").and_then(Value::as_object).ok_or(Miss::Silent)?;
    let closest = snapshots.get("closest").filter(|closest| !closest.is_null()).ok_or(Miss::NoCopy)?;
    let text = |name| closest.get(name).and_then(Value::as_str).ok_or(Miss::Silent);
    let is_available = closest.get("available").and_then(Value::as_bool).ok_or(Miss::Silent)?;
    // A capture of the site's own error page is no copy of the page.
    if !is_available || text("status")? != "200" {
        return Err(Miss::NoCopy);
    }
    let age = time::parse_timestamp(text("timestamp")?).map_or(Age::Unknown, |at| Age::Taken(Reverse(at)));
    Ok((text("url")?.to_owned(), age))
}

/// The memento's address, made https, if it is on the archive's own host or a host below it: a reply must not
/// lead the user's tab anywhere else.
fn trusted(archive: &Archive, memento: &str) -> Option<Url> {
    let mut url = Url::parse(memento).ok()?;
    let own = Url::parse(&archive.endpoint).ok()?;
    let (host, own_host) = (url.host_str()?, own.host_str()?);
    if !matches!(url.scheme(), "http" | "https") || !(host == own_host || host.ends_with(&format!(".{own_host}"))) {
        return None;
    }
    if own.scheme() == "https" {
        url.set_scheme("https").ok()?;
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn target() -> Target {
        Target::parse("https://www.theguardian.com/uk?token=secret#top").unwrap()
    }

    fn answered(status: u16, url: &str, headers: &[(&str, &str)], body: &str) -> ArchiveReply {
        let headers: BTreeMap<_, _> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        ArchiveReply::Answered { status, url: url.to_owned(), headers, body: body.to_owned() }
    }

    fn wayback(status: u16, body: &str) -> Result<Offer, Miss> {
        read_reply(&built_in()[0], &target(), &answered(status, "", &[], body))
    }

    #[test]
    fn requests_carry_only_what_may_be_shared() {
        let archives = built_in();
        let asked: Vec<_> =
            archives.iter().map(|archive| request(archive, &target(), Millis(1_623_145_620_000))).collect();
        assert_eq!(asked[0].url, "https://archive.org/wayback/available?url=https%3A%2F%2Fwww.theguardian.com%2Fuk");
        assert_eq!(asked[1].url, "https://arquivo.pt/wayback/https://www.theguardian.com/uk");
        assert_eq!(asked[1].accept_datetime.as_deref(), Some("Tue, 08 Jun 2021 09:47:00 GMT"));
    }

    #[test]
    fn a_snapshot_becomes_an_offer_over_https() {
        let body = r#"{"url":"u","archived_snapshots":{"closest":{"available":true,
            "url":"http://web.archive.org/web/20210608094700/https://www.theguardian.com/uk","timestamp":"20210608094700","status":"200"}}}"#;
        let offer = wayback(200, body).unwrap();
        assert_eq!(offer.url, "https://web.archive.org/web/20210608094700/https://www.theguardian.com/uk");
        assert_eq!(offer.age, Age::Taken(Reverse(Millis(1_623_145_620_000))));
    }

    #[test]
    fn no_snapshot_a_limit_and_nonsense_are_told_apart() {
        assert_eq!(wayback(200, r#"{"url":"u","archived_snapshots":{}}"#), Err(Miss::NoCopy));
        assert_eq!(wayback(429, "Too many requests"), Err(Miss::Silent));
        assert_eq!(wayback(200, "<html>busy</html>"), Err(Miss::Silent));
        assert_eq!(read_reply(&built_in()[0], &target(), &ArchiveReply::Failed), Err(Miss::Silent));
    }

    #[test]
    fn a_reply_cannot_lead_elsewhere() {
        for url in [
            "https://evil.example.net/",
            "javascript:alert(1)",
            "https://archive.org.evil.net/",
            "https://xarchive.org/",
        ] {
            let body = format!(
                r#"{{"archived_snapshots":{{"closest":{{"available":true,"url":"{url}","timestamp":"2021","status":"200"}}}}}}"#
            );
            assert_eq!(wayback(200, &body), Err(Miss::Silent), "{url}");
        }
    }

    #[test]
    fn a_timegate_leads_to_a_dated_memento() {
        let arquivo = &built_in()[1];
        let memento = "https://arquivo.pt/wayback/20210608094700/https://www.theguardian.com/uk";
        let dated = answered(200, memento, &[("memento-datetime", "Tue, 08 Jun 2021 09:47:00 GMT")], "");
        assert_eq!(read_reply(arquivo, &target(), &dated).unwrap().url, memento);
        assert_eq!(read_reply(arquivo, &target(), &answered(404, memento, &[], "")), Err(Miss::NoCopy));
        assert_eq!(read_reply(arquivo, &target(), &answered(200, memento, &[], "")), Err(Miss::Silent));
    }
}
