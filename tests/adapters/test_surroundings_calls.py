"""The camera in a made-up /proc, and a sound server that talks nonsense."""

import asyncio
import struct
from pathlib import Path

import pytest

from tests.fakes.heard import Heard
from tests.fakes.pulse import NonsenseServer
from unhunch.adapters.protocols import pulse
from unhunch.adapters.surroundings import calls
from unhunch.adapters.surroundings.calls import Camera
from unhunch.adapters.surroundings.sound import SoundServer
from unhunch.ports import Lost, Unusable


class Machine:
    """A /dev and a /proc of our own."""

    def __init__(self, folder: Path) -> None:
        self.dev, self.proc, self.sys = folder / "dev", folder / "proc", folder / "sys"
        self.dev.mkdir()
        self.file("self", 0, "/dev/null")
        self.file("100", 3, "/home/me/video0")
        (self.proc / "200").mkdir()  # a process that hides its files
        (self.proc / "meminfo").touch()

    def camera(self) -> Camera:
        return Camera(dev=self.dev, proc=self.proc, sys=self.sys)

    def uses(self, number: int) -> None:
        """What the camera driver's module counts."""
        module = self.sys / "video0" / "device" / "driver" / "module"
        module.mkdir(parents=True, exist_ok=True)
        (module / "refcnt").write_text(f"{number}\n")

    def file(self, process: str, number: int, target: str) -> None:
        folder = self.proc / process / "fd"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / str(number)).unlink(missing_ok=True)
        (folder / str(number)).symlink_to(target)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


async def test_a_camera_held_open_is_a_call_and_one_at_rest_says_nothing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Heard()
    camera = machine.camera()
    (machine.dev / "video0").touch()
    machine.file("300", 7, f"{machine.dev}/video0")
    await camera.open(heard)
    assert heard.values("in_call") == [None, True]
    assert "in use" in camera.note
    await camera.check()
    machine.file("300", 7, "/dev/null")
    await camera.check()
    assert heard.values("in_call") == [None, True, None]
    machine.file("300", 8, f"{machine.dev}/video0")
    await camera.check()
    assert heard.now["in_call"] is None, "a walk over all files only now and then"
    monkeypatch.setattr(calls, "CAMERA_SECONDS", 0.0)
    camera._next_walk = 0.0
    await camera.check()
    assert heard.now["in_call"] is True
    await camera.close()


async def test_the_drivers_count_tells_when_to_look(machine: Machine) -> None:
    heard = Heard()
    (machine.dev / "video0").touch()
    machine.uses(0)
    camera = machine.camera()
    await camera.open(heard)
    machine.file("300", 7, f"{machine.dev}/video0")
    await camera.check()
    assert heard.values("in_call") == [None], "nobody holds it, whatever the files seem to be"
    machine.uses(1)
    await camera.check()
    assert heard.now["in_call"] is True, "a changed count is looked into at once"
    machine.file("300", 7, "/dev/null")
    machine.uses(0)
    await camera.check()
    assert heard.values("in_call") == [None, True, None]
    machine.uses(1)
    machine.file("300", 7, f"{machine.dev}/video0")
    await camera.check()
    assert heard.now["in_call"] is True
    await camera.close()


async def test_a_camera_that_is_tried_for_a_moment_is_no_call(machine: Machine) -> None:
    """A browser looks what it can do; a video call lasts."""
    heard = Heard()
    (machine.dev / "video0").touch()
    machine.file("300", 7, f"{machine.dev}/video0")
    camera = Camera(settle=0.05, dev=machine.dev, proc=machine.proc, sys=machine.sys)
    await camera.open(heard)
    assert heard.now["in_call"] is None
    machine.file("300", 7, "/dev/null")
    await asyncio.sleep(0.2)
    assert heard.values("in_call") == [None]
    machine.file("300", 7, f"{machine.dev}/video0")
    camera._next_walk = 0.0
    await camera.check()
    assert heard.now["in_call"] is None
    async with asyncio.timeout(20):
        while heard.now["in_call"] is None:
            await asyncio.sleep(0.02)
    assert heard.values("in_call") == [None, True]
    await camera.close()


async def test_without_a_camera_nothing_is_walked(machine: Machine) -> None:
    heard = Heard()
    camera = machine.camera()
    machine.file("300", 7, f"{machine.dev}/video0")
    assert "no camera" in await camera.open(heard)
    assert heard.values("in_call") == [None]


async def test_without_proc_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="/proc"):
        await Camera(dev=tmp_path, proc=tmp_path, sys=tmp_path).open(Heard())


async def test_the_real_proc_shows_our_own_open_files(tmp_path: Path) -> None:
    heard = Heard()
    (tmp_path / "video9").touch()
    camera = Camera(dev=tmp_path, sys=tmp_path / "none")
    with (tmp_path / "video9").open():
        await camera.open(heard)
    assert heard.now["in_call"] is True
    await camera.check()
    assert heard.now["in_call"] is None


def packet(*values: bytes) -> bytes:
    body = b"".join(values)
    return struct.pack(">5I", len(body), pulse.NOBODY, 0, 0, 0) + body


REPLY_1 = b"L\0\0\0\x02L\0\0\0\x01"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        packet(b"?"),
        packet(b"L\0"),
        packet(b"t"),
        packet(),
        packet(b"L\0\0\0\0L\0\0\0\x01L\0\0\0\x01"),
        packet(b"tno number\0tat all\0"),
        packet(REPLY_1 + b"Pt"),
        packet(REPLY_1 + b"Pta\0L\0\0\0\x01x\xff\xff\xff\xffN"),
        struct.pack(">5I", 0xFFFFFFF0, pulse.NOBODY, 0, 0, 0),
    ],
)
async def test_nonsense_is_no_sound_server(tmp_path: Path, answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "ANSWER_SECONDS", 0.5)
    env = {"PULSE_SERVER": f"unix:{tmp_path}/pulse/native"}
    async with NonsenseServer(tmp_path / "pulse" / "native", answer):
        with pytest.raises(Unusable):
            await SoundServer(env=env).open(Heard())


async def test_a_silent_server_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "ANSWER_SECONDS", 0.05)
    async with NonsenseServer(tmp_path / "native", None):
        with pytest.raises(Unusable, match="does not answer"):
            await SoundServer(env={"PULSE_RUNTIME_PATH": str(tmp_path)}).open(Heard())


async def test_answers_of_another_shape_are_lost_not_guessed(tmp_path: Path) -> None:
    reader, writer = asyncio.StreamReader(), None
    server = pulse.PulseServer(reader, writer)  # type: ignore[arg-type]

    async def short(command: int, *values: bytes) -> list[object]:
        return [1, "a stream", 2]

    server._ask = short  # type: ignore[method-assign]
    with pytest.raises(Lost, match="not its protocol"):
        await server.recordings()
    with pytest.raises(Lost, match="not its protocol"):
        await server.sources()
    with pytest.raises(Lost, match="not its protocol"):
        await server.playing()
    with pytest.raises(Lost, match="not its protocol"):
        await server.clients()


def test_where_the_sound_server_is(tmp_path: Path) -> None:
    assert pulse.server_socket({"XDG_RUNTIME_DIR": "/run/user/1"}) == Path("/run/user/1/pulse/native")
    assert pulse.server_socket({"PULSE_SERVER": "{4f}unix:/x/native", "XDG_RUNTIME_DIR": "/r"}) == Path("/x/native")
    assert pulse.server_socket({"PULSE_SERVER": "/x/native"}) == Path("/x/native")
    with pytest.raises(Unusable, match="network"):
        pulse.server_socket({"PULSE_SERVER": "tcp:192.0.2.1:4713"})
    with pytest.raises(Unusable, match="XDG_RUNTIME_DIR"):
        pulse.server_socket({})
    (tmp_path / "cookie").write_bytes(bytes(range(256)))
    assert pulse.cookie({"PULSE_COOKIE": str(tmp_path / "cookie")}) == bytes(range(256))
    assert pulse.cookie({"HOME": str(tmp_path)}) == bytes(256)
