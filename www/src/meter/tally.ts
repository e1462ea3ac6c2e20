/**
 * What counts, in a Worker or on the page's own thread: the tokenizer's wasm and the vocabulary for counts, piece by
 * piece.
 *
 * The chunk that this module becomes is the Worker's script as well: its own address is the one that it knows.
 */

import type { Draft, Tokens } from "artifacts/tally/tally.js";
import * as glue from "artifacts/tally/tally.js";
import wasm from "artifacts/tally/tally_bg.wasm";
import pack from "vocabulary/counts.pack";

import { ChatError } from "../core/errors.js";
import { readPack } from "../core/vocabulary.js";
import type { Counter, Opening } from "./counter.js";
import { Written, type Edit } from "./edit.js";
import { Pace } from "./pace.js";
import { openRemote, serve, type Reviser } from "./remote.js";

/** A counter that has its vocabulary: in a Worker, or where there can be none, here. */
export async function openCounter({ worker, again, onEnd }: Opening): Promise<Counter> {
  const remote = worker ? await openRemote(import.meta.url, again, onEnd) : undefined;
  return remote ?? openTally(again);
}

let starting: Promise<unknown> | undefined;

/** Loads the wasm, once, and the vocabulary; `again` past every cache. */
async function openTally(again: boolean): Promise<Reviser> {
  const address = (name: unknown) => new URL(String(name), import.meta.url);
  starting ??= glue.default({ module_or_path: address(wasm) }).catch((error: unknown) => {
    starting = undefined;
    throw new ChatError({ code: "not_ready", message: "the tokenizer's wasm could not be loaded" }, error);
  });
  const request = new Request(address(pack), { cache: again ? "reload" : "default" });
  const [bytes] = await Promise.all([readPack(request), starting]);
  const pace = new Pace();
  const opening = new glue.Opening(bytes);
  await pace.rest();
  while (!pace.take((size) => opening.step(size))) {
    if (pace.isOver) await pace.rest();
  }
  await pace.rest();
  return new Tally(new glue.Tokens(opening));
}

/** Counts over one vocabulary. Calls may overlap: each is a row of pieces of its own. */
class Tally implements Reviser {
  readonly #tokens: Tokens;
  readonly #written = new Written();
  readonly #draft: Draft = new glue.Draft();
  /** What the draft is not told of yet. */
  readonly #edits: Edit[] = [];
  #turn = 0;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  async count(texts: string[]): Promise<Uint32Array> {
    const counts = new Uint32Array(texts.length);
    const pace = new Pace();
    await pace.rest();
    for (const [index, text] of texts.entries()) {
      if (isShort(text, pace)) {
        counts[index] = this.#tokens.count(text);
        if (pace.isOver) await pace.rest();
      } else {
        counts[index] = await this.#countLong(text, pace);
      }
    }
    return counts;
  }

  draft(text: string, before = ""): Promise<number | undefined> {
    return this.revise(this.#written.revise(text, before));
  }

  revise(edit: Edit): Promise<number | undefined> {
    const turn = ++this.#turn;
    this.#edits.push(edit);
    return this.#finish(this.#draft, this.#edits, new Pace(), () => turn === this.#turn);
  }

  async #countLong(put: string, pace: Pace): Promise<number> {
    const draft = new glue.Draft();
    try {
      return (await this.#finish(draft, [{ at: 0, end: 0, put }], pace, () => true)) ?? 0;
    } finally {
      draft.free();
    }
  }

  /** Counts a text for as long as its count is wanted. Edits of one that is not are left to who came after. */
  async #finish(draft: Draft, edits: Edit[], pace: Pace, wanted: () => boolean): Promise<number | undefined> {
    if (!edits.every(({ put }) => isShort(put, pace))) await pace.rest();
    if (!wanted()) return undefined;
    for (const { at, end, put } of edits.splice(0)) draft.revise(this.#tokens, at, end, put);
    while (!pace.take((size) => draft.step(this.#tokens, size))) {
      if (pace.isOver) await pace.rest();
      if (!wanted()) return undefined;
    }
    return draft.count;
  }
}

/** Whether a text is surely one piece: a unit is at most three bytes. */
function isShort(text: string, pace: Pace): boolean {
  return 3 * text.length <= pace.size;
}

if (typeof document === "undefined") serve(openTally);
