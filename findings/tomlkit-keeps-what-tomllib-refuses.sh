#!/bin/sh
# tomlkit edits and saves, without a word, a file that Python's own tomllib refuses whole.
#
# A good guess: both read TOML, so what one of them has parsed and written the other can load.
# What is so: tomlkit 0.15 reads TOML 1.1 (an inline table over several lines, a trailing comma in it, a time without
#   seconds, \e in a text) and gives it back unchanged; tomllib of Python 3.11 to 3.14 reads TOML 1.0.
# For a break timer: `config set` succeeds on a hand-written file, and at the next start the daemon has no
#   configuration at all. Ask the reader that counts before saving, not the editor.
set -eu
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
python3 -m venv "$bed/venv"
"$bed/venv/bin/pip" install -qq --disable-pip-version-check tomlkit==0.15.2
"$bed/venv/bin/python" - <<'PY'
import platform
import sys
import tomllib

import tomlkit

if sys.version_info >= (3, 15):
    print("this Python's tomllib reads TOML 1.1 too: run it with 3.11 to 3.14")
    sys.exit(2)

TEXTS = {
    "table over lines": "snooze = {\n  first = 10,\n  then = 30,\n}\n",
    "time": "lunch = 12:30\n",
    "escape": 'bell = "\\e"\n',
}


def loads(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def edited(text: str) -> str:
    document = tomlkit.parse(text)
    document["goal"] = 2
    return tomlkit.dumps(document)


seen = {name: loads(edited(text)) for name, text in TEXTS.items()}
print("tomlkit", tomlkit.__version__, "Python", platform.python_version())
print("can tomllib load what tomlkit has just parsed, edited and written?")
print("expected:", dict.fromkeys(TEXTS, True), "(or a refusal by tomlkit)")
print("seen:    ", seen)
sys.exit(any(seen.values()))
PY
