/** Settings as the JSON that the engine reads: tools flat, choices by name, schemas as text. */

import { wellFormed } from "./halves.js";
import { toSaid } from "./messages.js";
import type {
  Address,
  ChatOptions,
  CostOptions,
  ForecastOptions,
  FunctionTool,
  Message,
  RequestOptions,
  ResponseFormat,
  Tool,
  ToolChoice,
  Usage,
  Wishes,
} from "./types.js";

/** A tool without its wrapping. */
export function plainTool(tool: Tool | FunctionTool): Tool {
  if (!("function" in tool)) return tool;
  const plain: Tool = { parameters: { type: "object", properties: {} }, ...tool.function };
  return tool.execute ? { ...plain, execute: tool.execute } : plain;
}

/** A conversation's settings. */
export function writeOptions(options: ChatOptions): string {
  const { system, retries, toolRounds, timeouts: { headers, first, idle, total } = {} } = options;
  // So that many pages that lost one server do not come back to it at the same moment.
  const seed = Math.floor(Math.random() * 2 ** 53);
  const timeouts = [headers, first, idle, total].map((wait) => wait ?? null);
  return write({ ...address(options), ...wishes(options), system, retries, toolRounds, timeouts, seed });
}

/** One request. */
export function writeRequest(config: Address, request: RequestOptions): string {
  const { messages, thinkingBudget, stream = true } = request;
  const stop = typeof request.stop === "string" ? [request.stop] : request.stop;
  const own = { messages: toSaid(messages), thinkingBudget, stop, stream };
  return write({ ...address(config), ...wishes(request), ...own });
}

/** What a prompt is made of, and what is asked about it. */
export function writePrompt(messages: Message[], options: Partial<ForecastOptions>): string {
  const { provider, prices, previous = [] } = options;
  const own = { messages: toSaid(messages), provider, prices, previous: toSaid(previous) };
  return write({ ...wishes(options), ...own });
}

/** What was used, and of what. */
export function writeUsage(usage: Usage, { model, provider, prices, at = Date.now() }: CostOptions): string {
  const { input, cachedInput = 0, output, reasoning = 0 } = usage;
  return write({ model, provider, prices, at: Math.max(0, Math.floor(Number(at) / 1000)), usage: { input, cachedInput, output, reasoning } });
}

/** JSON without lone surrogates, which no UTF-8 can carry: each is a U+FFFD, as `TextEncoder` has it. */
function write(value: object): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === "string" ? wellFormed(part) : part));
}

function address({ endpoint, apiKey, format }: Address): object {
  return { endpoint, apiKey, format };
}

function wishes(given: Partial<Wishes>): object {
  const { model, thinking, tools, toolChoice, responseFormat, maxTokens, temperature, topP } = given;
  return {
    model,
    thinking: thinking === undefined ? undefined : thinking ? "on" : "off",
    tools: tools?.map((tool) => {
      const { name, description, parameters, execute } = plainTool(tool);
      // Text, not a value: the order of its keys is part of the prompt.
      return { name, description, parameters: JSON.stringify(parameters), runs: execute !== undefined };
    }),
    toolChoice: choice(toolChoice),
    responseFormat: form(responseFormat),
    maxTokens,
    temperature,
    topP,
  };
}

function choice(given: ToolChoice | undefined): unknown {
  if (typeof given !== "object") return given;
  return { named: "function" in given ? given.function.name : given.name };
}

function form(given: ResponseFormat | undefined): unknown {
  return typeof given === "object" ? given.type : given;
}
