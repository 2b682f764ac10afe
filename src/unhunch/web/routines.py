"""Reads routine files: the built-in one, and the user's own beside the configuration."""

import tomllib
from functools import cache
from importlib import resources
from pathlib import Path

from unhunch.core.routine import Problem, Routine, RoutineError, parse

BUILT_IN = "thoracic-foam-roller"
LARGEST = 256 * 1024
"""Bytes. A routine is a few kilobytes; more is not a routine."""


class RoutineFileError(ValueError):
    """A routine file that is refused. The text names the file, each key and the reason, and what to do."""

    def __init__(self, path: Path, problems: tuple[Problem, ...]) -> None:
        self.path = path
        self.problems = problems
        listed = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(
            f"The routine {path} cannot be used:\n{listed}\n"
            "The built-in routine is used instead. Correct the file, or remove session.routine from the configuration."
        )


@cache
def builtin() -> Routine:
    """The thoracic foam roller mobilization that comes with the program."""
    text = resources.files("unhunch").joinpath("routines", f"{BUILT_IN}.toml").read_text(encoding="utf-8")
    return parse(tomllib.loads(text))


def load(path: Path) -> Routine:
    """The routine in that file. Raises RoutineFileError with everything that is wrong with it."""
    try:
        if path.stat().st_size > LARGEST:
            raise RoutineFileError(path, (Problem("file", f"{path.stat().st_size} bytes", f"at most {LARGEST} bytes"),))
        return parse(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        problem = Problem("file", error.strerror or str(error), "a file that can be read")
    except UnicodeDecodeError as error:
        problem = Problem("file", f"byte {error.start} is not text", "UTF-8 text")
    except tomllib.TOMLDecodeError as error:
        problem = Problem("file", str(error), "TOML")
    except RecursionError:
        problem = Problem("file", "tables nested too deeply", "TOML")
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
        wrong = Problem("session.routine", name, f"the name of a file in {folder}, without .toml")
        return builtin(), str(RoutineFileError(path, (wrong,)))
    try:
        return load(path), ""
    except RoutineFileError as error:
        return builtin(), str(error)
