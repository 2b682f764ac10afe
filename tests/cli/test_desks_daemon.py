"""The daemon's own doing with a shared folder, in this process: a real folder, and clocks that are moved by hand."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path

import pytest

from unhunch import language
from unhunch.config.kept import InForce
from unhunch.control.arguments import check
from unhunch.core import messages as m
from unhunch.core.bodies import Morning
from unhunch.core.facts import Fact, Kind
from unhunch.core.moment import DAY, Moment
from unhunch.core.settings import Settings
from unhunch.core.vocabulary import Feels, Verdict
from unhunch.daemon import daemon as running
from unhunch.daemon.commands import COMMANDS
from unhunch.errors import UserError
from unhunch.paths import Paths
from unhunch.sync import folder as folders
from unhunch.sync.lines import parse
from unhunch.words import translate

T0 = 1_790_000_000.0


class Clock:
    """Stands still until it is moved."""

    def __init__(self, boot_id: str) -> None:
        self.boot_id, self.passed = boot_id, 0.0

    def now(self) -> Moment:
        return Moment(T0 + self.passed, 1000 + self.passed, 1000 + self.passed, 0)


class Desk:
    """One whose daemon has begun, and looks at its folder when it is told to."""

    def __init__(self, home: Path, name: str, folder: Path) -> None:
        for part in ("c", "d", "r"):
            (home / part).mkdir(mode=0o700, parents=True)
        paths = Paths(*(home / part for part in ("c", "d", "r")))
        self.folder, self.clock = folder, Clock(f"boot-{name}")
        settings = Settings(sync_folder=str(folder), sync_name=name)
        self.daemon = running.Daemon(paths, InForce(settings), "none")
        self.host = self.daemon._host
        self.host.clock = self.clock  # type: ignore[assignment]  # what is read of it is there
        self.desks = self.daemon._desks

    async def look(self, seconds: float = 0.0) -> None:
        self.clock.passed += seconds
        await self.host.guarded("sync", self.desks.look())
        while self.host._tasks:  # what it does beside
            await next(iter(self.host._tasks))

    async def told(self, what: m.Event) -> None:
        await self.host.perform(what)

    async def asked(self, command: str, **args: object) -> None:
        await COMMANDS[command](self.daemon._parts, check(command, args))

    @property
    def file(self) -> Path:
        assert self.desks.exchange is not None
        (found,) = self.folder.glob(f"{folders.begins(self.host.history.store.device)}*")
        return found

    def size(self) -> int:
        return self.file.stat().st_size if self.folder.exists() and self.desks.exchange else 0

    def keys(self) -> list[str]:
        """What the folder tells of it."""
        return [one.fact.key for one in parse(self.file.read_bytes()).lines if one.fact]

    def kept(self, *kinds: Kind) -> list[Fact]:
        return [fact for fact in self.host.history.store.read() if fact.kind in kinds]


Make = Callable[[str], Desk]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Make]:
    every: list[Desk] = []
    folder = tmp_path / "shared"
    folder.mkdir(mode=0o700)

    def make(name: str) -> Desk:
        every.append(Desk(tmp_path / name, name, folder))
        return every[-1]

    yield make
    for one in every:
        await one.daemon._close()


# When the folder is written and looked at (rules 3 and 7) -------------------------------------------------------------


async def test_between_two_writings_lie_twenty_seconds_and_an_answer_waits_no_longer(desk: Make) -> None:
    a = desk("a")
    await a.host.begin()
    await a.look()
    size, at, gaps, waits, answered = a.size(), 0.0, [], [], []
    for second in range(1, 600):
        if second % 7 == 0 and not 200 < second < 400:
            await a.told(m.Told(a.clock.now(), Morning(Feels.SAME)))
            answered.append(a.clock.passed)
        await a.look(1.0)
        if a.size() != size:
            gaps.append(a.clock.passed - at)
            waits += [a.clock.passed - then for then in answered]
            size, at, answered = a.size(), a.clock.passed, []
    assert min(gaps) >= 20.0
    assert max(waits) <= 21.0
    assert not answered or a.clock.passed - answered[0] < 20.0
    assert len(gaps) > 15
    assert {fact.key for fact in a.kept(Kind.MORNING)} - set(a.keys()) <= {
        fact.key for fact in a.kept(Kind.MORNING) if fact.wall >= T0 + at
    }


async def test_much_is_written_in_parts_twenty_seconds_apart_too(desk: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unhunch.sync.exchange.MOST", 10)
    a = desk("a")
    await a.host.begin()
    said = {"feels": "same"}
    facts = [Fact(Kind.MORNING, T0 - 1 - n, 0, "before", -float(n), 0.0, "", said, f"m{n}") for n in range(95)]
    a.host.history.write(facts, {})
    size, writings = 0, []
    for _second in range(400):
        await a.look(1.0)
        if a.size() != size:
            size = a.size()
            writings.append(a.clock.passed)
    assert set(a.keys()) >= {fact.key for fact in facts}
    assert len(writings) >= 9
    assert min(b - a for a, b in pairwise(writings)) >= 20.0


async def test_it_is_listed_once_a_minute_and_when_it_rings(desk: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = []
    real = folders.Folder.files

    def files(self: folders.Folder) -> list[folders.Found]:
        listed.append(0)
        return real(self)

    monkeypatch.setattr(folders.Folder, "files", files)
    a = desk("a")
    await a.host.begin()
    for _look in range(601):
        await a.look(1.0)
    assert len(listed) == 11 + 1, "and after its one writing, in which the bell is held"
    a.desks._rang()
    await a.look(1.0)
    assert len(listed) == 11 + 1 + 1


# What hinders it ------------------------------------------------------------------------------------------------------


async def test_a_folder_that_is_away_is_told_of_for_as_long_as_it_is(desk: Make) -> None:
    a = desk("a")
    await a.host.begin()
    await a.look()
    away = a.folder.with_name("away")
    a.folder.rename(away)
    await a.told(m.Told(a.clock.now(), Morning(Feels.SAME)))
    await a.look(60.0)
    for _look in range(100):
        assert "is not there" in a.host.troubles["sync"]
        assert "nothing is lost" in a.host.troubles["sync"]
        assert "mkdir -p" in a.host.troubles["sync"]
        status = a.desks.status()
        assert status
        assert status["trouble"] == a.host.troubles["sync"]
        await a.look(3.0)
    away.rename(a.folder)
    await a.look(60.0)
    assert "sync" not in a.host.troubles
    assert {fact.key for fact in a.kept(Kind.MORNING)} <= set(a.keys())


async def test_a_folder_that_can_be_read_and_not_written_is_told_of_all_the_time(
    desk: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = desk("a")
    await a.host.begin()
    await a.look()

    def refuse(*_args: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with monkeypatch.context() as patch:
        patch.setattr(folders.Folder, "append", refuse)
        await a.told(m.Told(a.clock.now(), Morning(Feels.SAME)))
        await a.look(30.0)
        for _look in range(100):
            assert "Read-only file system" in a.host.troubles["sync"]
            assert "Mount its disk for writing" in a.host.troubles["sync"]
            a.desks._rang()
            await a.look(2.0)
    await a.look(60.0)
    assert "sync" not in a.host.troubles
    assert {fact.key for fact in a.kept(Kind.MORNING)} <= set(a.keys())


@pytest.mark.parametrize("named", ["shared", "Sync/unhunch", "a\0b", "~nobody-of-that-name/unhunch", "x" * 300])
async def test_a_name_that_is_no_folders_is_said_and_nothing_breaks(desk: Make, named: str) -> None:
    a = desk("a")
    a.host.settings = a.host.settings._replace(sync_folder=named)
    await a.host.begin()
    await a.look()
    assert "failed" not in a.host.troubles["sync"]
    assert a.host.troubles["sync"].count(". ") >= 2
    assert a.host.failures == 0


async def test_status_is_told_although_the_history_is_gone(desk: Make) -> None:
    a = desk("a")
    await a.host.begin()
    await a.look()
    a.host.history.store.close()
    a.host.history.store = a.host.history._open()
    assert a.desks.status() is None
    await a.look()
    assert a.desks.status()


# Forgetting, from end to end ------------------------------------------------------------------------------------------


async def both(desk: Make) -> tuple[Desk, Desk]:
    """Each has done something, and both know of it."""
    a, b = desk("a"), desk("b")
    for one in (a, b):
        await one.host.begin()
        await one.asked("screening", verdict=str(Verdict.PASS))
        await one.told(m.Told(one.clock.now(), Morning(Feels.WORSE)))
    for _turn in range(2):
        for one in (a, b):
            await one.look(60.0)
    assert len(a.kept(Kind.MORNING)) == len(b.kept(Kind.MORNING)) == 2
    return a, b


async def test_what_is_forgotten_at_one_desk_is_forgotten_at_the_other(desk: Make) -> None:
    a, b = await both(desk)
    files = a.file, b.file
    assert b"morning" in files[0].read_bytes()
    assert b"morning" in files[1].read_bytes()
    await a.asked("forget", all=True)
    assert b"morning" not in files[0].read_bytes(), "its own file is written anew at once"
    await a.look(60.0)
    await b.look(60.0)
    for one in (a, b):
        assert one.kept(Kind.MORNING, Kind.SCREENING) == []
        assert not one.host.live.state.programme.screened, "nor does anything that was made of it know it"
        assert b"morning" not in one.file.read_bytes()
    # It goes on from there, and what one does counts at the other.
    await b.told(m.Told(b.clock.now(), Morning(Feels.BETTER)))
    for _turn in range(2):
        for one in (b, a):
            await one.look(60.0)
    assert len(a.kept(Kind.MORNING)) == 1
    assert {fact.key for fact in a.kept(Kind.RUNNING)} == {fact.key for fact in b.kept(Kind.RUNNING)}


async def test_only_the_days_before_are_forgotten_and_the_programme_goes_on(desk: Make) -> None:
    a, b = await both(desk)
    for one in (a, b):
        one.clock.passed += 3 * 86_400
        await one.told(m.Told(one.clock.now(), Morning(Feels.SAME)))
    for _turn in range(2):
        for one in (a, b):
            await one.look(60.0)
    await a.asked("forget", before=T0 + 2 * 86_400)
    await a.look(60.0)
    await b.look(60.0)
    for one in (a, b):
        assert [fact.body["feels"] for fact in one.kept(Kind.MORNING)] == ["same", "same"]
        assert one.host.live.state.programme.screened
        assert b"worse" not in one.file.read_bytes()


async def test_in_the_midst_of_a_session_forgetting_waits_for_its_end(desk: Make) -> None:
    a, b = await both(desk)
    await b.told(m.SessionBegan(b.clock.now(), {"size": "short"}))
    await a.asked("forget", all=True)
    await a.look(60.0)
    await b.look(60.0)
    assert len(b.kept(Kind.MORNING)) == 2
    await b.told(m.SessionEnded(b.clock.now(), {"status": "done", "size": "short"}))
    await b.look(60.0)
    assert b.kept(Kind.MORNING) == []


# Whoever asks in another language -------------------------------------------------------------------------------------


async def test_what_is_begun_for_somebody_speaks_the_language_of_the_desk(desk: Make) -> None:
    a = desk("a")
    await a.host.begin()
    spoken: asyncio.Queue[str] = asyncio.Queue()

    async def speak() -> None:
        spoken.put_nowait(translate.language())

    a.host.chores.append(("speaking", speak))
    await a.host.ready()
    assert await spoken.get() == "en"
    language.ASKER.set("es_ES")
    with language.of_the_asker():
        assert translate.language() == "es"
        a.host.later(speak())
        assert await spoken.get() == "en"
        a.host.soon()
        async with asyncio.timeout(30):
            assert await spoken.get() == "en", "nor does the look that follows, nor those after it"


@pytest.mark.parametrize(
    ("command", "args"),
    [
        ("forget", {"before": T0 + 9 * DAY}),
        ("imported", {"days": [["no date", 1]]}),
        ("snooze", {}),
        ("sync", {"forget": "nobody"}),
    ],
)
async def test_who_is_refused_is_refused_in_their_language(desk: Make, command: str, args: dict[str, object]) -> None:
    a = desk("a")
    await a.host.begin()
    await a.look()
    language.ASKER.set("en_GB")
    with pytest.raises(UserError) as english:
        await a.asked(command, **args)
    language.ASKER.set("es_ES")
    with pytest.raises(UserError) as spanish:
        await a.asked(command, **args)
    assert english.value.what != spanish.value.what
    assert english.value.means != spanish.value.means
