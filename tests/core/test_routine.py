"""The routine, its timelines and its branches (MODEL 6), against tables written down by hand."""

import copy
import tomllib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import unhunch
from unhunch.core.session.counting import is_done, merged, roller_seconds
from unhunch.core.session.guide import (
    Action,
    End,
    Guide,
    act,
    is_asking,
    moved,
    paused_out,
    played,
    record,
    resume_point,
)
from unhunch.core.session.heard import sentences, tracks
from unhunch.core.session.routine import RULES, Routine, Variation
from unhunch.core.session.timeline import Kind, Timeline, relief, rest, timeline
from unhunch.core.vocabulary import Size
from unhunch.session.routine_file import RoutineError, parse

GOLDEN = Path(__file__).parent / "golden"
FILE = Path(unhunch.__file__).parent / "routines" / "thoracic-foam-roller.toml"

TOTALS = {"short": "2:47", "standard": "5:31", "long": "8:26", "first": "4:33", "easy": "2:47"}
ROLLER = {"short": 72 + 32, "standard": 144 + 80, "long": 240 + 144, "first": 144 + 32, "easy": 72 + 32}
DOWN = 45
"""Seconds of getting down, before the clock."""
PARTS = {
    # setup, positions x breaths, moves, stiff spots x breaths, closing: the model's table
    "short": (15, 3, 3, 2, 1, 4, 10),
    "standard": (20, 6, 3, 5, 2, 5, 15),
    "long": (20, 6, 5, 5, 3, 6, 20),
    "first": (20, 6, 3, 5, 1, 4, 15),
    "easy": (15, 3, 3, 2, 1, 4, 10),
}


def source() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def routine() -> Routine:
    return parse(source())


def clock(seconds: float) -> str:
    return f"{int(seconds // 60)}:{seconds % 60:02.0f}"


def written(line: Timeline) -> str:
    """A timeline as a page to read: when, how long, what is said."""
    rows = [f"{line.size}, {line.variation}: {clock(line.seconds)}, {line.planned:.0f} s on the roller", ""]
    for cue in line.cues:
        detail = f" ({cue.detail})" if cue.detail else ""
        rows.append(
            f"{clock(cue.at):>5} {cue.seconds:>3.0f} s  {cue.kind:<8} [{cue.picture or '-'}] {cue.shown}{detail}"
        )
        if cue.spoken:
            rows.append(f"{'':13}“{cue.spoken}”")
        rows.extend(f"{'':13}{p.at:>5.2f} {p.way:<3} {p.seconds:.2f} s “{p.say}”" for p in cue.phases)
    return "\n".join(rows) + "\n"


def cases(routine: Routine) -> dict[str, Timeline]:
    return {
        "short": timeline(routine, Size.SHORT),
        "standard-with-landmark": timeline(routine, Size.STANDARD, landmark=True),
        "long-hips-raised": timeline(routine, Size.LONG, hips_raised=True, marked=("P5", "P2")),
        "first": timeline(routine, Size.FIRST, landmark=True),
        "easy": timeline(routine, Size.EASY),
        "tingling-elbows-in": relief(routine, Size.STANDARD, Variation.ELBOWS_IN, "P3", 8),
        "tingling-supported": relief(routine, Size.STANDARD, Variation.SUPPORTED, "P3", 8),
        "pain": rest(routine, Size.STANDARD, routine.pain),
        "tingling-persisted": rest(routine, Size.STANDARD, routine.tingling.persisted),
    }


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.txt")))
def test_timelines_read_as_written_down(routine: Routine, name: str) -> None:
    assert written(cases(routine)[name]) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_every_case_is_written_down(routine: Routine) -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(cases(routine))


@pytest.mark.parametrize("size", list(Size))
@pytest.mark.parametrize("breath", [8.0, 9.0, 10.0])
def test_lengths_are_the_models_table(routine: Routine, size: Size, breath: float) -> None:
    """Computed a second time, from the table's factors instead of from cues."""
    setup, places, breaths, moves, stiff, stiff_breaths, closing = PARTS[size]
    expected = setup + places * breaths * breath + moves * 8 + 12 + stiff * (10 + stiff_breaths * breath) + closing
    line = timeline(routine, size, breath)
    assert line.length == pytest.approx(expected)
    assert line.begins == pytest.approx(DOWN)
    assert line.seconds == pytest.approx(expected + DOWN)
    assert line.planned == pytest.approx(places * breaths * breath + stiff * stiff_breaths * breath)
    found = timeline(routine, size, breath, landmark=True)
    assert (found.begins, found.length) == pytest.approx((DOWN + 20, expected))
    if breath == 8.0:
        assert clock(line.length) == TOTALS[size]
        assert line.planned == ROLLER[size]


ANY_LINE = st.builds(
    dict,
    size=st.sampled_from(Size),
    breath_seconds=st.floats(8, 10),
    landmark=st.booleans(),
    hips_raised=st.booleans(),
    variation=st.sampled_from(Variation),
    marked=st.lists(st.sampled_from(["P1", "P2", "P3", "P4", "P5", "P6"]), unique=True).map(tuple),
)


@given(ANY_LINE)
def test_cues_and_breaths_follow_each_other_without_a_hole(options: dict[str, Any]) -> None:
    line = timeline(parse(source()), **options)
    at = 0.0
    for cue in line.cues:
        assert cue.at == pytest.approx(at)
        at = cue.end
        assert bool(cue.spoken) != bool(cue.phases), "either the cue speaks or its breaths do"
        assert cue.shown
        inner = 0.0
        for phase in cue.phases:
            assert phase.at == pytest.approx(inner)
            inner += phase.seconds
        assert not cue.phases or inner == pytest.approx(cue.seconds)
    plain = timeline(parse(source()), options["size"], options["breath_seconds"], landmark=options["landmark"])
    assert [(c.kind, c.at, c.seconds) for c in line.cues] == [(c.kind, c.at, c.seconds) for c in plain.cues]


@pytest.mark.parametrize("size", list(Size))
@pytest.mark.parametrize("variation", list(Variation))
@pytest.mark.parametrize("hips", [False, True])
def test_abs_are_braced_whenever_the_hips_are_up(
    routine: Routine, size: Size, variation: Variation, hips: bool
) -> None:
    line = timeline(routine, size, hips_raised=hips, variation=variation)
    raised = hips and size is Size.LONG
    for cue in line.cues:
        if cue.kind in (Kind.MOVE, Kind.TRAVEL):
            assert cue.spoken.startswith("Brace your abs, "), "the warning comes first"
            assert ("hips up" in cue.spoken) is not raised
            assert ("Hips down." in cue.spoken) is not raised
            assert ("hips still up" in cue.spoken) is raised
        if cue.kind in (Kind.POSITION, Kind.STIFF):
            assert ("Abs braced" in cue.detail) is raised


@pytest.mark.parametrize("size", list(Size))
def test_half_time_is_when_half_of_the_time_is_over(routine: Routine, size: Size) -> None:
    line = timeline(routine, size)
    half = next(cue for cue in line.cues if cue.kind is Kind.HALF)
    assert abs(half.at - line.begins - line.length / 2) <= (half.seconds + 32) / 2, "no place's end is nearer"
    assert line.cues[line.cues.index(half) + 1].kind is Kind.MOVE, "between two places"


@pytest.mark.parametrize("size", list(Size))
def test_places_are_counted_aloud(routine: Routine, size: Size) -> None:
    places = [cue for cue in timeline(routine, size).cues if cue.kind is Kind.POSITION]
    for number, cue in enumerate(places[1:], 2):
        assert cue.phases[0].say == f"Place {number} of {len(places)}. Breathe in."


@pytest.mark.parametrize("size", list(Size))
def test_the_ear_goes_on_listening(routine: Routine, size: Size) -> None:
    """No sentence comes more often than a third of the places, the same one never twice running."""
    said = [spoken.text for spoken in timeline(routine, size).utterances()]
    assert all(one != other for one, other in pairwise(said))
    most = max(said.count(text) for text in set(said))
    assert most <= {"short": 3, "easy": 3, "standard": 5, "first": 5, "long": 9}[size]


def test_the_first_session_keeps_elbows_in_and_ends_with_one_stiff_spot(routine: Routine) -> None:
    line = timeline(routine, Size.FIRST, hips_raised=True)
    said = " ".join(u.text for u in line.utterances()).lower()
    assert line.variation is Variation.ELBOWS_IN
    assert "elbows in" in said
    assert "elbows hang open" not in said
    assert "hips down" in said
    assert "hips still up" not in said
    (stiff,) = [cue for cue in line.cues if cue.kind is Kind.STIFF]
    assert (stiff.seconds, len(stiff.phases)) == (32, 8)
    travel = line.cues[line.cues.index(stiff) - 1]
    assert travel.seconds == 10
    assert "stiffest place, and stay there" in travel.spoken
    assert travel.spoken.endswith("None? Roll to your side."), "how to leave it out"


def test_the_easy_session_is_supported(routine: Routine) -> None:
    line = timeline(routine, Size.EASY)
    assert line.variation is Variation.SUPPORTED
    setup = [cue.spoken for cue in line.cues if cue.kind is Kind.SETUP]
    assert setup[1].startswith("Elbows in, support your head, ease your weight off.")


def test_elbows_hang_open_once_a_place_in_the_long_one_only(routine: Routine) -> None:
    def openings(size: Size, variation: Variation = Variation.OPEN) -> int:
        said = [u.text for u in timeline(routine, size, variation=variation).utterances()]
        return sum("elbows hang open" in text or "elbows open" in text for text in said)

    assert openings(Size.LONG) == 6
    assert openings(Size.LONG, Variation.ELBOWS_IN) == openings(Size.SHORT) == openings(Size.STANDARD) == 0


def test_no_words_send_the_roller_to_the_neck_or_the_lower_back(routine: Routine) -> None:
    """Wherever neck or lower back are named as places, it is to keep away from them."""
    for text in sentences(routine):
        for sentence in text.lower().split("."):
            if "lower back" in sentence:
                assert "never" in sentence
            if "neck" in sentence:
                ways = ("never on", "never your neck", "behind your neck", "never on it")
                assert any(way in sentence for way in ways), sentence
            assert "bounc" not in sentence or "no bouncing" in sentence
            assert "push" not in sentence


def test_every_sentence_of_a_session_is_in_the_list_of_sentences(routine: Routine) -> None:
    listed = sentences(routine)
    for size in Size:
        for variation in Variation:
            for marked in ((), ("P3",), ("P5", "P2", "P6")):
                line = timeline(routine, size, hips_raised=True, variation=variation, marked=marked)
                assert {spoken.text for spoken in line.utterances()} <= set(listed)


def test_nothing_is_silent_for_twenty_seconds(routine: Routine) -> None:
    for name, line in tracks(routine):
        spoken = line.utterances()
        for one, other in pairwise(spoken):
            assert other.at - one.at <= 20, (name, one.text)


# ---- roller seconds -------------------------------------------------------------------------------------------------


def test_roller_seconds_count_each_second_once(routine: Routine) -> None:
    line = timeline(routine, Size.SHORT)
    begin = DOWN + 15
    assert roller_seconds(line, [(0, begin)]) == 0
    assert roller_seconds(line, [(0, begin + 24)]) == 24
    assert roller_seconds(line, [(begin, begin + 12), (begin + 5, begin + 24), (begin, begin + 24)]) == 24
    assert roller_seconds(line, [(0, line.seconds)]) == 104
    assert roller_seconds(line, [(30, 20)]) == 0


@pytest.mark.parametrize("size", list(Size))
def test_sixty_percent_is_done_and_a_moment_less_is_not(routine: Routine, size: Size) -> None:
    line = timeline(routine, size)
    left, end = 0.6 * line.planned, 0.0
    for cue in line.cues:
        if cue.kind in (Kind.POSITION, Kind.STIFF):
            if left <= cue.seconds:
                end = cue.at + left
                break
            left -= cue.seconds
    assert is_done(line, [(0, end)])
    assert not is_done(line, [(0, end - 0.1)])


@given(st.lists(st.tuples(st.floats(0, 200), st.floats(0, 200))))
def test_merged_intervals_are_in_order_and_apart(intervals: list[tuple[float, float]]) -> None:
    union = merged(intervals)
    assert all(start < end for start, end in union)
    assert all(first[1] < second[0] for first, second in pairwise(union))
    for start, end in intervals:
        if start < end:
            assert any(low <= start and end <= high for low, high in union)


# ---- branches -------------------------------------------------------------------------------------------------------


def guide(routine: Routine, size: Size = Size.STANDARD, **options: Any) -> Guide:
    return Guide(routine, size, 8.0, **options)


def test_tingling_that_clears_goes_on_with_elbows_in_at_the_same_breath(routine: Routine) -> None:
    at_second = DOWN + 20 + 24 + 8 + 8 + 3  # second breath of the second place
    asked = act(guide(routine), Action.TINGLING, at_second)
    assert asked.detour is not None
    assert [cue.kind for cue in asked.detour.cues] == [Kind.RELIEF, Kind.RELIEF, Kind.ASK]
    assert asked.detour.cues[1].seconds == 16, "two breaths"
    assert asked.detour.cues[0].picture == "P2"
    assert is_asking(asked, 25)
    assert not is_asking(asked, 23)
    on = act(asked, Action.CLEARED, at_second)
    assert on.detour is None
    assert on.end is None
    assert on.at == DOWN + 20 + 24 + 8 + 8
    assert on.line.variation is Variation.ELBOWS_IN
    assert on.branches == ("elbows-in", "tingling-cleared")
    assert record(on, "page")["tingling"] == "cleared"


def test_tingling_that_stays_ends_the_session_after_both_ways_were_tried(routine: Routine) -> None:
    first = act(guide(routine), Action.TINGLING, 30)
    second = act(first, Action.STILL, 30)
    assert second.detour is not None
    assert second.end is None
    assert "support your head, and ease your weight off the roller" in second.detour.cues[0].spoken.lower()
    over = act(second, Action.STILL, 30)
    assert over.end is End.PERSISTED
    assert over.branches == ("elbows-in", "supported", "tingling-persisted")
    assert record(over, "page")["tingling"] == "persisted"
    assert over.track.cues[0].kind is Kind.REST


def test_only_an_answer_ends_it_not_an_impatient_second_press(routine: Routine) -> None:
    state = guide(routine)
    for _ in range(5):
        state = act(state, Action.TINGLING, 30)
    assert state.end is None
    assert state.variation is Variation.SUPPORTED
    assert "tingling" not in record(state, "page"), "nobody said whether it went"


def test_tingling_in_the_first_and_in_the_easy_session_is_supported_at_once(routine: Routine) -> None:
    for size in (Size.FIRST, Size.EASY):
        asked = act(guide(routine, size), Action.TINGLING, 30)
        assert asked.detour is not None
        assert asked.detour.variation is Variation.SUPPORTED
        assert act(asked, Action.CLEARED, 30).end is None


@pytest.mark.parametrize("before", [(), (Action.TINGLING,), (Action.TINGLING, Action.STILL)])
def test_pain_stops_everything_at_any_time(routine: Routine, before: tuple[Action, ...]) -> None:
    state = guide(routine)
    for action in before:
        state = act(state, action, 60)
    over = act(state, Action.PAIN, 60)
    assert over.end is End.PAIN
    assert over.track.cues[0].spoken.startswith("Stop. Roll slowly to your side")
    assert "tingling" not in record(over, "page")
    assert over.track.cues[1].spoken == routine.rules["help"].say, "and when help is needed"
    for action in Action:
        assert act(over, action, 70) == over, "nothing happens after the end"


def test_stiff_places_are_gone_back_to_in_their_order(routine: Routine) -> None:
    state = guide(routine, Size.LONG)
    for at in (DOWN + 25.0, DOWN + 25.0, DOWN + 20 + 48 * 3 + 1.0):
        state = act(state, Action.STIFF, at)
    assert state.marked == ("P1", "P4")
    travels = [cue for cue in state.line.cues if cue.kind is Kind.TRAVEL]
    assert [cue.picture for cue in travels] == ["P1", "P4", ""]
    assert routine.positions["P4"].back in travels[1].spoken
    assert act(state, Action.STIFF, 5).marked == ("P1", "P4"), "the set-up is no place"


def test_what_is_repeated_after_an_interruption_is_one_breath(routine: Routine) -> None:
    line = timeline(routine, Size.SHORT)
    assert [resume_point(line, DOWN + at) - DOWN for at in (0, 7.9, 8.1, 15, 22.9, 23, 30.9, 31, 38.9)] == [
        0, 0, 8, 15, 15, 23, 23, 31, 31,
    ]  # fmt: skip


@pytest.mark.parametrize("size", list(Size))
def test_space_starts_the_clock_and_only_then(routine: Routine, size: Size) -> None:
    state = act(guide(routine, size, landmark=True), Action.BEGIN, 30)
    assert state.at == state.line.begins == DOWN + 20
    later = replace(state, at=150.0)
    assert act(later, Action.BEGIN, 150).at >= 140, "nothing goes back"


def test_what_saw_no_sign_of_anybody_is_never_done(routine: Routine) -> None:
    whole = played(guide(routine), [(0, 1000)])
    assert record(whole, "page")["status"] == "unknown"
    for action in (Action.BEGIN, Action.STIFF, Action.TINGLING):
        assert record(act(whole, action, 70), "page")["status"] == "done"
    assert record(played(act(guide(routine), Action.BEGIN, 0), [(0, 100)]), "page")["status"] == "partial"


def test_a_long_pause_ends_it_with_what_was_done(routine: Routine) -> None:
    state = paused_out(played(act(guide(routine), Action.BEGIN, 0), [(0, 100)]))
    assert state.end is End.PAUSED
    assert record(state, "page")["status"] == "partial"
    assert act(state, Action.CLEARED, 100) == state


ACTIONS = st.lists(st.tuples(st.sampled_from(Action), st.floats(-5, 500)), max_size=12)


@given(size=st.sampled_from(Size), actions=ACTIONS, landmark=st.booleans())
def test_no_order_of_answers_breaks_a_session(size: Size, actions: list[tuple[Action, float]], landmark: bool) -> None:
    state = Guide(parse(source()), size, 8.0, landmark=landmark)
    length = state.line.seconds
    gentlest = 0
    for action, at in actions:
        before = state
        state = played(act(state, action, at), [(before.at, at)])
        order = tuple(Variation).index(state.line.variation)
        assert order >= gentlest, "never less gentle than before"
        gentlest = order
        assert state.line.seconds == length
        assert 0 <= state.at <= length
        assert state.track.cues
        body = record(state, "page")
        assert 0 <= body["roller_s"] <= body["planned_s"]
        assert body["status"] in ("done", "partial", "unknown")
        assert before.end is None or state.end is before.end
    assert moved(Guide(parse(source()), size, 8.0), 10_000).end is End.FINISHED


# ---- files ----------------------------------------------------------------------------------------------------------


LONG = "Slowly and gently, as far as it is comfortable for you now, and then a little bit farther still."


def broken(path: str, value: Any) -> list[str]:
    """The problems' keys after one value of the built-in file was changed; None takes it away."""
    table = copy.deepcopy(source())
    *way, last = path.split(".")
    at: Any = table
    for key in way:
        at = at[int(key)] if isinstance(at, list) else at[key]
    if value is None:
        del at[last]
    else:
        at[last] = value
    with pytest.raises(RoutineError) as caught:
        parse(table)
    for problem in caught.value.problems:
        assert problem.allowed
        assert problem.key in str(problem)
    return [problem.key for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ("format", 1, "format"),
        ("title", "", "title"),
        ("title", None, "title"),
        ("move_seconds", 0, "move_seconds"),
        ("move_seconds", True, "move_seconds"),
        ("move_seconds", "5", "move_seconds"),
        ("inhale_share", float("nan"), "inhale_share"),
        ("inhale_share", 0.99, "inhale_share"),
        ("colour", "red", "colour"),
        ("safety.doctor", None, "safety.doctor"),
        ("safety", 3, "safety"),
        ("screening", [], "screening"),
        ("screening", ["x", 3], "screening"),
        ("landmark.0.seconds", 1000, "landmark[1].seconds"),
        ("positions.2.move", "x" * 300, "positions[3].move"),
        ("positions.1.id", "P1", "positions"),
        ("movements.curl.in.say", 5, "movements.curl.in.say"),
        ("movements.open.elbows_in", "nothing", "movements.open.elbows_in"),
        ("sizes.short.positions", ["P1", "P9"], "sizes.short.positions"),
        ("sizes.short.breaths", ["jump"], "sizes.short.breaths"),
        ("sizes.short.stiff_spots", 1.5, "sizes.short.stiff_spots"),
        ("sizes.long.hips_raised", "yes", "sizes.long.hips_raised"),
        ("sizes.long", None, "sizes.long"),
        ("sizes.huge", {}, "sizes.huge"),
        ("branches.tingling.breaths", [], "branches.tingling.breaths"),
        ("branches.pain.stop", None, "branches.pain.stop"),
        *((f"rules.{name}", None, f"rules.{name}") for name in RULES),
        *((f"rules.{name}.say", "", f"rules.{name}.say") for name in RULES),
        *((f"rules.{name}.brief", None, f"rules.{name}.brief") for name in ("tingling", "pressure", "pain")),
        ("moves.brace", None, "moves.brace"),
        ("stiff.leave", None, "stiff.leave"),
        ("half", None, "half"),
        ("down.count", None, "down.count"),
        ("pause.say", None, "pause.say"),
        ("place_count", "Place {which}.", "place_count"),
        ("place_count", "Place {", "place_count"),
        # What does not fit its seconds.
        ("rules.pain.seconds", 2, "rules.pain.say"),
        ("rules.pain.say", LONG, "rules.pain.say"),
        ("rules.pain.brief", LONG, "half.say"),
        ("movements.lean.out.say", LONG, "movements.lean.out.say"),
        ("movements.lean.out.brief", [LONG], "movements.lean.out.brief"),
        ("positions.3.move", LONG, "positions[4].move"),
        ("positions.3.back", LONG * 2, "positions[4].back"),
        ("moves.first", LONG, "moves.first"),
        ("move_seconds", 4, "move_seconds"),
        ("stiff.leave", LONG, "stiff.say"),
        ("sizes.short.setup.1.say_supported", LONG * 2, "sizes.short.setup[2].say_supported"),
        ("branches.ask_seconds", 3, "branches.tingling.ask.say"),
        ("branches.rest_seconds", 3, "branches.rest_seconds"),
        ("pause.seconds", 4, "pause.say"),
    ],
)
def test_a_mistake_is_named_with_its_key(path: str, value: Any, key: str) -> None:
    assert key in broken(path, value)


def test_all_mistakes_are_told_at_once() -> None:
    table = source()
    table["title"] = 3
    table["sizes"]["short"]["stiff_spots"] = -1
    del table["positions"][0]["name"]
    with pytest.raises(RoutineError) as caught:
        parse(table)
    assert {"title", "sizes.short.stiff_spots", "positions[1].name"} <= {p.key for p in caught.value.problems}
    assert "title: found 3, allowed is a sentence" in str(caught.value)


JSON_LIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(source())) | st.text(), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from([*source(), "x"]), JSON_LIKE))
def test_junk_is_refused_and_never_crashes(table: dict[str, Any]) -> None:
    with pytest.raises(RoutineError):
        parse(table)


@given(st.data())
def test_one_changed_value_is_refused_or_gives_whole_timelines(data: st.DataObject) -> None:
    table: Any = copy.deepcopy(source())
    at, key = table, ""
    while True:
        key = data.draw(st.sampled_from(list(at) if isinstance(at, dict) else range(len(at))))
        if not isinstance(at[key], dict | list) or not at[key] or data.draw(st.integers(0, 3)) == 0:
            break
        at = at[key]
    at[key] = data.draw(JSON_LIKE)
    try:
        routine = parse(table)
    except RoutineError:
        return
    for size in Size:
        line = timeline(routine, size)
        assert line.seconds > 0
        assert line.planned > 0
