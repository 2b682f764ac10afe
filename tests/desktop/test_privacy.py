"""What is typed and what windows are called stays where it is: not in the database, the log, the socket, the memory.

And nothing reaches a network: watched from outside, by the kernel's own account of the daemon's system calls.
"""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from Xlib import X, Xatom, display

from tests.desktop.bed import LIMIT, Bed
from tests.desktop.desk import UNHUNCH, Desk
from tests.desktop.parts import needs

pytestmark = pytest.mark.desktop

TITLE = "Quaggmire ledger of Zebulon 7313"
"""A window's title that stands nowhere else on this machine."""
TYPED = "qzjxkvbwyp"
"""Keys in an order that nothing else has."""


@pytest.fixture
def desk(bed: Bed) -> Desk:
    bed.bus()
    bed.xvfb()
    bed.dunst()
    return Desk(bed)


def titled_window(bed: Bed) -> display.Display:
    """A mapped, focused, full-screen window with a title of its own; closed with the connection that is returned."""
    connection = display.Display(bed.env["DISPLAY"])
    screen = connection.screen()
    window = screen.root.create_window(0, 0, 1280, 800, 0, screen.root_depth, event_mask=X.KeyPressMask)
    window.set_wm_name(TITLE)
    window.set_wm_class(TITLE, TITLE)
    utf8 = connection.intern_atom("UTF8_STRING")
    window.change_property(connection.intern_atom("_NET_WM_NAME"), utf8, 8, TITLE.encode())
    states = connection.intern_atom("_NET_WM_STATE")
    window.change_property(states, Xatom.ATOM, 32, [connection.intern_atom("_NET_WM_STATE_FULLSCREEN")])
    window.map()
    active = connection.intern_atom("_NET_ACTIVE_WINDOW")
    screen.root.change_property(active, Xatom.WINDOW, 32, [window.id])
    window.set_input_focus(X.RevertToParent, X.CurrentTime)
    connection.sync()
    return connection


def writable_memory(pid: int) -> Iterator[bytes]:
    """Everything that the process can write to: heap, stacks, anonymous mappings."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            found = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if not found or "[vvar]" in line:
                continue
            start, end = (int(number, 16) for number in found.groups())
            memory.seek(start)
            try:
                yield memory.read(end - start)
            except OSError:  # a mapping of a device
                continue


def traces_of(text: str) -> list[bytes]:
    """A text as programs hold it: UTF-8, UTF-16, and Python's UCS-4."""
    return [text.encode(), text.encode("utf-16-le"), text.encode("utf-32-le")]


def test_no_title_and_no_key_is_kept_anywhere(desk: Desk) -> None:
    bed = desk.bed
    desk.start()
    assert desk.process is not None
    pid = desk.process.pid
    if os.getuid() and not os.access(f"/proc/{pid}/mem", os.R_OK):
        pytest.skip("this kernel does not let a user look at the memory of another process of the same user")
    window = titled_window(bed)
    followed = bed.spawn(UNHUNCH, "events", "--follow", log="events")
    bed.until("a look at the full screen", lambda: desk.status()["surroundings"]["fullscreen"])
    for _ in range(6):
        for key in TYPED:
            bed.hands.key(key)
            time.sleep(0.02)
        time.sleep(0.3)
    bed.until("input that was seen", lambda: desk.sitting() > 1)
    said = json.dumps([desk.json(*words) for words in (["status"], ["why"], ["doctor"])])

    heap = b"\0".join(writable_memory(pid))
    assert b"unhunch" in heap, "this is the daemon's memory"
    assert len(heap) > 2_000_000
    for trace in (*traces_of(TITLE), *traces_of(TYPED)):
        assert trace not in heap

    window.close()
    bed.stop(followed)
    assert desk.terminate() == 0
    kept = b"".join(path.read_bytes() for path in desk.database.parent.rglob("*") if path.is_file())
    kept += said.encode() + bed.log("unhunch").encode() + bed.log("events").encode()
    assert b"presence" in kept
    for trace in (*traces_of(TITLE), *traces_of(TYPED)):
        assert trace not in kept


def test_the_search_finds_what_is_there(bed: Bed) -> None:
    """The proof above would be worth nothing if the search were blind."""
    holder = bed.spawn(
        *("python3", "-c", f"import time; t = {TITLE!r}.upper() + 'x'; print(flush=True); time.sleep(60)"), log="holder"
    )
    bed.until("its start", lambda: bed.log("holder"))
    heap = b"\0".join(writable_memory(holder.pid))
    assert TITLE.upper().encode() + b"x" in heap


@pytest.mark.slow(32)
def test_the_kernel_sees_no_network_socket_all_day(desk: Desk) -> None:
    """strace writes down each socket that the daemon or a child of its makes, those closed at once as well.

    It is a day with everything in it: commands, a notice on the screen, a button pressed on it, and what comes after.
    """
    needs("strace")
    bed = desk.bed
    trace = bed.dir / "trace"
    desk.process = bed.spawn(
        *("strace", "-f", "-qq", "-e", "trace=socket,connect", "-o", str(trace), UNHUNCH, "run"), log="unhunch"
    )
    bed.until("the daemon's answer", lambda: desk.alive() and desk.try_status() is not None)
    pid = desk.status()["pid"]
    tables: set[str] = set()
    desk.type(3)
    desk.asked()
    tables |= network_sockets(pid)
    bed.press("snooze")
    bed.until("the answer", lambda: desk.facts("answer"))
    [answer] = desk.facts("answer")
    assert (answer["action"], answer["by"]) == ("snooze", "notice")
    bed.until("the notice to go", lambda: bed.displayed() == 0)
    for _ in range(2):
        desk.type(2)
        tables |= network_sockets(pid)
        for words in (["status"], ["why"], ["doctor"], ["stand"], ["sit"], ["pause", "1h"], ["resume"]):
            desk.run(*words)
    os.kill(pid, signal.SIGTERM)
    assert desk.process.wait(LIMIT) == 0
    calls = trace.read_text(errors="replace").splitlines()
    made = {found[1] for line in calls if (found := re.search(r"\bsocket\((AF_\w+|\d+)", line))}
    assert "AF_UNIX" in made, "strace saw something"
    assert made <= {"AF_UNIX", "AF_NETLINK"}, [line for line in calls if "socket(" in line and "AF_UNIX" not in line]
    assert not any("AF_INET" in line for line in calls)
    reached = {found[1] for line in calls if (found := re.search(r"\bconnect\(\d+, \{sa_family=(\w+)", line))}
    assert reached == {"AF_UNIX"}, [line for line in calls if "connect(" in line and "AF_UNIX" not in line]
    assert tables == set()


def network_sockets(pid: int) -> set[str]:
    """The sockets of a process that stand in the kernel's network tables."""
    own = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            own.add(os.readlink(link))
        except OSError:
            continue
    inodes = {found[1] for name in own if (found := re.fullmatch(r"socket:\[(\d+)\]", name))}
    found_in = set()
    for table in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6", "icmp", "packet"):
        path = Path(f"/proc/{pid}/net/{table}")
        rows = path.read_text().splitlines()[1:] if path.exists() else []
        found_in |= {f"{table}: {row}" for row in rows if inodes & set(row.split())}
    return found_in


def test_files_are_the_owners_alone(desk: Desk) -> None:
    desk.start()
    desk.type(2)
    runtime = desk.bed.run / "unhunch"
    assert runtime.stat().st_mode & 0o777 == 0o700
    for path in [*desk.database.parent.iterdir(), *runtime.iterdir()]:
        assert path.stat().st_mode & 0o077 == 0, path
    subprocess.run([UNHUNCH, "export", str(desk.bed.home / "h.json")], env=desk.bed.env, check=True, timeout=60)
    assert (desk.bed.home / "h.json").stat().st_mode & 0o077 == 0
    assert desk.terminate() == 0
