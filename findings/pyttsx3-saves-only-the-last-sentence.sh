#!/bin/sh
# pyttsx3: three sentences saved to three files before one runAndWait() make one file, the last.
#
# A good guess: save_to_file() queues like say() does, of which any number are spoken by one runAndWait().
# What is so: with the espeak driver a later file takes the earlier one's place; two of the three never exist, nothing
#   is raised, and the log says "Audio saved". And the name's ending decides nothing: a .mp3 holds WAV.
# For a break timer that speaks: a session's cues prepared in a row are silent but for the last one. runAndWait() after
#   each of them, and look whether the file is there.
set -eu
for library in /usr/lib/*/libespeak-ng.so.1; do :; done
[ -e "$library" ] || { echo "needs libespeak-ng (Debian: libespeak-ng1)"; exit 2; }
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
python3 -m venv "$bed/venv"
"$bed/venv/bin/pip" install -qq --disable-pip-version-check pyttsx3==2.99
cd "$bed"
timeout 60 venv/bin/python - <<'PY'
import sys
from importlib.metadata import version
from pathlib import Path

import pyttsx3

engine = pyttsx3.init("espeak")
cues = {"lie.wav": "Lie on your back.", "breathe.wav": "Breathe out.", "roll.mp3": "Roll over."}
for name, sentence in cues.items():
    engine.save_to_file(sentence, name)
engine.runAndWait()
there = [name for name in cues if Path(name).exists()]
kind = Path("roll.mp3").read_bytes()[:4] if there else b""
for name, sentence in cues.items():
    engine.save_to_file(sentence, f"each-{name}")
    engine.runAndWait()
each = [name for name in cues if Path(f"each-{name}").exists()]
print("pyttsx3", version("pyttsx3"))
print("expected: three files")
print("seen:     %s (%s begins with %r); with runAndWait() after each: %s" % (there, "roll.mp3", kind, each))
sys.exit(not (there == ["roll.mp3"] and kind == b"RIFF" and each == list(cues)))
PY
