//! How sure what was found is.

use serde::{Deserialize, Serialize};

/// How sure a verdict is; best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Two vantages or more agree, and the controls too.
    High,
    /// One good reason.
    Medium,
    /// A first guess.
    Low,
}
