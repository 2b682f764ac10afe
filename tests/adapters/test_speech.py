"""The computer's voice: shell scripts stand in for the programs, espeak-ng measures the sentences."""

import asyncio
import shutil
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tools.voice import by_engine

from tests.desktop.parts import needs
from unhunch import language
from unhunch.adapters.speech import ENGINES, Engine, HostVoice, available
from unhunch.core.session.heard import sentences
from unhunch.core.session.pace import ROOM, estimate
from unhunch.language import LANGUAGES
from unhunch.session.routines import builtin

LIMIT = 20.0


class Programs:
    """Stand-ins for speech programs: each writes down its arguments, its input and its end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self.log.touch()

    def dispatcher(self, modules: dict[str, str], seconds: float = 0, status: int = 0) -> str:
        """A spd-say whose modules (name -> a language that each speaks) are listed as the real one lists them."""
        listed = "".join(f"echo {name};" for name in modules)
        cases = "".join(
            f'"-o {name} -L") echo "  NAME  LANGUAGE  VARIANT"; echo "  Some voice  {code}  none"; exit 0;;'
            for name, code in modules.items()
        )
        return self.make(
            "spd-say", seconds, status, f'case "$*" in "-O") echo OUTPUT MODULES;{listed} exit 0;;{cases}esac'
        )

    def make(self, name: str, seconds: float = 0, status: int = 0, first: str = "") -> str:
        path = self.folder / name
        path.write_text(
            "#!/bin/sh\n"
            f"{first}\n"
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
        150,
        "en",
        [(DISPATCHER, programs.dispatcher({"espeak-ng": "en"}, status=1)), (ESPEAK, programs.make("espeak-ng"))],
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
    voice = HostVoice(160, "en", [(DISPATCHER, programs.dispatcher({"espeak-ng": "en-us"}, seconds=30))])
    saying = asyncio.create_task(voice.say("A long sentence."))
    await programs.until("args -o")
    assert "spd-say args -o espeak-ng -r 0 -w -N unhunch -l en -- A long sentence." in programs.lines
    stopping = asyncio.create_task(voice.hush())
    await programs.until("args -S")
    async with asyncio.timeout(10):
        assert await saying is False
        await stopping


@pytest.mark.parametrize(("pace", "rate"), [(100, -75), (160, 0), (220, 21)])
async def test_words_a_minute_become_the_rate_of_the_one_module_that_counts_so(
    programs: Programs, pace: int, rate: int
) -> None:
    for module, expected in (("espeak-ng", rate), ("pico", 0)):
        voice = HostVoice(pace, "en", [(DISPATCHER, programs.dispatcher({module: "en"}))])
        assert await voice.say("Hello.")
        assert f"spd-say args -o {module} -r {expected} -w" in programs.log.read_text()


@pytest.mark.parametrize(
    ("modules", "taken"),
    [
        ({"flite": "en", "espeak-ng": "hundreds"}, "espeak-ng"),
        ({"flite": "en", "pico": "de-DE"}, "pico"),
        ({"espeak-ng": "de", "rhvoice": "de_DE"}, "rhvoice"),
        ({"flite": "en", "rhvoice": "en"}, ""),
    ],
)
async def test_a_dispatchers_module_is_taken_by_the_language_that_it_lists(
    programs: Programs, modules: dict[str, str], taken: str
) -> None:
    """Told only the language, it lets the first module read it, in whatever language that speaks."""
    voice = HostVoice(150, "de", [(DISPATCHER, programs.dispatcher(modules)), (ESPEAK, programs.make("espeak-ng"))])
    assert await voice.say("Atme ein.")
    said = programs.lines[0]
    assert said.startswith(f"spd-say args -o {taken} " if taken else "espeak-ng args -v de"), "no voice is not English"


async def test_a_program_that_never_ends_is_given_up_after_two_sentences(programs: Programs) -> None:
    """Without a sound device `spd-say -w` does not come back: nobody hears it, whatever its name says."""
    voice = HostVoice(150, "en", [(ESPEAK, programs.make("espeak-ng", seconds=30))])
    assert await voice.say("One.", limit=0.2) is False
    assert voice.name == "espeak-ng"
    assert await voice.say("Two.", limit=0.2) is False
    assert "espeak-ng args -v en -s 172 --stdin" in programs.lines, "hurried first: it may only be slow"
    assert voice.name == ""


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
    assert spoken["spd-say"][spoken["spd-say"].index("-l") + 1] == code  # and a module that lists it
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


@pytest.fixture
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    """The language that is spoken while the test runs."""
    language.set_up({"LANG": f"{request.param}.UTF-8"})
    yield request.param
    language.set_up({})


@pytest.mark.desktop
@pytest.mark.parametrize("spoken", LANGUAGES, indirect=True)
def test_every_sentence_fits_with_room_and_the_list_of_cues_says_so(spoken: str) -> None:
    """Measured on what espeak-ng really renders at the product's pace, and on the recordings as they are listed."""
    needs("espeak-ng")
    slots = sentences(builtin())
    assert len(slots) > 90
    assert ("Breathe in." in slots) is (spoken == "en"), "its own sentences"
    with ThreadPoolExecutor(2) as pool:
        rendered = dict(zip(slots, pool.map(lambda text: by_engine(text, spoken), slots), strict=True))
    assert min(rendered.values()) > 0.3, "something was rendered"
    late = {text: round(slots[text] - rendered[text], 2) for text in slots if slots[text] - rendered[text] < ROOM}
    assert not late
    off = {text: estimate(text) - rendered[text] for text in slots}
    assert max(map(abs, off.values())) < 1.0, "what files are judged by without a voice"


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
