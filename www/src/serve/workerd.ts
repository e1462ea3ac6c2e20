// The edge function and the page on workerd and on Cloudflare Workers. The binding `ASSETS` serves the site's files.
// Needs the compatibility flag `enable_request_signal`, without which an answer goes on for a visitor who left.

import module from "artifacts/edge/edge_bg.wasm";
import { initSync } from "artifacts/edge/edge.js";
import names from "site/assets.json";

import { createHandler } from "../edge/handler.js";

initSync({ module: module as unknown as WebAssembly.Module });

export default createHandler({ ASSET_NAMES: names });
