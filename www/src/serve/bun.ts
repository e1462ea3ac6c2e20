// The edge function and the page on Bun: `bun serve/bun.js SITE`.

import { announce, start } from "../edge/machine.js";

declare const Bun: {
  serve(options: {
    hostname: string;
    port: number;
    idleTimeout: number;
    fetch(request: Request): Promise<Response>;
  }): { port: number };
};

const { fetch, hostname, port } = start();
// Bun's own idle timeout would end a stream that thinks for ten seconds; HADAL_TIMEOUTS says what is too long.
announce(hostname, Bun.serve({ hostname, port, idleTimeout: 0, fetch }).port);
