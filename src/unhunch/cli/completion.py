"""`unhunch completion`: what a shell needs to complete commands and options."""

import argparse

from unhunch.cli import COMMANDS
from unhunch.cli.command import Command, Parser, load, word
from unhunch.control.protocol import UserError

SHELLS = ("bash", "zsh", "tcsh")


def run(args: argparse.Namespace) -> None:
    try:
        import shtab
    except ImportError:
        raise UserError(
            "Completions are made by shtab, and it is not installed.",
            "Everything else works without it.",
            "Install it beside Unhunch: pip install shtab",
        ) from None
    whole = Parser(prog="unhunch", allow_abbrev=False)
    whole.add_argument("--version", "-V", action="store_true", help="print the version")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND")
    for name, entry in COMMANDS.items():
        load(name).arguments(commands.add_parser(name, help=entry.help, allow_abbrev=False))
    print(shtab.complete(whole, args.shell))


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", type=word(*SHELLS), metavar="SHELL", help=", ".join(SHELLS))


completion = Command(
    run,
    arguments,
    examples=(
        ("unhunch completion bash > ~/.local/share/bash-completion/completions/unhunch", ""),
        ("unhunch completion zsh > ~/.zfunc/_unhunch", "with ~/.zfunc in your fpath"),
    ),
)
