"""Short words to the daemon (snooze, skip, pause, ...): what is asked for what was typed, and said of the reply."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from unhunch.core.vocabulary import Feels
from unhunch.said import times
from unhunch.said.wrong import wrong
from unhunch.tuples import NamedTuple
from unhunch.words.translate import N_, _

Reply = Mapping[str, Any]

SHORTEST_SNOOZE, LONGEST_SNOOZE = 60.0, 4 * 3600.0
"""Seconds."""
CALL = N_("call | after call | until call | after this call | until the call ends")
"""What may be typed for the length of a snooze that lasts as long as a call does."""


class Answer(NamedTuple):
    """A command of the control socket with its arguments, and what is said of the reply if that has no `text`."""

    command: str
    args: Mapping[str, Any]
    otherwise: Callable[[Reply], str]

    def said(self, reply: Reply) -> str:
        return reply.get("text") or self.otherwise(reply)


def plain(command: str, otherwise: str, args: Mapping[str, Any] | None = None) -> Answer:
    """`otherwise` is marked with N_."""
    return Answer(command, args or {}, lambda _reply: _(otherwise))


def snooze(words: Sequence[str]) -> Answer:
    """`words` are a length, or a call. Raises UserError."""
    from unhunch.said import when

    text = " ".join(words).lower()
    if text in [*CALL.split(" | "), *_(CALL).split(" | ")]:
        return plain("snooze", N_("It will ask again when this call is over."), {"until_call": True})
    seconds = when.duration(text) if text else None
    if seconds is not None and not SHORTEST_SNOOZE <= seconds <= LONGEST_SNOOZE:
        what = _("A snooze lasts from 1 minute to 4 hours, not {text}.").format(text=repr(text))
        raise wrong(what, _("For longer: unhunch pause 5h"))
    return Answer("snooze", {"seconds": seconds}, lambda reply: _again(reply.get("status") or {}))


def _again(status: Mapping[str, Any]) -> str:
    owed = status.get("owed") or {}
    if not owed.get("snoozed_until"):
        return _("It will ask again later.")
    again = times.label(datetime.fromisoformat(owed["snoozed_until"]), datetime.fromisoformat(status["now"]))
    return _("It will ask again at {time}.").format(time=again)


def pause(words: Sequence[str], now: datetime, why: str | None = None) -> Answer:
    """`words` are a length or an end. Raises UserError."""
    from unhunch.said import when

    text = " ".join(words) or "1h"
    end = when.pause_until(text, now)
    # A length is counted on the running clock, so that a clock that is set does not stretch it.
    length = when.length(text)
    sent = {"until": end.timestamp()} if length is None else {"seconds": length}

    def until(_reply: Reply) -> str:
        return _("Paused until {time}. 'unhunch resume' ends it earlier.").format(time=times.clock(end, now))

    return Answer("pause", {**sent, "why": why}, until)


def morning(feels: str) -> Answer:
    return plain("morning", N_("Noted. Thank you."), {"feels": feels})


UNDONE = {
    "answer": N_("your last snooze or skip"),
    "pause": N_("the pause"),
    "resume": N_("the end of the pause"),
    "stand": N_("that you stand"),
    "sit": N_("that you sit"),
    "session": N_("the session"),
    "rated": N_("the ratings"),
    "morning": N_("how the morning felt"),
    "correction": N_("the correction"),
    "choice": N_("the choice for next week"),
    "offer": N_("your answer to the offer"),
    "goal": N_("the change of the sessions a day"),
    "screening": N_("your answer to the safety questions"),
    "recovery": N_("how you said it is now"),
}
"""What `undo` took back, by the kind of the fact."""


def undo(*, slip: bool) -> Answer:
    return Answer("undo", {"slip": True} if slip else {}, _undone)


def _undone(reply: Reply) -> str:
    if reply.get("undone") == "slip":
        # safety
        return _("Taken back: it was a slip. No session is asked for today; the next one is easy, and asks first.")
    what = UNDONE.get(reply.get("undone", ""))
    return _("Taken back: {what}.").format(what=_(what)) if what else _("Taken back.")


SKIP = plain("skip", N_("Skipped. The next one comes when it is due."))
RESUME = plain("resume", N_("Notices are on again."))
STAND = plain("stand", N_("Standing. Say 'unhunch sit' when you sit down; after two hours it ends by itself."))
SIT = plain("sit", N_("Sitting again."))

AS_TYPED: Mapping[tuple[str, ...], Answer] = {
    ("skip",): SKIP,
    ("resume",): RESUME,
    ("stand",): STAND,
    ("sit",): SIT,
    ("undo",): undo(slip=False),
    ("undo", "--slip"): undo(slip=True),
    **{("morning", str(feels)): morning(str(feels)) for feels in Feels},
}
"""Whole command lines without a time in them."""


def answer(words: Sequence[str], now: datetime) -> Answer | None:
    """What a whole command line asks, without options; None if it is read where options are. Raises UserError."""
    name, *rest = words
    if any(word.startswith("-") for word in rest):
        return AS_TYPED.get(tuple(words))
    match name:
        case "snooze":
            return snooze(rest)
        case "pause":
            return pause(rest, now)
        case _other:
            return AS_TYPED.get(tuple(words))
