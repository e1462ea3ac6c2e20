/** A conversation: questions in, events out; the engine's session behind it. */

import type { Conversation } from "artifacts/core/core.js";
import { ChatError, refusing, toChatError } from "./errors.js";
import { engine, init, isReady } from "./init.js";
import { readEvents, readUsage } from "./memory.js";
import { toMessages, toResults } from "./messages.js";
import { Reply } from "./reply.js";
import { plainTool, writeOptions } from "./settings.js";
import type { ChatOptions, Message, ReplyEvent, SavedChat, Tool, ToolMessage, Usage } from "./types.js";

/** Failures of the connection, whose cause the runtime knows. */
const CONNECTION = ["network", "interrupted"];

/** A conversation with a model. */
export class Chat {
  readonly #options: ChatOptions;
  readonly #tools = new Map<string, Tool>();
  #saved: string | undefined;
  #conversation: Conversation | undefined;
  /** The answer that events belong to. */
  #reply: Reply | undefined;
  #freed = false;

  /** Where the wasm is loaded already, settings that cannot be used throw; else the first answer does. */
  constructor(options: ChatOptions);
  /** @internal */
  constructor(options: ChatOptions, saved: string);
  constructor(options: ChatOptions, saved?: string) {
    this.#options = { ...options };
    this.#saved = saved;
    for (const tool of options.tools ?? []) this.#tools.set(plainTool(tool).name, plainTool(tool));
    if (isReady()) this.#open();
  }

  /**
   * A chat that was saved. What is never saved (the key, functions) is given anew; with a key goes the endpoint that
   * it is for, because a saved text may have been changed by others.
   */
  static fromJSON(json: SavedChat | string, options: Partial<ChatOptions> = {}): Chat {
    engine();
    const saved: SavedChat = refusing(() => (typeof json === "string" ? parse(json) : json));
    if (typeof saved !== "object" || saved === null || saved.version !== 1) throw badSave();
    if (options.apiKey !== undefined && options.endpoint === undefined) {
      throw new ChatError({ code: "invalid_request", message: "an apiKey needs the endpoint that it is for beside it" });
    }
    try {
      return new Chat({ ...saved.options, ...options }, JSON.stringify(saved.conversation) ?? "");
    } catch (error) {
      throw error instanceof ChatError ? error : badSave();
    }
  }

  /**
   * Asks a question, or brings the results of tools that have no `execute`. The question is put at once; the events
   * are iterated when the caller likes. Whatever fails is thrown by the iteration.
   */
  send(question: string | ToolMessage | ToolMessage[]): AsyncIterableIterator<ReplyEvent, undefined> {
    if (typeof question === "string") return this.#ask((conversation) => conversation.send(question));
    const results = () => JSON.stringify(toResults([question].flat()));
    return this.#ask((conversation) => conversation.toolResults(results()));
  }

  /** Asks for the last answer again, as a version beside it. */
  retry(): AsyncIterableIterator<ReplyEvent, undefined> {
    return this.#ask((conversation) => conversation.retry());
  }

  /** Stops the answer under way; its events end with `done`, `"stopped"`. What arrived is kept. */
  stop(): void {
    if (this.#conversation) this.#conversation.stop();
    else this.#halt();
  }

  /** What was said, the system prompt first. */
  get messages(): Message[] {
    const { system } = this.#options;
    const said = toMessages(JSON.parse(this.#open().messages()));
    return system === undefined ? said : [{ role: "system", content: system }, ...said];
  }

  /** What all answers have used, versions included. */
  get usage(): Usage {
    return readUsage(this.#open().usage());
  }

  /** The chat as a plain value, without the key. */
  toJSON(): SavedChat {
    const { apiKey: _key, fetch: _fetch, tools, ...options } = this.#options;
    const plain = tools?.map((tool) => {
      const { execute: _execute, ...rest } = plainTool(tool);
      return rest;
    });
    const conversation = JSON.parse(this.#open().save());
    return { version: 1, options: plain ? { ...options, tools: plain } : options, conversation };
  }

  /** Lets go of the engine's memory and aborts what is under way, as if stopped. The chat cannot be used again. */
  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    this.stop();
    this.#halt();
    this.#conversation?.close();
    this.#conversation = undefined;
  }

  [Symbol.dispose](): void {
    this.free();
  }

  #ask(ask: (conversation: Conversation) => void): Reply {
    const reply: Reply = new Reply(() => this.#reply === reply && this.stop());
    const begin = () => {
      // Stopped or left before the engine was there.
      if (reply.over) return;
      const before = this.#reply;
      this.#reply = reply;
      try {
        ask(this.#open());
      } catch (thrown) {
        if (this.#reply === reply) this.#reply = before;
        reply.fail(toChatError(thrown));
      }
    };
    if (isReady()) {
      begin();
    } else {
      // So that `stop` finds it.
      if (this.#reply?.over !== false) this.#reply = reply;
      init().then(begin, (error) => reply.fail(toChatError(error)));
    }
    return reply;
  }

  #open(): Conversation {
    if (this.#freed) throw new ChatError({ code: "freed", message: "the chat was freed" });
    if (!this.#conversation) {
      const { Conversation } = engine();
      const settings = writeOptions(this.#options);
      const { fetch } = this.#options;
      this.#conversation = refusing(
        () => new Conversation(settings, this.#saved, fetch, this.#take, this.#run),
      );
      this.#saved = undefined;
    }
    return this.#conversation;
  }

  readonly #take = (tape: number): void => {
    const events: ReplyEvent[] = [];
    readEvents(tape, events);
    for (const event of events) {
      if (event.type === "failed") {
        const cause = CONNECTION.includes(event.error.code) ? this.#conversation?.cause() : undefined;
        this.#reply?.fail(new ChatError(event.error, cause));
      } else {
        this.#reply?.add(event);
        if (event.type === "done") this.#reply?.end();
      }
    }
  };

  readonly #run = async (name: string, args: string, id: string, signal: AbortSignal): Promise<string> => {
    const result = await this.#tools.get(name)?.execute?.(JSON.parse(args), { id, signal });
    return typeof result === "string" ? result : (JSON.stringify(result) ?? "null");
  };

  /** Ends the answer under way without the engine. */
  #halt(): void {
    if (this.#reply?.over !== false) return;
    this.#reply.add({ type: "done", stopReason: "stopped" });
    this.#reply.end();
  }
}

function parse(json: string): SavedChat {
  try {
    return JSON.parse(json) as SavedChat;
  } catch {
    throw badSave();
  }
}

function badSave(): ChatError {
  return new ChatError({ code: "bad_save", message: "the saved conversation cannot be read" });
}
