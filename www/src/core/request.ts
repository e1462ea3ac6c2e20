/** Requests as values, for programs that send them themselves. */

import { refusing } from "./errors.js";
import { engine } from "./init.js";
import { writeRequest } from "./settings.js";
import type { Address, BuiltRequest, RequestOptions } from "./types.js";

/** Writes the request that a chat would send. */
export function buildRequest(config: Address, request: RequestOptions): BuiltRequest {
  const { buildRequest } = engine();
  return refusing(() => buildRequest(writeRequest(config, request)) as BuiltRequest);
}
