"""The week as text: it fits, says the same as the JSON, and needs neither colour nor Unicode."""

import re
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.story import SETTINGS, Story
from tests.examples import examples
from unhunch.core.facts import Kind
from unhunch.core.prompts.ladder import HOLDS
from unhunch.core.week.figures import Week
from unhunch.core.week.summary import summarise
from unhunch.report import sentences, written
from unhunch.report.html import render as page
from unhunch.report.paper import wrap
from unhunch.report.terminal import render, speaks_unicode, strip_row, wants_colour
from unhunch.words.week import NOTE

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def full_week() -> Week:
    """A week that has everything: four weeks before it, two machines, holds, an offer, a flagged day, a last choice."""
    desk, lap = Story(), Story(device="laptop")
    for n in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13):
        day = f"2026-11-{n:02d}"
        desk.ran(f"{day} 08:30", "16:00")
        desk.typed(f"{day} 08:30", "08:50")
        desk.typed("09:10", "09:50")
        desk.typed("10:30", "12:40")
        desk.tell(Kind.CALL, "13:30", "14:10")
        desk.typed("13:30", "15:00")
        desk.tell(Kind.DUE, f"{day} 10:40", number=1, of=1)
        desk.tell(Kind.HELD, "10:40", "10:55", why="call")
        desk.tell(Kind.SHOWN, "11:00", what="session", step=1)
        desk.tell(Kind.ANSWER, "11:01", action="start" if n % 3 else "skip", what="session")
        if n % 3:
            desk.session("15:10", stiffness_before=6, stiffness_after=4, discomfort=1, tingling="none")
        desk.tell(Kind.MORNING, "08:35", feels="same")
    desk.ran("2026-11-14 09:00", "16:00")
    desk.typed("2026-11-14 09:00", "16:00")
    desk.session("2026-11-14 17:00", status="partial")
    lap.ran("2026-11-11 20:00", "21:00")
    lap.typed("2026-11-11 20:00", "21:00")
    desk.tell(Kind.BLIND, "2026-11-12 15:00", "15:40")
    desk.tell(Kind.CHOICE, "2026-11-09 08:40", week="2026-11-02", choice="roller", answer="accept")
    seen = {"goal": 1, "done": 9, "asked": 10, "stiffness": 6.0}
    desk.tell(Kind.OFFER, "2026-11-13 12:00", to=2, rule="step up", figures=seen, asks=False)
    return desk.week("2026-11-09", lap)


def empty_week() -> Week:
    return summarise([], [], "2026-12-28", SETTINGS)


@pytest.mark.parametrize("width", [32, 40, 60, 71, 72, 80, 100, 110, 200])
@pytest.mark.parametrize("make", [full_week, empty_week])
def test_every_line_fits(width: int, make: object) -> None:
    week = full_week() if make is full_week else empty_week()
    for line in render(week, width, colour=False).splitlines():
        assert len(line) <= width, line


def test_it_never_gets_narrower_than_32() -> None:
    assert render(full_week(), 20, colour=False) == render(full_week(), 32, colour=False)


def test_the_best_and_the_worst_day_are_named_before_the_table() -> None:
    story = Story()
    for date, end in (("2026-11-09", "11:30"), ("2026-11-10", "10:20"), ("2026-11-11", "10:50")):
        story.ran(f"{date} 09:00", "18:00")
        story.typed(f"{date} 09:00", end)
    story.session("2026-11-10 12:00")
    week = story.week("2026-11-09")
    text = (
        "Your best day was Tue 10 Nov (at most 1 h 21 without a break, 1 session), "
        "your worst Mon 9 Nov (at most 2 h 31 without a break, no session)."
    )
    for width in (40, 100):
        assert text in " ".join(render(week, width, colour=False).split("At your desk")[0].split())
    assert text in page(week, ())
    assert sentences.best_and_worst(empty_week()) == ""


@pytest.mark.parametrize("width", [40, 60])
def test_what_stands_beside_something_stands_below_it_where_there_is_no_room(width: int) -> None:
    lines = render(full_week(), width, colour=False).splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("At your desk"))
    assert lines[at].split() == ["At", "your", "desk", "24", "h", "39"]
    assert lines[at + 1].strip() == "23 h 40 a week"
    assert lines[lines.index("Best hour") + 1] == "  11:00 to 12:00"
    wide = " ".join(render(full_week(), 100, colour=False).split())
    for word in ("Plan Up to 2 a day (offered). 9 of 10 sessions done", "5 shown: 3 taken up, 2 skipped", NOTE):
        assert word in " ".join(" ".join(lines).split())
        assert word in wide


@pytest.mark.parametrize("make", [full_week, empty_week])
def test_the_note_is_always_there(make: object) -> None:
    week = full_week() if make is full_week else empty_week()
    assert render(week, 80, colour=False).rstrip().endswith(NOTE)
    assert NOTE == "An estimate from keyboard and mouse, not a measurement of posture."


def test_colour_changes_no_letter() -> None:
    plain, coloured = (render(full_week(), 80, colour=colour) for colour in (False, True))
    assert "\x1b" not in plain
    assert "\x1b[33m" in coloured
    assert [line.rstrip() for line in ESCAPES.sub("", coloured).splitlines()] == plain.splitlines()


def test_ascii_for_those_who_have_nothing_else() -> None:
    text = render(full_week(), 80, colour=False, ascii_only=True)
    assert text.isascii()
    assert len(text.splitlines()) == len(render(full_week(), 80, colour=False).splitlines())


def test_it_says_what_the_summary_says() -> None:
    week = full_week()
    # Lines are wrapped: one space stands for any.
    text = " ".join(render(week, 100, colour=False).split())
    for figure in (
        "Week of 9 - 15 Nov 2026",
        written.duration(week.sitting.best),
        f"{written.duration(week.sitting.low)} - {written.duration(week.sitting.high)}",
        written.percent(week.pattern.prolonged_share),
        "3, 5 asked, goal 1/day",
        "6 before, 4 after",
        "5 by a call (1 h 15)",
        "5 shown: 3 taken up, 2 skipped",
        ("Up to 2 a day (offered). 9 of 10 sessions done, none that hurt, and stiffness of 6 before them leaves room."),
        "the roller by the desk (tried). Sessions the week before: 3 done of 5 asked; this week: 3 done of 5 asked.",
        "Go up to 2 sessions a day.",
        ("unhunch week --choose N (1 Go up to 2 sessions a day; 2 Decline: as many a day as now; 3 Change nothing)"),
        "* Sat 14 Nov not counted: hours without a single pause",
        "laptop: 1 h seen (mutter, 1 h watched)",
    ):
        assert " ".join(figure.split()) in text, figure


def test_rows_of_the_strip() -> None:
    """Columns of ten minutes from 08:00: what Thursday typed, and what could not be seen after it."""
    week = full_week()
    row = strip_row(week.days[3], 8 * 60, 60, 10.0, 30.0)
    assert row[0:3] == "   "
    assert row[3:5] == "▂▂"
    assert row[7:11] == "▆▆▆▆"
    assert row[15:28] == "▆" * 13
    assert row[33:42] == "▆" * 9
    assert row[42:46] == "░░░░" or row[43] == "●"
    assert week.days[5].sessions[0].status == "partial"
    assert strip_row(week.days[5], 8 * 60, 60, 10.0, 30.0)[54] == "○"


def test_an_empty_week_is_told_plainly() -> None:
    text = render(empty_week(), 80, colour=False)
    assert "Week of 28 Dec 2026 - 3 Jan 2027" in text
    assert "Nothing was seen this week" in text
    assert "nan" not in text.lower()
    assert "None" not in text


@pytest.mark.parametrize(
    ("environ", "is_terminal", "wanted"),
    [
        ({}, True, True),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"TERM": "dumb"}, True, False),
        ({}, False, False),
    ],
)
def test_when_there_is_colour(environ: dict[str, str], is_terminal: bool, wanted: bool) -> None:
    assert wants_colour(environ, is_terminal=is_terminal) is wanted


@pytest.mark.parametrize(
    ("encoding", "speaks"), [("utf-8", True), ("ascii", False), ("latin-1", False), (None, False), ("nonsense", False)]
)
def test_what_a_stream_can_show(encoding: str | None, speaks: bool) -> None:
    assert speaks_unicode(encoding) is speaks


def test_every_hold_has_its_words() -> None:
    assert set(sentences.HOLDS) == set(HOLDS)


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (None, "-"),
        (0, "0 min"),
        (0.5, "1 min"),
        (59.4, "59 min"),
        (59.5, "1 h"),
        (371.6, "6 h 12"),
        (1440, "24 h"),
    ],
)
def test_durations(minutes: float | None, text: str) -> None:
    assert written.duration(minutes) == text


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (100, 100, "as usual"),
        (104, 100, "as usual"),
        (109, 100, "9 % more"),
        (50, 100, "50 % less"),
        (None, 5, ""),
        (5, 0, ""),
    ],
)
def test_comparisons(now: float | None, before: float | None, text: str) -> None:
    assert written.against(now, before) == text


WORDS = st.text("abc-ü\N{NO-BREAK SPACE}", min_size=1, max_size=50).filter(lambda word: word.strip() == word)


@settings(max_examples=examples(40))
@given(words=st.lists(WORDS, max_size=20), width=st.integers(26, 110))
def test_lines_are_broken_as_textwrap_breaks_them(words: list[str], width: int) -> None:
    text = " ".join(words)
    theirs = textwrap.wrap(text, width, break_on_hyphens=False)
    assert wrap(text, width) == [line.rstrip(" ") for line in theirs]
