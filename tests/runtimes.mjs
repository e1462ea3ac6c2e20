// The edge function on real runtimes, for the tests: each starts what `cargo xtask build` made and says who it is.
//
// In: variables of the environment. Out: an address, the runtime's own words about itself, a way to stop it.
// Never: a fixed port, an address other than loopback, a runtime left running.

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const top = fileURLToPath(new URL("..", import.meta.url));
/** What the build made; `HADAL_SITE` names another place. */
export const site = process.env.HADAL_SITE ?? join(top, "target/site");
const scratch = join(top, "target/tests");
if (!existsSync(join(site, "serve/node.js"))) throw new Error("the site is not built: cargo xtask build");

/** The runtimes that the tests run on, by name. */
export const runtimes = { node: startNode, workerd: startWorkerd, deno: startDeno, bun: startBun };

/** Starts the edge function on Node, as `cargo xtask run` does; the page's files may be in another folder. */
export async function startNode(env = {}, words = [], files = site) {
  const probe = `console.log("inside: " + process.release.name + " " + process.version)`;
  const start = ["--import", `data:text/javascript,${encodeURIComponent(probe)}`, join(site, "serve/node.js"), files];
  return launch("node", process.execPath, [...start, ...words], { ...clean(), HADAL_PORT: "0", ...env });
}

/** Starts the edge function on Deno, with no more rights than it needs. */
export async function startDeno(env = {}) {
  const rights = ["run", "--no-config", "--no-prompt", "--allow-read", "--allow-env", "--allow-net=127.0.0.1"];
  return startAlone("deno", rights, `console.log("inside: deno " + Deno.version.deno);`, env);
}

/** Starts the edge function on Bun. */
export async function startBun(env = {}) {
  return startAlone("bun", ["run"], `console.log("inside: bun " + Bun.version);`, env);
}

/** Starts a runtime that has a server of its own, from a module that first says who runs it. */
async function startAlone(runtime, words, greeting, env) {
  mkdirSync(scratch, { recursive: true });
  const home = mkdtempSync(join(scratch, `${runtime}-`));
  const main = join(home, "main.mjs");
  writeFileSync(main, `${greeting}\nawait import(${JSON.stringify(pathToFileURL(join(site, `serve/${runtime}.js`)))});\n`);
  const program = join(top, "tests/node_modules/.bin", runtime);
  const variables = { ...clean(), HADAL_PORT: "0", ...env };
  return launch(runtime, program, [...words, main, site], variables, () => rmSync(home, { recursive: true }));
}

/** Starts the edge function on workerd. */
export async function startWorkerd(env = {}) {
  return startWorker("workerd.js", join(site, "serve"), ["edge_bg.wasm"], { HADAL_HOST: "127.0.0.1", ...env });
}

/** Starts a worker: its main module and the modules that it imports, all in one folder. */
export async function startWorker(main, folder, modules, env = {}) {
  const workerd = join(top, "tests/node_modules/workerd/bin/workerd");
  mkdirSync(scratch, { recursive: true });
  const home = mkdtempSync(join(scratch, "workerd-"));
  writeFileSync(join(home, "probe.js"), probe(main));
  writeFileSync(join(home, "config.capnp"), capnp(home, main, folder, modules, env));
  const words = ["serve", join(home, "config.capnp"), "--control-fd=3"];
  const started = await launch("workerd", workerd, words, clean(), () => rmSync(home, { recursive: true }));
  const inside = await (await fetch(new URL("/.inside", started.url))).text();
  const version = execFileSync(workerd, ["--version"]).toString().trim();
  return { ...started, inside: `${inside}, its binary says ${version}` };
}

/** Tells of itself from within before it passes everything else on. */
function probe(main) {
  return `import worker from "./${main}";
export default {
  fetch(request, env, ctx) {
    if (new URL(request.url).pathname !== "/.inside") return worker.fetch(request, env, ctx);
    return new Response(navigator.userAgent + ", as node " + globalThis.process?.versions?.node);
  },
};
`;
}

function capnp(home, main, folder, modules, env) {
  const embed = (path) => `embed ${JSON.stringify(relative(home, path))}`;
  const texts = Object.entries(env).map(([name, value]) => `(name = "${name}", text = ${JSON.stringify(value)})`);
  const kinds = { wasm: "wasm", gz: "data" };
  const kind = (name) => kinds[name.split(".").at(-1)] ?? "esModule";
  const listed = ["probe.js", main, ...modules].map((name) => {
    const path = name === "probe.js" ? join(home, name) : join(folder, name);
    return `(name = "${name}", ${kind(name)} = ${embed(path)})`;
  });
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .edge),
    (name = "assets", disk = (path = ${JSON.stringify(site)})),
    # The upstreams of the tests are on this machine.
    (name = "outside", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const edge :Workerd.Worker = (
  modules = [${listed.join(", ")}],
  compatibilityDate = "2026-10-01",
  compatibilityFlags = ["enable_request_signal"],
  bindings = [${[...texts, `(name = "ASSETS", service = "assets")`].join(", ")}],
  globalOutbound = "outside",
);
`;
}

/** Runs a program until it says where it listens: `Hadal: URL`, or workerd's own report on a pipe. */
export function launch(runtime, program, words, env, tidy = () => {}) {
  const child = spawn(program, words, { env, stdio: ["ignore", "pipe", "pipe", "pipe"] });
  let log = "";
  let inside = "";
  const stop = () =>
    new Promise((done) => {
      if (child.exitCode !== null || child.signalCode !== null) return done();
      child.once("exit", done);
      child.kill();
    }).then(tidy);
  return new Promise((resolve, reject) => {
    const read = (text) => {
      log += text;
      inside = /^inside: (.*)$/m.exec(log)?.[1] ?? inside;
      const url = /^Hadal: (\S+)$/m.exec(log)?.[1];
      const port = /"event":"listen".*"port":(\d+)/.exec(log)?.[1];
      if (url ?? port) resolve({ runtime, url: url ?? `http://127.0.0.1:${port}/`, inside, stop, log: () => log, pid: child.pid });
    };
    for (const pipe of [child.stdout, child.stderr, child.stdio[3]]) pipe.on("data", read);
    child.on("error", reject);
    child.on("exit", (code) => {
      reject(Object.assign(new Error(`${runtime} ended with code ${code}: ${log.trim()}`), { log, code }));
    });
  });
}

/** This process's environment without settings of ours. */
function clean() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("HADAL_")));
}
