"""What is read from the store is enough: the same summary as from the whole of history."""

from tests.core.story import SETTINGS, Story
from tests.fakes.store import MemoryStore
from unhunch.core.facts import Kind
from unhunch.core.week.lived import lived
from unhunch.core.week.summary import summarise, trend
from unhunch.report.reading import week_of
from unhunch.words.week import to_json


def a_long_story() -> Story:
    """Twenty weeks of Mondays, with things said long before and after the week of 10 August that bear on it."""
    story = Story()
    story.tell(Kind.GOAL, "2026-01-05 10:00", body={"from": 1, "to": 2, "rule": "step-up", "why": "x"})
    story.tell(Kind.PAUSE, "2026-05-01 10:00", until=story.at("2026-06-01 00:00")[0])
    story.tell(Kind.RESUME, "2026-05-20 10:00")
    story.tell(Kind.SCREENING, "2026-01-02 10:00", verdict="pass")
    sessions = {}
    for month, day in [(6, n) for n in (1, 8, 15, 22, 29)] + [(7, n) for n in (6, 13, 20, 27)] + [
        (8, n) for n in (3, 10, 17, 24, 31)
    ]:  # fmt: skip
        date = f"2026-{month:02d}-{day:02d}"
        story.ran(f"{date} 09:00", "12:00")
        story.typed(f"{date} 09:00", f"{10 + day % 2}:30")
        sessions[date] = story.session(f"{date} 13:00")
    start, end = story.at("2026-08-10 09:00")[0], story.at("2026-08-10 09:20")[0]
    amended = story.tell(Kind.CORRECTION, "2026-09-07 10:00", body={"from": start, "to": end, "as": "away"})
    wrong = story.tell(
        Kind.CORRECTION, "2026-09-07 10:01", body={"from": start + 3000, "to": start + 4000, "as": "standing"}
    )
    story.tell(
        Kind.RATED, "2026-09-07 10:02", session=sessions["2026-08-10"].key, stiffness_before=7, stiffness_after=5
    )
    story.tell(Kind.UNDO, "2026-09-07 10:03", fact=wrong.key)
    assert amended.key
    return story


def test_a_week_read_from_the_store_is_the_whole_truth() -> None:
    story = a_long_story()
    store = MemoryStore()
    store.append(story.facts)
    week, weeks = week_of(store, "2026-08-10", SETTINGS, with_trend=True)
    everything = lived(story.facts, SETTINGS)
    assert to_json(week) == to_json(summarise(everything, story.facts, "2026-08-10", SETTINGS))
    assert weeks == trend(everything, story.facts, "2026-08-10", SETTINGS)
    # The late correction took 20 of 91 minutes away, and the late rating is there.
    assert week.days[0].sitting.best == 71.0
    assert week.feeling.before == 7
    assert week.goal == 2


def test_without_a_trend_none_is_read() -> None:
    story = a_long_story()
    store = MemoryStore()
    store.append(story.facts)
    week, weeks = week_of(store, "2026-08-10", SETTINGS)
    assert weeks == ()
    assert week.before.weeks == 4
