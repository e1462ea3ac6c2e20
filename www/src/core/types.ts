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
