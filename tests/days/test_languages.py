"""What the daemon says in the middle of a day, in every language: nothing of it stays English, and all of it fits."""

from collections.abc import Iterator

import pytest

from tests.days.lives import Life
from unhunch import language
from unhunch.core import messages as m
from unhunch.core.engine import step
from unhunch.core.facts import Kind
from unhunch.core.settings import Settings
from unhunch.daemon.tray import state_of
from unhunch.words.plan import plan_of
from unhunch.words.session import session_plan
from unhunch.words.status import status_of
from unhunch.words.why import why_of

TIP = 110
"""Characters of a tool tip: with its title, Windows shows 127."""
MENU = 24


@pytest.fixture(params=["de_DE.UTF-8", "es_MX.UTF-8"])
def locale(request: pytest.FixtureRequest) -> Iterator[str]:
    name: str = request.param
    yield name
    english()


def english() -> None:
    language.set_up({})


def texts(w: Life) -> Iterator[tuple[str, str]]:
    """Everything that is shown of a state: names of what it is, and the words."""
    scene = step.scene(w.running, w.moment(), w.s)
    status, why, plan = (
        status_of(w.running, scene, w.s),
        why_of(w.running, scene, w.s),
        plan_of(w.running, scene, w.s),
    )
    tray = state_of(w.running, w.s)
    yield "next", status["next"]["why"]
    yield "summary", why["summary"]
    yield "ladder", why["ladder"]["why"]
    yield "review", plan["review"]["why"]
    yield "stopped", plan["stopped_why"] or ""
    yield "decision", (plan["decision"] or {}).get("why", "")
    yield "offer", (plan["offer"] or {}).get("why", "")
    yield "notice", session_plan(w.p, w.day.date, w.s)["notice"]
    yield "tip", tray.text
    for row in why["conditions"]:
        yield f"condition {row['name']}", row["text"]
    for row in why["holds"]:
        yield f"hold {row['why']}", row["text"]
    for item in tray.menu:
        for line in (item, *item.children):
            yield f"menu {line.key}", line.label


def story(at: str) -> Life:
    """A life up to a place where much is to be said."""
    w = Life(settings=Settings(nudge=at != "quiet", look=120.0))
    match at:
        case "morning":
            w.until("09:40")
        case "held":
            w.until("10:00")
            w.set(quiet=True)
            w.work(30)
        case "snoozed":
            w.work(120)
            w.answer("snooze", seconds=1800.0)
        case "paused":
            w.until("09:40")
            w.do(m.Paused(w.moment(), seconds=7200.0))
            w.look()
        case "away":
            w.work(20)
            w.idle(30)
        case "before hours":
            w = Life("2026-03-02 06:00", Settings(nudge=False, hours_mon=((720, 1080),)))
            w.work(130)
        case "blind":
            w.blind = True
            w.tick(300)
            w.look()
        case "quiet":
            for _ in range(4):
                w.workday(8, "ignore")
        case "not asked":
            w.answer("stop", what="ask")
        case "less":
            w.answer("fewer", what="ask")
        case "stopped":
            w.tell(Kind.SCREENING, verdict="ask-doctor")
        case "easy":
            w.session(discomfort=9)
        case "offered":
            for _ in range(2):
                w.working_week(discomfort=1)
                w.off(2)
    return w


PLACES = (
    "morning", "held", "snoozed", "paused", "away", "before hours", "blind", "quiet", "not asked", "less", "stopped",
    "easy", "offered",
)  # fmt: skip


@pytest.mark.parametrize("at", PLACES)
def test_nothing_stays_english(at: str, locale: str) -> None:
    english()
    w = story(at)
    said = list(texts(w))
    language.set_up({"LANG": locale})
    other = list(texts(w))
    assert [name for name, _ in other] == [name for name, _ in said]
    for (name, before), (_, now) in zip(said, other, strict=True):
        assert bool(before) == bool(now), name
        assert "{" not in now, name
        assert before != now or not before, (name, now)
        if name in ("tip", "menu status"):
            assert len(now) <= TIP, now
        elif name.startswith("menu"):
            assert len(now) <= MENU, now


def test_each_place_says_what_it_is_there_for() -> None:
    told = {at: dict(texts(story(at))) for at in PLACES}
    assert told["held"]["hold quiet"]
    assert "paused until" in told["paused"]["tip"]
    assert "snoozed until" in told["snoozed"]["tip"]
    assert told["before hours"]["summary"].startswith("No session is due: outside your active hours.")
    assert "cannot be seen" in told["blind"]["tip"]
    assert told["away"]["tip"].startswith("Away")
    assert "workdays" in told["quiet"]["ladder"]
    assert "not to be asked" in told["not asked"]["ladder"]
    assert "less often" in told["less"]["ladder"]
    assert told["stopped"]["stopped"]
    assert told["easy"]["notice"].startswith("An easy session")
    assert told["easy"]["decision"].startswith("Short, easy sessions")
    assert told["offered"]["offer"]


def test_dates_and_times_are_those_of_the_locale() -> None:
    try:
        language.set_up({"LANG": "en_US.UTF-8"})
        assert "PM" in dict(texts(story("snoozed")))["tip"] or "AM" in dict(texts(story("snoozed")))["tip"]
        assert "on March 2 " in dict(texts(story("less")))["ladder"]
    finally:
        english()


def test_what_is_decided_in_one_language_is_told_in_the_next() -> None:
    try:
        language.set_up({"LANG": "es_ES.UTF-8"})
        w = story("easy")
        spanish = dict(texts(w))["decision"]
        assert spanish.startswith("Sesiones cortas")
        language.set_up({"LANG": "de_DE.UTF-8"})
        assert dict(texts(w))["decision"].startswith("Kurze, leichte Übungen")
    finally:
        english()
    assert dict(texts(w))["decision"].startswith("Short, easy sessions")
