/** The page that the edge function renders: its browser half. */

import init, { hydrate } from "artifacts/page/page.js";
import wasm from "artifacts/page/page_bg.wasm";

import { createCounter } from "./meter/counter.js";
import { beside, bringAlive } from "./page/shell.js";

const root = document.getElementById("hadal");
if (root) {
  await bringAlive(root, async () => {
    await init({ module_or_path: beside(import.meta.url, wasm) });
    // This page's policy allows no Worker: `trusted-types 'none'`, which the edge function sends.
    if (!hydrate({ counter: createCounter({ worker: false }) })) throw new Error("the page carries no settings");
  });
}
