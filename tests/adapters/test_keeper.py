"""Which source is kept, when several come and go. What each really does is in the desktop tests."""

import asyncio

import pytest

from unhunch.adapters import keeper as keeper_module
from unhunch.adapters import supervision
from unhunch.adapters.keeper import Keeper
from unhunch.ports import Lost, Quiet, Unusable


class Source:
    """One that is there for as long as its name is."""

    inhibited = None

    def __init__(self, name: str, there: set[str]) -> None:
        self.name, self.there = name, there

    async def quiet(self) -> Quiet:
        if self.name not in self.there:
            raise Lost("gone")
        return Quiet(1.0, 1.0)

    async def close(self) -> None:
        pass


async def test_the_better_one_is_found_again_although_the_worse_one_came_back_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both die, the better one first, and come back the other way round; nobody is there, so nothing else looks."""
    there = {"mutter", "x11"}

    async def open_source(name: str, _env: object, _timers: object) -> tuple[Source, str]:
        if name not in there:
            raise Unusable("not there")
        return Source(name, there), ""

    monkeypatch.setattr(keeper_module, "open_source", open_source)
    monkeypatch.setattr(keeper_module, "BETTER_EVERY", 0.05)
    monkeypatch.setattr(supervision, "FIRST_SECONDS", 0.005)
    told = asyncio.Event()
    keeper = Keeper("auto", told.set)

    async def at_last(name: str) -> None:
        async with asyncio.timeout(20):
            while keeper.name != name:
                await told.wait()
                told.clear()
                await keeper.quiet()

    await keeper.open()
    assert keeper.name == "mutter"
    there.remove("mutter")
    assert await keeper.quiet() is None
    await at_last("x11")
    there.clear()
    assert await keeper.quiet() is None
    assert keeper.name == "none"
    there.add("x11")
    await at_last("x11")
    there.add("mutter")
    told.clear()
    await at_last("mutter")
    await keeper.close()
