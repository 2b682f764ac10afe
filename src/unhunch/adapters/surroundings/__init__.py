"""What is around the user: lock and sleep, calls, do-not-disturb. `linux_sources` names them all.

Every source is imported only when it is wanted: dbus-fast is not there on other systems.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping

from unhunch.ports import SurroundingsSource


def linux_sources(
    before_sleep: Callable[[], Awaitable[None]],
    *,
    ignored_applications: Iterable[str] = (),
    ignored_inhibitors: Iterable[str] = (),
    env: Mapping[str, str] | None = None,
) -> list[SurroundingsSource]:
    """Every source for a Linux desktop, not opened yet. Addresses come from `env` (default: the environment).

    `before_sleep` is awaited, for 4 s at most, before the machine suspends. The ignored ones are patterns such as
    "obs*", compared without regard to case.
    """
    from unhunch.adapters.surroundings.calls import Camera, Microphone
    from unhunch.adapters.surroundings.fullscreen import FullScreen
    from unhunch.adapters.surroundings.inhibitors import DesktopInhibitors, LogindInhibitors
    from unhunch.adapters.surroundings.logind import Logind
    from unhunch.adapters.surroundings.quiet import DoNotDisturb
    from unhunch.adapters.surroundings.screensavers import ScreenSavers

    return [
        Logind(before_sleep, env=env),
        ScreenSavers(env=env),
        Microphone(ignored_applications, env=env),
        Camera(),
        LogindInhibitors(ignored_inhibitors, env=env),
        DesktopInhibitors(ignored_inhibitors, env=env),
        DoNotDisturb(env=env),
        FullScreen(env=env),
    ]
