// Tokens and money through the npm package: every export, every kind of bad input, on each runtime.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";

import { Meter, Tokenizer, estimateCost, forecast, forecastAsync, init, isChatError } from "../target/npm/hadal/index.js";
import { startWorker } from "./runtimes.mjs";

const top = fileURLToPath(new URL("..", import.meta.url));
const built = join(top, "target/npm/hadal");
const scratch = join(top, "target/tests");
const run = promisify(execFile);
const MODEL = { model: "deepseek-v3.2-exp" };
const user = (content) => ({ role: "user", content });
const assistant = (content) => ({ role: "assistant", content });
const zipped = () => readFileSync(join(built, "ids.pack.gz"));

/** Texts of every kind; the last ones are what JavaScript alone can say. */
const TEXTS = [
  "", "Hello, world!", "  white \t space \r\n\n", "深海は暗い。Il mare è nero.", "🐚👩‍👩‍👧", "a\u0301\u200d\ufeff", "\ufeffBOM", "\0", "1234567 ٣٤٥",
  "<｜User｜>hi<think>", "x".repeat(5000), "\ud800", "a\udc00b", "\udc1a\ud83d", "\ud83d\ud83d\udc1a",
];
/** As `TextEncoder` has them. */
const wellFormed = (text) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(text));

function using(t, check) {
  check(t);
  t.free();
}

describe("tokens", () => {
  let t;
  before(async () => (t = await Tokenizer.load()));
  after(() => t.free());

  test("are the model's", () => {
    assert.deepEqual([...t.encode("Hello, world!")], [19923, 14, 2058, 3]);
    assert.equal(t.count("Hello, world!"), 4);
    assert.equal(t.decode([19923, 14, 2058, 3]), "Hello, world!");
    assert.ok(t.encode("x") instanceof Uint32Array);
    assert.deepEqual([...t.encode("<｜User｜>")], [128803]);
  });

  test("come back as the text they were, lone surrogates as U+FFFD", () => {
    for (const text of TEXTS) {
      const ids = t.encode(text);
      assert.equal(t.decode(ids), wellFormed(text), JSON.stringify(text));
      assert.equal(t.count(text), ids.length);
      assert.deepEqual(ids, t.encode(wellFormed(text)));
    }
    assert.deepEqual([...t.countAll(TEXTS)], TEXTS.map((text) => t.count(text)));
    assert.deepEqual([...t.countAll([])], []);
  });

  test("cut inside a character are its bytes", () => {
    const ids = t.encode("🐚");
    assert.ok(ids.length > 1, "else it shows nothing");
    const bytes = new TextEncoder().encode("🐚");
    assert.equal(t.decode(ids.slice(0, 1)), new TextDecoder().decode(t.decodeBytes(ids.slice(0, 1))));
    assert.match(t.decode(ids.slice(0, 1)), /\ufffd/);
    assert.deepEqual(Buffer.concat([...ids].map((id) => t.decodeBytes([id]))), Buffer.from(bytes));
  });

  test("are counted in slices as at once, and calls may overlap", async () => {
    const long = [...TEXTS, TEXTS.join(" ").repeat(50), "word ".repeat(30_000)];
    const [all, ...each] = await Promise.all([t.countAllAsync(long), ...long.map((text) => t.countAsync(text))]);
    assert.deepEqual(all, t.countAll(long));
    assert.deepEqual(each, [...all]);
    assert.deepEqual([...(await t.countAllAsync([]))], []);
    const elsewhere = await Tokenizer.load({ ids: false, worker: true });
    assert.equal(await elsewhere.countAsync(long.at(-1)), all.at(-1), "there is no page, so there is no Worker");
    elsewhere.free();
  });

  test("that are none are refused", () => {
    for (const id of [128_000 + 5000, 2 ** 32 - 1, 2 ** 32, -1, 1.5, NaN, Infinity, "7", undefined]) {
      assert.throws(() => t.decode([19923, id]), (error) => isChatError(error) && error.code === "token_unknown", String(id));
    }
    assert.equal(t.decode([]), "");
  });

  test("grow, exact at every cut, within a character too", () => {
    const text = TEXTS.join(" ");
    for (const size of [1, 2, 3, 7, 1000]) {
      const m = t.meter();
      assert.ok(m instanceof Meter);
      for (let at = 0; at < text.length; at += size) {
        m.append(text.slice(at, at + size));
        if (size > 3 || at < 60) assert.equal(m.count, t.count(text.slice(0, at + size)), `${size} at ${at}`);
        m.append("");
      }
      assert.equal(m.count, t.count(text));
      m.free();
    }
  });

  test("are exact after any edits, within a character too", () => {
    let seed = 20_261_123;
    const below = (most) => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) % most;
    const parts = [...TEXTS, "\ud83d", "\udc1a", "🐚", "🙂🐚", "深海", "，", " the", "\n"];
    for (let round = 0; round < 40; round += 1) {
      using(t.meter(), (m) => {
        let text = "";
        for (let edit = 0; edit < 25; edit += 1) {
          const put = parts[below(parts.length)];
          if (below(3) === 0) {
            m.append(put);
            text += put;
          } else {
            const start = below(text.length + 1);
            const end = Math.min(text.length, start + below(4) * below(9));
            m.replace(start, end, put);
            text = text.slice(0, start) + put + text.slice(end);
          }
          assert.equal(m.count, t.count(text), JSON.stringify(text));
        }
      });
    }
  });

  test("in a range that is none are refused, and nothing is changed", () => {
    const m = t.meter();
    m.append("a深🐚");
    for (const [start, end] of [[0, 5], [5, 5], [-1, 0], [2, 1], [0.5, 1], [NaN, 1], [0, Infinity], ["0", 1], [undefined, undefined]]) {
      assert.throws(() => m.replace(start, end, "x"), (error) => isChatError(error) && error.code === "range_outside_text", `${start} to ${end}`);
    }
    assert.equal(m.count, t.count("a深🐚"));
    m.replace(3, 3, "");
    assert.equal(m.count, t.count("a深🐚"), "a pair that is cut by nothing is whole");
    m.free();
    assert.throws(() => m.replace(0, 0, "x"), { code: "freed" });
  });

  test("of what was freed are not counted", async () => {
    const own = await Tokenizer.load({ ids: false });
    const meters = [own.meter(), own.meter()];
    meters[0].free();
    meters[0].free();
    assert.throws(() => meters[0].count, { code: "freed" });
    assert.throws(() => meters[0].append("x"), { code: "freed" });
    own[Symbol.dispose]();
    own.free();
    assert.throws(() => own.count("x"), { code: "freed" });
    assert.throws(() => own.encode("x"), { code: "freed" });
    assert.throws(() => own.countPrompt([user("x")], MODEL), { code: "freed" });
    assert.throws(() => own.meter(), { code: "freed" });
    assert.throws(() => meters[1].append("x"), (error) => isChatError(error) && error.code === "freed");
    assert.throws(() => meters[1].replace(0, 0, "x"), { code: "freed" });
    assert.throws(() => meters[1].count, { code: "freed" });
    meters[1][Symbol.dispose]();
  });

  test("without ids count the same", async () => {
    const counting = await Tokenizer.load({ ids: false });
    for (const text of TEXTS) assert.equal(counting.count(text), t.count(text));
    assert.throws(() => counting.encode("x"), (error) => isChatError(error) && error.code === "no_ids");
    assert.throws(() => counting.decode([3]), { code: "no_ids" });
    assert.deepEqual([counting.hasIds, t.hasIds], [false, true]);
    counting.free();
  });
});

describe("a vocabulary", () => {
  test("comes from an address, a response or bytes, zipped or not", async () => {
    const [zip, raw] = [zipped(), gunzipSync(zipped())];
    const server = createServer((_, response) => response.end(zip));
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    const address = `http://127.0.0.1:${server.address().port}/ids.pack.gz`;
    const file = new URL("ids.pack.gz", `file://${built}/`);
    const apart = new Uint8Array(zip.length + 20);
    apart.set(zip, 7);
    const view = new DataView(apart.buffer, 7, zip.length);
    const buffer = raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length);
    try {
      for (const source of [file, file.href, address, new URL(address), new Request(address), new Response(zip), new Response(raw), zip, raw, buffer, view, Promise.resolve(zip)]) {
        using(await Tokenizer.load({ source }), (t) => assert.equal(t.encode("Hello, world!").length, 4));
      }
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test("that is none is told by a code, and a later one is taken", async () => {
    const [zip, raw] = [zipped(), gunzipSync(zipped())];
    const changed = (at, value) => Uint8Array.from(raw, (byte, index) => (index === at ? value : byte));
    for (const [source, code, status] of [
      [new Response("", { status: 404 }), "vocabulary_unavailable", 404],
      [new Response("", { status: 500 }), "vocabulary_unavailable", 500],
      ["http://127.0.0.1:9/", "vocabulary_unavailable"],
      ["not an address", "vocabulary_unavailable"],
      [new URL("none.pack", `file://${built}/`), "vocabulary_unavailable"],
      [Promise.reject(new Error("no")), "vocabulary_unavailable"],
      [new Uint8Array(0), "vocabulary_foreign"],
      [new Response("<!doctype html>"), "vocabulary_foreign"],
      [changed(4, 99), "vocabulary_version"],
      [changed(5000, raw[5000] ^ 1), "vocabulary_corrupt"],
      [raw.subarray(0, raw.length - 1), "vocabulary_corrupt"],
      [raw.subarray(0, 100), "vocabulary_corrupt"],
      [Buffer.concat([raw, raw]), "vocabulary_corrupt"],
      [zip.subarray(0, zip.length >> 1), "vocabulary_corrupt"],
      [gzipSync(Buffer.alloc(64 << 20)), "vocabulary_corrupt"],
      [7, "vocabulary_unavailable"],
    ]) {
      const error = await Tokenizer.load({ source }).then(() => undefined, (error) => error);
      assert.ok(isChatError(error), `${code}: ${error}`);
      assert.deepEqual([error.code, error.status], [code, status], error.message);
    }
    (await Tokenizer.load()).free();
  });
});

describe("a prompt", () => {
  let t;
  before(async () => (t = await Tokenizer.load({ ids: false })));

  const pairs = () => {
    const shared = process.env.HADAL_SHARED ?? fileURLToPath(new URL("../../shared", import.meta.url));
    try {
      return readFileSync(join(shared, "recordings/usage_pairs.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line));
    } catch {
      return undefined;
    }
  };

  test("is as long as the API reported it, for every recorded pair", () => {
    const recorded = pairs();
    if (!recorded) return console.log("skipped: no recordings here");
    for (const { source, thinking, request, usage } of recorded) {
      const { messages, tools, tool_choice: toolChoice, response_format: responseFormat } = request;
      const details = t.countPromptDetails(messages, { ...MODEL, thinking, tools, toolChoice, responseFormat });
      assert.equal(details.total, usage.prompt_tokens, source);
      assert.equal(details.exact, true, source);
    }
    console.log(`${recorded.length} of ${recorded.length} recorded prompts`);
  });

  test("is the sum of its parts", () => {
    const tools = [{ name: "depth", description: "How deep.", parameters: { type: "object", properties: { at: { type: "string" } } } }];
    const messages = [{ role: "system", content: "Be brief." }, user("Hello"), { ...assistant("Hi!"), reasoning_content: "dropped" }, user("How deep is it?")];
    const details = t.countPromptDetails(messages, { ...MODEL, tools });
    const { total, frame, system, tools: ofTools, history, question, exact, why } = details;
    assert.equal(total, frame + system + ofTools + history + question);
    assert.equal(total, t.countPrompt(messages, { ...MODEL, tools }));
    assert.equal(system, t.count("Be brief."));
    assert.deepEqual([exact, why], [true, undefined]);
    for (const part of [frame, ofTools, history, question]) assert.ok(part > 0);
    assert.equal(t.countPrompt(messages, { ...MODEL, tools, toolChoice: "none" }), t.countPrompt(messages, MODEL));
    assert.equal(t.countPrompt([user("Count from 1 to 3")], MODEL), 11);
    assert.equal(t.countPrompt([user("Count from 1 to 3")], { ...MODEL, thinking: true }), 11);
    assert.equal(t.countPrompt([user([{ type: "text", text: "Count from " }, { type: "text", text: "1 to 3" }])], MODEL), 11);
  });

  test("is counted in slices as at once", async () => {
    const messages = [{ role: "system", content: "Be brief." }, user("How deep? ".repeat(5000)), assistant("Very."), user("Very.")];
    const tools = [{ name: "depth", parameters: { type: "object", properties: { at: { type: "string" } } } }];
    const options = { ...MODEL, tools, maxTokens: 100, previous: messages.slice(0, 3) };
    assert.deepEqual(await t.countPromptDetailsAsync(messages, options), t.countPromptDetails(messages, options));
    assert.equal(await t.countPromptAsync(messages, options), t.countPrompt(messages, options));
    assert.deepEqual(await forecastAsync(t, messages, options), forecast(t, messages, options));
    await assert.rejects(t.countPromptAsync(messages, {}), { code: "invalid_request" });
    await assert.rejects(forecastAsync(t, messages, { model: "gpt-9" }), { code: "no_price" });
    await assert.rejects(t.countPromptAsync(messages, { ...options, signal: AbortSignal.abort("no") }), (reason) => reason === "no");
  });

  test("of a model that is not known is an estimate and says so", () => {
    const of = (model, options) => t.countPromptDetails([user("Count from 1 to 3")], { model, ...options });
    assert.deepEqual([of("gpt-9").exact, of("gpt-9").why, of("gpt-9").total], [false, "unknown_template", 11]);
    const tools = [{ name: "f", parameters: {} }];
    assert.equal(of("deepseek-v4-pro", { tools }).why, "unknown_tools");
    assert.equal(of("deepseek-v3.2-exp", { provider: "somewhere" }).why, "unknown_provider");
    assert.equal(t.countPrompt([user("Count from 1 to 3")], { model: "gpt-9" }), 11);
  });

  test("counts what JavaScript alone can say", () => {
    const count = (content) => t.countPrompt([user(content)], MODEL) - t.countPrompt([user("")], MODEL);
    for (const text of [...TEXTS, "\\ud800", "\\\ud800", "\\\\u0000\ud800\0", '"\udfff"']) {
      assert.equal(count(text), t.count(text), JSON.stringify(text));
    }
  });

  test("that cannot be one is refused", () => {
    for (const [messages, options] of [[[user("x")], {}], [[user([{ type: "image" }])], MODEL], [[{ role: "someone", content: "x" }], MODEL], [[{ role: "tool", content: "x" }], MODEL]]) {
      assert.throws(() => t.countPrompt(messages, options), (error) => isChatError(error) && error.code === "invalid_request");
    }
    assert.equal(t.countPromptDetails([], MODEL).question, 0);
  });

  test("is forecast: the lowest and the highest price, what a cache may answer", () => {
    const before = [{ role: "system", content: "The sea. ".repeat(200) }, user("How deep?")];
    const messages = [...before, assistant("Very."), user("How dark?")];
    const options = { ...MODEL, provider: "deepseek", maxTokens: 100 };
    const alone = forecast(t, messages, options);
    const input = t.countPrompt(messages, MODEL);
    assert.deepEqual([alone.input, alone.cachedAtMost, alone.outputAtMost], [input, 0, 100]);
    assert.deepEqual([alone.lowest, alone.highest], [BigInt(input) * 280n, BigInt(input) * 280n + 42_000n]);
    const after = forecast(t, messages, { ...options, previous: [...before, assistant("Very.")] });
    assert.ok(after.cachedAtMost > 0 && after.cachedAtMost % 64 === 0 && after.cachedAtMost < input);
    assert.equal(after.lowest, BigInt(input - after.cachedAtMost) * 280n + BigInt(after.cachedAtMost) * 28n);
    assert.equal(after.highest, alone.highest);
    assert.ok(forecast(t, messages, { ...options, previous: before }).cachedAtMost <= after.cachedAtMost);
    assert.equal(forecast(t, messages, { ...options, previous: [user("Other")] }).cachedAtMost, 0);
    const call = { role: "assistant", content: "", tool_calls: [{ id: "1", function: { name: "depth", arguments: "{}" } }] };
    for (const broken of [
      [user("How deep? ".repeat(100)), user("And how dark? ".repeat(100))],
      [user("How deep? ".repeat(100)), { role: "system", content: "The sea. ".repeat(200) }],
      [user("How deep? ".repeat(100)), call, user("And how dark? ".repeat(100))],
    ]) {
      // Nothing of it changes, so all of it may be cached but for less than a unit, and the new words.
      const next = [...broken, assistant("Very."), user("Why?")];
      const { input, cachedAtMost } = forecast(t, next, { ...options, previous: [...broken, assistant("Very.")] });
      assert.ok(input - cachedAtMost < 64 + 10, `${cachedAtMost} of ${input}`);
    }
    const comet = forecast(t, messages, { ...options, provider: "cometapi", previous: before });
    assert.deepEqual([comet.cachePriced, after.cachePriced], [false, true]);
    assert.equal(comet.lowest, BigInt(input) * 220n);
    assert.match(after.priceDate, /^\d{4}-\d\d-\d\d$/);
    const own = forecast(t, messages, { model: "gpt-9", maxTokens: 1, prices: { input: 1, output: 2 } });
    assert.deepEqual([own.priceDate, own.exact, own.highest], [undefined, false, BigInt(input) * 1000n + 2000n]);
    const long = [user("deep ".repeat(130_000))];
    const tight = forecast(t, long, { ...options, maxTokens: 8_192 });
    assert.equal(tight.outputAtMost, 131_072 - t.countPrompt(long, MODEL));
    assert.ok(forecast(t, messages, { ...MODEL, thinking: true }).outputAtMost > forecast(t, messages, MODEL).outputAtMost);
  });
});

describe("cost", () => {
  const usage = { input: 1000, cachedInput: 640, output: 500, reasoning: 100 };
  before(() => init());

  test("is whole nano-dollars, line by line", () => {
    const cost = estimateCost(usage, { ...MODEL, provider: "deepseek" });
    assert.deepEqual(cost.lines, [
      { what: "input", tokens: 360, nanoUsd: 100_800n },
      { what: "cached_input", tokens: 640, nanoUsd: 17_920n },
      { what: "reasoning", tokens: 100, nanoUsd: 42_000n },
      { what: "answer", tokens: 400, nanoUsd: 168_000n },
    ]);
    assert.deepEqual([cost.nanoUsd, cost.usd], [328_720n, 0.00032872]);
    assert.match(cost.priceDate, /^\d{4}-\d\d-\d\d$/);
    const pro = (at) => estimateCost({ input: 1, output: 0 }, { model: "deepseek-v4-pro", provider: "deepseek", at: new Date(at) });
    assert.equal(pro("2026-11-23T12:00Z").nanoUsd, 660n, "off-peak");
    assert.equal(pro("2026-11-23T02:00Z").nanoUsd, 1320n, "a Monday's peak");
    assert.equal(pro("2026-11-22T02:00Z").nanoUsd, 660n, "a Sunday");
    assert.equal(estimateCost(usage, MODEL).nanoUsd, 1000n * 220n + 500n * 350n, "the first provider that lists it");
  });

  test("is by the prices that are given", () => {
    const prices = { input: 1, cachedInput: 0.1, output: 2 };
    assert.equal(estimateCost(usage, { model: "gpt-9", prices }).nanoUsd, 360_000n + 64_000n + 1_000_000n);
    assert.equal(estimateCost({ input: 2 ** 53 - 1, output: 0 }, { model: "x", prices }).nanoUsd, 2n ** 53n * 1000n - 1000n);
    assert.equal(estimateCost(usage, { model: "x", prices }).priceDate, undefined);
  });

  test("is not made up", () => {
    const fails = (usage, options, code) => assert.throws(() => estimateCost(usage, options), (error) => isChatError(error) && error.code === code);
    fails(usage, { model: "gpt-9" }, "no_price");
    fails(usage, { ...MODEL, provider: "elsewhere" }, "no_price");
    for (const bad of [{ input: -1, output: 0 }, { input: 1.5, output: 0 }, { input: NaN, output: 0 }, { output: 0 }, { input: "1", output: 0 }]) {
      fails(bad, MODEL, "invalid_request");
    }
    for (const prices of [{}, { input: 1 }, { input: -1, output: 1 }, { input: 1, output: 1e300 }, { input: 0.00001, output: 1 }, "cheap"]) {
      fails(usage, { ...MODEL, prices }, "invalid_request");
    }
  });
});

describe("each runtime", { timeout: 120_000 }, () => {
  let home;
  before(() => {
    mkdirSync(scratch, { recursive: true });
    home = mkdtempSync(join(scratch, "tokens-"));
    cpSync(built, home, { recursive: true });
    writeFileSync(join(home, "check.js"), CHECK);
    writeFileSync(join(home, "main.js"), `import { check } from "./check.js"; console.log(JSON.stringify(await check({}, {})));`);
    writeFileSync(join(home, "worker.js"), WORKER);
  });
  after(() => rmSync(home, { recursive: true }));

  const CHECK = `import { Tokenizer, forecast, estimateCost, init } from "./index.js";
    export async function check(ids, counts, core) {
      if (core) await init(core);
      const t = await Tokenizer.load(ids);
      const c = await Tokenizer.load({ ...counts, ids: false });
      const m = t.meter();
      for (const piece of ["Hello", ", wor", "ld! \\ud83d", "\\udc1a"]) m.append(piece);
      const messages = [{ role: "user", content: "Count from 1 to 3" }];
      const bad = await Tokenizer.load({ source: new Uint8Array(9) }).catch((error) => error.code);
      if ((await t.countAsync("word ".repeat(50_000))) !== t.count("word ".repeat(50_000))) throw new Error("slices differ");
      if ((await t.countPromptAsync(messages, { model: "deepseek-v3.2-exp" })) !== 11) throw new Error("prompts differ");
      const result = [
        [...t.encode("Hello, world! 深\\0")], t.decode(t.encode("a\\ud800")), m.count, c.count("Hello, world! 🐚"),
        t.countPrompt(messages, { model: "deepseek-v3.2-exp" }), bad,
        String(forecast(t, messages, { model: "deepseek-v3.2-exp", maxTokens: 10 }).highest),
        String(estimateCost({ input: 1, cachedInput: 0, output: 1, reasoning: 0 }, { model: "deepseek-v3.2-exp" }).nanoUsd),
      ];
      for (const each of [m, t, c]) each.free();
      return result;
    }`;
  const WORKER = `import core from "./core_bg.wasm"; import wasm from "./tokens_bg.wasm";
    import ids from "./ids.pack.gz"; import counts from "./counts.pack.gz"; import { check } from "./check.js";
    export default { fetch: async () => Response.json(await check({ source: ids, wasm }, { source: counts }, core)) };`;
  const EXPECTED = [
    [19923, 14, 2058, 3, 223, 2200, 191], "a\ufffd", 7, 7, 11, "vocabulary_foreign", String(11 * 220 + 10 * 350), "570",
  ];

  for (const [runtime, words] of [
    ["node", []],
    ["deno", ["run", "--no-config", "--no-prompt", "--allow-read"]],
    ["bun", ["run"]],
  ]) {
    test(`counts: ${runtime}`, async () => {
      const program = runtime === "node" ? process.execPath : join(top, "tests/node_modules/.bin", runtime);
      const { stdout } = await run(program, [...words, join(home, "main.js")]);
      assert.deepEqual(JSON.parse(stdout), EXPECTED);
    });
  }

  test("counts: workerd, which is handed its modules", async () => {
    const modules = ["index.js", "check.js", "core_bg.wasm", "tokens_bg.wasm", "ids.pack.gz", "counts.pack.gz"];
    const worker = await startWorker("worker.js", home, modules);
    try {
      console.log(worker.inside);
      assert.deepEqual(await (await fetch(worker.url)).json(), EXPECTED);
    } finally {
      await worker.stop();
    }
  });

  test("gives back what nobody holds any more", async () => {
    writeFileSync(join(home, "leak.js"), `import { Tokenizer } from "./index.js";
      const text = "word ".repeat(10_000);
      const t = await Tokenizer.load({ ids: false });
      const memory = () => process.memoryUsage().arrayBuffers + process.memoryUsage().external;
      let before;
      for (let round = 0; round < 40; round += 1) {
        for (let count = 0; count < 100; count += 1) t.meter().append(text);
        gc();
        await new Promise((resolve) => setImmediate(resolve));
        if (round === 9) before = memory();
      }
      console.log(memory() - before);`);
    const { stdout } = await run(process.execPath, ["--expose-gc", join(home, "leak.js")]);
    assert.ok(Number(stdout) < 20_000_000, `3,000 meters of 50 KB left ${stdout.trim()} bytes`);
  });

  test("knows the types, strictly", async () => {
    const consumer = mkdtempSync(join(scratch, "types-"));
    try {
      mkdirSync(join(consumer, "node_modules"));
      symlinkSync(built, join(consumer, "node_modules/hadal"));
      writeFileSync(join(consumer, "package.json"), `{ "type": "module" }`);
      writeFileSync(join(consumer, "use.ts"), `import { Meter, Tokenizer, estimateCost, forecast, forecastAsync } from "hadal";
        import type { Cost, Forecast, LoadOptions, Message, PackSource, Prices, PromptCount } from "hadal";
        const source: PackSource = new Uint8Array(1);
        const load: LoadOptions = { source, ids: false, worker: true };
        const own: LoadOptions = { worker: () => new Worker("worker.js", { type: "module" }) };
        const t: Tokenizer = await Tokenizer.load(load);
        const messages: Message[] = [{ role: "user", content: "x" }];
        const count: number = t.count("x") + t.countPrompt(messages, { model: "m", thinking: true, toolChoice: "auto" });
        const ids: Uint32Array = t.encode("x");
        const text: string = t.decode(ids) + t.decode([1, 2]);
        const m: Meter = t.meter();
        m.append(text);
        m.replace(0, 1, text);
        const signal: AbortSignal = new AbortController().signal;
        const later: number = (await t.countAsync("x", { signal })) + (await t.countPromptAsync(messages, { model: "m", signal }));
        const counts: Uint32Array = await t.countAllAsync(["x"]);
        const foreseen: Forecast = await forecastAsync(t, messages, { model: "m", signal });
        const details: PromptCount = t.countPromptDetails(messages, { model: "m" });
        const prices: Prices = { input: 1, output: 2 };
        const next: Forecast = forecast(t, messages, { model: "m", provider: "p", maxTokens: 1, previous: messages, prices });
        const cost: Cost = estimateCost({ input: 1, cachedInput: 0, output: 1, reasoning: 0 }, { model: "m" });
        const nano: bigint = next.lowest + cost.nanoUsd + cost.lines[0]!.nanoUsd;
        export { count, counts, details, foreseen, later, nano, m, own };
        // @ts-expect-error there is no such way to make one
        new Tokenizer();
        // @ts-expect-error a price in cents
        const bad: Prices = { input: "1", output: 2 };
        export { bad };`);
      const tsc = join(top, "www/node_modules/.bin/tsc");
      for (const resolution of [["esnext", "bundler"], ["nodenext", "nodenext"]]) {
        const [module, moduleResolution] = resolution;
        await run(tsc, ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2022", "--lib", "es2022,dom,esnext.disposable", "--types", "", "--module", module, "--moduleResolution", moduleResolution, "use.ts"], { cwd: consumer })
          .catch((error) => assert.fail(error.stdout));
      }
    } finally {
      rmSync(consumer, { recursive: true });
    }
  });
});
