//! A browser's tabs, by the browser's own numbers.

use serde::{Deserialize, Serialize};

/// A browser tab, by the browser's own number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct TabId(pub i64);
