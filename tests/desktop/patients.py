"""A patient in front of the guided session's page: Chromium against the real server."""

import asyncio
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.desktop.parts import needs
from tests.web.pages import QUICK, Served, Silent, serving
from unhunch.core.session.routine import Routine
from unhunch.session.plan import SessionPlan

WAIT = 30_000  # ms
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
PATIENT = QUICK._replace(away=3.0)

# A browser voice that works: says each sentence in the time it would take, and notes when two are said at once.
WORKING_VOICE = """
window.said = []; window.overlaps = 0; window.now = 0;
class Words extends EventTarget { constructor(text) { super(); this.text = text; } }
window.SpeechSynthesisUtterance = Words;
const voice = {
  cancel() { if (this.words) { const w = this.words; this.words = null; clearTimeout(this.timer);
             window.now = 0; w.onerror && w.onerror({error: 'canceled'}); } },
  speak(words) { window.said.push(words.text); window.now += 1; if (window.now > 1) window.overlaps += 1;
    this.words = words; setTimeout(() => words.onstart && words.onstart({}), 1);
    this.timer = setTimeout(() => { window.now = 0; this.words = null; words.onend && words.onend({}); },
      words.text.length * 5); },
  getVoices() { return [{ name: 'Tester', lang: 'en-US' }]; },
};
Object.defineProperty(window, 'speechSynthesis', { value: voice });
"""

NO_LEAP = """
{
  const real = performance.now.bind(performance);
  let last = real(), told = last;
  performance.now = () => {
    const now = real();
    told += window.stands ? 0 : Math.min(now - last, 60);
    last = now;
    return told;
  };
}
"""
"""A tab that gets no processor for longer than a quickened cue lasts shows the next one, and rightly. In front of our
patients the page's time stands still instead, so that what they see does not hang on the machine."""

STANDS = "window.stands = true;"
"""The page's time passes only while somebody waits for something (`Patient.time_passes`): what is looked at for long
is looked at as it was found."""


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    needs("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"))
        try:
            yield browser
        finally:
            await browser.close()


class Patient:
    """One person in front of one page. What goes wrong in the page, and what it asks for, is noted."""

    def __init__(self, browser: Browser, served: Served) -> None:
        self.browser = browser
        self.served = served
        self.errors: list[str] = []
        self.asked: list[tuple[str, str | None]] = []
        self.context: BrowserContext
        self.page: Page

    async def come(self, script: str = "", **context: Any) -> "Patient":
        self.context = await self.browser.new_context(viewport=context.pop("viewport", DESK), **context)
        self.page = await self.context.new_page()
        self.page.set_default_timeout(WAIT)
        await self.page.add_init_script(NO_LEAP + script)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)
        self.page.on("request", lambda request: self.asked.append((request.url, request.post_data)))
        await self.page.goto(self.served.address)
        return self

    async def leave(self) -> None:
        await self.context.close()

    async def sees(self, screen: str) -> None:
        await expect(self.page.locator(f"#{screen}")).to_be_visible(timeout=WAIT)

    async def reads(self, element: str, text: str) -> None:
        await expect(self.page.locator(f"#{element}")).to_contain_text(text, timeout=WAIT)

    async def start(self, size: str | None = None, *, begin: bool = True) -> None:
        """Press the button; with `begin` lie there at once, and press Space."""
        await self.sees("ready")
        if size:
            await self.page.check(f'input[value="{size}"]')
        await self.page.click("#start")
        await self.sees("player")
        if begin:
            await self.press(" ")
            await self.until("document.getElementById('left').textContent.includes(':')")

    @asynccontextmanager
    async def time_passes(self) -> AsyncIterator[None]:
        """In a page that STANDS, for as long as the block runs."""
        await self.page.evaluate("window.stands = false")
        try:
            yield
        finally:
            await self.page.evaluate("window.stands = true")

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def until(self, script: str) -> None:
        """Ask the page until it is so. Playwright's own waiting evaluates text there, which the policy forbids."""
        async with asyncio.timeout(WAIT / 1000):
            while not await self.page.evaluate(script):
                await asyncio.sleep(0.02)

    async def state(self) -> Any:
        key = await self.page.evaluate("sessionStorage.getItem('unhunch-key')")
        return (await self.served.get("/api/state", x_unhunch_token=key)).json

    async def heard(self, *kinds: str, count: int = 1) -> list[dict[str, Any]]:
        async with asyncio.timeout(WAIT / 1000):
            while len(found := self.served.heard.of(*kinds)) < count:
                await asyncio.sleep(0.02)
        return found

    def is_content(self) -> None:
        """No error in the page, and nothing was asked of anybody but the session's server."""
        assert self.errors == []
        home = f"http://{self.served.host}/"
        assert [url for url, _ in self.asked if not url.startswith(home)] == []


@asynccontextmanager
async def visit(
    browser: Browser,
    plan: SessionPlan,
    *,
    voice: Silent | None = None,
    routine: Routine | None = None,
    script: str = "",
    **context: Any,
) -> AsyncIterator[Patient]:
    async with serving(plan, limits=PATIENT, voice=voice, routine=routine) as served:
        someone = Patient(browser, served)
        try:
            yield await someone.come(script, **context)
        finally:
            await someone.leave()


Visit = Callable[..., AbstractAsyncContextManager[Patient]]


def axe_core() -> str:
    """axe-core's source, fetched once with npm into a cache of the tests."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "unhunch-tests"
    found = sorted(cache.glob("axe-core-*.tgz"))
    if not found:
        needs("npm")
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as empty:
            packed = subprocess.run(
                ["npm", "pack", "axe-core@4", "--pack-destination", str(cache)],
                cwd=empty, capture_output=True, text=True, timeout=120,
            )  # fmt: skip
        found = sorted(cache.glob("axe-core-*.tgz"))
    if not found:
        why = f"npm could not fetch axe-core: {packed.stderr.strip()[-200:]}"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    with tarfile.open(found[-1]) as packed_file:
        member = packed_file.extractfile("package/axe.min.js")
        assert member is not None
        return member.read().decode()
