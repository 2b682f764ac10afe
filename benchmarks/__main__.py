"""What Unhunch costs, measured here: `make bench`, or `python -m benchmarks [--quick] [--check] [--json FILE]`.

Needs Debian's xvfb, dbus-daemon and dunst; with mutter, kwin-wayland and xfce4-panel it measures those desks, too, and
with workrave, safeeyes and rsibreak those peers in the same run. A full run takes a quarter of an hour, --quick a
minute or two. Prints a table in Markdown (BENCHMARKS.md holds one), then the same as JSON. With --check it fails if
a budget is not met that is the same on every machine: memory, wake-ups, writes, and ratios to bare Python or to the
version before.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks import begun, beside, commands, desks, engine, replay, synced, taken_in  # noqa: E402 - the path comes first


class Budget(NamedTuple):
    """What a figure may be at most, and where it stands."""

    what: str
    most: float
    unit: str
    anywhere: bool = False
    """It does not depend on how fast the machine is, or how busy."""


PSS = Budget("daemon with tray and notices on X11, PSS", 29.0, "MiB", anywhere=True)
CPU = Budget("CPU, untouched", 0.02, "% of a core")
MEMORY = Budget("its private memory, of the version before", beside.MOST, "of it", anywhere=True)
WAKEUPS = Budget("wake-ups, untouched", 0.05, "a second", anywhere=True)
SAFE_EYES = Budget("CPU under that mouse, of Safe Eyes'", 0.7, "of it", anywhere=True)
MOUSE = Budget("CPU under a 1000 Hz mouse", 0.1, "% of a core")
POLLED = Budget("unhunch status, also for a panel and as JSON, CPU", 1.5, "x bare Python", anywhere=True)
CLICKED = Budget("unhunch --help, snooze, skip, pause, stand ..., CPU", 2.2, "x bare Python", anywhere=True)
ASKED = Budget("unhunch start until the browser is asked", 7.0, "x bare Python")
# The next, and two further ones without `anywhere`, stand so near their bars that chance decides: they are told.
FIRST_BYTE = Budget("unhunch start until the page's first byte, of the version before", begun.MOST, "of its time")
YEAR = Budget("a year as recorded, through replay", 3000.0, "ms")
DENSE = Budget("a dense year through the engine, CPU", 3000.0, "ms")
PAIR = Budget("an idle log of a year through replay, of the version before", replay.MOST, "of its CPU")
TAKEN_IN = Budget("an idle log of a year, imported, of replaying it", taken_in.MOST, "of its CPU")
WEEK = Budget("week over ten years, CPU", 5.0, "x bare Python")
MONTH = Budget("a month of another desk read in, CPU", 1000 * synced.MONTH, "ms")
DESKS = Budget("week over ten years of three desks, of one desk's", synced.WEEK, "of its CPU")
SHARED = Budget("memory with a shared folder, of that without", 1.05, "of it", anywhere=True)
RUNG = Budget("wake-ups with a shared folder, of those without", 1.05, "of them")
WRITES = Budget("transactions", 1.0, "a minute", anywhere=True)


FOLDER = "x11, with a shared folder"


def machine() -> str:
    """One line about where this ran."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    release = platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    return (
        f"{release}, Linux {platform.release()}, {os.cpu_count()} cores of {model}, Python {platform.python_version()}"
    )


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table that reads well as text and as Markdown."""
    lines = [head, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]

    def line(cells: list[str]) -> str:
        first, *rest = [
            cell.ljust(w) if n == 0 else cell.rjust(w) for n, (cell, w) in enumerate(zip(cells, widths, strict=True))
        ]
        return "| " + " | ".join([first, *rest]) + " |"

    rule = "|" + "|".join("-" * (w + 2) if n == 0 else "-" * (w + 1) + ":" for n, w in enumerate(widths)) + "|"
    return "\n".join([line(head), rule, *(line(row) for row in rows)])


def running(quick: bool, others: Callable[[], None]) -> dict[str, dict[str, Any]]:
    """Every candidate on its desk. Memory is taken while nothing else of ours runs; `others` are measured after that.

    A quick run measures those while its desk settles, and that desk once more under a mouse at the same time.
    """
    seconds, settle = (60.0, 5.0) if quick else (180.0, desks.SETTLE)
    ours = desks.available(desks.OURS[:1] if quick else desks.OURS)
    candidates = ours if quick else [*ours, *desks.available(desks.PEERS)]
    found: dict[str, dict[str, Any]] = {}
    for each in candidates:
        say(f"memory of {each.name}")
        row = desks.memory_alone(each, settle)
        found[each.name] = {
            "pss_mib": row.memory.pss,
            "pss_alone_mib": row.memory.alone,
            "private_mib": row.memory.private,
            "ready_s": desks.ready_seconds(each, 1 if quick else 5) if each in desks.OURS else None,
        }
    # Sooner, what is not there would still be looked for, and that is no wake-up of an untouched desk.
    if quick:
        rows = desks.measure([*candidates, *desks.with_a_mouse(candidates)], seconds, desks.SETTLE, others)
        still, moving = rows[: len(candidates)], rows[len(candidates) :]
    else:
        others()
        say(f"{len(candidates)} desks, untouched and under the mouse")
        still = desks.measure(candidates, seconds, desks.SETTLE)
        moving = desks.under_a_mouse(candidates, seconds / 2, 10.0)
    for row in still:
        found[row.name] |= {
            "cpu_percent": row.cost.cpu_percent,
            "wakeups_a_second": row.cost.wakeups,
            "writes_a_minute": row.writes_a_minute,
        }
    for row in moving:
        found[row.name] |= {
            "mouse_cpu_percent": row.cost.cpu_percent,
            "mouse_wakeups_a_second": row.cost.wakeups,
            "mouse_writes_a_minute": row.writes_a_minute,
        }
    return found


def whole_commands(quick: bool) -> dict[str, Any]:
    runs = 5 if quick else 21
    say("short commands")
    found: dict[str, Any] = {name: took._asdict() for name, took in commands.short(runs).items()}
    say("starts of a session")
    found["unhunch start"] = commands.starts(5 if quick else 9)._asdict()
    found["first byte, of the version before"] = begun.share_here(5 if quick else 9)
    say("the week over ten years")
    weeks, facts = commands.week_over(10, runs)
    found["unhunch week, ten years"] = {**weeks[commands.LAST_WEEK]._asdict(), "facts": facts}
    found["unhunch week, the running one"] = weeks[commands.THIS_WEEK]._asdict()
    found["week, of bare Python"] = weeks[commands.LAST_WEEK].cpu / weeks[commands.BARE].cpu
    say("other desks")
    one, three = synced.weeks(1 if quick else 10, 3 if quick else runs)
    found["other desks"] = {"month_ms": 1000 * synced.month(5), "week": three / one}
    days = 25 if quick else 250
    say(f"{days} workdays through replay")
    found["unhunch replay"] = {**commands.replay(days)._asdict(), "days": days}
    found["unhunch replay, as ActivityWatch records"] = commands.replay(days, closed=commands.AFK_AFTER)._asdict()
    say("an idle log of a year through replay, beside the version before")
    found["replay, of the version before"] = replay.share_here(1 if quick else 7)
    say("an idle log through import, beside replay")
    found["import, of replay"] = taken_in.share(taken_in.pairs(5, 60) if quick else taken_in.pairs(3, 379))
    say("what is written")
    written = commands.written(days)
    found["written"] = {
        **written._asdict(),
        "transactions_a_minute_of_activity": written.transactions / written.active_minutes,
        "bytes_a_year": written.bytes * 250 / days,
    }
    say("the same days through the engine alone")
    took_ms = min(1000.0 * engine.played(days) for _ in range(3))
    found["engine"] = {"looks_a_second": commands.looks_a_second(), "cpu_ms": took_ms}
    return found


def say(what: str) -> None:
    print(f"... {what}", file=sys.stderr, flush=True)


def measured(desk: dict[str, dict[str, Any]], done: dict[str, Any]) -> list[tuple[Budget, float]]:
    """Each budget and its figure. Of several runs the quickest counts: what else the machine does can only add."""
    x11 = desk["x11"]
    panel, peer = desk.get("x11, with a panel", x11), desk.get("Safe Eyes")
    bare = done[commands.BARE]
    to_a_year = 250 / done["unhunch replay"]["days"]
    return [
        (PSS, max(x11["pss_mib"], panel["pss_mib"])),
        (CPU, x11["cpu_percent"]),
        *([(MEMORY, share)] if (share := done["memory, of the version before"]) is not None else []),
        (WAKEUPS, max(row["wakeups_a_second"] for name, row in desk.items() if name in desks.STILL)),
        (MOUSE, x11["mouse_cpu_percent"]),
        *([(SAFE_EYES, x11["mouse_cpu_percent"] / peer["mouse_cpu_percent"])] if peer else []),
        (POLLED, max(done[f"unhunch {words}"]["cpu"] for words in commands.POLLED) / bare["cpu"]),
        (CLICKED, max(done[f"unhunch {words}"]["cpu"] for words in commands.CLICKED) / bare["cpu"]),
        (ASKED, done["unhunch start"]["asked"] / bare["middle"]),
        *([(FIRST_BYTE, share)] if (share := done["first byte, of the version before"]) is not None else []),
        (YEAR, done["unhunch replay, as ActivityWatch records"]["quickest"] * to_a_year),
        (DENSE, done["engine"]["cpu_ms"] * to_a_year),
        *([(PAIR, share)] if (share := done["replay, of the version before"]) is not None else []),
        (TAKEN_IN, done["import, of replay"]),
        (WEEK, done["week, of bare Python"]),
        (MONTH, done["other desks"]["month_ms"]),
        (DESKS, done["other desks"]["week"]),
        *(_with_a_folder(folder, x11) if (folder := desk.get(FOLDER)) else []),
        (WRITES, done["written"]["transactions_a_minute_of_activity"]),
    ]


def _with_a_folder(folder: dict[str, Any], x11: dict[str, Any]) -> list[tuple[Budget, float]]:
    return [
        (SHARED, folder["private_mib"] / x11["private_mib"]),
        (RUNG, folder["wakeups_a_second"] / max(x11["wakeups_a_second"], 0.01)),  # there may be none at all
    ]


def verdicts(figures: list[tuple[Budget, float]]) -> list[list[str]]:
    """The budgets, one a row."""
    return [
        [budget.what, f"{budget.most:g} {budget.unit}", f"{value:.3g}", "met" if value <= budget.most else "NOT met"]
        for budget, value in figures
    ]


def desk_rows(desk: dict[str, dict[str, Any]]) -> list[list[str]]:
    x11 = desk["x11"]

    def cell(name: str, key: str, form: str) -> str:
        value = desk[name].get(key)
        if value is None:
            return "-"
        mine = name in {candidate.name for candidate in desks.OURS}
        ratio = "" if mine or not x11.get(key) else f" ({value / x11[key]:.1f}x)"
        return f"{value:{form}}{ratio}"

    keys = (
        ("pss_mib", ".1f"),
        ("pss_alone_mib", ".1f"),
        ("private_mib", ".1f"),
        ("cpu_percent", ".4f"),
        ("wakeups_a_second", ".2f"),
        ("mouse_cpu_percent", ".4f"),
        ("mouse_wakeups_a_second", ".2f"),
        ("ready_s", ".2f"),
    )
    return [[name, *(cell(name, key, form) for key, form in keys)] for name in desk]


def report(desk: dict[str, dict[str, Any]], done: dict[str, Any]) -> str:
    names = [commands.BARE, *(f"unhunch {words}" for words in (*commands.POLLED, *commands.CLICKED))]
    names += ["unhunch week, ten years", "unhunch week, the running one", "unhunch replay"]
    names.append("unhunch replay, as ActivityWatch records")
    times = [[name, *(f"{done[name][key]:.0f}" for key in ("quickest", "middle", "cpu"))] for name in names]
    written, played = done["written"], done["unhunch replay"]["days"]
    begun = done["unhunch start"]
    words = [
        f"unhunch start: {begun['asked']:.0f} ms until the browser is asked, {begun['first_byte']:.0f} ms until the",
        "page's first byte.",
        f"Replay: {played} workdays of some 460 spans. Engine: {done['engine']['looks_a_second']:,.0f} looks a second.",
        f"Written in {played} played workdays: {written['facts']:,} facts, {written['transactions']:,} transactions,",
        f"{written['transactions_a_minute_of_activity']:.2f} a minute of activity;",
        f"{written['bytes_a_year'] / 1e6:.1f} MB a year of 250 workdays.",
    ]
    head = ["", "PSS, MiB", "alone", "private", "CPU %", "wake-ups/s", "mouse: CPU %", "wake-ups/s", "READY, s"]
    parts = [
        f"{datetime.now(UTC).date()}, {machine()}.",
        table(["budget", "at most", "measured", ""], verdicts(measured(desk, done))),
        table(head, desk_rows(desk)),
        table(["whole process, ms", "quickest", "middle", "CPU"], times),
        "\n".join(words),
    ]
    return "\n\n".join(parts)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="X11 alone, for seconds instead of minutes; no peers")
    parser.add_argument("--check", action="store_true", help="fail if memory, wake-ups or writes are over budget")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there instead of printing them")
    asked = parser.parse_args()
    missing = [part for part in ("Xvfb", "dunst", "dbus-daemon") if desks.find(part) is None]
    if missing:
        print(
            f"Not installed: {', '.join(missing)}.\nA desktop to measure on cannot be made.\n"
            "Install it: apt-get install --no-install-recommends xvfb dunst dbus-daemon",
            file=sys.stderr,
        )
        return 1
    say("memory beside the version before")
    done: dict[str, Any] = {"memory, of the version before": beside.share_here(15.0 if asked.quick else beside.SETTLE)}
    desk = running(asked.quick, lambda: done.update(whole_commands(asked.quick)))
    print(report(desk, done))
    figures = {"machine": machine(), "at": datetime.now(UTC).isoformat(timespec="seconds"), "desks": desk, **done}
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n")
    else:
        print("\n" + json.dumps(figures, indent=1))
    over = [budget.what for budget, value in measured(desk, done) if budget.anywhere and value > budget.most]
    if asked.check and over:
        print(f"Over budget: {'; '.join(over)}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
