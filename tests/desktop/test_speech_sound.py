"""The computer's voice, heard: real programs speak into a null sound card whose output is recorded."""

import asyncio
import shutil
from pathlib import Path

import pytest

from tests.desktop.bed import LIMIT, Bed
from tests.desktop.parts import needs
from unhunch.adapters.speech import ENGINES, HostVoice

pytestmark = pytest.mark.desktop

RATE = 8000
LONG = "Put one hand behind your back, palm out. Stretch your thumb up along your spine, and remember where its tip is."


def loud_seconds(raw: Path, start: float, end: float) -> float:
    """Seconds between start and end of a recording in which something is heard, counted in pieces of 50 ms."""
    data = raw.read_bytes()
    samples = memoryview(data[: len(data) // 2 * 2]).cast("h")
    piece = RATE // 20
    starts = range(int(start * RATE), min(int(end * RATE), len(samples)) - piece, piece)
    return sum(max(abs(v) for v in samples[at : at + piece]) > 300 for at in starts) / 20


@pytest.mark.parametrize("program", ["espeak-ng", "spd-say"])
async def test_it_is_heard_and_a_pause_is_silent_at_once(
    bed: Bed, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in (program, "pipewire", "wireplumber", "pipewire-pulse", "parecord", "pactl"):
        needs(part)
    bed.bus()
    bed.spawn("pipewire")
    bed.until("pipewire", (bed.run / "pipewire-0").exists)
    bed.spawn("wireplumber")
    bed.spawn("pipewire-pulse")
    bed.until("the sound server", lambda: "auto_null" in bed.output("pactl", "list", "short", "sinks"))
    if program == "spd-say":
        needs("speech-dispatcher")
        socket = bed.run / "speechd.sock"
        settings = bed.dir / "speechd"
        (settings / "modules").mkdir(parents=True)
        (settings / "speechd.conf").write_text(
            'AudioOutputMethod "pulse"\nAddModule "espeak-ng" "sd_espeak-ng" ""\nDefaultModule espeak-ng\n'
        )
        bed.spawn(
            "speech-dispatcher", "-s", "-C", str(settings), "-L", str(bed.dir), "-P", str(bed.run / "spd.pid"),
            "-c", "unix_socket", "-S", str(socket),
        )  # fmt: skip
        bed.until("speech-dispatcher", socket.exists)
        bed.env["SPEECHD_ADDRESS"] = f"unix_socket:{socket}"
    for name, value in bed.env.items():
        monkeypatch.setenv(name, value)
    raw = bed.dir / "heard.raw"
    bed.spawn(
        "parec", "-d", "auto_null.monitor", "--latency-msec=20", "--format=s16le", f"--rate={RATE}", "--channels=1",
        "--raw", str(raw),
    )  # fmt: skip

    def recorded() -> float:
        return raw.stat().st_size / 2 / RATE if raw.exists() else 0.0

    async def until(what: str, limit: float = LIMIT, *, more: float = 0.0) -> float:
        begun = recorded()
        async with asyncio.timeout(limit):
            while recorded() < begun + more or (what == "heard" and loud_seconds(raw, 0, recorded()) < 1.0):
                await asyncio.sleep(0.05)
        return recorded()

    await until("running", more=0.3)
    path = shutil.which(program)
    assert path is not None
    engine = next(engine for engine in ENGINES if engine.program == program)
    voice = HostVoice(150, "en", [(engine, path)])
    saying = asyncio.create_task(voice.say(LONG))
    await until("heard")
    assert not saying.done(), "in the middle of the sentence"
    await voice.hush()
    hushed = recorded()
    assert await saying is False
    end = await until("silence", more=3.0)
    assert loud_seconds(raw, hushed + 0.7, end) == 0, "what was on its way to the sound card, and nothing more"
    assert voice.name == engine.name
