"""Weeks that are kept as they were counted: whatever is written, they say what the facts say."""

import json
import os
import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import kept
from tests.core.story import SETTINGS, Story
from tests.examples import examples
from unhunch.adapters.store import migrations, shared
from unhunch.adapters.store.salvage import salvage
from unhunch.adapters.store.shared import Numbered
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.codec import sound
from unhunch.core.facts import SPANS, Fact, Kind
from unhunch.core.settings import Settings
from unhunch.core.week import counted
from unhunch.core.week.dates import back, window
from unhunch.core.week.kept import RULES, of_plain, to_plain
from unhunch.core.week.lived import lived
from unhunch.core.week.summary import BESIDE, EARLIER, LATER, summarise, trend
from unhunch.ports import KeptWeek
from unhunch.report.reading import months_of, week_of
from unhunch.words.week import to_json

MONDAY = "2026-10-26"
"""The day after the clock went back in Berlin."""
OTHER = "0123456789ab-home"


class Anew(SqliteStore):
    """Reads what is written, and knows nothing of what is kept."""

    def kept_weeks(self, _what: str, _firsts: Iterable[str], _rules: str) -> dict[str, Any]:
        return {}

    def keep_weeks(self, weeks: Iterable[KeptWeek], written: int) -> None:
        """Nothing."""


@pytest.fixture
def path() -> Iterator[Path]:
    """In memory where that is possible."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        yield Path(name) / "unhunch.sqlite"


def shown(kind: type[SqliteStore], path: Path, first: str = MONDAY, s: Settings = SETTINGS) -> Any:
    """All that a page shows of a week, read as the command reads it."""
    store = kind(path, read_only=True)
    try:
        found, weeks = week_of(store, first, s, with_trend=True)
        months = months_of(store, first, s, 2)
        return to_json(found), [to_json(one) for one in weeks], [to_json(one) for one in months.months]
    finally:
        store.close()


def week(kind: type[SqliteStore], path: Path) -> Any:
    store = kind(path, read_only=True)
    try:
        return to_json(week_of(store, MONDAY, SETTINGS)[0])
    finally:
        store.close()


def kept_in(path: Path, what: str = "days") -> list[str]:
    return [first for (first,) in kept.rows(path, "SELECT first FROM week WHERE what = ? ORDER BY first", what)]


def a_life(weeks: int = 9, seed: int = 5) -> list[Fact]:
    """Workdays around MONDAY, over the end of summer time, with all that happens on them."""
    chance = random.Random(seed)
    story = Story()
    for n in range(weeks * 7):
        day = _plus(MONDAY, n - (weeks - 2) * 7)
        if chance.random() < 0.3:
            continue
        story.tell(Kind.DAY, f"{day} 08:00", date=day, goal=1, expected=20700.0)
        story.ran(f"{day} 08:00", "18:00")
        for hour in range(8, 17):
            story.typed(f"{day} {hour:02}:{chance.randrange(20):02}", f"{hour:02}:{chance.randrange(21, 60):02}")
        story.tell(Kind.CALL, f"{day} 10:10", "10:50")
        story.tell(Kind.LOCKED, f"{day} 12:05", "12:50")
        story.tell(Kind.DUE, f"{day} 11:00", number=1, of=1, threshold_min=115.0, reason="sitting")
        story.tell(Kind.SHOWN, f"{day} 11:05", what="session", step=1, reason="pause", pause_s=16.0)
        story.session(f"{day} 11:06", stiffness_before=chance.randrange(11), stiffness_after=2)
        story.tell(Kind.LAPSED, f"{day} 11:30", **{"as": "missed"})
    assert sound(story.facts) == story.facts
    return story.facts


def _plus(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def filled(path: Path, facts: Sequence[Fact] | None = None) -> list[Fact]:
    store = SqliteStore(path)
    found = list(a_life() if facts is None else facts)
    store.append(found)
    store.close()
    return found


# What is kept says what the facts say ---------------------------------------------------------------------------------


def test_a_week_counted_by_its_own_window_is_the_week_of_all_of_history(path: Path) -> None:
    facts = filled(path)
    everything = lived(facts, SETTINGS)
    found, weeks, _months = shown(SqliteStore, path)
    assert found == to_json(summarise(everything, facts, MONDAY, SETTINGS))
    assert weeks == [to_json(one) for one in trend(everything, facts, MONDAY, SETTINGS)]
    assert found["sitting"]["best"] > 600
    assert found["before"]["weeks"] == 4


def test_what_was_kept_is_shown_as_it_was_counted_and_no_evidence_is_read_for_it(path: Path) -> None:
    filled(path)
    before = shown(Anew, path)
    assert kept_in(path) == []
    assert shown(SqliteStore, path) == before
    assert MONDAY in kept_in(path)
    assert kept_in(path, "summary") == [MONDAY]
    asked: list[set[str] | None] = []

    class Telling(SqliteStore):
        def read(
            self, since: Any = None, until: Any = None, kinds: Any = None, *more: Any, **others: Any
        ) -> list[Fact]:
            asked.append(None if kinds is None else set(kinds))
            return super().read(since, until, kinds, *more, **others)

    assert shown(Telling, path) == before
    assert asked
    assert not any(kinds is None or Kind.INPUT in kinds for kinds in asked)


def test_a_summary_that_is_kept_needs_no_fact(path: Path) -> None:
    filled(path)
    before = week(Anew, path)
    assert week(SqliteStore, path) == before

    class Blind(SqliteStore):
        def read(self, *_given: Any, **_more: Any) -> list[Fact]:
            raise AssertionError("a fact is read")

    assert week(Blind, path) == before


def test_what_bears_on_a_summary_from_any_time_lets_it_go() -> None:
    assert set(migrations.CHANGING) == set(counted.CHANGING)
    assert {*migrations.BEARING, *migrations.CHANGING} == EARLIER | LATER
    assert BESIDE >= EARLIER | LATER


def test_a_summary_comes_back_as_it_was(path: Path) -> None:
    story = Story()
    step = {
        "from": 1,
        "to": 2,
        "decision": "step up",
        "rule": "step up",
        "figures": {"goal": 1, "done": 9, "asked": 10},
    }
    story.tell(Kind.GOAL, f"{MONDAY} 09:00", body=step)
    story.tell(Kind.OFFER, f"{MONDAY} 10:00", body={"from": 2, "to": 3})
    story.tell(Kind.CHOICE, f"{MONDAY} 11:00", week=back(MONDAY, 1), choice="roller", answer="accept")
    found = summarise([], [*a_life(), *story.facts], MONDAY, SETTINGS)
    assert found.plan.reason is not None
    assert found.last_choice is not None
    again = of_plain(json.loads(json.dumps(to_plain(found))), SETTINGS)
    assert again == found
    assert type(again.days[0].sitting) is type(found.days[0].sitting)
    assert again.plan.reason == found.plan.reason


def test_a_reader_leaves_no_log_behind_that_the_daemon_would_have_to_fold_in(path: Path) -> None:
    filled(path)
    shown(SqliteStore, path)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert kept_in(path)


def test_a_file_that_nobody_may_write_is_read_all_the_same(path: Path) -> None:
    filled(path)
    before = shown(Anew, path)
    store = SqliteStore(path)
    store.connection.execute("BEGIN IMMEDIATE")  # somebody writes all the time
    assert shown(SqliteStore, path) == before
    store.connection.execute("ROLLBACK")
    store.close()
    assert kept_in(path) == []


def test_what_is_written_while_a_week_is_counted_is_not_missed(path: Path) -> None:
    facts = filled(path)
    late = facts[-30]._replace(key="late", kind=Kind.INPUT, length=900.0, body={})

    class Late(SqliteStore):
        def keep_weeks(self, weeks: Iterable[KeptWeek], written: int) -> None:
            daemon = SqliteStore(path)
            daemon.append([late])
            daemon.close()
            super().keep_weeks(weeks, written)

    reader = Late(path, read_only=True)
    week_of(reader, MONDAY, SETTINGS)
    reader.close()
    assert kept_in(path) == []
    assert shown(SqliteStore, path) == shown(Anew, path)


def test_the_week_that_goes_on_is_counted_each_time(path: Path) -> None:
    filled(path)
    now = back(MONDAY, -1)
    shown(SqliteStore, path, now)
    assert MONDAY in kept_in(path)
    assert now not in kept_in(path)


def test_other_settings_count_anew(path: Path) -> None:
    filled(path)
    shown(SqliteStore, path)
    other = SETTINGS._replace(break_gap=900.0, prolonged=2400.0)
    found = shown(SqliteStore, path, s=other)
    assert found == shown(Anew, path, s=other)
    assert found != shown(SqliteStore, path)
    assert shown(SqliteStore, path) == shown(Anew, path)


def test_what_another_program_put_there_is_counted_anew(path: Path) -> None:
    filled(path)
    before = shown(SqliteStore, path)
    kept.change(path, "UPDATE week SET plain = '[[[1,2]],null]' WHERE first = '2026-10-26'")
    assert shown(SqliteStore, path) == before
    kept.change(path, "UPDATE week SET plain = '{'")
    assert shown(SqliteStore, path) == before
    kept.change(path, """UPDATE week SET plain = '["seven","x"]' WHERE what = 'summary'""")
    assert shown(SqliteStore, path) == before


def test_what_is_taken_in_is_counted_without_the_weeks_that_it_lets_go(path: Path) -> None:
    facts = filled(path)
    shown(SqliteStore, path)
    store = SqliteStore(path)
    late = [fact._replace(key=f"late {n}") for n, fact in enumerate(facts[-3:])]
    assert store.take([*late, facts[0]], store.begin_import("a file")) == 3
    store.close()
    shown(SqliteStore, path)
    store = SqliteStore(path)
    late = [fact._replace(key=f"theirs {n}", device=OTHER) for n, fact in enumerate(facts[-3:])]
    numbered = [Numbered(n, fact) for n, fact in enumerate(late, 1)]
    known = {OTHER: {"have": [[1, 3]], "name": "home"}}
    assert shared.take(store, numbered, known) == 3
    assert shared.take(store, numbered, known) == 0
    store.close()
    assert shown(SqliteStore, path) == shown(Anew, path)


def test_forgetting_leaves_nothing_of_the_weeks(path: Path) -> None:
    filled(path)
    shown(SqliteStore, path)
    store = SqliteStore(path)
    store.forget(window(MONDAY)[0])
    store.close()
    assert kept_in(path) == []
    assert shown(SqliteStore, path) == shown(Anew, path)


def test_what_is_salvaged_are_the_facts_and_nothing_that_was_counted(path: Path) -> None:
    facts = filled(path)
    shown(SqliteStore, path)
    found = salvage(path)
    assert [fact.key for fact in found.facts] == [fact.key for fact in facts]
    assert (found.nonsense, found.holes) == (0, [])
    raw = bytearray(path.read_bytes())
    raw[:100] = bytes(100)  # not even where the tables begin is known: the pages are searched
    path.write_bytes(raw)
    assert {fact.key for fact in salvage(path).facts} <= {fact.key for fact in facts}


def test_a_rule_that_changed_has_another_number() -> None:
    """If this fails and days are meant to be counted otherwise: raise RULES, and write the new sum here."""
    since, until = window(MONDAY, 0)
    near = [fact for fact in a_life() if fact.wall < until and fact.end > since]
    plain = counted.to_plain(counted.count(near, [], MONDAY, (since, until), SETTINGS))
    assert (RULES, crc32(json.dumps(plain).encode())) == (1, 176433977)
    assert counted.to_plain(counted.of_plain(json.loads(json.dumps(plain)))) == plain


# Whatever is written --------------------------------------------------------------------------------------------------

KINDS = [
    Kind.INPUT, Kind.INPUT, Kind.INPUT, Kind.RUNNING, Kind.LOCKED, Kind.ASLEEP, Kind.CALL, Kind.INHIBITED, Kind.BLIND,
    Kind.PARTIAL, Kind.SESSION, Kind.STAND, Kind.SIT, Kind.CLOCK, Kind.STOPPED, Kind.DAY, Kind.DUE, Kind.SHOWN,
    Kind.SUM,
]  # fmt: skip
BODIES: dict[Kind, dict[str, Any]] = {
    Kind.RUNNING: {"source": "x11"},
    Kind.SESSION: {"status": "done", "size": "short", "source": "log"},
    Kind.CLOCK: {"step": 600.0, "frozen": True},
    Kind.DUE: {"number": 1, "of": 1, "threshold_min": 115.0, "reason": "sitting"},
    Kind.SHOWN: {"what": "nudge", "step": 1, "reason": "pause", "pause_s": 16.0},
    Kind.SUM: {"active": 4000.0, "running": True, "asked": 2, "taken": 1},
}
BEAR: list[tuple[Kind, dict[str, Any]]] = [
    (Kind.GOAL, {"from": 1, "to": 2}),
    (Kind.OFFER, {"from": 2, "to": 3}),
    (Kind.PAUSE, {"seconds": 200000.0}),
    (Kind.CHOICE, {"week": MONDAY, "choice": "roller", "answer": "accept"}),
    (Kind.SCREENING, {"verdict": "ask-doctor"}),
]
BEGIN = window(MONDAY, 3)[0]


class Writing:
    """Everybody who writes into one database."""

    def __init__(self, path: Path, chance: random.Random) -> None:
        self.path, self.chance, self.number, self.line = path, chance, 0, 0
        self.keys: list[tuple[str, Kind, float]] = []

    def fact(self, device: str = "") -> Fact:
        """Something, somewhere in five weeks, in any of three time zones."""
        chance = self.chance
        kind = chance.choice(KINDS)
        self.number += 1
        wall = BEGIN + chance.randrange(36) * 86400 + chance.randrange(86400)
        offset = chance.choice([3600, 7200, -18000])
        length = float(chance.randrange(1, 9000)) if kind in SPANS else 0.0
        day = _plus("1970-01-01", int((wall + offset - 14400) // 86400))
        body = {**BODIES.get(kind, {}), **({"date": day, "goal": 1, "expected": 20700.0} if kind is Kind.DAY else {})}
        key = f"{device}{self.number}"
        self.keys.append((key, kind, length))
        return Fact(kind, wall, offset, f"boot-{day[:7]}", wall - 1e9, length, day, body, key, device)

    def some(self, device: str = "") -> list[Fact]:
        return sorted((self.fact(device) for _ in range(self.chance.randrange(1, 12))), key=lambda f: f.wall)

    def tell(self, kind: Kind, body: dict[str, Any]) -> Fact:
        self.number += 1
        wall = BEGIN + self.chance.choice([-40, 12, 40]) * 86400 + self.number
        return Fact(kind, wall, 3600, "boot-late", wall - 1e9, 0.0, "2026-11-17", body, f"told{self.number}")

    def write(self, what: str) -> None:
        store = SqliteStore(self.path)
        chance = self.chance
        try:
            match what:
                case "live":
                    store.write(self.some(), {})
                case "grow" if self.keys:
                    key, _kind, length = chance.choice(self.keys)
                    store.extend({key: (length + chance.randrange(1, 90000), None)})
                case "amend":
                    start = BEGIN + chance.randrange(36 * 86400)
                    body = {"from": start, "to": start + chance.randrange(60, 20000)}
                    store.append([self.tell(Kind.CORRECTION, body | {"as": chance.choice(["away", "sitting"])})])
                case "tell":
                    store.append([self.tell(*chance.choice(BEAR))])
                case "undo" if self.keys:
                    store.append([self.tell(Kind.UNDO, {"fact": chance.choice(self.keys)[0]})])
                case "import":
                    facts = [f._replace(boot_id="import:workrave") for f in self.some()]
                    store.take(facts, store.begin_import("a file"))
                case "take back" if last := store.last_import():
                    store.take_back(last[0])
                case "another desk":
                    facts = self.some(OTHER)
                    numbered = [Numbered(self.line + n, fact) for n, fact in enumerate(facts, 1)]
                    self.line += len(facts)
                    known = {OTHER: {"have": [[1, self.line]], "name": "home"}}
                    shared.take(store, numbered, known)
                case "forget":
                    store.forget(BEGIN + chance.randrange(20) * 86400)
                case "rename":
                    shared.rename(store, f"{chance.randrange(10**6)}-new")
        finally:
            store.close()


WHAT = ("live", "grow", "amend", "tell", "undo", "import", "take back", "another desk", "forget", "rename")


@settings(max_examples=examples(2))
@given(seed=st.integers(0, 2**32), steps=st.permutations(WHAT))
def test_whatever_is_written_the_kept_weeks_say_what_the_facts_say(seed: int, steps: Sequence[str]) -> None:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        path = Path(name) / "unhunch.sqlite"
        filled(path, a_life(5, seed))
        writing = Writing(path, random.Random(seed))
        for what in ("live", *steps):
            writing.write(what)
            anew = week(Anew, path)
            assert week(SqliteStore, path) == anew, what
            assert week(SqliteStore, path) == anew, f"{what}, read again"
