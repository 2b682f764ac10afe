"""`why`: each condition that a notice waits for with its value and limit, and what it comes to in a sentence."""

from math import inf
from typing import Any

from unhunch.core.engine.status import minutes
from unhunch.core.engine.step import Live
from unhunch.core.presence.scene import Condition, Scene
from unhunch.core.prompts import due, ladder
from unhunch.core.prompts.ladder import HOLDS
from unhunch.core.settings import Settings
from unhunch.words import formats
from unhunch.words.plan import loudness, off_why
from unhunch.words.status import holds, takes
from unhunch.words.translate import _


def why_of(live: Live, scene: Scene, s: Settings) -> dict[str, Any]:
    """Why there is a prompt now, or none: each condition with its value and limit, each hold and since when."""
    st = live.state
    if st.owed:
        conditions = _ladder_conditions(live, scene, s)
        summary = _owed_summary(live)
    else:
        conditions = [c._replace(text=_(c.text)) for c in due.due_conditions(st, scene, s)]
        summary = _missing(next((c for c in conditions if not c.met), None))
        left = due.left(st, scene, s)
        if left is not None and left.on_end > 0 and not st.pause:
            summary += " " + _("It comes {when}.").format(when=takes(left))
    if scene.session:
        summary = _("A session is running.")
    held = holds(live)
    if held and st.owed and not scene.session:
        summary += " " + _("It is held back: {why}.").format(why=held[0]["text"])
    if due.is_off(st):
        summary = off_why(st)
    top = loudness(live, s)
    if top["why"]:
        summary += f" {top['why']}"
    conditions.append(
        Condition("top", _("notices for one session, at most"), top["top_step"], s.top_step, not top["lowered"])
    )
    return {
        "conditions": [c._asdict() for c in (*conditions, *_nudge_conditions(live, scene, s))],
        "holds": held,
        "ladder": top,
        "summary": summary,
    }


def _missing(first: Condition | None) -> str:
    """Why no session is due: the first condition that is not met."""
    if first is None:
        return _("A session becomes due now.")
    if first.name == "goal":
        return _("No session is left to ask for today.")
    if isinstance(first.value, str):
        why = {"pause": "paused", "hours": "hours"}.get(first.name)
        return _("No session is due: {why}.").format(why=_(HOLDS[why]) if why else first.text)
    return _("No session is due: {condition} is {value}, it takes {limit}.").format(
        condition=first.text, value=formats.duration(first.value), limit=formats.duration(float(first.limit))
    )


def _owed_summary(live: Live) -> str:
    owed = live.state.owed
    assert owed is not None  # asked only for an owed session
    text = _("Session {number} of {of} is due; notice {step} for it has been shown.")
    if owed.after_break:
        text = _("Session {number} of {of} is due; it waits until you come back from a break.")
    elif owed.snoozed_until > live.state.t:
        text = _("Session {number} of {of} is due; you snoozed it.")
    elif owed.step == 0:
        text = _("Session {number} of {of} is due; it waits for a natural pause.")
    return text.format(number=owed.number, of=owed.of, step=owed.step)


def _ladder_conditions(live: Live, scene: Scene, s: Settings) -> list[Condition]:
    owed = live.state.owed
    assert owed is not None  # asked only for an owed session
    rung = ladder.rung(owed, due.top_step(live.state, s), s)
    clock = minutes(owed.clock)
    if rung is None:
        limit = minutes(s.after_top)
        return [
            Condition(
                "lapse", _("minutes since the last notice; then it lapses"), clock, limit, owed.clock >= s.after_top
            )
        ]
    left = ladder.any_left(live.state, s) if owed.returning else ladder.notices_left(live.state, s)
    needed = ladder.gap_needed(owed.clock - rung.opens, scene, s, insists=True)
    return [
        Condition(
            "step",
            _("minutes waited; notice {step} may come").format(step=rung.step),
            clock,
            minutes(rung.opens),
            owed.clock >= rung.opens,
        ),
        Condition(
            "pause", _("seconds without input, a natural pause"), round(scene.least, 1), needed, scene.least >= needed
        ),
        Condition(
            "latest",
            _("minutes waited; then it comes without a pause"),
            clock,
            minutes(rung.opens + s.pause_anyway),
            owed.clock >= rung.opens + s.pause_anyway,
        ),
        Condition(
            "caps", _("notices left for this session"), s.cap_session - owed.shown, 1, owed.shown < s.cap_session
        ),
        Condition("day", _("notices left today"), left, 1, left >= 1),
        *_break_condition(owed.after_break),
    ]


def _break_condition(waits: bool) -> list[Condition]:
    """You left too often just when it came."""
    if not waits:
        return []
    return [Condition("break", _("back from a break: it came each time just as you left"), "no", "yes", met=False)]


def _nudge_conditions(live: Live, scene: Scene, s: Settings) -> list[Condition]:
    """What the stand-up notice waits for."""
    st = live.state
    if not s.nudge or scene.around.reminds:
        return []
    at, stretch, left = ladder.nudge_at(st, s), st.bout.seconds + scene.proven, ladder.nudges_left(st, s)
    if at == inf:
        again = [
            Condition("nudge", _("a break, before the next stand-up notice"), 0.0, minutes(s.break_gap), met=False)
        ]
    else:
        again = [
            Condition("nudge", _("this stretch, for a stand-up notice"), minutes(stretch), minutes(at), stretch >= at)
        ]
    return [
        *again,
        Condition("nudges", _("stand-up notices left today"), left, 1, left >= 1),
        *_pause_conditions(live, scene, s),
    ]


def _pause_conditions(live: Live, scene: Scene, s: Settings) -> list[Condition]:
    """What a notice that has become due waits for: a pause, and how long before it is let go."""
    waits = live.now.waiting
    if waits is None:
        return []
    needed = ladder.gap_needed(waits.seconds, scene, s, insists=False)
    gap = round(scene.least, 1)
    return [
        Condition("pause", _("seconds without input, a natural pause"), gap, needed, gap >= needed),
        Condition(
            "let_go",
            _("minutes waited for a pause; then it is let go"),
            minutes(waits.seconds),
            minutes(s.pause_patience),
            waits.seconds >= s.pause_patience,
        ),
    ]
