"""Changes a configuration file: keeps the user's comments and order, never leaves half a file.

tomlkit does the editing. A line-based edit of our own would need headers, dotted keys, inline tables and multi-line
values, which is a TOML parser; tomlkit is imported only here, so the daemon never loads it.
"""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unhunch.config import ConfigError, Problem, nearest, parse, read_text
from unhunch.config.values import plain
from unhunch.core.settings import Settings, options
from unhunch.words.translate import _

if TYPE_CHECKING:
    from tomlkit.container import Container
    from tomlkit.items import Table


def write(path: Path, changes: Mapping[str, Any]) -> Settings:
    """Set options by dotted key, atomically, and return what the file means then. Raises ConfigError, changing nothing.

    Values are those of Settings (durations in seconds, hours as ranges of minutes); None goes back to the default.
    """
    text = changed(read_text(path) or "", changes, str(path))
    replace(path, text)
    return parse(text, str(path))


def changed(text: str, changes: Mapping[str, Any], name: str = "config.toml") -> str:
    """The text of a configuration with options set or, for None, taken out. Raises ConfigError."""
    from tomlkit import dumps
    from tomlkit import parse as parse_toml

    known = {item.key: item for item in options()}
    if unknown := [key for key in changes if key not in known]:
        raise ConfigError(
            _("These options cannot be set:"),
            _("Nothing was changed."),
            _("'unhunch config show' lists every option."),
            [Problem(key, "", _("there is no such option"), nearest(key, known)) for key in unknown],
        )
    before = parse(text, name)  # tomlkit is handed nothing that we have not understood
    document = parse_toml(text if text.endswith("\n") else f"{text}\n")  # or it writes into a last line's comment
    for key, setting in changes.items():
        table = _table(document, key, make=setting is not None)
        if setting is not None and table is not None:
            new = _last(key) not in table
            table[_last(key)] = plain(known[key], setting)
            if new:
                document = parse_toml(_beside_its_table(text, dumps(document)))
        elif table is not None and _last(key) in table:
            del table[_last(key)]
        text = dumps(document)
    result = text
    wanted = {known[key].name: known[key].default if setting is None else setting for key, setting in changes.items()}
    if parse(result, name) != before._replace(**wanted):
        raise ConfigError(
            _("The configuration {name} is written in a way that cannot be changed safely.").format(name=name),
            _("Nothing was changed."),
            _("Change it by hand with 'unhunch config edit'."),
        )
    return result


def _beside_its_table(before: str, after: str) -> str:
    """The text with its one new line moved up to the lines that it belongs to.

    tomlkit puts a new key behind all that stands before the next table: also behind the comment that speaks of that
    table. From the first blank line on such comments belong to what follows.
    """
    old, lines = before.splitlines(), after.splitlines(keepends=True)
    at = next((n for n, line in enumerate(lines) if n >= len(old) or line.rstrip("\n") != old[n]), len(lines))
    first = at
    while first > 0 and (not lines[first - 1].strip() or lines[first - 1].lstrip().startswith("#")):
        first -= 1
    blank = next((n for n in range(first, at) if not lines[n].strip()), at)
    added = len(lines) - len(old)
    alone = added == 1 or (added == 2 and not lines[at + 1].strip())  # tomlkit may put a blank line behind it
    if not alone or lines[at].lstrip().startswith("[") or not lines[at].strip():
        return after
    return "".join([*lines[:blank], lines[at], *lines[blank:at], *lines[at + added :]])


def _last(key: str) -> str:
    return key.rpartition(".")[2]


def _table(document: "Container", key: str, *, make: bool) -> "Container | Table | None":
    """The table that holds a dotted key; made at the end when it is not there and `make`."""
    from tomlkit import table as new_table

    here: Any = document
    for name in key.split(".")[:-1]:
        if name not in here:
            if not make:
                return None
            here[name] = new_table()
        here = here[name]
    return here  # type: ignore[no-any-return]  # tomlkit types what a table holds as Any


def replace(path: Path, text: str) -> None:
    """Write a file so that after a crash it holds either the old text or the new. Raises ConfigError.

    A symbolic link (a dotfiles folder) stays one: the file that it names is replaced.
    """
    try:
        target = path.resolve()
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o600
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(mode)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except (OSError, RuntimeError) as error:  # RuntimeError: a symbolic link that leads to itself
        raise ConfigError(
            _("The configuration {path} cannot be written: {error}.").format(
                path=path, error=getattr(error, "strerror", None) or error
            ),
            _("Nothing was changed."),
            _("Make its folder writable for you (ls -ld {folder} shows whose it is) and try again.").format(
                folder=path.parent
            ),
        ) from error
