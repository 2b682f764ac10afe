"""`unhunch week`: the weekly summary, in the terminal, as a page, as data."""

import argparse
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from unhunch.adapters.clock import SystemClock
from unhunch.cli.command import Command, json_option, whole, wrong
from unhunch.cli.ended import WIDTH
from unhunch.cli.own_history import reading, settings
from unhunch.core.settings import Settings
from unhunch.core.week.dates import back, first_day
from unhunch.core.week.figures import Option, TrendWeek, Week
from unhunch.errors import UserError
from unhunch.report.reading import MONTHS, hand_over_of, months_of, week_of
from unhunch.report.terminal import render, speaks_unicode, wants_colour
from unhunch.words.translate import N_, _
from unhunch.words.week import option_text, to_json

if TYPE_CHECKING:
    from unhunch.cli.choosing import Taken
    from unhunch.core.week.months import Months

MOST_BACK = 520
"""Weeks: ten years."""
HAND_OVER = "unhunch-weeks.html"
HAND_OVER_WEEKS, HAND_OVER_MOST = 8, 12
"""Weeks on the page to hand over: by default, and the most that one page holds."""
MOST_MONTHS = 24
LONGEST_NAME = 60
"""Letters."""


def run(args: argparse.Namespace) -> None:
    s = settings()
    page: Path | None = args.html
    first, which, day = _first(s, args)
    for_print: Path | None = args.print
    if for_print is None and (args.weeks is not None or args.name):
        what = _("--weeks and --name belong to --print.")
        raise wrong(what, _("For a page to hand over: unhunch week --print --weeks 8"))
    if for_print is not None:
        _print(s, first, for_print, args.weeks or HAND_OVER_WEEKS, args.name)
        return
    if args.months is not None and not (args.open or page):
        _months(s, day, args)
        return
    months = args.months or MONTHS
    if args.open and not (page or args.json or args.csv or args.choose):
        _serve(first, which, day, months)
        return
    if page:
        _page(s, first, which, day, months, page, show=args.open)
        return
    week = _read(s, first)
    if args.choose is not None:
        from unhunch.cli.choosing import take

        print(take(week.first, _option(week, args.choose), s).said)
    elif args.json:
        from unhunch.cli.to_daemon import show_json

        show_json(to_json(week))
    elif args.csv:
        _csv(week)
    else:
        columns, colour, plain = _terminal()
        print(render(week, columns, colour, ascii_only=plain, which=which), end="")


def _terminal() -> tuple[int, bool, bool]:
    """Its columns, whether it shall have colour, and whether it shows ASCII alone."""
    colour = wants_colour(os.environ, is_terminal=sys.stdout.isatty())
    return _columns(), colour, not speaks_unicode(sys.stdout.encoding)


def _columns() -> int:
    """As shutil says it, which imports every way to pack files."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told) > 0:
        return int(told)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or WIDTH
    except (OSError, ValueError):  # no terminal
        return WIDTH


def _months(s: Settings, day: str, args: argparse.Namespace) -> None:
    from unhunch.report import months

    if args.csv or args.choose is not None:
        raise wrong(
            _("--months goes with --json, --html and --open."), _("For months as text: unhunch week --months 6")
        )
    with reading() as store:
        given = months_of(store, day, s, args.months)
    if args.json:
        from unhunch.cli.to_daemon import show_json

        show_json(months.to_json(given))
    else:
        columns, colour, plain = _terminal()
        print(months.render(given, columns, colour, ascii_only=plain), end="")


def _first(s: Settings, args: argparse.Namespace) -> tuple[str, str, str]:
    """The first day of the week that is meant, the words that say which, and a day in it that has been."""
    now = SystemClock().now().local
    if args.of is not None:
        from unhunch.said import when

        day = when.past_day(args.of, now).isoformat()
        return first_day(day, s.week_day), f"--of {day} ", day
    # Before four in the morning it is still yesterday (MODEL 1).
    today = (now - timedelta(seconds=s.day_starts)).date().isoformat()
    first = back(first_day(today, s.week_day), args.back)
    return first, f"--back {args.back} " if args.back else "", back(today, args.back)


def _name(text: str) -> str:
    """One line of words. Raises ArgumentTypeError for anything else."""
    if len(text) > LONGEST_NAME or not text.isprintable():
        raise argparse.ArgumentTypeError(_("a name is one line of at most {most} letters").format(most=LONGEST_NAME))
    return text


def _read(s: Settings, first: str) -> Week:
    with reading() as store:
        return week_of(store, first, s)[0]


def _read_page(s: Settings, first: str, day: str, months: int) -> tuple[Week, tuple[TrendWeek, ...], "Months"]:
    """What the page shows."""
    with reading() as store:
        return *week_of(store, first, s, with_trend=True), months_of(store, day, s, months)


def _page(s: Settings, first: str, which: str, day: str, months: int, path: Path, *, show: bool) -> None:
    from unhunch.cli.data import write_private
    from unhunch.report.html import render as page

    write_private(path, [page(*_read_page(s, first, day, months), which=which)])
    if not show:
        print(_("Wrote {file}, readable by you alone.").format(file=path))
        return
    from unhunch.adapters.browser import show as show_page

    if not show_page(path.absolute().as_uri()):
        print(_("No browser could be opened; the page is {file}.").format(file=path))


def _print(s: Settings, first: str, path: Path, weeks: int, name: str) -> None:
    """Several weeks on one A4 page, shown in the browser, which prints it."""
    from unhunch.cli.data import write_private
    from unhunch.report.hand_over import render as page

    with reading() as store:
        given = hand_over_of(store, first, s, weeks)
    write_private(path, [page(given, s, SystemClock().now().local.date().isoformat(), name)])
    print(_("{file} is one A4 page, readable by you alone: print it from the browser.").format(file=path))
    if sys.stdout.isatty():
        from unhunch.adapters.browser import show

        if not show(path.absolute().as_uri()):
            print(_("No browser could be opened; the page is {file}.").format(file=path))


class _Answering:
    """The report as it stands, and its choice, for the page that is served."""

    def __init__(self, first: str, which: str, day: str, months: int) -> None:
        self._first = first
        self._day = day
        self._months = months
        self._which = which
        self._taken: Taken | None = None

    def page(self) -> str:
        from unhunch.report.html import Served
        from unhunch.report.html import render as page
        from unhunch.web.translations import block

        shown = _read_page(settings(), self._first, self._day, self._months)
        return page(*shown, which=self._which, served=Served(undo=self._taken is not None, words=block()))

    def choose(self, number: int) -> str:
        from unhunch.cli.choosing import take

        s = settings()
        week = _read(s, self._first)
        if week.chosen is not None:
            raise UserError(
                _("This week's choice was made meanwhile."), _("Nothing was changed."), _("See: unhunch week")
            )
        self._taken = take(week.first, _option(week, str(number)), s)
        return self._taken.said

    def undo(self) -> str:
        taken, self._taken = self._taken, None
        if taken is None:
            raise UserError(
                _("There is nothing to take back."), _("No choice was made here."), _("See: unhunch undo --help")
            )
        return taken.back()


def _serve(first: str, which: str, day: str, months: int) -> None:
    """The page from a process that takes its answers, until the page is gone."""
    import asyncio

    from unhunch.adapters.browser import show
    from unhunch.cli.unopened import tell_unopened
    from unhunch.report.page import serve

    report = _Answering(first, which, day, months)
    report.page()  # what is wrong with the history is said here, not in a browser

    def opened(address: str) -> None:
        if show(address):
            text = _("The report is in your browser; this ends with its page. If it is not: {address}")
        else:
            text = _("No browser could be opened. Open this address within two minutes:\n{address}")
        print(text.format(address=address), flush=True)

    try:
        asyncio.run(serve(report, opened, unseen=tell_unopened))
    except OSError as error:
        raise UserError(
            _("The report's page could not be served: {reason}.").format(reason=error.strerror or error),
            _("It needs a free port on this computer's own loopback address."),
            _("Write it to a file: unhunch week --html week.html --open"),
        ) from error


def _csv(week: Week) -> None:
    """A row a day; minutes as numbers."""
    import csv

    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(("date", "sitting_low_min", "sitting_min", "sitting_high_min", "sessions_done", "sessions_asked"))
    for day in week.days:
        out.writerow((day.date, day.sitting.low, day.sitting.best, day.sitting.high, day.done, day.asked))


def _option(week: Week, said: str) -> Option:
    """The choice of that number or name. Raises UserError."""
    found = next((option for option in week.options if said in (str(option.number), option.choice)), None)
    if found is None:
        known = "; ".join(f"{option.number} ({option.choice}): {option_text(option)}" for option in week.options)
        what = _("There is no choice {choice} in that week.").format(choice=said)
        raise wrong(what, _("There are: {choices}").format(choices=known))
    return found


def arguments(parser: argparse.ArgumentParser) -> None:
    when = parser.add_mutually_exclusive_group()
    when.add_argument(
        "--back", type=whole(0, MOST_BACK), default=0, metavar="N", help=_("so many weeks ago (default: this week)")
    )
    when.add_argument("--of", metavar="DATE", help=_("the week that holds that day"))
    form = parser.add_mutually_exclusive_group()
    json_option(form)
    form.add_argument("--csv", action="store_true", help=_("a row a day"))
    form.add_argument("--choose", metavar="N", help=_("take up choice N of that week, a number or a name"))
    form.add_argument("--html", type=Path, metavar="OUT", help=_("a page of its own, with the trend of twelve weeks"))
    form.add_argument(
        "--print",
        type=Path,
        nargs="?",
        const=Path(HAND_OVER),
        metavar="OUT",
        help=_("several weeks on one A4 page to hand over, with symptoms"),
    )
    parser.add_argument(
        "--weeks", type=whole(1, HAND_OVER_MOST), metavar="N", help=_("with --print: so many weeks (default: 8)")
    )
    parser.add_argument("--name", type=_name, default="", metavar="TEXT", help=_("with --print: a name to print on it"))
    parser.add_argument(
        "--months",
        type=whole(1, MOST_MONTHS),
        metavar="N",
        help=_("so many months at a glance (on the page: 6), with what changed in the plan and why"),
    )
    parser.add_argument("--open", action="store_true", help=_("show the page in the browser and answer there"))


week = Command(
    run,
    arguments,
    examples=(
        ("unhunch week", ""),
        ("unhunch week --back 1 --open", N_("last week, in the browser")),
        ("unhunch week --months 6", N_("half a year: sitting, sessions, stiffness and symptoms")),
        ("unhunch week --choose 1", N_("take up what is proposed for next week")),
        ("unhunch week --print --weeks 8", N_("one A4 page for your clinic")),
        ("unhunch week --json | jq .sitting", ""),
    ),
    about=N_("An estimate from keyboard and mouse, not a measurement of posture."),
)
