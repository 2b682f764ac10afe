"""Every rule that keeps from harm is spoken in every size and language, whole, and shown and printed (MODEL 6)."""

import copy
import html
import json
import re
import tomllib
from collections.abc import Iterator
from importlib import resources
from itertools import pairwise

import pytest
from tools import safety

from unhunch import language
from unhunch.core.session.guide import Action, Guide, act
from unhunch.core.session.heard import sentences, tracks
from unhunch.core.session.pace import ROOM
from unhunch.core.session.routine import BRANCHES, RULES
from unhunch.core.session.timeline import Kind, Timeline
from unhunch.core.vocabulary import CHOICES, Size
from unhunch.language import LANGUAGES
from unhunch.session import drawing, sheet
from unhunch.session.recordings import FOLDER, MANIFEST, recordings
from unhunch.session.routine_file import RoutineError, parse
from unhunch.session.routines import builtin

BIGGEST = 1_200_000
"""Bytes of a language's recordings."""


@pytest.fixture(params=LANGUAGES)
def code(request: pytest.FixtureRequest) -> Iterator[str]:
    language.set_up({"LANG": f"{request.param}.UTF-8"})
    yield request.param
    language.set_up({})


@pytest.fixture
def measured(code: str) -> dict[str, float]:
    """The recorded seconds of each sentence."""
    return {text: one.seconds for text, one in recordings(code).items()}


@pytest.mark.parametrize("size", list(Size))
@pytest.mark.parametrize("rule", safety.RULES)
def test_each_rule_is_spoken_whole_in_each_way_that_a_size_is_heard(
    code: str, measured: dict[str, float], size: Size, rule: str
) -> None:
    for name, line in safety.lines(builtin(), size):
        found = safety.RULES[rule].spoken(builtin(), line)
        assert found, f"{rule} is a hole in {size}, {name}"
        for cue in found:
            end = cue.at + 0.3 + measured[cue.spoken] + ROOM
            assert end <= cue.end + 0.005, f"{cue.spoken} is cut in {size}, {name}"


@pytest.mark.parametrize("size", list(Size))
def test_all_of_them_come_before_the_clock_and_the_branches_again_at_half_time(code: str, size: Size) -> None:
    routine = builtin()
    for _name, line in safety.lines(routine, size):
        before = [cue.spoken for cue in line.cues if cue.kind is Kind.DOWN]
        assert [routine.rules[name].say for name in RULES] == before[1:-1]
        (half,) = [cue.spoken for cue in line.cues if cue.kind is Kind.HALF]
        assert all(routine.rules[name].brief in half for name in BRANCHES)


@pytest.mark.parametrize(
    "actions", [(), (Action.TINGLING, Action.CLEARED), (Action.TINGLING, Action.STILL, Action.CLEARED)]
)
@pytest.mark.parametrize("size", list(Size))
def test_a_branch_takes_no_rule_away(code: str, size: Size, actions: tuple[Action, ...]) -> None:
    state = Guide(builtin(), size, 8.0, landmark=True)
    for action in actions:
        state = act(state, action, 130.0)
    for rule in safety.RULES.values():
        assert rule.spoken(builtin(), state.line)


@pytest.mark.usefixtures("english_again")
def test_the_file_says_what_the_timelines_do() -> None:
    assert safety.FILE.read_text(encoding="utf-8") == safety.page(), "python -m tools.safety"


def test_each_rule_is_shown_before_the_start_and_printed(code: str) -> None:
    routine = builtin()
    shown, printed = html.unescape(drawing.rendered(routine)), html.unescape(sheet.rendered(routine))
    for name, rule in safety.RULES.items():
        assert rule.line(routine) in printed, name
        assert rule.landmark or rule.line(routine) in shown, name
    assert routine.doctor in shown
    assert routine.doctor in printed
    for size in CHOICES:
        assert routine.plans[size].label in printed


def test_nothing_is_left_out_of_the_recordings_and_nothing_is_there_in_vain(code: str) -> None:
    """Tied to the exact text: a sentence that was changed has no recording until `make voice`."""
    assert set(recordings(code)) == set(sentences(builtin())), "make voice"
    folder = FOLDER.joinpath(code)
    there = {one.name for one in folder.iterdir() if one.name != MANIFEST}
    assert there == {one.name for one in recordings(code).values()}
    assert sum(len(one.read_bytes()) for one in folder.iterdir()) <= BIGGEST
    about = json.loads(folder.joinpath(MANIFEST).read_text(encoding="utf-8"))
    assert about["license"] == "Apache-2.0"


def overlaps(line: Timeline, measured: dict[str, float]) -> list[str]:
    spoken = line.utterances()
    return [one.text for one, other in pairwise(spoken) if one.at + 0.3 + measured[one.text] + ROOM > other.at + 0.005]


def test_no_two_sentences_overlap_and_none_is_cut(code: str, measured: dict[str, float]) -> None:
    for name, line in tracks(builtin()):
        assert overlaps(line, measured) == [], name
        for spoken in line.utterances():
            assert measured[spoken.text] + ROOM <= spoken.seconds + 0.005, (name, spoken.text)


def test_no_silence_is_longer_than_twenty_seconds(code: str, measured: dict[str, float]) -> None:
    for name, line in tracks(builtin()):
        spoken = line.utterances()
        ends = [one.at + 0.3 + measured[one.text] for one in spoken]
        starts = [*(other.at + 0.3 for other in spoken[1:]), line.seconds]
        assert max(start - end for start, end in zip(starts, ends, strict=True)) <= 20, name


@pytest.mark.usefixtures("english_again")
def test_the_list_of_cues_is_the_one_that_is_recorded() -> None:
    text = (safety.ROOT / "docs" / "cues.md").read_text(encoding="utf-8")
    chapters = dict(re.findall(r"(?ms)^## (\w\w): .*?\n(.*?)(?=^## |\Z)", text))
    assert set(chapters) == set(LANGUAGES)
    for code, chapter in chapters.items():
        language.set_up({"LANG": f"{code}.UTF-8"})
        slots, known = sentences(builtin()), recordings(code)
        listed = {}
        for row in re.findall(r"(?m)^\| (.*?) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", chapter):
            said, room, recorded, engine, left = row[0], *map(float, row[1:])
            listed[said] = room
            assert recorded == known[said].seconds
            assert left >= ROOM
            assert abs(room - max(recorded, engine) - left) < 0.011
        assert listed.keys() == slots.keys(), "make voice"
        assert all(abs(listed[text] - slots[text]) < 0.006 for text in slots)


@pytest.mark.parametrize("rule", RULES)
def test_a_routine_without_a_spoken_safety_line_is_refused(rule: str) -> None:
    text = resources.files("unhunch").joinpath("routines", "thoracic-foam-roller.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    for broken in ("say", "line", None):
        mine = copy.deepcopy(table)
        if broken:
            mine["rules"][rule][broken] = " "
        else:
            del mine["rules"][rule]
        with pytest.raises(RoutineError, match=rf"rules\.{rule}"):
            parse(mine)
