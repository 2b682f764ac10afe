"""Commands in German and Spanish: their help, their mistakes, their figures, and times as people type them there."""

import argparse
import inspect
import json
import re
import shlex
from collections.abc import Callable, Iterator
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from tests.cli.conftest import STATUS, Ran, Told
from tests.cli.test_status import OWED, changed
from unhunch import language
from unhunch.cli import answers, log, why
from unhunch.cli.command import ARGPARSE, load, parser_of
from unhunch.cli.index import COMMANDS, SECTIONS
from unhunch.errors import Exit, UserError
from unhunch.said import answers as said_answers
from unhunch.said import status as st
from unhunch.said import times, when
from unhunch.said.typed import TYPED
from unhunch.words import formats
from unhunch.words.translate import _

Run = Callable[..., Ran]
Speak = Callable[[str], None]

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 18, 13, 30, tzinfo=BERLIN)  # a Wednesday
BOTH = ("de_DE", "es_ES")
EVERYWHERE = [
    f"{code}_{territory}" if territory else code
    for code in language.LANGUAGES
    for territory in json.loads((language.FOLDER / code / "formats.json").read_text(encoding="utf-8"))
]


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch) -> Iterator[Speak]:
    """Speak a locale's language in this process and in commands; English again afterwards."""

    def use(name: str) -> None:
        monkeypatch.setenv("LANG", f"{name}.UTF-8")
        language.set_up()

    yield use
    language.set_up({})


# Help and mistakes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spoken", BOTH)
def test_help_is_translated_and_fits(run: Run, speak: Speak, spoken: str) -> None:
    english = run("--help").out
    speak(spoken)
    ran = run("--help")
    assert all(f"\n  {name} " in ran.out for name in COMMANDS)
    assert max(map(len, ran.out.splitlines())) <= 80
    same = set(filter(None, ran.out.splitlines())) & set(english.splitlines())
    assert not same
    assert all(f"{_(title)}:" in ran.out for title in SECTIONS)


ARGPARSES_OWN = re.compile(r"usage:|positional arguments|options:|show this help|Examples:|\bexit\b|required|expected")


@pytest.mark.parametrize("spoken", BOTH)
@pytest.mark.parametrize("name", COMMANDS)
def test_every_commands_help_is_translated(run: Run, speak: Speak, spoken: str, name: str) -> None:
    speak(spoken)
    ran = run(name, "--help")
    assert ran.code == 0
    assert not ARGPARSES_OWN.findall(ran.out)
    assert ran.out.startswith(f"{_('usage: ')}unhunch {name}")
    assert max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.parametrize("spoken", BOTH)
@pytest.mark.parametrize("name", COMMANDS)
def test_every_text_of_the_help_is_translated(speak: Speak, spoken: str, name: str) -> None:
    def texts() -> list[str]:
        command = load(name)
        parser = parser_of(name, COMMANDS[name], command)
        parts = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
        parsers = [parser, *(part for action in parts for part in action.choices.values())]
        helps = [action.help or "" for part in parsers for action in part._actions if action.help != argparse.SUPPRESS]
        meanings = [_(meaning) for _line, meaning in command.examples]
        return [_(command.about), *helps, *meanings]

    english = texts()
    speak(spoken)
    both = zip(english, texts(), strict=True)
    same = [text for text, translated in both if text == translated and re.search(r"[a-z]+ [a-z]+", text)]
    assert all(text.startswith("ActivityWatch:") for text in same), same  # what to click there, in its English


def test_argparse_still_says_it_so() -> None:
    source = inspect.getsource(argparse)
    assert all(sentence in source for sentence in (*ARGPARSE, "expected %s argument", "expected %s arguments"))


MISTAKES = (
    ("staus",),
    ("stop",),
    ("--verbose",),
    ("start", "short"),
    ("week", "--jsn"),
    ("morning",),
    ("morning", "beter"),
    ("config", "shw"),
    ("log", "--stiffness", "5"),
    ("log", "--stiffness", "5", "11"),
    ("log", "--short", "--long"),
    ("log", "--short=3"),
    ("log", "--at"),
    ("log", "--at", "soon"),
    ("log", "--at", "2026-01-01", "12:00"),
    ("snooze", "5h"),
    ("snooze", "soon"),
    ("pause", "a", "while"),
    ("pause", "until", "yesterday"),
    ("pause", "400d"),
    ("pause", "until", "2027-02-30"),
    ("amend", "away"),
    ("status", "--format", "{x}"),
    ("status", "--format", "{x"),
    ("status", "--format", "x"),
    ("status",),
    ("undo",),
    ("import", "/nowhere"),
)


@pytest.mark.parametrize("spoken", BOTH)
@pytest.mark.parametrize("mistake", MISTAKES, ids=" ".join)
def test_mistakes_are_told_in_three_translated_lines(run: Run, speak: Speak, spoken: str, mistake: list[str]) -> None:
    english = run(*mistake)
    speak(spoken)
    ran = run(*mistake)
    lines = ran.err.splitlines()
    assert ran.code == english.code != 0
    assert len(lines) == len(english.err.splitlines()) == 3
    assert not set(lines) & set(english.err.splitlines())
    assert not {"expected", "required", "argument:", "such", "file", "Did"} & set(ran.err.split())


def test_a_command_line_that_was_meant_is_named(run: Run, speak: Speak) -> None:
    speak("de_DE")
    assert run("staus").err.startswith("Den Befehl 'staus' gibt es nicht. Meintest du 'status'?\n")
    speak("es_ES")
    assert run("start", "short").err.startswith("unhunch start no espera 'short'. ¿Querías decir '--short'?\n")


# Times typed ----------------------------------------------------------------------------------------------------------

PAUSES = [
    ("de_DE", "bis 14:00", "2026-11-18T14:00"),
    ("de_DE", "bis 14 Uhr", "2026-11-18T14:00"),
    ("de_DE", "morgen 9:00", "2026-11-19T09:00"),
    ("de_DE", "bis morgen um 9:00 Uhr", "2026-11-19T09:00"),
    ("de_DE", "bis freitag 9:00", "2026-11-20T09:00"),
    ("de_DE", "bis zum Freitag", "2026-11-20T04:00"),
    ("de_DE", "Fr., 9:00", "2026-11-20T09:00"),
    ("de_DE", "bis So", "2026-11-22T04:00"),
    ("de_DE", "übermorgen", "2026-11-20T04:00"),
    ("de_DE", "ubermorgen", "2026-11-20T04:00"),
    ("de_DE", "rest des Tages", "2026-11-19T04:00"),
    ("de_DE", "heute", "2026-11-19T04:00"),
    ("de_DE", "für 2 Stunden", "2026-11-18T15:30"),
    ("de_DE", "1,5 h", "2026-11-18T15:00"),
    ("de_DE", "until tomorrow 9:00", "2026-11-19T09:00"),
    ("de_DE", "until thursday", "2026-11-19T04:00"),
    ("de_DE", "rest of the day", "2026-11-19T04:00"),
    ("es_ES", "hasta las 14:00", "2026-11-18T14:00"),
    ("es_ES", "hasta las 14:00 h", "2026-11-18T14:00"),
    ("es_ES", "mañana 9:00", "2026-11-19T09:00"),
    ("es_ES", "hasta mañana a las 9:00", "2026-11-19T09:00"),
    ("es_ES", "hasta el viernes 9:00", "2026-11-20T09:00"),
    ("es_ES", "hasta el sabado", "2026-11-21T04:00"),
    ("es_ES", "hasta el mié", "2026-11-25T04:00"),
    ("es_ES", "pasado mañana", "2026-11-20T04:00"),
    ("es_ES", "resto del día", "2026-11-19T04:00"),
    ("es_ES", "durante 3 días", "2026-11-21T13:30"),
    ("es_ES", "2 horas", "2026-11-18T15:30"),
    ("es_ES", "until friday 9:00", "2026-11-20T09:00"),
    ("es_MX", "hasta las 2:10 p. m.", "2026-11-18T14:10"),
    ("es_MX", "mañana a la 1:10 pm", "2026-11-19T13:10"),
    ("en_US", "until 2:10 pm", "2026-11-18T14:10"),
    ("en_US", "tomorrow at 2:10 PM", "2026-11-19T14:10"),
    ("en_US", "until 2:10 p.m.", "2026-11-18T14:10"),
    ("en", "till the day after tomorrow", "2026-11-20T04:00"),
]


@pytest.mark.parametrize(("spoken", "typed", "end"), PAUSES)
def test_the_end_of_a_pause(speak: Speak, spoken: str, typed: str, end: str) -> None:
    speak(spoken)
    assert when.pause_until(typed, NOW, BERLIN) == datetime.fromisoformat(f"{end}+01:00")


@pytest.mark.parametrize(
    ("spoken", "typed"),
    [
        ("en", "bis freitag"),
        ("en", "1,5 h"),
        ("de_DE", "hasta el viernes"),
        ("es_ES", "bis freitag"),
        ("de_DE", "bis"),
        ("de_DE", "bis x"),
        ("es_ES", "hasta el"),
        ("de_DE", "morgen früh"),
        ("de_DE", "rest"),
    ],
)
def test_no_end_of_a_pause(speak: Speak, spoken: str, typed: str) -> None:
    speak(spoken)
    with pytest.raises(UserError) as caught:
        when.pause_until(typed, NOW, BERLIN)
    assert caught.value.code == Exit.WRONG
    assert _(when.MOMENTS) in caught.value.remedy


SPANS = [
    ("de_DE", "gestern 14:00-15:30", "17T14:00", "17T15:30"),
    ("de_DE", "von gestern 14:00 bis 15:30", "17T14:00", "17T15:30"),
    ("de_DE", "gestern von 14:00 bis 15:30 Uhr", "17T14:00", "17T15:30"),
    ("de_DE", "Mo 9:00 - 12:00", "16T09:00", "16T12:00"),
    ("de_DE", "yesterday 14:00-15:30", "17T14:00", "17T15:30"),
    ("es_ES", "ayer 14:00-15:30", "17T14:00", "17T15:30"),
    ("es_ES", "ayer de 14:00 a 15:30", "17T14:00", "17T15:30"),
    ("es_ES", "desde ayer a las 14:00 hasta las 15:30", "17T14:00", "17T15:30"),
    ("es_ES", "de las 10:30 a las 11:15", "18T10:30", "18T11:15"),
    ("es_ES", "el lunes de 9:00 a 12:00", "16T09:00", "16T12:00"),
    ("es_MX", "ayer 9:00 a. m. - 2:10 p. m.", "17T09:00", "17T14:10"),
    ("en_US", "yesterday 9:00 am - 2:10 pm", "17T09:00", "17T14:10"),
    ("en_US", "from 9am to 1 pm", "18T09:00", "18T13:00"),
    ("en", "yesterday from 10:30 until 11:15", "17T10:30", "17T11:15"),
]


@pytest.mark.parametrize(("spoken", "typed", "start", "end"), SPANS)
def test_a_time_from_to(speak: Speak, spoken: str, typed: str, start: str, end: str) -> None:
    speak(spoken)
    expected = tuple(datetime.fromisoformat(f"2026-11-{at}+01:00") for at in (start, end))
    assert when.span(typed, NOW, BERLIN) == expected


@pytest.mark.parametrize(
    ("spoken", "typed", "moment"),
    [
        ("de_DE", "vor 20m", "18T13:10"),
        ("de_DE", "vor 20 Minuten", "18T13:10"),
        ("de_DE", "jetzt", "18T13:30"),
        ("de_DE", "gestern um 18:30", "17T18:30"),
        ("de_DE", "20m ago", "18T13:10"),
        ("es_ES", "hace 20 minutos", "18T13:10"),
        ("es_ES", "ahora", "18T13:30"),
        ("es_ES", "ayer a las 18:30", "17T18:30"),
        ("es_ES", "a las 13:05", "18T13:05"),
    ],
)
def test_a_moment_that_is_over(speak: Speak, spoken: str, typed: str, moment: str) -> None:
    speak(spoken)
    assert when.past(typed, NOW, BERLIN) == datetime.fromisoformat(f"2026-11-{moment}+01:00")


@pytest.mark.parametrize("spoken", EVERYWHERE)
def test_what_is_shown_can_be_typed(speak: Speak, spoken: str) -> None:
    speak(spoken)
    for hour in range(24):
        assert when.clock(formats.clock(time(hour, 5))) == time(hour, 5)
    for days in range(7):
        at = NOW.date().replace(day=16 + days)
        for name in (formats.weekday(at), formats.current().short_weekdays[days]):
            found = when.day(name, NOW.date(), ahead=True)
            assert found is not None
            assert found.weekday() == days


@pytest.mark.parametrize("spoken", ["en", *BOTH])
def test_what_is_recommended_is_understood(speak: Speak, spoken: str) -> None:
    speak(spoken)
    for typed in _(when.MOMENTS).partition(": ")[2].rstrip(".").split(", "):
        assert when.pause_until(typed, NOW, BERLIN) > NOW
    for command, read in ((answers.pause, when.pause_until), (log.amend, when.span)):
        for line, _meaning in command.examples:
            typed = shlex.split(_(line).partition(" --")[0])[2:]
            if read is when.pause_until:
                assert read(" ".join(typed), NOW, BERLIN)
            else:  # a time and what it was
                assert read(" ".join(typed[:-1]), NOW.replace(hour=23), BERLIN)
    noted = [_(line) for line, _meaning in log.log.examples if "--at" in line]
    assert len(noted) == 2
    for line in noted:
        assert when.past(line.partition("--at ")[2].partition(" --")[0], NOW, BERLIN)
    for text in (
        _('Try: 13:05, "yesterday 13:05", "2026-11-20 13:05", "20m ago".'),
        _('when it ended: 13:05, "yesterday 18:30", "20m ago"'),
    ):
        for typed in re.findall(r'"([^"]*)"', text):
            assert when.past(typed, NOW.replace(day=22), BERLIN)


def test_translators_keep_what_stands_before_the_colon(speak: Speak) -> None:
    keys = [line.partition(":")[0] for line in TYPED.splitlines()]
    for spoken in BOTH:
        speak(spoken)
        assert [line.partition(":")[0] for line in _(TYPED).splitlines()] == keys


def test_a_snooze_until_a_call_is_over(daemon: Told, run: Run, speak: Speak) -> None:
    for spoken, typed in (("de_DE", "nach dem Anruf"), ("es_ES", "tras la llamada"), ("es_ES", "after call")):
        speak(spoken)
        assert run("snooze", *typed.split()).code == 0
        assert daemon.asked.pop() == ("snooze", {"until_call": True})


# What is said ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoken", "at", "sentence", "alone"),
    [
        ("en", "2026-11-18T14:10", "14:10", "14:10"),
        ("en", "2026-11-19T09:00", "tomorrow 09:00", "tomorrow 09:00"),
        ("en", "2026-11-20T04:00", "Friday 04:00", "Friday 04:00"),
        ("en", "2027-03-02T09:00", "2 March 09:00", "2 March 09:00"),
        ("en", "2027-10-02T09:00", "2 October 2027 09:00", "2 October 2027 09:00"),
        ("en_US", "2026-11-18T14:10", "2:10 PM", "2:10 PM"),
        ("en_US", "2027-03-02T09:00", "March 2 9:00 AM", "March 2 9:00 AM"),
        ("de_DE", "2026-11-18T14:10", "14:10", "14:10"),
        ("de_DE", "2026-11-19T09:00", "morgen 09:00", "morgen 09:00"),
        ("de_DE", "2026-11-17T09:00", "gestern 09:00", "gestern 09:00"),
        ("de_DE", "2026-11-20T04:00", "Freitag 04:00", "Freitag 04:00"),
        ("de_DE", "2027-03-02T09:00", "2. März 09:00", "2. März 09:00"),
        ("es_ES", "2026-11-18T14:10", "las 14:10", "14:10"),
        ("es_ES", "2026-11-19T01:05", "mañana a la 1:05", "mañana 1:05"),
        ("es_ES", "2026-11-20T04:00", "el viernes a las 4:00", "viernes 4:00"),
        ("es_ES", "2027-03-02T09:00", "el 2 de marzo a las 9:00", "2 de marzo, 9:00"),
        ("es_ES", "2026-11-18T13:40", "las 13:40", "13:40"),
    ],
)
def test_a_time_and_its_day(speak: Speak, spoken: str, at: str, sentence: str, alone: str) -> None:
    speak(spoken)
    then = datetime.fromisoformat(f"{at}+01:00")
    assert times.clock(then, NOW) == sentence
    assert times.label(then, NOW) == alone


def test_one_oclock_in_the_afternoon_is_singular_where_the_clock_has_12_hours(speak: Speak) -> None:
    speak("es_MX")
    assert times.clock(NOW, NOW).startswith("la 1:30")
    assert times.clock(NOW.replace(hour=14), NOW).startswith("las 2:30")


@pytest.mark.parametrize(
    ("spoken", "said"),
    [
        (
            "de_DE",
            (
                "Seit 38 min am Schreibtisch. Als Nächstes: 2 Minuten Rollen, etwa 14:10. "
                "Heute 1 von 2 Übungen, 3 h 05 Sitzzeit."
            ),
        ),
        (
            "es_ES",
            (
                "Llevas 38 min ante el escritorio. A continuación: 2 minutos de rodillo, hacia las 14:10. "
                "Hoy: 1 de 2 sesiones; tiempo sentado: 3 h 05."
            ),
        ),
    ],
)
def test_status_is_translated_and_its_data_are_not(
    daemon: Told, run: Run, speak: Speak, spoken: str, said: str
) -> None:
    speak(spoken)
    assert run("status").out == f"{said}\n"
    assert json.loads(run("status", "--json").out) == STATUS
    assert run("status", "--format", "{mood} {presence} {next} {done}").out == "active active session 1\n"
    assert run("status", "--format", "{next_at}").out == "14:10\n"
    daemon.replies["status"] = changed(owed=OWED)
    panel = json.loads(run("status", "--format", "waybar").out)
    assert (panel["alt"], panel["class"]) == ("due", ["due"])
    assert panel["text"] == f"{_('due, {time}').format(time='38 min')} | 1/2 | 14:10"
    assert panel["text"] != "due, 38 min | 1/2 | 14:10"


PRESENCES = ("active", "quiet", "call", "standing", "session", "away", "asleep", "unknown")


@pytest.mark.parametrize("spoken", BOTH)
@pytest.mark.parametrize("presence", PRESENCES)
@pytest.mark.parametrize("kind", ["session", "nudge", "review", None])
def test_nothing_of_the_status_stays_english(speak: Speak, spoken: str, presence: str, kind: str | None) -> None:
    hold = {"why": "call", "text": "...", "since": "2026-11-18T13:05:00+01:00"}
    statuses = [
        changed(presence=presence, next__kind=kind, screening="needed"),
        changed(presence=presence, next__kind=kind, next__at=None, next__why="...", screening="stopped"),
        changed(presence=presence, next__kind=kind, next__at=None, next__why="", mode="easy"),
        changed(presence=presence, owed=OWED, holds=[hold]),
        changed(presence=presence, owed={**OWED, "snoozed_until": "2026-11-18T13:40:00+01:00"}),
        changed(presence=presence, owed={**OWED, "snoozed_for_call": True}),
        changed(presence=presence, paused_until="2026-11-20T04:00:00+01:00", tray__hint="..."),
    ]

    def sentences() -> set[str]:
        every = (sentence for status in statuses for line in st.lines(status) for sentence in line.split(". "))
        plain = {st.short(status).partition(" |")[0] for status in statuses} - {"38 min"}
        return {sentence for sentence in every if re.search("[a-z]{3}", sentence)} | plain

    english = sentences()
    speak(spoken)
    assert len(sentences()) == len(english)
    assert not sentences() & english


def test_the_conditions_of_why_have_words_and_units(speak: Speak) -> None:
    rows = [
        {"name": "sitting", "text": "Sitzen heute", "value": 38.0, "limit": 90.0, "met": False},
        {"name": "step", "text": "Minuten gewartet", "value": 2.5, "limit": 5.0, "met": True},
        {"name": "pause", "text": "nicht pausiert", "value": "yes", "limit": "yes", "met": True},
        {"name": "day", "text": "Benachrichtigungen übrig", "value": 3, "limit": 1, "met": None},
    ]
    holds = [{"why": "call", "text": "du bist im Gespräch", "since": "2026-11-18T13:05:00+01:00"}]
    speak("de_DE")
    assert why.lines({"summary": "Noch nicht.", "conditions": rows, "holds": holds}) == [
        "Noch nicht.",
        "",
        "Was eine Erinnerung braucht:",
        "  nein  Sitzen heute              38 min  (nötig: 1 h 30)",
        "  ja    Minuten gewartet          2,5     (nötig: 5)",
        "  ja    nicht pausiert            ja      (nötig: ja)",
        "  ?     Benachrichtigungen übrig  3       (nötig: 1)",
        "",
        "Was sie zurückhält:",
        "  du bist im Gespräch, seit 13:05",
    ]


@pytest.mark.parametrize("spoken", BOTH)
def test_answers_are_confirmed_in_the_users_words(daemon: Told, run: Run, speak: Speak, spoken: str) -> None:
    lines = (
        ("snooze",), ("skip",), ("pause", "1h"), ("resume",), ("stand",), ("sit",), ("morning", "same"), ("undo",),
        ("rate",), ("log",), ("log", "--long", "--at", "1m ago"), ("amend", "yesterday 9:00-10:00", "standing"),
    )  # fmt: skip
    english = [run(*line).out for line in lines]
    speak(spoken)
    spoken_now = [run(*line).out for line in lines]
    assert all(spoken_now)
    assert not set(spoken_now) & set(english)
    assert "standing" not in "".join(spoken_now)


@pytest.mark.parametrize("kind", said_answers.UNDONE)
def test_what_was_taken_back_is_named(daemon: Told, run: Run, speak: Speak, kind: str) -> None:
    daemon.replies["undo"] = {"undone": kind}
    english = run("undo").out
    assert english == f"Taken back: {said_answers.UNDONE[kind]}.\n"
    for spoken, start in (("de_DE", "Zurückgenommen: "), ("es_ES", "Deshecho: ")):
        speak(spoken)
        said = run("undo").out
        assert said.startswith(start)
        assert said_answers.UNDONE[kind] not in said
