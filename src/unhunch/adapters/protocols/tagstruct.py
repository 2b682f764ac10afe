"""PulseAudio's "tagstruct": values that each carry a one-byte tag of their type, so that a packet can be read without
knowing more than the order of its fields.

Source: PulseAudio, src/pulsecore/tagstruct.h.
"""

import struct
from collections.abc import Iterator
from typing import Any


def number(value: int) -> bytes:
    return b"L" + struct.pack(">I", value)


def entry(key: str, value: str) -> bytes:
    """One of a list of properties."""
    data = value.encode() + b"\0"
    return b"t" + key.encode() + b"\0" + number(len(data)) + b"x" + struct.pack(">I", len(data)) + data


def values(data: bytes) -> Iterator[Any]:
    """The values of a tagstruct, one by one. Ones that we never look at come as None."""
    place = 0

    def take(form: str) -> int:
        nonlocal place
        (value,) = struct.unpack_from(form, data, place)
        place += struct.calcsize(form)
        return int(value)

    def skip(length: int) -> None:
        nonlocal place
        place += length

    def text() -> str:
        nonlocal place
        end = data.index(0, place)
        value, place = data[place:end].decode(errors="replace"), end + 1
        return value

    def properties() -> dict[str, str]:
        nonlocal place
        found = {}
        while (tag := take(">B")) == ord("t"):
            key = text()
            place += 6  # the length comes twice, each time after a tag: as a number, then in front of the bytes
            length = take(">I")
            found[key] = data[place : place + length].rstrip(b"\0").decode(errors="replace")
            place += length
        if tag != ord("N"):
            raise ValueError("a list of properties that does not end")
        return found

    while place < len(data):
        match take(">B"):
            case 0x74:  # t, a string
                yield text()
            case 0x4E:  # N, no string
                yield None
            case 0x4C | 0x56:  # L a number, V a volume
                yield take(">I")
            case 0x42:  # B
                yield take(">B")
            case 0x52 | 0x55:  # R, U microseconds
                yield take(">Q")
            case 0x72:  # r
                yield take(">q")
            case 0x31:  # 1
                yield True
            case 0x30:  # 0
                yield False
            case 0x54:  # T, a time of day
                place += 8
                yield None
            case 0x61:  # a, a sample specification
                place += 6
                yield None
            case 0x6D:  # m, a channel map
                skip(take(">B"))
                yield None
            case 0x76:  # v, volumes
                skip(4 * take(">B"))
                yield None
            case 0x78:  # x, bytes
                skip(take(">I"))
                yield None
            case 0x50:  # P
                yield properties()
            case tag:
                raise ValueError(f"unknown tag {tag:#x}")
