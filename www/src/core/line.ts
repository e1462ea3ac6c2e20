/**
 * A tokenizer's line to its Worker.
 *
 * In: what starts a Worker, and what it begins with. Out: the Worker, while it counts. Never: a wait for one: until it
 * has begun, and once it broke, there is none, and what counts here does.
 */

import type { Remote } from "./remote.js";
import type { Beginning } from "./worker.js";

export class Line {
  #remote: Remote | undefined;
  #hasBegun = false;
  #isOver = false;
  readonly #started: Promise<Remote | undefined>;

  /** Starts a Worker, or none. */
  constructor(start: () => Promise<Remote | undefined>) {
    this.#started = this.#start(start);
  }

  /** What counts there, if anything does. */
  get remote(): Remote | undefined {
    return this.#hasBegun && !this.#remote?.isBroken ? this.#remote : undefined;
  }

  /** Has the Worker begin, once it has started. */
  async begin(beginning: Beginning): Promise<void> {
    try {
      this.#hasBegun = (await (await this.#started)?.begin(beginning)) ?? false;
    } catch {
      // It is done without.
    }
  }

  /** Ends the Worker, whatever it does. */
  end(): void {
    this.#isOver = true;
    this.#remote?.end();
  }

  async #start(start: () => Promise<Remote | undefined>): Promise<Remote | undefined> {
    try {
      this.#remote = await start();
      if (this.#isOver) this.#remote?.end();
      return this.#remote;
    } catch {
      return undefined;
    }
  }
}
