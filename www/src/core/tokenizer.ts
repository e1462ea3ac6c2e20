/**
 * The exact tokenizer: DeepSeek's vocabulary over a wasm module of its own, which the first `load` brings.
 *
 * Texts are JavaScript strings. A lone surrogate counts as a U+FFFD, as `TextEncoder` has it; any other character,
 * NUL among them, counts as itself. Special tokens written in a text are recognised, as the reference does.
 */

import type { Meter as Counting, Tokens } from "artifacts/tokens/tokens.js";
import * as glue from "artifacts/tokens/tokens.js";
import { ChatError, refusing, toChatError } from "./errors.js";
import { readBeside, readFile } from "./files.js";
import { Halves, isSecond } from "./halves.js";
import { engine, init, notReady, type Source } from "./init.js";
import { writePrompt } from "./settings.js";
import type { Message, PromptCount, PromptOptions } from "./types.js";
import { readPack, type PackSource } from "./vocabulary.js";

/** How to load a tokenizer. Nothing is needed where the package's files can be read or fetched. */
export interface LoadOptions {
  /** The vocabulary, zipped or not; without it `ids.pack.gz` or `counts.pack.gz` of the package. */
  source?: PackSource | Promise<PackSource>;
  /** `false` loads the smaller vocabulary, which counts as exactly and knows no ids. */
  ids?: boolean;
  /** The module `tokens_bg.wasm` of the package, for runtimes that can neither read nor fetch it, such as workerd. */
  wasm?: Source | Promise<Source>;
}

let starting: Promise<unknown> | undefined;

/** Text to tokens and back, offline. */
export class Tokenizer {
  #tokens: Tokens | undefined;

  private constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  /**
   * Loads the wasm, once, and a vocabulary. It takes about 10 MB of memory until `free`, or until it is collected.
   *
   * Throws a `ChatError`: `vocabulary_unavailable` (with a status, where there was a response), `vocabulary_corrupt`,
   * `vocabulary_version`, `vocabulary_foreign` for bytes that are no vocabulary, `not_ready` when the wasm cannot be
   * loaded. A later call tries again.
   */
  static async load({ source, ids = true, wasm }: LoadOptions = {}): Promise<Tokenizer> {
    const beside = ids ? idsBeside : countsBeside;
    const [pack] = await Promise.all([
      readPack(source ?? readBeside(beside) ?? beside()),
      start(wasm),
      // For prompts only, which say so themselves when it is missing.
      init().catch(() => {}),
    ]);
    return new Tokenizer(calling(() => new glue.Tokens(new glue.Opening(pack))));
  }

  /** Whether `encode` and `decode` work: whether the vocabulary has the model's ids. */
  get hasIds(): boolean {
    return this.#open().hasIds;
  }

  /** How many tokens a text is. */
  count(text: string): number {
    return this.#open().count(text);
  }

  /** How many tokens each of many texts is; quicker than one by one. */
  countAll(texts: readonly string[]): Uint32Array {
    return this.#open().countAll(texts as string[]);
  }

  /** The model's ids of a text. Throws `no_ids` when only counts were loaded. */
  encode(text: string): Uint32Array {
    return calling(() => this.#open().encode(text));
  }

  /**
   * The text of ids. Where they were cut inside a character, its pieces are U+FFFD; `decodeBytes` keeps them. Throws
   * `token_unknown` for a number that is no token, and `no_ids`.
   */
  decode(ids: Uint32Array | readonly number[]): string {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.decodeBytes(ids));
  }

  /** The same as bytes: UTF-8, unless it was cut inside a character. */
  decodeBytes(ids: Uint32Array | readonly number[]): Uint8Array {
    const tokens = this.#open();
    for (const id of ids) {
      // Those that 32 bits would take for another.
      if (id >>> 0 !== id) throw new ChatError({ code: "token_unknown", message: `no token has the id ${id}` });
    }
    return calling(() => tokens.decode(ids as number[]));
  }

  /**
   * How many tokens the messages are as a prompt of the model, tools and the template's own included: the API's
   * `usage.prompt_tokens`. For a model that is not known it is an estimate by DeepSeek's template;
   * {@link countPromptDetails} tells which it is.
   */
  countPrompt(messages: Message[], options: PromptOptions): number {
    return this.countPromptDetails(messages, options).total;
  }

  /** The same by parts, and whether it is exact. */
  countPromptDetails(messages: Message[], options: PromptOptions): PromptCount {
    const tokens = this.#open();
    const { countPrompt } = engine();
    return refusing(() => countPrompt(writePrompt(messages, options), (text: string) => tokens.count(text)) as PromptCount);
  }

  /** A count of text that grows, such as an answer that streams. */
  meter(): Meter {
    return new Meter(this.#open());
  }

  /** Lets go of the memory. The tokenizer and its meters cannot be used again. */
  free(): void {
    this.#tokens?.free();
    this.#tokens = undefined;
  }

  [Symbol.dispose](): void {
    this.free();
  }

  #open(): Tokens {
    if (!this.#tokens) throw freed("tokenizer");
    return this.#tokens;
  }
}

/** A text that grows and changes, and its count, exact at every moment. */
export class Meter {
  readonly #tokens: Tokens;
  #counting: Counting | undefined;
  /** How long the text is, in UTF-16 units. */
  #length = 0;
  /** What of it is counted as U+FFFD until its other half comes. */
  readonly #halves = new Halves();

  /** @internal */
  constructor(tokens: Tokens) {
    this.#tokens = tokens;
    this.#counting = new glue.Meter();
  }

  /** Puts text behind the text. Costs what was put and the word still open, however long the text is. */
  append(text: string): void {
    const counting = this.#open();
    if (text === "") return;
    const half = isSecond(text.charCodeAt(0)) ? this.#halves.before(this.#length) : "";
    const whole = half + text;
    calling(() => counting.append(this.#tokens, whole, half !== ""));
    this.#halves.change({ start: this.#length - half.length, end: this.#length, text: whole });
    this.#length += text.length;
  }

  /**
   * Puts text in the place of what stands from `start` to `end`, which are offsets as `String.slice` has them, none of
   * them negative. Costs what is put and taken and the words around, and moving the bytes behind.
   *
   * Throws `range_outside_text` where the text has no such range; then nothing is changed.
   */
  replace(start: number, end: number, text: string): void {
    const counting = this.#open();
    if (!(Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= this.#length)) {
      throw new ChatError({ code: "range_outside_text", message: `the text has no range from ${start} to ${end}` });
    }
    const by = text.length - (end - start);
    // What is left of a pair that is cut.
    const [cut, cutBehind] = [start, end].map((at) => counting.cutAt(at));
    if (cut) text = String.fromCodePoint(cut).charAt(0) + text;
    if (cutBehind) text += String.fromCodePoint(cutBehind).charAt(1);
    const change = this.#halves.mend({ start: start - (cut ? 1 : 0), end: end + (cutBehind ? 1 : 0), text });
    calling(() => counting.replace(this.#tokens, change.start, change.end, change.text));
    this.#halves.change(change);
    this.#length += by;
  }

  /** How many tokens the text is. */
  get count(): number {
    return this.#open().count;
  }

  /** Lets go of the memory, which otherwise happens once the meter is collected. */
  free(): void {
    this.#counting?.free();
    this.#counting = undefined;
  }

  [Symbol.dispose](): void {
    this.free();
  }

  #open(): Counting {
    if (!this.#counting) throw freed("meter");
    return this.#counting;
  }
}

function start(source: LoadOptions["wasm"]): Promise<unknown> {
  starting ??= Promise.resolve(source)
    .then((given = readBeside(wasmBeside) ?? wasmBeside()) => {
      const file = given instanceof URL || typeof given === "string" ? readFile(given) : undefined;
      return glue.default({ module_or_path: file ?? given });
    })
    .catch((thrown) => {
      starting = undefined;
      throw notReady("the tokenizer's wasm could not be loaded", thrown);
    });
  return starting;
}

/** Calls the tokens' wasm, whose refusals are errors with a code. */
function calling<T>(call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    const { code, message } = thrown as { code?: unknown; message?: string };
    throw typeof code === "string" && !(thrown instanceof ChatError)
      ? new ChatError({ code, message: message ?? code })
      : toChatError(thrown);
  }
}

function freed(what: string): ChatError {
  return new ChatError({ code: "freed", message: `the ${what} was freed` });
}

// Spelled out, so that bundlers see which files the package needs.
const wasmBeside = () => new URL("./tokens_bg.wasm", import.meta.url);
const idsBeside = () => new URL("./ids.pack.gz", import.meta.url);
const countsBeside = () => new URL("./counts.pack.gz", import.meta.url);
