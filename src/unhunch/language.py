"""Which language and which formats this user wants, and setting them for this process.

What the environment asks for is read in locales.py; `language` in the configuration overrules it. Catalogues are
compiled from locale/*/LC_MESSAGES/unhunch.po, formats drawn from CLDR, both by `make words`: nothing that runs needs
Babel, which would cost the daemon six megabytes and a short command 30 ms.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

from unhunch.locales import LANGUAGES as LANGUAGES
from unhunch.locales import choose as choose
from unhunch.locales import parts
from unhunch.words import formats, translate

FOLDER = Path(__file__).with_name("locale")
ASKER: ContextVar[str] = ContextVar("asker", default="")
"""What the command speaks whose request this task serves, as `spoken` says it; empty for who does not say."""

_own = ("en", "")
_catalogues: dict[Path, translate.Catalogue | None] = {}


def set_up(env: Mapping[str, str] | None = None, configured: str = "auto") -> None:
    """Speak the user's language in this process. A catalogue that cannot be read is English."""
    global _own
    _own = choose(os.environ if env is None else env, configured)
    formats.use(_formats(*_own))
    translate.speak(*_tongue(_own[0]))


def spoken() -> str:
    """The language and territory of this process, as a locale's name: "de_AT", "en"."""
    return "_".join(filter(None, _own))


def _tongue(code: str) -> translate.Tongue:
    file = FOLDER / code / "LC_MESSAGES" / "unhunch.mo"
    if file not in _catalogues:
        _catalogues[file] = None if code == "en" else _catalogue(file)
    catalogue = _catalogues[file]
    return translate.Tongue(code if catalogue else "en", catalogue)


def _catalogue(file: Path) -> translate.Catalogue | None:
    """None is English, as the texts are written."""
    from gettext import GNUTranslations

    try:
        with file.open("rb") as compiled:
            return GNUTranslations(compiled)
    except (OSError, ValueError):  # a broken installation, whose language is no reason to fail
        return None


@contextmanager
def of_the_asker() -> Iterator[None]:
    """In the block, speak as whoever asks does (`ASKER`)."""
    code, territory = parts(ASKER.get())
    if code not in LANGUAGES or (code, territory) == _own:
        yield
        return
    with translate.speaking(_tongue(code)), formats.in_these(_formats(code, territory)):
        yield


def configured(file: Path) -> str:
    """The option `language` of a configuration, without reading more of it than that; "auto" when in doubt.

    A mistake elsewhere in the file is told by what reads all of it.
    """
    try:
        raw = file.read_bytes()
    except OSError:
        return "auto"
    if b"language" not in raw:
        return "auto"
    import tomllib

    try:
        said = tomllib.loads(raw.decode()).get("language", "auto")
    except ValueError:  # no TOML, or no UTF-8
        return "auto"
    return said if said in LANGUAGES else "auto"


@lru_cache(maxsize=8)
def _formats(code: str, territory: str) -> formats.Formats:
    """The formats of a language in a territory. The plain locale, and a territory without its own, take the usual."""
    if code == "en" and not territory:
        return formats.Formats()
    import json

    try:
        known = json.loads((FOLDER / code / "formats.json").read_text(encoding="utf-8"))
        row = {**known[""], **known.get(territory, {})}
        fields: dict[str, Any] = {name: tuple(x) if isinstance(x, list) else x for name, x in row.items()}
        return formats.Formats(**fields)
    except (OSError, ValueError, LookupError, TypeError):  # a broken installation: no reason to fail
        return formats.Formats()


def plain(typed: str) -> str:
    """As it is compared: lower case, without accents and needless spaces and commas."""
    import re  # four milliseconds, and only what was typed needs it
    import unicodedata

    parts = unicodedata.normalize("NFD", typed.lower().replace("\u2013", "-"))
    bare = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return " ".join(re.sub(r",(?=\s|$)", " ", bare).split())
