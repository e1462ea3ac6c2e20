// The tokenizer against others: gpt-tokenizer, tiktoken as wasm, @huggingface/tokenizers, in one run, on the same texts.
//
// In: the artifacts `tally` and `tokens`, the packs, the packages of bench/package.json, and the texts that `tests/oracle/samples.py`
// collects: six of a megabyte, none of them a short text repeated. Out: tables, for a reader; there is no verdict.
//
// Each figure is of a process of its own, since caches and compilers warm up within one; the contenders take turns, so
// that whatever else the machine does meets all. Megabytes are of UTF-8 and a second is one of processor time, of all
// threads. Two contenders know OpenAI's o200k vocabulary, which is not DeepSeek's: their work is alike, their counts are not.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

import { CONTENDERS, place } from "./tokens/contenders.mjs";

const ROUNDS = 2;
const LOADS = 5;
const PATIENCE = 60_000;
const TEXTS = ["english", "italian", "chinese", "code", "mixed", "adversarial"];

const names = Object.keys(CONTENDERS).filter((name) => existsSync(place(CONTENDERS[name].needs)));
const [ours] = names;

/** One measurement in a new process; undefined when it takes too long. */
function measure(task, name, text = "english") {
  const child = fileURLToPath(new URL("tokens/child.mjs", import.meta.url));
  const args = ["--expose-gc", child, task, name, text];
  const { stdout, stderr, status, error } = spawnSync(process.execPath, args, { timeout: PATIENCE, encoding: "utf8" });
  if (error?.code === "ETIMEDOUT") return undefined;
  if (status !== 0) throw new Error(`${name}, ${task}, ${text}: ${stderr}`);
  return JSON.parse(stdout);
}

/** Several of them, contenders in turns: the list of each. */
function rounds(number, task, text) {
  const found = new Map(names.map((name) => [name, []]));
  for (let round = 0; round < number; round++) {
    for (const [name, list] of found) if (!list.includes(undefined)) list.push(measure(task, name, text));
  }
  return found;
}

const best = (list, field, choose = Math.max) => (list.includes(undefined) ? undefined : choose(...list.map((one) => one[field])));

/** A row of figures and what ours is better by. */
function row(what, figures, digits, isLess = false) {
  const show = (figure) => (figure === undefined ? `> ${PATIENCE / 1000} s` : Number.isNaN(figure) ? "-" : figure.toFixed(digits));
  const ratio = (figure) => (figure === undefined || Number.isNaN(figure) ? "" : ` (${(isLess ? figure / figures[0] : figures[0] / figure).toFixed(1)} x)`);
  const cells = figures.map((figure, index) => (show(figure) + (index === 0 ? "" : ratio(figure))).padStart(WIDTH));
  console.log(what.padEnd(26) + cells.join(""));
}

const WIDTH = 22;
const head = (title) => console.log(`\n${title.padEnd(26)}${names.map((name) => name.padStart(WIDTH)).join("")}`);

const versions = ["gpt-tokenizer", "tiktoken", "@huggingface/tokenizers"].map(
  (name) => `${name} ${JSON.parse(readFileSync(place(`bench/node_modules/${name}/package.json`))).version}`,
);
console.log(`tokenizers: Node ${process.version}, ${versions.join(", ")}`);
console.log(`in brackets: how many times better the first column is`);

head("over the wire, KB");
const weights = names.map((name) => weigh(CONTENDERS[name]));
row("raw", weights.map(({ raw }) => raw / 1000), 1, true);
row("brotli 11", weights.map(({ brotli }) => brotli / 1000), 1, true);

const loads = [...rounds(LOADS, "load").values()];
head("from bytes to first count");
row("ms of processor, best", loads.map((list) => best(list, "cpu", Math.min)), 1, true);
row("ms by the clock, best", loads.map((list) => best(list, "clock", Math.min)), 1, true);
row("of this, without program", loads.map((list) => best(list, "tables", Math.min)), 1, true);
row("memory then, MB", loads.map((list) => best(list, "memory", Math.min) / 1e6), 1, true);
row("of this, wasm, MB", loads.map((list) => best(list, "wasm", Math.min) / 1e6), 1, true);

const speeds = new Map(TEXTS.map((text) => [text, rounds(ROUNDS, "speed", text)]));
for (const [title, field] of [["MB/s, first time", "first"], ["MB/s, warm", "warm"]]) {
  head(title);
  for (const [text, found] of speeds) row(text, [...found.values()].map((list) => best(list, field)), 2);
}

head("tokens");
for (const [text, found] of speeds) {
  console.log(text.padEnd(26) + [...found.values()].map(([one]) => String(one?.tokens ?? "-").padStart(WIDTH)).join(""));
}

for (const text of ["english", "chinese"]) {
  const edits = [...rounds(ROUNDS, "edit", text).values()];
  head(`at 500 KB of ${text}, us`);
  row("append one character", edits.map((list) => best(list, "append", Math.min)), 2, true);
  row("edit in the middle", edits.map((list) => best(list, "middle", Math.min)), 2, true);
  row("and found by the page", edits.map((list) => best(list, "page", Math.min)), 2, true);
}
console.log(`\nwithout program: by the clock, from a compiled module and its pack to the first count; it is to be 20 ms or less. A page compiles while the`);
console.log(`pack is on its way. Where program and vocabulary come as one there is no such figure`);
console.log(`appending: ${ours} by its meter, the others by counting anew, as they have nothing else`);
console.log(`in the middle: ${ours} by its meter's replace, through the artifact's door; it is to be 20 us or less`);
console.log(`found by the page: what changed is looked for by comparing the whole text, as the page does, then handed over`);

/** What a page has to fetch, in bytes; modules are bundled and minified where they come in many files. */
function weigh({ files, bundle }) {
  const folder = mkdtempSync(join(tmpdir(), "hadal-bench-"));
  const contents = files.map((file) => readFileSync(place(file)));
  if (bundle) {
    const out = join(folder, "bundle.js");
    const esbuild = place("www/node_modules/.bin/esbuild");
    const args = [place(bundle), "--bundle", "--minify", "--format=esm", "--log-level=error", `--outfile=${out}`];
    const { status } = spawnSync(esbuild, args, { stdio: "inherit" });
    if (status !== 0) throw new Error(`${bundle} cannot be bundled`);
    contents.push(...readdirSync(folder).map((file) => readFileSync(join(folder, file))));
  }
  rmSync(folder, { recursive: true });
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 } };
  const sum = (sizes) => sizes.reduce((total, size) => total + size, 0);
  return { raw: sum(contents.map(({ length }) => length)), brotli: sum(contents.map((bytes) => brotliCompressSync(bytes, quality).length)) };
}
