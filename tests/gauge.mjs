// Where the page shows tokens and money, for the tests: what to look at, and how to read it.
//
// In: a page of `browser.mjs`. Out: locators, and what they say. Never: a sleep.

import { until } from "./browser.mjs";

export const gauge = (page) => page.getByRole("button", { name: /^Context: / });
export const breakdown = (page) => page.getByRole("group", { name: "Context and price" });
export const receipt = (page) => page.getByRole("article", { name: "Hadal" }).last().locator(".receipt");
export const label = (page) => gauge(page).getAttribute("aria-label");

/** Waits until the gauge's name matches, and gives it. */
export async function says(page, pattern) {
  return until(async () => {
    const name = await label(page);
    return pattern.test(name) && name;
  }, `the gauge says ${pattern}`);
}

/** Nano-dollars as the page writes them. */
export function money(nano) {
  if (nano === 0) return "$0";
  if (nano < 100_000) return "<$0.0001";
  return nano < 999_950_000 ? `$${(nano / 1e9).toFixed(4)}` : `$${(nano / 1e9).toFixed(2)}`;
}

/** The rows of a list of figures, as pairs. */
export async function rows(list) {
  return Object.fromEntries(await list.locator(":scope > div").evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent))));
}
