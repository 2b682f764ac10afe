"""One guided session at a time: whoever starts a second is taken to the first.

The session's process holds a lock in the user's private folder for as long as it lives, and writes beside its number
where it can be found: the terminal, or its page with a secret that gets a new link to it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from unhunch.control.lock import Lock, holder_name, try_lock
from unhunch.paths import Paths

TERMINAL = "terminal"
STARTING = "starting"
SECONDS = 5.0
"""The first one's page answers at once, or is stuck."""


@contextmanager
def alone(paths: Paths, where: str = STARTING) -> Iterator[Lock | None]:
    """The lock, to be told where the session is once that is known; None if one runs already."""
    paths.make_runtime()
    lock = try_lock(paths.session, where)
    if lock is None:
        yield None
        return
    with lock:
        yield lock


def where(paths: Paths) -> str:
    """Where the session runs that holds the lock: TERMINAL, STARTING, or its page's address with the secret."""
    return holder_name(paths.session)


def new_link(page: str) -> str | None:
    """Another link to the page of the session that runs; None when it does not answer."""
    # Late: with HTTP and TLS behind it, it would keep the page of a first session waiting.
    import json
    import urllib.request

    from unhunch.web.guard import AGAIN, HEADER

    address, _hash, secret = page.partition("#")
    base = address.rstrip("/")
    asked = urllib.request.Request(base + AGAIN, b"{}", {HEADER: secret, "origin": base}, method="POST")  # noqa: S310
    try:
        # No proxy is asked: it is this computer's own loopback.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(asked, timeout=SECONDS) as answer:
            token = json.load(answer)["token"]
    except (OSError, ValueError, LookupError):
        return None
    return f"{address}#{token}"
