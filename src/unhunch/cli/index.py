"""The commands' names and one line about each. What a command does is imported when it is called."""

from unhunch.tuples import NamedTuple
from unhunch.words.translate import N_


class Entry(NamedTuple):
    """Where a command lives: `module` is below unhunch.cli and holds a Command named like the command."""

    module: str
    help: str


SECTIONS: dict[str, dict[str, Entry]] = {
    N_("Every day"): {
        "setup": Entry("service", N_("a few questions, and Unhunch runs")),
        "status": Entry("status", N_("how long you have sat, and what comes next")),
        "start": Entry("start", N_("a guided session on the foam roller")),
        "snooze": Entry("answers", N_("ask again in 10 minutes, or after this call")),
        "skip": Entry("answers", N_("leave this session out")),
        "pause": Entry("answers", N_("no notices for an hour, or until a day")),
        "undo": Entry("answers", N_("take the last answer back")),
        "week": Entry("week", N_("the weekly summary")),
    },
    N_("Say how it is"): {
        "resume": Entry("answers", N_("end a pause")),
        "stand": Entry("answers", N_("say that you stand at your desk")),
        "sit": Entry("answers", N_("say that you sit again")),
        "log": Entry("log", N_("note a session done away from the screen")),
        "amend": Entry("log", N_("correct what was counted")),
    },
    N_("Ask why"): {
        "why": Entry("why", N_("why it asks now, or does not")),
        "plan": Entry("plan", N_("sessions a day, the next review, and the rule behind it")),
        "doctor": Entry("doctor", N_("what works here, what does not, and what to do about it")),
        "demo": Entry("run", N_("a generated working day in 20 seconds, with its notices")),
        "man": Entry("reading", N_("the manual page")),
    },
    N_("Make it yours"): {
        "settings": Entry("settings", N_("everyday options, in your browser")),
        "config": Entry("config", N_("show, check or edit the configuration")),
        "routine": Entry("routine", N_("show or check a routine of your own")),
        "completion": Entry("completion", N_("command completion for your shell")),
    },
    N_("Start and end it"): {
        "enable": Entry("service", N_("start now and at every login")),
        "disable": Entry("service", N_("stop, and start no more")),
        "run": Entry("run", N_("watch and ask, in this terminal")),
        "quit": Entry("leaving", N_("end it; it starts again at the next login")),
        "restart": Entry("leaving", N_("end it and start it anew, as after an upgrade")),
        "uninstall": Entry("leaving", N_("take all that it made off this machine, but your history")),
    },
    N_("Your data"): {
        "events": Entry("events", N_("what happened, as JSON lines")),
        "replay": Entry("run", N_("what recorded activity would have led to")),
        "sync": Entry("sync", N_("your other computers, and when each was last heard of")),
        "import": Entry("importing", N_("take in records of Workrave, ActivityWatch, GNOME or Unhunch")),
        "export": Entry("data", N_("write your history as JSON")),
        "forget": Entry("data", N_("delete history")),
    },
    N_("Asked in the session's page, too"): {
        "screening": Entry("start", N_("the questions to answer before the first session")),
        "rate": Entry("log", N_("how the last session was")),
        "morning": Entry("answers", N_("how your back feels the morning after")),
    },
}


COMMANDS: dict[str, Entry] = {name: entry for section in SECTIONS.values() for name, entry in section.items()}
