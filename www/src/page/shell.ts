/**
 * What the page does around its wasm: holds what is typed before it is there, and speaks when it fails.
 *
 * In: the root element and a way to bring it alive. Out: a chat, or a notice. Never: a word that the reader typed or
 * saw taken away, nor markup made of text.
 */

/** Where a bundle's module lies: `module` is its name beside the script at `base`. */
export function beside(base: string, module: unknown): URL {
  return new URL(String(module), base);
}

/** Brings the chat in `root` alive by `start`; whatever fails, the reader is told and the page stays as it is. */
export async function bringAlive(root: Element, start: () => Promise<void>): Promise<void> {
  const wants = holdQuestion(root);
  performance.mark("hadal-shell");
  watchForTraps();
  try {
    await start();
  } catch (error) {
    wants.release();
    console.error(error);
    tell("The chat could not be loaded. What you typed stays here.", "Try again");
    return;
  }
  performance.mark("hadal-alive");
  const field = root.querySelector("textarea");
  if (wants.release() && field?.value.trim()) field.form?.requestSubmit();
}

/**
 * Until the chat is there, Enter and Send are remembered instead of obeyed: a form without a chat behind it would load
 * another page, and the text would be gone.
 */
function holdQuestion(root: Element): { release(): boolean } {
  let sent = false;
  const held = new AbortController();
  const { signal } = held;
  const hold = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
    sent = true;
  };
  root.addEventListener("submit", hold, { capture: true, signal });
  root.addEventListener("keydown", (event) => isSend(event as KeyboardEvent) && hold(event), { capture: true, signal });
  return {
    release() {
      held.abort();
      return sent;
    },
  };
}

/** As the composer itself decides it: not a finger's Enter, nor one of an input method. */
function isSend(event: KeyboardEvent): boolean {
  if (!(event.target instanceof HTMLTextAreaElement) || event.key !== "Enter" || event.shiftKey) return false;
  if (event.isComposing || event.keyCode === 229) return false;
  return !matchMedia("(pointer: coarse) and (not (any-pointer: fine))").matches;
}

/** A trap ends the module for good: nothing on the page will move again, but all of it can still be read. */
function watchForTraps(): void {
  const seen = new AbortController();
  const look = (error: unknown) => {
    if (!(error instanceof WebAssembly.RuntimeError)) return;
    seen.abort();
    tell("Something broke in this page. All you see can still be read and copied.", "Reload");
  };
  addEventListener("error", (event) => look(event.error), { signal: seen.signal });
  addEventListener("unhandledrejection", (event) => look(event.reason), { signal: seen.signal });
}

function tell(text: string, remedy: string): void {
  const words = document.createElement("span");
  words.textContent = text;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "remedy";
  button.textContent = remedy;
  button.addEventListener("click", () => location.reload());
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.setAttribute("role", "alert");
  toast.append(words, button);
  document.body.append(toast);
}
