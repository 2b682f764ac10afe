"""The same life in two languages leaves the same facts: what is stored is rule and figures, never a sentence."""

from collections.abc import Iterator
from functools import cache

import pytest

from tests.days.lives import Life
from unhunch import language
from unhunch.core import messages as m
from unhunch.core.facts import Fact, Kind
from unhunch.core.settings import Settings
from unhunch.core.week.figures import Week
from unhunch.core.week.lived import lived
from unhunch.core.week.summary import summarise
from unhunch.words.week import to_json

pytestmark = pytest.mark.usefixtures("english_again")

LOCALES = ("en_GB.UTF-8", "de_DE.UTF-8", "es_MX.UTF-8")
DECISIONS = (Kind.GOAL, Kind.OFFER, Kind.REVIEW)
WEEKS = ("2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30")


@cache
def lived_in(locale: str) -> tuple[list[Fact], list[Week]]:
    """A life that speaks that language: its facts, and its weeks as the core sums them up.

    Two months in which the programme decides all that it can decide, and people say all they can.
    """
    language.set_up({"LANG": locale})
    w = Life(settings=Settings(look=120.0, ask_after_gap=True))
    w.working_week()
    w.working_week()
    w.decide(accept=True, hurt=True)
    w.working_week()
    w.decide(accept=True)
    for _ in range(2):
        w.workday()
        for _ in range(4):
            w.workday(8, "ignore")
        w.off(2)
    w.workday(3, discomfort=8)
    for _ in range(3):
        w.workday(3, discomfort=0)
    w.tell(Kind.MORNING, feels="worse")
    w.tell(Kind.SCREENING, verdict="ask-doctor")
    w.tell(Kind.SCREENING, verdict="confirmed")
    w.do(m.Corrected(w.moment(), w.wall - 3600.0, w.wall - 1800.0, "away"))
    w.do(m.Paused(w.moment(), seconds=600.0))
    w.set(in_call=True)
    w.work(30)
    w.set(in_call=False, quiet=True)
    w.work(130)
    w.set(quiet=False)
    w.work(20)
    w.off(29)
    w.stop()
    facts = list(w.facts.values())
    pieces = lived(facts, w.s)
    return facts, [summarise(pieces, facts, first, w.s) for first in WEEKS]


def test_the_same_life_in_every_language_leaves_the_same_facts() -> None:
    english, german, spanish = (lived_in(locale)[0] for locale in LOCALES)
    rules = {fact.body["rule"] for fact in english if fact.kind in DECISIONS}
    assert rules >= {"hold", "step up", "step down", "easy mode", "stop", "as usual", "gap"}, rules
    assert english == german == spanish


def test_the_core_sums_it_up_without_a_word_of_any_language() -> None:
    english, german, spanish = (lived_in(locale)[1] for locale in LOCALES)
    assert english == german == spanish
    said = []
    for locale in LOCALES:
        language.set_up({"LANG": locale})
        said.append([to_json(week) for week in english])
    for at, week in enumerate(english):
        assert len({plain[at]["choice"]["text"] for plain in said}) == len(LOCALES), week.first
        assert len({plain[at]["plan"]["why"] for plain in said}) == len(LOCALES), week.first


def test_no_body_holds_a_sentence() -> None:
    """Whatever stands in a body is a name, a number or a date: none of it is longer than a few words."""

    def texts(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for inner in value.values():
                yield from texts(inner)
        elif isinstance(value, list | tuple):
            for inner in value:
                yield from texts(inner)

    for fact in lived_in("de_DE.UTF-8")[0]:
        for text in texts(fact.body):
            assert len(text.split()) <= 3, (fact.kind, text)
            assert text.isascii()
