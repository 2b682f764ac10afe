"""How a fact changes the state. The law: what must survive a restart changes here, by a fact.

The engine and the fold over stored facts call the same three functions (`begin`, `finish`, `point`), so a restarted
daemon knows what the lived one knew.
"""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

from unhunch.core.facts import UNDOABLE, Fact, Kind
from unhunch.core.presence.reading import ABSENT, SITTING, Over, Piece, Presence, Reading
from unhunch.core.programme import record
from unhunch.core.programme.record import Programme
from unhunch.core.settings import Settings
from unhunch.core.state.state import Day, Owed, Pause, State, Tally

REMEMBERED_DAYS = 70
"""Days kept in the state: ten weekend days reach back five weeks, the programme looks at eight."""

SAME_GAP = 1.0
"""Gaps that differ by less (seconds) are as regular as a machine's."""

COVERS = {
    Kind.LOCKED: Over.LOCKED,
    Kind.ASLEEP: Over.ASLEEP,
    Kind.CALL: Over.CALL,
    Kind.INHIBITED: Over.INHIBITED,
    Kind.BLIND: Over.BLIND,
    Kind.PARTIAL: Over.PARTIAL,
    Kind.SESSION: Over.SESSION,
}


def count(
    st: State,
    reading: Reading,
    pieces: Sequence[Piece],
    s: Settings,
    touched: float | None = None,
    *,
    steady: bool = False,
) -> State:
    """Count settled time into the day, the stretch and the running sums.

    `touched`: the input that settled it; `steady`: there was input all along, so no gap lies before it.
    """
    day, bout, tally = st.today, st.bout, st.tally
    low, best, high, unknown, prolonged = day.low, day.best, day.high, day.unknown, day.prolonged
    since_session, since_arrival, absence, active, regular, last_gap, nudges, ignored, nudge_open = tally
    for piece in pieces:
        length = piece.end - piece.start
        presence = piece.presence
        if presence in SITTING:
            best += length
            high += length
            if presence is Presence.ACTIVE:
                low += length
                active += length
            else:
                active = 0.0
            if absence >= s.settle_absence:
                since_arrival = 0.0
            absence = 0.0
            since_session += length
            since_arrival += length
        else:
            active = 0.0
            if presence is Presence.UNKNOWN:
                unknown += length
                high += length
            elif piece.maybe:
                high += length
            if presence in ABSENT:
                absence += length
        bout, ended = bout.add(piece, s)
        if ended:
            if nudges and ended.end <= st.reading.nudged_at + s.nudged_within:
                ignored = 0
            nudges, nudge_open = 0, False
            if ended.seconds >= s.prolonged:
                prolonged += ended.seconds
    longest = max(day.busiest_run, active, regular)
    if touched is not None and not steady and (gap := touched - st.reading.since) > s.active_gap:
        regular = regular + gap if abs(gap - last_gap) < SAME_GAP else 0.0
        last_gap = gap
    return st._replace(
        reading=reading,
        today=day._replace(
            low=low,
            best=best,
            high=high,
            unknown=unknown,
            prolonged=prolonged,
            first=day.first or touched or 0.0,
            last=day.last if touched is None else touched,
            busiest_run=longest,
        ),
        bout=bout,
        tally=Tally(since_session, since_arrival, absence, active, regular, last_gap, nudges, ignored, nudge_open),
    )


def touch(st: State, at: float, s: Settings, *, steady: bool = False) -> State:
    """There was input at `at`: settle and count what came before it."""
    reading, pieces = st.reading.input(at, s, steady=steady)
    if reading is st.reading:
        return st
    return count(st, reading, pieces, s, at, steady=steady)


def settle(st: State, at: float, s: Settings) -> State:
    """Settle up to `at` although no input came."""
    reading, pieces = st.reading.settle(at, s)
    return count(st, reading, pieces, s)


def begin(st: State, fact: Fact, t: float, s: Settings) -> State:
    """A span begins at `t`."""
    if fact.kind is Kind.INPUT:
        return touch(st, t, s)
    if fact.kind is Kind.RUNNING:
        return _run(st, fact, t, s)
    if fact.kind in COVERS:
        session = (fact.key, t, t) if fact.kind is Kind.SESSION else st.session
        return st._replace(reading=st.reading.cover(COVERS[fact.kind], t), session=session)
    return st


def _run(st: State, fact: Fact, t: float, s: Settings) -> State:
    """The daemon began to watch: what it did not see was absence after a clean stop or another boot, else unknown."""
    if st.t and t > st.ran_until:
        gone = st.stopped or fact.boot_id != st.boot_id
        st = st._replace(reading=unwatched(st.reading, st.ran_until, t, gone, s))
    elif not st.t:
        told = st.reading.covers  # corrections of the time before the very first run
        st = st._replace(reading=Reading(min((c.start for c in told), default=t), covers=told))
    return st._replace(boot_id=fact.boot_id, offset=t - fact.boot, stopped=False, ran_until=t)


def unwatched(reading: Reading, since: float, until: float, gone: bool, s: Settings) -> Reading:
    """The daemon was not there: absence where the user ended it or the machine was off, else a hole (row 3)."""
    hole = Over.BLIND if until - since > s.bridge else Over.BRIDGED
    return reading.cover(Over.OFF if gone else hole, since, until)


def finish(st: State, fact: Fact, t: float, s: Settings) -> State:
    """A span ends at `t`, as far as it is known."""
    match fact.kind:
        case Kind.INPUT:
            return touch(st, t, s, steady=True) if t > st.reading.since else st
        case Kind.RUNNING:
            st = st._replace(ran_until=t)
            if st.owed and "ladder" in fact.body:
                clock, fullscreen = fact.body["ladder"]
                st = st._replace(owed=st.owed._replace(clock=clock, fullscreen=fullscreen))
            return st
        case Kind.SESSION:
            st = st._replace(reading=st.reading.uncover(Over.SESSION, t), session=(*st.session[:2], t))
            return session_done(st, fact, s)
        case _ if fact.kind in COVERS:
            return st._replace(reading=st.reading.uncover(COVERS[fact.kind], t))
    return st


def session_done(st: State, fact: Fact, s: Settings) -> State:
    """A session ended, or was logged: done, or partial, which resolves nothing but may have hurt."""
    date = min(fact.day or st.today.date, st.today.date)
    st = st._replace(programme=record.session(st.programme, fact.key, date, fact.body, s))
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
    match fact.kind:
        case Kind.STOPPED:
            return st._replace(stopped=True, ran_until=t)
        case Kind.DAY:
            return _turn(st, body, t, s)
        case Kind.DUE:
            return st._replace(owed=Owed(t, body["number"], body["of"]))
        case Kind.SHOWN:
            return _shown(st, body, t)
        case Kind.WITHDRAWN:
            return _withdrawn(st, body)
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
            reading = st.reading.uncover(Over.STANDING, t).cover(Over.STANDING, t)
            return st._replace(standing=t, reading=reading)
        case Kind.SIT:
            return st._replace(standing=0.0, reading=sat_down(st.reading, body, t, s))
        case Kind.SESSION:  # logged: done away from the screen; or guided while nobody watched
            st = st if fact.body.get("source") == "log" else st._replace(session=(fact.key, t, t))
            return session_done(st, fact, s)
        case Kind.RATED | Kind.MORNING | Kind.SCREENING | Kind.GOAL | Kind.OFFER | Kind.REVIEW:
            return st._replace(programme=_learned(st.programme, fact, st.today.date, s))
        case Kind.CHOICE:
            return st._replace(choice=body)
    return st


def _learned(p: Programme, fact: Fact, date: str, s: Settings) -> Programme:
    """What the user told about sessions, and what was decided from it."""
    match fact.kind:
        case Kind.RATED:
            return record.rated(p, date, fact.body, s)
        case Kind.MORNING:
            return record.morning(p, date, fact.body["feels"])
        case Kind.SCREENING:
            return record.screening(p, date, fact.body["verdict"])
        case Kind.GOAL:
            return record.changed(p, date, fact.body)
        case Kind.OFFER:
            return record.offered(p, date, fact.body)
    return record.reviewed(p, date, fact.body)


def sat_down(reading: Reading, body: Mapping[str, Any], t: float, s: Settings) -> Reading:
    """Standing ends. A break that ended it was no standing: it is back-dated like any absence."""
    cover = reading.covered(Over.STANDING)
    if cover and body.get("why") == "break":
        t = max(reading.since, cover.start) + s.active_gap
    return reading.uncover(Over.STANDING, t)


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
    if st.today.date and t - st.reading.since >= s.day_gap:
        st = settle(st, t, s)
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


def _shown(st: State, body: Mapping[str, Any], t: float) -> State:
    st = st._replace(shown=st.shown + 1)
    what, free = body["what"], body.get("free", False)
    day = st.today
    if what == "week":
        return st._replace(weeks_shown=(*st.weeks_shown, body["week"])[-12:])
    if what == "ask" and body.get("about") != "less":
        return st._replace(asked_gap=day.date, today=day._replace(notices=day.notices + 1))
    day = day._replace(notices=day.notices + (not free), sounds=day.sounds + bool(body.get("sound")))
    if what == "nudge":
        day = day._replace(nudges=day.nudges + 1)
        tally = st.tally._replace(nudges=st.tally.nudges + 1, nudge_open=True)
        return st._replace(today=day, tally=tally, reading=st.reading._replace(nudged_at=t))
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


def _withdrawn(st: State, body: Mapping[str, Any]) -> State:
    """A notice taken back so soon that nobody can have read it is free, and comes again."""
    if not body.get("unseen") or body["what"] == "week":
        return st  # a week is told once, and outside the caps
    day = st.today._replace(notices=st.today.notices - (not body["free"]), sounds=st.today.sounds - bool(body["sound"]))
    if body["what"] == "nudge":
        tally = st.tally._replace(nudges=st.tally.nudges - 1, nudge_open=False)
        return st._replace(today=day._replace(nudges=day.nudges - 1), tally=tally)
    if body["what"] == "ask" and body.get("about") == "gap":
        return st._replace(today=day, asked_gap="")
    day = day._replace(asked=max(day.asked - 1, 0))
    if body["what"] == "ask":
        st = st._replace(programme=st.programme._replace(asked_on=""))
    owed = st.owed
    if owed:
        owed = owed._replace(step=body["step"] - 1, clock=body["clock"], shown=owed.shown - (not body["free"]))
        if body["returning"]:
            owed = owed._replace(step=body["step"], returning=True)
    return st._replace(today=day, owed=owed)


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
