#!/bin/sh
# speech-dispatcher: asking for German with an English-only engine in front gives the English engine, and "OK".
#
# A good guess: SET SELF LANGUAGE de (spd-say -l de) makes the server choose an engine that speaks German, or fail.
# What is so: a client stays with the first engine. With flite installed beside espeak-ng that is flite, which has
#   English voices only; the answer is "201 OK LANGUAGE SET" all the same, and a list of the voices for "de" answers
#   with English ones. The text is then read aloud by an English mouth, umlauts dropped, and everything succeeds.
# For a break timer that speaks: name the engine (spd-say -o), and only one whose own list has the language.
set -eu
command -v speech-dispatcher >/dev/null && [ -x /usr/lib/speech-dispatcher-modules/sd_flite ] &&
  [ -x /usr/lib/speech-dispatcher-modules/sd_espeak-ng ] ||
  { echo "needs Debian's speech-dispatcher speech-dispatcher-espeak-ng speech-dispatcher-flite"; exit 2; }
bed=$(mktemp -d); server=; trap '[ -z "$server" ] || kill $server; rm -rf "$bed"' EXIT
export HOME="$bed" XDG_RUNTIME_DIR="$bed"
printf 'LogLevel 1\nAudioOutputMethod "pulse"\n' >"$bed/speechd.conf"  # otherwise the defaults: engines are found by themselves
speech-dispatcher -s -C "$bed" -L "$bed" -P "$bed/pid" -c unix_socket -S "$bed/socket" >/dev/null 2>&1 & server=$!
until [ -S "$bed/socket" ]; do sleep 0.1; done
dpkg-query -W -f '${Package} ${Version}\n' speech-dispatcher speech-dispatcher-espeak-ng speech-dispatcher-flite
timeout 30 python3 - "$bed/socket" <<'PY'
import socket
import sys


def languages(*before: str) -> tuple[str, set[str]]:
    """The answer to the last of these commands, and the languages of the voices that are then offered for German."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(sys.argv[1])
        stream = connection.makefile("rw", encoding="utf-8", newline="\r\n")

        def ask(command: str) -> list[str]:
            stream.write(command + "\r\n")
            stream.flush()
            answer = [stream.readline().rstrip("\r\n")]
            while answer[-1][3:4] == "-":
                answer.append(stream.readline().rstrip("\r\n"))
            return answer

        said = [ask(command)[-1] for command in ("SET SELF CLIENT_NAME example:example:example", *before)][-1]
        return said, {line.split("\t")[1].partition("-")[0] for line in ask("LIST SYNTHESIS_VOICES de")[:-1]}


said, offered = languages("SET SELF LANGUAGE de")
print("expected: an engine with German voices is chosen, or an error")
print("seen:     %s; languages of the voices that it offers for German: %s" % (said, sorted(offered)))
sys.exit(not (said.startswith("201") and offered == {"en"}))
PY
