"""Real browsers share a real GNOME screen through the portal; and a compositor that tells nothing, Weston."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.async_api import async_playwright

from tests.desktop.bed import LIMIT, Bed
from tests.desktop.desk import Desk
from tests.desktop.parts import find
from tests.screens.desktops import SCREENS
from tests.screens.gnome import Gnome

PAGE = b"""<!doctype html><title>share</title><button style="font-size:60px" onclick="go()">share</button>
<video autoplay muted width=300></video><pre>idle</pre><script>
let shared; const say = text => document.querySelector("pre").textContent = text;
const go = () => navigator.mediaDevices.getDisplayMedia({video: true}).then(
  stream => { document.querySelector("video").srcObject = shared = stream; say("sharing") }, error => say(error));
window.halt = () => { shared.getTracks().forEach(track => track.stop()); say("over") };
</script>"""
PORTAL = "org.freedesktop.portal.Desktop"
GNOMES = "org.freedesktop.impl.portal.desktop.gnome"
WORK, PAUSE = 1.5, 5.0
"""Seconds of the script."""
PICKER = (823, 211), (880, 612)
"""Where Chromium's own dialog has "Entire Screen" and "Share"; a window of the whole screen."""
ALLOW = (684, 247)
"""Where Firefox's question has "Allow", where nothing lies between it and the page."""
WINDOWS = "global.get_window_actors().map(a => a.meta_window).map(w => [w.get_title(), w.get_frame_rect().x,"
WINDOWS += " w.get_frame_rect().y, w.get_frame_rect().width])"


class Page(BaseHTTPRequestHandler):
    """The page of somebody who shares."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_said: Any) -> None:
        """Nothing: it is a part of the bed."""


@asynccontextmanager
async def served() -> AsyncIterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


async def with_portal(screen: Gnome) -> None:
    """PipeWire, GNOME, and the portal between them and a browser."""
    bed = screen.bed
    bed.env["XDG_CURRENT_DESKTOP"] = "GNOME"
    bed.spawn("pipewire")
    bed.until("pipewire's socket", (bed.run / "pipewire-0").exists)
    await screen.begin()
    bed.spawn("wireplumber")
    bed.spawn("pipewire-pulse")
    bed.until("the sound server", (bed.run / "pulse/native").exists)
    chosen = bed.home / ".config/xdg-desktop-portal/portals.conf"
    chosen.parent.mkdir(parents=True)
    chosen.write_text("[preferred]\ndefault=gnome\n")
    for program in ("permission-store", "document-portal", "desktop-portal-gnome"):
        bed.spawn(f"/usr/libexec/xdg-{program}")
    for name in (GNOMES, PORTAL):
        if name == PORTAL:
            bed.spawn("/usr/libexec/xdg-desktop-portal")
        async with asyncio.timeout(LIMIT):
            while await screen.bus.owner(name) is None:
                await asyncio.sleep(0.1)


async def agree(screen: Gnome) -> None:
    """The portal's dialog has the only monitor chosen: press its "Share"."""
    async with asyncio.timeout(LIMIT):
        while not any(title == "Share Screen" and width > 400 for title, _x, _y, width in await screen.eval(WINDOWS)):
            await asyncio.sleep(0.2)
    await asyncio.sleep(3)  # it has its size and its place a while after it is there
    ((x, y, width),) = [each[1:] for each in await screen.eval(WINDOWS) if each[0] == "Share Screen"]
    await screen.click(x + width - 48, y + 23)


class Chromium:
    """Debian's, driven over its own protocol; its questions are answered by the pointer."""

    def __init__(self, screen: Gnome) -> None:
        self.screen = screen

    async def share(self, url: str) -> None:
        self.driver = await async_playwright().start()
        args = ["--ozone-platform=wayland", "--disable-gpu"]
        launched = self.driver.chromium.launch(
            executable_path=find("chromium"), headless=False, chromium_sandbox=False, env=self.screen.bed.env, args=args
        )
        self.page = await (await launched).new_page()
        await self.page.goto(url)
        await self.page.click("button")
        await asyncio.sleep(5)  # its dialog is drawn
        await self.screen.click(*PICKER[0])
        await agree(self.screen)
        await asyncio.sleep(3)
        await self.screen.click(*PICKER[1])

    async def run(self, script: str) -> Any:
        return await self.page.evaluate(script)

    async def close(self) -> None:
        await self.driver.stop()


class Firefox:
    """Debian's, driven over Marionette; its question is answered by the pointer."""

    def __init__(self, screen: Gnome) -> None:
        self.screen = screen
        self.sent = 0

    async def share(self, url: str) -> None:
        bed = self.screen.bed
        profile = bed.dir / "firefox"
        profile.mkdir()
        (profile / "user.js").write_text(
            'user_pref("browser.aboutwelcome.enabled", false);\nuser_pref("termsofuse.bypassNotification", true);\n'
            'user_pref("datareporting.policy.dataSubmissionEnabled", false);\n'
        )
        asked = ("firefox-esr", "--marionette", "--no-remote", "--profile", str(profile))
        bed.spawn(*asked, env={"MOZ_ENABLE_WAYLAND": "1", "MOZ_DISABLE_CONTENT_SANDBOX": "1"})
        async with asyncio.timeout(LIMIT):
            while True:
                try:
                    self.reader, self.writer = await asyncio.open_connection("127.0.0.1", 2828)
                    break
                except OSError:
                    await asyncio.sleep(0.2)
        await self.read()
        await self.do("NewSession")
        await self.do("Navigate", url=url)
        found = await self.do("FindElement", using="css selector", value="button")
        await self.do("ElementClick", id=next(iter(found["value"].values())))
        await asyncio.sleep(4)  # its question is drawn, and takes no answer at once
        await self.screen.click(*ALLOW)
        await agree(self.screen)

    async def run(self, script: str) -> Any:
        return (await self.do("ExecuteScript", script=f"return {script}", args=[], sandbox=None))["value"]

    async def read(self) -> Any:
        length = int((await self.reader.readuntil(b":"))[:-1])
        return json.loads(await self.reader.readexactly(length))

    async def do(self, name: str, **params: Any) -> Any:
        self.sent += 1
        message = json.dumps([0, self.sent, f"WebDriver:{name}", params]).encode()
        self.writer.write(b"%d:%s" % (len(message), message))
        _kind, _number, error, result = await self.read()
        assert error is None, error
        return result

    async def close(self) -> None:
        self.writer.close()


async def worked(screen: Gnome, desk: Desk, what: str, test: Any) -> None:
    """A person works, with pauses, until `test` holds of what `status` says."""
    begun = time.monotonic()
    while time.monotonic() < begun + LIMIT:
        if (time.monotonic() - begun) % (WORK + PAUSE) < WORK:
            await screen.touch()
        await asyncio.sleep(0.2)
        if test(await asyncio.to_thread(desk.status)):
            return
    raise AssertionError(f"worked {LIMIT:.0f} s in vain for {what}: {await asyncio.to_thread(desk.status)}")


@pytest.mark.skipif(Gnome not in SCREENS, reason="GNOME is not run")
@pytest.mark.parametrize("browser", [Chromium, Firefox])
async def test_nothing_is_shown_on_a_screen_that_a_browser_shares(browser: type[Chromium | Firefox]) -> None:
    with Bed() as bed:
        screen = Gnome(bed)
        sharer = browser(screen)
        try:
            await with_portal(screen)
            async with served() as url:
                await sharer.share(url)
                async with asyncio.timeout(LIMIT):
                    while await sharer.run("document.querySelector('pre').textContent") != "sharing":
                        await asyncio.sleep(0.2)
                desk = Desk(bed)
                desk.set(active_gap='"8 s"', longest='"20 s"', break_gap='"25 s"')
                await screen.touch()
                await asyncio.to_thread(desk.start)
                await worked(screen, desk, "a session that waits", lambda said: said["owed"])
                end = time.monotonic() + 3 * (WORK + PAUSE)
                await worked(screen, desk, "some pauses", lambda said: time.monotonic() > end)
                status = await asyncio.to_thread(desk.status)
                assert status["surroundings"]["shared"] is True
                assert "shared" in [hold["why"] for hold in status["holds"]]
                assert desk.facts("shown") == []
                await screen.keep(f"shared-by-{browser.__name__}")
                await sharer.run("(window.wrappedJSObject || window).halt()")
                await worked(screen, desk, "the notice", lambda _said: desk.facts("shown"))
                status = await asyncio.to_thread(desk.status)
                assert status["surroundings"]["shared"] is False
                assert next(fact["why"] for fact in desk.facts("held")) == "shared"
                assert await asyncio.to_thread(desk.terminate) == 0
        except Exception:
            await screen.keep(f"failed-{browser.__name__}")
            print(bed.logs())
            raise
        finally:
            await sharer.close()
            await screen.end()


@pytest.mark.skipif(not find("weston"), reason="Weston is not here")
async def test_on_weston_nothing_is_known_and_status_says_what_to_do() -> None:
    """It has no idle protocol at all: not known, never away, and nothing is counted."""
    with Bed() as bed:
        bed.spawn("weston", "--backend=headless", "--socket=wayland-w", "--no-config")
        bed.until("weston", (bed.run / "wayland-w").exists)
        bed.env.update(WAYLAND_DISPLAY="wayland-w", XDG_SESSION_TYPE="wayland")
        desk = Desk(bed)
        await asyncio.to_thread(desk.start)
        status = await asyncio.to_thread(desk.status)
        assert (status["presence"], status["source"]["name"]) == ("unknown", "none")
        assert status["today"]["sitting_min"] == {"low": 0.0, "best": 0.0, "high": 0.0}
        said = (await asyncio.to_thread(desk.run, "status")).stdout
        assert "Cannot tell whether you are there" in said
        assert "Weston and very old compositors tell no program; Plasma, GNOME, sway and others do, and X11." in said
        assert await asyncio.to_thread(desk.terminate) == 0
