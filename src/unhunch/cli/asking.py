"""The daemon, as the commands reach it."""

import json
from collections.abc import Mapping
from typing import Any

from unhunch.control import client
from unhunch.control.protocol import Exit, UserError
from unhunch.paths import Paths


def ask(command: str, args: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Ask the running daemon. Raises UserError, with code 3 if none runs."""
    paths = Paths.find()
    if not paths.socket.exists():
        raise client.not_running()
    paths.check_runtime()
    return client.ask(paths.socket, command, args)


def ask_if_running(command: str, args: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """As `ask`, but None if no daemon runs."""
    try:
        return ask(command, args)
    except UserError as error:
        if error.code == Exit.NOT_RUNNING:
            return None
        raise


def show_json(data: object) -> None:
    print(json.dumps(data, indent=2, ensure_ascii=False))
