//! How much room copies take, and which go first when there is not enough.

use std::collections::{BTreeMap, HashMap, HashSet};

use detour_core::observation::Millis;

use crate::{
    page::Hash,
    record::{Id, Record, owner},
};

/// How useful a copy is, least useful first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Usefulness {
    pin: Pin,
    opened: Opened,
    proof: Proof,
    at: Millis,
    id: Id,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pin {
    Visited,
    Pinned,
}

/// What shows that the page was what the copy says, and that somebody wanted it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Proof {
    /// A file says so.
    Imported,
    /// The page came up, and no hand touched it.
    Untouched,
    /// The user was there.
    Attended,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Opened {
    Never,
    Last(Millis),
}

/// Why a copy is not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoRoom {
    /// It is larger than what one site may have.
    #[error("the page takes {bytes} bytes, more than the {most} that one site may have")]
    TooBig {
        /// What it takes.
        bytes: u64,
        /// What it might.
        most: u64,
    },
    /// Only copies are left to make room that are worth more than the newcomer.
    #[error(
        "copies that are pinned, or of pages that you looked at, take all the room there is; unpin some, or allow more room"
    )]
    Full,
}

impl Usefulness {
    /// Of a copy.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        Self {
            pin: if record.pinned { Pin::Pinned } else { Pin::Visited },
            opened: record.opened_at.map_or(Opened::Never, Opened::Last),
            proof: match (record.imported, record.attended) {
                (true, _) => Proof::Imported,
                (false, false) => Proof::Untouched,
                (false, true) => Proof::Attended,
            },
            at: record.at,
            id: record.id.clone(),
        }
    }
}

/// How often each body is named, and what it takes: a body that is shared takes its room once.
#[derive(Debug, Clone, Default)]
pub struct Count {
    named: HashMap<Hash, (u32, u64)>,
    used: u64,
}

impl Count {
    /// What all of it takes, in bytes.
    #[must_use]
    pub const fn used(&self) -> u64 {
        self.used
    }

    /// Whether a record names this body.
    #[must_use]
    pub fn has(&self, hash: &Hash) -> bool {
        self.named.contains_key(hash)
    }

    /// What a body takes that a record names.
    #[must_use]
    pub fn bytes_of(&self, hash: &Hash) -> Option<u64> {
        self.named.get(hash).map(|(_, bytes)| *bytes)
    }

    /// Counts a record in.
    pub fn add(&mut self, record: &Record) {
        self.used += record.text.bytes;
        for stored in record.everything() {
            let (times, _) = self.named.entry(stored.hash.clone()).or_insert((0, stored.bytes));
            if *times == 0 {
                self.used += stored.bytes;
            }
            *times += 1;
        }
    }

    /// Counts a record out.
    pub fn take(&mut self, record: &Record) {
        self.used = self.used.saturating_sub(record.text.bytes);
        for stored in record.everything() {
            let Some((times, bytes)) = self.named.get_mut(&stored.hash) else { continue };
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.used = self.used.saturating_sub(*bytes);
                self.named.remove(&stored.hash);
            }
        }
    }
}

/// A count with some records more or fewer, which leaves the count itself as it was.
#[derive(Debug)]
pub struct Balance<'a> {
    count: &'a Count,
    taken: HashMap<&'a Hash, u32>,
    needed: HashSet<&'a Hash>,
    used: u64,
    free: Vec<&'a Hash>,
}

impl<'a> Balance<'a> {
    /// Starts with everything that is there.
    #[must_use]
    pub fn new(count: &'a Count) -> Self {
        Self { count, taken: HashMap::new(), needed: HashSet::new(), used: count.used, free: Vec::new() }
    }

    /// Counts a newcomer in; to be called before anything is taken out, since what it names stays.
    pub fn add(&mut self, newcomer: &'a Record) {
        self.used += newcomer.text.bytes;
        for stored in newcomer.everything() {
            if self.needed.insert(&stored.hash) && !self.count.has(&stored.hash) {
                self.used += stored.bytes;
            }
        }
    }

    /// Counts a record out.
    pub fn take(&mut self, record: &'a Record) {
        self.used = self.used.saturating_sub(record.text.bytes);
        for stored in record.everything() {
            let Some((times, bytes)) = self.count.named.get(&stored.hash) else { continue };
            let taken = self.taken.entry(&stored.hash).or_default();
            *taken += 1;
            if taken == times && !self.needed.contains(&stored.hash) {
                self.used = self.used.saturating_sub(*bytes);
                self.free.push(&stored.hash);
            }
        }
    }

    /// What is taken now, in bytes.
    #[must_use]
    pub const fn used(&self) -> u64 {
        self.used
    }

    /// Bodies that nobody names any more.
    #[must_use]
    pub fn free(&self) -> &[&'a Hash] {
        &self.free
    }
}

/// Takes out what has to go so that the newcomer, which is counted in already, has room; names of what goes.
///
/// # Errors
/// [`NoRoom`], when there is none to be made.
pub fn make_room<'a>(
    records: &'a BTreeMap<Id, Record>,
    balance: &mut Balance<'a>,
    newcomer: &'a Record,
    replaced: &[Id],
    quota: u64,
) -> Result<Vec<Id>, NoRoom> {
    let most = quota / SITES_AT_LEAST;
    if newcomer.bytes() > most {
        return Err(NoRoom::TooBig { bytes: newcomer.bytes(), most });
    }
    let mut gone = Vec::new();
    if !newcomer.pinned {
        let is_rival = |record: &&Record| !record.pinned && !replaced.contains(&record.id);
        let of_site = |record: &&Record| is_rival(record) && owner(&record.site) == owner(&newcomer.site);
        for record in over_share(records.values().filter(of_site), newcomer, most) {
            balance.take(record);
            gone.push(record.id.clone());
        }
        // Pages that no hand touched share one site's room, whoever they are: a page can open others by the hundred.
        if is_untouched(newcomer) {
            let left = |record: &&Record| is_rival(record) && is_untouched(record) && !gone.contains(&record.id);
            let over: Vec<&Record> = over_share(records.values().filter(left), newcomer, most);
            for record in over {
                balance.take(record);
                gone.push(record.id.clone());
            }
        }
    }
    if balance.used() <= quota {
        return Ok(gone);
    }
    let may_go = |record: &&Record| {
        let is_worth_more = is_untouched(newcomer) && !is_untouched(record) && !record.imported;
        let may_take = (newcomer.pinned || !record.pinned) && !is_worth_more;
        may_take && !replaced.contains(&record.id) && !gone.contains(&record.id)
    };
    let mut others: Vec<&Record> = records.values().filter(may_go).collect();
    others.sort_by_cached_key(|record| Usefulness::of(record));
    let mut more = Vec::new();
    for record in others {
        if balance.used() <= quota {
            break;
        }
        balance.take(record);
        more.push(record.id.clone());
    }
    gone.append(&mut more);
    if balance.used() <= quota { Ok(gone) } else { Err(NoRoom::Full) }
}

/// Whether nobody showed any interest in a page that came up by itself.
const fn is_untouched(record: &Record) -> bool {
    !record.attended && !record.pinned && !record.imported && record.opened_at.is_none()
}

/// Takes out what has to go to come down to so many bytes. Pinned copies stay, even if that is too much.
pub fn shrink<'a>(records: &'a BTreeMap<Id, Record>, balance: &mut Balance<'a>, most: u64) -> Vec<Id> {
    let mut gone = Vec::new();
    if balance.used() <= most {
        return gone;
    }
    let mut visited: Vec<&Record> = records.values().filter(|record| !record.pinned).collect();
    visited.sort_by_cached_key(|record| Usefulness::of(record));
    for record in visited {
        if balance.used() <= most {
            break;
        }
        balance.take(record);
        gone.push(record.id.clone());
    }
    gone
}

/// Which copies of the newcomer's own site go so that it keeps to its share.
fn over_share<'a>(of_site: impl Iterator<Item = &'a Record>, newcomer: &Record, most: u64) -> Vec<&'a Record> {
    let mut of_site: Vec<&Record> = of_site.collect();
    // Pages of a site share styles and pictures: only if the sum is too much is it worth to count exactly.
    if of_site.iter().map(|record| record.bytes()).sum::<u64>() + newcomer.bytes() <= most {
        return Vec::new();
    }
    of_site.sort_by_cached_key(|record| Usefulness::of(record));
    let mut count = Count::default();
    count.add(newcomer);
    of_site.iter().for_each(|record| count.add(record));
    let mut gone = Vec::new();
    for record in of_site {
        if count.used() <= most {
            break;
        }
        count.take(record);
        gone.push(record);
    }
    gone
}

/// What copies may take unless the user says otherwise: a few thousand pages of words and pictures, and little
/// beside what a browser's own cache takes.
pub const DEFAULT_QUOTA: u64 = 500_000_000;

/// One site may fill a fifth: whoever reads one newspaper all day still finds the other sites when they fail.
const SITES_AT_LEAST: u64 = 5;
