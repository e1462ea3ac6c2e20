// One measurement of one tokenizer, for bench/tokens.mjs: a process of its own.
//
// In: a task (`load`, `speed`, `edit`), a contender, the name of a text. Out: figures as JSON.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { CONTENDERS, place } from "./contenders.mjs";

const LONG = 500_000;
const [task, name, textName] = process.argv.slice(2);
const bytes = readFileSync(place(`target/oracle/samples/${textName}.txt`));
const text = bytes.toString("utf8");
const contender = CONTENDERS[name];

/** Milliseconds of processor time, all threads, that something takes. */
function processor(work) {
  const from = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(from);
  return [(user + system) / 1000, result];
}

/** Runs for about a second, twice at least, and tells the least time. */
function least(work, milliseconds = 1000) {
  let [found, spent] = [Infinity, 0];
  for (let times = 0; times < 2 || (spent < milliseconds && times < 500); times++) {
    const [time] = processor(work);
    found = Math.min(found, time);
    spent += time;
  }
  return found;
}

/** Microseconds of one of many operations, each on its own number, the best batch of several. */
function each(operation, batch = 200, batches = 15) {
  let found = Infinity;
  for (let at = 0; at < batches; at++) {
    const from = performance.now();
    for (let index = 0; index < batch; index++) operation(at * batch + index);
    found = Math.min(found, ((performance.now() - from) * 1000) / batch);
  }
  return found;
}

const tasks = {
  async load() {
    const read = contender.read();
    globalThis.gc();
    const before = process.memoryUsage.rss();
    const [clock, cpu] = [performance.now(), process.cpuUsage()];
    let program;
    const tokenizer = await contender.load(read, () => (program = performance.now() - clock));
    const tokens = tokenizer.count("The trench is eleven kilometres deep, and nobody's lamp has lit all of it.");
    const { user, system } = process.cpuUsage(cpu);
    const all = performance.now() - clock;
    const figures = { clock: all, tables: program && all - program, cpu: (user + system) / 1000, tokens };
    globalThis.gc();
    return { ...figures, memory: process.memoryUsage.rss() - before, wasm: tokenizer.memory?.buffer.byteLength ?? 0 };
  },

  async speed() {
    const { count } = await contender.load(contender.read());
    count("One sentence, so that everything is there.");
    const [first, tokens] = processor(() => count(text));
    return { first: bytes.length / first / 1000, warm: bytes.length / Math.min(first, least(() => count(text))) / 1000, tokens };
  },

  async edit() {
    const editor = contender.edits ?? contender;
    const { count, tokens, Draft, Meter } = await editor.load(editor.read());
    const long = bytes.subarray(0, LONG).toString("utf8");
    const half = long.indexOf(" ", long.length / 2);
    const changed = ["s", "a"].map((letter) => long.slice(0, half) + letter + long.slice(half));
    if (!Meter) {
      const anew = (variants) => least(() => count(variants[0])) * 1000;
      const middle = anew(changed);
      return { append: anew([long + "s"]), middle, page: middle };
    }
    const typed = bytes.subarray(LONG).toString("utf8");
    const meter = new Meter();
    meter.append(tokens, long, false);
    const append = each((index) => meter.append(tokens, typed[index], false));
    const edited = new Meter();
    edited.append(tokens, long, false);
    const middle = each((index) => (index % 2 ? edited.replace(tokens, half, half + 1, "") : edited.replace(tokens, half, half, "s")));
    const { Written } = await writing();
    const [draft, written] = [new Draft(), new Written()];
    const edit = (variant) => {
      const { at, end, put } = written.revise(variant, "");
      draft.revise(tokens, at, end, put);
      while (!draft.step(tokens, 1 << 16));
    };
    // As a field hands them over: in one piece.
    const whole = changed.map((text) => Buffer.from(text, "utf16le").toString("utf16le"));
    edit(long);
    const page = each((index) => edit(whole[index % 2]));
    const counts = [draft, edited].map((one) => one.count).join();
    if (counts !== [count(changed[1]), count(long)].join()) throw new Error(`the edits and the tokenizer differ: ${counts}`);
    return { append, middle, page };
  },
};

/** What the page finds an edit with. */
function writing() {
  const { buildSync } = createRequire(place("www/package.json"))("esbuild");
  const built = buildSync({ entryPoints: [place("www/src/core/edit.ts")], bundle: true, format: "esm", write: false });
  const [{ text }] = built.outputFiles;
  return import(`data:text/javascript,${encodeURIComponent(text)}`);
}

console.log(JSON.stringify(await tasks[task]()));
