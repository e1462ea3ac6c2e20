// `cargo xtask smoke`: a short conversation with the real provider for each model, mode and dialect, through the package as built.
//
// In: HADAL_UPSTREAM, HADAL_API_KEY; HADAL_MODELS in place of the V3.2-Exp ids. Out: for each conversation what came back, the provider's usage
// beside ours and its headers, printed; the bodies in target/smoke, where `cargo xtask run -- --replay target/smoke` serves them again.
// Never: the key, in print or in a file.

import { mkdir, writeFile } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { Chat } from "../target/npm/hadal/index.js";

const IDS = ["deepseek-v3.2-exp", "DeepSeek-V3.2-Exp-nothinking", "DeepSeek-V3.2-Exp-thinking"];
const MODES = [undefined, false, true];
// A base is asked in both dialects, a full endpoint in its own.
const DIALECTS = ["messages", "completions"].filter((dialect, _, both) => {
  const named = both.find((name) => new RegExp(`/${name}/?$`).test(process.env.HADAL_UPSTREAM ?? ""));
  return named === undefined || named === dialect;
});
// The second question needs the first answer, and gives the provider's cache its chance.
const QUESTIONS = ["Which trench is the deepest? One sentence.", "And who has been down there? One sentence."];
const MAX_TOKENS = 2000;

const endpoint = process.env.HADAL_UPSTREAM;
const key = process.env.HADAL_API_KEY;
const models = process.env.HADAL_MODELS?.split(/[\s,]+/).filter(Boolean) ?? IDS;
const folder = new URL("../target/smoke/", import.meta.url);

await mkdir(folder, { recursive: true });
let failed = 0;
for (const model of models)
  for (const thinking of MODES)
    for (const format of DIALECTS) if (!(await converse({ model, thinking, format }))) failed += 1;

const all = models.length * MODES.length * DIALECTS.length;
print(`\nbodies in ${fileURLToPath(folder)}`);
print(`${all - failed} conversations went well, ${failed} did not`);
process.exitCode = failed === 0 ? 0 : 1;

/** One conversation; true when each question was answered. */
async function converse({ model, thinking, format }) {
  const mode = thinking === undefined ? "by-itself" : thinking ? "thinking" : "not-thinking";
  print(`\n=== ${model}, ${mode}, ${format}`);
  const exchanges = [];
  try {
    const fetch = recording(exchanges);
    const options = { endpoint, apiKey: key, format, model, maxTokens: MAX_TOKENS, retries: 0, fetch };
    const chat = new Chat(thinking === undefined ? options : { ...options, thinking });
    for (const question of QUESTIONS) await ask(chat, question, exchanges);
    return true;
  } catch (error) {
    print(`failed: ${error.code ?? error.name}, status ${error.status ?? "none"}: ${error.message}`);
    return false;
  } finally {
    for (const [turn, exchange] of exchanges.entries()) {
      const name = `${model}.${mode}.${format}.${String(turn).padStart(2, "0")}`.replace(/[^\w.-]/g, "_");
      await writeFile(new URL(`${name}.request.json`, folder), hide(exchange.request));
      await writeFile(new URL(`${name}.response.sse`, folder), hide(exchange.response));
    }
  }
}

/** One question: its events gathered, then told. */
async function ask(chat, question, exchanges) {
  const begun = performance.now();
  const said = { reasoning: "", text: "", usage: undefined, stopReason: undefined, first: undefined };
  print(`> ${question}`);
  try {
    for await (const event of chat.send(question)) {
      said.first ??= performance.now() - begun;
      if (event.type === "reasoning" || event.type === "text") said[event.type] += event.delta;
      if (event.type === "usage") said.usage = event.usage;
      if (event.type === "done") said.stopReason = event.stopReason;
    }
  } finally {
    const exchange = exchanges.at(-1);
    if (said.reasoning) print(`  thought   ${brief(said.reasoning)}`);
    print(`  said      ${brief(said.text)}`);
    print(`  stopped   ${said.stopReason}, first event after ${said.first?.toFixed() ?? "-"} ms, all in ${(performance.now() - begun).toFixed()} ms`);
    print(`  our usage ${JSON.stringify(said.usage)}`);
    for (const usage of exchange ? usages(exchange.response) : []) print(`  its usage ${usage}`);
    if (exchange?.status) print(`  status    ${exchange.status}`);
    for (const [name, value] of exchange?.headers ?? []) print(`  header    ${name}: ${value}`);
    if (!said.text && exchange) print(`  body      ${brief(exchange.response)}`);
  }
}

/** A fetch that keeps what was sent and what was read. */
function recording(exchanges) {
  return async (url, init) => {
    const exchange = { request: String(init.body), response: "", status: 0, headers: [] };
    exchanges.push(exchange);
    const response = await fetch(url, init);
    const { status, statusText, headers } = response;
    exchange.status = status;
    exchange.headers = [...headers].filter(([name]) => name !== "set-cookie");
    const decoder = new TextDecoder();
    // In passing, not from a second branch: the chat lets go of a body with its last record, and the other branch of a tee would never end.
    const keep = new TransformStream({
      transform(chunk, controller) {
        exchange.response += decoder.decode(chunk, { stream: true });
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body?.pipeThrough(keep), { status, statusText, headers });
  };
}

/** Every usage object of a body, as the provider wrote it. */
function usages(body) {
  const found = body.matchAll(/"usage"\s*:\s*(\{(?:[^{}]|\{[^{}]*\})*\})/g);
  return [...new Set([...found].map(([, usage]) => usage))];
}

function brief(text) {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 200 ? `${line.slice(0, 200)}... (${text.length} characters)` : line || "nothing";
}

function print(line) {
  console.log(hide(line));
}

/** Whoever repeats the key to us must not make us print it. */
function hide(text) {
  return text.replaceAll(key, "[key]");
}
