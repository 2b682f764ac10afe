"""What was told of pain, tingling and bad mornings, in the order of days (MODEL 5, 7): for whoever treats the user.

The law: what was told once stays, whatever milder was said later; of what was told by mistake only that is said.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from unhunch.core.bodies import Morning, Rated, Ratings, Recovery, Screening, Session, Slip
from unhunch.core.codec import read
from unhunch.core.facts import Fact, Kind
from unhunch.core.programme import stops
from unhunch.core.programme.record import DISCOMFORT, PAIN, TINGLING
from unhunch.core.settings import Settings
from unhunch.core.vocabulary import Feels, Recovered, Tingling, Verdict
from unhunch.core.week.asked import day_of
from unhunch.core.week.figures import Symptom

CLEARED, MORNING, SLIP = "cleared", "morning", "slip"
PERSISTED = "tingling-persisted"


def meant(facts: Sequence[Fact], s: Settings) -> list[Fact]:
    """The facts without what was a slip: a session or a rating stays, less what stopped the sessions."""
    slips = {read(Slip, fact.body).fact for fact in facts if fact.kind is Kind.SLIP}
    if not slips:
        return list(facts)
    told = (Kind.SESSION, Kind.RATED)
    kept = (fact for fact in facts if fact.key not in slips or fact.kind in told)
    return [fact._replace(body=_without(fact.body, s)) if fact.key in slips else fact for fact in kept]


def _without(body: Mapping[str, Any], s: Settings) -> dict[str, Any]:
    ratings = read(Ratings, body)
    told = stops.told_by(ratings, s)
    left = {name: value for name, value in body.items() if name not in told}
    return {**left, "branches": [one for one in ratings.branches or () if one not in (PAIN, PERSISTED)]}


def symptoms(facts: Iterable[Fact], days: Collection[str], s: Settings) -> tuple[Symptom, ...]:
    """What was told on these days. `facts` hold no slips; a rating counts for the day of its session."""
    found: list[Symptom] = []
    of_session: dict[str, tuple[str, dict[str, int]]] = {}
    mornings: dict[str, Feels] = {}
    for fact in facts:
        day = day_of(fact)
        match fact.kind:
            case Kind.SESSION:
                of_session[fact.key] = (day, _felt(read(Session, fact.body).ratings, {}, s))
            case Kind.RATED:
                rated = read(Rated, fact.body)
                if rated.session in of_session:
                    day, felt = of_session[rated.session]
                    of_session[rated.session] = (day, _felt(rated.ratings, felt, s))
            case Kind.SCREENING if read(Screening, fact.body).verdict is Verdict.ASK_DOCTOR:
                found.append(Symptom(day, stops.RED_FLAG, None))
            case Kind.RECOVERY if read(Recovery, fact.body).feels is not Recovered.GONE:
                found.append(Symptom(day, str(read(Recovery, fact.body).feels), None))
            case Kind.SLIP:
                found.append(Symptom(day, SLIP, None))
            case Kind.MORNING:
                mornings[day] = read(Morning, fact.body).feels
    for day, felt in of_session.values():
        found += [Symptom(day, what, number or None) for what, number in felt.items()]
    found += [Symptom(day, MORNING, None) for day, feels in mornings.items() if feels is Feels.WORSE]
    return tuple(sorted((one for one in found if one.date in days), key=lambda one: one.date))


def _felt(ratings: Ratings, before: Mapping[str, int], s: Settings) -> dict[str, int]:
    """What a session was like, with what was said of it before; discomfort with its number."""
    told = dict.fromkeys(stops.told_by(ratings, s), 0)
    if DISCOMFORT in told:
        told[DISCOMFORT] = max(ratings.discomfort or 0, before.get(DISCOMFORT, 0))
    cleared = ratings.tingling is Tingling.CLEARED or "tingling-cleared" in (ratings.branches or ())
    if cleared and TINGLING not in told:
        told[CLEARED] = 0
    felt = {**before, **told}
    if TINGLING in felt:
        felt.pop(CLEARED, None)
    return felt
