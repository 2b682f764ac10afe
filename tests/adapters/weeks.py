"""Weeks to draw reports of: one with as much as a page may have to hold, one with everything, and an empty one."""

from datetime import date, timedelta

from tests.adapters.test_report_terminal import empty_week, full_week
from tests.core.story import SETTINGS, Story
from unhunch.core.facts import Kind
from unhunch.core.week.dates import seven
from unhunch.core.week.decisions import changes
from unhunch.core.week.figures import HandOver, TrendWeek, Week
from unhunch.core.week.lived import lived
from unhunch.core.week.months import Months, months
from unhunch.core.week.summary import trend


def trended(story: Story, first: str) -> tuple[TrendWeek, ...]:
    return trend(lived(story.facts, SETTINGS), story.facts, first, SETTINGS)


def busy_story() -> Story:
    """Twelve weeks of long days with many prompts, holds and ratings: as much as a page may have to hold."""
    story = Story()
    for n in range(12):
        for weekday in range(7):
            number = 24 + 7 * n + weekday  # from 24 August 2026
            month, day = 8, number
            for length, following in ((31, 9), (30, 10), (31, 11)):
                if day > length and following == month + 1:
                    month, day = following, day - length
            date = f"2026-{month:02d}-{day:02d}"
            story.ran(f"{date} 07:00", "21:30")
            for hour in range(7, 21):
                story.typed(f"{date} {hour:02d}:00", f"{hour:02d}:{35 + (weekday * n + hour) % 20}")
                if hour % 3 == 1:
                    story.tell(Kind.DUE, f"{hour:02d}:20", number=1, of=4)
                    why = ("call", "quiet", "fullscreen", "gap", "hours", "locked")[(hour + weekday) % 6]
                    story.tell(Kind.HELD, f"{hour:02d}:20", f"{hour:02d}:25", why=why)
                    story.tell(Kind.SHOWN, f"{hour:02d}:30", what="session", step=1)
                    action = ("start", "skip", "snooze")[(hour + n) % 3]
                    story.tell(Kind.ANSWER, f"{hour:02d}:31", action=action, what="session")
                    if action == "start":
                        after = (hour + weekday) % 7
                        story.session(f"{hour:02d}:40", stiffness_before=7, stiffness_after=after, discomfort=2)
            story.tell(Kind.BLIND, "13:55", "14:00")
            story.tell(Kind.MORNING, "07:10", feels=("better", "same", "worse")[weekday % 3])
    story.tell(
        Kind.OFFER, "2026-11-13 12:00", to=4, rule="step-up", why="11 of 12 sessions done, no discomfort over 2 of 10."
    )
    story.tell(Kind.CHOICE, "2026-11-09 08:40", week="2026-11-02", choice="roller", answer="accept")
    return story


def painful_story() -> Story:
    """The same with stops, tingling and bad mornings on many days: as much as a page to hand over may have to hold."""
    story = busy_story()
    stop = {"decision": "stop", "rule": "stop", "at_once": True, "mode": "stopped", "figures": {"stopped": "tingling"}}
    easy = {"decision": "easy mode", "rule": "easy mode", "at_once": True, "mode": "easy", "figures": {"easy": True}}
    for day in range(1, 31):
        date = f"2026-10-{day:02d}"
        told = {"branches": ["pain", "tingling-persisted"], "discomfort": 7}
        story.tell(Kind.SESSION, f"{date} 12:00", status="partial", size="standard", source="page", **told)
        story.tell(Kind.REVIEW, f"{date} 12:05", body=easy if day % 2 else stop)
        story.tell(Kind.MORNING, f"{date} 08:00", feels="worse")
    return story


def half_a_year() -> Story:
    """June to November: two steps of sitting, less and less stiffness, one more a day, a stop and its easy sessions."""
    story, day, number = Story(), date(2026, 6, 1), 0
    while day < date(2026, 11, 16):
        if day.weekday() < 5:
            story.ran(f"{day} 08:30", "17:00")
            story.typed(f"{day} 08:30", f"{10 + number % 3}:{number * 7 % 60:02d}")
            story.typed("13:00", f"{15 + number // 30 % 2}:{number * 11 % 60:02d}")
            story.tell(Kind.DUE, "11:30", number=1, of=1)
            story.tell(Kind.SHOWN, "12:30", what="session", step=2)
            story.tell(Kind.ANSWER, "12:31", action="start" if number % 3 else "skip", what="session")
            if number % 3:
                before = max(2, 7 - number // 22)
                story.session("12:40", stiffness_before=before, stiffness_after=max(1, before - 2), discomfort=1)
            number += 1
        day += timedelta(days=1)
    seen = {"goal": 1, "done": 9, "asked": 10, "stiffness": 6.0}
    step = {"from": 1, "to": 2, "decision": "step up", "rule": "step up", "figures": seen}
    story.tell(Kind.GOAL, "2026-07-06 09:00", body=step)
    story.tell(
        Kind.SESSION,
        "2026-09-14 12:00",
        status="partial",
        size="standard",
        source="page",
        branches=["pain"],
        discomfort=7,
    )
    easy = {"decision": "easy mode", "rule": "easy mode", "at_once": True, "mode": "easy", "figures": {"easy": True}}
    story.tell(Kind.REVIEW, "2026-09-14 12:05", body=easy)
    story.tell(Kind.MORNING, "2026-09-15 08:00", feels="worse")
    story.facts.sort(key=lambda fact: fact.wall)
    return story


def months_of_half_a_year() -> Months:
    story = half_a_year()
    return months(lived(story.facts, SETTINGS), story.facts, "2026-11-15", SETTINGS, 6)


def hand_over(story: Story, first: str, weeks: int) -> HandOver:
    found = trend(lived(story.facts, SETTINGS), story.facts, first, SETTINGS, weeks)
    return HandOver(found, changes(story.facts, [day for week in found for day in seven(week.first)], SETTINGS))


def a_page(name: str) -> tuple[Week, tuple[TrendWeek, ...], Months | None]:
    if name == "busy":
        story, pains = busy_story(), painful_story()
        past = months(lived(pains.facts, SETTINGS), pains.facts, "2026-11-15", SETTINGS, 6)
        return story.week("2026-11-09"), trended(story, "2026-11-09"), past
    if name == "full":
        return full_week(), (), None
    return empty_week(), trend([], [], "2026-12-28", SETTINGS), months([], [], "2026-12-28", SETTINGS, 6)


PAGES = ("busy", "full", "empty")
