//! Which of an outage's truths counts at a moment.

use crate::moment::Moment;
use crate::outage::Outage;
use crate::truth::{Standing, Truth, WELL, Who};
use crate::user::User;
use crate::world::Host;

impl Outage {
    /// What is right about a host at a moment.
    #[must_use]
    pub fn truth(&self, host: &Host, user: &User, at: Moment) -> Truth {
        let applies = |truth: &&Truth| {
            let is_meant = match truth.who {
                Who::Anybody => true,
                Who::WithoutProbes => !user.has_probes,
                Who::Resolving(resolver) => user.resolver == Some(resolver),
            };
            is_meant && truth.from <= at && at < truth.until && truth.of.holds(host, at)
        };
        self.truths.iter().find(applies).unwrap_or(&WELL).clone()
    }

    /// When a host is really back: when it is down for the last time no more. `None` when it never was down.
    #[must_use]
    pub fn back(&self, host: &Host, user: &User) -> Option<Moment> {
        let mut back = None;
        let mut at = self.begins;
        while at <= self.ends {
            if self.truth(host, user, at).standing == Standing::Down {
                back = Some(at.plus_seconds(1));
            }
            at = at.plus_seconds(1);
        }
        back
    }
}
