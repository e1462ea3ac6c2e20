/**
 * Work in pieces and pieces in slices, so that nobody waits for it: the size of a piece follows from how long the last
 * one took.
 */

/** How long a slice may take, in milliseconds, and how long a piece should. */
const SLICE = 8;
const PIECE = 2;
/** Least and most bytes of a piece. */
const LEAST = 1 << 10;
const MOST = 1 << 15;

/** The pace of one row of pieces. */
export class Pace {
  /** How many bytes a piece should have. */
  size = 4 * LEAST;
  #begun = performance.now();

  /** Does a piece of `size` bytes. */
  take<T>(piece: (size: number) => T): T {
    const before = performance.now();
    const result = piece(this.size);
    const faster = PIECE / Math.max(performance.now() - before, 0.01);
    this.size = Math.round(Math.min(MOST, Math.max(LEAST, this.size * Math.min(faster, 2))));
    return result;
  }

  /** Whether the slice has no room for another piece. */
  get isOver(): boolean {
    return performance.now() - this.#begun > SLICE - PIECE;
  }

  /** Ends the slice; the next one begins in a task of its own. */
  async rest(): Promise<void> {
    await turn();
    this.#begun = performance.now();
  }
}

/**
 * Resolves in a task of its own. Not by a timer, where there is another way: browsers slow those down to four
 * milliseconds. The channel is closed again, because an open one keeps a program from ending.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof MessageChannel === "undefined") return void setTimeout(resolve);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
