"""What the daemon says about itself: `status`, `doctor`, and why, as plain values. It only tells."""

import os
from typing import TYPE_CHECKING, Any

from unhunch import __version__
from unhunch.adapters import desktop_env, registry
from unhunch.core.engine import step
from unhunch.core.engine.status import status_of, why_of
from unhunch.core.messages import Around
from unhunch.core.translate import _
from unhunch.ports import Notice

if TYPE_CHECKING:
    from unhunch.adapters.surroundings.around import SourceState
    from unhunch.daemon.daemon import Daemon


def status(daemon: "Daemon") -> dict[str, Any]:
    """Where the user and the day stand, and how every part is doing."""
    at = daemon.clock.now()
    scene = step.scene(daemon.live, at, daemon.settings)
    live = daemon.live._replace(now=daemon.live.now._replace(at=at))
    around = daemon.surroundings.values() if daemon.surroundings is not None else Around()._asdict()
    keeper, notifier, history = daemon.keeper, daemon.notifier, daemon.history
    trouble = getattr(notifier, "trouble", "")
    return {
        **status_of(live, scene, daemon.settings),
        "source": {
            "name": keeper.name,
            "note": keeper.note if keeper.source else "",
            "blind": daemon.live.now.quiet is None,
            "why": keeper.why,
        },
        "surroundings": around,
        "notifier": {
            "name": notifier.name if notifier else "none",
            "note": trouble or daemon.notifier_note,
            "ok": notifier is not None and not trouble,
        },
        "tray": daemon.tray.status(),
        "store": {"ok": not history.trouble, "note": history.trouble, "path": str(daemon.paths.database)},
        "problems": problems(daemon),
        "failures": daemon.failures + keeper.failures + sum(source.failures for source in _sources(daemon)),
        "version": __version__,
        "pid": os.getpid(),
        "uptime_s": round(at.awake - daemon.started.awake, 1),
    }


def problems(daemon: "Daemon") -> list[str]:
    """What does not work, in sentences."""
    found = [text for text in (daemon.history.told, daemon.history.trouble) if text]
    found += daemon.troubles.values()
    if daemon.keeper.source is None:
        found.append(_("Keyboard and mouse cannot be seen: {why}. See 'unhunch doctor'.").format(why=daemon.keeper.why))
    return found


async def doctor(daemon: "Daemon") -> dict[str, Any]:
    """Every backend: usable or why not, and what to do about it."""
    said = status(daemon)
    return {
        "sources": [probe._asdict() for probe in await registry.probe(await desktop_env.desktop_env())],
        "surroundings": [source._asdict() for source in _sources(daemon)],
        **{name: said[name] for name in ("source", "notifier", "tray", "store", "problems", "failures", "version")},
    }


async def explain(daemon: "Daemon") -> None:
    """Say why, as a notice: somebody asked for it in the tray."""
    scene = step.scene(daemon.live, daemon.clock.now(), daemon.settings)
    if daemon.notifier is not None:
        text = why_of(daemon.live, scene, daemon.settings)["summary"]
        await daemon.notifier.show(Notice("unhunch-why", _("Why"), text, transient=True))


def _sources(daemon: "Daemon") -> "list[SourceState]":
    return daemon.surroundings.sources() if daemon.surroundings is not None else []
