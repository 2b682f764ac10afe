"""`unhunch start` and `unhunch screening`: the safety questions, then the exercise, cue by cue."""

import argparse
import sys
from collections.abc import Sequence
from time import sleep

from unhunch.cli.answers import say
from unhunch.cli.asking import ask
from unhunch.cli.command import Command, wrong
from unhunch.cli.desk import settings
from unhunch.control.protocol import SIZES, Exit, UserError
from unhunch.core.routine import Routine, Size
from unhunch.core.settings import Settings
from unhunch.core.timeline import DONE_SHARE, ON_THE_ROLLER, Timeline, timeline
from unhunch.paths import Paths
from unhunch.web.routines import choose

YES, NO = ("y", "yes"), ("n", "no")


def run_start(args: argparse.Namespace) -> int | None:
    routine, s = _routine()
    print("\n".join(safety(routine)))
    match ask("status")["screening"]:
        case "needed":
            if not screened(routine):
                return Exit.FAILED
        case "stopped" | "ask-doctor":
            raise _stopped()
    lead(timeline(routine, Size(args.size or s.session_size), s.session_breath), routine.name)
    return None


def safety(routine: Routine) -> list[str]:
    """What is said before every session (MODEL 6)."""
    return [routine.doctor, *(f"- {line}" for line in routine.safety), ""]


def _routine() -> tuple[Routine, Settings]:
    s = settings()
    routine, complaint = choose(s.routine, Paths.find().routines)
    if complaint:
        print(complaint, file=sys.stderr)
    return routine, s


def lead(line: Timeline, routine: str) -> None:
    """Show each cue when it is due; Ctrl-C ends the session. The daemon is told how much of it was done."""
    rolled = 0.0
    body = {"routine": routine, "size": str(line.size), "planned_s": line.planned, "source": "terminal"}
    ask("session", {"event": "began", **body})
    try:
        for cue in line.cues:
            print(cue.shown, f"({cue.detail})" if cue.detail else "")
            for phase in cue.phases:
                print(f"  {phase.show}")
                sleep(phase.seconds)
                rolled += phase.seconds if cue.kind in ON_THE_ROLLER else 0.0
            if not cue.phases:
                sleep(cue.seconds)
    finally:
        status = "done" if rolled >= DONE_SHARE * line.planned else "partial"
        ask("session", {"event": "ended", **body, "roller_s": rolled, "status": status})


# Screening ------------------------------------------------------------------------------------------------------------


def run_screening(args: argparse.Namespace) -> int:
    if args.confirm:
        if not _yes('Do you confirm: "I have checked with a clinician"?'):
            print("Then sessions stay off.")
            return Exit.FAILED
        say(ask("screening", {"verdict": "confirmed"}), "Thank you. Sessions are asked for again.")
        return Exit.DONE
    routine, _ = _routine()
    return Exit.DONE if screened(routine) else Exit.FAILED


def screened(routine: Routine) -> bool:
    """Ask the questions; only the verdict is told to the daemon, never which answer. True for a pass."""
    _person()
    ask("status")  # without a daemon to tell, no question is asked in vain
    print("Before you begin. Does any of these apply to you?")
    print("\n".join(f"- {line}" for line in routine.screening))
    if _yes("Does one or more of them apply?"):
        ask("screening", {"verdict": "ask-doctor"})
        print("\n".join(_ask_doctor()))
        return False
    say(ask("screening", {"verdict": "pass"}), "Thank you. Nothing speaks against it.")
    return True


def _ask_doctor() -> Sequence[str]:
    return (
        "Then ask your doctor first. Until then no session is asked for; notices to stand up stay.",
        "When you have: unhunch screening --confirm",
    )


def _stopped() -> UserError:
    what, remedy = _ask_doctor()
    return UserError("Sessions are off.", what, remedy)


def _person() -> None:
    if not sys.stdin.isatty():
        raise wrong("These questions need a person at a terminal.", "Type the command in a terminal window.")


def _yes(question: str) -> bool:
    """Ask until it is yes or no. Nothing is taken for granted: an empty line asks again."""
    _person()
    while True:
        try:
            answer = input(f"{question} [y/n] ").strip().lower()
        except EOFError:
            raise KeyboardInterrupt from None
        if answer in YES:
            return True
        if answer in NO:
            return False


def start_arguments(parser: argparse.ArgumentParser) -> None:
    size = parser.add_mutually_exclusive_group()
    for name, length in zip(SIZES, ("2", "5", "8"), strict=True):
        size.add_argument(
            f"--{name}", dest="size", action="store_const", const=name, help=f"about {length} minutes on the floor"
        )
    parser.add_argument("--terminal", action="store_true", help="here")


def screening_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--confirm", action="store_true", help="after a stop: you have checked with a clinician")


start = Command(
    run_start,
    start_arguments,
    examples=(
        ("unhunch start", "the size from your configuration"),
        ("unhunch start --standard", ""),
        ("unhunch start --terminal", ""),
    ),
    about="Always check with your doctor before starting a new exercise.",
)
screening = Command(
    run_screening,
    screening_arguments,
    examples=(("unhunch screening", ""), ("unhunch screening --confirm", "sessions may be asked for again")),
    about="Only the date and the verdict are kept, never which answer.",
)
