"""A page of somebody else's, in the same real browser, against the session's server: whatever it tries is refused.

The browser runs with its protections as they are, and once with them switched off: the server needs none of them.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.desktop.parts import needs
from tests.web.pages import QUICK, Served, serving

pytestmark = [pytest.mark.desktop]

LASTING = QUICK._replace(first_page=60.0, away=60.0)
EVIL = """
async (target) => {
  const tries = [];
  const attempt = async (name, act) => {
    try { const r = await act(); tries.push([name, r.status || r.type, r.type === 'opaque' ? '' : await r.text()]); }
    catch (error) { tries.push([name, 'error', '']); }
  };
  const call = (path, init) => fetch(target + path, init);
  const simple = {method: 'POST', mode: 'no-cors', credentials: 'include', body: '{"any_yes": false}'};
  await attempt('read the page', () => call('/', {}));
  await attempt('read the state', () => call('/api/state', {}));
  await attempt('open without a token', () => call('/api/open', {method: 'POST', mode: 'no-cors', body: '{}'}));
  await attempt('answer blindly', () => call('/api/screening', simple));
  await attempt('begin blindly', () => call('/api/begin', {...simple, body:
    '{"size":"short","landmark":false,"hips_raised":false,"stiffness":null}'}));
  await attempt('with a header', () => call('/api/begin', {method: 'POST', body: '{}',
    headers: {'x-unhunch-token': 'guess', 'content-type': 'application/json'}}));
  for (let n = 0; n < 50; n += 1)
    await attempt('guess ' + n, () => call('/api/open', {method: 'POST', body: '{}',
      headers: {'x-unhunch-token': Array.from(crypto.getRandomValues(new Uint8Array(32)),
                b => 'abcdefghijklmnop'[b % 16]).join('')}}));
  const form = document.createElement('form');
  form.method = 'POST'; form.action = target + '/api/hush'; form.enctype = 'text/plain'; form.target = 'hole';
  document.body.innerHTML = '<iframe name="hole"></iframe><iframe id="frame"></iframe><img id="image">';
  document.body.append(form); form.submit();
  document.getElementById('frame').src = target + '/';
  document.getElementById('image').src = target + '/api/state';
  await new Promise(done => setTimeout(done, 700));
  let inside = 'nothing';
  try { inside = document.getElementById('frame').contentDocument?.body?.innerText || 'nothing'; } catch (e) {}
  return {tries, inside};
}
"""


@asynccontextmanager
async def foreign_origin() -> AsyncIterator[str]:
    """A web site of its own on another port of this machine."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = b"<!doctype html><title>Win a prize</title><body>"
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n")
        writer.write(f"content-length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.close()


@asynccontextmanager
async def chromium(*options: str) -> AsyncIterator[Browser]:
    needs("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(options))
        try:
            yield browser
        finally:
            await browser.close()


async def statuses_of(page: Page) -> dict[str, list[int]]:
    """Every answer that the browser got, by path, whether the page may see it or not."""
    found: dict[str, list[int]] = {}
    page.on("response", lambda answer: found.setdefault(answer.url.split("/", 3)[3], []).append(answer.status))
    return found


async def untouched(served: Served) -> None:
    """The token was not used up, nothing was heard and nothing said: the session is as it was."""
    assert served.heard.events == []
    assert served.voice.said == []
    assert served.voice.hushed == 0
    await served.open()
    assert (await served.get("/api/state")).json["stage"] in ("screening", "ready")


@pytest.mark.parametrize("options", [(), ("--disable-web-security", "--disable-site-isolation-trials")])
async def test_a_foreign_page_gets_nothing_and_does_nothing(options: tuple[str, ...]) -> None:
    async with serving(limits=LASTING) as served, foreign_origin() as evil, chromium(*options) as browser:
        page = await browser.new_page()
        answers = await statuses_of(page)
        await page.goto(f"http://{evil}/")
        outcome = await page.evaluate(EVIL, f"http://{served.host}")
        told = {name: (status, text) for name, status, text in outcome["tries"]}
        assert not any(status == 200 for status, _ in told.values()), told
        assert not any("stage" in text or "key" in text for _, text in told.values())
        assert outcome["inside"] == "nothing" or "refused to connect" in outcome["inside"], "it is put into no frame"
        seen = [status for path, found in answers.items() if path.startswith("api/") for status in found]
        assert seen, "the browser did send something"
        assert set(seen) <= {401, 403, 405, 421}, answers
        await untouched(served)


async def test_a_name_that_is_bound_again_to_this_machine_is_refused() -> None:
    """DNS rebinding: to the browser the foreign page and our server have one origin, so it would let it read all."""
    async with serving(limits=LASTING) as served:
        port = served.host.split(":")[1]
        async with chromium("--host-resolver-rules=MAP evil.example 127.0.0.1") as browser:
            page = await browser.new_page()
            answer = await page.goto(f"http://evil.example:{port}/")
            assert answer is not None
            assert answer.status == 421
            outcome = await page.evaluate(
                "async () => { const r = await fetch('/api/open', {method: 'POST', body: '{}',"
                " headers: {'x-unhunch-token': 'guess'}}); return [r.status, await r.text()]; }"
            )
            assert outcome[0] == 421
            assert "key" not in outcome[1]
        await untouched(served)


async def test_who_sees_the_address_bar_too_late_gets_nothing() -> None:
    """The token is in the fragment, which no server and no referrer ever hears of, and it is good once."""
    async with serving(limits=LASTING) as served, foreign_origin() as evil, chromium() as browser:
        first = await browser.new_page()
        sent: list[str] = []
        first.on("request", lambda request: sent.append(request.url + str(request.headers)))
        await first.goto(served.address)
        await first.wait_for_function("sessionStorage.getItem('unhunch-key') !== null")
        assert "#" not in first.url or served.token not in first.url, "it does not stay in the history"
        await first.goto(f"http://{evil}/")
        assert not any(served.token in line for line in sent if "/api/open" not in line)
        other = await (await browser.new_context()).new_page()
        answers = await statuses_of(other)
        await other.goto(served.address)
        await other.wait_for_timeout(500)
        assert 200 not in answers.get("api/open", [])
        assert answers.get("api/state", [401]) == [401] or "api/state" not in answers
