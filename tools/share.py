"""Draws share/ from the command line's own descriptions: the manual page and the shells' completions.

`make share` writes the files, which are kept in the repository and installed with the package; a test compares them.
"""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import shtab

from unhunch import __version__
from unhunch.cli import HEAD
from unhunch.cli.command import Command, OneOf, Parser, load, parser_of
from unhunch.cli.completion import FILES, MANUAL
from unhunch.cli.index import COMMANDS, SECTIONS
from unhunch.core import told
from unhunch.core.settings import options
from unhunch.service.files import PACKAGE, menu_entry

ROOT = Path(__file__).parents[1]
HOME = "unhunch.example"
PICTURE = "tests/pictures/unhunch.png"
RELEASED = "2026-11-28"
MENU = "share/applications/unhunch.desktop"
ICON = "share/icons/hicolor/scalable/apps/unhunch.svg"
METAINFO = "share/metainfo/example.unhunch.unhunch.metainfo.xml"
EXITS = (
    ("0", "Done."),
    ("1", "It failed; three lines on the standard error say what happened, what it means and what to type."),
    ("2", "Wrong words, or a wrong configuration. Nothing was done."),
    ("3", "The daemon is not running."),
    ("4", "The source that was asked for by name cannot be used here."),
    ("5", "Unhunch runs already."),
)
PLACES = (
    ("~/.config/unhunch/config.toml", "The configuration; see unhunch config. It need not exist."),
    ("~/.config/unhunch/routines/", "Routines of your own; see unhunch routine."),
    ("~/.local/share/unhunch/unhunch.sqlite", "The history. Nobody but you can read it."),
)
ENVIRONMENT = (
    ("VISUAL, EDITOR", "The editor that 'unhunch config edit' opens."),
    ("BROWSER", "The browser that shows the session, the week and the settings; else the desktop's own."),
    (
        "LANGUAGE, LC_ALL, LC_MESSAGES, LANG",
        "The language spoken: English, German or Spanish; see the option language.",
    ),
    ("LC_TIME, LC_NUMERIC", "How times, dates and numbers are written."),
    ("TZ", "The time zone; else the system's."),
    ("NO_COLOR", "If it is set to anything, no output is coloured."),
    ("COLUMNS", "How wide the terminal is; else the terminal tells."),
    ("XDG_CONFIG_HOME", "Where unhunch/config.toml and the start at login lie; else ~/.config."),
    ("XDG_DATA_HOME", "Where the history, the menu entry and the icon lie; else ~/.local/share."),
    ("XDG_RUNTIME_DIR", "Where the daemon is reached, in a folder that nobody else can enter."),
    ("UNHUNCH_DEBUG", "If it is set to anything, an error is shown with its traceback, for a report."),
)


EVENTS = (
    "'unhunch events' prints a line of JSON for each thing that happened, 'unhunch events --follow' for each that "
    "happens; "
    f"a hook gets the same line. Every line holds {' and '.join(told.ALWAYS)}; those of the history also "
    f"{', '.join(told.OF_HISTORY)}. A field without a value is left out. More names and fields may come; those "
    "that are here stay."
)


def _events() -> list[tuple[str, str]]:
    """Each event with its fields."""
    where = {(True, True): "", (True, False): " Told as it happens only.", (False, True): " In the history only."}
    rows = []
    for name, one in sorted(told.schema().items()):
        about = " ".join(one.about.split("\n")[0].split())
        own = f" Fields: {', '.join(one.fields)}." if one.fields else ""
        rows.append((name, f"{about}{where[one.live, one.kept]}{own}"))
    return rows


def files() -> dict[str, str]:
    """Every file below share/, by its name."""
    drawn = {name: completion(shell) for shell, name in FILES.items()}
    icon = (PACKAGE / "icons/unhunch.svg").read_text(encoding="utf-8")
    return {**drawn, MANUAL: manual(), MENU: menu_entry(["unhunch", "start"]), ICON: icon, METAINFO: metainfo()}


# For software centres and distributions -------------------------------------------------------------------------------


def metainfo() -> str:
    """What a software centre shows (freedesktop.org's AppStream). Its id and addresses are those of a domain that is
    reserved for examples: whoever publishes Unhunch puts in where it is at home."""
    about = " ".join(HEAD.splitlines()[2:]).strip()
    return f"""\
<?xml version="1.0" encoding="UTF-8"?>
<!-- Drawn by tools/share.py. HOME there is a domain reserved for examples: put in where you publish. -->
<component type="desktop-application">
  <id>{".".join(reversed(HOME.split(".")))}.unhunch</id>
  <metadata_license>MIT</metadata_license>
  <project_license>MIT</project_license>
  <name>Unhunch</name>
  <summary>Asks for a short upper-back session when you have sat for long</summary>
  <description>
    <p>{about}</p>
    <p>It sees that keyboard and mouse are touched, never what is typed or where you point, and sends nothing anywhere.
    It is not medical advice: always check with your doctor before starting a new exercise.</p>
  </description>
  <launchable type="desktop-id">{Path(MENU).name}</launchable>
  <provides>
    <binary>unhunch</binary>
  </provides>
  <url type="homepage">https://{HOME}/</url>
  <screenshots>
    <screenshot type="default">
      <caption>A notice, a guided session and a week</caption>
      <image>https://{HOME}/{PICTURE}</image>
    </screenshot>
  </screenshots>
  <content_rating type="oars-1.1"/>
  <releases>
    <release version="{__version__}" date="{RELEASED}"/>
  </releases>
  <developer_name>The Unhunch authors</developer_name>
</component>
"""


# Completions ----------------------------------------------------------------------------------------------------------


def completion(shell: str) -> str:
    """What `shell` sources to complete `unhunch`."""
    whole = Parser(prog="unhunch", allow_abbrev=False)
    whole.add_argument("--version", "-V", action="store_true", help="print the version")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND")
    for name, entry in COMMANDS.items():
        parser = commands.add_parser(name, help=entry.help, allow_abbrev=False)
        load(name).arguments(parser)
        _suggest(parser)
    text: str = shtab.complete(whole, shell)
    return "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"


def _suggest(parser: argparse.ArgumentParser) -> None:
    """Tell shtab which words and files an argument takes; the commands check that themselves, in their own words."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for part in action.choices.values():
                _suggest(part)
        elif isinstance(action.type, OneOf):
            action.choices = action.type.choices
        elif action.type is Path:
            action.complete = shtab.FILE
        elif action.dest == "key":
            action.choices = [option.key for option in options()]
        elif action.dest == "format" and action.metavar == "FORM":
            action.choices = ("waybar", "plain")


# The manual page ------------------------------------------------------------------------------------------------------


def manual() -> str:
    """unhunch(1), in the man macros."""
    about = " ".join(HEAD.splitlines()[2:])
    lines = [
        '.\\" Drawn from the command line by tools/share.py; do not edit.',
        f'.TH UNHUNCH 1 "" "Unhunch {__version__}" "User Commands"',
        ".SH NAME",
        "unhunch \\- notices how long you sit and asks for a short session on a foam roller",
        ".SH SYNOPSIS",
        ".B unhunch",
        ".I COMMAND",
        "[\\fIoptions\\fR]",
        ".SH DESCRIPTION",
        _text(about),
    ]
    for title, section in SECTIONS.items():
        lines += [f".SH {title.upper()}"]
        for name in section:
            lines += _command(name)
    lines += [".SH EVENTS", _text(EVENTS), *_table(_events())]
    lines += [".SH EXIT STATUS", *_table(EXITS), ".SH FILES", *_table(PLACES)]
    lines += [".SH ENVIRONMENT", *_table(ENVIRONMENT)]
    lines += [
        ".SH NOTES",
        _text("Unhunch is not medical advice. Always check with your doctor before starting a new exercise."),
        _text("It counts whether keyboard and mouse are touched; no key, pointer position or window title is kept."),
    ]
    return "\n".join(lines) + "\n"


def _command(name: str) -> Iterator[str]:
    command: Command = load(name)
    parser = parser_of(name, COMMANDS[name], command)
    yield f".SS unhunch {name}{_usage(parser)}"
    yield _text(f"{COMMANDS[name].help[0].upper()}{COMMANDS[name].help[1:]}. {command.about}".strip())
    yield from _arguments(parser)
    if command.examples:
        yield ".PP"
        yield "Examples:"
        yield ".RS"
        yield ".nf"
        for line, meaning in command.examples:
            yield f"\\fB{_text(line)}\\fR"
            if meaning:
                yield f"    {_text(meaning)}"
        yield ".fi"
        yield ".RE"


def _usage(parser: argparse.ArgumentParser) -> str:
    usage = re.sub(r"\s+", " ", parser.format_usage()).removeprefix(f"usage: {parser.prog}")
    return _text(usage.replace(" [-h]", "").rstrip())


def _arguments(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for part in action._choices_actions:
                inner = action.choices[part.dest]
                yield ".TP"
                yield f"\\fB{_text(part.dest)}\\fR{_usage(inner)}"
                yield _text(f"{(part.help or '').rstrip('.')}.")
                yield ".RS"
                yield from _arguments(inner)
                yield ".RE"
        elif action.help != argparse.SUPPRESS and not isinstance(action, argparse._HelpAction):
            yield ".TP"
            metavar = _metavar(action)
            words = ", ".join(action.option_strings)
            yield f"\\fB{_text(words)}\\fR \\fI{_text(metavar)}\\fR" if words else f"\\fI{_text(metavar)}\\fR"
            yield _text((action.help or "").replace("%%", "%"))


def _metavar(action: argparse.Action) -> str:
    """What stands for an argument's value; an option may take several."""
    if action.nargs == 0 or action.metavar is None:
        return ""
    return action.metavar if isinstance(action.metavar, str) else " ".join(action.metavar)


def _table(rows: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for word, meaning in rows:
        yield ".TP"
        yield f"\\fB{_text(word)}\\fR"
        yield _text(meaning)


def _text(text: str) -> str:
    """Nothing in it is a request, and a dash stays what was typed."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("~", "\\(ti")
    return f"\\&{escaped}" if escaped.startswith(".") else escaped


def main() -> None:
    for name, text in files().items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
