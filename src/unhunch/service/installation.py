"""How this program came onto the machine, and therefore the commands that change or remove it."""

import os
import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

EXTERNALLY_MANAGED = "EXTERNALLY-MANAGED"
"""In the standard library's folder (PEP 668): a distribution's pip puts nothing there."""


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

    def _by_pip(self) -> bool:
        """Whether pip wrote it: a distribution's package lies where only the distribution writes."""
        import unhunch

        return "dist-packages" not in Path(os.fspath(unhunch.__file__)).parts or "local" in Path(unhunch.__file__).parts
