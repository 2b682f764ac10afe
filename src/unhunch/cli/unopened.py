"""A page that nobody has opened is told of: in the terminal, and by a notice, since often there is no terminal."""

import sys
import threading

from unhunch.cli.to_daemon import ask_if_running
from unhunch.errors import UserError
from unhunch.words.translate import _


def tell_unopened(address: str) -> None:
    """Say where the page is. Never blocks: the page is served meanwhile."""
    print(
        _("Nobody has opened the page yet. Open this address yourself:\n{address}").format(address=address), flush=True
    )
    if not sys.stdout.isatty():
        threading.Thread(target=_by_a_notice, args=(address,), daemon=True).start()


def _by_a_notice(address: str) -> None:
    try:
        ask_if_running("unopened", {"address": address})
    except UserError as error:
        print(error.what, file=sys.stderr)
