// The page in Chromium, over the edge function on Node: what a reader sees, does, and is never to lose.
//
// An upstream of the tests' own decides each word; the faults are the simulator's. Every test ends without a violation
// of the policy, an error thrown, or an error printed.

import assert from "node:assert/strict";
import { before, beforeEach, describe, test } from "node:test";

import { alive, button, field, hold, marked, stage, until } from "./browser.mjs";

const answers = (page) => page.getByRole("article", { name: "Hadal" });
const prose = (page) => answers(page).last().locator(":scope > .prose");
const fold = (page) => answers(page).last().locator(".fold");

async function ask(page, text) {
  await field(page).fill(text);
  await field(page).press("Enter");
}

async function shows(locator, text) {
  await until(async () => (await locator.allTextContents()).join("") === text, `shows ${text}`);
}

describe("the page", { timeout: 300_000 }, () => {
  let browser, upstream, edge, tab, page;

  const reopen = stage({ upstream: true }, (made) => ({ browser, upstream, edge, tab, page } = made));
  before(async () => {
    console.log(`Chromium ${browser.version()}`);
  });

  /** Opens the page and asks; the reply is the test's to give. */
  async function begin(text = "Why?") {
    await page.goto(edge.url);
    await alive(page);
    await ask(page, text);
    return upstream.next();
  }

  test("is there before its script is", async () => {
    const html = await (await fetch(edge.url)).text();
    assert.match(html, /<textarea[^>]*aria-label="Your question"/);
    assert.match(html, /What would you like to get to the bottom of\?/);
    const scripts = [...html.matchAll(/<script([^>]*)>/g)].map(([, attributes]) => attributes);
    assert.ok(scripts.every((attributes) => /src=|application\/json/.test(attributes)), scripts.join());
    assert.doesNotMatch(html, /\sstyle=|<style|\son\w+=/);
  });

  test("shows the thinking as it comes, then the answer, then both", async () => {
    const reply = await begin("Why is it dark?");
    assert.equal(await field(page).inputValue(), "");
    assert.equal(reply.body.messages.at(-1).content.at(-1).text ?? reply.body.messages.at(-1).content, "Why is it dark?");
    await page.evaluate(() => {
      globalThis.heard = [];
      // The answer's news; the meter has a region of its own.
      const region = document.querySelector(".unseen[role=status][aria-live=polite]");
      new MutationObserver(() => globalThis.heard.push(region.textContent)).observe(region, {
        characterData: true, childList: true, subtree: true,
      });
    });
    reply.begin().think("Light is ");
    await fold(page).filter({ hasText: "Thinking" }).waitFor();
    const thoughts = page.locator(".thought .prose");
    await shows(thoughts, "Light is ");
    assert.equal(await fold(page).getAttribute("aria-expanded"), "true");
    assert.equal(await answers(page).last().getAttribute("aria-busy"), "true");
    reply.think("absorbed.");
    await shows(thoughts, "Light is absorbed.");
    reply.say("Water ");
    await shows(prose(page), "Water ");
    await fold(page).filter({ hasText: /^Thought for / }).waitFor();
    assert.equal(await fold(page).getAttribute("aria-expanded"), "false", "it folds with the first word");
    await thoughts.waitFor({ state: "hidden" });
    reply.say("takes it.");
    reply.end();
    await shows(prose(page), "Water takes it.");
    await button(page, "Copy").waitFor();
    assert.equal(await answers(page).last().getAttribute("aria-busy"), "false");
    await until(async () => (await page.evaluate(() => globalThis.heard)).includes("Answer ready"));
    assert.deepEqual(await page.evaluate(() => globalThis.heard), ["Thinking", "Answering", "Answer ready"]);
  });

  test("never folds what the reader unfolded", async () => {
    const reply = await begin();
    reply.begin().think("first");
    await fold(page).waitFor();
    await fold(page).click();
    await fold(page).click();
    reply.say("Answer").end();
    await button(page, "Copy").waitFor();
    assert.equal(await fold(page).getAttribute("aria-expanded"), "true");
    assert.ok(await page.locator(".thought .prose").isVisible());
  });

  test("keeps each paragraph's node while the answer grows", async () => {
    const reply = await begin();
    reply.begin().say("One\ntwo\n\nThr");
    await shows(prose(page), "One\ntwoThr");
    await page.evaluate(() => {
      const [first, second] = document.querySelectorAll(".answer > .prose > p");
      globalThis.kept = { first, second, text: first.firstChild, growing: second.firstChild };
      getSelection().selectAllChildren(first);
    });
    reply.say("ee\n\nFour").end();
    await shows(prose(page), "One\ntwoThreeFour");
    const same = await page.evaluate(() => {
      const [first, second, third] = document.querySelectorAll(".answer > .prose > p");
      const { kept } = globalThis;
      return [
        first === kept.first, first.firstChild === kept.text, second === kept.second, second.firstChild === kept.growing,
        first.childNodes.length, second.childNodes.length, third.textContent, getSelection().toString(),
      ];
    });
    assert.deepEqual(same, [true, true, true, true, 1, 1, "Four", "One\ntwo"]);
  });

  test("stops at once, keeps what came, and goes on from there", async () => {
    let reply = await begin();
    reply.begin().say("Half of ");
    await shows(prose(page), "Half of ");
    await field(page).fill("typed meanwhile");
    await button(page, "Stop").click();
    await button(page, "Send").waitFor();
    await reply.gone;
    reply.say("what never came");
    await page.getByText("Stopped.").waitFor();
    assert.equal(await prose(page).textContent(), "Half of ");
    assert.equal(await field(page).inputValue(), "typed meanwhile", "typing is nobody's business but the reader's");
    await button(page, "Continue").click();
    reply = await upstream.next();
    assert.match(JSON.stringify(reply.body.messages), /Half of /);
    reply.begin().say("it all.").end();
    await shows(prose(page), "it all.");
    assert.equal(await page.getByRole("article", { name: "You" }).count(), 1, "asking to continue is no question");
  });

  test("asks again beside the first answer, and goes back to it", async () => {
    let reply = await begin();
    reply.begin().say("First").end();
    await button(page, "Ask again").click();
    reply = await upstream.next();
    reply.begin().say("Second").end();
    await shows(prose(page), "Second");
    const versions = answers(page).getByRole("group", { name: "Versions" });
    await shows(versions, "2/2");
    await versions.getByRole("button", { name: "Previous version" }).click();
    await shows(prose(page), "First");
    await shows(versions, "1/2");
    assert.ok(await versions.getByRole("button", { name: "Previous version" }).isDisabled());
    await field(page).fill("half a thought");
    await page.getByRole("article", { name: "You" }).hover();
    await button(page, "Edit").click();
    assert.equal(await field(page).inputValue(), "Why?");
    await field(page).fill("Why not?");
    await field(page).press("Enter");
    reply = await upstream.next();
    assert.equal(await field(page).inputValue(), "half a thought", "what was laid aside is back");
    assert.equal(reply.body.messages.length, 1, "what follows the edited question is left behind");
    reply.begin().say("Third").end();
    await shows(prose(page), "Third");
    await shows(page.getByRole("article", { name: "You" }).getByRole("group", { name: "Versions" }), "2/2");
  });

  test("loses no words to the editing of another question", async () => {
    await page.goto(edge.url);
    await alive(page);
    for (const question of ["Why?", "And how?"]) {
      await field(page).fill(question);
      await field(page).press("Enter");
      (await upstream.next()).begin().say("So.").end();
      await page.getByRole("article", { name: "Hadal" }).last().getByRole("button", { name: "Ask again" }).waitFor();
    }
    const edit = async (at) => {
      const asked = page.getByRole("article", { name: "You" }).nth(at);
      await asked.hover();
      await asked.getByRole("button", { name: "Edit" }).click();
    };
    const written = (text) => until(async () => (await field(page).inputValue()) === text, text);
    await field(page).fill("half a thought");
    await edit(0);
    await written("Why?");
    await field(page).fill("Why not?");
    await edit(1);
    await written("And how?");
    await edit(0);
    await written("Why?");
    await field(page).press("Escape");
    await written("Why not?");
    await field(page).press("Escape");
    await written("half a thought");
    await edit(1);
    await field(page).fill("And who?");
    await button(page, "New conversation").click();
    await written("half a thought\n\nAnd who?");
  });

  test("can be used by keyboard alone", async () => {
    await page.goto(edge.url);
    await alive(page);
    await page.keyboard.type("First line");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("second");
    // What an input method is at work on is not sent, however the browser tells of it.
    for (const init of [{ isComposing: true }, { keyCode: 229 }]) {
      await field(page).evaluate((element, init) => {
        element.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...init }));
      }, init);
    }
    assert.equal(await field(page).inputValue(), "First line\nsecond");
    await page.keyboard.press("Enter");
    let reply = await upstream.next();
    reply.begin().think("hm").say("Half");
    await shows(prose(page), "Half");
    await page.keyboard.press("Escape");
    await button(page, "Continue").waitFor();
    await reply.gone;
    assert.ok(await field(page).evaluate((element) => element === document.activeElement));
    const reached = [];
    for (let step = 0; step < 12 && reached.at(-1) !== "Conversation"; step += 1) {
      await page.keyboard.press("Shift+Tab");
      reached.push(await page.evaluate(() => {
        const element = document.activeElement;
        return element.getAttribute("aria-label") ?? element.textContent;
      }));
    }
    const order = ["Ask again", "Copy", /^Tokens not reported/, "Continue", /^Thought for/, "Edit", "Conversation"];
    assert.equal(reached.length, order.length, reached.join());
    order.forEach((name, at) => assert.match(reached[at], name instanceof RegExp ? name : new RegExp(`^${name}$`)));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText("Asking this question in other words").waitFor();
    assert.equal(await field(page).inputValue(), "First line\nsecond");
    await page.keyboard.press("Escape");
    assert.equal(await field(page).inputValue(), "");
  });

  test("lets go of the answer when the reader leaves the page", async () => {
    const reply = await begin();
    reply.begin().say("Half");
    await shows(prose(page), "Half");
    await page.goto("about:blank");
    await reply.gone;
  });

  test("keeps what was typed before it came alive, and sends it when that was asked", async () => {
    const scripts = await hold(page, "**/assets/page-*.js");
    await page.goto(edge.url, { waitUntil: "commit" });
    await field(page).fill("typed early");
    await scripts.asked();
    await scripts.release();
    await alive(page);
    assert.equal(await field(page).inputValue(), "typed early");
    await button(page, "Send").click();
    (await upstream.next()).begin().say("Late").end();
    await shows(prose(page), "Late");

    const modules = await hold(page, "**/*.wasm");
    await page.goto(edge.url, { waitUntil: "commit" });
    await marked(page, "hadal-shell");
    await field(page).fill("sent early");
    await field(page).press("Enter");
    assert.equal(await field(page).inputValue(), "sent early");
    await modules.release();
    const reply = await upstream.next();
    assert.match(JSON.stringify(reply.body.messages), /sent early/);
    reply.begin().say("Heard").end();
    await shows(prose(page), "Heard");
  });

  test("says so when its wasm does not come, and keeps what was typed", async () => {
    await page.route("**/*.wasm", (route) => route.abort());
    await page.goto(edge.url);
    await page.getByRole("alert").filter({ hasText: "could not be loaded" }).waitFor();
    await field(page).fill("still here");
    assert.equal(await field(page).inputValue(), "still here");
    await page.unroute("**/*.wasm");
    await button(page, "Try again").click();
    await alive(page);
    const printed = tab.complaints.splice(0);
    assert.ok(printed.every((line) => line.startsWith("printed:")), printed.join("\n"));
  });

  test("says so when its wasm traps, and the conversation stays", async () => {
    const reply = await begin();
    reply.begin().say("Said before").end();
    await button(page, "Copy").waitFor();
    await page.evaluate(() => {
      // (module (func (export "trap") unreachable))
      const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 116, 114, 97, 112, 0, 0, 10, 5, 1, 3, 0, 0, 11];
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes)));
      setTimeout(exports.trap);
    });
    await page.getByRole("alert").filter({ hasText: "Something broke" }).waitFor();
    assert.equal(await prose(page).textContent(), "Said before");
    await button(page, "Reload").waitFor();
    assert.match(tab.complaints.splice(0).join(), /^thrown: RuntimeError/);
  });

  test("follows the answer until the reader looks up, and returns when asked", async () => {
    const reply = await begin();
    const lines = (from) => Array.from({ length: 40 }, (_, line) => `Line ${from + line}\n\n`).join("");
    reply.begin().say(lines(0));
    const log = page.getByRole("log");
    const below = () => log.evaluate((log) => log.scrollHeight - log.clientHeight - log.scrollTop);
    await page.getByText("Line 39").waitFor();
    await until(async () => (await below()) <= 1, "it follows");
    await log.hover();
    await page.mouse.wheel(0, -600);
    const pill = button(page, "To the latest");
    await pill.waitFor();
    const top = () => log.evaluate((log) => log.scrollTop);
    await until(async () => (await below()) >= 590, "the wheel has turned");
    const before = await top();
    reply.say(lines(40));
    await page.getByText("Line 79").waitFor({ state: "attached" });
    assert.equal(await top(), before, "what is read stays where it is");
    await pill.click();
    await until(async () => (await below()) <= 1, "it returned");
    await pill.waitFor({ state: "detached" });
    reply.say(lines(80)).end();
    await page.getByText("Line 119").waitFor();
    await until(async () => (await below()) <= 1, "it follows again");
  });

  test("begins a new conversation and finds the way back", async () => {
    let reply = await begin("The first");
    reply.begin().say("An answer").end();
    await button(page, "Copy").waitFor();
    await button(page, "New conversation").click();
    await page.getByRole("heading", { name: "What would you like" }).waitFor();
    await button(page, "Back to the conversation before").click();
    await shows(prose(page), "An answer");
    await button(page, "New conversation").click();
    await ask(page, "The second");
    reply = await upstream.next();
    assert.equal(reply.body.messages.length, 1);
    reply.begin().say("Another").end();
    await shows(prose(page), "Another");
    assert.equal(await answers(page).count(), 1);
  });

  test("copies the answer", async () => {
    await tab.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const reply = await begin();
    reply.begin().think("not this").say("Just **this**.").end();
    await button(page, "Copy").click();
    await button(page, "Copied").waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "Just **this**.");
  });

  test("tells of an answer that reached its length", async () => {
    const reply = await begin();
    reply.begin().say("As long as it").end("max_tokens");
    await page.getByText("The answer reached its greatest length.").waitFor();
    await button(page, "Continue").waitFor();
  });

  test("asks with thinking or without, as the reader chose", async () => {
    await page.goto(edge.url);
    await alive(page);
    const chip = button(page, "Thinking");
    assert.equal(await chip.getAttribute("aria-pressed"), "true");
    await chip.click();
    assert.equal(await chip.getAttribute("aria-pressed"), "false");
    await ask(page, "Quick!");
    const reply = await upstream.next();
    assert.equal(reply.body.model, "DeepSeek-V3.2-Exp-nothinking");
    reply.begin().say("Done.").end();
    await shows(prose(page), "Done.");
    assert.equal(await page.locator(".thought").count(), 0);
  });

  test("can be read in light and in dark", async () => {
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.goto(edge.url);
      const weak = await page.evaluate(() => {
        const style = getComputedStyle(document.documentElement);
        const luminance = (name) => {
          const hex = style.getPropertyValue(`--hadal-${name}`).trim();
          const [red, green, blue] = [1, 3, 5].map((at) => {
            const part = parseInt(hex.slice(at, at + 2), 16) / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        const contrast = (one, other) => {
          const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
          return (light + 0.05) / (dark + 0.05);
        };
        const papers = ["ground", "depth", "light", "surface", "tint"];
        const pairs = ["ink", "quiet", "accent"].flatMap((ink) => papers.map((paper) => [ink, paper]));
        pairs.push(["on-accent", "accent"]);
        return pairs.map(([ink, paper]) => [ink, paper, contrast(ink, paper)]).filter(([, , ratio]) => !(ratio >= 4.5));
      });
      assert.deepEqual(weak, [], `${colorScheme}: every text on every ground has a contrast of 4.5 at least`);
    }
  });

  test("fits a phone and a finger", async () => {
    await reopen({ viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true });
    await page.goto(edge.url);
    await marked(page, "hadal-alive");
    assert.ok(await page.evaluate(() => document.activeElement === document.body), "no keyboard is raised over the text");
    await field(page).tap();
    await page.keyboard.type("one");
    await page.keyboard.press("Enter");
    await page.keyboard.type("two");
    assert.equal(await field(page).inputValue(), "one\ntwo", "a finger's Enter is a new line");
    await button(page, "Send").tap();
    const reply = await upstream.next();
    reply.begin().think("hm").say(`${"long".repeat(60)} ${"words ".repeat(60)}`).end();
    await button(page, "Copy").waitFor();
    const small = await page.evaluate(() => {
      const sizes = [...document.querySelectorAll("button")].filter((button) => button.checkVisibility());
      // As laid out: a button that is just being pressed is drawn smaller for a moment.
      return sizes.filter(({ offsetWidth, offsetHeight }) => offsetWidth < 44 || offsetHeight < 44)
        .map((button) => `${button.ariaLabel ?? button.textContent} ${button.offsetWidth} x ${button.offsetHeight}`);
    });
    assert.deepEqual(small, []);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth || document.querySelector(".log").scrollWidth > document.querySelector(".log").clientWidth);
    assert.equal(wide, false, "nothing is wider than the screen");
    assert.ok((await field(page).evaluate((element) => parseFloat(getComputedStyle(element).fontSize))) >= 16);
  });
});

describe("the page's notices", { timeout: 300_000 }, () => {
  let edge, page;

  stage({ env: { HADAL_TIMEOUTS: "headers=1s first=2s idle=1s total=60s" } }, (made) => ({ edge, page } = made));
  beforeEach(async () => {
    await page.goto(edge.url);
    await alive(page);
    await button(page, "Thinking").click();
  });

  /** The fault, the code of its notice, and the button that is offered; `partial` where something was shown before. */
  const faults = [
    ["close-before-headers", ["network", "server_error", "overloaded"], "Ask again"],
    ["reset-mid-event", ["interrupted"], "Continue", "partial"],
    ["cut-mid-event", ["truncated", "interrupted"], "Continue", "partial"],
    ["cut-mid-utf8", ["truncated", "interrupted"], "Continue", "partial"],
    ["stall", ["timeout"], "Continue", "partial"],
    ["keep-alive-forever", ["timeout"], "Ask again"],
    ["html-200", ["not_sse"], "Ask again"],
    ["error-in-stream", ["server_error", "overloaded", "interrupted"], "Continue", "partial"],
    ["429-later", ["rate_limit"], "Ask again"],
    ["402", ["billing"], "Ask again"],
    ["context-length", ["context_length"], "New conversation"],
  ];
  for (const [fault, codes, remedy, partial] of faults) {
    test(`${fault} is told in plain words, with what helps`, async () => {
      await ask(page, `/fault ${fault}`);
      const notice = answers(page).last().getByRole("alert");
      await notice.waitFor();
      assert.ok(codes.includes(await notice.getAttribute("data-code")), await notice.getAttribute("data-code"));
      await notice.getByRole("button", { name: remedy }).waitFor();
      const text = await answers(page).last().textContent();
      assert.doesNotMatch(text, /\uFFFD|sk-|<html|balance|credit/i);
      if (partial) assert.ok((await prose(page).textContent()).length > 0, "what arrived is kept");
      await button(page, "Send").waitFor();
    });
  }

  test("an hour's wait is counted down, and nothing is sent by itself", async () => {
    await ask(page, "/fault 429-later");
    const notice = answers(page).last().getByRole("alert");
    await notice.filter({ hasText: /again in (59 min|1 h)/ }).waitFor();
    assert.ok(await notice.getByRole("button", { name: "Ask again" }).isDisabled());
  });

  for (const fault of ["duplicate-done", "429", "data-after-done", "open-after-done"]) {
    test(`${fault} is got over without a word`, async () => {
      await ask(page, `/fault ${fault}`);
      await answers(page).last().getByRole("button", { name: "Copy" }).waitFor();
      assert.equal(await page.getByRole("alert").count(), 0);
    });
  }
});

describe("the static page", { timeout: 300_000 }, () => {
  let edge, page;

  stage({}, (made) => ({ edge, page } = made));

  test("thinks and answers without a server, and stops when told", async () => {
    const asked = [];
    page.on("request", (request) => request.method() === "POST" && asked.push(request.url()));
    await page.goto(new URL("index.html", edge.url).href);
    await alive(page);
    await page.getByRole("button", { name: /^What is Hadal\?/ }).click();
    await fold(page).filter({ hasText: "Thinking" }).waitFor();
    await button(page, "Stop").waitFor();
    await answers(page).last().getByRole("button", { name: "Copy" }).waitFor();
    assert.ok((await prose(page).textContent()).includes("Hadal"));
    await ask(page, "/fault keep-alive-forever");
    await page.getByText("In the provider's queue").waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("Stopped.").waitFor();
    await ask(page, "/fault many-events");
    await answers(page).nth(2).getByRole("button", { name: "Copy" }).waitFor();
    await ask(page, "/fault html-200");
    await page.getByText("Something else answered.").waitFor();
    assert.deepEqual(asked, []);
  });

  test("keeps what was typed into its shell", async () => {
    const modules = await hold(page, "**/*.wasm");
    await page.goto(new URL("index.html", edge.url).href, { waitUntil: "commit" });
    await field(page).fill("typed early");
    await modules.asked();
    await modules.release();
    await alive(page);
    assert.equal(await field(page).inputValue(), "typed early");
    assert.equal(await page.getByRole("main").count(), 1);
  });
});
