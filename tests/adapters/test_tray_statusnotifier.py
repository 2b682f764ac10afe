"""The tray icon before a watcher and a panel on a private bus: what they read, what they hear, what they may do."""

import os
from collections.abc import AsyncIterator
from typing import Any

import pytest
from dbus_fast import Variant

from tests.desktop.bed import Bed
from tests.fakes.importer import Importer
from tests.fakes.tray import MENU as MENU_INTERFACE
from tests.fakes.tray import Host, Watcher
from unhunch.adapters.protocols.dbus import Bus, BusError
from unhunch.adapters.tray import statusnotifier
from unhunch.adapters.tray.statusnotifier import StatusNotifierTray
from unhunch.ports import SEPARATOR, MenuItem, TrayIcon, TrayState, Unusable

NAME = f"org.kde.StatusNotifierItem-{os.getpid()}-1"
SNOOZES = (MenuItem("snooze 10m", "10 minutes"), MenuItem("snooze 1h", "An hour"))
MENU = (
    MenuItem("status", "At your desk for 38 min", enabled=False),
    SEPARATOR,
    MenuItem("start", "Start"),
    MenuItem("snooze", "Snooze", children=SNOOZES),
    MenuItem("pause", "Pause", checked=False),
)
STATE = TrayState(TrayIcon.SITTING, "Unhunch", "38 min < 50 & fine", MENU)


class Desk:
    def __init__(self, bed: Bed) -> None:
        self.bed = bed
        self.address = bed.env["DBUS_SESSION_BUS_ADDRESS"]
        self.watcher = Watcher(self.address)
        self.tray = StatusNotifierTray(self.address)
        self.chosen: list[str] = []
        self.host: Host | None = None

    async def start(self) -> Host:
        await self.watcher.start()
        self.tray.show(STATE)
        assert await self.tray.open(self.chosen.append) == "the icon is in the panel"
        assert self.watcher.items == [NAME]
        self.host = await Host.connect(self.address, NAME)
        return self.host

    async def close(self) -> None:
        await self.tray.close()
        await self.watcher.stop()
        if self.host is not None:
            await self.host.bus.close()


@pytest.fixture
async def desk(bed_with_bus: Bed) -> AsyncIterator[Desk]:
    made = Desk(bed_with_bus)
    yield made
    await made.close()


async def test_what_a_panel_reads(desk: Desk) -> None:
    host = await desk.start()
    found = await host.properties()
    assert found["Id"] == "unhunch"
    assert found["Title"] == "Unhunch"
    assert found["Category"] == "ApplicationStatus"
    assert found["Status"] == "Active"
    assert found["ItemIsMenu"] is False
    assert found["IconName"] == ""
    assert found["ToolTip"] == ["", [], "Unhunch", "38 min &lt; 50 &amp; fine"]
    assert [pixmap[0] for pixmap in found["IconPixmap"]] == [16, 22, 24, 32, 48]
    assert all(len(pixels) == 4 * width * height for width, height, pixels in found["IconPixmap"])


async def test_only_what_changed_is_signalled(desk: Desk) -> None:
    host = await desk.start()
    sitting = (await host.properties())["IconPixmap"]

    async def heard_after(state: TrayState) -> list[str]:
        host.heard.clear()
        desk.tray.show(state)
        await host.properties()  # the answer comes after every signal that was sent before it
        return sorted(host.heard)

    assert await heard_after(STATE) == []
    owed = STATE._replace(icon=TrayIcon.OWED)
    assert await heard_after(owed) == ["NewIcon"]
    assert (await host.properties())["IconPixmap"] != sitting
    assert await heard_after(owed._replace(text="other")) == ["NewToolTip"]
    assert await heard_after(owed._replace(text="other", menu=MENU[2:])) == ["LayoutUpdated"]
    unlike = owed._replace(text="other", menu=(MENU[2]._replace(enabled=False), *MENU[3:]))
    assert await heard_after(unlike) == ["LayoutUpdated"]


async def test_wording_waits_until_the_menu_is_opened(desk: Desk) -> None:
    host = await desk.start()
    revision = (await host.menu("GetLayout", "iias", 0, -1, []))[0]
    for minutes in (39, 40):
        desk.tray.show(STATE._replace(menu=(MENU[0]._replace(label=f"At your desk for {minutes} min"), *MENU[1:])))
    await host.properties()
    assert host.heard == []
    assert "At your desk for 38 min" in await host.numbers()
    assert await host.menu("AboutToShow", "i", 0) == [True]
    assert "At your desk for 40 min" in await host.numbers()
    assert (await host.menu("GetLayout", "iias", 0, -1, []))[0] == revision + 1

    desk.tray.show(STATE)
    start = (await host.numbers())["Start"]
    assert await host.menu("AboutToShowGroup", "ai", [start, 4711]) == [[start], [4711]]
    assert "At your desk for 38 min" in await host.numbers()
    assert (await host.menu("GetLayout", "iias", 0, -1, []))[0] == revision + 2


async def test_each_opening_makes_it_read_again_and_is_answered_before_that_is_told(desk: Desk) -> None:
    """The other way round Plasma drops the next change: it takes that for the echo of what it just read."""
    host = await desk.start()
    start = (await host.numbers())["Start"]
    order: list[object] = []
    host.bus.raw.add_message_handler(
        lambda message: order.append(message.body[-1] if message.member else message.body[0])
    )
    for label in ("At your desk for 38 min", "At your desk for 39 min"):  # nothing has changed, or some wording has
        desk.tray.show(STATE._replace(menu=(MENU[0]._replace(label=label), *MENU[1:])))
        for number in (0, start):
            order.clear()
            await host.bus.call(NAME, "/MenuBar", MENU_INTERFACE, "AboutToShow", "i", number)
            await desk.bed.eventually("what is told", lambda: len(order) == 2)
            assert order == [True, number]


def when(minutes: int, *, due: bool) -> TrayState:
    """The state after so long, with lines that depend on whether a session is due."""
    snoozes = (MenuItem("snooze 10m", "10 minutes"), MenuItem("snooze call", "After this call", due))
    status = MenuItem("status", f"At your desk for {minutes} min", enabled=False)
    return STATE._replace(menu=(status, MenuItem("snooze", "Snooze", children=snoozes), MenuItem("skip", "Skip", due)))


def drawn(minutes: int, *, due: bool) -> dict[str, bool]:
    return {f"At your desk for {minutes} min": False, "Snooze": True, "Skip": due}


async def test_a_menu_that_the_panel_keeps_is_right_whenever_it_is_opened_and_while_it_is_open(desk: Desk) -> None:
    host = await desk.start()
    desk.tray.show(when(38, due=False))
    kept = Importer(host)
    await desk.bed.eventually("the first reading", lambda: kept.enabled() == drawn(38, due=False))
    for minutes, due in ((39, False), (41, True), (43, False)):
        desk.tray.show(when(minutes, due=due))
        await host.properties()  # the answer comes after every signal that was sent before it
        assert await kept.open() == drawn(minutes, due=due)
        assert await kept.open(kept.number("Snooze")) == {"10 minutes": True, "After this call": due}
        desk.tray.show(when(minutes + 1, due=not due))
        await desk.bed.eventually(
            "the change in the open menu",
            lambda minutes=minutes, due=due: kept.enabled() == drawn(minutes + 1, due=not due),
        )
        assert await kept.open() == drawn(minutes + 1, due=not due)
        assert await kept.open(kept.number("Snooze")) == {"10 minutes": True, "After this call": not due}


async def test_the_layout(desk: Desk) -> None:
    host = await desk.start()
    number, properties, lines = await host.layout()
    assert (number, properties) == (0, {"children-display": "submenu"})
    plain = {"type": "standard", "enabled": True, "visible": True, "toggle-type": "", "toggle-state": -1}
    assert [line[1] for line in lines] == [
        {**plain, "label": "At your desk for 38 min", "enabled": False},
        {**plain, "label": "", "type": "separator"},
        {**plain, "label": "Start"},
        {**plain, "label": "Snooze", "children-display": "submenu"},
        {**plain, "label": "Pause", "toggle-type": "checkmark", "toggle-state": 0},
    ]
    assert [line[1]["label"] for line in lines[3][2]] == ["10 minutes", "An hour"]
    assert (await host.layout(depth=0))[2] == []
    assert [line[2] for line in (await host.layout(depth=1))[2]] == [[]] * 5
    assert len((await host.layout(depth=2))[2][3][2]) == 2
    snooze = await host.layout((await host.numbers())["Snooze"], names=("label",))
    assert snooze[1] == {"label": "Snooze"}
    assert len(snooze[2]) == 2
    with pytest.raises(BusError, match="no line 4711"):
        await host.layout(4711)


async def test_properties_one_by_one_and_in_groups(desk: Desk) -> None:
    host = await desk.start()
    numbers = await host.numbers()
    pause, start = numbers["Pause"], numbers["Start"]
    (some,) = await host.menu("GetGroupProperties", "aias", [pause, 4711, start], ["label"])
    assert some == [[pause, {"label": "Pause"}], [start, {"label": "Start"}]]
    (every,) = await host.menu("GetGroupProperties", "aias", [], [])
    assert len(every) == 8
    assert await host.menu("GetProperty", "is", pause, "toggle-state") == [0]
    for number, name in ((pause, "icon-name"), (4711, "label")):
        with pytest.raises(BusError):
            await host.menu("GetProperty", "is", number, name)


async def test_a_line_that_was_grey_is_said_not_to_be(desk: Desk) -> None:
    """Plasma changes only what is named: left out, "enabled" would stay as it was, for good."""
    desk.tray.show(STATE)
    host = await desk.start()
    desk.tray.show(STATE._replace(menu=(MenuItem("skip", "Skip", enabled=False),)))
    assert [line[1]["enabled"] for line in (await host.layout())[2]] == [False]
    desk.tray.show(STATE._replace(menu=(MenuItem("skip", "Skip"),)))
    assert [line[1]["enabled"] for line in (await host.layout())[2]] == [True]


async def test_every_property_that_panels_read_is_there(desk: Desk) -> None:
    """lxqt-panel logs two errors at each repaint for those that are not."""
    host = await desk.start()
    for name in ("OverlayIconPixmap", "AttentionIconPixmap"):
        assert await host.bus.get(NAME, "/StatusNotifierItem", "org.kde.StatusNotifierItem", name) == []
    assert await host.bus.get(NAME, "/StatusNotifierItem", "org.kde.StatusNotifierItem", "AttentionMovieName") == ""


async def test_the_desktops_leave_to_open_a_window_comes_before_the_click_and_is_good_once(desk: Desk) -> None:
    host = await desk.start()
    assert desk.tray.token == ""
    item = (NAME, "/StatusNotifierItem", "org.kde.StatusNotifierItem")
    await host.bus.call(*item, "ProvideXdgActivationToken", "s", "leave-1")
    await host.click()
    await desk.bed.eventually("the click", lambda: desk.chosen == ["activate"])
    assert desk.tray.token == "leave-1"
    assert desk.tray.token == ""


async def test_the_note_is_what_is_so_now(desk: Desk) -> None:
    """A panel that came later: no "no panel takes tray icons" beside the icon."""
    assert "no panel" in await desk.tray.open(desk.chosen.append)
    await desk.watcher.start()
    await desk.bed.eventually("the icon", lambda: desk.tray.note == "the icon is in the panel")


async def test_a_label_is_text_and_has_no_mnemonic(desk: Desk) -> None:
    host = await desk.start()
    desk.tray.show(STATE._replace(menu=(MenuItem("x", "a_b"),)))
    assert list(await host.numbers()) == ["a__b"]


async def test_clicks_that_count(desk: Desk) -> None:
    host = await desk.start()
    nothing = Variant("s", "")
    numbers = await host.numbers()

    async def event(label: str, kind: str = "clicked") -> None:
        await host.menu("Event", "isvu", numbers[label], kind, nothing, 0)

    await event("Start", "hovered")
    await event("At your desk for 38 min")
    await event("Snooze")
    await event("Snooze", "opened")
    await event("An hour")
    group = [[numbers["Start"], "clicked", nothing, 0], [4711, "clicked", nothing, 0]]
    assert await host.menu("EventGroup", "a(isvu)", group) == [[4711]]
    await host.click()
    await host.click("SecondaryActivate")
    await desk.bed.eventually("the click", lambda: "activate" in desk.chosen)
    assert desk.chosen == ["snooze 1h", "start", "activate"]


async def test_a_click_never_lands_on_another_line_than_the_one_that_was_read(desk: Desk) -> None:
    host = await desk.start()
    before = await host.numbers()
    skip = MenuItem("skip", "Skip")
    desk.tray.show(STATE._replace(menu=(skip, *MENU[3:], MENU[0])))  # "Start" has gone, the others have moved
    with pytest.raises(BusError, match="no line"):
        await host.menu("Event", "isvu", before["Start"], "clicked", Variant("s", ""), 0)
    await host.menu("Event", "isvu", before["Pause"], "clicked", Variant("s", ""), 0)
    await desk.bed.eventually("the choice", lambda: desk.chosen)
    assert desk.chosen == ["pause"]
    after = await host.numbers()
    assert after["Skip"] not in before.values()
    desk.tray.show(STATE)
    assert await host.numbers() == before


async def test_a_watcher_that_comes_late_or_comes_back_is_used(desk: Desk) -> None:
    assert "no panel" in await desk.tray.open(desk.chosen.append)
    desk.tray.show(STATE)
    for _ in range(2):
        await desk.watcher.start()
        await desk.bed.eventually("the icon", lambda: desk.watcher.items == [NAME])
        await desk.bed.eventually("no trouble", lambda: desk.tray.trouble == "")
        await desk.watcher.stop()
        await desk.bed.eventually("the loss", lambda: "gone" in desk.tray.trouble)


async def test_a_watcher_that_is_not_ready_is_asked_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statusnotifier, "REGISTER_RETRIES", (0.01, 0.01, 0.01))
    await desk.tray.open(desk.chosen.append)
    desk.watcher.refusals = 2
    await desk.watcher.start()
    await desk.bed.eventually("the icon", lambda: desk.watcher.items == [NAME])
    await desk.watcher.stop()
    await desk.bed.eventually("the loss", lambda: "gone" in desk.tray.trouble)
    desk.watcher.refusals = 10
    await desk.watcher.start()
    await desk.bed.eventually("four attempts", lambda: desk.watcher.refusals == 6)
    await desk.bed.eventually("the reason", lambda: "not ready" in desk.tray.trouble)


async def test_a_watcher_that_goes_as_soon_as_it_has_answered_is_gone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = Bus.call

    async def answered_by_one_that_goes(bus: Bus, *what: Any, **how: Any) -> list[Any]:
        answer = await call(bus, *what, **how)
        if "RegisterStatusNotifierItem" in what:
            await desk.watcher.stop()
            await desk.bed.eventually("the loss", lambda: "gone" in desk.tray.trouble)
        return answer

    await desk.watcher.start()
    monkeypatch.setattr(Bus, "call", answered_by_one_that_goes)
    assert "the panel has gone" in await desk.tray.open(desk.chosen.append)
    assert desk.watcher.items == [NAME]


async def test_a_bus_that_dies_is_found_again_with_the_latest_state(bed_with_bus: Bed) -> None:
    desk = Desk(bed_with_bus)
    (bus,) = bed_with_bus.processes
    await desk.start()
    bed_with_bus.kill(bus)
    await desk.bed.eventually("the loss", lambda: desk.tray.trouble)
    desk.tray.show(STATE._replace(title="Later"))
    bed_with_bus.bus()
    watcher = Watcher(desk.address)
    await watcher.start()
    await desk.bed.eventually("the icon", lambda: watcher.items)
    host = await Host.connect(desk.address, watcher.items[-1])
    assert (await host.properties())["ToolTip"][2] == "Later"
    await host.bus.close()
    await watcher.stop()
    await desk.close()


async def test_closing_takes_the_icon_off_the_bus(desk: Desk) -> None:
    host = await desk.start()
    await desk.tray.close()
    assert await host.bus.owner(NAME) is None
    desk.tray.show(STATE)
    await desk.tray.close()


async def test_without_a_bus_it_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    tray = StatusNotifierTray()
    with pytest.raises(Unusable, match="session bus"):
        await tray.open(lambda key: None)
    tray.show(STATE)
    await tray.close()
