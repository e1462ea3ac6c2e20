/** What a question may cost and what an answer did: whole nano-dollars, by the table of prices or by yours. */

import { counted } from "./counted.js";
import { refusing } from "./errors.js";
import { engine, init } from "./init.js";
import { writePrompt, writeUsage } from "./settings.js";
import type { Tokenizer } from "./tokenizer.js";
import type { Cost, CostOptions, Forecast, ForecastOptions, Message, Stoppable, Usage } from "./types.js";

/**
 * What a question may cost, before it is sent. Throws a `ChatError`: `no_price` when no price is known for the model
 * at that provider and none is given.
 */
export function forecast(tokenizer: Tokenizer, messages: Message[], options: ForecastOptions): Forecast {
  return foresee(writePrompt(messages, options), (text) => tokenizer.count(text));
}

/** The same without keeping the page waiting, for messages of up to what a model takes. */
export async function forecastAsync(
  tokenizer: Tokenizer,
  messages: Message[],
  options: ForecastOptions & Stoppable,
): Promise<Forecast> {
  await init();
  const prompt = writePrompt(messages, options);
  return counted((count) => foresee(prompt, count), (texts) => tokenizer.countAllAsync(texts, options));
}

/** What an answer cost, from the usage that was reported for it. Throws a `ChatError`: `no_price`, as above. */
export function estimateCost(usage: Usage, options: CostOptions): Cost {
  const { estimateCost } = engine();
  return refusing(() => estimateCost(writeUsage(usage, options)) as Cost);
}

function foresee(settings: string, count: (text: string) => number): Forecast {
  const { forecast } = engine();
  return refusing(() => forecast(settings, count) as Forecast);
}
