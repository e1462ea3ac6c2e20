/** The npm package's core: chat, decoders and requests over one wasm module. Importing it does nothing. */

export { Chat } from "./chat.js";
export { ReplyDecoder, SseDecoder } from "./decoders.js";
export { ChatError, isChatError } from "./errors.js";
export { init, initSync } from "./init.js";
export type { Source } from "./init.js";
export { buildRequest } from "./request.js";
export type * from "./types.js";
