"""`unhunch sync`: the user's other desks, and the folder that carries what they tell one another."""

import argparse
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from unhunch.cli.command import Command, json_option, word, wrong
from unhunch.cli.own_history import proven_settings, reading, settings, writing
from unhunch.cli.to_daemon import ask_if_running, show_json
from unhunch.core.settings import Settings
from unhunch.errors import UserError
from unhunch.paths import Paths
from unhunch.ports import StoreError, StoreTrouble
from unhunch.words import formats
from unhunch.words.translate import N_, _

USUAL = "~/Sync/unhunch"
OFF = N_(
    "No folder is shared with other computers. To share one that Syncthing, Nextcloud or the like carries: unhunch "
    "sync use ~/Sync/unhunch"
)


def run(args: argparse.Namespace) -> None:
    if args.action == "use":
        use(_argument(args, _("unhunch sync use ~/Sync/unhunch")))
    elif args.action == "forget":
        print(_retire(_argument(args, _("unhunch sync forget laptop"))))
    elif args.action == "off":
        _configure("")
        print(_("Nothing is shared any more; what came in stays."))
    else:
        known = status()
        if args.json:
            show_json(known or {})
        else:
            print("\n".join(lines(known)))


def _argument(args: argparse.Namespace, example: str) -> str:
    if not args.what:
        raise wrong(_("A word is missing."), example)
    return str(args.what)


def status() -> Mapping[str, Any] | None:
    """What is known of the other desks, by the daemon or, without one, here. None while no folder is shared."""
    reply = ask_if_running("sync")
    if reply is not None:
        return reply["sync"]  # type: ignore[no-any-return]  # as the daemon made it
    return unserved(settings())


def unserved(s: Settings) -> Mapping[str, Any] | None:
    """The same by what can be seen without a daemon; nothing is changed. Raises StoreError."""
    if not s.sync_folder:
        return None
    from unhunch.adapters.clock import SystemClock
    from unhunch.sync import looked_at

    at = SystemClock().now()
    try:
        with reading() as store:
            return looked_at(store, s, at)
    except StoreError as error:
        if error.kind is not StoreTrouble.GONE:  # it is made when the daemon starts
            raise
        return looked_at(None, s, at)


def _retire(name: str) -> str:
    if ask_if_running("sync", {"forget": name}) is None:
        s = settings()
        if not s.sync_folder:
            raise UserError(
                _("No folder is shared with other computers."), _("Nothing was changed."), _("See: unhunch sync")
            )
        from unhunch.adapters.clock import SystemClock
        from unhunch.sync import of_settings, retired

        with writing("unhunch sync") as store:
            retired(of_settings(store, s), name, SystemClock().now())
    return _("{name} is no longer waited for, here and at your other desks. What it told stays.").format(name=name)


def use(text: str) -> None:
    """Make the folder, unless it is there, and share it from now on. Raises UserError."""
    path = Path.cwd() / Path(text).expanduser()
    make(path)
    _configure(str(path))
    said = _("Shared from now on: {path}. What is there is told at once; 'unhunch sync' shows who answers.")
    print(said.format(path=path))


def carried() -> bool:
    """Whether Syncthing is set up for this user, in the old place or the new one."""
    home = Path.home()
    return any((home / place / "syncthing/config.xml").exists() for place in (".config", ".local/state"))


def make(path: Path) -> None:
    """The folder, for its owner alone, unless it is there. Raises UserError, also for one that must not be trusted."""
    from unhunch.sync.folder import Folder

    if not path.exists():
        try:
            path.mkdir(mode=0o700, parents=True)
        except OSError as error:
            raise UserError(
                _("{path} cannot be made: {error}.").format(path=path, error=error.strerror),
                _("Nothing was changed."),
                _("Name a folder that is yours: unhunch sync use ~/Sync/unhunch"),
            ) from error
    Folder(path).check()


def _configure(folder: str) -> None:
    from unhunch.config import read_text
    from unhunch.config.edit import changed, replace

    proven_settings()
    file = Paths.find().config_file
    replace(file, changed(read_text(file) or "", {"sync.folder": folder}, str(file)))
    ask_if_running("reload")


def lines(known: Mapping[str, Any] | None) -> list[str]:
    """In words: the folder, a line a desk, and what there is to do."""
    if known is None:
        return [_(OFF)]
    found = [_("Shared folder: {folder}").format(folder=known["folder"])]
    if known["trouble"]:
        found.append(f"! {known['trouble']}")
    desks = [desk for desk in known["desks"] if not desk["retired"]]
    if not desks:
        found.append(_("No other desk has written there yet."))
    found += [_("{name}: heard up to {time}").format(name=desk["name"], time=time(desk["newest"])) for desk in desks]
    found += [_("{name}: no longer waited for").format(name=desk["name"]) for desk in known["desks"] if desk["retired"]]
    return found + [f"! {note}" for note in known["notes"]]


def time(iso: str | None) -> str:
    if iso is None:
        return _("nothing yet")
    at = datetime.fromisoformat(iso)
    return f"{formats.day(at.date())}, {formats.clock(at)}"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        nargs="?",
        type=word("use", "forget", "off"),
        metavar="use|forget|off",
        help=_("share a folder; let a desk go; share no more"),
    )
    parser.add_argument("what", nargs="?", metavar="FOLDER|NAME", help=_("the folder to use, or the desk to let go"))
    json_option(parser)


sync = Command(
    run,
    arguments,
    examples=(
        ("unhunch sync", N_("each of your desks, and when it was last heard of")),
        ("unhunch sync use ~/Sync/unhunch", N_("share that folder from now on")),
        ("unhunch sync forget laptop", N_("a computer that is no more")),
    ),
    about=N_("Unhunch only writes into the folder; Syncthing or the like carries it (docs/sync.md)."),
)
