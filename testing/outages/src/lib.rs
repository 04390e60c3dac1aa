//! Outages of the past, and honest negatives, as seedable timelines: what each vantage sees of each host at each
//! moment, and which verdicts are right then.
//!
//! A *phase* says who sees what go wrong; what no phase mentions is well. A *truth* says which verdicts are right
//! about a host; it is written from what is known of the outage, never from what any code concludes. Equal seeds
//! give equal answers, down to the single connection. Nothing here opens a socket and nothing judges.

mod moment;
mod world;
mod place;
mod user;
mod pages;
mod sight;
mod truth;
mod outage;
mod labels;
mod look;
mod replays;
mod chance;

#[cfg(test)]
mod tests;

pub use chance::{Chance, words};
pub use moment::{Moment, clock};
pub use outage::{Grain, Kind, Outage, Phase, SeenFrom, StatusReport, Users};
pub use pages::{Answer, Page};
pub use place::Place;
pub use replays::all;
pub use sight::{Asked, AtResolver, Checking, Fate, Glance, NameFate, NameSight, Sight, Vantage};
pub use truth::{Standing, Truth, Who};
pub use user::User;
pub use world::{Cdn, Family, Home, Host, Of, Role};
