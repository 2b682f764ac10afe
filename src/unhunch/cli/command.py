"""How every command is described, parsed and called, and what a person sees when that fails."""

import argparse
import gc
import importlib
import io
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from unhunch.cli.ended import WIDTH, ended
from unhunch.cli.index import COMMANDS, Entry
from unhunch.errors import Exit, UserError
from unhunch.said.wrong import wrong as wrong
from unhunch.tuples import NamedTuple
from unhunch.words.translate import N_, _, ngettext

# argparse looks its own sentences up under these two names, and would ask a catalogue of the C library for them.
vars(argparse).update(_=_, ngettext=ngettext)
ARGPARSE = (
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("show this help message and exit"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("the following arguments are required: %s"),
    N_("one of the arguments %s is required"),
    N_("not allowed with argument %s"),
    N_("ignored explicit argument %r"),
    N_("expected one argument"),
    N_("expected at most one argument"),
    N_("expected at least one argument"),
    N_("invalid %(type)s value: %(value)r"),
)
"""Those that can be met here, in argparse's words; it counts arguments, too."""


def _counted_by_argparse(number: int) -> str:
    return ngettext("expected %s argument", "expected %s arguments", number)


MEANT = {
    "stop": "quit",
    "exit": "quit",
    "remove": "uninstall",
    "purge": "uninstall",
    "install": "enable",
    "reload": "restart",
    "init": "setup",
    "preferences": "settings",
    "options": "settings",
    "manual": "man",
    "version": "--version",
    "report": "week",
    "stats": "week",
    "later": "snooze",
    "sitting": "sit",
    "standing": "stand",
}
"""Words that other programs have for it, and that look like none of ours."""


def _nothing(_parser: argparse.ArgumentParser) -> None:
    """Most commands take no words of their own."""


class Command(NamedTuple):
    """What a command does. `run` returns its exit code, None for done; `examples` are lines with what they mean.

    The texts are marked with N_, and so is an example that types a time in words.
    """

    run: Callable[[argparse.Namespace], int | None]
    arguments: Callable[[argparse.ArgumentParser], None] = _nothing
    examples: tuple[tuple[str, str], ...] = ()
    about: str = ""


class Parser(argparse.ArgumentParser):
    """Ends in a UserError instead of leaving the process, and knows the nearest known word."""

    def error(self, message: str) -> NoReturn:
        raise wrong(f"{self.prog}: {message}.", _see_help(self.prog))

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
                _("There is no '{command}'.").format(command=f"{self.prog} {value}") + _nearest(str(value), known),
                _("Type {command} with one of: {words}.").format(command=self.prog, words=", ".join(known)),
            )

    def _no_option(self, given: str) -> UserError:
        option = given.split("=")[0]
        what = _("{command} has no option {option}.").format(command=self.prog, option=option)
        # Two dashes are no likeness.
        near = _nearest(option.lstrip("-"), {known.lstrip("-"): known for known in self._options() if known != option})
        return wrong(what + near, _see_help(self.prog))

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        for given in args[: args.index("--")] if "--" in args else args:
            # Before the word after it is taken for something else.
            if given.startswith("--") and given.split("=")[0] not in self._options():
                raise self._no_option(given)
        found, rest = self.parse_known_args(args, namespace)
        if rest:
            known = self._options()
            word = rest[0].split("=")[0]
            if word.startswith("-"):
                raise self._no_option(word)
            what = _("{command} does not expect {word}.").format(command=self.prog, word=repr(word))
            raise wrong(what + (_meant(f"--{word}") if f"--{word}" in known else ""), _see_help(self.prog))
        return found


def _see_help(command: str) -> str:
    return _("See '{command} --help'.").format(command=command)


class OneOf:
    """An argparse type: one of these words, however they are capitalised."""

    def __init__(self, choices: tuple[str, ...]) -> None:
        self.choices = choices

    def __call__(self, given: str) -> str:
        if given.lower() in self.choices:
            return given.lower()
        what = _("{word} is not one of {words}.").format(word=repr(given), words=", ".join(self.choices))
        raise wrong(what + _nearest(given, self.choices), _("Type one of those words."))


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
            what = _("{word} is not a whole number from {low} to {high}.")
            raise wrong(what.format(word=repr(given), low=low, high=high), _("Give such a number."))
        return value

    return read


def json_option(parser: argparse._ActionsContainer) -> None:
    said = _("facts for programs: stable keys, ISO times, minutes")
    parser.add_argument("--json", action="store_true", help=said)


def host_option(parser: argparse._ActionsContainer) -> None:
    said = _("of the several machines in a file of ActivityWatch, this one")
    parser.add_argument("--host", default="", metavar="NAME", help=said)


def parser_of(name: str, entry: Entry, command: Command) -> Parser:
    """The parser of one command, with its examples below its options."""
    about = _(entry.help)
    lines = [_("Examples:")]
    for line, meaning in command.examples:
        lines += [f"  {_(line)}", *(f"      {part}" for part in _lines(_(meaning), WIDTH - 8))]
    parser = Parser(
        prog=f"unhunch {name}",
        description=f"{about[0].upper()}{about[1:]}. {_(command.about)}".strip(),
        epilog="\n".join(lines) if command.examples else None,
        formatter_class=_Format,
        allow_abbrev=False,
    )
    command.arguments(parser)
    return parser


def _lines(text: str, width: int) -> list[str]:
    """A text without words broken; what wraps it is imported where it does not fit."""
    if len(text) <= width:
        return [text] if text else []
    from textwrap import wrap

    return wrap(text, width)


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
        return text if text.startswith(_("Examples:")) else super()._fill_text(text, width, indent)


def load(name: str) -> Command:
    """Import what the command does. Raises UserError if there is no such command."""
    entry = COMMANDS.get(name)
    if entry is None and name.startswith("-"):
        what = _("unhunch has no option {option}; a command comes first, its options after it.")
        raise wrong(what.format(option=name), _see_help("unhunch"))
    if entry is None:
        meant = MEANT.get(name.lower())
        what = _("There is no command {word}.").format(word=repr(name))
        raise wrong(
            what + (_meant(meant) if meant else _nearest(name, COMMANDS)), _("See 'unhunch --help' for all of them.")
        )
    module = importlib.import_module(f"unhunch.cli.{entry.module}")
    command: Command = getattr(module, f"{name}_" if name in ("import", "quit") else name)
    return command


def call(name: str, words: Sequence[str]) -> int:
    """Carry the command out. Every way it can end becomes an exit code and, where needed, three lines on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Better an escaped letter than no answer, where a terminal knows ASCII only.
            stream.reconfigure(errors="backslashreplace")
    try:
        command = load(name)
        if not gc.isenabled():  # as instant.py left it
            gc.freeze()
            gc.enable()
        args = parser_of(name, COMMANDS[name], command).parse_args(list(words))
        code = command.run(args) or Exit.DONE
        sys.stdout.flush()
        return code
    except BaseException as error:  # noqa: BLE001 - a process's last word
        return ended(error)


def _nearest(given: str, known: Sequence[str] | Mapping[str, Entry | str]) -> str:
    """`known`: the words, or what to say for each."""
    import difflib

    begun = [word for word in known if len(given) > 2 and word.startswith(given.lower())]
    near = begun if len(begun) == 1 else difflib.get_close_matches(given.lower(), list(known), 1, 0.6)
    if not near:
        return ""
    meant = known[near[0]] if isinstance(known, Mapping) else near[0]
    return _meant(meant if isinstance(meant, str) else near[0])


def _meant(word: str) -> str:
    """To follow a sentence."""
    return " " + _("Did you mean '{word}'?").format(word=word)
