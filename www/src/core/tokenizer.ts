/**
 * The exact tokenizer: DeepSeek's vocabulary over a wasm module of its own, which the first `load` brings.
 *
 * Texts are JavaScript strings. A lone surrogate counts as a U+FFFD, as `TextEncoder` has it; any other character,
 * NUL among them, counts as itself. Special tokens written in a text are recognised, as the reference does.
 */

import type { Meter as Counting, Tokens } from "artifacts/tokens/tokens.js";
import * as glue from "artifacts/tokens/tokens.js";
import { counted } from "./counted.js";
import { ChatError, calling, freed, refusing, toCoded } from "./errors.js";
import { Halves, isSecond } from "./halves.js";
import { engine, init } from "./init.js";
import { loadTokens, type LoadOptions, type Loaded } from "./loading.js";
import { writePrompt } from "./settings.js";
import { Slices } from "./slices.js";
import type { Message, PromptCount, PromptOptions, Stoppable } from "./types.js";

/**
 * Text to tokens and back, offline.
 *
 * Most methods are synchronous, and cost time in proportion to their texts: a megabyte at the speed that `cargo xtask
 * bench tokens` prints, which is slower for texts of a kind that was not counted before. Those that end in `Async` never
 * take the page's thread for longer than a slice of a few milliseconds, however long the texts are; a prompt's messages
 * are put together at once, which is not felt up to what a model takes.
 */
export class Tokenizer {
  readonly #tables: Tables;
  readonly #line: Loaded["line"];

  private constructor({ tokens, line }: Loaded) {
    this.#tables = { tokens };
    this.#line = line;
    forgotten?.register(this, line, this);
  }

  /**
   * Loads the wasm, once, and a vocabulary, in slices of a few milliseconds. It takes about 10 MB of memory until
   * `free`, or until it is collected.
   *
   * Throws a `ChatError`: `vocabulary_unavailable` (with a status, where there was a response), `vocabulary_corrupt`,
   * `vocabulary_version`, `vocabulary_foreign` for bytes that are no vocabulary, `not_ready` when the wasm cannot be
   * loaded. A later call tries again.
   */
  static async load(options: LoadOptions = {}): Promise<Tokenizer> {
    // The engine is for prompts only, which say so themselves when it is missing.
    const [loaded] = await Promise.all([loadTokens(options), init().catch(() => {})]);
    return new Tokenizer(loaded);
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

  /** How many tokens a text is, without keeping the page waiting. Rejects with the signal's reason once it is aborted. */
  async countAsync(text: string, options?: Stoppable): Promise<number> {
    const [count = 0] = await this.countAllAsync([text], options);
    return count;
  }

  /** The same of many texts, in order. */
  async countAllAsync(texts: readonly string[], { signal }: Stoppable = {}): Promise<Uint32Array> {
    const tokens = this.#open();
    const { remote } = this.#line;
    try {
      if (remote) return await remote.count(texts, signal);
    } catch (thrown) {
      // A Worker that broke is done without.
      if (signal?.aborted) throw signal.reason;
      if (!remote?.isBroken) throw toCoded(thrown);
    }
    const wanted = () => (signal?.throwIfAborted(), this.#open() === tokens);
    return new Slices(glue, tokens).count(texts, wanted);
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
    return countPrompt(writePrompt(messages, options), (text) => tokens.count(text));
  }

  /** {@link countPrompt} without keeping the page waiting. Rejects with the signal's reason once it is aborted. */
  async countPromptAsync(messages: Message[], options: PromptOptions & Stoppable): Promise<number> {
    return (await this.countPromptDetailsAsync(messages, options)).total;
  }

  /** The same by parts, and whether it is exact. */
  async countPromptDetailsAsync(messages: Message[], options: PromptOptions & Stoppable): Promise<PromptCount> {
    this.#open();
    await init();
    const prompt = writePrompt(messages, options);
    return counted((count) => countPrompt(prompt, count), (texts) => this.countAllAsync(texts, options));
  }

  /** A count of text that grows, such as an answer that streams. */
  meter(): Meter {
    this.#open();
    return new Meter(this.#tables);
  }

  /** Lets go of the memory. The tokenizer and its meters cannot be used again. */
  free(): void {
    forgotten?.unregister(this);
    this.#line.end();
    this.#tables.tokens?.free();
    this.#tables.tokens = undefined;
  }

  [Symbol.dispose](): void {
    this.free();
  }

  #open(): Tokens {
    return open(this.#tables);
  }
}

/** What a tokenizer and its meters share, until the tokenizer is freed. */
interface Tables {
  tokens: Tokens | undefined;
}

/** The Worker of a tokenizer that nobody has any more. */
const forgotten =
  typeof FinalizationRegistry === "undefined" ? undefined : new FinalizationRegistry<Loaded["line"]>((line) => line.end());

function open({ tokens }: Tables): Tokens {
  if (!tokens) throw freed("tokenizer");
  return tokens;
}

/** A text that grows and changes, and its count, exact at every moment. */
export class Meter {
  readonly #tables: Tables;
  #counting: Counting | undefined;
  /** How long the text is, in UTF-16 units. */
  #length = 0;
  /** What of it is counted as U+FFFD until its other half comes. */
  readonly #halves = new Halves();

  /** @internal */
  constructor(tables: Tables) {
    this.#tables = tables;
    this.#counting = new glue.Meter();
  }

  /** Puts text behind the text. Costs what was put and the word still open, however long the text is. */
  append(text: string): void {
    const counting = this.#open();
    if (text === "") return;
    const half = isSecond(text.charCodeAt(0)) ? this.#halves.before(this.#length) : "";
    const whole = half + text;
    calling(() => counting.append(open(this.#tables), whole, half !== ""));
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
    calling(() => counting.replace(open(this.#tables), change.start, change.end, change.text));
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
    open(this.#tables);
    if (!this.#counting) throw freed("meter");
    return this.#counting;
  }
}

function countPrompt(prompt: string, count: (text: string) => number): PromptCount {
  const { countPrompt } = engine();
  return refusing(() => countPrompt(prompt, count) as PromptCount);
}
