/** Settings in the one form that the engine reads: tools flat, choices by name, JSON as text. */

import type { RequestOptions, ResponseFormat, Tool, ToolChoice, FunctionTool, Wishes } from "./types.js";

/** A tool without its wrapping. */
export function plainTool(tool: Tool | FunctionTool): Tool {
  if (!("function" in tool)) return tool;
  const plain: Tool = { parameters: { type: "object", properties: {} }, ...tool.function };
  return tool.execute ? { ...plain, execute: tool.execute } : plain;
}

/** What a request and a conversation both say, as the engine reads it. */
export function wishes(given: Wishes): Record<string, unknown> {
  return {
    ...given,
    thinking: given.thinking === undefined ? undefined : given.thinking ? "on" : "off",
    tools: given.tools?.map((tool) => {
      const { name, description, parameters, execute } = plainTool(tool);
      // Text, not a value: the order of its keys is part of the prompt.
      return { name, description, parameters: JSON.stringify(parameters), runs: execute !== undefined };
    }),
    toolChoice: choice(given.toolChoice),
    responseFormat: form(given.responseFormat),
  };
}

/** A request, as the engine reads it. */
export function asked(given: RequestOptions): Record<string, unknown> {
  const stop = typeof given.stop === "string" ? [given.stop] : given.stop;
  return { ...wishes(given), messages: given.messages, stop, stream: given.stream ?? true };
}

function choice(given: ToolChoice | undefined): unknown {
  if (typeof given !== "object" || given === null) return given;
  return { named: "function" in given ? given.function.name : given.name };
}

function form(given: ResponseFormat | undefined): unknown {
  return typeof given === "object" && given !== null ? given.type : given;
}
