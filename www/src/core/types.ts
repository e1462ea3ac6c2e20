/** The words of the npm surface: what goes in and what comes out, as plain values. */

/** A protocol: Anthropic's Messages or OpenAI's Chat Completions. */
export type Format = "messages" | "completions";

/** Where a model is reached. */
export interface Address {
  /** The endpoint's full URL, a provider's base URL, or a path on the page's own origin. */
  endpoint: string;
  /** Sent as Bearer. Never saved. */
  apiKey?: string;
  /** The protocol; without it the URL's path decides. */
  format?: Format;
}

/** A message as in OpenAI's API. */
export interface Message {
  role: "system" | "user" | "assistant" | "tool";
  content: string | TextPart[] | null;
  reasoning_content?: string;
  /** The provider's seal over the reasoning, to be given back with it. */
  reasoning_signature?: string;
  tool_calls?: ToolCall[];
  tool_call_id?: string;
}

export interface TextPart {
  type: "text";
  text: string;
}

export interface ToolCall {
  id: string;
  type?: "function";
  function: { name: string; arguments: string };
}

/** The result of a tool that the loop does not run. */
export interface ToolMessage {
  role: "tool";
  tool_call_id: string;
  content: string;
}

/** A function that the model may call. With `execute` it is run by the loop. */
export interface Tool {
  name: string;
  description?: string;
  /** JSON Schema of the arguments. */
  parameters: object;
  /** Gets the parsed arguments. What it returns is given to the model, as it is when it is a string, else as JSON. */
  execute?(args: any, context: ToolContext): unknown;
}

/** What a tool's `execute` gets beside its arguments. */
export interface ToolContext {
  /** The call's id. */
  id: string;
  /** Aborted by `chat.stop()`. */
  signal: AbortSignal;
}

/** A tool as OpenAI's API spells it. */
export interface FunctionTool {
  type: "function";
  function: { name: string; description?: string; parameters?: object };
  execute?: Tool["execute"];
}

export type ToolChoice =
  | "auto"
  | "none"
  | "required"
  | { name: string }
  | { type: "function"; function: { name: string } };

export type ResponseFormat = "text" | "json_object" | { type: "text" | "json_object" };

/** What a request and a conversation both say. */
export interface Wishes {
  model: string;
  /** Whether to think first; without it the model does as it does by itself. */
  thinking?: boolean;
  tools?: (Tool | FunctionTool)[];
  toolChoice?: ToolChoice;
  responseFormat?: ResponseFormat;
  maxTokens?: number;
  temperature?: number;
  topP?: number;
}

/** One request. */
export interface RequestOptions extends Wishes {
  messages: Message[];
  thinkingBudget?: number;
  stop?: string | string[];
  /** Whether the answer is to arrive as a stream; yes, unless told otherwise. */
  stream?: boolean;
}

/** A request to be sent by anybody: `fetch(request.url, request)`. */
export interface BuiltRequest {
  url: string;
  method: "POST";
  headers: Record<string, string>;
  body: string;
}

/** A conversation's settings. */
export interface ChatOptions extends Address, Wishes {
  /** Put first in every request. */
  system?: string;
  /** Called in place of the runtime's `fetch`. */
  fetch?: typeof fetch | ((url: string, init: RequestInit) => Promise<Response>);
  /** How often a request is asked again by itself, before anything was shown. */
  retries?: number;
  /** How many rounds of tool calls one question may cause. */
  toolRounds?: number;
  /** The longest waits, in milliseconds. */
  timeouts?: { headers?: number; first?: number; idle?: number; total?: number };
}

/** A conversation as saved: no key, no functions. */
export interface SavedChat {
  version: 1;
  options: Omit<ChatOptions, "apiKey" | "fetch">;
  conversation: unknown;
}

/** Tokens. */
export interface Usage {
  /** Of the prompt, cached ones included. */
  input: number;
  cachedInput: number;
  /** Of the answer, reasoning included. */
  output: number;
  reasoning: number;
}

/** What a prompt is made of, beside its messages. */
export interface PromptOptions {
  /** An id of the model. Its chat template decides what stands around the messages. */
  model: string;
  /** Who serves it. A provider that is named and not known may write prompts its own way: then a count is an estimate. */
  provider?: string;
  thinking?: boolean;
  tools?: (Tool | FunctionTool)[];
  toolChoice?: ToolChoice;
  responseFormat?: ResponseFormat;
}

/** What takes a while and can be given up. */
export interface Stoppable {
  /** Once it is aborted, the promise rejects with its reason. */
  signal?: AbortSignal;
}

/** The tokens of a prompt. The five parts add up to `total`. */
export interface PromptCount {
  /** What the API reports as `usage.prompt_tokens`, where `exact` says so. */
  total: number;
  /** The template's own. */
  frame: number;
  system: number;
  tools: number;
  /** What was said before the question. */
  history: number;
  /** The last message of the user. */
  question: number;
  /** Whether `total` is the API's own number; else it is an estimate. */
  exact: boolean;
  /**
   * Why it is an estimate, as a stable word: `"unknown_template"` for a model that is not known, `"unknown_tools"`,
   * `"unknown_format"`, `"unknown_turns"` for one of which only a part is known, `"effort_preamble"` where the
   * provider may add an instruction. Undefined where it is exact.
   */
  why: string | undefined;
}

/** Prices in US dollars a million tokens, as providers list them; no finer than 0.001. */
export interface Prices {
  input: number;
  /** Of input that the provider's cache answers; without it, it costs what input costs. */
  cachedInput?: number;
  /** Of the answer, reasoning included. */
  output: number;
}

/** Whose prices. */
export interface CostOptions {
  model: string;
  /** `"cometapi"`, `"deepseek"`, ...; without it the first provider that lists the model. */
  provider?: string;
  /** Prices in place of the listed ones. Needed for a model that is not listed, which throws `no_price` without. */
  prices?: Prices;
  /** When the answer was given (a date, or milliseconds since 1970; now without it): some providers have peak hours. */
  at?: Date | number;
}

export interface ForecastOptions extends PromptOptions, CostOptions {
  /** Most tokens of the answer; without it, what the model gives in this mode unless told otherwise. */
  maxTokens?: number;
  /** The messages of the request before and, at the end, the answer to it: what the provider's cache may hold. */
  previous?: Message[];
}

/** What a question may cost, before it is sent. */
export interface Forecast {
  /** Tokens of the prompt. */
  input: number;
  /** How many of them the cache may answer, at most: whole units of 64 tokens that were sent before. */
  cachedAtMost: number;
  /** Most tokens of the answer, reasoning included. */
  outputAtMost: number;
  /** The least it costs, in nano-dollars (10^-9 USD): all that may be cached is, and there is no answer. */
  lowest: bigint;
  /** The most it costs, in nano-dollars: nothing is cached, the answer is as long as may be, at peak prices if there are any. */
  highest: bigint;
  /** Whether cached input has a price of its own; else it costs what input costs. */
  cachePriced: boolean;
  /** Whether `input` is exact; else `why` tells why it is an estimate, as in {@link PromptCount}. */
  exact: boolean;
  why: string | undefined;
  /** When the prices were last checked, `YYYY-MM-DD`; undefined for prices that were given. */
  priceDate: string | undefined;
}

/** What an answer cost. */
export interface Cost {
  /** US dollars, for reading. */
  usd: number;
  /** Nano-dollars (10^-9 USD), for adding up: whole numbers, never rounded. */
  nanoUsd: bigint;
  /** The same by kind of token; the sum is `nanoUsd`. */
  lines: CostLine[];
  /** When the prices were last checked, `YYYY-MM-DD`; undefined for prices that were given. */
  priceDate: string | undefined;
}

export interface CostLine {
  /** `input` is what no cache answered; `answer` is without the reasoning. */
  what: "input" | "cached_input" | "reasoning" | "answer";
  tokens: number;
  nanoUsd: bigint;
}

/** One step of a reply. */
export type ReplyEvent =
  | { type: "reasoning" | "text"; delta: string }
  | { type: "tool_call_delta"; index: number; id: string; name: string; delta: string }
  | { type: "tool_call"; index: number; id: string; name: string; arguments: string }
  | { type: "usage"; usage: Usage }
  | { type: "done"; stopReason: string }
  | { type: "failed"; error: Failure };

/** How a reply ended early. */
export interface Failure {
  code: string;
  status: number | undefined;
  retryable: boolean;
  message: string;
}

/** One server-sent event. */
export interface SseEvent {
  /** `"message"` when the stream named none. */
  event: string;
  data: string;
  id: string;
  retry: number | undefined;
}
