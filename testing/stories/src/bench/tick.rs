//! What one look at a watched page makes the worker write: the state after each event into `storage.session`, which is
//! memory, and what outlives the browser into `storage.local`, which is the disk. As the shell does it
//! (extension/src/shell.rs), counted in bytes of JSON.

use anyhow::{Result, bail};
use detour_core::effect::Effect;
use detour_core::step::step;
use detour_core::stored::{Changes, Stored};
use detour_steps::{Case, Part, Prepared, WATCHED};
use serde_json::{Map, Value, json};

pub(super) fn measure() -> Result<Value> {
    let mut figures = Map::new();
    for pages in WATCHED {
        let mut written = Written::default();
        for part in [Part::Begins, Part::Sees, Part::Ends] {
            written.by(Case::Look(part, pages).prepare())?;
        }
        println!(
            "a look at one of {pages} watched: {} events; {} writes of the state, {:.0} KB in all, the last {:.0} KB; {} \
             writes to the disk, {:.1} KB in all",
            written.events,
            written.states,
            kilobytes(written.state_bytes),
            kilobytes(written.last_state),
            written.records,
            kilobytes(written.record_bytes),
        );
        let figure = json!({
            "events": written.events,
            "state_writes": written.states,
            "state_bytes": written.state_bytes,
            "last_state_bytes": written.last_state,
            "disk_writes": written.records,
            "disk_bytes": written.record_bytes,
        });
        figures.insert(format!("{pages} watched"), figure);
    }
    Ok(Value::Object(figures))
}

/// What was written in the course of a look.
#[derive(Default)]
struct Written {
    events: usize,
    states: usize,
    state_bytes: usize,
    last_state: usize,
    records: usize,
    record_bytes: usize,
}

impl Written {
    /// Lives through these events and counts what the shell would write after each.
    fn by(&mut self, prepared: Prepared) -> Result<()> {
        let Prepared::Events { state, next, now } = prepared else { bail!("a look is made of events") };
        let mut state = *state;
        let mut stored = Stored::default();
        let _ = (stored.changes(&mut state), stored.lasting_changes(&state.lasting));
        let mut waits = false;
        for event in next {
            let is_evidence = event.is_evidence();
            let (after, effects) = step(std::mem::take(&mut state), event, now);
            state = after;
            self.events += 1;
            // It is written with what comes within a moment, and the host says all within one.
            waits = is_evidence && effects.iter().all(Effect::only_draws);
            if !waits {
                self.writes(&stored.changes(&mut state));
            }
            for effect in &effects {
                if *effect == Effect::SaveLasting {
                    let changes = stored.lasting_changes(&state.lasting);
                    self.records += changes.put.len();
                    self.record_bytes += bytes(&changes);
                } else if *effect == Effect::SaveHistory {
                    self.records += 1;
                    self.record_bytes += serde_json::to_string(&state.history)?.len();
                }
            }
        }
        if waits {
            self.writes(&stored.changes(&mut state));
        }
        Ok(())
    }

    fn writes(&mut self, changes: &Changes) {
        self.states += usize::from(!changes.is_empty());
        self.state_bytes += bytes(changes);
        self.last_state = bytes(changes);
    }
}

fn bytes(changes: &Changes) -> usize {
    changes.put.iter().map(|(key, text)| key.len() + text.len()).sum()
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn kilobytes(bytes: usize) -> f64 {
    bytes as f64 / 1e3
}
