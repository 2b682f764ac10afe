"""The commands' names and one line about each. What a command does is imported when it is called.

argparse and not click: `unhunch status` is asked every few seconds by panels. Its whole process took 57 ms with
argparse and 90 to 125 ms with click on the same machine, where bare Python took 18.
"""

import sys
from collections.abc import Sequence
from typing import NamedTuple

from unhunch import language
from unhunch.paths import Paths


class Entry(NamedTuple):
    """Where a command lives: `module` is below unhunch.cli and holds a Command named like the command."""

    module: str
    help: str


SECTIONS: dict[str, dict[str, Entry]] = {
    "Begin": {
        "demo": Entry("run", "a recorded working day in 20 seconds, with its notices"),
        "setup": Entry("service", "a few questions, and Unhunch runs"),
        "enable": Entry("service", "start now and at every login"),
        "disable": Entry("service", "stop, and start no more"),
        "run": Entry("run", "watch and ask, in this terminal"),
    },
    "Now": {
        "status": Entry("status", "how long you have sat, and what comes next"),
        "why": Entry("why", "why it asks now, or does not"),
        "start": Entry("start", "a guided session on the foam roller"),
        "screening": Entry("start", "the questions to answer before the first session"),
    },
    "Answer": {
        "snooze": Entry("answers", "ask again in 10 minutes, or after this call"),
        "skip": Entry("answers", "leave this session out"),
        "pause": Entry("answers", "no notices for an hour, or until a day"),
        "resume": Entry("answers", "end a pause"),
        "stand": Entry("answers", "say that you stand at your desk"),
        "sit": Entry("answers", "say that you sit again"),
        "rate": Entry("log", "how the last session was"),
        "morning": Entry("answers", "how your back feels the morning after"),
        "undo": Entry("answers", "take the last answer back"),
    },
    "Look back": {
        "week": Entry("week", "the weekly summary"),
        "plan": Entry("plan", "sessions a day, the next review, and the rule behind it"),
        "log": Entry("log", "note a session done away from the screen"),
        "amend": Entry("log", "correct what was counted"),
        "events": Entry("events", "what happened, as JSON lines"),
        "replay": Entry("run", "what recorded activity would have led to"),
    },
    "Your data": {
        "import": Entry("data", "take in records of Workrave, ActivityWatch or Unhunch"),
        "export": Entry("data", "write your history as JSON"),
        "forget": Entry("data", "delete history"),
    },
    "Set up": {
        "config": Entry("config", "show, check or edit the configuration"),
        "routine": Entry("routine", "show or check a routine of your own"),
        "doctor": Entry("doctor", "what works here, what does not, and what to do about it"),
        "completion": Entry("completion", "command completion for your shell"),
    },
}
COMMANDS: dict[str, Entry] = {name: entry for section in SECTIONS.values() for name, entry in section.items()}

HEAD = """\
usage: unhunch COMMAND [options]

Unhunch notices how long you sit at the computer, asks at a good moment for two
minutes on a foam roller, guides them by voice, and shows what came of it.
"""
TAIL = """\
'unhunch COMMAND --help' explains a command, with examples.
"""


def help_text() -> str:
    """What `unhunch --help` prints."""
    lines = [HEAD]
    for title, section in SECTIONS.items():
        lines.append(f"{title}:")
        lines.extend(f"  {name:<12}{entry.help}" for name, entry in section.items())
        lines.append("")
    return "\n".join([*lines, TAIL])


def main(words: Sequence[str] | None = None) -> int:
    """Carry out a command line (default: this process's) and return the exit code. Never raises."""
    given = list(sys.argv[1:] if words is None else words)
    language.set_up(configured=language.configured(Paths.find().config_file))
    if given[:1] == ["help"]:
        given = [*(word for word in given[1:2] if word != "help"), "--help"]
    if not given or given[0] in ("-h", "--help"):
        print(help_text(), end="")
        return 0
    if given[0] in ("-V", "--version"):
        from unhunch import __version__

        print(f"unhunch {__version__}")
        return 0
    from unhunch.cli.command import call

    return call(given[0], given[1:])
