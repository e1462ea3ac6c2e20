// What the servers that run on a machine share: settings from the process, files from a folder, the words at the start.
//
// In: the process's environment and arguments, `server SITE [--replay FILE-OR-FOLDER]...`. Out: where to listen and
// what to answer. Never: a socket, which each runtime opens its own way; a start with settings that are dangerous.

import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { initSync, replay } from "artifacts/edge/edge.js";
import names from "site/assets.json";

import { checkEnvironment, createHandler, type Environment } from "./handler.js";

export interface Machine {
  hostname: string;
  port: number;
  fetch(request: Request): Promise<Response>;
}

/** Reads everything and is ready to answer, or ends the process with one sentence. */
export function start(): Machine {
  initSync({ module: readFileSync(fileURLToPath(new URL("./edge_bg.wasm", import.meta.url))) });
  const words = process.argv.slice(2);
  const site = words[0] !== undefined && !words[0].startsWith("--") ? words.shift()! : ownSite();
  const hostname = process.env["HADAL_HOST"] || "127.0.0.1";
  const port = Number(process.env["HADAL_PORT"] || 8787);
  const env: Environment = { ...variables(), HADAL_HOST: hostname, ASSETS: files(site), ASSET_NAMES: names };
  try {
    const bodies = recordings(words);
    if (bodies.length > 0) replay(bodies);
    checkEnvironment(env);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
  const handler = createHandler(env);
  const page = staticPage(site);
  return {
    hostname,
    port,
    fetch: (request) => page(request) ?? handler.fetch(request),
  };
}

/** Tells where the server listens, on a line of its own that programs can read. */
export function announce(hostname: string, port: number): void {
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  console.log(`Hadal: http://${host}:${port}/`);
}

function variables(): Environment {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("HADAL_")));
}

/** The site that this program was built into. */
function ownSite(): string {
  return fileURLToPath(new URL("..", import.meta.url));
}

/** The page's files as a binding. The edge function asks for plain names under `/assets/` only. */
function files(site: string): { fetch(request: Request): Promise<Response> } {
  return {
    async fetch(request) {
      const name = new URL(request.url).pathname.slice("/assets/".length);
      try {
        return new Response(await readFile(join(site, "assets", name)));
      } catch {
        return new Response(null, { status: 404 });
      }
    },
  };
}

/** The static page, which is no part of the edge function: it talks to the simulator within itself. */
function staticPage(site: string): (request: Request) => Promise<Response> | undefined {
  const path = join(site, "index.html");
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy":
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:; base-uri 'none'; " +
      "frame-ancestors 'none'; require-trusted-types-for 'script'",
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  };
  return (request) => {
    const isPage = new URL(request.url).pathname === "/index.html" && ["GET", "HEAD"].includes(request.method);
    if (!isPage || !existsSync(path)) return undefined;
    return readFile(path).then((html) => new Response(request.method === "HEAD" ? null : html, { headers }));
  };
}

/** The response bodies that `--replay` names, in order; a folder stands for the files in it, by name. */
function recordings(words: string[]): Uint8Array[] {
  const bodies: Uint8Array[] = [];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const path = words.shift();
    if (word !== "--replay" || path === undefined) throw new Error(`${word} is not known; --replay PATH is`);
    if (!existsSync(path)) throw new Error(`--replay ${path}: there is no such file or folder`);
    for (const file of below(path)) bodies.push(readFileSync(file));
  }
  return bodies;
}

function below(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const inside = readdirSync(path).sort().flatMap((name) => below(join(path, name)));
  return inside.filter((file) => !file.endsWith(".request.json"));
}
