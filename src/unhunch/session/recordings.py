"""The recorded sentences that come with the program: a folder for each language, with a manifest that ties each
recording to its exact text. A sentence that is not in it is left to an engine.

The recordings are Ogg Opus, one channel; `make voice` renders them (tools/voice.py).
"""

import json
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from unhunch.tuples import NamedTuple

FOLDER = resources.files("unhunch.session").joinpath("voice")
MANIFEST = "manifest.json"


class Recording(NamedTuple):
    name: str
    """Its file's, without the folder."""
    seconds: float
    """From the first sound to the last, as measured."""


@cache
def recordings(language: str) -> dict[str, Recording]:
    """The recording of each sentence in a language (ISO 639-1); empty for one that has none."""
    if not language.isalpha():  # a routine's file says it, and it becomes a path
        return {}
    try:
        manifest = json.loads(FOLDER.joinpath(language, MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return {text: Recording(row["file"], row["seconds"]) for text, row in manifest["sentences"].items()}


def file(language: str, recording: Recording) -> Traversable:
    """Where a recording lies."""
    return FOLDER.joinpath(language, recording.name)
