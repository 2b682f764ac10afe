"""A working day under a calendar: the real daemon, real files that change while it runs, a real notification server."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.adapters.test_calendar_files import calendar, event
from tests.desktop.bed import Bed
from tests.desktop.desk import Desk

pytestmark = pytest.mark.desktop

OFTEN = """
import unhunch.adapters.surroundings.calendars as calendars
calendars.LISTING = 1.0
calendars.REST = 0.2
"""
"""A minute between two looks at the folders, as a second."""
MANY = 300


def put(path: Path, begins: float, *, minutes: float = 60.0) -> None:
    """An event so many minutes from now, written as khal and vdirsyncer do: beside it, then under its name."""
    start = datetime.now(UTC) + timedelta(minutes=begins)
    times = [f"{at:%Y%m%dT%H%M%SZ}" for at in (start, start + timedelta(minutes=minutes))]
    new = path.with_name(f"{path.name}XYZ")
    new.write_bytes(calendar(event(f"DTSTART:{times[0]}", f"DTEND:{times[1]}", "SUMMARY:Secret", uid=path.stem)))
    if path.exists():
        new.replace(path)
    else:
        os.link(new, path)
        new.unlink()


@pytest.fixture
def desk(bed: Bed) -> Desk:
    bed.bus()
    bed.xvfb()
    bed.dunst()
    place = bed.dir / "often"
    place.mkdir()
    (place / "sitecustomize.py").write_text(OFTEN)
    bed.env["PYTHONPATH"] = str(place)
    return Desk(bed, more='[calendar]\nfiles = ["~/calendars/**/*.ics"]\n')


def test_a_notice_waits_for_the_end_of_an_event_and_for_five_minutes_before_one(bed: Bed, desk: Desk) -> None:
    folder = bed.home / "calendars/dav"
    folder.mkdir(parents=True)
    for number in range(MANY):
        put(folder / f"old{number}.ics", -60.0 * 24 * (number + 2))
    put(folder / "meeting.ics", 4.0)
    desk.start()

    def busy() -> bool:
        return desk.status()["surroundings"]["busy"] is True

    bed.until("the five minutes before the event", busy)
    desk.type(7)
    bed.until("a session is due", lambda: desk.status()["owed"] is not None)
    assert "calendar" in str(desk.status()["holds"])
    for _pause in range(3):
        desk.rest(2)
        desk.type(1.5)
    assert bed.displayed() == 0
    assert "your calendar says that you are busy" in " ".join(desk.run("why").stdout.split())
    assert desk.facts("shown") == []

    put(folder / "meeting.ics", 60.0 * 24)  # moved to tomorrow while the daemon runs
    bed.until("the change", lambda: not busy())
    desk.asked()
    held = desk.facts("held")
    assert [fact["why"] for fact in held if fact["why"] == "calendar"], "what it waited for is kept"

    put(folder / "new.ics", -10.0)  # a file of its own among hundreds
    bed.until("the new event", busy)
    (folder / "new.ics").unlink()
    bed.until("its end", lambda: not busy())
    kept = desk.database.read_bytes() + bed.log("unhunch").encode()
    assert b"Secret" not in kept, "no title is ever kept"
