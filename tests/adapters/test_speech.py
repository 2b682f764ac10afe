"""The computer's voice: shell scripts stand in for the programs, espeak-ng measures the sentences."""

import asyncio
import shutil
import subprocess
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import pytest

from tests.desktop.parts import needs
from unhunch import language
from unhunch.adapters.speech import ENGINES, Engine, HostVoice, available
from unhunch.core.session.routine import Size, Variation
from unhunch.core.session.timeline import relief, rest, timeline
from unhunch.language import LANGUAGES
from unhunch.session.routines import builtin

LIMIT = 20.0


class Programs:
    """Stand-ins for speech programs: each writes down its arguments, its input and its end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self.log.touch()

    def make(self, name: str, seconds: float = 0, status: int = 0) -> str:
        path = self.folder / name
        path.write_text(
            "#!/bin/sh\n"
            f'echo "{name} args $*" >> {self.log}\n'
            f'case " $* " in *" --stdin "*) echo "{name} input $(cat)" >> {self.log};; esac\n'
            f"sleep {seconds}\n"
            f'echo "{name} ended" >> {self.log}\n'
            f"exit {status}\n"
        )
        path.chmod(0o755)
        return str(path)

    @property
    def lines(self) -> list[str]:
        return self.log.read_text().splitlines()

    async def until(self, line: str) -> None:
        async with asyncio.timeout(LIMIT):
            while not any(line in found for found in self.lines):
                await asyncio.sleep(0.01)


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return Programs(tmp_path)


ESPEAK = next(engine for engine in ENGINES if engine.program == "espeak-ng")
DISPATCHER = next(engine for engine in ENGINES if engine.program == "spd-say")


async def test_a_sentence_is_handed_over_with_pace_and_language(programs: Programs) -> None:
    voice = HostVoice(150, "en", [(ESPEAK, programs.make("espeak-ng"))])
    assert await voice.say("Breathe in; $(touch x) `id`.")
    assert programs.lines == [
        "espeak-ng args -v en -s 150 --stdin",
        "espeak-ng input Breathe in; $(touch x) `id`.",
        "espeak-ng ended",
    ]


async def test_a_pause_is_silent_at_once(programs: Programs) -> None:
    voice = HostVoice(150, "en", [(ESPEAK, programs.make("espeak-ng", seconds=30))])
    saying = asyncio.create_task(voice.say("A long sentence."))
    await programs.until("input A long")
    async with asyncio.timeout(5):
        await voice.hush()
        assert await saying is False
    assert "espeak-ng ended" not in programs.lines
    assert voice.name == "espeak-ng", "being silenced is no failure"


async def test_sentences_never_overlap(programs: Programs) -> None:
    voice = HostVoice(150, "en", [(ESPEAK, programs.make("espeak-ng", seconds=30))])
    first = asyncio.create_task(voice.say("One."))
    await programs.until("input One.")
    second = asyncio.create_task(voice.say("Two."))
    await programs.until("input Two.")
    async with asyncio.timeout(5):
        assert await first is False
    await voice.hush()
    assert await second is False


async def test_many_sentences_at_once_leave_one_process_at_most(programs: Programs) -> None:
    voice = HostVoice(150, "en", [(ESPEAK, programs.make("espeak-ng", seconds=30))])
    saying = [asyncio.create_task(voice.say(f"Sentence {n}.")) for n in range(8)]
    await programs.until("args")
    await voice.hush()
    async with asyncio.timeout(5):
        assert await asyncio.gather(*saying) == [False] * 8
    assert voice._process is None


async def test_a_sentence_without_an_end_is_cut_off_at_its_limit(programs: Programs) -> None:
    voice = HostVoice(150, "en", [(ESPEAK, programs.make("espeak-ng", seconds=30))])
    async with asyncio.timeout(5):
        assert await voice.say("Hangs.", limit=0.3) is False
    assert voice.name == "espeak-ng"


async def test_a_program_that_fails_hands_over_to_the_next_and_is_not_asked_again(programs: Programs) -> None:
    voice = HostVoice(
        150, "en", [(DISPATCHER, programs.make("spd-say", status=1)), (ESPEAK, programs.make("espeak-ng"))]
    )
    assert voice.name == "speech-dispatcher"
    assert await voice.say("One.")
    assert voice.name == "espeak-ng"
    assert await voice.say("Two.")
    assert sum(line.startswith("spd-say args") for line in programs.lines) == 1


async def test_no_program_is_no_voice(tmp_path: Path) -> None:
    voice = HostVoice(engines=[])
    assert voice.name == ""
    assert await voice.say("Hello.") is False
    gone = HostVoice(engines=[(ESPEAK, str(tmp_path / "gone"))])
    assert await gone.say("Hello.") is False
    assert gone.name == ""
    await gone.hush()


async def test_the_dispatcher_is_told_to_stop_because_it_speaks_in_another_process(programs: Programs) -> None:
    voice = HostVoice(160, "en", [(DISPATCHER, programs.make("spd-say", seconds=30))])
    saying = asyncio.create_task(voice.say("A long sentence."))
    await programs.until("args -w")
    assert "spd-say args -w -N unhunch -r 0 -l en -- A long sentence." in programs.lines
    stopping = asyncio.create_task(voice.hush())
    await programs.until("args -S")
    async with asyncio.timeout(10):
        assert await saying is False
        await stopping


@pytest.mark.parametrize(("pace", "rate"), [(100, -75), (160, 0), (220, 21)])
def test_words_a_minute_become_the_dispatchers_rate(pace: int, rate: int) -> None:
    assert DISPATCHER.arguments("x", pace, "en")[4] == str(rate)


@pytest.mark.parametrize(
    ("platform", "names"),
    [("linux", ["spd-say", "espeak-ng"]), ("darwin", ["espeak-ng", "say"]), ("win32", ["espeak-ng", "powershell"])],
)
def test_each_system_has_its_programs(platform: str, names: list[str]) -> None:
    found = available(platform, lambda program: f"/somewhere/{program}")
    assert [engine.program for engine, _ in found] == names
    assert available(platform, lambda _program: None) == []


def test_a_sentence_for_windows_is_no_part_of_the_command() -> None:
    windows = next(engine for engine in ENGINES if engine.program == "powershell")
    assert windows.by_input
    assert "'; calc" not in " ".join(windows.arguments("'; calc", 150, "en"))
    assert "'; " not in " ".join(windows.arguments("Hello.", 150, "'; calc"))


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_program_reads_a_sentence_with_a_voice_of_another_language(code: str) -> None:
    """Windows looks for a voice of the language, macOS has one by name; English is read by the voice in use there."""
    spoken = {engine.program: list(engine.arguments("Hello.", 150, code)) for engine in ENGINES}
    assert spoken["spd-say"][spoken["spd-say"].index("-l") + 1] == code
    assert spoken["espeak-ng"][spoken["espeak-ng"].index("-v") + 1] == code
    assert spoken["powershell"][-1].count(f"'{code}'") == 2
    assert "exit 1" in spoken["powershell"][-1]
    assert spoken["say"][:2] == {"de": ["-v", "Anna"], "es": ["-v", "Paulina"]}.get(code, ["-r", "150"])


async def test_a_language_that_a_program_does_not_speak_is_left_to_the_next(programs: Programs) -> None:
    say = next(engine for engine in ENGINES if engine.program == "say")
    voice = HostVoice(150, "de", [(say, programs.make("say", status=1)), (ESPEAK, programs.make("espeak-ng"))])
    assert await voice.say("Atme ein.")
    assert programs.lines[0] == "say args -v Anna -r 150 -- Atme ein."
    assert "espeak-ng args -v de -s 150 --stdin" in programs.lines


def sentences() -> dict[str, float]:
    """Each sentence of the built-in routine with the shortest time it ever has, at the shortest breath."""
    routine = builtin()
    places = tuple(routine.positions)
    lines = [
        timeline(routine, size, landmark=True, hips_raised=hips, variation=variation, marked=marked)
        for size, hips, variation, marked in product(
            Size, (False, True), Variation, ((), places[:2], places[2:4], places[4:])
        )
    ]
    lines += [relief(routine, Size.SHORT, v, "P1", 8) for v in (Variation.ELBOWS_IN, Variation.SUPPORTED)]
    lines += [rest(routine, Size.SHORT, words) for words in (routine.pain, routine.tingling.persisted)]
    slots: dict[str, float] = {}
    for utterance in (u for line in lines for u in line.utterances()):
        slots[utterance.text] = min(utterance.seconds, slots.get(utterance.text, 1e9))
    return slots


@pytest.fixture
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    """The language that is spoken while the test runs."""
    language.set_up({"LANG": f"{request.param}.UTF-8"})
    yield request.param
    language.set_up({})


@pytest.mark.desktop
@pytest.mark.parametrize("pace", [150, 175])
@pytest.mark.parametrize("spoken", LANGUAGES, indirect=True)
def test_every_sentence_fits_into_its_time(tmp_path: Path, pace: int, spoken: str) -> None:
    """At the configured pace and at espeak-ng's own, measured on what it really renders, in each language."""
    needs("espeak-ng")
    slots = sentences()
    assert len(slots) > 50
    assert ("Breathe in." in slots) is (spoken == "en"), "its own sentences"

    def seconds(numbered: tuple[int, str]) -> float:
        out = tmp_path / f"{numbered[0]}.wav"
        subprocess.run(
            ["espeak-ng", "-v", spoken, "-s", str(pace), "-w", str(out), numbered[1]], check=True, timeout=30
        )
        with wave.open(str(out)) as rendered:
            return rendered.getnframes() / rendered.getframerate()

    with ThreadPoolExecutor(2) as pool:
        lengths = dict(zip(slots, pool.map(seconds, enumerate(slots)), strict=True))
    assert min(lengths.values()) > 0.5, "something was rendered"
    late = {text: (round(lengths[text], 2), slots[text]) for text in slots if lengths[text] > slots[text]}
    assert not late


@pytest.mark.desktop
async def test_espeak_itself_takes_a_sentence_and_is_stopped_at_once(tmp_path: Path) -> None:
    """The real program with the arguments that are used for speaking, writing into a file where there is no sound."""
    needs("espeak-ng")
    path = shutil.which("espeak-ng")
    assert path is not None
    out = tmp_path / "said.wav"
    to_file = Engine(
        "espeak-ng", path, ("linux",), lambda *said: [*ESPEAK.arguments(*said), "-w", str(out)], by_input=True
    )
    assert await HostVoice(150, "en", [(to_file, path)]).say("Breathe in.")
    with wave.open(str(out)) as said:
        assert 0.5 < said.getnframes() / said.getframerate() < 3
    assert await HostVoice(150, "xx-nowhere", [(to_file, path)]).say("Breathe in.") is False
