"""`unhunch man`: the manual page, also where `man` does not find it (pipx, a virtual environment)."""

import argparse
import shutil
import subprocess
import sys

from unhunch.cli.command import Command, load, parser_of
from unhunch.cli.completion import MANUAL, shipped
from unhunch.cli.index import COMMANDS
from unhunch.errors import Exit
from unhunch.words.translate import N_


def run(_args: argparse.Namespace) -> int:
    page = shipped(MANUAL)
    if page is not None and shutil.which("man"):
        return Exit.DONE if subprocess.run(["man", str(page)], check=False).returncode == 0 else Exit.FAILED
    import pydoc

    from unhunch.cli import help_text

    # Without man the same is said by the commands themselves.
    texts = [help_text(), *(parser_of(name, COMMANDS[name], load(name)).format_help() for name in COMMANDS)]
    text = "\n\n".join(texts)
    if sys.stdout.isatty():
        pydoc.pager(text)
    else:
        print(text)
    return Exit.DONE


man = Command(
    run,
    examples=(("unhunch man", ""), ("unhunch man | grep -A3 snooze", "")),
    about=N_("Every command with its options, the exit codes, the files and the environment; in English."),
)
