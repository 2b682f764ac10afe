"""Keeps the catalogues: what the source says, what each language says for it, and the files that the program reads.

    python -m tools.catalogues                       after changing a text: update, compile (`make words`)
    python -m tools.catalogues --missing de src/...  print what German lacks there, as a .po to be filled in
    python -m tools.catalogues --take de FILE.po     take translations from such a file

locale/*/LC_MESSAGES/unhunch.po are edited by hand. Drawn from them and kept in the repository, so that nobody who
installs needs Babel: unhunch.mo, page.json (what the session's page says in JavaScript), formats.json (from CLDR); and,
so that nobody waits for it: help.txt, what `unhunch --help` prints, and session.page, the page of a guided session.
"""

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel import Locale, localedata
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from unhunch.cli import help_text
from unhunch.language import FOLDER, LANGUAGES
from unhunch.session import kept
from unhunch.session.drawing import rendered
from unhunch.session.routines import COMMENT, builtin, comment, translated
from unhunch.words import translate

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src/unhunch"
TRANSLATED = [code for code in LANGUAGES if code != "en"]
SAFETY = "safety"
"""A text that keeps people from harm: it is translated literally and back-translated beside it. In the source a
comment that begins with this word goes before it."""
SAFE_IN_ROUTINE = ("screening", "safety", "rules", "landmark", "moves", "branches")
SAFE_WORDS = ("tingling", "never", "not the neck", "thumb", "abs")
METHODS = [
    ("**.py", "python"),
    ("**.html", "tools.catalogues:template_texts"),
    ("**.js", "javascript"),
    ("routines/*.toml", "tools.catalogues:routine_texts"),
]
_IDLE_HEADERS = re.compile(
    r'^"(Project-Id|Report-Msgid|POT-Creation|PO-Revision|Last-Translator|Language-Team|Generated-By)[^:]*: .*\n', re.M
)
"""What changes with every run, or says nothing."""
KEYWORDS: dict[str, Any] = {
    "_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2),
}  # fmt: skip


def routine_texts(
    file: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Babel's extraction of a routine: line, function, text, comments."""
    del keywords, comment_tags, options  # as Babel calls it
    found: dict[str, list[str]] = {}

    def note(text: str, path: str) -> str:
        safe = path.startswith(SAFE_IN_ROUTINE) or any(word in text.lower() for word in SAFE_WORDS)
        found.setdefault(text, []).extend([f"{SAFETY}: {path}"] if safe else [f"in the routine: {path}"])
        return text

    source = file.read().decode()
    for one in COMMENT.finditer(source):
        found[comment(one)] = ["a comment in the routine's file; words in quotes are keys and stay"]
    translated(tomllib.loads(source), note)
    for text, comments in found.items():
        yield 0, "_", text, comments[:1]


def template_texts(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Any]:
    """Babel's extraction of a page's template. Jinja's own leaves out the word that a comment begins with."""
    tags = [f"{tag}:" for tag in comment_tags]
    for line, function, text, comments in babel_extract(file, keywords, tags, options):
        yield line, function, text, [f"{SAFETY}: {comment}" for comment in comments]


def template(paths: Iterable[Path] = ()) -> Catalog:
    """Everything that the source says; of these files only, if any are named."""
    catalog = Catalog(project="Unhunch", charset="utf-8")
    only = [path.resolve() for path in paths]
    found = extract_from_dir(SOURCE, METHODS, keywords=KEYWORDS, comment_tags=(SAFETY,), strip_comment_tags=False)
    for name, _line, text, comments, context in found:
        at = (SOURCE / name).resolve()
        if only and not any(at == path or path in at.parents for path in only):
            continue
        catalog.add(text, None, [(f"src/unhunch/{name}", 0)], auto_comments=comments, context=context)
    return catalog


def po(code: str) -> Path:
    return FOLDER / code / "LC_MESSAGES" / "unhunch.po"


def read(code: str) -> Catalog:
    """The catalogue of a language; an empty one if there is none yet."""
    if not po(code).exists():
        return Catalog(
            locale=code, domain="unhunch", header_comment=f"# Unhunch in {Locale(code).english_name}.", fuzzy=False
        )
    with po(code).open("rb") as file:
        return read_po(file, locale=code, domain="unhunch")


def updated(code: str) -> Catalog:
    """The catalogue as the source wants it: new texts empty, gone ones gone."""
    catalog = read(code)
    catalog.update(template(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def as_po(catalog: Catalog) -> bytes:
    out = BytesIO()
    write_po(out, catalog, width=110, omit_header=False, sort_by_file=True, include_lineno=False)
    return _IDLE_HEADERS.sub("", out.getvalue().decode()).encode()


def as_mo(catalog: Catalog) -> bytes:
    # Its header tells when it was made, which would make each one another.
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    out = BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def page(catalog: Catalog) -> str:
    """What JavaScript says: English to the other language, or to the forms for one and for many."""
    scripts = {m.id if isinstance(m.id, str) else m.id[0] for m in template(SOURCE.glob("*/static/*.js")) if m.id}
    said = {}
    for message in catalog:
        one = message.id if isinstance(message.id, str) else message.id[0]
        if one in scripts and not message.context and message.string:
            said[one] = message.string if isinstance(message.string, str) else list(message.string)
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


# Formats --------------------------------------------------------------------------------------------------------------

_FIELD = re.compile(r"'([^']*)'|(y+|M+|L+|d+|E+|H+|h+|m+|a+)")
_FIELDS = {"y": "y", "MMM": "MMM", "MMMM": "MMMM", "LLL": "MMM", "LLLL": "MMMM", "E": "E", "EEE": "E"}


def _pattern(cldr: str) -> str:
    """CLDR's pattern as one for str.format. Narrow spaces become plain ones: not every terminal has them."""
    plain = cldr.replace("\u202f", " ").replace("\xa0", " ")
    return _FIELD.sub(lambda m: m[1] if m[1] is not None else "{" + _FIELDS.get(m[2], m[2]) + "}", plain)


def row(locale: Locale) -> dict[str, Any]:
    """The fields of words.formats.Formats, by CLDR."""
    patterns = locale.datetime_skeletons
    time = _pattern(locale.time_formats["short"].pattern)
    halves = locale.day_periods["format"]["abbreviated"]
    days, short_days = locale.days["format"]["wide"], locale.days["stand-alone"]["abbreviated"]
    months, short_months = locale.months["format"]["wide"], locale.months["stand-alone"]["abbreviated"]
    return {
        "time": time,
        "hour": "{h} {a}" if "{a}" in time else "{HH}",
        "day": _pattern(patterns["MMMd"].pattern),
        "day_year": _pattern(patterns["yMMMd"].pattern),
        "weekday_day": _pattern(patterns["MMMEd"].pattern),
        "long_day": _pattern(patterns["MMMMd"].pattern),
        "long_day_year": _pattern(locale.date_formats["long"].pattern),
        "decimal": locale.number_symbols["latn"]["decimal"],
        "group": locale.number_symbols["latn"]["group"],
        "percent": locale.percent_formats[None].pattern.replace("#,##,##0", "{n}").replace("#,##0", "{n}"),
        # Without the points of "p. m.": a time often ends a sentence.
        "am": re.sub(r"[\s.]", "", halves["am"]),
        "pm": re.sub(r"[\s.]", "", halves["pm"]),
        "short_weekdays": [short_days[n].rstrip(".") for n in range(7)],
        "weekdays": [days[n] for n in range(7)],
        "short_months": [short_months[n].rstrip(".") for n in range(1, 13)],
        "months": [months[n] for n in range(1, 13)],
    }


def formats(code: str) -> str:
    """The usual formats of a language, and what differs from them in each territory."""
    usual = row(Locale.parse({"en": "en_GB"}.get(code, code)))
    rows = {"": usual}
    for name in sorted(localedata.locale_identifiers()):
        parts = name.split("_")
        if parts[0] == code and len(parts) == 2 and len(parts[1]) == 2:
            own = {key: value for key, value in row(Locale.parse(name)).items() if value != usual[key]}
            if own:
                rows[parts[1]] = own
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


# Files ----------------------------------------------------------------------------------------------------------------


def helped(code: str, catalogue: translate.Catalogue | None) -> bytes:
    """What `unhunch --help` prints in that language."""
    with translate.speaking(translate.Tongue(code, catalogue)):
        return help_text().encode()


def drawn(code: str) -> bytes:
    """The page of a guided session with the built-in routine, in that language as its catalogues now are."""
    catalogue = None
    if code != "en":
        with po(code).with_suffix(".mo").open("rb") as file:
            catalogue = GNUTranslations(file)
    with translate.speaking(translate.Tongue(code, catalogue)):
        return rendered(builtin()).encode()


def files() -> dict[Path, bytes]:
    """Every file below locale/ but the pages, as it should be."""
    made = {FOLDER / code / "formats.json": formats(code).encode() for code in LANGUAGES}
    made[FOLDER / "en/help.txt"] = helped("en", None)
    for code in TRANSLATED:
        catalog = updated(code)
        made[po(code)] = as_po(catalog)
        made[po(code).with_suffix(".mo")] = as_mo(catalog)
        made[FOLDER / code / "page.json"] = page(catalog).encode()
        made[FOLDER / code / "help.txt"] = helped(code, GNUTranslations(BytesIO(as_mo(catalog))))
    return made


def missing(catalog: Catalog, wanted: Catalog) -> list[Message]:
    """Messages of `wanted` that have no translation."""
    found = []
    for message in wanted:
        if not message.id:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        there = catalog.get(key, message.context)
        said = there.string if there else ""
        if not said or not all([said] if isinstance(said, str) else said):
            found.append(message)
    return found


def take(code: str, path: Path) -> int:
    """Take the translations of a file into a language's catalogue. How many there were."""
    catalog = updated(code)
    with path.open("rb") as file:
        given = read_po(file, locale=code)
    count = 0
    for message in given:
        key = message.id if isinstance(message.id, str) else message.id[0]
        there = catalog.get(key, message.context) if key else None
        if there is None or not message.string or not all(message.string):
            if key:
                print(f"not taken: {key!r}", file=sys.stderr)
            continue
        there.string, there.user_comments = message.string, message.user_comments or there.user_comments
        count += 1
    po(code).parent.mkdir(parents=True, exist_ok=True)
    po(code).write_bytes(as_po(catalog))
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--missing", metavar="CODE", choices=TRANSLATED)
    parser.add_argument("--take", metavar="CODE", choices=TRANSLATED)
    parser.add_argument("paths", nargs="*", type=Path)
    args = parser.parse_args()
    if args.missing:
        lacking = Catalog(locale=args.missing)
        for m in missing(read(args.missing), template(args.paths)):
            lacking.add(m.id, None, m.locations, auto_comments=m.auto_comments, context=m.context)
        sys.stdout.write(as_po(lacking).decode())
        return
    if args.take:
        for path in args.paths:
            print(f"{path}: {take(args.take, path)} taken")
    for path, content in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for code in LANGUAGES:  # of what has just been written
        (FOLDER / code / kept.NAME).write_bytes(drawn(code))
    for code in TRANSLATED:
        catalog = read(code)
        print(f"{code}: {len(catalog)} texts, {len(missing(catalog, template()))} to translate")


if __name__ == "__main__":
    main()
