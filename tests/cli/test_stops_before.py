"""Somebody who told 0.1 of pain, or was stopped by it, is met with the care that is taken now."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_written_before import ANSWERS, At, database
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.control.events import check_start
from unhunch.core.engine.step import Live
from unhunch.core.moment import Moment
from unhunch.core.programme.record import Programme
from unhunch.core.settings import Settings
from unhunch.daemon.recall import recall
from unhunch.errors import UserError
from unhunch.words.session import session_plan

__all__ = ["database"]
S = Settings()
BEFORE_CHECKPOINT = "SELECT id, body FROM fact WHERE kind = 'checkpoint' ORDER BY wall DESC LIMIT 1"
TOLD = Programme._fields.index("told")
KNOWN_BEFORE = Programme._fields.index("rest")
"""What 0.1 knew of a programme: the first so many of its values, and of a session the first eight."""


def known(database: Path, *, forgotten: bool = False, **last: Any) -> Live:
    """The engine on the history of 0.1, with other words about the last session in its last checkpoint."""
    with closing(sqlite3.connect(database)) as connection, connection:
        row, body = connection.execute(BEFORE_CHECKPOINT).fetchone()
        body = json.loads(body)
        programme = body["state"]["programme"]
        assert len(programme) == KNOWN_BEFORE
        assert {len(told) for told in programme[TOLD]} == {8}
        if last:
            names = ("key", "date", "before", "after", "discomfort", "tingling", "pain", "closed")
            programme[TOLD][-2][4] = 1  # else it would be the second in a row that hurt
            programme[TOLD][-1] = [last.get(name, old) for name, old in zip(names, programme[TOLD][-1], strict=True)]
        connection.execute("UPDATE fact SET body = ? WHERE id = ?", (json.dumps(body), row))
        if last:  # of whatever came after the checkpoint it is the last one still
            connection.execute("DELETE FROM fact WHERE id > ? AND kind = 'session'", (row,))
        if forgotten:
            connection.execute("DELETE FROM fact WHERE id < ? - 1", (row,))  # the day had just begun
    with closing(SqliteStore(database)) as store:
        live, trouble = recall(store, S, At(Moment(*ANSWERS["at"])))
    assert trouble == ""
    return live


@pytest.mark.parametrize("forgotten", [False, True])
@pytest.mark.parametrize(
    "said", [{"pain": True}, {"discomfort": 6}, {"discomfort": 10, "tingling": "none"}], ids=["stopped", "6", "10"]
)
def test_a_session_that_hurt_is_asked_about_and_followed_by_an_easy_one(
    database: Path, said: dict[str, Any], forgotten: bool
) -> None:
    live = known(database, forgotten=forgotten, closed=False, date="2026-03-10", **said)
    p, date = live.state.programme, live.state.today.date
    plan = session_plan(p, date, S)
    assert (plan["size"], plan["recovery_due"]) == ("easy", True)
    assert p.last is not None
    assert p.last.stops
    check_start(live.state, date)  # which is the day after: it may begin, with the question


def test_one_of_the_same_day_rests_the_day(database: Path) -> None:
    today = known(database).state.today.date
    live = known(database, forgotten=True, closed=False, date=today, pain=True)
    with pytest.raises(UserError, match="No more session today"):
        check_start(live.state, today)


def test_a_confirmation_of_before_is_followed_by_easy_ones_that_ask(database: Path) -> None:
    """0.1 was told of a yes and of a clinician some days before; one session has been done since."""
    p = known(database).state.programme
    assert (p.supervised, p.asks) == (S.easy_confirmed - 1, True)


@pytest.mark.parametrize(("since", "left"), [(0, 3), (1, 2), (3, 0)])
def test_so_does_one_of_which_only_the_checkpoint_knows(database: Path, since: int, left: int) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        row, body = connection.execute(BEFORE_CHECKPOINT).fetchone()
        body = json.loads(body)
        told = body["state"]["programme"][TOLD]
        for n, one in enumerate(told):
            one[2:8] = [None, None, 1, "", False, n < len(told) - since]
        connection.execute("UPDATE fact SET body = ? WHERE id = ?", (json.dumps(body), row))
    p = known(database, forgotten=True).state.programme
    assert (p.supervised, p.asks) == (left, left > 0)


def test_nothing_is_asked_of_somebody_who_told_nothing_bad(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        row, body = connection.execute(BEFORE_CHECKPOINT).fetchone()
        body = json.loads(body)
        for one in body["state"]["programme"][TOLD]:
            one[2:8] = [5, 3, 1, "none", False, False]
        connection.execute("UPDATE fact SET body = ? WHERE id = ?", (json.dumps(body), row))
    p = known(database, forgotten=True).state.programme
    assert (p.asks, p.supervised, p.rest) == (False, 0, ("", ""))


def test_the_command_that_begins_a_session_knows_it_without_a_daemon(
    database: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    known(database, closed=False, date="2026-03-10", pain=True)
    asked: list[Any] = []
    monkeypatch.setattr("unhunch.session.terminal.run_terminal_session", lambda plan, *_: asked.append(plan) or Began())
    run("start", "--terminal")
    assert (asked[0].size, asked[0].recovery_due) == ("easy", True)


class Began:
    guide = object()
