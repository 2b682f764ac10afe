"""A working day, end to end, with real parts: X server, bus, notification server, database, processes, command line."""

import os
import re
import signal
import time
from pathlib import Path

import pytest

from tests.desktop.bed import LIMIT, Bed
from tests.desktop.clocks import Clocks
from tests.desktop.desk import Desk
from unhunch.adapters.clock import SystemClock
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.core.settings import Settings
from unhunch.daemon.recall import recall
from unhunch.play.player import Player, Recording

pytestmark = pytest.mark.desktop


def test_input_is_sitting_and_the_notice_waits_for_a_pause(desk: Desk) -> None:
    bed = desk.bed
    assert desk.status()["source"]["name"] == "x11"
    desk.type(9)
    assert bed.displayed() == 0, "nobody is interrupted while typing"
    desk.asked()
    assert bed.displayed() == 1
    shown = desk.facts("shown")[-1]
    assert shown["what"] == "session"
    assert shown["reason"] == "pause"
    assert 0.7 <= shown["pause_s"] / desk.pace <= 4
    assert 6 <= desk.sitting() / desk.pace <= 60
    assert desk.status()["owed"]["step"] == 1
    assert desk.json("why")["conditions"]


def test_snooze_and_skip_are_pressed_on_the_notice(desk: Desk) -> None:
    bed = desk.bed
    desk.type(7)
    desk.asked()
    bed.press("snooze")
    bed.until("the snooze", lambda: desk.status()["owed"] and desk.status()["owed"]["snoozes"] == 1)
    bed.until("the notice to go", lambda: bed.displayed() == 0)
    assert desk.facts("answer")[-1]["action"] == "snooze"
    assert desk.run("undo").returncode == 0
    assert desk.status()["owed"]["snoozes"] == 0
    assert desk.run("skip").returncode == 0
    status = desk.status()
    assert status["owed"] is None
    assert status["today"]["skipped"] == 1


def test_a_program_that_resets_the_saver_is_no_person(bed: Bed) -> None:
    clocks = Clocks(bed)
    bed.bus()
    bed.xvfb()
    desk = Desk(bed)
    desk.start()
    desk.type(3)
    desk.bed.until("being away", lambda: desk.status()["presence"] == "away")
    sitting = desk.sitting()
    # The bell is armed once the desk has been quiet for half a minute, and believed two seconds later.
    clocks.pass_by(40)
    desk.rest(1)
    clocks.pass_by(5)
    bed.hands.reset_saver()
    assert bed.hands.idle_seconds() < 40, "the counter was reset"
    desk.rest(3)
    assert desk.status()["presence"] == "away"
    assert desk.sitting() == sitting
    desk.type(1)
    desk.bed.until("coming back", lambda: desk.status()["presence"] in ("active", "quiet"))


def test_kill_and_restart_lose_no_answer(desk: Desk) -> None:
    desk.type(7)
    desk.asked()
    assert desk.run("snooze", "30m").returncode == 0
    before = desk.status()
    desk.kill()
    desk.start()
    after = desk.status()
    assert after["owed"]["snoozed_until"][:16] == before["owed"]["snoozed_until"][:16]
    for name in ("number", "of", "step", "snoozes", "shown"):
        assert after["owed"][name] == before["owed"][name], name
    assert after["today"]["sitting_min"]["best"] >= before["today"]["sitting_min"]["best"] - 0.1
    assert after["today"]["notices"] == before["today"]["notices"]


def test_a_second_daemon_is_refused_and_says_who_runs(desk: Desk) -> None:
    assert desk.process is not None
    second = desk.run("run")
    assert second.returncode == 5
    assert str(desk.process.pid) in second.stderr
    assert "Traceback" not in second.stderr


def test_the_end_writes_the_open_span(desk: Desk) -> None:
    desk.type(3)
    assert desk.terminate() == 0
    spans = desk.facts("input")
    assert sum(span["length"] for span in spans) >= 2
    assert len(desk.facts("stopped")) == 1
    assert not (desk.bed.run / "unhunch/control.sock").exists()


def test_interrupt_ends_it_cleanly_too(desk: Desk) -> None:
    assert desk.process is not None
    desk.process.send_signal(signal.SIGINT)
    assert desk.process.wait(LIMIT) == 0
    assert len(desk.facts("stopped")) == 1


def test_a_bad_edit_keeps_the_old_settings_and_says_so(desk: Desk) -> None:
    good = desk.config.read_text()
    desk.config.write_text(good + "\n[ladder]\nwait_1 = 5\n")
    desk.bed.until("the complaint", lambda: any("configuration" in p for p in desk.status()["problems"]))
    desk.config.write_text(re.sub(r'first_latest = "\d', 'first_latest = "4', good))
    desk.bed.until("all being well again", lambda: not desk.status()["problems"])


def test_sighup_reads_the_configuration_again(desk: Desk) -> None:
    """The same file with the same time: only the signal tells that it has changed."""
    assert desk.process is not None
    before, size = desk.config.stat(), desk.config.stat().st_size
    text = re.sub(r'first_latest = "\d', 'first_latest = "4', desk.config.read_text())
    os.kill(desk.process.pid, signal.SIGSTOP)  # so that it cannot look in between
    try:
        desk.config.write_text(text)
        os.utime(desk.config, ns=(before.st_atime_ns, before.st_mtime_ns))
    finally:
        os.kill(desk.process.pid, signal.SIGCONT)
    assert desk.config.stat().st_size == size
    time.sleep(2)
    assert "was read again" not in desk.bed.log("unhunch"), "a look does not see it"
    desk.process.send_signal(signal.SIGHUP)
    desk.bed.until("the new settings", lambda: "was read again" in desk.bed.log("unhunch"))
    good = desk.config.read_text()
    desk.config.write_text("goal = 99\n")
    desk.process.send_signal(signal.SIGHUP)
    desk.bed.until("the complaint", lambda: any("configuration" in p for p in desk.status()["problems"]))
    desk.config.write_text(good)
    desk.process.send_signal(signal.SIGHUP)
    desk.bed.until("all being well again", lambda: not desk.status()["problems"])
    assert desk.status()["pid"] == desk.process.pid


def test_nothing_that_was_typed_is_kept(desk: Desk) -> None:
    """Distinctive keys: neither the database, nor the log, nor the socket's traffic holds them."""
    followed = desk.bed.spawn("sh", "-c", f"exec {_unhunch()} events --follow", log="events")
    time.sleep(1)
    for key in ("F9", "Home", "dollar", "ampersand", "q", "x"):
        for _ in range(3):
            desk.bed.hands.key(key)
            time.sleep(0.05)
    desk.type(3, key="z")
    desk.bed.until("an event", lambda: "presence" in desk.bed.log("events"))
    desk.bed.stop(followed)
    status = desk.run("status", "--json").stdout
    assert desk.terminate() == 0
    kept = b"".join(path.read_bytes() for path in desk.database.parent.glob("*")) + status.encode()
    kept += desk.bed.log("unhunch").encode() + desk.bed.log("events").encode()
    for word in (b"F9", b"Home", b"dollar", b"ampersand", b"keycode", b"keysym", b"KeyPress", b'"key"'):
        assert word not in kept, word


def test_no_network_socket_and_no_openssl(desk: Desk) -> None:
    assert desk.process is not None
    desk.type(2)
    pid = desk.process.pid
    own = {os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir() if link.exists() or link.is_symlink()}
    inodes = {found[1] for link in own if (found := re.fullmatch(r"socket:\[(\d+)\]", link))}
    for table in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
        rows = Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
        assert not inodes & {row.split()[9] for row in rows}, table
    maps = Path(f"/proc/{pid}/maps").read_text()
    assert "libssl" not in maps
    assert "libcrypto" not in maps


def test_one_thread_of_ours(desk: Desk) -> None:
    """Ours is one; the others are pynput's listeners."""
    assert desk.process is not None
    threads = list(Path(f"/proc/{desk.process.pid}/task").iterdir())
    assert len(threads) <= 3


def _unhunch() -> str:
    from tests.desktop.desk import UNHUNCH

    return UNHUNCH


def test_history_is_forgotten_under_the_running_daemon(desk: Desk) -> None:
    """It goes on counting from nothing, and a kill and a restart find no trace of what was there."""
    desk.type(6)
    assert desk.run("stand").returncode == 0
    assert desk.run("sit").returncode == 0
    assert desk.sitting() > 3 * desk.pace
    forgotten = desk.run("forget", "--all", "--yes")
    assert forgotten.returncode == 0, forgotten.stderr
    assert forgotten.stdout.startswith("Deleted ")
    assert desk.facts("stand") == []
    assert desk.sitting() < 3 * desk.pace
    desk.type(4)
    assert 2 < desk.sitting() / desk.pace < 12
    desk.kill()
    desk.start()
    assert 1 < desk.sitting() / desk.pace < 12
    assert len(desk.facts("checkpoint")) == 1
    assert desk.run("forget", "--before", "2026-01-01", "--yes").stdout == "Deleted 0 facts.\n"
    before = desk.sitting()
    desk.type(9)
    assert desk.sitting() > before, "it counts on"
    assert desk.status()["failures"] == 0


def test_a_correction_of_an_earlier_day_reaches_what_is_planned(bed: Bed) -> None:
    """A day before the checkpoint is counted again, and so does every start after it."""
    desk = Desk(bed, source="none")
    desk.database.parent.mkdir(parents=True, mode=0o700)
    then = time.localtime(time.time() - 2 * 86400)
    noon = time.mktime((then.tm_year, then.tm_mon, then.tm_mday, 12, 0, 0, 0, 0, -1))
    store = SqliteStore(desk.database)
    player = Player(Settings(), written=store.write)
    player.play(Recording([(noon + 20 * n, noon + 20 * n + 15) for n in range(360)], [(noon - 60, noon + 7260)]))
    store.close()
    desk.start()
    before = _lived(desk)
    assert before == pytest.approx(7200, abs=60)
    assert desk.run("amend", time.strftime("%Y-%m-%d", then), "13:00-14:00", "away").returncode == 0
    bed.until("the correction", lambda: _lived(desk) == pytest.approx(3600, abs=120))
    desk.kill()
    desk.start()
    assert _lived(desk) == pytest.approx(3600, abs=120)


def _lived(desk: Desk) -> float:
    """Seconds of sitting of the last day, as a daemon that starts now finds them."""
    store = SqliteStore(desk.database, read_only=True)
    try:
        live, trouble = recall(store, Settings(), SystemClock())
    finally:
        store.close()
    assert not trouble
    return live.state.past[-1].best
