"""Keeps one activity source alive, and says what it is doing."""

import asyncio
import os
from collections.abc import Callable

from unhunch.adapters.beside import Places, is_desks_own, is_there
from unhunch.adapters.desktop_env import DESKTOP, desktop_env
from unhunch.adapters.registry import SOURCES, USUAL, Probe, Timers, log, open_source
from unhunch.adapters.supervision import ANSWERS, Supervisor
from unhunch.ports import Lost, Quiet, Unusable
from unhunch.words.translate import _

BETTER_EVERY = 60.0
"""Seconds after which a makeshift source (terminal) is given up for a better one, if there is one by then. For as long
after a better one was lost it is not taken up: it would call a user away who sits at a desktop that comes back."""
PATIENCE = 300.0
"""Seconds after which a source that cannot be had is tried at looks only."""
BETTER_FOR = 600.0
"""Seconds for which one that took the place of a better one is makeshift: the compositor may have been restarted, while
an X server beside it went on and sees next to nothing."""
PLACES = 4
"""X servers of one user that are kept in mind: the desk's, an xrdp session's, and a few."""


class Keeper:
    """Keeps one activity source alive: opens it, notices its death, rebuilds it, and says what it is doing.

    While there is none `quiet` answers None: presence is then unknown, never called away.
    """

    def __init__(self, wanted: str, rebuilt: Callable[[], None], timers: Timers = USUAL) -> None:
        """`wanted`: a name, or auto. `rebuilt` is called when a source has come or gone."""
        self.wanted = wanted
        self.timers = timers
        self.env: dict[str, str] = dict(os.environ)
        """Where somebody was last; as long as nobody is known to have been anywhere, where the desktop is."""
        self._worked: list[dict[str, str]] = []
        """Where X servers answered, as long as they do."""
        self.source: Places | None = None
        self.note = ""
        self.why = _("not tried yet")
        self.table: list[Probe] = []
        self.failures = 0
        self.rings = True
        self._rebuilt = rebuilt
        self._supervisor = Supervisor(self._again, PATIENCE)
        self._armed = False
        self._since = 0.0
        self._lost_at: dict[str, float] = {}
        """When each source was lost last (the loop's seconds)."""

    @property
    def name(self) -> str:
        return self.source.name if self.source else "none"

    @property
    def remedy(self) -> str:
        """What would let this kind of desktop be seen."""
        kind = "wayland" if self.env.get("WAYLAND_DISPLAY") else "x11"
        return next((probe.remedy for probe in self.table if probe.name == kind), "")

    @property
    def partial(self) -> bool:
        """The source sees a part of what is done at this desk."""
        return self.source is not None and self.source.partial

    @property
    def elsewhere(self) -> bool:
        """Somebody was last at a session beside the desk."""
        return self.source is not None and self.source.elsewhere

    async def open(self) -> None:
        """Try once, then go on trying in the background. Never raises."""
        if self.wanted == "none":
            self.why = _("it is switched off (source = none)")
        elif not await self._choose():
            self._supervisor.lost()

    async def _again(self) -> bool:
        found = await self._choose()
        if found:
            self._rebuilt()
        return found

    async def _choose(self) -> bool:
        found = await desktop_env()
        self._move(found)
        names = SOURCES if self.wanted == "auto" else (self.wanted,)
        table = []
        waits = self.wanted == "auto" and bool(self._lost_within(BETTER_EVERY))
        for name in names:
            if name == "terminal" and waits:
                table.append(Probe(name, usable=False, note=_("a better one was here a moment ago and may come back")))
                continue
            try:
                self.source, self.note = await self._opened(name, found)
            except Unusable as error:
                table.append(Probe(name, usable=False, note=error.reason, remedy=error.remedy))
                continue
            self._move(self.source.desk)
            await self._join(self.source, found)
            table.append(Probe(name, usable=True, note=self.note))
            self.why = ""
            self.rings, self._armed = True, False
            self._since = asyncio.get_running_loop().time()
            self._look_later(self.source)
            break
        self.table = table
        if self.source is None:
            self.why = "; ".join(f"{p.name}: {p.note}" for p in table)
        return self.source is not None

    def _move(self, env: dict[str, str]) -> None:
        if env != self.env:
            self.env.clear()
            self.env.update(env)

    async def _opened(self, name: str, found: dict[str, str]) -> tuple[Places, str]:
        """The source of that name where the desktop is; of X servers the first that answers. Raises Unusable."""
        refused = None
        for env in (self._servers(found) or [found]) if name == "x11" else [found]:
            try:
                source, note = await open_source(name, env, self.timers)
            except Unusable as error:
                refused = refused or error
            else:
                return Places(source, env), note
        assert refused is not None
        raise refused

    def _servers(self, found: dict[str, str]) -> list[dict[str, str]]:
        """X servers with a session of their own: the manager's, those that answered before, this process's own.

        Of a desk's session and an xrdp session of the same user the manager knows only the newer one.
        """
        if "INVOCATION_ID" not in found:
            return []
        servers, desks = list[dict[str, str]](), None
        elsewhere = {name: value for name, value in found.items() if name not in DESKTOP}
        for env in (found, *self._worked, os.environ):
            display = env.get("DISPLAY")
            if not display or display == desks or display in [each["DISPLAY"] for each in servers]:
                continue
            if is_desks_own(env, self.source.desk if self.source else None):
                desks = display
            else:
                its = {name: env[name] for name in DESKTOP if name in env and name != "WAYLAND_DISPLAY"}
                servers.append(elsewhere | its | {"XDG_SESSION_TYPE": "x11"})
        return servers[:PLACES]

    async def _join(self, source: Places, found: dict[str, str]) -> None:
        """Watch the X servers beside the desk as well."""
        if self.wanted not in ("auto", "x11") or source.name == "terminal":
            return
        is_wayland = bool(source.desk.get("WAYLAND_DISPLAY"))
        for env in self._servers(found):
            watched = [each["DISPLAY"] for each in source.beside]
            if env["DISPLAY"] in watched or (not is_wayland and env["DISPLAY"] == source.desk.get("DISPLAY")):
                continue
            try:
                joined, _note = await open_source("x11", env, self.timers)
            except Unusable:
                continue
            source.join(joined, env)
        servers = [source.desk] if source.name == "x11" else []
        self._worked = [*servers, *source.beside]

    async def quiet(self) -> Quiet | None:
        """The time without input; None when blind."""
        source = self.source
        if source is None:
            self._supervisor.look()
            return None
        now = asyncio.get_running_loop().time()
        if self.wanted == "auto" and now - self._since >= BETTER_EVERY and await self._outlived(source):
            return await self._upgrade()
        try:
            async with asyncio.timeout(ANSWERS):
                quiet = await source.quiet()
            self._move(source.here)
            return quiet
        except (Lost, OSError, EOFError, TimeoutError) as error:
            await self._lost(error)
        except Exception as error:  # noqa: BLE001 - whatever a backend does, the daemon goes on
            log.warning("The source %s failed", source.name, exc_info=True)
            await self._lost(error)
        return None

    async def _outlived(self, source: Places) -> bool:
        """A makeshift source, or one of a desktop that is no longer the user's although its server still answers.

        An X server of the same number may be there for X programs in the Wayland session that came after: it would
        look healthy and see next to nothing. A session that came beside the desk is watched from now on.
        """
        self._since = asyncio.get_running_loop().time()
        if source.name == "terminal" or self._stands_in(source):
            return True
        if "INVOCATION_ID" not in self.env:
            return False
        found = await desktop_env()
        if found.get("WAYLAND_DISPLAY") != source.desk.get("WAYLAND_DISPLAY") and is_there(found):
            return True
        if all(found.get(name) == source.desk.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
            source.desk.update({name: found[name] for name in DESKTOP if name in found})
        await self._join(source, found)
        return False

    def _stands_in(self, source: Places) -> bool:
        """A better one was lost a short time ago, and this one was taken in its place."""
        better = SOURCES[: SOURCES.index(source.name)] if source.name in SOURCES else ()
        return any(name in better for name in self._lost_within(BETTER_FOR))

    def _look_later(self, source: Places) -> None:
        """A look of its own where another source may be the right one soon: else the next may be ten minutes away."""
        if self.wanted == "auto" and self._stands_in(source):
            asyncio.get_running_loop().call_later(BETTER_EVERY, self._look_again, source)

    def _look_again(self, makeshift: Places) -> None:
        if self.source is makeshift:
            self._rebuilt()

    def _lost_within(self, seconds: float) -> list[str]:
        now = asyncio.get_running_loop().time()
        return [name for name, at in self._lost_at.items() if now - at < seconds]

    async def _upgrade(self) -> Quiet | None:
        """A makeshift or stranded source gives way to a better one, if there is one by now."""
        makeshift, self.source = self.source, None
        found = await self._choose()
        if makeshift is not None:
            await makeshift.close()
        if not found:
            self._supervisor.lost()
        return await self.quiet()

    async def _lost(self, error: BaseException) -> None:
        source, self.source = self.source, None
        self.failures += 1
        self._armed = False
        if source is not None:
            if source.name != "terminal":
                self._lost_at[source.name] = asyncio.get_running_loop().time()
            self.why = _("{source} was lost: {error}").format(
                source=source.name, error=str(error) or type(error).__name__
            )
            log.warning("The source %s was lost (%s); it is being rebuilt", source.name, error)
            await source.close()
        self._supervisor.lost()

    def ring(self, callback: Callable[[], None]) -> None:
        """Have `callback` called at the next input, unless that was asked for already."""
        if self._armed or self.source is None:
            return

        def rung() -> None:
            self._armed = False
            callback()

        self._armed = True
        self.rings = self.source.ring(rung)
        self._armed = self.rings

    def watch_pauses(self, *, wanted: bool) -> None:
        if self.source is not None:
            self.source.watch_pauses(wanted=wanted)

    async def close(self) -> None:
        await self._supervisor.close()
        if self.source is not None:
            await self.source.close()
            self.source = None
