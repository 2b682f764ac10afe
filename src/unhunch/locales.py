"""Which language and which formats an environment asks for, by name alone. Imports next to nothing.

The environment says it as for any other program: gettext's order is LANGUAGE, LC_ALL, LC_MESSAGES, LANG; dates and
times follow LC_TIME, so that English with German hours is possible.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LC_TIME", "LANG")
"""What is read of an environment."""
LANGUAGES = ("en", "de", "es")
"""Those with a catalogue; the texts themselves are English."""
PLAIN = ("", "C", "POSIX")


def choose(env: "Mapping[str, str]", configured: str = "auto", platform: str = sys.platform) -> tuple[str, str]:
    """The language (one of LANGUAGES) and the territory for formats ("" if not known). Never raises.

    As in gettext, LANGUAGE counts only where the locale is not the plain "C".
    """
    spoken = _first(env, "LC_ALL", "LC_MESSAGES", "LANG")
    if not any(name in env for name in ("LC_ALL", "LC_MESSAGES", "LANG")):
        spoken = _of_the_system(platform)
    shown = _first(env, "LC_ALL", "LC_TIME", "LANG") or spoken
    wanted = [*env.get("LANGUAGE", "").split(":"), spoken] if spoken not in PLAIN else []
    if configured != "auto":
        wanted = [configured]
    code = next((parts(name)[0] for name in wanted if parts(name)[0] in LANGUAGES), "en")
    return code, parts(shown)[1]


def _first(env: "Mapping[str, str]", *names: str) -> str:
    """The first of these that is set, as POSIX reads them, without encoding and modifier."""
    found = next((env[name] for name in names if env.get(name)), "")
    return found.partition(".")[0].partition("@")[0]


def parts(name: str) -> tuple[str, str]:
    """de_AT.UTF-8 as ("de", "AT")."""
    code, _, territory = name.partition(".")[0].partition("@")[0].replace("-", "_").partition("_")
    return code.lower(), territory.rpartition("_")[2].upper()


def _of_the_system(platform: str) -> str:
    """Where a desktop does not tell its programs by environment: Windows and macOS."""
    if platform == "win32":
        import locale

        return locale.getlocale()[0] or ""
    if platform == "darwin":
        import plistlib
        from pathlib import Path

        try:
            with Path("~/Library/Preferences/.GlobalPreferences.plist").expanduser().open("rb") as kept:
                said = plistlib.load(kept)
            return str(said.get("AppleLanguages", [""])[0] or said.get("AppleLocale", ""))
        except (OSError, ValueError, IndexError, AttributeError, plistlib.InvalidFileException):
            return ""
    return ""
