// The simulator over a real socket: its faults are on the wire what their names say, as Node's own fetch sees them.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { faults, startUpstream } from "./upstream.mjs";

/** Of each fault, what a client sees at most: a status and how the body ends. */
const ends = {
  "close-before-headers": "no head",
  "reset-mid-event": "broken",
  "no-headers": "silence",
  stall: "silence",
  "open-after-done": "silence",
  "keep-alive-forever": "silence",
};
/** The faults that end only when the client does, or that are too slow for a test at any speed. */
const endless = Object.keys(ends).filter((name) => ends[name] === "silence");

describe("the simulator behind a socket", () => {
  let upstream;
  before(async () => {
    upstream = await startUpstream({ seed: 3, speed: Infinity });
  });
  after(() => upstream.stop());

  const ask = (question, more = {}, signal = undefined) =>
    fetch(upstream.messages, {
      method: "POST",
      redirect: "manual",
      signal,
      body: JSON.stringify({
        model: "deepseek-v3.2-exp",
        max_tokens: 8000,
        stream: true,
        messages: [{ role: "user", content: question }],
        ...more,
      }),
    });
  const last = () => upstream.seen.at(-1);

  test("an answer streams and ends", async () => {
    const response = await ask("What is Hadal?", { thinking: { type: "enabled", budget_tokens: 1024 } });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
    const body = await response.text();
    assert.match(body, /"type":"thinking_delta"/);
    assert.match(body, /event: message_stop\ndata: \{"type":"message_stop"\}\n\n$/);
    const { ended, sent, path } = await last().over;
    assert.deepEqual({ ended, sent, path }, { ended: "body", sent: Buffer.byteLength(body), path: "/v1/messages" });
  });

  test("models are listed", async () => {
    const { data } = await (await fetch(`${upstream.address}/v1/models`)).json();
    assert.equal(data[0].id, "deepseek-v3.2-exp");
  });

  test("every other fault ends by itself", async () => {
    for (const [name] of await faults()) {
      if (endless.includes(name)) continue;
      const seen = await ask(`/fault ${name}`).then(
        (response) => response.arrayBuffer().then(() => "whole", () => "broken"),
        () => "no head",
      );
      assert.equal(seen, ends[name] ?? "whole", name);
    }
  });

  for (const name of endless) {
    test(`${name} ends when the client leaves`, async () => {
      const leaving = new AbortController();
      const before = upstream.seen.length;
      const asked = ask(`/fault ${name}`, {}, leaving.signal);
      asked.catch(() => {});
      if (name === "no-headers") {
        while (upstream.seen.length === before) await new Promise(setImmediate);
      } else {
        const reader = (await asked).body.getReader();
        await reader.read();
      }
      leaving.abort();
      assert.equal((await last().over).ended, "left");
    });
  }

  test("a fault may pass", async () => {
    const statuses = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const response = await ask("/fault 429 times 2");
      statuses.push([response.status, response.headers.get("retry-after")]);
      await response.arrayBuffer();
    }
    assert.deepEqual(statuses, [[429, "1"], [429, "1"], [200, null]]);
  });

  test("connections are counted", async () => {
    assert.ok(upstream.connections() > 0);
  });
});
