"""The net under all tests: what a test leaves in its process makes that test red, and no other."""

from pathlib import Path

from tests.test_unclosed import red_of

LEAVES = """
import os
import time

import pytest

from unhunch import language
from unhunch.words import formats, translate


@pytest.fixture
def put_back(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    language.set_up({"LANG": "de_DE.UTF-8"})
    yield
    language.set_up({})


def test_a_fixture_puts_back(put_back) -> None:
    assert translate.language() == "de"


def test_all_of_a_language() -> None:
    language.set_up({"LANG": "de_DE.UTF-8"})


def test_who_asks_speaks_german_still() -> None:
    language.set_up({"LANG": "de_DE.UTF-8"})
    translate.speak("en", None)
    formats.use(formats.Formats())


def test_the_environment() -> None:
    os.environ["LEFT"] = "here"


def test_the_zone_is_the_environments(monkeypatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()


def test_the_folder(tmp_path) -> None:
    os.chdir(tmp_path)


def test_what_comes_later_is_green() -> None:
    assert (language.spoken(), translate.language(), "LEFT" in os.environ) == ("en", "en", False)
    assert "JST" not in time.tzname
"""


def test_what_a_test_leaves_makes_it_red_alone(tmp_path: Path) -> None:
    red, said = red_of(tmp_path, LEAVES, "from tests.left_behind import pytest_left_as_found, pytest_as_found")
    assert red == {
        "test_all_of_a_language",
        "test_who_asks_speaks_german_still",
        "test_the_environment",
        "test_the_folder",
    }, said
    assert "7 passed, 4 errors" in said
    assert "LEFT in the environment" in said, "what was left is named"
