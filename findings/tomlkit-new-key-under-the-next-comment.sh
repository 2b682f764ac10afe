#!/bin/sh
# tomlkit puts a new key between a section's comment and its heading.
#
# A good guess: the library keeps comments where they belong; a key that is added to [quiet] follows quiet's last key.
# What is so: the comment block that stands before the NEXT heading counts as the end of the table before it, so the
#   new key lands below that comment: "# When you work" is then the comment of a key of [quiet], and [hours] has none.
#   At the top level the same happens to a key that is added before the first table.
# For a break timer: `config set` on a commented example file gives a file that a person misreads. The result is
#   valid and says the right thing to a parser, so that no test by parsing finds it.
set -eu
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
python3 -m venv "$bed/venv"
"$bed/venv/bin/pip" install -qq --disable-pip-version-check tomlkit==0.15.2
"$bed/venv/bin/python" - <<'PY'
import sys
import tomlkit

BEFORE = "# About quiet.\n[quiet]\ncalls = true\n\n# When you work.\n[hours]\nmon = 8\n"
document = tomlkit.parse(BEFORE)
document["quiet"]["films"] = True
document["version"] = 1
lines = [line for line in tomlkit.dumps(document).splitlines() if line]
above = {line.partition(" =")[0]: lines[i - 1] for i, line in enumerate(lines) if i}
print("tomlkit", tomlkit.__version__)
print("\n".join("    " + line for line in lines))
print("expected: 'films' below 'calls = true', each comment just above its heading")
print("seen:     'films' below", repr(above["films"]) + ", 'version' below", repr(above["version"]))
sys.exit((above["films"], above["version"]) != ("# When you work.", "# About quiet."))
PY
