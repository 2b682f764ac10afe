"""What starting at login writes, and where: text and paths only, nothing is touched here.

One file starts the daemon (which one depends on the system, `Way`); on Linux a menu entry and an icon go with it, which
notices refer to.
"""

import plistlib
import subprocess
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from unhunch.tuples import NamedTuple
from unhunch.words.translate import N_

UNIT = "unhunch.service"
DESKTOP_ID = "unhunch.desktop"
"""Notices name it, without its ending, in their `desktop-entry` hint (adapters/notify/freedesktop.py)."""
LAUNCHD_LABEL = "unhunch"
MARK = "X-Unhunch=yes"
"""In every entry that we wrote: what does not carry it (or for units, does not start us) is the user's own."""

COMMENTS = (
    "Comment=Asks for a short upper-back session when you have sat for long",
    "Comment[de]=Erinnert an eine kurze Übung für den oberen Rücken, wenn du lange gesessen hast",
    "Comment[es]=Propone una breve sesión para la espalda alta cuando llevas mucho tiempo ante el escritorio",
)
KEYWORDS = (
    "Keywords=break;posture;back;roller;",
    "Keywords[de]=Pause;Haltung;Rücken;Rolle;",
    "Keywords[es]=pausa;postura;espalda;rodillo;",
)
"""In every language at once: the desktop chooses, and the file is the same whoever writes it."""

PACKAGE = Path(__file__).parents[1]


class Way(StrEnum):
    """How the daemon is started at login; the values are translated where they are shown."""

    SYSTEMD = N_("systemd user unit")
    AUTOSTART = N_("autostart entry")
    LAUNCHD = N_("launchd agent")  # written from Apple's documentation; not tried on a Mac
    STARTUP = N_("Startup folder entry")  # written from Microsoft's documentation; not tried on Windows


class File(NamedTuple):
    path: Path
    text: str


class Places(NamedTuple):
    """The folders of one user."""

    config: Path
    data: Path
    home: Path
    roaming: Path

    @classmethod
    def of(cls, env: Mapping[str, str]) -> "Places":
        home = Path(env.get("HOME") or env.get("USERPROFILE") or Path.home())

        def folder(name: str, default: str) -> Path:
            named = Path(env.get(name) or default)
            return named if named.is_absolute() else home / default  # XDG: a relative path is ignored

        return cls(
            folder("XDG_CONFIG_HOME", ".config"),
            folder("XDG_DATA_HOME", ".local/share"),
            home,
            folder("APPDATA", "AppData/Roaming"),
        )

    def starter(self, way: Way) -> Path:
        """The one file that makes the daemon start."""
        match way:
            case Way.SYSTEMD:
                return self.config / "systemd/user" / UNIT
            case Way.AUTOSTART:
                return self.config / "autostart" / DESKTOP_ID
            case Way.LAUNCHD:
                return self.home / "Library/LaunchAgents" / f"{LAUNCHD_LABEL}.plist"
            case Way.STARTUP:
                return self.roaming / "Microsoft/Windows/Start Menu/Programs/Startup/unhunch.cmd"

    @property
    def menu_entry(self) -> Path:
        return self.data / "applications" / DESKTOP_ID

    @property
    def icon(self) -> Path:
        return self.data / "icons/hicolor/scalable/apps/unhunch.svg"


def own_command(python: str = sys.executable) -> tuple[str, ...]:
    """How this installation is started, as absolute words: a venv or pipx is not on the PATH of a login.

    The path is not resolved: a venv's python is a link, and what it links to knows nothing of Unhunch.
    """
    beside = Path(python).absolute().with_name("unhunch.exe" if sys.platform == "win32" else "unhunch")
    return (str(beside),) if beside.is_file() else (str(Path(python).absolute()), "-m", "unhunch")


def starter(way: Way, places: Places, command: Sequence[str]) -> File:
    """The file that starts `command run` at login."""
    words = [*command, "run"]
    match way:
        case Way.SYSTEMD:
            # A program that is gone (`pipx uninstall`) is left out in silence, and nothing fails at each login.
            ours = {
                "ConditionFileIsExecutable=": words[0].replace("%", "%%"),
                "ExecStart=": unit_words(words),
            }
            text = "".join(
                next((f"{key}{ours[key]}\n" for key in ours if line.startswith(key)), line)
                for line in unit_template().splitlines(keepends=True)
            )
        case Way.AUTOSTART:
            text = _entry(words, "Terminal=false", "NoDisplay=true", "X-GNOME-Autostart-enabled=true")
        case Way.LAUNCHD:
            agent = {
                "Label": LAUNCHD_LABEL,
                "ProgramArguments": words,
                "RunAtLoad": True,
                "KeepAlive": {"Crashed": True},
                "ProcessType": "Background",
                "Umask": 0o077,
            }
            text = plistlib.dumps(agent).decode()
        case Way.STARTUP:
            # "start" gives it a window of its own, minimised; a percent sign is doubled in a batch file
            text = f'@start "Unhunch" /min {subprocess.list2cmdline(words).replace("%", "%%")}\r\n'
    return File(places.starter(way), text)


def companions(places: Places, command: Sequence[str]) -> tuple[File, ...]:
    """The menu entry (it begins a session) and the icon that notices show."""
    return File(places.menu_entry, menu_entry([*command, "start"])), File(
        places.icon, (PACKAGE / "icons/unhunch.svg").read_text("utf-8")
    )


def menu_entry(words: Sequence[str]) -> str:
    """What the desktop's menu shows; `words` begin a session."""
    return _entry(words, "Terminal=false", "Categories=Utility;", *KEYWORDS)


def unit_template() -> str:
    """The unit as it is shipped: inside of an installed package, or in the source tree."""
    installed = PACKAGE / "data" / UNIT
    return (installed if installed.exists() else PACKAGE.parents[1] / "systemd" / UNIT).read_text("utf-8")


def _entry(words: Sequence[str], *more: str) -> str:
    lines = (
        "[Desktop Entry]",
        "Type=Application",
        "Name=Unhunch",
        *COMMENTS,
        f"TryExec={escaped(words[0])}",
        f"Exec={entry_words(words)}",
        "Icon=unhunch",
        *more,
        MARK,
    )
    return "\n".join(lines) + "\n"


def unit_words(words: Sequence[str]) -> str:
    """A command line for ExecStart= (systemd.service(5), "Command lines", and systemd.unit(5), "Specifiers").

    A program whose path holds quotes or backslashes is refused by systemd (not so its arguments), so env starts it.
    """
    if any(letter in words[0] for letter in "\"'\\"):
        words = ["/usr/bin/env", *words]
    return " ".join(_quoted(word.replace("%", "%%"), {"\\": "\\\\", '"': '\\"'}) for word in words)


def escaped(text: str) -> str:
    """A value of type string (Desktop Entry Specification, "Possible value types"); paths hold no line breaks."""
    return text.replace("\\", "\\\\")


def entry_words(words: Sequence[str]) -> str:
    """A command line for Exec= (Desktop Entry Specification, "The Exec key").

    Quoted words escape four characters; then the value as a string doubles its backslashes.
    """
    escapes = {letter: f"\\{letter}" for letter in '\\"`$'}
    return " ".join(_quoted(word.replace("%", "%%"), escapes).replace("\\", "\\\\") for word in words)


def _quoted(word: str, escapes: Mapping[str, str]) -> str:
    if word and all(letter.isalnum() or letter in "/._-+:@%," for letter in word):
        return word
    return '"' + "".join(escapes.get(letter, letter) for letter in word) + '"'
