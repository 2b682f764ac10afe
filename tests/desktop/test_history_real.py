"""Records that the real programs have just written, read while they run: Workrave's, ActivityWatch's."""

import json
import socket
import urllib.request
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cli.test_import_formats import workdays
from tests.desktop.bed import Bed
from tests.desktop.clocks import Clocks
from tests.desktop.desk import UNHUNCH, Desk
from tests.desktop.parts import find, needs
from unhunch.importers import workrave

pytestmark = pytest.mark.desktop

ENOUGH = 10
"""Seconds of activity that Workrave is to have counted."""
BEFORE_A_MINUTE = datetime(2026, 3, 11, 14, 0, 35, tzinfo=UTC)
"""When it is begun: it writes its statistics when a minute of the wall clock is full."""
ABOUT = 5
"""Seconds by which its log and its statistics may differ: it waits a little before it calls something idle."""


def imported(bed: Bed, *files: object) -> list[dict[str, Any]]:
    said = bed.output(UNHUNCH, "import", "--json", *map(str, files))
    found: list[dict[str, Any]] = json.loads(said)
    return found


def active_seconds(bed: Bed) -> int:
    """What Workrave says of today so far."""
    file = bed.home / ".workrave/todaystats"
    lines = file.read_text().splitlines() if file.exists() else []
    return next((int(line.split()[2]) for line in lines if line.startswith("m ")), 0)


def logged(bed: Bed) -> float:
    """Seconds of activity in its idle log so far; a time of activity is written when it is over."""
    logs = [log.read_bytes() for log in bed.home.glob(".workrave/idlelog.*.log")]
    return sum(end - start for log in logs if log for start, end in workrave.parse(log).spans)


@pytest.mark.slow(40)
def test_what_workrave_writes_while_somebody_works(bed: Bed) -> None:
    needs("dbus-daemon", "Xvfb", "workrave")
    bed.bus()
    bed.xvfb()
    bed.env["TZ"] = "UTC"
    Clocks(bed, wall=BEFORE_A_MINUTE.timestamp())
    (bed.home / ".workrave").mkdir()
    bed.spawn("workrave")

    def worked() -> bool:
        bed.hands.motion()
        bed.hands.key()
        return active_seconds(bed) >= ENOUGH

    bed.until("Workrave to have counted", worked, limit=120)
    # Each is written in its own time; when all is said, both say the same.
    bed.until("its idle log to agree with its statistics", lambda: abs(logged(bed) - active_seconds(bed)) <= ABOUT, 120)
    counted = active_seconds(bed)
    [log] = bed.home.glob(".workrave/idlelog.*.log")
    moments, days = imported(bed, log, bed.home / ".workrave/todaystats")
    assert moments["format"] == "workrave"
    assert set(moments["problems"]) <= {"1 activity of no length was left out."}, "Workrave notes its own start"
    assert (days["format"], days["facts"], days["new"], days["problems"]) == ("workrave", 1, 1, [])
    exported = json.loads(bed.output(UNHUNCH, "export"))["facts"]
    seconds = sum(fact["length"] for fact in exported if fact["kind"] == "input")
    assert seconds == pytest.approx(counted, abs=ABOUT), "the log and the statistics count the same activity"
    [day] = [fact for fact in exported if fact["kind"] == "sum"]
    assert day["body"]["active"] == counted
    assert day["body"]["running"]


def asked(port: int, path: str, told: object = None) -> Any:
    """A request to ActivityWatch's own server."""
    data = None if told is None else json.dumps(told).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/0/{path}", data, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as reply:
        return json.loads(reply.read() or b"null")


def test_activitywatchs_database_beside_its_running_server(bed: Bed) -> None:
    needs("aw-server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = find("aw-server")
    assert server
    bed.spawn(server, "--port", str(port))

    def answers() -> bool:
        try:
            return bool(asked(port, "info"))
        except OSError:
            return False

    bed.until("the server's answer", answers, limit=60)
    for name, kind in (("afk", "afkstatus"), ("window", "currentwindow")):
        asked(port, f"buckets/{name}", {"client": "test", "type": kind, "hostname": "pc"})
    for at, seconds, status in (("08:00:00", 3600, "not-afk"), ("09:00:00", 600, "afk"), ("09:10:00", 5400, "not-afk")):
        event = {"timestamp": f"2026-11-16T{at}+00:00", "duration": seconds, "data": {"status": status}}
        asked(port, "buckets/afk/events", [event])
    titled = {"timestamp": "2026-11-16T08:00:00+00:00", "duration": 28800, "data": {"title": "SECRET"}}
    asked(port, "buckets/window/events", [titled])

    [database] = bed.home.glob(".local/share/activitywatch/aw-server/*.db")
    before = {path.name: path.read_bytes() for path in database.parent.glob("*.db*") if not path.name.endswith("-shm")}
    [told] = imported(bed, database)
    assert (told["format"], told["new"], told["problems"]) == ("activitywatch", 3, [])
    after = {path.name: path.read_bytes() for path in database.parent.glob("*.db*") if not path.name.endswith("-shm")}
    assert after == before, "the server's files are as they were"
    assert "SECRET" not in bed.output(UNHUNCH, "export")

    export, bucket, events = (bed.home / name for name in ("export.json", "bucket.json", "events.json"))
    export.write_text(json.dumps(asked(port, "export")))
    bucket.write_text(json.dumps(asked(port, "buckets/afk/export")))
    events.write_text(json.dumps(asked(port, "buckets/afk/events")))
    assert [one["new"] for one in imported(bed, export, bucket, events)] == [0, 0, 0], "all the same record"
    assert asked(port, "buckets"), "the server goes on"


def test_an_import_beside_the_running_daemon_changes_todays_plan_and_is_undone(desk: Desk) -> None:
    bed = desk.bed

    def plan() -> float:
        expected: float = json.loads(bed.output(UNHUNCH, "plan", "--json"))["expected_min"]
        return expected

    bed.until("the day to begin", lambda: plan() == 345.0)
    said = bed.output(UNHUNCH, "import", str(workdays(bed.home / "screen time", 4.5)))
    changed = "42 days, 189 h of sitting. Your usual workday is 4 h 30. The plan now expects 4 h 30 today."
    assert changed in said
    assert plan() == 270.0
    assert json.loads(bed.output(UNHUNCH, "status", "--json"))["problems"] == []
    assert "The plan now expects 5 h 45 today." in bed.output(UNHUNCH, "import", "--undo")
    assert plan() == 345.0
