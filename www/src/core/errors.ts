/** The one error that the package throws, and how to know it. */

import type { Failure } from "./types.js";

/** The same symbol in every realm and every copy of the package. */
const BRAND = Symbol.for("hadal.ChatError");

/** Something failed; `code` is a stable word for it. */
export class ChatError extends Error {
  readonly code: string;
  /** The HTTP status, if a response had one. */
  readonly status: number | undefined;
  /** Asking again later may help. */
  readonly retryable: boolean;

  constructor(failure: Partial<Failure> & { code: string }, cause?: unknown) {
    super(failure.message || failure.code, cause === undefined ? undefined : { cause });
    this.code = failure.code;
    this.status = failure.status;
    this.retryable = failure.retryable ?? false;
  }

  get [BRAND](): true {
    return true;
  }
}

Object.defineProperty(ChatError.prototype, "name", { value: "ChatError", configurable: true, writable: true });

/** Whether a value is a `ChatError`, of this copy of the package, of another, or of another realm. */
export function isChatError(value: unknown): value is ChatError {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}

/** Makes a `ChatError` of whatever was thrown: the crate's refusals are plain objects with a code. */
export function toChatError(thrown: unknown): ChatError {
  if (isChatError(thrown)) return thrown;
  if (typeof thrown === "object" && thrown !== null && !(thrown instanceof Error)) {
    const { code } = thrown as { code?: unknown };
    if (typeof code === "string") return new ChatError(thrown as Failure);
  }
  return new ChatError({ code: "internal", message: "the engine failed" }, thrown);
}

/** Calls the engine; what it throws is a `ChatError`. */
export function refusing<T>(call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    throw toChatError(thrown);
  }
}

/** @internal The same for the tokenizer's wasm, whose refusals are errors with a code. */
export function calling<T>(call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    throw toCoded(thrown);
  }
}

/** @internal Makes a `ChatError` of what the tokenizer's wasm threw. */
export function toCoded(thrown: unknown): ChatError {
  const { code, message } = (thrown ?? {}) as { code?: unknown; message?: string };
  return typeof code === "string" && !isChatError(thrown) ? new ChatError({ code, message: message ?? code }) : toChatError(thrown);
}

/** @internal What was let go of cannot be used. */
export function freed(what: string): ChatError {
  return new ChatError({ code: "freed", message: `the ${what} was freed` });
}
