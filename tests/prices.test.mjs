// What tokens cost, in Chromium: by the hour of a question, and by the reader's own prices, over the edge function on Node.
//
// The provider is DeepSeek, whose prices have hours; its answers are given here, and nothing reaches it. The clock is
// the browser's own, turned by the tests.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";

import { alive, button, field, stage, until } from "./browser.mjs";
import * as shared from "./browser.mjs";
import { breakdown, gauge, money, receipt, rows } from "./gauge.mjs";

describe("prices", { timeout: 300_000 }, () => {
  let edge, page;
  const USAGE = { input_tokens: 1_000, cache_read_input_tokens: 0, output_tokens: 100 };
  const env = { HADAL_UPSTREAM: "https://api.deepseek.com/anthropic/v1/messages", HADAL_API_KEY: "sk-test", HADAL_MODELS: "deepseek-flash" };

  const reopen = stage({ env }, (made) => ({ edge, page } = made));
  beforeEach(async () => {
    // Answered here: nothing is to reach the provider.
    const records = [
      { type: "message_start", message: { id: "m-1", type: "message", role: "assistant", model: "m", content: [], usage: USAGE } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "So." } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: USAGE },
      { type: "message_stop" },
    ];
    const body = records.map((record) => `event: ${record.type}\ndata: ${JSON.stringify(record)}\n\n`).join("");
    await page.route("**/v1/messages", (route) => route.fulfill({ contentType: "text/event-stream", body }));
  });

  const dialog = () => page.getByRole("dialog", { name: "Your own prices" });
  const price = (name) => dialog().getByRole("textbox", { name, exact: true });
  const total = () => page.locator(".total").textContent();
  const paid = (nano) => receipt(page).filter({ hasText: `1,000 in, 100 out ·${money(nano)}` }).waitFor();

  const visit = () => shared.visit(page, edge.url);

  async function ask(text) {
    await shared.ask(page, text);
    await page.getByRole("article", { name: "Hadal" }).last().filter({ hasText: "So." }).waitFor();
  }

  test("are those of the hour at which a question was sent", async () => {
    await visit();
    const [off, on] = [1_000 * 150 + 100 * 600, 1_000 * 300 + 100 * 1_200];
    // A Monday, before and within the hours that cost more.
    await page.clock.setFixedTime(new Date("2026-11-23T00:59:59Z"));
    await ask("Why?");
    await paid(off);
    await page.clock.setFixedTime(new Date("2026-11-23T01:00:00Z"));
    await ask("And now?");
    await paid(on);
    await until(async () => (await total()).endsWith(` · ${money(off + on)}`));
    await receipt(page).click();
    assert.match((await rows(page.locator(".bill").last())).Prices, /^those of peak hours/);
    // A Sunday.
    await page.clock.setFixedTime(new Date("2026-11-22T02:00:00Z"));
    await ask("And then?");
    await paid(off);
    await until(async () => (await total()).endsWith(` · ${money(off + on + off)}`));
    await button(page, "New conversation").click();
    await page.getByRole("button", { name: "Back to the conversation before" }).click();
    await until(async () => (await total()).endsWith(` · ${money(off + on + off)}`));
    assert.doesNotMatch(await page.locator("main").textContent(), /at least/);
  });

  test("can be the reader's own, at once and on the next visit, and the listed ones again", async () => {
    await page.clock.setFixedTime(new Date("2026-11-22T02:00:00Z"));
    await visit();
    await ask("Why?");
    await paid(1_000 * 150 + 100 * 600);
    await field(page).fill("Why?");
    for (let step = 0; step < 5; step += 1) {
      await page.keyboard.press("Tab");
      if (await page.evaluate(() => document.activeElement.textContent === "Use your own prices")) break;
    }
    await page.keyboard.press("Enter");
    await dialog().waitFor();
    assert.match(await dialog().textContent(), /Prices of DeepSeek, \d{4}-\d\d-\d\d\./);
    assert.deepEqual(await dialog().getByRole("textbox").evaluateAll((fields) => fields.map((field) => field.placeholder)), ["0.15", "0.003", "0.6"]);
    assert.ok(await price("Input").evaluate((element) => element === document.activeElement));

    for (const [name, said, words] of [
      ["Input", "much", /Input: write dollars as a number/], ["Cached input", "0.0001", /Cached input: no finer/],
      ["Output", "1,250", /Output: a thousand or one\?/], ["Output", "1000001", /Output: no more than 1,000,000/],
    ]) {
      await price(name).fill(said);
      await page.keyboard.press("Enter");
      await dialog().getByRole("alert").filter({ hasText: words }).waitFor();
      assert.equal(await price(name).getAttribute("aria-invalid"), "true");
      assert.ok(await price(name).evaluate((element) => element === document.activeElement));
      await price(name).fill("");
    }
    await price("Input").fill("1,5");
    await price("Output").fill("2");
    await page.keyboard.press("Enter");
    await dialog().waitFor({ state: "hidden" });
    assert.ok(await gauge(page).evaluate((element) => element === document.activeElement), "the focus is where it was");
    const own = 1_000 * 1_500 + 100 * 2_000;
    await paid(own);
    await until(async () => (await total()).endsWith(` · ${money(own)}`));
    await breakdown(page).filter({ hasText: "Your own prices, where you gave some. Prices of DeepSeek" }).waitFor();

    await page.reload();
    await alive(page);
    await ask("Why?");
    await paid(own);
    await field(page).fill("Why?");
    await gauge(page).hover();
    await button(page, "Change your prices").click();
    assert.equal(await price("Input").inputValue(), "1.5");
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "hidden" });
    await gauge(page).hover();
    await button(page, "Change your prices").click();
    await dialog().getByRole("button", { name: "Back to the listed prices" }).click();
    await paid(1_000 * 150 + 100 * 600);
    await page.locator(".breakdown").filter({ hasText: /V4.1 Flash\. Prices of DeepSeek/ }).waitFor({ state: "attached" });
    assert.equal(await page.evaluate(() => localStorage.length), 0, "nothing is left");
  });

  test("of the reader hold for the visit where a browser keeps nothing", async () => {
    await page.addInitScript(() => {
      const get = () => {
        throw new DOMException("not here", "SecurityError");
      };
      Object.defineProperty(globalThis, "localStorage", { get });
    });
    await page.clock.setFixedTime(new Date("2026-11-22T02:00:00Z"));
    await visit();
    await ask("Why?");
    await field(page).fill("Why?");
    await gauge(page).hover();
    await button(page, "Use your own prices").click();
    await price("Input").fill("1.5");
    await price("Output").fill("2");
    await page.keyboard.press("Enter");
    await dialog().waitFor({ state: "hidden" });
    await paid(1_000 * 1_500 + 100 * 2_000);
    await page.reload();
    await alive(page);
    await ask("Why?");
    await paid(1_000 * 150 + 100 * 600);
  });

  test("of the reader fit a phone", async () => {
    await reopen({ viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true });
    await page.goto(edge.url);
    await until(() => page.evaluate(() => performance.getEntriesByName("hadal-alive").length > 0), "alive");
    await gauge(page).tap();
    await button(page, "Use your own prices").tap();
    await dialog().waitFor();
    const outside = await dialog().evaluate((dialog) => {
      const { left, right } = dialog.getBoundingClientRect();
      return [dialog, ...dialog.querySelectorAll("*")].some((node) => node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0) || left < 0 || right > innerWidth;
    });
    assert.equal(outside, false);
    await dialog().getByRole("button", { name: "Cancel" }).tap();
    await dialog().waitFor({ state: "hidden" });
  });
});
