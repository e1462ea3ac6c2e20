/** Getting a vocabulary: bytes from wherever they are, unzipped where they are zipped. */

import { ChatError } from "./errors.js";
import { readFile } from "./files.js";

/** Where a vocabulary may come from: an address, a response, or its bytes. */
export type PackSource = string | URL | Request | Response | BufferSource;

/** More bytes than any pack has; what unfolds to more is none. */
const MOST = 8 << 20;

/**
 * The pack's bytes, unzipped. Throws `vocabulary_unavailable` when they cannot be had, and `vocabulary_corrupt` when
 * they were cut or damaged on the way.
 */
export async function readPack(source: PackSource | Promise<PackSource>): Promise<Uint8Array<ArrayBuffer>> {
  return unzip(await take(source));
}

/** The same of an address alone, for the page, which carries no more than that. */
export async function fetchPack(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await unzip(await read(await fetch(request)));
  } catch (thrown) {
    throw unavailable(thrown);
  }
}

async function take(given: PackSource | Promise<PackSource>): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const source = await given;
    if (ArrayBuffer.isView(source) || source instanceof ArrayBuffer) return toBytes(source);
    const file = source instanceof URL || typeof source === "string" ? readFile(source) : undefined;
    if (file) return file;
    return await read(source instanceof Response ? source : await fetch(source));
  } catch (thrown) {
    throw unavailable(thrown);
  }
}

async function read(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  const { status } = response;
  throw new ChatError({ code: "vocabulary_unavailable", status, message: `the vocabulary's address says ${status}` });
}

function unavailable(thrown: unknown): ChatError {
  if (thrown instanceof ChatError) return thrown;
  const message = "the vocabulary could not be loaded";
  return new ChatError({ code: "vocabulary_unavailable", retryable: true, message }, thrown);
}

/** Servers that know `.gz` unzip it on the way, so what arrives decides. */
async function unzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      parts.push(step.value);
      length += step.value.length;
      if (length > MOST) throw new RangeError("too long");
    }
  } catch (thrown) {
    const message = "the vocabulary pack is cut short or damaged";
    throw new ChatError({ code: "vocabulary_corrupt", message }, thrown);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function toBytes(source: BufferSource): Uint8Array<ArrayBuffer> {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  return new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength);
}
