"""Where Unhunch keeps its files, and how private those places must be. Nothing here opens a file of its own.

The names below differ from one another because on Windows and macOS configuration and data share one folder.
"""

import os
import stat
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from unhunch.errors import UserError
from unhunch.tuples import NamedTuple
from unhunch.words.translate import _

APP = "unhunch"
PRIVATE_FOLDER = 0o700
LONGEST_SOCKET_PATH = 107 if sys.platform == "linux" else 103
"""Bytes that fit into `sockaddr_un.sun_path` beside its closing NUL (unix(7))."""


class UnsafeFolder(UserError):
    """A folder cannot be made, or somebody else could reach into it."""


class Paths(NamedTuple):
    """The three folders, and the files in them. Folders need not exist.

    No dataclass: it would cost a short command ten milliseconds.
    """

    config: Path
    data: Path
    runtime: Path

    @classmethod
    def find(cls, env: Mapping[str, str] | None = None) -> "Paths":
        """The places that this system, or `env` (default: the process's environment), names. Never raises."""
        usual = _usual(os.environ if env is None else env)
        return cls._asked(env) if usual is None else cls(*usual)

    @classmethod
    def _asked(cls, env: Mapping[str, str] | None) -> "Paths":
        # Imported late: with tempfile and random behind it, it costs a short command as much as Python's own start.
        from platformdirs import PlatformDirs

        with _environment(env), warnings.catch_warnings():
            # It warns about an unsafe XDG_RUNTIME_DIR and falls back; `make_runtime` judges whatever it chose.
            warnings.simplefilter("ignore")
            dirs = PlatformDirs(APP, appauthor=False)
            if sys.platform == "win32":
                # Beside the data, in the user's profile, which is closed to other users; Windows tidies up its Temp.
                return cls(dirs.user_config_path, dirs.user_data_path, dirs.user_data_path / "run")
            try:
                runtime = dirs.user_runtime_path
            except (OSError, RuntimeError):
                runtime = Path(os.environ.get("TMPDIR") or "/tmp", f"runtime-{_own_uid()}", APP)  # noqa: S108 - judged before use
            return cls(dirs.user_config_path, dirs.user_data_path, runtime)

    @property
    def config_file(self) -> Path:
        return self.config / "config.toml"

    @property
    def routines(self) -> Path:
        """The folder of the user's own routines."""
        return self.config / "routines"

    @property
    def last_good(self) -> Path:
        """A copy of the configuration as the daemon last found it all right (config/kept.py)."""
        return self.data / "config.last-good.toml"

    @property
    def settings_before(self) -> Path:
        """The configuration that `unhunch uninstall` took off, for another time."""
        return self.data / "config.before-uninstall.toml"

    @property
    def database(self) -> Path:
        return self.data / "unhunch.sqlite"

    @property
    def socket(self) -> Path:
        """Where the daemon is reached: a Unix socket; on Windows a file that names a port (control/loopback.py)."""
        return self.runtime / ("control.port" if sys.platform == "win32" else "control.sock")

    @property
    def lock(self) -> Path:
        return self.runtime / "daemon.lock"

    @property
    def session(self) -> Path:
        """Held while a guided session runs; says where (session/one.py)."""
        return self.runtime / "session.lock"

    def make_data(self) -> Path:
        """Create the data folder, readable by its owner alone, and return it. Raises UnsafeFolder."""
        try:
            self.data.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            if sys.platform != "win32" and stat.S_IMODE(self.data.stat().st_mode) & 0o077:
                self.data.chmod(PRIVATE_FOLDER)
        except OSError as error:
            raise UnsafeFolder(
                _("The folder {folder} cannot be made private: {error}.").format(
                    folder=self.data, error=error.strerror or error
                ),
                _("History has no place to be kept."),
                _("Make it yours with 'chown -R $USER {folder}', or set XDG_DATA_HOME to a folder of your own.").format(
                    folder=self.data
                ),
            ) from error
        return self.data

    def make_runtime(self) -> Path:
        """Create the folder of the lock and the socket, prove that it is ours alone, return it. Raises UnsafeFolder."""
        try:
            # The base first: `parents=True` would make it with the usual mode instead of a private one.
            if not self.runtime.parent.exists():
                self.runtime.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            self.runtime.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        except OSError as error:
            raise _unsafe(self.runtime, _("cannot be made: {error}").format(error=error.strerror or error)) from error
        self.check_runtime()
        return self.runtime

    def check_runtime(self) -> None:
        """Prove that the runtime folder is a real folder, ours, and closed to others. Raises UnsafeFolder.

        A client calls it before it talks to the socket: a stranger who could plant one would be talked to.
        """
        if sys.platform == "win32":  # the profile's access list does it
            return
        if len(os.fsencode(self.socket)) > LONGEST_SOCKET_PATH:
            raise _unsafe(
                self.runtime,
                _("has too long a name for a socket (at most {count} bytes)").format(count=LONGEST_SOCKET_PATH),
            )
        for folder in (self.runtime, self.runtime.parent):
            try:
                info = folder.lstat()
            except OSError as error:
                raise _unsafe(
                    folder, _("cannot be looked at: {error}").format(error=error.strerror or error)
                ) from error
            own = folder == self.runtime
            if own and stat.S_ISLNK(info.st_mode):
                raise _unsafe(folder, _("is a symbolic link"))
            if not own:
                info = folder.stat()
            if not stat.S_ISDIR(info.st_mode):
                raise _unsafe(folder, _("is not a folder"))
            if info.st_uid != _own_uid() and (own or info.st_uid != 0):
                raise _unsafe(folder, _("belongs to user {number}").format(number=info.st_uid))
            mode = stat.S_IMODE(info.st_mode)
            if own and mode & 0o077:
                folder.chmod(PRIVATE_FOLDER)
            if not own and mode & 0o022 and not mode & stat.S_ISVTX:
                raise _unsafe(folder, _("is open to others (mode {mode})").format(mode=f"{mode:04o}"))


def _unsafe(folder: Path, why: str) -> UnsafeFolder:
    return UnsafeFolder(
        _("The runtime folder {folder} {why}.").format(folder=folder, why=why),
        _("The lock and the socket of the daemon must lie where nobody else can reach them."),
        _(
            "Set XDG_RUNTIME_DIR to a folder of your own with mode 0700, for example: mkdir -m 700 "
            "~/.unhunch-run; export XDG_RUNTIME_DIR=~/.unhunch-run"
        ),
    )


def _usual(env: Mapping[str, str]) -> tuple[Path, Path, Path] | None:
    """Where platformdirs has them on a Linux desktop that is set up as most are; None where anything is unusual."""
    home, base = env.get("HOME", ""), env.get("XDG_RUNTIME_DIR", "")
    places = [env.get(name) or f"{home}/{usual}" for name, usual in _PLACES]
    if sys.platform != "linux" or any(
        not place.startswith("/") or place != place.strip() for place in (home, base, *places)
    ):
        return None
    try:
        info = os.lstat(base)
    except (OSError, ValueError):
        return None
    if not stat.S_ISDIR(info.st_mode) or info.st_uid != os.getuid() or info.st_mode & 0o777 != PRIVATE_FOLDER:
        return None
    config, data = (Path(place, APP) for place in places)
    return config, data, Path(base, APP)


_PLACES = (("XDG_CONFIG_HOME", ".config"), ("XDG_DATA_HOME", ".local/share"))


def _own_uid() -> int:
    if sys.platform == "win32":
        return 0
    return os.getuid()


@contextmanager
def _environment(env: Mapping[str, str] | None) -> Iterator[None]:
    """platformdirs reads `os.environ` and nothing else, so a given environment stands in for it meanwhile."""
    if env is None or env is os.environ:
        yield
        return
    before = dict(os.environ)
    try:
        os.environ.clear()
        os.environ.update(env)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
