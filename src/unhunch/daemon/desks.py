"""The user's other desks, while the daemon runs: when the shared folder is looked at, and what is said of it."""

import logging
from collections.abc import Mapping
from typing import Any

from unhunch.adapters.bells import FolderBell
from unhunch.core.facts import PERSONAL, Fact, Kind
from unhunch.daemon.host import Host
from unhunch.errors import UserError
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
        self._urgent = False
        host.written.append(self._wrote)

    async def look(self) -> None:
        """Part of each look of the daemon."""
        s = self._host.settings
        if (s.sync_folder, s.sync_name) != self._named:
            self._close()
            self._named = (s.sync_folder, s.sync_name)
        if not s.sync_folder:
            return
        troubles = self._host.troubles
        try:
            if self.exchange is None or self.exchange.store is not self._host.history.store:
                from unhunch.sync import of_settings

                self.exchange = of_settings(self._host.history.store, s)
            await self._exchange()
        except UserError as error:
            self._trouble(f"{error.what} {error.means} {error.remedy}")
        except OSError as error:
            from unhunch.sync import trouble

            self._trouble(trouble(error, s.sync_folder))
        else:
            if troubles.pop("sync", None):
                log.info("The folder of the other desks can be used again")

    async def _exchange(self) -> None:
        host, exchange = self._host, self.exchange
        at = host.clock.now()
        s = host.settings
        if at.boot - self._read_at >= s.sync_look:
            self._read_at = at.boot
            exchange.folder.check()
            self._bell.watch(exchange.folder.path)
            got = exchange.receive(at)
            if got.more:
                self._again()
            if got.forget is not None:
                host.later(self._obey(got.forget))
            elif got.changed:
                await host.arrived()
        left = self._wrote_at + (s.sync_apart if self._urgent else s.sync_look) - at.boot
        if left <= 0:
            self._urgent, self._wrote_at = False, at.boot
            if exchange.send(at, self._going_on()):
                self._again()
        elif self._urgent:
            host.in_a_while(left)

    def _again(self) -> None:
        self._read_at = self._wrote_at = float("-inf")
        self._host.in_a_while(NEXT)

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
        self._read_at = float("-inf")
        self._host.soon()

    async def _obey(self, before: float) -> None:
        """Another desk has forgotten: so does this one."""
        await self._host.forget(before)
        self.exchange.forgot(None)
        self._host.soon()

    def forgot(self, before: float | None) -> None:
        """History was deleted here, by its owner: the others are told."""
        if self.exchange is not None:
            self.exchange.forgot(self._host.clock.now().wall if before is None else before)
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

    def _trouble(self, told: str) -> None:
        if self._host.troubles.get("sync") != told:
            log.warning("%s", told)
        self._host.troubles["sync"] = told

    def status(self) -> Mapping[str, Any] | None:
        """What is known of the other desks; None while none is meant to be known of."""
        if self.exchange is None:
            return None
        from unhunch.sync import known

        return known(self.exchange, self._host.clock.now())

    def _close(self) -> None:
        self._bell.close()
        self.exchange = None
        self._host.troubles.pop("sync", None)
        self._read_at = self._wrote_at = float("-inf")

    async def close(self) -> None:
        self._bell.close()
