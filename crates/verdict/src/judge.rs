//! From a case to its verdict.

use detour_cdn::digested;
use detour_model::confidence::Confidence;
use detour_model::failure::Failure;
use detour_model::observation::{Observation, Subject};

use crate::case::Case;
use crate::facts::{self, Facts};
use crate::marks::{self, Controls, Mark};
use crate::others::{Counting, Neighbour};
use crate::sample::Sample;
use crate::verdict::{Because, Fact, Fault, Verdict};
use crate::{missing, rows, segment};

/// The verdict on a case. It does not depend on the order of what was seen, and what nothing explains never makes
/// it surer: such observations are heard only where the others say nothing, and then only for a first guess.
#[must_use]
pub fn judge(case: &Case<'_>) -> Verdict {
    judge_among(case, &[])
}

/// The same, with what other tabs of the user's say.
#[must_use]
pub fn judge_among(case: &Case<'_>, neighbours: &[Neighbour]) -> Verdict {
    // What a document says has not been read yet.
    if case.published.is_some() || case.seen.iter().any(|seen| seen.reading.is_none()) {
        let read = |seen: &&Observation| digested(Observation { reading: None, ..(*seen).clone() }, case.published);
        let read: Vec<Observation> = case.seen.iter().map(read).collect();
        let seen: Vec<&Observation> = read.iter().collect();
        return judge_read(&Case { seen: &seen, published: None, ..*case }, neighbours);
    }
    judge_read(case, neighbours)
}

fn judge_read(case: &Case<'_>, neighbours: &[Neighbour]) -> Verdict {
    let (own, seen): (Vec<&Observation>, Vec<&Observation>) =
        in_order(case.seen).into_iter().partition(|seen| segment::is_own(seen));
    let controls = Controls::of(&seen, case.target);
    let explained: Vec<&Observation> =
        seen.iter().copied().filter(|seen| controls.mark(seen) != Mark::Unexplained).collect();
    let counting = if seen.iter().any(|seen| marks::is_neutral(seen)) {
        Counting::All
    } else if case.target.url().scheme() == "https" {
        Counting::Answered
    } else {
        Counting::Good
    };
    let is_all_counted = explained.len() == seen.len()
        && (counting == Counting::All || !neighbours.iter().any(Neighbour::has_unanswered));
    let facts = Facts::of(case, &explained, neighbours, counting);
    let mut finding = rows::first(&facts);
    let mut cdn = facts.cdn.clone();
    if !is_all_counted && matches!(finding.fault, Fault::CantTell | Fault::Unconfirmed) {
        let all = Facts::of(case, &seen, neighbours, Counting::All);
        finding = rows::Finding { confidence: Confidence::Low, ..rows::first(&all) };
        cdn = cdn.or(all.cdn);
    }
    if facts.turned_away.is_host && finding.fault != Fault::Challenge {
        finding.because.push(Because::just(Fact::RefusesPrograms));
    }
    if finding.fault == Fault::BrokenParts {
        cdn = detour_cdn::identify(seen.iter().copied().filter(|seen| matches!(seen.subject, Subject::Part(_))));
    }
    let missing = missing::of(&facts, &finding);
    let segment = segment::of(finding.fault, facts.neutral, &seen, &own);
    Verdict { fault: finding.fault, confidence: finding.confidence, segment, cdn, because: finding.because, missing }
}

/// The observations in one order, whatever the order of their arrival. By hand: a check sees a hundred or two, and a
/// sort from the library is several times the size of everything around it.
fn in_order<'a>(seen: &[&'a Observation]) -> Vec<&'a Observation> {
    let mut ordered: Vec<&Observation> = Vec::with_capacity(seen.len());
    for &observation in seen {
        let place = ordered.partition_point(|other| (other.at, *other) < (observation.at, observation));
        ordered.insert(place, observation);
    }
    ordered
}

/// Whether every try at the target, which failed so before, was good; a family that does not work here does not count. `None`
/// where nothing of this is such a try: a request that was turned away or redirected has not reached the page.
#[must_use]
pub fn are_tries_good(seen: &[&Observation], failure: Option<&Failure>) -> Option<bool> {
    facts::are_tries_good(seen, failure)
}

/// Whether some try at the target was good: it answered, and did not only turn somebody away.
#[must_use]
pub fn is_let_in(seen: &[&Observation]) -> bool {
    facts::is_let_in(seen)
}

/// Whether the site has left the CDN that failed, and is well where it is; the browser may still be with the old one.
#[must_use]
pub fn has_left(case: &Case<'_>) -> bool {
    let may_leave = case.before.is_some_and(|before| before.fault.is_of_cdn() && before.cdn.is_some());
    may_leave && rows::has_left(&Facts::of(case, case.seen, &[], Counting::All))
}

/// Whether this is a failure of its subject, an error page that says "fine" included.
#[must_use]
pub fn is_bad(observation: &Observation) -> bool {
    Sample::of(observation).is_some_and(|sample| !sample.is_good())
}

/// How the target failed, where no browser says so: what the host itself met; `None` where it is well.
#[must_use]
pub fn failure_here(seen: &[Observation]) -> Option<Failure> {
    let seen: Vec<&Observation> = seen.iter().filter(|seen| seen.subject == Subject::Target).collect();
    facts::failure_here(&seen)
}
