/** Bringing a tokenizer: its wasm once, its vocabulary, and where it is asked for the Worker that has both as well. */

import type { Tokens } from "artifacts/tokens/tokens.js";
import * as glue from "artifacts/tokens/tokens.js";
import { ChatError, toCoded } from "./errors.js";
import { readBeside, readFile } from "./files.js";
import { notReady, type Source } from "./init.js";
import { Line } from "./line.js";
import { Remote, startWorker } from "./remote.js";
import { openInSlices } from "./slices.js";
import { readPack, type PackSource } from "./vocabulary.js";

/** How to load a tokenizer. Nothing is needed where the package's files can be read or fetched. */
export interface LoadOptions {
  /** The vocabulary, zipped or not; without it `ids.pack.gz` or `counts.pack.gz` of the package. */
  source?: PackSource | Promise<PackSource>;
  /** `false` loads the smaller vocabulary, which counts as exactly and knows no ids. */
  ids?: boolean;
  /** The module `tokens_bg.wasm` of the package, for runtimes that can neither read nor fetch it, such as workerd. */
  wasm?: Source | Promise<Source>;
  /**
   * Whether what is counted asynchronously is counted in a Worker: in a page whose policy allows one, which the page's
   * own address is asked for. Where Trusted Types are required, the policy has to name `hadal-counter`. A function
   * makes the Worker itself, a module Worker of `hadal/worker.js`. Until it has begun, and where there can be none, the
   * counting is in slices; without this it always is. The Worker has tables of its own, so this takes twice the memory.
   * It ends with the tokenizer.
   */
  worker?: boolean | (() => Worker);
}

/** @internal A tokenizer's tables here, and the line to its Worker. */
export interface Loaded {
  tokens: Tokens;
  line: Line;
}

let starting: Promise<WebAssembly.Module> | undefined;

/** @internal Loads as is said at `Tokenizer.load`. */
export async function loadTokens({ source, ids = true, wasm, worker }: LoadOptions): Promise<Loaded> {
  const line = new Line(() => startRemote(worker));
  try {
    const beside = ids ? idsBeside : countsBeside;
    const [pack, module] = await Promise.all([readPack(source ?? readBeside(beside) ?? beside()), start(wasm)]);
    const tokens = await openInSlices(glue, pack);
    void line.begin({ module, pack });
    return { tokens, line };
  } catch (thrown) {
    line.end();
    throw toCoded(thrown);
  }
}

async function startRemote(wished: LoadOptions["worker"]): Promise<Remote | undefined> {
  const worker = wished === true ? await startWorker(workerBeside().href) : wished ? wished() : undefined;
  return worker && new Remote(worker);
}

function start(source: LoadOptions["wasm"]): Promise<WebAssembly.Module> {
  starting ??= compile(source)
    .then(async (module) => {
      await glue.default({ module_or_path: module });
      return module;
    })
    .catch((thrown: unknown) => {
      starting = undefined;
      throw notReady("the tokenizer's wasm could not be loaded", thrown);
    });
  return starting;
}

async function compile(source: LoadOptions["wasm"]): Promise<WebAssembly.Module> {
  const given = (await source) ?? readBeside(wasmBeside) ?? wasmBeside();
  if (ArrayBuffer.isView(given) || given instanceof ArrayBuffer) return WebAssembly.compile(given as BufferSource);
  if (given instanceof Response) return compileResponse(given);
  if (typeof given !== "string" && !(given instanceof URL) && !(given instanceof Request)) return given;
  const file = given instanceof Request ? undefined : readFile(given);
  return file ? WebAssembly.compile(file) : compileResponse(await fetch(given));
}

async function compileResponse(response: Response): Promise<WebAssembly.Module> {
  if (response.ok) return WebAssembly.compile(await response.arrayBuffer());
  const { status } = response;
  throw new ChatError({ code: "not_ready", status, message: `the address of the tokenizer's wasm says ${status}` });
}

// Spelled out, so that bundlers see which files the package needs.
const wasmBeside = () => new URL("./tokens_bg.wasm", import.meta.url);
const idsBeside = () => new URL("./ids.pack.gz", import.meta.url);
const countsBeside = () => new URL("./counts.pack.gz", import.meta.url);
const workerBeside = () => new URL("./worker.js", import.meta.url);
