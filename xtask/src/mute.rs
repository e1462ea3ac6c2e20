//! From panics with a message to panics without: where nobody hears the message, what would have written it is dead weight, and so is where in the
//! sources they are.
//!
//! In: the wasm file that cargo left, its names included. Out: the same module, whose panics trap at once. Never: another behaviour: without a
//! hook, a panic's message goes nowhere in wasm and a trap is all that is left of it.

use std::path::Path;

use walrus::{ConstExpr, DataKind, FunctionBuilder, FunctionId, FunctionKind, Module, ir::Value};

use crate::failure::{Failure, Outcome};

/// What the names of functions hold that do nothing but word a panic. All of them end the program, and give nothing back.
const WORDING: [&str; 5] =
    ["4core9panicking", "slice_index_fail", "len_mismatch_fail", "handle_alloc_error", "slice_error_fail"];

/// How the paths of source files begin.
const STARTS: [&[u8]; 2] = [b"src/", b"/rustc/"];
/// Bytes of a record of where a panic is.
const RECORD: usize = 16;

/// Reads a module and takes the words from its panics.
pub(crate) fn mute(wasm: &Path) -> Outcome<Module> {
    let mut module = Module::from_file(wasm)
        .map_err(|error| Failure::new(format!("cannot read {}: {error:#}", wasm.display())))?;
    let muted: Vec<FunctionId> = module
        .funcs
        .iter_local()
        .map(|(id, _)| id)
        .filter(|id| {
            let function = module.funcs.get(*id);
            let is_wording =
                function.name.as_ref().is_some_and(|name| WORDING.iter().any(|part| name.contains(part)));
            is_wording && module.types.get(function.ty()).results().is_empty()
        })
        .collect();
    if muted.is_empty() {
        return Err(Failure::new(format!("{} has no panics to mute, or no names", wasm.display())));
    }
    for id in muted {
        let kind = module.types.get(module.funcs.get(id).ty());
        let (takes, gives) = (kind.params().to_vec(), kind.results().to_vec());
        let mut body = FunctionBuilder::new(&mut module.types, &takes, &gives);
        body.func_body().unreachable();
        let arguments = takes.iter().map(|kind| module.locals.add(*kind)).collect();
        module.funcs.get_mut(id).kind = FunctionKind::Local(body.local_func(arguments));
    }
    forget_places(&mut module);
    Ok(module)
}

/// Blanks the paths of source files, and the records of a path, its length, a line and a column that say where a panic is: 16 bytes each, which only
/// words of panics read.
fn forget_places(module: &mut Module) {
    let segments = module.data.iter().map(walrus::Data::id).collect::<Vec<_>>();
    for segment in segments {
        let segment = module.data.get_mut(segment);
        let DataKind::Active { offset: ConstExpr::Value(Value::I32(start)), .. } = segment.kind else {
            continue;
        };
        let Ok(start) = usize::try_from(start) else { continue };
        let bytes = &mut segment.value;
        for (at, length) in paths(bytes) {
            bytes[at..at + length].fill(0);
            let first = (4 - start % 4) % 4;
            for record in (first..bytes.len()).step_by(4) {
                let Some(record) = bytes.get_mut(record..record + RECORD) else { break };
                let word =
                    |bytes: &[u8]| bytes.iter().rev().fold(0, |word, byte| word << 8 | usize::from(*byte));
                // The length may count a zero behind the path.
                if word(&record[..4]) == start + at && (length..=length + 1).contains(&word(&record[4..8])) {
                    record.fill(0);
                }
            }
        }
    }
}

/// Where paths of source files are, and how long.
fn paths(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let length = rest
            .iter()
            .position(|byte| !matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'/' | b'.' | b'-'));
        let length = length.unwrap_or(rest.len());
        let is_path = STARTS.iter().any(|start| rest.starts_with(start)) && rest[..length].ends_with(b".rs");
        if is_path {
            found.push((at, length));
            at += length;
        } else {
            at += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_sources_are_found_and_no_other_words() {
        let data =
            b"resources/a.txt\0src/tokens/bpe/run.rs\0a word of src/ itself\0/rustc/59/library/core.rs\0";
        let found = paths(data).into_iter().map(|(at, length)| &data[at..at + length]).collect::<Vec<_>>();
        assert_eq!(found, [b"src/tokens/bpe/run.rs".as_slice(), b"/rustc/59/library/core.rs"]);
    }
}
