"""How every command is described, parsed and called, and what a person sees when that fails."""

import argparse
import errno
import importlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn

from unhunch.cli import COMMANDS, Entry
from unhunch.control.protocol import Exit, UserError

BY_SIGNAL = 128
SIGINT, SIGPIPE = 2, 13
WIDTH = 80
MEANT = {
    "stop": "disable",
    "quit": "disable",
    "exit": "disable",
    "uninstall": "disable",
    "install": "enable",
    "restart": "enable",
    "init": "setup",
    "settings": "config",
    "version": "--version",
    "report": "week",
    "stats": "week",
    "later": "snooze",
}
"""Words that other programs have for it, and that look like none of ours."""


def _nothing(_: argparse.ArgumentParser) -> None:
    """Most commands take no words of their own."""


class Command(NamedTuple):
    """What a command does. `run` returns its exit code, None for done; `examples` are lines with what they mean."""

    run: Callable[[argparse.Namespace], int | None]
    arguments: Callable[[argparse.ArgumentParser], None] = _nothing
    examples: tuple[tuple[str, str], ...] = ()
    about: str = ""


class Parser(argparse.ArgumentParser):
    """Ends in a UserError instead of leaving the process, and knows the nearest known word."""

    def error(self, message: str) -> NoReturn:
        raise wrong(f"{self.prog}: {message}.", f"See '{self.prog} --help'.")

    def _options(self) -> list[str]:
        """Every long option, those of the actions included."""
        parts = [action for action in self._actions if isinstance(action, argparse._SubParsersAction)]
        parsers = [self, *(part for action in parts for part in action.choices.values())]
        return [word for parser in parsers for word in parser._option_string_actions if word.startswith("--")]

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """As argparse's own, for the actions of a command such as `config`: with the nearest one."""
        if action.choices is not None and value not in action.choices:
            known = list(action.choices)
            raise wrong(
                f"There is no '{self.prog} {value}'.{_nearest(str(value), known)}",
                f"Type {self.prog} with {', '.join(known[:-1])} or {known[-1]}.",
            )

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        found, rest = self.parse_known_args(args, namespace)
        if rest:
            known = self._options()
            word = rest[0].split("=")[0]
            if word.startswith("-"):
                raise wrong(f"{self.prog} has no option {word}.{_nearest(word, known)}", f"See '{self.prog} --help'.")
            near = f" Did you mean '--{word}'?" if f"--{word}" in known else ""
            raise wrong(f"{self.prog} does not expect {word!r}.{near}", f"See '{self.prog} --help'.")
        return found


def wrong(what: str, remedy: str) -> UserError:
    """Wrong words: nothing was done."""
    return UserError(what, "Nothing was done.", remedy, Exit.WRONG)


class OneOf:
    """An argparse type: one of these words, however they are capitalised."""

    def __init__(self, choices: tuple[str, ...]) -> None:
        self.choices = choices

    def __call__(self, given: str) -> str:
        if given.lower() in self.choices:
            return given.lower()
        known = ", ".join(self.choices)
        raise wrong(f"{given!r} is not one of {known}.{_nearest(given, self.choices)}", "One of those words.")


def word(*choices: str) -> OneOf:
    return OneOf(choices)


def whole(low: int, high: int) -> Callable[[str], int]:
    """An argparse type: a whole number from low to high."""

    def read(given: str) -> int:
        try:
            value = int(given)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise wrong(f"{given!r} is not a whole number from {low} to {high}.", "Give such a number.")
        return value

    return read


def json_option(parser: argparse._ActionsContainer) -> None:
    parser.add_argument("--json", action="store_true", help="facts for programs: stable keys, ISO times, minutes")


def parser_of(name: str, entry: Entry, command: Command) -> Parser:
    """The parser of one command, with its examples below its options."""
    about = entry.help[0].upper() + entry.help[1:] + "."
    lines = ["Examples:"]
    for line, meaning in command.examples:
        lines += [f"  {line}", f"      {meaning}"] if meaning else [f"  {line}"]
    parser = Parser(
        prog=f"unhunch {name}",
        description=f"{about} {command.about}".strip(),
        epilog="\n".join(lines) if command.examples else None,
        formatter_class=_Format,
        allow_abbrev=False,
    )
    command.arguments(parser)
    return parser


class _Format(argparse.HelpFormatter):
    """Wraps what describes and leaves examples as they were written."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=WIDTH - 2)

    def _format_args(self, action: argparse.Action, default_metavar: str) -> str:
        """Several words that belong together, such as "until friday 9:00", read as one."""
        if action.nargs not in ("*", "+") or not isinstance(action.metavar, str):
            return super()._format_args(action, default_metavar)
        more = f"{action.metavar} ..." if action.metavar == "FILE" else action.metavar
        return more if action.nargs == "+" else f"[{more}]"

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if text.startswith("Examples:") else super()._fill_text(text, width, indent)


def load(name: str) -> Command:
    """Import what the command does. Raises UserError if there is no such command."""
    entry = COMMANDS.get(name)
    if entry is None and name.startswith("-"):
        raise wrong(
            f"unhunch has no option {name}; a command comes first, its options after it.", "See 'unhunch --help'."
        )
    if entry is None:
        meant = MEANT.get(name.lower())
        near = f" Did you mean {meant!r}?" if meant else _nearest(name, COMMANDS)
        raise wrong(f"There is no command {name!r}.{near}", "See 'unhunch --help' for all of them.")
    module = importlib.import_module(f"unhunch.cli.{entry.module}")
    command: Command = getattr(module, name if name != "import" else "import_")
    return command


def call(name: str, words: Sequence[str]) -> int:
    """Carry the command out. Every way it can end becomes an exit code and, where needed, three lines on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Better an escaped letter than no answer, where a terminal knows ASCII only.
            stream.reconfigure(errors="backslashreplace")
    try:
        command = load(name)
        args = parser_of(name, COMMANDS[name], command).parse_args(list(words))
        code = command.run(args) or Exit.DONE
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # `unhunch events | head`: nobody reads any more
        _silence()
        return BY_SIGNAL + SIGPIPE
    except (KeyboardInterrupt, EOFError):  # Ctrl-C, or Ctrl-D at a question
        print(file=sys.stderr)
        return BY_SIGNAL + SIGINT
    except SystemExit as leaving:  # --help has been printed
        return leaving.code if isinstance(leaving.code, int) else Exit.DONE
    except Exception as error:  # noqa: BLE001 - the last resort: a person never meets a traceback unasked
        return _failed(error)


def _silence() -> None:
    """Python would complain once more when it closes a stdout that refused."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _failed(error: Exception) -> int:
    if os.environ.get("UNHUNCH_DEBUG"):
        import traceback

        traceback.print_exception(error)
    told = three_parts(error)
    if told is None:
        told = UserError(
            f"Something broke inside Unhunch: {type(error).__name__}: {error}"[:300].rstrip(".") + ".",
            "That is a bug, not a mistake of yours. Your history is safe: it is written whole or not at all.",
            "Run the same command again with UNHUNCH_DEBUG=1 before it, and report what it prints.",
        )
    print(told.what, told.means, told.remedy, sep="\n", file=sys.stderr)
    return told.code


def three_parts(error: Exception) -> UserError | None:
    """The error in words for people, or None: then it is a bug."""
    if isinstance(error, UserError):
        return error
    what, means, remedy = (getattr(error, part, None) for part in ("what", "means", "remedy"))
    if isinstance(what, str) and isinstance(means, str) and isinstance(remedy, str):
        from unhunch.config import ConfigError

        return UserError(what, means, remedy, Exit.WRONG if isinstance(error, ConfigError) else Exit.FAILED)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        _silence()
        return UserError(
            "There is no space left where the output goes.",
            "What was written there is cut off.",
            "Make room (df -h), or send it somewhere else.",
        )
    if isinstance(error, OSError) and error.filename is not None:
        return UserError(
            f"{error.filename}: {error.strerror or error}.",
            "It could not be read or written, so the command stopped there.",
            f"Look at its name, owner and mode: ls -l {error.filename}",
        )
    return None


def _nearest(given: str, known: Sequence[str] | dict[str, Entry]) -> str:
    import difflib

    near = difflib.get_close_matches(given.lower(), list(known), 1, 0.6)
    return f" Did you mean {near[0]!r}?" if near else ""
