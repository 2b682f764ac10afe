"""Recorded activity on a simulated clock."""

from tests.fakes.activity import FakeClock
from unhunch.adapters.activity import recorded
from unhunch.ports import Quiet


def at(clock: FakeClock, *spans: tuple[float, float]) -> list[tuple[float, float]]:
    start = clock.now().wall
    return [(start + begin, start + end) for begin, end in spans]


async def test_spans_are_input_and_gaps_are_quiet() -> None:
    clock = FakeClock()
    source = recorded.Source(at(clock, (100, 160), (10, 20)), clock, blind=at(clock, (170, 180)))
    assert await source.open() == "2 recorded spans of input"
    seen = {}
    for second in range(0, 200, 5):
        seen[second] = await source.quiet()
        clock.advance(5)
    assert seen[5] is None
    assert seen[10] == seen[15] == seen[20] == Quiet(0, 0)
    assert seen[95] == Quiet(75, 75)
    assert seen[160] == Quiet(0, 0)
    assert seen[165] == Quiet(5, 5)
    assert seen[170] is seen[175] is None
    assert seen[180] == Quiet(20, 20)


async def test_the_bell_rings_when_the_clock_enters_the_next_span() -> None:
    clock = FakeClock()
    source = recorded.Source(at(clock, (10, 20), (100, 160)), clock)
    clock.advance(30)
    rung: list[float] = []
    assert source.ring(lambda: rung.append(clock.now().wall))
    source.moved()
    assert source.next_input() == clock.now().wall + 70
    clock.advance(69)
    source.moved()
    assert rung == []
    clock.advance(1)
    source.moved()
    source.moved()
    assert rung == [clock.now().wall]
    clock.advance(1000)
    assert source.next_input() is None
