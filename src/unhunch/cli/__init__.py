"""Where a command line is read, unless instant.py had it answered. What a command does is imported when it is called.

argparse and not click: a whole process took 57 ms with argparse and 90 to 125 ms with click on the same machine, where
bare Python took 18.
"""

import sys
from collections.abc import Sequence

from unhunch import language
from unhunch.cli.index import SECTIONS
from unhunch.errors import UserError
from unhunch.paths import Paths
from unhunch.words.translate import N_, _

HEAD = N_("""\
usage: unhunch COMMAND [options]

Unhunch notices how long you sit at the computer, asks at a good moment for two
minutes on a foam roller, guides them by voice, and shows what came of it.
""")
TAIL = N_("""\
'unhunch COMMAND --help' explains a command, with examples.
""")


def help_text() -> str:
    """What `unhunch --help` prints; `make words` draws help.txt of it, which instant.py prints."""
    lines = [_(HEAD)]
    for title, section in SECTIONS.items():
        lines.append(f"{_(title)}:")
        lines.extend(f"  {name:<12}{_(entry.help)}" for name, entry in section.items())
        lines.append("")
    return "\n".join([*lines, _(TAIL)])


def main(words: Sequence[str] | None = None) -> int:
    """Carry out a command line (default: this process's) and return the exit code. Never raises."""
    given = list(sys.argv[1:] if words is None else words)
    language.set_up(configured=language.configured(Paths.find().config_file))
    if given[:1] == ["help"]:
        given = [*(word for word in given[1:2] if word != "help"), "--help"]
    if not given or given[0] in ("-h", "--help"):
        print(help_text(), end="")
        return 0
    if given[0] in ("-V", "--version"):
        from unhunch import __version__

        print(f"unhunch {__version__}")
        return 0
    from unhunch.cli.command import call

    return call(given[0], given[1:])


def heard(connection: int, held: bytearray) -> tuple[int, str, str]:
    """What the daemon has to say on this socket (a file number) that instant.py has told something, as that has it.

    `held` is what has come already: something that instant.py does not understand, or not all of it.
    """
    from socket import socket

    from unhunch.control import client
    from unhunch.control.protocol import makes_no_sense

    language.set_up(configured=language.configured(Paths.find().config_file))
    try:
        reply = client.heard(socket(fileno=connection), held)
        return int(reply["code"]), str(reply["out"]), str(reply["err"])
    except (UserError, LookupError, TypeError, ValueError) as error:
        told = error if isinstance(error, UserError) else makes_no_sense()
        return told.code, "", f"{told}\n"


def unanswered(form: Sequence[str]) -> tuple[int, str, str]:
    """What `status` with these options says when it has to be found out here, as `said` in status.py has it."""
    from unhunch.cli.status import said

    language.set_up(configured=language.configured(Paths.find().config_file))
    layout = form[-1].removeprefix("--format=").removeprefix("--") if form else None
    return said(layout)


def ended(error: BaseException) -> int:
    """The exit code of a command line that instant.py had answered and could not print. Tells why, never raises."""
    from unhunch.cli.ended import ended as told

    language.set_up(configured=language.configured(Paths.find().config_file))
    return told(error)
