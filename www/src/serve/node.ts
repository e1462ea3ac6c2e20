// The edge function and the page on Node.

import type { AddressInfo } from "node:net";
import process from "node:process";

import { serve } from "@hono/node-server";

import { announce, start } from "../edge/machine.js";

const { fetch: answer, hostname, port } = start();

/** The adapter waits a timer's turn for a second chunk before it sends the first, unless the length is known to be open. */
async function fetch(request: Request): Promise<Response> {
  const response = await answer(request);
  if (response.headers.get("content-type")?.startsWith("text/event-stream")) {
    response.headers.set("transfer-encoding", "chunked");
  }
  return response;
}

// The adapter would put its own Request in the place of Node's, which `fetch` upstream then would be given.
const options = { fetch, hostname, port, overrideGlobalObjects: false };
const server = serve(options, (address: AddressInfo) => announce(hostname, address.port));
server.on("error", (error: Error) => {
  console.error(error.message);
  process.exit(1);
});
