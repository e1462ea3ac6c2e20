/**
 * What changed in a text that somebody writes, so that only this goes to what counts.
 *
 * In: the text as it is and as it was. Out: one edit that makes the one of the other. Never: trust in how it came
 * about: keys, undoing, dropping and scripts all end up in the text, and it is the texts that are compared. Engines
 * compare strings at the speed of memory, if they are asked for long ones.
 */

import { isFirst, isSecond } from "./halves.js";

/** What stood from `at` to `end` became `put`. Offsets are in UTF-16 units, and no edit cuts a surrogate pair. */
export interface Edit {
  at: number;
  end: number;
  put: string;
}

/** The text that was written last. */
export class Written {
  #before = "";
  #text = "";

  /** The text is now `before` and behind it `text`. */
  revise(text: string, before: string): Edit {
    const edit =
      before === this.#before && !isFirst(before.charCodeAt(before.length - 1))
        ? moved(difference(this.#text, text), before.length)
        : difference(this.#before + this.#text, before + text);
    this.#before = before;
    this.#text = text;
    return edit;
  }
}

/** The one edit that makes `now` of `was`. */
export function difference(was: string, now: string): Edit {
  const most = Math.min(was.length, now.length);
  let at = alike(most, (from, to) => was.slice(from, to) === now.slice(from, to));
  if (isFirst(now.charCodeAt(at - 1))) at -= 1;
  let behind = alike(most - at, (from, to) => tail(was, from, to) === tail(now, from, to));
  if (isSecond(now.charCodeAt(now.length - behind))) behind -= 1;
  return { at, end: was.length - behind, put: now.slice(at, now.length - behind) };
}

/** The longest that is compared at once; then half of it, down to one unit. */
const STRIDE = 1 << 16;

/** How far two texts are alike, which is less than `most` only where they differ. */
function alike(most: number, isAlike: (from: number, to: number) => boolean): number {
  let known = 0;
  for (let stride = STRIDE; stride > 0; stride >>= 1) {
    while (known + stride <= most && isAlike(known, known + stride)) known += stride;
  }
  return known;
}

/** What is from `from` to `to` units before the end. */
function tail(text: string, from: number, to: number): string {
  return text.slice(text.length - to, text.length - from);
}

function moved({ at, end, put }: Edit, by: number): Edit {
  return { at: at + by, end: end + by, put };
}
