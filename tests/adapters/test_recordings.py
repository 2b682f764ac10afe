"""Recordings in the terminal: shell scripts stand in for the players; what is made of a recording is decoded anew."""

import asyncio
import contextlib
import io
import subprocess
import wave
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.test_speech import Programs
from tests.desktop.parts import needs
from unhunch.adapters.ogg import RATE, Unreadable, as_caf, as_wave, read, samples_of
from unhunch.adapters.recordings import PLAYERS, RecordedVoice, available
from unhunch.adapters.speech import ENGINES, HostVoice
from unhunch.session.recordings import FOLDER, recordings

TEXT, RECORDING = next(iter(recordings("en").items()))
FILE = Path(str(FOLDER.joinpath("en", RECORDING.name)))
CONTENT = FILE.read_bytes()
BY_NAME = {player.program: player for player in PLAYERS}
ESPEAK = next(engine for engine in ENGINES if engine.program == "espeak-ng")


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return Programs(tmp_path)


def voice(programs: Programs, *players: tuple[str, int]) -> RecordedVoice:
    """With these players, each with its exit code, and an engine."""
    found = [(BY_NAME[name], programs.make(name, status=status)) for name, status in players]
    return RecordedVoice({TEXT: str(FILE)}, HostVoice(150, "en", [(ESPEAK, programs.make("espeak-ng"))]), found)


async def test_what_is_recorded_is_played_and_the_rest_is_spoken(programs: Programs) -> None:
    made = voice(programs, ("pw-play", 0))
    assert made.name == "pw-play"
    assert await made.say(TEXT)
    assert await made.say("Something else.")
    assert programs.lines[0] == f"pw-play args {FILE}"
    assert "espeak-ng input Something else." in programs.lines
    assert sum("espeak-ng args" in line for line in programs.lines) == 1


async def test_a_player_that_fails_hands_over_to_the_next_and_at_last_to_the_engine(programs: Programs) -> None:
    made = voice(programs, ("pw-play", 1), ("paplay", 0))
    assert await made.say(TEXT)
    assert made.name == "paplay"
    made = voice(programs, ("pw-play", 1), ("paplay", 1))
    assert await made.say(TEXT)
    assert made.name == "espeak-ng"
    assert f"espeak-ng input {TEXT}" in programs.lines


async def test_a_pause_is_silent_at_once(programs: Programs) -> None:
    made = RecordedVoice(
        {TEXT: str(FILE)}, HostVoice(engines=()), [(BY_NAME["pw-play"], programs.make("pw-play", seconds=30))]
    )
    saying = asyncio.create_task(made.say(TEXT))
    await programs.until("pw-play args")
    async with asyncio.timeout(5):
        await made.hush()
        assert await saying is False
    assert "pw-play ended" not in programs.lines
    assert made.name == "pw-play", "being silenced is no failure"


def test_each_system_has_its_players() -> None:
    assert [player.program for player, _ in available("linux", lambda name: name)] == ["pw-play", "paplay", "aplay"]
    assert [player.program for player, _ in available("darwin", lambda name: name)] == ["afplay"]
    assert available("win32", lambda name: name) == []


def test_a_recording_is_as_long_as_its_manifest_says() -> None:
    for code in ("en", "de", "es"):
        for text, one in recordings(code).items():
            opus = read(FOLDER.joinpath(code, one.name).read_bytes())
            seconds = (opus.samples - opus.skip) / RATE
            assert abs(seconds - one.seconds) < 0.12, text
            assert sum(map(samples_of, opus.packets)) >= opus.samples


@pytest.mark.desktop
def test_as_a_wave_it_is_what_the_reference_decoder_makes_of_it(tmp_path: Path) -> None:
    needs("opusdec")
    out = tmp_path / "said.wav"
    subprocess.run(["opusdec", "--quiet", "--rate", str(RATE), str(FILE), str(out)], check=True)
    with wave.open(str(out)) as right, wave.open(io.BytesIO(as_wave(CONTENT))) as ours:
        assert ours.getparams()[:3] == (1, 2, RATE)
        assert abs(ours.getnframes() - right.getnframes()) <= RATE // 100
        count = min(ours.getnframes(), right.getnframes())
        one, other = (memoryview(file.readframes(count)).cast("h") for file in (ours, right))
        apart = max(abs(a - b) for a, b in zip(one[:: RATE // 1000], other[:: RATE // 1000], strict=True))
        assert apart < 200


@pytest.mark.desktop
def test_alsa_plays_it(tmp_path: Path) -> None:
    needs("aplay")
    path = tmp_path / "said.wav"
    path.write_bytes(as_wave(CONTENT))
    done = subprocess.run(["aplay", "-q", "-D", "null", str(path)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.desktop
def test_in_apples_container_it_is_the_same_sound(tmp_path: Path) -> None:
    """No Mac is here: ffmpeg reads the container and decodes what is in it."""
    needs("ffmpeg")
    (tmp_path / "said.caf").write_bytes(as_caf(CONTENT))
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(tmp_path / "said.caf"), "-f", "s16le", "-ac", "1", "-ar", str(RATE), "-"],
        capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stderr == b""
    opus = read(CONTENT)
    assert abs(len(done.stdout) / 2 - (opus.samples - opus.skip)) <= RATE * 0.08


@given(st.binary(max_size=200) | st.integers(0, len(CONTENT)).map(lambda at: CONTENT[:at]))
def test_what_is_no_recording_is_refused(content: bytes) -> None:
    for made in (read, as_caf):
        try:
            made(content)
        except Unreadable:
            continue


@given(st.integers(0, len(CONTENT) - 1), st.integers(0, 255))
def test_a_damaged_recording_is_refused_or_read(at: int, byte: int) -> None:
    damaged = CONTENT[:at] + bytes([byte]) + CONTENT[at + 1 :]
    with contextlib.suppress(Unreadable):
        read(damaged)


def test_without_libopus_there_is_no_wave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unhunch.adapters.ogg.LIBRARIES", ("nothing.so.0",))
    with pytest.raises(Unreadable):
        as_wave(CONTENT)
