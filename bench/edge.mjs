// The time that the edge function adds to the first byte, over a bare relay of ten lines in the same runtime.
//
// In: what `cargo xtask build` made. Out: a table, for a reader; there is no verdict. A question of 1 KB, everything
// warm, the rounds interleaved, so that whatever else the machine does falls on all alike.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { tmpdir } from "node:os";

import { launch, startNode, startWorker, startWorkerd } from "../tests/runtimes.mjs";

const ROUNDS = 400;
const WARM = 100;

const record = (content, finish_reason = null) =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "deepseek-v3.2-exp", choices: [{ index: 0, delta: { content }, finish_reason }] })}\n\n`;

/** Answers at once with a record, and a moment later with the rest. */
const upstream = http.createServer((request, response) => {
  request.resume().on("end", () => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(record("first"));
    setTimeout(() => response.end(record("", "stop") + "data: [DONE]\n\n"), 2);
  });
});
await new Promise((done) => upstream.listen(0, "127.0.0.1", done));
const address = `http://127.0.0.1:${upstream.address().port}`;

const bare = `
  const headers = new Headers({ "content-type": "application/json", authorization: "Bearer " + KEY });
  const { pathname } = new URL(request.url);
  const answer = await fetch(UPSTREAM + pathname, { method: "POST", headers, body: request.body, duplex: "half" });
  return new Response(answer.body, { status: answer.status, headers: answer.headers });`;
const home = mkdtempSync(join(tmpdir(), "hadal-bench-"));
const adapter = new URL("../www/node_modules/@hono/node-server/dist/index.mjs", import.meta.url);
const constants = `const UPSTREAM = ${JSON.stringify(address)}, KEY = "sk-0123456789abcdef";`;
writeFileSync(
  join(home, "node.mjs"),
  `import { serve } from "${adapter}"; ${constants}
const options = { hostname: "127.0.0.1", port: 0, overrideGlobalObjects: false, async fetch(request) {${bare}\n} };
serve(options, ({ port }) => console.log("Hadal: http://127.0.0.1:" + port + "/"));`,
);
writeFileSync(join(home, "bare.js"), `${constants}\nexport default { async fetch(request) {${bare}\n} };`);

const env = { HADAL_UPSTREAM: `${address}/v1/chat/completions`, HADAL_API_KEY: "sk-0123456789abcdef" };
const pairs = {
  node: [await startNode(env), await launch("node", process.execPath, [join(home, "node.mjs")], process.env)],
  workerd: [await startWorkerd(env), await startWorker("bare.js", home, [])],
};
const direct = { url: `${address}/`, stop: async () => {} };

const question = JSON.stringify({
  model: "deepseek-v3.2-exp",
  max_tokens: 100,
  stream: true,
  messages: [{ role: "user", content: "x".repeat(900) }],
});

/** Milliseconds from the question to the first byte of the body; the rest is read, and not timed. */
function ask({ url }, path, agent) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    let first;
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(question) };
    const request = http.request(new URL(path, url), { method: "POST", headers, agent }, (response) => {
      response.on("data", () => (first ??= performance.now() - start));
      response.on("end", () => (response.statusCode === 200 ? resolve(first) : reject(new Error(`status ${response.statusCode}`))));
    });
    request.on("error", reject);
    request.end(question);
  });
}

const at = (times, share) => times.sort((a, b) => a - b)[Math.floor(times.length * share)].toFixed(2).padStart(6);

console.log(`First byte of a streamed answer, ms, ${ROUNDS} interleaved rounds after ${WARM}, Completions over Completions`);
for (const [runtime, [edge, relay]] of Object.entries(pairs)) {
  const agent = new http.Agent({ keepAlive: true });
  const runs = [
    ["direct", direct, "v1/chat/completions"],
    ["bare relay", relay, "v1/chat/completions"],
    ["edge", edge, "v1/chat/completions"],
    ["edge, other dialect", edge, "v1/messages"],
  ].map(([name, server, path]) => ({ name, server, path, times: [] }));
  for (let round = -WARM; round < ROUNDS; round++) {
    for (const run of runs) {
      const time = await ask(run.server, run.path, agent);
      if (round >= 0) run.times.push(time);
    }
  }
  console.log(`\n${runtime} (${edge.inside})            p50    p95`);
  for (const { name, times } of runs) console.log(`  ${name.padEnd(22)} ${at(times, 0.5)} ${at(times, 0.95)}`);
  const added = (share) => (at(runs[2].times, share) - at(runs[1].times, share)).toFixed(2).padStart(6);
  console.log(`  ${"added by the edge".padEnd(22)} ${added(0.5)} ${added(0.95)}`);
  agent.destroy();
  await edge.stop();
  await relay.stop();
}
upstream.close();
upstream.closeAllConnections();
rmSync(home, { recursive: true });
