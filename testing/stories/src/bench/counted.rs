//! Rewrites a wasm so that it counts the instructions it executes, in a global that it exports.
//!
//! A *run* is a stretch of instructions that are executed one after the other: it ends where control may go elsewhere.
//! Each begins with its length being added. An interpreter's fuel would not do: wasmi charges a function's whole body,
//! branches not taken included, when it is entered.

use anyhow::Result;
use walrus::ir::{BinaryOp, Binop, Const, GlobalGet, GlobalSet, Instr, InstrLocId, InstrSeqId, Value};
use walrus::{ConstExpr, FunctionId, GlobalId, LocalFunction, Module, ValType};

/// The name under which the count is exported.
pub(super) const COUNT: &str = "instructions";

/// The same wasm, counting.
pub(super) fn counted(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::from_buffer(wasm)?;
    let zero = ConstExpr::Value(Value::I64(0));
    let count = module.globals.add_local(ValType::I64, true, false, zero);
    module.exports.add(COUNT, count);
    let functions: Vec<FunctionId> = module.funcs.iter_local().map(|(id, _)| id).collect();
    for id in functions {
        let function = module.funcs.get_mut(id).kind.unwrap_local_mut();
        let mut pending = vec![function.entry_block()];
        while let Some(sequence) = pending.pop() {
            pending.extend(within(function, sequence));
            count_in(function, sequence, count)?;
        }
    }
    Ok(module.emit_wasm())
}

/// The sequences that begin in this one.
fn within(function: &LocalFunction, sequence: InstrSeqId) -> Vec<InstrSeqId> {
    let instructions = function.block(sequence).instrs.iter();
    let inner = instructions.filter_map(|(instruction, _)| {
        if let Instr::Block(block) = instruction {
            Some([Some(block.seq), None])
        } else if let Instr::Loop(inner) = instruction {
            Some([Some(inner.seq), None])
        } else if let Instr::IfElse(branch) = instruction {
            Some([Some(branch.consequent), Some(branch.alternative)])
        } else {
            None
        }
    });
    inner.flatten().flatten().collect()
}

fn count_in(function: &mut LocalFunction, sequence: InstrSeqId, count: GlobalId) -> Result<()> {
    let sequence = &mut function.block_mut(sequence).instrs;
    let mut counting = Vec::with_capacity(sequence.len() * 2);
    let mut instructions = sequence.drain(..).peekable();
    while instructions.peek().is_some() {
        let mut run = Vec::new();
        for instruction in instructions.by_ref() {
            let is_end = may_lead_elsewhere(&instruction.0);
            run.push(instruction);
            if is_end {
                break;
            }
        }
        let length = run.iter().filter(|(instruction, _)| !is_structure(instruction)).count();
        if length > 0 {
            let add = [
                Instr::GlobalGet(GlobalGet { global: count }),
                Instr::Const(Const { value: Value::I64(i64::try_from(length)?) }),
                Instr::Binop(Binop { op: BinaryOp::I64Add }),
                Instr::GlobalSet(GlobalSet { global: count }),
            ];
            counting.extend(add.map(|instruction| (instruction, InstrLocId::default())));
        }
        counting.append(&mut run);
    }
    drop(instructions);
    *sequence = counting;
    Ok(())
}

/// After a call control comes back, or nothing is counted any more.
const fn may_lead_elsewhere(instruction: &Instr) -> bool {
    is_structure(instruction)
        || matches!(
            instruction,
            Instr::IfElse(_)
                | Instr::Br(_)
                | Instr::BrIf(_)
                | Instr::BrTable(_)
                | Instr::Return(_)
                | Instr::Unreachable(_)
        )
}

/// What only marks where something begins is no work.
const fn is_structure(instruction: &Instr) -> bool {
    matches!(instruction, Instr::Block(_) | Instr::Loop(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmi::{Engine, Linker, Store};

    /// A function of one number that goes round a loop so often, and takes a branch out where it is zero.
    fn example() -> Vec<u8> {
        let mut module = Module::default();
        let mut builder = walrus::FunctionBuilder::new(&mut module.types, &[ValType::I32], &[]);
        let times = module.locals.add(ValType::I32);
        builder.func_body().block(None, |out| {
            let leave = out.id();
            out.local_get(times).unop(walrus::ir::UnaryOp::I32Eqz).br_if(leave);
            out.loop_(None, |round| {
                let again = round.id();
                round.local_get(times).i32_const(1).binop(BinaryOp::I32Sub).local_tee(times).br_if(again);
            });
        });
        let function = builder.finish(vec![times], &mut module.funcs);
        module.exports.add("go", function);
        module.emit_wasm()
    }

    fn check(times: i32, expected: i64) {
        let engine = Engine::default();
        let module = wasmi::Module::new(&engine, counted(&example()).unwrap()).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = Linker::<()>::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
        instance.get_typed_func::<i32, ()>(&store, "go").unwrap().call(&mut store, times).unwrap();
        let count = instance.get_global(&store, COUNT).unwrap().get(&store);
        assert_eq!(count.i64(), Some(expected), "{times} times");
    }

    #[test]
    fn what_is_executed_is_counted_and_what_is_skipped_is_not() {
        check(0, 3);
        check(1, 3 + 5);
        check(10, 3 + 10 * 5);
    }
}
