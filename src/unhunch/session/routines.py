"""Reads routine files: the built-in one, and the user's own beside the configuration."""

import re
import textwrap
import tomllib
from collections.abc import Callable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from unhunch.core.session.routine import Routine
from unhunch.errors import Exit, UserError
from unhunch.session.routine_file import RoutineError, parse
from unhunch.session.table import Problem
from unhunch.words.translate import _, language

BUILT_IN = "thoracic-foam-roller"
LARGEST = 256 * 1024
"""Bytes. A routine is a few kilobytes; more is not a routine."""


class RoutineFileError(UserError):
    """A routine file that is refused. It names the file, each key and the reason, and what to do."""

    def __init__(self, path: Path, problems: tuple[Problem, ...]) -> None:
        super().__init__(
            _("The routine {path} cannot be used:").format(path=path),
            _("The built-in routine is used instead."),
            _("Correct the file, or remove session.routine from the configuration."),
            Exit.WRONG,
            problems,
        )


def builtin() -> Routine:
    """The thoracic foam roller mobilization that comes with the program, in the user's language."""
    return _builtin(language())


def _source() -> str:
    return resources.files("unhunch").joinpath("routines", f"{BUILT_IN}.toml").read_text(encoding="utf-8")


@cache
def _builtin(code: str) -> Routine:
    return parse({**translated(tomllib.loads(_source()), lambda text, _path: _(text)), "language": code})


def written() -> str:
    """The built-in routine's file with its comments and every text in the user's language: what is changed for one's
    own.
    """
    import tomlkit

    file = tomlkit.parse(_commented(_source(), _))
    _into(file, translated(file.unwrap(), lambda text, _path: _(text)))
    file["language"] = language()
    return tomlkit.dumps(file)


COMMENT = re.compile(r"(?:^# .*\n)+", re.M)
WIDTH = 118


def _commented(source: str, translate: Callable[[str], str]) -> str:
    """The text of a routine file with its comments translated, each block as one text, and wrapped anew."""

    def block(found: re.Match[str]) -> str:
        return textwrap.fill(translate(comment(found)), WIDTH, initial_indent="# ", subsequent_indent="# ") + "\n"

    return COMMENT.sub(block, source)


def comment(found: re.Match[str]) -> str:
    """A block of comments as one text."""
    return " ".join(line.removeprefix("# ") for line in found.group().splitlines())


def _into(table: Any, values: Any) -> None:
    """Put the texts of `values` where they stand in `table`, which keeps its comments and its look."""
    pairs = values.items() if isinstance(values, dict) else enumerate(values)
    for key, value in pairs:
        if isinstance(value, dict | list):
            _into(table[key], value)
        elif isinstance(value, str) and table[key] != value:
            table[key] = value


TEXTS = (
    "say", "brief", "show", "detail", "label", "about", "line", "leave", "move", "back", "brace", "first", "down",
    "raised",
)  # fmt: skip
"""Keys of what is said or shown, wherever they stand; those with an ending ("say_supported") too."""
TEXTS_AT = ("title", "needs", "place_count", "safety.doctor", "screening")
TEXTS_IN = ("how",)
"""Tables of nothing but texts."""
NAMES_IN = ("positions", "movements")
"""Where a "name" is shown, too."""


def translated(raw: Any, translate: Callable[[str, str], str], path: str = "") -> Any:
    """A routine file's values with every text translated. `translate` gets a text and its dotted path.

    A routine of the user's own is not: it is in whatever language they wrote it.
    """
    if isinstance(raw, dict):
        return {key: translated(value, translate, f"{path}.{key}".lstrip(".")) for key, value in raw.items()}
    if isinstance(raw, list):
        return [translated(value, translate, path) for value in raw]
    top, key = path.partition(".")[0], path.rpartition(".")[2]
    is_text = path in TEXTS_AT or top in TEXTS_IN or key.startswith(TEXTS) or (key == "name" and top in NAMES_IN)
    return translate(raw, path) if isinstance(raw, str) and is_text else raw


def load(path: Path) -> Routine:
    """The routine in that file. Raises RoutineFileError with everything that is wrong with it."""
    try:
        if path.stat().st_size > LARGEST:
            size, most = (_("{count} bytes").format(count=count) for count in (path.stat().st_size, LARGEST))
            raise RoutineFileError(path, (Problem("file", size, _("at most {size}").format(size=most)),))
        return parse(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        problem = Problem("file", error.strerror or str(error), _("a file that can be read"))
    except UnicodeDecodeError as error:
        problem = Problem("file", _("byte {number} is not text").format(number=error.start), _("UTF-8 text"))
    except tomllib.TOMLDecodeError as error:
        problem = Problem("file", str(error), "TOML")
    except RecursionError:
        problem = Problem("file", _("tables nested too deeply"), "TOML")
    except RoutineError as error:
        raise RoutineFileError(path, error.problems) from None
    raise RoutineFileError(path, (problem,))


def choose(name: str, folder: Path) -> tuple[Routine, str]:
    """The routine that the configuration names, and a complaint when it was refused. An empty name is the built-in one.

    `folder` is the folder "routines" beside the configuration. The name is a file's name without ".toml", nothing else.
    """
    if not name or name == BUILT_IN:
        return builtin(), ""
    path = folder / f"{name}.toml"
    if Path(name).name != name or name.startswith("."):
        allowed = _("the name of a file in {folder}, without .toml").format(folder=folder)
        wrong = Problem("session.routine", name, allowed)
        return builtin(), str(RoutineFileError(path, (wrong,)))
    try:
        return load(path), ""
    except RoutineFileError as error:
        return builtin(), str(error)
