// The edge function as JavaScript calls it: `fetch(request, env, ctx)`, as the runtimes do.
//
// In: a request and the environment. Out: a response. Never: logic; what decides is in wasm, which whoever imports
// this has initialised, because each runtime has a way of its own to come by a module.

import { check, handle } from "artifacts/edge/edge.js";

/** The variables of design.md, and bindings: `ASSETS` with a `fetch` for the page's files, `ASSET_NAMES`, their names. */
export type Environment = Record<string, unknown>;

/** What a runtime hands over to keep work alive that outlasts its response. */
export interface Context {
  waitUntil?(work: Promise<unknown>): void;
}

export interface Handler {
  fetch(request: Request, env?: Environment, ctx?: Context): Promise<Response>;
}

/** An edge function. What `env` says wins over `defaults`. */
export function createHandler(defaults: Environment = {}): Handler {
  // A runtime hands over the same environment with every request, and settings are read once for each.
  let known: Environment | undefined;
  let settings = defaults;
  return {
    fetch(request, env, ctx) {
      if (env !== known) {
        known = env;
        settings = { ...defaults, ...env };
      }
      return handle(request, settings, ctx);
    },
  };
}

/** Throws one sentence when the settings are dangerous or do not parse. */
export function checkEnvironment(env: Environment): void {
  check(env);
}
