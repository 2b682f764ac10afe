"""What the daemon says about itself: `status`, `doctor`, and why, as plain values. It only tells."""

import os
from dataclasses import replace
from typing import Any

from unhunch import __version__
from unhunch.adapters import desktop_env, registry
from unhunch.adapters.surroundings.around import SourceState
from unhunch.core.prompts import ladder
from unhunch.daemon.host import Host
from unhunch.daemon.parts import Parts
from unhunch.words.plan import none_seen
from unhunch.words.status import status_of
from unhunch.words.translate import _


def status(parts: Parts) -> dict[str, Any]:
    """Where the user and the day stand, and how every part is doing."""
    host = parts.host
    at = host.clock.now()
    live = host.live._replace(now=replace(host.live.now, at=at))
    keeper, history = host.keeper, host.history
    return {
        **status_of(live, host.scene(), host.settings),
        "source": {
            "name": keeper.name,
            "note": keeper.note if keeper.source else "",
            "blind": host.live.now.quiet is None,
            "why": keeper.why,
        },
        "surroundings": host.surrounded(),
        "notifier": parts.notices.status(),
        "tray": parts.tray.status(),
        "store": {"ok": not history.trouble, "note": history.trouble, "path": str(parts.database)},
        "sync": parts.desks.status(),
        "problems": problems(host),
        "failures": host.failures + keeper.failures + sum(source.failures for source in _sources(host)),
        "version": __version__,
        "pid": os.getpid(),
        "uptime_s": round(at.awake - host.started.awake, 1),
    }


def state(parts: Parts) -> dict[str, Any]:
    """The first event of whoever follows: how things are (core/told.py)."""
    said = status(parts)
    found = {
        "at": said["now"],
        "event": "state",
        "presence": said["presence"],
        "since": said["since"],
        "owed": said["owed"],
        "paused_until": said["paused_until"],
        "hold": said["holds"][0]["why"] if said["holds"] else None,
        "done": said["today"]["done"],
        "goal": said["today"]["goal"],
        "sitting_min": said["today"]["sitting_min"]["best"],
        "version": said["version"],
    }
    return {name: value for name, value in found.items() if value is not None}


def problems(host: Host) -> list[str]:
    """What does not work, in sentences."""
    found = [text for text in (host.history.told, host.history.trouble) if text]
    found += host.troubles.values()
    state = host.live.state
    if ladder.goes_unseen(state, host.settings):
        found.append(none_seen(state.programme.unseen))
    keeper = host.keeper
    if keeper.source is None:
        unseen = _("Keyboard and mouse cannot be seen: {why}. See 'unhunch doctor'.").format(why=keeper.why)
        found.append(f"{unseen} {keeper.remedy}".rstrip())
    elif keeper.partial:
        part = _("Only what is typed in terminals is seen here: whether you are at the desk is mostly not known.")
        found.append(f"{part} {keeper.remedy}".rstrip())
    return found


SAID = ("source", "notifier", "tray", "store", "sync", "problems", "failures", "version")
"""What `doctor` repeats of `status`."""


async def doctor(parts: Parts) -> dict[str, Any]:
    """Every backend: usable or why not, and what to do about it."""
    said = status(parts)
    return {
        "sources": [probe._asdict() for probe in await registry.probe(await desktop_env.desktop_env())],
        "surroundings": [source._asdict() for source in _sources(parts.host)],
        **{name: said[name] for name in SAID},
    }


def _sources(host: Host) -> list[SourceState]:
    return host.surroundings.sources() if host.surroundings is not None else []
