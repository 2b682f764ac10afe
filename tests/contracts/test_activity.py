"""What every activity source promises, the fakes and the real ones alike."""

import gc
import os
import types
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.rigs import ANYWHERE, DESKTOP, Rig, run
from unhunch.ports import Lost, Quiet

pytestmark = pytest.mark.slow(1)

LATE = 0.6
"""Seconds by which a look on a loaded machine may be off."""


@pytest.fixture(autouse=True)
def own_display(monkeypatch: pytest.MonkeyPatch) -> None:
    """X11 sources put their display into the environment: take it out again."""
    monkeypatch.setenv("DISPLAY", os.environ.get("DISPLAY", ""))
    monkeypatch.setenv("XAUTHORITY", os.environ.get("XAUTHORITY", ""))


@pytest.fixture(
    params=[*ANYWHERE, *(pytest.param(name, marks=pytest.mark.desktop) for name in DESKTOP)],
)
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    """A rig whose source is not open yet; it is closed afterwards."""
    async with (ANYWHERE | DESKTOP)[request.param](tmp_path) as made:
        yield made
        await made.source.close()


async def look(rig: Rig) -> Quiet:
    quiet = await rig.source.quiet()
    assert quiet is not None
    return quiet


async def until_touched(rig: Rig, limit: float = 10.0) -> Quiet:
    """The touch arrives: at once with most, at the latest a moment later."""
    end = rig.now() + limit
    while True:
        quiet = await look(rig)
        if quiet.at_least < LATE:
            return quiet
        assert rig.now() < end, quiet
        await rig.wait(0.02)


async def test_quiet_grows_and_holds_the_truth_and_a_touch_ends_it(rig: Rig) -> None:
    await rig.source.open()
    await rig.wait(0.6)
    await run(rig.touch())
    for _ in range(2):
        touched = rig.now()
        await until_touched(rig)
        for number in range(30):
            await rig.wait(0.3)
            before = rig.now() - touched
            quiet = await look(rig)
            after = rig.now() - touched
            assert 0 <= quiet.at_least <= after + LATE
            assert quiet.at_most >= before - LATE
            assert quiet.at_least <= quiet.at_most
            if number >= 5 and (rig.grain > 1 or quiet.at_least > 0.5):
                break
        assert rig.grain > 1 or quiet.at_least > 0.5
        await run(rig.touch())
    await until_touched(rig)


async def test_the_bell_rings_once_at_the_next_touch_and_not_before(rig: Rig) -> None:
    await rig.source.open()
    await run(rig.touch())
    await rig.wait(0.5)
    await until_touched(rig)
    rung: list[int] = []
    if not rig.source.ring(lambda: rung.append(1)):
        assert not rig.rings
        return
    await rig.wait(2.5)
    assert rung == []
    await run(rig.touch())
    for _ in range(500):
        if rung:
            break
        await rig.wait(0.02)
    await run(rig.touch())
    await rig.wait(0.3)
    assert rung == [1]


async def test_a_bell_that_was_closed_stays_silent(rig: Rig) -> None:
    await rig.source.open()
    rung: list[int] = []
    rig.source.ring(lambda: rung.append(1))
    await rig.wait(0.5)
    await rig.source.close()
    await run(rig.touch())
    await rig.wait(0.3)
    assert rung == []


async def test_a_lost_server_is_reported_and_closing_is_harmless(rig: Rig) -> None:
    await rig.source.open()
    await rig.source.quiet()
    await rig.wait(0.3)
    if rig.lose is not None:
        await run(rig.lose())
        with pytest.raises(Lost):
            for _ in range(1000):
                await rig.source.quiet()
                await rig.wait(0.02)
    await rig.source.close()
    await rig.source.close()


async def test_watching_pauses_can_be_switched_at_any_time(rig: Rig) -> None:
    rig.source.watch_pauses(wanted=False)
    await rig.source.open()
    for wanted in (True, True, False, False, True):
        rig.source.watch_pauses(wanted=wanted)
        await look(rig)
    await rig.source.close()
    rig.source.watch_pauses(wanted=False)


async def test_no_key_can_be_reached_from_the_source(rig: Rig) -> None:
    """Everything that hangs on the source, down to the raw buffers of its connections, after typing rare letters."""
    if rig.type_text is None:
        return
    await rig.source.open()
    for _ in range(3):
        rig.source.ring(lambda: None)
        await rig.wait(0.3)
        rig.type_text("zqzqzqzq")
        await rig.wait(0.3)
        await look(rig)
        found = [each for each in reachable(rig.source) if tells_a_key(each)]
        assert found == []


def reachable(start: Any) -> Iterator[Any]:
    """All values that hang on `start`, without following into modules, classes, code and the event loop."""
    seen, todo = {id(start)}, [start]
    closed = (types.ModuleType, type, types.CodeType, types.FrameType, types.BuiltinFunctionType)
    while todo:
        each = todo.pop()
        yield each
        if isinstance(each, closed) or "asyncio" in type(each).__module__ or "uvloop" in type(each).__module__:
            continue
        for inner in gc.get_referents(each):
            if isinstance(each, types.FunctionType) and inner is each.__globals__:
                continue
            if id(inner) not in seen:
                seen.add(id(inner))
                todo.append(inner)


def tells_a_key(value: Any) -> bool:
    """A pynput key, the letters themselves, or a raw X key event (type 2 or 3, then the keycode)."""
    if type(value).__name__ in ("KeyCode", "Key"):
        return True
    if isinstance(value, str):
        return value in ("z", "q") or "zq" in value
    if isinstance(value, bytes | bytearray):
        return any(code in value for code in (b"\x02\x34", b"\x03\x34", b"\x02\x18", b"\x03\x18"))
    return False


def test_the_walk_would_find_a_key() -> None:
    """The check above can fail."""

    class Holder:
        def __init__(self) -> None:
            self.kept = {"events": [b"\x02\x34\x00\x00"]}

    class Teller:
        def __init__(self) -> None:
            letter = "q"
            self.tell = lambda: letter

    assert any(tells_a_key(each) for each in reachable(Holder()))
    assert any(tells_a_key(each) for each in reachable(Teller()))
