"""Screen savers, the desktops' inhibitors and do-not-disturb, on a private session bus."""

import os
from datetime import datetime
from pathlib import Path

import pytest
from dbus_fast import Variant

from tests.desktop.bed import Bed
from tests.desktop.parts import find, needs
from tests.fakes.bus_service import BusService
from tests.fakes.heard import Heard
from unhunch.adapters.surroundings import inhibitors, quiet, screensavers
from unhunch.adapters.surroundings.plasma import own_switch

pytestmark = pytest.mark.desktop

TRUE, FALSE = Variant(signature="b", value=True), Variant(signature="b", value=False)


@pytest.fixture
def address(bed: Bed) -> str:
    bed.bus()
    return bed.env["DBUS_SESSION_BUS_ADDRESS"]


class FakeSaver(BusService):
    """A screen saver that is active or not."""

    def __init__(self, name: str, path: str, *, active: bool = False) -> None:
        super().__init__(name)
        self.path, self.active = path, active
        self.methods[path, name, "GetActive"] = ("b", lambda: self.active)

    def turn(self, *, active: bool) -> None:
        self.active = active
        self.emit(self.path, self.name, "ActiveChanged", "b", active)


@pytest.mark.parametrize("saver", screensavers.SAVERS, ids=lambda saver: saver.name)
async def test_each_screen_saver_is_seen_when_it_comes_turns_and_goes(
    bed: Bed, address: str, heard: Heard, saver: screensavers.Saver
) -> None:
    source = screensavers.ScreenSavers(env=bed.env)
    assert "waiting" in await source.open(heard)
    assert heard.all == [("locked", None)]
    for path in saver.paths:
        fake = await FakeSaver(saver.name, path, active=True).start(address)
        await bed.eventually("found active", lambda: heard.now["locked"] is True)
        assert source.note == saver.name
        fake.turn(active=False)
        await bed.eventually("inactive", lambda: heard.now["locked"] is False)
        fake.turn(active=True)
        await bed.eventually("active", lambda: heard.now["locked"] is True)
        await fake.stop()
        await bed.eventually("unknown", lambda: heard.now["locked"] is None)
    await source.close()


async def test_one_active_screen_saver_of_two_is_enough_and_a_stranger_is_not_believed(
    bed: Bed, address: str, heard: Heard
) -> None:
    gnome = await FakeSaver("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver").start(address)
    other = await FakeSaver("org.freedesktop.ScreenSaver", "/ScreenSaver", active=True).start(address)
    stranger = await BusService("org.example.Stranger").start(address)
    stranger.methods["/", "org.example.Stranger", "Wait"] = ("b", lambda: True)
    source = screensavers.ScreenSavers(address=address)
    await source.open(heard)
    assert heard.all == [("locked", True)]

    async def heard_all_of(service: BusService, path: str, member: str) -> None:
        """One sender's messages arrive in their order: its answer comes after its signals."""
        assert source._bus is not None
        await source._bus.call(service.name, path, service.name, member)

    gnome.turn(active=True)
    gnome.turn(active=False)
    await heard_all_of(gnome, gnome.path, "GetActive")
    assert heard.values("locked") == [True], "the other one is still active"
    other.turn(active=False)
    await bed.eventually("both inactive", lambda: heard.values("locked") == [True, False])
    stranger.emit("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", "b", *[True])
    await heard_all_of(stranger, "/", "Wait")
    assert heard.values("locked") == [True, False]
    await source.check()
    await source.close()
    for service in (gnome, other, stranger):
        await service.stop()


async def test_a_screen_saver_that_can_only_be_inhibited_tells_nothing(bed: Bed, address: str, heard: Heard) -> None:
    saver = await BusService("org.freedesktop.ScreenSaver").start(address)
    source = screensavers.ScreenSavers(address=address)
    await source.open(heard)
    assert heard.all == [("locked", None)]
    assert "GetActive" in saver.calls
    await source.close()
    await saver.stop()


class FakeGnomeSession(BusService):
    """GNOME's session manager: programs with flags inhibit."""

    def __init__(self) -> None:
        super().__init__(inhibitors.GNOME)
        self.programs: dict[str, tuple[str, int, str]] = {}
        self.methods[inhibitors.GNOME_PATH, inhibitors.GNOME, "GetInhibitors"] = ("ao", lambda: list(self.programs))
        self._sum_up()

    def _sum_up(self) -> None:
        flags = 0
        for _, flag, _ in self.programs.values():
            flags |= flag
        self.set(inhibitors.GNOME_PATH, inhibitors.GNOME, InhibitedActions=Variant("u", flags))

    def inhibit(self, path: str, who: str, flags: int, reason: str = "") -> None:
        self.programs[path] = (who, flags, reason)
        self.methods[path, inhibitors.GNOME_INHIBITOR, "GetReason"] = ("s", lambda: reason)
        self.methods[path, inhibitors.GNOME_INHIBITOR, "GetAppId"] = ("s", lambda: who)
        self.methods[path, inhibitors.GNOME_INHIBITOR, "GetFlags"] = ("u", lambda: flags)
        self._sum_up()
        self.emit(inhibitors.GNOME_PATH, inhibitors.GNOME, "InhibitorAdded", "o", path)

    def release(self, path: str) -> None:
        del self.programs[path]
        self._sum_up()
        self.emit(inhibitors.GNOME_PATH, inhibitors.GNOME, "InhibitorRemoved", "o", path)


async def test_gnome_inhibitors_of_idle_count_except_the_permanent_ones(bed: Bed, address: str, heard: Heard) -> None:
    source = inhibitors.DesktopInhibitors(["*.Kiosk"], env=bed.env)
    await source.open(heard)
    assert heard.all == [("inhibited", None), ("in_call", None)]
    gnome = await FakeGnomeSession().start(address)
    await bed.eventually("nobody inhibits", lambda: heard.now["inhibited"] is False)
    gnome.inhibit("/i/1", "an editor that wants no logout", 1)
    gnome.inhibit("/i/2", "caffeine-gnome-extension", 8)
    gnome.inhibit("/i/3", "org.example.kiosk", 12)
    gnome.inhibit("/i/4", "org.gnome.Totem", 12)
    await bed.eventually("the film", lambda: heard.now["inhibited"] is True)
    gnome.release("/i/4")
    await bed.eventually("the film is over", lambda: heard.now["inhibited"] is False)
    assert heard.values("inhibited") == [None, False, True, False]
    await gnome.stop()
    await bed.eventually("unknown", lambda: heard.now["inhibited"] is None)
    await source.close()


async def test_kde_inhibitions_of_the_screen_count(bed: Bed, address: str, heard: Heard) -> None:
    who: list[list[str]] = []
    asked: list[int] = []

    def has(policy: int) -> bool:
        asked.append(policy)
        return bool(who)

    kde = BusService(inhibitors.KDE)
    kde.methods[inhibitors.KDE_PATH, inhibitors.KDE_AGENT, "HasInhibition"] = ("b", has)
    kde.methods[inhibitors.KDE_PATH, inhibitors.KDE_AGENT, "ListInhibitions"] = ("aas", lambda: who)

    def moved() -> None:
        kde.emit(inhibitors.KDE_PATH, inhibitors.KDE_AGENT, "InhibitionsChanged", "a(ss)as", [], [])

    await kde.start(address)
    source = inhibitors.DesktopInhibitors(env=bed.env)
    await source.open(heard)
    assert heard.all == [("inhibited", False), ("in_call", None)]
    who.append(["caffeine-ng", "always"])
    moved()
    who.append(["firefox", "Playing a film"])
    moved()
    await bed.eventually("the film", lambda: heard.now["inhibited"] is True)
    who.clear()
    moved()
    await bed.eventually("the end", lambda: heard.now["inhibited"] is False)
    assert set(asked) == {4}
    await source.close()
    await kde.stop()


async def test_mutter_asks_for_all_windows_and_is_known_by_its_reason(bed: Bed, address: str, heard: Heard) -> None:
    source = inhibitors.DesktopInhibitors(["idle-inhibit"], env=bed.env)
    gnome = await FakeGnomeSession().start(address)
    gnome.inhibit("/i/1", "mutter", 8, "idle-inhibit")
    gnome.inhibit("/i/2", "chromium", 4, "Playing audio")
    await source.open(heard)
    assert heard.now == {"inhibited": False, "in_call": None}
    gnome.inhibit("/i/3", "mutter", 8, "some other way")
    await bed.eventually("a film that is not ignored", lambda: heard.now["inhibited"] is True)
    await source.close()
    await gnome.stop()


async def test_a_call_without_a_microphone_is_told_by_its_reason(bed: Bed, address: str, heard: Heard) -> None:
    """Chromium wants no suspend while somebody listens in a meeting; the same flags for music mean nothing."""
    source = inhibitors.DesktopInhibitors(env=bed.env)
    gnome = await FakeGnomeSession().start(address)
    await source.open(heard)
    gnome.inhibit("/i/1", "chromium", 4, "Playing audio")
    gnome.inhibit("/i/2", "chromium", 4, "WebRTC has active PeerConnections")
    await bed.eventually("the call", lambda: heard.now["in_call"] is True)
    assert heard.now["inhibited"] is False
    gnome.release("/i/2")
    await bed.eventually("its end", lambda: heard.now["in_call"] is None)
    await source.close()
    await gnome.stop()


async def test_plasma_tells_idle_from_sleep(bed: Bed, address: str, heard: Heard) -> None:
    """6.7: its property says what each holds back."""
    kde = BusService(inhibitors.KDE)
    place = (inhibitors.KDE_PATH, inhibitors.KDE_AGENT)

    def held(*rows: tuple[str, str, str]) -> Variant:
        return Variant("a(ssssu)", [[what, who, why, "block", 0] for what, who, why in rows])

    music = ("sleep", "elisa", "Playing music")
    kde.set(*place, ActiveInhibitions=held(music))
    await kde.start(address)
    source = inhibitors.DesktopInhibitors(env=bed.env)
    await source.open(heard)
    assert heard.now == {"inhibited": False, "in_call": None}
    kde.set(*place, ActiveInhibitions=held(music, ("idle", "mpv", "Playing video")))
    await bed.eventually("the film", lambda: heard.now["inhibited"] is True)
    kde.set(*place, ActiveInhibitions=held(("sleep", "chromium", "WebRTC has active PeerConnections")))
    await bed.eventually("the call", lambda: heard.now == {"inhibited": False, "in_call": True})
    await source.close()
    await kde.stop()


class FakePowerManager(BusService):
    """Xfce's and LXQt's; LXQt's does not tell who."""

    def __init__(self, *, tells_who: bool) -> None:
        super().__init__(inhibitors.POWER)
        self.who: list[str] = []
        place = (inhibitors.POWER_PATH, inhibitors.POWER_INHIBIT)
        self.methods[*place, "HasInhibit"] = ("b", lambda: bool(self.who))
        if tells_who:
            self.methods[*place, "GetInhibitors"] = ("as", lambda: list(self.who))

    def hold(self, *who: str) -> None:
        self.who = list(who)
        place = (inhibitors.POWER_PATH, inhibitors.POWER_INHIBIT)
        self.emit(*place, "HasInhibitChanged", "b", bool(who))


@pytest.mark.parametrize("tells_who", [True, False])
async def test_the_power_manager_of_xfce_and_lxqt_tells_of_a_film(
    bed: Bed, address: str, heard: Heard, tells_who: bool
) -> None:
    power = await FakePowerManager(tells_who=tells_who).start(address)
    source = inhibitors.DesktopInhibitors(env=bed.env)
    await source.open(heard)
    assert heard.now["inhibited"] is False
    power.hold("celluloid")
    await bed.eventually("the film", lambda: heard.now["inhibited"] is True)
    power.hold()
    await bed.eventually("its end", lambda: heard.now["inhibited"] is False)
    if tells_who:
        power.hold("/usr/lib/chromium/chromium", "caffeine")  # any sound that is played
        power.hold("firefox-esr", "mpv")
        await bed.eventually("the film beside a browser", lambda: heard.now["inhibited"] is True)
        assert heard.values("inhibited") == [False, True, False, True]
    await power.stop()
    await bed.eventually("not known", lambda: heard.now["inhibited"] is None)
    await source.close()


async def test_on_plasma_the_power_managers_name_means_suspend(bed: Bed, address: str, heard: Heard) -> None:
    """PowerDevil owns both names."""
    kde = BusService(inhibitors.KDE)
    kde.set(inhibitors.KDE_PATH, inhibitors.KDE_AGENT, ActiveInhibitions=Variant("a(ssssu)", []))
    await kde.start(address)
    power = await FakePowerManager(tells_who=False).start(address)
    power.hold("music")
    source = inhibitors.DesktopInhibitors(env=bed.env)
    await source.open(heard)
    assert heard.now["inhibited"] is False
    await source.close()
    await power.stop()
    await kde.stop()


async def test_dunst_paused_is_quiet_and_a_restarted_dunst_is_found(bed: Bed, address: str, heard: Heard) -> None:
    needs("dunst")
    bed.xvfb()
    source = quiet.DoNotDisturb(env=bed.env)
    await source.open(heard)
    assert heard.all == [("quiet", None), ("muted", None), ("covered", None)]
    server = bed.dunst()
    await bed.eventually("not quiet", lambda: heard.now["quiet"] is False)
    assert source.note == "dunst"
    bed.dunstctl("set-paused", "true")
    await bed.eventually("quiet", lambda: heard.now["quiet"] is True)
    bed.dunstctl("set-paused", "false")
    await bed.eventually("not quiet again", lambda: heard.now["quiet"] is False)
    bed.dunstctl("set-paused", "true")
    await bed.eventually("quiet again", lambda: heard.now["quiet"] is True)
    bed.kill(server)
    await bed.eventually("unknown", lambda: heard.now["quiet"] is None)
    bed.dunst()
    await bed.eventually("the new one is not paused", lambda: heard.now["quiet"] is False)
    await source.check()
    await source.close()


async def test_kde_inhibited_notifications_are_quiet(bed: Bed, address: str, heard: Heard) -> None:
    place = (quiet.NOTIFICATIONS_PATH, quiet.NOTIFICATIONS)
    plasma = BusService(quiet.NOTIFICATIONS)
    plasma.set(*place, Inhibited=FALSE)
    await plasma.start(address)
    source = quiet.DoNotDisturb(address=address, env=bed.env)
    await source.open(heard)
    plasma.set(*place, Inhibited=TRUE)
    await bed.eventually("quiet", lambda: heard.now["quiet"] is True)
    plasma.set(*place, Inhibited=FALSE)
    await bed.eventually("not quiet", lambda: heard.now["quiet"] is False)
    assert heard.values("quiet") == [False, True, False]
    await source.close()
    await plasma.stop()


async def test_plasmas_own_switch_is_told_apart_from_a_full_screen(bed: Bed, address: str, heard: Heard) -> None:
    """Inhibited is one for both, from 6.7 on; the switch stands in a file, with when it ends."""
    place = (quiet.NOTIFICATIONS_PATH, quiet.NOTIFICATIONS)
    plasma = BusService(quiet.NOTIFICATIONS)
    plasma.set(*place, Inhibited=FALSE)
    version = "6.7.4"
    plasma.methods[*place, "GetServerInformation"] = ("ssss", lambda: ("Plasma", "KDE", version, "1.2"))
    await plasma.start(address)
    source = quiet.DoNotDisturb(address=address, env=bed.env)
    await source.open(heard)

    def told() -> tuple[bool | None, ...]:
        return heard.now["quiet"], heard.now["covered"]

    assert told() == (False, False)
    plasma.set(*place, Inhibited=TRUE)
    await bed.eventually("full screen", lambda: told() == (False, True))
    assert "full screen" in source.note
    # The user's switch on top of it: nothing is announced, it is so already.
    file = bed.home / ".config/plasmanotifyrc"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("[DoNotDisturb]\nUntil=2199,12,31,23,59,1.5\n\n[Other]\nUntil=\n")
    await source.check()
    assert told() == (True, False)
    assert source.note == "notifications"
    file.write_text("[DoNotDisturb]\nUntil=2001,12,31,23,59,1.5\n")
    await source.check()
    assert told() == (False, True)
    plasma.set(*place, Inhibited=FALSE)
    await bed.eventually("neither", lambda: told() == (False, False))
    # Under Notifications, Applications, ours may be switched off.
    assert heard.now["muted"] is False
    file.write_text("[Applications][other]\nShowPopups=true\n\n[Applications][unhunch]\nSeen=true\nShowPopups=false\n")
    await source.check()
    assert heard.now["muted"] is True
    assert "switched off in the desktop's settings" in source.note
    file.unlink()
    await source.check()
    assert heard.now["muted"] is False
    await plasma.stop()
    await bed.eventually("that nobody knows", lambda: told() == (None, None))
    version = "6.3.6"
    plasma.set(*place, Inhibited=TRUE)
    await plasma.start(address)
    await bed.eventually("quiet: before 6.7 a full screen holds nothing back", lambda: told() == (True, None))
    assert heard.now["muted"] is False
    await source.close()
    await plasma.stop()


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("", False),
        ("[DoNotDisturb]\nUntil=\n", False),
        ("[DoNotDisturb]\nUntil=2026,11,28,12,0,0\n", False),
        ("[DoNotDisturb]\nUntil=2026,11,28,12,0,2.25\n", True),
        ("[DoNotDisturb]\nUntil[$i]=2027,1,1,0,0,0\n", True),
        ("[DoNotDisturb]\nUntil=until I say so\n", True),
        ("[Applications][x]\nUntil=2027,1,1,0,0,0\n[DoNotDisturb]\nWhenFullscreen=true\n", False),
    ],
)
def test_what_plasmas_file_says_of_the_switch(text: str, *, on: bool) -> None:
    assert own_switch(text, datetime(2026, 11, 28, 12, 0, 1)) is on


async def test_swaync_dnd_is_quiet(bed: Bed, address: str, heard: Heard) -> None:
    """The real one needs a Wayland compositor with layers: KWin."""
    needs("swaync", "kwin_wayland")
    bed.kwin()
    source = quiet.DoNotDisturb(env=bed.env)
    await source.open(heard)
    bed.spawn("swaync")
    await bed.eventually("swaync", lambda: heard.now["quiet"] is False)
    bed.output("swaync-client", "--dnd-on")
    await bed.eventually("quiet", lambda: heard.now["quiet"] is True)
    bed.output("swaync-client", "--dnd-off")
    await bed.eventually("not quiet", lambda: heard.now["quiet"] is False)
    await source.close()


async def test_xfce_do_not_disturb_is_quiet(bed: Bed, address: str, heard: Heard) -> None:
    needs("xfconfd")
    bed.spawn(str(find("xfconfd")))
    source = quiet.DoNotDisturb(env=bed.env)
    await source.open(heard)

    def turn(value: str) -> None:
        bed.output(
            "xfconf-query", "-c", "xfce4-notifyd", "-p", "/do-not-disturb", "--create", "-t", "bool", "-s", value
        )

    turn("false")
    await bed.eventually("not quiet", lambda: heard.now["quiet"] is False)
    turn("true")
    await bed.eventually("quiet", lambda: heard.now["quiet"] is True)
    bed.output("xfconf-query", "-c", "xfce4-notifyd", "-p", "/do-not-disturb", "--reset")
    await bed.eventually("no switch any more", lambda: heard.now["quiet"] is None)
    assert heard.now["muted"] is None
    muted = ("xfconf-query", "-c", "xfce4-notifyd", "-p", "/applications/muted_applications")
    bed.output(*muted, "--create", "--force-array", "-t", "string", "-s", "Thunar", "-t", "string", "-s", "Unhunch")
    await bed.eventually("ours switched off", lambda: heard.now["muted"] is True)
    bed.output(*muted, "--create", "--force-array", "-t", "string", "-s", "Thunar")
    await bed.eventually("ours on again", lambda: heard.now["muted"] is False)
    await source.close()


async def test_gnome_banners_turned_off_are_quiet_without_a_child_that_stays(
    bed: Bed, address: str, heard: Heard
) -> None:
    """Real GSettings and the real dconf service."""
    needs("gsettings", "dconf-service")
    bed.env.update(GSETTINGS_BACKEND="dconf", XDG_CURRENT_DESKTOP="ubuntu:GNOME")
    bed.spawn(str(find("dconf-service")))
    key = ("org.gnome.desktop.notifications", "show-banners")
    source = quiet.DoNotDisturb(env=bed.env)
    await source.open(heard)
    assert heard.all == [("quiet", False), ("muted", False), ("covered", None)]
    bed.output("gsettings", "set", *key, "false")
    await bed.eventually("quiet", lambda: heard.now["quiet"] is True)
    bed.output("gsettings", "set", "org.gnome.desktop.interface", "clock-show-seconds", "true")
    bed.output("gsettings", "reset", *key)
    await bed.eventually("not quiet", lambda: heard.now["quiet"] is False)
    assert source.note == "org.gnome.desktop.notifications"
    await source.close()
    assert not _children()


OTHERS = [setting for setting in quiet.SETTINGS if setting.desktop != "GNOME" and not setting.ours]
SCHEMA = """<schemalist><schema id="{schema}" path="{folder}">
<key name="{key}" type="b"><default>{usual}</default></key></schema></schemalist>"""


@pytest.mark.parametrize("setting", OTHERS, ids=lambda setting: setting.desktop)
async def test_the_switches_of_cinnamon_pantheon_and_mate_are_quiet(
    bed: Bed, address: str, heard: Heard, setting: quiet.Setting
) -> None:
    """Real GSettings and dconf; the schemas are written here, since those desktops bring them."""
    needs("gsettings", "dconf-service", "glib-compile-schemas")
    usual = "false" if setting.quiet_when == "true" else "true"
    folder = bed.home / "schemas"
    folder.mkdir()
    (folder / "other.gschema.xml").write_text(SCHEMA.format(**setting._asdict(), usual=usual))
    bed.output("glib-compile-schemas", str(folder))
    bed.env.update(GSETTINGS_BACKEND="dconf", GSETTINGS_SCHEMA_DIR=str(folder), XDG_CURRENT_DESKTOP=setting.desktop)
    bed.spawn(str(find("dconf-service")))
    source = quiet.DoNotDisturb(env=bed.env)
    await source.open(heard)
    assert heard.now["quiet"] is False
    bed.output("gsettings", "set", setting.schema, setting.key, setting.quiet_when)
    await bed.eventually("quiet", lambda: heard.now["quiet"] is True)
    bed.output("gsettings", "reset", setting.schema, setting.key)
    await bed.eventually("not quiet", lambda: heard.now["quiet"] is False)
    await source.close()


OURS = [setting for setting in quiet.SETTINGS if setting.ours]
OF_A_PROGRAM = """<schemalist><schema id="{schema}"><key name="{key}" type="b"><default>true</default></key>
</schema></schemalist>"""


@pytest.mark.parametrize("setting", OURS, ids=lambda setting: f"{setting.desktop} {setting.key}")
async def test_notices_of_ours_that_were_switched_off_are_muted(
    bed: Bed, address: str, heard: Heard, setting: quiet.Setting
) -> None:
    """GNOME's Notify answers with an id all the same, shows nothing and closes nothing."""
    needs("gsettings", "dconf-service", "glib-compile-schemas")
    schema, _, folder = setting.schema.partition(":")
    assert folder == setting.folder
    if setting.desktop == "Pantheon":  # the others' is among GNOME's for all desktops
        schemas = bed.home / "schemas"
        schemas.mkdir()
        (schemas / "other.gschema.xml").write_text(OF_A_PROGRAM.format(schema=schema, key=setting.key))
        bed.output("glib-compile-schemas", str(schemas))
        bed.env["GSETTINGS_SCHEMA_DIR"] = str(schemas)
    bed.env.update(GSETTINGS_BACKEND="dconf", XDG_CURRENT_DESKTOP=setting.desktop)
    bed.spawn(str(find("dconf-service")))
    source = quiet.DoNotDisturb(env=bed.env)
    await source.open(heard)
    assert heard.now["muted"] is False
    bed.output("gsettings", "set", setting.schema, setting.key, "false")
    await bed.eventually("muted", lambda: heard.now["muted"] is True)
    assert heard.now["quiet"] is not True, "others' notices come"
    assert "switched off in the desktop's settings" in source.note
    bed.output("gsettings", "reset", setting.schema, setting.key)
    await bed.eventually("not muted", lambda: heard.now["muted"] is False)
    await source.close()


async def test_budgies_switch_is_quiet_and_its_pause_a_full_screen(bed: Bed, address: str, heard: Heard) -> None:
    state = [False]
    budgie = BusService(quiet.BUDGIE)
    place = (quiet.BUDGIE_PATH, quiet.BUDGIE_SWITCH)
    budgie.methods[*place, "GetDoNotDisturb"] = ("b", lambda: state[0])
    await budgie.start(address)
    source = quiet.DoNotDisturb(address=address, env=bed.env)
    await source.open(heard)
    assert (heard.now["quiet"], heard.now["covered"]) == (False, None), "one that does not pause"
    for on in (True, False, True):
        state[0] = on
        budgie.emit(quiet.BUDGIE_PATH, quiet.BUDGIE_SWITCH, "DoNotDisturbChanged", "b", on)
        await bed.eventually(f"quiet: {on}", lambda on=on: heard.now["quiet"] is on)
    for value, covered in ((TRUE, True), (FALSE, False), (TRUE, True)):
        budgie.set(*place, announce=False, NotificationsPaused=value)
        await source.check()  # nobody tells
        assert (heard.now["quiet"], heard.now["covered"]) == (True, covered)
    assert source.note.startswith("Budgie holds notices back while a window is in full screen")
    await budgie.stop()
    await bed.eventually("unknown", lambda: (heard.now["quiet"], heard.now["covered"]) == (None, None))
    await source.close()


async def test_makos_mode_is_quiet_though_it_announces_nothing(bed: Bed, address: str, heard: Heard) -> None:
    modes = ["default"]
    mako = BusService(quiet.NOTIFICATIONS)
    mako.methods[(quiet.MAKO_PATH, quiet.MAKO, "ListModes")] = ("as", lambda: list(modes))
    await mako.start(address)
    source = quiet.DoNotDisturb(address=address, env=bed.env)
    await source.open(heard)
    assert heard.now["quiet"] is False
    modes.append("do-not-disturb")
    await source.check()
    assert heard.now["quiet"] is True
    modes[:] = ["default", "work"]
    await source.check()
    assert heard.now["quiet"] is False, "a mode that hides nothing by its name"
    await mako.stop()
    await bed.eventually("unknown", lambda: heard.now["quiet"] is None)
    await source.close()


async def test_lxqts_switch_is_read_from_its_file(bed: Bed, address: str, heard: Heard) -> None:
    bed.env.update(XDG_CURRENT_DESKTOP="LXQt")
    file = Path(bed.env["XDG_CONFIG_HOME"]) / "lxqt/notifications.conf"
    source = quiet.DoNotDisturb(env=bed.env)
    await source.open(heard)
    assert heard.now["quiet"] is False
    file.parent.mkdir(parents=True)
    file.write_text("[General]\ndoNotDisturb=true\nplacement=top-right\n")
    await source.check()
    assert heard.now["quiet"] is True
    file.write_text("[General]\ndoNotDisturb=false\n")
    await source.check()
    assert heard.now["quiet"] is False
    await source.close()


async def test_on_another_desktop_gsettings_is_not_run(bed: Bed, address: str, heard: Heard) -> None:
    bed.env.update(XDG_CURRENT_DESKTOP="KDE", PATH="/nowhere")
    source = quiet.DoNotDisturb(env=bed.env)
    await source.open(heard)
    assert heard.all == [("quiet", None), ("muted", None), ("covered", None)]
    await source.close()


def _children() -> list[str]:
    """Processes of ours that are not a bed's (those lead a session of their own)."""
    found = []
    for folder in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{folder}/stat") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid() and int(fields[3]) != int(folder):
            found.append(folder)
    return found
