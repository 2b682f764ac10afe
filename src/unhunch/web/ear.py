"""Where a page will be served, before what serves it is imported: a browser may be asked for it meanwhile."""

import os
import socket


def listening() -> socket.socket:
    """A socket on a free port of loopback. Raises OSError when none can be had."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
    except BaseException:
        listener.close()
        raise
    return listener


def host_of(listener: socket.socket) -> str:
    """The Host that an honest request to it names."""
    return f"127.0.0.1:{listener.getsockname()[1]}"


class Ear:
    """A listening socket and the address of its page, with the secret that the first tab brings."""

    def __init__(self) -> None:
        """Raises OSError when no port can be had."""
        self.listener = listening()
        self.token = os.urandom(32).hex()

    def address(self, at: str = "/") -> str:
        return f"http://{host_of(self.listener)}{at}#{self.token}"

    def close(self) -> None:
        self.listener.close()
