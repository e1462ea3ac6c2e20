/**
 * The simulator as a `fetch`, loaded with the first question.
 *
 * In: what `fetch` takes. Out: a response whose bytes come in their own time, or fails in their own way. Never: the network.
 */

import type { Demo, Play } from "artifacts/demo/demo.js";

import { beside } from "./shell.js";

/** What {@link Play.next} gives. */
interface Step {
  wait?: number;
  bytes?: Uint8Array<ArrayBuffer>;
  reset?: true;
  hang?: true;
}

/** Answers as `fetch` would. */
export async function simulate(url: string, options: RequestInit = {}): Promise<Response> {
  const { signal } = options;
  simulator ??= load().catch((error: unknown) => {
    // The next question tries again.
    simulator = undefined;
    throw error;
  });
  const play = (await simulator).answer(new URL(url).pathname, new TextEncoder().encode(String(options.body ?? "")));
  signal?.throwIfAborted();
  // A status of 0 is a head that never comes: the connection breaks, or says nothing for ever.
  if (play.status === 0) {
    for (let step = next(play); step; step = next(play)) await perform(step, signal);
    throw new TypeError("Failed to fetch");
  }
  return new Response(body(play, signal), { status: play.status, headers: play.headers as [string, string][] });
}

let simulator: Promise<Demo> | undefined;

async function load(): Promise<Demo> {
  const [module, wasm] = await Promise.all([
    import("artifacts/demo/demo.js"),
    import("artifacts/demo/demo_bg.wasm"),
  ]);
  await module.default({ module_or_path: beside(import.meta.url, wasm.default) });
  return new module.Demo(Math.floor(Math.random() * 2 ** 32));
}

/** The body: each step is taken when a reader asks for more. */
function body(play: Play, signal: AbortSignal | null | undefined): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      for (let step = next(play); step; step = next(play)) {
        await perform(step, signal);
        if (step.bytes) return controller.enqueue(step.bytes);
      }
      controller.close();
    },
  });
}

function next(play: Play): Step | undefined {
  return play.next() as Step | undefined;
}

/** Lets the step's time pass; throws where the step breaks the connection, or the caller does. */
async function perform(step: Step, signal: AbortSignal | null | undefined): Promise<void> {
  signal?.throwIfAborted();
  if (step.reset) throw new TypeError("network error");
  if (step.bytes) return;
  await new Promise<void>((resolve, reject) => {
    const leave = () => reject(signal?.reason);
    signal?.addEventListener("abort", leave, { once: true });
    if (step.hang) return;
    setTimeout(() => {
      signal?.removeEventListener("abort", leave);
      resolve();
    }, step.wait);
  });
}
