// Pictures of the page in its states, widths and colours, for eyes to judge: `node tests/shots.mjs [name ...]`.
//
// In: the built site. Out: `target/shots/<state>-<width>-<scheme>.png`. Never: an assertion.

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { launch, open, startUpstream } from "./browser.mjs";
import { startNode } from "./runtimes.mjs";

const folder = fileURLToPath(new URL("../target/shots/", import.meta.url));
mkdirSync(folder, { recursive: true });

const THOUGHT =
  "The reader asks why the deep sea is dark. Sunlight is absorbed by water, red first, then green, blue last. " +
  "Below about 200 metres there is too little for plants; below 1000 metres there is none.\n\n" +
  "I should say what is absorbed and what is scattered, since the two are often confused, and mention that some " +
  "animals make light of their own. ";
const ANSWER =
  "Because water swallows light, colour by colour.\n\nRed is gone within the first ten metres, orange and yellow soon " +
  "after. Blue reaches furthest, which is why everything down there looks blue before it looks black. Below two hundred " +
  "metres there is too little light to live on; below a thousand there is none that comes from above.\n\nWhat light there " +
  "is down there is made there. Most animals of the twilight zone can glow: to hunt, to hide, to be found.";

/** What an answer is said to have used. */
const USED = { input_tokens: 64, cache_read_input_tokens: 960, output_tokens: 388 };

/** Pastes a text as a reader does. */
function paste(page, text) {
  return page.getByRole("textbox").evaluate((field, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

/** Each state: what to do until it shows. `reply` is the upstream's next answer. */
const states = {
  async empty() {},
  async typing({ page }) {
    await page.getByRole("textbox").fill("Which of the three drafts lets the tenant leave early,\nand at what cost?");
  },
  async thinking({ page, ask }) {
    (await ask("Why is the deep sea dark?")).begin().think(THOUGHT.repeat(2));
    await page.locator(".thought .prose p").nth(2).waitFor();
    await page.locator(".clock", { hasText: "2 s" }).waitFor();
  },
  async answering({ page, ask }) {
    (await ask("Why is the deep sea dark?")).begin().think(THOUGHT).say(ANSWER.slice(0, 300));
    await page.locator(".answer > .prose p").nth(1).waitFor();
  },
  async answered({ page, ask }) {
    (await ask("Why is the deep sea dark?")).begin().think(THOUGHT).say(ANSWER).end();
    await page.getByRole("button", { name: "Ask again" }).click();
    (await ask()).begin().think(THOUGHT).say(ANSWER).end();
    await page.getByText("2/2").waitFor();
    await page.locator(".fold").click();
    (await ask("And what makes its own light?")).begin().say("Lanternfish, mostly: there are more of them than of any other fish.").end();
    await page.getByText("Lanternfish").waitFor();
  },
  async stopped({ page, ask }) {
    (await ask("Why is the deep sea dark?")).begin().think(THOUGHT).say(ANSWER.slice(0, 300));
    await page.locator(".answer > .prose p").nth(1).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("Stopped.").waitFor();
  },
  async fault({ page, ask }) {
    const reply = await ask("Why is the deep sea dark?");
    reply.response.writeHead(429, { "content-type": "application/json", "retry-after": "3600" });
    reply.response.end('{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}');
    await page.getByRole("alert").waitFor();
  },
  async cut({ page, ask }) {
    const reply = await ask("Why is the deep sea dark?");
    reply.begin().say(ANSWER.slice(0, 300));
    await page.locator(".answer > .prose p").nth(1).waitFor();
    reply.cut();
    await page.getByRole("alert").waitFor();
  },
  async editing({ page, ask }) {
    (await ask("Why is the deep sea dark?")).begin().say(ANSWER).end();
    await page.getByRole("button", { name: "Copy" }).waitFor();
    await page.getByRole("article", { name: "You" }).hover();
    await page.getByRole("button", { name: "Edit" }).click();
  },
  async scrolled({ page, ask }) {
    (await ask("Why is the deep sea dark?")).begin().say(`${ANSWER}\n\n`.repeat(5));
    await page.locator(".answer > .prose p").nth(14).waitFor();
    await page.getByRole("log").hover();
    await page.mouse.wheel(0, -700);
    await page.getByRole("button", { name: "To the latest" }).waitFor();
  },
  async open({ page, ask }) {
    (await ask("Why is the deep sea dark?")).begin(USED).think(THOUGHT).say(ANSWER).end("end_turn", USED);
    await page.getByRole("textbox").fill("Which of the three drafts lets the tenant leave early,\nand at what cost?");
    await page.locator(".gauge").click();
    await page.getByRole("group", { name: "Context and price" }).filter({ hasText: "Counted exactly" }).waitFor();
  },
  async prices({ page }) {
    await page.locator(".gauge").click();
    await page.getByRole("button", { name: "Use your own prices" }).click();
    await page.getByRole("textbox", { name: "Output" }).fill("much");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
  },
  async billed({ page, ask }) {
    (await ask("Why is the deep sea dark?")).begin(USED).think(THOUGHT).say(ANSWER).end("end_turn", USED);
    await page.locator(".receipt").click();
    await page.locator(".bill > div").nth(4).waitFor();
  },
  async warning({ page }) {
    await page.getByRole("textbox").fill(" sea".repeat(90_000));
    await page.locator('.gauge[data-level="warning"]:not([data-about="about "])').waitFor();
  },
  async critical({ page }) {
    await page.getByRole("textbox").fill(" sea".repeat(115_000));
    await page.locator('.gauge[data-level="critical"]:not([data-about="about "])').waitFor();
  },
  async refused({ page, ask }) {
    (await ask("Why is the deep sea dark?")).begin(USED).say(ANSWER).end("end_turn", USED);
    await page.locator(".receipt").waitFor();
    await page.getByRole("textbox").fill(" sea".repeat(140_000));
    await page.locator('.gauge[data-level="over"]:not([data-about="about "])').waitFor();
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("alert").waitFor();
  },
  async pasted({ page }) {
    await paste(page, "The tenant may leave early, if the landlord is told three months before. ".repeat(5_000));
    await paste(page, "房客如欲提前退租，应提前三个月书面通知房东。".repeat(600));
    await page.getByRole("textbox").fill("Which of the two lets the tenant leave early?");
    await page.locator('.gauge:not([data-about="about "])').click();
    await page.getByRole("group", { name: "Context and price" }).filter({ hasText: "Documents" }).waitFor();
  },
  async collapsed({ page, ask }) {
    await paste(page, "The tenant may leave early, if the landlord is told three months before. ".repeat(5_000));
    (await ask("Which of the two lets the tenant leave early?")).begin(USED).say("The first.").end("end_turn", USED);
    await page.locator(".receipt").waitFor();
  },
  async estimate({ page }) {
    await page.route("**/*.pack", (route) => route.abort());
    await page.getByRole("textbox").fill("Which of the three drafts lets the tenant leave early?");
    await page.locator('.gauge[data-about="about "]').click();
    await page.getByRole("group", { name: "Context and price" }).filter({ hasText: "could not be loaded" }).waitFor();
  },
  async lost({ page }) {
    await page.evaluate(() => dispatchEvent(new ErrorEvent("error", { error: new WebAssembly.RuntimeError("unreachable") })));
    await page.getByRole("alert").waitFor();
  },
};

const PRICES = JSON.stringify({ input: 0.28, cachedInput: 0.028, output: 0.42 });
const wanted = process.argv.slice(2);
const browser = await launch();
const upstream = await startUpstream();
const edge = await startNode({ HADAL_UPSTREAM: upstream.url, HADAL_API_KEY: "sk-test", HADAL_TIMEOUTS: "first=60s idle=60s", HADAL_PRICES: PRICES });
try {
  for (const [state, reach] of Object.entries(states)) {
    if (wanted.length > 0 && !wanted.includes(state)) continue;
    for (const [width, height] of [[1280, 860], [360, 720]]) {
      for (const colorScheme of ["light", "dark"]) {
        const touch = width < 500;
        const options = { viewport: { width, height }, colorScheme, deviceScaleFactor: touch ? 2 : 1, hasTouch: touch };
        const { page, complaints, close } = await open(browser, options);
        await page.goto(edge.url);
        await page.waitForLoadState("networkidle");
        const ask = async (question) => {
          if (question) {
            await page.getByRole("textbox").fill(question);
            await page.getByRole("button", { name: "Send" }).click();
          }
          return upstream.next();
        };
        try {
          await reach({ page, ask });
        } catch (error) {
          console.log(`${state}: ${String(error).split("\n")[0]}`);
        }
        // Entrances have played out; what runs for ever is caught wherever it is.
        await page.evaluate(() => Promise.all(document.getAnimations()
          .filter((animation) => animation.effect.getComputedTiming().iterations !== Infinity).map((animation) => animation.finished)));
        await page.screenshot({ path: `${folder}${state}-${width}-${colorScheme}.png` });
        if (complaints.length > 0) console.log(`${state}: ${complaints.join("\n")}`);
        await close();
      }
    }
    console.log(state);
  }
} finally {
  await browser.close();
  await edge.stop();
  await upstream.stop();
}
