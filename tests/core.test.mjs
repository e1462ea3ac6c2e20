// The npm package's core, end to end in Node: bytes written by hand, cut anywhere, through a fetch function or a real
// socket, to what a program sees. Nothing of ours is imitated.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { describe, test } from "node:test";
import {
  Chat,
  ChatError,
  ReplyDecoder,
  SseDecoder,
  buildRequest,
  init,
  initSync,
  isChatError,
} from "../target/npm/hadal/index.js";

const PACKAGE = new URL("../target/npm/hadal/index.js", import.meta.url);
const COMPLETIONS = "https://api.example/v1/chat/completions";
const utf8 = new TextEncoder();

/** A Chat Completions stream: thinks "Hm, 深", says "Hi 🐚!", as two hosts would spell it. */
const ANSWER = utf8.encode(
  `: keep-alive\n\n` +
    `data: {"id":"a","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":null,"reasoning_content":"Hm, "}}]}\n\n` +
    `data: {"id":"a","model":"m","choices":[{"index":0,"delta":{"reasoning_content":"深"}}]}\r\n\r\n` +
    `data: {"id":"a","model":"m","choices":[{"index":0,"delta":{"content":"Hi 🐚"}}]}\n\n` +
    `data: {"id":"a","model":"m","choices":[{"index":0,"delta":{"content":"!"},"finish_reason":"stop"}],` +
    `"usage":{"prompt_tokens":9,"completion_tokens":7,"prompt_cache_hit_tokens":4,"completion_tokens_details":{"reasoning_tokens":3}}}\n\n` +
    `data: [DONE]\n\n`,
);
const ANSWERED = [
  { type: "reasoning", delta: "Hm, 深" },
  { type: "text", delta: "Hi 🐚!" },
  { type: "usage", usage: { input: 9, cachedInput: 4, output: 7, reasoning: 3 } },
  { type: "done", stopReason: "stop" },
];

/** The same in the Messages dialect. */
const MESSAGES_ANSWER = utf8.encode(
  [
    ["message_start", { type: "message_start", message: { id: "a", model: "m", content: [], usage: { input_tokens: 5, cache_read_input_tokens: 4, output_tokens: 0 } } }],
    ["content_block_start", { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } }],
    ["content_block_delta", { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Hm, 深" } }],
    ["content_block_delta", { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "seal" } }],
    ["content_block_stop", { type: "content_block_stop", index: 0 }],
    ["content_block_start", { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } }],
    ["content_block_delta", { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "Hi 🐚!" } }],
    ["content_block_stop", { type: "content_block_stop", index: 1 }],
    ["message_delta", { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 7 } }],
    ["message_stop", { type: "message_stop" }],
  ]
    .map(([event, data]) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    .join(""),
);

/** That dialect does not say how many tokens were thoughts. */
const MESSAGES_ANSWERED = ANSWERED.with(2, { type: "usage", usage: { ...ANSWERED[2].usage, reasoning: 0 } });

/** A Chat Completions stream that calls tools and says nothing. */
function calling(...calls) {
  const deltas = calls.map(({ id, name, args }, index) => ({
    choices: [{ index: 0, delta: { tool_calls: [{ index, id, type: "function", function: { name, arguments: args } }] } }],
  }));
  const end = { choices: [{ index: 0, delta: { content: "" }, finish_reason: "tool_calls" }] };
  return utf8.encode([...deltas, end].map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("") + "data: [DONE]\n\n");
}

/** Pieces of `size` bytes. */
function cut(bytes, size) {
  const pieces = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return pieces;
}

/** A response whose body is these pieces. */
function response(pieces, init = {}) {
  const left = [...pieces];
  const body = new ReadableStream({
    pull(controller) {
      if (left.length === 0) controller.close();
      else controller.enqueue(left.shift());
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" }, ...init });
}

/** A fetch function that answers with each of `answers` in turn, and keeps what it was asked. */
function answering(...answers) {
  const asked = [];
  const fetch = async (url, init) => {
    asked.push({ url, init, body: JSON.parse(init.body) });
    const answer = answers[asked.length - 1];
    assert.ok(answer, "asked more often than expected");
    return typeof answer === "function" ? answer(init) : answer;
  };
  return { fetch, asked };
}

/** A body that says `first` and then nothing, until it is cancelled. */
function hanging(first) {
  let cancel;
  const cancelled = new Promise((resolve) => (cancel = resolve));
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(first);
    },
    cancel,
  });
  return { response: new Response(body, { headers: { "content-type": "text/event-stream" } }), cancelled };
}

function chatting(fetch, options = {}) {
  return new Chat({ endpoint: COMPLETIONS, model: "m", retries: 0, fetch, ...options });
}

async function collect(events) {
  const seen = [];
  for await (const event of events) seen.push(event);
  return seen;
}

/** Adjacent deltas of one kind as one: what is left does not depend on the cuts. */
function merged(events) {
  const out = [];
  for (const event of events) {
    const last = out.at(-1);
    if (last && last.type === event.type && ["text", "reasoning"].includes(event.type)) last.delta += event.delta;
    else out.push({ ...event });
  }
  return out;
}

async function failure(events) {
  try {
    await collect(events);
  } catch (error) {
    assert.ok(error instanceof ChatError && isChatError(error), String(error));
    return error;
  }
  assert.fail("nothing was thrown");
}

const HELLO = ANSWER.subarray(0, ANSWER.length - 330);

describe("decoders", () => {
  test("a reply gives the same events at every cut, in both dialects", () => {
    for (const [format, bytes] of [["completions", ANSWER], ["messages", MESSAGES_ANSWER]]) {
      for (let size = 1; size <= bytes.length; size++) {
        const decoder = new ReplyDecoder(format);
        const events = cut(bytes, size).flatMap((piece) => decoder.push(piece));
        events.push(...decoder.finish());
        assert.deepEqual(merged(events), format === "completions" ? ANSWERED : MESSAGES_ANSWERED, `${format}, ${size}`);
      }
    }
  });

  test("a cut reply ends in failed, and nothing follows", () => {
    const decoder = new ReplyDecoder("completions");
    decoder.push(utf8.encode(`data: {"choices":[{"index":0,"delta":{"content":"half"}}]}\n\n`));
    const events = decoder.finish();
    assert.equal(events.length, 1);
    assert.equal(events[0].type, "failed");
    assert.equal(events[0].error.code, "truncated");
    assert.equal(events[0].error.retryable, true);
    assert.equal(events[0].error.status, undefined);
    assert.deepEqual(decoder.finish(), []);
    assert.deepEqual(decoder.push(ANSWER), []);
  });

  test("tool calls arrive piece by piece and whole", () => {
    const decoder = new ReplyDecoder("completions");
    const events = decoder.push(calling({ id: "c1", name: "weather", args: '{"at":"Roma"}' }));
    assert.deepEqual(events, [
      { type: "tool_call_delta", index: 0, id: "c1", name: "weather", delta: '{"at":"Roma"}' },
      { type: "tool_call", index: 0, id: "c1", name: "weather", arguments: '{"at":"Roma"}' },
      { type: "done", stopReason: "tool_calls" },
    ]);
  });

  test("a chunk of any size is taken in, and what looked at memory survives its growth", () => {
    const text = "深🐚 text ".repeat(40_000);
    const decoder = new ReplyDecoder("completions");
    const line = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] })}\n\n`;
    const events = [...decoder.push(utf8.encode(line)), ...decoder.push(new Uint8Array(0))];
    assert.equal(events.map((event) => event.delta).join(""), text);
    assert.deepEqual(new ReplyDecoder("messages").push(MESSAGES_ANSWER).at(-1), { type: "done", stopReason: "stop" });
  });

  test("numbers beyond 32 bits come through", () => {
    const decoder = new ReplyDecoder("completions");
    const usage = { prompt_tokens: 2 ** 40 + 1, completion_tokens: 1 };
    const chunk = { choices: [{ index: 0, delta: { content: "x" }, finish_reason: "stop" }], usage };
    const events = [...decoder.push(utf8.encode(`data: ${JSON.stringify(chunk)}\n\n`)), ...decoder.finish()];
    assert.equal(events.find((event) => event.type === "usage").usage.input, 2 ** 40 + 1);
  });

  test("server-sent events are read at every cut", () => {
    const bytes = utf8.encode("\uFEFFid: 7\nevent: greeting\nretry: 30\ndata: é\rdata: 🐚\r\n\r\n: comment\n\ndata\n\ndata: no end");
    const expected = [
      { event: "greeting", data: "é\n🐚", id: "7", retry: 30 },
      { event: "message", data: "", id: "7", retry: undefined },
    ];
    for (let size = 1; size <= bytes.length; size++) {
      const decoder = new SseDecoder();
      const events = cut(bytes, size).flatMap((piece) => decoder.push(piece));
      assert.deepEqual([...events, ...decoder.finish()], expected, `in pieces of ${size}`);
      assert.deepEqual(decoder.push(bytes), [], "after the end there is nothing");
    }
  });

  test("an event beyond the memory it is given is refused, after those before it", () => {
    const decoder = new SseDecoder();
    const long = utf8.encode(`data: first\n\ndata: ${"x".repeat(2 << 20)}`);
    const seen = [];
    assert.throws(
      () => {
        for (const piece of cut(long, 50_000)) seen.push(...decoder.push(piece));
      },
      (error) => isChatError(error) && error.code === "too_long",
    );
    assert.deepEqual(seen.map((event) => event.data), ["first"]);
    assert.throws(() => decoder.push(utf8.encode("\n\n")), { code: "too_long" });
  });
});

describe("requests", () => {
  const messages = [
    { role: "system", content: "Be brief." },
    { role: "user", content: [{ type: "text", text: "Weather" }, { type: "text", text: "?" }] },
    { role: "assistant", content: null, tool_calls: [{ id: "c", type: "function", function: { name: "weather", arguments: "{}" } }] },
    { role: "tool", tool_call_id: "c", content: "fine" },
  ];

  test("a request is a value that fetch takes", () => {
    const config = { endpoint: "https://api.cometapi.com", apiKey: "sk-test", format: "completions" };
    const tool = { name: "weather", description: "d", parameters: { type: "object", z: 1, a: 2 } };
    const request = buildRequest(config, { messages, model: "deepseek-v3.2-exp", tools: [tool], maxTokens: 50, stop: "END", stream: false });
    assert.equal(request.url, "https://api.cometapi.com/v1/chat/completions");
    assert.equal(request.method, "POST");
    assert.equal(request.headers.authorization, "Bearer sk-test");
    assert.equal(request.headers["content-type"], "application/json");
    const body = JSON.parse(request.body);
    assert.deepEqual(body.messages.map((message) => message.role), ["system", "user", "assistant", "tool"]);
    assert.equal(body.messages[1].content, "Weather?");
    assert.deepEqual(body.messages[2].tool_calls, messages[2].tool_calls);
    assert.equal(body.messages[3].tool_call_id, "c");
    assert.equal(body.max_tokens, 50);
    assert.ok(!body.stream);
    assert.ok(request.body.includes('{"type":"object","z":1,"a":2}'), "a schema keeps the order of its keys");
    assert.equal(new Request(request.url, request).method, "POST");
  });

  test("the endpoint's path decides the dialect, thinking the model's id", () => {
    const ask = (endpoint, options) =>
      JSON.parse(buildRequest({ endpoint }, { messages: [{ role: "user", content: "?" }], model: "deepseek-v3.2-exp", ...options }).body);
    assert.equal(ask("https://api.cometapi.com/v1/messages", { thinking: true }).model, "DeepSeek-V3.2-Exp-thinking");
    assert.equal(ask("https://api.cometapi.com/v1/messages", { thinking: false }).model, "DeepSeek-V3.2-Exp-nothinking");
    assert.equal(typeof ask("https://api.cometapi.com/v1/messages", {}).max_tokens, "number");
    assert.deepEqual(ask("https://api.cometapi.com/v1/chat/completions", {}).stream_options, { include_usage: true });
  });

  test("what no provider could take is refused with a code", () => {
    const config = { endpoint: COMPLETIONS };
    const user = [{ role: "user", content: "?" }];
    const image = [{ role: "user", content: [{ type: "image_url", image_url: { url: "x" } }] }];
    for (const [at, options] of [
      [config, { messages: [], model: "m" }],
      [config, { messages: user, model: "" }],
      [config, { messages: user }],
      [config, { messages: image, model: "m" }],
      [config, { messages: [{ role: "tool", content: "1" }], model: "m" }],
      [config, { messages: [{ role: "nobody", content: "1" }], model: "m" }],
      [{ endpoint: "ftp://x" }, { messages: user, model: "m" }],
      [{ endpoint: COMPLETIONS, format: "messages" }, { messages: user, model: "m" }],
      [{ endpoint: COMPLETIONS, format: "morse" }, { messages: user, model: "m" }],
    ]) {
      assert.throws(
        () => buildRequest(at, options),
        (error) => isChatError(error) && error.code === "invalid_request" && error.message.length > 10 && !error.retryable,
        JSON.stringify(options),
      );
    }
  });
});

describe("a chat", () => {
  test("streams its answer, whatever the cuts", async () => {
    for (const size of [1, 2, 3, 7, 40, 280, 10_000]) {
      const { fetch, asked } = answering(response(cut(ANSWER, size)));
      const chat = chatting(fetch, { system: "Be brief.", apiKey: "sk-test" });
      assert.deepEqual(merged(await collect(chat.send("Hello"))), ANSWERED);
      assert.deepEqual(chat.messages, [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hello" },
        { role: "assistant", content: "Hi 🐚!", reasoning_content: "Hm, 深" },
      ]);
      assert.deepEqual(chat.usage, { input: 9, cachedInput: 4, output: 7, reasoning: 3 });
      assert.equal(asked[0].url, COMPLETIONS);
      assert.equal(asked[0].init.method, "POST");
      assert.equal(asked[0].init.redirect, "manual");
      assert.equal(asked[0].init.headers.authorization, "Bearer sk-test");
    }
  });

  test("goes on where it was: a request keeps the one before it as its prefix", async () => {
    const { fetch, asked } = answering(response([ANSWER]), response([ANSWER]));
    const chat = chatting(fetch);
    await collect(chat.send("One"));
    await collect(chat.send("Two"));
    const [one, two] = asked.map(({ body }) => body.messages);
    assert.deepEqual(two.slice(0, one.length), one);
    assert.deepEqual(two.slice(one.length).map(({ role }) => role), ["assistant", "user"]);
    assert.equal(chat.usage.input, 18);
  });

  test("reads a whole JSON body and the Messages dialect as well", async () => {
    const body = { id: "a", model: "m", choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }] };
    const whole = chatting(answering(Response.json(body)).fetch);
    assert.deepEqual(await collect(whole.send("?")), [{ type: "text", delta: "Hi" }, { type: "done", stopReason: "stop" }]);
    const { fetch } = answering(response([MESSAGES_ANSWER]));
    const chat = new Chat({ endpoint: "https://api.example/v1/messages", model: "m", fetch });
    await collect(chat.send("?"));
    assert.deepEqual(chat.messages.at(-1), { role: "assistant", content: "Hi 🐚!", reasoning_content: "Hm, 深", reasoning_signature: "seal" });
  });

  test("sends at once, and keeps its events until they are read", async () => {
    const { fetch, asked } = answering(response([ANSWER]));
    const events = chatting(fetch).send("Hello");
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(asked.length, 1);
    const [one, two] = [events.next(), events.next()];
    assert.deepEqual([(await one).value, (await two).value], ANSWERED.slice(0, 2), "asked for ahead, answered in order");
    assert.deepEqual(await collect(events), ANSWERED.slice(2));
    assert.deepEqual(await events.next(), { done: true, value: undefined });
  });

  test("stops: done, the body let go of, what was shown kept, and ready again", async () => {
    const body = hanging(utf8.encode(`data: {"choices":[{"index":0,"delta":{"content":"half"}}]}\n\n`));
    let signal;
    const { fetch } = answering((init) => ((signal = init.signal), body.response), response([ANSWER]));
    const chat = chatting(fetch);
    const events = chat.send("Hello");
    assert.deepEqual((await events.next()).value, { type: "text", delta: "half" });
    chat.stop();
    assert.deepEqual(await collect(events), [{ type: "done", stopReason: "stopped" }]);
    assert.equal(signal.aborted, true);
    await body.cancelled;
    assert.deepEqual(chat.messages.at(-1), { role: "assistant", content: "half" });
    chat.stop();
    assert.deepEqual((await collect(chat.send("Again"))).at(-1), { type: "done", stopReason: "stop" });
  });

  test("stops before the head as well", async () => {
    const { fetch } = answering((init) => new Promise((_, reject) => init.signal.addEventListener("abort", () => reject(init.signal.reason))));
    const chat = chatting(fetch);
    const events = chat.send("Hello");
    await new Promise((resolve) => setImmediate(resolve));
    chat.stop();
    assert.deepEqual(await collect(events), [{ type: "done", stopReason: "stopped" }]);
  });

  test("a late head of a fetch that ignored its signal is let go of", async () => {
    const body = hanging(HELLO);
    let answer;
    const { fetch } = answering(() => new Promise((resolve) => (answer = resolve)));
    const chat = chatting(fetch);
    const events = chat.send("Hello");
    await new Promise((resolve) => setImmediate(resolve));
    chat.stop();
    await collect(events);
    answer(body.response);
    await body.cancelled;
  });

  test("stops when its loop is left", async () => {
    const body = hanging(utf8.encode(`data: {"choices":[{"index":0,"delta":{"content":"half"}}]}\n\n`));
    const chat = chatting(answering(body.response).fetch);
    for await (const event of chat.send("Hello")) {
      assert.equal(event.delta, "half");
      break;
    }
    await body.cancelled;
    assert.equal(chat.messages.at(-1).content, "half");
  });

  test("asks for its last answer again", async () => {
    const other = utf8.encode(`data: {"choices":[{"index":0,"delta":{"content":"Other"},"finish_reason":"stop"}]}\n\n`);
    const { fetch, asked } = answering(response([ANSWER]), response([other]));
    const chat = chatting(fetch);
    await collect(chat.send("Hello"));
    assert.deepEqual(await collect(chat.retry()), [{ type: "text", delta: "Other" }, { type: "done", stopReason: "stop" }]);
    assert.deepEqual(chat.messages.map(({ content }) => content), ["Hello", "Other"]);
    assert.deepEqual(asked[1].body, asked[0].body);
    assert.equal((await failure(chatting(fetch).retry())).code, "nothing_to_retry");
  });

  test("one answer at a time: a second question is refused, the first goes on", async () => {
    const { fetch } = answering(response(cut(ANSWER, 50)));
    const chat = chatting(fetch);
    const first = chat.send("One");
    const refused = await failure(chat.send("Two"));
    assert.equal(refused.code, "busy");
    assert.equal((await failure(chat.retry())).code, "busy");
    assert.deepEqual(merged(await collect(first)), ANSWERED);
    assert.equal((await failure(chat.send("  "))).code, "empty");
  });

  test("many chats at once do not meet", async () => {
    const texts = Array.from({ length: 20 }, (_, at) => `answer ${at} ${"深".repeat(at)}`);
    const answers = texts.map(async (text) => {
      const line = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text }, finish_reason: "stop" }] })}\n\n`;
      const events = await collect(chatting(answering(response(cut(utf8.encode(line), 5))).fetch).send("?"));
      return merged(events)[0].delta;
    });
    assert.deepEqual(await Promise.all(answers), texts);
  });
});

describe("failures", () => {
  const json = (status, body, headers = {}) => new Response(JSON.stringify(body), { status, headers });
  const openai = (message, code = null) => ({ error: { message, type: "x", param: null, code } });

  test("are thrown with a code, a status and whether asking again may help", async () => {
    for (const [answer, code, status, retryable] of [
      [json(401, openai("Invalid token")), "authentication", 401, false],
      [json(402, openai("Insufficient Balance")), "billing", 402, false],
      [json(429, openai("slow down"), { "retry-after": "3600" }), "rate_limit", 429, true],
      [json(503, openai("busy")), "overloaded", 503, true],
      [json(503, openai("no channel", "model_not_found")), "model_not_found", 503, false],
      [new Response("<html><title>Log in</title></html>", { headers: { "content-type": "text/html" } }), "not_sse", undefined, undefined],
      [response([]), "truncated", undefined, true],
      [response([utf8.encode(`data: {"error":{"message":"gone","code":"server_error"}}\n\n`)]), undefined, undefined, undefined],
    ]) {
      const error = await failure(chatting(answering(answer).fetch).send("?"));
      if (code) assert.equal(error.code, code);
      if (status) assert.equal(error.status, status);
      if (retryable !== undefined) assert.equal(error.retryable, retryable, code);
      assert.ok(error.message.length > 0);
    }
  });

  test("keep what was shown, and throw after it was read", async () => {
    const half = utf8.encode(`data: {"choices":[{"index":0,"delta":{"content":"half"}}]}\n\n`);
    const chat = chatting(answering(response([half])).fetch);
    const seen = [];
    const error = await (async () => {
      try {
        for await (const event of chat.send("?")) seen.push(event);
      } catch (error) {
        return error;
      }
    })();
    assert.equal(error.code, "truncated");
    assert.deepEqual(seen, [{ type: "text", delta: "half" }]);
    assert.deepEqual(chat.messages.at(-1), { role: "assistant", content: "half" });
  });

  test("whatever a fetch rejects with is a cause, never a panic", async () => {
    const thrown = [
      new TypeError("fetch failed"),
      new DOMException("aborted", "AbortError"),
      "a string",
      { an: "object" },
      undefined,
      null,
      7,
      Symbol("s"),
      new Proxy({}, { get: () => { throw new Error("no"); } }),
    ];
    for (const cause of thrown) {
      for (const fetch of [() => Promise.reject(cause), () => { throw cause; }]) {
        const error = await failure(chatting(fetch).send("?"));
        assert.equal(error.code, "network");
        assert.equal(error.retryable, true);
        assert.ok(Object.is(error.cause, cause));
      }
    }
  });

  test("whatever a fetch answers with is read without trust", async () => {
    const headers = new Headers();
    for (const answer of [undefined, null, 7, "text", {}, { status: 200 }, { status: "200", headers }, { status: 99, headers }, Response.error()]) {
      assert.equal((await failure(chatting(async () => answer).send("?"))).code, "network", String(answer));
    }
    const locked = response([ANSWER]);
    locked.body.getReader();
    await failure(chatting(async () => locked).send("?"));
    const wrong = (value) => ({ status: 200, headers, body: { getReader: () => ({ read: async () => ({ done: false, value }), cancel() {} }) } });
    for (const value of [undefined, "text", 7, {}]) await failure(chatting(async () => wrong(value)).send("?"));
    const bare = { status: 200, headers, body: null };
    assert.equal((await failure(chatting(async () => bare).send("?"))).code, "truncated");
  });

  test("a body that breaks off is told with its cause, whatever it is", async () => {
    for (const cause of [new Error("reset"), "string", { an: "object" }, undefined]) {
      const body = new ReadableStream({
        pull(controller) {
          if (this.said) return controller.error(cause);
          this.said = true;
          controller.enqueue(utf8.encode(`data: {"choices":[{"index":0,"delta":{"content":"half"}}]}\n\n`));
        },
      });
      const chat = chatting(async () => new Response(body, { headers: { "content-type": "text/event-stream" } }));
      const error = await failure(chat.send("?"));
      assert.equal(error.code, "interrupted");
      assert.ok(Object.is(error.cause, cause));
      assert.equal(chat.messages.at(-1).content, "half");
    }
  });

  test("a refusal before anything was shown is asked again as long as the server says", async () => {
    const soon = json(429, openai("slow down"), { "retry-after-ms": "1" });
    const past = json(503, openai("busy"), { "retry-after": new Date(0).toUTCString() });
    const { fetch, asked } = answering(soon, past, response([ANSWER]));
    assert.deepEqual(await collect(chatting(fetch, { retries: 2 }).send("?")), ANSWERED);
    assert.equal(asked.length, 3);
  });

  test("a copy of the package and another realm know a ChatError", async () => {
    const copy = await import(`${PACKAGE.href}?copy`);
    const error = new copy.ChatError({ code: "x" });
    assert.ok(!(error instanceof ChatError) && isChatError(error) && copy.isChatError(new ChatError({ code: "y" })));
    assert.equal(error.name, "ChatError");
    for (const other of [undefined, null, 7, {}, new Error("x"), { code: "x" }]) assert.ok(!isChatError(other));
  });
});

describe("tools", () => {
  const parameters = { type: "object", properties: { at: { type: "string" } } };

  test("that carry execute are run by the loop", async () => {
    const first = calling({ id: "c1", name: "weather", args: '{"at":"Roma"}' }, { id: "c2", name: "clock", args: "{}" });
    const { fetch, asked } = answering(response(cut(first, 9)), response([ANSWER]));
    const got = [];
    const weather = { name: "weather", parameters, execute: async (args, { id, signal }) => (got.push([args, id, signal.aborted]), { sun: true }) };
    const clock = { type: "function", function: { name: "clock", description: "the time", parameters: { type: "object" } }, execute: () => "noon" };
    const chat = chatting(fetch, { tools: [weather, clock] });
    const events = merged(await collect(chat.send("Weather?")));
    assert.deepEqual(got, [[{ at: "Roma" }, "c1", false]]);
    assert.deepEqual(events.filter(({ type }) => type === "tool_call").map(({ name }) => name), ["weather", "clock"]);
    assert.deepEqual(events.filter(({ type }) => type === "done"), [{ type: "done", stopReason: "stop" }], "one end");
    assert.deepEqual(asked[1].body.messages.slice(-2), [
      { role: "tool", tool_call_id: "c1", content: '{"sun":true}' },
      { role: "tool", tool_call_id: "c2", content: "noon" },
    ]);
    assert.deepEqual(chat.messages.map(({ role }) => role), ["user", "assistant", "tool", "tool", "assistant"]);
    assert.equal(chat.messages[1].content, null);
    assert.equal(chat.messages[1].tool_calls.length, 2);
  });

  test("that fail tell the model why, whatever they threw", async () => {
    for (const [thrown, words] of [
      [new TypeError("no such town"), "no such town"],
      [new DOMException("took too long", "TimeoutError"), "took too long"],
      ["just words", "just words"],
      [{ message: "an object's message" }, "an object's message"],
      [{ an: "object" }, '{"an":"object"}'],
      [new Error(""), "Error"],
      [undefined, "nothing was said"],
      [null, "null"],
      [7, "7"],
      [Symbol("s"), "nothing was said"],
    ]) {
      const { fetch, asked } = answering(response([calling({ id: "c", name: "f", args: "{}" })]), response([ANSWER]));
      const tool = { name: "f", parameters, execute: () => { throw thrown; } };
      await collect(chatting(fetch, { tools: [tool] }).send("?"));
      assert.equal(asked[1].body.messages.at(-1).content, words);
    }
  });

  test("without execute end the turn, and their results are sent", async () => {
    const { fetch, asked } = answering(response([calling({ id: "c", name: "f", args: "{}" })]), response([ANSWER]));
    const chat = chatting(fetch, { tools: [{ name: "f", parameters }] });
    assert.deepEqual((await collect(chat.send("?"))).at(-1), { type: "done", stopReason: "tool_calls" });
    assert.equal((await failure(chat.send({ role: "tool", tool_call_id: "other", content: "x" }))).code, "no_such_call");
    assert.deepEqual((await collect(chat.send([{ role: "tool", tool_call_id: "c", content: "42" }]))).at(-1), { type: "done", stopReason: "stop" });
    assert.deepEqual(asked[1].body.messages.at(-1), { role: "tool", tool_call_id: "c", content: "42" });
  });

  test("that are running when the chat stops are told so", async () => {
    const { fetch } = answering(response([calling({ id: "c", name: "f", args: "{}" })]));
    let told;
    const running = new Promise((resolve) => (told = resolve));
    const execute = (_, { signal }) => (told(signal), new Promise(() => {}));
    const chat = chatting(fetch, { tools: [{ name: "f", parameters, execute }] });
    const events = chat.send("?");
    const signal = await running;
    chat.stop();
    assert.equal(signal.aborted, true);
    assert.deepEqual((await collect(events)).at(-1), { type: "done", stopReason: "stopped" });
  });
});

describe("memory", () => {
  test("a chat is freed in the middle of an answer, even by its own listener", async () => {
    const body = hanging(HELLO);
    let chat;
    const { fetch } = answering((init) => {
      init.signal.addEventListener("abort", () => chat.free());
      return body.response;
    });
    chat = chatting(fetch);
    const events = chat.send("Hello");
    await events.next();
    chat.stop();
    assert.deepEqual((await collect(events)).at(-1), { type: "done", stopReason: "stopped" });
    await body.cancelled;
    assert.throws(() => chat.messages, { code: "freed" });
    assert.equal((await failure(chat.send("?"))).code, "freed");
    chat.free();
    chat.stop();
  });

  test("freed while bytes are on their way, a chat hears no more of them", async () => {
    let controller;
    const body = new ReadableStream({ start: (given) => (controller = given) });
    const chat = chatting(async () => new Response(body));
    const events = chat.send("Hello");
    await new Promise((resolve) => setImmediate(resolve));
    controller.enqueue(HELLO);
    chat.free();
    assert.deepEqual(await collect(events), [{ type: "done", stopReason: "stopped" }]);
  });

  test("a chat comes back from JSON, without its key", async () => {
    const { fetch, asked } = answering(response([ANSWER]), response([ANSWER]));
    const execute = () => "x";
    const chat = chatting(fetch, { apiKey: "sk-canary", system: "Be brief.", tools: [{ name: "f", parameters: {}, execute }] });
    await collect(chat.send("Hello"));
    const json = JSON.stringify(chat);
    assert.ok(!json.includes("sk-canary"));
    for (const saved of [json, JSON.parse(json)]) {
      const back = Chat.fromJSON(saved, { endpoint: COMPLETIONS, apiKey: "sk-canary", fetch });
      assert.deepEqual(back.messages, chat.messages);
      assert.deepEqual(back.usage, chat.usage);
      assert.deepEqual(JSON.parse(JSON.stringify(back)), JSON.parse(json));
    }
    await collect(Chat.fromJSON(json, { fetch }).send("More"));
    assert.deepEqual(asked[1].body.messages.map(({ role }) => role), ["system", "user", "assistant", "user"]);
  });

  test("a key goes nowhere that only the saved text names", () => {
    const json = JSON.stringify(chatting(async () => {})).replace(COMPLETIONS, "https://evil.example/v1/messages");
    assert.throws(() => Chat.fromJSON(json, { apiKey: "sk-canary" }), { code: "invalid_request" });
  });

  test("what is no saved chat is refused", () => {
    const good = JSON.parse(JSON.stringify(chatting(async () => {})));
    for (const options of [{ tools: 5 }, { tools: [null] }, { timeouts: null }]) {
      const changed = { ...good, options: { ...good.options, ...options } };
      assert.throws(() => Chat.fromJSON(changed), (error) => isChatError(error), JSON.stringify(options));
    }
    for (const bad of ["", "{", "null", "7", {}, { ...good, version: 2 }, { ...good, conversation: { version: 1 } }, { ...good, conversation: undefined }]) {
      assert.throws(() => Chat.fromJSON(bad), (error) => isChatError(error) && error.code === "bad_save", JSON.stringify(bad));
    }
    assert.throws(() => new Chat({ endpoint: "nowhere", model: "m" }), { code: "invalid_request" });
  });
});

describe("over a real socket, by the runtime's own fetch", () => {
  /** Serves one handler on loopback, for the time of one test. */
  async function serving(handle, run) {
    const server = createServer(handle);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      await run(`http://127.0.0.1:${server.address().port}`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
  const open = (origin, options) => new Chat({ endpoint: `${origin}/v1/chat/completions`, model: "m", retries: 0, ...options });

  test("an answer streams", async () => {
    const handle = async (request, response) => {
      assert.equal(request.method, "POST");
      assert.equal(request.headers.authorization, "Bearer sk-test");
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const piece of cut(ANSWER, 100)) if (!response.write(piece)) await once(response, "drain");
      response.end();
    };
    await serving(handle, async (origin) => {
      assert.deepEqual(merged(await collect(open(origin, { apiKey: "sk-test" }).send("?"))), ANSWERED);
    });
  });

  test("stop closes the connection", async () => {
    let closed;
    const left = new Promise((resolve) => (closed = resolve));
    const handle = (_, response) => {
      response.on("close", closed);
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`data: {"choices":[{"index":0,"delta":{"content":"half"}}]}\n\n`);
    };
    await serving(handle, async (origin) => {
      const chat = open(origin);
      const events = chat.send("?");
      await events.next();
      chat.stop();
      assert.deepEqual(await collect(events), [{ type: "done", stopReason: "stopped" }]);
      await left;
    });
  });

  test("a redirect is not followed: the key stays where it was sent", async () => {
    const paths = [];
    const handle = (request, response) => {
      paths.push(request.url);
      response.writeHead(307, { location: "/elsewhere" }).end();
    };
    await serving(handle, async (origin) => {
      const error = await failure(open(origin).send("?"));
      assert.equal(error.status, 307);
      assert.equal(error.retryable, false);
    });
    assert.deepEqual(paths, ["/v1/chat/completions"]);
  });

  test("a closed door, a cut line and an address that is none are told apart", async () => {
    await serving((request) => request.socket.destroy(), async (origin) => {
      const error = await failure(open(origin).send("?"));
      assert.equal(error.code, "network");
      assert.ok(error.cause instanceof TypeError);
    });
    const half = (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream", "content-length": "10000" });
      response.write(`data: {"choices":[{"index":0,"delta":{"content":"half"}}]}\n\n`, () => response.destroy());
    };
    await serving(half, async (origin) => {
      const chat = open(origin);
      assert.equal((await failure(chat.send("?"))).code, "interrupted");
      assert.equal(chat.messages.at(-1).content, "half");
    });
    const nowhere = new Chat({ endpoint: "/v1/messages", model: "m", retries: 0 });
    assert.equal((await failure(nowhere.send("?"))).code, "network", "a page's path means nothing here");
    const badKey = open("http://127.0.0.1:9", { apiKey: "sk\nx" });
    assert.equal((await failure(badKey.send("?"))).code, "network", "a key that is no header");
  });
});

describe("loading", () => {
  /** Runs a program of its own; its output. */
  async function run(program) {
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    child.stdout.on("data", (data) => (out += data));
    const [code] = await once(child, "close");
    assert.equal(code, 0);
    return out.trim().split("\n");
  }
  const inBrowser = `process.getBuiltinModule = undefined; const { readFileSync } = await import("node:fs");
    const core = await import(${JSON.stringify(PACKAGE.href)});
    const file = readFileSync(new URL("core_bg.wasm", ${JSON.stringify(PACKAGE.href)}));
    const code = async (call) => { try { await call(); return "fine"; } catch (error) { return core.isChatError(error) ? error.code : String(error); } };`;

  test("where files cannot be read at once, a sync call before init is not ready", async () => {
    const lines = await run(`${inBrowser}
      const request = () => core.buildRequest({ endpoint: "${COMPLETIONS}" }, { model: "m", messages: [{ role: "user", content: "?" }] });
      console.log(await code(() => new core.ReplyDecoder("messages")));
      console.log(await code(() => new core.SseDecoder()));
      console.log(await code(request));
      console.log(await code(() => core.Chat.fromJSON("{}")));
      console.log(await code(() => new core.Chat({ endpoint: "${COMPLETIONS}", model: "m" }).messages));
      console.log(await code(() => core.init("https://127.0.0.1:9/none.wasm")));
      console.log(await code(() => core.init(new Uint8Array([1, 2, 3]))));
      await Promise.all([core.init(file), core.init()]);
      await core.init("ignored");
      console.log(await code(request));`);
    assert.deepEqual(lines, [...Array(7).fill("not_ready"), "fine"]);
  });

  test("an async call initialises by itself; one stopped before that is stopped", async () => {
    const lines = await run(`${inBrowser}
      globalThis.fetch = async (url) => new Response(file, { headers: { "content-type": "application/wasm" } });
      const chat = new core.Chat({ endpoint: "${COMPLETIONS}", model: "m", fetch: async () => new Response('data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\\n\\n') });
      const stopped = chat.send("never asked");
      chat.stop();
      for await (const event of stopped) console.log(JSON.stringify(event));
      for await (const event of chat.send("?")) console.log(JSON.stringify(event));
      console.log(chat.messages.length);`);
    assert.deepEqual(lines, [
      '{"type":"done","stopReason":"stopped"}',
      '{"type":"text","delta":"Hi"}',
      '{"type":"done","stopReason":"stop"}',
      "2",
    ]);
  });

  test("a finished chat leaves no timer behind: the program ends by itself", async () => {
    const lines = await run(`
      const { Chat } = await import(${JSON.stringify(PACKAGE.href)});
      const chat = new Chat({ endpoint: "${COMPLETIONS}", model: "m", fetch: async () => new Response('data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\\n\\n') });
      for await (const event of chat.send("?")) console.log(event.type);`);
    assert.deepEqual(lines, ["text", "done"]);
  });

  test("init is idempotent, and initSync takes a module", async () => {
    await Promise.all([init(), init(), init("ignored")]);
    initSync(new Uint8Array(0));
    assert.equal(new ReplyDecoder("messages").push(new Uint8Array(0)).length, 0);
  });
});
