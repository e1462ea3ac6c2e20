// The page in a real Chromium, for the tests: pages that report whatever the policy or the console complains about.
//
// In: `HADAL_CHROMIUM`, or the usual place. Out: pages, and upstreams whose every word a test decides. Never: a sleep;
// what is waited for is a condition.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import http from "node:http";
import { join } from "node:path";
import { after, afterEach, before, beforeEach } from "node:test";

import { site, startNode } from "./runtimes.mjs";

const chromiumPath = process.env.HADAL_CHROMIUM ?? "/usr/bin/chromium";

const BASE = "default-src 'self'; img-src data:; script-src 'self' 'wasm-unsafe-eval'";
/** Policies of pages, by what they say of Workers; the last two allow none. */
export const POLICIES = {
  "no Trusted Types": BASE,
  "Trusted Types, any policy": `${BASE}; require-trusted-types-for 'script'`,
  "Trusted Types, our policy": `${BASE}; require-trusted-types-for 'script'; trusted-types hadal-counter`,
  "no Worker": `${BASE}; worker-src 'none'`,
  "Trusted Types, no policy": `${BASE}; require-trusted-types-for 'script'; trusted-types 'none'`,
};

/** Starts Chromium, with nothing that would leave this machine. */
export async function launch() {
  const { chromium } = await import("playwright-core");
  const quiet = ["--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  return chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", "--disable-gpu", "--no-first-run", ...quiet] });
}

/** A page of its own, and `complaints`: violations of the policy, errors thrown, errors printed. */
export async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`thrown: ${error}`));
  page.on("console", (message) => {
    // Chromium prints a line of its own for every response that is an error; those are what the tests ask for.
    const isResponse = message.text().startsWith("Failed to load resource");
    if (["error", "warning"].includes(message.type()) && !isResponse) complaints.push(`printed: ${message.text()}`);
  });
  await page.exposeFunction("reportViolation", (violation) => complaints.push(`policy: ${violation}`));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      globalThis.reportViolation(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  return { page, complaints, close: () => context.close() };
}

export const field = (page) => page.getByRole("textbox", { name: "Your question" });
export const button = (page, name) => page.getByRole("button", { name, exact: true });

/** Waits until the page is alive: then its composer has the focus. */
export async function alive(page) {
  await page.locator("textarea:focus").waitFor();
}

/** Waits for a mark that the page's shell makes. */
export async function marked(page, name) {
  await until(() => page.evaluate((name) => performance.getEntriesByName(name).length > 0, name), name);
}

/**
 * What the tests of a suite stand on: a browser, an edge function, for `upstream: true` an upstream behind it, and for
 * each test a tab of its own, which must have complained of nothing when the test ends. `tell` is told all of them,
 * whenever one is new. Gives a way to open the tab otherwise.
 */
export function stage({ upstream = false, env = {} }, tell) {
  const made = {};
  const reopen = async (options) => {
    await made.tab?.close();
    made.tab = await open(made.browser, options);
    made.page = made.tab.page;
    tell(made);
  };
  before(async () => {
    made.browser = await launch();
    if (upstream) made.upstream = await startUpstream();
    const behind = upstream ? { HADAL_UPSTREAM: made.upstream.url, HADAL_API_KEY: "sk-test" } : {};
    made.edge = await startNode({ ...behind, ...env });
    tell(made);
  });
  after(async () => {
    await made.browser?.close();
    await made.edge?.stop();
    await made.upstream?.stop();
  });
  beforeEach(() => reopen());
  afterEach(async () => {
    const { complaints, close } = made.tab;
    made.tab = undefined;
    await close();
    assert.deepEqual(complaints, []);
  });
  return reopen;
}

/** Opens the page at an address, and waits until it is alive. */
export async function visit(page, url) {
  await page.goto(url);
  await alive(page);
}

/** Asks as a reader does. */
export async function ask(page, text) {
  await field(page).fill(text);
  await field(page).press("Enter");
}

/** A server of empty pages, one under each policy, with whatever `answer` has for any other path: `{ status, head, bytes }`. */
export async function servePages(title, answer) {
  const server = http.createServer(async (request, response) => {
    const path = new URL(request.url, "http://x").pathname;
    const policy = POLICIES[decodeURIComponent(path.slice(1))];
    if (policy) {
      const head = { "content-type": "text/html", "content-security-policy": policy };
      return response.writeHead(200, head).end(`<!doctype html><link rel=icon href=data:,><title>${title}</title>`);
    }
    const { status = 200, head, bytes } = await answer(path);
    response.writeHead(status, head).end(bytes);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const url = (name) => `http://127.0.0.1:${server.address().port}/${encodeURIComponent(name)}`;
  const stop = () => (server.closeAllConnections(), new Promise((done) => server.close(done)));
  return { url, stop };
}

/** What a suite over such pages stands on: a browser, and the pages that `serve` serves. `tell` is told both. */
export function stagePages(serve, tell) {
  const made = {};
  before(async () => {
    made.browser = await launch();
    console.log(`Chromium ${made.browser.version()}`);
    made.pages = await serve();
    await tell(made);
  });
  after(async () => {
    await made.browser?.close();
    await made.pages?.stop();
  });
}

/** The site as files, by a server that says nothing of policies. */
export async function serveSite() {
  const types = { html: "text/html", js: "text/javascript", css: "text/css", wasm: "application/wasm" };
  const server = http.createServer(async (request, response) => {
    const name = new URL(request.url, "http://site.invalid").pathname;
    const bytes = await readFile(join(site, name)).catch(() => undefined);
    response.writeHead(bytes ? 200 : 404, { "content-type": types[name.split(".").pop()] ?? "application/octet-stream" });
    response.end(bytes);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    stop() {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

/** Waits until `holds` gives something true, and gives that. */
export async function until(holds, what = holds.toString()) {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`never came true: ${what}`);
    await new Promise((done) => setImmediate(done));
  }
}

/**
 * Runs something that tells its long tasks, in milliseconds, until three of at most five times had none: what else this
 * machine does may make a task long, but not most times.
 */
export async function mostlyUnfelt(run) {
  const felt = [];
  for (let clean = 0, left = 5; clean < 3; left -= 1) {
    assert.ok(clean + left >= 3, `long tasks, in milliseconds: ${felt.join("; ")}`);
    const long = await run();
    if (long.length === 0) clean += 1;
    else felt.push(long.join(", "));
  }
  if (felt.length > 0) console.log(`  long tasks, in milliseconds: ${felt.join("; ")}`);
}

/** Holds requests back until `release()`. */
export async function hold(page, pattern) {
  let open = false;
  const held = [];
  await page.route(pattern, (route) => (open ? route.continue() : held.push(route)));
  return {
    asked: () => until(() => held.length > 0, `a request for ${pattern}`),
    release() {
      open = true;
      return Promise.all(held.map((route) => route.continue()));
    },
  };
}

/**
 * An upstream that speaks Messages and says what a test tells it to. Each request becomes a {@link Reply}, which
 * `next()` hands out in order.
 */
export async function startUpstream() {
  const replies = [];
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    replies.push(new Reply(JSON.parse(Buffer.concat(chunks).toString()), response));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${server.address().port}/v1/messages`,
    next: () => until(() => replies.shift(), "a request upstream"),
    stop() {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

class Reply {
  #block = -1;
  #kind;

  constructor(body, response) {
    this.body = body;
    this.response = response;
    this.gone = new Promise((done) => response.once("close", done));
  }

  #send(type, fields) {
    this.response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
  }

  /** The head and the first record; nothing to see yet. */
  begin(usage = { input_tokens: 9, output_tokens: 0 }) {
    this.response.writeHead(200, { "content-type": "text/event-stream" });
    const message = { id: "m-1", type: "message", role: "assistant", model: "m", content: [], usage };
    this.#send("message_start", { message });
    return this;
  }

  think(thinking) {
    this.#open("thinking", { type: "thinking", thinking: "" });
    this.#send("content_block_delta", { index: this.#block, delta: { type: "thinking_delta", thinking } });
    return this;
  }

  say(text) {
    this.#open("text", { type: "text", text: "" });
    this.#send("content_block_delta", { index: this.#block, delta: { type: "text_delta", text } });
    return this;
  }

  /** The last word, and why. */
  end(stop_reason = "end_turn", usage = { output_tokens: 3 }) {
    this.#close();
    this.#send("message_delta", { delta: { stop_reason, stop_sequence: null }, usage });
    this.#send("message_stop", {});
    this.response.end();
  }

  /** Breaks the connection. */
  cut() {
    this.response.destroy();
  }

  #open(kind, content_block) {
    if (this.#kind === kind) return;
    this.#close();
    this.#kind = kind;
    this.#block += 1;
    this.#send("content_block_start", { index: this.#block, content_block });
  }

  #close() {
    if (this.#kind) this.#send("content_block_stop", { index: this.#block });
    this.#kind = undefined;
  }
}
