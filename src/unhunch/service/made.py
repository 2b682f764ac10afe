"""The folders that were not there before Unhunch: noted when they are made, so that leaving can take them away."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from unhunch.service.files import Places, Way

NAME = "folders-made"
"""Beside the history: an absolute path a line."""


class Made:
    """What is noted in one user's data folder."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._file = data / NAME

    def note(self, places: Places) -> None:
        """Before anything is written: which folders are missing. Where that cannot be noted, they will stay."""
        wanted = [places.starter(Way.SYSTEMD), places.starter(Way.AUTOSTART), places.menu_entry, places.icon]
        wanted += [places.config / "unhunch/config.toml", self._data]
        missing = {folder for path in wanted for folder in path.parents if not folder.exists()}
        missing = {folder for folder in missing if places.home in folder.parents} - set(self._known())
        if not missing:
            return
        with contextlib.suppress(OSError):
            self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
            lines = sorted(map(str, {*self._known(), *missing}))
            self._file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def take_back(self) -> None:
        """Remove those of them that are empty; and the note itself, once nothing else is kept."""
        self._empty_ones()
        left = [folder for folder in self._known() if folder.exists()]
        with contextlib.suppress(OSError):
            if set(left) <= set(self._data.parents) and [*self._data.iterdir()] == [self._file]:
                self._file.unlink()
                for folder in (self._data, *sorted(left, key=_depth, reverse=True)):
                    folder.rmdir()

    def _empty_ones(self) -> None:
        for folder in sorted(self._known(), key=_depth, reverse=True):
            with contextlib.suppress(OSError):  # not empty, or gone already
                folder.rmdir()

    def _known(self) -> Iterator[Path]:
        with contextlib.suppress(OSError, UnicodeDecodeError):
            for line in self._file.read_text(encoding="utf-8").splitlines():
                if Path(line).is_absolute():
                    yield Path(line)


def _depth(folder: Path) -> int:
    return len(folder.parts)
