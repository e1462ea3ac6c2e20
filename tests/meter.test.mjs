// The meter in Chromium: what a reader sees and hears of tokens and money, over the edge function on Node.
//
// The exact counts are those of the recordings (`usage_pairs.jsonl`, and the examples beside the formula); the prices are
// the tests' own. Nothing here measures time, but that the browser itself reports no long task, which is one of over
// 50 ms; what must be there "within a frame" is looked for after two of them.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";

import { Tokenizer } from "../target/npm/hadal/index.js";
import { alive, button, field, hold, mostlyUnfelt, serveSite, stage, until } from "./browser.mjs";
import * as shared from "./browser.mjs";
import { breakdown, gauge, label, money, receipt, rows, says } from "./gauge.mjs";

const PRICES = { input: 0.28, cachedInput: 0.028, output: 0.42 };
const CONTEXT = 131_072;

/** What the next answer may cost, by the same arithmetic. */
function range(prompt, cached, room) {
  const [input, hit, output] = [PRICES.input, PRICES.cachedInput, PRICES.output].map((price) => Math.round(price * 1000));
  return [money((prompt - cached) * input + cached * hit), money(prompt * input + room * output)];
}

describe("the meter", { timeout: 300_000 }, () => {
  let upstream, edge, page, exact;

  const reopen = stage({ upstream: true, env: { HADAL_PRICES: JSON.stringify(PRICES) } }, (made) => ({ upstream, edge, page } = made));
  before(async () => {
    exact = await Tokenizer.load({ ids: false });
  });

  const visit = () => shared.visit(page, edge.url);

  async function ask(text) {
    await shared.ask(page, text);
    return upstream.next();
  }

  test("is there before its script is, and names itself", async () => {
    const html = await (await fetch(edge.url)).text();
    assert.match(html, new RegExp(`aria-label="Context: 0 of ${CONTEXT.toLocaleString("en")} tokens, 0 percent"`));
    await visit();
    assert.equal(await label(page), "Context: 0 of 131,072 tokens, 0 percent");
  });

  test("counts as the provider does", async () => {
    await visit();
    for (const [text, tokens] of [["Count from 1 to 3", 11], ["你好，请你详细的介绍一下你自己", 10]]) {
      await field(page).fill(text);
      await says(page, new RegExp(`^Context: ${tokens} of 131,072 tokens, 1 percent\\. `));
    }
    await field(page).fill("  \n ");
    await says(page, /^Context: 0 of/);
  });

  test("follows typing within a frame, and nothing moves", async () => {
    await visit();
    await field(page).fill("a");
    await says(page, /^Context: \d+ of/);
    const seen = await page.evaluate(async () => {
      const [field, gauge] = [document.querySelector("textarea"), document.querySelector(".gauge")];
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      const count = () => Number(gauge.ariaLabel.match(/^Context: (?:about )?([\d,]+)/)[1].replace(",", ""));
      const seen = [];
      for (let word = 0; word < 30; word += 1) {
        field.value += " sea, dark and deep";
        field.dispatchEvent(new Event("input", { bubbles: true }));
        await frame();
        await frame();
        const places = [".ring", ".send", ".chip"].map((name) => document.querySelector(name).getBoundingClientRect().x);
        seen.push({ count: count(), places: places.join() });
      }
      return seen;
    });
    for (const [at, { count }] of seen.slice(1).entries()) assert.ok(count > seen[at].count, `${at}: ${JSON.stringify(seen)}`);
    assert.equal(new Set(seen.map(({ places }) => places)).size, 1, "ring and buttons stay where they are");
  });

  test("forecasts from the least to the most that an answer can cost", async () => {
    await visit();
    await field(page).fill("Count from 1 to 3");
    for (const [thinking, room] of [[true, 32_768], [false, 4_096]]) {
      const [lowest, highest] = range(11, 0, room);
      const name = await says(page, /^Context: 11 of.* Next answer: /);
      assert.ok(name.endsWith(`Next answer: ${lowest} to ${highest}`), name);
      await until(async () => (await gauge(page).locator(".price").textContent()) === `${lowest} – ${highest}`);
      if (thinking) await button(page, "Thinking").click();
      await until(async () => !thinking || !(await label(page)).includes(highest));
    }
  });

  test("tells what the numbers are made of, to the keyboard and to the ear", async () => {
    await visit();
    await field(page).fill("Count from 1 to 3");
    await says(page, /^Context: 11 of/);
    await breakdown(page).waitFor({ state: "hidden" });
    for (let step = 0; step < 3; step += 1) {
      await page.keyboard.press("Tab");
      if (await gauge(page).evaluate((element) => element === document.activeElement)) break;
    }
    await breakdown(page).waitFor();
    assert.deepEqual(await rows(breakdown(page).locator(".rows")), {
      "This message": "8",
      History: "0",
      "System and template": "3",
      Prompt: "11 tokens",
      "Room for the answer": "32,768 tokens",
      "Next answer": range(11, 0, 32_768).join(" – "),
    });
    const words = await breakdown(page).textContent();
    assert.match(words, /Counted exactly/);
    assert.match(words, /Prices as set for this chat\./);

    const session = await page.context().newCDPSession(page);
    const { nodes } = await session.send("Accessibility.getFullAXTree");
    const heard = nodes.find(({ role, name }) => role?.value === "button" && name?.value.startsWith("Context:"));
    assert.match(heard.name.value, /^Context: 11 of 131,072 tokens, 1 percent\. Next answer: /);
    assert.match(heard.description.value, /This message.*8.*Room for the answer.*32,768 tokens.*Counted exactly/s);

    assert.equal(await gauge(page).getAttribute("aria-expanded"), "true");
    assert.equal(await gauge(page).getAttribute("aria-controls"), await breakdown(page).getAttribute("id"));
    await page.keyboard.press("Escape");
    await breakdown(page).waitFor({ state: "hidden" });
    assert.equal(await gauge(page).getAttribute("aria-expanded"), "false");
    assert.ok(await gauge(page).evaluate((element) => element === document.activeElement));
    await page.keyboard.press("Enter");
    await breakdown(page).waitFor();
    await page.keyboard.press("Tab");
    const own = button(page, "Use your own prices");
    assert.ok(await own.evaluate((element) => element === document.activeElement), "what it opens can be reached");
    await page.keyboard.press("Shift+Tab");
    await breakdown(page).waitFor();
    await page.keyboard.press("Shift+Tab");
    await breakdown(page).waitFor({ state: "hidden" });
  });

  test("opens to a mouse that points at it, and stays while it is read", async () => {
    await visit();
    await gauge(page).hover();
    await breakdown(page).waitFor();
    await breakdown(page).hover();
    await gauge(page).click();
    assert.ok(await breakdown(page).isVisible());
    await page.keyboard.press("Escape");
    await breakdown(page).waitFor({ state: "hidden" });
  });

  test("stays open to the keyboard when a mouse passes, and opens again after Escape", async () => {
    await page.clock.install();
    await visit();
    await field(page).press("Tab");
    await page.keyboard.press("Tab");
    await gauge(page).focus();
    await breakdown(page).waitFor();
    await gauge(page).hover();
    await field(page).hover();
    await page.clock.runFor(1_000);
    assert.ok(await breakdown(page).isVisible());
    await field(page).focus();
    await breakdown(page).waitFor({ state: "hidden" });

    await gauge(page).hover();
    await breakdown(page).waitFor();
    await page.keyboard.press("Escape");
    await breakdown(page).waitFor({ state: "hidden" });
    await gauge(page).click();
    await breakdown(page).waitFor();
    await page.keyboard.press("Escape");
    await breakdown(page).waitFor({ state: "hidden" });
    await page.keyboard.press("Enter");
    await breakdown(page).waitFor();
  });

  test("estimates what follows while an answer is being written", async () => {
    await visit();
    const reply = await ask("Count from 1 to 3");
    reply.begin().say("1 2 ");
    await page.getByText("1 2").waitFor();
    await says(page, /^Context: about \d+ of/);
    await gauge(page).hover();
    await breakdown(page).filter({ hasText: "Estimated: the answer is still being written." }).waitFor();
    reply.say("3").end();
    // What was said, and the seven tokens that the template puts around it.
    const said = exact.count("Count from 1 to 3") + exact.count("1 2 3");
    await says(page, new RegExp(`^Context: ${said + 7} of`));
    await breakdown(page).filter({ hasText: "Counted exactly" }).waitFor();
  });

  test("puts what was reported in the place of the forecast, and adds it up", async () => {
    await visit();
    let reply = await ask("Why?");
    reply.begin({ input_tokens: 64, cache_read_input_tokens: 960, output_tokens: 0 }).think("Hm").say("So.");
    reply.end("end_turn", { input_tokens: 64, cache_read_input_tokens: 960, output_tokens: 388 });
    const cost = 64 * 280 + 960 * 28 + 388 * 420;
    await receipt(page).filter({ hasText: `1,024 in, 388 out ·${money(cost)}` }).waitFor();
    await receipt(page).filter({ hasText: "93 % from cache" }).waitFor();
    await receipt(page).click();
    const bill = await rows(page.locator(".bill").last());
    assert.equal(bill["Prompt, new"], `64 tokens · ${money(64 * 280)}`);
    assert.equal(bill["Prompt, cached"], `960 tokens · ${money(960 * 28)}`);
    assert.equal(bill.Answer, `388 tokens · ${money(388 * 420)}`);
    assert.equal(bill["Cost, by the reported tokens"], money(cost));
    assert.match(bill["First sign after"], /^\d+(\.\d)? s$/);
    const total = page.locator(".total");
    await until(async () => (await total.textContent()) === `This conversation: 1,412 tokens · ${money(cost)}`);

    reply = await ask("And?");
    reply.begin().say("Half");
    await page.getByText("Half").waitFor();
    await button(page, "Stop").click();
    await receipt(page).filter({ hasText: "Tokens not reported" }).waitFor();
    await receipt(page).click();
    await until(async () => (await rows(page.locator(".bill").last()))["Answer, by our own count"] === "1 token");
    await until(async () => (await total.textContent()).endsWith(`at least ${money(cost)}`));
  });

  test("knows how much of the next prompt was sent before", async () => {
    await visit();
    const long = "The sea is deep and dark. ".repeat(60);
    (await ask(long)).begin().say("So it is.").end();
    await receipt(page).waitFor();
    await field(page).fill("Why?");
    const name = await says(page, /^Context: \d+ of.* Next answer: /);
    await gauge(page).hover();
    const shown = await rows(breakdown(page).locator(".rows"));
    const number = (text) => Number(text.replace(/[^\d]/g, ""));
    const prompt = number(shown.Prompt);
    assert.equal(number(shown["This message"]) + number(shown.History) + number(shown["System and template"]), prompt);
    const cached = number((await breakdown(page).textContent()).match(/Lowest: ([\d,]+) tokens cached/)[1]);
    assert.equal(cached % 64, 0);
    assert.ok(cached > 0 && prompt - cached < 128, `${cached} of ${prompt}`);
    assert.ok(name.endsWith(`Next answer: ${range(prompt, cached, 32_768).join(" to ")}`), name);
  });

  /** Notes what the gauge's own region says, and what the chat's does. */
  async function listen() {
    await page.evaluate(() => {
      for (const [name, region] of [["heard", ".meter [role=status]"], ["chat", "main > [role=status]"]]) {
        globalThis[name] = [];
        const node = document.querySelector(region);
        new MutationObserver(() => globalThis[name].push(node.textContent)).observe(node, { characterData: true, childList: true, subtree: true });
      }
    });
  }
  const heard = (count) => until(() => page.evaluate((count) => globalThis.heard.length >= count && globalThis.heard, count), `${count} announcements`);

  test("warns by steps, once each, and catches what is too long", async () => {
    await visit();
    await listen();
    const words = (count) => " sea".repeat(count);
    const steps = [[60_000, /percent\. /, null], [90_000, /68 percent, filling up\. /, "warning"], [115_000, /87 percent, almost full\. /, "critical"], [136_000, /103 percent, too long$/, "over"]];
    for (const [count, name, level] of steps) {
      await field(page).fill(words(count));
      await says(page, new RegExp(`^Context: 1?\\d\\d,\\d+ of.*${name.source}`));
      assert.equal(await gauge(page).getAttribute("data-level"), level);
      await heard({ warning: 1, critical: 2, over: 3 }[level] ?? 0);
      await field(page).fill(words(count + 1));
      await says(page, new RegExp(`^Context: 1?\\d\\d,\\d+ of.*${name.source}`));
    }
    await field(page).press("Enter");
    const notice = page.getByRole("alert");
    await notice.waitFor();
    // 136,001 words, the question's mark, the frame's three, and the room for an answer; beyond 131,072.
    assert.match(await notice.textContent(), /Too long for the model\. Shorten it by 6,981 tokens\. /);
    assert.equal((await field(page).inputValue()).length, words(136_001).length);
    assert.equal(await page.getByRole("article").count(), 0, "nothing was sent");
    await field(page).fill("short");
    await notice.waitFor({ state: "detached" });
    assert.deepEqual(await heard(4), [
      "The context is filling up", "The context is almost full", "This is too long for the model", "The context has room again",
    ]);
    assert.deepEqual(await page.evaluate(() => globalThis.chat), [], "the chat's own region is the answers'");
    await field(page).press("Enter");
    (await upstream.next()).begin().say("So be it.").end();
    await receipt(page).waitFor();
    await field(page).fill(words(135_000));
    await says(page, /^Context: 1\d\d,\d+ of/);
    await field(page).press("Enter");
    await notice.getByRole("button", { name: "New conversation" }).click();
    await page.getByRole("heading", { name: "What would you like" }).waitFor();
    assert.equal((await field(page).inputValue()).length, words(135_000).length);
  });

  test("says nothing while a level lasts, nor of one that passes", async () => {
    await page.clock.install();
    await visit();
    await listen();
    await page.clock.pauseAt(Date.now() + 3_600_000);
    /** Writes so many words, and lets so much time pass once they are counted. */
    const write = async (words, time) => {
      await field(page).fill(" sea".repeat(words));
      await says(page, new RegExp(`^Context: ${(words + 4).toLocaleString("en")} of`));
      await page.clock.runFor(time);
    };
    await write(90_000, 500);
    assert.deepEqual(await heard(1), ["The context is filling up"]);
    for (let more = 1; more < 9; more += 1) await write(90_000 + more, 500);
    await write(1, 300);
    await write(90_000, 1_000);
    // A level that stays is heard after those that passed before it.
    await write(115_000, 500);
    assert.deepEqual(await heard(2), ["The context is filling up", "The context is almost full"]);
  });

  test("catches an answer that there is no room to go on with, and asks for no more than there is", async () => {
    await visit();
    await field(page).fill(" sea".repeat(120_000));
    await says(page, /^Context: 120,004 of/);
    await field(page).press("Enter");
    let reply = await upstream.next();
    reply.begin().say(" sea".repeat(100)).end("max_tokens");
    await button(page, "Continue").click();
    reply = await upstream.next();
    // 120,004 as asked, the answer's 100 words and what ends them, the next question's marks and its fourteen words.
    const [question, answer, more] = reply.body.messages.slice(-3).map(({ content }) => (typeof content === "string" ? content : content.at(-1).text));
    assert.equal(question.length, 480_000);
    assert.equal(answer, " sea".repeat(100));
    const room = CONTEXT - 120_004 - 100 - 1 - 1 - 2 - exact.count(more);
    assert.equal(reply.body.max_tokens, room);
    reply.begin().say(" sea".repeat(10_000)).end("max_tokens");
    await receipt(page).waitFor();
    await until(async () => /^Context: 130,\d+ of/.test(await label(page)));
    await button(page, "Continue").click();
    const notice = page.getByRole("alert").filter({ hasText: "Too long for the model." });
    await notice.waitFor();
    assert.match(await notice.textContent(), /For another answer this is too much by [\d,]+ tokens\. Edit an earlier question/);
    assert.match(await notice.textContent(), /Nothing was sent\./);
    const questions = page.getByRole("article", { name: "You" });
    assert.equal(await page.getByRole("article", { name: "Hadal" }).count(), 2, "nothing was asked");

    // What was asked before can be asked in fewer words.
    await questions.first().hover();
    await questions.first().getByRole("button", { name: "Edit" }).click();
    await notice.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Remove" }).click();
    await field(page).fill("Why?");
    await says(page, /^Context: \d of/);
    await field(page).press("Enter");
    (await upstream.next()).begin().say("So.").end();
    await page.getByRole("article", { name: "Hadal" }).filter({ hasText: "So." }).waitFor();
  });

  test("catches an answer that there is no room to ask for again", async () => {
    await page.route("**/*.pack", (route) => route.abort());
    await visit();
    await field(page).fill(" sea".repeat(135_000));
    await says(page, /^Context: about [1-9]\d+,\d+ of/);
    // An estimate that is not far too much is the provider's to judge.
    await field(page).press("Enter");
    const reply = await upstream.next();
    await page.unroute("**/*.pack");
    reply.begin().say("No");
    const answer = page.getByRole("article", { name: "Hadal" });
    await answer.filter({ hasText: "No" }).waitFor();
    reply.cut();
    await answer.getByRole("button", { name: "Ask again" }).waitFor();
    // The next turn tries again, and then it is counted.
    await says(page, /^Context: 1\d\d,\d+ of.*too long/);
    await answer.getByRole("button", { name: "Ask again" }).click();
    const notice = page.getByRole("alert").filter({ hasText: "Too long for the model." });
    await notice.waitFor();
    assert.match(await notice.textContent(), /too much by 5,980 tokens\./);
    await notice.getByRole("button", { name: "New conversation" }).click();
    await page.getByRole("heading", { name: "What would you like" }).waitFor();
    await notice.waitFor({ state: "detached" });
  });

  test("catches an earlier question that grows too long where it was asked", async () => {
    await visit();
    (await ask("Why?")).begin().say("So.").end();
    await receipt(page).waitFor();
    const asked = page.getByRole("article", { name: "You" });
    await asked.hover();
    await asked.getByRole("button", { name: "Edit" }).click();
    await field(page).fill(" sea".repeat(136_000));
    await says(page, /^Context: 136,004 of.*too long/);
    await field(page).press("Enter");
    await page.getByRole("alert").filter({ hasText: "Shorten it by 6,980 tokens." }).waitFor();
    await field(page).fill("Why not?");
    await field(page).press("Enter");
    (await upstream.next()).begin().say("So be it.").end();
    await page.getByText("2/2").waitFor();
  });

  test("counts what may be too long before it is sent, although Enter comes first", async () => {
    const packs = await hold(page, "**/*.pack");
    await visit();
    await field(page).fill(" sea".repeat(136_000));
    await field(page).press("Enter");
    await packs.asked();
    await packs.release();
    await page.getByRole("alert").filter({ hasText: "Shorten it by 6,980 tokens." }).waitFor();
    assert.equal(await page.getByRole("article").count(), 0, "nothing was sent");
    await reopen();
    const others = await hold(page, "**/*.pack");
    await visit();
    await field(page).fill(" sea".repeat(120_000));
    await field(page).press("Enter");
    await others.asked();
    assert.equal(await page.getByRole("article").count(), 0, "nothing was sent yet");
    await others.release();
    const reply = await upstream.next();
    assert.equal(reply.body.max_tokens, CONTEXT - 120_004);
    reply.begin().say("Deep.").end();
    await receipt(page).waitFor();
    assert.equal(await field(page).inputValue(), "");
  });

  test("asks for no longer an answer than there is room", async () => {
    await visit();
    await field(page).fill(" sea".repeat(120_000));
    await says(page, /^Context: 120,004 of/);
    await field(page).press("Enter");
    const reply = await upstream.next();
    assert.equal(reply.body.max_tokens, CONTEXT - 120_004);
    reply.begin().say("Deep.").end();
    await receipt(page).waitFor();
  });

  test("keeps its estimate, and says so, when the vocabulary does not come", async () => {
    await page.route("**/*.pack", (route) => route.abort());
    await visit();
    await field(page).fill("Count from 1 to 3");
    await says(page, /^Context: about \d+ of 131,072 tokens, 1 percent\. Next answer: about /);
    await gauge(page).hover();
    await breakdown(page).filter({ hasText: "Estimated: the vocabulary could not be loaded." }).waitFor();
    assert.match((await rows(breakdown(page).locator(".rows"))).Prompt, /^about \d+ tokens$/);
    await page.unroute("**/*.pack");
    await field(page).press("Enter");
    (await upstream.next()).begin().say("1 2 3").end();
    await receipt(page).waitFor();
    await field(page).fill("Again");
    // The next turn tries again.
    await says(page, /^Context: \d+ of/);
  });

  test("says about while the vocabulary is on its way", async () => {
    const packs = await hold(page, "**/*.pack");
    await visit();
    await field(page).fill("Count from 1 to 3");
    await says(page, /^Context: about \d+ of/);
    await packs.asked();
    await gauge(page).hover();
    await breakdown(page).filter({ hasText: "Estimated until the vocabulary is loaded." }).waitFor();
    await packs.release();
    await says(page, /^Context: 11 of/);
    await breakdown(page).filter({ hasText: "Counted exactly" }).waitFor();
  });

  test("fits a phone, and opens to a finger", async () => {
    await reopen({ viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true });
    await page.goto(edge.url);
    await until(() => page.evaluate(() => performance.getEntriesByName("hadal-alive").length > 0), "alive");
    await field(page).fill("Count from 1 to 3");
    await says(page, /^Context: 11 of/);
    await gauge(page).tap();
    await breakdown(page).waitFor();
    const wide = await page.evaluate(() => {
      const boxes = [...document.querySelectorAll(".breakdown, .gauge, .chip, .send")].map((element) => element.getBoundingClientRect());
      const inner = document.querySelector(".box").getBoundingClientRect();
      const inside = document.querySelector(".tools").lastElementChild.getBoundingClientRect().right < inner.right - 8;
      return !inside || document.documentElement.scrollWidth > innerWidth || boxes.some(({ left, right }) => left < 0 || right > innerWidth);
    });
    assert.equal(wide, false);
    await gauge(page).tap();
    await breakdown(page).waitFor({ state: "hidden" });
  });
});

describe("the meter over the simulator", { timeout: 300_000 }, () => {
  let edge, page;

  stage({ env: { HADAL_SYSTEM: "You are a diver. ".repeat(20) } }, (made) => ({ edge, page } = made));

  test("shows what the simulator reported, and that hidden instructions are a guess", async () => {
    await page.goto(edge.url);
    await alive(page);
    await field(page).fill("What is Hadal?");
    await says(page, /^Context: about /);
    await gauge(page).hover();
    await breakdown(page).filter({ hasText: "own instructions are counted roughly" }).waitFor();
    await breakdown(page).filter({ hasText: /Prices of Simulator, \d{4}-\d\d-\d\d\./ }).waitFor();
    await page.evaluate(() => {
      const { fetch } = globalThis;
      globalThis.fetch = async (...request) => {
        const response = await fetch(...request);
        globalThis.reply = "";
        // The page lets go of a reply that has ended, and with it of the copy.
        const note = new WritableStream({ write: (text) => void (globalThis.reply += text) });
        response.clone().body.pipeThrough(new TextDecoderStream()).pipeTo(note).catch(() => {});
        return response;
      };
    });
    await field(page).press("Enter");
    await receipt(page).waitFor();
    const records = (await page.evaluate(() => globalThis.reply)).split("\n").filter((line) => line.startsWith("data: {"));
    const usage = Object.assign({}, ...records.map((line) => JSON.parse(line.slice(6))).flatMap((record) => [record.message?.usage, record.usage]).filter(Boolean));
    const input = usage.input_tokens + (usage.cache_read_input_tokens ?? 0);
    const said = `${input.toLocaleString("en")} in, ${usage.output_tokens.toLocaleString("en")} out`;
    await receipt(page).filter({ hasText: said }).waitFor();
  });

  test("counts on the static page, with its own prices", async () => {
    const files = await serveSite();
    await page.goto(new URL("index.html", files.url).href);
    await alive(page);
    await field(page).fill("Count from 1 to 3");
    const [lowest, highest] = range(11, 0, 32_768);
    assert.ok((await says(page, /^Context: 11 of/)).endsWith(`Next answer: ${lowest} to ${highest}`));
    await files.stop();
  });
});

describe("a counter that is slow", { timeout: 300_000 }, () => {
  let files, page;

  stage({}, (made) => ({ page } = made));
  before(async () => (files = await serveSite()));
  after(() => files?.stop());

  /** The answers of the page's counter are the test's, and so is the time. */
  beforeEach(async () => {
    const fake = `export const openCounter = async () => ({
      count: async (texts) => new Uint32Array(texts.length),
      draft: (text, before) => new Promise((answer, refuse) => {
        globalThis.asked?.answer(undefined);
        globalThis.asked = { text: before + text, answer, refuse };
      }),
    });`;
    await page.route("**/tally-*.js", (route) => route.fulfill({ contentType: "text/javascript", body: fake }));
    await page.clock.install();
    await page.goto(new URL("index.html", files.url).href);
    await alive(page);
    await page.evaluate(() => {
      const gauge = document.querySelector(".gauge");
      globalThis.said = [];
      new MutationObserver(() => globalThis.said.push(gauge.ariaLabel)).observe(gauge, { attributes: true, attributeFilter: ["aria-label"] });
    });
    await page.clock.pauseAt(Date.now() + 3_600_000);
  });

  const written = (text) => until(() => page.evaluate((text) => globalThis.asked?.text === text, text), `${text} is to be counted`);
  const answer = (count) => page.evaluate((count) => globalThis.asked.answer(count), count);
  /** What the gauge said since this was asked last. */
  const said = () => page.evaluate(() => globalThis.said.splice(0).map((label) => label.match(/^Context: (about )?[\d,]+/)[0]));

  test("makes nothing flicker: the count before stays for a moment", async () => {
    await field(page).fill("one");
    await written("one");
    await page.clock.runFor(20);
    assert.deepEqual(await said(), ["Context: about 5"], "where there was nothing, an estimate is there with the next frame");
    await answer(1);
    await says(page, /^Context: 5 of/);
    await said();
    let text = "one";
    for (let key = 1; key <= 5; key += 1) {
      await page.keyboard.type("x");
      await written((text += "x"));
      await page.clock.runFor(140);
      await answer(1 + key);
      await says(page, new RegExp(`^Context: ${5 + key} of`));
    }
    assert.deepEqual(await said(), [6, 7, 8, 9, 10].map((count) => `Context: ${count}`));
  });

  test("is asked again some seconds after it failed, or when the browser is online", async () => {
    const refuse = () => page.evaluate(() => globalThis.asked.refuse(new Error("no")));
    await field(page).fill("one");
    await written("one");
    await refuse();
    await page.clock.runFor(1_000);
    await page.keyboard.type("x");
    await page.clock.runFor(20);
    await says(page, /^Context: about 5 of/);
    assert.equal(await page.evaluate(() => globalThis.asked.text), "one", "not at once");
    await page.clock.runFor(5_000);
    await page.keyboard.type("y");
    await written("onexy");
    await refuse();
    await page.clock.runFor(100);
    await page.evaluate(() => void (globalThis.asked = undefined));
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await written("onexy");
    await answer(3);
    await says(page, /^Context: 7 of/);
  });

  test("is told that nothing is to be counted any more, and a paste shows an estimate at once", async () => {
    await field(page).fill("one");
    await written("one");
    await field(page).fill("");
    await written("");
    await field(page).fill("one");
    await written("one");
    await answer(1);
    await says(page, /^Context: 5 of/);
    await field(page).fill("deep ".repeat(400));
    await page.clock.runFor(20);
    await says(page, /^Context: about \d+ of/);
  });

  test("has an estimate in its place when the moment is over, which then follows each key", async () => {
    await field(page).fill("one");
    await written("one");
    await answer(1);
    await says(page, /^Context: 5 of/);
    await said();
    await page.keyboard.type(" two");
    await page.clock.runFor(100);
    await page.keyboard.type(" three");
    await written("one two three");
    assert.deepEqual(await said(), []);
    await page.clock.runFor(60);
    assert.deepEqual(await said(), ["Context: about 7"], "the moment began with the first key");
    await page.keyboard.type(" four");
    await page.clock.runFor(20);
    assert.deepEqual(await said(), ["Context: about 8"]);
    await written("one two three four");
    await answer(4);
    await says(page, /^Context: 8 of/);
    await page.clock.runFor(1000);
    assert.deepEqual(await said(), ["Context: 8"]);
  });
});

describe("a long paste", { timeout: 600_000 }, () => {
  const MEGABYTE = 1_000_000;
  const filled = (text) => text.repeat(Math.ceil(MEGABYTE / text.length)).slice(0, MEGABYTE);
  const PASTES = {
    English: filled("The sea is deep and dark, and what lives there makes its own light. "),
    "one letter": filled("a"),
    Chinese: filled("深海里没有阳光，住在那里的动物自己发光。"),
  };
  let upstream, edge, page, files, exact;

  stage({ upstream: true, env: { HADAL_PRICES: JSON.stringify(PRICES) } }, (made) => ({ upstream, edge, page } = made));
  before(async () => {
    files = await serveSite();
    exact = await Tokenizer.load({ ids: false });
  });
  after(async () => {
    await files?.stop();
  });
  beforeEach(async () => {
    // What is measured is what the page feels: the tasks of its thread.
    await page.addInitScript(() => {
      globalThis.long = [];
      const note = (list) => globalThis.long.push(...list.getEntries().map(({ startTime, duration }) => ({ startTime, duration })));
      new PerformanceObserver(note).observe({ type: "longtask" });
    });
    await page.goto(edge.url);
    await alive(page);
  });

  const chips = () => page.getByRole("list", { name: "Pasted texts" }).getByRole("listitem");
  const value = () => field(page).inputValue();
  /** The prompt that a text alone makes: the template's three tokens and the mark of a question. */
  const prompt = (text) => (exact.count(text) + 4).toLocaleString("en");
  const counted = (text) => says(page, new RegExp(`^Context: ${prompt(text)} of`));

  /** Pastes as a reader does, in a task of the page's own; the text stays in the page as `clip`. */
  async function paste(text) {
    await page.evaluate((text) => void (globalThis.clip = text), text);
    await page.evaluate(async () => {
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      globalThis.begun = performance.now();
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", globalThis.clip);
      const field = document.querySelector("textarea");
      field.focus();
      field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    });
  }

  /** The long tasks since the last paste, in milliseconds. */
  function felt() {
    return page.evaluate(async () => {
      for (let frame = 0; frame < 3; frame += 1) await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      return globalThis.long.filter(({ startTime }) => startTime >= globalThis.begun).map(({ duration }) => duration);
    });
  }

  for (const [where, url] of [["on the edge's page", () => edge.url], ["on the static page", () => new URL("index.html", files.url).href]]) {
    for (const [name, text] of Object.entries(PASTES)) {
      test(`of 1 MB of ${name} is not felt, ${where}`, async () => {
        await mostlyUnfelt(async () => {
          await page.goto(url());
          await alive(page);
          await paste(text);
          await chips().filter({ hasText: "Pasted text, 1,000,000 characters" }).waitFor();
          await counted(text);
          await field(page).pressSequentially("Why?");
          await counted(`${text}\n\nWhy?`);
          assert.equal(await value(), "Why?");
          return felt();
        });
      });
    }
  }

  test("is told apart from what is typed, and the lines add up", async () => {
    const [first, second] = ["The sea is dark. ".repeat(700), "深海里没有阳光。".repeat(1_500)];
    const typed = "Why is that so?";
    await paste(first);
    await paste(second);
    await field(page).fill(typed);
    await counted(`${first}\n\n${second}\n\n${typed}`);
    await gauge(page).hover();
    await breakdown(page).hover();
    await button(page, "Use your own prices").waitFor();
    const documents = exact.count(`${first}\n\n${second}`);
    const shown = await until(async () => {
      const shown = await rows(breakdown(page).locator(".rows"));
      return shown.Documents === documents.toLocaleString("en") && shown;
    }, "the documents are counted");
    const number = (text) => Number(text.replace(/[^\d]/g, ""));
    const parts = ["This message", "Documents", "History", "System and template"].map((name) => number(shown[name]));
    assert.equal(parts.reduce((sum, part) => sum + part), number(shown.Prompt));
    assert.equal(number(shown.Prompt), exact.count(`${first}\n\n${second}\n\n${typed}`) + 4);
    await chips().last().getByRole("button", { name: "Remove" }).click();
    await chips().getByRole("button", { name: "Remove" }).click();
    await until(async () => !("Documents" in (await rows(breakdown(page).locator(".rows")))), "no line for nothing");
  });

  test("becomes a chip that can be a text again, or go", async () => {
    const text = "The sea is dark. ".repeat(700);
    await paste("short");
    assert.equal(await chips().count(), 0, "what is short is the field's own");
    await field(page).fill("Why? Because.");
    await paste(text);
    await paste(`${text}!`);
    assert.equal(await chips().count(), 2);
    await counted(`${text}\n\n${text}!\n\nWhy? Because.`);
    await chips().last().getByRole("button", { name: "Remove" }).click();
    await counted(`${text}\n\nWhy? Because.`);
    await field(page).evaluate((field) => field.setSelectionRange(5, 5));
    await chips().first().getByRole("button", { name: "Keep as text" }).click();
    assert.equal(await chips().count(), 0);
    assert.equal(await value(), `Why? ${text}Because.`);
    await counted(`Why? ${text}Because.`);
    await page.keyboard.type("So. ");
    assert.equal(await value(), `Why? ${text}So. Because.`);
  });

  test("goes by Backspace in an empty field, and that is told", async () => {
    const send = button(page, "Send");
    await paste("deep ".repeat(3_000));
    await chips().first().waitFor();
    assert.ok(await send.isEnabled());
    await field(page).fill("a");
    await field(page).press("Backspace");
    assert.equal(await chips().count(), 1);
    await field(page).press("Backspace");
    await chips().first().waitFor({ state: "detached" });
    await page.locator("[role=status]").filter({ hasText: "Pasted text removed" }).waitFor({ state: "attached" });
    assert.ok(await send.isDisabled());
    assert.equal(await label(page), "Context: 0 of 131,072 tokens, 0 percent");
  });

  /** As long as a question may be, and still less than the model takes. */
  const SENT = { "lines of dashes": filled(`${"-".repeat(999)}\n`), "one letter": filled("a"), "white space": `${filled(" ").slice(2)}a.` };
  for (const [name, text] of Object.entries(SENT)) {
    test(`of 1 MB of ${name} is sent unfelt`, async () => {
      await mostlyUnfelt(async () => {
        await send(text);
        return felt();
      });
    });
  }

  /** Pastes and sends a text, and says when all is quiet. */
  async function send(text) {
    await page.goto(edge.url);
    await alive(page);
    await paste(text);
    await field(page).fill("Why?");
    await counted(`${text}\n\nWhy?`);
    await field(page).press("Enter");
    const reply = await upstream.next();
    assert.equal(reply.body.messages.at(-1).content.at(-1).text ?? reply.body.messages.at(-1).content, `${text}\n\nWhy?`);
    reply.begin().say("So.").end();
    await receipt(page).waitFor();
    // What was said is history now, and counted.
    const told = exact.count(`${text}\n\nWhy?`) + exact.count("So.");
    await says(page, new RegExp(`^Context: ${(told + 7).toLocaleString("en")} of`));
    assert.equal(await chips().count(), 0);
    assert.equal(await value(), "");
  }

  test("is sent before what is typed, and shown by its beginning", async () => {
    const text = SENT["lines of dashes"];
    const asked = page.getByRole("article", { name: "You" }).last();
    await send(text);
    assert.ok((await asked.textContent()).length < 1_000);
    const more = asked.getByRole("button", { name: "Show all (1,000,006 characters)" });
    assert.equal(await more.getAttribute("aria-expanded"), "false");

    await asked.hover();
    await asked.getByRole("button", { name: "Edit" }).click();
    await chips().filter({ hasText: "Pasted text, 1,000,006 characters" }).waitFor();
    await counted(`${text}\n\nWhy?`);
    await button(page, "Cancel").click();
    assert.equal(await chips().count(), 0);

    await more.click();
    const less = asked.getByRole("button", { name: "Show less" });
    assert.equal(await less.getAttribute("aria-expanded"), "true");
    assert.ok((await asked.textContent()).length > MEGABYTE);
    await less.click();
    await more.waitFor();
  });

  test("that is too long for the model stays where it is", async () => {
    await paste(PASTES.Chinese);
    await counted(PASTES.Chinese);
    await field(page).press("Enter");
    await page.getByRole("alert").filter({ hasText: "Too long for the model." }).waitFor();
    assert.equal(await chips().count(), 1);
    await chips().getByRole("button", { name: "Remove" }).click();
    await page.getByRole("alert").waitFor({ state: "detached" });
  });
});
