"""What the session's page may send: each request has one shape, and any other changes nothing."""

import json
import math
from typing import Any

from starlette.requests import Request

MOST_INTERVALS = 64
"""In one pulse: each skip or repeat makes one."""


class BadShape(Exception):
    """A request whose body is not what the page sends."""


def fields(body: object, **kinds: type | tuple[type, ...]) -> dict[str, Any]:
    """The body's values: exactly these names with these types; numbers must be finite."""
    if not isinstance(body, dict) or set(body) != set(kinds):
        raise BadShape("expected exactly " + ", ".join(kinds))
    for name, kind in kinds.items():
        value = body[name]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise BadShape(f"{name} has the wrong type")
        if isinstance(value, int | float) and not math.isfinite(value):
            raise BadShape(f"{name} is not a number")
    return body


def intervals(value: list[Any]) -> list[tuple[float, float]]:
    if len(value) > MOST_INTERVALS:
        raise BadShape("too many intervals")
    found = []
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2:
            raise BadShape("an interval is a pair")
        start, end = (fields({"s": second}, s=(int, float))["s"] for second in pair)
        if not 0 <= start <= end <= 24 * 3600:
            raise BadShape("an interval runs forward")
        found.append((float(start), float(end)))
    return found


async def read_json(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError):
        raise BadShape("it is not JSON") from None
