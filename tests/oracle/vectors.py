"""A few hundred texts with their ids, for the tests that run without Python: `tests/vectors/tokens.jsonl`.

In: texts of our own and the strings that nobody writes. Out: one JSON object a line: family, kind, text, ids. Never: a line of anybody else's text.
"""

import json
import random

import reference
import strings
from sentences import CODE, SENTENCES


def write(root, tokenizers):
    path = root / "tests/vectors/tokens.jsonl"
    lines = []
    for family, kind, text in chosen(root, tokenizers):
        ((ids,),) = [reference.encode(tokenizers[family][0], [text])]
        lines.append(json.dumps({"family": family, "kind": kind, "text": text, "ids": ids}, separators=(",", ":")))
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    print(f"tests/vectors/tokens.jsonl: {len(lines)} texts, {path.stat().st_size:,} bytes")


def chosen(root, tokenizers):
    draw = random.Random(strings.SEED)
    answers = sorted((root / "src/simulator/answers").glob("*.md"))
    paragraphs = [part for path in answers for part in path.read_text(encoding="utf-8").split("\n\n")]
    kinds = {
        "sentence": SENTENCES,
        "code": CODE,
        "answer": draw.sample(paragraphs, 30),
        "end": ["", *draw.sample(strings.short(), 150)],
        "unicode": draw.sample([text for text in strings.unicode(2_000) if len(text) <= 60], 60),
        "run": draw.sample([text for text in strings.runs() if len(text) <= 300], 40),
    }
    for kind, texts in kinds.items():
        for text in texts:
            yield "v31", kind, text
    for family, (_, added) in tokenizers.items():
        named = [name for name in added.values() if "holder" not in name]
        placeholders = [name for name in added.values() if "holder" in name]
        for names in [*(named[at : at + 4] for at in range(0, len(named), 4)), draw.sample(placeholders, 3)]:
            yield family, "added", "a".join(names) + "漢 \n" + "".join(names)
        for text in draw.sample(strings.around(named), 20):
            yield family, "added", text
