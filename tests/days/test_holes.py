"""Watchers write one record after another: the milliseconds between two are no time in which nobody watched."""

from unhunch.core.facts import Kind
from unhunch.core.settings import Settings
from unhunch.play.player import Player, Recording

START = 1_736_150_400.0
SPANS = [(START + 60.0 * n, START + 60.0 * n + 50.0) for n in range(120)]


def played(hole: float) -> list[tuple[Kind, float, float]]:
    """Two hours watched in pieces of ten minutes with a hole after each: blind times and input, as kept."""
    covered = [(START + 600.0 * n, START + 600.0 * (n + 1) - (hole if n < 11 else 0.0)) for n in range(12)]
    player = Player(Settings())
    player.play(Recording(SPANS, covered))
    return [(f.kind, f.wall, f.length) for f in player.facts.values() if f.kind in (Kind.BLIND, Kind.INPUT)]


def test_milliseconds_are_no_hole() -> None:
    assert played(0.004) == played(0.0)


def test_two_minutes_are() -> None:
    assert len([fact for fact in played(120.0) if fact[0] is Kind.BLIND]) >= 11
