"""The words of the notices: they name the action and its length, and never scold (MODEL 4)."""

from itertools import pairwise

import pytest

from unhunch.core.messages import Prompt
from unhunch.core.wording import MINUTES, NUDGES, STEPS, span, words

SCOLDING = ("should", "must", "again", "ignored", "missed", "!", "finally", "don't", "too late", "guilt", "bad")


@pytest.mark.parametrize("step", [1, 2, 3])
@pytest.mark.parametrize("size", MINUTES)
def test_a_session_is_named_with_its_length(step, size):
    said = [words(Prompt("session", step=step, size=size, text=n)) for n in range(60)]
    titles = [w.title for w in said]
    assert len(set(titles)) >= 10
    assert all(str(MINUTES[size]) in title for title in titles)
    assert all(a != b for a, b in pairwise(titles))
    for w in said:
        assert [key for key, _ in w.buttons] == ["start", "snooze", "skip"]
        text = f"{w.title} {w.body}".lower()
        assert not [word for word in SCOLDING if word in text], text
        assert "{" not in text


def test_three_buttons_at_most_and_ten_texts_each():
    assert all(len(texts) >= 10 for texts in (*STEPS.values(), NUDGES))
    for what in ("session", "nudge", "week"):
        assert len(words(Prompt(what, note="x")).buttons) <= 3


def test_a_nudge_says_how_long_it_has_been():
    for n in range(20):
        w = words(Prompt("nudge", note=span(3600), text=n))
        assert "an hour" in w.body.lower()
        assert w.body[0].isupper()
        assert not [word for word in SCOLDING if word in w.body.lower()], w.body


def test_which_of_several():
    assert "Session 2 of 3 today." in words(Prompt("session", number=2, of=3)).body
    assert "Session" not in words(Prompt("session", number=1, of=1)).body


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (45, "45 minutes"),
        (54.4, "54 minutes"),
        (55, "an hour"),
        (60, "an hour"),
        (65, "an hour"),
        (66, "1 h 06 min"),
        (105, "1 h 45 min"),
        (120, "2 hours"),
    ],
)
def test_lengths_of_sitting_in_words(minutes, text):
    assert span(minutes * 60) == text
