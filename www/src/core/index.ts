/** The npm package's core: chat, decoders, requests and tokens over two wasm modules. Importing it does nothing. */

export { Chat } from "./chat.js";
export { estimateCost, forecast, forecastAsync } from "./cost.js";
export { ReplyDecoder, SseDecoder } from "./decoders.js";
export { ChatError, isChatError } from "./errors.js";
export { init, initSync } from "./init.js";
export type { Source } from "./init.js";
export type { LoadOptions } from "./loading.js";
export { buildRequest } from "./request.js";
export { Meter, Tokenizer } from "./tokenizer.js";
export type * from "./types.js";
export type { PackSource } from "./vocabulary.js";
