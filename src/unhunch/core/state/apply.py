"""How a fact changes the state. The law: what must survive a restart changes here, by a fact.

The engine and the fold over stored facts call the same function for each edge of a fact (`happen`), so a restarted
daemon knows what the lived one knew.
"""

from math import inf

from unhunch.core import bodies
from unhunch.core.bodies import Body
from unhunch.core.codec import read, told
from unhunch.core.facts import UNDOABLE, Fact, Kind
from unhunch.core.presence import sweep
from unhunch.core.presence.day import Day, count, stretched
from unhunch.core.presence.reading import ABSENT, SITTING
from unhunch.core.presence.sweep import Edge, Rank, Read
from unhunch.core.programme import record, stops
from unhunch.core.programme.record import Programme
from unhunch.core.settings import Settings
from unhunch.core.state.state import Owed, Pause, State, Tally
from unhunch.core.vocabulary import UNSEEN, About, Act, By, Guided, Hold, Lapse, Less, Status, What

LESS = frozenset(Less)
TAKEN_BACK = LESS | {Act.SKIP, Act.SNOOZE}
"""Answers that `undo` can take back."""
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


def happen(st: State, edge: Edge, s: Settings) -> State:
    """A span begins or ends, a point lies there."""
    t, rank, fact = edge
    if rank is Rank.BEGIN:
        return begin(st, fact, t, s)
    return point(st, fact, t, s) if rank is Rank.POINT else finish(st, fact, t, s)


def touch(st: State, at: float, s: Settings, *, steady: bool = False, desk: str = "") -> State:
    """There was input at `at`: settle and count what came before it."""
    return counted(st, sweep.touch(st.watch, at, s, steady=steady, desk=desk), s)


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
        case Kind.RUNNING if st.owed and (ladder := read(bodies.Running, fact.body).ladder):
            clock, fullscreen = ladder
            clock = min(clock, max(t - st.owed.moved, 0.0))
            return st._replace(owed=st.owed._replace(clock=clock, fullscreen=fullscreen))
        case Kind.SESSION:
            said = read(bodies.Session, fact.body)
            return session_done(st._replace(session=(*st.session[:2], t)), fact, said, s)
    return st


def correct(st: State, fact: Fact, t: float, *, begins: bool) -> State:
    """A corrected time begins or ends at `t`."""
    return st._replace(watch=sweep.correct(st.watch, fact, t, begins=begins))


def session_done(st: State, fact: Fact, said: bodies.Session, s: Settings) -> State:
    """A session ended, or was logged: done, or partial, which resolves nothing but may have hurt."""
    date = min(fact.day or st.today.date, st.today.date)
    st = st._replace(programme=stops.session(st.programme, fact.key, date, said, st.today.date, s))
    if st.programme.stopping[0] == fact.key:
        st = st._replace(last_answer=(fact.key, fact.kind))
    if said.status != Status.DONE:
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
    said = told(fact)
    st = _answered(st, fact, said)
    if isinstance(said, bodies.Day):
        return _turn(st, said, t, s)
    watch, _nothing = sweep.point(st.watch, said, t, s)
    if watch is not st.watch:
        st = st._replace(watch=watch, offset=st.offset + sweep.frozen(fact))
    match said:
        case bodies.Due():
            if st.owed or said.number <= st.today.resolved:  # another desk asks for it, or it was done there
                return st
            return st._replace(owed=Owed(t, said.number, said.of, moved=t))
        case bodies.Shown():
            return _shown(st, said, t, s)
        case bodies.Withdrawn():
            return _withdrawn(st, said, t, s)
        case bodies.LetGo():
            return _let_go(st, said, s)
        case bodies.Ignored(what=What.NUDGE):
            return st._replace(tally=st.tally._replace(nudges_ignored=st.tally.nudges_ignored + 1, nudge_open=False))
        case bodies.Ignored():
            return st._replace(owed=st.owed._replace(ignored=said.step)) if st.owed else st
        case bodies.Lapsed() if st.owed is None:  # at another desk, too
            return st
        case bodies.Lapsed():
            ignored = st.owed is not None and st.owed.ignored > 0
            st = st._replace(programme=record.lapsed(st.programme, ignored=ignored))
            return _resolve(st, "missed" if said.as_ == Lapse.MISSED else "not_asked")
        case bodies.Answer():
            return _answer(st, said, t)
        case bodies.Pause(until, seconds):
            pause = Pause(t, inf if until is None else until, inf if seconds is None else t + seconds)
            return st._replace(pause=pause, today=st.today._replace(paused=True))
        case bodies.Resume():
            return st._replace(pause=None)
        case bodies.Stand():
            return st._replace(standing=t)
        case bodies.Sit():
            return st._replace(standing=0.0)
        case bodies.Session():  # logged: done away from the screen; or guided while nobody watched
            st = st if said.source == Guided.LOG else st._replace(session=(fact.key, t, t))
            return session_done(st, fact, said, s)
        case bodies.Slip():
            last = ("", "") if st.last_answer[0] == said.fact else st.last_answer
            known = stops.slip(st.programme, said.fact, st.today.date, s)
            return st._replace(programme=known, last_answer=last)
        case bodies.Choice():
            return st._replace(choice=fact.body)
        case bodies.Imported(days, expected):
            today = st.today if expected is None else st.today._replace(expected=expected)
            return st._replace(imported=tuple((date, float(best)) for date, best in days), today=today)
    return st._replace(programme=_learned(st.programme, fact, said, st.today.date, s))


def _learned(p: Programme, fact: Fact, said: Body | None, date: str, s: Settings) -> Programme:
    """What the user told about sessions, and what was decided from it; the same after any other fact."""
    match said:
        case bodies.Rated():
            return stops.rated(p, fact.key, said, date, s)
        case bodies.Morning(feels):
            return record.morning(p, date, feels)
        case bodies.Screening(verdict):
            return stops.screening(p, fact.key, date, verdict, s)
        case bodies.Recovery(feels):
            return stops.recovery(p, fact.key, date, feels)
        case bodies.Goal():
            return record.changed(p, date, fact.body)
        case bodies.Offer():
            return record.offered(p, date, fact.body)
        case bodies.Review():
            return record.reviewed(p, date, fact.body)
    return p


def _answered(st: State, fact: Fact, said: Body | None) -> State:
    """Remember what `undo` would take back."""
    if fact.kind not in UNDOABLE:
        return st
    match said:
        case bodies.Session():  # session_done
            return st
        case bodies.Resume(by=By.ITSELF) | bodies.Stand(by=By.ITSELF) | bodies.Sit(by=By.ITSELF):
            return st
        case bodies.Answer(action) if action not in TAKEN_BACK:
            return st
        case bodies.Goal(decision) if decision != "step up":  # it came down by itself
            return st
        case bodies.Offer(answer=None | ""):
            return st
    return st._replace(last_answer=(fact.key, fact.kind))


def _turn(st: State, said: bodies.Day, t: float, s: Settings) -> State:
    """Another logical day. A date that was lived before (the clock was set back) goes on where it stood.

    What lapsed when it seemed to be over may be asked for again. And a clock that was set has ended no day: it may be
    set right again, so the programme hears of it only when the next day has come by itself.
    """
    if said.date == st.today.date:  # another desk turned it
        return st
    if st.today.date:
        st = counted(st, sweep.turn(st.watch, t, s), s)
    known = {day.date: day for day in (*st.past, st.today) if day.date}
    date = said.date
    again = known.pop(date, None)
    past = tuple(sorted(known.values()))[-REMEMBERED_DAYS:]
    today = again._replace(not_asked=0) if again else Day(date=date)
    plan, ended = st.programme, st.today
    if not said.set:
        if ended.date and not again:
            plan = record.day_ended(plan, ended.date, ended.asked, ended.done, ended.notices, s)
        plan = record.day_began(plan, date, s)
    return st._replace(
        programme=plan,
        kept=date,
        today=today._replace(expected=said.expected),
        past=past,
        owed=None,
        tally=st.tally._replace(since_arrival=0.0),
        last_answer=("", ""),
    )


def _shown(st: State, said: bodies.Shown, t: float, s: Settings) -> State:
    what, free = said.what, said.free
    day = st.today._replace(shown=st.today.shown + 1)
    st = st._replace(shown=st.shown + 1, today=day)
    if what is What.WEEK:
        return _told(st, said.week)
    day = day._replace(notices=day.notices + (not free), sounds=day.sounds + said.sound)
    if what is What.ASK and said.about != About.LESS:
        return st._replace(asked_gap=day.date, today=day)
    if what == What.NUDGE:
        day = day._replace(nudges=day.nudges + 1)
        tally = st.tally._replace(nudges=st.tally.nudges + 1, nudge_open=True, nudge_at=_next_nudge(st, said, s))
        return st._replace(today=day, tally=tally)
    if what == What.ASK:
        st = st._replace(programme=st.programme._replace(asked_on=day.date))
    day = day._replace(asked=day.asked + 1)
    owed = st.owed
    if owed:
        highest, shown = max(said.step, owed.highest), owed.shown + (not free)
        owed = owed._replace(step=said.step, highest=highest, clock=0.0, shown=shown, returning=False, moved=t)
    return st._replace(today=day, owed=owed)


def _told(st: State, week: str | None) -> State:
    """The week has been told of, or has found no moment for it."""
    return st._replace(weeks_shown=(*st.weeks_shown, week or "")[-12:])


def _next_nudge(st: State, said: bodies.Shown | bodies.LetGo, s: Settings) -> float:
    """Seconds of the stretch at which the next stand-up notice is due."""
    stretch = st.bout.seconds if said.stretch_s is None else said.stretch_s
    return float(stretch) + s.nudge_again


def _let_go(st: State, said: bodies.LetGo, s: Settings) -> State:
    """A notice found no pause: the next of its kind is due as if it had been shown. It costs no cap."""
    match said.what:
        case What.NUDGE:
            return st._replace(tally=st.tally._replace(nudge_at=_next_nudge(st, said, s)))
        case What.WEEK:
            return _told(st, said.week)
        case What.ASK:
            return st._replace(asked_gap=st.today.date)
    return st


UNMET = (Hold.AWAY, UNSEEN)
"""Whys of a notice taken back that may happen again and again: from the third time on it waits for a real break."""


def _withdrawn(st: State, said: bodies.Withdrawn, t: float, s: Settings) -> State:
    """A notice taken back so soon that nobody can have read it is free, and comes again with patience as at first.

    If the user left just then, from the third time on it waits until the user returns from a real break.
    """
    if not said.unseen:
        return st
    if said.why == UNSEEN:
        st = st._replace(programme=st.programme._replace(hidden=st.today.date))
    what, left = said.what, said.why in UNMET
    if what == What.WEEK:
        week = st.weeks_shown[-1] if st.weeks_shown else ""
        returns = st.week_returns * (st.week_returned == week) + left
        return st._replace(
            weeks_shown=st.weeks_shown[:-1],
            week_returned=week,
            week_returns=returns,
            week_after_break=returns > s.returns,
        )
    day = st.today._replace(notices=st.today.notices - (not said.free), sounds=st.today.sounds - bool(said.sound))
    if what == What.NUDGE:
        tally = st.tally
        returns = tally.nudge_returns + left
        again = inf if returns > s.returns else max(tally.nudge_at - s.nudge_again, 0.0)
        tally = tally._replace(nudges=tally.nudges - 1, nudge_open=False, nudge_at=again, nudge_returns=returns)
        return st._replace(today=day._replace(nudges=day.nudges - 1), tally=tally)
    if what == What.ASK and said.about == About.GAP:
        return st._replace(today=day, asked_gap="")
    day = day._replace(asked=max(day.asked - 1, 0))
    if what == What.ASK:
        st = st._replace(programme=st.programme._replace(asked_on=""))
    return st._replace(today=day, owed=_comes_back(st.owed, said, t, s) if st.owed else None)


def _comes_back(owed: Owed, said: bodies.Withdrawn, t: float, s: Settings) -> Owed:
    """The same step once more, as if it had just opened."""
    step, returning = said.step or 0, bool(said.returning)
    returns = owed.returns * (owed.returned == step) + (said.why in UNMET)
    return owed._replace(
        step=step if returning else step - 1,
        highest=owed.highest if returning else step - 1,
        returning=returning,
        clock=said.clock or 0.0,
        moved=t - (said.clock or 0.0),
        shown=owed.shown - (not said.free),
        returned=step,
        returns=returns,
        after_break=returns > s.returns,
    )


def _answer(st: State, said: bodies.Answer, t: float) -> State:
    owed = st.owed
    if said.what == What.NUDGE:
        return st._replace(tally=st.tally._replace(nudges_ignored=0, nudge_open=False))
    if said.about == About.GAP:
        return st
    if said.action in LESS:
        plan = record.answered(st.programme, st.today.date, said.action)
        st = st._replace(programme=plan)
        return _resolve(st, "not_asked") if owed else st
    match said.action:
        case Act.SKIP if owed:
            return _resolve(st._replace(programme=st.programme._replace(ignored=0)), "skipped")
        case Act.DISMISS if owed:
            return st._replace(owed=owed._replace(ignored=owed.step))
        case Act.SNOOZE if owed:
            until = t + said.seconds if said.seconds else 0.0
            owed = owed._replace(
                snoozes=owed.snoozes + 1,
                snoozed_until=until,
                snoozed_for_call=bool(said.until_call),
                returning=True,
                step=max(owed.step, 0),
                clock=0.0,
                moved=t,
            )
            return st._replace(owed=owed)
    return st


def _resolve(st: State, how: str) -> State:
    day = st.today
    day = day._replace(**{how: getattr(day, how) + 1})
    return st._replace(owed=None, today=day, tally=st.tally._replace(since_session=0.0))
