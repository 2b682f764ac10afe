"""Each number of what is due, what holds and how it escalates (MODEL 3 and 4), as tables."""

from datetime import datetime
from math import inf
from zoneinfo import ZoneInfo

import pytest

from unhunch.core.messages import Around
from unhunch.core.moment import Moment
from unhunch.core.presence.day import Day, Rhythm
from unhunch.core.presence.reading import Cover, Over, Presence, Reading
from unhunch.core.presence.scene import Scene
from unhunch.core.presence.sweep import Watch
from unhunch.core.programme import rules
from unhunch.core.programme.record import Programme
from unhunch.core.prompts import due, ladder
from unhunch.core.prompts.ladder import Move, Rung
from unhunch.core.settings import Settings
from unhunch.core.state import calendar
from unhunch.core.state.state import Owed, Pause, State, Tally

S = Settings()
MIN = 60.0
ZONE = ZoneInfo("Europe/Berlin")
T = 100_000.0


def moment(text="2026-03-02 10:00"):
    local = datetime.fromisoformat(text).replace(tzinfo=ZONE)
    return Moment(local.timestamp(), T, T, int(local.utcoffset().total_seconds()))


def scene(**more):
    plain = {
        "at": moment(),
        "t": T,
        "presence": Presence.ACTIVE,
        "least": 0.0,
        "most": 0.0,
        "around": Around(),
        "proven": 0.0,
        "provisional": 0.0,
        "session": False,
        "call_ended": -inf,
        "unlocked": -inf,
        "stretch": 0.0,
    }
    return Scene(**{**plain, **more})


def lived(minutes=0.0, expected=345.0, goal=1, past=5, since=inf, arrival=600.0, **day):
    """A state after so many minutes of sitting today; minutes throughout."""
    return State(
        t=T,
        watch=Watch(Reading(T, touched=True)),
        today=Day(date="2026-03-02", best=minutes * MIN, expected=expected * MIN, **day),
        past=tuple(Day(date=f"2026-01-{n + 1:02d}") for n in range(past)),
        tally=Tally(since_session=since * MIN, since_arrival=arrival * MIN),
        rhythm=Rhythm(active=3 * MIN),
        programme=Programme(goal=goal),
    )


def due_at(stretch=0.0, **more):
    """The first tenth of a minute of sitting at which a session is due."""
    for tenth in range(6000):
        if due.is_due(lived(minutes=tenth / 10, **more), scene(stretch=stretch * MIN), S):
            return tenth / 10
    return None


@pytest.mark.parametrize(
    ("expected", "goal", "points"),
    [
        (345, 1, [120]),
        (345, 2, [115, 230]),
        (345, 3, [86.25, 172.5, 258.75]),
        (480, 4, [96, 192, 288, 384]),
        (345, 4, [86.25, 172.5, 258.75]),  # under seven hours the cap is three
        (180, 1, [90]),
        (200, 1, [100]),
        (600, 1, [120]),
    ],
)
def test_thresholds(expected, goal, points):
    st = lived(expected=expected, goal=goal)
    of = due.goal_today(st, S)
    assert [due.threshold(k + 1, of, st, S) / MIN for k in range(of)] == points


def test_the_first_session_of_a_new_user_is_due_by_ninety_minutes():
    assert [due.threshold(1, 1, lived(past=n), S) / MIN for n in (0, 2, 3)] == [90, 90, 120]


@pytest.mark.parametrize(("minutes", "most"), [(179.9, 1), (180, 2), (299.9, 2), (300, 3), (419.9, 3), (420, 4)])
def test_cap_by_expected_sitting(minutes, most):
    assert rules.cap(minutes * MIN, S) == most


def day(date, minutes=300.0, unknown=0.0):
    return Day(date=date, best=minutes * MIN, unknown=unknown * MIN, unseen=unknown * MIN, first=0.0, last=480 * MIN)


def test_expected_sitting():
    workdays = [day(f"2026-02-{n:02d}", 200 + n) for n in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18)]
    weekend = [day(f"2026-02-{n:02d}", 100 + n) for n in (7, 8, 14)]

    def expected(days, date="2026-03-02"):
        return due.expected_sitting(date, days, S) / MIN

    assert expected([]) == 345
    assert expected(workdays[:2]) == 345
    assert expected(workdays[:3]) == 203
    assert expected(workdays[:3], "2026-03-07") == 345
    assert expected(workdays + weekend) == 200 + (11 + 12) / 2  # the last ten: 5 to 18
    assert expected([*weekend, day("2026-02-15", 500)], "2026-03-07") == 120  # never below
    assert expected([day(f"2026-02-{n:02d}", 900) for n in (2, 3, 4)]) == 600
    assert expected([*workdays[:2], day("2026-02-04", 59)]) == 345  # too short to be valid
    assert expected([*workdays[:2], day("2026-02-04", 200, unknown=121)]) == 345  # too little known
    assert expected([*workdays[:2], day("2026-02-04", 200, unknown=119)]) == 202
    assert expected([*workdays[:2], day("2026-02-04", 16 * 60 + 1)]) == 345  # implausible
    assert expected([*workdays[:2], day("2026-02-04")._replace(steady=6 * 3600 + 1.0)]) == 345


def test_between_settle_and_least():
    assert due_at() == 120
    assert due_at(since=59.9) is None
    assert due_at(since=60) == 120
    assert due_at(arrival=19.9) is None
    assert due_at(arrival=20) == 120
    assert due_at(goal=4, expected=130) == 65
    assert due_at(goal=4, expected=120) == 60  # below an hour nothing prompts
    assert due_at(goal=4, expected=420, past=5) == 84


def test_pulled_forward_by_a_long_stretch():
    assert due_at(stretch=59.9) == 120
    assert due_at(stretch=60) == 96
    assert due_at(stretch=60, goal=2) == 92
    assert due_at(stretch=60, goal=4, expected=130) == 60


def test_not_due_otherwise():
    assert due.is_due(lived(130), scene(), S)
    assert not due.is_due(lived(130), scene(session=True), S)
    assert not due.is_due(lived(130)._replace(pause=Pause(T)), scene(), S)
    assert not due.is_due(lived(130)._replace(owed=Owed(T, 1, 1)), scene(), S)
    assert not due.is_due(lived(130)._replace(programme=Programme(stop="red-flag")), scene(), S)
    assert not due.is_due(lived(130, done=1), scene(), S)
    assert not due.is_due(lived(130), scene(), Settings(hours_mon=((720, 1080),)))
    assert due.is_due(lived(100), scene(proven=20 * MIN), S)


@pytest.mark.parametrize("minutes", [0, 40, 70, 95, 110, 119.9, 120])
@pytest.mark.parametrize("stretch", [0, 30, 59, 60])
@pytest.mark.parametrize("since", [10, 60, inf])
def test_sitting_left_and_due_agree(minutes, stretch, since):
    st = lived(minutes, since=since)
    now = scene(stretch=stretch * MIN)
    left = due.sitting_left(st, now, S)
    assert (left == 0) == due.is_due(st, now, S)
    if left:
        more = scene(proven=left, stretch=stretch * MIN + left)
        assert due.sitting_left(st, more, S) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("hours", "at", "inside"),
    [
        (((480, 1080),), "2026-03-02 07:59", False),
        (((480, 1080),), "2026-03-02 08:00", True),
        (((480, 1080),), "2026-03-02 18:00", False),
        (((1320, 360),), "2026-03-02 23:00", True),
        (((1320, 360),), "2026-03-03 05:59", True),
        (((1320, 360),), "2026-03-03 06:00", False),
        (((1320, 360),), "2026-03-02 05:00", False),
        ((), "2026-03-02 12:00", False),
        (((0, 1440),), "2026-03-02 23:59:59", True),
        (((480, 720), (780, 1080)), "2026-03-02 12:30", False),
    ],
)
def test_active_hours(hours, at, inside):
    """2026-03-02 is a Monday; the other days have none."""
    none = {f"hours_{d}": () for d in ("tue", "wed", "thu", "fri", "sat", "sun")}
    s = Settings(**none, hours_mon=hours)
    assert calendar.in_hours(moment(at), s) is inside
    edge = calendar.hours_edge(moment(at), s)
    assert 0 < edge <= 86400
    later = moment(at)
    later = later._replace(wall=later.wall + edge - 1.0)
    assert calendar.in_hours(later, s) is inside


OWED = Owed(T - 600.0, 1, 1)


@pytest.mark.parametrize(
    ("st", "sc", "why"),
    [
        ({}, {}, None),
        ({}, {"session": True}, "session"),
        ({"pause": Pause(T)}, {}, "paused"),
        ({}, {"presence": Presence.UNKNOWN, "most": inf}, "blind"),
        ({}, {"around": Around(locked=True)}, "locked"),
        ({}, {"presence": Presence.STANDING}, "standing"),
        ({}, {"presence": Presence.AWAY, "least": 400.0, "most": 400.0}, "away"),
        ({}, {"presence": Presence.ASLEEP}, "away"),
        ({}, {"around": Around(in_call=True)}, "call"),
        ({}, {"presence": Presence.QUIET, "least": 61.0, "most": 61.0}, "gap"),
        ({}, {"least": 40.0, "most": 61.0}, "gap"),
        ({}, {"least": 60.0, "most": 60.0}, None),
        ({}, {"around": Around(shared=True)}, "shared"),
        ({"owed": OWED._replace(fullscreen=9e9)}, {"around": Around(shared=True, fullscreen=True)}, "shared"),
        ({}, {"around": Around(busy=True)}, "calendar"),
        ({}, {"around": Around(busy=True, quiet=True)}, "calendar"),
        ({}, {"around": Around(busy=True, in_call=True)}, "call"),
        ({}, {"around": Around(quiet=True)}, "quiet"),
        ({}, {"around": Around(muted=True)}, "muted"),
        ({}, {"around": Around(muted=True, fullscreen=True)}, "muted"),
        ({}, {"around": Around(covered=True)}, "fullscreen"),
        ({}, {"around": Around(muted=True, covered=True)}, "muted"),
        ({}, {"around": Around(break_due=True)}, "break_due"),
        ({}, {"around": Around(muted=True, break_due=True)}, "muted"),
        ({}, {"around": Around(reminds=True)}, None),
        ({}, {"around": Around(fullscreen=True)}, "fullscreen"),
        ({"owed": OWED._replace(fullscreen=45 * MIN - 1)}, {"around": Around(fullscreen=True)}, "fullscreen"),
        ({"owed": OWED._replace(fullscreen=45 * MIN)}, {"around": Around(fullscreen=True)}, None),
        (
            {"owed": OWED._replace(fullscreen=45 * MIN)},
            {"around": Around(fullscreen=True, inhibited=True)},
            "fullscreen",
        ),
        ({"owed": OWED._replace(snoozed_until=T + 1)}, {}, "snoozed"),
        ({"owed": OWED._replace(snoozed_until=T)}, {}, None),
    ],
)
def test_holds(st, sc, why):
    base = lived(130)._replace(**{"owed": OWED, **st})
    assert ladder.hold(base, scene(**sc), S) == why
    assert why is None or why in ladder.HOLDS


def test_only_the_third_step_pierces_and_only_where_it_may():
    quiet = scene(around=Around(quiet=True))
    st = lived(130)._replace(owed=OWED)
    assert ladder.hold(st, quiet, Settings(pierce_quiet=True), 3) is None
    assert ladder.hold(st, quiet, Settings(pierce_quiet=True), 2) == "quiet"
    assert ladder.hold(st, quiet, S, 3) == "quiet"


def test_a_microphone_open_for_three_hours_holds_nothing():
    calling = scene(around=Around(in_call=True))
    for age, why in ((3 * 3600 - 1, "call"), (3 * 3600, None)):
        st = lived(130)._replace(watch=Watch(Reading(T, touched=True, covers=(Cover(Over.CALL, T - age),))))
        assert ladder.hold(st, calling, S) == why


@pytest.mark.parametrize(
    ("owed", "top", "expected"),
    [
        (OWED, 3, Rung(1, 0)),
        (OWED._replace(step=1), 3, Rung(2, 15 * MIN)),
        (OWED._replace(step=2), 3, Rung(3, 15 * MIN)),
        (OWED._replace(step=3), 3, None),
        (OWED._replace(step=1), 1, None),
        (OWED._replace(step=2, returning=True), 3, Rung(2, 0)),
        (OWED._replace(step=0, returning=True), 3, Rung(1, 0)),
    ],
)
def test_rungs(owed, top, expected):
    assert ladder.rung(owed, top, S) == expected


@pytest.mark.parametrize(
    ("minutes", "insists", "seconds"),
    [
        (0, False, 12),
        (2.99, False, 12),
        (3, False, 10),
        (29.9, False, 10),
        (30, False, 10),
        (29.99, True, 10),
        (30, True, 5),
        (44, True, 5),
    ],
)
def test_what_counts_as_a_pause_shrinks(minutes, insists, seconds):
    assert ladder.gap_needed(minutes * MIN, scene(), S, insists=insists) == seconds


@pytest.mark.parametrize(
    ("sc", "active", "minutes", "why"),
    [
        ({"least": 11.9, "most": 11.9}, 30, 0, None),
        ({"least": 12, "most": 12}, 30, 0, "pause"),
        ({"least": 12, "most": 12}, 29, 0, None),
        ({"least": 60, "most": 60}, 30, 0, "pause"),
        ({"least": 12, "most": 60.1}, 30, 0, None),
        ({"least": 10, "most": 10}, 30, 2.9, None),
        ({"least": 10, "most": 10}, 30, 3, "pause"),
        ({"call_ended": T - 119, "least": 5, "most": 5}, 0, 0, None),
        ({"call_ended": T - 120, "least": 5, "most": 5}, 0, 0, "after a call"),
        ({"call_ended": T - 120, "least": 4.9, "most": 4.9}, 0, 0, None),
        ({"call_ended": T - 120}, 0, 0, None),
        ({"call_ended": T - 421, "least": 5, "most": 5}, 0, 0, None),
        ({"unlocked": T - 59, "least": 5, "most": 5}, 0, 0, None),
        ({"unlocked": T - 60, "least": 5, "most": 5}, 0, 0, "after unlocking"),
        ({"unlocked": T - 361, "least": 5, "most": 5}, 0, 0, None),
    ],
)
def test_natural_pauses(sc, active, minutes, why):
    st = lived(130)
    st = st._replace(rhythm=st.rhythm._replace(active=float(active)))
    assert ladder.natural_pause(st, scene(**sc), minutes * MIN, S) == why


PAUSING = {"least": 20.0, "most": 20.0}
HARDLY = {"least": 5.0, "most": 5.0}


@pytest.mark.parametrize(
    ("owed", "sc", "move"),
    [
        (OWED, {}, None),
        (OWED, PAUSING, Move("show", 1, "pause")),
        (OWED._replace(clock=30 * MIN - 1), HARDLY, None),
        (OWED._replace(clock=30 * MIN), HARDLY, Move("show", 1, "brief")),
        (OWED._replace(clock=30 * MIN), {}, None),
        (OWED._replace(clock=45 * MIN - 1), {}, None),
        (OWED._replace(clock=45 * MIN), {}, Move("show", 1, "waited")),
        (OWED._replace(step=1, clock=14.9 * MIN), PAUSING, None),
        (OWED._replace(step=1, clock=15 * MIN), PAUSING, Move("show", 2, "pause")),
        (OWED._replace(step=1, clock=44.9 * MIN), HARDLY, None),
        (OWED._replace(step=1, clock=45 * MIN), HARDLY, Move("show", 2, "brief")),
        (OWED._replace(step=1, clock=59.9 * MIN), {}, None),
        (OWED._replace(step=1, clock=60 * MIN), {}, Move("show", 2, "waited")),
        (OWED._replace(step=2, shown=2, clock=60 * MIN), {}, Move("show", 3, "waited")),
        (OWED._replace(step=1, clock=60 * MIN, after_break=True), PAUSING, None),
        (OWED._replace(step=3, highest=3, clock=24.9 * MIN), {}, None),
        (OWED._replace(step=3, highest=3, clock=25 * MIN), {}, Move("lapse", 3, "missed")),
        (OWED._replace(step=2, shown=3, clock=39.9 * MIN), {}, None),
        (OWED._replace(step=2, shown=3, highest=2, clock=40 * MIN), {}, Move("lapse", 2, "missed")),
    ],
)
def test_the_ladder(owed, sc, move):
    assert ladder.ladder(lived(130)._replace(owed=owed), scene(**sc), 3, S) == move


def test_a_lower_top_lapses_after_its_own_last_step():
    owed = OWED._replace(step=1, highest=1, clock=25 * MIN)
    assert ladder.ladder(lived(130)._replace(owed=owed), scene(), 1, S) == Move("lapse", 1, "not-asked")
    owed = owed._replace(step=2, highest=2)
    assert ladder.ladder(lived(130)._replace(owed=owed), scene(), 2, S) == Move("lapse", 2, "missed")


@pytest.mark.parametrize(("goal", "left"), [(1, 4), (2, 6), (3, 6), (4, 6)])
def test_notices_a_day(goal, left):
    assert ladder.notices_left(lived(goal=goal), S) == left
    assert ladder.notices_left(lived(goal=goal, notices=left), S) == 0
    st = lived(130, goal=goal, notices=left)._replace(owed=OWED._replace(clock=15 * MIN))
    assert ladder.ladder(st, scene(**PAUSING), 3, S) is None
    free = st._replace(owed=st.owed._replace(step=1, returning=True))
    assert ladder.ladder(free, scene(**PAUSING), 3, S) == Move("show", 1, "pause")


def test_six_a_day_whatever_comes_back():
    """What costs no other cap costs this one: the week's notice, a snooze's return, one that was withdrawn."""
    back = OWED._replace(step=1, returning=True)
    for shown, expected in ((5, Move("show", 1, "pause")), (6, None)):
        st = lived(130, goal=4, shown=shown)._replace(owed=back)
        assert ladder.any_left(st, S) == 6 - shown
        assert ladder.ladder(st, scene(**PAUSING), 3, S) == expected


def test_three_notices_for_one_session():
    for shown, expected in ((2, "show"), (3, None)):
        st = lived(130)._replace(owed=OWED._replace(shown=shown))
        move = ladder.ladder(st, scene(**PAUSING), 3, S)
        assert (move and move.act) == expected


@pytest.mark.parametrize(
    ("stretch", "tally", "today", "waits"),
    [
        (59.9, {}, {}, False),
        (60, {}, {}, True),
        (104.9, {"nudge_at": 105 * MIN}, {"nudges": 1}, False),
        (105, {"nudge_at": 105 * MIN}, {"nudges": 1}, True),
        (600, {"nudge_at": inf}, {}, False),
        (150, {"nudge_at": 105 * MIN}, {"nudges": 2}, False),
        (60, {}, {"nudges": 1}, True),
        (60, {}, {"nudges": 2}, False),
        (60, {"nudges_ignored": 1}, {"nudges": 1}, True),
        (60, {"nudges_ignored": 2}, {"nudges": 1}, False),
        (60, {"nudges_ignored": 2}, {"nudges": 0}, True),
        (60, {}, {"notices": 4}, False),
        (60, {}, {"shown": 6}, False),
    ],
)
def test_stand_up_notices(stretch, tally, today, waits):
    st = lived(stretch, **today)
    st = st._replace(tally=st.tally._replace(**tally))
    sc = scene(stretch=stretch * MIN)
    assert ladder.nudge_due(st, sc, S) is waits
    assert not ladder.nudge_due(st, sc, Settings(nudge=False))
    assert not ladder.nudge_due(st._replace(owed=OWED), sc, S)


@pytest.mark.parametrize(
    ("now", "at", "gap", "turned"),
    [
        ("", "2026-03-02 10:00", 0, "2026-03-02"),
        ("2026-03-02", "2026-03-02 23:00", 0, None),
        ("2026-03-02", "2026-03-03 03:59", 120, None),
        ("2026-03-02", "2026-03-03 04:01", 59, None),
        ("2026-03-02", "2026-03-03 04:01", 60, "2026-03-03"),
        ("2026-03-02", "2026-03-03 11:59", 0, None),
        ("2026-03-02", "2026-03-03 12:00", 0, "2026-03-03"),
        ("2026-03-02", "2026-03-04 05:00", 0, "2026-03-04"),
        ("2026-03-02", "2026-03-01 22:00", 0, "2026-03-01"),
    ],
)
def test_when_a_day_turns(now, at, gap, turned):
    st = State(today=Day(date=now), watch=Watch(Reading(T - gap * MIN, touched=True)))
    assert calendar.turns(st, moment(at), T, S) == turned


def test_a_date_that_was_lived_before_goes_on():
    st = State(today=Day(date="2026-03-02"), past=(Day(date="2026-03-03"),), watch=Watch(Reading(T, touched=True)))
    assert calendar.turns(st, moment("2026-03-03 10:00"), T, S) == "2026-03-03"


def test_the_week_is_announced_once_from_its_first_day_on():
    st = State(today=Day(date="2026-03-09"), past=(Day(date="2026-03-05", best=3600.0),))
    assert calendar.week_of("2026-03-15", S) == "2026-03-09"
    assert calendar.week_of("2026-03-15", Settings(week_day="sun")) == "2026-03-15"
    assert calendar.week_is_news(st, moment("2026-03-09 09:00"), S) == "2026-03-09"
    assert calendar.week_is_news(st, moment("2026-03-09 07:00"), Settings(week_hour=8)) is None
    assert calendar.week_is_news(st, moment("2026-03-09 08:00"), Settings(week_hour=8)) == "2026-03-09"
    assert calendar.week_is_news(st, moment("2026-03-09 09:00"), Settings(week_notice=False)) is None
    assert calendar.week_is_news(st._replace(weeks_shown=("2026-03-09",)), moment("2026-03-09 09:00"), S) is None
    assert calendar.week_is_news(st._replace(past=()), moment("2026-03-09 09:00"), S) is None
