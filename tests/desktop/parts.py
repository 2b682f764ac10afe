"""Which Debian package brings which desktop part, and what to do when a part is not there.

A missing part skips the test and is named once more at the end of the run; under CI=true it fails, because there
everything is installed and a silent skip would be a hole.
"""

import importlib.util
import os
import shutil
from pathlib import Path

import pytest

PACKAGES = {
    "dbus-daemon": "dbus-daemon",
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "dunst": "dunst",
    "dunstctl": "dunst",
    "notify-send": "libnotify-bin",
    "mutter": "mutter",
    "kwin_wayland": "kwin-wayland",
    "swaync": "sway-notification-center",
    "xfce4-panel": "xfce4-panel",
    "xfconfd": "xfconf",
    "gsettings": "libglib2.0-bin",
    "glib-compile-schemas": "libglib2.0-bin",
    "dconf-service": "dconf-gsettings-backend",
    "xterm": "xterm",
    "xdg-open": "xdg-utils",
    "man": "man-db",
    "desktop-file-validate": "desktop-file-utils",
    "appstreamcli": "appstream",
    "zsh": "zsh",
    "fish": "fish",
    "strace": "strace",
    "gcc": "gcc",
    "mkfs.ext4": "e2fsprogs",
    "e2fsck": "e2fsprogs",
    "systemd-analyze": "systemd",
    "systemd": "systemd",
    "systemctl": "systemd",
    "systemd-run": "systemd",
    "pipewire": "pipewire",
    "wireplumber": "wireplumber",
    "pipewire-pulse": "pipewire-pulse",
    "pulseaudio": "pulseaudio",
    "pactl": "pulseaudio-utils",
    "parecord": "pulseaudio-utils",
    "espeak-ng": "espeak-ng",
    "speech-dispatcher": "speech-dispatcher",
    "spd-say": "speech-dispatcher",
    "sox": "sox",
    "chromium": "chromium",
    "firefox-esr": "firefox-esr",
    "npm": "npm",
    "opusdec": "opus-tools",
    "aplay": "alsa-utils",
    "ffmpeg": "ffmpeg",
    "workrave": "workrave",
    "syncthing": "syncthing",
    "pdftoppm": "poppler-utils",
    "pw-mon": "pipewire-bin",
    "unshare": "util-linux",
    "nsenter": "util-linux",
}
"""Program -> the Debian package that brings it (kwin needs the software renderer besides, see EXTRA)."""

LIBRARIES = {"pynput": "pip install 'unhunch[pynput]'"}
ENVIRONMENTS = {"aw-server": "pip install aw-server 'peewee<4', in an environment of its own on the PATH"}
"""Programs that no Debian package brings, and that cannot share an environment with Unhunch."""
"""Library -> what brings it. Not everywhere: on Linux pynput needs a compiler."""

EXTRA = {"kwin-wayland": ("libegl1", "libegl-mesa0", "libgl1-mesa-dri", "libgles2")}
"""What a package needs besides, when it is installed without its recommendations."""

ELSEWHERE = {
    "dconf-service": ("/usr/libexec", "/usr/lib/dconf"),
    "xfconfd": ("/usr/lib/x86_64-linux-gnu/xfce4/xfconf", "/usr/lib/aarch64-linux-gnu/xfce4/xfconf"),
    "xfce4-notifyd": ("/usr/lib/x86_64-linux-gnu/xfce4/notifyd", "/usr/lib/aarch64-linux-gnu/xfce4/notifyd"),
    "mate-notification-daemon": ("/usr/libexec/mate-notification-daemon",),
    "systemd": ("/lib/systemd", "/usr/lib/systemd"),
    "mkfs.ext4": ("/sbin", "/usr/sbin"),
    "e2fsck": ("/sbin", "/usr/sbin"),
}
"""Programs that are not on the PATH."""

missing: dict[str, str] = {}
"""What this run looked for in vain: program -> package."""


def find(part: str) -> str | None:
    """The path of a program or of a library, or None."""
    if part in LIBRARIES:
        spec = importlib.util.find_spec(part)
        return None if spec is None else spec.origin
    if found := shutil.which(part):
        return found
    for folder in ELSEWHERE.get(part, ()):
        if os.access(path := Path(folder) / part, os.X_OK):
            return str(path)
    return None


def needs(*parts: str) -> None:
    """Skip the running test (fail it under CI=true) unless all these programs and libraries are installed."""
    absent = [part for part in parts if find(part) is None]
    if not absent:
        return
    elsewhere = {**LIBRARIES, **ENVIRONMENTS}
    missing.update({part: PACKAGES.get(part, part) for part in absent if part not in elsewhere})
    words = ", ".join(
        f"{part} ({elsewhere.get(part) or f'Debian package {PACKAGES.get(part, part)}'})" for part in absent
    )
    if os.environ.get("CI") == "true":
        pytest.fail(f"not installed here: {words}", pytrace=False)
    pytest.skip(f"not installed: {words}")


def install_line() -> str:
    """The one command that brings every part this machine lacks; empty when this run missed none.

    Every one: a test is skipped at the first part that it misses, and whoever installs that wants no second round.
    """
    if not missing:
        return ""
    packages: set[str] = set()
    for part, package in PACKAGES.items():
        if part in missing or find(part) is None:
            packages.update((package, *EXTRA.get(package, ())))
    return f"apt-get install --no-install-recommends {' '.join(sorted(packages))}"
