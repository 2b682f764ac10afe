"""`unhunch settings`: everyday options in the browser, from a process that goes with its page."""

import argparse
import asyncio
from pathlib import Path

from unhunch.cli.command import Command
from unhunch.cli.to_daemon import ask_if_running
from unhunch.errors import UserError
from unhunch.paths import Paths
from unhunch.words.translate import N_, _


class _Here:
    """This machine, for the page."""

    def changed(self) -> str:
        try:
            ask_if_running("reload")
        except UserError as error:
            return f"{error.what} {error.remedy}"
        return ""

    def try_notice(self) -> str:
        from unhunch.cli.notice import sample, show_notice

        if show_notice(sample()):
            return _("It was shown. If you did not see it: 'unhunch doctor' tells why.")
        return _("No notice could be shown; 'unhunch doctor' tells why.")

    def voice(self) -> bytes | None:
        from unhunch.session.recordings import file, recordings
        from unhunch.session.routines import builtin

        routine = builtin()
        found = recordings(routine.language).get(routine.rules["place"].say)
        return file(routine.language, found).read_bytes() if found else None

    def routines(self) -> list[str]:
        return sorted(path.stem for path in Path(Paths.find().routines).glob("*.toml"))


def run(_args: argparse.Namespace) -> None:
    from unhunch.adapters.browser import show
    from unhunch.settings.page import serve

    def opened(address: str) -> None:
        if show(address):
            text = _("The settings are in your browser; this ends with their page. If they are not: {address}")
        else:
            text = _("No browser could be opened. Open this address within two minutes:\n{address}")
        print(text.format(address=address), flush=True)

    try:
        asyncio.run(serve(Paths.find(), _Here(), opened))
    except OSError as error:
        raise UserError(
            _("The settings' page could not be served: {reason}.").format(reason=error.strerror or error),
            _("It needs a free port on this computer's own loopback address."),
            _("Change them here: unhunch config set KEY VALUE, or unhunch config edit"),
        ) from error


settings = Command(
    run,
    examples=(("unhunch settings", ""), ("unhunch config show", N_("the same in the terminal"))),
    about=N_("Each change is saved when it is made, and has its way back. It is the file of 'unhunch config'."),
)
