/**
 * What takes a tokenizer long, in slices, so that a page is never without its thread for long: reading a vocabulary,
 * counting texts.
 *
 * In: a pack, texts. Out: promises. Never: a slice over a few milliseconds, whatever the text.
 */

import type * as tally from "artifacts/tally/tally.js";
import { Written, type Edit } from "./edit.js";
import { isFirst } from "./halves.js";
import { Pace } from "./pace.js";

/** An artifact that counts: the page has a smaller one than programs have. */
export interface Glue<T extends tally.Tokens = tally.Tokens> {
  Opening: new (pack: Uint8Array) => Omit<tally.Opening, "done"> & { done(): T | undefined };
  Draft: typeof tally.Draft;
}

/** What `Opening.step` says is wrong, from 2 on: the code's ending, and a sentence. */
const REFUSALS = [
  ["foreign", "these bytes are no vocabulary pack"],
  ["version", "a vocabulary pack of a version that this version does not read"],
  ["corrupt", "the vocabulary pack is cut short or damaged"],
] as const;

/** Asked between slices: whether to go on. It may throw as well, and its error is then the count's. */
type Wanted = () => boolean;

/** Makes a tokenizer of a pack. Rejects with an error with a code when it is none. */
export async function openInSlices<T extends tally.Tokens>(glue: Glue<T>, pack: Uint8Array): Promise<T> {
  const pace = new Pace();
  const opening = new glue.Opening(pack);
  await pace.rest();
  let step: number;
  while (!(step = pace.take((size) => opening.step(size)))) {
    if (pace.isOver) await pace.rest();
  }
  await pace.rest();
  const tokens = opening.done();
  if (tokens) return tokens;
  const [code, message] = REFUSALS[step - 2] ?? REFUSALS[2];
  throw Object.assign(new Error(message), { code: `vocabulary_${code}` });
}

/** Counts over one vocabulary. Calls may overlap: each is a row of pieces of its own. */
export class Slices {
  readonly #glue: Pick<Glue, "Draft">;
  readonly #tokens: tally.Tokens;
  readonly #written = new Written();
  #draft: tally.Draft | undefined;
  /** What the draft is not told of yet. */
  readonly #edits: Edit[] = [];
  #turn = 0;

  constructor(glue: Pick<Glue, "Draft">, tokens: tally.Tokens) {
    this.#glue = glue;
    this.#tokens = tokens;
  }

  /** Counts texts, in order, for as long as their counts are wanted. */
  async count(texts: readonly string[], wanted: Wanted = () => true): Promise<Uint32Array> {
    const counts = new Uint32Array(texts.length);
    const pace = new Pace();
    await pace.rest();
    for (const [index, text] of texts.entries()) {
      if (!wanted()) break;
      if (isShort(text, pace)) {
        counts[index] = this.#tokens.count(text);
        if (pace.isOver) await pace.rest();
      } else {
        counts[index] = await this.#countLong(text, pace, wanted);
      }
    }
    return counts;
  }

  /**
   * Counts a text that somebody writes: `before`, if there is one, and `text` behind it. The next call ends this one,
   * whose promise then resolves undefined.
   */
  draft(text: string, before = ""): Promise<number | undefined> {
    return this.revise(this.#written.revise(text, before));
  }

  /** Counts it once it is edited; else as `draft`. */
  revise(edit: Edit): Promise<number | undefined> {
    const turn = ++this.#turn;
    this.#draft ??= new this.#glue.Draft();
    this.#edits.push(edit);
    return this.#finish(this.#draft, this.#edits, new Pace(), () => turn === this.#turn);
  }

  async #countLong(put: string, pace: Pace, wanted: Wanted): Promise<number> {
    const draft = new this.#glue.Draft();
    try {
      for (let at = 0; at < put.length; ) {
        if (!wanted()) return 0;
        at = pace.take((size) => this.#hand(draft, put, at, size));
        if (pace.isOver) await pace.rest();
      }
      return (await this.#finish(draft, [], pace, wanted)) ?? 0;
    } finally {
      draft.free();
    }
  }

  /** Hands a draft about so many units of a text, which it has up to `at`; up to where it has it then. */
  #hand(draft: tally.Draft, text: string, at: number, units: number): number {
    let end = Math.min(at + units, text.length);
    // A pair is not cut.
    if (end < text.length && isFirst(text.charCodeAt(end - 1))) end -= 1;
    this.#revise(draft, { at, end: at, put: text.slice(at, end) });
    return end;
  }

  #revise(draft: tally.Draft, { at, end, put }: Edit): void {
    if (!draft.revise(this.#tokens, at, end, put)) throw new RangeError("an edit outside the text");
  }

  /** Edits of a text whose count is not wanted any more are left to who came after. */
  async #finish(draft: tally.Draft, edits: Edit[], pace: Pace, wanted: Wanted): Promise<number | undefined> {
    if (!edits.every(({ put }) => isShort(put, pace))) await pace.rest();
    if (!wanted()) return undefined;
    for (const edit of edits.splice(0)) this.#revise(draft, edit);
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
