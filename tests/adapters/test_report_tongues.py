"""The weekly summary in every language: whole, in the user's formats, and within the terminal's columns."""

import re
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from tools import catalogues

from tests.adapters.weeks import PAGES, a_page
from tests.prose import SOURCE
from unhunch import language
from unhunch.report import html, terminal
from unhunch.words import formats

pytestmark = pytest.mark.usefixtures("english_again")

LOCALES = ("de_DE", "de_AT", "de_CH", "es_ES", "es_MX", "es_CO", "es_US", "en_US", "en_GB")
TOLD = re.compile(r"\d+ of \d+ sessions done[^.]*\.|unhunch week --choose N")
"""What the stories let the programme say, in English, and what is typed: both stay so."""


def speak(locale: str) -> None:
    language.set_up({"LANG": f"{locale}.UTF-8"})


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("locale", LOCALES)
def test_it_fits_a_terminal(locale: str, name: str) -> None:
    speak(locale)
    week = a_page(name)[0]
    for width in (40, 60, 72, 80):
        for line in terminal.render(week, width, colour=False).splitlines():
            assert len(line) <= width, line


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("locale", LOCALES)
def test_what_stands_in_columns_stands_below_each_other(locale: str, name: str) -> None:
    speak(locale)
    week = a_page(name)[0]
    lines = terminal.render(week, 80, colour=False).splitlines()
    head = next(n for n, line in enumerate(lines) if n > 1 and line.startswith(" "))
    column = len(lines[head]) - len(lines[head].lstrip())
    rows = lines[head + 1 : lines.index("", head)]
    assert len(rows) >= 2
    assert all(row[column - 1] == " " and row[column] != " " for row in rows)
    bars = [line for line in lines if re.search(r"▆.*\d h \d\d - +\d+ h \d\d", line)]
    assert len({line.index(" - ", 40) for line in bars}) <= 1


def wanted(code: str) -> list[tuple[str, re.Pattern[str]]]:
    """The English texts of the report that are said otherwise in a language, as what would be found of them."""
    catalog = catalogues.read(code)
    found = []
    for message in catalogues.template([SOURCE / "report"]):
        forms = [message.id] if isinstance(message.id, str) else list(message.id)
        there: Any = catalog.get(forms[0]) if forms[0] else None
        said = there and ([there.string] if isinstance(there.string, str) else list(there.string))
        for one in forms:
            letters = re.sub(r"\{\w+\}|\bmin\b", "", one)
            if there is None or one in said or not re.search(r"[a-z]{3,}", letters):
                continue
            chunks = [rf"(?<!\w){re.escape(c)}(?!\w)" for c in re.split(r"\s*\{\w+\}\s*", one) if re.search(r"\w", c)]
            found.append((one, re.compile(r"[^\n]{1,60}?".join(chunks))))
    return found


class Read(HTMLParser):
    """What a person reads or hears of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.told: list[str] = []
        self.hidden = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden = tag in ("style", "code")
        self.told += [text for name, text in attrs if name in ("aria-label", "title") and text]

    def handle_endtag(self, tag: str) -> None:
        self.hidden = False

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.told.append(data.strip())

    @property
    def text(self) -> str:
        return TOLD.sub("", "\n".join(filter(None, self.told)))


@pytest.mark.parametrize("code", catalogues.TRANSLATED)
def test_no_english_is_left(code: str) -> None:
    """Each text of the report that the English pages show is found there, and none of it in another language."""
    english = {name: (terminal.render(a_page(name)[0], 80, colour=False), html.render(*a_page(name))) for name in PAGES}
    before = [TOLD.sub("", " ".join(text.split())) + Read(page).text for text, page in english.values()]
    texts = wanted(code)
    shown = [one for one, pattern in texts if any(pattern.search(text) for text in before)]
    assert len(shown) >= 120, "else this test sees nothing"
    speak(code)
    for name in PAGES:
        week, weeks, _months = a_page(name)
        page = html.render(week, weeks)
        assert f'<html lang="{code}">' in page
        for read in (TOLD.sub("", " ".join(terminal.render(week, 80, colour=False).split())), Read(page).text):
            assert [one for one, pattern in texts if pattern.search(read)] == []


@pytest.mark.parametrize(
    ("locale", "name", "edge"),
    [
        ("en_GB", "9 - 15 Nov 2026", "28 Dec 2026 - 3 Jan 2027"),
        ("en_US", "Nov 9 - 15, 2026", "Dec 28, 2026 - Jan 3, 2027"),
        ("de_DE", "9. - 15. Nov 2026", "28. Dez 2026 - 3. Jan 2027"),
        ("es_ES", "9 - 15 nov 2026", "28 dic 2026 - 3 ene 2027"),
        ("es_CO", "9 - 15 de nov de 2026", "28 de dic de 2026 - 3 de ene de 2027"),
    ],
)
def test_the_name_of_a_week(locale: str, name: str, edge: str) -> None:
    speak(locale)
    assert formats.days(date(2026, 11, 9), date(2026, 11, 15)) == name
    assert formats.days(date(2026, 12, 28), date(2027, 1, 3)) == edge


@pytest.mark.parametrize(
    ("locale", "marks"),
    [
        ("de_DE", ["00", "08", "12", "13", "00"]),
        ("en_US", ["12a", "8a", "12p", "1p", "12a"]),
        ("es_MX", ["12a", "8a", "12p", "1p", "12a"]),
    ],
)
def test_hours_below_the_strip(locale: str, marks: list[str]) -> None:
    speak(locale)
    assert [terminal.hour_mark(hour) for hour in (0, 8, 12, 13, 24)] == marks


def test_figures_are_written_as_the_locale_has_it() -> None:
    speak("de_CH")
    swiss = html.render(*a_page("busy"))
    speak("de_DE")
    german = html.render(*a_page("busy"))
    assert ">100%<" in swiss
    assert ">100\N{NO-BREAK SPACE}%<" in german
    assert '"before.sessions" data-as="number">8.8<' in swiss
    assert '"before.sessions" data-as="number">8,8<' in german
    speak("en_US")
    assert "11:00 AM to 12:00 PM" in terminal.render(a_page("full")[0], 80, colour=False)
