"""The user's other desks, while the daemon runs: when the shared folder is looked at, and what is said of it."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from unhunch.adapters.bells import FolderBell
from unhunch.core.facts import PERSONAL, Fact, Kind
from unhunch.core.moment import Moment
from unhunch.daemon.host import Host
from unhunch.errors import UserError
from unhunch.ports import StoreError
from unhunch.words.translate import _

log = logging.getLogger("unhunch")

REST = 2.0
"""Seconds without a change after which what has arrived is whole."""
NEXT = 1.0
"""Seconds after which the next part of much is read or written."""


class OtherDesks:
    """Nothing is imported, opened or asked while no folder is named."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.exchange: Any = None
        """A sync.exchange.Exchange while a folder is used."""
        self._named = ("", "")
        self._bell = FolderBell(self._rang, REST)
        self._read_at = self._wrote_at = float("-inf")
        self._urgent = self._obeying = False
        self._hindered: dict[str, str] = {}
        """By the step that failed last time, why."""
        host.written.append(self._wrote)

    async def look(self) -> None:
        """Part of each look of the daemon."""
        s = self._host.settings
        if (s.sync_folder, s.sync_name) != self._named:
            self._close()
            self._named = (s.sync_folder, s.sync_name)
        if not s.sync_folder:
            return
        if self.exchange is not None and self.exchange.store is not self._host.history.store:
            self._read_at = float("-inf")  # another history: what was read before is not in it
        at = self._host.clock.now()
        if at.boot - self._read_at >= s.sync_look:
            self._read_at = at.boot
            await self._tried(self._receive, at)
            if self._send.__name__ in self._hindered:
                self._wrote_at = float("-inf")  # nothing was written
        left = self._wrote_at + (s.sync_apart if self._urgent else s.sync_look) - at.boot
        if left <= 0:
            self._urgent, self._wrote_at = False, at.boot
            await self._tried(self._send, at)
        elif self._urgent:
            self._host.in_a_while(left)

    async def _tried(self, step: Callable[[Any, Moment], Awaitable[None]], at: Moment) -> None:
        """One of the two steps; what hinders it is told until that very step has gone well."""
        name = step.__name__
        try:
            if self.exchange is None or self.exchange.store is not self._host.history.store:
                from unhunch.sync import of_settings

                self.exchange = of_settings(self._host.history.store, self._host.settings)
            await step(self.exchange, at)
        except (UserError, OSError) as error:
            from unhunch.sync import trouble

            told = trouble(error, self.exchange.folder.path) if isinstance(error, OSError) else error.sentences
            if self._hindered.get(name) != told:
                log.warning("%s", told)
            self._hindered[name] = told
        else:
            if self._hindered.pop(name, None) and not self._hindered:
                log.info("The folder of the other desks can be used again")
        self._tell()

    def _tell(self) -> None:
        """Among the problems of `status` and `doctor`."""
        self._host.troubles.pop("sync", None)
        if self._hindered:
            self._host.troubles["sync"] = next(iter(self._hindered.values()))

    async def _receive(self, exchange: Any, at: Moment) -> None:
        exchange.folder.check()
        self._bell.watch(exchange.folder.path)
        got = exchange.receive(at)
        if got.more:
            self._read_at = float("-inf")
            self._host.in_a_while(NEXT)
        if got.changed:
            await self._host.arrived()
        if got.forget and not self._obeying:
            self._obeying = True
            self._host.later(self._obey(got.forget))

    async def _send(self, exchange: Any, at: Moment) -> None:
        told = exchange.last
        with self._bell.unrung():
            more = exchange.send(at, self._going_on())
        if more:
            self._hurry()
        if exchange.last != told:
            self._rang()  # others may have written just then

    def _going_on(self) -> set[str]:
        """Keys of spans of which more is to come."""
        live = self._host.live
        silent = live.state.t - live.now.last_input > self._host.settings.active_gap
        return {span.key for kind, span in live.now.open.items() if not (kind is Kind.INPUT and silent)}

    def _wrote(self, facts: tuple[Fact, ...]) -> None:
        if self._host.settings.sync_folder and any(fact.kind in PERSONAL for fact in facts):
            self._hurry()

    def _hurry(self) -> None:
        """What somebody did is told soon, though nobody may touch this desk and no look be due for long."""
        self._urgent = True
        self._host.soon()

    def _rang(self) -> None:
        """Something has changed in the folder: nobody is woken but by another desk's file."""
        try:
            news = self.exchange is None or self.exchange.news()
        except OSError:
            news = True  # a look tells what is wrong with it
        if news:
            self._read_at = float("-inf")
            self._host.soon()

    async def _obey(self, every: Sequence[Any]) -> None:
        """Another desk has forgotten: so does this one, though not in the midst of a session; until then it waits."""
        try:
            for forget in every:
                if Kind.SESSION in self._host.live.now.open:
                    return
                await self._host.forget(forget.before, summed_up=not forget.all)
                self.exchange.obeyed(forget)
        finally:
            self._obeying = False
        self._host.soon()

    def forgot(self, before: float | None) -> None:
        """History was deleted here, by its owner: the others are told."""
        if self.exchange is not None:
            from unhunch.sync.desks import Forget

            self.exchange.forgot(Forget(self._host.clock.now().wall if before is None else before, before is None))
            self._hurry()

    def retire(self, name: str) -> None:
        """A desk is no more. Raises UserError for one that is not known."""
        if self.exchange is None:
            raise UserError(
                _("No folder is shared with other computers."), _("Nothing was changed."), _("See: unhunch sync")
            )
        from unhunch.sync import retired

        retired(self.exchange, name, self._host.clock.now())
        self._hurry()

    def status(self) -> Mapping[str, Any] | None:
        """What is known of the other desks; None while none is meant to be known of."""
        if self.exchange is None or self.exchange.store is not self._host.history.store:
            return None
        from unhunch.sync import known

        try:
            return known(self.exchange, self._host.clock.now(), self._host.troubles.get("sync", ""))
        except StoreError:  # which `status` tells of its own
            return None

    def _close(self) -> None:
        self._bell.close()
        self.exchange = None
        self._hindered.clear()
        self._tell()
        self._read_at = self._wrote_at = float("-inf")

    async def close(self) -> None:
        self._bell.close()
