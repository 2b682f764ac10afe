"""What a person means who types a value for an option, in the words of any of the places where options are typed."""

import tomllib
from collections.abc import Sequence
from typing import Any

from unhunch.config.values import Refused, read
from unhunch.core.settings import Option, Type
from unhunch.said.typed import days, hours
from unhunch.words import formats

FLAGS = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}
"""What a person types for true and false."""


def meant(item: Option, words: Sequence[str]) -> Any:
    """The setting that these words stand for. Raises Refused."""
    joined = " ".join(words)
    match item.type:
        case Type.WORDS:
            return read(item, list(words))
        case Type.DAYS:
            return read(item, days(joined))
        case Type.HOURS:
            return read(item, hours(joined))
        case Type.FLAG if joined.lower() in FLAGS:
            return FLAGS[joined.lower()]
        case Type.INTEGER | Type.NUMBER | Type.FLAG:
            return read(item, _toml(joined))
        case _:
            return read(item, joined)


def _toml(text: str) -> Any:
    if formats.current().decimal == ",":
        text = text.replace(",", ".")
    try:
        return tomllib.loads(f"value = {' '.join(text.split())}")["value"]
    except ValueError:
        raise Refused(text) from None
