// The edge function and the page on Node.

import type { AddressInfo } from "node:net";

import { serve } from "@hono/node-server";

import { announce, start } from "../edge/machine.js";

const { fetch, hostname, port } = start();
// The adapter would put its own Request in the place of Node's, which `fetch` upstream then would be given.
const options = { fetch, hostname, port, overrideGlobalObjects: false };
const server = serve(options, (address: AddressInfo) => announce(hostname, address.port));
server.on("error", (error: Error) => {
  console.error(error.message);
  process.exit(1);
});
