"""unhunch quit, restart and uninstall: ending the daemon, until the next login, for a moment, or for good."""

import argparse
import contextlib
import shutil
import sys
from pathlib import Path

from unhunch import service
from unhunch.adapters.installation import Installation
from unhunch.cli.command import Command, wrong
from unhunch.cli.service import own_login, show, wait_for_daemon
from unhunch.errors import Exit, UserError
from unhunch.line import read_line
from unhunch.paths import Paths
from unhunch.said.typed import is_yes
from unhunch.words.translate import N_, _

COMPLETIONS = (
    ".local/share/bash-completion/completions/unhunch",
    ".zfunc/_unhunch",
    ".config/fish/completions/unhunch.fish",
)
"""Where `unhunch completion --help` says that they go, below the home folder."""


def run_quit(_args: argparse.Namespace) -> None:
    report = service.quit_daemon()
    if not report.steps:
        print(_("Unhunch does not run."))
        return
    show(report)
    if service.state().way is not None:
        print(_("It starts again at the next login, or with: unhunch restart"))


def run_restart(_args: argparse.Namespace) -> int:
    own_login()
    show(service.restart())
    if wait_for_daemon():
        return Exit.DONE
    raise UserError(
        _("The daemon does not answer yet."),
        _("It may need a moment more, or it could not start."),
        _("See 'unhunch status'; 'unhunch run' shows here what keeps it from starting."),
    )


def run_uninstall(args: argparse.Namespace) -> None:
    own_login()
    if args.history and not args.yes:
        if not sys.stdin.isatty():
            raise wrong(
                _("Nobody is there to confirm that the whole history is to be deleted."),
                _("Add --yes if you are sure."),
            )
        if not is_yes(read_line(_("Delete the whole history? It cannot be brought back. [y/N]") + " ")):
            print(_("Nothing was done."))
            return
    paths = Paths.find()
    show(service.remove())
    if args.history:
        _delete_history(paths)
    _take_settings_off(paths, keep=not args.history)
    shutil.rmtree(paths.runtime, ignore_errors=True)
    service.take_folders_back()
    print("\n".join(["", *_left(paths)]))


def _delete_history(paths: Paths) -> None:
    """Overwritten on the disk, as `forget` does it, and then the files."""
    from unhunch.cli.own_history import writing
    from unhunch.ports import StoreError

    if paths.database.exists():
        with contextlib.suppress(StoreError), writing("unhunch uninstall") as store:  # a damaged one only goes
            store.forget(None)
    try:
        if paths.data.exists():
            made = paths.data / service.FOLDERS_MADE
            for path in paths.data.iterdir():
                if path != made:
                    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
            if not made.exists():
                paths.data.rmdir()
            print(_("Deleted the history: {file}").format(file=paths.data))
    except OSError as error:
        raise UserError(
            _("{path} cannot be removed: {error}.").format(path=error.filename, error=error.strerror or error),
            _("Some of your history is still there."),
            _("Remove it yourself: rm -r {path}").format(path=paths.data),
        ) from error


def _take_settings_off(paths: Paths, *, keep: bool) -> None:
    """The configuration goes; with the history a copy of it is kept for another time. Routines are the user's work."""
    paths.last_good.unlink(missing_ok=True)
    if paths.config_file.exists():
        if keep:
            shutil.copyfile(paths.config_file, paths.make_data() / paths.settings_before.name)
            paths.settings_before.chmod(0o600)
        paths.config_file.unlink()
        print(_("Removed {file}.").format(file=paths.config_file))
    for folder in (paths.routines, paths.config):
        with contextlib.suppress(OSError):  # not empty, or not there
            folder.rmdir()


def _left(paths: Paths) -> list[str]:
    """What is still there, a line each, and how to be rid of it."""
    lines = [_("Left on this machine:")]

    def note(path: Path, what: str) -> None:
        if path.exists():
            lines.append(f"  {what}: {path}")

    note(paths.database, _("your history (unhunch uninstall --history deletes it)"))
    note(paths.settings_before, _("your settings, for another time"))
    note(paths.routines, _("your own routines"))
    for name in COMPLETIONS:
        note(Path.home() / name, _("a completion that you put there"))
    lines.append("  " + _("the program itself; take it off with: {command}").format(command=Installation.own().removal))
    return lines


def _uninstall_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--history", action="store_true", help=_("delete your history and settings, too"))
    parser.add_argument("--yes", action="store_true", help=_("do not ask back"))


quit_ = Command(
    run_quit,
    examples=(("unhunch quit", N_("for today; 'unhunch pause' only keeps it quiet")),),
    about=N_("Your history and everything that starts it stay. While it does not run, nothing is counted."),
)
restart = Command(
    run_restart,
    examples=(("unhunch restart", N_("after 'pipx upgrade' or 'pipx install --force .'")),),
    about=N_("In a terminal, or as it starts at login, whichever is set up here."),
)
uninstall = Command(
    run_uninstall,
    _uninstall_arguments,
    examples=(
        ("unhunch uninstall", N_("before 'pipx uninstall unhunch'")),
        ("unhunch export mine.json && unhunch uninstall --history", N_("keep a copy of your own")),
    ),
    about=N_(
        "It ends the daemon, and removes what starts it, menu entry, icon, settings and the folders made for them. "
        "Your history stays unless you say --history. It says what is left."
    ),
)
