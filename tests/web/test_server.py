"""The page's server, spoken to over real sockets: who is let in, what is refused, and when it goes."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.web.pages import LIMIT, QUICK, Heard, Served, Silent, serving
from unhunch.core.vocabulary import Size
from unhunch.session.guided import Stage
from unhunch.session.page import serve
from unhunch.session.plan import SessionPlan
from unhunch.session.routines import builtin
from unhunch.web.guard import HEADERS, LARGEST_BODY
from unhunch.web.tab import Limits, Server

BEGIN = {"size": "short", "landmark": False, "hips_raised": False, "stiffness": None}
CALLS: dict[str, Any] = {
    "screening": {"any_yes": False},
    "morning": {"feels": "same"},
    "begin": BEGIN,
    "pulse": {"at": 20, "played": [[0, 20]], "paused": False, "seen": True},
    "answer": {"action": "tingling", "at": 20, "played": []},
    "rested": {},
    "rate": {"ratings": {}},
    "say": {"text": "Breathe out slowly.", "seconds": 3},
    "hush": {},
}


async def test_the_page_itself_holds_no_secret_and_allows_nothing_foreign() -> None:
    async with serving() as page:
        shown = await page.get("/", x_unhunch_token=None)
        assert shown.status == 200
        assert page.token not in shown.body.decode()
        for name, value in HEADERS.items():
            assert shown.headers[name] == value
        assert "unsafe" not in shown.headers["content-security-policy"]
        assert "default-src 'none'" in shown.headers["content-security-policy"]
        text = shown.body.decode()
        assert "style=" not in text.replace("stylesheet", "")
        assert "onclick" not in text
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
        assert "https://" not in text
        assert "check with your doctor before starting a new exercise" in text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/static/session.js", 200), ("/static/style.css", 200), ("/static/icon.svg", 200), ("/static/nothing.js", 404),
        ("/static/../page.py", 404), ("/static/..%2fpage.py", 404), ("/static/%2e%2e/plan.py", 404),
        ("/nothing", 404),
    ],
)  # fmt: skip
async def test_only_the_pages_own_files_are_there(path: str, status: int) -> None:
    async with serving() as page:
        answer = await page.get(path)
        assert answer.status == status
        assert b"def " not in answer.body


@pytest.mark.parametrize("key", ["", "wrong", "x" * 43, None])
async def test_without_the_key_nothing_is_told_or_done(key: str | None) -> None:
    async with serving(SessionPlan(screening_due=True, morning_due=True)) as page:
        await page.open()
        for path in ("/api/state", "/api/presence"):
            assert (await page.get(path, x_unhunch_token=key)).status == 401
        for name, body in CALLS.items():
            assert (await page.post(name, body, x_unhunch_token=key)).status == 401
        assert (await page.get("/api/state", x_unhunch_token=page.token)).status == 401, "the token is no key"
        assert page.heard.events == []
        assert page.voice.said == []
        assert (await page.get("/api/state")).json["stage"] == "screening"


async def test_the_token_is_good_once_and_a_second_tab_is_told_so_kindly() -> None:
    async with serving() as page:
        assert (await page.post("open", x_unhunch_token="wrong")).status == 401
        assert (await page.post("open", x_unhunch_token=None)).status == 401
        await page.open()
        second = await page.post("open", x_unhunch_token=page.token)
        assert second.status == 409
        assert second.json["error"] == "This session is open in another tab."
        assert (await page.get("/api/state")).status == 200, "the first tab goes on"


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1", "", None])
async def test_another_name_for_this_address_is_refused(host: str | None) -> None:
    async with serving() as page:
        await page.open()
        for request in (page.request("GET", "/", host=host), page.request("GET", "/api/state", host=host)):
            assert (await page.raw(request)).status in (400, 421)
        assert (await page.post("begin", BEGIN, host=host)).status in (400, 421)
        assert page.heard.events == []


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "", None])
async def test_a_foreign_page_is_refused_even_with_the_key(origin: str | None) -> None:
    async with serving() as page:
        await page.open()
        assert (await page.post("begin", BEGIN, origin=origin)).status == 403
        if origin is not None:
            assert (await page.get("/api/state", origin=origin)).status == 403
        assert (await page.get("/api/state", sec_fetch_site="cross-site")).status == 403
        assert (await page.get("/", sec_fetch_site="same-site")).status == 403
        assert page.heard.events == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD"])
async def test_calls_are_posts_and_nothing_else(method: str) -> None:
    async with serving() as page:
        await page.open()
        for name in ("begin", "screening", "pulse"):
            answer = await page.raw(page.request(method, f"/api/{name}", origin=f"http://{page.host}"))
            assert answer.status == 405
            assert "access-control-allow-origin" not in answer.headers
        assert page.heard.events == []


async def test_more_than_sixteen_kibibytes_are_refused_however_they_come() -> None:
    async with serving() as page:
        await page.open()
        large = b'{"size": "' + b"x" * LARGEST_BODY + b'"}'
        assert (await page.post("begin", large)).status == 413
        said = page.request("POST", "/api/begin", b"{}", content_length=str(10**12))
        assert (await page.raw(said)).status == 413
        chunks = b"".join(b"400\r\n" + b" " * 1024 + b"\r\n" for _ in range(17)) + b"0\r\n\r\n"
        chunked = page.request("POST", "/api/begin", None, transfer_encoding="chunked") + chunks
        assert (await page.raw(chunked)).status == 413
        fits = json.dumps(BEGIN).encode().ljust(LARGEST_BODY)
        assert (await page.post("begin", fits)).status == 200
        assert page.heard.names == ["started"]


WRONG: list[tuple[str, Any]] = [
    *(
        (name, body)
        for name in CALLS
        if name != "hush"
        for body in (b"", b"{", b"\xff\xfe", b"[]", b"null", b"3", {"more": 1})
    ),
    ("begin", {**BEGIN, "size": "huge"}),
    ("begin", {**BEGIN, "landmark": "yes"}),
    ("begin", {**BEGIN, "stiffness": 4.5}),
    ("begin", {**BEGIN, "stiffness": True}),
    ("begin", {**BEGIN, "more": 1}),
    ("pulse", {"at": "20", "played": [], "paused": False, "seen": True}),
    ("pulse", {"at": 20, "played": [[20, 10]], "paused": False, "seen": True}),
    ("pulse", {"at": 20, "played": [[0]], "paused": False, "seen": True}),
    ("pulse", {"at": 20, "played": [[0, True]], "paused": False, "seen": True}),
    ("pulse", {"at": 20, "played": [[-5, 3]], "paused": False, "seen": True}),
    ("pulse", {"at": 20, "played": [[0, 1]] * 65, "paused": False, "seen": True}),
    ("pulse", b'{"at": NaN, "played": [], "paused": false, "seen": true}'),
    ("pulse", b'{"at": 1e999, "played": [], "paused": false, "seen": true}'),
    ("pulse", b'{"at": 20, "played": [[0, Infinity]], "paused": false, "seen": true}'),
    ("answer", {"action": "dance", "at": 0, "played": []}),
    ("begin", b"[" * 10000),
    ("say", {"text": "Send me your money.", "seconds": 3}),
]  # fmt: skip


async def test_the_wrong_shape_is_refused_and_changes_nothing() -> None:
    async with serving(SessionPlan(size=Size.LONG)) as page:
        await page.open()
        before = (await page.get("/api/state")).json
        for name, body in WRONG:
            answer = await page.post(name, body)
            if not (name == "rested" and body == {}):
                assert answer.status == 422, (name, body, answer)
                assert answer.json["error"]
        assert (await page.get("/api/state")).json == before
        assert page.heard.events == []
        assert page.voice.said == []
        out_of_range = await page.post("begin", {**BEGIN, "stiffness": 11})
        assert out_of_range.status == 409


async def test_what_does_not_fit_the_moment_is_refused_with_the_state() -> None:
    async with serving() as page:
        await page.open()
        for name in ("screening", "morning", "pulse", "answer", "rested", "rate"):
            answer = await page.post(name, CALLS[name])
            assert answer.status == 409, name
            assert answer.json["state"]["stage"] == "ready"
        assert (await page.post("begin", BEGIN)).status == 200
        assert (await page.post("begin", BEGIN)).status == 409
        assert (await page.post("rate", {"ratings": {}})).status == 409
        assert page.heard.names == ["started"]


@settings(max_examples=examples(20))
@given(st.lists(st.tuples(st.sampled_from(sorted(CALLS)), st.one_of(st.none(), st.binary(max_size=40))), max_size=12))
def test_no_order_of_calls_and_junk_breaks_the_server(calls: list[tuple[str, bytes | None]]) -> None:
    async def run() -> None:
        async with serving(SessionPlan(screening_due=True)) as page:
            await page.open()
            for name, junk in calls:
                answer = await page.post(name, CALLS[name] if junk is None else junk)
                assert answer.status in (200, 409, 422)
            state = await page.get("/api/state")
            assert state.status == 200
            assert len(page.heard.of("started")) <= 1
            assert len(page.heard.of("finished")) <= 1

    asyncio.run(run())


async def test_a_client_that_never_finishes_its_request_disturbs_nobody() -> None:
    async with serving() as page:
        await page.open()
        name, port = page.host.split(":")
        stuck = [await asyncio.open_connection(name, int(port)) for _ in range(10)]
        for _, writer in stuck:
            writer.write(page.request("POST", "/api/begin", b"{", content_length="500"))
        assert (await page.post("begin", BEGIN)).status == 200
        for _, writer in stuck:
            writer.close()
        assert page.heard.names == ["started"]


async def test_it_listens_on_loopback_alone() -> None:
    async with serving() as page:
        assert page.host.startswith("127.0.0.1:")
        port = f"{int(page.host.split(':')[1]):04X}"
        tables = "".join(
            Path(f"/proc/net/{name}").read_text() for name in ("tcp", "tcp6") if Path(f"/proc/net/{name}").exists()
        )
        listening = [line.split()[1] for line in tables.splitlines() if line.split()[3:4] == ["0A"]]
        if not listening:
            pytest.skip("this system does not show its listening sockets")
        assert [where for where in listening if where.endswith(f":{port}")] == [f"0100007F:{port}"]


# ---- coming and going -----------------------------------------------------------------------------------------------


async def test_it_goes_when_the_page_goes_and_keeps_what_was_done() -> None:
    async with serving() as page:
        await page.open()
        await page.post("begin", {**BEGIN, "stiffness": 6})
        await page.post("pulse", {"at": 105, "played": [[0, 105]], "paused": False, "seen": True})
        page.close_lines()
        session = await page.end()
        assert session.stage is Stage.OVER
        (finished,) = page.heard.of("finished")
        assert finished["record"] == {
            "routine": "thoracic-foam-roller", "size": "short", "planned_s": 104.0, "roller_s": 37.0,
            "status": "partial", "source": "page", "branches": [], "stiffness_before": 6,
        }  # fmt: skip
        assert page.heard.events[-1] == finished
        with pytest.raises(OSError):
            await page.get("/")


def test_it_is_gone_a_minute_after_the_page_at_the_latest() -> None:
    """What it waits for one after the other: a reload, the last answer, open connections."""
    limits = Limits()
    config = Server(lambda *_: None).config  # type: ignore[arg-type]
    assert limits.away + limits.goodbye + (config.timeout_graceful_shutdown or 0) < 60


async def test_a_reload_is_no_goodbye() -> None:
    async with serving(limits=QUICK._replace(away=5)) as page:
        await page.open()
        await page.post("begin", BEGIN)
        await page.post("pulse", {"at": 105, "played": [[0, 105]], "paused": False, "seen": True})
        page.close_lines()
        await asyncio.sleep(0.3)
        await page.line()
        state = (await page.get("/api/state")).json
        assert state["stage"] == "running"
        assert state["guide"]["at"] == 105
        assert not page.ended.done()


async def test_a_browser_that_never_comes_is_not_waited_for_for_ever() -> None:
    async with serving(limits=QUICK._replace(first_page=0.3)) as page:
        session = await page.end()
        assert session.stage is Stage.OVER
        assert page.heard.events == []


async def test_an_open_page_that_nothing_comes_from_is_given_up_and_what_was_done_is_kept() -> None:
    async with serving(limits=QUICK._replace(idle=1.0)) as page:
        await page.open()
        await page.post("begin", BEGIN)
        await page.post("pulse", {"at": 75, "played": [[0, 75]], "paused": True, "seen": True})
        await page.end()
        (finished,) = page.heard.of("finished")
        assert finished["record"]["roller_s"] == 15


async def test_a_copy_of_the_tab_takes_over_and_the_older_one_is_told() -> None:
    async with serving(limits=QUICK._replace(heartbeat=60)) as page:
        answer = await page.post("open", x_unhunch_token=page.token)
        page.key = answer.json["key"]
        first = await page.line()
        await page.line()
        told = await asyncio.wait_for(first.read(), LIMIT)
        assert b"replaced" in told
        assert not page.ended.done()


async def test_it_goes_by_itself_when_the_session_is_over() -> None:
    async with serving() as page:
        await page.open()
        await page.post("begin", BEGIN)
        await page.post("pulse", {"at": 212, "played": [[0, 212]], "paused": False, "seen": True})
        rated = await page.post("rate", {"ratings": {"stiffness_after": 2, "discomfort": 0, "tingling": "none"}})
        assert rated.json["stage"] == "over"
        await page.end()
        (finished,) = page.heard.of("finished")
        assert finished["record"]["status"] == "done"
        assert finished["record"]["roller_s"] == 104
        assert finished["record"]["tingling"] == "none"


async def test_cancelling_it_keeps_the_session_too() -> None:
    async with serving() as page:
        await page.open()
        await page.post("begin", BEGIN)
        page.ended.cancel()
        with pytest.raises(asyncio.CancelledError):
            await page.ended
        assert page.heard.names == ["started", "finished"]
        assert page.voice.hushed > 0


async def test_only_the_sessions_own_sentences_are_spoken() -> None:
    async with serving() as page:
        await page.open()
        sentence = {"text": "Breathe in, and curl forward.", "seconds": 3}
        assert (await page.post("say", sentence)).status == 422, "not before the session"
        await page.post("begin", BEGIN)
        said = await page.post("say", sentence)
        assert said.json == {"said": True, "host_voice": "test voice"}
        assert page.voice.said == [sentence["text"]]
        await page.post("hush")
        assert page.voice.hushed == 1


async def test_with_the_voice_off_nothing_is_spoken() -> None:
    async with serving(SessionPlan(voice=False)) as page:
        await page.open()
        state = await page.post("begin", BEGIN)
        assert state.json["host_voice"] == ""
        assert (await page.post("say", {"text": "Breathe in, and curl forward.", "seconds": 3})).status == 422
        assert page.voice.said == []


# ---- the process and its end ----------------------------------------------------------------------------------------


async def test_the_daemon_is_never_imported() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c",
        "import sys, unhunch.session.page;"
        " ours = ([], ['core'], ['web'], ['session'], ['adapters'], ['language'], ['locales'], ['paths'], ['errors'],"
        " ['marked'], ['tuples'], ['words']);"
        " print([m for m in sys.modules if m.startswith('unhunch') and m.split('.')[1:2] not in ours],"
        " 'apscheduler' in sys.modules)",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate()
    assert out.decode().split() == ["[]", "False"]


async def test_a_server_that_fails_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """And does not look like a page that nobody opened."""

    async def broken(*_args: object) -> None:
        raise OSError("no more descriptors")

    monkeypatch.setattr("unhunch.web.tab.Server.serve", broken)
    with pytest.raises(OSError, match="no more descriptors"):
        await serve(SessionPlan(), builtin(), Heard(), lambda _address: None, voice=Silent(), limits=QUICK)


async def test_a_page_that_is_cancelled_while_it_ends_leaves_the_event_loop_to_the_next() -> None:
    """The next one gets the number of its socket, and has to be heard there."""
    for _ in range(3):
        addresses: asyncio.Queue[str] = asyncio.Queue()
        ended = asyncio.create_task(
            serve(SessionPlan(), builtin(), Heard(), addresses.put_nowait, voice=Silent(), limits=QUICK)
        )
        await asyncio.wait_for(addresses.get(), LIMIT)
        await asyncio.sleep(0.05)
        ended.cancel()
        await asyncio.sleep(0.01)
        ended.cancel()
        await asyncio.wait({ended}, timeout=LIMIT)
        assert ended.cancelled()
        async with serving() as page:
            async with asyncio.timeout(5):
                await page.open()


@pytest.mark.parametrize("opens", [True, False])
async def test_a_page_that_nobody_opens_is_told_of_with_its_address(opens: bool) -> None:
    told: asyncio.Queue[str] = asyncio.Queue()
    addresses: asyncio.Queue[str] = asyncio.Queue()
    limits = QUICK._replace(unseen=0.3, first_page=2.0)
    running = asyncio.create_task(
        serve(SessionPlan(), builtin(), Heard(), addresses.put_nowait, limits=limits, unseen=told.put_nowait)
    )
    address = await asyncio.wait_for(addresses.get(), LIMIT)
    page = Served(address, Heard(), Silent(), running)
    if opens:
        await page.open()
        await asyncio.sleep(0)
    else:
        assert await asyncio.wait_for(told.get(), LIMIT) == address
    page.close_lines()
    await asyncio.wait_for(running, LIMIT)
    assert told.empty()
