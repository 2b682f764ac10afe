"""What people do: they answer, begin and end sessions, correct, take back. Each becomes a fact, and what follows."""

from collections.abc import Mapping
from typing import Any

from unhunch.core import messages as m
from unhunch.core import told
from unhunch.core.bodies import Answer, Correction, Pause, Resume, Session, Sit, Stand, Undo
from unhunch.core.codec import read
from unhunch.core.engine import prompting
from unhunch.core.engine.work import Work
from unhunch.core.facts import Kind
from unhunch.core.messages import Event
from unhunch.core.prompts import due
from unhunch.core.vocabulary import About, Act, Status, Was


def take(work: Work, event: Event) -> None:
    """What a person, a session's page or a notice on the screen says."""
    match event:
        case m.Answered():
            _answer(work, event)
        case m.Shown():
            prompting.shown(work, ends=event.ends)
        case m.NotShown():
            prompting.not_shown(work, event.why)
        case m.Gone(why="lost"):
            prompting.lost(work)
        case m.Gone():
            work.now.bubble = None
        case m.Paused():
            work.record(Pause(event.until, event.seconds, event.why))
            prompting.withdraw(work, "paused")
        case m.Resumed():
            if work.st.pause:
                work.record(Resume())
        case m.Stood():
            work.record(Stand())
            prompting.withdraw(work, "standing")
        case m.Sat():
            if work.st.standing:
                work.record(Sit())
        case m.SessionBegan():
            _session_began(work, event)
        case m.SessionPulse():
            _session_pulse(work, event)
        case m.SessionEnded():
            _session_ended(work, event)
        case m.Logged():
            said = read(Session, event.body)
            work.record(said, said.ended)
            _session_happened(work, "ended", event.body)
            if work.st.owed is None:  # not if it was one of yesterday
                prompting.withdraw(work, "done")
        case m.Told():
            work.record(event.said)
        case m.Corrected():
            _correct(work, event)
        case m.Imported(_, days):
            work.record(due.taken_in(work.st, days, work.s))
        case m.Undone():
            _undo(work)
        case m.Arrived():
            work.cut()
            work.flush()
            work.effects.append(m.Refold())
        case m.Refolded():  # nothing happened: what is judged is what the facts say now
            work.settle()
            prompting.overtaken(work)
        case m.Forgot(_, before):
            past = tuple(day for day in work.st.past if day.date >= before)
            imported = tuple(day for day in work.st.imported if day[0] >= before)
            # What was answered lies before the checkpoint now, where nothing can be taken back.
            work.st = work.st._replace(past=past, imported=imported, last_answer=("", ""))
            work.checkpoint()


def _answer(work: Work, event: m.Answered) -> None:
    owed = work.st.owed
    said = Answer(event.action, event.what, event.by)
    gap = work.now.bubble.prompt.gap if work.now.bubble and event.what == "ask" else None
    if gap:
        said = said._replace(about=About.GAP)
    elif event.action in tuple(Was):
        return  # the notice has gone meanwhile
    if event.action == Act.SNOOZE:
        if owed is None or owed.snoozes >= work.s.snooze_max:
            return
        seconds = None if event.until_call else event.seconds or work.s.snooze
        said = said._replace(seconds=seconds, until_call=event.until_call)
    if event.action == Act.SKIP and owed is None:
        return
    work.record(said)
    if event.action == Act.DISMISS:
        work.now.bubble = None
    else:
        prompting.withdraw(work, event.action)
    if event.action == Act.START:
        work.effects.append(m.Launch(prompting.size(work)))
    elif event.action == Act.OPEN:
        work.effects.append(m.OpenWeek())
    elif event.action == Act.STAND:
        work.record(Stand(event.by))
    elif gap and event.action in (Was.SITTING, Was.STANDING):  # away is what was assumed: it corrects nothing
        _correct(work, m.Corrected(event.at, *gap, event.action))


def _session_began(work: Work, event: m.SessionBegan) -> None:
    prompting.withdraw(work, "started")
    work.close(Kind.SESSION)
    work.open(Kind.SESSION, {**event.body, "status": str(Status.PARTIAL)}, event.key)
    work.now.session_pulse = work.t
    work.urgent = True
    _session_happened(work, "began", event.body)


def _session_happened(work: Work, what: str, body: Mapping[str, Any]) -> None:
    work.happened("session", {"is": what, **body})


def _session_pulse(work: Work, event: m.SessionPulse) -> None:
    if _is_open(work, event.key):
        _into(work, {**event.body, "status": str(Status.PARTIAL)})
        work.now.session_pulse = work.t
        if work.t - work.now.written >= work.s.flush:
            work.urgent = True
    elif _is_told(work, event.key):  # the engine was not there for a while, or thought it over
        _again(work, {**event.body, "status": str(Status.PARTIAL)}, work.t)


def _session_ended(work: Work, event: m.SessionEnded) -> None:
    if _is_open(work, event.key):
        _into(work, event.body)
        work.close(Kind.SESSION)
        work.urgent = True
    elif _is_told(work, event.key):
        _again(work, event.body, work.st.session[2])
    else:
        work.record(read(Session, event.body), key=event.key)
    _session_happened(work, "ended", {"status": str(Status.PARTIAL), **event.body})


def _is_open(work: Work, key: str) -> bool:
    span = work.now.open.get(Kind.SESSION)
    return span is not None and (not key or span.key == key)


def _is_told(work: Work, key: str) -> bool:
    """Its fact is stored already: it is told more of, never twice."""
    return bool(key) and work.st.session[0] == key


def _into(work: Work, body: Mapping[str, Any]) -> None:
    span = work.now.open[Kind.SESSION]
    opened = {**work.now.open, Kind.SESSION: span._replace(body={**(span.body or {}), **body})}
    work.now.open = opened


def _again(work: Work, body: Mapping[str, Any], end: float) -> None:
    """More is told of a session whose fact is stored: it is written anew, up to `end`, and what follows is folded."""
    key, start, _end = work.st.session
    work.cut()
    lengths = {**work.now.lengths, key: (max(end - start, 0.0), body)}
    work.now.lengths = lengths
    work.settle()
    work.flush()
    work.effects.append(m.Refold())


def _correct(work: Work, event: m.Corrected) -> None:
    work.record(Correction(event.start, event.end, Was(event.presence)))
    work.flush()
    work.effects.append(m.Refold())


def _undo(work: Work) -> None:
    key, kind = work.st.last_answer
    if not key or key == work.st.programme.stopping[0]:
        return  # a stop is taken back by saying what the slip was, or not at all
    prompting.withdraw(work, "undone")
    work.record(Undo(key))
    work.happened("undo", told.undone({"fact": key}, {key: Kind(kind)}))
    work.flush()
    work.effects.append(m.Refold())
