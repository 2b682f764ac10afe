"""unhunch enable, disable and setup: starting at login, and the first run's few questions."""

import argparse
import asyncio
import os
import sys
import time
from itertools import count
from pathlib import Path
from typing import Any

from unhunch import service
from unhunch.cli.command import Command, wrong
from unhunch.cli.own_history import settings
from unhunch.cli.to_daemon import ask, ask_if_running, tell
from unhunch.config.values import Refused, parse_hours, plain
from unhunch.core.settings import WEEKDAYS, Settings, allowed, options
from unhunch.core.translate import N_, _, pgettext
from unhunch.errors import UserError
from unhunch.paths import Paths
from unhunch.said.typed import is_no, is_yes

UP_SECONDS = 15.0
"""How long a daemon that was just started may take to answer, on a machine that is busy with a login."""
NOTICE_SECONDS = 4.0
"""GNOME takes a notice away with the connection that showed it, so that one is held this long."""
NO_ROLLER_SECONDS = 7 * 24 * 3600.0


def run_enable(args: argparse.Namespace) -> None:
    _own_login()
    paths = Paths.find()
    if not args.dry_run and sys.stdin.isatty() and not paths.config_file.exists() and not paths.database.exists():
        _set_up(questions=True, login=True)  # nothing was ever set up here
        return
    report = service.install(dry_run=args.dry_run)
    _show(report)
    if args.dry_run:
        for file in report.files:
            print(f"\n--- {file.path}\n{file.text}", end="")


def run_disable(_args: argparse.Namespace) -> None:
    _own_login()
    report = service.remove()
    _show(report)
    if not report.steps:
        print(_("There was nothing to remove: Unhunch did not start at login and does not run."))


def _show(report: service.Report) -> None:
    for step in report.steps:
        print(f"{step[0].upper()}{step[1:]}.")
    for note in report.notes:
        print(note)


def _own_login() -> None:
    """With sudo it would be root's login, and root's history. Raises UserError."""
    if os.environ.get("SUDO_USER") and sys.platform != "win32" and os.getuid() == 0:
        raise wrong(_("This would set up root's login, not yours."), _("Type it again without sudo."))


def run_setup(args: argparse.Namespace) -> None:
    _own_login()
    if not args.yes and not sys.stdin.isatty():
        raise wrong(_("The questions need a person at a terminal."), _("'unhunch setup --yes' takes the defaults."))
    _set_up(questions=not args.yes, login=args.yes)


def _set_up(*, questions: bool, login: bool) -> None:
    """Ask, unless defaults are taken; `login` says that starting at login need not be asked."""
    before = settings()
    changes: dict[str, Any] = {}
    roller, verdict, recorded = True, "", _screen_time()
    if questions:
        print(_("A few questions; Enter takes what stands in brackets.") + "\n")
        number = count(1)
        changes |= _hours(next(number), before)
        roller = _yes(f"{next(number)}. " + _("Do you have a foam roller?"), default=True)
        verdict = _screening(next(number), before) if roller else ""
        voice = _yes(f"{next(number)}. " + _("Speak the cues of a session aloud?"), default=before.session_voice)
        if voice != before.session_voice:
            changes["session.voice"] = voice
        recorded = recorded if recorded and _yes(f"{next(number)}. " + _(SCREEN_TIME), default=True) else None
        login = login or _yes(f"{next(number)}. " + _("Start now and at every login?"), default=True)
        print()
    if changes:
        from unhunch.config.edit import write

        write(Paths.find().config_file, changes)
        ask_if_running("reload")
        print(_("Saved {file}.").format(file=Paths.find().config_file))
    if recorded:
        _take_in(recorded)  # before the daemon's first day begins
    if login:
        _show(service.install())
    running = _wait_for_daemon(UP_SECONDS if login else 0.0)
    if verdict:
        tell("screening", {"verdict": verdict})  # without a daemon it is written down here
    if not roller:
        _without_roller(running=running)
    shown = show_notice()
    if not shown:
        print(_("The test notice could not be shown; 'unhunch doctor' tells why."))
    print("\n" + "\n".join(verdict_lines()))


SCREEN_TIME = N_("GNOME has kept your screen time of up to 14 weeks. Take it in, so that the plan knows your days?")


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


def _hours(number: int, before: Settings) -> dict[str, Any]:
    """Hours for every day alike, or nothing where the answer is what is set already."""
    days = [(item, getattr(before, item.name)) for item in options() if item.key.startswith("hours.")]
    first, now = days[0]
    shown = plain(first, now) if all(value == now for _item, value in days) else _("as they are")
    while True:
        answer = _line(f"{number}. " + _("Between which hours may it ask?") + f" [{_(shown)}] ")
        if not answer:
            return {}
        try:
            hours = parse_hours(_full_hours(answer))
        except Refused:
            print("   " + _("That is not {allowed}.").format(allowed=allowed(first)))
            continue
        return {f"hours.{day}": hours for day in WEEKDAYS}


def _full_hours(answer: str) -> str:
    """ "8-17" as "08:00-17:00"; "all day" and "never" as the configuration has them."""
    for words in (N_("all day"), N_("never")):
        if answer.lower() == _(words):
            return words
    begin, dash, end = (part.strip() for part in answer.partition("-"))
    if not dash or not all(part.isdigit() and len(part) <= 2 for part in (begin, end)) or int(begin) >= int(end):
        return answer  # "9-5" may mean an evening that has begun: let it be written out
    return f"{begin:0>2}:00-{end:0>2}:00"


def _screening(number: int, before: Settings) -> str:
    """pass or ask-doctor. Only that is kept, never which answer."""
    from unhunch.session.routines import choose

    routine, _note = choose(before.routine, Paths.find().routines)
    print(f"{number}. {routine.doctor}")
    print("\n".join(f"   - {line}" for line in routine.screening))
    # safety
    if not _yes("   " + _("Does one or more of these apply to you?"), default=None):
        return "pass"
    # safety
    print("   " + _("Then ask your doctor first. Until then no session is asked for; notices to stand up stay."))
    # safety
    print("   " + _("When you have: unhunch screening --confirm"))
    return "ask-doctor"


def _yes(question: str, *, default: bool | None) -> bool:
    """Ask until it is yes or no; an empty line means the default, where there is one."""
    choice = {True: _("[Y/n]"), False: _("[y/N]"), None: _("[y/n]")}[default]
    while True:
        answer = _line(f"{question} {choice} ")
        if is_yes(answer):
            return True
        if is_no(answer):
            return False
        if not answer and default is not None:
            return default


def _line(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError:
        raise KeyboardInterrupt from None


# The end of it --------------------------------------------------------------------------------------------------------


def _wait_for_daemon(seconds: float) -> bool:
    """Whether it answers; one that was just started gets some time."""
    end = time.perf_counter() + seconds
    while True:
        try:
            if ask_if_running("status") is not None:
                return True
        except UserError:  # not ready to answer yet, or too busy
            pass
        if time.perf_counter() >= end:
            return False
        time.sleep(0.2)


def _without_roller(*, running: bool) -> None:
    if running:
        from unhunch.adapters.clock import SystemClock

        ask("pause", {"until": SystemClock().now().wall + NO_ROLLER_SECONDS, "why": "no-roller"})
        print(_("Without a roller it only watches for a week; 'unhunch resume' as soon as you have one."))
    else:
        print(_("Until you have a roller, let it only watch: 'unhunch pause 7d' once it runs."))
    print(_("A firm one of about 30 cm will do; it lies across, under the shoulder blades."))


def show_notice(title: str = "", body: str = "") -> bool:
    """A notice as they will look, through the same notifier as the daemon's. Whether it was shown; never raises."""
    from unhunch.adapters.registry import open_notifier
    from unhunch.ports import Notice, Unusable

    async def shown() -> bool:
        notifier, _note = await open_notifier(lambda _slot, _key: None)
        try:
            done = await notifier.show(
                Notice(
                    "setup",
                    title or _("Unhunch is ready"),
                    body or _("This is how it will ask you."),
                    transient=True,
                )
            )
            await asyncio.sleep(NOTICE_SECONDS if done else 0.0)
            return done
        finally:
            await notifier.close()

    try:
        return asyncio.run(shown())
    except (Unusable, OSError):
        return False


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
