#!/bin/sh
# espeak-ng: a sentence of one second that is taken from --stdout says that it lasts 13.5 hours.
#
# A good guess: --stdout and -w FILE write the same WAV file, and its header tells how long the sentence is.
# What is so: what goes to a pipe cannot be rewound, so the header's lengths are a very large number that is never put
#   right. Python's wave believes it (48,695 s), sox says 0 s; the file that -w makes says 1.1 s. Nothing warns.
# For a break timer that speaks: a cue's length, by which the next one is planned, comes from a file (-w) or from the
#   number of samples that were really read, never from the header of what came through a pipe.
set -eu
command -v espeak-ng >/dev/null || { echo "needs espeak-ng (Debian: espeak-ng)"; exit 2; }
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
dpkg-query -W -f '${Package} ${Version}\n' espeak-ng 2>/dev/null || espeak-ng --version
espeak-ng -v en -w "$bed/file.wav" "Lie on your back."
espeak-ng -v en --stdout "Lie on your back." >"$bed/pipe.wav"
timeout 30 python3 - "$bed" <<'PY'
import sys
import wave


def told_and_there(name: str) -> tuple[float, float]:
    """What the header tells, and what the samples last that are there, in seconds."""
    with wave.open(f"{sys.argv[1]}/{name}") as sound:
        there = len(sound.readframes(sound.getnframes())) / sound.getsampwidth() / sound.getnchannels()
        return sound.getnframes() / sound.getframerate(), there / sound.getframerate()


file, pipe = told_and_there("file.wav"), told_and_there("pipe.wav")
print("expected: both tell the same, and what is there")
print("seen:     -w tells %.1f s, --stdout %.0f s (%.1f h); %.1f and %.1f s are there" % (
    file[0], pipe[0], pipe[0] / 3600, file[1], pipe[1]))
sys.exit(not (abs(file[0] - file[1]) < 0.01 and pipe[0] > 3600 > 60 > pipe[1]))
PY
