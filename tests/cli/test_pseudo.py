"""Commands under a language that marks every text: what is left outside of the marks must be data, not words."""

import json
import re
from collections.abc import Callable, Iterator

import pytest

from tests.cli.conftest import Ran, Told, write
from tests.pseudo import outside, speaking
from unhunch import language
from unhunch.adapters import browser
from unhunch.adapters.store.sqlite import SqliteStore
from unhunch.cli.index import COMMANDS
from unhunch.core.settings import Settings, options
from unhunch.paths import Paths
from unhunch.play import demo
from unhunch.play.player import Player
from unhunch.words import formats

Run = Callable[..., Ran]

NAMES = {
    "path", "show", "check", "edit", "open", "bash", "fish", "true", "false",
    "unhunch", "systemctl", "user", "stop", "jq", "select", "kind", "import", "export", "home", "share", "local",
    "unset", "tmp", "workrave", "idlelog", "log", "buckets", "unhunch_debug", "session",
    *COMMANDS, *(part for option in options() for part in option.key.split(".")),
    *(choice for option in options() for choice in option.choices),
    *(word.lower() for word in (*formats.Formats().short_weekdays, *formats.Formats().short_months)),
    *(word.lower() for word in (*formats.Formats().weekdays, *formats.Formats().months)),
}  # fmt: skip
"""What is called so in every language: commands, options, file formats. Days and months come with the formats."""
WORD = re.compile(r"(?<![\w/.-])[A-Za-z]{4,}(?![\w/=-])")


@pytest.fixture(autouse=True)
def marked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Main would set up the user's language."""
    monkeypatch.setattr(language, "set_up", lambda *_args, **_named: None)
    with speaking():
        yield


def bare(ran: Ran) -> list[str]:
    """Words that stand outside of all marks, but for examples of commands and metavariables."""
    text = re.sub(r"^ +unhunch .*$|'[^']*'", "", outside(ran.out + "\n" + ran.err), flags=re.M)
    found = [word for word in WORD.findall(text) if not word.isupper()]
    # Which browser there is, is found out once a process.
    return [word for word in found if word.lower() not in NAMES and word != browser.known()]


@pytest.mark.parametrize("name", COMMANDS)
def test_help(run: Run, name: str) -> None:
    assert not bare(run(name, "--help"))
    assert not bare(run("--help"))


MISTAKES = """\
staus | status --jsn | snooze soon | pause until never | log --at soon | log --stiffness 11 | amend 14 away
week --of x
week --choose 9 | plan --simulate x.json | config show x | config set goal 99 | config set goal | start --big
export --since x | import x.json | forget | replay x.json | routine check x.toml | routine preview x | completion csh
events --since soon | rate --discomfort 11 | morning fine | run --source x | status | why | skip | stand | undo
screening --confirm | events --follow | log --at tomorrow | enable x
"""


@pytest.mark.parametrize("words", re.split(r" \| |\n", MISTAKES.strip()))
def test_what_cannot_be(run: Run, words: str) -> None:
    ran = run(*words.split())
    assert ran.code
    assert not bare(ran)


def test_what_the_daemon_tells_is_put_into_words(daemon: Told, run: Run) -> None:
    for words in (
        "status",
        "doctor",
        "pause 1h",
        "snooze 10m",
        "skip",
        "stand",
        "sit",
        "resume",
        "undo",
        "morning same",
    ):
        ran = run(*words.split())
        assert not [word for word in bare(ran) if word not in ("freedesktop", "statusnotifier", "dunst", "exact")], (
            words
        )


@pytest.fixture
def lived(places: Paths) -> None:
    """The demonstration's week, as this user's history."""
    places.make_data()
    recording, _begins = demo.week()
    store = SqliteStore(places.database)
    Player(Settings(goal=2), answer="mixed", seed=demo.SEED, written=store.write).play(recording)
    store.close()


LOOKS = (
    "week --of 2026-03-04", "config show", "config check", "config show goal", "routine list", "routine preview",
    "forget --all --yes", "amend yesterday 13:00-14:00 away", "doctor",
)  # fmt: skip


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize("words", LOOKS)
def test_a_history_in_words(run: Run, words: str) -> None:
    ran = run(*words.split())
    assert ran.code == 0, ran.err
    assert not bare(ran)


@pytest.mark.usefixtures("lived")
def test_out_and_in_again_and_played(run: Run, tmp_path) -> None:
    file = str(tmp_path / "history.json")
    for words in (("export", file), ("import", file), ("replay", file), ("plan", "--simulate", file, "--weeks", "3")):
        ran = run(*words)
        assert ran.code == 0, ran.err
        assert not [word for word in bare(ran) if word != "history"], words


def test_what_is_odd_about_a_record(run: Run, tmp_path) -> None:
    spans = [("09:00", 7200), ("09:00", 7200), ("10:00", 90000), ("10:10", 0), ("10:30", 5400), ("never", 3)]
    events = [
        {"timestamp": f"2026-11-17T{at}:00+00:00", "duration": length, "data": {"status": "not-afk"}}
        for at, length in spans
    ]
    file = write(tmp_path / "x.json", json.dumps({"buckets": {"x": {"type": "afkstatus", "events": events}}}))
    for command in ("import", "replay"):
        ran = run(command, str(file))
        assert ran.code == 0
        assert not [word for word in bare(ran) if word not in ("activitywatch", "json")]
