"""The guided session's page: a short-lived process of its own that serves one tab on this computer, then ends.

It never imports the daemon, and nothing here reaches the network.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from unhunch.adapters.speech import HostVoice
from unhunch.core.session.guide import PAUSE_LIMIT, Action
from unhunch.core.session.heard import sentences
from unhunch.core.session.routine import Routine
from unhunch.core.vocabulary import Size
from unhunch.session import kept
from unhunch.session.guided import GuidedSession, NotNow, Stage
from unhunch.session.plan import Reporter, SessionPlan
from unhunch.session.recordings import file, recordings
from unhunch.session.routines import builtin
from unhunch.session.shape import BadShape, fields, intervals, read_json
from unhunch.web.front import HTML, Front
from unhunch.web.page import SCRIPT, SHARED, STYLE, Page
from unhunch.web.tab import Limits
from unhunch.words.translate import _

FILES = {
    **SHARED,
    "style.css": ("unhunch.session", "static/style.css", STYLE),
    "session.js": ("unhunch.session", "static/session.js", SCRIPT),
    "player.js": ("unhunch.session", "static/player.js", SCRIPT),
    "recorded.js": ("unhunch.session", "static/recorded.js", SCRIPT),
    "voice.js": ("unhunch.session", "static/voice.js", SCRIPT),
}


def drawn(routine: Routine) -> str:
    """The page in the user's language: the built-in routine's as it is kept."""
    if routine is builtin() and (page := kept.page()) is not None:
        return page
    from unhunch.session.drawing import rendered

    return rendered(routine)


class SessionPage(Page):
    """The HTTP face of a GuidedSession."""

    files = FILES

    def __init__(self, session: GuidedSession, voice: HostVoice, limits: Limits) -> None:
        super().__init__(limits)
        self.session = session
        self.voice = voice
        self._pause: asyncio.TimerHandle | None = None
        spoken = sentences(session.routine)
        found = recordings(session.routine.language)
        self._recorded = {text: found[text] for text in spoken if text in found}
        self._html = drawn(session.routine)

    def refusals(self) -> tuple[str, str]:
        return _("This session is open in another tab."), _("This link does not belong to the session.")

    def over(self) -> bool:
        return self.session.stage is Stage.OVER

    async def leave(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
        self.session.leave()
        await self.voice.hush()

    def routes(self) -> list[Route]:
        calls: dict[str, Callable[[Any], Any]] = {
            "screening": self._screening,
            "unable": self._unable,
            "recovery": self._recovery,
            "morning": self._morning,
            "slip": self._slip,
            "begin": self._begin,
            "pulse": self._pulse,
            "answer": self._answer,
            "rested": self._rested,
            "rate": self._rate,
        }
        return [
            Route("/", self._index, methods=["GET"]),
            Route("/api/state", self._state, methods=["GET"]),
            Route("/api/voice/{name}", self._recording, methods=["GET"]),
            Route("/api/say", self._say, methods=["POST"]),
            Route("/api/hush", self._hush, methods=["POST"]),
            *(Route(f"/api/{name}", self._call(call), methods=["POST"]) for name, call in calls.items()),
        ]

    async def _index(self, _request: Request) -> Response:
        return Response(self._html, media_type=HTML)

    async def _recording(self, request: Request) -> Response:
        """The bytes of one of the session's own recordings."""
        name = request.path_params["name"]
        one = next((one for one in self._recorded.values() if one.name == name), None)
        if one is None:
            return JSONResponse({"error": _("There is no such file.")}, 404)
        content = file(self.session.routine.language, one).read_bytes()
        return Response(content, headers={"content-type": "audio/ogg"})

    async def _state(self, _request: Request) -> Response:
        return JSONResponse(self._view())

    def _view(self) -> dict[str, Any]:
        recorded = {text: one.name for text, one in self._recorded.items()}
        voice = self.voice.name if self.session.plan.voice else ""
        return {**self.session.view(), "recorded": recorded, "host_voice": voice}

    def _call(self, call: Callable[[Any], Any]) -> Callable[[Request], Any]:
        """A POST that changes the session and answers with its state."""

        async def endpoint(request: Request) -> Response:
            try:
                call(await read_json(request))
            except BadShape as error:
                return JSONResponse({"error": f"This request has the wrong shape: {error}."}, 422)
            except NotNow as error:
                return JSONResponse({"error": str(error), "state": self._view()}, 409)
            self.touch()
            return JSONResponse(self._view())

        return endpoint

    def _screening(self, body: Any) -> None:
        self.session.screen(any_yes=fields(body, any_yes=bool)["any_yes"])

    def _unable(self, body: Any) -> None:
        fields(body)
        self.session.unable()

    def _recovery(self, body: Any) -> None:
        self.session.recover(fields(body, feels=str)["feels"])

    def _slip(self, body: Any) -> None:
        fields(body)
        self.session.slip()

    def _morning(self, body: Any) -> None:
        self.session.morning(fields(body, feels=str)["feels"])

    def _begin(self, body: Any) -> None:
        given = fields(body, size=str, landmark=bool, hips_raised=bool, stiffness=(int, type(None)))
        if given["size"] not in list(Size):
            raise BadShape("size is unknown")
        given["size"] = Size(given["size"])
        self.session.begin(**given)

    def _pulse(self, body: Any) -> None:
        given = fields(body, at=(int, float), played=list, paused=bool, seen=bool)
        at, played = float(given["at"]), intervals(given["played"])
        self.session.pulse(at, played, paused=given["paused"], seen=given["seen"])
        self._watch_pause()

    def _answer(self, body: Any) -> None:
        given = fields(body, action=str, at=(int, float), played=list)
        if given["action"] not in list(Action):
            raise BadShape("action is unknown")
        self.session.add(intervals(given["played"]))
        self.session.answer(Action(given["action"]), float(given["at"]))
        self._watch_pause()

    def _watch_pause(self) -> None:
        """A page in the background may sleep; the limit of a pause is kept here."""
        if self._pause is not None and not self.session.paused:
            self._pause.cancel()
            self._pause = None
        elif self._pause is None and self.session.paused:
            limit = PAUSE_LIMIT / self.session.plan.speed
            self._pause = asyncio.get_running_loop().call_later(limit, self._paused_out)

    def _paused_out(self) -> None:
        self._pause = None
        if self.session.stage is Stage.RUNNING and self.session.paused:
            self.session.paused_out()

    def _rested(self, body: Any) -> None:
        fields(body)
        self.session.rested()

    def _rate(self, body: Any) -> None:
        self.session.rate(fields(body, ratings=dict)["ratings"])

    async def _say(self, request: Request) -> Response:
        """Speak one of the session's own sentences. Answers when it has been said or silenced."""
        try:
            given = fields(await read_json(request), text=str, seconds=(int, float))
        except BadShape as error:
            return JSONResponse({"error": f"This request has the wrong shape: {error}."}, 422)
        if given["text"] not in self.session.texts() or not self.session.plan.voice:
            return JSONResponse({"error": _("This is not a sentence of the session.")}, 422)
        said = await self.voice.say(given["text"], max(1.0, min(60.0, float(given["seconds"]))))
        return JSONResponse({"said": said, "host_voice": self.voice.name})

    async def _hush(self, _request: Request) -> Response:
        await self.voice.hush()
        return JSONResponse({})


async def serve(
    plan: SessionPlan,
    routine: Routine,
    reporter: Reporter,
    open_page: Callable[[str], None],
    *,
    voice: HostVoice | None = None,
    limits: Limits | None = None,
    unseen: Callable[[str], None] = lambda _address: None,
    owner: Callable[[str], None] = lambda _secret: None,
    front: Front | None = None,
) -> GuidedSession:
    """Serve one session on loopback until it is over or its page is gone; returns how it stands then.

    `open_page` is given the address to show in a browser, `unseen` the same when nobody has opened it after a while,
    `owner` what gets another link; none of them may block. `front`: what answers already. Raises OSError
    when no port can be had.
    """
    session = GuidedSession(plan, routine, reporter, "page")
    page = SessionPage(session, voice or HostVoice(plan.pace, routine.language), limits or Limits())

    def opened(address: str) -> None:
        owner(f"{address.partition('#')[0]}#{page.keys.owner}")
        open_page(address)

    await page.serve(opened, unseen=unseen, front=front)
    return session
