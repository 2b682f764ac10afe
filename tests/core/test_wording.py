"""The words of the notices, in every language: they name the action and its length, and never scold (MODEL 4)."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from unhunch import language
from unhunch.core.bodies import Review
from unhunch.core.codec import written
from unhunch.core.messages import Prompt
from unhunch.core.programme import rules
from unhunch.core.programme.record import Programme
from unhunch.core.session.lengths import LENGTHS, session_minutes
from unhunch.core.session.timeline import timeline
from unhunch.core.settings import Settings
from unhunch.core.vocabulary import Size
from unhunch.core.week.choice import options
from unhunch.core.week.figures import Situation, Window
from unhunch.daemon.week_notice import headline
from unhunch.session.routines import builtin
from unhunch.words import formats, reasons, translate
from unhunch.words.notices import NUDGES, STEPS, Words, rating, span, words
from unhunch.words.week import option_text

S = Settings()
SCOLDING = {
    "en": ("should", "must", "again", "ignored", "missed", "!", "finally", "don't", "too late", "guilt", "bad"),
    "de": ("solltest", "musst", "schon wieder", "ignor", "verpasst", "!", "endlich", "zu spät", "schuld", "schlecht"),
    "es": ("debes", "deberías", "tienes que", "otra vez", "ignor", "perdid", "!", "por fin", "tarde", "culpa", "mala"),
}
LOCALES = {"en": "en_US.UTF-8", "de": "de_DE.UTF-8", "es": "es_US.UTF-8"}
"""Those with the longest times of day."""
AN_HOUR = {"en": "an hour", "de": "eine stunde", "es": "una hora"}
TITLE, BODY, BUTTON = 60, 200, 20
"""Characters that every notification server shows."""


def test_each_language_is_tried():
    assert set(LOCALES) == set(SCOLDING) == set(AN_HOUR) == set(language.LANGUAGES)


@pytest.fixture(params=LOCALES)
def tongue(request: pytest.FixtureRequest) -> Iterator[str]:
    """The code of a language that is spoken in this test."""
    language.set_up({"LANG": LOCALES[request.param]})
    assert translate.language() == request.param
    yield request.param
    language.set_up({})


def check(said: Words, tongue: str) -> None:
    """What holds for any notice."""
    assert 0 < len(said.title) <= TITLE, said.title
    assert 0 < len(said.body) <= BODY, said.body
    assert len(said.buttons) <= 3
    labels = [label for _key, label in said.buttons]
    assert len(set(labels)) == len(labels)
    assert all(0 < len(label) <= BUTTON for label in labels), labels
    whole = " ".join([said.title, said.body, *labels])
    assert "{" not in whole
    assert "}" not in whole
    assert "  " not in whole
    assert not [word for word in SCOLDING[tongue] if word in whole.lower()], whole


@pytest.mark.parametrize("breath", [8.0, 9.0, 10.0])
@pytest.mark.parametrize("size", list(Size))
def test_a_notice_names_the_length_that_a_session_takes(size, breath):
    assert session_minutes(size, breath) == round(timeline(builtin(), size, breath).length / 60)
    title = words(Prompt("session", size=size, breath=breath)).title
    assert str(session_minutes(size, breath)) in title


@pytest.mark.parametrize("step", [1, 2, 3])
@pytest.mark.parametrize("size", LENGTHS)
def test_a_session_is_named_with_its_length(tongue, step, size):
    said = [words(Prompt("session", step=step, size=size, text=n)) for n in range(60)]
    titles = [w.title for w in said]
    assert len(set(titles)) == len(STEPS[step]) >= 10
    assert all(str(session_minutes(size)) in title for title in titles)
    assert all(a != b for a, b in pairwise(titles))
    for w in said:
        assert [key for key, _ in w.buttons] == ["start", "snooze", "skip"]
        check(w, tongue)


def test_no_two_steps_say_the_same(tongue):
    titles = [words(Prompt("session", step=step, text=n)).title for step in STEPS for n in range(len(STEPS[step]))]
    assert len(set(titles)) == len(titles)


def test_three_buttons_at_most_and_ten_texts_each():
    assert all(len(texts) >= 10 for texts in (*STEPS.values(), NUDGES))
    for what in ("session", "nudge", "week"):
        assert len(words(Prompt(what, note="x")).buttons) <= 3


def test_the_longest_of_a_session_s_notice_fits(tongue):
    for n in range(len(STEPS[1]) * 5):
        for step in STEPS:
            check(words(Prompt("session", step=step, text=n, number=4, of=4, size="long", morning=True)), tongue)


@pytest.mark.parametrize("minutes", [50, 60, 105, 120, 719])
def test_a_nudge_says_how_long_it_has_been(tongue, minutes):
    said = [words(Prompt("nudge", note=span(minutes * 60), text=n)) for n in range(len(NUDGES) * 2)]
    assert len({w.body for w in said}) == len(NUDGES)
    for w in said:
        assert span(minutes * 60).lower() in w.body.lower()
        assert w.body.lstrip("¿")[0].isupper() or w.body[0].isdigit()
        assert AN_HOUR[tongue] in w.body.lower() or minutes != 60
        check(w, tongue)


def test_every_sentence_of_a_nudge_begins_with_a_capital(tongue):
    """A span that begins the second sentence would not."""
    for n in range(len(NUDGES)):
        body = words(Prompt("nudge", note=span(3600), text=n)).body
        starts = [part.lstrip("¿ ") for part in body.replace("?", ".").split(".")]
        assert all(start[0].isupper() for start in starts if start), body


def test_which_of_several():
    assert "Session 2 of 3 today." in words(Prompt("session", number=2, of=3)).body
    assert "Session" not in words(Prompt("session", number=1, of=1)).body


def test_questions_fit(tongue):
    begin = datetime(2026, 11, 23, 10, 10, tzinfo=UTC).timestamp()
    gap = words(Prompt("ask", note="gap", gap=(begin, begin + 3000)))
    assert formats.clock(datetime(2026, 11, 23, 11, 0)) in gap.body
    assert [key for key, _ in gap.buttons] == ["away", "sitting", "standing"]
    less = words(Prompt("ask", note="less"))
    assert [key for key, _ in less.buttons] == ["keep", "fewer", "stop"]
    for w in (gap, less, rating()):
        check(w, tongue)


def test_times_in_a_question_are_those_of_the_locale():
    try:
        language.set_up({"LANG": "en_US.UTF-8"})
        begin = datetime(2026, 11, 23, 14, 10, tzinfo=UTC).timestamp()
        body = words(Prompt("ask", note="gap", gap=(begin, begin + 1800), utc_offset=-3600)).body
    finally:
        language.set_up({})
    assert body.startswith("Nothing was touched from 1:10 PM to 1:40 PM.")


SITUATIONS = [
    Situation(
        stopped=False,
        unable=False,
        offered=offered,
        paused_days=0,
        days_seen=7,
        asked=20,
        done=4,
        ignored=8,
        put_off=8,
        window=window,
        last=None,
    )
    for offered in (None, 4)
    for window in (None, Window(10, 22))
]


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_notice_of_a_week_fits(tongue, situation):
    choice = options(situation)[0]
    for_next = translate._("For next week: {choice}").format(choice=option_text(choice))
    said = words(Prompt("week", note=f"{headline(5999, 28, 28)} {for_next}"))
    assert [key for key, _ in said.buttons] == ["open"]
    check(said, tongue)


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (45, "45 minutes"),
        (54.4, "54 minutes"),
        (55, "an hour"),
        (60, "an hour"),
        (65, "an hour"),
        (66, "1 h 06"),
        (105, "1 h 45"),
        (120, "2 hours"),
    ],
)
def test_lengths_of_sitting_in_words(minutes, text):
    assert span(minutes * 60) == text


# Reasons --------------------------------------------------------------------------------------------------------------

SEEN = {
    "goal": 1, "days": 7, "done": 3, "asked": 5, "adherence": 0.6, "days_at_goal": 7, "cap": 3, "stiffness": 4.2,
    "ambers": 0, "unsettled": 0, "reds": 0, "persisted": 0, "worse": 0, "low_reviews": 0, "stopped": "",
}  # fmt: skip


def test_a_reason_is_told_in_the_language_spoken_now():
    told = rules.at_once(Programme(began="2026-11-01", stop="tingling"), "2026-11-16", S)
    assert told is not None
    assert reasons.reason(written(told), S).startswith("Tingling stayed")
    try:
        language.set_up({"LANG": "de_DE.UTF-8"})
        assert reasons.reason(written(told), S).startswith("Das Kribbeln blieb")
    finally:
        language.set_up({})


def test_every_rule_has_its_reason():
    assert {rule.name for rule in rules.TABLE} | {rules.AS_USUAL} == set(reasons.WHY)
    seen = rules.Figures(*(0 for _ in rules.Figures._fields))
    assert set(rules.to_step_up(seen, S)) == set(reasons.LACKING)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({"rule": "hold", "figures": SEEN}, "3 of 5 sessions done, 80 % are needed; 7 days at 1 a day, 14 are needed."),
        ({"rule": "step up", "to": 2, "asks": False, "figures": SEEN}, "3 of 5 sessions done, none that hurt, and "),
        ({"rule": "step up", "to": 2, "figures": SEEN}, "You accepted: 3 of 5 sessions done, none that hurt, and "),
        ({"rule": "step up", "answer": "decline", "hurt": None}, "You declined; everything stays as it is."),
        ({"rule": "step up", "answer": "decline", "hurt": True}, "There was pain or tingling, so everything stays"),
        ({"rule": "gap", "figures": {"days_without_session": 15, "goal": 2}}, "No session for 15 days: one less"),
        ({"rule": "easy mode", "figures": {}}, "Short, easy sessions until "),
        ({"rule": "as usual", "figures": {}}, "Sessions are of the usual kind again."),
        ({"rule": "easy mode", "figures": {"from": "a later version"}}, "Short, easy sessions until "),
    ],
)
def test_each_rule_s_reason_comes_from_its_figures(body, wanted):
    assert reasons.reason({"why": "Deutsch.", "language": "de", **body}, S).startswith(wanted)


@pytest.mark.parametrize(
    "body",
    [
        {"rule": "hold", "figures": {"strange": 1}},
        {"rule": "hold", "figures": {}},
        {"rule": "stop", "figures": {"stopped": "strange"}},
        {"rule": "strange", "figures": SEEN},
        {"rule": "hold"},
        {},
    ],
)
def test_what_does_not_say_enough_has_no_reason(body):
    assert reasons.reason({"why": "Deutsch.", "language": "de", **body}, S) == ""


def test_every_way_of_stopping_has_its_words(tongue):
    assert len({translate._(text) for text in reasons.STOPPED.values()}) == 4
    for name in reasons.STOPPED:
        decided = rules.at_once(Programme(began="2026-11-01", stop=name), "2026-11-16", S)
        assert decided is not None
        assert isinstance(decided, Review)
        assert translate._(reasons.ADVICE) in reasons.reason(written(decided), S)


async def test_whoever_is_answered_hears_their_own_language_while_others_are_answered():
    async def answered(locale):
        language.ASKER.set(locale)
        with language.of_the_asker():
            await asyncio.sleep(0)  # the others speak meanwhile
            return translate.language(), translate._("Why"), formats.number(1.5)

    said = await asyncio.gather(*map(answered, ("de_DE", "es_ES", "", "de_DE")))
    assert said == [("de", "Warum", "1,5"), ("es", "Por qué", "1,5"), ("en", "Why", "1.5"), ("de", "Warum", "1,5")]
    assert translate.language() == "en"
