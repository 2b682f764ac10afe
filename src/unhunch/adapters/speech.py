"""The computer's own voice, for pages without one and for the terminal.

Each sentence is a process of its own, so that a pause is silent at once. Nothing is spoken over something else.
Sentences are handed over as an argument or on standard input, never through a shell.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

SLOWEST, FASTEST = 100, 220
"""Words a minute that can be asked for."""


def _dispatcher_rate(pace: int) -> int:
    """speech-dispatcher counts from -100 to 100; its espeak-ng module speaks 80, 160 (at 0) and 449 words a minute."""
    return round((pace - 160) / (80 if pace < 160 else 289) * 100)


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
        lambda text, pace, language: [
            "-w",
            "-N",
            "unhunch",
            "-r",
            str(_dispatcher_rate(pace)),
            "-l",
            language,
            "--",
            text,
        ],
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
            said = await self._try(*self._engines[0], text, limit)
            if said or turn != self._turn:
                return said
            self._engines.pop(0)
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
                    await asyncio.wait_for(stopper.wait(), 2)
                except TimeoutError:
                    stopper.kill()
                    await stopper.wait()

    async def _try(self, engine: Engine, path: str, text: str, limit: float) -> bool:
        """Whether it was said to the end. At the limit it is cut off, and no other program repeats it."""
        turn = self._turn
        try:
            process = await asyncio.create_subprocess_exec(
                path,
                *engine.arguments(text, self.pace, self.language),
                stdin=asyncio.subprocess.PIPE if engine.by_input else asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=sys.platform != "win32",
            )
        except OSError:
            return False
        if turn != self._turn:  # silenced while the program was starting
            self._end(process)
            await process.wait()
            return False
        self._process = process
        try:
            said = text.encode() if engine.by_input else None
            await asyncio.wait_for(process.communicate(said), limit)
        except TimeoutError:
            await self.hush()
        except (BrokenPipeError, ConnectionResetError):
            pass
        finally:
            if process.returncode is None:
                self._end(process)
            await process.wait()
            if self._process is process:
                self._process = None
        return process.returncode == 0

    @staticmethod
    def _end(process: asyncio.subprocess.Process) -> None:
        """End the program and what it started (a wrapper script's player)."""
        with contextlib.suppress(ProcessLookupError):
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
