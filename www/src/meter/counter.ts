/**
 * Exact token counts for the page: loaded with the first count, and never felt.
 *
 * In: texts. Out: promises of counts. Never: a task over a few milliseconds on the page's thread, a request before
 * something is to be counted.
 *
 * Where the page's policy allows a Worker, the counting is there; else it is here, in slices. What counts is
 * `tally.ts` in both places.
 */

/** Counts for the page; the option `counter` of a chat. */
export interface Counter {
  /**
   * Exact token counts of texts, in order. Rejects with an `Error` that carries a stable `code` when the vocabulary
   * cannot be had: `vocabulary_unavailable`, `vocabulary_corrupt`, `vocabulary_version`, `vocabulary_foreign`; or
   * `not_ready` when the program that counts cannot be had. A later call tries again.
   */
  count(texts: string[]): Promise<Uint32Array>;
  /**
   * The exact count of the text being written: of `before`, if there is one, and of `text` behind it, the part that
   * changes. A newer call supersedes: the older one's promise resolves undefined.
   */
  draft(text: string, before?: string): Promise<number | undefined>;
}

/** A counter that is open. */
export interface Opened extends Counter {
  /** Ends the Worker, where there is one. */
  end?(): void;
}

/** How a counter is opened. */
export interface Opening {
  /** Whether a Worker may be tried. */
  worker: boolean;
  /** Whether it failed before, so that no cache is to be believed. */
  again: boolean;
  /** Called when the counter broke later on. */
  onEnd(): void;
}

/**
 * A counter that has loaded nothing yet. `worker: false` is for pages whose policy is known to allow none, which spares
 * them a request to find out. Both pages of ours are such pages; what is mounted in other people's will try.
 */
export function createCounter({ worker = true }: { worker?: boolean } = {}): Counter {
  let opened: Promise<Opened> | undefined;
  let again = false;
  const forget = (counter?: Opened) => {
    counter?.end?.();
    opened = undefined;
    again = true;
  };
  const open = () =>
    (opened ??= import("./tally.js")
      .catch((error: unknown) => {
        throw Object.assign(new Error("the counter could not be loaded", { cause: error }), { code: "not_ready" });
      })
      .then(({ openCounter }) => openCounter({ worker, again, onEnd: () => forget() }))
      .then((counter) => {
        again = false;
        return counter;
      })
      .catch((error: unknown) => {
        forget();
        throw error;
      }));
  let last = 0;
  return {
    count: async (texts) => (await open()).count(texts),
    async draft(text, before) {
      const turn = ++last;
      const counter = await open();
      if (turn !== last) return undefined;
      return counter.draft(text, before).catch((error: unknown) => {
        // What was written is not what it counts any more.
        forget(counter);
        throw error;
      });
    },
  };
}
