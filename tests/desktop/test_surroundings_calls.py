"""The microphone, with a real PulseAudio and PipeWire: recorders that come, pause, go, and ones that are no call."""

import asyncio
from collections.abc import Callable

import pytest

from tests.desktop.bed import Bed
from tests.desktop.parts import needs
from tests.fakes.heard import Heard
from tests.fakes.pulse import Recorder
from unhunch.adapters.protocols.pulse import PulseServer, Recording, cookie, server_socket
from unhunch.adapters.surroundings.calls import Microphone
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
    microphone = Microphone(["Dictation*"], env=bed.env)
    await microphone.open(heard)
    assert heard.all == [("in_call", False)]

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
    microphone = Microphone(env=bed.env)
    await microphone.open(heard)
    assert heard.all == [("in_call", True)]
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
    microphone = Microphone(env=bed.env)
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
