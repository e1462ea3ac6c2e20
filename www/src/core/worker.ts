/**
 * The package's Worker: a tokenizer of its own, made of what the page hands over, so that it fetches nothing.
 *
 * `Tokenizer.load({ worker: true })` starts it. One file, without imports: bundlers copy it as it is.
 */

import * as glue from "artifacts/tokens/tokens.js";
import { serve } from "./remote.js";
import { Slices, openInSlices } from "./slices.js";

/** What the page begins with. */
export interface Beginning {
  /** `tokens_bg.wasm`, compiled. */
  module: WebAssembly.Module;
  /** The vocabulary, unzipped. */
  pack: Uint8Array;
}

serve(async ({ module, pack }: Beginning) => {
  glue.initSync({ module });
  return new Slices(glue, await openInSlices(glue, pack));
});
