"""Renders the recordings of every fixed sentence, in every language, and the list of how long each takes.

    python -m tools.voice          all of them (`make voice`)
    python -m tools.voice --new    those whose sentence changed

Needs `pico2wave` (Debian: libttspico-utils, in non-free; SVOX Pico is under the Apache License 2.0), `espeak-ng` and
`opusenc` (opus-tools). What it makes is kept in the repository, so that nobody who builds or installs needs them:
session/voice/*/ with a manifest that ties each recording to its exact text, and docs/cues.md.
"""

import array
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import wave
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from unhunch import language
from unhunch.core.session.heard import sentences
from unhunch.session.recordings import MANIFEST, recordings
from unhunch.session.routines import builtin

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "src/unhunch/session/voice"
PROGRAMS = ("pico2wave", "espeak-ng", "opusenc")
PACE = 150
"""Words a minute: the product's pace, for the engine's way."""
PAUSE = 0.28
"""Seconds that a pause within a sentence is cut to: Pico's own are up to half a second."""
QUIET = 250
"""Loudest sample (of 32767) of what counts as silence."""
PEAK = 24000
"""Loudest sample of a recording."""
BITRATE = 20
"""Kilobits a second: 16 kHz speech of one channel loses nothing that a recogniser needs (docs/cues.md)."""
EDGE = 0.02
"""Seconds kept around the sound."""


class Speaker(NamedTuple):
    pico: str
    speed: int
    """Percent of Pico's own: what brings the language to the others' tempo."""


SPEAKERS = {"en": Speaker("en-GB", 100), "de": Speaker("de-DE", 110), "es": Speaker("es-ES", 115)}


class Sound(NamedTuple):
    rate: int
    samples: "array.array[int]"

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


def rendered(text: str, speaker: Speaker) -> Sound:
    """What Pico says, without the silence around it."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "said.wav")
        said = f"<speed level='{speaker.speed}'>{text}</speed>"
        subprocess.run(["pico2wave", "-l", speaker.pico, "-w", str(out), "--", said], check=True, capture_output=True)
        return trimmed(read(out))


def by_engine(text: str, code: str) -> float:
    """Seconds from the first sound to the last in espeak-ng's voice."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "said.wav")
        subprocess.run(["espeak-ng", "-v", code, "-s", str(PACE), "-w", str(out), "--", text], check=True)
        return trimmed(read(out), pause=float("inf")).seconds


def read(path: Path) -> Sound:
    with wave.open(str(path)) as file:
        return Sound(file.getframerate(), array.array("h", file.readframes(file.getnframes())))


def trimmed(sound: Sound, pause: float = PAUSE) -> Sound:
    """Without the silence at both ends, and with no pause longer than that."""
    piece = sound.rate // 100
    pieces = [sound.samples[at : at + piece] for at in range(0, len(sound.samples), piece)]
    loud = [max(map(abs, one)) > QUIET for one in pieces]
    if not any(loud):
        raise ValueError("nothing is heard")
    first, last = loud.index(True), len(loud) - loud[::-1].index(True)
    kept = array.array("h")
    at = first
    for heard, run in groupby(loud[first:last]):
        length = len(list(run))
        keep = length if heard else min(length, round(pause * 100) if pause < 60 else length)
        head = (keep + 1) // 2  # half of a pause on each side: it has its own fade
        for one in (*pieces[at : at + head], *pieces[at + length - (keep - head) : at + length]):
            kept.extend(one)
        at += length
    return Sound(sound.rate, kept)


def counted(numbers: list[str], speaker: Speaker) -> Sound:
    """Numbers a second apart, to the last one."""
    kept = array.array("h")
    rate = 0
    for number in numbers:
        one = rendered(number, speaker)
        rate = one.rate
        kept.extend(one.samples)
        if number is not numbers[-1]:
            kept.extend([0] * (rate - len(one.samples)))
    return Sound(rate, kept)


def encoded(sound: Sound, target: Path) -> None:
    """As Opus, at one loudness, the same bytes for the same sound."""
    factor = PEAK / max(map(abs, sound.samples))
    edge = array.array("h", [0] * round(EDGE * sound.rate))
    loud = edge + array.array("h", (round(sample * factor) for sample in sound.samples)) + edge
    raw = subprocess.run(
        [
            "opusenc", "--quiet", "--raw", "--raw-rate", str(sound.rate), "--raw-chan", "1", "--raw-bits", "16",
            "--bitrate", str(BITRATE), "--vbr", "--comp", "10", "--speech", "--framesize", "60", "--serial", "1",
            "--padding", "0", "--discard-comments", "--discard-pictures", "-", "-",
        ],
        input=loud.tobytes(), check=True, capture_output=True,
    )  # fmt: skip
    target.write_bytes(raw.stdout)


class Row(NamedTuple):
    """A sentence of a language, with its seconds."""

    text: str
    room: float
    recorded: float
    engine: float


def record(code: str, *, anew: bool) -> Iterator[Row]:
    """Render a language's sentences; recordings that none needs any more are removed."""
    language.set_up({"LANG": f"{code}.UTF-8"})
    routine = builtin()
    folder, speaker = FOLDER / code, SPEAKERS[code]
    folder.mkdir(parents=True, exist_ok=True)
    known = {} if anew else {text: one.seconds for text, one in recordings(code).items()}
    manifest = {}
    for text, room in sentences(routine).items():
        name = hashlib.sha256(text.encode()).hexdigest()[:12] + ".opus"
        if text not in known:
            numbers = [part.strip(" .") for part in text.split(",")] if text == routine.count.words.say else []
            said = counted(numbers, speaker) if numbers else rendered(text, speaker)
            encoded(said, folder / name)
            known[text] = round(said.seconds, 2)
        manifest[text] = {"file": name, "seconds": known[text]}
        yield Row(text, room, known[text], by_engine(text, code))
    for path in folder.glob("*.opus"):
        if path.name not in {row["file"] for row in manifest.values()}:
            path.unlink()
    about = {"voice": f"SVOX Pico {speaker.pico}", "license": "Apache-2.0", "sentences": manifest}
    (folder / MANIFEST).write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    if missing := [name for name in PROGRAMS if shutil.which(name) is None]:
        packages = "libttspico-utils (Debian non-free), espeak-ng, opus-tools"
        sys.exit(f"Not installed: {', '.join(missing)}. Install {packages}.")
    anew = "--new" not in sys.argv[1:]
    lists = {code: list(record(code, anew=anew)) for code in SPEAKERS}
    (ROOT / "docs" / "cues.md").write_text(page(lists), encoding="utf-8")


def page(lists: dict[str, list[Row]]) -> str:
    """docs/cues.md: every sentence with the seconds it has and takes."""
    lines = [
        "# Every spoken sentence, measured",
        "",
        "Drawn by `make voice`; a test compares it with the timelines. In seconds: what the sentence has (its cue,",
        "less 0.3 for the chime), what the recording takes, what espeak-ng takes at the product's pace, and what is",
        "left over by the slower of the two: at least 0.8.",
    ]
    for code, rows in lists.items():
        folder = FOLDER / code
        size = sum(path.stat().st_size for path in folder.iterdir())
        total = sum(row.recorded for row in rows)
        lines += [
            "",
            f"## {code}: {len(rows)} sentences, {total:.0f} s, {size / 1e6:.2f} MB",
            "",
            "| sentence | has | recorded | espeak-ng | left |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| {row.text} | {row.room:.2f} | {row.recorded:.2f} | {row.engine:.2f} "
            f"| {row.room - max(row.recorded, row.engine):.2f} |"
            for row in rows
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
