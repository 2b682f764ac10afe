"""The routine, its timelines and its branches (MODEL 6), against tables written down by hand."""

import copy
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import unhunch
from unhunch.core.session.guide import Action, End, Guide, act, is_asking, moved, played, record, resume_point
from unhunch.core.session.routine import Routine, RoutineError, Size, Variation, parse
from unhunch.core.session.timeline import Kind, Timeline, is_done, merged, relief, rest, roller_seconds, timeline

GOLDEN = Path(__file__).parent / "golden"
FILE = Path(unhunch.__file__).parent / "routines" / "thoracic-foam-roller.toml"

TOTALS = {"short": "2:24", "standard": "4:54", "long": "7:44", "first": "3:24", "easy": "2:24"}
ROLLER = {"short": 72 + 32, "standard": 144 + 80, "long": 240 + 144, "first": 144, "easy": 72 + 32}
PARTS = {
    # setup, positions x breaths, moves, stiff spots x breaths, closing: the model's table
    "short": (15, 3, 3, 2, 1, 4, 10),
    "standard": (20, 6, 3, 5, 2, 5, 15),
    "long": (20, 6, 5, 5, 3, 6, 20),
    "first": (20, 6, 3, 5, 0, 0, 15),
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
    expected = setup + places * breaths * breath + moves * 5 + stiff * (5 + stiff_breaths * breath) + closing
    line = timeline(routine, size, breath)
    assert line.seconds == pytest.approx(expected)
    assert line.planned == pytest.approx(places * breaths * breath + stiff * stiff_breaths * breath)
    assert timeline(routine, size, breath, landmark=True).seconds == pytest.approx(expected + 20)
    if breath == 8.0:
        assert clock(line.seconds) == TOTALS[size]
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
def test_raised_hips_brace_the_abs_every_time(routine: Routine, size: Size, variation: Variation, hips: bool) -> None:
    line = timeline(routine, size, hips_raised=hips, variation=variation)
    raised = hips and size is Size.LONG
    for cue in line.cues:
        if cue.kind in (Kind.MOVE, Kind.TRAVEL):
            assert cue.spoken.endswith(routine.brace) is raised
        if cue.kind in (Kind.POSITION, Kind.STIFF):
            assert ("Brace your abs" in cue.detail) is raised


def test_the_first_session_keeps_elbows_in_and_has_no_stiff_spots(routine: Routine) -> None:
    line = timeline(routine, Size.FIRST, hips_raised=True, marked=("P2",))
    said = " ".join(u.text for u in line.utterances()).lower()
    assert line.variation is Variation.ELBOWS_IN
    assert "elbows in" in said
    assert "elbows open" not in said
    assert "hips down" in said
    assert not [cue for cue in line.cues if cue.kind is Kind.STIFF]


def test_the_easy_session_is_supported(routine: Routine) -> None:
    line = timeline(routine, Size.EASY)
    assert line.variation is Variation.SUPPORTED
    assert "support your head and ease your weight off the roller" in line.cues[1].spoken.lower()


def test_elbows_hang_open_once_a_place_in_the_long_one_only(routine: Routine) -> None:
    def openings(size: Size, variation: Variation = Variation.OPEN) -> int:
        return sum("elbows open" in u.text for u in timeline(routine, size, variation=variation).utterances())

    assert openings(Size.LONG) == 6
    assert openings(Size.LONG, Variation.ELBOWS_IN) == openings(Size.SHORT) == openings(Size.STANDARD) == 0


def test_no_words_send_the_roller_to_the_neck_or_the_lower_back(routine: Routine) -> None:
    """Wherever neck or lower back are named as places, it is to keep away from them."""
    for case in cases(routine).values():
        for cue in case.cues:
            for text in (cue.spoken, cue.shown, cue.detail, *(p.say for p in cue.phases)):
                for sentence in text.lower().split("."):
                    if "lower back" in sentence and "never" not in sentence:
                        assert cue.kind is Kind.LANDMARK, "only where it is being found"
                    if "neck" in sentence:
                        assert any(
                            w in sentence for w in ("not the neck", "never on", "behind your neck", "on your neck")
                        )
                    assert "bounc" not in sentence and "push" not in sentence


# ---- roller seconds -------------------------------------------------------------------------------------------------


def test_roller_seconds_count_each_second_once(routine: Routine) -> None:
    line = timeline(routine, Size.SHORT)
    assert roller_seconds(line, [(0, 15)]) == 0
    assert roller_seconds(line, [(0, 39)]) == 24
    assert roller_seconds(line, [(15, 27), (20, 39), (15, 39)]) == 24
    assert roller_seconds(line, [(0, 144)]) == 104
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
    at_second = 20 + 24 + 5 + 8 + 3  # second breath of the second place
    asked = act(guide(routine), Action.TINGLING, at_second)
    assert asked.detour is not None
    assert [cue.kind for cue in asked.detour.cues] == [Kind.RELIEF, Kind.RELIEF, Kind.ASK]
    assert asked.detour.cues[1].seconds == 16, "two breaths"
    assert asked.detour.cues[0].picture == "P2"
    assert is_asking(asked, 22)
    assert not is_asking(asked, 20)
    on = act(asked, Action.CLEARED, at_second)
    assert on.detour is None
    assert on.end is None
    assert on.at == 20 + 24 + 5 + 8
    assert on.line.variation is Variation.ELBOWS_IN
    assert on.branches == ("elbows-in", "tingling-cleared")
    assert record(on, "page")["tingling"] == "cleared"


def test_tingling_that_stays_ends_the_session_after_both_ways_were_tried(routine: Routine) -> None:
    first = act(guide(routine), Action.TINGLING, 30)
    second = act(first, Action.STILL, 30)
    assert second.detour is not None
    assert second.end is None
    assert "support your head and ease your weight off the roller" in second.detour.cues[0].spoken.lower()
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
    for action in Action:
        assert act(over, action, 70) == over, "nothing happens after the end"


def test_stiff_places_are_gone_back_to_in_their_order(routine: Routine) -> None:
    state = guide(routine, Size.LONG)
    for at in (25.0, 25.0, 20 + 45 * 3 + 1.0):
        state = act(state, Action.STIFF, at)
    assert state.marked == ("P1", "P4")
    travels = [cue for cue in state.line.cues if cue.kind is Kind.TRAVEL]
    assert [cue.picture for cue in travels] == ["P1", "P4", ""]
    assert travels[1].spoken == routine.positions["P4"].back
    assert act(state, Action.STIFF, 5).marked == ("P1", "P4"), "the set-up is no place"


def test_what_is_repeated_after_an_interruption_is_one_breath(routine: Routine) -> None:
    line = timeline(routine, Size.SHORT)
    assert [resume_point(line, at) for at in (0, 6.9, 7.1, 15, 22.9, 23, 30.9, 31, 38.9)] == [
        0, 0, 7, 15, 15, 23, 23, 31, 31,
    ]  # fmt: skip


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
        assert body["status"] in ("done", "partial")
        assert before.end is None or state.end is before.end
    assert moved(Guide(parse(source()), size, 8.0), 10_000).end is End.FINISHED


# ---- files ----------------------------------------------------------------------------------------------------------


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
        ("format", 2, "format"),
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
