"""unhunch enable, disable and setup: starting at login, and the first run's few questions."""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from textwrap import fill
from typing import Any

from unhunch import service
from unhunch.cli import sync, witness
from unhunch.cli.asking import yes
from unhunch.cli.command import Command, wrong
from unhunch.cli.ended import WIDTH
from unhunch.cli.own_history import proven_settings
from unhunch.cli.to_daemon import ask_if_running, tell
from unhunch.cli.week_hours import hours_of_week
from unhunch.config import ConfigError, parse, read_text
from unhunch.core.settings import Settings
from unhunch.errors import UserError
from unhunch.paths import Paths
from unhunch.tuples import NamedTuple
from unhunch.words import reasons
from unhunch.words.translate import N_, _, pgettext

UP_SECONDS = 15.0
"""How long a daemon that was just started may take to answer, on a machine that is busy with a login."""


def run_enable(args: argparse.Namespace) -> None:
    own_login()
    paths = Paths.find()
    if not args.dry_run and sys.stdin.isatty() and not paths.config_file.exists() and not paths.database.exists():
        _set_up(questions=True, login=True)  # nothing was ever set up here
        return
    report = service.install(dry_run=args.dry_run)
    show(report)
    if args.dry_run:
        for file in report.files:
            print(f"\n--- {file.path}\n{file.text}", end="")


def run_disable(_args: argparse.Namespace) -> None:
    own_login()
    report = service.remove()
    show(report)
    if not report.steps:
        print(_("There was nothing to remove: Unhunch did not start at login and does not run."))


def show(report: service.Report) -> None:
    for step in report.steps:
        print(f"{step[0].upper()}{step[1:]}.")
    for note in report.notes:
        print(note)


def own_login() -> None:
    """With sudo it would be root's login, and root's history. Raises UserError."""
    if os.environ.get("SUDO_USER") and sys.platform != "win32" and os.getuid() == 0:
        raise wrong(_("This would set up root's login, not yours."), _("Type it again without sudo."))


def run_setup(args: argparse.Namespace) -> None:
    own_login()
    if not args.yes and not sys.stdin.isatty():
        raise wrong(_("The questions need a person at a terminal."), _("'unhunch setup --yes' takes the defaults."))
    _set_up(questions=not args.yes, login=args.yes)


class Answers(NamedTuple):
    """What setup was told."""

    changes: dict[str, Any]
    recorded: Path | None
    login: bool
    verdict: str = ""
    unfold: bool = False
    """GNOME's buttons at once."""
    witness: bool = False


def _asked(before: Settings, recorded: Path | None, *, login: bool) -> Answers:
    """The questions; nothing is saved before the last one is answered."""
    said = _("A few questions; Enter takes what stands in brackets. Ctrl-C leaves, and nothing is saved.")
    print(fill(said, WIDTH) + "\n")
    number = count(1)
    try:
        changes = hours_of_week(number, before)
        able = yes(f"{next(number)}. " + _(reasons.ABLE), default=True)
        verdict = _screening(next(number), before) if able else "unable"
        voice = yes(f"{next(number)}. " + _("Speak the cues of a session aloud?"), default=before.session_voice)
        if voice != before.session_voice:
            changes["session.voice"] = voice
        recorded = recorded if recorded and yes(f"{next(number)}. " + _(SCREEN_TIME), default=True) else None
        if _shares(number, before):
            changes["sync.folder"] = sync.USUAL
        unfold = _unfold(number)
        wanted = _witness_is_wanted(number)
        login = login or yes(f"{next(number)}. " + _("Start now and at every login?"), default=True)
    except KeyboardInterrupt:
        print("\n" + _("Nothing was saved."), end="", file=sys.stderr)
        raise
    print()
    return Answers(changes, recorded, login, verdict, unfold, wanted)


def _set_up(*, questions: bool, login: bool) -> None:
    """Ask, unless defaults are taken; `login` says that starting at login need not be asked."""
    file = Paths.find().config_file
    again = _settings_of_before(Paths.find()) if questions else ""
    before, recorded = parse(again, str(file)) if again else proven_settings(), _screen_time()
    told = _asked(before, recorded, login=login) if questions else Answers({}, recorded, login)
    changes, recorded, login, verdict, unfold, wants_witness = told
    if changes.get("sync.folder"):
        sync.make(Path(changes["sync.folder"]).expanduser())  # refused before anything is saved
    service.note_folders()
    if changes or again:
        from unhunch.config.edit import changed, replace

        replace(file, changed(again or read_text(file) or "", changes, str(file)))
        ask_if_running("reload")
        print(_("Saved {file}.").format(file=file))
    if unfold:
        _expand()
    if wants_witness:
        witness.bring()
    if recorded:
        _take_in(recorded)  # before the daemon's first day begins
    if login:
        show(service.install())
    wait_for_daemon(UP_SECONDS if login else 0.0)
    if verdict:
        tell("screening", {"verdict": verdict})  # without a daemon it is written down here
    if verdict == "unable":
        print(f"{_(reasons.UNABLE)} {_(reasons.WHEN_ABLE)}")
    try_notice(ask=questions)
    print("\n" + "\n".join(verdict_lines()))


SHARED = N_("Syncthing is at work here. Share your history with your other computers, in {folder}?")


def _shares(number: Iterator[int], before: Settings) -> bool:
    """Asked only where something carries folders, and while none is shared."""
    if before.sync_folder or not sync.carried():
        return False
    return yes(f"{next(number)}. " + _(SHARED).format(folder=sync.USUAL), default=False)


FOLDED = N_("GNOME hides a notice's buttons until the pointer is on it. Show them at once?")


def _unfold(number: Iterator[int]) -> bool:
    """Asked on GNOME only, and only while it is so."""
    from unhunch.adapters.notify import expanded

    return expanded.folded() and yes(f"{next(number)}. " + _(FOLDED), default=True)


def _expand() -> None:
    from unhunch.adapters.notify import expanded

    if not expanded.expand():
        print(_("GNOME's settings could not be changed."))


SCREEN_TIME = N_("GNOME has kept your screen time of up to 14 weeks. Take it in, so that the plan knows your days?")


def _witness_is_wanted(number: Iterator[int]) -> bool:
    """Asked on X11 only, and only while it is missing."""
    if not witness.missing():
        return False
    print(f"{next(number)}. " + _(witness.WHY))
    return yes("   " + _("Install it now, by '{command}'?").format(command=witness.command()), default=True)


def _settings_of_before(paths: Paths) -> str:
    """The text of the configuration that `unhunch uninstall` took off, if it is wanted again."""
    if paths.config_file.exists() or not paths.settings_before.is_file():
        return ""
    try:
        text = read_text(paths.settings_before) or ""
        parse(text)
    except ConfigError:  # of another version
        return ""
    return text if yes(_("Take the settings of before?"), default=True) else ""


def _screen_time() -> Path | None:
    """GNOME's own record, where there is one."""
    from unhunch.importers import gnome

    file = gnome.where()
    return file if file.is_file() else None


def _take_in(file: Path) -> None:
    """What cannot be taken in is said, and nothing else is held up by it."""
    from unhunch.cli.importing import take
    from unhunch.importers.recognise import read_all

    try:
        good, _failed = read_all([file], _("Nothing of it was imported."))
        _taken, changed = take(good)
    except UserError as error:
        print(f"{error.what} {error.means}")
        return
    for line in changed or [_("It is known already.")]:
        print(line)


# Questions ------------------------------------------------------------------------------------------------------------


def _screening(number: int, before: Settings) -> str:
    """pass or ask-doctor. Only that is kept, never which answer."""
    from unhunch.session.routines import choose

    routine, _note = choose(before.routine, Paths.find().routines)
    print(f"{number}. {routine.doctor}")
    print("\n".join(f"   - {line}" for line in routine.screening))
    # safety
    if not yes("   " + _("Does one or more of these apply to you?"), default=None):
        return "pass"
    # safety
    print("   " + _("Then ask your doctor first. Until then no session is asked for; notices to stand up stay."))
    # safety
    print("   " + _("When you have: unhunch screening --confirm"))
    return "ask-doctor"


# The end of it --------------------------------------------------------------------------------------------------------


def wait_for_daemon(seconds: float | None = None) -> bool:
    """Whether it answers; one that was just started gets some time."""
    end = time.perf_counter() + (UP_SECONDS if seconds is None else seconds)
    while True:
        try:
            if ask_if_running("status") is not None:
                return True
        except UserError:  # not ready to answer yet, or too busy
            pass
        if time.perf_counter() >= end:
            return False
        time.sleep(0.2)


def try_notice(*, ask: bool) -> None:
    """A notice with its buttons; and with `ask` the question whether it was seen, which no server can tell."""
    from unhunch.cli import notice

    with notice.held(notice.sample()) as found:
        if found.shown and found.by == notice.TERMINAL:
            return  # it stands just above
        if found.shown and not ask:
            time.sleep(notice.NOTICE_SECONDS)
        seen = found.shown and (not ask or yes(_("Did a notice appear on the screen just now?"), default=None))
    if not found.shown:
        print(_("The test notice could not be shown; 'unhunch doctor' tells why."))
    elif not seen:
        print(
            _(
                "Then something holds it back: do-not-disturb, or your desktop's settings for Unhunch's notices.\n"
                "Until it is found they would go by unseen: 'unhunch doctor' tells what is known."
            )
        )


def verdict_lines() -> list[str]:
    """doctor's verdict in three lines: what watches, what shows notices, what starts it."""
    state = service.state()
    login = (
        _("starts at login ({way})").format(way=_(state.way))
        if state.way
        else _("does not start at login; 'unhunch enable' makes it so")
    )
    try:
        status = ask_if_running("status")
    except UserError as error:
        return [error.what, error.remedy, *_labelled((_("Login:"), f"{login}."))]
    if status is None:
        return [
            _("Unhunch does not run yet; it starts with your desktop, or here with 'unhunch run'."),
            *_labelled((_("Login:"), f"{login}.")),
            _("'unhunch doctor' tells what works on this machine."),
        ]
    source, notifier = status["source"], status["notifier"]
    if source["blind"]:
        watching = _("{why} (blind).").format(why=source["why"] or _("nothing"))
    else:
        watching = f"{source['name']}."
    shown = notifier["name"] or pgettext("no notifier", "none")
    return _labelled(
        (_("Watching:"), watching),
        (_("Notices:"), f"{shown}." if notifier["ok"] else _("{notifier}, not working.").format(notifier=shown)),
        (_("Login:"), f"{login}. " + _("More: {commands}.").format(commands="unhunch doctor, unhunch status")),
    )


def _labelled(*rows: tuple[str, str]) -> list[str]:
    """Lines with what stands after the labels in one column."""
    width = max(len(label) for label, _text in rows)
    return [f"{label:<{width}} {text}" for label, text in rows]


def _enable_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help=_("only print what would be written"))


def _setup_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help=_("no questions: the defaults, and start at every login"))


enable = Command(
    run_enable,
    _enable_arguments,
    examples=(("unhunch enable", N_("also after an upgrade or a move")), ("unhunch enable --dry-run", "")),
    about=N_("A systemd user unit where the desktop supports it, an autostart entry elsewhere."),
)
disable = Command(
    run_disable,
    examples=(("unhunch disable", N_("also before Unhunch is taken off this machine")),),
    about=N_("Your history and configuration stay; 'unhunch forget' deletes history."),
)
setup = Command(
    run_setup,
    _setup_arguments,
    examples=(("unhunch setup", ""), ("unhunch setup --yes", N_("for a script"))),
    about=N_("Hours, roller, safety, voice, screen time, login. It may be repeated."),
)
