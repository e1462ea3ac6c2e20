// The edge function and the page on Deno: `deno run --allow-read --allow-env --allow-net serve/deno.js SITE`.

import { announce, start } from "../edge/machine.js";

declare const Deno: {
  serve(
    options: { hostname: string; port: number; onListen(address: { port: number }): void },
    answer: (request: Request) => Promise<Response>,
  ): unknown;
};

const { fetch, hostname, port } = start();
Deno.serve({ hostname, port, onListen: (address) => announce(hostname, address.port) }, fetch);
