"""Our own JSON: what goes out comes in again, and a broken file changes nothing."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.fakes.store import MemoryStore
from unhunch.core.facts import SPANS, Fact, Kind
from unhunch.importers import unhunch
from unhunch.importers.recording import BadRecording
from unhunch.report import export

T0 = 1_790_000_000.0

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def some_fact(draw: st.DrawFn) -> Fact:
    kind = draw(st.sampled_from(Kind))
    return Fact(
        kind,
        draw(st.floats(0, 4e9)),
        draw(st.integers(-14 * 3600, 14 * 3600)),
        draw(text),
        draw(st.floats(0, 1e9)),
        draw(st.floats(0, 1e7)) if kind in SPANS else 0.0,
        draw(st.just("") | st.dates().map(str)),
        draw(st.dictionaries(text, plain, max_size=4)),
        draw(text.filter(bool)),
        draw(text.filter(lambda name: name not in ("desk", "laptop"))),
    )


def document(facts: list[Fact], device: str = "desk") -> str:
    return "".join(export.export_json(facts, device, "0.1.0"))


@settings(max_examples=examples(60))
@given(st.lists(some_fact(), max_size=6, unique_by=lambda fact: fact.key))
def test_what_goes_out_comes_in_again_exactly(facts: list[Fact]) -> None:
    here = MemoryStore("desk")
    here.append(facts)
    written = document(here.read())
    again = unhunch.parse(written)
    here.append(again)
    assert here.read() == facts
    there = MemoryStore("laptop")
    there.append(unhunch.parse(written.encode()))
    there.append(again)
    assert len(there.read()) == len(facts)
    assert [fact._replace(device="" if fact.device == "desk" else fact.device) for fact in there.read()] == facts
    assert all(fact.device for fact in there.read()), "another machine's facts stay another machine's"


def fact(**changes: Any) -> dict[str, Any]:
    plain_fact = json.loads(document([Fact(Kind.INPUT, T0, 7200, "b", 5.0, 60.0, "2026-09-21", {}, "k")]))["facts"][0]
    assert plain_fact["at"] == "2026-09-21T16:13:20+02:00"
    return {**plain_fact, **changes}


def parsed(*facts: object) -> list[Fact]:
    return unhunch.parse(json.dumps({"unhunch": 1, "device": "desk", "facts": list(facts)}))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (fact(kind="nap"), "fact 1: kind is not a kind"),
        (fact(wall="yesterday"), "fact 1: wall is not a time"),
        (fact(wall=-1), "fact 1: wall is not a time"),
        (fact(wall=True), "fact 1: wall is not a time"),
        (fact(wall=10**400), "fact 1: wall is not a time"),
        (fact(wall=float("nan")), "fact 1: wall is not a time"),
        (fact(wall=T0 + 3600), "fact 1: at and wall are different times"),
        (fact(at="soon"), "fact 1: at and wall"),
        (fact(utc_offset=90000), "fact 1: utc_offset"),
        (fact(boot=None), "fact 1: boot is not"),
        (fact(length=-0.5), "fact 1: length is not"),
        (fact(kind="shown"), "fact 1: a shown has no length"),
        (fact(day="21.9.2026"), "fact 1: day is not a date"),
        (fact(body=[]), "fact 1: body is not an object"),
        (fact(body={"x": float("inf")}), "fact 1: body is not an object"),
        (fact(body={"x": "\ud800"}), "fact 1: body is not an object"),
        (fact(key=""), "fact 1: key is not a name"),
        (fact(key="a\0b"), "fact 1: key is not a name"),
        (fact(device=5), "fact 1: device is not a name"),
        (fact(length=61.0, key="first"), "fact 1: key is that of fact 0"),
        ("text", "fact 1: is not an object"),
        ({}, "fact 1: wall is missing"),
    ],
)
def test_every_mistake_is_named_with_its_place(wrong: object, says: str) -> None:
    with pytest.raises(BadRecording) as caught:
        parsed(fact(key="first"), wrong, fact(key="third"))
    assert any(problem.startswith(says) for problem in caught.value.problems)
    assert caught.value.means == "Nothing was imported."
    assert "unhunch export" in caught.value.remedy


def test_all_mistakes_are_told_but_not_thousands_of_them() -> None:
    with pytest.raises(BadRecording) as caught:
        parsed(*(fact(key="", length=-1) for _ in range(1000)))
    assert caught.value.heading == "2000 mistakes in the file."
    assert len(caught.value.problems) == unhunch.SHOWN + 1
    assert caught.value.problems[:2] == (
        "fact 0: length is not a number of seconds from 0 up",
        "fact 0: key is not a name",
    )
    assert caught.value.problems[-1] == "and 1980 more"


def test_the_same_fact_twice_in_a_file_is_one() -> None:
    assert len(parsed(fact(), fact())) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"[]",
        b"{}",
        b'{"unhunch": 2, "facts": []}',
        b'{"unhunch": true, "facts": []}',
        b'{"unhunch": 1}',
        b"[" * 200_000,
        b'{"unhunch": 1, "facts": [' + b"1" * 5000 + b"]}",
        b'{"unhunch": 1, "facts": [{"body": ' + b"[" * 500 + b"]" * 500 + b"}]}",
    ],
)
def test_what_is_no_export_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(BadRecording):
        unhunch.parse(data)


@settings(max_examples=examples(100))
@given(st.binary(max_size=200) | st.text(max_size=200) | plain.map(json.dumps))
def test_nothing_but_bad_recording_comes_of_junk(data: bytes | str) -> None:
    with pytest.raises(BadRecording):
        unhunch.parse(data)


def test_progress_reaches_the_end() -> None:
    told: list[tuple[int, int]] = []
    unhunch.parse(
        json.dumps({"unhunch": 1, "facts": [fact(key=str(n)) for n in range(3000)]}), lambda a, b: told.append((a, b))
    )
    assert told == [(0, 3000), (1024, 3000), (2048, 3000), (3000, 3000)]
