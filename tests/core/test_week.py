"""Weeks computed by hand, and the figures against a second, naive computation."""

import json
from collections.abc import Sequence
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.story import SETTINGS, Story
from unhunch.core.facts import Kind
from unhunch.core.presence.reading import SITTING, Piece, Presence
from unhunch.core.programme.rules import Figures
from unhunch.core.week.asked import best_hour, better_hours
from unhunch.core.week.dates import first_day, window
from unhunch.core.week.days import day_totals, stretches_of, usual_stretch
from unhunch.core.week.figures import Hour, Sitting, Window
from unhunch.core.week.lived import Lived, lived
from unhunch.core.week.machines import together
from unhunch.core.week.summary import summarise, trend
from unhunch.words.week import NOTE, option_reason, option_text, outcome, to_json, why


def test_a_plain_week() -> None:
    """Two days. Monday 09:00-09:50 and 10:00-10:20, Tuesday 14:00-16:00.

    Monday: the gap of 10 min is a break, back-dated to 09:51; its other 9 minutes may have been sitting.
    """
    story = Story()
    story.ran("2026-11-09 09:00", "10:20")
    story.typed("2026-11-09 09:00", "09:50")
    story.typed("10:00", "10:20")
    story.ran("2026-11-10 14:00", "16:00")
    story.typed("2026-11-10 14:00", "16:00")
    week = story.week("2026-11-09")
    monday, tuesday, wednesday = week.days[:3]
    assert monday.sitting == Sitting(low=71.0, best=71.0, high=80.0)
    assert [(s.start, s.end, s.minutes, s.clock) for s in monday.stretches] == [
        ("2026-11-09T09:00:00+01:00", "2026-11-09T09:51:00+01:00", 51.0, ((540.0, 591.0),)),
        ("2026-11-09T10:00:00+01:00", "2026-11-09T10:20:00+01:00", 20.0, ((600.0, 620.0),)),
    ]
    assert tuesday.sitting == Sitting(120.0, 120.0, 120.0)
    assert wednesday.sitting == Sitting(0.0, 0.0, 0.0)
    assert not wednesday.stretches
    assert [d.counted for d in week.days] == [True, True, False, False, False, False, False]
    assert (week.first, week.last) == ("2026-11-09", "2026-11-15")
    assert week.sitting == Sitting(191.0, 191.0, 200.0)
    assert week.sitting_per_day == 95.5
    p = week.pattern
    # Stretches 51, 20 and 120: 171 of 191 minutes are prolonged, half of all is in the one of 120.
    assert (p.stretches, p.prolonged, p.long, p.longest, p.usual) == (3, 2, 1, 120.0, 120.0)
    assert p.prolonged_share == round(171 / 191, 3)
    assert week.before.weeks == 0
    assert week.quality.covered == 200.0
    assert week.quality.sources[0].watched_by == ("mutter",)


def test_calls_count_and_are_named() -> None:
    story = Story()
    story.ran("2026-11-09 09:00", "11:00")
    story.typed("2026-11-09 09:00", "09:10")
    story.tell(Kind.CALL, "09:10", "10:10")
    story.typed("10:10", "11:00")
    monday = story.week("2026-11-09").days[0]
    # A minute after the last input is still activity, the other 59 are the call.
    assert monday.sitting == Sitting(low=61.0, best=120.0, high=120.0)
    assert monday.calls == 59.0
    assert len(monday.stretches) == 1


def test_the_clock_goes_forward() -> None:
    """Europe/Berlin, 29 March 2026: 02:00 becomes 03:00. Saturday's night goes on until 03:30.

    01:30-01:58 in winter time and 03:02-03:30 in summer time are 60 minutes from end to end, one stretch.
    """
    story = Story()
    story.ran("2026-03-29 01:30", "03:30", day="2026-03-28")
    story.typed("2026-03-29 01:30", "01:58", day="2026-03-28")
    story.typed("2026-03-29 03:02", "03:30", day="2026-03-28")
    week = story.week("2026-03-23")
    saturday, sunday = week.days[5:]
    assert saturday.date == "2026-03-28"
    assert saturday.sitting == Sitting(low=57.0, best=60.0, high=60.0)
    (stretch,) = saturday.stretches
    assert (stretch.start, stretch.end) == ("2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00")
    assert stretch.minutes == 60.0
    # Drawn where the clock stood, in two parts: the first begins at 01:30, the second ends at 03:30.
    assert (len(stretch.clock), stretch.clock[0][0], stretch.clock[1][1]) == (2, 1530.0, 1650.0)
    assert sunday.sitting.high == 0
    assert week.pattern.long == 1


def test_the_clock_goes_back() -> None:
    """Europe/Berlin, 25 October 2026: 03:00 becomes 02:00. 02:00-02:50 summer time, then 02:05-02:45 winter time.

    Between them lie 15 minutes, a break; both stretches have the same place on the clock.
    """
    story = Story()
    story.ran("2026-10-25 02:00", "02:45", day="2026-10-24", folds=(0, 1))
    story.typed("2026-10-25 02:00", "02:50", day="2026-10-24")
    story.typed("2026-10-25 02:05", "02:45", day="2026-10-24", folds=(1, 1))
    week = story.week("2026-10-19")
    saturday = week.days[5]
    assert saturday.sitting == Sitting(low=91.0, best=91.0, high=105.0)
    assert [(s.start, s.minutes, s.clock[0][0]) for s in saturday.stretches] == [
        ("2026-10-25T02:00:00+02:00", 51.0, 1560.0),
        ("2026-10-25T02:05:00+01:00", 40.0, 1565.0),
    ]
    assert week.quality.covered == 105.0


def test_places_on_the_clock_when_it_goes_back() -> None:
    """02:40 summer time to 02:20 winter time, 40 minutes on end: drawn from 02:40 to 03:00 and from 02:00 to 02:20."""
    change = Story().at("2026-10-25 02:00", fold=1)[0]
    pieces = [
        Lived("2026-10-24", Piece(change - 1200, change, Presence.ACTIVE), 0.0, utc_offset=7200, device=""),
        Lived("2026-10-24", Piece(change, change + 1200, Presence.ACTIVE), 0.0, utc_offset=3600, device=""),
    ]
    (stretch,) = summarise(pieces, [], "2026-10-19", SETTINGS).days[5].stretches
    assert stretch.minutes == 40.0
    assert stretch.clock == ((1600.0, 1620.0), (1560.0, 1580.0))
    assert (stretch.start, stretch.end) == ("2026-10-25T02:40:00+02:00", "2026-10-25T02:20:00+01:00")


def test_a_week_across_new_year() -> None:
    story = Story()
    for day in ("2026-12-31", "2027-01-01"):
        story.ran(f"{day} 10:00", "11:30")
        story.typed(f"{day} 10:00", "11:30")
    story.session("2027-01-02 09:00")
    week = story.week("2026-12-28")
    assert [d.date for d in week.days] == [
        "2026-12-28",
        "2026-12-29",
        "2026-12-30",
        "2026-12-31",
        "2027-01-01",
        "2027-01-02",
        "2027-01-03",
    ]
    assert [d.sitting.best for d in week.days] == [0, 0, 0, 90.0, 90.0, 0, 0]
    assert week.days[5].done == 1
    assert first_day("2027-01-01", "mon") == "2026-12-28"


def test_a_journey_to_another_time_zone() -> None:
    """Monday in Berlin, Wednesday in New York: each drawn by the clock on the wall."""
    berlin, york = Story("Europe/Berlin"), Story("America/New_York")
    berlin.ran("2026-11-09 09:00", "11:00")
    berlin.typed("2026-11-09 09:00", "11:00")
    york.facts = berlin.facts
    york.ran("2026-11-11 09:00", "10:00")
    york.typed("2026-11-11 09:00", "10:00")
    week = york.week("2026-11-09")
    assert [s.clock for d in week.days for s in d.stretches] == [((540.0, 660.0),), ((540.0, 600.0),)]
    assert week.days[2].stretches[0].start == "2026-11-11T09:00:00-05:00"
    assert week.sitting.best == 180.0


def test_a_flight_within_a_day() -> None:
    """The offset changes during a stretch: it is drawn in two parts, at two places of the clock."""
    west = Story("Europe/Lisbon")
    west.ran("2026-11-09 09:00", "10:00")
    west.typed("2026-11-09 09:00", "09:30")
    madrid = Story("Europe/Madrid")
    madrid.facts = west.facts
    madrid.typed("2026-11-09 10:33", "11:00")
    (stretch,) = madrid.week("2026-11-09").days[0].stretches
    assert stretch.minutes == 60.0
    # The three minutes of reading between the two zones belong to the one that they began in.
    assert stretch.clock == ((540.0, 573.0), (633.0, 660.0))


def test_an_empty_week() -> None:
    week = summarise([], [], "2026-11-09", SETTINGS)
    assert week.sitting == Sitting(0.0, 0.0, 0.0)
    assert week.sitting_per_day is None
    assert week.pattern.prolonged_share is None
    assert week.pattern.usual is None
    assert (week.done, week.asked) == (0, 0)
    assert week.choice.choice == "nothing"
    assert option_reason(week.choice) == "Nothing was seen this week, so there is nothing to go by."
    assert week.prompts.best_hour is None
    assert not week.quality.sources
    assert [t.sitting for t in trend([], [], "2026-11-09", SETTINGS)] == [None] * 12


def test_a_week_with_only_a_session_logged_by_phone() -> None:
    story = Story()
    story.session("2026-11-12 13:05", stiffness_before=5, stiffness_after=2)
    week = story.week("2026-11-09")
    thursday = week.days[3]
    assert (week.done, week.asked, thursday.done) == (1, 0, 1)
    (mark,) = thursday.sessions
    assert (mark.at, mark.clock, mark.status, mark.source) == ("2026-11-12T13:05:00+01:00", 785.0, "done", "log")
    assert week.sitting == Sitting(0.0, 0.0, 0.0)
    assert (week.feeling.before, week.feeling.after) == (5, 2)
    assert option_reason(week.choice) == "You did it without being asked."


def test_a_week_of_holidays() -> None:
    """Paused on the Sunday before, until the Monday after."""
    story = Story()
    until = story.at("2026-11-16 00:00")[0]
    story.tell(Kind.PAUSE, "2026-11-08 20:00", until=until, why="holiday")
    week = story.week("2026-11-09")
    assert [d.paused for d in week.days] == [True] * 7
    assert [d.goal for d in week.days] == [None] * 7
    assert week.asked == 0
    assert week.choice.choice == "nothing"
    assert option_reason(week.choice) == "Most of the week was paused."


def test_a_pause_that_was_ended_early() -> None:
    story = Story()
    until = story.at("2026-11-16 00:00")[0]
    story.tell(Kind.PAUSE, "2026-11-09 08:00", until=until)
    story.tell(Kind.RESUME, "2026-11-10 18:00")
    assert [d.paused for d in story.week("2026-11-09").days] == [True, True, False, False, False, False, False]


def test_a_pause_for_some_seconds_is_no_day_off() -> None:
    story = Story()
    story.tell(Kind.PAUSE, "2026-11-09 08:00", seconds=3600.0, until=None)
    assert not any(d.paused for d in story.week("2026-11-09").days)


def test_a_week_with_a_dead_source() -> None:
    """Monday 09:00-17:00 nothing could be seen; it is unknown, not time away, and counts as sitting only at most."""
    story = Story()
    story.ran("2026-11-09 09:00", "17:00")
    story.typed("2026-11-09 09:00", "09:10")
    story.tell(Kind.BLIND, "09:10", "17:00")
    week = story.week("2026-11-09")
    monday = week.days[0]
    assert monday.sitting == Sitting(low=10.0, best=10.0, high=480.0)
    assert monday.unknown == 470.0
    assert not monday.counted
    assert [(u.minutes, u.clock) for u in monday.unseen] == [(470.0, ((550.0, 1020.0),))]
    assert (week.quality.unknown, week.quality.covered, week.quality.counted_days) == (470.0, 10.0, 0)


def test_a_night_unseen_is_not_a_night_sat_through() -> None:
    """Killed at 10:00 on Monday and started again on Wednesday: unknown, but no day has more than 16 hours of it."""
    story = Story()
    story.tell(Kind.RUNNING, "2026-11-09 09:00", "10:00")
    story.typed("09:00", "10:00")
    story.tell(Kind.RUNNING, "2026-11-11 09:00", "10:00")
    story.typed("09:00", "10:00")
    monday = story.week("2026-11-09").days[0]
    assert monday.unknown == 47 * 60.0
    assert monday.sitting == Sitting(low=60.0, best=60.0, high=960.0)


def test_a_day_mostly_unseen_is_not_counted() -> None:
    """90 minutes typed, 40 of the 130 between first and last input unknown: 31 %, over the quarter."""
    story = Story()
    story.ran("2026-11-09 09:00", "11:10")
    story.typed("2026-11-09 09:00", "10:00")
    story.tell(Kind.BLIND, "10:00", "10:40")
    story.typed("10:40", "11:10")
    monday = story.week("2026-11-09").days[0]
    assert (monday.sitting.best, monday.unknown) == (90.0, 40.0)
    assert not monday.counted
    assert len(monday.stretches) == 2  # not knowing for a quarter of an hour ends a stretch


def test_a_jiggler_is_flagged_and_kept_out() -> None:
    story = Story()
    story.ran("2026-11-09 09:00", "16:00")
    story.typed("2026-11-09 09:00", "16:00")
    story.typed("2026-11-10 09:00", "11:00")
    story.ran("2026-11-10 09:00", "11:00")
    week = story.week("2026-11-09")
    assert week.days[0].flags == ("no-gap",)
    assert not week.days[0].counted
    assert (week.sitting.best, week.pattern.longest, week.quality.implausible_days) == (120.0, 120.0, 1)


def test_regular_gaps_are_a_machine() -> None:
    """A jiggler every two minutes for seven hours; a person's gaps of about two minutes are left alone."""
    start = 1_800_000_000.0

    def day(gap: float, wobble: float) -> tuple[str, ...]:
        pieces, t = [], start
        for n in range(210):
            pieces.append(Lived("d", Piece(t, t + 60, Presence.ACTIVE), 0.0, utc_offset=0, device=""))
            long = gap + (n % 3) * wobble
            pieces.append(Lived("d", Piece(t + 60, t + long, Presence.QUIET), 0.0, utc_offset=0, device=""))
            t += long
        return day_totals(pieces, SETTINGS)["d"].day.flags(SETTINGS)

    assert day(120.0, 0.0) == ("regular",)
    assert day(120.0, 7.0) == ()


def test_two_desks_at_once_are_one_hour() -> None:
    """10:00-11:00 at one, 10:30-11:30 at the other: 90 minutes, one stretch; each is named with what it saw."""
    desk, lap = Story(), Story(device="laptop")
    desk.ran("2026-11-09 10:00", "11:00")
    desk.typed("2026-11-09 10:00", "11:00")
    lap.ran("2026-11-09 10:30", "11:30")
    lap.typed("2026-11-09 10:30", "11:30")
    week = desk.week("2026-11-09", lap)
    assert week.days[0].sitting.best == 90.0
    assert [s.minutes for s in week.days[0].stretches] == [90.0]
    assert [(x.device, x.sitting, x.covered) for x in week.quality.sources] == [
        ("", 60.0, 60.0),
        ("laptop", 60.0, 60.0),
    ]
    assert week.quality.covered == 90.0


def test_an_absence_from_one_desk_is_not_one_from_the_other() -> None:
    """Away from the desk 10:10-10:30, of which all but two pieces of 4 and 2 minutes was spent at the laptop."""
    desk, lap = Story(), Story(device="laptop")
    desk.ran("2026-11-09 10:00", "11:00")
    desk.typed("2026-11-09 10:00", "10:10")
    desk.typed("10:30", "11:00")
    lap.ran("2026-11-09 10:13", "10:28")
    lap.typed("2026-11-09 10:13", "10:28")
    (stretch,) = desk.week("2026-11-09", lap).days[0].stretches
    assert stretch.minutes == 56.0  # 10:00-10:11, 10:13-10:28 and 10:30-11:00


def test_a_lock_at_one_desk_does_not_make_a_short_lock_at_the_other_a_break() -> None:
    """The laptop is locked all morning; the desk for 50 seconds, which is no break."""
    desk, lap = Story(), Story(device="laptop")
    lap.ran("2026-11-09 08:00", "12:00")
    lap.typed("2026-11-09 08:00", "08:01")
    lap.tell(Kind.LOCKED, "08:01", "12:00")
    desk.ran("2026-11-09 10:00", "11:00")
    desk.typed("2026-11-09 10:00", "10:30")
    lock = desk.tell(Kind.LOCKED, "10:30", "10:31")
    desk.facts[-1] = lock._replace(length=50.0)
    desk.typed("10:31", "11:00")
    stretches = desk.week("2026-11-09", lap).days[0].stretches
    assert [s.start[11:16] for s in stretches] == ["08:00", "10:00"]


def test_what_may_have_been_sitting_may_be_so_beside_a_locked_laptop() -> None:
    """Ten quiet minutes at an unlocked desk: nine of them may have been sitting, wherever else a screen was locked."""
    desk, lap = Story(), Story(device="laptop")
    lap.ran("2026-11-09 08:00", "12:00")
    lap.typed("2026-11-09 08:00", "08:01")
    lap.tell(Kind.LOCKED, "08:01", "12:00")
    desk.ran("2026-11-09 10:00", "10:20")
    desk.typed("2026-11-09 10:00", "10:05")
    desk.typed("10:15", "10:20")
    monday = desk.week("2026-11-09", lap).days[0]
    assert monday.sitting == Sitting(low=12.0, best=12.0, high=21.0)


def test_a_hole_in_the_history_ends_a_stretch() -> None:
    def piece(start: float, end: float) -> Lived:
        at = Story().at("2026-11-09 09:00")[0]
        return Lived("2026-11-09", Piece(at + 60 * start, at + 60 * end, Presence.ACTIVE), 0.0, 3600, "")

    def lengths(*pieces: Lived) -> list[float]:
        return [s.minutes for s in summarise(pieces, [], "2026-11-09", SETTINGS).days[0].stretches]

    assert lengths(piece(0, 40), piece(45, 60)) == [40.0, 15.0]
    assert lengths(piece(0, 40), piece(44, 60)) == [56.0]


def test_half_is_half() -> None:
    """Stretches of 60, 30 and 30: exactly half of it is in the one of 60."""
    assert usual_stretch([30.0, 60.0, 30.0]) == 60.0
    assert usual_stretch([30.0, 59.0, 31.0]) == 31.0
    assert usual_stretch([]) is None


def test_time_asleep_is_not_watched() -> None:
    story = Story()
    story.ran("2026-11-09 09:00", "12:00")
    story.typed("2026-11-09 09:00", "10:00")
    story.tell(Kind.ASLEEP, "10:00", "11:00")
    story.typed("11:00", "12:00")
    assert story.week("2026-11-09").quality.covered == 120.0


def asked(story: Story, due: str, shown: str) -> None:
    story.tell(Kind.DUE, due, number=1, of=1)
    story.tell(Kind.SHOWN, shown, what="session", step=1)


def test_prompts_and_what_became_of_them() -> None:
    story = Story()
    asked(story, "2026-11-09 11:00", "11:05")
    story.tell(Kind.ANSWER, "11:06", action="snooze", what="session")
    story.tell(Kind.SHOWN, "11:16", what="session", step=1)
    story.tell(Kind.ANSWER, "11:17", action="start", what="session")
    story.session("11:20")
    story.tell(Kind.SHOWN, "15:00", what="nudge")
    story.tell(Kind.ANSWER, "15:01", action="skip", what="nudge")
    asked(story, "2026-11-10 11:00", "11:05")
    story.tell(Kind.HELD, "11:00", "11:05", why="call")
    story.tell(Kind.HELD, "11:06", "11:08", why="call")
    story.tell(Kind.IGNORED, "11:15", what="session", step=1)
    story.tell(Kind.LAPSED, "12:00", body={"as": "missed"})
    story.tell(Kind.DUE, "2026-11-11 11:00", number=1, of=1)
    story.tell(Kind.HELD, "11:00", "12:00", why="quiet")
    story.tell(Kind.LAPSED, "12:30", body={"as": "not-asked"})
    week = story.week("2026-11-09")
    p = week.prompts
    assert (p.shown, p.started, p.snoozed, p.skipped, p.ignored) == (3, 1, 1, 0, 1)
    assert (p.missed, p.not_asked, p.nudges) == (1, 1, 1)
    assert [(h.why, h.prompts, h.minutes) for h in p.held] == [("quiet", 1, 60.0), ("call", 1, 7.0)]
    assert (week.done, week.asked) == (1, 2)  # the one never shown was not asked for
    assert p.hours == (Hour(11, started=1, snoozed=1, skipped=0, ignored=1),)
    assert (p.answers, p.best_hour) == (2, None)


def test_a_notice_that_nobody_can_have_read_was_not_shown() -> None:
    story = Story()
    asked(story, "2026-11-09 11:00", "11:05")
    story.tell(Kind.WITHDRAWN, "11:05", what="session", unseen=True, why="locked")
    asked(story, "2026-11-10 11:00", "11:05")
    story.tell(Kind.WITHDRAWN, "11:05", what="session", unseen=True, why="locked")
    story.tell(Kind.SHOWN, "11:30", what="session", step=1)
    week = story.week("2026-11-09")
    assert (week.prompts.shown, week.asked) == (1, 1)


def test_a_passing_first_notice_is_not_asking() -> None:
    """It lapsed after step 1 alone: outside, as for the programme."""
    story = Story()
    asked(story, "2026-11-09 11:00", "11:05")
    story.tell(Kind.LAPSED, "11:45", body={"as": "not-asked"})
    assert story.week("2026-11-09").asked == 0


def test_what_was_taken_back_did_not_happen() -> None:
    story = Story()
    asked(story, "2026-11-09 11:00", "11:05")
    skip = story.tell(Kind.ANSWER, "11:06", action="skip", what="session")
    session = story.session("13:00")
    kept = story.session("14:00")
    story.tell(Kind.RATED, "14:10", session=kept.key, stiffness_before=6, stiffness_after=3, discomfort=2)
    story.tell(Kind.UNDO, "14:20", fact=skip.key)
    story.tell(Kind.UNDO, "14:21", fact=session.key)
    week = story.week("2026-11-09")
    assert (week.prompts.skipped, week.done) == (0, 1)
    assert (week.feeling.rated, week.feeling.before, week.feeling.after, week.feeling.worst_discomfort) == (1, 6, 3, 2)
    assert week.days[0].sessions[0].stiffness_after == 3


def test_the_weeks_before() -> None:
    """Four weeks with a Monday of 1, 2, 3 and 0 hours, then one of 4: compared with the three that have anything."""
    story = Story()
    for day, hours in (("2026-10-12", 1), ("2026-10-19", 2), ("2026-10-26", 3), ("2026-11-09", 4)):
        story.ran(f"{day} 09:00", f"{9 + hours:02d}:00")
        story.typed(f"{day} 09:00", f"{9 + hours:02d}:00")
    story.session("2026-10-19 08:00")
    week = story.week("2026-11-09")
    assert week.before.weeks == 3
    assert week.before.sitting == Sitting(120.0, 120.0, 120.0)
    assert (week.before.sitting_per_day, week.before.longest, week.before.long) == (120.0, 120.0, 1.0)
    assert week.before.sessions == round(1 / 3, 1)
    assert week.days[0].usual == 120.0  # the median of such days
    assert week.days[6].usual is None
    seen = trend(lived(story.facts, SETTINGS), story.facts, "2026-11-09", SETTINGS)
    assert [t.sitting.best if t.sitting else None for t in seen[-5:]] == [60.0, 120.0, 180.0, None, 240.0]
    assert seen[-4].done == 1


def test_the_best_and_the_worst_day_are_those_of_the_shortest_and_the_longest_time_without_a_break() -> None:
    story = Story()
    ends = {"2026-11-09": "10:20", "2026-11-10": "10:50", "2026-11-11": "11:30", "2026-11-12": "09:40"}
    for date, end in ends.items():
        story.ran(f"{date} 09:00", "18:00")
        story.typed(f"{date} 09:00", end)
        story.typed("14:00", "14:30")
    story.session("2026-11-10 12:00")
    week = story.week("2026-11-09")
    assert (week.best_day, week.worst_day) == ("2026-11-12", "2026-11-11")


def test_of_days_alike_none_is_named_and_a_short_day_is_not_the_best() -> None:
    story = Story()
    for date in ("2026-11-09", "2026-11-10"):
        story.ran(f"{date} 09:00", "18:00")
        story.typed(f"{date} 09:00", "10:30")
    story.ran("2026-11-11 09:00", "18:00")
    story.typed("2026-11-11 09:00", "09:10")
    week = story.week("2026-11-09")
    assert (week.best_day, week.worst_day) == (None, None)
    story.session("2026-11-09 12:00")
    story.ran("2026-11-12 09:00", "18:00")
    story.typed("2026-11-12 09:00", "12:00")
    week = story.week("2026-11-09")
    assert (week.best_day, week.worst_day) == ("2026-11-09", "2026-11-12"), "of equal ones that with a session"


def test_short_days_are_no_measure() -> None:
    """Half an hour at the desk is under a valid day's hour: neither usual, nor in a trend, nor a day counted."""
    story = Story()
    for day, end in (("2026-10-26", "09:30"), ("2026-11-02", "11:00"), ("2026-11-09", "09:30")):
        story.ran(f"{day} 09:00", end)
        story.typed(f"{day} 09:00", end)
    week = story.week("2026-11-09")
    assert week.days[0].usual == 120.0
    assert (week.quality.counted_days, week.sitting_per_day, week.sitting.best) == (0, None, 30.0)
    weeks = trend(lived(story.facts, SETTINGS), story.facts, "2026-11-09", SETTINGS)
    assert [t.sitting and t.sitting.best for t in weeks[-3:]] == [None, 120.0, None]


def test_a_goal_agreed_later_is_not_this_week_s() -> None:
    story = Story()
    story.tell(Kind.GOAL, "2026-11-18 10:00", body={"from": 1, "to": 2, "rule": "step-up", "why": "x"})
    week = story.week("2026-11-09")
    assert (week.goal, week.plan.decision) == (1, "hold")


def figures(**known: object) -> dict[str, object]:
    """What a decision saw, as its fact holds it."""
    plain = dict.fromkeys(Figures._fields, 0) | {"goal": 1, "cap": 4, "stopped": "", "easy": False}
    return plain | {"days_at_goal": 14, "adherence": 0.9, "stiffness": 5.0, "prolonged": 0.8} | known


def test_the_goal_and_the_plan() -> None:
    story = Story()
    story.tell(Kind.GOAL, "2025-01-01 10:00", body={"from": 1, "to": 2, "rule": "step-up", "why": "x"})
    story.tell(Kind.DAY, "2026-11-09 09:00", date="2026-11-09", goal=1)
    seen = figures(done=9, asked=10)
    story.tell(Kind.OFFER, "2026-11-11 09:00", to=3, rule="step up", figures=seen, asks=False, answer=None)
    week = story.week("2026-11-09")
    assert (week.goal, week.days[0].goal, week.days[1].goal) == (2, 1, 2)
    assert (week.plan.decision, week.plan.goal_to, week.plan.answer) == ("step up", 3, None)
    assert why(week.plan) == "9 of 10 sessions done, none that hurt, and stiffness of 5 before them leaves room."


def test_a_review_that_changed_nothing_says_why() -> None:
    story = Story()
    body = {"decision": "hold", "rule": "hold", "from": 1, "to": 1}
    body["figures"] = figures(done=2, asked=3, adherence=0.667)
    story.tell(Kind.REVIEW, "2026-11-11 10:00", body=body)
    plan = story.week("2026-11-09").plan
    assert why(plan) == "2 of 3 sessions done, 80 % are needed."
    assert (plan.decision, plan.goal_from, plan.goal_to) == ("hold", 1, 1)


def test_what_0_1_stored_is_told_from_its_figures() -> None:
    """Its facts hold a sentence in the language of that day, beside the rule and some figures."""
    story = Story()
    seen = {"goal": 1, "done": 9, "asked": 10, "stiffness": 5.0, "prolonged": None}
    story.tell(Kind.OFFER, "2026-11-11 09:00", to=2, rule="step up", why="9 von 10", figures=seen, asks=False)
    assert why(story.week("2026-11-09").plan).startswith("9 of 10 sessions done, none that hurt")


def test_an_offer_stays_open_until_it_is_answered() -> None:
    """Offered two weeks ago: still the choice. Accepted on the Monday after: then there is nothing to accept."""
    story = some_week(done=5, skipped=0)
    story.tell(Kind.OFFER, "2026-10-28 12:00", to=2, why="Well done.")
    assert story.week("2026-11-09").choice.choice == "accept"
    story.tell(Kind.GOAL, "2026-11-16 09:00", body={"from": 1, "to": 2, "decision": "step up"})
    assert story.week("2026-11-09").choice.choice == "nothing"


def test_a_declined_offer_is_not_proposed_again() -> None:
    story = some_week(done=5, skipped=0, offer=True)
    story.tell(Kind.OFFER, "2026-11-13 13:00", to=2, decision="step up", why="You declined.", answer="decline")
    week = story.week("2026-11-09")
    assert week.choice.choice == "nothing"
    assert (week.plan.decision, week.plan.answer) == ("step up", "decline")


def test_a_stop_by_the_programme_holds_until_it_is_confirmed() -> None:
    story = some_week(done=5, skipped=0, offer=True)
    story.tell(Kind.REVIEW, "2026-11-14 10:00", decision="stop", rule="stop", why="Tingling persisted.", to=1)
    assert option_reason(story.week("2026-11-09").choice).startswith("Session prompts are off")
    story.tell(Kind.SCREENING, "2026-11-15 10:00", verdict="confirmed")
    assert story.week("2026-11-09").choice.choice == "accept"


def test_a_step_down_is_told() -> None:
    story = Story()
    story.tell(Kind.GOAL, "2026-11-11 10:00", body={"from": 2, "to": 1, "rule": "step-down", "why": "4 of 10 done."})
    plan = story.week("2026-11-09").plan
    assert (plan.decision, plan.goal_from, plan.goal_to) == ("step down", 2, 1)


def test_the_programme_s_word_goes_first() -> None:
    given_plan = {"decision": "easy mode", "rule": "easy mode", "from": 2, "to": 2, "stopped": True}
    given_plan["figures"] = figures(easy=True, reds=1)
    week = summarise([], [], "2026-11-09", SETTINGS, given_plan)
    assert week.plan.decision == "easy mode"
    assert why(week.plan).startswith("Short, easy sessions until discomfort was 2 or less in 3 in a row.")
    assert option_reason(week.choice) == "Session prompts are off until you have checked with a clinician."


def some_week(*, done: int, skipped: int, offer: bool = False) -> Story:
    """A prompt a day at 11:00, the first ones taken up, the others skipped."""
    story = Story()
    for n in range(done + skipped):
        day = f"2026-11-{9 + n:02d}"
        story.ran(f"{day} 09:00", "10:30")
        story.typed(f"{day} 09:00", "10:30")
        asked(story, f"{day} 10:40", "11:00")
        story.tell(Kind.ANSWER, "11:01", action="start" if n < done else "skip", what="session")
        if n < done:
            story.session("11:10")
    if offer:
        story.tell(Kind.OFFER, "2026-11-13 12:00", to=2, rule="step-up", why="Well done.")
    return story


def test_the_offer_is_the_first_choice() -> None:
    week = some_week(done=2, skipped=3, offer=True).week("2026-11-09")
    assert [o.choice for o in week.options] == ["accept", "roller", "decline", "nothing"]
    assert [o.number for o in week.options] == [1, 2, 3, 4]
    assert option_text(week.choice) == "Go up to 2 sessions a day."


def test_the_roller_when_it_falls_short() -> None:
    week = some_week(done=2, skipped=3).week("2026-11-09")
    assert week.choice.choice == "roller"
    assert option_reason(week.choice).startswith("2 of 5 sessions asked for were done")


def test_nothing_is_tried_while_prompts_are_off() -> None:
    story = some_week(done=1, skipped=4, offer=True)
    story.tell(Kind.SCREENING, "2026-11-14 10:00", verdict="ask-doctor")
    week = story.week("2026-11-09")
    assert [o.choice for o in week.options] == ["nothing"]
    assert option_reason(week.choice) == "Session prompts are off until you have checked with a clinician."


def test_nothing_when_it_goes_well() -> None:
    week = some_week(done=4, skipped=1).week("2026-11-09")
    assert (week.choice.choice, option_reason(week.choice)) == ("nothing", "It goes well as it is.")
    assert len(week.options) == 1


def test_what_became_of_last_week_s_choice() -> None:
    story = some_week(done=2, skipped=3)
    story.tell(Kind.CHOICE, "2026-11-10 12:00", week="2026-11-02", choice="roller", answer="accept")
    story.tell(Kind.CHOICE, "2026-11-16 12:00", week="2026-11-09", choice="nothing", answer="accept")
    week = story.week("2026-11-09")
    assert week.last_choice is not None
    assert week.last_choice.choice == "roller"
    assert outcome(week.last_choice) == "Sessions the week before: 0 done of 0 asked; this week: 2 done of 5 asked."
    # It was tried, so it is not proposed again.
    assert option_reason(week.choice) == "Give last week's choice another week."
    assert week.chosen is not None
    assert week.chosen.choice == "nothing"


def test_hours_are_moved_to_where_prompts_were_taken_up() -> None:
    hours = (Hour(9, 0, 3, 4, 2), Hour(10, 6, 0, 1, 0), Hour(11, 5, 0, 0, 0), Hour(15, 1, 4, 3, 2))
    assert better_hours(hours) == Window(10, 13)
    assert Window(10, 13).text == "10:00-13:00"
    assert best_hour(hours) == 11
    # Taken up as often at any hour: nothing to gain.
    assert better_hours([Hour(h, 3, 0, 0, 0) for h in (9, 11, 14, 16)]) is None
    # Nine answers are too few.
    assert better_hours([Hour(10, 9, 0, 0, 0), Hour(15, 0, 0, 0, 9)]) is None


def test_hours_over_midnight() -> None:
    hours = (Hour(0, 5, 0, 0, 0), Hour(22, 1, 0, 0, 0), Hour(23, 5, 0, 0, 0), Hour(9, 0, 4, 4, 4))
    assert better_hours(hours) == Window(22, 1)
    assert [h for h in range(24) if Window(22, 1).holds(h)] == [0, 22, 23]


@pytest.mark.parametrize(
    ("day", "start", "first"),
    [
        ("2026-11-15", "mon", "2026-11-09"),
        ("2026-11-09", "mon", "2026-11-09"),
        ("2026-11-15", "sun", "2026-11-15"),
        ("2026-11-14", "sun", "2026-11-08"),
        ("2024-03-01", "thu", "2024-02-29"),
    ],
)
def test_first_day(day: str, start: str, first: str) -> None:
    assert first_day(day, start) == first


def test_the_window_holds_every_zone() -> None:
    """The earliest midnight on Earth is at +14, and a night shift's last hours lie at noon of the eighth day at -12."""
    story = Story("Pacific/Kiritimati")
    since, until = window("2026-11-09")
    assert since <= story.at("2026-10-12 00:00")[0]
    assert story.at("2026-11-16 12:00")[0] + 26 * 3600 <= until


def test_json_is_plain_and_complete() -> None:
    week = some_week(done=4, skipped=1).week("2026-11-09")
    plain = to_json(week)
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["note"] == NOTE
    assert plain["days"][0]["sitting"] == {"low": 90.0, "best": 90.0, "high": 90.0}
    assert plain["thresholds"]["break_gap"] == 5.0
    assert list(plain)[:4] == ["first", "last", "days", "sitting"]
    assert {"pattern", "prompts", "plan", "choice", "options", "quality", "before", "feeling"} <= set(plain)


# Against a second computation, minute by minute -----------------------------------------------------------------------

MINUTES = st.lists(
    st.tuples(st.sampled_from([*Presence]), st.integers(1, 50), st.booleans()).map(
        lambda t: (t[0], t[1], t[2] and t[0] in (Presence.AWAY, Presence.ASLEEP))
    ),
    max_size=40,
)


def pieces_of(minutes: Sequence[tuple[Presence, int, bool]], device: str = "", start: float = 1.8e9) -> list[Lived]:
    found = []
    for presence, length, breaks in minutes:
        found.append(Lived("2026-11-09", Piece(start, start + 60 * length, presence, breaks), 0.0, 0, device))
        start += 60 * length
    return found


def naive_stretches(minutes: Sequence[tuple[Presence, int, bool]]) -> list[int]:
    """Minute by minute: runs of not sitting that are real breaks divide, all others are passed over."""
    each = [(presence, breaks) for presence, length, breaks in minutes for _ in range(length)]
    lengths = [0]
    for sits, run in groupby(each, key=lambda m: m[0] in SITTING):
        members = list(run)
        seen = [m[0] for m in members]
        if sits:
            lengths[-1] += len(members)
        elif (
            any(breaks for _, breaks in members)
            or Presence.SESSION in seen
            or seen.count(Presence.STANDING) >= 5
            or seen.count(Presence.UNKNOWN) >= 15
        ):
            lengths.append(0)
    return [length for length in lengths if length]


@given(MINUTES)
def test_the_pattern_agrees_with_a_naive_one(minutes: list[tuple[Presence, int, bool]]) -> None:
    pieces = pieces_of(minutes)
    lengths = naive_stretches(minutes)
    assert [round(lot.seconds / 60) for _, lot in stretches_of(pieces, SETTINGS)] == lengths
    pattern = summarise(pieces, [], "2026-11-09", SETTINGS).pattern
    if day_totals(pieces, SETTINGS) and day_totals(pieces, SETTINGS)["2026-11-09"].day.flags(SETTINGS):
        return  # an implausible day is kept out
    total = sum(lengths)
    assert pattern.stretches == len(lengths)
    assert pattern.longest == (max(lengths) if lengths else None)
    assert pattern.prolonged_share == (round(sum(x for x in lengths if x >= 30) / total, 3) if total else None)
    assert pattern.long == len([x for x in lengths if x >= 60])
    longest_half = [x for x in lengths if 2 * sum(y for y in lengths if y >= x) >= total]
    assert pattern.usual == (max(longest_half) if lengths else None)


@given(MINUTES, MINUTES, st.integers(0, 300))
def test_two_machines_are_the_union_of_their_sitting(
    one: list[tuple[Presence, int, bool]], two: list[tuple[Presence, int, bool]], later: int
) -> None:
    """Minute by minute: on the roller or standing on either is that; else sitting on either is sitting."""
    first, second = pieces_of(one), pieces_of(two, "laptop", 1.8e9 + 60 * later)
    at: dict[int, set[Presence]] = {}
    for p in [*first, *second]:
        for minute in range(round(p.start / 60), round(p.end / 60)):
            at.setdefault(minute, set()).add(p.presence)
    sitting = sum(bool(seen & SITTING) and not seen & {Presence.SESSION, Presence.STANDING} for seen in at.values())
    merged = together([*first, *second], SETTINGS)
    assert sum(p.end - p.start for p in merged if p.presence in SITTING) == 60 * sitting
    assert sum(p.end - p.start for p in merged) == 60 * len(at)
    assert all(a.end <= b.start for a, b in pairwise(merged))


@given(MINUTES)
def test_a_second_machine_that_saw_the_same_changes_nothing(minutes: list[tuple[Presence, int, bool]]) -> None:
    alone = day_totals(together(pieces_of(minutes), SETTINGS), SETTINGS)
    both = day_totals(together([*pieces_of(minutes), *pieces_of(minutes, "laptop")], SETTINGS), SETTINGS)
    assert [t.day[1:8] for t in alone.values()] == [t.day[1:8] for t in both.values()]
    assert [lot.seconds for t in alone.values() for lot in t.stretches] == [
        lot.seconds for t in both.values() for lot in t.stretches
    ]


def test_what_was_told_is_in_the_order_of_days_and_stays_whatever_milder_came_later() -> None:
    story = Story()
    hurt = story.session("2026-11-09 12:00", discomfort=7, stiffness_before=6)
    story.tell(Kind.RATED, "12:30", session=hurt.key, discomfort=2)
    story.tell(Kind.MORNING, "2026-11-10 09:00", feels="worse")
    story.tell(Kind.RECOVERY, "10:00", feels="still")
    story.session("2026-11-11 12:00", status="partial", branches=["elbows-in", "tingling-cleared", "pain"])
    story.tell(Kind.MORNING, "2026-11-12 09:00", feels="worse")
    story.tell(Kind.MORNING, "09:05", feels="same")
    late = story.session("2026-11-13 12:00", tingling="cleared")
    story.tell(Kind.RATED, "2026-11-14 12:30", session=late.key, tingling="persisted")
    story.tell(Kind.SCREENING, "2026-11-15 12:00", verdict="ask-doctor")
    week = story.week("2026-11-09")
    assert [(one.date[-2:], one.what, one.number) for one in week.symptoms] == [
        ("09", "discomfort", 7),
        ("10", "still", None),
        ("10", "morning", None),
        ("11", "pain", None),
        ("11", "cleared", None),
        ("13", "tingling", None),
        ("15", "red-flag", None),
    ]
    assert week.feeling.tingling == 2
    weeks = trend(lived(story.facts, SETTINGS), story.facts, "2026-11-16", SETTINGS, 2)
    assert [len(week.symptoms) for week in weeks] == [7, 0]
    assert json.loads(json.dumps(to_json(week)))["symptoms"][0] == {
        "date": "2026-11-09", "what": "discomfort", "number": 7
    }  # fmt: skip


def test_what_was_told_by_mistake_is_only_said_to_have_been_a_slip() -> None:
    story = Story()
    pain = story.session("2026-11-09 12:00", status="partial", branches=["elbows-in", "pain"], stiffness_before=6)
    story.tell(Kind.SLIP, "12:10", fact=pain.key)
    rated = story.session("2026-11-10 12:00", discomfort=1)
    worse = story.tell(Kind.RATED, "12:30", session=rated.key, discomfort=9, tingling="persisted", stiffness_after=2)
    story.tell(Kind.SLIP, "12:31", fact=worse.key)
    yes = story.tell(Kind.SCREENING, "2026-11-11 12:00", verdict="ask-doctor")
    stop = {"decision": "stop", "rule": "stop", "at_once": True, "figures": {"stopped": "red-flag"}}
    story.tell(Kind.REVIEW, "12:00", mode="stopped", **stop)
    story.tell(Kind.SLIP, "12:01", fact=yes.key)
    story.tell(Kind.REVIEW, "12:01", decision="easy mode", rule="easy mode", at_once=True, mode="easy", figures={})
    week = story.week("2026-11-09")
    assert [(one.date[-2:], one.what) for one in week.symptoms] == [("09", "slip"), ("10", "slip"), ("11", "slip")]
    assert (week.feeling.worst_discomfort, week.feeling.tingling) == (1, 0)
    assert "until you have checked with a clinician" not in option_reason(week.choice)


def test_without_a_roller_nothing_is_proposed_and_the_reason_is_said() -> None:
    story = Story()
    story.ran("2026-11-10 09:00", "11:00")
    story.typed("2026-11-10 09:00", "11:00")
    story.tell(Kind.SCREENING, "09:00", verdict="unable")
    assert "it needs a roller" in option_reason(story.week("2026-11-09").choice)
    story.tell(Kind.SCREENING, "10:00", verdict="pass")
    assert "it needs a roller" not in option_reason(story.week("2026-11-09").choice)
