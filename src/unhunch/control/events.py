"""What a command means: (state, time, arguments, settings) to one event for the engine, or a refusal in three parts.

Pure: the daemon and the commands that work without one ask here, so that both do and refuse the same. The arguments
are proven already (arguments.check).
"""

from collections.abc import Callable, Mapping
from typing import Any

from unhunch.core import bodies
from unhunch.core import messages as m
from unhunch.core.codec import read, written
from unhunch.core.facts import Kind
from unhunch.core.moment import DAY, MINUTE, Moment
from unhunch.core.programme import record, rules, stops, upcoming
from unhunch.core.programme.record import Programme
from unhunch.core.settings import Settings
from unhunch.core.state import calendar
from unhunch.core.state.state import State
from unhunch.core.values import sums
from unhunch.core.vocabulary import Act, Feels, Guided, Recovered, Status, Verdict, What
from unhunch.errors import Exit, UserError
from unhunch.words import reasons
from unhunch.words.plan import off_why
from unhunch.words.translate import N_, _, ngettext

Args = Mapping[str, Any]
Meaning = Callable[[State, Moment, Args, Settings], m.Event]

BACK_DAYS = 28
"""Sessions can be noted, and history corrected, this far back."""

# safety
CONFIRM = N_("When you have checked with a clinician: unhunch screening --confirm")


def event(command: str, st: State, at: Moment, args: Args, s: Settings, by: str = "cli") -> m.Event:
    """The event that a command of EVENTS stands for; `by`: cli, tray or notice. Raises UserError, changes nothing."""
    found = EVENTS[command](st, at, args, s)
    return found._replace(by=by) if isinstance(found, m.Answered) else found


def refused(what: str, means: str, remedy: str) -> UserError:
    """It makes sense, but not now (code 1)."""
    return UserError(what, means, remedy, Exit.FAILED)


def wrong(what: str, means: str, remedy: str) -> UserError:
    """It makes no sense (code 2)."""
    return UserError(what, means, remedy, Exit.WRONG)


# Later ----------------------------------------------------------------------------------------------------------------


def _snooze(st: State, at: Moment, args: Args, s: Settings) -> m.Event:
    owed = st.owed
    if owed is None:
        raise refused(_("There is nothing to snooze."), _("No session is due at the moment."), _("See: unhunch status"))
    if owed.snoozes >= s.snooze_max:
        raise refused(
            ngettext(
                "This session was snoozed {count} time already.",
                "This session was snoozed {count} times already.",
                owed.snoozes,
            ).format(count=owed.snoozes),
            _("It stays due; nothing was changed."),
            _("Start it (unhunch start), leave it out (unhunch skip), or pause for longer (unhunch pause 2h)."),
        )
    return m.Answered(at, Act.SNOOZE, seconds=args.get("seconds"), until_call=bool(args.get("until_call")))


def _skip(st: State, at: Moment, _args: Args, _s: Settings) -> m.Event:
    if st.owed is None:
        raise refused(_("There is nothing to skip."), _("No session is due at the moment."), _("See: unhunch status"))
    return m.Answered(at, Act.SKIP)


def _pause(_st: State, at: Moment, args: Args, _s: Settings) -> m.Event:
    until = args.get("until")
    if until is not None and until <= at.wall:
        raise wrong(
            _("That time is over already."), _("Nothing was paused."), _("Give a time to come: unhunch pause 1h")
        )
    return m.Paused(at, until=until, seconds=args.get("seconds"), why=args.get("why") or "")


def _undo(st: State, at: Moment, args: Args, s: Settings) -> m.Event:
    stop, _session, what = st.programme.stopping
    if args.get("slip"):
        return _slip(st, at, s)
    if stop and st.last_answer[0] == stop:
        raise refused(
            _(reasons.TOLD[what]),
            # safety
            _("'undo' alone does not take that back: you have to say that it was a slip."),
            # safety
            _('If it was ("It was a slip: I had none"): unhunch undo --slip'),
        )
    if not st.last_answer[0]:
        raise refused(
            _("There is nothing to take back."),
            _("Only what was answered, told or corrected today can be."),
            _("Look at 'unhunch events', or correct a time: unhunch amend --help"),
        )
    return m.Undone(at)


def _slip(st: State, at: Moment, s: Settings) -> m.Event:
    p, date = st.programme, st.today.date
    if not p.stopping[0]:
        # safety
        what = _("No stop was told today.")
        raise refused(what, _("Only on its own day can one be taken back."), _("See: unhunch plan"))
    if not stops.may_slip(p, date, s):
        raise refused(
            # safety
            ngettext(
                "A stop was taken back already in the last {count} day.",
                "A stop was taken back already in the last {count} days.",
                s.slip_days,
            ).format(count=s.slip_days),
            # safety
            _("So this one stays."),
            _(CONFIRM) if p.stop else _(reasons.RESTING),
        )
    return m.Told(at, bodies.Slip(p.stopping[0]))


def check_start(st: State, date: str) -> None:
    """Raises UserError when no session may be guided on `date`, because of what was told."""
    p = st.programme
    if p.stopped:
        slip = _(reasons.WAY_BACK) if p.stopping[0] else ""
        remedy = " ".join(filter(None, [_(CONFIRM), slip]))
        raise refused(_(reasons.STOPPED[p.stop]), _("Sessions are off; notices to stand up stay."), remedy)
    if stops.off_today(p, date):
        # safety
        rest = _("No more session today: the last one was stopped, or hurt.")
        raise refused(rest, _("The next one is easy, and asks first how it is."), _(reasons.WAY_BACK))


# What nobody could see ------------------------------------------------------------------------------------------------


def _past(at: Moment, start: float, end: float, means: str, remedy: str) -> None:
    """Raises UserError for a time that has not come, or is too long ago to be told about."""
    if end > at.wall + MINUTE:
        raise wrong(_("That time has not come yet."), means, remedy)
    if at.wall - start > BACK_DAYS * DAY:
        raise wrong(_("That is more than {days} days ago.").format(days=BACK_DAYS), means, remedy)


def _log(st: State, at: Moment, args: Args, s: Settings) -> m.Event:
    p, ended = st.programme, args["ended"]
    nothing = _("Nothing was noted.")
    _past(at, ended, ended, nothing, _("Give the time it ended."))
    if not record.is_bad(read(bodies.Ratings, args), s):  # what hurt or tingled is never refused
        day = calendar.logical_date(at._replace(wall=ended), s)
        if p.stopped and day > p.stop_since:
            raise refused(_(reasons.STOPPED[p.stop]), nothing, _(CONFIRM))
        if upcoming.screening_due(p, st.today.date or day, s):
            raise refused(
                # safety
                _("The safety questions before a session have not been answered."),
                nothing,
                # safety
                _("Answer them first: unhunch screening"),
            )
    told = {name: value for name, value in args.items() if value is not None}
    done = bodies.Session(routine="", size=s.session_size, status=Status.DONE, source=Guided.LOG)
    return m.Logged(at, {**written(done), **told})


def _amend(_st: State, at: Moment, args: Args, _s: Settings) -> m.Event:
    _past(at, args["from"], args["to"], _("History was left as it is."), _("Give a time of the last weeks."))
    return m.Corrected(at, args["from"], args["to"], args["as"])


# How it was -----------------------------------------------------------------------------------------------------------


def _rate(st: State, at: Moment, args: Args, _s: Settings) -> m.Event:
    given = read(bodies.Ratings, args)
    if not written(given):
        raise wrong(
            _("Nothing was rated."),
            _("Every rating is optional, but one is needed."),
            _("See: unhunch rate --help"),
        )
    last = st.programme.last
    if last is None:
        raise refused(
            _("There is no session to rate."), _("Nothing was noted."), _("After a session: unhunch rate --help")
        )
    return m.Told(at, bodies.Rated(last.key, given))


def _morning(st: State, at: Moment, args: Args, _s: Settings) -> m.Event:
    p, today = st.programme, st.today
    # One that was broken off is not counted among the sessions, but what it did to the morning matters most.
    if p.sessions <= today.done and not any(told.date < today.date for told in p.told):
        raise refused(
            _("There was no session before today."),
            _("A morning is judged after a day with one; nothing was noted."),
            _("After a session, tell how it was: unhunch rate --help"),
        )
    return m.Told(at, bodies.Morning(Feels(args["feels"])))


def _screening(st: State, at: Moment, args: Args, _s: Settings) -> m.Event:
    p, verdict = st.programme, args["verdict"]
    if verdict == Verdict.UNABLE and p.stopped:
        raise refused(_(reasons.STOPPED[p.stop]), _("Sessions are off; notices to stand up stay."), _(CONFIRM))
    if verdict == Verdict.PASS and p.stopped:
        # safety
        means = _("Answering the questions again does not end that.")
        raise refused(_(reasons.STOPPED[p.stop]), means, _(CONFIRM))
    if verdict == Verdict.CONFIRMED and not p.stopped:
        raise refused(_("There is nothing to confirm."), _("Sessions are not off."), _("See: unhunch plan"))
    return m.Told(at, bodies.Screening(Verdict(verdict)))


def _recovery(st: State, at: Moment, args: Args, _s: Settings) -> m.Event:
    if not stops.recovery_due(st.programme, st.today.date):
        raise refused(_("There is no such question now."), _("Nothing was noted."), _("See: unhunch plan"))
    return m.Told(at, bodies.Recovery(Recovered(args["feels"])))


def _plan_answer(st: State, at: Moment, args: Args, _s: Settings) -> m.Event:
    """Answers the open offer, or says how often to ask."""
    if args.get("asking"):
        return m.Answered(at, args["asking"], What.ASK)
    return m.Told(at, _answered_offer(st.programme, args))


def _answered_offer(p: Programme, args: Args) -> rules.Decision:
    if p.offer is None:
        raise refused(
            _("Nothing is on offer."), _("The number of sessions stays as it is."), _("See what it takes: unhunch plan")
        )
    if args["accept"] and p.offer.get("asks") and args.get("hurt") is None:
        raise refused(
            # safety
            _("The offer asks first whether the sessions brought pain or tingling."),
            _("None of them was rated, so nobody knows; nothing was changed."),
            _("unhunch plan accept --no-pain, or unhunch plan accept --pain"),
        )
    return rules.answer(p, accept=args["accept"], hurt=args.get("hurt"))


# A guided session -----------------------------------------------------------------------------------------------------


def _session(_st: State, at: Moment, args: Args, _s: Settings) -> m.Event:
    body = written(read(bodies.Session, args))
    key = f"session:{args['key']}" if args.get("key") else ""
    match args["event"]:
        case "began":
            return m.SessionBegan(at, body, key)
        case "pulse":
            return m.SessionPulse(at, body, key)
    return m.SessionEnded(at, body, key)


# Other records --------------------------------------------------------------------------------------------------------


def imported(at: Moment, args: Args) -> m.Imported:
    """Records of others came or went. Raises UserError. Not in EVENTS: without a daemon no engine runs for it."""
    if not sums(args["days"]):
        raise wrong(
            _("Those are no days with seconds of sitting."), _("Nothing was done."), _("See: unhunch import --help")
        )
    return m.Imported(at, [(date, float(best)) for date, best in args["days"]])


EVENTS: Mapping[str, Meaning] = {
    "snooze": _snooze,
    "skip": _skip,
    "pause": _pause,
    "resume": lambda _st, at, _args, _s: m.Resumed(at),
    "stand": lambda _st, at, _args, _s: m.Stood(at),
    "sit": lambda _st, at, _args, _s: m.Sat(at),
    "undo": _undo,
    "log": _log,
    "amend": _amend,
    "morning": _morning,
    "rate": _rate,
    "screening": _screening,
    "recovery": _recovery,
    "plan_answer": _plan_answer,
    "choice": lambda _st, at, args, _s: m.Told(at, read(bodies.Choice, args)),
    "session": _session,
}
"""Every command that something follows from. The other ones look, or are about the daemon itself."""


def reply(command: str, before: State, after: State, s: Settings) -> dict[str, Any]:
    """What a command that was carried out has to say, beside the status."""
    match command:
        case "undo":
            slipped = after.programme.slips != before.programme.slips
            return {"undone": str(Kind.SLIP if slipped else before.last_answer[1])}
        case "log" | "rate" if after.programme.stopping[0] not in ("", before.programme.stopping[0]):
            return {"text": off_why(after)}
        case "resume" if before.pause is None:
            return {"text": _("Nothing is paused; notices come as usual.")}
        case "sit" if not before.standing:
            return {"text": _("You count as sitting already.")}
        case "plan_answer":
            decided = after.programme.decision or {}
            return {"goal": after.programme.goal, "why": reasons.reason(decided, s)}
    return {}


def check_forget(at: Moment, args: Args) -> None:
    """Raises UserError where a day has not come whose history is to be deleted."""
    before = args.get("before")
    if before is not None and before > at.wall:
        raise wrong(_("That day has not come yet."), _("Nothing was deleted."), _("For everything: --all"))
