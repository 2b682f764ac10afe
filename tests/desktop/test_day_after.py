"""A session ended in pain: nothing more is asked for on that day, and the next day's notice says what comes then."""

from datetime import UTC, datetime

import pytest

from tests.desktop.bed import Bed
from tests.desktop.clocks import Clocks
from tests.desktop.desk import Desk
from unhunch.control.client import ask
from unhunch.core.moment import DAY
from unhunch.core.session.lengths import session_minutes
from unhunch.core.settings import Settings
from unhunch.words.notices import RECOVERY, STEPS
from unhunch.words.reasons import RESTING

pytestmark = pytest.mark.desktop

NOON = datetime(2026, 3, 11, 12, tzinfo=UTC).timestamp()
PAIN = {"event": "ended", "key": "one", "size": "short", "status": "partial", "source": "page", "branches": ["pain"]}


def test_pain_rests_the_day_and_the_next_notice_is_for_an_easy_session_that_asks(bed: Bed) -> None:
    bed.env["TZ"] = "UTC"
    clocks = Clocks(bed, wall=NOON)
    bed.bus()
    bed.xvfb()
    bed.dunst()
    desk = Desk(bed)
    desk.start()
    desk.type(1)
    socket = bed.run / "unhunch/control.sock"
    ask(socket, "screening", {"verdict": "pass"})
    ask(socket, "session", {**PAIN, "event": "began", "status": "unknown", "branches": []})
    ask(socket, "session", PAIN)
    bed.until("what was told", lambda: desk.json("why")["summary"].startswith(RESTING))
    desk.type(7)  # enough to be asked on another day
    assert desk.status()["owed"] is None
    assert desk.facts("shown") == []

    with clocks.frozen():
        clocks.pass_by(DAY)
    desk.type(6)
    desk.asked()
    bed.dunstctl("close-all")
    bed.until("the notice in dunst's history", lambda: RECOVERY in bed.dunstctl("history"))
    easy = session_minutes("easy", Settings().session_breath)
    assert any(title.format(n=easy) in bed.dunstctl("history") for title in STEPS[1])
    assert desk.terminate() == 0
