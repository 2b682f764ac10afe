"""What is installed is whole: every file of the source tree, the unit, and a command that starts without it."""

import ast
import configparser
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from tools import share

from tests.desktop.parts import ENVIRONMENTS, EXTRA, LIBRARIES, PACKAGES
from unhunch import __version__

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"


def hatchling(kind: str, to: Path) -> Path:
    """Build into `to`, without a network: hatchling is among what tests need."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(to)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    (made,) = to.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    return zipfile.ZipFile(hatchling("wheel", tmp_path_factory.mktemp("wheel")))


@pytest.fixture(scope="module")
def installed(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked where Python finds it before the source tree."""
    folder = tmp_path_factory.mktemp("site")
    wheel.extractall(folder)
    return folder


def run(installed: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=installed,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_every_file_of_the_package_and_the_unit(wheel: zipfile.ZipFile) -> None:
    files = [path for path in (SOURCE / "unhunch").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    wanted = {path.relative_to(SOURCE).as_posix() for path in files} | {"unhunch/data/unhunch.service"}
    wanted |= {f"unhunch-{__version__}.data/data/{name}" for name in share.files()}
    wanted.add(SCRIPT)
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == wanted
    for kind in (".toml", ".svg", ".html", ".css", ".js", ".service"):
        assert any(name.endswith(kind) for name in held), f"no {kind} file: is there still one?"
    assert wheel.read("unhunch/data/unhunch.service") == (ROOT / "systemd/unhunch.service").read_bytes()


SCRIPT = f"unhunch-{__version__}.data/scripts/unhunch"


def test_the_wheel_brings_the_command_and_the_licence(wheel: zipfile.ZipFile) -> None:
    """As a file of its own, whose first line the installer completes; an entry point would replace it."""
    assert wheel.read(SCRIPT).startswith(b"#!python\n")
    assert wheel.getinfo(SCRIPT).external_attr >> 16 & 0o111, "nobody could run it"
    assert not [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    assert wheel.read(f"unhunch-{__version__}.dist-info/WHEEL").count(b"Tag: py3-none-any") == 1
    assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist())


@pytest.mark.parametrize(
    ("fake", "tag"),
    [
        ("sys.executable = '/opt/my venv/bin/python'", "py3-none-any"),
        ("sys.executable = '/" + 120 * "x" + "/python'", "py3-none-any"),
        ("installing.sys = type('', (), {'platform': 'win32'})", "py3-none-win_amd64"),
    ],
)
def test_where_no_first_line_names_python_it_is_an_entry_point(fake: str, tag: str, tmp_path: Path) -> None:
    """Built by hatchling as ever; what is faked is what the hook asks about the place."""
    code = (
        "import sys, sysconfig, types\n"
        "sysconfig.get_platform = lambda: 'win-amd64'\n"
        "import tools.installing as installing\n"
        "from hatchling.plugin import utils\n"
        "utils.load_plugin_from_script = lambda path, script, base, name: (\n"
        "    installing.EntryPoint if 'Metadata' in base.__name__ else installing.File)\n"
        "import hatchling.metadata.custom, hatchling.builders.hooks.custom\n"
        "hatchling.metadata.custom.load_plugin_from_script = utils.load_plugin_from_script\n"
        "hatchling.builders.hooks.custom.load_plugin_from_script = utils.load_plugin_from_script\n"
        f"{fake}\n"
        "from hatchling.build import build_wheel\n"
        f"print(build_wheel({str(tmp_path)!r}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (made,) = tmp_path.iterdir()
    assert made.name == f"unhunch-{__version__}-{tag}.whl"
    with zipfile.ZipFile(made) as wheel:
        parser = configparser.ConfigParser()
        parser.read_string(wheel.read(f"unhunch-{__version__}.dist-info/entry_points.txt").decode())
        assert dict(parser["console_scripts"]) == {"unhunch": "unhunch.instant:main"}
        assert SCRIPT not in wheel.namelist()


def test_an_installed_copy_starts_and_finds_its_unit(installed: Path) -> None:
    assert run(installed, "-m", "unhunch", "--version").startswith("unhunch ")
    code = "import unhunch, unhunch.service.files as f; print(unhunch.__file__); print(f.unit_template())"
    where, _, unit = run(installed, "-c", code).partition("\n")
    assert where.startswith(str(installed))
    assert unit.strip() == (ROOT / "systemd/unhunch.service").read_text().strip()


def test_an_installed_copy_would_enable_itself(installed: Path, tmp_path: Path) -> None:
    code = (
        "from unhunch.service import Login\n"
        f"report = Login({{'HOME': {str(tmp_path)!r}, 'PATH': ''}}, platform='linux').install(dry_run=True)\n"
        "print([len(file.text) > 100 for file in report.files])"
    )
    assert run(installed, "-c", code) == "[True, True, True]\n"


def test_the_source_archive_can_be_built_from(tmp_path: Path) -> None:
    with tarfile.open(hatchling("sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "systemd/unhunch.service", "src/unhunch/__init__.py"} <= names


def asked_for() -> set[str]:
    """Every part that a test names in `needs("...")`."""
    calls = [
        call
        for path in (ROOT / "tests").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) == "needs"
    ]
    named = (word.value for call in calls for word in call.args if isinstance(word, ast.Constant))
    return {part for part in named if isinstance(part, str)}


def test_ci_installs_every_part_that_tests_know() -> None:
    assert asked_for() <= {*PACKAGES, *LIBRARIES, *ENVIRONMENTS}, "name in tests/desktop/parts.py what brings it"
    words = set((ROOT / ".ci/run").read_text().split())
    wanted = {*PACKAGES.values(), *(package for more in EXTRA.values() for package in more)}
    assert wanted <= words, f"add to .ci/run: {' '.join(sorted(wanted - words))}"


def test_the_classifiers_say_what_was_run() -> None:
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["classifiers"]
    versions = {one.rpartition(" ")[2] for one in said if one.startswith("Programming Language :: Python ::")}
    table = re.findall(r"^\| (?:1\d|sid) \| (3\.\d+) \|", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.M)
    assert versions == set(table)
    ran_on = (ROOT / "docs/platforms.md").read_text(encoding="utf-8")
    assert all(f"Python {version}" in ran_on for version in versions)


def test_ci_has_a_hash_for_every_library() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    names = {line.partition("==")[0] for line in lines if "==" in line}
    pinned = [line for line in lines if "==" in line]
    assert all(line.endswith("\\") for line in pinned)  # its hashes follow
    assert "://" not in "\n".join(lines), "addresses belong to the machine that installs"
    needed = {"apscheduler", "dbus-fast", "platformdirs", "plyer", "pynput", "evdev", "pytest", "ruff", "hatchling"}
    assert needed <= names
