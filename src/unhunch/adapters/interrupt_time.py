"""Windows' two clocks: interrupt time, with and without the time that the machine was asleep. Read by clock.py alone.

Both count in steps of 100 ns, at the rate of the same timer, so that they part in sleep and hibernation only
(https://learn.microsoft.com/windows/win32/sysinfo/interrupt-time). Written from that page; not tried on Windows.
"""

import ctypes
from collections.abc import Callable
from typing import Any

STEPS = 1e7
"""Of 100 ns, in a second."""


def interrupt_clocks() -> tuple[Callable[[], float], Callable[[], float]]:
    """Seconds on the clock that stops in sleep, and on the one that runs through it. Needs Windows 10 or later."""
    system: Any = ctypes.WinDLL("kernelbase")  # type: ignore[attr-defined,unused-ignore]  # there on Windows only
    return _reader(system.QueryUnbiasedInterruptTime), _reader(system.QueryInterruptTime)


def _reader(query: Any) -> Callable[[], float]:
    query.argtypes = [ctypes.POINTER(ctypes.c_ulonglong)]
    query.restype = None

    def seconds() -> float:
        steps = ctypes.c_ulonglong()
        query(ctypes.byref(steps))
        return steps.value / STEPS

    return seconds
