"""Who may talk to the session page's server: the page it gave out, in the one tab that opened it first.

Loopback is open to every user and every web site on the machine. So the Host must be ours (no DNS rebinding), the
Origin must be ours (no foreign page), and each call carries a secret that only the page knows. No cookie: cookies
ignore ports.
"""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from unhunch.words.translate import _

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADER = "x-unhunch-token"
OPEN, AGAIN = "/api/open", "/api/again"
"""Where a link's token is exchanged for the tab's key, and where another link is asked for by the user's own hand."""
LARGEST_BODY = 16 * 1024
"""Bytes. The largest honest request, a pulse with its intervals, has a few hundred."""
BODY_SECONDS = 10.0
"""A body that has not arrived by then is not coming."""

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), screen-wake-lock=(self)",
    "cache-control": "no-store",
}


class Keys:
    """The one-time token of the link, and the key that it is exchanged for by the first tab."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(32)
        self.owner = secrets.token_urlsafe(32)
        """Proves that who asks for another link can read what is the user's alone."""
        self._key: str | None = None
        self._used = False

    @property
    def opened(self) -> bool:
        """A link has been used."""
        return self._key is not None

    def open(self, token: str) -> str | None:
        """The tab's key for the right token, the first time; None ever after."""
        if self._used or not secrets.compare_digest(token.encode(), self.token.encode()):
            return None
        self._used = True
        self._key = secrets.token_urlsafe(32)
        return self._key

    def renew(self, owner: str) -> str | None:
        """A new token, whose tab will take the place of the one that is open; None for a stranger."""
        if not secrets.compare_digest(owner.encode(), self.owner.encode()):
            return None
        self.token, self._used = secrets.token_urlsafe(32), False
        return self.token

    def is_token(self, token: str) -> bool:
        return secrets.compare_digest(token.encode(), self.token.encode())

    def fits(self, key: str) -> bool:
        return self._key is not None and secrets.compare_digest(key.encode(), self._key.encode())


class Guard:
    """ASGI middleware: Host, Origin, key, size of the body, and the headers of every answer."""

    def __init__(self, app: App, host: str, keys: Keys) -> None:
        self._app = app
        self._host = host
        self._origin = f"http://{host}"
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                extra = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message.get("headers", []), *extra]}
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None and scope["method"] == "POST":
            body = await _body(receive)
            if body is None:
                refusal = (413, _("That is more than this page ever sends."))
            else:
                receive = _replay(body, receive)
        if refusal is not None:
            await _refuse(send_with_headers, *refusal)
            return
        await self._app(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        found: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        if found.get("host") != [self._host]:
            return 421, _("This address is not served here.")
        origins = found.get("origin", [])
        if any(origin != self._origin for origin in origins) or (scope["method"] == "POST" and not origins):
            return 403, _("Only the session's own page may ask for this.")
        if found.get("sec-fetch-site", ["same-origin"])[0] not in ("same-origin", "none"):
            return 403, _("Only the session's own page may ask for this.")
        if scope["path"].startswith("/api/") and scope["path"] not in (OPEN, AGAIN):
            given = found.get(HEADER, [])
            if len(given) != 1 or not self._keys.fits(given[0]):
                return 401, _("This page is not the one that the session was opened in.")
        length = found.get("content-length", ["0"])[0]
        if not length.isdecimal() or int(length[:12]) > LARGEST_BODY:
            return 413, _("That is more than this page ever sends.")
        return None


async def _body(receive: Receive) -> bytes | None:
    """The whole body, or None when it is too large or does not arrive."""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return None
                part = message.get("body", b"")
                size += len(part)
                if size > LARGEST_BODY:
                    return None
                parts.append(part)
                if not message.get("more_body"):
                    return b"".join(parts)
    except TimeoutError:
        return None


def _replay(body: bytes, receive: Receive) -> Receive:
    """Hand the body that was read to the application, then what comes after it."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> MutableMapping[str, Any]:
        return messages.pop() if messages else await receive()

    return next_message


async def _refuse(send: Send, status: int, why: str) -> None:
    body = json.dumps({"error": why}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if status == 413:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
