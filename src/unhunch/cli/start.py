"""`unhunch start` and `unhunch screening`: a guided session in browser or terminal, and the safety questions."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from unhunch.cli.answers import say
from unhunch.cli.asking import yes
from unhunch.cli.command import Command, wrong
from unhunch.cli.guiding import Teller, code, guided, routine_of, to_the_first
from unhunch.cli.own_history import reading, settings
from unhunch.cli.to_daemon import ask_if_running, tell
from unhunch.core.session.lengths import session_minutes
from unhunch.core.session.routine import Routine
from unhunch.core.vocabulary import CHOICES
from unhunch.errors import Exit
from unhunch.paths import Paths
from unhunch.ports import StoreError
from unhunch.words import reasons
from unhunch.words.translate import N_, _, ngettext


def run_start(args: argparse.Namespace) -> int:
    from unhunch.session.one import STARTING, TERMINAL, alone

    paths = Paths.find()
    with alone(paths, TERMINAL if args.terminal else STARTING) as lock:
        if lock is None:
            return to_the_first(paths, terminal=args.terminal)
        plan = _plan(args)
        if not args.terminal:
            return code(guided(paths, plan, lock.say))
        from unhunch.session.plan import SessionPlan
        from unhunch.session.terminal import run_terminal_session

        here = SessionPlan.from_mapping(plan)
        return code(run_terminal_session(here, routine_of(here, paths), Teller()))


def _plan(args: argparse.Namespace) -> dict[str, Any]:
    """What the programme has in mind for this session. Raises UserError when sessions are off."""
    mapping = ask_if_running("session_plan") or _plan_alone()
    if args.size and mapping["size"] in CHOICES:
        mapping["size"] = args.size
    if args.speed:
        mapping["speed"] = args.speed
    return mapping


def _plan_alone() -> dict[str, Any]:
    """The same, read from the history where no daemon runs."""
    from unhunch.adapters.clock import SystemClock
    from unhunch.control.events import check_start
    from unhunch.core.state import calendar, state
    from unhunch.daemon.recall import recall
    from unhunch.ports import StoreTrouble
    from unhunch.words.session import session_plan

    s, clock = settings(), SystemClock()
    try:
        with reading() as store:
            known = recall(store, s, clock)[0].state
    except StoreError as error:
        if error.kind is not StoreTrouble.GONE:
            raise
        known = state.fresh(s)
    date = calendar.logical_date(clock.now(), s)
    check_start(known, date)
    return session_plan(known.programme, date, s)


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
    from unhunch.session.routines import choose

    routine, _complaint = choose(settings().routine, Paths.find().routines)
    return Exit.DONE if screened(routine) else Exit.FAILED


def screened(routine: Routine) -> bool:
    """Ask the questions; only the verdict is told to the daemon, never which answer. True for a pass."""
    _person()
    # safety: for whom the session is not
    if not _yes(_(reasons.ABLE)):
        tell("screening", {"verdict": "unable"})
        print(f"{_(reasons.UNABLE)} {_(reasons.WHEN_ABLE)}")
        return False
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
    return yes(question, default=None)


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
