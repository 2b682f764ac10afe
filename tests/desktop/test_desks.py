"""One person at two desks, with real parts: two homes, X servers and daemons, and Syncthing between them."""

from collections.abc import Iterator

import pytest

from tests.desktop.bed import Bed
from tests.desktop.carrier import Carrier, join
from tests.desktop.clocks import Clocks
from tests.desktop.desk import Desk
from unhunch.control.client import ask

pytestmark = [pytest.mark.desktop, pytest.mark.slow(30)]

SYNC = """[sync]
folder = "{folder}"
name = "{name}"
look = "1 s"
apart = "1 s"
"""


class Place(Desk):
    """A desk whose folder is carried to the other one."""

    def __init__(self, bed: Bed, name: str, *, screen: bool) -> None:
        self.carrier = Carrier(bed)
        bed.bus()
        bed.xvfb()
        if screen:
            bed.dunst()
        super().__init__(bed, more=SYNC.format(folder=self.carrier.folder, name=name))

    def lines(self) -> int:
        """Whole lines in its own folder, whoever wrote them."""
        return sum(file.read_bytes().count(b"\n") for file in self.carrier.folder.glob("*.jsonl"))

    def hears_of(self, name: str) -> bool:
        return any(desk["name"] == name for desk in self.json("sync")["desks"])


@pytest.fixture
def places() -> Iterator[tuple[Place, Place]]:
    with Bed() as one, Bed() as two:
        here, there = Place(one, "work", screen=True), Place(two, "home", screen=False)
        join(here.carrier, there.carrier)
        here.start()
        there.start()
        ask(two.run / "unhunch/control.sock", "screening", {"verdict": "pass"})
        one.until("both to know of each other", lambda: here.hears_of("home") and there.hears_of("work"))
        yield here, there


def test_a_day_lived_at_both(places: tuple[Place, Place]) -> None:
    work, home = places
    bed = work.bed
    assert "With what you did at home." in work.run("status").stdout

    # What is owed is owed at both; a session at one ends the asking at the other.
    work.type(7)
    work.asked()
    bed.until("the owed session at the other desk", lambda: home.status()["owed"])
    assert home.sitting() > 0, "the sitting of one is the sitting of both"
    assert home.run("log").returncode == 0
    bed.until("the end of the asking", lambda: work.status()["owed"] is None)
    bed.until("the notice to go", lambda: bed.displayed() == 0)
    assert work.status()["today"]["done"] == 1

    # What was answered at one is taken back at the other.
    assert work.run("undo").returncode == 0
    bed.until("the undo", lambda: home.status()["today"]["done"] == 0)

    # Cut off, and killed while it writes: nothing is lost, nothing comes twice.
    home.carrier.stop()
    assert home.run("pause", "1h").returncode == 0
    home.kill()
    assert work.status()["paused_until"] is None
    home.start()
    join(work.carrier, home.carrier)
    bed.until("what was said meanwhile", lambda: work.status()["paused_until"])
    assert work.run("resume").returncode == 0
    bed.until("the end of the pause", lambda: home.status()["paused_until"] is None)

    # A stop on one stops all.
    assert home.run("log", "--tingling", "persisted").returncode == 0
    bed.until("the stop", lambda: work.status()["screening"] == "stopped")

    week = work.json("week")
    assert {source["device"] for source in week["quality"]["sources"]} == {"", "home"}
    done = [fact for fact in work.facts("session") if fact["status"] == "done"]
    assert len(done) == 2, "one of them taken back"


def test_a_clock_that_is_ahead_is_told_and_waited_for() -> None:
    with Bed() as one, Bed() as two:
        clocks = Clocks(two)
        work, home = Place(one, "work", screen=False), Place(two, "home", screen=False)
        join(work.carrier, home.carrier)
        work.start()
        home.start()
        one.until("both to know of each other", lambda: work.hears_of("home") and home.hears_of("work"))
        clocks.move(wall=20 * 60)
        assert home.run("pause", "3h").returncode == 0
        one.until("the clock to be told of", lambda: any("ahead" in note for note in work.json("sync")["notes"]))
        assert work.status()["paused_until"] is None
        assert "Set both by the network" in " ".join(work.run("doctor").stdout.split())
