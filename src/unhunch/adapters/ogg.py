"""Opus recordings for players that cannot read them: as a wave for aplay (decoded by the system's libopus), and in
Apple's container for afplay (the same packets, other wrapping).

Formats: RFC 3533 (Ogg), RFC 7845 (Opus in Ogg), Apple Core Audio Format Specification 1.0.
"""

import ctypes
import io
import struct
import wave
from collections.abc import Iterator

from unhunch.tuples import NamedTuple

RATE = 48_000
"""Samples a second that Opus is decoded to, whatever it was encoded from."""
LONGEST = 5760
"""Samples of the longest Opus packet."""
LIBRARIES = ("libopus.so.0", "libopus.0.dylib")


class Unreadable(ValueError):
    """Not an Ogg Opus file of one channel, or nothing here can decode it."""


class Opus(NamedTuple):
    skip: int
    """Samples at the beginning that are no sound."""
    samples: int
    """With `skip`, as the last page counts them."""
    packets: tuple[bytes, ...]


def read(content: bytes) -> Opus:
    """The packets of an Ogg Opus file of one channel. Raises Unreadable."""
    packets = []
    part, samples = b"", 0
    for granule, pieces in _pages(content):
        samples = granule
        for piece, ends in pieces:
            part += piece
            if ends:
                packets.append(part)
                part = b""
    if len(packets) < 3 or packets[0][:8] != b"OpusHead" or len(packets[0]) < 19 or packets[0][9] != 1:
        raise Unreadable
    return Opus(struct.unpack_from("<H", packets[0], 10)[0], samples, tuple(packets[2:]))


def _pages(content: bytes) -> Iterator[tuple[int, list[tuple[bytes, bool]]]]:
    """Each page's granule position and its pieces of packets, each with whether the packet ends there."""
    at = 0
    while at < len(content):
        if content[at : at + 4] != b"OggS" or at + 27 > len(content):
            raise Unreadable
        granule, count = struct.unpack_from("<q", content, at + 6)[0], content[at + 26]
        lacing = content[at + 27 : at + 27 + count]
        at += 27 + count
        pieces, length = [], 0
        for number, size in enumerate(lacing):
            length += size
            if size < 255 or number == count - 1:
                pieces.append((content[at : at + length], size < 255))
                at += length
                length = 0
        if at > len(content):
            raise Unreadable
        yield granule, pieces


def samples_of(packet: bytes) -> int:
    """Samples (at RATE) in an Opus packet, by its first bytes (RFC 6716, 3.1)."""
    if not packet:
        raise Unreadable
    config, code = packet[0] >> 3, packet[0] & 3
    if config < 12:
        frame = (480, 960, 1920, 2880)[config & 3]
    elif config < 16:
        frame = (480, 960)[config & 1]
    else:
        frame = (120, 240, 480, 960)[config & 3]
    frames = 1 if code == 0 else 2 if code < 3 else packet[1] & 63 if len(packet) > 1 else 0
    return frame * frames


def as_wave(content: bytes) -> bytes:
    """Decoded, as a wave file of 16 bits. Raises Unreadable, also where there is no libopus."""
    opus = read(content)
    library = _libopus()
    failed = ctypes.c_int()
    decoder = library.opus_decoder_create(RATE, 1, ctypes.byref(failed))
    if failed.value or not decoder:
        raise Unreadable
    try:
        sound = bytearray()
        room = (ctypes.c_int16 * LONGEST)()
        for packet in opus.packets:
            count = library.opus_decode(decoder, packet, len(packet), room, LONGEST, 0)
            if count < 0:
                raise Unreadable
            sound += memoryview(room).cast("B")[: 2 * count]
    finally:
        library.opus_decoder_destroy(decoder)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(bytes(sound[2 * opus.skip : 2 * opus.samples]))
    return out.getvalue()


def _libopus() -> ctypes.CDLL:
    for name in LIBRARIES:
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        library.opus_decoder_create.restype = ctypes.c_void_p
        library.opus_decoder_create.argtypes = [ctypes.c_int32, ctypes.c_int, ctypes.POINTER(ctypes.c_int)]
        sound = ctypes.POINTER(ctypes.c_int16)
        library.opus_decode.argtypes = [
            ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int32, sound, ctypes.c_int, ctypes.c_int,
        ]  # fmt: skip
        library.opus_decoder_destroy.argtypes = [ctypes.c_void_p]
        library.opus_decoder_destroy.restype = None
        return library
    raise Unreadable


def as_caf(content: bytes) -> bytes:
    """The same packets in a Core Audio file. Raises Unreadable."""
    opus = read(content)
    lengths = [samples_of(packet) for packet in opus.packets]
    frames = lengths[0] if len(set(lengths)) == 1 else 0
    table = b"".join(
        _number(len(packet)) + (b"" if frames else _number(length))
        for packet, length in zip(opus.packets, lengths, strict=True)
    )
    valid = opus.samples - opus.skip
    described = struct.pack(">d4s5I", float(RATE), b"opus", 0, 0, frames, 1, 0)
    counted = struct.pack(">qqii", len(lengths), valid, opus.skip, sum(lengths) - opus.samples) + table
    data = b"\0\0\0\0" + b"".join(opus.packets)
    chunks = ((b"desc", described), (b"pakt", counted), (b"data", data))
    return b"caff\0\1\0\0" + b"".join(struct.pack(">4sq", name, len(chunk)) + chunk for name, chunk in chunks)


def _number(value: int) -> bytes:
    """A variable length number: seven bits a byte, the last one without the high bit."""
    found = [value & 127]
    while value := value >> 7:
        found.append(128 | (value & 127))
    return bytes(reversed(found))
