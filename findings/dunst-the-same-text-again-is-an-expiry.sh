#!/bin/sh
# dunst: a notice with the text of one that is still shown ends the older one, and says that it EXPIRED.
#
# A good guess: two Notify calls without replaces_id are two notices; each lives until it is closed, pressed or expires.
# What is so: equal ones are stacked (on by default). The old id gets NotificationClosed with reason 1, "expired", the
#   moment the new one comes, though nothing ran out and the text is still on the screen; closing the old id
#   afterwards does nothing, without an error.
# For a break timer: a reminder repeated in the same words is counted as "shown to the end and not answered". Close the
#   predecessor before the next step, and do not take reason 1 for a person who looked on.
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


async def main() -> int:
    bus = await MessageBus().connect()
    closed: list[list[int]] = []

    def hear(message: Message) -> None:
        if message.member == "NotificationClosed":
            closed.append(message.body)

    bus.add_message_handler(hear)

    async def call(member: str, signature: str = "", *body: object, to: str = NAME, path: str = PATH) -> Message:
        return await bus.call(Message(to, path, to, member, signature=signature, body=list(body)))

    async def notify() -> int:
        answer = await call("Notify", "susssasa{sv}i", "example", 0, "", "Stand up", "Two minutes", [], {}, 60000)
        return answer.body[0]

    bus_name = "org.freedesktop.DBus"
    await call("AddMatch", "s", f"interface='{NAME}'", to=bus_name, path="/org/freedesktop/DBus")
    server = subprocess.Popen(["dunst", "-config", "/dev/null"], stderr=subprocess.DEVNULL)
    try:
        while (await call("GetServerInformation")).message_type is MessageType.ERROR:
            await asyncio.sleep(0.1)
        print(*(await call("GetServerInformation")).body)
        first = await notify()
        await asyncio.sleep(0.5)
        await notify()
        await asyncio.sleep(0.5)
        told = [reason for number, reason in closed if number == first]
        closed.clear()
        answer = await call("CloseNotification", "u", first)
        await asyncio.sleep(0.3)
        print("the same text twice within a second, 60 s each")
        print("expected: no NotificationClosed for the first")
        print("seen:     reasons for the first:", told, "- closing it later:", answer.message_type.name, closed)
        return (told, answer.message_type, closed) != ([1], MessageType.METHOD_RETURN, [])
    finally:
        server.terminate()
        server.wait()


sys.exit(asyncio.run(main()))
PY
timeout 60 dbus-run-session --config-file="$bed/bus.conf" -- "$bed/venv/bin/python" "$bed/ask.py" 2>"$bed/log"
