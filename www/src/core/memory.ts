/**
 * The memory that both sides of the border share: bytes go in at a fixed place, events come back on a tape.
 *
 * The tape is laid out by `src/js/tape.rs` and `src/js/events.rs`; this file takes it off in the same order.
 */

import type { ReplyEvent, SseEvent, Usage } from "./types.js";

/** Most bytes that go in at once. */
const ROOM = 64 * 1024;
/** Marks the length of a text that is not on the tape itself. */
const LONG = 0x8000_0000;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const { fromCharCode } = String;

let memory: WebAssembly.Memory;
let input = 0;
let bytes = new Uint8Array(0);
let words = new Uint32Array(0);
/** Where on the tape the reader is, and where in the long texts. */
let at = 0;
let long = 0;

/** Takes hold of an instance's memory. */
export function attach(of: WebAssembly.Memory, inputAddress: number): void {
  memory = of;
  input = inputAddress;
  look();
}

/** Hands a chunk to `take`, in as many pieces as fit; `read` gets the tape of each piece that gave one. */
export function feed(chunk: Uint8Array, take: (length: number) => number, read: (tape: number) => void): void {
  for (let from = 0; from < chunk.length || from === 0; from += ROOM) {
    const piece = chunk.length <= ROOM ? chunk : chunk.subarray(from, from + ROOM);
    if (bytes.length === 0) look();
    bytes.set(piece, input);
    const tape = take(piece.length);
    if (tape !== 0) read(tape);
  }
}

/** Reads a tape of reply events onto the end of `events`. */
export function readEvents(tape: number, events: ReplyEvent[]): void {
  for (const end = open(tape); at < end; ) events.push(readEvent());
}

/** Reads a tape of frames onto the end of `frames`. */
export function readFrames(tape: number, frames: SseEvent[]): void {
  for (const end = open(tape); at < end; ) {
    const [event, data, id] = [text(), text(), text()];
    const hasRetry = number() === 1;
    const retry = wide();
    frames.push({ event, data, id, retry: hasRetry ? retry : undefined });
  }
}

/** Reads a tape of one usage. */
export function readUsage(tape: number): Usage {
  open(tape);
  number();
  return usage();
}

function readEvent(): ReplyEvent {
  const kind = number();
  switch (kind) {
    case 1:
      return { type: "reasoning", delta: text() };
    case 2:
      return { type: "text", delta: text() };
    case 3:
      return { type: "tool_call_delta", index: number(), id: text(), name: text(), delta: text() };
    case 4:
      return { type: "tool_call", index: number(), id: text(), name: text(), arguments: text() };
    case 5:
      return { type: "usage", usage: usage() };
    case 6:
      return { type: "done", stopReason: text() };
    default: {
      const [code, status, retryable, message] = [text(), number(), number() === 1, text()];
      return { type: "failed", error: { code, status: status || undefined, retryable, message } };
    }
  }
}

/** Goes to a tape's first entry; where it ends. */
function open(tape: number): number {
  if (bytes.length === 0) look();
  at = tape >>> 2;
  const end = at + words[at++]!;
  long = words[at++]!;
  return end;
}

function number(): number {
  return words[at++]!;
}

function wide(): number {
  const low = number();
  return low + number() * 0x1_0000_0000;
}

function usage(): Usage {
  return { input: wide(), cachedInput: wide(), output: wide(), reasoning: wide() };
}

function text(): string {
  const length = words[at++]!;
  if (length >= LONG) {
    const from = long;
    long += length - LONG;
    return utf8.decode(bytes.subarray(from, long));
  }
  let result = "";
  const end = at + length;
  for (; at + 4 <= end; at += 4) {
    result += fromCharCode(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
  }
  for (; at < end; at++) result += fromCharCode(words[at]!);
  return result;
}

/** Looks at the memory anew: when it grows, what looked at it before is left empty. */
function look(): void {
  bytes = new Uint8Array(memory.buffer);
  words = new Uint32Array(memory.buffer);
}
