/** The static page: the chat in the browser alone, answered by the simulator, which is loaded with the first question. */

import init, { mount } from "artifacts/widget/widget.js";
import wasm from "artifacts/widget/widget_bg.wasm";

import { createCounter } from "./meter/counter.js";
import { beside, bringAlive } from "./page/shell.js";
import { simulate } from "./page/simulator.js";

const root = document.getElementById("hadal");
if (root) {
  await bringAlive(root, async () => {
    await init({ module_or_path: beside(import.meta.url, wasm) });
    // The page's own policy allows no Worker.
    replace(root, () => mount(root, { endpoint: "demo:", fetch: simulate, counter: createCounter({ worker: false }) }));
  });
}

/** Puts the chat in the shell's place, and what was typed there into the chat. */
function replace(root: HTMLElement, mountChat: () => unknown): void {
  const shell = [...root.childNodes];
  const typed = root.querySelector("textarea")?.value ?? "";
  mountChat();
  for (const node of shell) node.remove();
  const field = root.querySelector("textarea");
  if (field && typed) {
    field.value = typed;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
