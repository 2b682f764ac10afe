#!/bin/sh
# After a notification server's restart an old id belongs to somebody else, and whoever closes it closes theirs.
#
# A good guess: an id that the dead server gave is unknown to the new one, so that closing it is an error or nothing.
# What is so (seen with dunst): ids start from the same number again and belong to no sender. Our old id is now another
#   program's notice, CloseNotification takes it off the screen, and nobody is told that it was not ours. No
#   NotificationClosed ever came for ours.
# For a break timer: on NameOwnerChanged forget every id at once, before anything else is withdrawn.
set -eu
command -v Xvfb >/dev/null && command -v dunst >/dev/null && command -v dbus-run-session >/dev/null ||
  { echo "needs Xvfb, dunst and dbus-run-session (Debian: xvfb dunst dbus-daemon)"; exit 2; }
bed=$(mktemp -d); server=; trap '[ -z "$server" ] || kill $server; rm -rf "$bed"' EXIT
python3 -m venv "$bed/venv"
"$bed/venv/bin/pip" install -qq --disable-pip-version-check dbus-fast==5.2.0
Xvfb -displayfd 3 -nolisten tcp 3>"$bed/display" 2>/dev/null & server=$!
until grep -q . "$bed/display" 2>/dev/null; do sleep 0.1; done; sleep 0.2
cat >"$bed/bus.conf" <<XML
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir=$bed</listen><policy context="default"><allow user="*"/><allow own="*"/>
<allow send_destination="*"/><allow send_type="method_call"/><allow receive_sender="*"/></policy></busconfig>
XML
export DISPLAY=":$(cat "$bed/display")" HOME="$bed" XDG_RUNTIME_DIR="$bed"
cat >"$bed/ask.py" <<'PY'
import asyncio
import subprocess
import sys

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"


class Program:
    async def open(self) -> "Program":
        self.bus = await MessageBus().connect()
        self.closed: list[list[int]] = []
        self.bus.add_message_handler(self.hear)
        await self.bus.call(Message("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch",
                                    signature="s", body=[f"interface='{NAME}'"]))
        return self

    def hear(self, message: Message) -> None:
        if message.member == "NotificationClosed":
            self.closed.append(message.body)

    async def call(self, member: str, signature: str = "", *body: object) -> Message:
        return await self.bus.call(Message(NAME, PATH, NAME, member, signature=signature, body=list(body)))

    async def notify(self, text: str) -> int:
        return (await self.call("Notify", "susssasa{sv}i", text, 0, "", text, "", [], {}, 60000)).body[0]


async def main() -> int:
    ours, theirs = await Program().open(), await Program().open()

    async def start() -> subprocess.Popen[bytes]:
        server = subprocess.Popen(["dunst", "-config", "/dev/null"], stderr=subprocess.DEVNULL)
        while (await ours.call("GetServerInformation")).message_type is MessageType.ERROR:
            await asyncio.sleep(0.1)
        return server

    server = await start()
    print(*(await ours.call("GetServerInformation")).body)
    old = await ours.notify("Stand up")
    server.terminate()
    server.wait()
    told = list(ours.closed)
    server = await start()
    try:
        new = await theirs.notify("A colleague calls")
        await ours.call("CloseNotification", "u", old)
        await asyncio.sleep(0.5)
    finally:
        server.terminate()
        server.wait()
    print("we close the id that the server gave us before it was restarted")
    print("expected: nothing, or an error")
    print(f"seen:     our old id {old}, the other program's {new}; it is told {theirs.closed}; we had been told {told}")
    return (old == new, theirs.closed, told) != (True, [[new, 3]], [])


sys.exit(asyncio.run(main()))
PY
timeout 60 dbus-run-session --config-file="$bed/bus.conf" -- "$bed/venv/bin/python" "$bed/ask.py" 2>"$bed/log"
