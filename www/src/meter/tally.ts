/**
 * What counts, in a Worker or on the page's own thread: the tokenizer's wasm and the vocabulary for counts, piece by
 * piece.
 *
 * The chunk that this module becomes is the Worker's script as well: its own address is the one that it knows.
 */

// By name: what is not named, the chunk does not carry.
import start, { Draft, Opening as Reading } from "artifacts/tally/tally.js";
import wasm from "artifacts/tally/tally_bg.wasm";
import pack from "vocabulary/counts.pack";

import { ChatError } from "../core/errors.js";
import { Remote, serve, startWorker } from "../core/remote.js";
import { Slices, openInSlices } from "../core/slices.js";
import { fetchPack } from "../core/vocabulary.js";
import type { Opened, Opening } from "./counter.js";

/** A counter that has its vocabulary: in a Worker, or where there can be none, here. */
export async function openCounter({ worker, again, onEnd }: Opening): Promise<Opened> {
  const thread = worker ? await startWorker(import.meta.url) : undefined;
  const remote = thread && new Remote(thread);
  if (!remote || !(await remote.begin(again))) return openTally(again);
  void remote.broken.then(onEnd);
  return remote;
}

let starting: Promise<unknown> | undefined;

/** Loads the wasm, once, and the vocabulary; `again` past every cache. */
async function openTally(again: boolean): Promise<Slices> {
  const address = (name: unknown) => new URL(String(name), import.meta.url);
  starting ??= start({ module_or_path: address(wasm) }).catch((error: unknown) => {
    starting = undefined;
    throw new ChatError({ code: "not_ready", message: "the tokenizer's wasm could not be loaded" }, error);
  });
  const request = new Request(address(pack), { cache: again ? "reload" : "default" });
  const [bytes] = await Promise.all([fetchPack(request), starting]);
  const glue = { Opening: Reading, Draft };
  return new Slices(glue, await openInSlices(glue, bytes));
}

if (typeof document === "undefined") serve(openTally);
