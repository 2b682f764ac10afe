"""A guided session in this process: its page or its terminal, and what it tells the daemon.

This process is the session's own: the daemon starts it outside of its unit, so neither's end is the other's.
"""

import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

from unhunch import language
from unhunch.adapters import browser
from unhunch.errors import Exit, UserError
from unhunch.paths import Paths
from unhunch.session.one import STARTING, TERMINAL, alone, new_link, where
from unhunch.web.ear import Ear
from unhunch.words.translate import N_, _

if TYPE_CHECKING:
    from unhunch.core.session.routine import Routine
    from unhunch.session.guided import GuidedSession
    from unhunch.session.plan import SessionPlan
    from unhunch.web.front import Front

PATIENCE = (0.1, 0.2, 0.4, 0.8)
"""Seconds between two attempts to write a session down."""
FIRST_SECONDS = 0.05
"""For a browser that is there already to get its page before the rest is imported, which others have time for."""


class Teller:
    """Tells the daemon what happens in a session. Without one, what was done is written down at the end.

    The session has a name, so that a daemon that ends or starts meanwhile, or a history that is corrected, finds one
    session and not two.
    """

    def __init__(self) -> None:
        self._key = os.urandom(6).hex()

    def report(self, event: str, body: Mapping[str, Any]) -> None:
        """Raises OSError when nobody could be told."""
        from unhunch.cli.to_daemon import tell

        try:
            match event:
                case "screening" | "morning" | "recovery":
                    tell(event, body)
                case "slip":
                    tell("undo", {"slip": True})
                case "started":
                    self._session("began", body["record"])
                case "pulse":
                    self._session("pulse", body["record"])
                case "finished":
                    self._session("ended", body["record"])
        except UserError as error:
            raise OSError(error.what) from error

    def _session(self, event: str, record: Mapping[str, Any]) -> None:
        from unhunch.cli.to_daemon import ask_if_running
        from unhunch.control.arguments import COMMANDS

        known = {name: value for name, value in record.items() if name in COMMANDS["session"]}
        told = {"event": event, "key": self._key, **known}
        if ask_if_running("session", told) is None and event == "ended":
            self._keep(told)

    def _keep(self, ended: Mapping[str, Any]) -> None:
        """Write it down. A command may hold the history for a moment, or a daemon that was started meanwhile."""
        from unhunch.cli.to_daemon import ask_if_running
        from unhunch.cli.without_daemon import carry_out

        for patience in PATIENCE:
            try:
                carry_out("session", ended)
                return
            except UserError as error:
                if error.code != Exit.RUNNING:
                    raise
            if ask_if_running("session", ended) is not None:
                return
            time.sleep(patience)
        carry_out("session", ended)


def begin(plan: str) -> int:
    """`unhunch start` once the daemon has said what the session is (JSON): the browser is asked for the page first.

    What serves it takes as long to import as the browser to come. Never raises.
    """
    from unhunch.cli import ended

    try:
        return _begin(plan)
    except BaseException as error:  # noqa: BLE001 - a process's last word
        return ended(error)


def _begin(plan: str) -> int:
    paths = Paths.find()
    with alone(paths, STARTING) as lock:
        if lock is None:
            language.set_up(configured=language.configured(paths.config_file))
            return to_the_first(paths, terminal=False)
        try:
            ear = Ear()
        except OSError as error:
            language.set_up(configured=language.configured(paths.config_file))
            raise _not_served(error) from error
        with closing(ear):
            asked = browser.ask(ear.address())
            gc.disable()  # imports make much and let go of nothing
            language.set_up(configured=language.configured(paths.config_file))
            import json

            return code(guided(paths, json.loads(plan), lock.say, ear, asked))


def guided(
    paths: Paths,
    plan: Mapping[str, Any],
    owner: Callable[[str], None],
    ear: Ear | None = None,
    asked: browser.Asked | None = None,
) -> "GuidedSession":
    """Serve the session's page and open it; back when it is over or gone.

    `owner` is given what gets another link to it. `ear` and `asked`: where it will be, and who was asked to open it.
    """
    from unhunch.session import kept
    from unhunch.session.ending import run_until_ended
    from unhunch.web.front import Front

    async def served() -> "GuidedSession":
        page = None if plan.get("routine") else kept.page()
        async with Front(ear or Ear(), page) as front:
            await front.asked(FIRST_SECONDS)
            return await _session(paths, plan, owner, front, asked)

    try:
        return run_until_ended(served(), outlives_terminal=True)
    except OSError as error:
        raise _not_served(error) from error


async def _session(
    paths: Paths,
    plan: Mapping[str, Any],
    owner: Callable[[str], None],
    front: "Front",
    asked: browser.Asked | None,
) -> "GuidedSession":
    """What answers the page, imported while the browser reads it."""
    from unhunch.cli.unopened import tell_unopened
    from unhunch.session.page import serve
    from unhunch.session.plan import SessionPlan

    def opened(address: str) -> None:
        gc.enable()
        # Beside the page, which the browser waits for: that there is none is known half a second later.
        threading.Thread(target=_tell_where, args=(asked or browser.ask(address), address), daemon=True).start()

    it = SessionPlan.from_mapping(plan)
    return await serve(it, routine_of(it, paths), Teller(), opened, unseen=tell_unopened, owner=owner, front=front)


def _tell_where(asked: browser.Asked, address: str) -> None:
    said = _("The session is in your browser. If it is not: {address}") if asked.shown() else _(NO_BROWSER)
    print(said.format(address=address), flush=True)


def _not_served(error: OSError) -> UserError:
    return UserError(
        _("The session's page could not be served: {reason}.").format(reason=error.strerror or error),
        _("It needs a free port on this computer's own loopback address."),
        _("Try it here: unhunch start --terminal"),
    )


def routine_of(plan: "SessionPlan", paths: Paths) -> "Routine":
    """The one that the configuration names, or the built-in one; why, is said."""
    from unhunch.session.routines import choose

    routine, complaint = choose(plan.routine, paths.routines)
    if complaint:
        print(complaint, file=sys.stderr)
    return routine


def code(session: "GuidedSession") -> int:
    """Failed where nothing was begun."""
    return Exit.DONE if session.guide is not None else Exit.FAILED


def to_the_first(paths: Paths, *, terminal: bool) -> int:
    """A session runs already: its page comes to the front. Raises UserError where there is none to bring."""
    first = where(paths)
    link = new_link(first) if first.startswith("http") and not terminal else None
    if link is not None:
        shown = browser.show(link)
        text = _("A session is open already; here it is. If you do not see it: {address}")
        print(text.format(address=link) if shown else _(NO_BROWSER).format(address=link), flush=True)
        return Exit.DONE
    at = _("in a terminal") if first == TERMINAL else _("in the browser")
    raise UserError(
        _("A session is running already, {where}.").format(where=at),
        _("There is one at a time, so no other was begun."),
        _("Go on there, or end it there first.") if first == TERMINAL else _("Bring it to the front: unhunch start"),
        Exit.RUNNING,
    )


NO_BROWSER = N_("No browser could be opened. Open this address within two minutes:\n{address}")
