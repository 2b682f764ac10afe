"""What the programme knows: the goal agreed to, what was done and felt, what was decided (MODEL 5). Plain values.

It changes by facts alone (apply.py), so that facts read again give what was lived. What follows from it is decided in
programme.py.
"""

from collections.abc import Mapping, Sequence
from datetime import date as day_of
from typing import Any

from unhunch.core.bodies import Decided, Goal, Offer, Rated, Ratings, Review, Session
from unhunch.core.codec import read
from unhunch.core.settings import WEEKDAYS, Settings
from unhunch.core.vocabulary import Feels, Less, Status, Tingling, Verdict
from unhunch.tuples import NamedTuple

REMEMBERED = 200
"""Sessions kept. Those about which nothing was told are let go first: nothing follows from them."""
REMEMBERED_UNTOLD = 20
REMEMBERED_MORNINGS = 70

GREEN, AMBER, RED = "green", "amber", "red"
PAIN, DISCOMFORT, TINGLING = "pain", "discomfort", "tingling"
"""What is told of a session that stops it, or the ones after it; dizziness is pain here."""


class Told(NamedTuple):
    """One session, with what the user said about it. None and "" are "not known", which is never good or bad."""

    key: str
    date: str
    before: int | None = None
    """Stiffness before it, 0-10."""
    after: int | None = None
    discomfort: int | None = None
    """The worst of it, 0-10."""
    tingling: str = ""
    pain: bool = False
    """It was ended for pain over 5, or sharp, or dizziness."""
    closed: bool = False
    """It lies before a confirmation by a clinician, and stops nothing any more."""
    stops: tuple[tuple[str, str], ...] = ()
    """What was told of it that stops (key of the fact, pain|discomfort|tingling): a milder word later leaves it."""

    @property
    def known(self) -> bool:
        return self.pain or self.tingling != "" or self.discomfort is not None or self.before is not None

    @property
    def persisted(self) -> bool:
        """Tingling stayed, as was said at any time."""
        return self.tingling == Tingling.PERSISTED or any(what == TINGLING for _fact, what in self.stops)

    def zone(self, s: Settings) -> str | None:
        """The zone of its discomfort (pain-monitoring model, stricter); None when it is not known."""
        if self.pain or any(what != TINGLING for _fact, what in self.stops):
            return RED
        if self.discomfort is None:
            return None
        if self.discomfort <= s.green_most:
            return GREEN
        return AMBER if self.discomfort <= s.amber_most else RED


class Programme(NamedTuple):
    """What the user has agreed to, what was done and felt, and what was decided. Dates are logical days."""

    goal: int = 1
    verdict: str = ""
    """Of the last screening: pass, ask-doctor, unable, or nothing yet."""
    screened: str = ""
    """Date of the last screening that holds; "" = one is due."""
    sessions: int = 0
    """Sessions ever done."""
    last_session: str = ""
    began: str = ""
    """First day of use."""
    goal_since: str = ""
    reviewed: str = ""
    """Date of the last review, or of what began the time to look at anew."""
    low_reviews: int = 0
    """Reviews in a row that found too little done."""
    stop: str = ""
    """Why session prompts are off until the user confirms: a name of reasons.STOPPED."""
    stop_since: str = ""
    offer: Mapping[str, Any] | None = None
    """A step up that waits for an answer."""
    decision: Mapping[str, Any] | None = None
    """The last decision, with its rule and figures."""
    gap: tuple[str, int] = ("", 0)
    """The last session before a gap that was acted upon, and the days of absence that were."""
    told: tuple[Told, ...] = ()
    mornings: tuple[tuple[str, str], ...] = ()
    """(date, better|same|worse); the last word of a date holds."""
    ignored: int = 0
    """Owed sessions ignored in a row."""
    lowered: int = 0
    """Steps by which the ladder is lower."""
    idle: int = 0
    """Workdays in a row on which a session was asked for and none was done."""
    asked_on: str = ""
    """When the question whether to go on asking was last shown."""
    less: str = ""
    """The answer in force: fewer or stop."""
    less_since: str = ""
    mode: str = ""
    """The mode that was last told: stopped, easy, or nothing of the kind."""
    rest: tuple[str, str] = ("", "")
    """A date on which no session is asked for, and why: pain, or slip where a stop was taken back."""
    asks: bool = False
    """The next session asks first how it is now."""
    recovered: str = ""
    """The date on which that was answered with "gone"."""
    supervised: int = 0
    """Sessions to come that are easy, whatever was told: after a confirmation, or a slip."""
    stopping: tuple[str, str, str] = ("", "", "")
    """The stop that was told last on this day: key of its fact, of its session, and what it was (stops.py)."""
    slips: tuple[str, ...] = ()
    """Dates on which a stop was taken back."""
    hidden: str = ""
    """The last date on which a notice was taken back because nothing told that it was ever on the screen."""
    unseen: int = 0
    """Days running with such notices and none that was seen."""

    @property
    def stopped(self) -> bool:
        """Session prompts are off until the user confirms having checked with a clinician."""
        return self.stop != ""

    @property
    def unable(self) -> bool:
        """No session is asked for: the user has no roller, or cannot lie on the floor. A new screening ends that."""
        return self.verdict == Verdict.UNABLE and not self.stop

    @property
    def last(self) -> Told | None:
        return self.told[-1] if self.told else None


def fresh(s: Settings) -> Programme:
    return Programme(goal=min(s.goal, s.goal_most))


def is_workday(date: str, s: Settings) -> bool:
    return WEEKDAYS[day_of.fromisoformat(date).weekday()] in s.workdays


def days_between(earlier: str, later: str) -> int:
    """Days from one ISO date to another; 0 if either is unknown or the order is wrong."""
    if not earlier or not later:
        return 0
    return max((day_of.fromisoformat(later) - day_of.fromisoformat(earlier)).days, 0)


# What is told ---------------------------------------------------------------------------------------------------------


def session(p: Programme, key: str, date: str, said: Session) -> Programme:
    """A session ended. One that was broken off counts for what was felt, not as done."""
    done = said.status == Status.DONE
    told = _heard(Told(key, date), said.ratings)
    if not done and not told.known:
        return p
    p = p._replace(told=_kept((*p.told, told)))
    if done:
        p = p._replace(
            sessions=p.sessions + 1,
            last_session=max(date, p.last_session),
            ignored=0,
            idle=0,
            lowered=max(p.lowered - 1, 0),
            less="",
            less_since="",
        )
    return p


def is_bad(ratings: Ratings, s: Settings) -> bool:
    """Whether a session is told of that hurt or tingled: what nobody may be kept from telling."""
    told = _heard(Told("", ""), ratings)
    return told.zone(s) in (AMBER, RED) or told.tingling in (Tingling.CLEARED, Tingling.PERSISTED)


def rated(p: Programme, said: Rated) -> Programme:
    """Ratings given later, for a session by its fact's key."""
    for n, told in enumerate(p.told):
        if told.key == said.session:
            told = _heard(told, said.ratings)
            return p._replace(told=(*p.told[:n], told, *p.told[n + 1 :]))
    return p


def _heard(told: Told, ratings: Ratings) -> Told:
    before, after, discomfort, tingling, branches = ratings
    branches = branches or ()
    if "tingling-persisted" in branches:
        tingling = Tingling.PERSISTED
    return told._replace(
        before=told.before if before is None else before,
        after=told.after if after is None else after,
        discomfort=told.discomfort if discomfort is None else discomfort,
        tingling=told.tingling if tingling is None else tingling,
        pain=told.pain or "pain" in branches,
    )


def _kept(told: Sequence[Told]) -> tuple[Told, ...]:
    """Everything that was said, and the last sessions about which something may yet be."""
    old, new = told[:-REMEMBERED_UNTOLD], told[-REMEMBERED_UNTOLD:]
    return (*(one for one in old if one.known), *new)[-REMEMBERED:]


def morning(p: Programme, date: str, feels: str) -> Programme:
    """How a morning felt. The last word of a date holds."""
    known = dict(p.mornings)
    known[date] = feels
    offer = None if feels == Feels.WORSE else p.offer
    return p._replace(mornings=tuple(sorted(known.items()))[-REMEMBERED_MORNINGS:], offer=offer)


# What is decided ------------------------------------------------------------------------------------------------------


def reviewed(p: Programme, date: str, body: Mapping[str, Any]) -> Programme:
    """A review that changed nothing, or something that was noticed between two reviews (`at_once`)."""
    said = read(Review, body)
    p = p._replace(decision={**body, "date": date})
    if said.decision == "stop" and not p.stop:  # its cause was forgotten
        p = p._replace(stop=str((said.figures or {}).get("stopped") or "reds"), stop_since=date, offer=None)
    p = p._replace(mode=p.mode if said.mode is None else said.mode)
    return p if said.at_once else _looked(p, date, said)._replace(offer=None)


def offered(p: Programme, date: str, body: Mapping[str, Any]) -> Programme:
    """A step up was offered, or declined."""
    said = read(Offer, body)
    if said.answer == "decline":
        return p._replace(offer=None, decision={**body, "date": date})
    p = _looked(p, date, said)
    return p._replace(offer={**body, "date": date}, decision={**body, "date": date})


def changed(p: Programme, date: str, body: Mapping[str, Any]) -> Programme:
    """The goal moved: a step down, a gap, or a step up that was accepted."""
    said = read(Goal, body)
    p = p._replace(
        goal=said.to or p.goal,
        goal_since=date,
        reviewed=date,
        low_reviews=0,
        offer=None,
        decision={**body, "date": date},
    )
    return _minded(p, said)


def _looked(p: Programme, date: str, said: Decided) -> Programme:
    low = (said.figures or {}).get("low_reviews", p.low_reviews)
    return _minded(p._replace(reviewed=date, low_reviews=int(low)), said)


def _minded(p: Programme, said: Decided) -> Programme:
    """A gap that was acted upon is acted upon once."""
    if said.rule != "gap":
        return p
    days = (said.figures or {}).get("days_without_session", 0)
    return p._replace(gap=(p.last_session or p.began, int(days)))


# Days, and the ladder that gives way ----------------------------------------------------------------------------------


def day_ended(p: Programme, date: str, asked: int, done: int, seen: int, s: Settings) -> Programme:
    """A day is over on which `asked` notices asked for a session, and so many were done.

    `seen`: notices of whatever kind that were on the screen, as far as anything tells.
    """
    if asked and not done and is_workday(date, s):
        p = p._replace(idle=p.idle + 1)
    if p.ignored >= s.yield_ignored:
        p = p._replace(ignored=0, lowered=min(p.lowered + 1, s.top_step - 1))
    if p.idle >= s.yield_workdays:
        p = p._replace(lowered=max(s.top_step - 1, 0))
    if seen:
        return p._replace(unseen=0)
    return p._replace(unseen=p.unseen + 1) if p.hidden == date else p


def day_began(p: Programme, date: str, s: Settings) -> Programme:
    """Another day. No date can lie after it: the clock was set back."""
    p = p._replace(
        began=min(p.began or date, date),
        goal_since=min(p.goal_since or date, date),
        reviewed=min(p.reviewed or date, date),
        screened=min(p.screened, date) if p.screened else "",
        last_session=min(p.last_session, date) if p.last_session else "",
        asked_on=min(p.asked_on, date) if p.asked_on else "",
        less_since=min(p.less_since, date) if p.less_since else "",
        hidden=min(p.hidden, date) if p.hidden else "",
        stopping=("", "", ""),
    )
    if p.less == Less.STOP and days_between(p.less_since, date) >= s.yield_stop:
        p = p._replace(less="", less_since="")
    return p


def lapsed(p: Programme, *, ignored: bool) -> Programme:
    """An owed session ended unanswered; `ignored` when its notices were seen and not answered."""
    return p._replace(ignored=p.ignored + 1) if ignored else p


def answered(p: Programme, date: str, answer: str) -> Programme:
    """Whether to go on asking: as before, less often, or not for some weeks."""
    if answer == Less.KEEP:
        return p._replace(idle=0, less="", less_since="")
    return p._replace(less=answer, less_since=date)


# Checkpoints ----------------------------------------------------------------------------------------------------------


def dump(p: Programme) -> list[Any]:
    """As plain values."""
    plain = p._replace(offer=dict(p.offer) if p.offer else None, decision=dict(p.decision) if p.decision else None)
    return [*plain]


def load(plain: Sequence[Any]) -> Programme:
    """Out of plain values, where tuples have become lists."""
    p = Programme(*plain)
    return p._replace(
        gap=(p.gap[0], p.gap[1]),
        rest=(p.rest[0], p.rest[1]),
        stopping=(p.stopping[0], p.stopping[1], p.stopping[2]),
        slips=tuple(p.slips),
        told=tuple(_told(one) for one in p.told),
        mornings=tuple((date, feels) for date, feels in p.mornings),
    )


def _told(plain: Sequence[Any]) -> Told:
    told = Told(*plain)
    return told._replace(stops=tuple((fact, what) for fact, what in told.stops))
