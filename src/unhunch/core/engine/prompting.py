"""Prompts in the making: what becomes due is shown, held, taken back, escalated (MODEL 3 and 4).

What is decided is in ladder.py and after_gap.py; here it is carried out, as facts and effects.
"""

from unhunch.core import messages as m
from unhunch.core.bodies import Due, Held, Ignored, Lapsed, LetGo, Shown, Withdrawn
from unhunch.core.codec import written
from unhunch.core.engine.work import Bubble, Sent, Work
from unhunch.core.facts import Kind
from unhunch.core.messages import Prompt
from unhunch.core.presence.reading import SITTING, Presence
from unhunch.core.presence.scene import Scene
from unhunch.core.programme import stops, upcoming
from unhunch.core.prompts import due, ladder, waiting
from unhunch.core.prompts.waiting import Waiting
from unhunch.core.vocabulary import UNSEEN, About, Hold, Lapse, What


def look(work: Work, scene: Scene, elapsed: float) -> None:
    """What becomes of prompts now; `elapsed`: seconds since the last look, for what waits."""
    if due.is_due(work.st, scene, work.s):
        _due(work, scene)
    before = work.now.hold
    why = _hold(work, scene, elapsed)
    _bubble(work, scene)
    if work.st.owed and why is None and work.now.sent is None:
        _ladder(work, scene)
        if work.st.owed is None:  # a full screen that it had waited for long enough still holds what comes after it
            why = ladder.hold(work.st, scene, work.s)
    if work.st.owed is None and work.now.sent is None:
        _unasked(work, scene, why, _ran(work, scene, None, before, why, elapsed))


def _due(work: Work, scene: Scene) -> None:
    of, number = due.asked_today(work.st, work.s), work.st.today.resolved + 1
    said = Due(number, of, round((work.st.today.best + scene.proven) / 60, 1))
    work.record(said)


def _top(work: Work) -> int:
    return due.top_step(work.st, work.s)


def size(work: Work) -> str:
    """The session that Start would begin now."""
    return upcoming.size(work.st.programme, work.st.today.date, work.s)


def _bubble(work: Work, scene: Scene) -> None:
    """Take the notice back from an empty chair, and notice when it has been ignored."""
    bubble, owed, tally = work.now.bubble, work.st.owed, work.st.tally
    if not (bubble or owed or tally.nudge_open):
        return
    silent = scene.most > work.s.pause_longest and not scene.partial(work.s)
    away = scene.presence not in SITTING or (silent and scene.presence is not Presence.CALL)
    shared = ladder.shared(scene, work.s)
    if bubble and (away or scene.presence is Presence.CALL or scene.session or shared):
        unseen = away and not scene.session and work.t - bubble.since <= work.s.free_withdrawn
        withdraw(work, Hold.AWAY if away else Hold.SHARED if shared else Hold.CALL, unseen=unseen)
    elif bubble and _pierces(work, scene, bubble):
        withdraw(work, Hold.QUIET, unseen=not _ignored(work, bubble))
    elif bubble and bubble.ends and work.touched > bubble.since + ladder.UNSEEN_AFTER:
        withdraw(work, UNSEEN, unseen=True)  # it waits behind a full screen, say, and would pop up stale
        if work.st.owed and ladder.goes_unseen(work.st, work.s):
            work.record(Lapsed(Lapse.NOT_ASKED))  # one a day
    owed, tally = work.st.owed, work.st.tally
    if owed and owed.step > owed.ignored and not owed.returning and owed.clock >= work.s.ignored_after:
        work.record(Ignored(What.SESSION, owed.step))
    if tally.nudge_open and work.t - work.st.reading.nudged_at >= work.s.ignored_after and not away:
        work.record(Ignored(What.NUDGE, 0))


def _hold(work: Work, scene: Scene, elapsed: float) -> Hold | None:
    """What holds prompts now. The ladder's clock runs only between two looks at which nothing did."""
    before = work.now.hold
    step = 1
    if work.st.owed:
        next_rung = ladder.rung(work.st.owed, _top(work), work.s)
        step = next_rung.step if next_rung else work.st.owed.step
    why = ladder.hold(work.st, scene, work.s, step)
    owed = work.st.owed
    if owed and owed.since < work.t and not owed.after_break:
        if ran := _ran(work, scene, None, before, why, elapsed):
            work.st = work.st._replace(owed=owed._replace(clock=owed.clock + ran))
        elif ran := _ran(work, scene, Hold.FULLSCREEN, before, why, elapsed):
            work.st = work.st._replace(owed=owed._replace(fullscreen=owed.fullscreen + ran))
            why = ladder.hold(work.st, scene, work.s, step)  # it may have held for long enough now
    if why != before:
        work.now.hold, work.now.hold_since = why, work.t
        work.happened("hold", {"why": why})
    _record_hold(work, why)
    return why


def _ran(work: Work, scene: Scene, name: Hold | None, before: Hold | None, why: Hold | None, elapsed: float) -> float:
    """Seconds since the last look for which the hold was `name` (None: nothing held), with a gap's first minute."""
    if before != name:
        return 0.0
    if why == name:
        return elapsed
    return max(elapsed - (scene.most - work.s.pause_longest), 0.0) if why is Hold.GAP else 0.0


def _record_hold(work: Work, why: Hold | None) -> None:
    """While a session is owed, holds are history: the weekly summary names them."""
    worth = why if work.st.owed and why not in (Hold.AWAY, Hold.SESSION, Hold.SNOOZED) else None
    if worth == work.now.held:
        return
    work.close(Kind.HELD)
    work.now.held = worth
    if worth:
        work.open(Kind.HELD, written(Held(worth)))


def _ladder(work: Work, scene: Scene) -> None:
    move = ladder.ladder(work.st, scene, _top(work), work.s)
    if move is None:
        return
    if move.act == "lapse":
        withdraw(work, "lapsed")
        work.record(Lapsed(move.reason))
    else:
        _show_session(work, move, scene)


def _unasked(work: Work, scene: Scene, hold: Hold | None, elapsed: float) -> None:
    """What waits besides a session: it is shown at a pause, and let go where none comes for long."""
    st, now, s = work.st, work.now, work.s
    found = waiting.first(st, scene, now.gap_to_ask, s, on_screen=now.bubble is not None)
    if found and now.waiting and found[:2] == now.waiting[:2]:
        found = found._replace(seconds=now.waiting.seconds + elapsed)
    if found != now.waiting:
        now.waiting = found
    if found is None or hold is not None:
        return
    why = ladder.natural_pause(st, scene, found.seconds, s)
    if why:
        _show_waiting(work, found, why, scene)
    elif found.seconds >= s.pause_patience:
        work.record(_let_go(found, scene))
        now.waiting = None
        if found.what is What.ASK:
            now.gap_to_ask = None


def _let_go(found: Waiting, scene: Scene) -> LetGo:
    """What is said of a notice that waits, whatever becomes of it."""
    said = LetGo(found.what, round(found.seconds, 1))
    match found.what:
        case What.NUDGE:
            return said._replace(stretch_s=round(scene.stretch, 3))
        case What.WEEK:
            return said._replace(week=str(found.which))
    return said._replace(about=About.GAP)


def _show_waiting(work: Work, found: Waiting, why: str, scene: Scene) -> None:
    bubble = None
    match found.what:
        case What.NUDGE:
            prompt = Prompt(What.NUDGE, text=work.st.shown)
        case What.WEEK:
            prompt = Prompt(What.WEEK, note=str(found.which), text=work.st.shown)
        case _:
            gap = work.now.gap_to_ask
            assert gap is not None  # nothing else waits as "ask"
            start, end = (work.at.wall - (work.t - t) for t in gap)
            prompt = Prompt(What.ASK, step=0, note=About.GAP, gap=(start, end), utc_offset=work.at.utc_offset)
            bubble = Bubble(prompt, work.t, gap=gap)
    what, waited, stretch, week, about = _let_go(found, scene)
    said = Shown(what, 0, why, round(scene.least, 1), waited, about=about, week=week, stretch_s=stretch)
    _show(work, said, bubble or Bubble(prompt, work.t))


def _show_session(work: Work, move: ladder.Move, scene: Scene) -> None:
    owed = work.st.owed
    rung = ladder.rung(owed, _top(work), work.s) if owed else None
    assert owed is not None  # the ladder moves only an owed session
    assert rung is not None  # and only up
    sound = move.step == 3 and work.s.sound and work.st.today.sounds < work.s.cap_sounds
    asks = move.step == 1 and not owed.returning and due.question_due(work.st, work.s)
    prompt = Prompt(
        What.ASK if asks else What.SESSION,
        step=move.step,
        number=owed.number,
        of=owed.of,
        size=size(work),
        breath=work.s.session_breath,
        note=About.LESS if asks else "",
        morning=not asks and upcoming.morning_due(work.st.programme, work.st.today.date, work.s),
        recovery=not asks and stops.recovery_due(work.st.programme, work.st.today.date),
        sound=sound,
        critical=move.step == 3 and work.s.pierce_quiet,
        text=work.st.shown,
    )
    bubble = Bubble(prompt, work.t, free=owed.returning, returning=owed.returning, clock=rung.opens)
    said = Shown(
        What.ASK if asks else What.SESSION,
        move.step,
        move.reason,
        round(scene.least, 1),
        round(owed.clock - rung.opens, 1),
        sound=sound,
        free=owed.returning,
        about=About.LESS if asks else None,
    )
    _show(work, said, bubble)


def _show(work: Work, said: Shown, bubble: Bubble) -> None:
    work.now.sent = Sent(bubble, said)
    work.effects.append(m.Show(bubble.prompt))


def shown(work: Work, *, ends: bool = False) -> None:
    """What was sent has been taken: only now it counts as shown. `ends`: see messages.Shown."""
    sent = work.now.sent
    if sent is None:
        return
    work.record(sent.said)
    bubble = sent.bubble._replace(since=work.t, ends=ends)
    now = work.now
    now.sent, now.bubble, now.waiting = None, bubble, None
    if bubble.prompt.gap is not None:
        now.gap_to_ask = None


def not_shown(work: Work, why: str) -> None:
    """Nobody took it: nothing was shown, and what was on the screen before it is gone."""
    work.now.sent = work.now.bubble = None
    work.happened("not-shown", {"why": why})


def lost(work: Work) -> None:
    """The notice is gone with its server: it is shown again, unless it was ignored before."""
    bubble = work.now.bubble
    if bubble is not None:
        withdraw(work, "lost", unseen=not _ignored(work, bubble))


def _ignored(work: Work, bubble: Bubble) -> bool:
    owed = work.st.owed
    return owed is not None and owed.ignored >= bubble.prompt.step


def _pierces(work: Work, scene: Scene, bubble: Bubble) -> bool:
    """It would stay on the screen under a do-not-disturb that came on after it: what stays until it is answered."""
    top = bubble.prompt.what == "session" and bubble.prompt.step == 3
    return top and bool(scene.around.quiet) and not work.s.pierce_quiet


def overtaken(work: Work) -> None:
    """What is on the screen was settled at another desk: done there, put off, paused."""
    bubble = work.now.sent.bubble if work.now.sent else work.now.bubble
    if bubble is None:
        return
    owed, paused = work.st.owed, work.st.pause is not None
    match bubble.prompt.what:
        case What.NUDGE:
            settled = paused or not (work.st.tally.nudge_open or work.now.sent)
        case What.SESSION | What.ASK if bubble.prompt.gap is None:
            settled = paused or owed is None or owed.snoozed_until > work.t
        case _:
            settled = False
    if settled:
        withdraw(work, "elsewhere")


def withdraw(work: Work, why: str, *, unseen: bool = False) -> None:
    if work.now.sent:
        work.now.sent = None
        work.effects.append(m.Withdraw(why))
    bubble = work.now.bubble
    if bubble is None:
        return
    work.effects.append(m.Withdraw(why))
    prompt = bubble.prompt
    said = Withdrawn(why, prompt.what, unseen)
    if unseen:
        said = said._replace(
            step=prompt.step,
            free=bubble.free,
            returning=bubble.returning,
            sound=prompt.sound,
            clock=bubble.clock,
            about=prompt.note,
        )
    work.record(said)
    work.now.bubble = None
    if unseen and bubble.gap and work.now.gap_to_ask is None and work.now.gap_returns < work.s.returns:
        work.now.gap_to_ask = bubble.gap
        work.now.gap_returns += 1
