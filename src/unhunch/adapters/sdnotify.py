"""What systemd is told: READY, WATCHDOG, STOPPING (sd_notify(3)). Without systemd it does nothing."""

import contextlib
import os
import socket
import sys


def tell(message: str) -> None:
    """Send `message`, such as "READY=1", to the service manager, if there is one. Never raises."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if sys.platform != "linux" or not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as s:
        s.connect(address)
        s.send(message.encode())


def watchdog_seconds() -> float | None:
    """How often systemd wants to hear from us at the latest; None when it does not."""
    micros = os.environ.get("WATCHDOG_USEC", "")
    meant = os.environ.get("WATCHDOG_PID", "")
    if not micros.isdecimal() or (meant.isdecimal() and int(meant) != os.getpid()):
        return None
    return int(micros) / 1e6
