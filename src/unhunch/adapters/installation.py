"""How this program came onto the machine, and therefore the commands that change or remove it."""

import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

from unhunch.tuples import NamedTuple

PYNPUT = "pynput>=1.8,<2"


class Kind(StrEnum):
    """Who keeps it."""

    PIPX = "pipx"
    VENV = "venv"
    SYSTEM = "system"
    """A distribution's package, or pip without an environment of its own."""


class Installation(NamedTuple):
    """One installation of Unhunch: whose it is, and where its environment lies."""

    kind: Kind
    prefix: Path

    @classmethod
    def own(cls) -> "Installation":
        """The one that this process runs from."""
        prefix = Path(sys.prefix)
        if (prefix / "pipx_metadata.json").is_file():
            return cls(Kind.PIPX, prefix)
        return cls(Kind.VENV if sys.prefix != sys.base_prefix else Kind.SYSTEM, prefix)

    @property
    def removal(self) -> str:
        """What to type to take the program off, after `unhunch uninstall`."""
        match self.kind:
            case Kind.PIPX:
                return f"pipx uninstall {self.prefix.name}"
            case Kind.VENV:
                return f"rm -r {shlex.quote(str(self.prefix))}"
            case Kind.SYSTEM:
                return "pip uninstall unhunch" if self._by_pip() else "apt remove unhunch"

    @property
    def gets_pynput(self) -> list[str]:
        """The command that brings pynput into this very installation.

        Without what pynput needs beside it: six and python-xlib are here already, and evdev, which needs a compiler, is
        only there to type keys.
        """
        match self.kind:
            case Kind.PIPX:
                return ["pipx", "runpip", self.prefix.name, "install", "--no-deps", PYNPUT]
            case Kind.VENV if not find_spec("pip") and shutil.which("uv"):
                return ["uv", "pip", "install", "--python", sys.executable, "--no-deps", PYNPUT]
            case Kind.SYSTEM if not self._by_pip() or shutil.which("apt"):
                return ["sudo", "apt", "install", "python3-pynput"]
            case _:
                return [sys.executable, "-m", "pip", "install", "--no-deps", PYNPUT]

    @property
    def command_for_pynput(self) -> str:
        """The same, to be typed."""
        return shlex.join(self.gets_pynput)

    def _by_pip(self) -> bool:
        """Whether pip wrote it: a distribution's package lies where only the distribution writes."""
        import unhunch

        return "dist-packages" not in Path(os.fspath(unhunch.__file__)).parts or "local" in Path(unhunch.__file__).parts


def lacks_pynput(env: Mapping[str, str]) -> bool:
    """Whether this is a desktop on X11 that pynput would tell more about, and it is not installed."""
    on_x11 = sys.platform == "linux" and bool(env.get("DISPLAY")) and not env.get("WAYLAND_DISPLAY")
    return on_x11 and find_spec("pynput") is None
