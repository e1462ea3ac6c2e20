/** Prompts whose texts are counted elsewhere or later: what asks for counts is asked again until it has them all. */

import { turn } from "./pace.js";

/** Gives texts and takes their counts, in the same order. */
export type CountAll = (texts: string[]) => Promise<Uint32Array>;

/**
 * What `run` gives once each text that it asks about is counted. It is called a few times: until then it is told that
 * an uncounted text has no tokens, and its result is dropped. Which texts it asks about may depend on counts. Each step
 * is a task of its own.
 */
export async function counted<T>(run: (count: (text: string) => number) => T, countAll: CountAll): Promise<T> {
  const known = new Map<string, number>();
  for (;;) {
    await turn();
    const missing = new Set<string>();
    const result = run((text) => known.get(text) ?? (missing.add(text), 0));
    if (missing.size === 0) return result;
    await turn();
    const texts = [...missing];
    const counts = await countAll(texts);
    for (const [index, text] of texts.entries()) known.set(text, counts[index] ?? 0);
  }
}
