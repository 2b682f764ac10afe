"""What every store promises, asked of each one alike."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.store import MemoryStore
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.facts import Fact, Kind
from unhunch.ports import Store

HOUR = 3600.0
T0 = 1_790_000_000.0


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "unhunch.sqlite")
    yield made
    made.close()


def span(key: str, start: float = 0.0, length: float = 60.0, kind: Kind = Kind.INPUT, **more: object) -> Fact:
    return Fact(kind, T0 + start, 7200, "boot", 100.0 + start, length, "2026-09-21", key=key, **more)  # type: ignore[arg-type]


def keys(facts: list[Fact]) -> list[str]:
    return [fact.key for fact in facts]


def test_what_was_written_is_read_back_equal(store: Store) -> None:
    body = {
        "what": "session",
        "step": 2,
        "pause_s": 12.5,
        "free": True,
        "why": None,
        "text": "Zwei Minuten für dich ☕",
    }
    facts = [span("a", length=61.25), Fact(Kind.SHOWN, T0 + 90.125, -16200, "boot", 7.5, 0.0, "2026-09-21", body, "b")]
    store.append(facts)
    assert store.read() == facts
    assert store.read()[0].kind is Kind.INPUT


def test_a_key_that_is_there_already_is_left_alone(store: Store) -> None:
    store.append([span("a", length=10.0)])
    store.append([span("a", length=99.0), span("b")])
    store.append([span("c"), span("c", length=5.0)])
    assert [(fact.key, fact.length) for fact in store.read()] == [("a", 10.0), ("b", 60.0), ("c", 60.0)]


def test_an_open_span_grows_and_keeps_its_place(store: Store) -> None:
    store.append([span("a"), span("b", start=60)])
    store.extend({"a": (120.0, None), "b": (30.5, {"why": "call"}), "never written": (1.0, {})})
    first, second = store.read()
    assert (first.key, first.length, first.body) == ("a", 120.0, {})
    assert (second.key, second.length, second.body) == ("b", 30.5, {"why": "call"})
    store.extend({"b": (31.0, {})})
    assert store.read()[1].body == {}


def test_new_and_longer_go_together(store: Store) -> None:
    store.append([span("a")])
    store.write([span("b", start=100)], {"a": (90.0, None), "b": (7.0, None)})
    assert [(fact.key, fact.length) for fact in store.read()] == [("a", 90.0), ("b", 7.0)]


@pytest.mark.parametrize(
    "bad",
    [
        span("x")._replace(key=""),
        span("x", length=-1.0),
        span("x", length=float("inf")),
        span("x", start=float("nan")),
        span("x", body={"pause_s": float("nan")}),
        span("x", body={"what": object()}),
    ],
    ids=["no key", "negative", "endless", "nowhen", "body not a number", "body not JSON"],
)
def test_a_fact_that_must_not_be_kept_leaves_nothing_of_its_batch(store: Store, bad: Fact) -> None:
    store.append([span("a")])
    with pytest.raises((ValueError, TypeError)):
        store.write([span("b"), bad, span("c")], {"a": (900.0, None)})
    assert store.read() == [span("a")]


def test_reading_a_range_gives_what_overlaps_it_in_the_order_of_writing(store: Store) -> None:
    store.append(
        [
            span("after", start=2 * HOUR),
            span("inside", start=1.5 * HOUR),
            span("before", start=0, length=HOUR),
            span("across the start", start=HOUR - 60, length=61.0),
            span("across all", start=-HOUR, length=9 * HOUR),
            span("across the end", start=2 * HOUR - 1, length=HOUR),
            span("point at the start", start=HOUR, length=0.0, kind=Kind.SHOWN),
            span("point at the end", start=2 * HOUR, length=0.0, kind=Kind.SHOWN),
        ]
    )
    found = keys(store.read(T0 + HOUR, T0 + 2 * HOUR))
    assert found == ["inside", "across the start", "across all", "across the end", "point at the start"]
    assert keys(store.read(since=T0 + 2 * HOUR)) == ["after", "across all", "across the end", "point at the end"]
    assert keys(store.read(until=T0)) == ["across all"]


@pytest.mark.parametrize("days", [1, 1.49, 1.5, 1.51, 3, 400])
def test_a_span_of_any_length_is_found_from_its_end(store: Store, days: float) -> None:
    length = days * 24 * HOUR
    store.append([span("up", length=length, kind=Kind.RUNNING), span("neighbour", start=length + 60)])
    assert keys(store.read(T0 + length - 1, T0 + length)) == ["up"]
    assert keys(store.read(T0 + length, T0 + length + 1)) == []
    assert keys(store.read(T0 + length - 1, T0 + length, kinds=[Kind.RUNNING], device="")) == ["up"]
    assert keys(store.read(T0 + length - 1, T0 + length + 61)) == ["up", "neighbour"]


def test_a_span_that_outgrew_the_usual_is_found_too(store: Store) -> None:
    store.append([span("up", length=0.0, kind=Kind.RUNNING)])
    store.extend({"up": (500 * HOUR, None)})
    assert keys(store.read(T0 + 499 * HOUR, T0 + 600 * HOUR)) == ["up"]


def test_kinds_and_devices_choose(store: Store) -> None:
    store.append([span("a"), span("b", kind=Kind.LOCKED), span("c", device="laptop")])
    assert keys(store.read(kinds=[Kind.LOCKED])) == ["b"]
    assert keys(store.read(kinds=["input", "locked"])) == ["a", "b", "c"]
    assert keys(store.read(kinds=[])) == []
    assert keys(store.read(device="")) == ["a", "b"]
    assert keys(store.read(device=store.device)) == ["a", "b"]
    assert keys(store.read(device="laptop", kinds=[Kind.INPUT], since=T0)) == ["c"]
    assert [fact.device for fact in store.read()] == ["", "", "laptop"]


def test_this_machine_s_own_name_reads_as_empty(store: Store) -> None:
    store.append([span("a", device=store.device)])
    assert store.read()[0].device == ""


def test_a_checkpoint_takes_the_place_of_the_one_before(store: Store) -> None:
    """Only of this machine's, and of no other fact."""

    def checkpoint(key: str, device: str = "") -> Fact:
        return span(key, kind=Kind.CHECKPOINT, length=0.0, device=device)

    store.append([span("a"), checkpoint("c1"), checkpoint("foreign 1", "laptop"), span("b")])
    store.append([checkpoint("c2"), span("d")])
    store.append([checkpoint("foreign 2", "laptop")])
    assert [fact.key for fact in store.read()] == ["a", "foreign 1", "b", "c2", "d", "foreign 2"]
    store.write([span("e")], {"d": (5.0, None)})
    assert [fact.key for fact in store.since_checkpoint()] == ["c2", "d", "e"]


def test_since_checkpoint_begins_at_the_last_one_of_this_machine(store: Store) -> None:
    assert store.since_checkpoint() == []
    store.append([span("a"), span("foreign", device="laptop")])
    assert keys(store.since_checkpoint()) == ["a"]
    store.append([span("c1", kind=Kind.CHECKPOINT, length=0.0), span("b", start=-HOUR)])
    store.append([span("c2", kind=Kind.CHECKPOINT, length=0.0), span("d"), span("e", start=-HOUR)])
    store.append([span("foreign c", kind=Kind.CHECKPOINT, length=0.0, device="laptop"), span("f")])
    assert keys(store.since_checkpoint()) == ["c2", "d", "e", "f"]


def test_forgetting_before_a_time_spares_what_reaches_across_it(store: Store) -> None:
    store.append(
        [
            span("old", length=HOUR),
            span("across", start=0.5 * HOUR, length=HOUR),
            span("new", start=2 * HOUR),
            span("old point", length=0.0, kind=Kind.SHOWN),
            span("ends there", start=0, length=HOUR + 1),
        ]
    )
    assert store.forget(before=T0 + HOUR + 1) == 2
    assert store.read() == [
        span("across", start=0.5 * HOUR, length=HOUR),
        span("new", start=2 * HOUR),
        span("ends there", start=0, length=HOUR + 1),
    ]
    assert store.forget(before=T0 + HOUR + 1) == 0


def test_forgetting_all_leaves_an_empty_store_that_goes_on(store: Store) -> None:
    store.append([span("a"), span("c", kind=Kind.CHECKPOINT, length=0.0), span("b", device="laptop")])
    assert store.forget() == 3
    assert store.read() == []
    assert store.since_checkpoint() == []
    store.extend({"a": (90.0, None)})
    store.append([span("a", length=5.0)])
    assert store.read() == [span("a", length=5.0)]
