//! What happened to a site, in a sentence; the verdicts' own words are the extension's.

use detour_core::observation::Millis;
use detour_core::outage::Outage;
use detour_core::state::Tab;
use detour_core::view::{self, Text};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::lookout::Watched;
use super::standing::Standing;
use crate::judgement;

/// The words, and the zone in which times are told.
#[derive(Debug)]
pub struct Words {
    messages: Value,
    zone: TimeZone,
}

impl Words {
    /// English words; `zone` is where the reader is.
    #[must_use]
    pub fn new(zone: TimeZone) -> Self {
        Self { messages: judgement::messages(), zone }
    }

    /// A time of day, `14:02:11`.
    pub(crate) fn clock(&self, at: Millis) -> String {
        self.formatted(at, "%H:%M:%S")
    }

    /// A time of day to the minute, `14:02`.
    pub(crate) fn minute(&self, at: Millis) -> String {
        self.formatted(at, "%H:%M")
    }

    fn formatted(&self, at: Millis, form: &str) -> String {
        let timestamp = i64::try_from(at.0).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
        timestamp.map(|at| at.to_zoned(self.zone.clone()).strftime(form).to_string()).unwrap_or_default()
    }

    /// How a site stands now, after it stood otherwise.
    pub(crate) fn change(&self, watched: &Watched, entry: Option<(&Tab, &Outage)>, before: &Standing) -> String {
        let site = watched.site.target.site();
        let say = |key: &str| Text::with(key, [site]).render(&self.messages);
        match &watched.standing {
            Standing::Unseen => format!("{site} was not looked at yet."),
            Standing::NotLookedAt(reason) => format!("{site} was not looked at: {reason}"),
            Standing::Fine if *before == Standing::Unseen => format!("{site} answers."),
            Standing::Fine => format!("{site} answers; what was seen was no outage."),
            Standing::Failing(..) | Standing::ComesAndGoes => {
                let verdict = self.verdict(entry);
                let headline = entry
                    .map(|(tab, _)| judgement::as_sentence(&view::headline(&tab.failure, site).render(&self.messages)));
                match before {
                    Standing::Back { .. } | Standing::Recovering | Standing::Moved => {
                        format!("{site} fails again. {verdict}")
                    }
                    // The headline was said; what is new is whose fault it is.
                    Standing::Failing(..) | Standing::ComesAndGoes => verdict,
                    Standing::Unseen | Standing::NotLookedAt(_) | Standing::Fine => {
                        format!("{} {verdict}", headline.unwrap_or_default()).trim().to_owned()
                    }
                }
            }
            Standing::Recovering => say("verdict_recovering"),
            Standing::Moved => self.verdict(entry),
            Standing::Back { has_moved } => {
                let down = entry
                    .and_then(|(_, outage)| down_for(outage))
                    .map(|down| format!(" It was down for {}.", span(down)));
                let words =
                    if *has_moved { self.verdict(entry) } else { judgement::as_sentence(&say("headline_back")) };
                format!("{words}{}", down.unwrap_or_default())
            }
        }
    }

    /// Whose fault it is, in a sentence.
    pub(crate) fn verdict(&self, entry: Option<(&Tab, &Outage)>) -> String {
        let sentence = entry.and_then(|(tab, outage)| {
            let verdict = outage.verdict()?;
            Some(view::verdict_text(verdict, &tab.failure, tab.target.site()).render(&self.messages))
        });
        sentence.unwrap_or_default()
    }
}

/// For how long it failed, in milliseconds: from the first look that failed until the outage was called over.
pub(crate) fn down_for(outage: &Outage) -> Option<u64> {
    outage.recovery.called_back().map(|back| back.since(outage.since))
}

/// A span of time for people, in its two largest units.
pub(crate) fn span(ms: u64) -> String {
    let seconds = ms / 1000;
    let units = [(seconds / 86_400, "day"), (seconds / 3600 % 24, "hour"), (seconds / 60 % 60, "minute")];
    let told: Vec<String> = units
        .iter()
        .skip_while(|(count, _)| *count == 0)
        .take(2)
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| counted(*count, unit))
        .collect();
    if told.is_empty() { counted(seconds, "second") } else { told.join(" ") }
}

/// A number of things.
pub(crate) fn counted(count: u64, unit: &str) -> String {
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_as_people_tell_them() {
        for (seconds, words) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "1 minute"),
            (49 * 60 + 20, "49 minutes"),
            (3600, "1 hour"),
            (3900, "1 hour 5 minutes"),
            (86_400 + 3600, "1 day 1 hour"),
            (86_400 + 60, "1 day"),
        ] {
            assert_eq!(span(seconds * 1000), words);
        }
    }

    #[test]
    fn times_are_told_in_the_readers_zone() {
        let at = Millis(1_623_145_620_000);
        assert_eq!(Words::new(TimeZone::UTC).clock(at), "09:47:00");
        let east = TimeZone::fixed(jiff::tz::offset(2));
        assert_eq!(
            (Words::new(east.clone()).clock(at), Words::new(east).minute(at)),
            ("11:47:00".into(), "11:47".into())
        );
    }
}
