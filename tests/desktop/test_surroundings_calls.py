"""The microphone, with a real PulseAudio and PipeWire: recorders that come, pause, go, and ones that are no call."""

import asyncio
import sys
from collections.abc import Callable

import pytest

from tests.desktop.bed import Bed
from tests.desktop.parts import needs
from tests.fakes.heard import Heard
from tests.fakes.pulse import Recorder
from unhunch.adapters.protocols.pulse import NOBODY, PulseServer, Recording, cookie, server_socket
from unhunch.adapters.surroundings.sound import SoundServer
from unhunch.ports import Lost, Unusable

pytestmark = pytest.mark.desktop


def pulseaudio(bed: Bed) -> str:
    """PulseAudio with a microphone of silence; returns the name of the sink's monitor."""
    needs("pulseaudio", "pactl", "parecord")
    bed.spawn(
        *("pulseaudio", "--daemonize=no", "--exit-idle-time=-1", "-n"),
        *("-L", "module-native-protocol-unix"),
        *("-L", "module-null-sink sink_name=out", "-L", "module-null-source source_name=mic"),
    )
    answers(bed)
    return "out.monitor"


def pipewire(bed: Bed) -> str:
    """PipeWire with a virtual microphone; returns the name of the sink's monitor."""
    needs("pipewire", "wireplumber", "pipewire-pulse", "pactl", "parecord")
    bed.bus()
    bed.spawn("pipewire")
    bed.until("pipewire's socket", (bed.run / "pipewire-0").exists)
    bed.spawn("wireplumber")
    bed.spawn("pipewire-pulse")
    answers(bed)
    bed.output(
        *("pactl", "load-module", "module-null-sink", "media.class=Audio/Source/Virtual"),
        *("sink_name=mic", "channel_map=mono"),
    )
    bed.until("the microphone", lambda: "\tmic\t" in bed.output("pactl", "list", "short", "sources"))
    bed.until("a sink", lambda: "auto_null.monitor" in bed.output("pactl", "list", "short", "sources"))
    return "auto_null.monitor"


def answers(bed: Bed) -> None:
    bed.until("the pulse socket", (bed.run / "pulse/native").exists)
    bed.until("an answer", lambda: "Server Name" in bed.output("pactl", "info"))


async def told(bed: Bed, sound: SoundServer) -> None:
    """All that has happened at the server is told, and what had to last has lasted."""
    assert sound._server is not None
    await sound._server.clients()  # its answer comes after the events
    await bed.eventually("rest", lambda: not (sound._stale or sound._asking or sound._settling))


class Look:
    """A second connection, to know when a recorder is really there."""

    def __init__(self, bed: Bed) -> None:
        self.bed = bed

    async def recordings(self) -> list[Recording]:
        server = await PulseServer.connect(server_socket(self.bed.env), cookie(self.bed.env))
        try:
            return await server.recordings()
        finally:
            await server.close()

    async def until(self, what: str, test: Callable[[list[Recording]], object]) -> None:
        async with asyncio.timeout(30):
            while not test(await self.recordings()):
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("server", [pulseaudio, pipewire], ids=["pulseaudio", "pipewire"])
async def test_a_recorder_is_a_call_and_a_monitor_or_an_ignored_one_is_not(
    bed: Bed, server: Callable[[Bed], str]
) -> None:
    monitor = server(bed)
    look, heard = Look(bed), Heard()
    microphone = SoundServer(["Dictation*"], env=bed.env)
    await microphone.open(heard)
    assert heard.all == [("in_call", False), ("shared", None)]

    bystanders = [
        bed.spawn("parec", "--raw", "-d", monitor, log="parec"),
        bed.spawn("parec", "--raw", "-d", "mic", "--client-name=dictation tool", log="parec"),
        bed.spawn("parec", "--raw", "-d", "mic", "--stream-name=Peak detect", log="parec"),
    ]
    await look.until("three bystanders", lambda recordings: len(recordings) == 3)
    call = bed.spawn("parec", "--raw", "-d", "mic", "--client-name=Meeting", log="parec")
    await bed.eventually("the call", lambda: heard.now["in_call"] is True)
    bed.stop(call)
    await bed.eventually("its end", lambda: heard.now["in_call"] is False)
    assert len(await look.recordings()) == 3
    assert heard.values("in_call") == [False, True, False]
    for bystander in bystanders:
        bed.stop(bystander)
    await look.until("nobody", lambda recordings: not recordings)
    await microphone.check()
    await microphone.close()
    assert heard.values("in_call") == [False, True, False]


@pytest.mark.parametrize("server", [pulseaudio, pipewire], ids=["pulseaudio", "pipewire"])
async def test_a_paused_recorder_and_a_level_meter_are_no_calls(bed: Bed, server: Callable[[Bed], str]) -> None:
    server(bed)
    look, heard = Look(bed), Heard()
    meter = await Recorder.start(bed.env, "mic", level_meter=True)
    recorder = await Recorder.start(bed.env, "mic")
    await look.until("both", lambda recordings: [r.corked for r in recordings] == [False, False])
    microphone = SoundServer(env=bed.env)
    await microphone.open(heard)
    assert heard.values("in_call") == [True]
    await recorder.pause(paused=True)
    await bed.eventually("paused", lambda: heard.now["in_call"] is False)
    assert sorted(recording.corked for recording in await look.recordings()) == [False, True]
    await recorder.pause(paused=False)
    await bed.eventually("going on", lambda: heard.now["in_call"] is True)
    await recorder.stop()
    await bed.eventually("gone", lambda: heard.now["in_call"] is False)
    assert len(await look.recordings()) == 1
    assert heard.values("in_call") == [True, False, True, False]
    await microphone.close()
    await meter.stop()


async def test_a_dead_sound_server_is_lost_at_once(bed: Bed) -> None:
    needs("pulseaudio", "pactl")
    pulseaudio(bed)
    heard = Heard()
    microphone = SoundServer(env=bed.env)
    await microphone.open(heard)
    server = bed.processes[-1]
    bed.kill(server)
    await bed.eventually("unknown", lambda: heard.now["in_call"] is None)
    with pytest.raises(Lost):
        await microphone.check()
    with pytest.raises(Unusable, match="no sound server"):
        await microphone.open(heard)
    pulseaudio(bed)
    await microphone.open(heard)
    assert heard.now["in_call"] is False
    await microphone.close()


@pytest.mark.parametrize("server", [pulseaudio, pipewire], ids=["pulseaudio", "pipewire"])
async def test_plumbing_is_no_call_and_who_records_what_it_carries_is_one(
    bed: Bed, server: Callable[[Bed], str]
) -> None:
    server(bed)
    look, heard = Look(bed), Heard()
    sound = SoundServer(env=bed.env)
    await sound.open(heard)
    bed.output("pactl", "load-module", "module-null-sink", "sink_name=mix")
    loopback = bed.output("pactl", "load-module", "module-loopback", "source=mic", "sink=mix").strip()
    await look.until("the loopback", lambda recordings: recordings)
    meter = bed.spawn("parec", "--raw", "-d", "mix.monitor", "--client-name=Meeting", log="parec")
    await bed.eventually("a call by way of the loopback", lambda: heard.now["in_call"] is True)
    bed.output("pactl", "unload-module", loopback)
    await bed.eventually("nothing but a monitor", lambda: heard.now["in_call"] is False)
    bed.stop(meter)
    bed.output("pactl", "load-module", "module-remap-source", "master=mic", "source_name=mono")
    recorder = bed.spawn("parec", "--raw", "-d", "mono", "--client-name=Talon", log="parec")
    await look.until("one who works by voice", lambda recordings: any(r.client != NOBODY for r in recordings))
    call = bed.spawn("parec", "--raw", "-d", "mono", "--client-name=Meeting", log="parec")
    await bed.eventually("a call at the remapped source", lambda: heard.now["in_call"] is True)
    bed.stop(call)
    await bed.eventually("its end", lambda: heard.now["in_call"] is False)
    bed.stop(recorder)
    await sound.close()
    assert heard.values("in_call") == [False, True, False, True, False]


@pytest.mark.parametrize("server", [pulseaudio, pipewire], ids=["pulseaudio", "pipewire"])
async def test_a_microphone_that_is_pulled_out_ends_no_call(bed: Bed, server: Callable[[Bed], str]) -> None:
    server(bed)
    look, heard = Look(bed), Heard()
    sound = SoundServer(settle=1.0, env=bed.env)  # for a moment the stream has no source, or one that is no microphone
    await sound.open(heard)
    call = bed.spawn("parec", "--raw", "-d", "mic", "--client-name=Meeting", log="parec")
    await bed.eventually("the call", lambda: heard.now["in_call"] is True)
    [(microphone, *_)] = [
        line.split("\t") for line in bed.output("pactl", "list", "short", "sources").splitlines() if "\tmic\t" in line
    ]
    bed.output("pactl", "unload-module", "module-null-source" if server is pulseaudio else "module-null-sink")
    await bed.eventually("no microphone", lambda: "\tmic\t" not in bed.output("pactl", "list", "short", "sources"))
    await look.until("a stream elsewhere", lambda all_: [r for r in all_ if r.source != int(microphone)])
    await told(bed, sound)
    assert heard.values("in_call") == [False, True], "the program still sits in its call"
    bed.stop(call)
    await bed.eventually("its end", lambda: heard.now["in_call"] is False)
    await sound.close()


async def test_a_blink_of_the_microphone_neither_begins_nor_ends_a_call(bed: Bed) -> None:
    pulseaudio(bed)
    heard = Heard()
    sound = SoundServer(settle=0.4, env=bed.env)
    await sound.open(heard)
    recorder = await Recorder.start(bed.env, "mic")
    await recorder.pause(paused=True)
    await told(bed, sound)
    assert heard.values("in_call") == [False], "a question that was answered at once is no call"
    await recorder.pause(paused=False)
    await bed.eventually("a call", lambda: heard.now["in_call"] is True)
    for _ in range(3):
        await recorder.pause(paused=True)
        await recorder.pause(paused=False)
    await told(bed, sound)
    assert heard.values("in_call") == [False, True], "another microphone in the middle of a call does not end it"
    await recorder.stop()
    await bed.eventually("its end", lambda: heard.now["in_call"] is False)
    await sound.close()


PORTAL = """
import os, socket, sys
from dbus_fast.aio import MessageBus
import asyncio

async def own():
    bus = await MessageBus(negotiate_unix_fd=False).connect()
    await bus.request_name("org.freedesktop.portal.Desktop")
    return bus

bus = asyncio.run(own())
os.set_inheritable(bus._fd, True)
os.execvp("pw-mon", ["pw-mon"])
"""
"""Owns the portal's name and becomes a client of PipeWire: PipeWire marks its connections as it does the portal's."""


async def test_a_client_of_the_portal_sees_the_screen(bed: Bed) -> None:
    needs("pw-mon")
    pipewire(bed)
    bed.env["XDG_SESSION_TYPE"] = "wayland"
    heard = Heard()
    sound = SoundServer(env=bed.env)
    await sound.open(heard)
    assert heard.now == {"in_call": False, "shared": False}
    bystander = bed.spawn("pw-mon")
    share = bed.spawn(sys.executable, "-c", PORTAL, log="portal")
    await bed.eventually("the share", lambda: heard.now["shared"] is True)
    bed.stop(bystander)
    bed.stop(share)
    await bed.eventually("its end", lambda: heard.now["shared"] is False)
    await sound.close()
    del bed.env["XDG_SESSION_TYPE"]
    await sound.open(heard)
    assert heard.now["shared"] is None, "on X11 not all that share the screen ask the portal"
    assert "nobody tells" in sound.note
    await sound.close()
