//! Dates as the web writes them, as milliseconds since the Unix epoch. No clock, no zones but UTC.

use serde::{Deserialize, Serialize};

/// Milliseconds since the Unix epoch, as the shell's clock gave them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Millis(pub u64);

impl Millis {
    /// This moment plus `ms` milliseconds; stops at the end of time instead of wrapping.
    #[must_use]
    pub const fn plus(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` until now; zero when the clock went back.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Reads an IMF-fixdate of RFC 9110 (`Tue, 08 Jun 2021 09:47:00 GMT`).
#[must_use]
pub fn parse_http_date(text: &str) -> Option<Millis> {
    let mut words = text.split([' ', ',', ':', '-']).filter(|word| !word.is_empty());
    let _weekday = words.next()?;
    let day = words.next()?.parse().ok()?;
    let month_name = words.next()?;
    let month = MONTHS.iter().position(|name| month_name.eq_ignore_ascii_case(name))? + 1;
    let year = words.next()?.parse().ok()?;
    let mut clock = || words.next()?.parse().ok();
    from_civil(year, u32::try_from(month).ok()?, day, clock()?, clock()?, clock()?)
}

/// Writes an IMF-fixdate of RFC 9110, as `Accept-Datetime` wants it.
#[must_use]
pub fn format_http_date(at: Millis) -> String {
    let days = at.0 / DAY;
    let (year, month, day) = to_civil(days);
    let weekday = WEEKDAYS.get(usize::try_from((days + 4) % 7).unwrap_or(0)).unwrap_or(&"Thu");
    let month = MONTHS.get(usize::try_from(month).unwrap_or(1).saturating_sub(1)).unwrap_or(&"Jan");
    let second = at.0 % DAY / 1000;
    format!("{weekday}, {day:02} {month} {year:04} {:02}:{:02}:{:02} GMT", second / 3600, second / 60 % 60, second % 60)
}

/// Reads an archive's 14-digit timestamp (`20210608094700`); shorter ones mean the beginning of their span.
#[must_use]
pub fn parse_timestamp(text: &str) -> Option<Millis> {
    if !(4..=14).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let field =
        |from: usize, to: usize, default: u32| text.get(from..to).map_or(Some(default), |part| part.parse().ok());
    from_civil(
        text.get(..4)?.parse().ok()?,
        field(4, 6, 1)?,
        field(6, 8, 1)?,
        field(8, 10, 0)?,
        field(10, 12, 0)?,
        field(12, 14, 0)?,
    )
}

/// Writes an archive's 14-digit timestamp.
#[must_use]
pub fn format_timestamp(at: Millis) -> String {
    let (year, month, day) = to_civil(at.0 / DAY);
    let second = at.0 % DAY / 1000;
    format!("{year:04}{month:02}{day:02}{:02}{:02}{:02}", second / 3600, second / 60 % 60, second % 60)
}

/// Writes a moment as RFC 3339 has it (`2021-06-08T09:47:00Z`).
#[must_use]
pub fn format_iso(at: Millis) -> String {
    let (year, month, day) = to_civil(at.0 / DAY);
    let second = at.0 % DAY / 1000;
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

/// Days from civil date, after Howard Hinnant's `days_from_civil`; years 1970 to 9999.
fn from_civil(year: i64, month: u32, day: u32, hour: u32, minute: u32, second: u32) -> Option<Millis> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted / 400;
    let year_of_era = shifted - era * 400;
    let month_from_march = i64::from((month + 9) % 12);
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = u64::try_from(era * 146_097 + day_of_era - 719_468).ok()?;
    Some(Millis(days * DAY + u64::from(hour * 3600 + minute * 60 + second) * 1000))
}

/// Civil date from days since the epoch, the inverse of the above.
fn to_civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted - era * 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

const DAY: u64 = 24 * 60 * 60 * 1000;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_go_there_and_back() {
        for text in ["Tue, 08 Jun 2021 09:47:00 GMT", "Thu, 29 Feb 2024 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"]
        {
            assert_eq!(parse_http_date(text).map(format_http_date).as_deref(), Some(text));
        }
        assert_eq!(parse_http_date("Tue, 08 Jun 2021 09:47:00 GMT"), Some(Millis(1_623_145_620_000)));
    }

    #[test]
    fn timestamps_of_archives_may_be_short() {
        assert_eq!(parse_timestamp("20210608094700"), Some(Millis(1_623_145_620_000)));
        assert_eq!(parse_timestamp("20210608094700").map(format_timestamp).as_deref(), Some("20210608094700"));
        assert_eq!(format_iso(Millis(1_623_145_620_000)), "2021-06-08T09:47:00Z");
        assert_eq!(parse_timestamp("2021"), parse_timestamp("20210101000000"));
        for text in ["", "202", "2021060809470", "20211301000000", "2021x608094700", "202106080947001"] {
            let is_odd_length = text.len() == 13;
            assert!(parse_timestamp(text).is_none() || is_odd_length, "{text}");
        }
    }

    #[test]
    fn nonsense_is_no_date() {
        for text in ["", "yesterday", "Tue, 99 Jun 2021 09:47:00 GMT", "Tue, 08 Jun 2021 25:47:00 GMT"] {
            assert_eq!(parse_http_date(text), None, "{text}");
        }
    }
}
