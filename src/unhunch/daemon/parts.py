"""The daemon's parts by name, for what looks at all of them: commands and `status`."""

from collections.abc import Callable
from pathlib import Path

from unhunch.daemon.desks import OtherDesks
from unhunch.daemon.host import Host
from unhunch.daemon.notices import Notices
from unhunch.daemon.spawn import Spawn
from unhunch.daemon.tray import DeskTray
from unhunch.tuples import NamedTuple


class Parts(NamedTuple):
    """Composed by daemon.py."""

    host: Host
    notices: Notices
    tray: DeskTray
    desks: OtherDesks
    spawn: Spawn
    database: Path
    reload: Callable[[], None]
    end: Callable[[], None]
