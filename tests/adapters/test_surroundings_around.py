"""Several sources at once: their answers combined, each kept alive, and one's trouble kept from the others."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.fakes.heard import Heard
from tests.fakes.surroundings import FakeSurroundings
from unhunch.adapters import supervision
from unhunch.adapters.surroundings import around
from unhunch.adapters.surroundings.around import Surroundings
from unhunch.ports import Lost, Unusable


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def two() -> tuple[FakeSurroundings, FakeSurroundings]:
    return FakeSurroundings("first", ("locked", "asleep")), FakeSurroundings("second", ("locked",))


@pytest.fixture
async def both(two: tuple[FakeSurroundings, ...], heard: Heard) -> AsyncIterator[Surroundings]:
    made = Surroundings(two, heard)
    yield made
    await made.close()


async def until(test: Callable[[], Any], limit: float = 10.0) -> None:
    async with asyncio.timeout(limit):
        while not test():
            await asyncio.sleep(0.005)


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        (True, True, True),
        (True, False, True),
        (True, None, True),
        (False, False, False),
        (False, None, False),
        (None, None, None),
    ],
)
async def test_values_are_combined(
    two: tuple[FakeSurroundings, FakeSurroundings],
    both: Surroundings,
    first: bool | None,
    second: bool | None,
    together: bool | None,
) -> None:
    for mine, other in ((first, second), (second, first)):
        two[0].begin["locked"], two[1].begin["locked"] = mine, other
        await both.open()
        assert both.value("locked") is together
        await both.close()


async def test_only_changes_are_told(
    two: tuple[FakeSurroundings, FakeSurroundings], both: Surroundings, heard: Heard
) -> None:
    await both.open()
    two[0].say("locked", *[True])
    two[1].say("locked", *[True])
    two[0].say("locked", *[False])
    two[1].say("locked", *[False])
    assert heard.values("locked") == [False, True, False]
    assert both.values() == {**dict.fromkeys(around.CONDITIONS), "locked": False, "asleep": False}
    assert both.value("quiet") is None


async def test_a_source_that_dies_is_opened_again_without_a_look(
    two: tuple[FakeSurroundings, FakeSurroundings], both: Surroundings, heard: Heard
) -> None:
    await both.open()
    two[0].die()
    assert both.value("asleep") is None
    assert both.value("locked") is False, "the other one still knows"
    await until(lambda: two[0].opened == 2)
    assert both.value("asleep") is False
    assert heard.values("asleep") == [False, None, False]
    assert two[1].opened == 1


async def test_a_death_that_says_nothing_is_noticed_at_the_next_look(
    two: tuple[FakeSurroundings, FakeSurroundings], both: Surroundings
) -> None:
    await both.open()
    two[1].trouble = Lost("server died")
    await both.check()
    state = both.sources()[1]
    assert (state.usable, state.note, state.failures) == (False, "server died", 1)
    two[1].trouble = None
    await until(lambda: both.sources()[1].usable)
    assert "failed 1 time since" in both.sources()[1].note


async def test_an_impossible_source_says_why_and_is_tried_again_less_and_less_often(
    two: tuple[FakeSurroundings, FakeSurroundings], both: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "FIRST_SECONDS", 0.02)
    monkeypatch.setattr(supervision, "LONGEST_SECONDS", 0.1)
    two[0].unusable = Unusable("no bus", "start one")
    both = Surroundings(two, lambda *_: None)
    await both.open()
    state = both.sources()[0]
    assert (state.name, state.usable, state.note, state.remedy) == ("first", False, "no bus", "start one")
    assert state.conditions == ("locked", "asleep")
    await until(lambda: len(two[0].tried_at) >= 6)
    gaps = [later - earlier for earlier, later in zip(two[0].tried_at, two[0].tried_at[1:], strict=False)]
    for gap, planned in zip(gaps, (0.02, 0.04, 0.08, 0.1, 0.1), strict=False):
        assert gap >= planned - 0.005
    two[0].unusable = None
    await until(lambda: both.sources()[0].usable)
    assert both.sources()[0].remedy == ""
    assert both.value("asleep") is False
    await both.close()


async def test_after_long_patience_it_is_tried_at_looks_only(
    two: tuple[FakeSurroundings, FakeSurroundings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "FIRST_SECONDS", 0.01)
    monkeypatch.setattr(supervision, "LONGEST_SECONDS", 0.01)
    monkeypatch.setattr(around, "PATIENCE_SECONDS", 0.0)
    two[0].unusable = Unusable("no bus")
    both = Surroundings(two, lambda *_: None)
    await both.open()
    await asyncio.sleep(0.1)
    assert len(two[0].tried_at) == 1
    two[0].unusable = None
    await both.check()
    await until(lambda: both.sources()[0].usable)
    await both.close()


async def test_mistakes_of_one_source_or_of_the_listener_are_counted_and_the_others_go_on(
    two: tuple[FakeSurroundings, FakeSurroundings],
) -> None:
    told: list[Any] = []

    def listen(name: str, value: bool | None) -> None:
        told.append((name, value))
        if name == "asleep" and value is True:
            raise RuntimeError("listener's mistake")

    both = Surroundings(two, listen)
    await both.open()
    two[0].say("asleep", *[True])
    assert both.value("asleep") is True
    state = both.sources()[0]
    assert state.usable
    assert state.failures == 1
    assert "listener's mistake" in state.note
    two[0].trouble = ValueError("a mistake of its own")
    await both.check()
    assert both.sources()[0].failures == 2
    two[1].say("locked", *[True])
    assert told[-1] == ("locked", True)
    await both.close()


async def test_a_source_that_fails_in_every_way_harms_nobody() -> None:
    class Broken(FakeSurroundings):
        async def close(self) -> None:
            raise RuntimeError("cannot even close")

    broken, sound = Broken("broken"), FakeSurroundings("sound")
    broken.unusable = RuntimeError("cannot open")
    both = Surroundings([broken, sound], lambda *_: None)
    await both.open()
    await both.check()
    state = both.sources()[0]
    assert not state.usable
    assert "cannot open" in state.note
    assert both.value("locked") is False
    await both.close()


async def test_closing_ends_everything(two: tuple[FakeSurroundings, FakeSurroundings], both: Surroundings) -> None:
    await both.open()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    await both.close()
    await both.close()
    assert all(task.done() for task in tasks)
    assert two[0].closed >= 1
    assert two[1].closed >= 1
