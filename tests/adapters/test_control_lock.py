"""One holder at a time, named to the second; never stale."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from unhunch.control.lock import holder, lock
from unhunch.control.protocol import Exit, UserError


def test_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "daemon.lock"
    script = (
        "import sys,time\nfrom pathlib import Path\nfrom unhunch.control.lock import lock\n"
        f"held = lock(Path({str(path)!r}), 'a test')\nprint('held', flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(UserError, match=rf"a test \(process {other.pid}\)") as caught:
            lock(path)
        assert caught.value.code == Exit.RUNNING
        assert holder(path) == other.pid
        other.send_signal(signal.SIGKILL)
    # The kernel let it go with its holder, whatever the file says.
    assert holder(path) is None
    with lock(path):
        pass


def test_it_can_be_taken_again_after_release(tmp_path: Path) -> None:
    path = tmp_path / "daemon.lock"
    first = lock(path)
    with pytest.raises(UserError):
        lock(path)
    first.release()
    first.release()
    with lock(path):
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_program_started_meanwhile_does_not_inherit_it(tmp_path: Path) -> None:
    path = tmp_path / "daemon.lock"
    held = lock(path)
    with subprocess.Popen(["sleep", "60"]) as child:  # it has begun when this returns
        held.release()
        with lock(path):
            pass
        child.kill()


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("kept")
    (tmp_path / "daemon.lock").symlink_to(target)
    with pytest.raises(OSError, match="symbolic links"):
        lock(tmp_path / "daemon.lock")
    assert target.read_text() == "kept"
