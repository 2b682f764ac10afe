"""Sessions, with what the user said about them (MODEL 5, 7). Nothing said is "not known", never good or bad."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from unhunch.core.averages import mean
from unhunch.core.bodies import Morning, Rated, Ratings, Session
from unhunch.core.codec import read, written
from unhunch.core.facts import Fact, Kind
from unhunch.core.vocabulary import Feels, Status, Tingling
from unhunch.core.week.asked import day_of
from unhunch.core.week.days import clock_minutes, iso
from unhunch.core.week.figures import Feeling, Mark
from unhunch.tuples import NamedTuple


class Told(NamedTuple):
    """A session with the ratings that were given then and later."""

    fact: Fact
    said: Session

    @property
    def day(self) -> str:
        """Its logical day."""
        return day_of(self.fact)

    @property
    def done(self) -> bool:
        """Enough of it was done (MODEL 6); otherwise it is partial."""
        return self.said.status == Status.DONE


def told(facts: Sequence[Fact]) -> list[Told]:
    """Sessions, each with the ratings that were given later."""
    later: dict[str, dict[str, Any]] = {}
    for fact in facts:
        if fact.kind is Kind.RATED:
            rated = read(Rated, fact.body)
            later.setdefault(rated.session or "", {}).update(written(rated.ratings))
    return [
        Told(fact, read(Session, {**fact.body, **later.get(fact.key, {})}))
        for fact in facts
        if fact.kind is Kind.SESSION
    ]


def mark(session: Told, day: str) -> Mark:
    """A session as the strip of `day` shows it."""
    fact, said = session
    return Mark(
        at=iso(fact.wall, fact.utc_offset),
        clock=clock_minutes(fact.wall, fact.utc_offset, day),
        size=said.size or "",
        status=said.status or "",
        source=said.source or "",
        stiffness_before=said.ratings.stiffness_before,
        stiffness_after=said.ratings.stiffness_after,
        device=fact.device,
    )


def feeling(sessions: Iterable[Told], facts: Iterable[Fact], days: Collection[str]) -> Feeling:
    """Stiffness, discomfort and mornings of these days. `sessions` carry their ratings."""
    ratings = [session.said.ratings for session in sessions if session.day in days]
    before = [r.stiffness_before for r in ratings if r.stiffness_before is not None and r.stiffness_after is not None]
    after = [r.stiffness_after for r in ratings if r.stiffness_before is not None and r.stiffness_after is not None]
    worst = [r.discomfort for r in ratings if r.discomfort is not None]
    mornings = [read(Morning, f.body).feels for f in facts if f.kind is Kind.MORNING and day_of(f) in days]
    return Feeling(
        rated=len(before),
        before=round(mean(before), 1) if before else None,
        after=round(mean(after), 1) if after else None,
        worst_discomfort=max(worst, default=None),
        tingling=sum(map(_tingled, ratings)),
        better=mornings.count(Feels.BETTER),
        same=mornings.count(Feels.SAME),
        worse=mornings.count(Feels.WORSE),
    )


def _tingled(r: Ratings) -> bool:
    """It was said afterwards, or on the way."""
    on_the_way = {"tingling-cleared", "tingling-persisted"} & {*(r.branches or ())}
    return bool(on_the_way) or r.tingling in (Tingling.CLEARED, Tingling.PERSISTED)
