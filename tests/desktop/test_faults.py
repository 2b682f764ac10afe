"""What a long life brings: servers that go, disks that fill, clocks that jump, processes that are killed or stopped.

The real daemon on a private desktop. Each fault is survived, shown in `status`, and recovered from.
"""

import asyncio
import itertools
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.desktop.at_once import live_at_once
from tests.desktop.bed import Bed
from tests.desktop.desk import UNHUNCH, Desk
from tests.desktop.panel import xfce_panel
from tests.desktop.parts import find, needs

pytestmark = pytest.mark.desktop

ROOT = hasattr(os, "getuid") and os.getuid() == 0


@pytest.mark.slow(25)
def test_the_notification_server_bus_and_display_may_go_in_every_order(desk: Desk) -> None:
    """Killed and restarted one after the other, six orders, under one daemon."""
    bed = desk.bed
    display = bed.env["DISPLAY"]
    before = _descriptors(desk)
    for order in itertools.permutations(("dunst", "bus", "Xvfb")):
        for name in order:
            for process in list(bed.processes):
                if str(process.args[0]).startswith("dbus-daemon" if name == "bus" else name):  # type: ignore[index]
                    bed.kill(process)
        desk.alive()
        if "Xvfb" in order:
            bed.until("being blind", lambda: desk.status()["source"]["name"] != "x11")
            assert desk.status()["presence"] in ("unknown", "away", "active")
        for name in reversed(order):
            match name:
                case "bus":
                    bed.bus()
                case "Xvfb":
                    bed.xvfb(display=display)
        bed.dunst()
        bed.until("seeing again", lambda: desk.status()["source"]["name"] == "x11")
        bed.until("showing again", lambda: desk.status()["notifier"]["ok"])
    desk.alive()
    assert _descriptors(desk) <= before + 6
    assert _threads(desk) <= 4


def _descriptors(desk: Desk) -> int:
    assert desk.process is not None
    return len(list(Path(f"/proc/{desk.process.pid}/fd").iterdir()))


def _threads(desk: Desk) -> int:
    assert desk.process is not None
    return len(list(Path(f"/proc/{desk.process.pid}/task").iterdir()))


def test_blind_is_unknown_never_away(desk: Desk) -> None:
    """The X server dies at the desk: what follows is not known, and nobody is asked for anything."""
    bed = desk.bed
    display = bed.env["DISPLAY"]
    desk.type(2)
    server = next(p for p in bed.processes if str(p.args[0]) == "Xvfb")  # type: ignore[index]
    bed.kill(server)
    bed.until("not knowing", lambda: desk.status()["presence"] == "unknown")
    assert desk.status()["source"]["blind"]
    assert desk.status()["problems"]
    desk.rest(4)
    assert desk.status()["presence"] == "unknown"
    assert desk.facts("shown") == []
    bed.xvfb(display=display)
    bed.until("seeing again", lambda: desk.status()["source"]["name"] == "x11")
    desk.type(1)
    bed.until("knowing again", lambda: desk.status()["presence"] in ("active", "quiet"))
    assert desk.facts("blind")


def test_stopped_and_continued(desk: Desk) -> None:
    """SIGSTOP: what went on meanwhile is unknown, and the daemon goes on."""
    assert desk.process is not None
    desk.type(2)
    os.kill(desk.process.pid, signal.SIGSTOP)
    desk.type(7)
    os.kill(desk.process.pid, signal.SIGCONT)
    desk.bed.until("the hole", lambda: desk.facts("blind"))
    hole = desk.facts("blind")[0]
    assert 3 <= hole["length"] / desk.pace <= 12
    desk.type(1)
    assert desk.status()["presence"] in ("active", "quiet")


@pytest.mark.skipif(not ROOT, reason="mounting a small disk takes root")
def test_a_full_disk_is_survived_and_nothing_is_lost(bed: Bed) -> None:
    disk = bed.home / ".local/share/unhunch"
    disk.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k,mode=0700", "tmpfs", str(disk)], check=True)
    try:
        bed.bus()
        bed.xvfb()
        desk = Desk(bed)
        desk.start()
        (disk / "filler").write_bytes(b"\0" * _free(disk))
        assert desk.run("pause", "1h").returncode == 0
        assert desk.run("resume").returncode == 0
        for _ in range(60):
            desk.run("stand")
            desk.run("sit")
            if not desk.status()["store"]["ok"]:
                break
        status = desk.status()
        assert not status["store"]["ok"]
        assert any("full" in problem or "space" in problem for problem in status["problems"]), status["problems"]
        answered = len(desk.facts("stand")) + 1
        (disk / "filler").unlink()
        desk.type(2)
        bed.until("writing again", lambda: desk.status()["store"]["ok"])
        assert len(desk.facts("stand")) >= answered - 1
        assert desk.terminate() == 0
    finally:
        bed.close()
        subprocess.run(["umount", "-l", str(disk)], check=False)


def _free(path: Path) -> int:
    found = os.statvfs(path)
    return found.f_bavail * found.f_frsize


def test_a_disk_that_refuses_every_write(desk: Desk) -> None:
    """For whatever reason (a quota, a limit): told, and written again when it takes writes again.

    Played by a limit of this one process, which needs no root; the next test has a file system that really stops.
    """
    assert desk.process is not None
    whole = resource.prlimit(desk.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(desk.process.pid, resource.RLIMIT_FSIZE, (0, whole[1]))
    assert desk.run("stand").returncode == 0
    desk.bed.until("the trouble", lambda: not desk.status()["store"]["ok"])
    assert desk.status()["problems"]
    resource.prlimit(desk.process.pid, resource.RLIMIT_FSIZE, whole)
    desk.type(1)
    desk.bed.until("writing again", lambda: desk.status()["store"]["ok"])
    assert len(desk.facts("stand")) == 1
    assert desk.status()["problems"] == []


@pytest.mark.skipif(not ROOT, reason="mounting a disk takes root")
def test_a_disk_turns_read_only_while_running(bed: Bed) -> None:
    """ext4 as after an error on the device: it is read-only at once, under descriptors that stay open for writing.

    `remount,ro` will not do that to files in use. `remount,abort` is the file system's own way to play the error
    (ext4(5)), and there is no way back but to check the disk and mount it anew.
    """
    needs("mkfs.ext4", "e2fsck")
    disk, image, repaired = bed.home / ".local/share/unhunch", bed.dir / "disk", bed.dir / "repaired"
    disk.mkdir(parents=True)
    with image.open("wb") as file:
        file.truncate(8 << 20)
    subprocess.run([str(find("mkfs.ext4")), "-q", image], check=True)
    if subprocess.run(["mount", "-o", "loop", image, disk], capture_output=True, check=False).returncode:
        pytest.skip("no loop device can be mounted here")
    try:
        disk.chmod(0o700)
        bed.bus()
        bed.xvfb()
        desk = Desk(bed)
        desk.start()
        assert desk.run("stand").returncode == 0
        desk.type(2)
        subprocess.run(["sync", "-f", disk], check=True)
        subprocess.run(["mount", "-o", "remount,abort", disk], check=True)
        bed.until("the trouble", lambda: (desk.type(0.5), not desk.status()["store"]["ok"])[1])
        assert any(str(disk) in problem for problem in desk.status()["problems"]), desk.status()["problems"]
        assert desk.run("sit").returncode == 0, "an answer is taken, and kept until it can be written"
        assert desk.status()["standing_since"] is None
        assert desk.facts("sit") == []
        assert desk.run("week").returncode == 0, "what is there can be read"
        sat = desk.sitting()
        bed.until("the day going on", lambda: (desk.type(0.5), desk.sitting() > sat)[1])

        shutil.copy(image, repaired)
        assert subprocess.run([str(find("e2fsck")), "-fy", repaired], capture_output=True, check=False).returncode <= 1
        subprocess.run(["mount", "-o", "loop", repaired, disk], check=True)
        bed.until("writing again", lambda: (desk.type(0.5), desk.status()["store"]["ok"])[1])
        assert [len(desk.facts(kind)) for kind in ("stand", "sit")] == [1, 1]
        assert not any(str(disk) in problem for problem in desk.status()["problems"])
        assert desk.terminate() == 0
        assert "Traceback" not in bed.log("unhunch")
    finally:
        bed.close()
        for _ in (repaired, image):
            subprocess.run(["umount", "-l", str(disk)], capture_output=True, check=False)


@pytest.mark.skipif(not ROOT, reason="mounting a disk takes root")
def test_a_disk_that_was_mounted_read_only(bed: Bed) -> None:
    """There is nothing to write to: it says so in words, ends with 1, and leaves the file as it was."""
    disk = bed.home / ".local/share/unhunch"
    disk.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs", str(disk)], check=True)
    try:
        bed.bus()
        bed.xvfb()
        desk = Desk(bed)
        desk.start()
        desk.run("stand")
        assert desk.terminate() == 0
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        before = desk.database.read_bytes()
        refused = desk.run("run")
        assert refused.returncode == 1
        assert "cannot be opened or written" in refused.stderr
        assert "Traceback" not in refused.stderr
        assert desk.database.read_bytes() == before
        assert desk.run("week").returncode in (0, 1)
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        desk.start()
        assert len(desk.facts("stand")) == 1
    finally:
        bed.close()
        subprocess.run(["umount", "-l", str(disk)], check=False)


@pytest.mark.parametrize("damage", ["no database", "cut off", "zeroed page"])
def test_a_damaged_database_is_moved_aside_and_said(bed: Bed, damage: str) -> None:
    bed.bus()
    bed.xvfb()
    desk = Desk(bed)
    desk.start()
    for _ in range(12):
        desk.run("stand")
        desk.run("sit")
    assert desk.terminate() == 0
    whole = desk.database.read_bytes()
    match damage:
        case "no database":
            broken = b"This was a database once.\n" * 400
        case "cut off":
            broken = whole[: len(whole) // 2 + 100]
        case _:
            broken = whole[:4096] + bytes(8192) + whole[12288:]
    desk.database.write_bytes(broken)
    desk.start()
    problems = desk.status()["problems"]
    assert any("moved aside" in problem for problem in problems), problems
    (aside,) = desk.database.parent.glob("unhunch-aside-*.sqlite")
    assert aside.read_bytes() == broken, "what is left of it is kept as it was"
    assert any(str(aside) in problem for problem in problems)
    assert desk.run("stand").returncode == 0
    assert len(desk.facts("stand")) == 1
    assert desk.terminate() == 0


@pytest.mark.slow(37)
def test_the_real_daemon_is_killed_at_random_moments(desk: Desk) -> None:
    """Six times: what was answered is there, and the owed session, its step and its snoozes are the same."""
    chance = random.Random(7)
    answers = 0
    for _ in range(6):
        desk.type(chance.uniform(1, 3))
        if desk.status()["owed"] and desk.run("snooze", "30m").returncode == 0:
            answers += 1
        for words in ("stand", "sit", "pause 1h", "resume") if chance.random() < 0.5 else ("stand", "sit"):
            answers += desk.run(*words.split()).returncode == 0
        before = desk.status()
        time.sleep(chance.uniform(0, 0.6))
        desk.kill()
        told = sum(len(desk.facts(kind)) for kind in ("answer", "stand", "sit", "pause", "resume"))
        assert told >= answers
        desk.start()
        after = desk.status()
        if before["owed"] and after["owed"]:
            for name in ("number", "of", "snoozes", "snoozed_until"):
                assert str(after["owed"][name])[:19] == str(before["owed"][name])[:19], name
            assert after["owed"]["step"] >= before["owed"]["step"]
        else:
            assert after["owed"] is not None or before["owed"] is None, "an owed session is lost"
        for name in ("done", "skipped", "missed"):
            assert after["today"][name] == before["today"][name], name
        assert after["today"]["sitting_min"]["best"] >= before["today"]["sitting_min"]["best"] - 1.5
    assert answers >= 12
    assert desk.terminate() == 0


@pytest.mark.parametrize("compositor", ["mutter", "kwin"])
def test_the_compositor_is_killed_and_comes_back(bed: Bed, compositor: str) -> None:
    bed.bus()
    start = getattr(bed, compositor)
    process = start()
    desk = Desk(bed)
    desk.start()
    source = {"mutter": "mutter", "kwin": "wayland"}[compositor]
    bed.until("seeing", lambda: desk.status()["source"]["name"] == source)
    for _ in range(2):
        bed.kill(process)
        bed.until("being blind", lambda: desk.status()["source"]["blind"])
        status = desk.status()
        assert status["presence"] != "away", "nobody knows that"
        assert status["problems"]
        process = start()
        bed.until("seeing again", lambda: not desk.status()["source"]["blind"])
        assert desk.status()["source"]["name"] == source
    assert desk.status()["failures"] >= 2
    assert desk.terminate() == 0


def test_the_panel_is_killed_and_comes_back(bed: Bed) -> None:
    bed.bus()
    bed.xvfb()
    panel = xfce_panel(bed)
    desk = Desk(bed)
    desk.config.write_text(desk.config.read_text().replace("[tray]\nenabled = false", "[tray]\nenabled = true"))
    desk.start()
    bed.until("the icon", lambda: desk.status()["tray"]["ok"])
    for _ in range(2):
        bed.kill(panel)
        bed.until("no panel", lambda: not desk.status()["tray"]["ok"])
        desk.type(1)
        assert desk.status()["presence"] in ("active", "quiet"), "the rest goes on"
        panel = xfce_panel(bed)
        bed.until("the icon again", lambda: desk.status()["tray"]["ok"])
    assert desk.terminate() == 0


ORDERS = (
    ("dunst", "panel", "bus", "mutter", "Xvfb"),
    ("Xvfb", "mutter", "bus", "panel", "dunst"),
    ("bus", "Xvfb", "panel", "dunst", "mutter"),
    ("mutter", "dunst", "panel", "Xvfb", "bus"),
)
"""In these each of the five goes before each other one."""


def test_the_orders_leave_no_pair_out() -> None:
    pairs = {(a, b) for order in ORDERS for n, a in enumerate(order) for b in order[n + 1 :]}
    assert len(pairs) == 5 * 4


@pytest.mark.slow(80)
async def test_everything_the_daemon_talks_to_goes_and_comes_back() -> None:
    """Notification server, panel, bus, compositor and X server, killed one after the other under one daemon.

    All orders at once, each on a desktop of its own: most of the time goes by until something is looked for again.
    """
    needs("xfce4-panel", "xfconfd", "mutter")

    async def story(bed: Bed, order: tuple[str, ...]) -> None:
        await asyncio.to_thread(goes_and_comes_back, bed, order)

    await live_at_once(story, ORDERS)


def goes_and_comes_back(bed: Bed, order: tuple[str, ...]) -> None:
    display = bed.own_display()
    start = {
        "bus": bed.bus,
        "Xvfb": lambda: bed.xvfb(display=display),
        "dunst": bed.dunst,
        "panel": lambda: xfce_panel(bed),
        # dunst and the panel are X programs here, whatever the compositor offers.
        "mutter": lambda: (bed.mutter(), bed.env.pop("WAYLAND_DISPLAY"))[0],
    }
    # What the others need to start at all comes first: a bus, then a display.
    running = {name: start[name]() for name in ("bus", "Xvfb", "dunst", "panel", "mutter")}
    desk = Desk(bed)
    desk.config.write_text(desk.config.read_text().replace("[tray]\nenabled = false", "[tray]\nenabled = true"))
    desk.start()
    _all_well(desk)
    desk.run("stand")
    for name in order:
        bed.kill(running[name])
        time.sleep(0.3)
        desk.alive()
    bed.until("being blind", lambda: desk.status()["source"]["blind"])
    assert desk.status()["presence"] != "away", "nobody knows that"
    for name in ("bus", "Xvfb", *(name for name in order if name not in ("bus", "Xvfb"))):
        running[name] = start[name]()
    _all_well(desk)
    assert desk.status()["standing_since"], "what was said before is still known"
    assert desk.terminate() == 0


def _all_well(desk: Desk) -> None:
    """Seen by Mutter, shown by dunst, drawn in the panel."""
    desk.bed.until("seeing", lambda: desk.status()["source"]["name"] == "mutter")
    desk.bed.until("showing", lambda: desk.status()["notifier"]["ok"])
    desk.bed.until("the icon", lambda: desk.status()["tray"]["ok"])


def test_the_database_is_deleted_while_running(desk: Desk) -> None:
    desk.type(1)
    for path in desk.database.parent.glob("unhunch.sqlite*"):
        path.unlink()
    assert desk.run("stand").returncode == 0
    desk.type(2)
    desk.bed.until("a new database", lambda: desk.database.exists() and desk.facts("stand"))
    assert desk.process is not None
    assert desk.process.poll() is None


def test_a_locked_database_is_waited_for(desk: Desk) -> None:
    with closing(sqlite3.connect(desk.database)) as other:
        other.execute("begin exclusive")
        assert desk.run("stand").returncode == 0
        desk.bed.until("the trouble", lambda: not desk.status()["store"]["ok"])
        other.rollback()
    desk.type(1)
    desk.bed.until("writing again", lambda: desk.status()["store"]["ok"])
    assert len(desk.facts("stand")) == 1


def test_two_daemons_at_once(bed: Bed) -> None:
    Desk(bed)
    for _ in range(4):
        both = [bed.spawn(UNHUNCH, "run", "--source", "none", log=f"twin{n}") for n in (1, 2)]
        bed.until("one to be refused", lambda twins=both: _ended(twins))  # type: ignore[misc]
        (loser,) = _ended(both)
        assert loser.returncode == 5
        winner = next(p for p in both if p is not loser)
        bed.until("the other's answer", lambda: _running(bed))
        winner.terminate()
        assert winner.wait(20) == 0


def _ended(processes: list[subprocess.Popen[bytes]]) -> list[subprocess.Popen[bytes]]:
    return [process for process in processes if process.poll() is not None]


def _running(bed: Bed) -> bool:
    return subprocess.run([UNHUNCH, "status"], env=bed.env, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    "broken",
    [
        "4 unhunch.adapters.surroundings.fullscreen:FullScreen.check",
        "4 unhunch.adapters.activity.x11:Source.quiet",
        "1 unhunch.adapters.notify.freedesktop:FreedesktopNotifier.show",
        "1 unhunch.adapters.notify.freedesktop:FreedesktopNotifier.withdraw",
        "1 unhunch.daemon.tray:DeskTray.refresh",
    ],
)
def test_an_adapter_that_raises_does_not_stop_the_others(bed: Bed, tmp_path: Path, broken: str) -> None:
    """Each call fails, or every fourth: it is counted and shown, and the day goes on."""
    every, module, holder, method = re.split(r" |:|\.(?=\w+$)", broken)
    text = BREAK.format(every=every, module=module, holder=holder, method=method)
    (tmp_path / "sitecustomize.py").write_text(text)
    bed.bus()
    bed.xvfb()
    bed.dunst()
    bed.env["PYTHONPATH"] = str(tmp_path)
    desk = Desk(bed)
    desk.start()
    desk.type(5)
    bed.until("the session to be owed", lambda: (desk.type(0.5), desk.status()["owed"])[1])
    if holder == "FreedesktopNotifier":
        bed.until(
            "the notice at a pause",
            lambda: desk.facts("shown") or desk.status()["failures"] or desk.rest(2) or desk.type(1.5),
        )
    assert desk.run("stand").returncode == 0
    status = desk.status()
    assert desk.sitting() >= 3, "the day goes on"
    assert desk.facts("stand"), "what failed took no fact with it"
    assert desk.facts("running")[-1]["length"] >= 5, "and the open spans are written"
    assert status["failures"] >= 1, "it is counted"
    if every == "1":
        assert any("broken on purpose" in told for told in status["problems"]), "it is shown while it lasts"
    assert "broken on purpose" in bed.log("unhunch") or "broken on purpose" in str(desk.json("doctor"))
    assert desk.terminate() == 0


@pytest.mark.parametrize(
    "hanging",
    [
        "unhunch.adapters.surroundings.fullscreen:FullScreen.check",
        "unhunch.adapters.activity.x11:Source.quiet",
        "unhunch.daemon.tray:DeskTray.refresh",
    ],
)
def test_an_adapter_that_hangs_does_not_stop_the_looks(bed: Bed, tmp_path: Path, hanging: str) -> None:
    """What never answers is given up each time: while a look waits for it, nobody would be seen to leave."""
    module, holder, method = re.split(r":|\.(?=\w+$)", hanging)
    text = BREAK.format(every=4, module=module, holder=holder, method=method)
    text = text.replace("return await broken(*args, **kwargs)", HANG)
    (tmp_path / "sitecustomize.py").write_text(text)
    bed.bus()
    bed.xvfb()
    bed.env["PYTHONPATH"] = str(tmp_path)
    desk = Desk(bed)
    desk.start()
    desk.type(5)
    bed.until("somebody", lambda: (desk.type(0.5), desk.status()["presence"] in ("active", "quiet"))[1])
    desk.rest(5)  # one look hangs meanwhile
    bed.until("a command that needs a look", lambda: desk.run("stand").returncode == 0)
    assert desk.facts("stand")
    assert desk.terminate() == 0


HANG = """calls[0] += 1
                if calls[0] % {every} == 0:
                    await asyncio.sleep(3600)
                return await whole(*args, **kwargs)""".replace("{every}", "4")

BREAK = """
import asyncio, sys, importlib.abc, importlib.util

class Break(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != {module!r}:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        run = spec.loader.exec_module
        def load(module):
            run(module)
            holder = getattr(module, {holder!r})
            whole = getattr(holder, {method!r})
            calls = [0]
            def broken(*args, **kwargs):
                calls[0] += 1
                if calls[0] % {every} == 0:
                    raise RuntimeError("broken on purpose")
                return whole(*args, **kwargs)
            async def broken_later(*args, **kwargs):
                return await broken(*args, **kwargs)
            setattr(holder, {method!r}, broken_later if asyncio.iscoroutinefunction(whole) else broken)
        spec.loader.exec_module = load
        return spec

sys.meta_path.insert(0, Break())
"""
