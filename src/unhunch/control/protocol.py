"""What is said on the control socket: JSON lines, one request or reply a line. What may be asked: arguments.py.

Kept light: `unhunch status` imports this, so no asyncio, no dataclasses, no enums.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

from unhunch.errors import Exit, UserError
from unhunch.words.translate import N_, _

VERSION = 1
"""Of the protocol. A daemon and a client of different versions refuse each other in words."""
LONGEST_LINE = 64 * 1024
"""Bytes of a request, newline included."""
LONGEST_TEXT = 200
"""Characters of a text argument."""

STOP, RESTART = "unhunch quit", "unhunch restart"
"""What to type to end the daemon and to start it anew, whatever started it."""
LOG = "journalctl --user -u unhunch" if sys.platform == "linux" else N_("unhunch run, in a terminal, shows it")
"""How to see its log; to be translated where it is said."""


def encode(message: Mapping[str, Any]) -> bytes:
    """One line. Raises ValueError if the message holds NaN or infinity, TypeError if it is not JSON."""
    return json.dumps({"v": VERSION, **message}, allow_nan=False, separators=(",", ":")).encode("ascii") + b"\n"


def request(command: str, args: Mapping[str, Any], identity: str | int | None = None, speaks: str = "") -> bytes:
    said = {"lang": speaks} if speaks else {}
    return encode({"id": identity, "cmd": command, **said, "args": {k: v for k, v in args.items() if v is not None}})


def done(identity: str | int | None, data: Mapping[str, Any]) -> bytes:
    return encode({"id": identity, "ok": True, "data": data})


def refused(identity: str | int | None, error: UserError) -> bytes:
    parts = {"what": error.what, "means": error.means, "type": error.remedy, "code": error.code}
    return encode({"id": identity, "ok": False, "error": parts})


def read_reply(line: bytes) -> dict[str, Any]:
    """The data of a reply, or the event of a stream's line. Raises the UserError that it carries."""
    reply = object_of(line)
    if reply.get("v") != VERSION:
        raise UserError(
            _("The daemon speaks another version of the protocol."),
            _("It was started before Unhunch was updated, so this command cannot talk to it."),
            _("Restart it: {command}").format(command=RESTART),
        )
    error = reply.get("error")
    if isinstance(error, dict):
        code = error.get("code")
        what, means, remedy = (str(error.get(part, "")) for part in ("what", "means", "type"))
        raise UserError(what, means, remedy, code if isinstance(code, int) else Exit.FAILED)
    data = reply.get("event", reply.get("data"))
    if not isinstance(data, dict):
        raise makes_no_sense()
    return data


def makes_no_sense() -> UserError:
    return wrong(_("The daemon's reply makes no sense."), _("Look at its log: {command}").format(command=_(LOG)))


def object_of(line: bytes) -> dict[str, Any]:
    """The object of a line. Raises UserError (code 2)."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise wrong("That line is not a JSON object.", 'Send lines like {"v":1,"id":1,"cmd":"status","args":{}}')
    return data


def wrong(what: str, remedy: str) -> UserError:
    """What was said makes no sense (code 2)."""
    return UserError(what, _("Nothing was done."), remedy, Exit.WRONG)
