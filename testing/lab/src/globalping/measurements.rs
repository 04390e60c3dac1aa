//! The measurements that were asked for, and what came of them so far.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use serde_json::{Value, json};

use super::probes::Probe;
use super::witness::Roots;
use crate::error::LabError;
use crate::stamp::rfc3339;

/// The measurements of a lab.
#[derive(Debug)]
pub(crate) struct Measurements {
    pub(super) roots: Roots,
    pub(super) by_id: Arc<Mutex<BTreeMap<String, Measurement>>>,
}

impl Measurements {
    pub(crate) fn new(ca: &Path) -> Result<Self, LabError> {
        Ok(Self { roots: Roots::read(ca)?, by_id: Arc::default() })
    }

    pub(crate) fn clear(&self) {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[derive(Debug)]
pub(super) struct Measurement {
    pub(super) request: Value,
    pub(super) created: SystemTime,
    pub(super) updated: SystemTime,
    /// `None` while the probe is looking.
    pub(super) results: Vec<(Probe, Option<Value>)>,
}

impl Measurement {
    pub(super) fn document(&self, id: &str) -> Value {
        let is_finished = self.results.iter().all(|(_, result)| result.is_some());
        let results: Vec<Value> = self
            .results
            .iter()
            .map(|(probe, result)| {
                let waiting = || json!({ "status": "in-progress", "rawOutput": "" });
                json!({ "probe": probe.document(), "result": result.clone().unwrap_or_else(waiting) })
            })
            .collect();
        let mut document = json!({
            "id": id,
            "type": "http",
            "status": if is_finished { "finished" } else { "in-progress" },
            "createdAt": rfc3339(self.created),
            "updatedAt": rfc3339(self.updated),
            "target": self.request.get("target"),
            "probesCount": self.results.len(),
            "results": results,
        });
        for name in ["locations", "limit", "measurementOptions"] {
            if let (Some(document), Some(value)) = (document.as_object_mut(), self.request.get(name)) {
                document.insert(name.to_owned(), value.clone());
            }
        }
        document
    }
}
