"""config.toml -> Settings. Everything about an option comes from `core/settings.options()`; nothing is repeated here.

All problems of a file are found at once and raised as one ConfigError.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from unhunch.config.before import RENAMED, RETIRED, became
from unhunch.config.values import Refused, allowed, literal, read
from unhunch.core.settings import Option, Settings, options
from unhunch.errors import Exit, UserError
from unhunch.tuples import NamedTuple
from unhunch.words.translate import N_, _, ngettext

LARGEST = 256 * 1024
"""Bytes. A configuration is a few KiB; what is larger is some other file."""
LONGEST_SHOWN = 60
"""Characters of a refused value that a message repeats."""
LONGEST_REASON = 160

CHECK = N_("Correct it with 'unhunch config edit'; 'unhunch config check' tells whether all is well.")
ILLEGAL = "illegal character "
SYNTAX = (
    N_("expected ']' at the end of a table declaration"),
    N_("cannot overwrite a value"),
    N_("expected '=' after a key in a key/value pair"),
    N_("expected newline or end of document after a statement"),
    N_("invalid statement"),
    N_("invalid value"),
    N_("unclosed array"),
    N_("unterminated string"),
)
"""tomllib's commonest complaints, for translation; others are shown as it says them."""


class Problem(NamedTuple):
    """One thing that is wrong: at which dotted key (empty for the file's syntax), what stands there, what may."""

    key: str
    value: str
    wanted: str
    near: str = ""
    """The known key that was probably meant."""
    line: int = 0
    """Counted from 1; 0 where it is not known."""

    def __str__(self) -> str:
        where = _("line {number}: ").format(number=self.line) if self.line else ""
        what = f"{self.key} = {self.value}: " if self.value else f"{self.key}: " if self.key else ""
        hint = " " + _("(did you mean {option}?)").format(option=self.near) if self.near else ""
        return f"{where}{what}{self.wanted}{hint}"


class ConfigError(UserError):
    """A configuration cannot be used; it lists every problem that was found."""

    def __init__(self, heading: str, means: str, remedy: str, problems: Sequence[object] = ()) -> None:
        super().__init__(heading, means, remedy, Exit.WRONG, problems)


def load(path: Path) -> Settings:
    """Read a configuration; a file that is not there means the defaults. Raises ConfigError."""
    text = read_text(path)
    return Settings() if text is None else parse(text, str(path))


def read_text(path: Path) -> str | None:
    """What stands in the file, None when there is none. Raises ConfigError."""
    try:
        if path.exists() and not path.is_file():
            raise _unreadable(path, _("it is not a file"))
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise _unreadable(path, getattr(error, "strerror", None) or str(error)) from error
    if len(content) > LARGEST:
        raise _unreadable(path, _("it is larger than {size} KiB").format(size=LARGEST // 1024))
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise _unreadable(path, _("byte {start} is not UTF-8 text").format(start=error.start)) from error


def _unreadable(path: Path, why: str) -> ConfigError:
    return ConfigError(
        _("The configuration {path} cannot be read: {why}.").format(path=path, why=why),
        _("Unhunch does not guess what it says: the settings that were right last hold, or the defaults."),
        _("Make the file readable (chmod u+r {path}), or move it away to use the defaults.").format(path=path),
    )


def parse(text: str, name: str = "config.toml") -> Settings:
    """Settings from the text of a configuration. `name` is what messages call it. Raises ConfigError."""
    import tomllib  # here: whoever has no file does without

    try:
        document = tomllib.loads(text)
    except RecursionError as error:
        raise _refused(name, [Problem("", "", _("brackets are nested too deeply"))]) from error
    except ValueError as error:  # TOMLDecodeError, and int() on thousands of digits
        raise _refused(name, [_syntax(str(error), text)]) from error
    known = {item.key: item for item in options()}
    chosen: dict[str, Any] = {}
    problems: list[Problem] = []
    # What bears its old name comes first, so that the new one has the last word.
    for key, value in sorted(_leaves(document, known), key=lambda leaf: leaf[0] not in RENAMED):
        item = known.get(RENAMED.get(key, key))
        if key in RETIRED:
            continue
        if item is None:
            problems.append(_unknown(key, value, known, text))
            continue
        try:
            chosen[item.name] = read(item, value)
        except Refused as refused:
            wanted = _("must be {allowed}").format(allowed=allowed(item))
            wanted += f" ({_clip(refused.reason, LONGEST_REASON)})" if refused.reason else ""
            problems.append(Problem(key, _shown(value), wanted, line=line_of(text, key)))
    if problems:
        raise _refused(name, sorted(problems, key=lambda problem: problem.line))
    return Settings(**chosen)


def of_before(path: Path) -> list[str]:
    """What became of options in the file that have other names now, or none; a sentence each. Raises ConfigError."""
    text = read_text(path)
    if text is None:
        return []
    import tomllib

    known = {item.key: item for item in options()}
    return became(key for key, _value in _leaves(tomllib.loads(text), known))


def _refused(name: str, problems: list[Problem]) -> ConfigError:
    heading = ngettext(
        "The configuration {name} has one problem:", "The configuration {name} has {count} problems:", len(problems)
    ).format(name=name, count=len(problems))
    return ConfigError(heading, _("It was not used, nothing of it."), _(CHECK), problems=problems)


def _leaves(table: Mapping[str, Any], known: Mapping[str, Option], above: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted keys with their values; a table that stands where a known option is wanted counts as a value."""
    for name, value in table.items():
        key = f"{above}.{name}" if above else name
        if isinstance(value, dict) and key not in known and value:
            yield from _leaves(value, known, key)
        elif value != {} or key in known:
            yield key, value


def _unknown(key: str, value: Any, known: Mapping[str, Option], text: str) -> Problem:
    inside = [name for name in known if name.startswith(f"{key}.")]
    if inside:
        few = ", ".join(inside[:8]) + (", ..." if len(inside) > 8 else "")
        wanted = _("is a group of options, not one; set {options}").format(options=few)
        return Problem(key, _shown(value), wanted, line=line_of(text, key))
    return Problem(key, "", _("there is no such option"), nearest(key, known), line_of(text, key))


def nearest(key: str, known: Mapping[str, Option] | None = None) -> str:
    """The known dotted key that somebody who wrote `key` probably meant; empty when none is like it."""
    import difflib  # only for those who mistype

    if key in RENAMED:
        return RENAMED[key]
    names = list(known if known is not None else (item.key for item in options()))
    last = key.lower().replace("-", "_").rpartition(".")[2]
    same_end = [name for name in names if name.rpartition(".")[2] == last]
    close = difflib.get_close_matches(key.lower().replace("-", "_")[:80], names, n=1, cutoff=0.6)
    return close[0] if close else same_end[0] if len(same_end) == 1 else ""


def _shown(value: Any) -> str:
    text = literal(value)
    text = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."


def _syntax(message: str, text: str) -> Problem:
    """tomllib's complaint, with the line it points at repeated."""
    found = re.search(r"^(.*) \(at line (\d+), column (\d+)\)$", message, re.DOTALL)
    if not found:
        words, at_end, _rest = message.partition(" (at end of document)")
        said = _complaint(words)
        return Problem("", "", _("{what} at the end of the file").format(what=said) if at_end else message)
    line, column = int(found[2]), int(found[3])
    what = _("column {number}: {what}").format(number=column, what=_complaint(found[1]))
    here = text.split("\n")[line - 1].strip() if line <= text.count("\n") + 1 else ""
    return Problem("", "", f"{what}: {_clip(here)}" if here else what, line=line)


def _complaint(words: str) -> str:
    """What tomllib says, in the user's language if it is one of the common things."""
    begun = words[:1].lower() + words[1:]
    if begun.startswith(ILLEGAL):
        return _("illegal character {which}").format(which=begun.removeprefix(ILLEGAL))
    return _(begun)


def _clip(text: str, longest: int = LONGEST_SHOWN) -> str:
    text = "".join(letter for letter in text if letter.isprintable())
    return text if len(text) <= longest else text[: longest - 3] + "..."


def line_of(text: str, key: str) -> int:
    """The line that sets `key`, counted from 1; 0 when it is written in some unusual way."""
    table = ""
    for number, line in enumerate(text.split("\n"), 1):
        if header := re.fullmatch(r"\s*\[\[?\s*([\w.\s-]+?)\s*\]\]?\s*(#.*)?", line):
            table = header[1].replace(" ", "") + "."
            if table == f"{key}.":
                return number
        elif (start := re.match(r"\s*([\w.\s-]+?)\s*=", line)) and table + start[1].replace(" ", "") == key:
            return number
    return 0
