/** The events of one answer, as they are iterated: a queue between the engine that fills it and a loop that reads it. */

import { ChatError } from "./errors.js";
import type { ReplyEvent } from "./types.js";

interface Waiting {
  resolve(result: IteratorResult<ReplyEvent, undefined>): void;
  reject(error: ChatError): void;
}

/** An answer under way. Breaking out of its loop stops it. */
export class Reply implements AsyncIterableIterator<ReplyEvent, undefined> {
  readonly #abandon: () => void;
  #events: ReplyEvent[] = [];
  #next = 0;
  #waiting: Waiting[] = [];
  #over = false;
  #error: ChatError | undefined;

  constructor(abandon: () => void) {
    this.#abandon = abandon;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<ReplyEvent, undefined>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#serve();
    });
  }

  /** What a loop calls when it is left early. */
  return(): Promise<IteratorResult<ReplyEvent, undefined>> {
    if (!this.#over) this.#abandon();
    this.#events = [];
    this.#error = undefined;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** @internal */
  add(event: ReplyEvent): void {
    if (!this.#over) this.#events.push(event);
    this.#serve();
  }

  /** @internal The last event was added. */
  end(): void {
    this.#over = true;
    this.#serve();
  }

  /** @internal The answer failed: the loop throws once what was added is read. */
  fail(error: ChatError): void {
    if (!this.#over) this.#error = error;
    this.end();
  }

  /** @internal Whether the last event was added. */
  get over(): boolean {
    return this.#over;
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      const event = this.#events[this.#next];
      if (event) {
        this.#next += 1;
        this.#waiting.shift()!.resolve({ done: false, value: event });
      } else if (this.#error) {
        this.#waiting.shift()!.reject(this.#error);
        this.#error = undefined;
      } else if (this.#over) {
        this.#waiting.shift()!.resolve({ done: true, value: undefined });
      } else {
        break;
      }
    }
    if (this.#next === this.#events.length) {
      this.#events = [];
      this.#next = 0;
    }
  }
}
