"""`unhunch week`: the weekly summary, in the terminal, as a page, as data."""

import argparse
import csv
import os
import shutil
import sys
from datetime import timedelta
from pathlib import Path

from unhunch.adapters.clock import SystemClock
from unhunch.cli.answers import say
from unhunch.cli.asking import ask, ask_if_running, show_json, tell
from unhunch.cli.command import Command, json_option, whole, wrong
from unhunch.cli.data import write_private
from unhunch.cli.desk import reading, settings
from unhunch.core import choice
from unhunch.core.days import back
from unhunch.core.figures import Option, TrendWeek, Week
from unhunch.core.settings import Settings
from unhunch.core.week import first_day
from unhunch.paths import Paths
from unhunch.report.reading import week_of
from unhunch.report.terminal import render, speaks_unicode, wants_colour

MOST_BACK = 520
"""Weeks: ten years."""


def run(args: argparse.Namespace) -> None:
    s = settings()
    page: Path | None = args.html
    week, trend = _week(s, args.back, with_trend=page is not None or args.open)
    if args.choose is not None:
        _choose(week, args.choose, s)
    elif args.json:
        show_json(week.to_json())
    elif args.csv:
        _csv(week)
    elif page or args.open:
        _page(week, trend, page, show=args.open)
    else:
        colour = wants_colour(os.environ, is_terminal=sys.stdout.isatty())
        plain = not speaks_unicode(sys.stdout.encoding)
        print(render(week, shutil.get_terminal_size().columns, colour, ascii_only=plain), end="")


def _week(s: Settings, weeks_back: int, *, with_trend: bool) -> tuple[Week, tuple[TrendWeek, ...]]:
    # Before four in the morning it is still yesterday (MODEL 1).
    today = (SystemClock().now().local - timedelta(seconds=s.day_starts)).date().isoformat()
    first = back(first_day(today, s.week_day), weeks_back)
    with reading() as store:
        return week_of(store, first, s, with_trend=with_trend)


def _page(week: Week, trend: tuple[TrendWeek, ...], path: Path | None, *, show: bool) -> None:
    from unhunch.report.html import render as page

    path = path or Paths.find().make_data() / f"week-{week.first}.html"
    write_private(path, [page(week, trend)])
    if not show:
        print(f"Wrote {path}, readable by you alone.")
        return
    from unhunch.cli.browser import show as show_page

    if not show_page(path.absolute().as_uri()):
        print(f"No browser could be opened; the page is {path}.")


def _csv(week: Week) -> None:
    """A row a day; minutes as numbers."""
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(("date", "sitting_low_min", "sitting_min", "sitting_high_min", "sessions_done", "sessions_asked"))
    for day in week.days:
        out.writerow((day.date, day.sitting.low, day.sitting.best, day.sitting.high, day.done, day.asked))


def _choose(week: Week, number: int, s: Settings) -> None:
    """Take the week's one choice up, with what follows from it."""
    option = next((option for option in week.options if option.number == number), None)
    if option is None:
        known = "; ".join(f"{option.number}: {option.text}" for option in week.options)
        raise wrong(f"There is no choice {number} in that week.", f"There are: {known}")
    if option.choice == choice.ACCEPT:
        ask("plan_answer", {"accept": True})
    reply = tell("choice", {"week": week.first, "choice": option.choice, "answer": "accept"})
    if option.choice == choice.HOURS:
        _set_hours(option, s)
    say(reply, f"Chosen: {option.text}")


def _set_hours(option: Option, s: Settings) -> None:
    """The proposed hours, on workdays, into the configuration."""
    from unhunch.config.edit import write

    write(Paths.find().config_file, {f"hours.{day}": option.hours for day in s.workdays})
    ask_if_running("reload")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--back", type=whole(0, MOST_BACK), default=0, metavar="N", help="so many weeks ago (default: this week)"
    )
    form = parser.add_mutually_exclusive_group()
    json_option(form)
    form.add_argument("--csv", action="store_true", help="a row a day")
    form.add_argument("--choose", type=whole(1, 9), metavar="N", help="take up choice N of that week")
    form.add_argument("--html", type=Path, metavar="FILE", help="a page of its own, with the trend of twelve weeks")
    parser.add_argument("--open", action="store_true", help="show the page in the browser")


week = Command(
    run,
    arguments,
    examples=(
        ("unhunch week", ""),
        ("unhunch week --back 1 --open", "last week, in the browser"),
        ("unhunch week --choose 1", "take up what is proposed for next week"),
        ("unhunch week --json | jq .sitting", ""),
    ),
    about="An estimate from keyboard and mouse, not a measurement of posture.",
)
