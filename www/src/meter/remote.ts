/**
 * A counter in a Worker: both ends of the line.
 *
 * In: a script that calls `serve`. Out: a counter like any other, or nothing where the page's policy allows no Worker.
 * Never: a violation of a policy that could have been known.
 */

import type { Counter } from "./counter.js";
import { Written, type Edit } from "./edit.js";
import { POLICY, allowsWorker } from "./policy.js";

/** What goes there: first how to begin, then what to count. */
type Question = { id: number; again: boolean } | { id: number; texts: string[] } | { id: number; edit: Edit };
/** What comes back, each for one question. */
type Answer = { id: number; result?: unknown; error?: { code: unknown; message: string } };

/** A counter that may be told of an edit alone. */
export interface Reviser extends Counter {
  /** The count of the text being written, once it is edited; else as `draft`. */
  revise(edit: Edit): Promise<number | undefined>;
}

interface Waiting {
  resolve(result: any): void;
  reject(error: Error): void;
}

/**
 * A counter in a Worker, once it has its vocabulary; undefined where there can be no Worker. `onEnd` is called when the
 * Worker breaks later on.
 */
export async function openRemote(script: string, again: boolean, onEnd: () => void): Promise<Counter | undefined> {
  const worker = (await allowsWorker()) ? startWorker(script) : undefined;
  if (!worker) return undefined;
  const remote = new Remote(worker);
  // A policy that forbids the Worker is told by an event, and so is a script that cannot be loaded.
  const begun = await Promise.race([remote.begin(again), remote.broken]).catch((error: unknown) => {
    worker.terminate();
    throw error;
  });
  if (begun === BROKEN) return undefined;
  void remote.broken.then(onEnd);
  return remote;
}

const BROKEN = Symbol("broken");

class Remote implements Counter {
  readonly broken: Promise<typeof BROKEN>;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #written = new Written();
  #last = 0;
  #draft = 0;
  #isBroken = false;

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
        worker.terminate();
        this.#isBroken = true;
        resolve(BROKEN);
        for (const { reject } of this.#waiting.values()) reject(whyBroken());
        this.#waiting.clear();
      };
    });
  }

  begin(again: boolean): Promise<unknown> {
    return this.#ask({ id: ++this.#last, again });
  }

  count(texts: string[]): Promise<Uint32Array> {
    return this.#ask({ id: ++this.#last, texts });
  }

  draft(text: string, before = ""): Promise<number | undefined> {
    // The Worker gives the older one up by itself; its answer need not be waited for.
    this.#waiting.get(this.#draft)?.resolve(undefined);
    this.#waiting.delete(this.#draft);
    this.#draft = ++this.#last;
    return this.#ask({ id: this.#draft, edit: this.#written.revise(text, before) });
  }

  #ask<T>(question: Question): Promise<T> {
    if (this.#isBroken) return Promise.reject(whyBroken());
    return new Promise((resolve, reject) => {
      this.#waiting.set(question.id, { resolve, reject });
      this.#worker.postMessage(question);
    });
  }
}

/** The Worker's end: answers what is asked, in any order. */
export function serve(open: (again: boolean) => Promise<Reviser>): void {
  let counter: Reviser | undefined;
  const obey = async (question: Question): Promise<unknown> => {
    if ("again" in question) counter = await open(question.again);
    else if ("texts" in question) return counter?.count(question.texts);
    else return counter?.revise(question.edit);
    return undefined;
  };
  addEventListener("message", async ({ data }: MessageEvent<Question>) => {
    const { id } = data;
    let answer: Answer;
    try {
      answer = { id, result: await obey(data) };
    } catch (thrown) {
      const { code = "internal", message = String(thrown) } = (thrown ?? {}) as { code?: unknown; message?: string };
      answer = { id, error: { code, message } };
    }
    (postMessage as (answer: Answer) => void)(answer);
  });
}

interface Policies {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): {
    createScriptURL(address: string): unknown;
  };
}

/** The one policy of that name: a second would be a violation. */
let policy: ReturnType<Policies["createPolicy"]> | undefined;

/** Undefined where Trusted Types forbid it. The script is this bundle's own chunk, always the same. */
function startWorker(script: string): Worker | undefined {
  try {
    const { trustedTypes } = globalThis as { trustedTypes?: Policies };
    const own = (address: string) => (address === script ? address : "");
    policy ??= trustedTypes?.createPolicy(POLICY, { createScriptURL: own });
    return new Worker((policy?.createScriptURL(script) ?? script) as string, { type: "module", name: "hadal-counter" });
  } catch {
    return undefined;
  }
}

function whyBroken(): Error {
  return coded("the Worker that counts broke", "internal");
}

function coded(message: string, code: unknown): Error {
  return Object.assign(new Error(message), { code });
}
