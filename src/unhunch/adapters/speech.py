"""The computer's own voice, for pages without one and for the terminal.

Each sentence is a process of its own, so that a pause is silent at once. Nothing is spoken over something else.
Sentences are handed over as an argument or on standard input, never through a shell.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from unhunch.tuples import NamedTuple

SLOWEST, FASTEST = 100, 220
"""Words a minute that can be asked for."""

PATIENCE = 4.0
"""Seconds for a speech server to start, when it is asked for its voices."""
SILENT = 2
"""Sentences that a program may fail to end, one after the other, before the next one is asked: nobody hears it."""
FASTER = 1.15
"""By how much a voice is hurried that was cut off at the end of its cue."""


def _dispatcher_rate(pace: int) -> int:
    """speech-dispatcher counts from -100 to 100; its espeak-ng module speaks 80, 160 (at 0) and 449 words a minute."""
    return round((pace - 160) / (80 if pace < 160 else 289) * 100)


MODULES = ("rhvoice", "espeak-ng")
"""speech-dispatcher's modules that are taken first: RHVoice is understood best, espeak-ng's tempo is known."""


async def _dispatcher_voice(path: str, pace: int, language: str) -> tuple[str, ...] | None:
    """What names a module that speaks the language; None where there is none.

    Told only the language, speech-dispatcher reads German with an English module's mouth and reports success. A rate
    means something else to each module: only espeak-ng's is known, the others keep their own.
    """
    rows = (await _output(path, "-O")).splitlines()[1:]
    modules = [row.strip() for row in rows if row.strip()]
    rank = {name: place for place, name in enumerate(MODULES)}
    for module in sorted(modules, key=lambda name: rank.get(name, len(MODULES))):
        if module == "espeak-ng":  # speaks a hundred languages in a hundred variants: listing them takes seconds
            return "-o", module, "-r", str(_dispatcher_rate(pace))
        voices = [row.split() for row in (await _output(path, "-o", module, "-L")).splitlines()[1:]]
        if any(_speaks(column, language) for voice in voices for column in voice[1:]):
            return "-o", module, "-r", "0"
    return None


def _speaks(column: str, language: str) -> bool:
    """Whether a column of a list of voices is that language, with or without a country."""
    return column.lower().replace("_", "-").split("-")[0] == language.lower()


async def _output(path: str, *arguments: str) -> str:
    """What a program writes; nothing where it fails or takes longer than PATIENCE."""
    try:
        process = await asyncio.create_subprocess_exec(
            path, *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        return ""
    try:
        async with asyncio.timeout(PATIENCE):
            out, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return ""
    return out.decode(errors="replace") if process.returncode == 0 else ""


def _windows_rate(pace: int) -> int:
    """System.Speech counts from -10 to 10 around some 180 words a minute; each step is about a tenth."""
    return max(-10, min(10, round((pace - 180) / 18)))


WINDOWS_SCRIPT = (
    "Add-Type -AssemblyName System.Speech;"
    "$v = New-Object System.Speech.Synthesis.SpeechSynthesizer;"
    "if ($v.Voice.Culture.TwoLetterISOLanguageName -ne '{language}') {{"
    "$f = $v.GetInstalledVoices() | Where-Object {{ $_.Enabled -and"
    " $_.VoiceInfo.Culture.TwoLetterISOLanguageName -eq '{language}' }} | Select-Object -First 1;"
    "if (-not $f) {{ exit 1 }}; $v.SelectVoice($f.VoiceInfo.Name) }};"
    "$r = New-Object IO.StreamReader([Console]::OpenStandardInput(), [Text.Encoding]::UTF8);"
    "$v.Rate = {rate}; $v.Speak($r.ReadToEnd())"
)
"""The user's own voice where it speaks the language, else the first that does; without one it fails."""


def _windows_script(pace: int, language: str) -> str:
    code = language[:2].lower()  # a routine's file says it: it must not be able to say more than that here
    return WINDOWS_SCRIPT.format(rate=_windows_rate(pace), language=code if code.isascii() and code.isalpha() else "")


MAC_VOICES = {"de": "Anna", "es": "Paulina"}
"""Voices that come with macOS. For English, and what is not here, the one that the user has chosen speaks."""


def _mac_voice(language: str) -> list[str]:
    """A voice that is not installed makes `say` fail, and another program is asked."""
    voice = MAC_VOICES.get(language[:2].lower())
    return ["-v", voice] if voice else []


class Engine(NamedTuple):
    """One program that can speak."""

    name: str
    program: str
    platforms: tuple[str, ...]
    arguments: Callable[[str, int, str], Sequence[str]]
    """(text, words a minute, language) -> what follows the program's name."""
    voice: Callable[[str, int, str], Awaitable[tuple[str, ...] | None]] | None = None
    """(path, words a minute, language) -> arguments before those, None where it does not speak the language."""
    by_input: bool = False
    """The sentence goes to standard input."""
    stop: tuple[str, ...] = ()
    """What silences it when ending the process does not: the sentence is spoken by a server."""
    package: str = ""


ENGINES = (
    Engine(
        "speech-dispatcher",
        "spd-say",
        ("linux",),
        lambda text, _pace, language: ["-w", "-N", "unhunch", "-l", language, "--", text],
        _dispatcher_voice,
        stop=("-S",),
        package="speech-dispatcher",
    ),
    Engine(
        "espeak-ng",
        "espeak-ng",
        ("linux", "darwin", "win32"),
        lambda _text, pace, language: ["-v", language, "-s", str(pace), "--stdin"],
        by_input=True,
        package="espeak-ng",
    ),
    Engine(
        "say", "say", ("darwin",), lambda text, pace, language: [*_mac_voice(language), "-r", str(pace), "--", text]
    ),
    Engine(
        "Windows speech",
        "powershell",
        ("win32",),
        lambda _text, pace, language: ["-NoProfile", "-Command", _windows_script(pace, language)],
        by_input=True,
    ),
)


def available(
    platform: str = sys.platform, find: Callable[[str], str | None] = shutil.which
) -> list[tuple[Engine, str]]:
    """The programs that are there, best first, each with its path."""
    return [
        (engine, path)
        for engine in ENGINES
        if platform in engine.platforms and (path := find(engine.program)) is not None
    ]


def spoken_seconds(text: str, language: str, pace: int = 150) -> float | None:
    """How long espeak-ng takes for a sentence, from the first sound to the last; None where it is not installed."""
    path = shutil.which("espeak-ng")
    if path is None:
        return None
    line = [path, "-v", language, "-s", str(pace), "--stdin", "--stdout"]
    ran = subprocess.run(line, input=text.encode(), capture_output=True, timeout=PATIENCE * 5, check=False)
    sound = ran.stdout[44:]  # a wave of 22050 samples a second, 16 bits; its header's length is unknown to a pipe
    samples = memoryview(sound[: len(sound) // 2 * 2]).cast("h")
    loud = [at for at, sample in enumerate(samples) if abs(sample) > 250]
    return (loud[-1] - loud[0]) / 22050 if loud else 0.0


class Voice(Protocol):
    """Says one sentence at a time."""

    @property
    def name(self) -> str:
        """Who speaks; empty when nobody does."""

    async def say(self, text: str, limit: float = 30.0) -> bool:
        """Speak and return when it has been said; False when it was not, or not to its end within `limit` seconds."""

    async def hush(self) -> None:
        """Silent at once."""


class HostVoice:
    """Says one sentence at a time with the first program that works; one that fails is not asked again.

    `pace` is in words a minute, `language` a code such as "en".
    """

    def __init__(
        self, pace: int = 150, language: str = "en", engines: Sequence[tuple[Engine, str]] | None = None
    ) -> None:
        self.pace = max(SLOWEST, min(FASTEST, pace))
        self.language = language
        self._engines = list(available() if engines is None else engines)
        self._process: asyncio.subprocess.Process | None = None
        self._turn = 0
        self._late = 0
        self._chosen: dict[str, tuple[str, ...] | None] = {}
        """Each program's own arguments for the language, once it was asked."""

    @property
    def name(self) -> str:
        """The program that would speak; empty when there is none."""
        return self._engines[0][0].name if self._engines else ""

    async def say(self, text: str, limit: float = 30.0) -> bool:
        """Speak `text` and return when it has been said. What was being said before is cut off.

        False when it was cut off, when it took longer than `limit` seconds, or when no program can speak.
        """
        await self.hush()
        turn = self._turn
        while self._engines:
            engine, path = self._engines[0]
            chosen = await self._voice(engine, path)
            if turn != self._turn:
                return False
            if chosen is not None:
                said = await self._try(engine, path, chosen, text, limit)
                if turn != self._turn or said is not None:
                    return bool(said)
            if self._engines and self._engines[0][0] is engine:
                self._engines.pop(0)
                self._late = 0
        return False

    async def hush(self) -> None:
        """Silent at once; nothing when nothing is being said."""
        self._turn += 1
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        self._end(process)
        if self._engines and self._engines[0][0].stop:
            engine, path = self._engines[0]
            with contextlib.suppress(OSError, TimeoutError):
                stopper = await asyncio.create_subprocess_exec(
                    path, *engine.stop, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
                )
                try:
                    async with asyncio.timeout(2):
                        await stopper.wait()
                except TimeoutError:
                    stopper.kill()
                    await stopper.wait()

    async def _voice(self, engine: Engine, path: str) -> tuple[str, ...] | None:
        if engine.voice is None:
            return ()
        if engine.name not in self._chosen:
            self._chosen[engine.name] = await engine.voice(path, self.pace, self.language)
        return self._chosen[engine.name]

    async def _try(self, engine: Engine, path: str, chosen: tuple[str, ...], text: str, limit: float) -> bool | None:
        """Whether it was said to the end; None when the program cannot. At the limit it is cut off, not repeated."""
        turn = self._turn
        pace = min(FASTEST, round(self.pace * FASTER)) if self._late else self.pace
        try:
            process = await asyncio.create_subprocess_exec(
                path,
                *chosen,
                *engine.arguments(text, pace, self.language),
                stdin=asyncio.subprocess.PIPE if engine.by_input else asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=sys.platform != "win32",
            )
        except OSError:
            return None
        if turn != self._turn:  # silenced while the program was starting
            self._end(process)
            await process.wait()
            return False
        self._process = process
        try:
            said = text.encode() if engine.by_input else None
            async with asyncio.timeout(limit):
                await process.communicate(said)
        except TimeoutError:
            self._late += 1
            await self.hush()
            if self._late >= SILENT and self._engines and self._engines[0][0] is engine:
                self._engines.pop(0)
                self._late = 0
            return False
        except (BrokenPipeError, ConnectionResetError):
            pass
        finally:
            if process.returncode is None:
                self._end(process)
            await process.wait()
            if self._process is process:
                self._process = None
        if process.returncode:
            return None
        self._late = 0
        return True

    @staticmethod
    def _end(process: asyncio.subprocess.Process) -> None:
        """End the program and what it started (a wrapper script's player)."""
        with contextlib.suppress(ProcessLookupError):
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
