// The page's counter in Chromium, as it ships: in a Worker, and in slices where the page's policy allows none.
//
// A server of the tests' own gives the pages their policies and spoils the vocabulary. The one measure of time is the
// browser's own: that no task of the page's thread is a long one, which is one of over 50 ms.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync, gunzipSync } from "node:zlib";

import { Tokenizer } from "../target/npm/hadal/index.js";
import { POLICIES, mostlyUnfelt, open, servePages, stagePages } from "./browser.mjs";
import { site } from "./runtimes.mjs";

const names = JSON.parse(await readFile(join(site, "assets.json"), "utf8"));
const source = fileURLToPath(new URL("../www/src/meter/counter.ts", import.meta.url));

/** A million bytes each; the last ones have no place to rest. */
const prose = "The sea is deep: 深海は暗い。 Il mare è profondo, e nero. fn main() { println!(\"{}\", 11_034); }\n";
const repeat = (text) => text.repeat(Math.ceil(1e6 / new TextEncoder().encode(text).length));
const PASTES = {
  "prose and code": repeat(prose),
  "one letter": repeat("a"),
  "letters without a break": Array.from({ length: 1e6 }, (_, at) => String.fromCharCode(97 + ((at * at * 7919) % 104729) % 26)).join(""),
  "white space": repeat(" "),
  "Chinese without a break": Array.from({ length: 333_333 }, (_, at) => String.fromCharCode(0x4e00 + ((at * at * 7919) % 104729) % 20_000)).join(""),
  "half a special token": repeat("<｜"),
  "lone surrogates and NUL": "\ud800\0".repeat(250_000),
};

/** Pages under each policy, with a vocabulary that `spoil` may spoil. */
async function startSite() {
  const { transform } = createRequire(source)("esbuild");
  const { code } = await transform(await readFile(source, "utf8"), { loader: "ts" });
  // The one import of the eager half, whose address a bundle knows.
  const counter = code.replace('"./tally.js"', JSON.stringify(`/${names["tally.js"]}`));
  assert.notEqual(counter, code);
  const state = { spoil: undefined, asked: [] };
  const pages = await servePages("counter", async (path) => {
    if (path === "/counter.js") return { head: { "content-type": "text/javascript" }, bytes: counter };
    const type = path.endsWith(".js") ? "text/javascript" : path.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    const bytes = await readFile(join(site, path)).catch(() => undefined);
    state.asked.push(path);
    const spoiled = path.endsWith(".pack") && state.spoil ? state.spoil(bytes) : { status: bytes ? 200 : 404, bytes };
    return { head: { "content-type": type, "cache-control": "public, max-age=31536000, immutable" }, ...spoiled };
  });
  return { state, ...pages };
}

describe("the page's counter", { timeout: 300_000 }, () => {
  let browser, pages, exact;

  stagePages(startSite, async (made) => {
    ({ browser, pages } = made);
    exact = await Tokenizer.load({ ids: false });
  });

  /** Opens a page with a counter; at the end it has complained of nothing. */
  async function visit(policy, options, run) {
    const tab = await open(browser);
    const workers = [];
    tab.page.on("worker", (worker) => workers.push(worker.url()));
    pages.state.asked = [];
    try {
      await tab.page.goto(pages.url(policy));
      await tab.page.evaluate(async (options) => {
        const { createCounter } = await import("/counter.js");
        globalThis.counter = createCounter(options);
        globalThis.count = async (texts) => {
          try {
            return [...(await counter.count(texts))];
          } catch (error) {
            return error instanceof Error ? error.code : `no Error: ${error}`;
          }
        };
        globalThis.long = [];
        new PerformanceObserver((list) => {
          globalThis.long.push(...list.getEntries().map(({ startTime, duration }) => ({ startTime, duration })));
        }).observe({ type: "longtask" });
      }, options);
      await run(tab.page, workers);
      assert.deepEqual(tab.complaints, []);
    } finally {
      await tab.close();
    }
  }

  test("a long task would be seen", async () => {
    await visit("no Trusted Types", {}, async (page) => {
      const seen = await page.evaluate(async () => {
        // In a task of the page's own: the browser does not report those of its tools.
        await new Promise((resolve) => setTimeout(resolve));
        const ends = performance.now() + 60;
        while (performance.now() < ends);
        while (globalThis.long.length === 0) await new Promise((resolve) => setTimeout(resolve));
        return globalThis.long[0].duration;
      });
      assert.ok(seen >= 60);
    });
  });

  const texts = ["", "Hello, world!", "深い海\0", "a\ud800b", "<｜User｜>hi", prose.repeat(700), "x".repeat(50_000)];
  const expected = () => texts.map((text) => exact.count(text));
  const count = (page, texts) => page.evaluate((texts) => globalThis.count(texts), texts);

  for (const [policy, options, inWorker] of [
    ["no Trusted Types", {}, true],
    ["Trusted Types, any policy", {}, true],
    ["Trusted Types, our policy", {}, true],
    ["no Worker", {}, false],
    ["Trusted Types, no policy", {}, false],
    ["Trusted Types, no policy", { worker: false }, false],
    ["no Trusted Types", { worker: false }, false],
  ]) {
    const where = inWorker ? "in a Worker" : "in slices";
    const tried = options.worker === false ? ", without trying one" : "";
    test(`counts ${where} under: ${policy}${tried}`, async () => {
      await visit(policy, options, async (page, workers) => {
        assert.deepEqual(pages.state.asked, [], "nothing is loaded before the first count");
        assert.deepEqual(await count(page, texts), expected());
        assert.equal(workers.length, inWorker ? 1 : 0);
        assert.deepEqual(await count(page, []), []);
        assert.equal(pages.state.asked.filter((path) => path.endsWith(".pack")).length, 1, "one vocabulary, once");
      });
    });
  }

  for (const options of [{}, { worker: false }]) {
    const where = options.worker === false ? "in slices" : "in a Worker";

    test(`a draft is exact at every edit, ${where}`, async () => {
      await visit("no Trusted Types", options, async (page) => {
        const edits = ["", "H", "Hello", "Hell", "Hello wörld", "Hello 深 wörld", prose.repeat(300)];
        let long = edits.at(-1);
        for (const [at, end, put] of [[100, 101, ""], [100, 100, "x"], [0, 0, "深"], [5000, 9000, "cut"], [20_000, 20_000, "y".repeat(9000)], [22_000, 22_001, ""], [0, 20_000, ""]]) {
          edits.push((long = long.slice(0, at) + put + long.slice(end)));
        }
        edits.push("", "again", "a🐚b", "a🐟b", "a🐟\ud83d", "a\ud83d", "a\ud83d\udc1a", "\udc1a", "\ud83d\udc1a深", "🐚深深", "🐚深海深");
        const counts = await page.evaluate(async (edits) => {
          const counts = [];
          for (const edit of edits) counts.push(await counter.draft(edit));
          return counts;
        }, edits);
        assert.deepEqual(counts, edits.map((edit) => exact.count(edit)));
      });
    });

    test(`what is before a draft is counted with it, ${where}`, async () => {
      await visit("no Trusted Types", options, async (page) => {
        const long = prose.repeat(900);
        const edits = [["", long], ["why", long], ["why?", long], ["why?", `${long}!`], ["", ""], ["\udc1a", "\ud83d"], ["\udc1b", "\ud83d"], ["x", "\ud83d"], [`${long}x`, ""]];
        const counts = await page.evaluate(async (edits) => {
          const counts = [];
          for (const [text, before] of edits) counts.push(await counter.draft(text, before));
          return counts;
        }, edits);
        assert.deepEqual(counts, edits.map(([text, before]) => exact.count(before + text)));
      });
    });

    test(`a newer draft supersedes the older one, ${where}`, async () => {
      await visit("no Trusted Types", options, async (page) => {
        const long = PASTES["prose and code"];
        const race = (texts) => page.evaluate((texts) => Promise.all(texts.map((text) => counter.draft(text))), texts);
        assert.deepEqual(await race(["one", long, `${long} more`, "four five"]), [undefined, undefined, undefined, exact.count("four five")]);
        assert.deepEqual(await race([long, `${long} and more`, `${long}!`]), [undefined, undefined, exact.count(`${long}!`)]);
      });
    });

    for (const [name, paste] of Object.entries(PASTES)) {
      test(`1 MB of ${name} is not felt, ${where}`, async () => {
        await mostlyUnfelt(() => paste1MB(options, paste));
      });
    }
  }

  /** Pastes into an empty draft, then writes in its middle; the long tasks of that. */
  async function paste1MB(options, paste) {
    let felt;
    await visit("no Trusted Types", options, async (page) => {
      const middle = paste.length >> 1;
      const edited = `${paste.slice(0, middle)}x${paste.slice(middle)}`;
      const result = await page.evaluate(async ([paste, edited]) => {
        // Only the counting is to be seen, not this script's arrival.
        const turn = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        await turn();
        const begun = performance.now();
        const counts = [await counter.draft(paste), await counter.draft(edited), (await counter.count([paste]))[0]];
        await turn();
        await turn();
        return { counts, long: globalThis.long.filter(({ startTime }) => startTime >= begun).map(({ duration }) => duration) };
      }, [paste, edited]);
      assert.deepEqual(result.counts, [paste, edited, paste].map((text) => exact.count(text)));
      felt = result.long;
    });
    return felt;
  }

  const zipped = (change) => (bytes) => ({ bytes: gzipSync(change(gunzipSync(bytes))) });
  for (const [name, spoil, code] of [
    ["that is not there", () => ({ status: 404, bytes: Buffer.from("not here") }), "vocabulary_unavailable"],
    ["whose server fails", () => ({ status: 500, bytes: Buffer.alloc(0) }), "vocabulary_unavailable"],
    ["cut on the way", (bytes) => ({ bytes: bytes.subarray(0, bytes.length >> 1) }), "vocabulary_corrupt"],
    ["damaged on the way", (bytes) => ({ bytes: Buffer.concat([bytes.subarray(0, 1000), Buffer.from("damage"), bytes.subarray(1006)]) }), "vocabulary_corrupt"],
    ["cut before it was zipped", zipped((pack) => pack.subarray(0, pack.length - 1)), "vocabulary_corrupt"],
    ["damaged before it was zipped", zipped((pack) => (pack.writeUInt8(pack[9999] ^ 1, 9999), pack)), "vocabulary_corrupt"],
    ["of another version", zipped((pack) => (pack.writeUInt8(99, 4), pack)), "vocabulary_version"],
    ["that is a page", () => ({ bytes: Buffer.from("<!doctype html>") }), "vocabulary_foreign"],
    ["that is nothing", () => ({ bytes: Buffer.alloc(0) }), "vocabulary_foreign"],
    ["that unfolds without end", () => ({ bytes: gzipSync(Buffer.alloc(64 << 20)) }), "vocabulary_corrupt"],
  ]) {
    test(`a vocabulary ${name} is told by a code, and asked for again later`, async () => {
      for (const options of [{}, { worker: false }]) {
        try {
          await visit("no Trusted Types", options, async (page) => {
            pages.state.spoil = spoil;
            assert.equal(await count(page, ["hi"]), code);
            const drafted = await page.evaluate(() => Promise.allSettled([counter.draft("a"), counter.draft("b")]));
            assert.deepEqual(drafted.map(({ status }) => status), ["rejected", "rejected"]);
            pages.state.spoil = undefined;
            assert.deepEqual(await count(page, texts), expected(), "no cache keeps what was wrong");
          });
        } finally {
          pages.state.spoil = undefined;
        }
      }
    });
  }
});
