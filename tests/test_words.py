"""Every text that a person reads can be translated, is translated, and fits where it stands."""

import ast
import gettext
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from string import Formatter

import pytest
from babel import dates, numbers
from babel.messages import Catalog, Message
from tools import catalogues

from tests.prose import SOURCE, unmarked
from tests.test_docs import ROOT
from unhunch import language
from unhunch.session import kept, page
from unhunch.session.drawing import rendered
from unhunch.session.routines import builtin
from unhunch.words import formats, translate

pytestmark = pytest.mark.usefixtures("english_again")

ALLOWED: dict[str, dict[str, tuple[str, ...]]] = {
    "D-Bus has names like words": {
        "adapters/protocols/dbus.py": ("Get",),
        "adapters/notify/freedesktop.py": ("Notify",),
        "adapters/desktop_env.py": ("Environment",),
        "adapters/surroundings/logind.py": ("Inhibit", "Display", "Active"),
        "adapters/surroundings/quiet.py": ("Inhibited", "Subscribe"),
        "adapters/surroundings/gsettings.py": ("Notify",),
        "web/tab.py": ("Server",),
        "adapters/tray/menu.py": ("Version", "Status", "Event", "the menu has no line", "has no property"),
        "adapters/tray/statusnotifier.py": (
            "Category",
            "Title",
            "Status",
            "Active",
            "Menu",
            "Activate",
            "Scroll",
        ),
    },
    "commands to type": {
        "adapters/notify/plyer.py": ("sudo apt install", "pip install"),
        "adapters/tray/pystray.py": ("pip install",),
    },
    "a rule's or a reason's name, as facts keep it": {
        "cli/plan.py": ("step down", "step up", "easy mode", "as usual"),
        "said/when.py": ("rest of today",),
        "core/week/decisions.py": ("step down", "step up"),
        "core/state/apply.py": ("step up",),
        "core/programme/rules.py": ("step down", "step up", "easy mode", "as usual"),
        "words/reasons.py": ("step down", "step up", "easy mode"),
        "core/prompts/ladder.py": ("after unlocking",),
        "daemon/tray.py": ("rest of today",),
        "play/replay.py": ("after unlocking",),
        "report/programme.py": ("step down", "step up", "easy mode", "as usual"),
    },
    "for who writes another client, in the protocol": {
        "control/arguments.py": (
            "There is no command",
            "Known commands:",
            "has no argument",
            "Its arguments:",
            "A pause needs an end",
            "Give 'until'",
            "An answer accepts",
            "Give one of the two.",
            "It has to be said",
            "Give 'before'",
            "A snooze cannot",
            "A request needs",
            "See COMMANDS",
        ),
        "control/protocol.py": ("That line is not", "Send lines"),
        "daemon/typed.py": ("That is read", "Nothing was done.", "Read it there."),
        "control/server.py": ("That line is longer", "Nothing was done.", "Send shorter lines."),
        "session/page.py": ("This request has the wrong shape:", "size is unknown", "action is unknown"),
        "session/shape.py": (
            "expected exactly",
            "has the wrong type",
            "is not a number",
            "too many intervals",
            "an interval",
            "it is not JSON",
        ),
    },
    "caught at once, or for the log": {
        "adapters/lean.py": ("Stands in",),
        "adapters/surroundings/child.py": ("a pipe cannot", "failed, exit code"),
        "control/loopback.py": ("somebody else has", "was not written by"),
        "daemon/daemon.py": ("READY=1",),
        "daemon/week_notice.py": ("not from here",),
    },
    "SQL": {
        "adapters/store/migrations.py": (".wall AND", "ON fact", ".length; DELETE", ".kind IN", "OR (what"),
        "adapters/store/row.py": ("id, key,",),
        "adapters/store/shared.py": ("FROM fact", "wall > ?", "*' ORDER", ", line, told) VALUES"),
        "adapters/store/sqlite.py": (") VALUES", ", import) VALUES", ") AS INTEGER", "{0}kind IN", "FROM fact", "AND "),
        "importers/database.py": (", hostname, type FROM",),
    },
    "what other programs and formats call it": {
        "adapters/activity/permission.py": ("Quartz",),
        "adapters/speech.py": ("Add-Type", "Anna", "Paulina", "Windows speech"),
        "adapters/surroundings/calls.py": ("*peak detect*",),
        "adapters/surroundings/casts.py": ("Closed", "Introspect"),
        "adapters/surroundings/breaks.py": ("State",),
        "adapters/surroundings/sound.py": ("Camera",),
        "adapters/surroundings/quiet.py": ("Pantheon", "Budgie", "Plasma"),
        "adapters/notify/servers.py": ("Plasma", "Xfce Notify Daemon", "Budgie"),
        "session/sheet.py": ("@media",),
        "session/terminal.py": ("bold ",),
        "report/sentences.py": ("Workrave",),
        "config/__init__.py": ("illegal character", "(at end of document)"),
        "service/files.py": (
            "Comment=",
            "Comment[",
            "Microsoft/Windows/",
            "Label",
            "Umask",
            "Crashed",
            "Background",
            "@start",
            "[Desktop Entry]",
        ),
        "web/guard.py": ("default-src",),
        "web/front.py": ("text/",),
        "web/page.py": ("text/",),
    },
    "how the configuration and the command line write it": {
        "cli/log.py": ("FROM-TO WHAT",),
        "service/bare.py": ("exec ", "spawn-at-startup "),
        "adapters/installation.py": ("pipx uninstall", "pip uninstall", "apt remove"),
        "config/values.py": ("all day",),
        "core/settings.py": ("true or false", "list of words"),
    },
    "languages, which bear their own names": {
        "settings/groups.py": ("English", "Deutsch"),
    },
    "the manual page, which is English": {
        "core/told.py": (
            "How things are",
            "Somebody is active",
            "What holds notices",
            "A notice was not taken",
            "Keyboard or mouse",
            "The screen was locked",
            "The machine slept",
            "Microphone or camera",
            "Something kept the screen",
            "Nobody could see",
            "A part of the desk",
            "The user stood",
            "The daemon ended",
        ),
    },
    "types and exported names": {
        "adapters/lean.py": ("dict[str, Any]",),
        "control/lock.py": ("the daemon",),
        "tuples.py": ("lambda _cls,",),
        "service/__init__.py": ("File", "Login", "Report", "State", "Way"),
    },
    "English's own formats, replaced as a whole": {
        "words/formats.py": tuple(
            text for field in formats.Formats() for text in ([field] if isinstance(field, str) else field)
        )
    },
}
"""What looks like a text and is none, by reason: files, and how the texts begin."""


def allowed(name: str) -> tuple[str, ...]:
    return tuple(text for files in ALLOWED.values() for text in files.get(name, ()))


@pytest.fixture(scope="module", params=catalogues.TRANSLATED)
def code(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def catalog(code: str) -> Catalog:
    return catalogues.read(code)


def messages(catalog: Catalog) -> Iterator[tuple[Message, list[tuple[str, str]]]]:
    """Each message, with its pairs of original and translation: two where it has a plural."""
    for message in catalog:
        if message.id:
            one = isinstance(message.id, str)
            yield message, [(message.id, message.string)] if one else list(zip(message.id, message.string, strict=True))


# Nothing goes past the catalogues -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_no_text_of_the_source_goes_past_the_catalogues(path):
    known = allowed(path.relative_to(SOURCE).as_posix())
    told = [found for found in unmarked(path) if not found.text.strip().startswith(known)]
    assert not told, "mark them with _() or N_():\n" + "\n".join(map(str, told))


def test_no_text_stands_in_an_f_string():
    """Babel finds it there on Python 3.12 and later only: drawn on an earlier one, a catalogue lacks it."""
    found = [
        (path.relative_to(SOURCE).as_posix(), ast.unparse(call))
        for path in SOURCE.rglob("*.py")
        for string in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in catalogues.KEYWORDS
        if any(isinstance(word, ast.Constant) for word in call.args)
    ]
    assert found == []


def test_what_is_allowed_is_still_there():
    for name in {name for files in ALLOWED.values() for name in files} - {"words/formats.py"}:
        found = [one.text.strip() for one in unmarked(SOURCE / name)]
        assert not [text for text in allowed(name) if not any(one.startswith(text.strip()) for one in found)], name


TAGS = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->|<(script|style|code|kbd)\b.*?</\1>|<[^>]*>", re.S)
SHOWN_ATTRIBUTES = re.compile(r'\b(?:title|aria-label|alt|placeholder|content)="([^"{]*[a-z]{3,}[^"{]*)"')


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.html")), ids=lambda path: path.name)
def test_no_text_of_a_page_goes_past_the_catalogues(path):
    page = path.read_text(encoding="utf-8")
    bare = [" ".join(part.split()) for part in TAGS.sub("\n", page).split("\n")]
    bare += [text for text in SHOWN_ATTRIBUTES.findall(page) if "=" not in text and "-" not in text and "/" not in text]
    left = [part for part in bare if re.search(r"[A-Za-z]{3,}", part) and not re.fullmatch(r'[a-z-]+="\w*"?', part)]
    assert not [text for text in left if text not in ("Unhunch", "light dark", "noreferrer")]


SCRIPT_STRINGS = re.compile(r'(?<![_\w])(_\(|ngettext\()?\s*(["`])((?:\\.|(?!\2).)*)\2(?=([^\n]*))')
SCRIPT_PROSE = re.compile(r"[A-Za-z]{2,}[,.:;?]? [a-z]{2,}|^[A-Z][a-z]+[.?]?$")


@pytest.mark.parametrize("path", sorted(SOURCE.glob("*/static/*.js")), ids=lambda path: path.name)
def test_no_text_of_a_script_goes_past_the_catalogues(path):
    script = re.sub(r"(^|\s)//[^\n]*", r"\1", path.read_text(encoding="utf-8"))
    known = {
        m.id if isinstance(m.id, str) else part
        for m in catalogues.template([path])
        for part in (m.id if not isinstance(m.id, str) else [m.id])
    }
    found = [match[3] for match in SCRIPT_STRINGS.finditer(script)]
    left = [text for text in found if SCRIPT_PROSE.search(text) and text not in known and not SELECTOR.search(text)]
    assert not [text for text in left if not re.match(r"^[A-Z][a-z]+$", text) or text not in KEYS], left


SELECTOR = re.compile(r"\[name=|^\(prefers-")
"""Of elements, or of media."""
KEYS = {"Enter", "Escape", "Tab"}
"""Names of keys, as a browser calls them."""


# The catalogues are whole ---------------------------------------------------------------------------------------------


@pytest.mark.slow(12)
def test_the_files_are_drawn_from_the_source_and_the_catalogues():
    stale = [
        path.relative_to(SOURCE).as_posix()
        for path, content in catalogues.files().items()
        if path.read_bytes() != content
    ]
    assert not stale, "run: make words"


def test_every_text_is_translated(catalog):
    assert [message.id for message in catalogues.missing(catalog, catalogues.template())] == []
    assert not [message.id for message, _ in messages(catalog) if message.fuzzy]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_placeholders_are_whole(catalog):
    for message, pairs in messages(catalog):
        wanted = set().union(*(fields(original) for original, _ in pairs))
        for original, said in pairs:
            # One thing may be named without its number, as English does.
            assert fields(said) <= wanted, message.id
            assert fields(said) >= fields(original), message.id
            assert re.findall(r"%(?:\(\w+\))?[sd]", said) == re.findall(r"%(?:\(\w+\))?[sd]", original)


def test_what_surrounds_a_text_stays(catalog):
    for _, pairs in messages(catalog):
        for original, said in pairs:
            assert said[: len(said) - len(said.lstrip())] == original[: len(original) - len(original.lstrip())], (
                original
            )
            assert said[len(said.rstrip()) :] == original[len(original.rstrip()) :], original
            ends = ".", "?", ":"
            if original.endswith(ends) or said.endswith(ends):
                assert said[-1] == original[-1], (original, said)


COMMAND = re.compile(r"'(unhunch [a-z-]+[^']*)'")


def test_what_is_typed_stays_as_it_is(catalog):
    for _, pairs in messages(catalog):
        for original, said in pairs:
            assert sorted(COMMAND.findall(said)) == sorted(COMMAND.findall(original)), (original, said)
            assert sorted(re.findall(r"(?<!\w)--[a-z-]+", said)) == sorted(re.findall(r"(?<!\w)--[a-z-]+", original)), (
                said
            )


def is_safety(message: Message) -> bool:
    return any(comment.startswith(catalogues.SAFETY) for comment in message.auto_comments)


def test_texts_that_keep_from_harm_are_translated_back_beside_them(catalog):
    safe = [message for message, _ in messages(catalog) if is_safety(message)]
    assert len(safe) >= 40
    for message in safe:
        assert any(comment.startswith("Back-translation: ") for comment in message.user_comments), message.id


def test_the_language_is_another_one(catalog):
    """Hardly any text is the same: a name, a unit, an internationalism."""
    same = [one for _, pairs in messages(catalog) for one, said in pairs if one == said]
    assert len(same) <= 0.04 * len(catalog), same


# Which language ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("env", "configured", "wanted"),
    [
        ({}, "auto", ("en", "")),
        ({"LANG": "de_DE.UTF-8"}, "auto", ("de", "DE")),
        ({"LANG": "de_AT"}, "auto", ("de", "AT")),
        ({"LANG": "es_MX.UTF-8@x"}, "auto", ("es", "MX")),
        ({"LANG": "fr_FR.UTF-8"}, "auto", ("en", "FR")),
        ({"LANG": "fr_FR.UTF-8", "LANGUAGE": "fr:es:de"}, "auto", ("es", "FR")),
        ({"LANG": "en_US.UTF-8", "LC_TIME": "de_DE.UTF-8"}, "auto", ("en", "DE")),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "de_DE.UTF-8"}, "auto", ("de", "US")),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C.UTF-8"}, "auto", ("en", "")),
        ({"LANG": "C", "LANGUAGE": "de"}, "auto", ("en", "")),
        ({"LANG": "de_DE.UTF-8"}, "en", ("en", "DE")),
        ({"LANG": "C.UTF-8"}, "es", ("es", "")),
        ({"LANG": "", "LC_ALL": ""}, "auto", ("en", "")),
    ],
)
def test_the_language_and_territory_that_an_environment_names(env, configured, wanted):
    assert language.choose(env, configured, "linux") == wanted


def test_the_configuration_overrules_the_environment_and_a_mistake_in_it_does_not(tmp_path):
    file = tmp_path / "config.toml"
    assert language.configured(file) == "auto"
    for text, wanted in (
        ('goal = 2\nlanguage = "de"\n', "de"),
        ('language = "klingon"', "auto"),
        ('language = "de', "auto"),
        ("goal = 2", "auto"),
        ("language = 3", "auto"),
    ):
        file.write_text(text)
        assert language.configured(file) == wanted, text
    file.write_bytes(b'language = "de" # \xff')
    assert language.configured(file) == "auto"


def test_a_language_is_set_up_for_the_whole_process(code):
    language.set_up({"LANG": f"{code}.UTF-8"})
    assert translate.language() == code
    assert translate._("Nothing was done.") != "Nothing was done."
    assert translate.ngettext("{count} session", "{count} sessions", 1) != translate.ngettext(
        "{count} session", "{count} sessions", 0
    )
    assert translate._("") == ""
    language.set_up({"LANG": "C.UTF-8"})
    assert translate._("Nothing was done.") == "Nothing was done."


def test_a_broken_catalogue_is_english(tmp_path, monkeypatch):
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    monkeypatch.setattr(language, "_formats", language._formats.__wrapped__)  # what is broken is not remembered
    language.set_up({"LANG": "de_DE.UTF-8"})
    assert translate.language() == "en"
    (tmp_path / "de/LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "de/LC_MESSAGES/unhunch.mo").write_bytes(b"no catalogue")
    (tmp_path / "de/formats.json").write_text("[]")
    language.set_up({"LANG": "de_DE.UTF-8"})
    assert translate.language() == "en"
    assert translate._("Nothing was done.") == "Nothing was done."


# Formats --------------------------------------------------------------------------------------------------------------

LOCALES = ["de_DE", "de_AT", "de_CH", "es_ES", "es_MX", "es_US", "en_GB", "en_US", "en_CA", "en_ZA"]


@pytest.mark.parametrize("name", LOCALES)
def test_times_dates_and_numbers_are_those_of_the_locale(name):
    language.set_up({"LANG": f"{name}.UTF-8"})

    def plain(text: str) -> str:
        return text.replace("\u202f", " ").replace("\xa0", " ")

    for at in (datetime(2026, 3, 1, 0, 5), datetime(2026, 5, 31, 9, 30), datetime(2026, 11, 22, 14, 10)):
        clock = plain(dates.format_time(at, "short", locale=name))
        assert formats.clock(at) == re.sub(r"([ap])\. ?m\.", r"\1m", clock)  # or a sentence would end in two points
        assert formats.long_day(at, year=True) == plain(dates.format_date(at, "long", locale=name))
        assert formats.weekday(at) == dates.format_date(at, "EEEE", locale=name)
        short = plain(dates.format_skeleton("yMMMd", at, locale=name)).replace(".", "").replace("Sept", "Sep")
        assert formats.day(at, year=True).replace(".", "")[:4] == short[:4]
    assert formats.number(2.5) == numbers.format_decimal(2.5, locale=name)
    assert formats.number(3.0) == "3"
    assert plain(formats.whole(1204)) == plain(numbers.format_decimal(1204, locale=name))
    assert (formats.hours(5999.9), plain(formats.hours(72_240.0))) == ("100 h", f"{plain(formats.whole(1204))} h")
    assert plain(formats.percent(0.125)) == plain(numbers.format_percent(0.13, locale=name))


def test_english_without_a_territory_has_24_hours():
    language.set_up({"LANG": "C.UTF-8"})
    assert formats.clock(time(14, 5)) == "14:05"
    assert formats.weekday_day(date(2026, 11, 16)) == "Mon 16 Nov"
    assert formats.hour(24) == "00"


def test_twelve_hours_have_a_noon_and_a_midnight():
    language.set_up({"LANG": "en_US.UTF-8"})
    assert [formats.clock(time(hour, 0)) for hour in (0, 11, 12, 13)] == ["12:00 AM", "11:00 AM", "12:00 PM", "1:00 PM"]
    assert [formats.hour(hour) for hour in (0, 9, 12, 18, 24)] == ["12 AM", "9 AM", "12 PM", "6 PM", "12 AM"]


def test_the_compiled_catalogue_says_what_the_edited_one_says(code, catalog):
    with catalogues.po(code).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message, pairs in messages(catalog):
        if isinstance(message.id, str) and not message.context:
            assert compiled.gettext(message.id) == pairs[0][1]


@pytest.mark.parametrize("locale", ["en_GB", "en_US", "de_DE", "de_AT", "es_ES", "es_MX"])
def test_the_page_that_is_kept_is_byte_for_byte_the_one_that_is_drawn(locale):
    language.set_up({"LANG": f"{locale}.UTF-8"})
    assert (language.FOLDER / locale[:2] / kept.NAME).read_text("utf-8") == rendered(builtin()), "run 'make words'"
    assert page.drawn(builtin()) == rendered(builtin())


def test_a_routine_of_ones_own_is_drawn_as_it_is():
    language.set_up({"LANG": "de_DE.UTF-8"})
    own = replace(builtin(), screening=("Is this my own question?",))
    assert "Is this my own question?" in page.drawn(own)
    language.set_up({"LANG": "C.UTF-8"})
    assert page.drawn(own) == rendered(own)


def test_the_page_has_what_its_scripts_say(code):
    said = json.loads((language.FOLDER / code / "page.json").read_text())
    wanted = {
        m.id if isinstance(m.id, str) else m.id[0] for m in catalogues.template(SOURCE.glob("*/static/*.js")) if m.id
    }
    assert set(said) == wanted
    assert all(all(forms) for forms in said.values())


NOT_SAID = {
    "en": r"owe[ds]?|owing|steps?|ladders?|rungs?|greens?|reds?|ambers?|30 cm|speaks against|clear(s|ed)? (you|to|for)",
    "de": r"Stufen?|Leiter|grün\w*|gelb\w*|rot(e[nrs]?)?|schulde\w*|30 cm|spricht dagegen|unbedenklich",
    "es": r"escal(ón|ones|era)|peldaños?|verdes?|ámbar|amarill\w+|roj[oa]s?|deb(e|ida|ido)s?|30 cm|en contra",
}
"""Words of the programme's own, which say nothing to a user; and what would clear somebody, which no program can."""


def test_no_text_speaks_the_programmes_own_words_or_clears_anybody(catalog):
    for _, pairs in messages(catalog):
        for original, said in pairs:
            for code, text in (("en", original), (str(catalog.locale), said)):
                text = re.sub(r"{[^}]*}", "", text)
                found = re.search(rf"(?<!\w)({NOT_SAID[code]})(?!\w)", text, re.IGNORECASE)
                assert found is None, (found and found.group(), text)


@pytest.mark.parametrize("file", ["README.md", "CHANGELOG.md", "config.example.toml"])
def test_nor_does_what_users_read_beside_the_program(file):
    text = re.sub(r"`[^`]*`|^```.*?^```|^(# )?\w+\.\w+ = .*$", "", (ROOT / file).read_text("utf-8"), flags=re.M | re.S)
    found = re.search(rf"(?<!\w)({NOT_SAID['en']})(?!\w)", text, re.IGNORECASE)
    assert found is None, found and text[max(found.start() - 80, 0) : found.end() + 80]
