"""Plays recorded sentences with what the computer has for it; what has no recording is left to an engine.

Each sentence is a process of its own, so that a pause is silent at once.
"""

import asyncio
import contextlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from unhunch.adapters.ogg import Unreadable, as_caf, as_wave
from unhunch.adapters.speech import Voice
from unhunch.tuples import NamedTuple


class Player(NamedTuple):
    """A program that plays a file."""

    program: str
    platforms: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    wraps: Callable[[bytes], bytes] | None = None
    """What the file has to be made into."""


PLAYERS = (
    Player("pw-play", ("linux",)),
    Player("paplay", ("linux",)),
    Player("aplay", ("linux",), ("-q",), as_wave),
    Player("afplay", ("darwin",), (), as_caf),
)
"""Best first. PipeWire's and PulseAudio's read Opus since libsndfile 1.0.29 (2020); ALSA's reads waves only."""


def available(
    platform: str = sys.platform, find: Callable[[str], str | None] = shutil.which
) -> list[tuple[Player, str]]:
    """The players that are there, best first, each with its path."""
    return [
        (player, path)
        for player in PLAYERS
        if platform in player.platforms and (path := find(player.program)) is not None
    ]


@contextlib.contextmanager
def _wrapped(file: Path, wraps: Callable[[bytes], bytes]) -> Iterator[Path]:
    """The same sound in another file, for as long as the block runs."""
    with tempfile.NamedTemporaryFile(prefix="unhunch-") as made:
        made.write(wraps(file.read_bytes()))
        made.flush()
        yield Path(made.name)


class RecordedVoice:
    """Plays `found` (sentence -> file) with the first player that works; says the rest with `engine`."""

    def __init__(
        self, found: Mapping[str, str], engine: Voice, players: Sequence[tuple[Player, str]] | None = None
    ) -> None:
        self._found = found
        self._engine = engine
        self._players = list(available() if players is None else players)
        self._process: asyncio.subprocess.Process | None = None
        self._turn = 0

    @property
    def name(self) -> str:
        """The player where there are recordings, else the engine; empty when there is neither."""
        return self._players[0][0].program if self._found and self._players else self._engine.name

    async def say(self, text: str, limit: float = 30.0) -> bool:
        """Play `text`, or speak it, and return when it has been said. What was being said before is cut off.

        False when it was cut off, when it took longer than `limit` seconds, or when nothing can say it.
        """
        await self.hush()
        turn = self._turn
        while text in self._found and self._players:
            played = await self._play(*self._players[0], Path(self._found[text]), limit)
            if played or turn != self._turn:
                return played
            self._players.pop(0)
        return await self._engine.say(text, limit)

    async def hush(self) -> None:
        """Silent at once; nothing when nothing is being said."""
        self._turn += 1
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
        await self._engine.hush()

    async def _play(self, player: Player, path: str, file: Path, limit: float) -> bool:
        """Whether it was played. At the limit it is cut off, which is no fault of the player."""
        turn = self._turn
        with contextlib.ExitStack() as stack:
            try:
                if player.wraps is not None:
                    file = stack.enter_context(_wrapped(file, player.wraps))
                process = await asyncio.create_subprocess_exec(
                    path, *player.arguments, str(file),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.DEVNULL,
                    stderr=asyncio.subprocess.DEVNULL,
                )  # fmt: skip
            except (OSError, Unreadable):
                return False
            if turn == self._turn:
                self._process = process
            else:  # silenced while the program was starting
                process.kill()
            try:
                async with asyncio.timeout(limit):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
                return turn == self._turn
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
                if self._process is process:
                    self._process = None
            return process.returncode == 0
