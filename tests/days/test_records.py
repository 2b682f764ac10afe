"""What a record leaves out, and records no person makes: a night is no sitting unseen, nothing waits for ever."""

import pytest

from tests.days.people import PEOPLE, recording
from unhunch.core.facts import Kind
from unhunch.core.presence.reading import Presence
from unhunch.core.settings import Settings
from unhunch.core.week.lived import lived
from unhunch.importers.recording import Import, facts_from
from unhunch.play import replay, simulate
from unhunch.play.player import Player, Recording

S = Settings()
MONDAY = 1741590000.0
"""2025-03-10, 08:00 in Berlin."""


def nights_left_out(weeks: int) -> Recording:
    """A developer's days; the record begins with each day's first input and ends with its last."""
    whole = recording(PEOPLE["developer"], weeks * 5, 3)
    days: dict[int, list[tuple[float, float]]] = {}
    for span in whole.spans:
        days.setdefault(int(span[0] // 86400), []).append(span)
    return Recording(whole.spans, [(some[0][0] - 30.0, some[-1][1] + 60.0) for some in days.values()])


def test_weeks_whose_nights_a_record_leaves_out_are_reviewed() -> None:
    player = Player(S, user=simulate.Someone(simulate.USERS["willing"], 0, S))
    player.play(nights_left_out(4))
    past = player.live.state.past
    assert all(day.valid(S) for day in past)
    assert max(day.high(S) - day.best for day in past) < 2 * 3600, "no night was sitting that nobody saw"
    rows = simulate.report(player.facts.values(), 4, S)
    assert [row for row in rows if row["decisions"]]


def test_an_imported_night_is_not_watched_and_an_hour_of_the_day_is_unknown() -> None:
    spans = [(MONDAY, MONDAY + 3600.0), (MONDAY + 7200.0, MONDAY + 9 * 3600.0), (MONDAY + 86400.0, MONDAY + 90000.0)]
    found = lived(facts_from(Import("activitywatch", spans, spans, []), "", lambda _: 3600), S)
    holes = {p.presence for p in found if MONDAY + 3700.0 < p.start < MONDAY + 7100.0}
    night = {p.presence for p in found if MONDAY + 10 * 3600.0 < (p.start + p.end) / 2 < MONDAY + 86000.0}
    assert night == set(), "not watched: neither away nor unknown"
    assert holes <= {Presence.UNKNOWN}
    assert any(p.presence is Presence.UNKNOWN for p in found)


@pytest.mark.parametrize(
    "spans",
    [
        [(MONDAY + 60.0 * n, MONDAY + 60.0 * n + 30.0) for n in range(600)],
        [(MONDAY, MONDAY + 10 * 3600.0)],
        [(MONDAY, MONDAY + 7200.0), (MONDAY + 365 * 86400.0, MONDAY + 365 * 86400.0 + 7200.0)],
        [(MONDAY, MONDAY)],
    ],
    ids=["a machine's regular gaps", "no gap at all", "a year between two days", "one input"],
)
@pytest.mark.parametrize("covered", [False, True])
def test_a_record_that_no_person_makes(spans: list[tuple[float, float]], covered: bool) -> None:
    player = Player(S)
    player.play(Recording(spans, spans if covered else [(spans[0][0], spans[-1][1])]))
    told = replay.report(player.facts.values(), S)
    facts = list(player.facts.values())
    assert told["totals"]["to_nobody"] == 0
    due, lapsed = sum(f.kind is Kind.DUE for f in facts), sum(f.kind is Kind.LAPSED for f in facts)
    assert due - lapsed in (0, 1), "what is due ends"
    assert all(f.body["waited_s"] <= S.pause_anyway for f in facts if f.kind in (Kind.SHOWN, Kind.LET_GO))


@pytest.mark.parametrize("unseen", [False, True], ids=["under a lock", "outside what was watched"])
def test_input_that_says_nothing_is_played_in_few_looks(unseen: bool) -> None:
    """Once something could be due by it, each of them asked again a thousand times a second."""
    begin = MONDAY
    spans = [(begin + 600.0 * n, begin + 600.0 * n + 590.0) for n in range(30)]
    dark, end = (begin + 1800.0, begin + 3.5 * 3600), spans[-1][1]
    covered = [(begin, dark[0]), (dark[1], end)] if unseen else [(begin, end)]
    looks: list[float] = []

    def reached(at: float) -> None:
        looks.append(at)
        assert len(looks) < 1000

    Player(S, reached=reached).play(Recording(spans, covered, [] if unseen else [("locked", *dark)]))
    assert looks[-1] == end
