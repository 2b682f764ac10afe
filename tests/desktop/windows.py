"""One browser window that has a keyboard and no mouse: Debian's Chromium, and Debian's Firefox as it is.

Playwright's own Firefox is a patched one that no Debian has. Debian's answers on a socket of its own (Marionette), with
JSON behind a length: the keys that it is told are keys to the page.
"""

import json
import shutil
import socket
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.desktop.bed import LIMIT, Bed
from tests.desktop.parts import find, needs

SIZE = (1280, 800)
PREFERENCES = {
    "marionette.port": 0,  # a free one, which it writes into the profile
    "browser.shell.checkDefaultBrowser": False,
    "browser.aboutwelcome.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "app.update.auto": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}
"""Of a new profile: nothing is asked and nobody is called."""
NAMED = {"Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c", "ArrowLeft": "\ue012", "ArrowRight": "\ue014"}
"""Keys that print nothing, as WebDriver has them."""


class Window(ABC):
    """What a patient does with a page who has a keyboard."""

    @abstractmethod
    def go(self, address: str) -> None: ...

    @abstractmethod
    def press(self, *keys: str) -> None: ...

    @abstractmethod
    def ask(self, script: str) -> Any:
        """The value of a JavaScript expression in the page."""

    def until(self, script: str, what: str = "") -> None:
        """Ask until it is so."""
        end = time.monotonic() + LIMIT
        while not self.ask(script):
            assert time.monotonic() < end, f"{what or script}; the page shows: {self.text()}"
            time.sleep(0.02)

    def text(self) -> str:
        return str(self.ask("document.querySelector('section:not([hidden])').innerText"))

    def sees(self, screen: str) -> None:
        self.until(f"document.body.dataset.screen === {json.dumps(screen)}")

    def reads(self, element: str, text: str) -> None:
        self.until(f"document.getElementById({json.dumps(element)}).textContent.includes({json.dumps(text)})", text)

    def tab_to(self, selector: str) -> None:
        """With Tab alone, as somebody does who sees where the focus is."""
        for _ in range(60):
            if self.ask(f"document.activeElement.matches({json.dumps(selector)})"):
                return
            self.press("Tab")
        raise AssertionError(f"{selector} cannot be reached with Tab")


class Chromium(Window):
    def __init__(self, page: Page) -> None:
        self._page = page

    def go(self, address: str) -> None:
        self._page.goto(address)

    def press(self, *keys: str) -> None:
        for key in keys:
            self._page.keyboard.press(key)

    def ask(self, script: str) -> Any:
        return self._page.evaluate(script)


class Firefox(Window):
    def __init__(self, line: socket.socket) -> None:
        self._line = line.makefile("rwb")
        self._calls = 0
        self._read()  # it greets
        self._call("WebDriver:NewSession")

    def _read(self) -> Any:
        length = b""
        while (digit := self._line.read(1)) != b":":
            assert digit, "Firefox hung up"
            length += digit
        return json.loads(self._line.read(int(length)))

    def _call(self, name: str, **args: Any) -> Any:
        self._calls += 1
        sent = json.dumps([0, self._calls, name, args]).encode()
        self._line.write(b"%d:%b" % (len(sent), sent))
        self._line.flush()
        _, call, error, result = self._read()
        assert call == self._calls
        assert error is None, error
        return result

    def go(self, address: str) -> None:
        self._call("WebDriver:Navigate", url="about:blank")  # an address that differs behind the # alone is no visit
        self._call("WebDriver:Navigate", url=address)

    def press(self, *keys: str) -> None:
        for key in keys:
            stroke = [{"type": kind, "value": NAMED.get(key, key)} for kind in ("keyDown", "keyUp")]
            self._call("WebDriver:PerformActions", actions=[{"type": "key", "id": "keyboard", "actions": stroke}])

    def ask(self, script: str) -> Any:
        # No sandbox: what a script changes there is changed for the page.
        return self._call("WebDriver:ExecuteScript", script=f"return {script}", args=[], sandbox=None)["value"]


@contextmanager
def chromium(_bed: Bed) -> Iterator[Window]:
    needs("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find("chromium"), args=["--no-sandbox"])
        try:
            yield Chromium(browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}))
        finally:
            browser.close()


@contextmanager
def firefox(bed: Bed) -> Iterator[Window]:
    needs("firefox-esr")
    profile = Path(tempfile.mkdtemp(prefix="firefox-", dir=bed.dir))
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("".join(lines))
    process = bed.spawn(
        "firefox-esr", "--headless", "--marionette", "--no-remote", "--profile", str(profile),
        f"--width={SIZE[0]}", f"--height={SIZE[1]}", "about:blank",
        env={"MOZ_CRASHREPORTER_DISABLE": "1"}, log="firefox",
    )  # fmt: skip
    port = profile / "MarionetteActivePort"
    try:
        bed.until("Firefox's port", lambda: port.exists() and port.read_text().strip())
        with socket.create_connection(("127.0.0.1", int(port.read_text())), timeout=LIMIT) as line:
            yield Firefox(line)
    finally:
        bed.stop(process)
        shutil.rmtree(profile, ignore_errors=True)


WINDOWS: dict[str, Callable[[Bed], Any]] = {"chromium": chromium, "firefox": firefox}
