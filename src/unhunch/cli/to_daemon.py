"""The daemon, as the commands reach it."""

import json
from collections.abc import Mapping
from typing import Any

from unhunch.control import client
from unhunch.errors import Exit, UserError
from unhunch.paths import Paths


def ask(command: str, args: Mapping[str, Any] | None = None, *, seconds: float = client.SECONDS) -> dict[str, Any]:
    """Ask the running daemon. Raises UserError, with code 3 if none runs."""
    paths = Paths.find()
    if not paths.socket.exists():
        raise client.not_running()
    paths.check_runtime()
    return client.ask(paths.socket, command, args, seconds=seconds)


def ask_if_running(
    command: str, args: Mapping[str, Any] | None = None, *, seconds: float = client.SECONDS
) -> dict[str, Any] | None:
    """As `ask`, but None if no daemon runs."""
    try:
        return ask(command, args, seconds=seconds)
    except UserError as error:
        if error.code == Exit.NOT_RUNNING:
            return None
        raise


def tell(command: str, args: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Tell the daemon, or write it down ourselves where none runs. Raises UserError, StoreError."""
    reply = ask_if_running(command, args)
    if reply is not None:
        return reply
    from unhunch.cli.without_daemon import carry_out

    return carry_out(command, args or {})


def show_json(data: object) -> None:
    print(json.dumps(data, indent=2, ensure_ascii=False))
