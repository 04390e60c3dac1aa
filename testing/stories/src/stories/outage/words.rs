//! What was said to the user of the day: each thing once, and in which order.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};

use super::day::{Notice, Treatment};
use super::facts::{CDN, MOVED};
use crate::stories::stage::words;
use detour_lab::sites;

/// What can be said of a CDN's outage, in the order in which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    Begin,
    Moved,
    Recovering,
    Over,
}

const ALL: [Word; 4] = [Word::Begin, Word::Moved, Word::Recovering, Word::Over];

/// A day without disturbance has all four words. Whoever is killed again and again, and goes away with the browser, may
/// miss the moment for one in the middle, but says none twice. Only that it is over may be said once more: a tenth of some
/// sites' requests still fail until all is healed, so that all looks of ten minutes may by chance be good, and then one fails.
pub(super) fn judge(
    notices: &[Notice],
    treatment: Treatment,
    is_before_healed: impl Fn(&Notice) -> bool,
) -> Result<()> {
    let mut said = notices.iter().map(word).collect::<Result<Vec<_>>>()?;
    if let [.., early, last] = notices
        && said.ends_with(&[Word::Over, Word::Over])
        && is_before_healed(early)
        && !is_before_healed(last)
    {
        said.pop();
    }
    let is_fit = match treatment {
        Treatment::Undisturbed => said == ALL,
        Treatment::Disturbed => {
            let is_framed = said.first() == Some(&Word::Begin) && said.last() == Some(&Word::Over);
            is_framed && said.iter().collect::<BTreeSet<_>>().len() == said.len()
        }
    };
    ensure!(is_fit, "said was {said:?}: {notices:#?}");
    Ok(())
}

/// Which of them a title is.
fn word(notice: &Notice) -> Result<Word> {
    let all = sites::all().len().to_string();
    let mut titles = vec![
        (Word::Begin, words("notice_begin", [CDN])?),
        (Word::Recovering, words("notice_recovering", [CDN])?),
        (Word::Over, words("notice_cdn_over", [CDN, &all])?),
    ];
    let moved = MOVED.map(|host| host.trim_start_matches("www."));
    for one in moved {
        titles.push((Word::Moved, words("notice_moved", [one])?));
    }
    titles.push((Word::Moved, words("notice_moved_many", [&moved.join(", ")])?));
    let found = titles.iter().find(|(_, title)| *title == notice.title);
    found.map(|(word, _)| *word).with_context(|| format!("another word than {titles:?}: {notice:?}"))
}
