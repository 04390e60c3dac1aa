//! `detour schema`: the JSON Schema of each document that the command line reads and writes, with what every field
//! means, from the types themselves.

use std::io::{self, Write};

use clap::ValueEnum;
use detour_core::cdn::classify::{Classification, Response};
use schemars::{Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Value, json};

use crate::copies::Findings;
use crate::judge::Evidence;
use crate::judgement::Judgement;
use crate::printable::Lines;
use crate::report::Conclusion;
use crate::url::Ruling;

/// The commands that have documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Document {
    /// `detour classify`: a line in, a line out
    Classify,
    /// `detour judge`: the document in, the document out
    Judge,
    /// `detour check --json`: the document out
    Check,
    /// `detour copies --json`: the document out
    Copies,
    /// `detour url`: a line out
    Url,
}

/// Writes the schemas of one command, or of all.
///
/// # Errors
/// When the output cannot be written.
pub fn write(of: Option<Document>, out: &mut impl Write) -> io::Result<()> {
    let all = [Document::Classify, Document::Judge, Document::Check, Document::Copies, Document::Url];
    let schemas: serde_json::Map<String, Value> = all
        .into_iter()
        .filter(|document| of.is_none_or(|wanted| wanted == *document))
        .map(|document| (name(document).to_owned(), schema(document)))
        .collect();
    out.json_document(&schemas)
}

fn name(document: Document) -> &'static str {
    match document {
        Document::Classify => "classify",
        Document::Judge => "judge",
        Document::Check => "check",
        Document::Copies => "copies",
        Document::Url => "url",
    }
}

fn schema(document: Document) -> Value {
    match document {
        Document::Classify => json!({
            "reads": read(SchemaGenerator::into_root_schema_for::<Response>),
            "writes": written(SchemaGenerator::into_root_schema_for::<Classification>),
        }),
        Document::Judge => json!({
            "reads": read(SchemaGenerator::into_root_schema_for::<Evidence>),
            "writes": written(SchemaGenerator::into_root_schema_for::<Judgement>),
        }),
        Document::Check => json!({ "writes": written(SchemaGenerator::into_root_schema_for::<Conclusion>) }),
        Document::Copies => json!({ "writes": written(SchemaGenerator::into_root_schema_for::<Findings>) }),
        Document::Url => json!({ "writes": written(SchemaGenerator::into_root_schema_for::<Ruling>) }),
    }
}

/// What may be left out on the way in is always there on the way out.
fn read(of: fn(SchemaGenerator) -> Schema) -> Value {
    of(SchemaSettings::draft2020_12().for_deserialize().into_generator()).to_value()
}

fn written(of: fn(SchemaGenerator) -> Schema) -> Value {
    of(SchemaSettings::draft2020_12().for_serialize().into_generator()).to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Value {
        let mut out = Vec::new();
        write(None, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn every_document_has_its_schema() {
        let all = all();
        for path in [
            "/classify/reads",
            "/classify/writes",
            "/judge/reads",
            "/judge/writes",
            "/check/writes",
            "/copies/writes",
            "/url/writes",
        ] {
            let schema = all.pointer(path).unwrap_or_else(|| panic!("{path}"));
            assert!(schema["properties"].as_object().is_some_and(|fields| fields.len() >= 4), "{path}: {schema:#}");
        }
    }

    #[test]
    fn every_field_and_every_word_of_it_is_explained() {
        fn bare(schema: &Value, path: &str, found: &mut Vec<String>) {
            if let Some(fields) = schema.get("properties").and_then(Value::as_object) {
                for (name, field) in fields {
                    let is_explained = field.get("description").is_some();
                    // The payload of an enum's variant: the variant itself is explained.
                    let is_variant = schema.get("description").is_some() && fields.len() == 1;
                    if !is_explained && !is_variant {
                        found.push(format!("{path}.{name}"));
                    }
                    bare(field, &format!("{path}.{name}"), found);
                }
            }
            for key in ["$defs", "oneOf", "anyOf", "items"] {
                match schema.get(key) {
                    Some(Value::Object(map)) if key == "$defs" => {
                        map.iter().for_each(|(name, schema)| bare(schema, &format!("{path}#{name}"), found));
                    }
                    Some(Value::Array(list)) => list.iter().for_each(|schema| bare(schema, path, found)),
                    Some(item @ Value::Object(_)) => bare(item, path, found),
                    _ => {}
                }
            }
        }
        let mut found = Vec::new();
        for (command, documents) in all().as_object().unwrap() {
            for (way, schema) in documents.as_object().unwrap() {
                bare(schema, &format!("{command}.{way}"), &mut found);
            }
        }
        assert!(found.is_empty(), "not explained: {found:#?}");
    }
}
