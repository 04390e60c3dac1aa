//! A store that carries plans out whole or not at all, as a database's transactions do, and what can go wrong with it.
//!
//! Long because one store that fails in every way serves all of its tests.

use std::collections::{BTreeMap, BTreeSet};

use detour_core::keep::Known;

use super::*;
use crate::{page::Body, quota::DEFAULT_QUOTA};

/// What lies on the disk.
#[derive(Debug, Clone, Default, PartialEq)]
struct Disk {
    rows: BTreeMap<String, Row>,
    texts: BTreeMap<String, Vec<u8>>,
    bodies: BTreeMap<String, Vec<u8>>,
    inbox: BTreeSet<u64>,
}

/// What a reader sees of a copy.
#[derive(Debug, PartialEq, Clone)]
struct Shown {
    html: String,
    parts: Vec<Vec<u8>>,
    missing: usize,
}

impl Disk {
    fn carry_out(&mut self, plan: &Plan) {
        for change in &plan.changes {
            match change {
                Change::PutRecord(record) => drop(self.rows.insert(record.id.0.clone(), record.to_row())),
                Change::PutText(id, packed) => drop(self.texts.insert(id.0.clone(), packed.clone())),
                Change::PutBody(hash, packed) => drop(self.bodies.insert(hash.0.clone(), packed.clone())),
                Change::DropRecord(id) => drop(self.rows.remove(&id.0)),
                Change::DropText(id) => drop(self.texts.remove(&id.0)),
                Change::DropBody(hash) => drop(self.bodies.remove(&hash.0)),
                Change::DropCapture(key) => drop(self.inbox.remove(key)),
                Change::DropAll => *self = Self::default(),
            }
        }
    }

    fn index(&self) -> Index {
        Index::read(self.rows.values().cloned())
    }

    fn unpack(&self, stored: &Stored) -> Option<Vec<u8>> {
        body::unpack(&stored.hash, &stored.media_type, self.bodies.get(&stored.hash.0)?).ok()
    }

    /// As the viewer opens it; `None` where nothing can be shown.
    fn open(&self, id: &str) -> Option<Shown> {
        let record = Record::from_row(self.rows.get(id)?).ok()?;
        let html = String::from_utf8(self.unpack(&record.html)?).unwrap();
        let parts: Vec<Vec<u8>> = record.bodies.iter().filter_map(|stored| self.unpack(stored)).collect();
        Some(Shown { html, missing: record.parts as usize - parts.len(), parts })
    }

    /// What a check reads, and the plan it comes to.
    fn check(&self) -> Plan {
        let index = self.index();
        let bodies = index.named().into_iter().filter(|(hash, media_type)| {
            self.bodies.get(&hash.0).is_none_or(|packed| body::unpack(hash, media_type, packed).is_err())
        });
        let texts = index.records().filter(|record| {
            let packed = self.texts.get(&record.id.0);
            packed.is_none_or(|packed| body::unpack(&record.text.hash, WORDS, packed).is_err())
        });
        index.spoilt(&bodies.map(|(hash, _)| hash.clone()).collect(), &texts.map(|record| record.id.clone()).collect())
    }

    /// What holds at every moment: nothing half, nothing that nobody needs, and the count is right.
    fn assert_sound(&self) {
        let index = self.index();
        assert_eq!(index.damaged(), []);
        let named: BTreeSet<&str> = index.named().into_keys().map(|hash| hash.0.as_str()).collect();
        assert_eq!(named, self.bodies.keys().map(String::as_str).collect(), "a body too many or too few");
        assert_eq!(self.rows.keys().collect::<Vec<_>>(), self.texts.keys().collect::<Vec<_>>());
        let bytes: usize = self.bodies.values().chain(self.texts.values()).map(Vec::len).sum();
        assert_eq!(index.used(), bytes as u64);
        let keys: BTreeSet<&str> = self.rows.values().map(|row| row.page.as_str()).collect();
        assert_eq!(keys.len(), self.rows.len(), "two copies of one page");
        for id in self.rows.keys() {
            assert_eq!(self.open(id).unwrap().missing, 0);
        }
        let plan = index.sweep(self.bodies.keys().cloned().map(Hash), self.texts.keys().cloned().map(Id));
        assert!(plan.is_empty());
    }
}

fn keep(url: &str, at: u64) -> Keep {
    Keep {
        attended: true,
        imported: false,
        url: url.into(),
        title: String::new(),
        at: Millis(at),
        pinned: false,
        quota: DEFAULT_QUOTA,
        known: Known::default(),
    }
}

/// A page with a document of its own, a part of its own and a style sheet that all pages have.
fn page(name: &str, part: usize) -> Page {
    let body = |media_type: &str, bytes: Vec<u8>| Body {
        hash: Hash::of(media_type, &bytes),
        media_type: media_type.into(),
        bytes,
    };
    let own = format!("picture of {name} ").into_bytes().into_iter().cycle().take(part).collect();
    Page {
        html: format!("<p>{name}"),
        title: format!("Title of {name}"),
        text: format!("words of {name}"),
        bodies: vec![body("image/png", own), body("text/css", b"p{color:red}".repeat(20))],
        parts: 2,
        lost: 0,
    }
}

fn url(name: &str) -> String {
    format!("https://{name}.example/")
}

/// A shelf with three pages.
fn three() -> Disk {
    let mut disk = Disk::default();
    for (at, name) in ["a", "b", "c"].into_iter().enumerate() {
        let (_, plan) = disk.index().keep(&keep(&url(name), at as u64), &page(name, 80), Old::Replace).unwrap();
        disk.carry_out(&plan);
    }
    disk.assert_sound();
    disk
}

fn id(disk: &Disk, name: &str) -> Id {
    disk.index().find(&url(name)).unwrap().id.clone()
}

fn names(disk: &Disk) -> Vec<String> {
    let mut names: Vec<String> = disk.index().records().map(|record| record.title.replace("Title of ", "")).collect();
    names.sort();
    names
}

#[test]
fn a_new_copy_takes_the_place_of_the_old_one_and_stays_pinned() {
    let mut disk = three();
    let old = id(&disk, "b");
    disk.carry_out(&disk.index().pin(&old, true));
    disk.carry_out(&disk.index().touched(&old, Millis(77)));
    let (new, plan) = disk.index().keep(&keep(&url("b"), 9), &page("b, later", 80), Old::Replace).unwrap();
    disk.carry_out(&plan);
    disk.assert_sound();
    assert_eq!(names(&disk), ["a", "b, later", "c"]);
    let record = disk.index().record(&new).unwrap().clone();
    assert_eq!((record.pinned, record.opened_at, disk.open(&old.0)), (true, Some(Millis(77)), None));
}

#[test]
fn the_same_capture_kept_twice_is_one_copy() {
    let mut disk = three();
    let before = disk.clone();
    let (_, plan) = disk.index().keep(&keep(&url("c"), 2), &page("c", 80), Old::Replace).unwrap();
    disk.carry_out(&plan);
    assert_eq!(disk, before);
}

#[test]
fn an_older_capture_does_not_replace_a_newer_copy() {
    let disk = three();
    let older = disk.index().keep(&keep(&url("c"), 1), &page("c, earlier", 80), Old::Replace);
    assert_eq!(older.unwrap_err(), Refusal::HereAlready);
    let other = disk.index().keep(&keep(&url("c"), 9), &page("c, later", 80), Old::Stays);
    assert_eq!(other.unwrap_err(), Refusal::HereAlready);
}

#[test]
fn what_is_shared_stays_until_the_last_copy_goes() {
    let mut disk = three();
    for (name, left) in [("a", 5), ("b", 3), ("c", 0)] {
        disk.carry_out(&disk.index().delete(&[id(&disk, name)]));
        disk.assert_sound();
        assert_eq!(disk.bodies.len(), left);
    }
}

#[test]
fn a_worker_killed_between_any_two_writes_leaves_all_or_nothing() {
    // Each step plans from what is on the disk then, as a worker does that was started anew.
    type Step = fn(&Disk) -> Plan;
    let steps: [Step; 8] = [
        |disk| disk.index().keep(&keep(&url("d"), 10), &page("d", 900), Old::Replace).unwrap().1.and_capture(1),
        |disk| disk.index().pin(&id(disk, "a"), true),
        |disk| disk.index().keep(&keep(&url("a"), 11), &page("a again", 800), Old::Replace).unwrap().1.and_capture(2),
        |disk| disk.index().touched(&id(disk, "c"), Millis(12)),
        |disk| {
            let keep = Keep { quota: 7_000, ..keep(&url("e"), 13) };
            disk.index().keep(&keep, &page("e", 900), Old::Replace).unwrap().1.and_capture(3)
        },
        |disk| disk.index().shrink(300),
        |disk| disk.index().delete_site("d.example"),
        |disk| disk.index().delete(&disk.index().records().map(|record| record.id.clone()).collect::<Vec<_>>()),
    ];
    for killed in 0..steps.len() {
        let mut disk = Disk { inbox: [1, 2, 3].into(), ..three() };
        for (number, step) in steps.iter().enumerate() {
            let before = disk.clone();
            let plan = step(&disk);
            if number == killed {
                // Killed after planning and before the write: nothing happened, and the step is done again.
                assert_eq!(disk, before);
            }
            disk.carry_out(&step(&disk));
            disk.assert_sound();
            // Killed after the write, before anybody knew: the same plan once more changes nothing.
            let after = disk.clone();
            disk.carry_out(&plan);
            assert_eq!(disk, after, "step {number}");
        }
        assert_eq!((names(&disk).len(), disk.inbox.len()), (0, 0));
    }
}

#[test]
fn the_index_in_memory_is_the_one_on_the_disk() {
    let mut disk = three();
    let mut index = disk.index();
    let plans: [fn(&Index) -> Plan; 4] = [
        |index| index.keep(&keep(&url("d"), 10), &page("d", 900), Old::Replace).unwrap().1,
        |index| index.keep(&keep(&url("a"), 11), &page("a again", 800), Old::Replace).unwrap().1,
        |index| index.delete_site("b.example"),
        |index| index.shrink(900),
    ];
    for plan in plans {
        let plan = plan(&index);
        index.apply(&plan);
        disk.carry_out(&plan);
        let anew = disk.index();
        assert_eq!(index.used(), anew.used());
        assert!(index.records().eq(anew.records()));
    }
}

/// Every way in which bytes go bad.
fn spoil(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut ways: Vec<Vec<u8>> = (0..bytes.len())
        .map(|at| {
            let mut flipped = bytes.to_vec();
            flipped[at] ^= 0x10;
            flipped
        })
        .collect();
    ways.extend([bytes[..bytes.len() / 2].to_vec(), Vec::new(), [bytes, b"x"].concat()]);
    ways
}

#[test]
fn a_spoilt_body_is_never_shown_and_costs_no_other_copy() {
    let whole = three();
    let shown: BTreeMap<String, Shown> = whole.rows.keys().map(|id| (id.clone(), whole.open(id).unwrap())).collect();
    for (hash, packed) in &whole.bodies {
        for way in spoil(packed).into_iter().map(Some).chain([None]) {
            let mut disk = whole.clone();
            match &way {
                Some(bytes) => drop(disk.bodies.insert(hash.clone(), bytes.clone())),
                None => drop(disk.bodies.remove(hash)),
            }
            let is_hurt = |id: &str| {
                let record = Record::from_row(&whole.rows[id]).unwrap();
                record.everything().any(|stored| stored.hash.0 == *hash && disk.unpack(stored).is_none())
            };
            for (id, before) in &shown {
                let now = disk.open(id);
                if is_hurt(id) {
                    let lost = now.as_ref().map_or(0, |now| now.parts.len());
                    assert!(now.is_none_or(|now| now.html == before.html && now.missing == 1), "{lost}");
                } else {
                    assert_eq!(now.as_ref(), Some(before));
                }
            }
            let hurt: Vec<&String> = shown.keys().filter(|id| is_hurt(id)).collect();
            disk.carry_out(&disk.check());
            let index = disk.index();
            let told: Vec<&String> = index
                .records()
                .filter(|record| record.spoilt.document || record.spoilt.parts > 0)
                .map(|record| shown.get_key_value(&record.id.0).unwrap().0)
                .collect();
            assert_eq!(told, hurt, "what is spoilt is told, and nothing else");
            assert!(disk.check().is_empty(), "once it is noted, all is well again");
        }
    }
}

#[test]
fn two_bodies_that_changed_places_are_both_told() {
    let whole = three();
    for (a, b) in whole.bodies.keys().zip(whole.bodies.keys().skip(1)) {
        let mut disk = whole.clone();
        disk.bodies.insert(a.clone(), whole.bodies[b].clone());
        disk.bodies.insert(b.clone(), whole.bodies[a].clone());
        for id in whole.rows.keys() {
            let before = whole.open(id).unwrap();
            if let Some(now) = disk.open(id) {
                assert_eq!(now.html, before.html);
                assert!(now.parts.iter().all(|part| before.parts.contains(part)));
            }
        }
        let noted = disk.check().changes.iter().filter(|change| matches!(change, Change::DropBody(_))).count();
        assert_eq!(noted, 2);
    }
}

#[test]
fn a_page_that_lost_a_part_gets_it_back_with_the_next_copy() {
    let mut disk = three();
    let style = Hash::of("text/css", &b"p{color:red}".repeat(20));
    disk.bodies.insert(style.0.clone(), vec![9]);
    disk.carry_out(&disk.check());
    assert!(disk.index().records().all(|record| record.lost == 1 && record.spoilt.parts == 1));
    let (id, plan) = disk.index().keep(&keep(&url("a"), 50), &page("a", 80), Old::Replace).unwrap();
    disk.carry_out(&plan);
    assert_eq!(disk.open(&id.0).unwrap().missing, 0);
}

#[test]
fn a_spoilt_entry_is_told_and_can_be_deleted_or_replaced() {
    let whole = three();
    let victim = id(&whole, "b");
    let row = &whole.rows[&victim.0];
    let swapped = Row {
        record: whole.rows[&id(&whole, "a").0].record.clone(),
        sum: whole.rows[&id(&whole, "a").0].sum.clone(),
        ..row.clone()
    };
    let mut ways: Vec<Row> = spoil(row.record.as_bytes())
        .into_iter()
        .filter_map(|bytes| Some(Row { record: String::from_utf8(bytes).ok()?, ..row.clone() }))
        .collect();
    ways.extend(
        spoil(row.sum.as_bytes())
            .into_iter()
            .filter_map(|bytes| Some(Row { sum: String::from_utf8(bytes).ok()?, ..row.clone() })),
    );
    ways.push(swapped);
    for way in ways {
        let mut disk = whole.clone();
        disk.rows.insert(victim.0.clone(), way);
        assert_eq!(names(&disk), ["a", "c"]);
        assert_eq!(disk.open(&victim.0), None);
        assert_eq!(disk.index().damaged().iter().map(|row| &row.id).collect::<Vec<_>>(), [&victim]);
        let mut emptied = disk.clone();
        emptied.carry_out(&emptied.index().delete(std::slice::from_ref(&victim)));
        emptied.carry_out(
            &emptied.index().sweep(emptied.bodies.keys().cloned().map(Hash), emptied.texts.keys().cloned().map(Id)),
        );
        emptied.assert_sound();
        let (_, plan) = disk.index().keep(&keep(&url("b"), 60), &page("b", 80), Old::Replace).unwrap();
        disk.carry_out(&plan);
        disk.assert_sound();
        assert_eq!(names(&disk), ["a", "b", "c"]);
    }
}

#[test]
fn nothing_is_swept_while_a_later_versions_copy_is_there() {
    let mut disk = three();
    let victim = id(&disk, "b").0;
    let record = disk.rows[&victim].record.replacen("\"format\":1", "\"format\":2", 1);
    let sum = blake3::hash(record.as_bytes()).to_hex().to_string();
    let row = Row { record, sum, ..disk.rows[&victim].clone() };
    disk.rows.insert(victim, row);
    assert_eq!(disk.index().damaged()[0].damage, Damage::Newer);
    assert!(disk.index().sweep(disk.bodies.keys().cloned().map(Hash), []).is_empty());
}

// --- room -----------------------------------------------------------------------------------------------

/// Keeps pages of 1,000 bytes and a bit, each by `(name, at, pinned)`, under a quota; what is left.
fn fill(quota: u64, pages: &[(&str, u64, bool)]) -> (Disk, Vec<Refusal>) {
    let (mut disk, mut refused) = (Disk::default(), Vec::new());
    for (name, at, pinned) in pages {
        let keep = Keep { quota, pinned: *pinned, ..keep(&url(name), *at) };
        match disk.index().keep(&keep, &page(name, 1_000), Old::Replace) {
            Ok((_, plan)) => disk.carry_out(&plan),
            Err(refusal) => refused.push(refusal),
        }
        disk.assert_sound();
        assert!(disk.index().used() <= quota);
    }
    (disk, refused)
}

#[test]
fn the_least_useful_copies_go_first() {
    let pages = [("a", 1, false), ("b", 2, true), ("c", 3, false), ("d", 4, false), ("e", 5, false), ("f", 6, false)];
    let (disk, refused) = fill(6_100, &pages);
    assert_eq!((names(&disk), refused), (vec!["b".into(), "c".into(), "d".into(), "e".into(), "f".into()], vec![]));
    let mut opened = disk.clone();
    opened.carry_out(&opened.index().touched(&id(&opened, "c"), Millis(100)));
    let keep = Keep { quota: 6_100, ..keep(&url("g"), 7) };
    let (_, plan) = opened.index().keep(&keep, &page("g", 1_000), Old::Replace).unwrap();
    opened.carry_out(&plan);
    assert_eq!(names(&opened), ["b", "c", "e", "f", "g"], "opened before never opened, pinned before both");
}

#[test]
fn pinned_copies_go_for_no_page_that_was_only_visited() {
    let pinned: Vec<(&str, u64, bool)> = ["a", "b", "c", "d", "e"].into_iter().map(|name| (name, 1, true)).collect();
    let (mut disk, _) = fill(6_100, &pinned);
    let visited = Keep { quota: 6_100, ..keep(&url("f"), 7) };
    assert_eq!(disk.index().keep(&visited, &page("f", 1_000), Old::Replace).unwrap_err(), NoRoom::Full.into());
    disk.carry_out(&disk.index().shrink(0));
    assert_eq!(names(&disk).len(), 5);
    let pinned = Keep { pinned: true, at: Millis(8), ..visited };
    let (_, plan) = disk.index().keep(&pinned, &page("f", 1_000), Old::Replace).unwrap();
    disk.carry_out(&plan);
    assert_eq!(names(&disk).len(), 5);
}

/// Keeps a page where twenty have room; the addresses that are kept then.
fn put_into_little_room(disk: &mut Disk, address: &str, at: u64) -> BTreeSet<String> {
    let keep = Keep { quota: 20_000, ..keep(address, at) };
    let (_, plan) = disk.index().keep(&keep, &page(address, 1_000), Old::Replace).unwrap();
    disk.carry_out(&plan);
    disk.assert_sound();
    disk.index().records().map(|record| record.url.clone()).collect()
}

#[test]
fn one_site_fills_a_fifth_at_most_and_its_own_oldest_go() {
    let mut disk = Disk::default();
    let mut put = |address: &str, at: u64| put_into_little_room(&mut disk, address, at);
    put("https://other.example.com/", 0);
    for at in 1..=9 {
        put(&format!("https://www.news.example.org/{at}"), at);
    }
    let left = put("https://news.example.org/10", 10);
    assert!(left.contains("https://other.example.com/"), "another site's older copy stays");
    let of_site: Vec<&String> = left.iter().filter(|url| url.contains("news")).collect();
    assert!(of_site.len() <= 3 && of_site.iter().any(|url| url.ends_with("/10")), "{of_site:?}");
}

#[test]
fn many_hosts_of_one_owner_push_out_no_other_sites_copies() {
    let mut disk = Disk::default();
    let mut put = |address: &str, at: u64| put_into_little_room(&mut disk, address, at);
    put("https://other.example.com/", 0);
    for at in 1..=50 {
        put(&format!("https://n{at}.evil.example.org/"), at);
    }
    let left = put("https://evil.example.org/", 99);
    assert!(left.contains("https://other.example.com/"));
    assert!(left.len() <= 4, "{left:?}");
}

#[test]
fn pages_that_no_hand_touched_share_one_sites_room_and_push_out_their_own_kind_alone() {
    let mut disk = Disk::default();
    let mut put = |address: &str, at: u64, attended: bool| {
        let keep = Keep { quota: 20_000, attended, ..keep(address, at) };
        if let Ok((_, plan)) = disk.index().keep(&keep, &page(address, 1_000), Old::Replace) {
            disk.carry_out(&plan);
        }
        disk.assert_sound();
        disk.index().records().map(|record| record.url.clone()).collect::<BTreeSet<_>>()
    };
    for at in 1..=12 {
        put(&url(&format!("read{at}")), at, true);
    }
    let mut left = BTreeSet::new();
    for at in 100..=200 {
        left = put(&url(&format!("pop{at}")), at, false);
    }
    let (read, popped): (Vec<_>, Vec<_>) = left.iter().partition(|url| url.contains("read"));
    assert_eq!(read.len(), 12, "{left:?}");
    assert!((1..=3).contains(&popped.len()), "{popped:?}");
    assert!(left.contains(&url("pop200")));
}

#[test]
fn a_full_shelf_takes_no_page_that_no_hand_touched() {
    let (disk, _) = fill(6_100, &[("a", 1, false), ("b", 2, false), ("c", 3, false), ("d", 4, false), ("e", 5, false)]);
    let untouched = Keep { quota: 6_100, attended: false, ..keep(&url("f"), 9) };
    assert_eq!(disk.index().keep(&untouched, &page("f", 1_000), Old::Replace).unwrap_err(), NoRoom::Full.into());
    let read = Keep { attended: true, ..untouched };
    assert!(disk.index().keep(&read, &page("f", 1_000), Old::Replace).is_ok());
}

#[test]
fn a_page_that_was_touched_later_counts_as_read() {
    let mut disk = Disk::default();
    let untouched = Keep { attended: false, ..keep(&url("a"), 1) };
    let (_, plan) = disk.index().keep(&untouched, &page("a", 10), Old::Replace).unwrap();
    disk.carry_out(&plan);
    assert!(!disk.index().find(&url("a")).unwrap().attended);
    disk.carry_out(&disk.index().attended(&url("a")));
    assert!(disk.index().find(&url("a")).unwrap().attended);
    assert!(disk.index().attended(&url("a")).is_empty() && disk.index().attended(&url("b")).is_empty());
    let again = Keep { at: Millis(2), ..untouched };
    let (_, plan) = disk.index().keep(&again, &page("a", 10), Old::Replace).unwrap();
    disk.carry_out(&plan);
    assert!(disk.index().find(&url("a")).unwrap().attended, "it stays so at the next visit");
}

#[test]
fn an_imported_copy_stands_in_nobodys_way() {
    let mut disk = Disk::default();
    let imported = Keep { imported: true, attended: false, ..keep(&url("a"), 9_000) };
    let (_, plan) = disk.index().keep(&imported, &page("a", 10), Old::Stays).unwrap();
    disk.carry_out(&plan);
    assert!(disk.index().find(&url("a")).unwrap().kept().unwrap().imported);
    disk.carry_out(&disk.index().attended(&url("a")));
    let (_, plan) = disk.index().keep(&keep(&url("a"), 5), &page("a", 20), Old::Replace).unwrap();
    disk.carry_out(&plan);
    disk.assert_sound();
    let own = disk.index().find(&url("a")).unwrap().clone();
    assert!(!own.imported && own.at == Millis(5), "one's own takes its place, whatever date the file says");
    assert_eq!(disk.index().keep(&imported, &page("a", 10), Old::Stays).unwrap_err(), Refusal::HereAlready);
}

#[test]
fn imported_copies_go_first_when_room_is_needed() {
    let mut disk = Disk::default();
    let imported = Keep { quota: 6_100, imported: true, attended: false, ..keep(&url("file"), 9_000) };
    let (_, plan) = disk.index().keep(&imported, &page("file", 1_000), Old::Stays).unwrap();
    disk.carry_out(&plan);
    for (at, name) in ["a", "b", "c", "d", "e"].into_iter().enumerate() {
        let own = Keep { quota: 6_100, ..keep(&url(name), at as u64) };
        let (_, plan) = disk.index().keep(&own, &page(name, 1_000), Old::Replace).unwrap();
        disk.carry_out(&plan);
    }
    assert!(disk.index().find(&url("file")).is_none() && disk.index().find(&url("a")).is_some());
}

#[test]
fn a_page_larger_than_a_sites_share_is_refused_and_nothing_goes() {
    let disk = three();
    let before = disk.clone();
    let keep = Keep { quota: 10_000, ..keep(&url("d"), 9) };
    let refusal = disk.index().keep(&keep, &page("d", 3_000), Old::Replace).unwrap_err();
    assert!(matches!(refusal, Refusal::NoRoom(NoRoom::TooBig { most: 2_000, bytes }) if bytes > 3_000));
    assert_eq!(disk, before);
}

#[test]
fn what_comes_from_a_file_pushes_nothing_off_the_shelf() {
    let (disk, _) = fill(6_100, &[("a", 1, false), ("b", 2, false), ("c", 3, false), ("d", 4, false), ("e", 5, false)]);
    let keep = Keep { quota: 6_100, ..keep(&url("f"), 9) };
    assert_eq!(disk.index().keep(&keep, &page("f", 1_000), Old::Stays).unwrap_err(), NoRoom::Full.into());
    let keep = Keep { quota: 60_000, ..keep };
    assert!(disk.index().keep(&keep, &page("f", 1_000), Old::Stays).is_ok());
}
