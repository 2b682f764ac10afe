"""A history for tests that need one from last week, written straight into a database."""

from datetime import datetime, timedelta
from pathlib import Path

from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.facts import Fact, Kind


def a_week_before(database: Path, *, offer: bool = False) -> str:
    """Two hours on each of three days of last week, five sessions asked for and two done. Returns its first day."""
    today = datetime.now().astimezone().replace(hour=12, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday() + 7)
    facts: list[Fact] = []

    def add(kind: Kind, at: datetime, length: float = 0.0, **body: object) -> None:
        offset = at.utcoffset() or timedelta(0)
        day = at.date().isoformat()
        boot = at.timestamp() % 1e6
        facts.append(
            Fact(
                kind,
                at.timestamp(),
                int(offset.total_seconds()),
                f"boot-{day}",
                boot,
                length,
                day,
                body,
                f"f{len(facts)}",
            )
        )

    for n in range(3):
        noon = monday + timedelta(days=n)
        add(Kind.RUNNING, noon, 2.5 * 3600)
        add(Kind.DAY, noon, date=noon.date().isoformat(), goal=2, expected=20700.0)
        add(Kind.INPUT, noon, 2 * 3600.0)
        for k in range(2):
            at = noon + timedelta(minutes=50 * k + 20)
            add(Kind.DUE, at, number=k + 1, of=2)
            add(Kind.SHOWN, at + timedelta(seconds=5), what="session", step=1, reason="pause", pause_s=16.0, free=False)
            if n < 2 and k == 0:
                add(Kind.ANSWER, at + timedelta(seconds=9), action="start", what="session", by="notice")
                add(
                    Kind.SESSION,
                    at + timedelta(seconds=15),
                    size="short",
                    status="done",
                    roller_s=104.0,
                    planned_s=104.0,
                )
            else:
                add(Kind.ANSWER, at + timedelta(seconds=9), action="skip", what="session", by="notice")
        add(Kind.STOPPED, noon + timedelta(hours=2.5))
    if offer:
        body = {"from": 1, "to": 2, "rule": "step-up", "decision": "step up", "why": "It goes well.", "asks": False}
        add(Kind.OFFER, monday + timedelta(days=2, hours=2.4), **body)
    database.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    store = SqliteStore(database)
    store.append(sorted(facts, key=lambda fact: fact.wall))
    store.close()
    return monday.date().isoformat()
