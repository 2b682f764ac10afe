"""A real desktop on a private screen: what is drawn on it, and a pointer that clicks there."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, NamedTuple

from PIL import Image, ImageChops

from tests.desktop.bed import LIMIT, Bed
from tests.desktop.parts import find

SIZE = (1280, 800)
KEPT = Path("build/desktops")
"""Where pictures and what was seen are left."""
DRAWN = 4000
"""Pixels that a notice changes at the least; the pictures of real ones have from 20 000 on."""
BARE = 400
"""Pixels that may differ where there is none: a shadow's edge, a blinking mark."""
STRONG = 24
"""Of 255: what a pixel must differ by in one of its colours. Less is a fade that has not quite ended."""
LEFT, RIGHT = 0x110, 0x111
"""Buttons of a pointer, as Linux numbers them."""
REST = (200, 500)
"""Where the pointer rests: away from all notices, since one that it lies on stays for as long."""


class Box(NamedTuple):
    """A rectangle of the screen, in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    def at(self, across: float, down: float) -> tuple[int, int]:
        """The point that lies so far (0 to 1) from the left and from the top."""
        return round(self.left + across * (self.right - self.left)), round(self.top + down * (self.bottom - self.top))


class Screen:
    """A desktop: its programs in a bed, its picture, its pointer. One subclass for each desktop."""

    desktop: ClassVar[str]
    """As people call it, with its notification server where that is not a part of it."""
    parts: ClassVar[tuple[str, ...]]
    """Programs that it is made of."""
    packages: ClassVar[tuple[str, ...]]
    """Debian packages that bring them."""
    area: ClassVar[Box] = Box(0, 0, *SIZE)
    """Where notices come, and nothing else changes."""
    draws_buttons: ClassVar[bool] = True
    says_quiet: ClassVar[bool] = True
    """Its do-not-disturb can be known. Else only what becomes of a notice tells."""
    tray: ClassVar[str] = ""
    """What draws the tray's icon; empty where there is nothing that does."""

    def __init__(self, bed: Bed) -> None:
        self.bed = bed
        self._step = 4

    async def begin(self) -> None:
        """Start all of it, until notices can be shown."""
        raise NotImplementedError

    async def end(self) -> None:
        """Let go what is held in this process."""

    def versions(self) -> str:
        """What ran here, for the table: "sway 1.10.1, mako 1.10.0"."""
        raise NotImplementedError

    async def picture(self) -> Image.Image:
        """What is on the screen."""
        raise NotImplementedError

    async def move(self, x: int, y: int) -> None:
        """The pointer goes there."""
        raise NotImplementedError

    async def press(self, button: int) -> None:
        """Press and release a button of the pointer where it is."""
        raise NotImplementedError

    async def quiet(self, on: bool) -> None:
        """Switch the desktop's own do-not-disturb."""
        raise NotImplementedError

    async def places(self, notice: Box) -> dict[str, tuple[int, int]]:
        """Where to click in a notice that fills that box: "text", and each button's key where buttons are drawn."""
        return {"text": notice.at(0.5, 0.5)}

    async def icon(self) -> bool:
        """Whether the tray's icon is drawn."""
        return False

    # What all of them do alike

    async def touch(self) -> None:
        """A little to and fro with the pointer."""
        self._step = -self._step
        await self.move(REST[0] + self._step, REST[1])

    async def click(self, x: int, y: int, button: int = LEFT) -> None:
        """Go there, click, and go back to where the pointer rests."""
        await self.move(x - 6, y)
        await asyncio.sleep(0.2)  # some open up under the pointer first
        await self.move(x, y)
        await asyncio.sleep(0.3)
        await self.keep("pointed")
        await self.press(button)
        await self.move(*REST)

    async def keep(self, name: str) -> Path:
        """Put a picture of the screen where it can be looked at after the run."""
        KEPT.mkdir(parents=True, exist_ok=True)
        path = KEPT / f"{type(self).__name__}-{name}.png"
        (await self.picture()).save(path)
        return path

    async def bare(self) -> Image.Image:
        """The screen without a notice, once nothing in the notices' area changes any more."""
        last = await self.picture()
        steady = time.monotonic()
        end = steady + LIMIT
        while time.monotonic() - steady < 1.5:
            assert time.monotonic() < end, "the bare screen goes on changing"
            await asyncio.sleep(0.25)
            pixels, _box = await self.changed(last)
            if pixels > BARE:
                last, steady = await self.picture(), time.monotonic()
        return last

    async def changed(self, bare: Image.Image) -> tuple[int, Box | None]:
        """How many pixels of the notices' area differ from a picture without a notice, and around what."""
        now, before = (picture.convert("RGB").crop(self.area) for picture in (await self.picture(), bare))
        bands = ImageChops.difference(now, before).split()
        strongest = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
        mask = strongest.point([255 if value > STRONG else 0 for value in range(256)])
        box = mask.getbbox()
        if box is None:
            return 0, None
        left, top = self.area[:2]
        return mask.histogram()[255], Box(left + box[0], top + box[1], left + box[2], top + box[3])

    async def until_drawn(self, bare: Image.Image, what: str) -> Box:
        """Wait until a notice is on the screen, whole; where it is."""
        last: Box | None = None

        def test(pixels: int, box: Box | None) -> bool:
            nonlocal last
            settled, last = box == last, box
            return pixels >= DRAWN and settled

        await self._until(bare, what, test)
        assert last is not None
        return last

    async def until_bare(self, bare: Image.Image, what: str, limit: float = LIMIT) -> None:
        """Wait until no notice is on the screen."""
        await self._until(bare, what, lambda pixels, _box: pixels <= BARE, limit)

    async def is_drawn(self, bare: Image.Image) -> bool:
        """A notice is on the screen just now."""
        pixels, _box = await self.changed(bare)
        assert pixels <= BARE or pixels >= DRAWN, f"{pixels} pixels are neither a notice nor a bare screen"
        return pixels >= DRAWN

    async def _until(
        self, bare: Image.Image, what: str, test: Callable[[int, Box | None], bool], limit: float = LIMIT
    ) -> None:
        end = time.monotonic() + limit
        while not test(*(seen := await self.changed(bare))):
            if time.monotonic() > end:
                raise AssertionError(
                    f"waited {limit:.0f} s in vain for {what}; seen: {seen}, {await self.keep('failed')}"
                )
            await asyncio.sleep(0.1)

    def version(self, package: str) -> str:
        """A Debian package's own version: "1.10.1" of "1.10.1-2", "48.7" of "1:48.7-0+deb13u1"."""
        full = self.bed.output("dpkg-query", "-W", "-f", "${Version}", package).strip()
        return full.partition(":")[2].partition("-")[0] if ":" in full else full.partition("-")[0].partition("+")[0]

    @classmethod
    def here(cls) -> bool:
        """All its programs are installed."""
        return all(find(part) for part in cls.parts)
