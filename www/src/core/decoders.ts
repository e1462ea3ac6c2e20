/** Bytes of a reply to events, bytes of a stream to frames. One call into the engine for each chunk. */

import type { Frames, Replies } from "artifacts/core/core.js";
import { refusing } from "./errors.js";
import { engine } from "./init.js";
import { feed, readEvents, readFrames } from "./memory.js";
import type { Format, ReplyEvent, SseEvent } from "./types.js";

/** Decodes one reply, streamed or whole, in either format. */
export class ReplyDecoder {
  #replies: Replies | undefined;
  #events: ReplyEvent[] = [];
  readonly #take = (length: number) => this.#replies!.push(length);
  readonly #read = (tape: number) => readEvents(tape, this.#events);

  constructor(format: Format) {
    this.#replies = new (engine().Replies)(format !== "completions");
  }

  /** Takes in some of the body, cut anywhere. */
  push(bytes: Uint8Array): ReplyEvent[] {
    if (this.#replies) feed(bytes, this.#take, this.#read);
    return this.#drain();
  }

  /** The body ended; a reply that was cut ends in `failed`. Nothing follows. */
  finish(): ReplyEvent[] {
    const replies = this.#replies;
    if (!replies) return [];
    this.#replies = undefined;
    const tape = replies.finish();
    if (tape !== 0) this.#read(tape);
    replies.free();
    return this.#drain();
  }

  #drain(): ReplyEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    else return [];
    return events;
  }
}

/** Decodes server-sent events as the standard tells. */
export class SseDecoder {
  #frames: Frames | undefined = new (engine().Frames)();

  /** Takes in some of the stream, cut anywhere. Throws `too_long` for an event over 1 MiB. */
  push(bytes: Uint8Array): SseEvent[] {
    const frames = this.#frames;
    const events: SseEvent[] = [];
    if (!frames) return events;
    try {
      refusing(() => feed(bytes, (length) => frames.push(length), (tape) => readFrames(tape, events)));
    } catch (error) {
      // What was whole before comes first; the decoder refuses again with the next push.
      if (events.length === 0) throw error;
    }
    return events;
  }

  /** The stream ended. An event that it did not end with a blank line is none. */
  finish(): SseEvent[] {
    this.#frames?.free();
    this.#frames = undefined;
    return [];
  }
}
