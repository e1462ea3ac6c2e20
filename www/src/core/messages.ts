/** Messages as OpenAI's API spells them, and as the engine does: a role and its parts, in the order they were said. */

import { ChatError } from "./errors.js";
import type { Message, ToolMessage } from "./types.js";

/** A stretch of a message, as the engine spells it. */
export type Part =
  | { type: "text"; text: string }
  | { type: "reasoning"; text: string; signature?: string }
  | { type: "tool_call"; id: string; name: string; arguments: string }
  | { type: "tool_result"; id: string; text: string };

/** A message, as the engine spells it. */
export interface Said {
  role: Message["role"];
  parts: Part[];
}

/** Messages for the engine. Results of tools that follow one another are one message there. */
export function toSaid(messages: Message[]): Said[] {
  const said: Said[] = [];
  for (const message of messages) {
    const last = said.at(-1);
    if (message.role === "tool" && last?.role === "tool") last.parts.push(toResult(message));
    else said.push({ role: message.role, parts: toParts(message) });
  }
  return said;
}

/** Messages from the engine. An answer in which nothing was said yet is none. */
export function toMessages(said: Said[]): Message[] {
  return said.flatMap(({ role, parts }): Message[] => {
    if (role === "tool") {
      const results = parts.filter((part) => part.type === "tool_result");
      return results.map(({ id, text }) => ({ role, tool_call_id: id, content: text }));
    }
    return role === "assistant" && parts.length === 0 ? [] : [toMessage(role, parts)];
  });
}

/** The pairs of id and text that the engine takes as results. */
export function toResults(messages: ToolMessage[]): [string, string][] {
  return messages.map((message) => {
    const { id, text } = toResult(message);
    return [id, text];
  });
}

function toParts(message: Message): Part[] {
  if (message.role === "tool") return [toResult(message)];
  const { reasoning_content: reasoning, reasoning_signature: signature, tool_calls: calls = [] } = message;
  const parts: Part[] = [];
  if (reasoning !== undefined || signature !== undefined) {
    const part: Part = { type: "reasoning", text: reasoning ?? "" };
    parts.push(signature === undefined ? part : { ...part, signature });
  }
  const text = textOf(message.content);
  if (text !== "" || message.role !== "assistant") parts.push({ type: "text", text });
  for (const { id, function: called } of calls) {
    parts.push({ type: "tool_call", id, name: called.name, arguments: called.arguments });
  }
  return parts;
}

function toResult(message: Message | ToolMessage): Part & { type: "tool_result" } {
  if (message.role !== "tool" || message.tool_call_id === undefined) {
    throw invalid("a result is a message of the role tool with a tool_call_id");
  }
  return { type: "tool_result", id: message.tool_call_id, text: textOf(message.content) };
}

function toMessage(role: Message["role"], parts: Part[]): Message {
  const message: Message = { role, content: "" };
  const calls: NonNullable<Message["tool_calls"]> = [];
  let [text, reasoning] = ["", ""];
  for (const part of parts) {
    if (part.type === "text") text += part.text;
    if (part.type === "tool_call") {
      calls.push({ id: part.id, type: "function", function: { name: part.name, arguments: part.arguments } });
    }
    if (part.type === "reasoning") {
      reasoning += part.text;
      if (part.signature !== undefined) message.reasoning_signature = part.signature;
    }
  }
  message.content = text === "" && calls.length > 0 ? null : text;
  if (reasoning !== "") message.reasoning_content = reasoning;
  if (calls.length > 0) message.tool_calls = calls;
  return message;
}

/** The text of a content, whose parts are joined as providers join them. */
function textOf(content: Message["content"]): string {
  if (typeof content === "string") return content;
  const piece = (part: { type: string; text?: string }) => {
    if (part.type !== "text" || typeof part.text !== "string") {
      throw invalid(`a content part of the type "${part.type}" cannot be sent`);
    }
    return part.text;
  };
  return (content ?? []).map(piece).join("");
}

function invalid(message: string): ChatError {
  return new ChatError({ code: "invalid_request", message });
}
