"""`unhunch start` and `unhunch screening`: a guided session in the browser or the terminal, and the safety questions.

This process is the session's own: the daemon starts it outside of its unit, so neither's end is the other's.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from unhunch.cli.answers import say
from unhunch.cli.command import Command, wrong
from unhunch.cli.own_history import reading, settings
from unhunch.cli.to_daemon import ask_if_running, tell
from unhunch.control.arguments import COMMANDS
from unhunch.core.programme import reasons
from unhunch.core.prompts.texts import session_minutes
from unhunch.core.session.routine import Routine
from unhunch.core.translate import N_, _, ngettext
from unhunch.core.vocabulary import CHOICES
from unhunch.errors import Exit, UserError
from unhunch.paths import Paths
from unhunch.ports import StoreError
from unhunch.said.typed import is_no, is_yes

if TYPE_CHECKING:
    from unhunch.session.guided import GuidedSession
    from unhunch.session.plan import SessionPlan

PATIENCE = (0.1, 0.2, 0.4, 0.8)
"""Seconds between two attempts to write a session down."""


class Teller:
    """Tells the daemon what happens in a session. Without one, what was done is written down at the end.

    The session has a name, so that a daemon that ends or starts meanwhile, or a history that is corrected, finds one
    session and not two.
    """

    def __init__(self) -> None:
        self._key = os.urandom(6).hex()

    def report(self, event: str, body: Mapping[str, Any]) -> None:
        """Raises OSError when nobody could be told."""
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
        known = {name: value for name, value in record.items() if name in COMMANDS["session"]}
        told = {"event": event, "key": self._key, **known}
        if ask_if_running("session", told) is None and event == "ended":
            self._keep(told)

    def _keep(self, ended: Mapping[str, Any]) -> None:
        """Write it down. A command may hold the history for a moment, or a daemon that was started meanwhile."""
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


def run_start(args: argparse.Namespace) -> int:
    from unhunch.session.one import STARTING, TERMINAL, alone

    s = settings()
    paths = Paths.find()
    with alone(paths, TERMINAL if args.terminal else STARTING) as lock:
        if lock is None:
            return _to_the_first(paths, terminal=args.terminal)
        plan = _plan(args)
        routine, complaint = _routine(s.routine)
        if complaint:
            print(complaint, file=sys.stderr)
        if args.terminal:
            from unhunch.session.terminal import run_terminal_session

            session = run_terminal_session(plan, routine, Teller())
        else:
            session = _page(plan, routine, lock.say)
        return Exit.DONE if session.guide is not None else Exit.FAILED


def _to_the_first(paths: Paths, *, terminal: bool) -> int:
    """A session runs already: its page comes to the front. Raises UserError where there is none to bring."""
    from unhunch.adapters.browser import show
    from unhunch.session.one import TERMINAL, new_link, where

    first = where(paths)
    link = new_link(first) if first.startswith("http") and not terminal else None
    if link is not None:
        shown = show(link)
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


def _plan(args: argparse.Namespace) -> "SessionPlan":
    """What the programme has in mind for this session. Raises UserError when sessions are off."""
    from unhunch.session.plan import SessionPlan

    mapping = ask_if_running("session_plan") or _plan_alone()
    if args.size and mapping["size"] in CHOICES:
        mapping["size"] = args.size
    if args.speed:
        mapping["speed"] = args.speed
    return SessionPlan.from_mapping(mapping)


def _plan_alone() -> dict[str, Any]:
    """The same, read from the history where no daemon runs."""
    from unhunch.adapters.clock import SystemClock
    from unhunch.control.events import check_start
    from unhunch.core.engine import step
    from unhunch.core.programme import upcoming
    from unhunch.core.state import calendar
    from unhunch.ports import StoreTrouble

    s = settings()
    try:
        with reading() as store:
            facts = store.since_checkpoint()
    except StoreError as error:
        if error.kind is not StoreTrouble.GONE:
            raise
        facts = []
    known = step.begin(facts, s).state
    date = calendar.logical_date(SystemClock().now(), s)
    check_start(known, date)
    return upcoming.session_plan(known.programme, date, s)


def _routine(name: str) -> tuple[Routine, str]:
    from unhunch.session.routines import choose

    return choose(name, Paths.find().routines)


def _page(plan: "SessionPlan", routine: Routine, owner: Callable[[str], None]) -> "GuidedSession":
    """Serve the page and open it; back when it is over or gone. `owner` is given what gets another link to it."""
    from unhunch.adapters.browser import show
    from unhunch.cli.unopened import tell_unopened
    from unhunch.session.ending import run_until_ended
    from unhunch.session.page import serve

    def opened(address: str) -> None:
        said = _("The session is in your browser. If it is not: {address}") if show(address) else _(NO_BROWSER)
        print(said.format(address=address), flush=True)

    try:
        return run_until_ended(
            serve(plan, routine, Teller(), opened, unseen=tell_unopened, owner=owner), outlives_terminal=True
        )
    except OSError as error:
        raise UserError(
            _("The session's page could not be served: {reason}.").format(reason=error.strerror or error),
            _("It needs a free port on this computer's own loopback address."),
            _("Try it here: unhunch start --terminal"),
        ) from error


# Screening ------------------------------------------------------------------------------------------------------------


def run_screening(args: argparse.Namespace) -> int:
    if args.confirm:
        # safety: only after asking a doctor
        if not _yes(_('Do you confirm: "I have checked with a clinician"?')):
            # safety
            print(_("Then sessions stay off."))
            return Exit.FAILED
        # safety: after asking a doctor
        said = _("Thank you. Sessions are asked for again: easy ones first, and each asks how it is now.")
        say(tell("screening", {"verdict": "confirmed"}), said)
        return Exit.DONE
    routine, _complaint = _routine(settings().routine)
    return Exit.DONE if screened(routine) else Exit.FAILED


def screened(routine: Routine) -> bool:
    """Ask the questions; only the verdict is told to the daemon, never which answer. True for a pass."""
    _person()
    # safety: before the list
    print(_("Before you begin. Does any of these apply to you?"))
    print("\n".join(f"- {line}" for line in routine.screening))
    # safety: after the list
    if _yes(_("Does one or more of these apply to you?")):
        tell("screening", {"verdict": "ask-doctor"})
        print("\n".join(_ask_doctor()))
        return False
    # safety: none of the list
    say(tell("screening", {"verdict": "pass"}), _("Noted: none of these applies to you."))
    return True


def _ask_doctor() -> Sequence[str]:
    return (
        # safety: one yes
        _("Then ask your doctor first. Until then no session is asked for; notices to stand up stay."),
        # safety: one yes
        _("When you have: unhunch screening --confirm"),
        _(reasons.WAY_BACK),
    )


def _person() -> None:
    if not sys.stdin.isatty():
        raise wrong(_("These questions need a person at a terminal."), _("Type the command in a terminal window."))


def _yes(question: str) -> bool:
    """Ask until it is yes or no. Nothing is taken for granted: an empty line asks again."""
    _person()
    choice = _("[y/n]")
    while True:
        try:
            answer = input(f"{question} {choice} ")
        except EOFError:
            raise KeyboardInterrupt from None
        if is_yes(answer):
            return True
        if is_no(answer):
            return False


def start_arguments(parser: argparse.ArgumentParser) -> None:
    size = parser.add_mutually_exclusive_group()
    for name in CHOICES:
        length = session_minutes(name)
        about = ngettext("about {count} minute on the floor", "about {count} minutes on the floor", length)
        size.add_argument(f"--{name}", dest="size", action="store_const", const=name, help=about.format(count=length))
    where = _("in this terminal instead of the browser, as over ssh")
    parser.add_argument("--terminal", action="store_true", help=where)
    parser.add_argument("--speed", type=float, help=argparse.SUPPRESS)  # for tests: the session's clock runs faster


def screening_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--confirm", action="store_true", help=_("after a stop: you have checked with a clinician"))


start = Command(
    run_start,
    start_arguments,
    examples=(
        ("unhunch start", N_("the size from your configuration")),
        ("unhunch start --standard", ""),
        ("unhunch start --terminal", ""),
    ),
    # safety
    about=N_("Always check with your doctor before starting a new exercise."),
)
screening = Command(
    run_screening,
    screening_arguments,
    examples=(("unhunch screening", ""), ("unhunch screening --confirm", N_("sessions may be asked for again"))),
    about=N_("Only the date and the verdict are kept, never which answer."),
)
