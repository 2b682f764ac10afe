"""What Unhunch rests on: bounded, pinned by hash, and named with its licence."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WORDS = {
    "MIT": ("MIT",),
    "BSD-3-Clause": ("BSD",),
    "BSD-2-Clause": ("BSD",),
    "LGPL-2.1-or-later": ("LGPL", "Lesser General Public License v2"),
    "LGPL-3.0": ("LGPL", "Lesser General Public License v3"),
    "Apache-2.0": ("Apache",),
    "PSF-2.0": ("PSF", "Python Software Foundation"),
}


def name_of(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def needed(name: str, known: set[str]) -> set[str]:
    """A package and what it needs here, extras left out."""
    if name in known:
        return known
    try:
        about = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return known
    known.add(name)
    for line in about.get_all("Requires-Dist") or []:
        if "extra ==" in line:
            continue
        needed(name_of(line), known)
    return known


def listed() -> dict[str, str]:
    """The table of CONTRIBUTING.md: package -> licence."""
    section = (ROOT / "CONTRIBUTING.md").read_text().split("## Licences")[1]
    rows = re.findall(r"^\| ([a-z0-9-]+)(?: \(optional\))? \| ([^|]+) \|", section, re.MULTILINE)
    return {name: licence.strip() for name, licence in rows if name != "package"}


DIRECT = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["pynput"]]


def test_every_run_time_dependency_is_listed_with_its_licence() -> None:
    table = listed()
    assert {name_of(line) for line in DIRECT} <= set(table)
    found: set[str] = set()
    for line in DIRECT:
        needed(name_of(line), found)
    assert found <= set(table), f"not in CONTRIBUTING.md: {sorted(found - set(table))}"
    assert not {name for name in table if name not in found and _installed(name)}, "listed, and needed by nothing"


def _installed(name: str) -> bool:
    try:
        importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


@pytest.mark.parametrize("name", sorted(listed()))
def test_the_licence_is_what_the_package_says(name: str) -> None:
    try:
        about = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"{name} is not installed here")
    said = [about.get("License-Expression") or "", about.get("License") or "", *(about.get_all("Classifier") or [])]
    said = [text[:100] for text in said if not text.startswith(("Programming", "Operating", "Topic", "Framework"))]
    licence = listed()[name]
    assert any(word in text for text in said for word in WORDS[licence]), f"{name}: {licence} against {said}"


@pytest.mark.parametrize("line", DIRECT)
def test_every_range_has_an_end(line: str) -> None:
    assert re.search(r"<\d", line), f"{line} would take the next major version unseen"


def test_constraints_pin_every_one_of_them_by_hash() -> None:
    text = (ROOT / "constraints.txt").read_text()
    pinned = set(re.findall(r"^([a-z0-9-]+)==\S+(?: ;[^\\]*)? *\\\n +--hash=sha256:[0-9a-f]{64}", text, re.MULTILINE))
    for line in DIRECT:
        if "sys_platform" not in line or "'linux'" in line:  # pinned are those of CI's machine
            assert name_of(line) in pinned, line
