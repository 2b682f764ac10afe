#!/bin/sh
# PulseAudio: a recorder whose microphone is unplugged goes on, recording what the speakers play.
#
# A good guess: the stream ends, or waits for another microphone.
# What is so: with module-rescue-streams (loaded by default) the server moves it to the next source; when there is no
#   other microphone that is the MONITOR of a sink. The recorder is told nothing that it did not ask for, and its
#   stream is not even corked.
# For a break timer: "a recorder on a monitor is a screen recorder or a meter, not a call" is a good rule, and by it a
#   meeting ends when a headset's battery does. A stream once seen on a microphone stays a call until it ends.
set -eu
command -v pulseaudio >/dev/null && command -v parec >/dev/null ||
  { echo "needs pulseaudio and parec (Debian: pulseaudio pulseaudio-utils)"; exit 2; }
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
python3 -m venv "$bed/venv"
"$bed/venv/bin/pip" install -qq --disable-pip-version-check pulsectl==24.12.0
export HOME="$bed" XDG_RUNTIME_DIR="$bed" PULSE_SERVER="unix:$bed/native"
timeout 60 "$bed/venv/bin/python" -W ignore - "$bed/native" <<'PY'
import subprocess
import sys
import time
from pathlib import Path

import pulsectl

modules = [f"module-native-protocol-unix socket={sys.argv[1]} auth-anonymous=1", "module-rescue-streams",
           "module-null-sink sink_name=speakers", "module-null-source source_name=microphone"]
server = subprocess.Popen(["pulseaudio", "--daemonize=no", "--exit-idle-time=-1", "-n",
                           *(word for module in modules for word in ("-L", module))], stderr=subprocess.DEVNULL)
try:
    while not Path(sys.argv[1]).exists():
        time.sleep(0.1)
    with pulsectl.Pulse("watcher") as pulse:
        recorder = subprocess.Popen(["parec", "-d", "microphone", "--latency-msec=50"], stdout=subprocess.DEVNULL)

        def recorded_from() -> str:
            for _ in range(30):
                names = {source.index: source.name for source in pulse.source_list()}
                for stream in pulse.source_output_list():
                    if stream.source in names:
                        return names[stream.source] + (" (corked)" if stream.corked else "")
                time.sleep(0.1)
            return "nothing"

        before = recorded_from()
        (microphone,) = (module for module in pulse.module_list() if module.name == "module-null-source")
        pulse.module_unload(microphone.index)
        time.sleep(0.5)
        after = recorded_from()
        alive = recorder.poll() is None
        print("PulseAudio", pulse.server_info().server_version)
        recorder.terminate()
        recorder.wait()
finally:
    server.terminate()
    server.wait()
print("what parec records from, before and after its microphone went")
print("expected: microphone, then nothing")
print("seen:    ", before + ", then", after, "(parec goes on)" if alive else "(parec has ended)")
sys.exit((before, after, alive) != ("microphone", "speakers.monitor", True))
PY
