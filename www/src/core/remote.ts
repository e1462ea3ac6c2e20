/**
 * What counts, in a Worker: both ends of the line.
 *
 * In: a script that calls `serve`. Out: counts, or nothing where the page's policy allows no Worker. Never: a violation
 * of a policy that could have been known.
 */

import { Written, type Edit } from "./edit.js";
import { POLICY, allowsWorker } from "./policy.js";

/** What counts at the other end. */
export interface Counting {
  count(texts: string[], wanted: () => boolean): Promise<Uint32Array>;
  revise(edit: Edit): Promise<number | undefined>;
}

/** What goes there: first what to begin with, then what to count; what is stopped is not waited for any more. */
type Question =
  | { id: number; begin: any }
  | { id: number; texts: readonly string[] }
  | { id: number; edit: Edit }
  | { id: number; stop: true };
/** What comes back, each for one question. */
type Answer = { id: number; result?: unknown; error?: { code: unknown; message: string } };

interface Waiting {
  resolve(result: any): void;
  reject(error: unknown): void;
}

/** Starts a script of ours as a Worker; undefined where the page's policy allows none. */
export async function startWorker(script: string): Promise<Worker | undefined> {
  if (!(await allowsWorker())) return undefined;
  try {
    const { trustedTypes } = globalThis as { trustedTypes?: Policies };
    const own = (address: string) => (address === script ? address : "");
    policy ??= trustedTypes?.createPolicy(POLICY, { createScriptURL: own });
    return new Worker((policy?.createScriptURL(script) ?? script) as string, { type: "module", name: "hadal-counter" });
  } catch {
    return undefined;
  }
}

const BROKEN = Symbol("broken");

/** The page's end. It is made together with the Worker, or else it could miss that there is none. */
export class Remote {
  /** Resolves when the Worker breaks. */
  readonly broken: Promise<typeof BROKEN>;
  /** Nothing can be counted here any more. */
  isBroken = false;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #written = new Written();
  #last = 0;
  #draft = 0;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.error) waiting?.reject(coded(data.error.message, data.error.code));
      else waiting?.resolve(data.result);
    };
    this.broken = new Promise((resolve) => {
      worker.onerror = (event) => {
        event.preventDefault();
        resolve(BROKEN);
        this.end();
      };
    });
  }

  /** Begins; false where the Worker could not be started after all. Rejects with what the beginning failed for. */
  async begin(begin: unknown): Promise<boolean> {
    try {
      // A policy that forbids the Worker is told by an event, and so is a script that cannot be loaded.
      return (await Promise.race([this.#ask({ id: ++this.#last, begin }), this.broken])) !== BROKEN;
    } catch (error) {
      this.end();
      throw error;
    }
  }

  /** Counts texts. Once the signal is aborted, it rejects with its reason and the Worker counts no further. */
  async count(texts: readonly string[], signal?: AbortSignal): Promise<Uint32Array> {
    signal?.throwIfAborted();
    const id = ++this.#last;
    const stop = () => {
      this.#waiting.get(id)?.reject(signal?.reason);
      this.#waiting.delete(id);
      this.#worker.postMessage({ id, stop: true } satisfies Question);
    };
    signal?.addEventListener("abort", stop, { once: true });
    try {
      return await this.#ask({ id, texts });
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  draft(text: string, before = ""): Promise<number | undefined> {
    // The Worker gives the older one up by itself; its answer need not be waited for.
    this.#waiting.get(this.#draft)?.resolve(undefined);
    this.#waiting.delete(this.#draft);
    this.#draft = ++this.#last;
    return this.#ask({ id: this.#draft, edit: this.#written.revise(text, before) });
  }

  /** Ends the Worker. What is not answered is rejected. */
  end(): void {
    this.#worker.terminate();
    this.isBroken = true;
    for (const { reject } of this.#waiting.values()) reject(whyBroken());
    this.#waiting.clear();
  }

  #ask<T>(question: Question): Promise<T> {
    if (this.isBroken) return Promise.reject(whyBroken());
    return new Promise((resolve, reject) => {
      this.#waiting.set(question.id, { resolve, reject });
      this.#worker.postMessage(question);
    });
  }
}

/** The Worker's end: answers what is asked, in any order. */
export function serve(open: (begin: any) => Promise<Counting>): void {
  let counter: Counting | undefined;
  const stopped = new Set<number>();
  const obey = async (question: Exclude<Question, { stop: true }>): Promise<unknown> => {
    if ("begin" in question) counter = await open(question.begin);
    else if ("texts" in question) return counter?.count([...question.texts], () => !stopped.has(question.id));
    else return counter?.revise(question.edit);
    return undefined;
  };
  const counting = new Set<number>();
  addEventListener("message", async ({ data }: MessageEvent<Question>) => {
    const { id } = data;
    if ("stop" in data) return void (counting.has(id) && stopped.add(id));
    counting.add(id);
    let answer: Answer;
    try {
      answer = { id, result: await obey(data) };
    } catch (thrown) {
      const { code = "internal", message = String(thrown) } = (thrown ?? {}) as { code?: unknown; message?: string };
      answer = { id, error: { code, message } };
    }
    counting.delete(id);
    // Nobody waits for what was stopped.
    if (!stopped.delete(id)) (postMessage as (answer: Answer) => void)(answer);
  });
}

interface Policies {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): {
    createScriptURL(address: string): unknown;
  };
}

/** The one policy of that name: a second would be a violation. */
let policy: ReturnType<Policies["createPolicy"]> | undefined;

function whyBroken(): Error {
  return coded("the Worker that counts broke", "internal");
}

function coded(message: string, code: unknown): Error {
  return Object.assign(new Error(message), { code });
}
