"""Desks of one person, which know of one another through a folder that a synchronizer carries (docs/sync.md)."""

import errno
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unhunch import __version__
from unhunch.adapters.store import shared
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.moment import DAY, Moment, at_offset
from unhunch.core.settings import Settings
from unhunch.errors import Exit, UserError
from unhunch.sync.exchange import Exchange
from unhunch.sync.folder import Folder, Refused
from unhunch.words.translate import N_, _, ngettext

SILENT = 3 * DAY
"""Seconds after which a desk that wrote nothing is said to have been silent."""


def of_settings(store: SqliteStore, s: Settings) -> Exchange:
    """The exchange that the configuration asks for."""
    name = s.sync_name or platform.node().split(".")[0] or _("a computer")
    return Exchange(store, _folder(s), name, __version__, _machine())


def _folder(s: Settings) -> Path:
    return Path(os.path.expanduser(s.sync_folder))  # noqa: PTH111 - Path's own raises for "~nobody"


def looked_at(store: SqliteStore | None, s: Settings, at: Moment) -> dict[str, Any]:
    """As `known`, where nothing is received or told: by what the folder is like, and what was read before."""
    folder, told = Folder(_folder(s)), ""
    try:
        folder.check()
        files = folder.files()
    except Refused as error:
        told, files = error.sentences, []
    except OSError as error:
        told, files = trouble(error, folder.path), []
    if store is None:
        return {"folder": str(folder.path), "trouble": told, "copies": 0, "desks": [], "notes": []}
    exchange = Exchange(store, folder.path, "", __version__, "")
    exchange.count(files)
    return known(exchange, at, told)


def _machine() -> str:
    """What tells this machine from another with a copy of its home."""
    try:
        return Path("/etc/machine-id").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return platform.node()


REMEDIES = {
    errno.ENOSPC: N_("Make room on its disk."),
    errno.EDQUOT: N_("Make room on its disk."),
    errno.EROFS: N_("Mount its disk for writing, or name another folder: unhunch sync use FOLDER"),
    errno.EACCES: N_("Let yourself write there: chmod u+rwX {path}"),
    errno.EPERM: N_("Let yourself write there: chmod u+rwX {path}"),
    errno.ELOOP: N_("Take away the link that lies there in place of this computer's own file: rm {path}"),
    errno.EISDIR: N_("Take away the folder that lies there in place of this computer's own file: {path}"),
}
"""By what the system says."""
REMEDY = N_("Look at its disk, or name another folder: unhunch sync use FOLDER")


def _reason(error: OSError) -> str:
    return _(error.strerror) if error.strerror else type(error).__name__


def trouble(error: OSError, folder: Path) -> str:
    """Why the folder does not let itself be used, in three parts."""
    what = _("The folder of your other desks, {folder}, cannot be used: {error}.").format(
        folder=folder, error=_reason(error)
    )
    means = _("Nothing is lost: what is new is kept here and shared as soon as it can be.")
    remedy = _(REMEDIES.get(error.errno or 0, REMEDY))
    return " ".join((what, means, remedy.format(path=error.filename or folder)))


def retired(exchange: Exchange, name: str, at: Moment) -> None:
    """A desk that is no more, by what people call it. Raises UserError for one that is not known."""
    names = shared.names(exchange.store)
    found = [device for device, called in names.items() if name in (called, device)]
    if not found:
        known_names = ", ".join(sorted(names.values())) or _("none")
        raise UserError(
            _("There is no desk called {name}.").format(name=name),
            _("Nothing was changed. Known: {names}.").format(names=known_names),
            _("See: unhunch sync"),
            Exit.WRONG,
        )
    exchange.retire(found[0], at.wall)


def known(exchange: Exchange, at: Moment, hindered: str = "") -> dict[str, Any]:
    """The folder and the desks as plain values; `notes` is what somebody may have to do about it, in sentences.

    `hindered`: why the folder cannot be used, in three parts.
    """
    names, held = shared.names(exchange.store), exchange.held()
    return {
        "folder": str(exchange.folder.path),
        "trouble": hindered,
        "copies": exchange.copies,
        "desks": [
            {
                "name": names[device],
                "device": device,
                "version": desk.version,
                "newest": at_offset(desk.newest, at.utc_offset).isoformat(timespec="seconds") if desk.newest else None,
                "retired": bool(desk.retired),
                "unread": desk.unread,
            }
            for device, desk in sorted(exchange.desks.items(), key=lambda one: names[one[0]])
        ],
        "notes": [*_notes(exchange, at, names, held)],
    }


def _notes(exchange: Exchange, at: Moment, names: Mapping[str, str], held: Mapping[str, float]) -> list[str]:
    found: list[str] = []
    if exchange.unheard(at):
        found.append(
            _(
                "Your lines do not leave this computer: for a day nobody has read them, while others' came in. Look at "
                "your synchronizer: a receive-only folder, a missing marker, or it has stopped."
            )
        )
    for device, desk in exchange.desks.items():
        name = names[device]
        if desk.retired:
            continue
        if device in held:
            ahead = max(round((held[device] - at.wall) / 60), 1)
            found.append(
                ngettext(
                    "The clock of {name} is {minutes} minute ahead of this one: what it tells waits for its time. Set "
                    "both by the network.",
                    "The clock of {name} is {minutes} minutes ahead of this one: what it tells waits for its time. Set "
                    "both by the network.",
                    ahead,
                ).format(name=name, minutes=ahead)
            )
        if desk.unread:
            found.append(
                _(
                    "{name} writes by a later version what this one cannot read: it is kept until you bring Unhunch up "
                    "to date here."
                ).format(name=name)
            )
        if desk.twice:
            found.append(_("Lines of {name} say different things under one number: the first holds.").format(name=name))
        silent = at.wall - desk.newest
        if desk.newest and silent > SILENT:
            days = int(silent / DAY)
            found.append(
                ngettext(
                    "{name} has told nothing for {days} day; if it is no more: unhunch sync forget {name}",
                    "{name} has told nothing for {days} days; if it is no more: unhunch sync forget {name}",
                    days,
                ).format(name=name, days=days)
            )
    for file, error in exchange.unread.items():
        found.append(
            _("{file} cannot be read ({error}), so what it tells is missing here: chmod u+r {path}").format(
                file=file, error=_reason(error), path=exchange.folder.path / file
            )
        )
    if exchange.copies:
        found.append(
            ngettext(
                "{count} file is a copy that your synchronizer made; harmless, it is read as well.",
                "{count} files are copies that your synchronizer made; harmless, they are read as well.",
                exchange.copies,
            ).format(count=exchange.copies)
        )
    if exchange.odd:
        found.append(
            ngettext(
                "{count} line in the folder is damaged or not Unhunch's, and was left out.",
                "{count} lines in the folder are damaged or not Unhunch's, and were left out.",
                exchange.odd,
            ).format(count=exchange.odd)
        )
    return found
