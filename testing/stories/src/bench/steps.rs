//! What one call of `step` costs, in instructions of the wasm: counted, so the same on every machine and in every run.
//!
//! The decision code is compiled as in the extension, made to count ([`super::counted`]), and run by wasmi; what is
//! prepared before is not counted. Not in it: the shell around `step`, which reads events and writes the state as
//! JSON. A copy of memory is one instruction, however long.

use anyhow::{Context as _, Result};
use detour_steps::Case;
use serde_json::{Map, Value, json};
use wasmi::{Engine, Linker, Module, Store};

use super::counted::{COUNT, counted};
use crate::place;

pub(super) fn measure() -> Result<Value> {
    let wasm = std::fs::read(place::built("bench-steps/detour_steps.wasm")?)?;
    let engine = Engine::default();
    let module = Module::new(&engine, counted(&wasm)?)?;
    let mut figures = Map::new();
    for (place, case) in (0_u32..).zip(Case::ALL) {
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).context("starting the wasm")?;
        let count = instance.get_global(&store, COUNT).context("the wasm does not count")?;
        instance.get_typed_func::<u32, ()>(&store, "prepare")?.call(&mut store, place)?;
        let before = count.get(&store).i64().unwrap_or_default();
        let effects = instance.get_typed_func::<(), u32>(&store, "run")?.call(&mut store, ())?;
        let instructions = count.get(&store).i64().unwrap_or_default().abs_diff(before);
        println!("step, {}: {} instructions", case.name(), grouped(instructions));
        figures.insert(case.name(), json!({ "instructions": instructions, "effects": effects }));
    }
    Ok(Value::Object(figures))
}

/// In groups of three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn digits_are_grouped_from_the_end() {
        assert_eq!([7, 700, 1000, 1_234_567].map(grouped), ["7", "700", "1,000", "1,234,567"]);
    }
}
