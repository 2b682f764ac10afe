"""How the command `unhunch` is installed: a file of our own (tools/unhunch), or an entry point.

The file starts in half the time, but its first line names Python's path, which the kernel reads without spaces and not
longer than 127 bytes, and Windows does not read at all. There, and built from such an environment, it is the entry
point; a wheel of that kind names Windows, so that pip takes it there and the other one everywhere else.
"""

import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

COMMAND = "unhunch"
ENTRY = "unhunch.instant:main"
LONGEST = 120


def by_first_line() -> bool:
    """Whether the kernel here runs a file by a first line that names this Python."""
    return sys.platform != "win32" and " " not in sys.executable and len(sys.executable) <= LONGEST


class EntryPoint(MetadataHookInterface):
    def update(self, metadata: dict[str, Any]) -> None:
        metadata["scripts"] = {} if by_first_line() else {COMMAND: ENTRY}


class File(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's
        if by_first_line():
            build_data["shared_scripts"][str(Path(self.root, "tools", COMMAND))] = COMMAND
        elif sys.platform == "win32":
            build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
