"""The settings page: a short-lived process of its own, behind the session page's guards.

It is drawn without a value in it, since whoever knows the port may read that; values are told to the tab alone.
Each change is saved when it is made, by the same way as `unhunch config set`, so that comments in the file stay.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any, Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from unhunch import language
from unhunch.config.edit import replace, write
from unhunch.config.kept import in_force
from unhunch.config.values import Refused, allowed, plain
from unhunch.core.settings import WEEKDAYS, Option, Type
from unhunch.errors import UserError
from unhunch.paths import Paths
from unhunch.said.option import meant
from unhunch.settings import groups
from unhunch.web.front import HTML
from unhunch.web.page import SCRIPT, SHARED, STYLE, Page
from unhunch.web.tab import Limits
from unhunch.web.translations import block
from unhunch.words import formats, translate
from unhunch.words.translate import _, pgettext

FILES = {
    **SHARED,
    "settings.css": ("unhunch.settings", "static/settings.css", STYLE),
    "settings.js": ("unhunch.settings", "static/settings.js", SCRIPT),
}
LIMITS = Limits(away=20.0, goodbye=0.0)
MOST_WORDS = 64
BY_KEY = {item.key: item for item in groups.on_page()}


class Machine(Protocol):
    """What the page needs of the machine. Each may take a moment; called one at a time, outside the event loop."""

    def changed(self) -> str:
        """The configuration is another one: the daemon takes it over. Returns what to say when it could not."""
        ...

    def try_notice(self) -> str:
        """Show a notice as they will look; returns what came of it, in words."""
        ...

    def voice(self) -> bytes | None:
        """A recorded sentence in the language spoken now; None where there is none."""
        ...

    def routines(self) -> list[str]:
        """The names of the user's own routines."""
        ...


class SettingsPage(Page):
    """The HTTP face of the configuration."""

    files = FILES

    def __init__(self, paths: Paths, around: Machine, limits: Limits) -> None:
        super().__init__(limits)
        self._file, self._copy = paths.config_file, paths.last_good
        self._around = around
        self._busy = asyncio.Lock()

    def refusals(self) -> tuple[str, str]:
        return _("The settings are open in another tab."), _("This link does not belong to the settings.")

    def routes(self) -> list[Route]:
        return [
            Route("/", self._index, methods=["GET"]),
            Route("/api/state", self._state, methods=["GET"]),
            Route("/api/voice/sample", self._voice, methods=["GET"]),
            Route("/api/set", self._set, methods=["POST"]),
            Route("/api/mend", self._mend, methods=["POST"]),
            Route("/api/notice", self._notice, methods=["POST"]),
        ]

    async def _index(self, _request: Request) -> Response:
        return Response(rendered(self._around.routines()), media_type=HTML)

    async def _state(self, _request: Request) -> Response:
        return JSONResponse(self._view())

    def _view(self) -> dict[str, Any]:
        """Every option as it is in force, what it would be by default, and what is wrong with the file."""
        found = in_force(self._file, self._copy)
        shown = {item.key: (getattr(found.settings, item.name), item) for item in BY_KEY.values()}
        return {
            "file": str(self._file),
            "language": translate.language(),
            "wrong": str(found.wrong) if found.wrong else "",
            "options": {
                key: {"value": _said(item, value), "default": _said(item, item.default), "shown": _shown(item)}
                for key, (value, item) in shown.items()
            },
        }

    async def _set(self, request: Request) -> Response:
        """Set one option, or several alike; without a value it goes back to its default."""
        body = await _json(request)
        if not isinstance(body, dict) or set(body) != {"keys", "words"}:
            return _bad()
        keys, words = body["keys"], body["words"]
        if (
            not isinstance(keys, list)
            or not keys
            or len(keys) > len(WEEKDAYS)
            or not all(key in [*BY_KEY] for key in keys)
        ):
            return _bad()
        if words is not None and not (isinstance(words, list) and len(words) <= MOST_WORDS and _texts(words)):
            return _bad()
        try:
            wanted = {key: None if words is None else meant(BY_KEY[key], words) for key in keys}
        except Refused as refused:
            text = _("It takes {allowed}.").format(allowed=allowed(BY_KEY[keys[0]]))
            return JSONResponse({"error": f"{refused.reason} {text}".strip()}, 422)
        return await self._answered(lambda: self._save(lambda: write(self._file, wanted)))

    async def _mend(self, _request: Request) -> Response:
        """Put the configuration that was right last in the place of one that is not, which is kept beside it."""
        return await self._answered(lambda: self._save(self._put_back))

    def _put_back(self) -> None:
        if in_force(self._file, self._copy).wrong is None:
            return
        right = self._copy.exists() and in_force(self._copy, self._copy).wrong is None
        kept = self._copy.read_text(encoding="utf-8") if right else ""
        aside = self._file.with_name(f"{self._file.name}.wrong")
        self._file.replace(aside)
        replace(self._file, kept)

    def _save(self, work: Callable[[], object]) -> str:
        work()
        told = self._around.changed()
        language.set_up(configured=language.configured(self._file))
        return told

    async def _notice(self, _request: Request) -> Response:
        return await self._answered(self._around.try_notice)

    async def _voice(self, _request: Request) -> Response:
        content = await asyncio.to_thread(self._around.voice)
        if content is None:
            return JSONResponse({"error": _("There is no recording in this language.")}, 404)
        return Response(content, headers={"content-type": "audio/ogg"})

    async def _answered(self, work: Callable[[], str]) -> Response:
        try:
            async with self._busy:
                said = await asyncio.to_thread(work)
        except UserError as error:
            return JSONResponse({"error": error.sentences, "state": self._view()}, 409)
        except OSError as error:
            return JSONResponse({"error": f"{error.filename}: {error.strerror}", "state": self._view()}, 409)
        self.touch()
        return JSONResponse({"said": said, "state": self._view()})


def _said(item: Option, setting: Any) -> Any:
    """A setting as it stands in its field: as in the file, with "all day" and "never" in the language spoken."""
    value = plain(item, setting)
    return _(value) if item.type is Type.HOURS else value


def _shown(item: Option) -> str:
    """A default as its button says it."""
    value = plain(item, item.default)
    match item.type:
        case Type.FLAG:
            return pgettext("a switch", "on") if value else pgettext("a switch", "off")
        case Type.CHOICE:
            return groups.choice(item, value)
        case Type.DAYS:
            return " ".join(formats.current().short_weekdays[WEEKDAYS.index(day)] for day in value)
        case Type.HOURS:
            return _(value)
        case Type.WORDS | Type.TEXT:
            return " ".join(value) if value and not isinstance(value, str) else value or pgettext("an option", "empty")
        case _:
            return f"{value:g}".replace(".", formats.current().decimal) if isinstance(value, float) else str(value)


def _texts(words: list[Any]) -> bool:
    return all(isinstance(word, str) for word in words)


def _bad() -> Response:
    return JSONResponse({"error": _("This is not a change of a setting.")}, 422)


async def _json(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError):
        return None


def _sentence(item: Option) -> str:
    """What an option takes, to stand by itself."""
    words = allowed(item, brief=True)
    return f"{words[0].upper()}{words[1:]}."


def rendered(routines: list[str]) -> str:
    """The page in the user's language, with every option that it may change and no value."""
    templates = Environment(
        loader=PackageLoader("unhunch.settings"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    templates.globals.update(_=_, allowed=_sentence, choice=groups.choice, label=groups.label)
    return templates.get_template("settings.html").render(
        language=translate.language(),
        words=block(),
        groups=groups.EVERYDAY,
        advanced=[(_(title), items) for title, items in groups.advanced()],
        options=BY_KEY,
        weekdays=[*zip(WEEKDAYS, formats.current().short_weekdays, strict=True)],
        routines=routines,
    )


async def serve(paths: Paths, around: Machine, open_page: Callable[[str], None], *, limits: Limits = LIMITS) -> None:
    """Serve the settings on loopback until their page is gone.

    `open_page` is given the address to show in a browser and must not block. Raises OSError when no port can be had.
    """
    await SettingsPage(paths, around, limits).serve(open_page)
