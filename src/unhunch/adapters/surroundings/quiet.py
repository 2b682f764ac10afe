"""Do-not-disturb, as each desktop's notification server or settings know it. Told by signals only.

* KDE: property Inhibited of org.freedesktop.Notifications, which may mean a full screen, too (plasma.py).
* dunst: property paused of org.dunstproject.cmd0.
* swaync: GetDnd, and any of its Subscribe signals. Xfce: xfconf channel xfce4-notifyd, with the programs it mutes.
* Budgie: GetDoNotDisturb of its own name, and the signal DoNotDisturbChanged; NotificationsPaused, for a full screen,
  announces nothing.
* GNOME, Cinnamon, MATE, Pantheon: a GSettings key. dconf announces every write on the session bus, so no monitor child
  is kept: `gsettings get` runs once at the start and once after each write to that key. GNOME, Budgie and Pantheon have
  more for each program; with them our notices alone are switched off.
* mako: its modes, asked at each look, since 1.7 announces nothing. LXQt: a file, looked at as well.
"""

import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
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
XFCE_CHANNEL, XFCE_PROPERTY, XFCE_MUTED = "xfce4-notifyd", "/do-not-disturb", "/applications/muted_applications"

MAKO, MAKO_PATH = "fr.emersion.Mako", "/fr/emersion/Mako"
MAKO_MODES = frozenset({"do-not-disturb", "dnd"})
"""What people call the mode in which mako hides notices; its manual has the first."""
LXQT_FILE = "lxqt/notifications.conf"
OURS = "/org/gnome/desktop/notifications/application/unhunch/"
"""Where GNOME, and Budgie in its place, keeps what it was told about us alone."""
PANTHEONS = "/io/elementary/notifications/applications/unhunch/"
"""Where Pantheon does."""


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
        Setting(desktop, f"org.gnome.desktop.notifications.application:{OURS}", key, "false", OURS, ours=True)
        for desktop in ("GNOME", "Budgie")
        for key in ("enable", "show-banners")
    ),
    Setting(
        *("Pantheon", f"io.elementary.notifications.applications:{PANTHEONS}", "bubbles", "false", PANTHEONS),
        ours=True,
    ),
    Setting("Pantheon", "io.elementary.notifications", "do-not-disturb", "true", "/io/elementary/notifications/"),
    Setting("MATE", "org.mate.NotificationDaemon", "do-not-disturb", "true", "/org/mate/notification-daemon/"),
)

HOLDERS = {"notifications": "Plasma", "budgie": "Budgie"}
"""Who holds notices back for a window in full screen, by the label of where that is known."""

Says = Mapping[str, bool]
"""Conditions, and whether they are so."""
Ask = Callable[[Bus], Awaitable[Says]]


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return -1


class DoNotDisturb(BusSource):
    """Knows `quiet`: True when any of the desktop's places says do-not-disturb, None when none of them answers.

    And `muted`, in the same way: notices of ours are switched off. And `covered`: they are hidden behind a window in
    full screen.
    """

    name = N_("do-not-disturb")
    conditions = ("quiet", "muted", "covered")

    def __init__(self, *, env: Mapping[str, str] | None = None, address: str | None = None) -> None:
        super().__init__(lambda: address or session_address(env))
        self._env = dict(os.environ if env is None else env)
        if address:
            self._env["DBUS_SESSION_BUS_ADDRESS"] = address
        self._known: dict[str, Says] = {}
        """By the label of the place that says so."""
        self._newest: dict[str, int] = {}
        self._lxqt: tuple[int, Path] | None = None
        self._clock = SystemClock()
        self._switch = -1
        """The stamp of Plasma's file when it was last read."""

    @property
    def note(self) -> str:
        if any(says.get("muted") for says in self._known.values()):
            return _("notices of Unhunch are switched off in the desktop's settings, under Notifications")
        for label, says in self._known.items():
            if says.get("covered"):
                said = _(
                    "{desktop} holds notices back while a window is in full screen, or because a program asks for it"
                )
                return said.format(desktop=HOLDERS[label])
        switches = sorted(label for label, says in self._known.items() if "quiet" in says)
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
        async def ask(_bus: Bus) -> Says:
            said = await gsettings.read(setting.schema, setting.key, self._env)
            return {"muted" if setting.ours else "quiet": said == setting.quiet_when}

        label = f"{setting.schema} {setting.key}" if setting.ours else setting.schema
        learn = partial(self._learn, bus, label, ask)
        await gsettings.watch(bus, setting.folder, lambda: bus.later(learn()))
        await learn()

    async def _learn(self, bus: Bus, label: str, ask: Ask) -> None:
        """Ask one place. When it was asked again meanwhile, only the newest answer counts."""
        number = self._newest[label] = self._newest.get(label, 0) + 1
        says: Says | None
        try:
            says = await ask(bus)
        except (BusError, OSError):
            says = None  # it is another kind of server, or the program is not installed
        if self._newest[label] == number:
            self._know(label, says)

    def _know(self, label: str, says: Says | None) -> None:
        self._known.pop(label, None)
        if says is not None:
            self._known[label] = says
        for name in self.conditions:
            answers = [place[name] for place in self._known.values() if name in place]
            self._say(name, any(answers) if answers else None)

    async def check(self) -> None:
        """Ask again what announces nothing. Raises Lost."""
        await super().check()
        if (bus := self._bus) is None:
            return
        for label, ask in (("mako", self._ask_mako), ("budgie", self._ask_budgie)):
            if label in self._known:
                await self._learn(bus, label, ask)
        if "notifications" in self._known and _stamp(plasma.settings_file(self._env)) != self._switch:
            await self._learn(bus, "notifications", self._ask_plasma)
        if self._lxqt and _stamp(self._lxqt[1]) != self._lxqt[0]:
            await self._learn(bus, "lxqt", self._ask_lxqt)

    def _owned(self, bus: Bus, label: str, learn: Callable[[], Any], owned: bool) -> None:
        if owned:
            bus.later(learn())
        else:
            self._know(label, None)

    def _xfconf_moved(self, bus: Bus, learn: Callable[[], Any], body: list[Any]) -> None:
        if body[1] in (XFCE_PROPERTY, XFCE_MUTED):
            bus.later(learn())

    async def _ask_dunst(self, bus: Bus) -> Says:
        return {"quiet": bool(await bus.get(NOTIFICATIONS, NOTIFICATIONS_PATH, DUNST, "paused"))}

    async def _ask_plasma(self, bus: Bus) -> Says:
        on = bool(await bus.get(NOTIFICATIONS, NOTIFICATIONS_PATH, NOTIFICATIONS, "Inhibited"))
        self._switch = _stamp(plasma.settings_file(self._env))
        return await plasma.says(bus, self._env, self._clock.now().local.replace(tzinfo=None), inhibited=on)

    async def _ask_mako(self, bus: Bus) -> Says:
        return {"quiet": bool(MAKO_MODES & set((await bus.call(NOTIFICATIONS, MAKO_PATH, MAKO, "ListModes"))[0]))}

    async def _ask_lxqt(self, _bus: Bus) -> Says:
        assert self._lxqt is not None  # asked where there is one only
        path = self._lxqt[1]
        self._lxqt = _stamp(path), path
        text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        return {"quiet": any(line.replace(" ", "").lower() == "donotdisturb=true" for line in text.splitlines())}

    async def _ask_swaync(self, bus: Bus) -> Says:
        return {"quiet": bool((await bus.call(SWAYNC, SWAYNC_PATH, SWAYNC, "GetDnd"))[0])}

    async def _ask_budgie(self, bus: Bus) -> Says:
        quiet = {"quiet": bool((await bus.call(BUDGIE, BUDGIE_PATH, BUDGIE_SWITCH, "GetDoNotDisturb"))[0])}
        try:
            paused = bool(await bus.get(BUDGIE, BUDGIE_PATH, BUDGIE_SWITCH, "NotificationsPaused"))
        except BusError:  # an older one
            return quiet
        return quiet | {"covered": paused}

    async def _ask_xfce(self, bus: Bus) -> Says:
        """Neither of the two exists before it was first touched."""
        said: dict[str, bool] = {}
        with suppress(BusError):
            said["quiet"] = bool(await self._of_xfconf(bus, XFCE_PROPERTY))
        with suppress(BusError):
            names = await self._of_xfconf(bus, XFCE_MUTED)
            said["muted"] = isinstance(names, list) and "unhunch" in (str(name).lower() for name in names)
        return said

    async def _of_xfconf(self, bus: Bus, name: str) -> Any:
        return (await bus.call(XFCONF, XFCONF_PATH, XFCONF, "GetProperty", "ss", XFCE_CHANNEL, name))[0]
