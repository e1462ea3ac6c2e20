// The edge function's border on each runtime: routes, the gate, what is sent upstream, what is never said.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";

import { runtimes, site, startNode } from "./runtimes.mjs";

const KEY = "sk-CANARY-0123456789abcdef";
const ACCESS = "access-0123456789";
const model = "deepseek-v3.2-exp";
const hello = { model, messages: [{ role: "user", content: "Hello" }] };

for (const [runtime, startEdge] of Object.entries(runtimes)) {
  describe(`on ${runtime}`, () => {
    let upstream, edge, guarded;
    before(async () => {
      upstream = await listen();
      const env = { HADAL_UPSTREAM: upstream.url, HADAL_UPSTREAM_FORMAT: "completions", HADAL_API_KEY: KEY };
      edge = await startEdge({ ...env, HADAL_MAX_BODY: "4 KiB", HADAL_SYSTEM: "Be kind." });
      guarded = await startEdge({ ...env, HADAL_ACCESS_KEYS: `${ACCESS}, another-0123456789` });
    });
    after(async () => {
      await edge?.stop();
      await guarded?.stop();
      await upstream?.stop();
    });
    const get = (path, init) => fetch(new URL(path, edge.url), { redirect: "manual", ...init });
    const post = (path, body, headers = {}, to = edge) =>
      fetch(new URL(path, to.url), {
        method: "POST",
        body: typeof body === "string" ? body : JSON.stringify(body),
        headers: { "content-type": "application/json", ...headers },
      });

    test("the page is a document under a strict policy", async () => {
      const page = await get("/");
      assert.equal(page.status, 200);
      assert.match(page.headers.get("content-type"), /^text\/html/);
      assert.match(page.headers.get("content-security-policy"), /require-trusted-types-for 'script'/);
      const html = await page.text();
      assert.match(html, /^<!doctype html>/i);
      assert.ok(!/<script(?![^>]*(src=|type="application\/json"))/.test(html), "an inline script");
      assert.ok(!/ style="/.test(html), "an inline style");
      assert.ok(!html.includes("CANARY") && !html.includes(upstream.url));
    });

    test("the page's files are there and may be kept for ever", async () => {
      const html = await (await get("/")).text();
      const names = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, name]) => name);
      assert.ok(names.length >= 3, html.slice(0, 600));
      for (const name of names) {
        const file = await get(name);
        assert.equal(file.status, 200, name);
        assert.match(file.headers.get("cache-control"), /immutable/);
        assert.equal(file.headers.get("x-content-type-options"), "nosniff");
        if (name.endsWith(".wasm")) assert.equal(file.headers.get("content-type"), "application/wasm");
        assert.ok((await file.arrayBuffer()).byteLength > 0);
      }
    });

    test("health says that it is well and nothing else", async () => {
      const health = await get("/healthz");
      assert.equal(await health.text(), '{"status":"ok"}');
      const head = await get("/healthz", { method: "HEAD" });
      assert.equal(head.status, 200);
      assert.equal(await head.text(), "");
    });

    test("what almost is a route is none", async () => {
      for (const path of ["/v1/proxy/x", "/V1/messages", "/v1/messages/", "/assets/..%2findex.html", "/assets/gone.js", "/index.php"]) {
        const answer = await get(path);
        assert.equal(answer.status, 404, path);
        assert.match(answer.headers.get("content-type"), /^application\/json/, path);
      }
      const wrong = await get("/v1/messages");
      assert.equal(wrong.status, 405);
      assert.match(wrong.headers.get("allow"), /POST/);
      assert.equal((await wrong.json()).type, "error");
      assert.equal((await get("/v1/messages/count_tokens")).status, 405);
    });

    test("pages of other origins may not ask", async () => {
      const own = new URL(edge.url).origin;
      assert.equal((await post("/v1/chat/completions", hello, { origin: own })).status, 200);
      for (const origin of ["https://evil.example", "null", `${own}.evil.example`]) {
        assert.equal((await post("/v1/chat/completions", hello, { origin })).status, 403, origin);
        const asked = await get("/v1/messages", { method: "OPTIONS", headers: { origin } });
        assert.equal(asked.status, 403, origin);
        assert.equal(asked.headers.get("access-control-allow-origin"), null);
      }
    });

    test("a request that names another host, or came through a proxy, is not local", async () => {
      const ask = (headers) =>
        new Promise((resolve, reject) => {
          const request = http.request(new URL("/v1/chat/completions", edge.url), { method: "POST", headers });
          request.on("response", (response) => resolve((response.resume(), response.statusCode)));
          request.on("error", reject);
          request.end(JSON.stringify(hello));
        });
      assert.equal(await ask({ host: "evil.example" }), 403);
      assert.equal(await ask({ "x-forwarded-for": "203.0.113.7" }), 401);
      assert.equal(await ask({}), 200);
    });

    test("where access keys are set one is needed, in either header", async () => {
      const ask = async (headers) => (await post("/v1/chat/completions", hello, headers, guarded)).status;
      assert.equal(await ask({}), 401);
      assert.equal(await ask({ authorization: "Bearer access-012345678" }), 401);
      assert.equal(await ask({ "x-api-key": KEY }), 401);
      assert.equal(await ask({ authorization: `Bearer ${ACCESS}` }), 200);
      assert.equal(await ask({ "x-api-key": "another-0123456789" }), 200);
    });

    test("the request upstream is built anew: nothing of the caller's passes unread", async () => {
      upstream.seen.length = 0;
      const answer = await post(
        "/v1/chat/completions?upstream=https://evil.example",
        {
          ...hello,
          max_tokens: 1e9,
          user: "someone",
          base_url: "https://evil.example",
          stream_options: { include_usage: false },
        },
        { "x-custom-host": "evil.example", cookie: "a=b", "x-api-key": ACCESS, "x-portkey-custom-host": "evil.example" },
      );
      assert.equal(answer.status, 200, await answer.text());
      const [request] = upstream.seen;
      assert.equal(request.url, "/v1/chat/completions");
      assert.equal(request.headers.authorization, `Bearer ${KEY}`);
      assert.equal(request.headers["accept-encoding"], "identity");
      for (const name of ["cookie", "x-custom-host", "x-api-key", "x-portkey-custom-host", "origin", "referer"]) {
        assert.equal(request.headers[name], undefined, name);
      }
      const body = JSON.parse(request.body);
      assert.equal(body.max_tokens, 8192);
      assert.equal(body.stream, true);
      assert.deepEqual(body.stream_options, { include_usage: true });
      for (const name of ["user", "base_url"]) assert.equal(body[name], undefined, name);
      assert.deepEqual(body.messages[0], { role: "system", content: "Be kind." });
      assert.ok(!request.body.includes("evil"));
    });

    test("a redirect is not followed", async () => {
      upstream.seen.length = 0;
      const answer = await post("/v1/chat/completions", { ...hello, messages: [{ role: "user", content: "redirect" }] });
      assert.equal(answer.status, 404, await answer.text());
      assert.equal(answer.headers.get("location"), null);
      assert.ok(upstream.seen.every((request) => request.url !== "/elsewhere"));
    });

    test("a body that is too large is refused by its bytes, before it is read", async () => {
      upstream.seen.length = 0;
      const long = { ...hello, messages: [{ role: "user", content: "x".repeat(5000) }] };
      assert.equal((await post("/v1/chat/completions", long)).status, 413);
      // Without a length, as a stream.
      const stream = new Blob([JSON.stringify(long)]).stream();
      const answer = await fetch(new URL("/v1/messages", edge.url), { method: "POST", body: stream, duplex: "half" });
      assert.equal(answer.status, 413);
      assert.equal((await answer.json()).error.type, "request_too_large");
      assert.equal(upstream.seen.length, 0);
    });

    test("whatever is sent instead of a request is answered with a reason", async () => {
      const wrongs = ["", "null", "[]", "{", '"x"', "{}", '{"messages":[]}', '{"messages":{}}', '{"messages":[{"role":"god"}]}', "\ud800", "x".repeat(100), '{"model":1e999}', "[".repeat(4000)];
      for (const path of ["/v1/messages", "/v1/messages/count_tokens", "/v1/chat/completions"]) {
        for (const wrong of wrongs) {
          const answer = await post(path, wrong);
          assert.equal(answer.status, 400, `${path} ${wrong.slice(0, 30)}`);
          assert.ok((await answer.json()).error.message.length > 0);
        }
      }
    });

    test("an answer of the interface may neither be stored nor framed", async () => {
      for (const answer of [await post("/v1/chat/completions", hello), await post("/v1/chat/completions", { ...hello, stream: true }), await post("/v1/messages", "")]) {
        assert.match(answer.headers.get("cache-control"), /no-store/);
        assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
        assert.match(answer.headers.get("content-security-policy"), /default-src 'none'/);
        assert.equal(answer.headers.get("access-control-allow-origin"), null);
        await answer.text();
      }
    });

    test("tokens are counted exactly, the operator's instructions included", async () => {
      const ask = (body, to, headers = { "x-api-key": ACCESS }) => post("/v1/messages/count_tokens", body, headers, to);
      const three = { model, messages: [{ role: "user", content: "Count from 1 to 3" }] };
      upstream.seen.length = 0;
      // The first of them find no vocabulary yet.
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask(three, guarded)));
      for (const answer of answers) {
        assert.match(answer.headers.get("cache-control"), /no-store/);
        // A host that nobody knows may write prompts in its own way.
        assert.deepEqual(await answer.json(), { input_tokens: 11, exact: false, estimate: "unknown_provider" });
      }
      assert.equal((await (await ask(three)).json()).input_tokens, 14);
      const chinese = { model, system: "你是一个智能助手", messages: [{ role: "user", content: [{ type: "text", text: "你好!" }] }], thinking: { type: "enabled", budget_tokens: 1024 } };
      assert.equal((await (await ask(chinese, guarded)).json()).input_tokens, 10);
      assert.equal(upstream.seen.length, 0, "nobody else is asked");
      // Whoever may not chat may not count either.
      assert.equal((await ask(three, guarded, {})).status, 401);
      assert.equal((await ask(three, edge, { origin: "https://evil.example" })).status, 403);
      assert.equal((await ask({ ...three, model: "gpt-5" }, guarded)).status, 404);
      assert.equal((await ask({ ...three, system: "x".repeat(5000) })).status, 413);
      const simulated = await startEdge({});
      assert.deepEqual(await (await ask(three, simulated, {})).json(), { input_tokens: 11, exact: true });
      await simulated.stop();
    });

    test("sixteen at once do not disturb one another", async () => {
      const ask = async (number) => {
        const messages = [{ role: "user", content: `number ${number}` }];
        return (await post("/v1/chat/completions", { ...hello, messages })).json();
      };
      const replies = await Promise.all(Array.from({ length: 16 }, (_, number) => ask(number)));
      replies.forEach((reply, number) => assert.equal(reply.choices[0].message.content, `number ${number}`));
    });
  });
}

describe("a vocabulary that is not at hand", () => {
  const name = JSON.parse(readFileSync(join(site, "assets.json")))["counts.pack"];
  const packed = readFileSync(join(site, name));
  const wrongs = {
    "that is missing": [undefined, "no_vocabulary"],
    "that is no pack": [Buffer.from("<!doctype html>"), "vocabulary_foreign"],
    "that is cut where it is compressed": [packed.subarray(0, packed.length / 2), "vocabulary_corrupt"],
    "that is cut": [gzipSync(gunzipSync(packed).subarray(0, 10_000)), "vocabulary_corrupt"],
    "that is compressed and empty": [gzipSync(""), "vocabulary_foreign"],
  };
  for (const [which, [bytes, code]] of Object.entries(wrongs)) {
    test(`or ${which}, makes no guess`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "hadal-site-"));
      mkdirSync(join(folder, "assets"));
      if (bytes) writeFileSync(join(folder, name), bytes);
      const edge = await startNode({}, [], folder);
      try {
        const ask = () => fetch(`${edge.url}v1/messages/count_tokens`, { method: "POST", body: JSON.stringify(hello) });
        const answer = await ask();
        assert.equal(answer.status, 503);
        assert.equal(answer.headers.get("x-should-retry"), "false");
        const { type, error } = await answer.json();
        assert.deepEqual([type, error.type, error.code], ["error", "api_error", code]);
        assert.match(edge.log(), /tokens cannot be counted/);
        // It is looked for anew each time.
        writeFileSync(join(folder, name), packed);
        assert.deepEqual(await (await ask()).json(), { input_tokens: 5, exact: true });
      } finally {
        await edge.stop();
        rmSync(folder, { recursive: true });
      }
    });
  }
});

describe("a replay", () => {
  const recorded = {
    completions:
      'data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"from a recording"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
    messages:
      'event: message_start\ndata: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"m","content":[],"usage":{"input_tokens":1,"output_tokens":0}}}\n\n' +
      'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n' +
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"from a recording"}}\n\n' +
      'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3}}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n',
  };
  for (const [format, body] of Object.entries(recorded)) {
    test(`of ${format} is served in either dialect`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "hadal-replay-"));
      writeFileSync(join(folder, "a.response.sse"), body);
      writeFileSync(join(folder, "a.request.json"), "{}");
      const edge = await startNode({}, ["--replay", folder]);
      try {
        for (const path of ["v1/messages", "v1/chat/completions"]) {
          const answer = await fetch(edge.url + path, { method: "POST", body: JSON.stringify({ ...hello, max_tokens: 9 }) });
          assert.match(await answer.text(), /from a recording/);
        }
      } finally {
        await edge.stop();
        rmSync(folder, { recursive: true });
      }
    });
  }
});

describe("the start", () => {
  test("what is dangerous or does not parse ends it with one sentence", async () => {
    const wrongs = [
      { HADAL_UPSTREAM: "https://api.cometapi.com" },
      { HADAL_HOST: "0.0.0.0" },
      { HADAL_TIMEOUTS: "idle=never" },
      { HADAL_PRICES: '{"input": -1, "output": 1}' },
      { HADAL_BUDGET: "1 USD/day" },
      { HADAL_UPSTREM: "https://api.cometapi.com" },
    ];
    for (const env of wrongs) {
      await assert.rejects(startNode(env), (error) => {
        assert.equal(error.code, 1, error.message);
        const said = error.log.split("\n").filter((line) => line !== "" && !line.startsWith("inside"));
        assert.equal(said.length, 1, error.log);
        assert.match(said[0], /^HADAL_/);
        return true;
      });
    }
  });

  test("where there is no start to end, nobody is answered and the log says why", async () => {
    const edge = await runtimes.workerd({ HADAL_MAX_TOKENS: "many" });
    const answer = await fetch(new URL("/", edge.url));
    assert.equal(answer.status, 500);
    assert.ok(!(await answer.text()).includes("HADAL_"));
    await edge.stop();
    assert.match(edge.log(), /HADAL_MAX_TOKENS/);
  });
});

/** An upstream that says the question back, and remembers what it was sent. */
async function listen() {
  const seen = [];
  const server = http.createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    seen.push({ url: request.url, headers: request.headers, body });
    const said = JSON.parse(body).messages.at(-1).content;
    if (said === "redirect") {
      response.writeHead(307, { location: "/elsewhere" });
      return response.end();
    }
    const chunk = (delta, finish_reason) =>
      `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model, choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(chunk({ role: "assistant", content: said }, null) + chunk({}, "stop") + "data: [DONE]\n\n");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const stop = () => new Promise((done) => (server.close(done), server.closeAllConnections()));
  return { url: `http://127.0.0.1:${server.address().port}`, seen, stop };
}
