// A provider over a real socket: the simulator behind a Node server, with all its faults.
//
// In: a seed, a speed. Out: an address on loopback, what was asked of it, and when and how each response ended.
// Never: a fixed port unless one is given, a wait of its own, a response that outlives its connection.
//
// By itself: node tests/upstream.mjs [--port 8788] [--seed 1] [--speed 1]

import { existsSync, readFileSync } from "node:fs";
import http from "node:http";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const built = ["release", "draft"]
  .map((care) => new URL(`../target/hadal/${care}/demo/`, import.meta.url))
  .find((folder) => existsSync(new URL("demo.js", folder)));

if (built === undefined) throw new Error("the artifact `demo` is not built: cargo xtask build");

/**
 * Starts a provider. `speed` divides its waits: at 100 an answer of ten seconds takes a tenth of one, and at Infinity
 * there are none.
 *
 * `seen` lists its responses in the order of their requests, each `{ path, headers, body, at, sent, ended, closed, over }`:
 * what was asked and when, how many bytes were answered, how that ended ("body", "reset", or "left" when the other side
 * was first) and when, and a promise of the entry when it has. Times are `performance.now()`.
 */
export async function startUpstream({ seed = 0, speed = 1, port = 0 } = {}) {
  const { Demo } = await load();
  const demo = new Demo(seed);
  const seen = [];
  const sockets = new Set();
  const server = http.createServer(async (request, response) => {
    const entry = { path: request.url, headers: request.headers, body: "", sent: 0, ended: undefined, at: performance.now() };
    entry.over = new Promise((resolve) => {
      response.once("close", () => {
        entry.ended ??= "left";
        entry.closed = performance.now();
        resolve(entry);
      });
    });
    seen.push(entry);
    try {
      const body = await gather(request);
      entry.body = body.toString();
      await perform(demo.answer(request.url, body), response, entry, speed);
    } catch (error) {
      // A request that breaks off is the visitor's affair; anything else is ours and must be seen.
      if (!response.destroyed) console.error(error);
      response.destroy();
    }
  });
  server.on("connection", (socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${server.address().port}`;
  return {
    address,
    messages: `${address}/v1/messages`,
    completions: `${address}/v1/chat/completions`,
    seen,
    /** How many connections are open. */
    connections: () => sockets.size,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      demo.free();
    },
  };
}

/** Every fault's name and what it does. */
export async function faults() {
  return (await load()).Demo.faults();
}

async function load() {
  const demo = await import(new URL("demo.js", built));
  demo.initSync({ module: readFileSync(new URL("demo_bg.wasm", built)) });
  return demo;
}

/** Does what the play says, for as long as somebody is there. */
async function perform(play, response, entry, speed) {
  let gone = response.destroyed;
  const left = new Promise((resolve) => response.once("close", resolve)).then(() => (gone = true));
  const unlessLeft = (promise) => Promise.race([promise, left]);
  try {
    if (play.status !== 0) {
      response.writeHead(play.status, Object.fromEntries(play.headers));
      response.flushHeaders();
    }
    while (!gone) {
      const step = play.next();
      if (step === undefined) {
        entry.ended = "body";
        response.end();
        return;
      }
      if (step.reset) {
        entry.ended = "reset";
        response.socket?.destroy();
        return;
      }
      if (step.hang) {
        await left;
      } else if (step.wait !== undefined) {
        await unlessLeft(rest(step.wait / speed));
      } else {
        entry.sent += step.bytes.length;
        // Written through before the next step, so that a reset loses nothing that was said.
        await unlessLeft(new Promise((resolve) => response.write(step.bytes, resolve)));
      }
    }
  } finally {
    play.free();
  }
}

/** Waits so long, and at least until everything else had its turn. */
function rest(milliseconds) {
  return new Promise((resolve) => (milliseconds > 0 ? setTimeout(resolve, milliseconds) : setImmediate(resolve)));
}

async function gather(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = { type: "string" };
  const { values } = parseArgs({ options: { port: text, seed: text, speed: text } });
  const number = (name, otherwise) => Number(values[name] ?? otherwise);
  const options = { port: number("port", 8788), seed: number("seed", 0), speed: number("speed", 1) };
  const { address } = await startUpstream(options);
  console.log(`The simulator listens on ${address}`);
}
