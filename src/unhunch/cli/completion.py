"""`unhunch completion`: what a shell needs to complete commands and options, as it was installed with Unhunch.

The files are drawn from the commands' own descriptions when Unhunch is built (tools/share.py). bash, zsh and fish find
them by themselves where Unhunch is installed for the whole machine or with `pip install --user`; in a virtual
environment or with pipx they do not look, and this command hands them out.
"""

import argparse
from pathlib import Path

from unhunch.cli.command import Command, word
from unhunch.errors import UserError
from unhunch.words.translate import N_, _

FILES = {
    "bash": "share/bash-completion/completions/unhunch",
    "zsh": "share/zsh/site-functions/_unhunch",
    "fish": "share/fish/vendor_completions.d/unhunch.fish",
}
"""Where shells look below the prefix of an installation."""
MANUAL = "share/man/man1/unhunch.1"

SOURCE = Path(__file__).parents[3]
"""The source tree, when that is where we run from."""


def shipped(name: str) -> Path | None:
    """Where a file below `share/` was installed, or lies in the source tree; None when it is nowhere."""
    from importlib.metadata import PackageNotFoundError, files

    try:
        installed = [Path(str(file.locate())) for file in files("unhunch") or () if str(file).endswith(name)]
    except PackageNotFoundError:
        installed = []
    return next((path.resolve() for path in (*installed, SOURCE / name) if path.is_file()), None)


def run(args: argparse.Namespace) -> None:
    path = shipped(FILES[args.shell])
    if path is None:
        raise UserError(
            _("The completions for {shell} were not installed with Unhunch.").format(shell=args.shell),
            _("Everything else works without them."),
            _("Install Unhunch again from its wheel or its source tree."),
        )
    print(path.read_text("utf-8"), end="")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", type=word(*FILES), metavar="SHELL", help=", ".join(FILES))


completion = Command(
    run,
    arguments,
    examples=(
        ("unhunch completion bash > ~/.local/share/bash-completion/completions/unhunch", ""),
        ("unhunch completion zsh > ~/.zfunc/_unhunch", N_("with ~/.zfunc in your fpath")),
        ("unhunch completion fish > ~/.config/fish/completions/unhunch.fish", ""),
    ),
)
