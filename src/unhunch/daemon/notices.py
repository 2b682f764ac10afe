"""The notices: what the engine shows and takes back, in words, and what people press, as events."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from unhunch.adapters import registry
from unhunch.adapters.notify.without_buttons import EXPLAIN
from unhunch.core import messages as m
from unhunch.core.bodies import Rated, Ratings
from unhunch.core.vocabulary import RATINGS
from unhunch.daemon.host import Host
from unhunch.daemon.spawn import Spawn
from unhunch.daemon.week_notice import WeekNotice, week_notice
from unhunch.ports import Button, Notice, Notifier, Unusable
from unhunch.words.notices import Words, rating, span, words
from unhunch.words.plan import off_why
from unhunch.words.translate import _
from unhunch.words.why import why_of

log = logging.getLogger("unhunch")

SLOT = "unhunch"
"""All notices of the engine share one bubble: there are never two."""
RATING_SLOT = "unhunch-rating"
CHOOSE = "choose"
"""The button that takes up the week's one choice."""
AGAIN = 60.0
"""Seconds after which a makeshift notifier is tried to be replaced by a better one, and a refused notice shown."""
OPENING = {"session": "start", "nudge": "dismiss", "week": "open", "ask": "dismiss"}
"""What a click on the notice itself does."""


class Notices:
    """Owns the notifier. Without one the engine goes on, and `status` says what is missing."""

    def __init__(self, host: Host, spawn: Spawn) -> None:
        self._host = host
        self._spawn = spawn
        self._notifier: Notifier | None = None
        self._note = ""
        self._tried = 0.0
        self._refused = -AGAIN
        """When a notice was not taken, on the event loop's clock."""
        self._week: WeekNotice | None = None
        """What the last notice of a week said."""

    async def open(self) -> None:
        """Never raises: a desktop without notices is a desktop."""
        self._tried = asyncio.get_running_loop().time()
        try:
            self._notifier, self._note = await registry.open_notifier(self.answered, self._changed)
        except Unusable as error:
            self._notifier, self._note = None, error.reason

    async def find_better(self) -> None:
        """Text without buttons is makeshift: a bus that came later is used."""
        now = asyncio.get_running_loop().time()
        if (self._notifier and self._notifier.name == registry.NOTIFIERS[0]) or now - self._tried < AGAIN:
            return
        old = self._notifier
        await self.open()
        if old is not None:
            await old.close()

    async def close(self) -> None:
        if self._notifier is not None:
            await self._notifier.close()

    def status(self) -> dict[str, Any]:
        trouble = self._notifier.trouble if self._notifier else self._note
        return {
            "name": self._notifier.name if self._notifier else "none",
            "note": trouble or (self._notifier.note if self._notifier else ""),
            "ok": self._notifier is not None and self._notifier.takes and not trouble,
        }

    def muted(self) -> bool:
        """A notice put up now would not be taken: there is nobody who takes any, or one was refused a moment ago."""
        if self._notifier is None or not self._notifier.takes:
            return True
        return asyncio.get_running_loop().time() - self._refused < AGAIN

    def _changed(self) -> None:
        """Another server, or none: what was so before says nothing about it."""
        self._refused = -AGAIN
        self._host.troubles.pop("notices", None)
        self._host.soon()

    # Showing ----------------------------------------------------------------------------------------------------------

    async def show(self, effect: m.Show) -> None:
        """Put the engine's notice on the screen, and tell it what came of that."""
        prompt, host = effect.prompt, self._host
        if prompt.what == "week":  # reading it takes a while
            host.later(self._show_week(prompt))
            return
        note = span(host.live.state.bout.seconds) if prompt.what == "nudge" else prompt.note
        answer: m.Event = m.NotShown(host.clock.now(), "failed")
        try:
            answer = await self._put(prompt, words(prompt._replace(note=note)))
        finally:
            host.answer(answer)

    async def withdraw(self, _effect: m.Withdraw) -> None:
        """Take it off the screen."""
        if self._notifier is not None:
            await self._notifier.withdraw(SLOT)

    async def say(self, slot: str, title: str, text: str, *, transient: bool = False) -> None:
        """Something apart from the engine's notices, where notices can be shown."""
        if self._notifier is not None:
            await self._notifier.show(Notice(slot, title, text, transient=transient))

    async def explain(self) -> None:
        """Say why: somebody asked for it in the tray."""
        host = self._host
        await self.say(
            "unhunch-why", _("Why"), why_of(host.live, host.scene(), host.settings)["summary"], transient=True
        )

    async def ask_how_it_was(self, body: Mapping[str, Any]) -> None:
        """After a session that nobody rated; it was the user's own doing, so it is outside the caps."""
        unrated = not any(name in body for name in RATINGS)
        if body.get("status") == "done" and unrated and self._notifier is not None:
            text = rating()
            buttons = tuple(Button(*pair) for pair in text.buttons)
            await self._notifier.show(Notice(RATING_SLOT, text.title, text.body, buttons))

    async def _show_week(self, prompt: m.Prompt) -> None:
        host = self._host
        answer: m.Event = m.NotShown(host.clock.now(), "failed")
        try:
            self._week = week = await week_notice(prompt.note, host.live.state, host.settings)
            sent = host.live.now.sent
            if sent is None or sent.bubble.prompt is not prompt:
                return  # taken back meanwhile
            extra = ((CHOOSE, week.label),) if week.choice else ()
            text = words(prompt._replace(note=week.body))
            answer = await self._put(prompt, text._replace(buttons=(*text.buttons, *extra)))
        finally:
            await host.perform(answer)

    async def _put(self, prompt: m.Prompt, text: Words) -> m.Event:
        notice = Notice(
            slot=SLOT,
            title=text.title,
            body=text.body,
            buttons=tuple(Button(*pair) for pair in text.buttons),
            urgency=2 if prompt.critical else 1,
            transient=prompt.what == "nudge" or (prompt.what == "session" and prompt.step == 1),
            resident=prompt.what == "session" and prompt.step == 3,
            sound=prompt.sound,
        )
        host = self._host
        if self._notifier is not None and await self._notifier.show(notice):
            host.troubles.pop("notices", None)
            ends = not notice.resident and self._notifier.abilities().get("ends", False)
            return m.Shown(host.clock.now(), ends)
        trouble = self.status()["note"]
        host.troubles["notices"] = _("A notice could not be shown: {trouble}").format(trouble=trouble)
        log.warning("%s", host.troubles["notices"])
        self._refused = asyncio.get_running_loop().time()
        return m.NotShown(host.clock.now(), trouble)

    # Answers ----------------------------------------------------------------------------------------------------------

    def answered(self, slot: str, key: str) -> None:
        """A button was pressed, or the notice went."""
        host = self._host
        at, live = host.clock.now(), host.live
        self._spawn.token = self._notifier.token if self._notifier else ""
        if slot == RATING_SLOT:
            last = live.state.programme.last
            if key.startswith("rate:") and last is not None:
                worst = Ratings(discomfort=int(key.removeprefix("rate:")))
                host.later(self._rated(m.Told(at, Rated(last.key, worst))))
        if slot != SLOT:
            return
        what = live.now.bubble.prompt.what if live.now.bubble else "session"
        if key == EXPLAIN:
            host.later(self.explain())
        if key in ("expired", "lost", EXPLAIN):
            event: m.Event = m.Gone(at, SLOT, key)
        else:
            action = {"default": OPENING.get(what, "dismiss"), "dismissed": "dismiss"}.get(key, key)
            event = m.Answered(at, action, what, by="notice")
            if action == CHOOSE and what == "week" and self._week:
                self._spawn("week", "--of", self._week.week, "--choose", self._week.choice)
        host.later(host.perform(event))

    async def _rated(self, told: m.Told) -> None:
        """Noted; and where that stops the sessions, what follows from it and the way back."""
        host = self._host
        await host.perform(told)
        if host.live.state.programme.stopping[0]:
            # safety
            await self.say("unhunch-why", _("No session for now"), off_why(host.live.state))

    def open_week(self) -> None:
        """The report of the week that the last notice told of; of the last one without a notice."""
        which = ("--of", self._week.week) if self._week else ("--back", "1")
        self._spawn("week", *which, "--open")
