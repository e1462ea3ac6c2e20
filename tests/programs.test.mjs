// The package in a page, in Chromium: what counts asynchronously never keeps the page waiting, in a Worker or without.
//
// A server of the tests' own gives pages their policies. The one measure of time is the browser's own, as in
// counter.test.mjs: no task of the page's thread is a long one, which is one of over 50 ms.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { Tokenizer, forecast } from "../target/npm/hadal/index.js";
import { POLICIES, mostlyUnfelt, open, servePages, stagePages, until } from "./browser.mjs";

const built = fileURLToPath(new URL("../target/npm/hadal", import.meta.url));
const MODEL = { model: "deepseek-v3.2-exp" };
/** What a prompt of the model may have. */
const FULL = 131_072;

/** Numbers that look thrown and are the same each time. */
function dice(seed = 1) {
  return (sides) => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % sides;
}

/** A text of just over 128 K tokens, made of pieces. */
function full(tokenizer, piece) {
  const throwing = dice();
  const m = tokenizer.meter();
  const pieces = [];
  while (m.count < FULL) {
    const some = Array.from({ length: 1000 }, () => piece(throwing)).join("");
    m.append(some);
    pieces.push(some);
  }
  m.free();
  return pieces.join("");
}

const letter = (throwing) => String.fromCharCode(97 + (throwing(26 * 64) >> 6));
const word = (throwing) => Array.from({ length: 1 + (throwing(9 * 64) >> 6) }, () => letter(throwing)).join("");
const TEXTS = {
  "words": (throwing) => `${word(throwing)} `,
  "Chinese": (throwing) => String.fromCharCode(0x4e00 + (throwing(20_000 * 8) >> 3)),
  "code": (throwing) => `${word(throwing)}${["(", ");\n    ", " = ", "_", ".", " {\n\t"][throwing(6 * 64) >> 6]}`,
  "letters without a break": letter,
  "one letter": () => "aaaaaaaa",
  "lone surrogates and NUL": () => "\ud800\0",
};

/** Workers that never begin, and that begin and count nothing. */
const SCRIPTS = {
  "/deaf.js": "addEventListener('message', () => {});",
  "/silent.js": "addEventListener('message', ({ data }) => 'begin' in data && postMessage({ id: data.id }));",
};

/** Pages under each policy, with the package beside them. */
async function startPages() {
  const types = { js: "text/javascript", wasm: "application/wasm", gz: "application/octet-stream" };
  const state = { missing: undefined, asked: [] };
  const pages = await servePages("program", async (path) => {
    state.asked.push(path);
    const bytes = path === state.missing ? undefined : SCRIPTS[path] ?? await readFile(join(built, path)).catch(() => undefined);
    return { status: bytes ? 200 : 404, head: { "content-type": types[path.split(".").at(-1)] ?? "text/plain" }, bytes };
  });
  return { state, ...pages };
}

describe("a program in a page", { timeout: 300_000 }, () => {
  let browser, pages, exact;

  stagePages(startPages, async (made) => {
    ({ browser, pages } = made);
    exact = await Tokenizer.load({ ids: false });
  });

  /** Opens a page and watches it; at the end it has complained of nothing. */
  async function visit(policy, run) {
    const tab = await open(browser);
    const workers = [];
    tab.page.on("worker", (worker) => workers.push(worker.url()));
    pages.state.asked = [];
    try {
      await tab.page.goto(pages.url(policy));
      await tab.page.evaluate(async () => {
        // What comes back from a Worker: first that it has begun, then its counts.
        globalThis.answers = 0;
        globalThis.Worker = class extends Worker {
          constructor(...given) {
            super(...given);
            globalThis.own = this;
            this.addEventListener("message", () => (globalThis.answers += 1));
          }
        };
        globalThis.hadal = await import("/index.js");
        globalThis.long = [];
        new PerformanceObserver((list) => {
          globalThis.long.push(...list.getEntries().map(({ startTime, duration }) => ({ startTime, duration })));
        }).observe({ type: "longtask" });
      });
      await run(tab.page, workers);
      assert.deepEqual(tab.complaints, []);
    } finally {
      await tab.close();
      pages.state.missing = undefined;
    }
  }

  /** The text as a conversation of several turns. */
  const chat = (text) => {
    const part = Math.ceil(text.length / 5);
    return Array.from({ length: 5 }, (_, at) => ({ role: at % 2 ? "assistant" : "user", content: text.slice(at * part, (at + 1) * part) }));
  };

  for (const worker of [true, false]) {
    for (const [name, piece] of Object.entries(TEXTS)) {
      test(`128 K tokens of ${name} are not felt, ${worker ? "in a Worker" : "in slices"}`, async () => {
        const text = full(exact, piece);
        const messages = chat(text);
        const previous = messages.slice(0, -1);
        const expected = [
          exact.count(text), [exact.count("hi"), exact.count(text)], exact.countPrompt(messages, MODEL),
          forecast(exact, messages, { ...MODEL, previous }).cachedAtMost,
        ];
        await mostlyUnfelt(async () => {
          let felt;
          await visit("no Trusted Types", async (page, workers) => {
            const result = await page.evaluate(count128K, { text, messages, previous, worker, options: MODEL });
            assert.deepEqual(result.counts, expected);
            assert.equal(workers.length, worker ? 1 : 0);
            felt = result.felt;
          });
          return felt;
        });
      });
    }
  }

  /** In the page: loads and counts, everything for the first time; the long tasks of that. */
  async function count128K({ text, messages, previous, worker, options }) {
    const { Tokenizer, forecastAsync } = globalThis.hadal;
    // Only the counting is to be seen, not this script's arrival.
    const turn = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    await turn();
    const begun = performance.now();
    const t = await Tokenizer.load({ worker });
    const counts = [
      await t.countAsync(text), [...(await t.countAllAsync(["hi", text]))], await t.countPromptAsync(messages, options),
      (await forecastAsync(t, messages, { ...options, previous })).cachedAtMost,
    ];
    await turn();
    await turn();
    t.free();
    return { counts, felt: globalThis.long.filter(({ startTime }) => startTime >= begun).map(({ duration }) => duration) };
  }

  const texts = ["", "Hello, world!", "深い海\0", "a\ud800b", "word ".repeat(20_000), "x".repeat(50_000)];
  const load = (page, options) =>
    page.evaluate(async (options) => void (globalThis.t = await hadal.Tokenizer.load(options)), options);
  /** Waits until the Worker has answered so often. */
  const answered = (page, answers) => page.waitForFunction((answers) => globalThis.answers >= answers, answers);
  const count = (page) => page.evaluate(async (texts) => [...(await t.countAllAsync(texts))], texts);
  const expected = () => [...exact.countAll(texts)];

  for (const [policy, inWorker] of [
    ["no Trusted Types", true],
    ["Trusted Types, any policy", true],
    ["Trusted Types, our policy", true],
    ["no Worker", false],
    ["Trusted Types, no policy", false],
  ]) {
    test(`counts ${inWorker ? "in a Worker" : "in slices"} under: ${policy}`, async () => {
      await visit(policy, async (page, workers) => {
        await load(page, { worker: true });
        assert.deepEqual(await count(page), expected());
        if (inWorker) {
          await answered(page, 1);
          assert.deepEqual(await count(page), expected());
          await answered(page, 2);
        }
        assert.equal(workers.length, inWorker ? 1 : 0);
        const asked = pages.state.asked.filter((path) => /worker\.js|pack|tokens/.test(path)).sort();
        assert.deepEqual(asked, ["/ids.pack.gz", "/tokens_bg.wasm", ...(inWorker ? ["/worker.js"] : [])]);
      });
    });
  }

  test("counts in slices where the Worker's script is missing", async () => {
    await visit("no Trusted Types", async (page) => {
      pages.state.missing = "/worker.js";
      await load(page, { worker: true });
      assert.deepEqual(await count(page), expected());
    });
  });

  test("counts in a Worker that the program made, and in slices once that broke", async () => {
    await visit("no Trusted Types", async (page, workers) => {
      await page.evaluate(async () => {
        const worker = () => new Worker("/worker.js", { type: "module" });
        globalThis.t = await hadal.Tokenizer.load({ worker });
      });
      await answered(page, 1);
      assert.deepEqual(await count(page), expected());
      await answered(page, 2);
      const counts = await page.evaluate(async (texts) => {
        // The question is on its way, and its answer can only come in a later task.
        const counting = t.countAllAsync([...texts, "long ".repeat(200_000)]);
        own.dispatchEvent(new ErrorEvent("error"));
        return [...(await counting)].slice(0, texts.length);
      }, texts);
      assert.deepEqual(counts, expected());
      assert.deepEqual(await count(page), expected());
      assert.equal(workers.length, 1);
    });
  });

  test("counts in slices while a Worker does not begin, and lets go of it", async () => {
    await visit("no Trusted Types", async (page, workers) => {
      await page.evaluate(async () => {
        globalThis.t = await hadal.Tokenizer.load({ worker: () => new Worker("/deaf.js") });
      });
      assert.deepEqual(await count(page), expected());
      const told = await page.evaluate(async (options) => {
        const messages = [{ role: "user", content: "Why?" }];
        return [await t.countPromptAsync(messages, options), t.countPrompt(messages, options)];
      }, MODEL);
      assert.equal(told[0], told[1]);
      const [worker] = page.workers();
      const gone = new Promise((done) => worker.once("close", done));
      await page.evaluate(() => t.free());
      await gone;
      assert.equal(workers.length, 1);
    });
  });

  test("ends the Worker of a tokenizer that nobody has any more", async () => {
    await visit("no Trusted Types", async (page) => {
      await load(page, { worker: true });
      await answered(page, 1);
      const gone = new Promise((done) => page.workers()[0].once("close", done));
      await page.evaluate(() => void (globalThis.t = undefined));
      const session = await page.context().newCDPSession(page);
      let isGone = false;
      void gone.then(() => (isGone = true));
      await until(async () => (await session.send("HeapProfiler.collectGarbage"), isGone), "the Worker ends");
    });
  });

  test("16 MB of one text are not felt", async () => {
    await mostlyUnfelt(async () => {
      let felt;
      await visit("no Trusted Types", async (page) => {
        felt = await page.evaluate(async () => {
          const turn = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
          const t = await hadal.Tokenizer.load({ ids: false });
          const text = await new Response(new Blob(Array(16).fill("deep and dark, ".repeat(70_000)))).text();
          await turn();
          const begun = performance.now();
          const control = new AbortController();
          const counting = t.countAsync(text, { signal: control.signal }).catch(() => {});
          // The handing over is what this is about, not the counting of so much.
          for (let frame = 0; frame < 100; frame += 1) await turn();
          control.abort();
          await counting;
          await turn();
          return globalThis.long.filter(({ startTime }) => startTime >= begun).map(({ duration }) => duration);
        });
      });
      return felt;
    });
  });

  test("counts in slices where the program's own Worker cannot be made", async () => {
    await visit("no Trusted Types", async (page) => {
      await page.evaluate(async () => {
        const worker = () => {
          throw new Error("none");
        };
        globalThis.t = await hadal.Tokenizer.load({ worker });
      });
      assert.deepEqual(await count(page), expected());
    });
  });

  /** Loads, with a Worker that begins and then never answers, or with none whose count could end at once. */
  async function loadSilent(page, worker) {
    await page.evaluate(async (worker) => {
      globalThis.t = await hadal.Tokenizer.load(worker ? { worker: () => new Worker("/silent.js") } : {});
    }, worker);
    if (worker) await answered(page, 1);
  }

  for (const worker of [true, false]) {
    test(`gives up what is aborted, ${worker ? "in a Worker" : "in slices"}`, async () => {
      await visit("no Trusted Types", async (page) => {
        await loadSilent(page, worker);
        const told = await page.evaluate(async ({ options, worker }) => {
          const long = "long ".repeat(400_000);
          const messages = [{ role: "user", content: long }];
          const told = [];
          for (const count of [
            (signal) => t.countAsync(long, { signal }),
            (signal) => t.countPromptAsync(messages, { ...options, signal }),
            (signal) => hadal.forecastAsync(t, messages, { ...options, signal }),
          ]) {
            const control = new AbortController();
            const counting = count(control.signal);
            const abort = () => control.abort("enough");
            if (worker) setTimeout(abort);
            else abort();
            told.push(await counting.catch((reason) => reason));
            told.push(await count(AbortSignal.abort("never")).catch((reason) => reason));
          }
          return told;
        }, { options: MODEL, worker });
        assert.deepEqual(told, ["enough", "never", "enough", "never", "enough", "never"]);
      });
    });

    test(`what was freed counts no more, ${worker ? "in a Worker" : "in slices"}`, async () => {
      await visit("no Trusted Types", async (page) => {
        await loadSilent(page, worker);
        const codes = await page.evaluate(async (worker) => {
          const code = (error) => error.code;
          const counting = t.countAsync("long ".repeat(400_000)).catch(code);
          if (worker) setTimeout(() => t.free());
          else t.free();
          return [await counting, await t.countAsync("x").catch(code), await t.countPromptAsync([], { model: "m" }).catch(code)];
        }, worker);
        assert.deepEqual(codes, ["freed", "freed", "freed"]);
      });
    });
  }
});
