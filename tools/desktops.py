"""What a person sees on real desktops: `make desktops` runs them in a Debian of their own and writes down what it saw.

    make desktops                              GNOME, Plasma and sway of Debian 13
    make desktops ARGS=--all                   and the smaller ones
    make desktops ARGS="Sway --check"          one of them; fails where docs/platforms.md says otherwise
    make desktops ARGS="--suite sid"           those of the Debian to come
    make desktops ARGS="Sway --here --check"   in this Debian itself, with the packages that it has

The table between the marks in docs/platforms.md is made of what the runs leave in build/desktops. A row that a run does
not write stays as it is. Needs root and mmdebstrap; the folder (2.5 GB with all three) is kept for the next time.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from tests.screens.desktops import SMALLER, USUAL
from tests.screens.screen import Screen

TOP = Path(__file__).parent.parent
PAGE = TOP / "docs" / "platforms.md"
ROWS = TOP / "build" / "desktops"
ROOTS = Path("/var/cache/unhunch-desktops")
BEGIN, END = "<!-- desktops:begin -->\n", "<!-- desktops:end -->\n"
COMMON = (
    *("make", "procps", "python3", "python3-venv", "python3-dev", "gcc", "dbus-daemon", "libglib2.0-bin"),
    *("dconf-gsettings-backend", "fonts-dejavu-core", "libgl1-mesa-dri", "libegl1"),
)
"""Packages that every desktop needs."""
SUITES = {"trixie": "13", "sid": "sid"}
HEADS = {
    "desktop": "desktop",
    "debian": "Debian",
    "version": "version",
    "server": "notices by",
    "activity": "activity by",
    "seen": "seen on the screen",
    "pointer": "answered by a pointer",
    "quiet": "its do-not-disturb",
    "tray": "tray icon",
}


def stop(happened: str, means: str, to_do: str) -> None:
    """Say it in three parts and end."""
    sys.exit(f"\n{happened}\n{means}\n{to_do}\n")


def run(*argv: str, **env: str) -> int:
    return subprocess.run(argv, cwd=TOP, env={**os.environ, **env}, check=False).returncode


def root_for(suite: str, kinds: list[type[Screen]], root: Path) -> None:
    """Make the folder, or add to it what is missing; install the tests there."""
    if os.geteuid() != 0 or shutil.which("mmdebstrap") is None:
        stop(
            "Making a Debian in a folder needs root, and the program mmdebstrap.",
            "Without it the desktops cannot be run.",
            "On Debian and Ubuntu: apt-get install mmdebstrap; then the same as root.",
        )
    root.parent.mkdir(parents=True, exist_ok=True)
    packages = sorted({*COMMON, *(package for kind in kinds for package in kind.packages)})
    if run("sh", "tools/debian_root.sh", "make", str(root), suite, *packages):
        stop(
            f"Debian {suite} could not be made in {root}.",
            "What apt said about it stands above.",
            f"See that the mirror is reached; rm -r {root} begins anew.",
        )
    if run("sh", "tools/debian_root.sh", "in", str(root), "make", ".venv/.for-testing"):
        stop(f"The tests could not be installed in {root}.", "Nothing was run.", "The reason stands above.")


def missing_here(kinds: list[type[Screen]]) -> None:
    """Stop if a program of these desktops is not installed in this Debian."""
    if absent := [kind for kind in kinds if not kind.here()]:
        packages = " ".join(package for kind in absent for package in kind.packages)
        stop(
            f"Not all that makes {', '.join(kind.desktop for kind in absent)} is installed here.",
            "Without it nothing can be run.",
            f"apt-get install --no-install-recommends {packages}",
        )


def rows_on_page() -> list[dict[str, str]]:
    """The table as it stands."""
    lines = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].splitlines()[2:]
    return [
        dict(zip(HEADS, (cell.strip() for cell in line.strip("|").split("|")), strict=True)) for line in lines if line
    ]


def drawn(rows: list[dict[str, str]]) -> str:
    """The table in Markdown."""
    lines = [list(HEADS.values()), ["---"] * len(HEADS), *([row[head] for head in HEADS] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines).replace("| --- ", "|---").replace("|--- |", "|---|")


def write(before: list[dict[str, str]], seen: list[dict[str, str]]) -> None:
    """Put what was seen into the table, in place of what stood there of the same desktops."""
    order = [kind.desktop for kind in (*USUAL, *SMALLER)]
    ours = {(row["desktop"], row["debian"]) for row in seen}
    rows = [row for row in before if (row["desktop"], row["debian"]) not in ours] + seen
    rows.sort(key=lambda row: (row["debian"], order.index(row["desktop"]) if row["desktop"] in order else len(order)))
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(head + BEGIN + drawn(rows) + END + rest.partition(END)[2], encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make desktops", description=(__doc__ or "").partition("\n")[0])
    names = {kind.__name__: kind for kind in (*USUAL, *SMALLER)}
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(names)}")
    parser.add_argument("--all", action="store_true", help="the smaller desktops, too")
    parser.add_argument("--suite", choices=SUITES, default="trixie", help="which Debian (trixie)")
    parser.add_argument("--here", action="store_true", help="this Debian itself, not one in a folder")
    parser.add_argument("--root", type=Path, help=f"its folder ({ROOTS}/SUITE)")
    parser.add_argument("--check", action="store_true", help="fail where the table says otherwise, and change nothing")
    given = parser.parse_args()
    if unknown := [name for name in given.names if name not in names]:
        parser.error(f"there is no desktop {unknown[0]}; there are {', '.join(names)}")
    kinds = [names[name] for name in given.names] or [*USUAL, *(SMALLER if given.all else ())]
    if given.here:
        missing_here(kinds)
        inside, debian = (), platform.freedesktop_os_release().get("VERSION_ID", "sid")
    else:
        root = given.root or ROOTS / given.suite
        root_for(given.suite, kinds, root)
        inside, debian = ("sh", "tools/debian_root.sh", "in", str(root)), SUITES[given.suite]
    shutil.rmtree(ROWS, ignore_errors=True)
    failed = run(
        *(*inside, "env", f"UNHUNCH_DESKTOPS={','.join(kind.__name__ for kind in kinds)}"),
        *(".venv/bin/python", "-m", "pytest", "-q", "-n", str(min(3, len(kinds))), "-p", "no:cacheprovider"),
        "tests/screens",
    )
    seen = [{"debian": debian, **json.loads(path.read_text())} for path in sorted(ROWS.glob("*.json"))]
    before = rows_on_page()
    differing = [row for row in seen if row not in before]
    if given.check:
        for row in differing:
            print(f"Not so in {PAGE.relative_to(TOP)}: {row}")
    else:
        write(before, seen)
    if failed or (given.check and differing):
        sys.exit(1)


if __name__ == "__main__":
    main()
