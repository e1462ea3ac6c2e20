/** What a question may cost and what an answer did: whole nano-dollars, by the table of prices or by yours. */

import { refusing } from "./errors.js";
import { engine } from "./init.js";
import { writePrompt, writeUsage } from "./settings.js";
import type { Tokenizer } from "./tokenizer.js";
import type { Cost, CostOptions, Forecast, ForecastOptions, Message, Usage } from "./types.js";

/**
 * What a question may cost, before it is sent. Throws a `ChatError`: `no_price` when no price is known for the model
 * at that provider and none is given.
 */
export function forecast(tokenizer: Tokenizer, messages: Message[], options: ForecastOptions): Forecast {
  const { forecast } = engine();
  const settings = writePrompt(messages, options);
  return refusing(() => forecast(settings, (text: string) => tokenizer.count(text)) as Forecast);
}

/** What an answer cost, from the usage that was reported for it. Throws a `ChatError`: `no_price`, as above. */
export function estimateCost(usage: Usage, options: CostOptions): Cost {
  const { estimateCost } = engine();
  return refusing(() => estimateCost(writeUsage(usage, options)) as Cost);
}
