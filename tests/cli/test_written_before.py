"""A database that 0.1 wrote: it opens, keeps every fact, and every command answers as 0.1 did.

`stored/` was made by 0.1 itself: ten weeks lived with its engine and store, partly in German, with every kind of fact,
another machine and another program's record; then its commands were asked, and what they said was written down. It is
never made anew: what cannot be read as it stands is what this test is for.
"""

import gzip
import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cli.conftest import Ran
from unhunch import language
from unhunch.adapters.store.row import COLUMNS
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core import messages as m
from unhunch.core.engine import step
from unhunch.core.facts import Kind
from unhunch.core.moment import Moment
from unhunch.core.session.lengths import session_minutes
from unhunch.core.settings import Settings
from unhunch.core.state.fold import fold
from unhunch.daemon.recall import recall
from unhunch.paths import Paths
from unhunch.words.plan import plan_of
from unhunch.words.session import session_plan
from unhunch.words.status import status_of
from unhunch.words.why import why_of

STORED = Path(__file__).with_name("stored")
ANSWERS = json.loads((STORED / "answers-0.1.json").read_text(encoding="utf-8"))
NIGHT = ("2026-03-09", 300.0)
"""The week, and minutes, that 0.1 gave to the wrong side of Sunday's midnight: from 04:00 on a night is Monday's. It
counted that day in two ways, and the week's was wrong."""
BY_ITSELF = "2026-02-09"
"""0.1 read five weeks at once, so the laptop of this one had a say in those before: the minute by which a clock was set
in January was lost, and half an hour of the laptop's went to the Sunday on which it had last told of a day."""
COUNTED = {
    "sitting": {"low": 1101.0, "best": 1865.5, "high": 1876.1},
    "sitting_per_day": 373.1,
}
"""The weeks before that week, each counted by itself."""
USUAL = 354.0
"""And what its Monday is compared with."""
KINDS_SINCE = {Kind.PARTIAL, Kind.SUM, Kind.RECOVERY, Kind.SLIP, Kind.IMPORTED, Kind.LET_GO}
LOCALES = {"en": "C.UTF-8", "de": "de_DE.UTF-8"}


@pytest.fixture
def database(places: Paths) -> Path:
    places.make_data()
    with closing(sqlite3.connect(places.database)) as connection:
        connection.executescript(gzip.decompress((STORED / "history-0.1.sql.gz").read_bytes()).decode())
    return places.database


@pytest.fixture(params=LOCALES)
def spoken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LC_TIME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", LOCALES[request.param])
    language.set_up()
    yield request.param
    language.set_up({})


class At(NamedTuple):
    """A clock that stands still at the time at which 0.1 was asked."""

    at: Moment
    boot_id: str = ANSWERS["boot_id"]

    def now(self) -> Moment:
        return self.at


def rows(database: Path) -> list[tuple[Any, ...]]:
    """What 0.1 wrote, whatever columns have come since."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(f"SELECT {COLUMNS} FROM fact ORDER BY id").fetchall()


def told(now: Any, before: Any) -> Any:
    """An answer without what 0.1 did not speak of at all. A reason may be worded anew, as long as there is one."""
    if isinstance(now, dict) and isinstance(before, dict):
        same = {name: told(now[name], before[name]) for name in now if name in before}
        worded = {name: before[name] for name in ("why", "text") if same.get(name) and before[name]}
        return {**same, **worded}
    if isinstance(now, list) and isinstance(before, list) and len(now) == len(before):
        return [told(a, b) for a, b in zip(now, before, strict=True)]
    return now


def test_every_kind_of_fact_is_kept(database: Path) -> None:
    before = rows(database)
    with closing(SqliteStore(database)) as store:
        facts = store.read()
    assert {fact.kind for fact in facts} == set(Kind) - KINDS_SINCE
    assert [fact.key for fact in facts] == [row[1] for row in before]
    assert rows(database) == before


def test_the_daemon_goes_on_from_it_as_before(database: Path, spoken: str) -> None:
    s, at = Settings(), Moment(*ANSWERS["at"])
    with closing(SqliteStore(database)) as store:
        live, trouble = recall(store, s, At(at))
    assert trouble == ""
    live, _ = step.step(live, m.Started(at, ANSWERS["boot_id"], "after"), s)
    live, _ = step.step(live, m.Look(at, (3600.0, 3600.0)), s)
    scene, st = step.scene(live, at, s), live.state
    said = {
        "status": status_of(live, scene, s),
        "why": why_of(live, scene, s),
        "plan": plan_of(live, scene, s),
        "session_plan": session_plan(st.programme, st.today.date, s),
    }
    before = json.loads(json.dumps(ANSWERS["asked"][spoken]))
    coming = before["status"]["next"]
    coming["minutes"] = session_minutes(coming["size"])  # sessions have become longer since
    for name in before:
        assert told(json.loads(json.dumps(said[name])), before[name]) == before[name], name


def test_all_of_it_read_again_gives_what_the_checkpoint_holds(database: Path) -> None:
    with closing(SqliteStore(database)) as store:
        short = fold(store.since_checkpoint(), Settings())
        whole = fold([fact for fact in store.read(device="") if fact.kind is not Kind.CHECKPOINT], Settings())
    for name in ("goal", "goal_since", "sessions", "last_session", "mornings", "stop", "screened", "decision", "offer"):
        assert getattr(whole.programme, name) == getattr(short.programme, name), name
    assert [(day.date, day.done, round(day.best)) for day in whole.past] == [
        (day.date, day.done, round(day.best)) for day in short.past
    ]


def test_the_weeks_are_the_same(database: Path, spoken: str, run: Callable[..., Ran]) -> None:
    assert ANSWERS["weeks"][spoken]
    for first, before in ANSWERS["weeks"][spoken].items():
        now = json.loads(run("week", "--of", first, "--json").out)
        if first == NIGHT[0]:
            for watched in (now["quality"], now["quality"]["sources"][0]):
                watched["covered"] -= NIGHT[1]
        if first == BY_ITSELF:
            monday, *others = before["days"]
            days = [{**monday, "usual": USUAL}, *others]
            before = {**before, "before": {**before["before"], **COUNTED}, "days": days}
        assert told(now, before) == before, first


@pytest.mark.parametrize("form", ["json", "csv", "activitywatch"])
def test_the_export_is_the_same_to_the_letter(database: Path, run: Callable[..., Ran], form: str) -> None:
    out = run("export", "--format", form).out
    assert hashlib.sha256(out.encode()).hexdigest() == ANSWERS["export"][form]
