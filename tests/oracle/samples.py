"""The benchmark's texts: six of a million bytes, none of them a short text repeated, in `target/oracle/samples`.

In: the packages. Out: `english.txt`, `italian.txt`, `chinese.txt`, `code.txt`, `mixed.txt`, `adversarial.txt`. Never: a cut character.
"""

import random

import corpus
import strings

SIZE = 1_000_000


def write(sources, target):
    folder = target / "oracle/samples"
    folder.mkdir(parents=True, exist_ok=True)
    natural = corpus.natural(sources)
    code = corpus.code(sources, target / "oracle/vendor", target.parent / "www/node_modules")
    # Those who translated Chinese left some pages in English; here such pages are no Chinese.
    chinese = [page for page in natural["chinese"] if share(page, "\u4e00", "\u9fff") > 0.25]
    every = [text for texts in natural.values() for text in texts]
    every += [text for texts in corpus.languages(sources).values() for text in texts]
    every += [text for texts in code.values() for text in texts]
    samples = {
        "english": natural["english"],
        "italian": natural["italian"],
        "chinese": chinese,
        "code": slices([text for name, texts in code.items() if name != "Markdown" for text in texts], 8_000),
        "mixed": slices(every, 3_000),
        "adversarial": adversarial(),
    }
    for name, texts in samples.items():
        size = "\n".join(texts).encode()[:SIZE]
        (folder / f"{name}.txt").write_text(size.decode(errors="ignore"), encoding="utf-8")


def share(text, first, last):
    return sum(first <= character <= last for character in text) / max(1, len(text))


def slices(texts, length):
    """A part of each text, in no order."""
    texts = list(texts)
    random.Random(strings.SEED).shuffle(texts)
    return [text[:length] for text in texts]


def adversarial():
    """Runs without a break, random strings, and short ones where pieces end, in equal parts."""
    draw = random.Random(strings.SEED)
    third = SIZE // 3
    letters = "abcdefghijklmnopqrstuvwxyz"
    run = "".join(draw.choice(letters) for _ in range(third))
    unicode = "".join(strings.unicode(6_000)).encode()[:third].decode(errors="ignore")
    return [run, unicode, "".join(draw.sample(strings.short(), 100_000))]
