/**
 * The lone surrogates of a text: halves of pairs, which the wasm knows as U+FFFD and JavaScript may still complete.
 *
 * In: what is put into the text, by UTF-16 offsets. Out: what to put instead, so that no pair is cut or left in halves.
 */

/** A text put in the place of what is between two offsets. */
export interface Change {
  start: number;
  end: number;
  text: string;
}

const LONE = /\p{Surrogate}/gu;

/** Where a text has halves, and which. Most texts have none. */
export class Halves {
  /** By offset, rising. */
  readonly #places: number[] = [];
  readonly #halves: string[] = [];

  /** The first half that stands before this offset, or nothing. */
  before(at: number): string {
    const half = this.#at(at - 1);
    return isFirst(half.charCodeAt(0)) ? half : "";
  }

  /** The same change, with those halves taken in that it completes. */
  mend({ start, end, text }: Change): Change {
    const [first, second] = [this.before(start), this.#at(end)];
    if (first && isSecond((text || second).charCodeAt(0))) {
      start -= 1;
      text = first + text;
    }
    if (isSecond(second.charCodeAt(0)) && isFirst(text.charCodeAt(text.length - 1))) {
      end += 1;
      text += second;
    }
    return { start, end, text };
  }

  /** Takes in that the text was changed. Costs what was put, and the halves behind it. */
  change({ start, end, text }: Change): void {
    const found = isWellFormed(text) ? [] : [...text.matchAll(LONE)];
    const from = this.#find(start);
    const gone = this.#find(end) - from;
    if (found.length + gone > 0) {
      const places = this.#places.splice(from);
      const halves = this.#halves.splice(from);
      for (const { 0: half, index } of found) {
        this.#places.push(start + index);
        this.#halves.push(half);
      }
      for (let at = gone; at < places.length; at += 1) {
        this.#places.push(places[at]!);
        this.#halves.push(halves[at]!);
      }
    }
    const by = text.length - (end - start);
    for (let at = from + found.length; at < this.#places.length; at += 1) this.#places[at]! += by;
  }

  #at(at: number): string {
    const index = this.#find(at);
    return this.#places[index] === at ? this.#halves[index]! : "";
  }

  /** How many halves are before this offset. */
  #find(at: number): number {
    let [least, most] = [0, this.#places.length];
    while (least < most) {
      const middle = (least + most) >> 1;
      if (this.#places[middle]! < at) least = middle + 1;
      else most = middle;
    }
    return least;
  }
}

/** Whether the unit is the first half of a pair. */
export function isFirst(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

/** Whether the unit is the second half of a pair. */
export function isSecond(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}

/** The text with a U+FFFD for each lone surrogate, as `TextEncoder` has it. */
export function wellFormed(text: string): string {
  if (isWellFormed(text)) return text;
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(text));
}

/** As the newer method of that name, which is quicker. */
function isWellFormed(text: string & { isWellFormed?(): boolean }): boolean {
  return text.isWellFormed?.() ?? text.search(LONE) < 0;
}
