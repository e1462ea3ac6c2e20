// The laws as wasm: the same functions, seed and number of cases as `cargo test` runs natively (tests/laws.rs).
// `HADAL_CASES` and `HADAL_SEED` ask for more cases or others.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

const folder = new URL("../target/hadal/release/laws/", import.meta.url);
const { initSync, run } = await import(new URL("laws.js", folder));
initSync({ module: await readFile(new URL("laws_bg.wasm", folder)) });

const cases = Number(process.env.HADAL_CASES ?? 256);
const seed = Number(process.env.HADAL_SEED ?? 0);
const reports = JSON.parse(run(seed, cases));

console.log(`Node ${process.versions.node}, V8 ${process.versions.v8}, seed ${seed}`);

test("there are laws to hold", () => {
  assert.notEqual(reports.length, 0);
});

for (const report of reports) {
  test(report.law, () => {
    console.log(`${String(report.cases).padStart(8)} cases  ${report.law}`);
    assert.equal(report.failure, null);
    assert.equal(report.cases, cases);
  });
}
