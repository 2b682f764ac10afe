"""Sessions, with what the user said about them (MODEL 5, 7). Nothing said is "not known", never good or bad."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from unhunch.core.averages import mean
from unhunch.core.facts import Fact, Kind
from unhunch.core.week.asked import day_of
from unhunch.core.week.days import clock_minutes, iso
from unhunch.core.week.figures import Feeling, Mark


def rated(facts: Sequence[Fact]) -> list[Fact]:
    """Sessions, each with the ratings that were given later."""
    later: dict[str, dict[str, Any]] = {}
    for fact in facts:
        if fact.kind is Kind.RATED:
            given = {name: value for name, value in fact.body.items() if name != "session" and value is not None}
            later.setdefault(str(fact.body.get("session")), {}).update(given)
    sessions = (fact for fact in facts if fact.kind is Kind.SESSION)
    return [replace(fact, body={**fact.body, **later.get(fact.key, {})}) for fact in sessions]


def is_done(session: Fact) -> bool:
    """Enough of it was done (MODEL 6); otherwise it is partial."""
    return session.body.get("status") == "done"


def mark(session: Fact, day: str) -> Mark:
    """A session as the strip of `day` shows it."""
    body = session.body
    return Mark(
        at=iso(session.wall, session.utc_offset),
        clock=clock_minutes(session.wall, session.utc_offset, day),
        size=str(body.get("size", "")),
        status=str(body.get("status", "")),
        source=str(body.get("source", "")),
        stiffness_before=body.get("stiffness_before"),
        stiffness_after=body.get("stiffness_after"),
        device=session.device,
    )


def feeling(sessions: Iterable[Fact], facts: Iterable[Fact], days: Collection[str]) -> Feeling:
    """Stiffness, discomfort and mornings of these days. `sessions` carry their ratings."""
    told = [f.body for f in sessions if day_of(f) in days]
    pairs = [
        (body["stiffness_before"], body["stiffness_after"])
        for body in told
        if body.get("stiffness_before") is not None and body.get("stiffness_after") is not None
    ]
    worst = [int(body["discomfort"]) for body in told if body.get("discomfort") is not None]
    mornings = [f.body.get("feels") for f in facts if f.kind is Kind.MORNING and day_of(f) in days]
    return Feeling(
        rated=len(pairs),
        before=round(mean([a for a, _ in pairs]), 1) if pairs else None,
        after=round(mean([b for _, b in pairs]), 1) if pairs else None,
        worst_discomfort=max(worst) if worst else None,
        tingling=sum(body.get("tingling") in ("cleared", "persisted") for body in told),
        better=mornings.count("better"),
        same=mornings.count("same"),
        worse=mornings.count("worse"),
    )
