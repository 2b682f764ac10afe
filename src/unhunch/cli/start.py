"""`unhunch start` and `unhunch screening`: the safety questions, then the session in page or terminal."""

import argparse
import sys
from collections.abc import Sequence

from unhunch.cli.answers import say
from unhunch.cli.asking import ask
from unhunch.cli.command import Command, wrong
from unhunch.control.protocol import SIZES, Exit, UserError
from unhunch.core.routine import Routine

YES, NO = ("y", "yes"), ("n", "no")


def run_start(args: argparse.Namespace) -> int | None:
    if not args.terminal:
        say(ask("start", {"size": args.size}), "The session opens in your browser.")
        return None
    routine = _routine()
    print("\n".join(safety(routine)))
    match ask("status")["screening"]:
        case "needed":
            if not screened(routine):
                return Exit.FAILED
        case "stopped":
            raise _stopped()
    return _lead(routine, args.size)


def safety(routine: Routine) -> list[str]:
    """What is said before every session (MODEL 6)."""
    return [routine.doctor, *(f"- {line}" for line in routine.safety), ""]


def _routine() -> Routine:
    from unhunch.cli.desk import settings
    from unhunch.paths import Paths
    from unhunch.web.routines import choose

    routine, complaint = choose(settings().routine, Paths.find().routines)
    if complaint:
        print(complaint, file=sys.stderr)
    return routine


def _lead(routine: Routine, size: str | None) -> int:
    raise UserError(
        "Sessions in the terminal are not part of this build.",
        "The guided session runs in the browser.",
        "Type: unhunch start",
    )


# Screening ------------------------------------------------------------------------------------------------------------


def run_screening(args: argparse.Namespace) -> int:
    if args.confirm:
        if not _yes('Do you confirm: "I have checked with a clinician"?'):
            print("Then sessions stay off.")
            return Exit.FAILED
        say(ask("screening", {"verdict": "confirmed"}), "Thank you. Sessions are asked for again.")
        return Exit.DONE
    return Exit.DONE if screened(_routine()) else Exit.FAILED


def screened(routine: Routine) -> bool:
    """Ask the questions; only the verdict is told to the daemon, never which answer. True for a pass."""
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


def _yes(question: str) -> bool:
    """Ask until it is yes or no. Nothing is taken for granted: an empty line asks again."""
    if not sys.stdin.isatty():
        raise wrong("These questions need a person at a terminal.", "Type the command in a terminal window.")
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
    parser.add_argument("--terminal", action="store_true", help="here, instead of in the browser")


def screening_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--confirm", action="store_true", help="after a stop: you have checked with a clinician")


start = Command(
    run_start,
    start_arguments,
    examples=(
        ("unhunch start", "the size from your configuration, in the browser"),
        ("unhunch start --standard", ""),
        ("unhunch start --terminal", ""),
    ),
    about="Spoken and shown, hands-free. Always check with your doctor before starting a new exercise.",
)
screening = Command(
    run_screening,
    screening_arguments,
    examples=(("unhunch screening", ""), ("unhunch screening --confirm", "sessions may be asked for again")),
    about="Only the date and the verdict are kept, never which answer.",
)
