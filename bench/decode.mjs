// Reply decoding: the package's ReplyDecoder against eventsource-parser, TextDecoder and JSON.parse, in one run.
//
// Both get the same DeepSeek-style stream (seeded, made here) in chunks of 16 KB, 280 and 40 bytes, and both must give
// the same reasoning, text, stop reason and usage. Printed: megabytes a second of processor time (garbage collection
// included, other programs not), the best of several rounds, and the ratio.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { ReplyDecoder, init } from "../target/npm/hadal/index.js";

const fromTests = createRequire(new URL("../tests/package.json", import.meta.url));
const parserPath = fromTests.resolve("eventsource-parser");
const { createParser } = await import(pathToFileURL(parserPath).href);
const { version } = JSON.parse(readFileSync(parserPath.replace(/(.*eventsource-parser)[\\/].*/, "$1/package.json")));

const EVENTS = 12_000;
const ROUNDS = 15;

/** The same numbers for the same seed, everywhere. */
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A stream as api.deepseek.com writes it: a reasoner's answer, one token an event, usage with the finish. */
function stream() {
  const draw = random(20251201);
  const pick = (list) => list[Math.floor(draw() * list.length)];
  const tokens = [" the", " token", " of", " a", "ing", ",", ".", "\n\n", " \"quoted\"", " `code`", " model", "深", "海", "的", " é", "🐚", " expert", "1", "0", "**", "- "];
  const head = {
    id: "3f9a1c52-7b1e-4c7e-9d0a-2b6f0e8d4c11",
    object: "chat.completion.chunk",
    created: 1764000000,
    model: "deepseek-reasoner",
    system_fingerprint: "fp_ffc7281d48_prod0820_fp8_kvcache",
  };
  const said = { reasoning: "", text: "" };
  let body = "";
  const event = (delta, finish_reason = null, usage = null) => {
    body += `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason }], usage })}\n\n`;
  };
  event({ role: "assistant", content: null, reasoning_content: "" });
  for (let i = 0; i < EVENTS; i++) {
    const token = pick(tokens);
    const thinks = i < EVENTS / 3;
    said[thinks ? "reasoning" : "text"] += token;
    event(thinks ? { content: null, reasoning_content: token } : { content: token, reasoning_content: null });
  }
  const usage = {
    prompt_tokens: 1024,
    completion_tokens: EVENTS + 1,
    total_tokens: 1025 + EVENTS,
    prompt_tokens_details: { cached_tokens: 960 },
    completion_tokens_details: { reasoning_tokens: EVENTS / 3 },
    prompt_cache_hit_tokens: 960,
    prompt_cache_miss_tokens: 64,
  };
  event({ content: "", reasoning_content: null }, "stop", usage);
  body += "data: [DONE]\n\n";
  const expected = { ...said, stop: "stop", input: 1024, cached: 960, output: EVENTS + 1 };
  return { bytes: new TextEncoder().encode(body), expected };
}

function cut(bytes, size) {
  const chunks = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}

function ours(chunks) {
  const seen = { reasoning: "", text: "", stop: "", input: 0, cached: 0, output: 0 };
  const take = (events) => {
    for (const event of events) {
      if (event.type === "reasoning") seen.reasoning += event.delta;
      else if (event.type === "text") seen.text += event.delta;
      else if (event.type === "done") seen.stop = event.stopReason;
      else if (event.type === "usage") {
        seen.input = event.usage.input;
        seen.cached = event.usage.cachedInput;
        seen.output = event.usage.output;
      } else throw new Error(`unexpected: ${JSON.stringify(event)}`);
    }
  };
  const decoder = new ReplyDecoder("completions");
  for (const chunk of chunks) take(decoder.push(chunk));
  take(decoder.finish());
  return seen;
}

function theirs(chunks) {
  const seen = { reasoning: "", text: "", stop: "", input: 0, cached: 0, output: 0 };
  const parser = createParser({
    onEvent({ data }) {
      if (data === "[DONE]") return;
      const { choices, usage } = JSON.parse(data);
      const [choice] = choices;
      if (choice) {
        const { content, reasoning_content } = choice.delta;
        if (reasoning_content) seen.reasoning += reasoning_content;
        if (content) seen.text += content;
        if (choice.finish_reason) seen.stop = choice.finish_reason;
      }
      if (usage) {
        seen.input = usage.prompt_tokens;
        seen.cached = usage.prompt_cache_hit_tokens;
        seen.output = usage.completion_tokens;
      }
    },
  });
  const text = new TextDecoder();
  for (const chunk of chunks) parser.feed(text.decode(chunk, { stream: true }));
  return seen;
}

function check(seen, expected, who) {
  for (const [field, value] of Object.entries(expected)) {
    if (seen[field] !== value) throw new Error(`${who}: ${field} differs from what was written`);
  }
}

await init();
const { bytes, expected } = stream();
const megabytes = bytes.length / 1e6;
console.log(`reply decoding: ${megabytes.toFixed(1)} MB, ${EVENTS} tokens; Node ${process.version}, eventsource-parser ${version}`);
console.log("chunk      hadal    eventsource-parser + JSON.parse    ratio");
for (const size of [16_384, 280, 40]) {
  const chunks = cut(bytes, size);
  const best = { ours: 0, theirs: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    // In turns, so that whatever else the machine does meets both.
    for (const [who, decode] of [["ours", ours], ["theirs", theirs]]) {
      globalThis.gc?.();
      const from = process.cpuUsage();
      const seen = decode(chunks);
      const { user, system } = process.cpuUsage(from);
      const seconds = (user + system) / 1e6;
      check(seen, expected, who);
      best[who] = Math.max(best[who], megabytes / seconds);
    }
  }
  const [a, b] = [best.ours, best.theirs].map((speed) => `${speed.toFixed(0)} MB/s`);
  console.log(`${String(size).padEnd(6)} ${a.padStart(10)} ${b.padStart(20)} ${(best.ours / best.theirs).toFixed(2).padStart(21)} x`);
}
