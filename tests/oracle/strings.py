"""Strings that nobody writes: random ones of all of Unicode, short ones where pieces end, runs without a break.

In: a seed. Out: texts, the same for the same seed. Never: a surrogate, which is no character.
"""

import itertools
import random
import unicodedata

SEED = 20251201
LAST = 0x110000

# One or two of each kind that the splits tell apart, and those whose place in them is particular.
KINDS = ["a", "é", "\u0301", "7", "٣", "漢", "か", "ー", ".", "¿", "™", " ", "\u3000", "\t", "\n", "\r", "\0", "\u200b", "\ue000", "\U0001f41a"]
FEW = ["a", "\u0301", "7", "漢", ".", "。", " ", "\u00a0", "\n", "\u200b"]


def is_character(point):
    return not 0xD800 <= point < 0xE000


def everything():
    """Each character of the planes that have any, and some of the others, among letters, signs and white space."""
    some = itertools.chain(range(0x40000), range(0x40000, 0xE0000, 97), range(0xE0000, 0xE1000), range(0xE1000, LAST, 97))
    characters = [chr(point) for point in some if is_character(point)]
    rows = [characters[at : at + 512] for at in range(0, len(characters), 512)]
    return ["".join(f"{c}a {c}.{c}{c} \n" for c in row) for row in rows]


def by_category():
    """The characters of each general category, unassigned and private ones included."""
    pools = {}
    for point in range(LAST):
        if is_character(point):
            pools.setdefault(unicodedata.category(chr(point)), []).append(chr(point))
    return pools


def unicode(number):
    """Random strings: of one script's rows, of all categories, of what the splits look for, and of all these together."""
    draw = random.Random(SEED)
    pools = by_category()
    kinds = sorted(pools)

    def row():
        start = draw.randrange(LAST) if draw.random() < 0.1 else draw.randrange(0x30000)
        return [chr(point) for point in range(start & ~127, (start & ~127) + 128) if is_character(point)] or ["a"]

    def any_category():
        return draw.choice(pools[draw.choice(kinds)])

    def text():
        length = draw.choice([3, 8, 20, 60, 200])
        style = draw.randrange(4)
        script = row()
        makers = [lambda: draw.choice(script), any_category, lambda: draw.choice(KINDS)]
        if style < 3:
            return "".join(makers[style]() if draw.random() < 0.85 else draw.choice(KINDS) for _ in range(length))
        return "".join(draw.choice(makers)() * draw.choice([1, 1, 1, 2, 5]) for _ in range(length))

    return [text() for _ in range(number)]


def short():
    """Every string of up to three of the kinds, of four and five of fewer: the ends of pieces and of texts."""
    three = (p for length in range(4) for p in itertools.product(KINDS, repeat=length))
    five = (p for length in (4, 5) for p in itertools.product(FEW, repeat=length))
    draw = random.Random(SEED + 1)
    longer = ("".join(draw.choice(KINDS) for _ in range(draw.randrange(6, 13))) for _ in range(60_000))
    return ["".join(p) for p in three] + ["".join(p) for p in five] + list(longer)


def runs():
    """Long texts without a break, and with nothing but breaks."""
    draw = random.Random(SEED + 2)
    one = ["a", "A", "é", "漢", "か", "7", ".", "-", " ", "\n", "\r\n", "\t", "\0", "\u200b", "\u0301", "🐚", "ab", "=-", "a1", "a ", " .", "啊哈", "한국", "\ue000"]
    of = ["abcdefghijklmnopqrstuvwxyz", "acgt", "aeiou漢字", "的一是不了人我在有他这", "かきくけこがぎ", ".,;:!?", "0123456789abcdef", " \t\n", "ÄäÖöÜüß"]
    base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    texts = [(unit * 100_000)[: 100_000 // len(unit.encode())] for unit in one]
    texts += ["".join(draw.choice(letters) for _ in range(50_000)) for letters in of + [base64]]
    lengths = [*range(1, 70), 95, 96, 97, 98, 127, 128, 129, 255, 256, 257, 1000, 4095, 4096, 4097]
    texts += [unit * length for unit in ["a", " ", "漢", "\n", "=", "é", "ha", " \n"] for length in lengths]
    return texts


def around(added):
    """Added tokens whole, cut, doubled, and among each kind of character."""
    draw = random.Random(SEED + 3)
    texts = []
    for name in added:
        texts += [name, f"a{name}b", f" {name} ", f"\n{name}\n", f"漢{name}7", name + name, f"<{name}", f"{name}>", f"{name[:-1]}|{name}"]
        texts += [name[:-1], name[1:], name[:-1] + "a", name.replace("｜", "|"), name.replace("▁", " "), name.upper()]
    few = [name for name in added if "holder" not in name] or list(added)
    for _ in range(5_000):
        parts = (draw.choice(few if draw.random() < 0.4 else KINDS) for _ in range(draw.randrange(2, 12)))
        texts.append("".join(part[: draw.randrange(1, len(part) + 1)] if draw.random() < 0.2 else part for part in parts))
    return texts
