//! TypeScript declarations of the types that cross between Rust and the scripts in `www/`, from their JSON Schemas.
//!
//! Only tests use this, so nothing of it is in the wasm. A test names the types, and fails when the file that is checked
//! in says something else; it has written the right file by then. `cargo xtask check` holds the scripts against it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::Value;

mod print;

/// The declarations of one namespace.
#[derive(Debug)]
pub struct Declarations {
    namespace: &'static str,
    types: BTreeMap<String, Value>,
}

impl Declarations {
    /// None yet.
    #[must_use]
    pub const fn of(namespace: &'static str) -> Self {
        Self { namespace, types: BTreeMap::new() }
    }

    /// With a type that Rust reads, and all that it holds: what has a default may be left out.
    #[must_use]
    pub fn read<T: JsonSchema>(mut self) -> Self {
        for (name, schema) in all::<T>(SchemaSettings::draft2020_12().for_deserialize()) {
            self.types.entry(name).or_insert(schema);
        }
        self
    }

    /// With a type that Rust writes, and all that it holds: every field is there. Where a type is read as well, this
    /// stands, since scripts hand back what they were given.
    #[must_use]
    pub fn written<T: JsonSchema>(mut self) -> Self {
        self.types.extend(all::<T>(SchemaSettings::draft2020_12().for_serialize()));
        self
    }

    /// Holds a file of the workspace against these declarations, and writes it anew where it differs.
    ///
    /// # Panics
    /// When the file was another.
    #[expect(clippy::panic, reason = "it is how a test fails")]
    pub fn stand_in(&self, file: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file);
        let text = self.text();
        if fs::read_to_string(&path).is_ok_and(|there| there == text) {
            return;
        }
        let outcome = match fs::write(&path, text) {
            Ok(()) => "has been written anew: look at it and commit it".to_owned(),
            Err(error) => format!("cannot be written: {error}"),
        };
        panic!("{file} was out of date, and {outcome}");
    }

    fn text(&self) -> String {
        let types: String = self.types.iter().map(|(name, schema)| print::declaration(name, schema)).collect();
        format!(
            "// Written by a test from the Rust types: testing/typescript.\n\ndeclare namespace {} {{\n{types}}}\n",
            self.namespace
        )
    }
}

fn all<T: JsonSchema>(settings: SchemaSettings) -> Vec<(String, Value)> {
    let mut generator: SchemaGenerator = settings.into_generator();
    generator.subschema_for::<T>();
    generator.take_definitions(true).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;

    use super::Declarations;

    /// Something.
    #[derive(JsonSchema)]
    #[serde(rename_all = "snake_case")]
    #[expect(dead_code, reason = "only its shape counts")]
    enum Said {
        /// Nothing.
        Nothing,
        Words {
            text: String,
            #[serde(default)]
            times: Option<u32>,
        },
        Pair(String, Vec<bool>),
    }

    #[test]
    fn an_enum_becomes_a_union() {
        let text = Declarations::of("Test").read::<Said>().text();
        let expected = r#"  /** Something. */
  type Said =
    /** Nothing. */
    | "nothing"
    | { words: { text: string; times?: number | null } }
    | { pair: [string, boolean[]] };
"#;
        assert!(text.contains(expected), "{text}");
    }
}
