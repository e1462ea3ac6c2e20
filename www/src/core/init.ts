/**
 * Getting the wasm: where it comes from in each runtime, once. Importing this starts nothing.
 *
 * Node, Deno and Bun read the file beside this one at the first call that needs it. Browsers fetch it when `init` or
 * an async call asks. workerd compiles nothing at run time: hand `init` or `initSync` the imported module.
 */

import * as glue from "artifacts/core/core.js";
import { ChatError, toChatError } from "./errors.js";
import { readBeside, readFile } from "./files.js";
import { attach } from "./memory.js";

/** Where the wasm may come from. */
export type Source = string | URL | Request | Response | BufferSource | WebAssembly.Module;

let ready = false;
let starting: Promise<void> | undefined;

/** Loads the wasm. Any number of calls load it once; one that failed may be followed by another. */
export function init(source?: Source | Promise<Source>): Promise<void> {
  if (ready) return Promise.resolve();
  starting ??= load(source).finally(() => (starting = undefined));
  return starting;
}

/** The same at once, from bytes or a module that is already there. */
export function initSync(source: BufferSource | WebAssembly.Module): void {
  if (!ready) start(() => glue.initSync({ module: source }));
}

/** @internal The engine's exports. Throws `not_ready` where the wasm is not loaded and cannot be read at once. */
export function engine(): typeof glue {
  if (!ready) {
    const file = readBeside(beside);
    if (!file) throw notReady("call and await init() first");
    initSync(file);
  }
  return glue;
}

/** @internal Whether a sync call would work. */
export function isReady(): boolean {
  try {
    engine();
    return true;
  } catch {
    return false;
  }
}

async function load(source: Source | Promise<Source> | undefined): Promise<void> {
  try {
    const given = (await source) ?? readBeside(beside) ?? beside();
    const file = given instanceof URL || typeof given === "string" ? readFile(given) : undefined;
    const exports = await glue.default({ module_or_path: file ?? given });
    if (!ready) start(() => exports);
  } catch (thrown) {
    throw notReady("the wasm could not be loaded", thrown);
  }
}

function start(instantiate: () => glue.InitOutput): void {
  try {
    attach(instantiate().memory, glue.inputAddress());
    ready = true;
  } catch (thrown) {
    throw notReady("the wasm could not be started", thrown);
  }
}

/** @internal The wasm is not there. */
export function notReady(message: string, cause?: unknown): ChatError {
  return cause === undefined ? new ChatError({ code: "not_ready", message }) : toNotReady(message, cause);
}

function toNotReady(message: string, cause: unknown): ChatError {
  const known = toChatError(cause);
  return known.code === "not_ready" ? known : new ChatError({ code: "not_ready", message, retryable: true }, cause);
}

function beside(): URL {
  return new URL("./core_bg.wasm", import.meta.url);
}
