"""Do-not-disturb, as each desktop's notification server or settings know it. Told by signals only.

* KDE: property Inhibited of org.freedesktop.Notifications, which may mean a full screen, too (plasma.py).
* dunst: property paused of org.dunstproject.cmd0.
* swaync: GetDnd, and any of its Subscribe signals. Xfce: xfconf channel xfce4-notifyd, /do-not-disturb.
* Budgie: GetDoNotDisturb of its own name, and the signal DoNotDisturbChanged (read in its source, not run).
* GNOME, Cinnamon, MATE, Pantheon: a GSettings key. dconf announces every write on the session bus, so no monitor child
  is kept: `gsettings get` runs once at the start and once after each write to that key. GNOME has two more for each
  program; with them our notices alone are switched off.
* mako: its modes, asked at each look, since 1.7 announces nothing. LXQt: a file, looked at as well.
"""

import os
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from unhunch.adapters.clock import SystemClock
from unhunch.adapters.protocols.dbus import Bus, BusError, session_address
from unhunch.adapters.protocols.dbus_source import BusSource
from unhunch.adapters.surroundings import gsettings, plasma
from unhunch.tuples import NamedTuple
from unhunch.words.translate import N_, _

NOTIFICATIONS = "org.freedesktop.Notifications"
NOTIFICATIONS_PATH = "/org/freedesktop/Notifications"
DUNST = "org.dunstproject.cmd0"
SWAYNC = "org.erikreider.swaync.cc"
SWAYNC_PATH = "/org/erikreider/swaync/cc"
BUDGIE = "org.budgie_desktop.Notifications"
BUDGIE_PATH = "/org/budgie_desktop/Notifications"
BUDGIE_SWITCH = "org.buddiesofbudgie.budgie.Dispatcher"
XFCONF = "org.xfce.Xfconf"
XFCONF_PATH = "/org/xfce/Xfconf"
XFCE_CHANNEL, XFCE_PROPERTY = "xfce4-notifyd", "/do-not-disturb"

MAKO, MAKO_PATH = "fr.emersion.Mako", "/fr/emersion/Mako"
MAKO_MODES = frozenset({"do-not-disturb", "dnd"})
"""What people call the mode in which mako hides notices; its manual has the first."""
LXQT_FILE = "lxqt/notifications.conf"
OURS = "/org/gnome/desktop/notifications/application/unhunch/"
"""Where GNOME keeps what it was told about us alone."""


class Setting(NamedTuple):
    """A GSettings key that silences notices."""

    desktop: str
    """Its word in XDG_CURRENT_DESKTOP."""
    schema: str
    key: str
    quiet_when: str
    """What `gsettings get` prints when notices are silenced."""
    folder: str
    """Where dconf keeps the schema's keys."""
    ours: bool = False
    """It is about our notices alone."""


SETTINGS = (
    Setting("GNOME", "org.gnome.desktop.notifications", "show-banners", "false", "/org/gnome/desktop/notifications/"),
    Setting(
        *("X-Cinnamon", "org.cinnamon.desktop.notifications", "display-notifications", "false"),
        "/org/cinnamon/desktop/notifications/",
    ),
    *(
        Setting("GNOME", f"org.gnome.desktop.notifications.application:{OURS}", key, "false", OURS, ours=True)
        for key in ("enable", "show-banners")
    ),
    Setting("Pantheon", "io.elementary.notifications", "do-not-disturb", "true", "/io/elementary/notifications/"),
    Setting("MATE", "org.mate.NotificationDaemon", "do-not-disturb", "true", "/org/mate/notification-daemon/"),
)

COVERED = "covered"
"""Plasma holds notices back for a window in full screen. No switch of anybody's."""

Ask = Callable[[Bus], Awaitable[bool]]


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return -1


class DoNotDisturb(BusSource):
    """Knows `quiet`: True when any of the desktop's places says do-not-disturb, None when none of them answers.

    And `muted`, in the same way: notices of ours are switched off. And `covered`: Plasma hides notices behind a window
    in full screen.
    """

    name = N_("do-not-disturb")
    conditions = ("quiet", "muted", "covered")

    def __init__(self, *, env: Mapping[str, str] | None = None, address: str | None = None) -> None:
        super().__init__(lambda: address or session_address(env))
        self._env = dict(os.environ if env is None else env)
        if address:
            self._env["DBUS_SESSION_BUS_ADDRESS"] = address
        self._known: dict[str, bool] = {}
        self._newest: dict[str, int] = {}
        self._lxqt: tuple[int, Path] | None = None
        self._clock = SystemClock()
        self._switch = -1
        """The stamp of Plasma's file when it was last read."""

    @property
    def note(self) -> str:
        if any(answer for label, answer in self._known.items() if label.startswith(OURS)):
            return _("notices of Unhunch are switched off in GNOME's settings, under Notifications")
        if self._known.get(COVERED):
            return _("Plasma holds notices back while a window is in full screen, or because a program asks for it")
        switches = sorted(label for label in self._known if label != COVERED and not label.startswith(OURS))
        return ", ".join(switches) or _("no do-not-disturb switch found; waiting for one")

    async def close(self) -> None:
        self._known.clear()
        await super().close()

    async def _start(self, bus: Bus) -> None:
        await self._watch_property(bus, "notifications", NOTIFICATIONS, "Inhibited", self._ask_plasma)
        await self._watch_property(bus, "dunst", DUNST, "paused", self._ask_dunst)
        mako = partial(self._learn, bus, "mako", self._ask_mako)
        if await bus.watch_name(NOTIFICATIONS, partial(self._owned, bus, "mako", mako)):
            await mako()
        if "LXQt" in self._env.get("XDG_CURRENT_DESKTOP", "").split(":"):
            folder = self._env.get("XDG_CONFIG_HOME") or f"{self._env.get('HOME', '~')}/.config"
            self._lxqt = 0, Path(folder, LXQT_FILE)
            await self._learn(bus, "lxqt", self._ask_lxqt)
        swaync = partial(self._learn, bus, "swaync", self._ask_swaync)
        there = await bus.watch_name(SWAYNC, partial(self._owned, bus, "swaync", swaync))
        for member in ("Subscribe", "SubscribeV2"):
            await bus.listen(lambda _body: bus.later(swaync()), SWAYNC, member, sender=SWAYNC)
        if there:
            await swaync()
        budgie = partial(self._learn, bus, "budgie", self._ask_budgie)
        there = await bus.watch_name(BUDGIE, partial(self._owned, bus, "budgie", budgie))
        await bus.listen(lambda _body: bus.later(budgie()), BUDGIE_SWITCH, "DoNotDisturbChanged", sender=BUDGIE)
        if there:
            await budgie()
        xfce = partial(self._learn, bus, "xfce", self._ask_xfce)
        there = await bus.watch_name(XFCONF, partial(self._owned, bus, "xfce", xfce))
        for member in ("PropertyChanged", "PropertyRemoved"):
            await bus.listen(partial(self._xfconf_moved, bus, xfce), XFCONF, member, sender=XFCONF, arg0=XFCE_CHANNEL)
        if there:
            await xfce()
        for setting in SETTINGS:
            if setting.desktop in self._env.get("XDG_CURRENT_DESKTOP", "").split(":"):
                await self._watch_setting(bus, setting)

    async def _watch_property(self, bus: Bus, label: str, interface: str, name: str, ask: Ask) -> None:
        """A property of the notification server that announces itself."""
        learn = partial(self._learn, bus, label, ask)
        there = await bus.watch_name(NOTIFICATIONS, partial(self._owned, bus, label, learn))

        def moved(changed: dict[str, Any], invalidated: list[str]) -> None:
            if name in changed or name in invalidated:
                bus.later(learn())

        await bus.listen_properties(moved, NOTIFICATIONS, NOTIFICATIONS_PATH, interface)
        if there:
            await learn()

    async def _watch_setting(self, bus: Bus, setting: Setting) -> None:
        async def ask(_bus: Bus) -> bool:
            return await gsettings.read(setting.schema, setting.key, self._env) == setting.quiet_when

        label = f"{OURS} {setting.key}" if setting.ours else setting.schema
        learn = partial(self._learn, bus, label, ask)
        await gsettings.watch(bus, setting.folder, lambda: bus.later(learn()))
        await learn()

    async def _learn(self, bus: Bus, label: str, ask: Ask) -> None:
        """Ask one place. When it was asked again meanwhile, only the newest answer counts."""
        number = self._newest[label] = self._newest.get(label, 0) + 1
        answer: bool | None
        try:
            answer = await ask(bus)
        except (BusError, OSError):
            answer = None  # it is another kind of server, or the program is not installed
        if self._newest[label] != number:
            return
        self._know(label, answer)

    def _know(self, label: str, answer: bool | None) -> None:
        if answer is None:
            self._known.pop(label, None)
        else:
            self._known[label] = answer
        self._sum_up()

    def _sum_up(self) -> None:
        covers = [answer for label, answer in self._known.items() if label == COVERED]
        ours = [answer for label, answer in self._known.items() if label.startswith(OURS)]
        switches = [answer for label, answer in self._known.items() if label != COVERED and not label.startswith(OURS)]
        for name, answers in (("quiet", switches), ("muted", ours), ("covered", covers)):
            self._say(name, any(answers) if answers else None)

    async def check(self) -> None:
        """Ask again what announces nothing. Raises Lost."""
        await super().check()
        if self._bus is not None and "mako" in self._known:
            await self._learn(self._bus, "mako", self._ask_mako)
        if self._bus is not None and COVERED in self._known and _stamp(plasma.settings_file(self._env)) != self._switch:
            await self._learn(self._bus, "notifications", self._ask_plasma)
        if self._bus is not None and self._lxqt and _stamp(self._lxqt[1]) != self._lxqt[0]:
            await self._learn(self._bus, "lxqt", self._ask_lxqt)

    def _owned(self, bus: Bus, label: str, learn: Callable[[], Any], owned: bool) -> None:
        if owned:
            bus.later(learn())
            return
        if label == "notifications":
            self._known.pop(COVERED, None)
        self._know(label, None)

    def _xfconf_moved(self, bus: Bus, learn: Callable[[], Any], body: list[Any]) -> None:
        if body[1] == XFCE_PROPERTY:
            bus.later(learn())

    async def _ask_dunst(self, bus: Bus) -> bool:
        return bool(await bus.get(NOTIFICATIONS, NOTIFICATIONS_PATH, DUNST, "paused"))

    async def _ask_plasma(self, bus: Bus) -> bool:
        on = bool(await bus.get(NOTIFICATIONS, NOTIFICATIONS_PATH, NOTIFICATIONS, "Inhibited"))
        self._switch = _stamp(plasma.settings_file(self._env))
        covered = await plasma.covered(bus, self._env, self._clock.now().local.replace(tzinfo=None), inhibited=on)
        self._know(COVERED, covered)
        return on and not covered

    async def _ask_mako(self, bus: Bus) -> bool:
        return bool(MAKO_MODES & set((await bus.call(NOTIFICATIONS, MAKO_PATH, MAKO, "ListModes"))[0]))

    async def _ask_lxqt(self, _bus: Bus) -> bool:
        assert self._lxqt is not None  # asked where there is one only
        path = self._lxqt[1]
        self._lxqt = _stamp(path), path
        text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        return any(line.replace(" ", "").lower() == "donotdisturb=true" for line in text.splitlines())

    async def _ask_swaync(self, bus: Bus) -> bool:
        return bool((await bus.call(SWAYNC, SWAYNC_PATH, SWAYNC, "GetDnd"))[0])

    async def _ask_budgie(self, bus: Bus) -> bool:
        return bool((await bus.call(BUDGIE, BUDGIE_PATH, BUDGIE_SWITCH, "GetDoNotDisturb"))[0])

    async def _ask_xfce(self, bus: Bus) -> bool:
        return bool((await bus.call(XFCONF, XFCONF_PATH, XFCONF, "GetProperty", "ss", XFCE_CHANNEL, XFCE_PROPERTY))[0])
