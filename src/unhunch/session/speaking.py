"""Who says a routine's sentences on this computer, and a routine heard before it is done."""

import asyncio
from collections.abc import Callable

from unhunch.adapters.recordings import RecordedVoice
from unhunch.adapters.speech import HostVoice, Voice
from unhunch.core.session.routine import Routine
from unhunch.core.session.timeline import Timeline, Utterance
from unhunch.session.recordings import file, recordings

BETWEEN = 0.6
"""Seconds of silence between two sentences of a preview, which leaves the time to breathe out."""


def voice_of(routine: Routine, pace: int) -> Voice:
    """The recordings where they can be played, the computer's own voice for the rest. `pace`: words a minute."""
    found = {text: str(file(routine.language, one)) for text, one in recordings(routine.language).items()}
    return RecordedVoice(found, HostVoice(pace, routine.language))


async def listen(line: Timeline, voice: Voice, tell: Callable[[Utterance], None]) -> bool:
    """Say every sentence once, in their order; `tell` is called before each. Whether something could be heard."""
    heard = False
    try:
        said: set[str] = set()
        for spoken in line.utterances():
            if spoken.text in said:
                continue
            said.add(spoken.text)
            tell(spoken)
            heard = await voice.say(spoken.text) or heard
            await asyncio.sleep(BETWEEN)
    finally:
        await voice.hush()
    return heard
