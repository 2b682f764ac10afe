"""What stops the sessions, and the ways back (MODEL 5): a rest of the day, a question, a confirmation, a slip.

The law: a stop is never lost and never counted twice; nothing told later makes it less, and only two things end it: a
confirmation that a clinician was asked, or on its own day the word that it was a slip.
"""

from unhunch.core.bodies import Rated, Ratings, Session
from unhunch.core.programme import record
from unhunch.core.programme.record import DISCOMFORT, PAIN, RED, TINGLING, Programme, Told, days_between
from unhunch.core.programme.rules import is_easy
from unhunch.core.settings import Settings
from unhunch.core.vocabulary import Guided, Recovered, Status, Tingling, Verdict

RED_FLAG, STILL = "red-flag", "still"
"""What else is told that stops, beside what is told of a session."""
REDS = "reds"
"""Two sessions in a row that hurt."""
SLIP = "slip"


# What stops -----------------------------------------------------------------------------------------------------------


def told_by(ratings: Ratings, s: Settings) -> tuple[str, ...]:
    """What is told of a session that stops; nothing of most."""
    branches, discomfort = ratings.branches or (), ratings.discomfort
    told = {
        TINGLING: ratings.tingling is Tingling.PERSISTED or "tingling-persisted" in branches,
        PAIN: "pain" in branches,
        DISCOMFORT: discomfort is not None and discomfort > s.amber_most,
    }
    return tuple(what for what, so in told.items() if so)


def session(p: Programme, fact: str, date: str, said: Session, today: str, s: Settings) -> Programme:
    """A session of `date` ended, or was logged: one that hurt rests the day, a good one answers the question.

    What is asked before a session is asked by whoever guides it, so one that was logged answers nothing.
    """
    p = record.session(p, fact, date, said)
    whats = told_by(said.ratings, s)
    if whats:
        return _told(p, fact, fact, whats, today, s)
    if said.status != Status.DONE or said.source == Guided.LOG:
        return p
    left = max(p.supervised - 1, 0)
    return p._replace(supervised=left, asks=left > 0, recovered="")


def rated(p: Programme, fact: str, said: Rated, today: str, s: Settings) -> Programme:
    """A session was rated later: it stops if this rating does."""
    p = record.rated(p, said)
    whats, key = told_by(said.ratings, s), said.session or ""
    return _told(p, fact, key, whats, today, s) if whats and any(one.key == key for one in p.told) else p


def _told(p: Programme, fact: str, key: str, whats: tuple[str, ...], today: str, s: Settings) -> Programme:
    more = tuple((fact, what) for what in whats)
    told = tuple(one._replace(stops=(*one.stops, *more)) if one.key == key else one for one in p.told)
    p = p._replace(told=told, offer=None, rest=(today, PAIN), asks=True, recovered="", stopping=(fact, key, whats[0]))
    why = stop_reason(p, s)
    return stopped(p, why, today) if why and not p.stop else p


def stopped(p: Programme, why: str, date: str) -> Programme:
    return p._replace(stop=why, stop_since=date, offer=None)


def stop_reason(p: Programme, s: Settings) -> str:
    """Why the sessions have to stop: the first row of the table, as far as sessions tell."""
    open_ = [told for told in p.told if not told.closed]
    if any(told.persisted for told in open_):
        return TINGLING
    row = 0
    for told in open_:
        zone = told.zone(s)
        row = row + 1 if zone == RED else 0 if zone else row
        if row >= s.reds_stop:
            return REDS
    return ""


# What is answered -----------------------------------------------------------------------------------------------------


def screening(p: Programme, fact: str, date: str, verdict: str, s: Settings) -> Programme:
    """The safety questions were answered, or a clinician was asked. Only that confirmation ends a stop."""
    if verdict == Verdict.UNABLE:
        return p if p.stop else p._replace(verdict=verdict, screened="", offer=None)
    if verdict == Verdict.ASK_DOCTOR:
        stopping = ("", "", "") if p.stop else (fact, "", RED_FLAG)
        return stopped(p._replace(verdict=verdict, screened=date, stopping=stopping), RED_FLAG, date)
    if verdict == Verdict.PASS:
        return p if p.stop else p._replace(verdict=verdict, screened=date)
    # Who asked a clinician about a red flag need not be asked again; after another stop the questions are due.
    return p._replace(
        verdict=Verdict.PASS,
        screened=date if p.stop in (RED_FLAG, "") else "",
        stop="",
        stop_since="",
        told=tuple(one._replace(closed=True) for one in p.told),
        reviewed=date,
        offer=None,
        supervised=s.easy_confirmed,
        asks=True,
        recovered="",
        stopping=("", "", ""),
    )


def recovery(p: Programme, fact: str, date: str, feels: str) -> Programme:
    """How it is now, before the next session."""
    if feels == Recovered.GONE:
        return p._replace(recovered=date)
    if p.stop:
        return p
    return stopped(p._replace(stopping=(fact, "", STILL)), STILL, date)


def recovery_due(p: Programme, date: str) -> bool:
    """A session has to ask first how it is now."""
    return p.asks and p.recovered != date and not p.stop


def resting(p: Programme, date: str) -> bool:
    """No session is asked for on this day, because of a stop or of one that was taken back."""
    return bool(date) and p.rest[0] == date


def off_today(p: Programme, date: str) -> bool:
    """None is guided on this day either: the last one hurt."""
    return resting(p, date) and p.rest[1] != SLIP


# What is taken back ---------------------------------------------------------------------------------------------------


def may_slip(p: Programme, date: str, s: Settings) -> bool:
    """A stop was told today that may be taken back; the second within four weeks may not."""
    return bool(p.stopping[0]) and not (p.slips and days_between(p.slips[-1], date) < s.slip_days)


def slip(p: Programme, fact: str, date: str, s: Settings) -> Programme:
    """It was a slip: nothing of the kind was there. What it stopped goes on, gently: not today, and easy and asked."""
    key, session, what = p.stopping
    if key != fact or not may_slip(p, date, s):
        return p
    told = tuple(_without(one, fact, s) if one.key == session else one for one in p.told)
    p = p._replace(
        told=told,
        stopping=("", "", ""),
        slips=(*p.slips[-9:], date),
        rest=(date, SLIP),
        supervised=max(p.supervised, 1),
        asks=True,
        recovered="",
    )
    if what == RED_FLAG:  # the questions come again
        p = p._replace(verdict="", screened="")
    if (p.stop and p.stop not in (RED_FLAG, STILL)) or p.stop == what:
        why = stop_reason(p, s)
        p = p._replace(stop=why, stop_since=p.stop_since if why else "")
    return p


def _without(told: Told, fact: str, s: Settings) -> Told:
    """A session without what a fact told of it that stops: that is not known any more, neither good nor bad."""
    told = told._replace(stops=tuple(stop for stop in told.stops if stop[0] != fact))
    if fact == told.key:
        told = told._replace(pain=False)
    left = {what for _fact, what in told.stops}
    if told.tingling == Tingling.PERSISTED and TINGLING not in left:
        told = told._replace(tingling="")
    if told.discomfort is not None and told.discomfort > s.amber_most and DISCOMFORT not in left:
        told = told._replace(discomfort=None)
    return told


# What 0.1 left --------------------------------------------------------------------------------------------------------


def from_before(p: Programme, date: str, s: Settings) -> Programme:
    """What a checkpoint of 0.1 knows, with what follows from it now: 0.1 neither rested, nor asked, nor supervised.

    It does not tell which sessions were done, so it asks once more rather than once too little.
    """
    told = tuple(one._replace(stops=tuple((one.key, what) for what in _of_before(one, s))) for one in p.told)
    since = next((n for n, one in enumerate(reversed(told)) if one.closed), s.easy_confirmed)
    p = p._replace(told=told, supervised=max(s.easy_confirmed - since, 0))
    hurt_today = any(one.stops and one.date == date for one in told)
    return p._replace(asks=is_easy(p, s), rest=(date, PAIN) if hurt_today else p.rest)


def _of_before(told: Told, s: Settings) -> tuple[str, ...]:
    if told.closed:
        return ()
    tingling = Tingling.PERSISTED if told.tingling == Tingling.PERSISTED else None
    return told_by(Ratings(discomfort=told.discomfort, tingling=tingling, branches=(PAIN,) if told.pain else ()), s)


def careful(p: Programme, whole: Programme) -> Programme:
    """Of two accounts of the same time the one that takes more care: one of them knows only a part of it."""
    return p._replace(asks=p.asks or whole.asks, supervised=max(p.supervised, whole.supervised))
