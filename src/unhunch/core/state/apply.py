"""How a fact changes the state. The law: what must survive a restart changes here, by a fact.

The engine and the fold over stored facts call the same three functions (`begin`, `finish`, `point`), so a restarted
daemon knows what the lived one knew.
"""

from collections.abc import Mapping
from math import inf
from typing import Any

from unhunch.core.facts import UNDOABLE, Fact, Kind
from unhunch.core.presence import sweep
from unhunch.core.presence.day import Day, count, stretched
from unhunch.core.presence.reading import ABSENT, SITTING
from unhunch.core.presence.sweep import Read
from unhunch.core.programme import record, stops
from unhunch.core.programme.record import Programme
from unhunch.core.settings import Settings
from unhunch.core.state.state import Owed, Pause, State, Tally

REMEMBERED_DAYS = 70
"""Days kept in the state: ten weekend days reach back five weeks, the programme looks at eight."""


def counted(st: State, read: Read, s: Settings) -> State:
    """Count settled time into the day, the stretch and the running sums."""
    watch, pieces = read
    if not pieces:
        return st if watch is st.watch else st._replace(watch=watch)
    today, rhythm = count(st.today, st.rhythm, pieces)
    bout, past = st.bout, st.past
    since_session, since_arrival, absence, nudges, ignored, nudge_open, nudge_at, nudge_returns = st.tally
    owed, week_waits = st.owed, st.week_after_break
    for piece in pieces:
        length = piece.end - piece.start
        if piece.presence in SITTING:
            if absence >= s.settle_absence:
                since_arrival = 0.0
            absence = 0.0
            since_session += length
            since_arrival += length
        elif piece.presence in ABSENT:
            absence += length
        bout, ended = bout.add(piece, s, today.date)
        if ended:
            if nudges and ended.end <= st.reading.nudged_at + s.nudged_within:
                ignored = 0
            nudges, nudge_open, nudge_at, nudge_returns = 0, False, 0.0, 0
            week_waits = False
            if owed and owed.after_break:
                owed = owed._replace(after_break=False)
            if ended.day == today.date:
                today = stretched(today, ended, s)
            else:
                past = tuple(stretched(day, ended, s) if day.date == ended.day else day for day in past)
    return st._replace(
        watch=watch,
        today=today,
        past=past,
        rhythm=rhythm,
        bout=bout,
        tally=Tally(since_session, since_arrival, absence, nudges, ignored, nudge_open, nudge_at, nudge_returns),
        owed=owed,
        week_after_break=week_waits,
    )


def touch(st: State, at: float, s: Settings, *, steady: bool = False) -> State:
    """There was input at `at`: settle and count what came before it."""
    return counted(st, sweep.touch(st.watch, at, s, steady=steady), s)


def begin(st: State, fact: Fact, t: float, s: Settings) -> State:
    """A span begins at `t`."""
    st = counted(st, sweep.begin(st.watch, fact, t, s), s)
    match fact.kind:
        case Kind.RUNNING:
            return st._replace(offset=t - fact.boot)
        case Kind.SESSION:
            return st._replace(session=(fact.key, t, t))
    return st


def finish(st: State, fact: Fact, t: float, s: Settings) -> State:
    """A span ends at `t`, as far as it is known."""
    st = counted(st, sweep.finish(st.watch, fact, t, s), s)
    match fact.kind:
        case Kind.RUNNING if st.owed and "ladder" in fact.body:
            clock, fullscreen = fact.body["ladder"]
            return st._replace(owed=st.owed._replace(clock=clock, fullscreen=fullscreen))
        case Kind.SESSION:
            return session_done(st._replace(session=(*st.session[:2], t)), fact, s)
    return st


def correct(st: State, fact: Fact, t: float, s: Settings, *, begins: bool, typing: bool) -> State:
    """A corrected time begins or ends at `t`."""
    return counted(st, sweep.correct(st.watch, fact, t, s, begins=begins, typing=typing), s)


def session_done(st: State, fact: Fact, s: Settings) -> State:
    """A session ended, or was logged: done, or partial, which resolves nothing but may have hurt."""
    date = min(fact.day or st.today.date, st.today.date)
    st = st._replace(programme=stops.session(st.programme, fact.key, date, fact.body, st.today.date, s))
    if st.programme.stopping[0] == fact.key:
        st = st._replace(last_answer=(fact.key, fact.kind))
    if fact.body.get("status") != "done":
        return st
    if date < st.today.date:  # told a day late: today still asks for its own
        past = tuple(day._replace(done=day.done + 1) if day.date == date else day for day in st.past)
        return st._replace(past=past, last_answer=(fact.key, fact.kind))
    return st._replace(
        today=st.today._replace(done=st.today.done + 1),
        tally=st.tally._replace(since_session=0.0),
        owed=None,
        last_answer=(fact.key, fact.kind),
    )


def point(st: State, fact: Fact, t: float, s: Settings) -> State:
    """Something happened at `t`."""
    body = fact.body
    st = _answered(st, fact)
    if fact.kind is Kind.DAY:
        return _turn(st, body, t, s)
    watch, _nothing = sweep.point(st.watch, fact, t, s)
    if watch is not st.watch:
        st = st._replace(watch=watch, offset=st.offset + sweep.frozen(fact))
    match fact.kind:
        case Kind.DUE:
            return st._replace(owed=Owed(t, body["number"], body["of"]))
        case Kind.SHOWN:
            return _shown(st, body, s)
        case Kind.WITHDRAWN:
            return _withdrawn(st, body, s)
        case Kind.LET_GO:
            return _let_go(st, body, s)
        case Kind.IGNORED:
            if body["what"] == "nudge":
                return st._replace(
                    tally=st.tally._replace(nudges_ignored=st.tally.nudges_ignored + 1, nudge_open=False)
                )
            return st._replace(owed=st.owed._replace(ignored=body["step"])) if st.owed else st
        case Kind.LAPSED:
            ignored = st.owed is not None and st.owed.ignored > 0
            st = st._replace(programme=record.lapsed(st.programme, ignored=ignored))
            return _resolve(st, "missed" if body["as"] == "missed" else "not_asked")
        case Kind.ANSWER:
            return _answer(st, body, t)
        case Kind.PAUSE:
            running = t + body["seconds"] if body.get("seconds") is not None else inf
            wall = body["until"] if body.get("until") is not None else inf
            return st._replace(pause=Pause(t, wall, running), today=st.today._replace(paused=True))
        case Kind.RESUME:
            return st._replace(pause=None)
        case Kind.STAND:
            return st._replace(standing=t)
        case Kind.SIT:
            return st._replace(standing=0.0)
        case Kind.SESSION:  # logged: done away from the screen; or guided while nobody watched
            st = st if fact.body.get("source") == "log" else st._replace(session=(fact.key, t, t))
            return session_done(st, fact, s)
        case Kind.RATED | Kind.MORNING | Kind.SCREENING | Kind.RECOVERY | Kind.GOAL | Kind.OFFER | Kind.REVIEW:
            return st._replace(programme=_learned(st.programme, fact, st.today.date, s))
        case Kind.SLIP:
            last = ("", "") if st.last_answer[0] == body["fact"] else st.last_answer
            known = stops.slip(st.programme, body["fact"], st.today.date, s)
            return st._replace(programme=known, last_answer=last)
        case Kind.CHOICE:
            return st._replace(choice=body)
        case Kind.IMPORTED:
            expected = body.get("expected")
            today = st.today if expected is None else st.today._replace(expected=expected)
            return st._replace(imported=tuple((date, float(best)) for date, best in body["days"]), today=today)
    return st


def _learned(p: Programme, fact: Fact, date: str, s: Settings) -> Programme:
    """What the user told about sessions, and what was decided from it."""
    match fact.kind:
        case Kind.RATED:
            return stops.rated(p, fact.key, fact.body, date, s)
        case Kind.MORNING:
            return record.morning(p, date, fact.body["feels"])
        case Kind.SCREENING:
            return stops.screening(p, fact.key, date, fact.body["verdict"], s)
        case Kind.RECOVERY:
            return stops.recovery(p, fact.key, date, fact.body["feels"])
        case Kind.GOAL:
            return record.changed(p, date, fact.body)
        case Kind.OFFER:
            return record.offered(p, date, fact.body)
    return record.reviewed(p, date, fact.body)


def _answered(st: State, fact: Fact) -> State:
    """Remember what `undo` would take back."""
    if fact.kind not in UNDOABLE or fact.kind is Kind.SESSION or fact.body.get("by") == "itself":
        return st
    if fact.kind is Kind.ANSWER and fact.body["action"] not in ("skip", "snooze", *record.LESS):
        return st
    if fact.kind is Kind.GOAL and fact.body.get("decision") != "step up":
        return st  # it came down by itself
    if fact.kind is Kind.OFFER and not fact.body.get("answer"):
        return st
    return st._replace(last_answer=(fact.key, fact.kind))


def _turn(st: State, body: Mapping[str, Any], t: float, s: Settings) -> State:
    """Another logical day. A date that was lived before (the clock was set back) goes on where it stood.

    What lapsed when it seemed to be over may be asked for again. And a clock that was set has ended no day: it may be
    set right again, so the programme hears of it only when the next day has come by itself.
    """
    if st.today.date:
        st = counted(st, sweep.turn(st.watch, t, s), s)
    known = {day.date: day for day in (*st.past, st.today) if day.date}
    date = body["date"]
    again = known.pop(date, None)
    past = tuple(sorted(known.values()))[-REMEMBERED_DAYS:]
    today = again._replace(not_asked=0) if again else Day(date=date)
    plan, ended = st.programme, st.today
    if not body.get("set"):
        if ended.date and not again:
            plan = record.day_ended(plan, ended.date, ended.asked, ended.done, s)
        plan = record.day_began(plan, date, s)
    return st._replace(
        programme=plan,
        today=today._replace(expected=body["expected"]),
        past=past,
        owed=None,
        tally=st.tally._replace(since_arrival=0.0),
        last_answer=("", ""),
    )


def _shown(st: State, body: Mapping[str, Any], s: Settings) -> State:
    what, free = body["what"], body.get("free", False)
    day = st.today._replace(shown=st.today.shown + 1)
    st = st._replace(shown=st.shown + 1, today=day)
    if what == "week":
        return _told(st, body)
    day = day._replace(notices=day.notices + (not free), sounds=day.sounds + bool(body.get("sound")))
    if what == "ask" and body.get("about") != "less":
        return st._replace(asked_gap=day.date, today=day)
    if what == "nudge":
        day = day._replace(nudges=day.nudges + 1)
        tally = st.tally._replace(nudges=st.tally.nudges + 1, nudge_open=True, nudge_at=_next_nudge(st, body, s))
        return st._replace(today=day, tally=tally)
    if what == "ask":
        st = st._replace(programme=st.programme._replace(asked_on=day.date))
    day = day._replace(asked=day.asked + 1)
    owed = st.owed
    if owed:
        step = body["step"]
        owed = owed._replace(
            step=step, highest=max(step, owed.highest), clock=0.0, shown=owed.shown + (not free), returning=False
        )
    return st._replace(today=day, owed=owed)


def _told(st: State, body: Mapping[str, Any]) -> State:
    """The week has been told of, or has found no moment for it."""
    return st._replace(weeks_shown=(*st.weeks_shown, body["week"])[-12:])


def _next_nudge(st: State, body: Mapping[str, Any], s: Settings) -> float:
    """Seconds of the stretch at which the next stand-up notice is due."""
    return float(body.get("stretch_s", st.bout.seconds)) + s.nudge_again


def _let_go(st: State, body: Mapping[str, Any], s: Settings) -> State:
    """A notice found no pause: the next of its kind is due as if it had been shown. It costs no cap."""
    match body["what"]:
        case "nudge":
            return st._replace(tally=st.tally._replace(nudge_at=_next_nudge(st, body, s)))
        case "week":
            return _told(st, body)
        case "ask":
            return st._replace(asked_gap=st.today.date)
    return st


def _withdrawn(st: State, body: Mapping[str, Any], s: Settings) -> State:
    """A notice taken back so soon that nobody can have read it is free, and comes again with patience as at first.

    If the user left just then, from the third time on it waits until the user returns from a real break.
    """
    if not body.get("unseen"):
        return st
    what, left = body["what"], body["why"] == "away"
    if what == "week":
        week = st.weeks_shown[-1] if st.weeks_shown else ""
        returns = st.week_returns * (st.week_returned == week) + left
        return st._replace(
            weeks_shown=st.weeks_shown[:-1],
            week_returned=week,
            week_returns=returns,
            week_after_break=returns > s.returns,
        )
    day = st.today._replace(notices=st.today.notices - (not body["free"]), sounds=st.today.sounds - bool(body["sound"]))
    if what == "nudge":
        tally = st.tally
        returns = tally.nudge_returns + left
        again = inf if returns > s.returns else max(tally.nudge_at - s.nudge_again, 0.0)
        tally = tally._replace(nudges=tally.nudges - 1, nudge_open=False, nudge_at=again, nudge_returns=returns)
        return st._replace(today=day._replace(nudges=day.nudges - 1), tally=tally)
    if what == "ask" and body.get("about") == "gap":
        return st._replace(today=day, asked_gap="")
    day = day._replace(asked=max(day.asked - 1, 0))
    if what == "ask":
        st = st._replace(programme=st.programme._replace(asked_on=""))
    return st._replace(today=day, owed=_comes_back(st.owed, body, s) if st.owed else None)


def _comes_back(owed: Owed, body: Mapping[str, Any], s: Settings) -> Owed:
    """The same step once more, as if it had just opened."""
    step, returning = body["step"], body["returning"]
    returns = owed.returns * (owed.returned == step) + (body["why"] == "away")
    return owed._replace(
        step=step if returning else step - 1,
        highest=owed.highest if returning else step - 1,
        returning=returning,
        clock=body["clock"],
        shown=owed.shown - (not body["free"]),
        returned=step,
        returns=returns,
        after_break=returns > s.returns,
    )


def _answer(st: State, body: Mapping[str, Any], t: float) -> State:
    owed = st.owed
    if body["what"] == "nudge":
        return st._replace(tally=st.tally._replace(nudges_ignored=0, nudge_open=False))
    if body.get("about") == "gap":
        return st
    if body["action"] in record.LESS:
        plan = record.answered(st.programme, st.today.date, body["action"])
        st = st._replace(programme=plan)
        return _resolve(st, "not_asked") if owed else st
    match body["action"]:
        case "skip" if owed:
            return _resolve(st._replace(programme=st.programme._replace(ignored=0)), "skipped")
        case "dismiss" if owed:
            return st._replace(owed=owed._replace(ignored=owed.step))
        case "snooze" if owed:
            until = t + body["seconds"] if body.get("seconds") else 0.0
            owed = owed._replace(
                snoozes=owed.snoozes + 1,
                snoozed_until=until,
                snoozed_for_call=bool(body.get("until_call")),
                returning=True,
                step=max(owed.step, 0),
                clock=0.0,
            )
            return st._replace(owed=owed)
    return st


def _resolve(st: State, how: str) -> State:
    day = st.today
    day = day._replace(**{how: getattr(day, how) + 1})
    return st._replace(owed=None, today=day, tally=st.tally._replace(since_session=0.0))
