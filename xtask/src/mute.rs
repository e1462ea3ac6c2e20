//! From panics with a message to panics without: where nobody hears the message, what would have written it is dead weight.
//!
//! In: the wasm file that cargo left, its names included. Out: the same module, whose panics trap at once. Never: another behaviour: without a
//! hook, a panic's message goes nowhere in wasm and a trap is all that is left of it.

use std::path::Path;

use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module};

use crate::failure::{Failure, Outcome};

/// What the names of functions hold that do nothing but word a panic. All of them end the program, and give nothing back.
const WORDING: [&str; 5] =
    ["4core9panicking", "slice_index_fail", "len_mismatch_fail", "handle_alloc_error", "slice_error_fail"];

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
    Ok(module)
}
