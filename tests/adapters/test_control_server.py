"""The control socket under friends, strangers and noise: never a crash, always served afterwards."""

import asyncio
import json
import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from unhunch.control import arguments, client, protocol, server
from unhunch.errors import Exit, UserError
from unhunch.ports import StoreError, StoreTrouble

LONG = 20.0


async def handler(command: str, args: dict[str, Any]) -> dict[str, Any]:
    match command:
        case "why":
            raise UserError("What.", "Means.", "Type.", Exit.WRONG)
        case "undo":
            raise RuntimeError("a bug")
        case "resume":
            raise StoreError(StoreTrouble.FULL, "No space.", "Nothing kept.", "Make room.")
        case "stand":
            return {"not json": {1, 2}}
        case "skip":
            await asyncio.sleep(3600)
    return {"command": command, "args": args}


@pytest.fixture
async def ear(tmp_path: Path) -> AsyncIterator[server.Server]:
    found = server.Server(tmp_path / "control.sock", handler)
    await found.open()
    yield found
    await found.close()


async def ask(path: Path, command: str, **args: Any) -> dict[str, Any]:
    return await asyncio.to_thread(client.ask, path, command, args, seconds=LONG)


async def refusal(path: Path, command: str, **args: Any) -> UserError:
    with pytest.raises(UserError) as caught:
        await ask(path, command, **args)
    return caught.value


async def raw(path: Path, data: bytes, *, ends: bool = True) -> bytes:
    """Send bytes as they are and return all that comes back until the server is done with us."""

    def talk() -> bytes:
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(LONG)
            s.connect(str(path))
            got = b""
            try:
                s.sendall(data)
                if ends:
                    s.shutdown(socket.SHUT_WR)
                while more := s.recv(65536):
                    got += more
            except (BrokenPipeError, ConnectionResetError):
                pass
            return got

    return await asyncio.to_thread(talk)


async def test_answers_commands_with_their_arguments(ear: server.Server) -> None:
    assert await ask(ear.path, "snooze", seconds=600) == {"command": "snooze", "args": {"seconds": 600}}
    assert await ask(ear.path, "amend", **{"from": 1, "to": 2.5, "as": "away"}) == {
        "command": "amend",
        "args": {"from": 1, "to": 2.5, "as": "away"},
    }


async def test_is_private(ear: server.Server) -> None:
    assert stat.S_IMODE(ear.path.stat().st_mode) == 0o600


async def test_errors_arrive_in_three_parts(ear: server.Server) -> None:
    error = await refusal(ear.path, "why")
    assert (error.what, error.means, error.remedy, error.code) == ("What.", "Means.", "Type.", Exit.WRONG)
    error = await refusal(ear.path, "resume")
    assert (error.what, error.means, error.remedy, error.code) == (
        "No space.",
        "Nothing kept.",
        "Make room.",
        Exit.FAILED,
    )


@pytest.mark.parametrize("command", ["undo", "stand"])
async def test_a_bug_in_a_command_is_reported_and_survived(
    ear: server.Server, command: str, caplog: pytest.LogCaptureFixture
) -> None:
    error = await refusal(ear.path, command)
    assert "bug" in error.means
    assert error.code == Exit.FAILED
    assert "failed" in caplog.text
    assert (await ask(ear.path, "status"))["command"] == "status"


async def test_a_stuck_command_is_given_up(ear: server.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "COMMAND_SECONDS", 0.05)
    assert "took longer" in (await refusal(ear.path, "skip")).what


async def test_a_silent_daemon_is_told_from_none(tmp_path: Path) -> None:
    error = await refusal(tmp_path / "nobody.sock", "status")
    assert error.code == Exit.NOT_RUNNING
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "deaf.sock"))
        deaf.listen(1)
        with pytest.raises(UserError, match="not answered") as caught:
            client.ask(tmp_path / "deaf.sock", "status", seconds=0.05)
    assert caught.value.code == Exit.FAILED
    # Now it is closed but its file is there: a killed daemon's.
    assert (await refusal(tmp_path / "deaf.sock", "status")).code == Exit.NOT_RUNNING


async def test_a_dead_daemons_socket_is_taken_over_and_a_live_ones_is_not(ear: server.Server, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as old:
        old.bind(str(tmp_path / "old.sock"))
    second = server.Server(tmp_path / "old.sock", handler)
    await second.open()
    assert (await ask(second.path, "status"))["command"] == "status"
    await second.close()
    assert not second.path.exists()

    with pytest.raises(UserError) as caught:
        await server.Server(ear.path, handler).open()
    assert caught.value.code == Exit.RUNNING
    assert (await ask(ear.path, "status"))["command"] == "status"


async def test_a_file_in_the_way_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    path.write_text("precious")
    with pytest.raises(UserError, match="not a socket"):
        await server.Server(path, handler).open()
    assert path.read_text() == "precious"


async def test_closing_leaves_a_successors_socket(ear: server.Server) -> None:
    ear.path.unlink()
    successor = server.Server(ear.path, handler)
    await successor.open()
    await ear.close()
    assert (await ask(successor.path, "status"))["command"] == "status"
    await successor.close()


async def test_a_line_over_the_limit_is_refused(ear: server.Server) -> None:
    fits = protocol.encode({"id": 1, "cmd": "status", "args": {}, "pad": ""})
    pad = "x" * (protocol.LONGEST_LINE - len(fits) - 1)
    got = await raw(ear.path, protocol.encode({"id": 1, "cmd": "status", "args": {}, "pad": pad}))
    assert json.loads(got)["ok"] is True
    got = await raw(ear.path, b"x" * (protocol.LONGEST_LINE + 1) + b"\n")
    assert b"longer than 64 KiB" in got
    # An endless one, too: it must not pile up.
    await raw(ear.path, b"x" * 4_000_000, ends=False)
    assert (await ask(ear.path, "status"))["command"] == "status"


async def test_half_a_line_is_not_carried_out(tmp_path: Path) -> None:
    seen = []

    async def note(command: str, args: dict[str, Any]) -> dict[str, Any]:
        seen.append(command)
        return {}

    ear = server.Server(tmp_path / "s", note)
    await ear.open()
    assert await raw(ear.path, protocol.request("skip", {}).rstrip(b"\n")) == b""
    assert seen == []
    await ear.close()


async def test_clients_that_say_nothing_are_let_go(ear: server.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "IDLE_SECONDS", 0.05)
    assert await raw(ear.path, b'{"v":1,', ends=False) == b""


async def test_too_many_clients_are_refused_in_words(tmp_path: Path) -> None:
    ear = server.Server(tmp_path / "s", handler, most_clients=3)
    await ear.open()
    held = [await asyncio.open_unix_connection(ear.path) for _ in range(3)]
    for _, writer in held:
        writer.write(protocol.request("status", {}))
    for reader, _ in held:
        await reader.readline()
    # Nothing is sent by the fourth, so that the refusal cannot be lost in a reset.
    reader, extra = await asyncio.open_unix_connection(ear.path)
    assert b"Too many programs" in await reader.read()
    for writer in (extra, *(w for _, w in held)):
        writer.close()
        await writer.wait_closed()
    async with asyncio.timeout(LONG):
        while True:
            try:
                assert (await ask(ear.path, "status"))["command"] == "status"
                break
            except UserError:
                await asyncio.sleep(0.01)
    await ear.close()


async def test_events_reach_those_who_follow(ear: server.Server) -> None:
    got: list[dict[str, Any]] = []
    ended = threading.Event()

    def listen() -> None:
        got.extend(client.follow(ear.path, seconds=LONG))
        ended.set()

    task = asyncio.create_task(asyncio.to_thread(listen))
    async with asyncio.timeout(LONG):
        while not ear.listeners:
            await asyncio.sleep(0.01)
    for n in range(3):
        ear.publish({"n": n})
    async with asyncio.timeout(LONG):
        while len(got) < 3:
            await asyncio.sleep(0.01)
    await ear.close()
    await task
    assert ended.is_set()
    assert got == [{"n": 0}, {"n": 1}, {"n": 2}]


async def test_an_event_that_cannot_be_told_harms_nobody(ear: server.Server, caplog: pytest.LogCaptureFixture) -> None:
    reader, writer = await asyncio.open_unix_connection(ear.path)
    writer.write(protocol.request("events", {}))
    await reader.readline()
    async with asyncio.timeout(LONG):
        while not ear.listeners:
            await asyncio.sleep(0.01)
    ear.publish({"never": float("nan")})
    ear.publish({"n": 1})
    assert json.loads(await reader.readline())["event"] == {"n": 1}
    assert "could not be told" in caplog.text
    writer.close()


async def test_a_listener_that_does_not_read_is_let_go(ear: server.Server) -> None:
    _, writer = await asyncio.open_unix_connection(ear.path, limit=1024)
    writer.write(protocol.request("events", {}))
    async with asyncio.timeout(LONG):
        while not ear.listeners:
            await asyncio.sleep(0.01)
        while ear.listeners:
            ear.publish({"text": "x" * 10_000})
            await asyncio.sleep(0)
    writer.close()
    assert (await ask(ear.path, "status"))["command"] == "status"


@pytest.mark.skipif(sys.platform != "linux" or os.getuid() != 0, reason="only root can pretend to be somebody else")
async def test_another_user_is_not_served(tmp_path: Path) -> None:
    ear = server.Server(tmp_path / "s", handler)
    await ear.open()
    ear.path.chmod(0o777)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.owner() == "root" and folder.stat().st_mode & 0o777 == 0o700 and "pytest" in str(folder):
            folder.chmod(0o711)
    script = (
        "import os,socket\nos.setgid(65534);os.setuid(65534)\n"
        f"s=socket.socket(socket.AF_UNIX);s.connect({str(ear.path)!r})\n"
        "s.settimeout(20)\n"
        'try:\n s.sendall(b\'{"v":1,"cmd":"status"}\\n\');print(s.recv(100))\nexcept OSError as e: print(b\'\')'
    )
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "b''", done.stderr
    await ear.close()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
REQUESTS = st.fixed_dictionaries(
    {},
    optional={
        "v": st.just(1) | JSON,
        "id": JSON,
        "cmd": st.sampled_from(sorted(set(arguments.COMMANDS) - {"skip"})) | JSON,
        "args": st.dictionaries(
            st.sampled_from(sorted({name for args in arguments.COMMANDS.values() for name in args}))
            | st.text(max_size=5),
            JSON,
            max_size=4,
        )
        | JSON,
    },
)
NOISE = st.one_of(
    st.binary(max_size=300),
    REQUESTS.map(lambda r: json.dumps(r).encode() + b"\n"),
    JSON.map(lambda r: json.dumps(r).encode() + b"\n"),
    st.sampled_from(
        [
            b"\n",
            b"\0\n",
            b"[" * 60_000 + b"\n",
            b'{"a":' * 10_000 + b"\n",
            b"9" * 5000 + b"\n",
            b'{"v":1,"cmd":"snooze","args":{"seconds":1e999}}\n',
            b'{"v":1,"cmd":"snooze","args":{"seconds":NaN}}\n',
            b'{"v":1,"id":"\\ud800","cmd":"pause","args":{"until":1,"why":"\\ud800"}}\n',
            b'{"v":true,"cmd":"status"}\n',
            b"x" * 70_000 + b"\n",
            b'{"v":1,"cmd":"sta',
        ]
    ),
)


@pytest.fixture(scope="module")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> "AsyncIterator[tuple[Path, Callable[[], list[Any]]]]":
    """A server in a thread of its own, so that hypothesis can be synchronous; what its loop complains of is kept."""
    path = tmp_path_factory.mktemp("noise") / "s"
    complaints: list[Any] = []
    ready, stop = threading.Event(), asyncio.Event()
    holder: list[asyncio.AbstractEventLoop] = []

    async def main() -> None:
        holder.append(asyncio.get_running_loop())
        holder[0].set_exception_handler(lambda _, context: complaints.append(context))
        ear = server.Server(path, handler)
        await ear.open()
        ready.set()
        await stop.wait()
        await ear.close()

    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    assert ready.wait(LONG)
    yield path, lambda: complaints  # type: ignore[misc]
    holder[0].call_soon_threadsafe(stop.set)
    thread.join(LONG)
    assert not thread.is_alive()


@settings(max_examples=examples(150))
@given(pieces=st.lists(NOISE, min_size=1, max_size=5), rude=st.booleans())
def test_noise_never_harms(noisy: Any, pieces: list[bytes], rude: bool, caplog: pytest.LogCaptureFixture) -> None:
    path, complaints = noisy
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(LONG)
        s.connect(str(path))
        got = b""
        try:
            for piece in pieces:
                s.sendall(piece)
            if not rude:  # a rude one hangs up without listening
                s.shutdown(socket.SHUT_WR)
                while more := s.recv(65536):
                    got += more
        except (BrokenPipeError, ConnectionResetError):
            pass
    for line in got.splitlines():
        reply = json.loads(line)
        assert reply["v"] == 1
        assert reply["ok"] is True or all(reply["error"][part] for part in ("what", "means", "type"))
    assert client.ask(path, "status", seconds=LONG) == {"command": "status", "args": {}}
    assert complaints() == []
