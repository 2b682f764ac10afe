"""Where files go, and that nobody else can reach into the runtime folder."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from unhunch.paths import Paths, UnsafeFolder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes and owners are POSIX")


def at(runtime: Path) -> Paths:
    home = runtime.parent
    return Paths(home / "config", home / "share" / "data", runtime)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_environment_names_the_places(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir(mode=0o700)
    before = dict(os.environ)
    paths = Paths.find(
        {
            "HOME": str(tmp_path),
            "XDG_CONFIG_HOME": str(tmp_path / "c"),
            "XDG_DATA_HOME": str(tmp_path / "d"),
            "XDG_RUNTIME_DIR": str(run),
        }
    )
    assert dict(os.environ) == before
    assert paths.config_file == tmp_path / "c/unhunch/config.toml"
    assert paths.routines == tmp_path / "c/unhunch/routines"
    assert paths.database == tmp_path / "d/unhunch/unhunch.sqlite"
    assert paths.socket == run / "unhunch/control.sock"
    assert paths.lock == run / "unhunch/daemon.lock"
    assert not paths.config.exists()
    assert not paths.data.exists()


def test_home_alone_is_enough(tmp_path: Path) -> None:
    paths = Paths.find({"HOME": str(tmp_path)})
    assert paths.database == tmp_path / ".local/share/unhunch/unhunch.sqlite"
    assert paths.runtime.is_absolute()


def test_all_files_can_share_one_folder(tmp_path: Path) -> None:
    one = Paths(tmp_path, tmp_path, tmp_path)
    names = [one.config_file, one.routines, one.database, one.socket, one.lock, one.session]
    assert len(set(names)) == len(names)


def test_the_data_folder_is_private_even_if_it_was_not(tmp_path: Path) -> None:
    paths = at(tmp_path / "run")
    assert mode(paths.make_data()) == 0o700
    paths.data.chmod(0o755)
    assert mode(paths.make_data()) == 0o700


def test_a_file_in_the_way_of_the_data_folder_is_said(tmp_path: Path) -> None:
    paths = at(tmp_path / "run")
    (tmp_path / "share").write_text("in the way")
    with pytest.raises(UnsafeFolder, match="share"):
        paths.make_data()


def test_the_runtime_folder_is_made_private_with_its_base(tmp_path: Path) -> None:
    paths = at(tmp_path / "runtime-1000" / "unhunch")
    before = os.umask(0)
    try:
        assert paths.make_runtime() == paths.runtime
    finally:
        os.umask(before)
    assert mode(paths.runtime) == mode(paths.runtime.parent) == 0o700
    paths.runtime.chmod(0o777)
    assert mode(paths.make_runtime()) == 0o700


def test_a_symbolic_link_for_a_runtime_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnsafeFolder, match="symbolic link") as caught:
        at(tmp_path / "run").make_runtime()
    assert caught.value.what
    assert caught.value.means
    assert "XDG_RUNTIME_DIR" in caught.value.remedy


def test_a_file_for_a_runtime_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("")
    with pytest.raises(UnsafeFolder):
        at(tmp_path / "run").make_runtime()


def test_a_base_open_to_others_is_refused_unless_sticky(tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    base.chmod(0o777)
    paths = at(base / "unhunch")
    with pytest.raises(UnsafeFolder, match="open to others"):
        paths.make_runtime()
    base.chmod(0o1777)
    paths.make_runtime()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to give a folder away")
def test_somebody_else_s_folder_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "run"
    own.mkdir(mode=0o700)
    os.chown(own, 4242, 4242)
    with pytest.raises(UnsafeFolder, match="4242"):
        at(own).make_runtime()
    os.chown(own, 0, 0)
    os.chown(tmp_path, 4242, 4242)
    with pytest.raises(UnsafeFolder, match="4242"):
        at(own).check_runtime()


def test_a_name_too_long_for_a_socket_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnsafeFolder, match="too long"):
        at(tmp_path / ("x" * 120)).check_runtime()


def test_importing_it_stays_cheap() -> None:
    code = (
        "import sys, unhunch.paths; print(sorted({'platformdirs', 'tempfile', 'random', 'hashlib'} & set(sys.modules)))"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert out.stdout.strip() == "[]"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere platformdirs is asked")
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"XDG_CONFIG_HOME": "{home}/c", "XDG_DATA_HOME": "{home}/d"},
        {"XDG_DATA_HOME": ""},
        {"XDG_DATA_HOME": "relative"},
        {"XDG_CONFIG_HOME": " {home}/c"},
        {"HOME": ""},
        {"HOME": "relative"},
        {"XDG_RUNTIME_DIR": ""},
        {"XDG_RUNTIME_DIR": "{home}/not there"},
        {"XDG_RUNTIME_DIR": "{home}/open"},
        {"XDG_RUNTIME_DIR": "{home}/link"},
    ],
    ids=str,
)
def test_the_usual_places_are_those_that_platformdirs_has(tmp_path: Path, given: dict[str, str]) -> None:
    for name, bits in (("run", 0o700), ("open", 0o755)):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(bits)
    (tmp_path / "link").symlink_to(tmp_path / "run")
    env = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path / "run")}
    env |= {name: value.format(home=tmp_path) for name, value in given.items()}
    assert Paths.find(env) == Paths._asked(env)


def test_the_usual_places_are_found_without_platformdirs(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o700)
    code = "import sys; from unhunch.paths import Paths; Paths.find(); print('platformdirs' in sys.modules)"
    env = {
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
    }
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert out.stdout.strip() == str(sys.platform != "linux")
