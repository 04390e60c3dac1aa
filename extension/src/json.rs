//! JSON into types of ours.
//!
//! A small reader between `serde_json` and what serde derives: the derived code is compiled once for each type *and*
//! each way in which the type may come, and with `serde_json`'s own reader that was a fifth of the wasm. Here the text
//! becomes a [`Value`] first, and our types are read from that in one way only: structures from objects, never from
//! lists, and errors say what was expected without printing what was found.

use std::fmt::Display;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, Expected, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Value, map};

/// Reads a JSON text.
///
/// # Errors
/// [`Malformed`], when it is no JSON or has another shape.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Malformed> {
    let value: Value = serde_json::from_str(text).map_err(Malformed::custom)?;
    T::deserialize(Json(&value))
}

/// Why a text could not be read, in words for the console.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Malformed(String);

#[cold]
#[inline(never)]
fn expected(what: &str) -> Malformed {
    Malformed(["expected ", what].concat())
}

#[cold]
#[inline(never)]
fn named(what: &str, name: &str) -> Malformed {
    Malformed([what, " `", name, "`"].concat())
}

impl Error for Malformed {
    fn custom<T: Display>(words: T) -> Self {
        Self(words.to_string())
    }

    // What serde has for these prints what was found, and brings in the formatting of every kind of number for it.
    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        expected("another type")
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        expected("another value")
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        expected("another length")
    }

    fn unknown_variant(name: &str, _: &'static [&'static str]) -> Self {
        named("unknown variant", name)
    }

    fn unknown_field(name: &str, _: &'static [&'static str]) -> Self {
        named("unknown field", name)
    }

    fn missing_field(name: &'static str) -> Self {
        named("missing field", name)
    }

    fn duplicate_field(name: &'static str) -> Self {
        named("duplicate field", name)
    }
}

/// A value that is being read.
#[derive(Clone, Copy)]
struct Json<'a>(&'a Value);

// None of these depend on the type that is read: each is there once.
impl<'a> Json<'a> {
    fn bool(self) -> Result<bool, Malformed> {
        self.0.as_bool().ok_or_else(|| expected("true or false"))
    }

    fn unsigned(self) -> Result<u64, Malformed> {
        self.0.as_u64().ok_or_else(|| expected("a whole number from 0"))
    }

    fn signed(self) -> Result<i64, Malformed> {
        self.0.as_i64().ok_or_else(|| expected("a whole number"))
    }

    fn text(self) -> Result<&'a str, Malformed> {
        self.0.as_str().ok_or_else(|| expected("a text"))
    }

    #[inline(never)]
    fn fields(self) -> Result<Fields<'a>, Malformed> {
        let fields = self.0.as_object().ok_or_else(|| expected("an object"))?;
        Ok(Fields { rest: fields.iter(), value: Json(&Value::Null) })
    }

    #[inline(never)]
    fn elements(self) -> Result<Elements<'a>, Malformed> {
        let elements = self.0.as_array().ok_or_else(|| expected("a list"))?;
        Ok(Elements(elements.iter()))
    }

    /// `"name"`, or `{"name": content}`.
    #[inline(never)]
    fn variant(self) -> Result<Variant<'a>, Malformed> {
        if let Some(name) = self.0.as_str() {
            return Ok(Variant { name, content: Json(&Value::Null) });
        }
        let fields = self.0.as_object().filter(|fields| fields.len() == 1);
        let (name, content) = fields.and_then(|fields| fields.iter().next()).ok_or_else(|| expected("a variant"))?;
        Ok(Variant { name, content: Json(content) })
    }
}

impl<'de> Deserializer<'de> for Json<'_> {
    type Error = Malformed;

    /// For types that take what comes, of which we have none.
    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Malformed> {
        Err(expected("a type of ours"))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_bool(self.bool()?)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_u64(self.unsigned()?)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_u64(self.unsigned()?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_u64(self.unsigned()?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_u64(self.unsigned()?)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_i64(self.signed()?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_i64(self.signed()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_seq(self.elements()?)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_seq(self.elements()?)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_map(self.fields()?)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        visitor.visit_map(self.fields()?)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        visitor.visit_enum(self.variant()?)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { i8 i16 f32 f64 char bytes byte_buf unit unit_struct tuple_struct identifier }
}

/// What is left of an object, and the value of the key that was read last.
struct Fields<'a> {
    rest: map::Iter<'a>,
    value: Json<'a>,
}

impl<'a> Fields<'a> {
    #[inline(never)]
    fn key(&mut self) -> Option<&'a str> {
        let (key, value) = self.rest.next()?;
        self.value = Json(value);
        Some(key)
    }
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Malformed;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Malformed> {
        match self.key() {
            Some(key) => seed.deserialize(Key(key)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Malformed> {
        seed.deserialize(self.value)
    }
}

/// A key of an object: a name, or a number as a text.
struct Key<'a>(&'a str);

impl<'de> Deserializer<'de> for Key<'_> {
    type Error = Malformed;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_str(self.0)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_i64(self.0.parse().map_err(|_| expected("a number for a key"))?)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

/// What is left of a list.
struct Elements<'a>(std::slice::Iter<'a, Value>);

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Malformed;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Malformed> {
        match self.0.next() {
            Some(element) => seed.deserialize(Json(element)).map(Some),
            None => Ok(None),
        }
    }
}

/// One variant of an enum; without content, `null` stands for it.
struct Variant<'a> {
    name: &'a str,
    content: Json<'a>,
}

impl<'de, 'a> EnumAccess<'de> for Variant<'a> {
    type Error = Malformed;
    type Variant = Json<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Json<'a>), Malformed> {
        Ok((seed.deserialize(Key(self.name))?, self.content))
    }
}

impl<'de> VariantAccess<'de> for Json<'_> {
    type Error = Malformed;

    fn unit_variant(self) -> Result<(), Malformed> {
        if self.0.is_null() { Ok(()) } else { Err(expected("a variant without content")) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Malformed> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_seq(self.elements()?)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_map(self.fields()?)
    }
}

#[cfg(test)]
mod tests {
    use detour_core::incident::Lasting;
    use detour_core::port::Reply;
    use detour_core::state::State;

    use super::read;

    const STATE: &str = r#"{"version":"1","host":{"present":{"version":"2"}},"later":[1.5,{}],
        "outages":{"https://www.example.com":{
        "page":"https://www.example.com/","pages":["https://www.example.com/"],"failure":{"http.error":{"status":503}},
        "since":5,"phase":{"checking":{"id":3,"scope":"usual","awaits":"both","deadline":9}},
        "recovery":{"cause":{"fault":"edge","cdn":"Fastly"},"good":1,"due":7},
        "seen":[{"vantage":"browser","subject":{"anchor":"a.example"},"step":"dns","address":"192.0.2.1",
            "outcome":{"resolved":{"addresses":["2001:db8::1"]}}},
            {"vantage":"host","subject":"target","step":"tcp","outcome":{"connected":null}}]}},
        "tabs":{"7":{"target":"https://www.example.com/","failure":{"http.error":{"status":503}},"since":5,
        "surface":"banner","outage":"https://www.example.com","copies":{"title":"x","search":{"offers":[{"scope":"same_page","place":"remote","checked":"verified",
            "age":{"taken":5},"source":{"mirror":{"host":"m.example.com","cdn":null}},"url":"https://m.example.com/"}],
            "said":[{"source":"x","why":{"resting":7}},{"source":"y","why":"no_copy"}],"deadline":8,"next_stage":7,
            "stages":[["arquivo"]],"runs":[{"id":4,"archive":"wayback","asks":{"replay":[0,
            {"time":"2021","original":"https://www.example.com/","url":""}]},"waits_until":null,"candidates":[],
            "tried":["2021"]}]}}}},"archives":{"accounts":[{"id":"wayback","rests_until":9}]},
        "conditions":{"is_online":true,"is_saving":false,"utc_offset":-60,"has_browser":true}}"#;

    #[test]
    fn it_reads_what_serde_json_reads() {
        let state: State = read(STATE).unwrap();
        assert_eq!(state, serde_json::from_str(STATE).unwrap());
        assert_eq!((state.tabs.len(), state.outages.len()), (1, 1));
    }

    #[test]
    fn what_outlives_the_browser_is_read_as_it_was_written() {
        let site = r#"{"host":"www.example.com","url":"https://www.example.com/","cdn":"Fastly","fault":"cdn_wide",
            "confidence":"high","spells":[[5,"failing"],[9,"back"]]}"#;
        let said = r#"{"begin":true,"recovering":false,"moved":false,"over":1,"is_over":true}"#;
        let incident = format!(
            r#"{{"id":3,"kind":"cdn","cdn":"Fastly","began":5,"ended":9,"sites":[{site}],"verdicts":[[5,"edge"]],"said":{said}}}"#
        );
        let watched = r#""https://www.example.com/""#;
        let text = format!(r#"{{"seed":4294967295,"next_id":4,"watched":[{watched}],"incidents":[{incident}]}}"#);
        let lasting: Lasting = read(&text).unwrap();
        assert_eq!(lasting, serde_json::from_str(&text).unwrap());
        assert_eq!((lasting.watched.len(), lasting.incidents.len()), (1, 1));
        assert_eq!(read::<Lasting>(&serde_json::to_string(&lasting).unwrap()).unwrap(), lasting);
    }

    #[test]
    fn what_it_cannot_read_is_said_in_words() {
        for (text, words) in [
            ("", "EOF while parsing"),
            ("{}{}", "trailing characters"),
            (r#"{"type":"finished"}"#, "missing field `id`"),
            (r#"{"type":"finished","id":"1"}"#, "expected a whole number"),
            (r#"{"type":"finished","id":-1}"#, "expected a whole number"),
            (r#"{"type":"finished","id":1.5}"#, "expected a whole number"),
            (r#"{"type":"part","index":4294967296}"#, "expected another value"),
            (r#"{"type":"refused","id":1,"reason":"mood"}"#, "unknown variant `mood`"),
            (r#"["finished"]"#, "expected an object"),
        ] {
            let error = read::<Reply>(text).unwrap_err().to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
