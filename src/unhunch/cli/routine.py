"""`unhunch routine`: the routine in force, or whether a file of your own can be one."""

import argparse
from pathlib import Path

from unhunch.cli import words
from unhunch.cli.command import Command, wrong
from unhunch.cli.desk import settings
from unhunch.core.routine import CHOICES, Routine
from unhunch.core.timeline import timeline
from unhunch.paths import Paths
from unhunch.web.routines import RoutineFileError, choose, load


def run(args: argparse.Namespace) -> None:
    folder = Paths.find().routines
    if args.file is not None:
        try:
            routine = load(args.file)
        except RoutineFileError as error:
            found = "\n".join(f"  {problem}" for problem in error.problems)
            raise wrong(
                f"{args.file} cannot be used as a routine:\n{found}",
                "Correct it and check it again with the same command.",
            ) from None
        print(f"{args.file} is all right.")
        print("\n".join(lines(routine)))
        print(f"To use it, put it into {folder} and type: unhunch config set session.routine {args.file.stem}")
        return
    routine, complaint = choose(settings().routine, folder)
    if complaint:
        print(complaint)
    print("\n".join(lines(routine)))


def lines(routine: Routine) -> list[str]:
    """Its name, what it needs, and how long each size takes."""
    found = [f"{routine.title} ({routine.name})", routine.needs]
    for size in CHOICES:
        line = timeline(routine, size)
        places = words.count(len(routine.plans[size].positions), "place")
        found.append(f"  {size:<9} {_clock(line.seconds):>5}  {places}, {_clock(line.planned)} on the roller")
    return found


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="check this file")


routine = Command(
    run,
    arguments,
    examples=(
        ("unhunch routine", "the one in force"),
        ("unhunch routine mine.toml", "every mistake in it, or its lengths"),
    ),
    about="Routines are TOML files: places, breaths, texts and safety rules.",
)
