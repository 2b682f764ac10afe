"""Notices through plyer: the last resort on Linux without D-Bus, and what Windows and macOS have.

plyer shows text and nothing more: no id, no replacing, no buttons, no answer. So the text carries the commands.
"""

import asyncio
import importlib
import importlib.util
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence

from unhunch.adapters.notify.without_buttons import body_with_commands
from unhunch.ports import Notice, Unusable
from unhunch.words.translate import _

SECONDS_ON_SCREEN = 10
TITLE_LIMIT, BODY_LIMIT = 63, 255
"""Windows cuts nothing, it refuses: szInfoTitle holds 64 and szInfo 256 characters with the closing zero
(https://learn.microsoft.com/windows/win32/api/shellapi/ns-shellapi-notifyicondataw)."""


def fitting(text: str, limit: int) -> str:
    """The text, cut to `limit` characters with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


class _Told:
    """What plyer takes for `subprocess` on Linux: it passes over how notify-send ended, and lets it complain on our
    terminal."""

    @staticmethod
    def call(line: Sequence[str]) -> None:
        """Raises OSError when it failed: then nothing was shown."""
        done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if done.returncode:
            raise OSError(done.stderr.decode(errors="replace").strip() or str(done.returncode))


def _load() -> Callable[..., None]:
    """plyer's `notify`, for this system. Raises ImportError."""
    with warnings.catch_warnings():
        # On Linux it complains at this point that dbus-python is missing, and does without.
        warnings.simplefilter("ignore")
        notify: Callable[..., None] = importlib.import_module("plyer").notification.notify
    if linux := sys.modules.get("plyer.platforms.linux.notification"):
        linux.__dict__["subprocess"] = _Told
    return notify


class PlyerNotifier:
    """Hands each notice to plyer in a thread of its own: on Windows its call sleeps as long as the bubble shows."""

    name = "plyer"
    takes = True
    token = ""

    def __init__(self) -> None:
        self.trouble = ""
        self._notify: Callable[..., None] | None = None
        self._running: set[asyncio.Task[bool]] = set()

    async def open(
        self,
        answered: Callable[[str, str], None],  # noqa: ARG002 - plyer has no way to answer
        changed: Callable[[], None] = lambda: None,  # noqa: ARG002 - it never does
    ) -> str:
        """Import plyer. Raises Unusable when it is missing or has nothing to show a notice with."""
        if sys.platform == "linux" and shutil.which("notify-send") is None:
            # plyer would shell out to it at each notice, and fail each time.
            raise Unusable(
                _("notify-send is missing"), _("Install it: {command}").format(command="sudo apt install libnotify-bin")
            )
        if sys.platform == "darwin" and importlib.util.find_spec("pyobjus") is None:
            raise Unusable(
                _("pyobjus is missing, which plyer needs on macOS"),
                _("Install it: {command}").format(command="pip install pyobjus"),
            )
        try:
            self._notify = await asyncio.to_thread(_load)
        except ImportError as error:
            why = _("{module} cannot be imported ({error})").format(module="plyer", error=error)
            raise Unusable(why, _("Install it: {command}").format(command="pip install plyer")) from error
        return self.note

    @property
    def note(self) -> str:
        """It draws no buttons."""
        return _("shows text without buttons; answers are typed in a terminal")

    async def show(self, notice: Notice) -> bool:
        """Show the notice. True as soon as plyer has it, even while its call still blocks. Never raises."""
        if self._notify is None:
            self.trouble = _("not open")
            return False
        task = asyncio.create_task(self._hand_over(self._notify, notice))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        done, _pending = await asyncio.wait({task}, timeout=1.0)
        return task.result() if done else True

    async def withdraw(self, slot: str) -> None:
        """plyer cannot take anything back; what it shows goes by itself after 10 s."""

    def abilities(self) -> Mapping[str, bool]:
        """Text only."""
        return {"buttons": False, "replace": False, "sound": False, "body_markup": False}

    async def close(self) -> None:
        """Let go of the calls that still block; they end by themselves."""
        for task in self._running:
            task.cancel()
        self._notify = None

    async def _hand_over(self, notify: Callable[..., None], notice: Notice) -> bool:
        try:
            await asyncio.to_thread(
                notify,
                title=fitting(notice.title, TITLE_LIMIT),
                message=fitting(body_with_commands(notice), BODY_LIMIT),
                app_name="Unhunch",
                timeout=SECONDS_ON_SCREEN,
            )
        except Exception as error:  # noqa: BLE001 - plyer's platforms raise whatever their libraries raise
            self.trouble = _("plyer could not show it: {error}").format(error=error)
            return False
        self.trouble = ""
        return True
