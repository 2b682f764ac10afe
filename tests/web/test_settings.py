"""The settings page's server: every option has its place, a stranger gets nothing, a bad body changes nothing."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.web.pages import Served, tab
from unhunch.config import load
from unhunch.core.session.lengths import session_minutes
from unhunch.core.settings import options
from unhunch.paths import Paths
from unhunch.settings import groups
from unhunch.settings.page import rendered, serve
from unhunch.web.guard import HEADERS
from unhunch.web.tab import Limits

QUICK = Limits(first_page=30, away=0.6, goodbye=0.0, heartbeat=0.2)


class Fake:
    """A machine without a daemon, a notice server or a voice."""

    def __init__(self) -> None:
        self.told = 0

    def changed(self) -> str:
        self.told += 1
        return ""

    def try_notice(self) -> str:
        return "No notice could be shown."

    def voice(self) -> bytes | None:
        return None

    def routines(self) -> list[str]:
        return ["mine", '"><script>']


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path, tmp_path / "data", tmp_path / "run")


@asynccontextmanager
async def serving(paths: Paths, machine: Fake) -> AsyncIterator[Served]:
    async with tab(lambda show: serve(paths, machine, show, limits=QUICK)) as served:
        yield served


HOOKS = {item.key for item in options() if item.key.startswith("hooks.")}
"""Commands that are run."""


def test_every_option_but_commands_has_one_place_on_the_page() -> None:
    everyday = [key for group in groups.EVERYDAY for key in group.keys]
    rest = [item.key for _title, items in groups.advanced() for item in items]
    assert sorted(everyday) == sorted(item.key for item in options() if not item.advanced)
    assert sorted(rest) == sorted(item.key for item in options() if item.advanced and item.key not in HOOKS)
    html = rendered(["mine", '"><script>'])
    assert all(html.count(f'data-key="{item.key}"') == (item.key not in HOOKS) for item in options())
    assert "<script>" not in html.replace('<script type="module"', "")


async def test_only_the_tab_is_told_a_value(paths: Paths) -> None:
    paths.config_file.write_text('session.routine = "secret"\n')
    async with serving(paths, Fake()) as page:
        assert b"secret" not in (await page.get("/")).body
        assert (await page.get("/api/state")).status == 401
        assert (await page.post("set", {"keys": ["goal"], "words": ["2"]})).status == 401
        await page.open()
        answer = await page.get("/api/state")
        assert answer.json["options"]["session.routine"]["value"] == "secret"
        assert all(answer.headers[name] == value for name, value in HEADERS.items())
        refused = await page.post("set", {"keys": ["goal"], "words": ["2"]}, origin="http://evil.example")
        assert refused.status == 403
    assert load(paths.config_file).goal == 1


async def test_a_value_is_saved_and_the_daemon_is_told(paths: Paths) -> None:
    machine = Fake()
    async with serving(paths, machine) as page:
        await page.open()
        answer = await page.post("set", {"keys": ["hours.mon", "hours.tue"], "words": ["9-17"]})
        assert answer.status == 200
        assert answer.json["state"]["options"]["hours.tue"]["value"] == "09:00-17:00"
        assert (await page.post("set", {"keys": ["calls.ignore"], "words": ["a", "b c"]})).status == 200
        assert load(paths.config_file).ignored_apps == ("a", "b c")
        assert (await page.post("set", {"keys": ["hours.mon", "calls.ignore"], "words": None})).status == 200
    settings = load(paths.config_file)
    assert (settings.hours_mon, settings.hours_tue, settings.ignored_apps) == (((0, 1440),), ((540, 1020),), ())
    assert machine.told == 3


@pytest.mark.parametrize("key", sorted(HOOKS))
async def test_no_command_can_be_set_or_read_from_a_browser(paths: Paths, key: str) -> None:
    """Whoever takes over the tab must not decide what runs on this computer."""
    (before := paths.config_file).write_text(f'{key} = "touch mine"\n')
    machine = Fake()
    async with serving(paths, machine) as page:
        await page.open()
        assert key not in (await page.get("/api/state")).json["options"]
        assert b"touch mine" not in (await page.get("/api/state")).body
        for words in (["touch theirs"], None):
            assert (await page.post("set", {"keys": [key], "words": words})).status == 422
            assert (await page.post("set", {"keys": ["goal", key], "words": words})).status == 422
    assert before.read_text() == f'{key} = "touch mine"\n'
    assert machine.told == 0


def test_a_session_is_as_long_on_the_page_as_in_a_notice() -> None:
    html = rendered([])
    for size, called in (("short", "Short"), ("standard", "Standard"), ("long", "Long")):
        assert f'<option value="{size}">{called}, {session_minutes(size)} minutes</option>' in html


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"[" * 4000, 422),
        ({"keys": "goal", "words": ["2"]}, 422),
        ({"keys": [], "words": ["2"]}, 422),
        ({"keys": ["gaol"], "words": ["2"]}, 422),
        ({"keys": [{}], "words": ["2"]}, 422),
        ({"keys": ["goal"], "words": "2"}, 422),
        ({"keys": ["goal"], "words": [2]}, 422),
        ({"keys": ["goal"], "words": ["5"]}, 422),
        ({"keys": ["goal"], "words": ["2 = 3"]}, 422),
        ({"keys": ["goal"], "words": ["1\nnudge.enabled = false"]}, 422),
        ({"keys": ["goal"] * 8, "words": ["2"]}, 422),
        ({"keys": ["goal"], "words": ["2"], "more": 1}, 422),
        ({"keys": ["calls.ignore"], "words": ["x" * 20000]}, 413),
    ],
)
async def test_what_makes_no_sense_changes_nothing(paths: Paths, body: object, status: int) -> None:
    machine = Fake()
    async with serving(paths, machine) as page:
        await page.open()
        assert (await page.post("set", body)).status == status
    assert not paths.config_file.exists()
    assert machine.told == 0


async def test_a_mistake_in_the_file_is_told_and_put_right(paths: Paths) -> None:
    paths.config_file.write_text("goal = = 2\n")
    paths.data.mkdir()
    paths.last_good.write_text("# mine\ngoal = 2\n")
    async with serving(paths, Fake()) as page:
        await page.open()
        told = (await page.get("/api/state")).json
        assert "line 1" in told["wrong"]
        assert told["options"]["goal"]["value"] == 2
        refused = await page.post("set", {"keys": ["goal"], "words": ["3"]})
        assert refused.status == 409
        assert "line 1" in refused.json["error"]
        answer = await page.post("mend")
        assert answer.json["state"]["wrong"] == ""
        again = await page.post("mend")  # a second press
        assert again.status == 200
    assert paths.config_file.read_text() == "# mine\ngoal = 2\n"
    assert paths.config_file.with_name("config.toml.wrong").read_text() == "goal = = 2\n"


async def test_what_is_not_there_is_said(paths: Paths) -> None:
    async with serving(paths, Fake()) as page:
        await page.open()
        assert (await page.post("notice")).json["said"] == "No notice could be shown."
        voice = await page.get("/api/voice/sample")
        assert voice.status == 404
        assert json.loads(voice.body)["error"] == "There is no recording in this language."
