//! One JSON Schema, as schemars writes them, in TypeScript.

use serde_json::Value;

/// A named type: `interface …` for what has fields, `type … =` for everything else.
pub(crate) fn declaration(name: &str, schema: &Value) -> String {
    let doc = comment(1, schema);
    if let Some(variants) = variants(schema) {
        let lines: Vec<String> =
            variants.iter().map(|one| format!("{}    | {}", comment(2, one), shape(one))).collect();
        return format!("{doc}  type {name} =\n{};\n", lines.join("\n"));
    }
    match fields(schema) {
        Some(fields) => {
            let fields: String =
                fields.map(|(field, of)| format!("{}    {field} {};\n", comment(2, of), shape(of))).collect();
            format!("{doc}  interface {name} {{\n{fields}  }}\n")
        }
        None => format!("{doc}  type {name} = {};\n", shape(schema)),
    }
}

/// What is written where a value of this schema is meant.
fn shape(schema: &Value) -> String {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        return name.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if let Some(value) = schema.get("const") {
        return value.to_string();
    }
    if let Some(variants) = variants(schema) {
        return variants.iter().map(shape).collect::<Vec<_>>().join(" | ");
    }
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().map(|kind| of_kind(kind, schema)).collect::<Vec<_>>().join(" | "),
        Some(kind) => of_kind(kind, schema),
        None => "unknown".to_owned(),
    }
}

fn of_kind(kind: &Value, schema: &Value) -> String {
    match kind.as_str().unwrap_or_default() {
        "integer" | "number" => "number".to_owned(),
        "array" => match (schema.get("prefixItems").and_then(Value::as_array), schema.get("items")) {
            (Some(items), _) => format!("[{}]", items.iter().map(shape).collect::<Vec<_>>().join(", ")),
            (None, Some(item)) => {
                let item = shape(item);
                if item.contains('|') { format!("({item})[]") } else { format!("{item}[]") }
            }
            (None, None) => "unknown[]".to_owned(),
        },
        "object" => match (fields(schema), schema.get("additionalProperties")) {
            (Some(fields), _) => {
                let fields: Vec<String> = fields.map(|(field, of)| format!("{field} {}", shape(of))).collect();
                format!("{{ {} }}", fields.join("; "))
            }
            (None, Some(of @ Value::Object(_))) => format!("Record<string, {}>", shape(of)),
            (None, _) => "Record<string, never>".to_owned(),
        },
        other => other.to_owned(),
    }
}

/// Each field with its colon, in the order of the alphabet.
fn fields(schema: &Value) -> Option<impl Iterator<Item = (String, &Value)>> {
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let fields = schema.get("properties")?.as_object()?;
    Some(fields.iter().map(move |(name, of)| {
        let is_word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let quoted = if is_word { name.clone() } else { format!("\"{name}\"") };
        let mark = if required.contains(&name.as_str()) { ":" } else { "?:" };
        (format!("{quoted}{mark}"), of)
    }))
}

/// One of several: variants of an enum, or a value that may be `null`. Values alone stand in one list.
fn variants(schema: &Value) -> Option<Vec<Value>> {
    let parts = ["oneOf", "anyOf"].iter().find_map(|key| schema.get(*key)?.as_array());
    let values = schema.get("enum").and_then(Value::as_array);
    match (parts, values) {
        (Some(parts), _) => {
            let flat = parts.iter().flat_map(|part| match part.get("enum") {
                Some(_) => variants(part).unwrap_or_default(),
                None => vec![part.clone()],
            });
            Some(flat.collect())
        }
        (None, Some(values)) => Some(values.iter().map(|value| serde_json::json!({ "const": value })).collect()),
        (None, None) => None,
    }
}

/// A doc comment, at this depth.
fn comment(depth: usize, schema: &Value) -> String {
    let Some(words) = schema.get("description").and_then(Value::as_str) else { return String::new() };
    let words = words.replace("*/", "*\\/");
    let indent = "  ".repeat(depth);
    if !words.contains('\n') {
        return format!("{indent}/** {words} */\n");
    }
    format!("{indent}/**\n{indent} * {}\n{indent} */\n", words.replace('\n', &format!("\n{indent} * ")))
}
