//! How old, in words: one number and one unit, rounded down.

use super::Text;
use crate::copies::Age;
use crate::observation::Millis;

/// The age of a copy.
pub(super) fn age(age: Age, now: Millis) -> Text {
    let taken = match age {
        Age::Taken(taken) => taken,
        Age::Live => return Text::of("age_live"),
        Age::Unknown => return Text::of("age_unknown"),
    };
    let minutes = now.since(taken.0) / 60_000;
    let (key, count) = match minutes {
        0 => return Text::of("age_now"),
        1..60 => ("age_minutes", minutes),
        60..2880 => ("age_hours", minutes / 60),
        2880..87_600 => ("age_days", minutes / 1440),
        87_600..1_051_200 => ("age_months", minutes / 43_800),
        _ => ("age_years", minutes / 525_600),
    };
    Text::with(key, [&count.to_string()])
}
