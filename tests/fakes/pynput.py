"""Stands for pynput, Quartz and HIServices: listeners that are touched by the test, and a macOS that allows or not."""

import sys
import threading
import types
from collections.abc import Callable
from typing import Any, ClassVar

import pytest


class Listener(threading.Thread):
    """Ends at the first event whose callback returns False, as pynput's do."""

    made: ClassVar[list["Listener"]]
    deaf = False
    """The thread ends at once, as when the system refuses the event tap."""

    def __init__(self, **callbacks: Callable[..., bool | None]) -> None:
        super().__init__(daemon=True)
        self.callbacks = callbacks
        self.over = threading.Event()
        self.made.append(self)

    def run(self) -> None:
        self._run()

    def _run(self) -> None:
        if not self.deaf:
            self.over.wait(60)

    def feel(self, name: str, *event: object) -> None:
        """Something happens; in another thread, as for pynput."""
        thread = threading.Thread(target=self._call, args=(name, *event))
        thread.start()
        thread.join(10)

    def _call(self, name: str, *event: object) -> None:
        if self.callbacks[name](*event) is False:
            self.over.set()

    def on_press(self, key: object, injected: bool) -> None:
        self._call("on_press", key, injected)


class MouseListener(Listener):
    made: ClassVar[list[Listener]] = []


class KeyboardListener(Listener):
    """Decodes each event. On macOS the layout, which that needs, may be asked for in the main thread only."""

    made: ClassVar[list[Listener]] = []
    layouts = 0

    def _run(self) -> None:
        KeyboardListener.layouts += 1
        super()._run()

    def _event_to_key(self, event: object) -> object:
        raise AssertionError("no key is looked up")

    def _process(self, message: object, key: object) -> None:
        """As on Windows."""
        self.on_press(self._event_to_key(key), injected=False)

    def _handle_message(self, proxy: object, kind: object, event: object, refcon: object, injected: bool) -> None:
        """As on macOS."""
        self.on_press(self._event_to_key(event), injected)


def install(patch: pytest.MonkeyPatch, platform: str) -> None:
    """Make `import pynput` find this module's listeners, on that system."""
    for kind in (MouseListener, KeyboardListener):
        kind.made = []
    KeyboardListener.layouts = 0
    pynput: Any = types.ModuleType("pynput")
    pynput.mouse, pynput.keyboard = (types.SimpleNamespace(Listener=kind) for kind in (MouseListener, KeyboardListener))
    patch.setitem(sys.modules, "pynput", pynput)
    patch.setattr(sys, "platform", platform)


class Macos:
    """Its two permissions."""

    def __init__(self, *, listen: bool, trusted: bool = False) -> None:
        self.listen, self.trusted, self.asked = listen, trusted, 0

    def install(self, patch: pytest.MonkeyPatch) -> None:
        quartz: Any = types.ModuleType("Quartz")
        quartz.CGPreflightListenEventAccess = lambda: self.listen
        quartz.CGRequestListenEventAccess = self._request
        services: Any = types.ModuleType("HIServices")
        services.AXIsProcessTrusted = lambda: self.trusted
        patch.setitem(sys.modules, "Quartz", quartz)
        patch.setitem(sys.modules, "HIServices", services)

    def _request(self) -> bool:
        self.asked += 1
        return False
