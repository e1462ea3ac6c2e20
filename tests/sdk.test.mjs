// The official SDKs, unchanged, against the edge function on each runtime, over an upstream of each dialect.
//
// The upstream is the simulator over a real socket, which waits for nothing.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";

import { runtimes } from "./runtimes.mjs";
import { startUpstream } from "./upstream.mjs";

const model = "deepseek-v3.2-exp";
const thinker = "DeepSeek-V3.2-Exp-thinking";
const weather = {
  name: "get_weather",
  description: "The weather of a city",
  schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const question = "What is the weather in Paris?";

for (const [runtime, startEdge] of Object.entries(runtimes)) {
  for (const format of ["messages", "completions"]) {
    describe(`on ${runtime}, over ${format}`, { concurrency: 4 }, () => {
      let upstream, edge, openai, anthropic;
      before(async () => {
        upstream = await startUpstream({ seed: 7, speed: Infinity });
        const path = format === "messages" ? "/v1/messages" : "/v1/chat/completions";
        edge = await startEdge({ HADAL_UPSTREAM: upstream.address + path, HADAL_API_KEY: "sk-CANARY-0123456789" });
        console.log(`${runtime}: ${edge.inside}`);
        const options = { apiKey: "any", maxRetries: 0 };
        openai = new OpenAI({ ...options, baseURL: `${edge.url}v1` });
        anthropic = new Anthropic({ ...options, baseURL: edge.url.slice(0, -1) });
      });
      after(async () => {
        await edge?.stop();
        await upstream?.stop();
      });

      test("openai lists the models", async () => {
        const ids = [];
        for await (const { id } of openai.models.list()) ids.push(id);
        assert.deepEqual(ids, [model, "DeepSeek-V3.2-Exp-nothinking", thinker]);
      });

      test("anthropic lists the models", async () => {
        const ids = [];
        for await (const { id } of anthropic.models.list()) ids.push(id);
        assert.deepEqual(ids, [model, "DeepSeek-V3.2-Exp-nothinking", thinker]);
      });

      test("openai chats", async () => {
        const reply = await openai.chat.completions.create({ model, messages: [{ role: "user", content: "Hello" }] });
        assert.ok(reply.choices[0].message.content.length > 20);
        assert.equal(reply.choices[0].finish_reason, "stop");
        assert.ok(reply.usage.prompt_tokens > 0 && reply.usage.completion_tokens > 0);
      });

      test("anthropic chats", async () => {
        const reply = await anthropic.messages.create({ model, max_tokens: 500, messages: [{ role: "user", content: "Hello" }] });
        assert.equal(reply.content.at(-1).type, "text");
        assert.ok(reply.content.at(-1).text.length > 20);
        assert.equal(reply.stop_reason, "end_turn");
        assert.ok(reply.usage.input_tokens > 0 && reply.usage.output_tokens > 0);
      });

      test("anthropic counts tokens", async () => {
        const vectors = JSON.parse(readFileSync(new URL("vectors/prompt.json", import.meta.url))).vectors;
        for (const name of ["a question", "a Chinese question", "a system prompt, with thinking", "some tool must be called", "special tokens that somebody wrote"]) {
          const { request, tokens } = vectors.find((vector) => vector.name === name);
          const tools = request.tools?.map(({ function: { name, description, parameters } }) => ({ name, description, input_schema: parameters }));
          const said = request.messages.filter(({ role }) => role !== "system");
          const counted = await anthropic.messages.countTokens({
            model,
            ...(said.length < request.messages.length && { system: request.messages[0].content }),
            messages: said,
            ...(tools && { tools }),
            ...(request.tool_choice && { tool_choice: { type: "any" } }),
          });
          assert.equal(counted.input_tokens, tokens, name);
        }
      });

      test("openai streams, thoughts first", async () => {
        const stream = await openai.chat.completions.create({
          model: thinker,
          messages: [{ role: "user", content: "Hello" }],
          stream: true,
          stream_options: { include_usage: true },
        });
        let thoughts = "", text = "", finish, usage;
        for await (const chunk of stream) {
          const [choice] = chunk.choices;
          if (choice?.delta.reasoning_content) {
            assert.equal(text, "", "a thought after the answer began");
            thoughts += choice.delta.reasoning_content;
          }
          text += choice?.delta.content ?? "";
          finish = choice?.finish_reason ?? finish;
          usage = chunk.usage ?? usage;
        }
        assert.ok(thoughts.length > 20 && text.length > 20);
        assert.equal(finish, "stop");
        assert.ok(usage.completion_tokens > 0);
      });

      test("anthropic streams, thoughts first", async () => {
        const stream = anthropic.messages.stream({
          model,
          max_tokens: 4000,
          thinking: { type: "enabled", budget_tokens: 2000 },
          messages: [{ role: "user", content: "Hello" }],
        });
        let seen = 0;
        for await (const event of stream) seen += event.type === "content_block_delta" ? 1 : 0;
        const reply = await stream.finalMessage();
        assert.deepEqual(reply.content.map((block) => block.type), ["thinking", "text"]);
        assert.ok(seen >= 2, `${seen} deltas`);
        assert.ok(reply.content[0].thinking.length > 20 && reply.content[1].text.length > 20);
        assert.equal(reply.stop_reason, "end_turn");
      });

      test("openai calls a tool and is told the result", async () => {
        const tools = [{ type: "function", function: { name: weather.name, description: weather.description, parameters: weather.schema } }];
        const messages = [{ role: "user", content: question }];
        const stream = openai.chat.completions.stream({ model, messages, tools });
        const first = await stream.finalChatCompletion();
        const { message, finish_reason } = first.choices[0];
        assert.equal(finish_reason, "tool_calls");
        const [call] = message.tool_calls;
        assert.equal(call.function.name, weather.name);
        assert.equal(typeof JSON.parse(call.function.arguments).city, "string");
        messages.push({ role: "assistant", content: message.content, tool_calls: message.tool_calls });
        messages.push({ role: "tool", tool_call_id: call.id, content: '{"sky":"chequered"}' });
        const second = await openai.chat.completions.create({ model, messages, tools });
        assert.equal(second.choices[0].finish_reason, "stop");
        assert.match(second.choices[0].message.content, /chequered/);
      });

      test("anthropic calls a tool and is told the result", async () => {
        const tools = [{ name: weather.name, description: weather.description, input_schema: weather.schema }];
        const messages = [{ role: "user", content: question }];
        const first = await anthropic.messages.stream({ model, max_tokens: 500, messages, tools }).finalMessage();
        assert.equal(first.stop_reason, "tool_use");
        const call = first.content.find((block) => block.type === "tool_use");
        assert.equal(call.name, weather.name);
        assert.equal(typeof call.input.city, "string");
        messages.push({ role: "assistant", content: first.content });
        messages.push({ role: "user", content: [{ type: "tool_result", tool_use_id: call.id, content: '{"sky":"chequered"}' }] });
        const second = await anthropic.messages.create({ model, max_tokens: 500, messages, tools });
        assert.equal(second.stop_reason, "end_turn");
        assert.match(second.content.at(-1).text, /chequered/);
      });

      // What goes wrong, the SDKs' own classes for it, and the status.
      const wrongs = [
        ["/fault 401", "AuthenticationError", 401],
        ["/fault 402", "APIError", 402],
        ["/fault 429-later", "RateLimitError", 429],
        ["/fault context-length", "BadRequestError", 400],
        ["/fault html-200", "InternalServerError", 502],
      ];
      for (const [content, name, status] of wrongs) {
        for (const stream of [false, true]) {
          const how = stream ? "streamed" : "whole";
          test(`${content}, ${how}: openai throws its ${name}`, async () => {
            const asked = openai.chat.completions.create({ model, stream, messages: [{ role: "user", content }] });
            await assert.rejects(asked, isError(OpenAI[name], status));
          });
          test(`${content}, ${how}: anthropic throws its ${name}`, async () => {
            const asked = anthropic.messages.create({ model, max_tokens: 500, stream, messages: [{ role: "user", content }] });
            await assert.rejects(asked, isError(Anthropic[name], status));
          });
        }
      }

      test("a model that is not served: both throw their NotFoundError", async () => {
        const messages = [{ role: "user", content: "Hello" }];
        await assert.rejects(openai.chat.completions.create({ model: "gpt-5", messages }), isError(OpenAI.NotFoundError, 404));
        const asked = anthropic.messages.create({ model: "claude", max_tokens: 9, messages });
        await assert.rejects(asked, isError(Anthropic.NotFoundError, 404));
      });

      test("an error in the middle: both keep what was said and throw their APIError", async () => {
        const messages = [{ role: "user", content: "/fault error-in-stream" }];
        let said = "";
        await assert.rejects(async () => {
          const stream = await openai.chat.completions.create({ model, stream: true, messages });
          for await (const chunk of stream) said += chunk.choices[0]?.delta.content ?? "";
        }, isError(OpenAI.APIError));
        assert.ok(said.length > 0);
        said = "";
        await assert.rejects(async () => {
          const stream = await anthropic.messages.create({ model, max_tokens: 500, stream: true, messages });
          for await (const event of stream) said += event.delta?.text ?? "";
        }, isError(Anthropic.APIError));
        assert.ok(said.length > 0);
      });
    });
  }
}

function isError(Kind, status) {
  return (error) => {
    assert.ok(error instanceof Kind, `${error?.constructor?.name}: ${error?.message}`);
    assert.equal(error.status, status, error.message);
    assert.ok(!error.message.includes("CANARY"), error.message);
    return true;
  };
}
