"""What each activity source costs: processor time and wake-ups, on an untouched desk and under a 1000 Hz mouse.

    python benchmarks/activity.py [--seconds 20] [--only x11 pynput]

Time is run thirty times as fast: a look each second instead of each 30, the bell and the compositor's timers set to a
thirtieth, and the figures divided by 30. The source runs in a process of its own on a real X server or compositor of
its own; the mouse runs in another one. "loop alone" is that process without a source.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.desktop.bed import Bed  # noqa: E402 - the path comes first
from tests.desktop.parts import find  # noqa: E402

FASTER = 30
"""How many times as fast time runs: a look each second stands for one each 30 s."""
WARM_UP = 4.0
"""Seconds before the measurement: the bell is armed by then."""

NEEDS = {
    "loop alone": "Xvfb",
    "x11": "Xvfb",
    "x11 without pynput": "Xvfb",
    "pynput": "Xvfb",
    "mutter": "mutter",
    "wayland": "kwin_wayland",
    "terminal": "Xvfb",
}


def source(name: str) -> Any:
    """The source, with its own times a thirtieth as long."""
    from unhunch.adapters.activity import mutter, pynput, terminal, wayland, x11

    x11.ARM_AFTER /= FASTER
    x11.ARM_ANYWAY /= FASTER
    makers: dict[str, Callable[[], Any]] = {
        "x11": x11.Source,
        "x11 without pynput": lambda: x11.Source(bell=False),
        "pynput": pynput.Source,
        "mutter": mutter.Source,
        "wayland": lambda: wayland.Source(steady=[seconds / FASTER for seconds in wayland.STEADY_SECONDS]),
        "terminal": terminal.Source,
    }
    return makers[name]()


async def measure(name: str, seconds: float) -> dict[str, float]:
    """In a process of its own: CPU in % of a core and wake-ups a second, as they would be at a look each 30 s."""
    watched = None if name == "loop alone" else source(name)
    if watched is not None:
        await watched.open()

    async def look_for(time_left: float) -> int:
        looks = 0
        while looks < time_left:
            await asyncio.sleep(1)
            if watched is not None:
                await watched.quiet()
            looks += 1
        return looks

    await look_for(WARM_UP)
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    looks = await look_for(seconds)
    after, took = resource.getrusage(resource.RUSAGE_SELF), time.monotonic() - start
    quiet = None if watched is None else await watched.quiet()
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if watched is not None:
        await watched.close()
    return {
        "cpu_percent": 100 * used / took / FASTER,
        "wakeups": (after.ru_nvcsw - before.ru_nvcsw) / took / FASTER,
        "ms_per_look": 1000 * used / looks,
        "quiet_for": 0.0 if quiet is None else quiet.at_least,
    }


async def mouse(kind: str) -> None:
    """In a process of its own: move the pointer each millisecond, until killed."""
    hands: Any
    if kind == "mutter":
        from tests.desktop.compositors import MutterHands

        hands = await MutterHands.connect(os.environ)
        step = hands.nudge
    elif kind == "wayland":
        from tests.desktop.compositors import KwinHands

        hands = await KwinHands.connect(os.environ)
        step = hands.nudge
    else:
        from tests.desktop.hands import Hands

        hands = Hands(os.environ["DISPLAY"])
        step = hands.motion
    due = time.monotonic()
    while True:
        step()
        due += 0.001
        await asyncio.sleep(max(0.0, due - time.monotonic()))


def run(name: str, seconds: float, *, moving: bool) -> dict[str, float]:
    """One row: a fresh desk, the mouse or not, and the source on it."""
    with Bed() as bed:
        bed.bus()
        {"mutter": bed.mutter, "wayland": bed.kwin}.get(name, bed.xvfb)()
        bed.env["PYTHONPATH"] = os.pathsep.join(sys.path[:2])
        kind = name if name in ("mutter", "wayland") else "x11"
        if moving:
            bed.spawn(sys.executable, __file__, "--mouse", kind, log="mouse")
            time.sleep(2)
        elif kind == "mutter":
            time.sleep(1)  # its names come to the bus after its socket
        done = subprocess.run(
            [sys.executable, __file__, "--measure", name, "--seconds", str(seconds)],
            env=bed.env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{name} could not be measured:\n{done.stderr}\n{bed.logs()}")
        figures: dict[str, float] = json.loads(done.stdout)
        return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20, help="of measurement for each row")
    parser.add_argument("--only", nargs="*", choices=sorted(NEEDS), help="these sources")
    parser.add_argument("--measure", choices=sorted(NEEDS), help=argparse.SUPPRESS)
    parser.add_argument("--mouse", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.mouse:
        asyncio.run(mouse(asked.mouse))
    if asked.measure:
        print(json.dumps(asyncio.run(measure(asked.measure, asked.seconds))))
        return
    print("Looked at each 30 s (time run 30 times as fast, figures divided by 30).")
    print(f"{'source':20}{'desk':14}{'CPU, % of a core':>18}{'wake-ups / s':>14}{'ms / look':>11}")
    for name in asked.only or NEEDS:
        if find(NEEDS[name]) is None:
            print(f"{name:20}not measured: {NEEDS[name]} is not installed")
            continue
        for moving in (False, True):
            if moving and name in ("loop alone", "terminal"):
                continue  # the mouse does not concern them
            row = run(name, asked.seconds, moving=moving)
            if name not in ("loop alone", "terminal") and (row["quiet_for"] < WARM_UP) != moving:
                raise SystemExit(f"{name}: quiet for {row['quiet_for']:.1f} s, which cannot be with this desk")
            desk = "1000 Hz mouse" if moving else "untouched"
            figures = f"{row['cpu_percent']:18.4f}{row['wakeups']:14.3f}{row['ms_per_look']:11.2f}"
            print(f"{name:20}{desk:14}{figures}", flush=True)


if __name__ == "__main__":
    main()
