"""What may be asked of the daemon: the one table of commands, each with its arguments and what they may be."""

from collections.abc import Callable, Mapping
from typing import Any

from unhunch.control.protocol import LONGEST_TEXT, RESTART, VERSION, wrong
from unhunch.core import vocabulary
from unhunch.core.values import score
from unhunch.core.vocabulary import CHOICES, Feels, Guided, Less, Recovered, Size, Status, Verdict, Was
from unhunch.errors import Exit, UserError
from unhunch.tuples import NamedTuple
from unhunch.words.translate import N_, _

LONGEST_LIST = 32
MOST_DAYS = 200
LATEST = 4102444800.0
"""Unix seconds of the year 2100: no time that is said lies beyond it."""


class Check(NamedTuple):
    """What an argument may be. `says` asks for it in words, with `limits` in braces; `accepts` never raises."""

    says: str
    accepts: Callable[[object], bool]
    required: bool = False
    limits: Mapping[str, object] = {}

    def remedy(self) -> str:
        return _(self.says).format(**self.limits)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def number(low: float, high: float, *, required: bool = False) -> Check:
    # NaN and infinity fail the comparison.
    return Check(
        N_("Give a number from {low} to {high}."),
        lambda v: _is_number(v) and low <= v <= high,  # type: ignore[operator]  # _is_number has looked
        required,
        {"low": f"{low:.15g}", "high": f"{high:.15g}"},
    )


def rating() -> Check:
    return Check(N_("Give a whole number from 0 to 10."), score)


def words(*choices: object, required: bool = False) -> Check:
    known = {"words": ", ".join(map(str, choices))}
    return Check(N_("Give one of {words}."), lambda v: isinstance(v, str) and v in choices, required, known)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT and value.isprintable()


def text(*, required: bool = False) -> Check:
    return Check(N_("Give a line of at most {most} characters."), _is_text, required, {"most": LONGEST_TEXT})


def texts(*, required: bool = False) -> Check:
    return Check(
        N_("Give a list of at most {most} short texts."),
        lambda v: isinstance(v, list) and len(v) <= LONGEST_LIST and all(map(_is_text, v)),
        required,
        {"most": LONGEST_LIST},
    )


def environment() -> Check:
    """Anything: only what is in locales.NAMES is looked at, and how somebody reads is no reason to refuse."""
    return Check("", lambda _v: True)


def _is_sum(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and _is_text(value[0]) and _is_number(value[1])


def days(*, required: bool = False) -> Check:
    """Sums of days. ISO dates, so a year is 9 KiB of a line."""
    return Check(
        N_("Give a list of at most {most} pairs of a date and seconds."),
        lambda v: isinstance(v, list) and len(v) <= MOST_DAYS and all(map(_is_sum, v)),
        required,
        {"most": MOST_DAYS},
    )


def flag(*, required: bool = False) -> Check:
    return Check(N_("Give true or false."), lambda v: isinstance(v, bool), required)


def moment(*, required: bool = False) -> Check:
    return number(0.0, LATEST, required=required)._replace(says=N_("Give a time in Unix seconds."))


RATINGS = {
    name: rating() if allowed is vocabulary.SCORE else words(*allowed) for name, allowed in vocabulary.RATINGS.items()
}

COMMANDS: Mapping[str, Mapping[str, Check]] = {
    "status": {},
    "why": {},
    "start": {"size": words(*CHOICES)},
    "snooze": {"seconds": number(1.0, 4 * 3600.0), "until_call": flag()},
    "skip": {},
    "pause": {"until": moment(), "seconds": number(1.0, 366 * 86400.0), "why": text()},
    "resume": {},
    "stand": {},
    "sit": {},
    "undo": {"slip": flag()},
    "log": {"ended": moment(required=True), "size": words(*CHOICES), **RATINGS},
    "amend": {"from": moment(required=True), "to": moment(required=True), "as": words(*Was, required=True)},
    "plan": {},
    "plan_answer": {"accept": flag(), "hurt": flag(), "asking": words(*Less)},
    "morning": {"feels": words(*Feels, required=True)},
    "rate": {**RATINGS},
    "recovery": {"feels": words(*Recovered, required=True)},
    "screening": {"verdict": words(*Verdict, required=True)},
    "session_plan": {},
    "session": {
        "event": words("began", "pulse", "ended", required=True),
        "key": text(),
        "routine": text(),
        "size": words(*Size),
        "began": moment(),
        "length": number(0.0, 24 * 3600.0),
        "planned_s": number(0.0, 24 * 3600.0),
        "roller_s": number(0.0, 24 * 3600.0),
        "status": words(*Status),
        "source": words(Guided.PAGE, Guided.TERMINAL),
        "branches": texts(),
        **RATINGS,
    },
    "choice": {"week": text(), "choice": text(required=True), "answer": text()},
    "imported": {"days": days(required=True)},
    "forget": {"before": moment(), "all": flag()},
    "sync": {"forget": text()},
    "unopened": {"address": text(required=True)},
    "doctor": {},
    "typed": {"words": texts(required=True), "columns": number(1, 10_000), "zone": text(), "env": environment()},
    "events": {},
    "reload": {},
    "quit": {},
}
"""Every command with its arguments; optional ones may be left out or null. `events` answers with many lines.

`typed` is what instant.py sends: a command line, for a terminal of so many columns (none: no terminal), in a time zone
(TZ; none: the system's) and an environment (locales.NAMES). The reply has the exit code and what to print.
"""


class Request(NamedTuple):
    id: str | int | None
    command: str
    args: dict[str, Any]


def check(command: str, args: Mapping[str, object]) -> dict[str, Any]:
    """The arguments that were given, proven to be what COMMANDS says. Raises UserError (code 2)."""
    known = COMMANDS.get(command)
    if known is None:
        raise wrong(f"There is no command {_shown(command)}.", "Known commands: " + ", ".join(COMMANDS) + ".")
    for name in args:
        if name not in known:
            names = ", ".join(known) or "none"
            raise wrong(f"{command!r} has no argument {_shown(name)}.", f"Its arguments: {names}.")
    found: dict[str, Any] = {}
    for name, rule in known.items():
        value = args.get(name)
        if value is None:
            if rule.required:
                raise wrong(_("'{command}' needs '{name}'.").format(command=command, name=name), rule.remedy())
        elif rule.accepts(value):
            found[name] = value
        else:
            what = _("'{name}' of '{command}' cannot be {value}.")
            raise wrong(what.format(name=name, command=command, value=_shown(value)), rule.remedy())
    if command == "amend" and not found["from"] < found["to"]:
        raise wrong(_("The end of that time is not after its beginning."), _("Give the earlier time first."))
    if command == "pause" and ("until" in found) == ("seconds" in found):
        raise wrong("A pause needs an end or a length, one of the two.", "Give 'until' or 'seconds'.")
    if command == "plan_answer" and ("accept" in found) == ("asking" in found):
        raise wrong("An answer accepts or declines an offer, or says how often to ask.", "Give one of the two.")
    if command == "forget" and ("before" in found) == bool(found.get("all")):
        raise wrong("It has to be said what to forget.", "Give 'before', or 'all', one of the two.")
    if command == "snooze" and len(found) == 2 and found["until_call"]:
        raise wrong("A snooze cannot have a length and last until a call ends.", "Give one of the two.")
    return found


def speaks(data: Mapping[str, object]) -> str:
    """The language of whoever asks, as a locale's name; empty for one who does not say."""
    said = data.get("lang")
    return said if isinstance(said, str) and _is_text(said) else ""


def read_request(data: Mapping[str, object]) -> Request:
    """The object of a request line. Raises UserError (code 2) on anything that is no request."""
    given = data.get("id")
    identity = given if isinstance(given, str | int) and not isinstance(given, bool) else None
    if isinstance(identity, str) and len(identity) > LONGEST_TEXT:
        identity = None
    if data.get("v") != VERSION or isinstance(data.get("v"), bool):
        raise UserError(
            _("This is not version {version} of Unhunch's protocol.").format(version=VERSION),
            _("The daemon and the command are of different versions."),
            _("Restart the daemon: {command}").format(command=RESTART),
            Exit.WRONG,
        )
    command, args = data.get("cmd"), data.get("args", {})
    if not isinstance(command, str) or not isinstance(args, dict):
        raise wrong("A request needs 'cmd', a text, and 'args', an object.", "See COMMANDS in control/arguments.py.")
    return Request(identity, command, check(command, args))


def _shown(value: object) -> str:
    """What somebody sent, safe to print and short."""
    return ascii(value)[:60]
